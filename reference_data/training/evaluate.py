"""What has a model learned? Losses, and what each head attends to.

    python evaluate.py --checkpoint RUN/checkpoint.pt --data PREPARED

`train.py` writes `measure` of these into its log; the command adds the rise of the loss when each
head is ablated. Scores are averages of attention patterns, each between 0 and 1:

    current    of the diagonal                   } over the first 64 positions
    previous   of the diagonal below it          } of held-out text
    first      of the first column               }
    induction  on [BOS, r, r] with random r of 50 tokens: of the diagonal on which the key is the
               token after the query's earlier occurrence
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import data
from model import Shape, Transformer

SEGMENT = 50  # length of the repeated random segment
POSITIONS = 64  # text positions over which the first three scores are averaged


def losses(model: Transformer, tokens: torch.Tensor, **kwargs) -> torch.Tensor:
    """Per-prediction cross-entropy in nats: [batch, pos - 1]."""
    logits = model.unembed(model(tokens, **kwargs)[0])[:, :-1]
    return F.cross_entropy(logits.transpose(1, 2), tokens[:, 1:], reduction="none")


def halves(model: Transformer, repeated: torch.Tensor, **kwargs) -> tuple[float, float]:
    """Mean loss on the first and on the second copy."""
    loss = losses(model, repeated, **kwargs)
    middle = loss.shape[1] // 2
    return loss[:, :middle].mean().item(), loss[:, middle:].mean().item()


def scores_of_heads(model: Transformer, text: torch.Tensor, repeated: torch.Tensor) -> dict:
    """{"previous": [[one number per head] per layer], ...}"""
    on_text = model(text[:, :POSITIONS], want_patterns=True)[1]
    on_repeated = model(repeated, want_patterns=True)[1]

    def diagonal(patterns, offset):
        return [p.diagonal(offset, dim1=-2, dim2=-1).mean((0, -1)) for p in patterns]

    scores = {
        "current": diagonal(on_text, 0),
        "previous": diagonal(on_text, -1),
        "first": [p[..., 0].mean((0, -1)) for p in on_text],
        "induction": diagonal(on_repeated, -(repeated.shape[1] // 2 - 1)),
    }
    return {name: [[round(x, 4) for x in layer.tolist()] for layer in layers]
            for name, layers in scores.items()}


@torch.no_grad()
def measure(model: Transformer, held_out: np.ndarray, device="cpu") -> dict:
    """The line that `train.py` logs. Always on the same 32 windows and the same random tokens."""
    shape = model.shape
    text = data.windows(held_out, shape.n_ctx, 32, np.random.default_rng(0))
    text = torch.from_numpy(text).to(device)
    repeated = data.repeated_random(shape.d_vocab, 8, SEGMENT, seed=0).to(device)
    model.eval()
    # in four parts: the logits of 8 rows are 32 MiB already
    held_out_loss = sum(losses(model, part).mean().item() for part in text.split(8)) / 4
    first, second = halves(model, repeated)
    heads = scores_of_heads(model, text[:16], repeated)
    model.train()
    return {"held_out": held_out_loss, "first_copy": first, "second_copy": second, **heads}


@torch.no_grad()
def ablations(model: Transformer, device="cpu") -> list[list[float]]:
    """For each head, how much the second copy's loss rises when its z is zero."""
    shape = model.shape
    repeated = data.repeated_random(shape.d_vocab, 8, SEGMENT, seed=0).to(device)
    clean = halves(model, repeated)[1]
    return [[halves(model, repeated, ablate=(layer, head))[1] - clean
             for head in range(shape.n_heads)] for layer in range(shape.n_layers)]


def load(checkpoint: Path) -> tuple[Transformer, dict]:
    """The model of a checkpoint of `train.py`, and the whole checkpoint."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=False)
    model = Transformer(Shape(**state["shape"]))
    model.load_state_dict(state["model"])
    return model.eval(), state


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--checkpoint", type=Path, required=True, help="checkpoint.pt of train.py")
    parser.add_argument("--data", type=Path, required=True, help="folder written by prepare.py")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)

    model, state = load(args.checkpoint)
    result = measure(model, data.load_tokens(args.data / "held_out.bin"))
    result["ablation"] = ablations(model)
    if args.json:
        print(json.dumps({"step": state["step"], **result}))
        return
    print(f"step {state['step']}: held out {result['held_out']:.3f}, first copy "
          f"{result['first_copy']:.2f}, second copy {result['second_copy']:.3f}\n")
    columns = ("previous", "current", "first", "induction", "ablation")
    print("| head | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 1))
    for layer in range(model.shape.n_layers):
        for head in range(model.shape.n_heads):
            cells = " | ".join(f"{result[column][layer][head]:.2f}" for column in columns)
            print(f"| {layer}.{head} | {cells} |")


if __name__ == "__main__":
    main()
