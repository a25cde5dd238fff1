"""This library beside the classic TransformerLens and Hugging Face's plain model: same machine, same
random weights of GPT-2 small's shape, same tokens, same number of threads, one run.

    pip install -r reference_data/oracle/requirements.txt
    cargo build --release --example speed          (or with --features openblas-system)
    python crates/hooked-transformer/benches/peers.py target/release/examples/speed --threads 2

Every figure comes from a process of its own, so that peak memory means something. The contenders
take turns, round after round, and the least time of each counts: another program's burst of work
then hits all of them alike or is forgotten.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

# `load` reads a state dict in each library's own form; `pretrained` a model as it is published, as a user does. Where weights
# are only mapped into memory, every one is looked at as well.
# `patching` and `attribution` compare this library with itself: the exact effect of each head, and to first order.
# `large-vocabulary` and `short-rows` are the loss of small models of other shapes (below).
# `eigenvalues` are those of the OV circuits of all heads.
# `ablation` asks for the loss without each head; `ablation-at-last` for a logit of the last position.
ROWS = [("load", 1), ("pretrained", 1), ("loss", 128), ("loss", 1024), ("cache", 128), ("cache", 1024),
        ("ablation", 128), ("ablation-at-last", 128), ("generate", 32),
        ("weight-gradients", 128), ("weight-gradients", 1024),
        ("activation-gradients", 128), ("activation-gradients", 1024), ("patching", 128), ("attribution", 128),
        ("large-vocabulary", 128), ("short-rows", 5), ("eigenvalues", 1)]
# The others have both.
PEERS = {"load": ["lens"], "cache": ["lens"], "ablation": ["lens"], "ablation-at-last": ["lens"],
         "activation-gradients": ["lens"], "patching": [], "attribution": [],
         "large-vocabulary": ["lens"], "short-rows": ["lens"], "eigenvalues": ["lens"]}
ONCE = ["load", "pretrained", "ablation", "ablation-at-last", "patching"]  # in a process
BACKWARD = ["weight-gradients", "activation-gradients"]
SHAPE = dict(n_layers=12, d_model=768, n_ctx=1024, d_head=64, n_heads=12, d_mlp=3072, d_vocab=50257,
             act_fn="gelu_new", normalization_type="LN", positional_embedding_type="standard",
             attention_dir="causal")

# Shapes of their own, with random weights, and how many rows of tokens.
OTHER_SHAPES = {
    "large-vocabulary": (dict(n_layers=1, d_model=8, n_ctx=128, d_head=4, n_heads=2, d_mlp=32, d_vocab=200_000,
                              act_fn="gelu_new", normalization_type="LN"), 1),
    "short-rows": (dict(n_layers=2, d_model=32, n_ctx=16, d_head=8, n_heads=4, d_mlp=128, d_vocab=100,
                        act_fn="gelu_new", normalization_type="LN"), 20_000),
}


def make_model(folder: Path) -> None:
    """The same random weights in this library's form and as a state dict of the classic one; and some as published."""
    import torch
    from safetensors.torch import save_file
    from transformer_lens import HookedTransformer, HookedTransformerConfig
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(0)
    model = HookedTransformer(HookedTransformerConfig(**SHAPE, device="cpu"))
    weights = {name: p.detach().contiguous() for name, p in model.named_parameters()}
    save_file(weights, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(SHAPE))
    GPT2LMHeadModel(GPT2Config()).save_pretrained(folder / "published")


def tokens(positions: int, rows: int = 1, d_vocab: int = SHAPE["d_vocab"]):
    import torch
    return torch.tensor([[((r * positions + p) * 7919 + 13) % d_vocab for p in range(positions)] for r in range(rows)])


def lens(folder: Path, task: str, positions: int):
    """The classic library: a function to time, and its set-up done."""
    import torch
    from safetensors.torch import load_file
    from transformer_lens import HookedTransformer, HookedTransformerConfig

    def load():
        model = HookedTransformer(HookedTransformerConfig(**SHAPE, device="cpu", init_weights=False))
        model.load_state_dict(load_file(folder / "model.safetensors"), strict=False)
        return model

    def pretrained():
        # What its `from_pretrained_no_processing` does, which asks the hub for the model's name first.
        from transformer_lens.pretrained.weight_conversions import convert_gpt2_weights
        from transformers import GPT2LMHeadModel
        config = HookedTransformerConfig(**SHAPE, device="cpu")
        published = GPT2LMHeadModel.from_pretrained(folder / "published", dtype=torch.float32)
        model = HookedTransformer(config)
        model.load_and_process_state_dict(convert_gpt2_weights(published, config), fold_ln=False,
                                          center_writing_weights=False, center_unembed=False,
                                          fold_value_biases=False)
        return model

    if task in ("load", "pretrained"):
        return {"load": load, "pretrained": pretrained}[task]
    if task in OTHER_SHAPES:
        shape, rows = OTHER_SHAPES[task]
        other, many = HookedTransformer(HookedTransformerConfig(**shape, device="cpu")), tokens(positions, rows, shape["d_vocab"])
        return lambda: other(many, return_type="loss")
    model, ids = load(), tokens(positions)

    def zero(head):
        def hook(z, hook):
            z[:, :, head] = 0.0
            return z
        return hook

    def ablation(return_type="loss"):
        for layer in range(SHAPE["n_layers"]):
            for head in range(SHAPE["n_heads"]):
                model.run_with_hooks(ids, return_type=return_type,
                                     fwd_hooks=[(f"blocks.{layer}.attn.hook_z", zero(head))])

    def generate():
        # `generate` of 2.18 wants a tokenizer; this is its loop: keys and values kept, argmax.
        from transformer_lens import HookedTransformerKeyValueCache as Cache
        past, following = Cache.init_cache(model.cfg, "cpu", 1), ids
        for _ in range(32):
            ones = torch.ones_like(following)
            logits = model(following, past_kv_cache=past, attention_mask=ones)
            following = logits[:, -1:].argmax(-1)

    def weight_gradients():
        model.zero_grad(set_to_none=True)
        model(ids, return_type="loss").backward()

    def activation_gradients():
        model.zero_grad(set_to_none=True)
        return model.run_with_cache(ids, return_type="loss", incl_bwd=True)

    return {"weight-gradients": weight_gradients, "activation-gradients": activation_gradients,
            "eigenvalues": lambda: model.OV.eigenvalues, "loss": lambda: model(ids, return_type="loss"), "cache": lambda: model.run_with_cache(ids),
            "ablation": ablation, "ablation-at-last": lambda: ablation("logits"), "generate": generate}[task]


def plain(folder: Path, task: str, positions: int):
    """Hugging Face's GPT-2 (its own random weights: the shape decides the time)."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    def pretrained():
        model = GPT2LMHeadModel.from_pretrained(folder / "published", dtype=torch.float32)
        for parameter in model.parameters():  # what was only mapped into memory is read now
            parameter.detach().sum()

    if task == "pretrained":
        return pretrained
    model, ids = GPT2LMHeadModel(GPT2Config()).eval(), tokens(positions)
    if task == "loss":
        return lambda: model(ids, labels=ids).loss
    if task == "weight-gradients":
        def weight_gradients():
            model.zero_grad(set_to_none=True)
            model(ids, labels=ids).loss.backward()
        return weight_gradients
    return lambda: model.generate(ids, max_new_tokens=32, min_new_tokens=32, do_sample=False, pad_token_id=0)


def measure(who: str, folder: Path, task: str, positions: int, threads: int) -> None:
    """The inside of one process: prints seconds and peak memory."""
    import resource
    import time

    import torch
    torch.set_num_threads(threads)
    torch.set_grad_enabled(task in BACKWARD)
    run = {"lens": lens, "plain": plain}[who](folder, task, positions)
    best = float("inf")
    for _ in range(1 if task in ONCE else 3):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    print(json.dumps({"seconds": best, "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def run_process(command: list[str], threads: int) -> dict:
    """Runs a contender under `time`-like accounting of its peak memory."""
    env = {**os.environ, **{name: str(threads) for name in
                            ("RAYON_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")}}
    wrapped = [sys.executable, "-c",
               "import json, resource, subprocess, sys\n"
               "out = subprocess.run(sys.argv[1:], capture_output=True, text=True, check=True).stdout\n"
               "result = json.loads(out.splitlines()[-1])\n"
               "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024\n"
               "print(json.dumps({'mib': peak, **result}))"]
    done = subprocess.run(wrapped + command, env=env, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def compare(args: argparse.Namespace, folder: Path) -> None:
    print(f"{'task':<20}{'ours':>9}{'lens':>9}{'plain':>9}{'lens/ours':>11}{'plain/ours':>12}"
          f"{'MiB ours':>10}{'lens':>8}{'plain':>8}", flush=True)
    for task, positions in ROWS:
        if args.only and task not in args.only:
            continue
        repeats = "1" if task in ONCE else "3"
        model = folder / "published" if task == "pretrained" else folder
        commands = {"ours": [str(args.speed), str(model), task, str(positions), repeats]}
        for who in PEERS.get(task, ["lens", "plain"]):
            commands[who] = [sys.executable, __file__, "--inside", who, str(folder), task, str(positions),
                             "--threads", str(args.threads)]
        found = {}
        for _ in range(args.rounds):
            for who, command in commands.items():
                result = run_process(command, args.threads)
                best = found.setdefault(who, result)
                found[who] = {"seconds": min(best["seconds"], result["seconds"]),
                              "mib": max(best["mib"], result["mib"])}
        print_row(f"{task} {positions}", found)


def print_row(name: str, found: dict) -> None:
    cell = lambda who, key, width, digits: (
        f"{found[who][key]:{width}.{digits}f}" if who in found else " " * (width - 1) + "-")
    ratio = lambda who, width: (
        f"{found[who]['seconds'] / found['ours']['seconds']:{width}.2f}" if who in found else " " * (width - 1) + "-")
    print(f"{name:<20}" + "".join(cell(who, "seconds", 9, 3) for who in ("ours", "lens", "plain"))
          + ratio("lens", 11) + ratio("plain", 12)
          + cell("ours", "mib", 10, 0) + cell("lens", "mib", 8, 0) + cell("plain", "mib", 8, 0), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("speed", type=Path, nargs="?", help="the built example `speed`")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=2, help="how often the contenders take turns")
    parser.add_argument("--only", nargs="*", help="only these tasks")
    parser.add_argument("--inside", nargs=4, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inside:
        who, folder, task, positions = args.inside
        return measure(who, Path(folder), task, int(positions), args.threads)
    with tempfile.TemporaryDirectory() as folder:
        make_model(Path(folder))
        compare(args, Path(folder))


if __name__ == "__main__":
    main()
