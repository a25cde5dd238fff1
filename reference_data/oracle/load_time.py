"""How long a model of GPT-2's size takes to load in Python, and how much memory; for authors.

    python load_time.py make FOLDER       random GPT-2 models of 124M parameters, one a format
    python load_time.py transformers FOLDER/FORMAT
    python load_time.py transformer_lens FOLDER/FORMAT [processed]

and beside it, in Rust:

    cargo run --release -p hooked-transformer --example load_time -- FOLDER/FORMAT [processed]

Each call measures one load, in a process of its own, since the peak of a process only grows. The
imports are not counted in the time; what they occupy is printed apart. The folders take 2.2 GB.
"""

import sys
import time
from pathlib import Path

FORMATS = {"safetensors_f32": (True, "float32", "5GB"), "safetensors_f16": (True, "float16", "5GB"),
           "safetensors_bf16": (True, "bfloat16", "5GB"), "sharded_f32": (True, "float32", "100MB"),
           "bin_f32": (False, "float32", "5GB"), "bin_f16": (False, "float16", "5GB")}


def peak_mib() -> float:
    """The largest resident size so far."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024


def make(folder: Path) -> None:
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel
    torch.manual_seed(0)
    model = GPT2LMHeadModel(GPT2Config())
    for name, (safe, dtype, shard) in FORMATS.items():
        model.to(getattr(torch, dtype)).save_pretrained(
            folder / name, safe_serialization=safe, max_shard_size=shard)


def measure(library: str, folder: Path, processed: bool) -> None:
    import torch
    torch.set_num_threads(2)
    if library == "transformers":
        from transformers import AutoModelForCausalLM

        def load():
            return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    else:
        from transformer_lens import HookedTransformer, HookedTransformerConfig
        from transformer_lens.pretrained.weight_conversions import convert_gpt2_weights
        from transformers import GPT2LMHeadModel
        config = HookedTransformerConfig(
            n_layers=12, d_model=768, n_ctx=1024, d_head=64, d_vocab=50257, act_fn="gelu_new", device="cpu")

        def load():
            # What its from_pretrained does, which asks the hub for the model's name first.
            hf = GPT2LMHeadModel.from_pretrained(folder, dtype=torch.float32)
            model = HookedTransformer(config)
            model.load_and_process_state_dict(
                convert_gpt2_weights(hf, config), fold_ln=processed, center_writing_weights=processed,
                center_unembed=processed, fold_value_biases=processed)
            return model
    before = peak_mib()
    start = time.perf_counter()
    model = load()
    for parameter in model.parameters():  # what was only mapped into memory is read now
        parameter.detach().sum()
    seconds = time.perf_counter() - start
    in_f32 = sum(p.numel() for p in {id(p): p for p in model.parameters()}.values()) * 4 / 2**20
    print(f"{seconds:.2f} s, peak {peak_mib():.0f} MiB ({before:.0f} of them before the load); "
          f"the model in f32: {in_f32:.0f} MiB")


if __name__ == "__main__":
    command, folder = sys.argv[1], Path(sys.argv[2])
    make(folder) if command == "make" else measure(command, folder, "processed" in sys.argv[3:])
