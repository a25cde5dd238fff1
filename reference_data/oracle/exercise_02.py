"""References for exercise 02, induction heads; all from attn-only-2l-tales.

exercise_02.safetensors (float32; tokens int64), N being the layer:

    text_I.tokens                     [1, pos]                    I = 0 (shown to the learner), 1, 2
    text_I.blocks.N.attn.hook_pattern [head, query_pos, key_pos]
    repeated_B.tokens                 [batch, 1 + 2 * seq_len]    B = 0 (1 row of 2 * 20 tokens),
                                                                  B = 1 (3 rows of 2 * 13 tokens)
    repeated_B.blocks.N.attn.hook_pattern [batch, head, query_pos, key_pos]
    repeated_B.log_probs              [batch, 2 * seq_len]        entry i predicts token i + 1
    phenomena.repeated.tokens         [8, 1 + 2 * 50]

exercise_02.json, every mean computed in float64 from the float32 arrays:

    texts[I]     `text`, `str_tokens`, `shown`, and `current`, `previous`, `first`: [layer][head]
    repeated[B]  `seq_len`; `log_prob_first_half`, `log_prob_second_half` (means over the batch) and
                 their `_by_row`; `induction` and `induction_exact`: [layer][head]
    phenomena    on the 8 x 128 tokens of held_out.safetensors and on 8 rows of 50 random tokens
                 repeated: `current`, `previous`, `first`, `induction`, `induction_exact`,
                 `head_ablation`: [layer][head]; and, in nats a prediction, `held_out_loss`,
                 `first_half_loss`, `second_half_loss`

Halves. A segment r of `seq_len` tokens is at positions 1 .. seq_len and again at
seq_len + 1 .. 2 * seq_len. The first half is the predictions *of* the tokens at positions
1 .. seq_len, made at positions 0 .. seq_len - 1: entries 0 .. seq_len - 1 of `log_probs`. The second
half is the other seq_len entries. Its first one, the prediction of where the second copy starts,
follows from no earlier token: it still counts in the mean.

Induction. `induction` is the mean of the diagonal key = query - (seq_len - 1), as in the exercise
that this one follows: seq_len + 2 entries, of which two are not induction (the queries at seq_len - 1
and seq_len, both in the first copy). `induction_exact` has only the seq_len queries in the second
copy, whose key is the token after the query's earlier occurrence.

Head ablation. z of that head is set to zero at every position; the entry is the second half's mean
loss then, minus the same with nothing ablated.
"""

import torch
from safetensors.torch import load_file

import activations
import common

# 25 to 45 tokens each, of different lengths. The exercise shows the first to the learner.
TEXTS = [
    "The queen looked into her mirror every morning, and every morning the mirror told her that "
    "she was the fairest in the land.",
    "\"I shall go to the mountain,\" said the youngest brother, \"and I shall not come back until I "
    "have found the golden bird.\" So he took some bread and went.",
    "A mouse and a lion lived in the same forest. The lion was strong, but he was lonely; the mouse "
    "was small, but she had many friends.",
]
REPEATED = [(1, 20), (3, 13)]  # rows, seq_len
PHENOMENA_ROWS, PHENOMENA_LENGTH = 8, 50
TEXT_POSITIONS = 64  # of the held-out rows, for the scores of heads
HELD_OUT = common.ACTIVATIONS / "held_out.safetensors"


def pattern_name(layer: int) -> str:
    return f"blocks.{layer}.attn.hook_pattern"


def layers_of(model, tokens: torch.Tensor) -> list[torch.Tensor]:
    """Each layer's pattern [batch, head, query_pos, key_pos], float32."""
    names = [pattern_name(layer) for layer in range(model.cfg.n_layers)]
    _, cache = model.run_with_cache(tokens, return_type=None, names_filter=names,
                                    return_cache_object=False)
    return [cache[name] for name in names]


def detector_scores(patterns: list[torch.Tensor]) -> dict[str, list[list[float]]]:
    """Mean attention to the current, previous and first token: [layer][head]."""
    double = [p.double() for p in patterns]
    return {
        "current": [p.diagonal(0, -2, -1).mean((0, -1)).tolist() for p in double],
        "previous": [p.diagonal(-1, -2, -1).mean((0, -1)).tolist() for p in double],
        "first": [p[..., 0].mean((0, -1)).tolist() for p in double],
    }


def induction_scores(patterns: list[torch.Tensor]) -> dict[str, list[list[float]]]:
    """Both definitions; see the top of this file."""
    seq_len = patterns[0].shape[-1] // 2
    stripes = [p.double().diagonal(-(seq_len - 1), -2, -1) for p in patterns]
    return {
        "induction": [s.mean((0, -1)).tolist() for s in stripes],
        "induction_exact": [s[..., 2:].mean((0, -1)).tolist() for s in stripes],
    }


def log_probs(logits: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
    """[batch, pos - 1]; entry i is of token i + 1."""
    return logits.log_softmax(-1)[:, :-1].gather(-1, tokens[:, 1:, None])[..., 0]


def half_means(found: torch.Tensor) -> tuple[list[float], list[float]]:
    """One number per row for the first and for the second half."""
    first, second = found.double().chunk(2, dim=1)
    return first.mean(1).tolist(), second.mean(1).tolist()


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def text_references(model, tokenizer, tensors) -> list[dict]:
    found = []
    for i, text in enumerate(TEXTS):
        ids = common.encode(tokenizer, text)
        assert 25 <= len(ids) <= 45, (len(ids), text)
        tokens = torch.tensor([ids])
        patterns = layers_of(model, tokens)
        tensors[f"text_{i}.tokens"] = tokens
        for layer, pattern in enumerate(patterns):
            tensors[f"text_{i}.{pattern_name(layer)}"] = pattern[0]
        found.append({"text": text, "str_tokens": common.string_tokens(tokenizer, ids),
                      "shown": i == 0, **detector_scores(patterns)})
    assert len({len(f["str_tokens"]) for f in found}) == len(found)
    return found


def repeated_references(model, tensors) -> list[dict]:
    found = []
    for b, (rows, seq_len) in enumerate(REPEATED):
        segments = activations.random_segments(rows, seq_len, model.cfg.d_vocab,
                                               common.SEED + 1 + b)
        tokens = activations.repeated_tokens(segments)
        patterns = layers_of(model, tokens)
        scored = log_probs(model(tokens), tokens)
        tensors[f"repeated_{b}.tokens"] = tokens
        tensors[f"repeated_{b}.log_probs"] = scored
        for layer, pattern in enumerate(patterns):
            tensors[f"repeated_{b}.{pattern_name(layer)}"] = pattern
        first, second = half_means(scored)
        found.append({
            "seq_len": seq_len,
            "log_prob_first_half": mean(first), "log_prob_second_half": mean(second),
            "log_prob_first_half_by_row": first, "log_prob_second_half_by_row": second,
            **induction_scores(patterns),
        })
    return found


def ablated_loss(model, tokens: torch.Tensor, layer: int, head: int) -> float:
    """The second half's mean loss with one head's z at zero."""

    def ablate(z, hook):
        z[:, :, head] = 0.0
        return z

    hooks = [(f"blocks.{layer}.attn.hook_z", ablate)]
    return -mean(half_means(log_probs(model.run_with_hooks(tokens, fwd_hooks=hooks), tokens))[1])


def phenomena(model, tensors) -> dict:
    held_out = load_file(HELD_OUT)["tokens"]
    segments = activations.random_segments(PHENOMENA_ROWS, PHENOMENA_LENGTH, model.cfg.d_vocab,
                                           common.SEED + 10)
    repeated = activations.repeated_tokens(segments)
    tensors["phenomena.repeated.tokens"] = repeated
    first, second = half_means(log_probs(model(repeated), repeated))
    clean = -mean(second)
    return {
        **detector_scores(layers_of(model, held_out[:, :TEXT_POSITIONS])),
        **induction_scores(layers_of(model, repeated)),
        "head_ablation": [[ablated_loss(model, repeated, layer, head) - clean
                           for head in range(model.cfg.n_heads)]
                          for layer in range(model.cfg.n_layers)],
        "held_out_loss": -log_probs(model(held_out), held_out).double().mean().item(),
        "first_half_loss": -mean(first),
        "second_half_loss": clean,
    }


def generate() -> None:
    model = common.load_model(common.ATTN_ONLY)
    tensors: common.Tensors = {}
    references = {
        "texts": text_references(model, common.load_tokenizer(common.ATTN_ONLY), tensors),
        "repeated": repeated_references(model, tensors),
        "phenomena": phenomena(model, tensors),
    }
    common.write_tensors(tensors, common.ACTIVATIONS / "exercise_02.safetensors")
    common.write_json(references, common.ACTIVATIONS / "exercise_02.json")
