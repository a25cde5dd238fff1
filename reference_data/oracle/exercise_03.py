"""References for exercise 03, logit attribution.

The tiny models attn_0, attn_1 (attention only) and gpt_0, gpt_1 (like GPT-2) have random weights that
are drawn here, so what is stored about them does not change when the embedded models are trained
again. The axes of each graded array have different lengths.

exercise_03.safetensors (float32; tokens int64), K being a tiny model, L the layer, H the head:

    K.weights.NAME          every parameter
    K.tokens                [batch, pos]; attn_*: [BOS, r, r]
    K.parts                 [part, batch, pos, d_model], what the residual stream is the sum of
    K.results               [layer, batch, pos, head, d_model], hook_result
    K.lens                  [depth, batch, pos - 1], log probability of the next token
    K.zero_everywhere.H     [layer, batch, pos, d_model], every resid_post while head H is ablated in
                            every layer
  and for attn_* only
    K.induction             [layer, head]
    K.zero_table            [layer, head], mean loss of the second copy with that head's z at zero,
                            minus the same with nothing ablated; mean_table: z at its batch mean
    K.zero.L.H, K.mean.L.H  [layer, batch, pos, d_model], every resid_post while that head is ablated
    K.attribution           [batch, pos - 1, 1 + 2 * head], two-layer models only
  and for gpt_* only
    K.neurons               [layer, batch, pos, neuron, d_model]

    repeated.*              attn-only-2l-tales on 3 rows of 2 * 13 random tokens: tokens, induction,
                            zero_table, mean_table, attribution, and first_half_table and
                            all_positions_table: as zero_table, of the loss on other positions
    text.tokens, text.attribution       attn-only-2l-tales on a sentence
    gpt2_text.tokens, .parts, .lens     gpt2-tales on a sentence

exercise_03.json: `models`, the configuration of each tiny model; `ablated`, the [layer, head] of
`K.zero` and `K.mean` and the head of `K.zero_everywhere`; `found`, figures on 8 rows of 50 random
tokens repeated and on the sentences, for the guide.

exercise_03_*.md: the same figures as pieces of text that the guide includes.

The halves and the induction score are those of exercise_02.py: the second copy is the last seq_len
predictions, and the score is the mean of the diagonal key = query - (seq_len - 1).
"""

import itertools
import re

import torch
from safetensors.torch import load_file
from transformer_lens import HookedTransformer, HookedTransformerConfig

import activations
import common
import exercise_02

SENTENCE = "Once upon a time there was a little girl, and every one who knew her loved her."
GPT2_SENTENCE = "Once upon a time there lived a king who had three sons."
REPEATED_ROWS, REPEATED_LENGTH = 3, 13
FOUND_ROWS, FOUND_LENGTH = 8, 50
LENS_ROWS, LENS_POSITIONS = 8, 64

TINY = {
    "attn_0": {"n_layers": 2, "d_model": 14, "n_ctx": 17, "d_head": 4, "n_heads": 6, "d_vocab": 29},
    "attn_1": {"n_layers": 3, "d_model": 11, "n_ctx": 15, "d_head": 4, "n_heads": 5, "d_vocab": 23},
    "gpt_0": {"n_layers": 4, "d_model": 13, "n_ctx": 17, "d_head": 5, "n_heads": 6, "d_mlp": 9,
              "d_vocab": 19},
    "gpt_1": {"n_layers": 2, "d_model": 12, "n_ctx": 11, "d_head": 5, "n_heads": 4, "d_mlp": 10,
              "d_vocab": 17},
}
ATTN = {"attn_only": True, "normalization_type": None, "act_fn": None, "d_mlp": None,
        "positional_embedding_type": "shortformer"}
GPT = {"attn_only": False, "normalization_type": "LN", "act_fn": "gelu_new",
       "positional_embedding_type": "standard"}
TINY_INPUT = {"attn_0": (3, 5), "attn_1": (1, 4), "gpt_0": (3, 7), "gpt_1": (1, 6)}
# How large weights are, by kind: the stream, scores and logits have entries of a few units at most, so
# that rounding stays far below any difference that matters.
SIZES = {"W_E": 0.8, "W_pos": 0.8, "W_Q": 1.5, "W_K": 1.5, "W_V": 1.0, "W_O": 0.5, "W_in": 1.0,
         "W_out": 1.0, "W_U": 1.2}
# [layer, head] of each ablation whose streams are stored, and the head that is silenced everywhere.
ABLATED = {"attn_0": ([[0, 4], [1, 2]], 3), "attn_1": ([[2, 1], [0, 3]], 2), "gpt_0": ([], 4),
           "gpt_1": ([], 1)}


def tiny_config(name: str) -> dict:
    return {"model_name": name, **TINY[name], **(ATTN if name.startswith("attn") else GPT)}


def tiny_model(name: str, seed: int) -> HookedTransformer:
    return drawn(tiny_config(name), seed)


def drawn(config: dict, seed: int) -> HookedTransformer:
    """Weights that make attention uneven and every head matter; biases and gains that are not trivial."""
    config = HookedTransformerConfig.from_dict(
        {**config, "use_attn_result": True, "device": "cpu", "dtype": torch.float32})
    model = HookedTransformer(config).eval()
    generator = torch.Generator().manual_seed(seed)
    for parameter, value in sorted(model.named_parameters()):
        kind = parameter.split(".")[-1]
        drawn = torch.randn(value.shape, generator=generator)
        if kind in SIZES:
            fan_in = 1 if kind in ("W_E", "W_pos") else value.shape[-2]
            drawn = drawn * SIZES[kind] / fan_in ** 0.5
        elif kind == "w":
            drawn = 1 + 0.3 * drawn
        else:
            drawn = drawn * 0.3
        if config.attn_only and kind.startswith("b_"):
            drawn = drawn * 0
        value.data.copy_(drawn)
    return model


def tiny_tokens(name: str, d_vocab: int, seed: int) -> torch.Tensor:
    rows, length = TINY_INPUT[name]
    segments = activations.random_segments(rows, length, d_vocab, seed)
    if name.startswith("attn"):
        return activations.repeated_tokens(segments)
    return torch.cat([torch.full((rows, 1), common.BOS), segments], dim=1)


def z_name(layer: int) -> str:
    return f"blocks.{layer}.attn.hook_z"


def zero(head: int):
    def hook_function(z, hook):
        z[:, :, head] = 0.0
        return z
    return hook_function


def mean(head: int):
    def hook_function(z, hook):
        z[:, :, head] = z[:, :, head].mean(0, keepdim=True)
        return z
    return hook_function


def losses(model, tokens: torch.Tensor, hooks=()) -> torch.Tensor:
    """[batch, pos - 1], float64."""
    logits = model.run_with_hooks(tokens, fwd_hooks=list(hooks))
    return -exercise_02.log_probs(logits, tokens).double()


def ablation_table(model, tokens: torch.Tensor, ablate, which=None) -> torch.Tensor:
    """[layer, head]: the mean loss that is added; of the second copy, or of the positions `which`."""
    which = which or slice(tokens.shape[1] // 2, None)
    clean = losses(model, tokens)[:, which].mean()
    table = torch.zeros(model.cfg.n_layers, model.cfg.n_heads)
    for layer, head in itertools.product(*map(range, table.shape)):
        ablated = losses(model, tokens, [(z_name(layer), ablate(head))])[:, which].mean()
        table[layer, head] = ablated - clean
    return table


def streams(model, tokens: torch.Tensor, hooks) -> torch.Tensor:
    """[layer, batch, pos, d_model]: what each layer leaves while the hooks are at work."""
    with model.hooks(fwd_hooks=hooks):
        _, cache = model.run_with_cache(tokens, return_type=None, return_cache_object=False)
    names = [f"blocks.{layer}.hook_resid_post" for layer in range(model.cfg.n_layers)]
    return torch.stack([cache[name] for name in names])


def induction(model, tokens: torch.Tensor) -> torch.Tensor:
    scores = exercise_02.induction_scores(exercise_02.layers_of(model, tokens))
    return torch.tensor(scores["induction"], dtype=torch.float64)


def residual(cache, layer: int, n_layers: int) -> torch.Tensor:
    """The stream that a layer reads; of layer n_layers, what the last one leaves."""
    if layer < n_layers:
        return cache[f"blocks.{layer}.hook_resid_pre"]
    return cache[f"blocks.{n_layers - 1}.hook_resid_post"]


def parts(model, cache) -> torch.Tensor:
    """[part, batch, pos, d_model]"""
    names = ["hook_embed"]
    if model.cfg.positional_embedding_type == "standard":
        names.append("hook_pos_embed")
    for layer in range(model.cfg.n_layers):
        names.append(f"blocks.{layer}.hook_attn_out")
        if not model.cfg.attn_only:
            names.append(f"blocks.{layer}.hook_mlp_out")
    found = torch.stack([cache[name] for name in names])
    whole = residual(cache, model.cfg.n_layers, model.cfg.n_layers)
    assert torch.allclose(found.sum(0), whole, atol=1e-3), "the parts do not add up"
    return found


def lens(model, cache, tokens: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Log probability and rank (0 = first) of the next token: [depth, batch, pos - 1] each."""
    log_probs, ranks = [], []
    for layer in range(model.cfg.n_layers + 1):
        stream = residual(cache, layer, model.cfg.n_layers)
        if model.cfg.normalization_type is not None:
            stream = model.ln_final(stream)
        logits = model.unembed(stream)
        log_probs.append(exercise_02.log_probs(logits, tokens))
        right = logits[:, :-1].gather(-1, tokens[:, 1:, None])
        ranks.append((logits[:, :-1] > right).sum(-1))
    return torch.stack(log_probs), torch.stack(ranks)


def attribution(model, tokens: torch.Tensor) -> torch.Tensor:
    """[batch, pos - 1, 1 + 2 * head], checked against the logits."""
    logits, cache = model.run_with_cache(tokens, return_cache_object=False)
    components = torch.cat([cache["hook_embed"][:, :, None], cache["blocks.0.attn.hook_result"],
                            cache["blocks.1.attn.hook_result"]], dim=2)
    right = model.W_U[:, tokens[:, 1:]]
    found = torch.einsum("bpcd,dbp->bpc", components[:, :-1], right)
    wanted = logits[:, :-1].gather(-1, tokens[:, 1:, None])[..., 0] - model.b_U[tokens[:, 1:]]
    assert torch.allclose(found.sum(-1), wanted, atol=1e-3), "the attributions do not add up"
    return found


def tiny_references(name: str, seed: int, tensors: common.Tensors) -> None:
    model = tiny_model(name, seed)
    tokens = tiny_tokens(name, model.cfg.d_vocab, seed + 1)
    _, cache = model.run_with_cache(tokens)
    layers = range(model.cfg.n_layers)
    found = {"tokens": tokens, "parts": parts(model, cache),
             "results": torch.stack([cache[f"blocks.{layer}.attn.hook_result"] for layer in layers]),
             "lens": lens(model, cache, tokens)[0]}
    chosen, everywhere = ABLATED[name]
    hooks = [(z_name(layer), zero(everywhere)) for layer in layers]
    found[f"zero_everywhere.{everywhere}"] = streams(model, tokens, hooks)
    if model.cfg.attn_only:
        found["induction"] = induction(model, tokens)
        found["zero_table"] = ablation_table(model, tokens, zero)
        found["mean_table"] = ablation_table(model, tokens, mean)
        for layer, head in chosen:
            for kind, ablate in (("zero", zero), ("mean", mean)):
                hooks = [(z_name(layer), ablate(head))]
                found[f"{kind}.{layer}.{head}"] = streams(model, tokens, hooks)
        if model.cfg.n_layers == 2:
            found["attribution"] = attribution(model, tokens)
    else:
        found["neurons"] = torch.stack([cache.get_neuron_results(layer) for layer in layers])
    tensors |= {f"{name}.{key}": value for key, value in found.items()}
    tensors |= {f"{name}.weights.{key}": value for key, value in model.named_parameters()}


def embedded_references(model, gpt2, tensors: common.Tensors) -> None:
    segments = activations.random_segments(REPEATED_ROWS, REPEATED_LENGTH, model.cfg.d_vocab,
                                           common.SEED + 20)
    repeated = activations.repeated_tokens(segments)
    first, every = slice(0, REPEATED_LENGTH), slice(0, None)
    found = {
        "repeated.tokens": repeated,
        "repeated.induction": induction(model, repeated),
        "repeated.zero_table": ablation_table(model, repeated, zero),
        "repeated.mean_table": ablation_table(model, repeated, mean),
        "repeated.first_half_table": ablation_table(model, repeated, zero, first),
        "repeated.all_positions_table": ablation_table(model, repeated, zero, every),
        "repeated.attribution": attribution(model, repeated),
    }
    text = torch.tensor([common.encode(common.load_tokenizer(common.ATTN_ONLY), SENTENCE)])
    found["text.tokens"], found["text.attribution"] = text, attribution(model, text)
    text = torch.tensor([common.encode(common.load_tokenizer(common.GPT2), GPT2_SENTENCE)])
    _, cache = gpt2.run_with_cache(text, return_cache_object=False)
    found["gpt2_text.tokens"], found["gpt2_text.parts"] = text, parts(gpt2, cache)
    found["gpt2_text.lens"] = lens(gpt2, cache, text)[0]
    tensors |= found


def rounded(values: torch.Tensor, digits: int = 2):
    # + 0.0 turns a negative zero into a plain one
    return [rounded(v, digits) for v in values] if values.dim() else round(values.item(), digits) + 0.0


def found_on_repeated(model) -> dict:
    """The story of the heads, on a larger sample than the graded one."""
    segments = activations.random_segments(FOUND_ROWS, FOUND_LENGTH, model.cfg.d_vocab,
                                           common.SEED + 21)
    tokens = activations.repeated_tokens(segments)
    patterns = exercise_02.layers_of(model, tokens)
    by_half = attribution(model, tokens).double().unflatten(1, (2, FOUND_LENGTH)).mean((0, 2))
    mean_logit = model(tokens)[:, :-1].double().mean(-1).unflatten(1, (2, FOUND_LENGTH)).mean((0, 2))
    loss = losses(model, tokens).unflatten(1, (2, FOUND_LENGTH)).mean((0, 2))
    return {
        "previous": rounded(torch.tensor(exercise_02.detector_scores(patterns)["previous"])),
        "induction": rounded(induction(model, tokens)),
        "zero_ablation": rounded(ablation_table(model, tokens, zero)),
        "mean_ablation": rounded(ablation_table(model, tokens, mean)),
        "attribution_first_half": rounded(by_half[0]),
        "attribution_second_half": rounded(by_half[1]),
        "mean_logit_by_half": rounded(mean_logit),
        "loss_by_half": rounded(loss),
    }


def found_on_text(model) -> dict:
    """What each token of the sentence gets from the direct path, from the heads of either layer."""
    tokenizer = common.load_tokenizer(common.ATTN_ONLY)
    ids = common.encode(tokenizer, SENTENCE)
    table, heads = attribution(model, torch.tensor([ids]))[0], model.cfg.n_heads
    return {"text": SENTENCE, "str_tokens": common.string_tokens(tokenizer, ids),
            "direct": rounded(table[:, 0]), "layer_0": rounded(table[:, 1:1 + heads].sum(1)),
            "layer_1": rounded(table[:, 1 + heads:].sum(1))}


def found_by_lens(gpt2) -> dict:
    """Mean log probability and median rank by depth, on held-out text."""
    tokens = load_file(exercise_02.HELD_OUT)["tokens"][:LENS_ROWS, :LENS_POSITIONS]
    _, cache = gpt2.run_with_cache(tokens, return_cache_object=False)
    log_probs, ranks = lens(gpt2, cache, tokens)
    return {"log_prob": rounded(log_probs.double().mean((1, 2))),
            "median_rank": [int(r.median()) for r in ranks],
            "first": rounded((ranks == 0).double().mean((1, 2)))}


def with_minus_signs(text: str) -> str:
    """With a minus sign where a number has a hyphen."""
    return re.sub(r"(?<=[ (])-(?=\d)", "−", text)


def table(head: list[str], rows: list[list]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    written = [[f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in line]
               for line in lines]
    return with_minus_signs("".join("| " + " | ".join(line) + " |\n" for line in written))


def heads_table(found: dict) -> str:
    rows, heads = [], len(found["induction"][0])
    halves = found["attribution_first_half"], found["attribution_second_half"]
    for layer, scores in enumerate(found["induction"]):
        for head, score in enumerate(scores):
            component = 1 + layer * heads + head
            rows.append([f"{layer}.{head}", found["previous"][layer][head], score,
                         found["zero_ablation"][layer][head], found["mean_ablation"][layer][head],
                         halves[0][component], halves[1][component]])
    rows.append(["direct path", "", "", "", "", halves[0][0], halves[1][0]])
    return table(["head", "previous", "induction", "zero ablation", "mean ablation",
                  "attribution, first copy", "attribution, second copy"], rows)


def summary(found: dict) -> str:
    """The heads that stand out, in words; which they are is read from the numbers."""
    heads = len(found["induction"][0])

    def largest(values: list[float]) -> int:
        return max(range(len(values)), key=lambda i: values[i])

    previous, hurt = largest(found["previous"][0]), largest(found["zero_ablation"][0])
    looks = [h for h, score in enumerate(found["induction"][1]) if score > 0.4]
    carries = largest(found["attribution_second_half"][1 + heads:])
    inducts = ", and ".join(
        f"head **1.{h}** has an induction score of {found['induction'][1][h]}" for h in looks)
    first, second = found["loss_by_half"]
    removed = "it" if hurt == previous else f"**0.{hurt}**"
    writer = "It" if looks == [carries] else f"Head **1.{carries}**"
    return with_minus_signs(
        f"The loss is {first} nats on the first copy and {second} on the second. In layer 0, head "
        f"**0.{previous}** attends to the previous token, with a score of {found['previous'][0][previous]}. "
        f"Removing {removed} costs more than removing any other head of layer 0: "
        f"{found['zero_ablation'][0][hurt]} nats. In layer 1, {inducts}. {writer} writes most of the "
        f"right logit in the second copy, {found['attribution_second_half'][1 + heads + carries]} on "
        f"average, against {found['attribution_first_half'][1 + heads + carries]} in the first copy, "
        f"and removing it costs {found['zero_ablation'][1][carries]} nats.\n")


def write_pieces(found: dict) -> None:
    repeated, lensed, text = found["repeated"], found["lens"], found["text"]
    pairs = sorted(zip(text["direct"], text["str_tokens"], text["str_tokens"][1:]), reverse=True)
    pieces = {
        "heads": heads_table(repeated),
        "summary": summary(repeated),
        "lens": table(["after layer", "mean log probability", "median rank", "ranked first"],
                      [["none" if depth == 0 else depth - 1, *cells] for depth, cells in
                       enumerate(zip(lensed["log_prob"], lensed["median_rank"], lensed["first"]))]),
        "bigrams": table(["token", "next", "direct path"],
                         [[f"`{a}`", f"`{b}`", score] for score, a, b in pairs[:5]]),
    }
    for name, piece in pieces.items():
        path = common.ACTIVATIONS / f"exercise_03_{name}.md"
        path.write_text(piece, encoding="utf-8")


def generate() -> None:
    tensors: common.Tensors = {}
    for i, name in enumerate(TINY):
        tiny_references(name, common.SEED + 100 + 2 * i, tensors)
    model = common.load_model(common.ATTN_ONLY, use_attn_result=True)
    gpt2 = common.load_model(common.GPT2)
    embedded_references(model, gpt2, tensors)
    found = {"repeated": found_on_repeated(model), "text": found_on_text(model),
             "lens": found_by_lens(gpt2)}
    common.write_tensors(tensors, common.ACTIVATIONS / "exercise_03.safetensors")
    common.write_json({
        "models": {name: tiny_config(name) for name in TINY},
        "ablated": {name: {"heads": heads, "everywhere": everywhere}
                    for name, (heads, everywhere) in ABLATED.items()},
        "found": found,
    }, common.ACTIVATIONS / "exercise_03.json")
    write_pieces(found)
