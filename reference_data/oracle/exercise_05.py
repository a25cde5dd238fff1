"""References for exercise 05, circuits from weights.

Everything here is multiplied out in float64 with torch alone, from the weights; only the runs that
put a prediction to the test go through the classic library.

The tiny models circ_0 and circ_1 have random weights that are drawn here (as in exercise_03.py), so
what is stored about them does not change when the embedded model is trained again.

exercise_05.safetensors (float32; tokens int64), K being a tiny model, J and H heads:

    K.weights.NAME          every parameter
    K.direct_path           [d_vocab, d_vocab], W_E W_U
    K.ov.L.H                [d_vocab, d_vocab], W_E W_V W_O W_U of head L.H
    K.eigenvalues.L.H       [d_vocab, 2], real and imaginary part, by falling modulus
    K.positions.L.H         [query_pos, key_pos], softmax of W_pos W_Q (W_pos W_K)^T / sqrt(d_head), causal
    K.composition_q, _k, _v [head of layer 0, head of layer 1]
    K.composed.Q.K.H        [d_vocab, d_vocab], query token x key token of head 1.H; Q and K name what
                            wrote the input of queries and keys: `e` the embedding, or a head of layer 0
    K.tokens                [batch, pos], [BOS, r, r]
    K.inputs                [component, batch, pos, d_model], what the queries and keys of layer 1 read
    K.pair_scores.H         [q_component, k_component, query_pos, key_pos] of head 1.H, before the mask
    K.without_path          [from, to, 3], mean loss of the second copy while queries, keys or values of
                            1.to lack what 0.from wrote, minus the same with nothing missing
    K.frozen                [ablated, frozen, 2], mean loss of the second copy with 0.ablated silenced,
                            and with it silenced while 1.frozen keeps its clean pattern

    model.copying_top1, model.copying_top5          [layer, head], of attn-only-2l-tales
    model.copying_eigenvalues   [layer, head], sum of eigenvalues over sum of moduli
    model.composition_*         as above
    model.positions             [head, n_pos, n_pos] of layer 0, the first 48 positions
    model.diagonal              [source, source], how often the best key of 1.4's composed circuit is the
                                query's own token; sources: embedding, then the heads of layer 0
    model.direct_rank           [n], for the tokens of bigrams.json: the rank, by the direct path, of what
                                follows each most often in the training books; 0 is first
    model.tokens, model.without_path [from, 3] into 1.4, model.frozen [ablated, 2] with 1.4 frozen

exercise_05.json: `models`, `heads` [layer, head] of stored circuits, `found` figures for the guide.
"""

import itertools
import json

import torch

import activations
import common
import exercise_02
import exercise_03

TINY = {
    "circ_0": {"n_layers": 2, "d_model": 13, "n_ctx": 15, "d_head": 4, "n_heads": 5, "d_vocab": 31},
    "circ_1": {"n_layers": 2, "d_model": 11, "n_ctx": 17, "d_head": 3, "n_heads": 4, "d_vocab": 23},
}
TINY_INPUT = {"circ_0": (3, 6), "circ_1": (2, 7)}
# Heads whose circuits are stored, and (q source, k source, head of layer 1) of composed circuits.
OV_HEADS = {"circ_0": [(0, 2), (1, 4)], "circ_1": [(1, 0), (0, 3)]}
COMPOSED = {"circ_0": [(None, 3, 1), (2, 0, 4), (4, None, 0)], "circ_1": [(None, 1, 2), (3, 2, 0)]}
PAIR_HEADS = {"circ_0": [3, 1], "circ_1": [2]}
FOUND_ROWS, FOUND_LENGTH = 8, 50
GRADED_ROWS, GRADED_LENGTH = 3, 13
INDUCTION_HEAD = 4
POSITIONS = 48


def source_name(source) -> str:
    return "e" if source is None else str(source)


class Weights:
    """A model's weights in float64."""

    def __init__(self, model):
        self.model, self.cfg = model, model.cfg
        self.E, self.U, self.pos = model.W_E.double(), model.W_U.double(), model.W_pos.double()
        self.Q, self.K = model.W_Q.double(), model.W_K.double()
        self.V, self.O = model.W_V.double(), model.W_O.double()

    def ov(self, layer: int, head: int) -> torch.Tensor:
        return self.V[layer, head] @ self.O[layer, head]

    def qk(self, layer: int, head: int) -> torch.Tensor:
        return self.Q[layer, head] @ self.K[layer, head].T

    def ov_circuit(self, layer: int, head: int) -> torch.Tensor:
        return self.E @ self.ov(layer, head) @ self.U

    def written(self, source) -> torch.Tensor:
        """What the embedding, or a head of layer 0 that attends to the token, puts into the stream."""
        return self.E if source is None else self.E @ self.ov(0, source)

    def composed(self, q_source, k_source, head: int) -> torch.Tensor:
        return self.written(q_source) @ self.qk(1, head) @ self.written(k_source).T

    def positions(self, layer: int, head: int, n: int | None = None) -> torch.Tensor:
        pos = self.pos if n is None else self.pos[:n]
        scores = pos @ self.qk(layer, head) @ pos.T / self.cfg.d_head ** 0.5
        hidden = torch.ones_like(scores).triu(1).bool()
        return scores.masked_fill(hidden, -torch.inf).softmax(-1)

    def composition(self, kind: str) -> torch.Tensor:
        heads = range(self.cfg.n_heads)
        table = torch.zeros(len(heads), len(heads), dtype=torch.float64)
        for a, b in itertools.product(heads, heads):
            left = self.ov(0, a)
            right = {"q": self.qk(1, b), "k": self.qk(1, b).T, "v": self.ov(1, b)}[kind]
            table[a, b] = (left @ right).norm() / (left.norm() * right.norm())
        return table


def eigenvalues(circuit: torch.Tensor) -> torch.Tensor:
    """[n, 2], by falling modulus."""
    values = torch.linalg.eigvals(circuit)
    values = values[values.abs().argsort(descending=True)]
    return torch.stack([values.real, values.imag], -1)


def low_rank_eigenvalues(left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Those of left @ right that are not zero: of right @ left."""
    return torch.linalg.eigvals(right @ left)


def copying_score(values: torch.Tensor) -> float:
    return (values.real.sum() / values.abs().sum()).item()


def top_k_diagonal(circuit: torch.Tensor, k: int) -> float:
    larger = (circuit > circuit.diagonal()[:, None]).sum(-1)
    return (larger < k).double().mean().item()


def second_copy_loss(model, tokens: torch.Tensor, hooks=()) -> float:
    return exercise_03.losses(model, tokens, hooks)[:, tokens.shape[1] // 2:].mean().item()


def without(model, tokens: torch.Tensor, source: int, target: int, side: str):
    """A hook: queries, keys or values of head 1.target lack what head 0.source wrote."""
    _, cache = model.run_with_cache(tokens, return_cache_object=False)
    written = cache["blocks.0.attn.hook_z"][:, :, source] @ model.W_O[0, source]
    weights = {"q": model.W_Q, "k": model.W_K, "v": model.W_V}[side][1, target]

    def take_away(x, hook):
        x[:, :, target] -= written @ weights
        return x
    return (f"blocks.1.attn.hook_{side}", take_away)


def without_path(model, tokens: torch.Tensor, source: int, target: int) -> torch.Tensor:
    clean = second_copy_loss(model, tokens)
    return torch.tensor([second_copy_loss(model, tokens, [without(model, tokens, source, target, side)])
                         - clean for side in "qkv"], dtype=torch.float64)


def frozen(model, tokens: torch.Tensor, ablated: int, target: int) -> torch.Tensor:
    """[2]: the loss with 0.ablated silenced, and with 1.target's pattern kept as well."""
    _, cache = model.run_with_cache(tokens, return_cache_object=False)
    clean = cache["blocks.1.attn.hook_pattern"][:, target].clone()
    silence = (exercise_03.z_name(0), exercise_03.zero(ablated))

    def keep(pattern, hook):
        pattern[:, target] = clean
        return pattern
    return torch.tensor([second_copy_loss(model, tokens, [silence]),
                         second_copy_loss(model, tokens, [silence, ("blocks.1.attn.hook_pattern", keep)])],
                        dtype=torch.float64)


def inputs(model, cache) -> torch.Tensor:
    """[component, batch, pos, d_model]: embedding, positions, heads of layer 0; queries and keys of
    layer 1 read their sum."""
    z = cache["blocks.0.attn.hook_z"]
    results = torch.einsum("bphd,hdm->hbpm", z, model.W_O[0])
    parts = torch.cat([cache["hook_embed"][None], cache["hook_pos_embed"][None], results])
    whole = cache["blocks.1.hook_resid_pre"] + cache["hook_pos_embed"]
    assert torch.allclose(parts.sum(0), whole, atol=1e-3), "the parts do not add up"
    return parts


def pair_scores(model, parts: torch.Tensor, head: int, cache) -> torch.Tensor:
    """[q_component, k_component, query_pos, key_pos] of item 0, checked against the scores."""
    q = parts[:, 0].double() @ model.W_Q[1, head].double()
    k = parts[:, 0].double() @ model.W_K[1, head].double()
    scores = torch.einsum("iqd,jkd->ijqk", q, k) / model.cfg.d_head ** 0.5
    whole = cache["blocks.1.attn.hook_attn_scores"][0, head]
    seen = torch.isfinite(whole)
    assert torch.allclose(scores.sum((0, 1)).float()[seen], whole[seen], atol=1e-3), "the scores do not add up"
    return scores


def tiny_config(name: str) -> dict:
    return {"model_name": name, **TINY[name], **exercise_03.ATTN}


def tiny_model(name: str, seed: int):
    exercise_03.TINY[name] = TINY[name]
    known = exercise_03.tiny_config
    exercise_03.tiny_config = tiny_config
    try:
        return exercise_03.tiny_model(name, seed)
    finally:
        exercise_03.tiny_config = known
        del exercise_03.TINY[name]


def tiny_references(name: str, seed: int, tensors: common.Tensors) -> None:
    model = tiny_model(name, seed)
    weights, heads = Weights(model), range(model.cfg.n_heads)
    rows, length = TINY_INPUT[name]
    tokens = activations.repeated_tokens(
        activations.random_segments(rows, length, model.cfg.d_vocab, seed + 1))
    _, cache = model.run_with_cache(tokens, return_cache_object=False)
    parts = inputs(model, cache)
    found = {"direct_path": weights.E @ weights.U, "tokens": tokens, "inputs": parts}
    for layer, head in OV_HEADS[name]:
        circuit = weights.ov_circuit(layer, head)
        found[f"ov.{layer}.{head}"] = circuit
        found[f"eigenvalues.{layer}.{head}"] = eigenvalues(circuit)
        found[f"positions.{layer}.{head}"] = weights.positions(layer, head)
    for kind in "qkv":
        found[f"composition_{kind}"] = weights.composition(kind)
    for q_source, k_source, head in COMPOSED[name]:
        key = f"composed.{source_name(q_source)}.{source_name(k_source)}.{head}"
        found[key] = weights.composed(q_source, k_source, head)
    for head in PAIR_HEADS[name]:
        found[f"pair_scores.{head}"] = pair_scores(model, parts, head, cache)
    found["without_path"] = torch.stack([torch.stack([without_path(model, tokens, a, b) for b in heads])
                                         for a in heads])
    found["frozen"] = torch.stack([torch.stack([frozen(model, tokens, a, b) for b in heads]) for a in heads])
    tensors |= {f"{name}.{key}": value for key, value in found.items()}
    tensors |= {f"{name}.weights.{key}": value for key, value in model.named_parameters()}


def direct_rank(weights: Weights) -> torch.Tensor:
    """[n]"""
    bigrams = json.loads((common.ACTIVATIONS / "bigrams.json").read_text())
    logits = weights.E[bigrams["tokens"]] @ weights.U
    right = logits.gather(1, torch.tensor(bigrams["followers"])[:, None])
    return (logits > right).sum(1)


def embedded_references(model, tensors: common.Tensors) -> dict:
    weights, n_heads = Weights(model), model.cfg.n_heads
    shape = (model.cfg.n_layers, n_heads)
    top1, top5, eigen = torch.zeros(shape), torch.zeros(shape), torch.zeros(shape)
    for layer, head in itertools.product(*map(range, shape)):
        circuit = weights.ov_circuit(layer, head)
        top1[layer, head], top5[layer, head] = top_k_diagonal(circuit, 1), top_k_diagonal(circuit, 5)
        left = weights.E @ weights.V[layer, head]
        right = weights.O[layer, head] @ weights.U
        eigen[layer, head] = copying_score(low_rank_eigenvalues(left, right))
    sources = [None, *range(n_heads)]
    diagonal = torch.tensor([[top_k_diagonal(weights.composed(q, k, INDUCTION_HEAD), 1) for k in sources]
                             for q in sources])
    positions = torch.stack([weights.positions(0, head, POSITIONS) for head in range(n_heads)])
    graded = activations.repeated_tokens(activations.random_segments(
        GRADED_ROWS, GRADED_LENGTH, model.cfg.d_vocab, common.SEED + 50))
    sample = activations.repeated_tokens(activations.random_segments(
        FOUND_ROWS, FOUND_LENGTH, model.cfg.d_vocab, common.SEED + 51))

    def paths(tokens):
        return torch.stack([without_path(model, tokens, a, INDUCTION_HEAD) for a in range(n_heads)])

    def freezes(tokens):
        return torch.stack([frozen(model, tokens, a, INDUCTION_HEAD) for a in range(n_heads)])
    composition = {f"composition_{kind}": weights.composition(kind) for kind in "qkv"}
    tensors |= {f"model.{key}": value for key, value in {
        "copying_top1": top1, "copying_top5": top5, "copying_eigenvalues": eigen, "diagonal": diagonal,
        "positions": positions, "tokens": graded, "without_path": paths(graded),
        "frozen": freezes(graded), **composition}.items()}
    rank = direct_rank(weights)
    tensors["model.direct_rank"] = rank
    copied = {}
    U = weights.ov(1, INDUCTION_HEAD) @ weights.U
    for source in sources:
        logits = weights.written(source) @ U
        copied[source_name(source)] = round((logits.diagonal() - logits.mean(-1)).mean().item(), 2) + 0.0
    return {
        "copying_top1": exercise_03.rounded(top1, 3), "copying_top5": exercise_03.rounded(top5, 3),
        "copying_eigenvalues": exercise_03.rounded(eigen, 3),
        "diagonal": exercise_03.rounded(diagonal, 3),
        "offsets": exercise_03.rounded(torch.stack(
            [torch.stack([p.diagonal(-k).mean() for k in range(5)]) for p in positions]), 3),
        "direct_path_hits": {str(k): round((rank < k).double().mean().item(), 3) for k in (1, 5, 10)},
        "copied_logit_by_source": copied,
        "clean_loss": round(second_copy_loss(model, sample), 3),
        "without_path": exercise_03.rounded(paths(sample)),
        "frozen": exercise_03.rounded(freezes(sample)),
        **{key: exercise_03.rounded(value, 3) for key, value in composition.items()},
    }


def generate() -> None:
    tensors: common.Tensors = {}
    for i, name in enumerate(TINY):
        tiny_references(name, common.SEED + 200 + 2 * i, tensors)
    found = embedded_references(common.load_model(common.ATTN_ONLY), tensors)
    common.write_tensors(tensors, common.ACTIVATIONS / "exercise_05.safetensors")
    common.write_json({
        "models": {name: tiny_config(name) for name in TINY},
        "ov_heads": {name: [list(head) for head in heads] for name, heads in OV_HEADS.items()},
        "composed": {name: [list(which) for which in all_of] for name, all_of in COMPOSED.items()},
        "pair_heads": PAIR_HEADS,
        "found": found,
    }, common.ACTIVATIONS / "exercise_05.json")


if __name__ == "__main__":
    generate()
