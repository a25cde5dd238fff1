"""Every activation of the embedded models on a few small inputs.

    text_short.safetensors        attn-only-2l-tales on one sentence
    batch.safetensors             attn-only-2l-tales on three different texts of 13 tokens
    repeated.safetensors          attn-only-2l-tales on [BOS, r, r], r 11 random tokens; 2 rows
    gpt2_text_short.safetensors   gpt2-tales on one short sentence, without hook_result

Each holds `tokens` (int64), `logits`, `loss` (a scalar), `loss_per_token` [batch, pos - 1], and the
classic cache by full hook name, hook_result and hook_attn_scores (minus infinity where masked)
included. All float32, axes in the order of TransformerLens's documentation.
"""

import torch

import common

SENTENCE = "The old king sat by the fire, and the little girl told him a story of the sea."
SHORT_SENTENCE = "Once upon a time there was a poor woodcutter."
# Cut to 13 tokens each, BOS included. Different texts, so that a mixed-up batch axis shows.
BATCH = [
    "Then the wind began to blow, and the ship was lost among the waves.",
    "\"Where are you going?\" asked the fox, and the rabbit ran away at once.",
    "In the garden grew a tall tree with golden apples upon its branches.",
]
BATCH_TOKENS = 13
REPEATED_ROWS, REPEATED_LENGTH = 2, 11


def random_segments(rows: int, length: int, d_vocab: int, seed: int) -> torch.Tensor:
    """Random tokens, not BOS, none twice in a row: what follows a token is then certain."""
    generator = torch.Generator().manual_seed(seed)
    return torch.stack([torch.randperm(d_vocab - 1, generator=generator)[:length] + 1
                        for _ in range(rows)])


def repeated_tokens(segments: torch.Tensor) -> torch.Tensor:
    """[BOS, r, r]"""
    bos = torch.full((len(segments), 1), common.BOS)
    return torch.cat([bos, segments, segments], dim=1)


def inputs(name: str) -> dict[str, torch.Tensor]:
    """The token tensors of one model's cases, by file name."""
    tokenizer = common.load_tokenizer(name)
    if name == common.GPT2:
        return {"gpt2_text_short": torch.tensor([common.encode(tokenizer, SHORT_SENTENCE)])}
    rows = [common.encode(tokenizer, text)[:BATCH_TOKENS] for text in BATCH]
    segments = random_segments(REPEATED_ROWS, REPEATED_LENGTH, tokenizer.get_vocab_size(),
                               common.SEED)
    return {
        "text_short": torch.tensor([common.encode(tokenizer, SENTENCE)]),
        "batch": torch.tensor(rows),
        "repeated": repeated_tokens(segments),
    }


def generate() -> dict[str, dict[str, float]]:
    """Writes the files; returns the float32 noise of each tensor, by file."""
    noise = {}
    for name, flags in ((common.ATTN_ONLY, {"use_attn_result": True}), (common.GPT2, {})):
        model = common.load_model(name, **flags)
        double = common.load_model(name, dtype=torch.float64, **flags)
        for case, tokens in inputs(name).items():
            tensors = common.run(model, tokens)
            noise[f"{case}.safetensors"] = common.noise(tensors, common.run(double, tokens))
            common.write_tensors(tensors, common.ACTIVATIONS / f"{case}.safetensors")
    return noise
