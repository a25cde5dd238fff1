"""optimizers/: ten steps of training, as PyTorch takes them.

steps.safetensors, for a tiny attention-only model, seed 7, trained by the very functions of ../training:

    text                            tokens that batches are drawn from
    tokens, counts                  the ten batches: [step, row, pos], [step, row, pos - 1]
    initial.<name>                  the weights before the first step, by their names in the state dict
    <case>.losses                   the loss before each step
    <case>.norms                    the length of the gradient before each step, before it is clipped
    <case>.after_<n>.<name>         the weights after 1, 2 and 10 steps
    <case>.gradient.<name>          the gradient of the first step, before it is clipped

Cases: `adamw`, AdamW on everything; `muon`, torch.optim.Muon on the matrices inside the layers, which
works in bfloat16; `muon_single`, the same with its Newton-Schulz iteration in float32, since bfloat16
leaves two or three digits to compare.
"""

import sys
from argparse import Namespace

import common  # first: it sets the number of threads

import numpy as np
import torch
import torch.nn.functional as F

sys.path.insert(0, str(common.REFERENCE_DATA / "training"))

import data
import export
import train
from model import Shape, Transformer

OUT = common.REFERENCE_DATA / "optimizers"
SEED = 7
SHAPE = Shape("attn-only", n_layers=2, n_heads=2, d_model=16, n_ctx=24, d_vocab=40)
MIXTURE = data.Mixture(repeat=0.5, repeat_real=0.3)
ARGUMENTS = Namespace(lr=2e-3, muon_lr=0.02, weight_decay=0.05, steps=20, warm_up=5)
STEPS, STORED = 10, (1, 2, 10)
CASES = ("adamw", "muon", "muon_single")


def newton_schulz_in_float32(matrix, coefficients, steps, eps):
    """What torch.optim.Muon does in bfloat16."""
    a, b, c = coefficients
    x = matrix.T if matrix.size(0) > matrix.size(1) else matrix
    x = x / x.norm().clamp(min=eps)
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if matrix.size(0) > matrix.size(1) else x


def optimizers(model: Transformer, case: str) -> list[torch.optim.Optimizer]:
    found = train.optimizers(model, ARGUMENTS)
    if case == "adamw":
        everything = [{"params": list(model.parameters()), "weight_decay": ARGUMENTS.weight_decay}]
        found = [torch.optim.AdamW(everything, lr=ARGUMENTS.lr, betas=(0.9, 0.98))]
        found[0].param_groups[0]["full_lr"] = ARGUMENTS.lr
    return found


@torch.enable_grad()
def run(case: str, batches: list) -> common.Tensors:
    torch.manual_seed(SEED)
    model = Transformer(SHAPE)
    if case == "adamw":
        stored = {f"initial.{name}": value for name, value in state_dict(model).items()}
    else:
        stored = {}
    optimize = optimizers(model, case)
    losses, norms = [], []
    for step, (tokens, counts) in enumerate(batches):
        for optimizer in optimize:
            for group in optimizer.param_groups:
                group["lr"] = group["full_lr"] * train.rate(step, ARGUMENTS)
            optimizer.zero_grad(set_to_none=True)
        residual, _ = model(tokens)
        loss = F.cross_entropy(model.unembed(residual[:, :-1][counts]), tokens[:, 1:][counts])
        loss.backward()
        if step == 0:
            stored |= {f"{case}.gradient.{name}": value for name, value in gradients(model).items()}
        losses.append(loss.item())
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0).item())
        for optimizer in optimize:
            optimizer.step()
        if step + 1 in STORED:
            stored |= {f"{case}.after_{step + 1}.{name}": value for name, value in state_dict(model).items()}
    return {**stored, f"{case}.losses": torch.tensor(losses), f"{case}.norms": torch.tensor(norms)}


def state_dict(model: Transformer) -> common.Tensors:
    """As export.py stores it, but in full precision."""
    return export.state_dict(model, torch.float32)


def gradients(model: Transformer) -> common.Tensors:
    """The gradients, in the places of the weights."""
    twin = Transformer(SHAPE)
    with torch.no_grad():
        for to, of in zip(twin.parameters(), model.parameters()):
            to.copy_(of.grad)
    return state_dict(twin)


def generate() -> None:
    text = np.random.default_rng(SEED).integers(1, SHAPE.d_vocab, size=600).astype(np.uint16)
    drawn = data.Batches(text, SHAPE.d_vocab, SHAPE.n_ctx, 5, MIXTURE, SEED)
    batches = [drawn.draw() for _ in range(STEPS)]
    tensors = {"text": torch.from_numpy(text.astype(np.int64)),
               "tokens": torch.stack([tokens for tokens, _ in batches]),
               "counts": torch.stack([counts for _, counts in batches])}
    in_bfloat16 = torch.optim._muon._zeropower_via_newtonschulz
    for case in CASES:
        single = case == "muon_single"
        torch.optim._muon._zeropower_via_newtonschulz = newton_schulz_in_float32 if single else in_bfloat16
        tensors |= run(case, batches)
    torch.optim._muon._zeropower_via_newtonschulz = in_bfloat16
    OUT.mkdir(exist_ok=True)
    common.write_tensors(tensors, OUT / "steps.safetensors")


if __name__ == "__main__":
    generate()
