"""What the oracle's scripts share: the folders, loading a model, encoding text, writing arrays."""

import os

# Set before the imports: nothing here may ask a network for anything, and one thread adds numbers
# in the same order every time, so that the same weights give the same bytes.
os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", CUDA_VISIBLE_DEVICES="",
                  OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false")

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformer_lens import HookedTransformer, HookedTransformerConfig

torch.set_num_threads(1)
torch.set_grad_enabled(False)

REFERENCE_DATA = Path(__file__).resolve().parent.parent
MODELS = REFERENCE_DATA / "models"
ACTIVATIONS = REFERENCE_DATA / "activations"
PARITY = REFERENCE_DATA / "parity"
ANALYSIS = REFERENCE_DATA / "analysis"
GRADIENTS = REFERENCE_DATA / "gradients"

ATTN_ONLY = "attn-only-2l-tales"
GPT2 = "gpt2-tales"

SEED = 398
BOS, BOS_TEXT = 0, "<|endoftext|>"

Tensors = dict[str, torch.Tensor]


def load_model(name: str, dtype: torch.dtype = torch.float32, **flags) -> HookedTransformer:
    """An embedded model as it is: its half-precision weights widened, nothing folded or centered.

    `flags` are further fields of the configuration, such as `use_attn_result=True`.
    """
    config = json.loads((MODELS / name / "config.json").read_text())
    weights = load_file(MODELS / name / "model.safetensors")
    if config["tie_word_embeddings"]:
        weights["unembed.W_U"] = weights["embed.W_E"].T
    model = HookedTransformer(
        HookedTransformerConfig.from_dict({**config, **flags, "device": "cpu", "dtype": dtype}))
    missing, unexpected = model.load_state_dict(weights, strict=False)
    # A bias that the file lacks stays at zero, as the constructor made it; all else is an error.
    buffers = {buffer for buffer, _ in model.named_buffers()}
    lost = [m for m in missing if m not in buffers and not m.split(".")[-1].startswith("b_")]
    assert not lost and not unexpected, f"{name}: missing {lost}, unexpected {unexpected}"
    return model.eval()


def load_tokenizer(name: str) -> Tokenizer:
    return Tokenizer.from_file(str(MODELS / name / "tokenizer.json"))


def encode(tokenizer: Tokenizer, text: str, prepend_bos: bool = True) -> list[int]:
    """As TransformerLens does: BOS is prepended as text, before the text is tokenised."""
    return tokenizer.encode((BOS_TEXT if prepend_bos else "") + text).ids


def string_tokens(tokenizer: Tokenizer, ids: list[int]) -> list[str]:
    """As TransformerLens's `to_str_tokens`: each id is decoded by itself, so that a token which is
    half a character reads U+FFFD."""
    return [tokenizer.decode([i], skip_special_tokens=False) for i in ids]


def run(model: HookedTransformer, tokens: torch.Tensor, **kwargs) -> Tensors:
    """Tokens, logits, both losses, and every activation under its full name."""
    (logits, loss), cache = model.run_with_cache(
        tokens, return_type="both", return_cache_object=False, **kwargs)
    per_token = model.loss_fn(logits, tokens, kwargs.get("attention_mask"), per_token=True)
    return {"tokens": tokens, "logits": logits, "loss": loss, "loss_per_token": per_token, **cache}


def noise(single: Tensors, double: Tensors) -> dict[str, float]:
    """The largest difference between a float32 and a float64 run, for each activation: how wrong
    float32 makes a correct answer. What a tolerance has to be above."""
    found = {}
    for name, a in single.items():
        if a.is_floating_point():
            b = double[name]
            # masked scores are minus infinity in both, and inf - inf is NaN
            difference = torch.where(a == b, 0.0, (a.double() - b.double()).abs())
            found[name] = float(f"{difference.max().item():.3g}")
    return found


def write_tensors(tensors: Tensors, path: Path) -> None:
    """Float64 becomes float32; booleans and integers become int64."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: value.to(torch.float32 if value.is_floating_point() else torch.int64)
               .contiguous().clone() for name, value in sorted(tensors.items())}, path)
    path.chmod(0o644)  # safetensors writes files that only their owner can read


def write_json(value, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
