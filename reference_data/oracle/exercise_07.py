"""References for exercise 07, training.

Every gradient is PyTorch's autograd, in float64 from float32 inputs, and the optimizer is torch.optim.AdamW. The inputs are
drawn here; no axis has the length of another of the same array.

exercise_07.safetensors (float32; tokens int64):

    loss_I.logits        [batch, pos, d_vocab]; .next [batch, pos], the token to be predicted, -1 for none
    loss_I.value         [], the mean loss of the predictions that count; .gradient [batch, pos, d_vocab]
    linear_I.x, .w, .d_y [row, d_in], [d_in, d_out], [row, d_out]; .d_x, .d_w
    softmax_I.pattern    [query_pos, key_pos], causal; .d_pattern; .d_scores
    attention_I.q, .k, .v [pos, d_head]; .pattern [query_pos, key_pos]; .d_z [pos, d_head]; .d_q, .d_k, .d_v
    embed_I.tokens       [batch, pos]; .d_embed [batch, pos, d_model]; .d_W_E [d_vocab, d_model]
    clip_I.0, .1, .2     gradients of three parameters; .norm, their common norm; .clipped.0, .1, .2
    adamw_I.weight       [row, column]; .gradients [step, row, column]; .weights, .m, .v after each step

and of the tiny models K, whose sizes are in the .json:

    K.weights.NAME       every parameter
    K.tokens, .next      [batch, pos], as above; .loss; .gradients.NAME of each matrix
    K.d_resid_post.L     [batch, pos, d_model], the gradient by the stream after layer L
    K.d_resid_pre.L      the gradient by the stream before it
    K.d_pos.L            [pos, d_model], what layer L alone adds to the gradient of the position embedding
    K.layer.L.W_Q, …     [head, …], gradients of the layer's weights
    K.repeated.N         [batch, 1 + 2 * N], BOS and N tokens twice
    K.bump.N             [3], loss of the first copy, of the second, and the largest induction score of a head
    K.steps.tokens, .next, .rates   [step, batch, pos], [step]
    K.steps.losses       [step], before each step; K.steps.NAME.S: a matrix after step S
"""

import math

import torch
import torch.nn.functional as F
from transformer_lens import HookedTransformer, HookedTransformerConfig

import common
import exercise_03

TINY = {
    "grow_0": {"n_layers": 2, "d_model": 12, "n_ctx": 11, "d_head": 4, "n_heads": 3, "d_vocab": 17},
    "grow_1": {"n_layers": 3, "d_model": 15, "n_ctx": 9, "d_head": 3, "n_heads": 5, "d_vocab": 13},
}
TINY_INPUT = {"grow_0": (2, 9), "grow_1": (3, 7)}
REPEATED = {"grow_0": [(4, 5), (2, 3)], "grow_1": [(3, 4)]}
STEPS, RATE, MAX_NORM = 3, 0.1, 1.0
MATRICES = ("W_Q", "W_K", "W_V", "W_O")
# What the exercise fixes.
BETAS, EPS = (0.9, 0.98), 1e-8
DECAY = 0.01


def draw(generator, *shape, scale=1.0):
    """Normal, in float32's grid, as float64."""
    return (torch.randn(*shape, generator=generator) * scale).double()


def of_loss(generator, batch, n_pos, d_vocab):
    logits = draw(generator, batch, n_pos, d_vocab, scale=2.0)
    targets = torch.randint(0, d_vocab, (batch, n_pos), generator=generator)
    targets[:, -1] = -1
    targets[0, :2] = -1
    logits.requires_grad_()
    with torch.enable_grad():
        value = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1)
        value.backward()
    return {"logits": logits.detach(), "next": targets, "value": value.detach(), "gradient": logits.grad}


def of_linear(generator, rows, d_in, d_out):
    x, w = (draw(generator, *shape).requires_grad_() for shape in ((rows, d_in), (d_in, d_out)))
    d_y = draw(generator, rows, d_out)
    with torch.enable_grad():
        (x @ w).backward(d_y)
    return {"x": x.detach(), "w": w.detach(), "d_y": d_y, "d_x": x.grad, "d_w": w.grad}


def causal_softmax(scores):
    hidden = torch.triu(torch.ones(scores.shape[-2:], dtype=torch.bool), 1)
    return scores.masked_fill(hidden, float("-inf")).softmax(-1)


def of_softmax(generator, n_pos):
    scores = draw(generator, n_pos, n_pos).requires_grad_()
    d_pattern = draw(generator, n_pos, n_pos)
    with torch.enable_grad():
        pattern = causal_softmax(scores)
        pattern.backward(d_pattern)
    return {"pattern": pattern.detach(), "d_pattern": d_pattern, "d_scores": scores.grad}


def of_attention(generator, n_pos, d_head):
    q, k, v = (draw(generator, n_pos, d_head).requires_grad_() for _ in range(3))
    d_z = draw(generator, n_pos, d_head)
    with torch.enable_grad():
        pattern = causal_softmax(q @ k.T / math.sqrt(d_head))
        (pattern @ v).backward(d_z)
    return {"q": q.detach(), "k": k.detach(), "v": v.detach(), "pattern": pattern.detach(), "d_z": d_z,
            "d_q": q.grad, "d_k": k.grad, "d_v": v.grad}


def of_embedding(generator, batch, n_pos, d_model, d_vocab):
    table = torch.zeros(d_vocab, d_model, dtype=torch.float64, requires_grad=True)
    tokens = torch.randint(0, d_vocab - 2, (batch, n_pos), generator=generator)
    tokens[:, 0] = common.BOS
    tokens[0, 3] = tokens[0, 1]
    d_embed = draw(generator, batch, n_pos, d_model)
    with torch.enable_grad():
        F.embedding(tokens, table).backward(d_embed)
    return {"tokens": tokens, "d_embed": d_embed, "d_W_E": table.grad}


def of_clip(generator, scale):
    parameters = [torch.nn.Parameter(torch.zeros(*shape, dtype=torch.float64)) for shape in ((3, 2), (4,), (2, 1, 5))]
    found = {}
    for i, parameter in enumerate(parameters):
        parameter.grad = draw(generator, *parameter.shape, scale=scale)
        found[str(i)] = parameter.grad.clone()
    found["norm"] = torch.nn.utils.clip_grad_norm_(parameters, MAX_NORM).detach()
    return found | {f"clipped.{i}": parameter.grad for i, parameter in enumerate(parameters)}


def of_adamw(generator, rows, columns, steps, rate, decay, scale):
    weight = torch.nn.Parameter(draw(generator, rows, columns))
    optimizer = torch.optim.AdamW([weight], lr=rate, betas=BETAS, eps=EPS, weight_decay=decay)
    found = {"weight": weight.detach().clone(), "settings": torch.tensor([rate, decay], dtype=torch.float64)}
    kept = {name: [] for name in ("gradients", "weights", "m", "v")}
    for _ in range(steps):
        weight.grad = draw(generator, rows, columns, scale=scale)
        weight.grad[0, 0] = 0  # an entry whose gradient is zero: only the decay moves it
        with torch.enable_grad():
            optimizer.step()
        state = optimizer.state[weight]
        for name, value in zip(kept, (weight.grad, weight, state["exp_avg"], state["exp_avg_sq"])):
            kept[name].append(value.detach().clone())
    return found | {name: torch.stack(values) for name, values in kept.items()}


def inputs(generator, cfg, rows, length):
    """Tokens, and what each position is to predict; some positions do not count."""
    tokens = torch.randint(1, cfg.d_vocab, (rows, length), generator=generator)
    tokens[:, 0] = common.BOS
    following = torch.cat([tokens[:, 1:], torch.full((rows, 1), -1)], 1)
    following[0, :3] = -1
    return tokens, following


def mean_loss(model, tokens, following):
    return F.cross_entropy(model(tokens).flatten(0, 1), following.flatten(), ignore_index=-1)


def gradients(model, tokens, following) -> common.Tensors:
    """Of the loss, by the matrices and by the stream around every layer."""
    kept = {}

    def keep(x, hook):
        x.retain_grad()
        kept[hook.name] = x
        return x
    model.zero_grad()
    with torch.enable_grad(), model.hooks(fwd_hooks=[(lambda name: "resid" in name, keep)]):
        loss = mean_loss(model, tokens, following)
        loss.backward()
    found = {"loss": loss.detach()}
    for name, parameter in model.named_parameters():
        if parameter.ndim > 1 and ".b_" not in name:
            found[f"gradients.{name}"] = parameter.grad.clone()
    for layer, block in enumerate(model.blocks):
        found[f"d_resid_pre.{layer}"] = kept[f"blocks.{layer}.hook_resid_pre"].grad
        found[f"d_resid_post.{layer}"] = kept[f"blocks.{layer}.hook_resid_post"].grad
        found |= of_layer(model, layer, kept[f"blocks.{layer}.hook_resid_pre"].detach(),
                          found[f"d_resid_post.{layer}"], found[f"d_resid_pre.{layer}"])
    return found


def of_layer(model, layer, stream, d_post, d_pre) -> common.Tensors:
    """One layer alone, written out, since the position embedding is shared by all. It must agree with the model."""
    attn, n_pos = model.blocks[layer].attn, stream.shape[1]
    weights = {name: getattr(attn, name).detach().clone().requires_grad_() for name in MATRICES}
    pos = model.W_pos[:n_pos].detach().clone().requires_grad_()
    x = stream.clone().requires_grad_()
    with torch.enable_grad():
        q, k = ((x + pos)[:, None] @ weights[name] for name in ("W_Q", "W_K"))
        pattern = causal_softmax(q @ k.transpose(-1, -2) / math.sqrt(model.cfg.d_head))
        z = pattern @ (x[:, None] @ weights["W_V"])
        (x + (z @ weights["W_O"]).sum(1)).backward(d_post)
    assert torch.allclose(x.grad, d_pre, atol=1e-12)
    for name in MATRICES:
        assert torch.allclose(weights[name].grad, getattr(attn, name).grad, atol=1e-12), name
    return {f"d_pos.{layer}": pos.grad, **{f"layer.{layer}.{name}": weights[name].grad for name in MATRICES}}


def bump(model, generator, rows, n) -> tuple:
    segment = torch.randint(1, model.cfg.d_vocab, (rows, n), generator=generator)
    tokens = torch.cat([torch.full((rows, 1), common.BOS), segment, segment], 1)
    logits, cache = model.run_with_cache(tokens)
    losses = model.loss_fn(logits, tokens, per_token=True)
    scores = [cache["pattern", layer].diagonal(offset=-(n - 1), dim1=-2, dim2=-1).mean((0, -1))
              for layer in range(model.cfg.n_layers)]
    return tokens, torch.stack([losses[:, :n].mean(), losses[:, n:].mean(), torch.stack(scores).max()])


def of_steps(model, generator, rows, length) -> common.Tensors:
    """A few steps on new batches, with clipping, each at its own rate."""
    weights = [(name, p) for name, p in model.named_parameters() if p.ndim > 1 and ".b_" not in name]
    optimizer = torch.optim.AdamW([p for _, p in weights], lr=RATE, betas=BETAS, eps=EPS, weight_decay=DECAY)
    found, kept = {}, {name: [] for name in ("tokens", "next", "rates", "losses")}
    for step in range(1, STEPS + 1):
        tokens, following = inputs(generator, model.cfg, rows, length)
        rate = RATE * step / STEPS
        optimizer.param_groups[0]["lr"] = rate
        model.zero_grad()
        with torch.enable_grad():
            loss = mean_loss(model, tokens, following)
            loss.backward()
            torch.nn.utils.clip_grad_norm_([p for _, p in weights], MAX_NORM)
            optimizer.step()
        for name, value in zip(kept, (tokens, following, torch.tensor(rate, dtype=torch.float64), loss.detach())):
            kept[name].append(value)
        for name, parameter in weights:
            found[f"steps.{name}.{step}"] = parameter.detach().clone()
    return found | {f"steps.{name}": torch.stack(values) for name, values in kept.items()}


def tiny_config(name: str) -> dict:
    return {"model_name": name, **TINY[name], **exercise_03.ATTN}


def of_model(name: str, seed: int) -> common.Tensors:
    config = HookedTransformerConfig.from_dict({**tiny_config(name), "device": "cpu", "dtype": torch.float64})
    model = HookedTransformer(config).eval()
    model.load_state_dict(exercise_03.drawn(tiny_config(name), seed).double().state_dict())
    for block in model.blocks:
        for bias in ("b_Q", "b_K", "b_V", "b_O"):
            getattr(block.attn, bias).data.zero_()
    model.unembed.b_U.data.zero_()
    found = {f"weights.{key}": value.detach().clone() for key, value in model.named_parameters()}
    generator = torch.Generator().manual_seed(seed + 1)
    tokens, following = inputs(generator, model.cfg, *TINY_INPUT[name])
    found |= {"tokens": tokens, "next": following, **gradients(model, tokens, following)}
    for n, rows in REPEATED[name]:
        found[f"repeated.{n}"], found[f"bump.{n}"] = bump(model, generator, rows, n)
    found |= of_steps(model, generator, *TINY_INPUT[name])
    return {f"{name}.{key}": value for key, value in found.items()}


def generate() -> None:
    generator = torch.Generator().manual_seed(common.SEED + 400)
    of = {
        "loss_0": of_loss(generator, 2, 4, 7), "loss_1": of_loss(generator, 3, 5, 11), "loss_2": of_loss(generator, 1, 6, 4),
        "linear_0": of_linear(generator, 5, 3, 4), "linear_1": of_linear(generator, 4, 4, 4), "linear_2": of_linear(generator, 7, 2, 6),
        "softmax_0": of_softmax(generator, 4), "softmax_1": of_softmax(generator, 7),
        "attention_0": of_attention(generator, 5, 3), "attention_1": of_attention(generator, 4, 4),
        "attention_2": of_attention(generator, 6, 9),
        "embed_0": of_embedding(generator, 2, 6, 4, 9), "embed_1": of_embedding(generator, 3, 7, 5, 8),
        "clip_0": of_clip(generator, 1.0), "clip_1": of_clip(generator, 0.05), "clip_2": of_clip(generator, 0.3),
        "adamw_0": of_adamw(generator, 3, 4, 5, 0.1, 0.0, 0.5), "adamw_1": of_adamw(generator, 2, 5, 6, 0.03, 0.2, 2.0),
        "adamw_2": of_adamw(generator, 4, 3, 4, 0.25, 0.05, 1e-3),
    }
    tensors = {f"{key}.{name}": value for key, found in of.items() for name, value in found.items()}
    for i, name in enumerate(TINY):
        tensors |= of_model(name, common.SEED + 500 + 2 * i)
    common.write_tensors(tensors, common.ACTIVATIONS / "exercise_07.safetensors")
    common.write_json({"models": {name: tiny_config(name) for name in TINY}}, common.ACTIVATIONS / "exercise_07.json")


if __name__ == "__main__":
    generate()
