"""Trains one of the two embedded models from scratch, on a CPU, in an hour or two.

    python train.py --data PREPARED --out RUN --architecture attn-only
    python train.py --data PREPARED --out RUN --architecture gpt2 --layers 4 \\
                    --repeat 0.15 --repeat-real 0

Every `--every` steps a line of `evaluate.measure` goes to RUN/log.jsonl and everything that is
needed to go on goes to RUN/checkpoint.pt, which is replaced atomically: stop the run whenever you
like, and repeat the command with `--resume`. On the same machine and thread count a resumed run
gives the same weights as an uninterrupted one.
"""

import argparse
import json
import os
import time
from dataclasses import asdict
from pathlib import Path

import torch
import torch.nn.functional as F

import data
import evaluate
from model import Shape, Transformer


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder written by prepare.py")
    add("--out", type=Path, required=True, help="folder for checkpoint.pt and log.jsonl")
    add("--resume", action="store_true", help="go on from OUT/checkpoint.pt if it is there")
    add("--architecture", choices=["attn-only", "gpt2"], default="attn-only", help="see model.py")
    add("--layers", type=int, default=2, help="number of layers")
    add("--heads", type=int, default=8, help="attention heads a layer")
    add("--width", type=int, default=256, help="d_model; d_head is this over the heads")
    add("--context", type=int, default=256, help="tokens in a row, BOS included")
    add("--vocabulary", type=int, default=4096, help="tokens of the tokenizer")
    add("--steps", type=int, default=6000, help="optimizer steps")
    add("--rows", type=int, default=8, help="rows in a batch")
    add("--lr", type=float, default=2e-3, help="AdamW's rate: embeddings, positions, biases")
    add("--muon-lr", type=float, default=0.02, help="Muon's rate: the matrices inside the layers")
    add("--weight-decay", type=float, default=0.05, help="of every matrix")
    add("--warm-up", type=int, default=100, help="steps of rising rate")
    add("--repeat", type=float, default=0.4, help="part of the rows that repeat a segment")
    add("--repeat-real", type=float, default=0.25, help="part of these that repeat real text")
    add("--seed", type=int, default=398, help="of the weights and of the batches")
    add("--every", type=int, default=100, help="steps between measurements and checkpoints")
    add("--device", default="cpu", help="cpu or cuda")
    add("--precision", choices=["float32", "bfloat16"], default="float32",
        help="of the matrix products; weights and sums stay float32. bfloat16 is a third faster "
             "where the processor has instructions for it")
    add("--threads", type=int, default=1, help="CPU threads")
    return parser.parse_args()


def rate(step: int, args: argparse.Namespace) -> float:
    """The part of the full learning rate at `step`: rise, stay until 40%, fall straight to 2%."""
    done = step / args.steps
    rising = min(1.0, (step + 1) / args.warm_up)
    return rising * (1.0 if done < 0.4 else max(0.02, (1 - done) / 0.6))


def optimizers(model: Transformer, args: argparse.Namespace) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside the layers, AdamW for the rest.

    Muon makes every direction of an update equally large, so that a circuit which lives in a few
    directions of a matrix, as a previous-token head's does, is not left behind by the others. It is
    not meant for embeddings: their rows are one token each, and most tokens are not in a batch.
    """
    inside, tables, vectors = [], [], []
    for name, parameter in model.named_parameters():  # a tied matrix is listed once
        if parameter.ndim < 2:
            vectors.append(parameter)  # biases and LayerNorm: no decay
        else:
            (inside if name.startswith("blocks.") else tables).append(parameter)
    groups = [{"params": tables, "weight_decay": args.weight_decay}]
    if vectors:
        groups.append({"params": vectors, "weight_decay": 0.0})
    found = [
        torch.optim.Muon(inside, lr=args.muon_lr, momentum=0.95, nesterov=True,
                         weight_decay=args.weight_decay),
        torch.optim.AdamW(groups, lr=args.lr, betas=(0.9, 0.98), fused=True),
    ]
    for optimizer in found:
        for group in optimizer.param_groups:
            group["full_lr"] = group["lr"]
    return found


def save_atomically(state: dict, path: Path) -> None:
    """A killed run leaves the old file or the new one, never half of one."""
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    os.replace(partial, path)


def main() -> None:
    args = parse()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    checkpoint, log = args.out / "checkpoint.pt", args.out / "log.jsonl"

    shape = Shape(args.architecture, args.layers, args.heads, args.width, args.context,
                  args.vocabulary)
    model = Transformer(shape).to(args.device)
    optimize = optimizers(model, args)
    held_out = data.load_tokens(args.data / "held_out.bin")
    batches = data.Batches(data.load_tokens(args.data / "train.bin"), args.vocabulary,
                           args.context, args.rows, data.Mixture(args.repeat, args.repeat_real),
                           args.seed)

    step, resumed_at = 0, None
    if args.resume and checkpoint.exists():
        state = torch.load(checkpoint, map_location=args.device, weights_only=False)
        model.load_state_dict(state["model"])
        for optimizer, saved in zip(optimize, state["optimizers"]):
            optimizer.load_state_dict(saved)
        batches.rng.bit_generator.state = state["batches"]
        step = resumed_at = state["step"]
        # measured but not saved: those steps will be done and logged again
        lines = [line for line in log.read_text().splitlines() if json.loads(line)["step"] <= step]
        log.write_text("".join(line + "\n" for line in lines))
    else:
        log.write_text("")
    print(f"{sum(p.numel() for p in model.parameters())} parameters, from step {step}", flush=True)

    started = time.monotonic()
    while True:
        if (step % args.every == 0 or step == args.steps) and step != resumed_at:
            line = {"step": step, "tokens": step * args.rows * args.context,
                    "rate": rate(step, args), **evaluate.measure(model, held_out, args.device)}
            with log.open("a") as file:
                file.write(json.dumps(line) + "\n")
            best = ", ".join(f"{name} {max(map(max, line[name])):.2f}"
                             for name in ("previous", "current", "first", "induction"))
            print(f"step {step}, {time.monotonic() - started:.0f} s: held out "
                  f"{line['held_out']:.3f}, first copy {line['first_copy']:.2f}, second copy "
                  f"{line['second_copy']:.2f}; best heads: {best}", flush=True)
            settings = {k: str(v) if isinstance(v, Path) else v for k, v in vars(args).items()}
            save_atomically(
                {"step": step, "shape": asdict(shape), "arguments": settings,
                 "model": model.state_dict(), "optimizers": [o.state_dict() for o in optimize],
                 "batches": batches.rng.bit_generator.state}, checkpoint)
        if step >= args.steps:
            break

        for optimizer in optimize:
            for group in optimizer.param_groups:
                group["lr"] = group["full_lr"] * rate(step, args)
        tokens, counts = (t.to(args.device) for t in batches.draw())
        with torch.autocast(args.device, torch.bfloat16, enabled=args.precision == "bfloat16"):
            residual, _ = model(tokens)
            # The unembedding is most of the work, so only predictions that count get logits.
            logits = model.unembed(residual[:, :-1][counts])
        loss = F.cross_entropy(logits.float(), tokens[:, 1:][counts])
        for optimizer in optimize:
            optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimize:
            optimizer.step()
        step += 1


if __name__ == "__main__":
    main()
