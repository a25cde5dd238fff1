"""References for exercise 06, activation patching.

The tiny models patch_0 and patch_1 (like GPT-2) have random weights that are drawn here (as in
exercise_03.py), so what is stored about them does not change when the embedded models are trained again.
Names: a *base* run is patched with activations of a *source* run. Denoising: base corrupted, source clean;
noising: the other way round. Every map holds the metric itself, the mean over the batch of the logit of
`right` minus the logit of `wrong` at the last position, unless it says "normalized".

exercise_06.safetensors (float32; tokens int64), K being a tiny model:

    K.weights.NAME                  every parameter
    K.clean, K.corrupted            [batch, pos]; K.right, K.wrong [batch]
    K.metric                        [2], of the clean and of the corrupted run
    K.resid_pre                     [layer, pos], denoising; K.resid_pre_noising
    K.attn_out, K.mlp_out           [layer, pos], denoising
    K.z, K.q, K.k, K.v, K.pattern   [layer, head], denoising, all positions; K.z_noising
    K.z_by_position                 [layer, pos, head], denoising
    K.estimate                      [layer, pos], first-order estimate of resid_pre minus the base metric:
                                    (clean - corrupted) times the gradient of the metric in the corrupted run
    K.estimate_at_clean             the same with the gradient of the clean run, a mistake
    K.estimate_z                    [layer, head], of z
    K.paths                         [n, 5]: layer and head of the sender, layer and head of the receiver, and
                                    the metric with that edge alone patched into the receiver's keys, denoising
    word.*, cue.*                   the same of gpt2-tales on the first pair of either kind in
                                    patching_pairs.json: clean, corrupted, right, wrong, metric, resid_pre,
                                    attn_out, mlp_out, z, z_noising, estimate, paths
    short.*                         clean, corrupted, right, wrong, metric, v, pattern, z_by_position of
                                    gpt2-tales on the shortest word swap

exercise_06.json: `models`, and `found`, figures for the guide: maps normalized to 0 (corrupted) and 1
(clean), averaged over the pairs of a kind that are not held back. `silenced` is the metric itself, of the
clean runs with nothing or one head set to zero.
"""

import torch

import common
import exercise_03
import patching_pairs

TINY = {
    "patch_0": {"n_layers": 3, "d_model": 14, "n_ctx": 9, "d_head": 4, "n_heads": 5, "d_mlp": 11, "d_vocab": 23},
    "patch_1": {"n_layers": 2, "d_model": 12, "n_ctx": 7, "d_head": 3, "n_heads": 4, "d_mlp": 10, "d_vocab": 19},
}
TINY_INPUT = {"patch_0": (2, 8), "patch_1": (3, 6)}
# Sender, receiver.
PATHS = {"patch_0": [((0, 2), (1, 3)), ((0, 4), (2, 1)), ((1, 0), (2, 2))], "patch_1": [((0, 1), (1, 2)), ((0, 3), (1, 0))]}
HEADS = {"q": "attn.hook_q", "k": "attn.hook_k", "v": "attn.hook_v", "z": "attn.hook_z",
         "pattern": "attn.hook_pattern"}
STREAMS = {"resid_pre": "hook_resid_pre", "attn_out": "hook_attn_out", "mlp_out": "hook_mlp_out"}
EMBEDDED_PATHS = [((0, 4), (2, 1)), ((0, 5), (2, 1)), ((0, 4), (3, 4)), ((2, 1), (3, 7))]
PREVIOUS, CURRENT, INDUCTION = (0, 4), (0, 5), (2, 1)


class Pair:
    """A clean and a corrupted input of one model, with what is measured."""

    def __init__(self, model, clean, corrupted, right, wrong):
        self.model, self.clean, self.corrupted = model, clean, corrupted
        self.right, self.wrong = torch.as_tensor(right), torch.as_tensor(wrong)
        self.clean_cache, self.corrupted_cache = self.cache(clean), self.cache(corrupted)
        self.clean_metric, self.corrupted_metric = self.run(clean), self.run(corrupted)

    def cache(self, tokens):
        return self.model.run_with_cache(tokens, return_cache_object=False)[1]

    def metric(self, logits: torch.Tensor) -> torch.Tensor:
        rows = torch.arange(len(logits))
        return (logits[rows, -1, self.right] - logits[rows, -1, self.wrong]).double().mean()

    def run(self, tokens, *hooks) -> float:
        return self.metric(self.model.run_with_hooks(tokens, fwd_hooks=list(hooks))).item()

    def sides(self, noising: bool):
        """The tokens that are run, and the cache that is patched in."""
        return (self.clean, self.corrupted_cache) if noising else (self.corrupted, self.clean_cache)

    def patched(self, name: str, at: tuple, noising: bool = False) -> float:
        tokens, source = self.sides(noising)

        def patch(x, hook):
            x[at] = source[name][at]
            return x
        return self.run(tokens, (name, patch))

    def stream_map(self, name: str, noising: bool = False) -> torch.Tensor:
        """[layer, pos]"""
        return torch.tensor([[self.patched(f"blocks.{layer}.{name}", (slice(None), pos), noising)
                              for pos in range(self.clean.shape[1])] for layer in range(self.model.cfg.n_layers)],
                            dtype=torch.float64)

    def head_map(self, name: str, noising: bool = False) -> torch.Tensor:
        """[layer, head]"""
        def at(head):
            return (slice(None), head) if name == HEADS["pattern"] else (slice(None), slice(None), head)
        return torch.tensor([[self.patched(f"blocks.{layer}.{name}", at(head), noising)
                              for head in range(self.model.cfg.n_heads)]
                             for layer in range(self.model.cfg.n_layers)], dtype=torch.float64)

    def z_by_position(self) -> torch.Tensor:
        """[layer, pos, head]"""
        cfg = self.model.cfg
        return torch.tensor([[[self.patched(f"blocks.{layer}.attn.hook_z", (slice(None), pos, head))
                               for head in range(cfg.n_heads)] for pos in range(self.clean.shape[1])]
                             for layer in range(cfg.n_layers)], dtype=torch.float64)

    def gradients(self, tokens, names: list[str]) -> dict[str, torch.Tensor]:
        """Of the metric, by activation."""
        kept = {}

        def keep(x, hook):
            x.retain_grad()
            kept[hook.name] = x
            return x
        with torch.enable_grad():
            self.metric(self.model.run_with_hooks(tokens, fwd_hooks=[(name, keep) for name in names])).backward()
        return {name: kept[name].grad for name in names}

    def estimate(self, name: str, axes: tuple, at_clean: bool = False) -> torch.Tensor:
        """The sum over `axes` of (clean - corrupted) times gradient, one row for each layer."""
        names = [f"blocks.{layer}.{name}" for layer in range(self.model.cfg.n_layers)]
        gradients = self.gradients(self.clean if at_clean else self.corrupted, names)
        return torch.stack([((self.clean_cache[n] - self.corrupted_cache[n]) * gradients[n]).double().sum(axes)
                            for n in names])

    def path(self, sender: tuple, receiver: tuple) -> float:
        """The metric of the corrupted run while the receiver's keys read what the sender writes in the clean run,
        everything else being as in the corrupted run."""
        name = f"blocks.{sender[0]}.attn.hook_z"
        change = (self.clean_cache[name] - self.corrupted_cache[name])[:, :, sender[1]] @ self.model.W_O[sender]
        block = self.model.blocks[receiver[0]]
        read = self.corrupted_cache[f"blocks.{receiver[0]}.hook_resid_pre"] + change
        normalized = block.ln1(read)
        keys = normalized @ self.model.W_K[receiver] + self.model.b_K[receiver]

        def patch(k, hook):
            k[:, :, receiver[1]] = keys
            return k
        return self.run(self.corrupted, (f"blocks.{receiver[0]}.attn.hook_k", patch))

    def normalized(self, values: torch.Tensor) -> torch.Tensor:
        return (values - self.corrupted_metric) / (self.clean_metric - self.corrupted_metric)


def inputs(pair: Pair) -> common.Tensors:
    return {"clean": pair.clean, "corrupted": pair.corrupted, "right": pair.right, "wrong": pair.wrong,
            "metric": torch.tensor([pair.clean_metric, pair.corrupted_metric], dtype=torch.float64)}


def paths(pair: Pair, edges: list) -> torch.Tensor:
    """[n, 5]"""
    return torch.tensor([[*sender, *receiver, pair.path(sender, receiver)] for sender, receiver in edges],
                        dtype=torch.float64)


def of_the_shortest(pair: Pair) -> common.Tensors:
    found = inputs(pair) | {short: pair.head_map(HEADS[short]) for short in ("v", "pattern")}
    return {f"short.{name}": value for name, value in (found | {"z_by_position": pair.z_by_position()}).items()}


def references(key: str, pair: Pair, tiny: bool) -> common.Tensors:
    found = inputs(pair)
    for short, name in STREAMS.items():
        found[short] = pair.stream_map(name)
    found["z"], found["z_noising"] = pair.head_map(HEADS["z"]), pair.head_map(HEADS["z"], noising=True)
    found["estimate"] = pair.estimate("hook_resid_pre", (0, 2))
    if tiny:
        found["resid_pre_noising"] = pair.stream_map("hook_resid_pre", noising=True)
        for short in ("q", "k", "v", "pattern"):
            found[short] = pair.head_map(HEADS[short])
        found["z_by_position"] = pair.z_by_position()
        found["estimate_at_clean"] = pair.estimate("hook_resid_pre", (0, 2), at_clean=True)
        found["estimate_z"] = pair.estimate("attn.hook_z", (0, 1, 3))
    found["paths"] = paths(pair, PATHS[key] if tiny else EMBEDDED_PATHS)
    return {f"{key}.{name}": value for name, value in found.items()}


def tiny_config(name: str) -> dict:
    return {"model_name": name, **TINY[name], **exercise_03.GPT}


def tiny_pair(name: str, seed: int) -> Pair:
    model = exercise_03.drawn(tiny_config(name), seed)
    rows, length = TINY_INPUT[name]
    generator = torch.Generator().manual_seed(seed + 1)

    def draw(*shape):
        return torch.randint(1, model.cfg.d_vocab, shape, generator=generator)
    clean = torch.cat([torch.full((rows, 1), common.BOS), draw(rows, length - 1)], dim=1)
    corrupted = clean.clone()
    # One token of each row is another: not the same position in all rows, neither first nor last.
    for row in range(rows):
        pos = 1 + row
        corrupted[row, pos] = 1 + (clean[row, pos] + 6) % (model.cfg.d_vocab - 1)
    right = draw(rows)
    wrong = 1 + (right + 3) % (model.cfg.d_vocab - 1)
    return Pair(model, clean, corrupted, right, wrong)


def embedded_pair(model, tokenizer, pair: dict) -> Pair:
    clean, corrupted = (torch.tensor([common.encode(tokenizer, pair[side])])
                        for side in ("clean_prompt", "corrupted_prompt"))
    right, wrong = (tokenizer.encode(pair[side]).ids for side in ("right", "wrong"))
    return Pair(model, clean, corrupted, right, wrong)


def silenced(pair: Pair, head: tuple) -> float:
    """The metric of the clean run without a head."""
    def silence(z, hook):
        z[:, :, head[1]] = 0
        return z
    return pair.run(pair.clean, (f"blocks.{head[0]}.attn.hook_z", silence))


def correlation(a: torch.Tensor, b: torch.Tensor) -> float:
    return torch.corrcoef(torch.stack([a.flatten(), b.flatten()]))[0, 1].item()


def found_of(pairs: list[Pair]) -> dict:
    """Means over pairs; maps by position differ in length and are given for the first pair alone."""
    def mean(of) -> list:
        return exercise_03.rounded(torch.stack([of(pair) for pair in pairs]).mean(0))
    first = pairs[0]
    exact = first.stream_map("hook_resid_pre")
    estimate = first.estimate("hook_resid_pre", (0, 2))
    span = first.clean_metric - first.corrupted_metric
    return {
        "pairs": len(pairs),
        "heads_denoising": mean(lambda pair: pair.normalized(pair.head_map(HEADS["z"]))),
        "heads_noising": mean(lambda pair: pair.normalized(pair.head_map(HEADS["z"], noising=True))),
        "heads_by_vector": {short: mean(lambda pair: pair.normalized(pair.head_map(HEADS[short])))
                            for short in ("q", "k", "v", "pattern")},
        "path_previous_to_induction_keys": mean(
            lambda pair: pair.normalized(torch.tensor(pair.path(PREVIOUS, INDUCTION), dtype=torch.float64))),
        "silenced": {"nothing": mean(lambda pair: torch.tensor(pair.clean_metric, dtype=torch.float64)), **{
            f"{head[0]}.{head[1]}": mean(lambda pair, head=head: torch.tensor(silenced(pair, head), dtype=torch.float64))
            for head in (PREVIOUS, CURRENT, INDUCTION)}},
        "first": {
            "str_tokens": common.string_tokens(common.load_tokenizer(common.GPT2), first.clean[0].tolist()),
            "clean": round(first.clean_metric, 2), "corrupted": round(first.corrupted_metric, 2),
            **{short: exercise_03.rounded(first.normalized(first.stream_map(name)))
               for short, name in STREAMS.items()},
            "resid_pre_noising": exercise_03.rounded(first.normalized(
                first.stream_map("hook_resid_pre", noising=True))),
            "estimate": exercise_03.rounded(estimate / span),
        },
        "correlation_resid_pre": exercise_03.rounded(torch.tensor([correlation(
            pair.estimate("hook_resid_pre", (0, 2)), pair.stream_map("hook_resid_pre") - pair.corrupted_metric)
            for pair in pairs])),
        "correlation_z": exercise_03.rounded(torch.tensor([correlation(
            pair.estimate("attn.hook_z", (0, 1, 3)), pair.head_map(HEADS["z"]) - pair.corrupted_metric)
            for pair in pairs])),
        "estimate_z": exercise_03.rounded(torch.stack(
            [pair.estimate("attn.hook_z", (0, 1, 3)) / (pair.clean_metric - pair.corrupted_metric)
             for pair in pairs]).mean(0)),
    }


def generate() -> None:
    tensors: common.Tensors = {}
    for i, name in enumerate(TINY):
        pair = tiny_pair(name, common.SEED + 300 + 2 * i)
        tensors |= references(name, pair, tiny=True)
        tensors |= {f"{name}.weights.{key}": value for key, value in pair.model.named_parameters()}
    model, tokenizer = common.load_model(common.GPT2), common.load_tokenizer(common.GPT2)
    pairs = patching_pairs.generate()
    found = {}
    for kind in ("word", "cue"):
        of_kind = [pair for pair in pairs if pair["kind"] == kind]
        tensors |= references(kind, embedded_pair(model, tokenizer, of_kind[0]), tiny=False)
        if kind == "word":
            shortest = min(of_kind, key=lambda pair: len(pair["clean_prompt"]))
            tensors |= of_the_shortest(embedded_pair(model, tokenizer, shortest))
        for key, held_back in ((kind, False), (f"{kind}_held_back", True)):
            chosen = [embedded_pair(model, tokenizer, pair) for pair in of_kind
                      if pair.get("held_back", False) == held_back]
            found[key] = found_of(chosen)
    common.write_tensors(tensors, common.ACTIVATIONS / "exercise_06.safetensors")
    common.write_json({"models": {name: tiny_config(name) for name in TINY}, "found": found},
                      common.ACTIVATIONS / "exercise_06.json")


if __name__ == "__main__":
    generate()
