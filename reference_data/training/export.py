"""A checkpoint -> an embedded model: what TransformerLens and the Rust library load.

    python export.py --checkpoint RUN/checkpoint.pt --data PREPARED --name attn-only-2l-tales \\
                     --out ../models/attn-only-2l-tales

Writes to OUT; in a README.md that is there, only the tables change (see tables.py):

    model.safetensors   half precision; names and shapes of TransformerLens's state dict
    config.json         fields of TransformerLens's HookedTransformerConfig. Where
                        `tie_word_embeddings` is true there is no `unembed.W_U`: it is `embed.W_E`
                        transposed. A bias that is zero throughout, as `unembed.b_U` is in both
                        models and every bias in `attn-only`, is absent.
    tokenizer.json      for the `tokenizers` library
    training.json       the arguments, the loss curve, and what `evaluate.py` measured at the end
"""

import argparse
import json
import math
import platform
import shutil
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

import data
import evaluate
import tables
from model import Transformer

# of the machine, not of the recipe
NOT_RECIPE = {"data", "out", "resume", "device", "threads", "every"}


def state_dict(model: Transformer, dtype: torch.dtype = torch.half) -> dict[str, torch.Tensor]:
    """TransformerLens's names. It has a head axis where `nn.Linear` has heads * d_head rows, and
    stores every matrix as [in, out], `nn.Linear` as [out, in]."""
    shape = model.shape

    def from_residual(weight):  # [head * d_head, d_model] -> [head, d_model, d_head]
        return weight.unflatten(0, (shape.n_heads, shape.d_head)).transpose(1, 2)

    def by_head(bias):  # [head * d_head] -> [head, d_head]
        return bias.unflatten(0, (shape.n_heads, shape.d_head))

    found = {"embed.W_E": model.embed.weight, "pos_embed.W_pos": model.positions}
    if shape.attn_only:
        found["unembed.W_U"] = model.unembed.weight.T
    else:
        found["ln_final.w"], found["ln_final.b"] = model.ln_final.weight, model.ln_final.bias
    for layer, block in enumerate(model.blocks):
        attention, at = block.attention, f"blocks.{layer}."
        query, key = attention.query_key.weight.chunk(2)
        found[at + "attn.W_Q"] = from_residual(query)
        found[at + "attn.W_K"] = from_residual(key)
        found[at + "attn.W_V"] = from_residual(attention.value.weight)
        output = attention.output.weight.T
        found[at + "attn.W_O"] = output.unflatten(0, (shape.n_heads, shape.d_head))
        if shape.attn_only:
            continue
        query, key = attention.query_key.bias.chunk(2)
        found[at + "attn.b_Q"], found[at + "attn.b_K"] = by_head(query), by_head(key)
        found[at + "attn.b_V"] = by_head(attention.value.bias)
        found[at + "attn.b_O"] = attention.output.bias
        found[at + "mlp.W_in"] = block.mlp_in.weight.T
        found[at + "mlp.b_in"] = block.mlp_in.bias
        found[at + "mlp.W_out"] = block.mlp_out.weight.T
        found[at + "mlp.b_out"] = block.mlp_out.bias
        for name, norm in (("ln1", block.ln1), ("ln2", block.ln2)):
            found[f"{at}{name}.w"], found[f"{at}{name}.b"] = norm.weight, norm.bias
    return {name: found[name].detach().to(dtype).contiguous().clone() for name in sorted(found)}


def config(model: Transformer, name: str, seed: int) -> dict:
    """The fields of HookedTransformerConfig that this model needs."""
    shape = model.shape
    return {
        "model_name": name,
        "n_layers": shape.n_layers,
        "d_model": shape.d_model,
        "n_ctx": shape.n_ctx,
        "d_head": shape.d_head,
        "n_heads": shape.n_heads,
        "d_mlp": None if shape.attn_only else 4 * shape.d_model,
        "d_vocab": shape.d_vocab,
        "d_vocab_out": shape.d_vocab,
        "act_fn": None if shape.attn_only else "gelu_new",
        "eps": 1e-5,
        "attn_only": shape.attn_only,
        "attention_dir": "causal",
        "normalization_type": None if shape.attn_only else "LN",
        "positional_embedding_type": "shortformer" if shape.attn_only else "standard",
        "default_prepend_bos": True,
        "seed": seed,
        "tie_word_embeddings": not shape.attn_only,
    }


def loss_curve(log: Path, rows: int = 12) -> list[dict]:
    """About `rows` evenly spaced lines of train.py's log, the last one among them."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    every = max(1, lines[-1]["step"] // rows)
    kept = [line for line in lines if line["step"] % every == 0 or line is lines[-1]]
    fields = ("step", "tokens", "held_out", "first_copy", "second_copy")
    return [{field: line[field] for field in fields} for line in kept]


def write_json(value: dict, path: Path) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--checkpoint", type=Path, required=True, help="checkpoint.pt of train.py")
    parser.add_argument("--data", type=Path, required=True, help="folder written by prepare.py")
    parser.add_argument("--name", required=True, help="model_name for config.json")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    args = parser.parse_args()
    torch.set_num_threads(1)

    model, state = evaluate.load(args.checkpoint)
    measured = evaluate.measure(model, data.load_tokens(args.data / "held_out.bin"))
    measured["ablation"] = [[round(x, 4) for x in layer] for layer in evaluate.ablations(model)]
    assert all(math.isfinite(measured[k]) for k in ("held_out", "first_copy", "second_copy"))

    args.out.mkdir(parents=True, exist_ok=True)
    weights = args.out / "model.safetensors"
    save_file(state_dict(model), weights)
    weights.chmod(0o644)  # safetensors writes files that only their owner can read
    write_json(config(model, args.name, state["arguments"]["seed"]), args.out / "config.json")
    shutil.copyfile(args.data / "tokenizer.json", args.out / "tokenizer.json")
    arguments = {k: v for k, v in state["arguments"].items() if k not in NOT_RECIPE}
    write_json({"steps_trained": state["step"],
                "arguments": arguments,
                "versions": {"python": platform.python_version(), "torch": torch.__version__,
                             "numpy": np.__version__},
                "curve": loss_curve(args.checkpoint.with_name("log.jsonl")),
                "measured": measured}, args.out / "training.json")
    if (args.out / "README.md").exists():
        tables.update(args.out)
    print(f"{args.out}: {weights.stat().st_size} bytes of weights at step {state['step']}")


if __name__ == "__main__":
    main()
