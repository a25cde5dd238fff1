"""held_out.safetensors: `tokens` [8, 128] int64, BOS and 127 tokens no model was trained on.

The means over its 8 * 127 predictions are the "held-out loss" of exercise_02.json. The rows are
evenly spaced through the held-out parts of the books.
"""

from pathlib import Path

import numpy as np
import torch

import common

ROWS, LENGTH = 8, 128


def draw(prepared: Path) -> None:
    """`prepared` is the output folder of training/prepare.py."""
    ids = np.fromfile(prepared / "held_out.bin", dtype="<u2").astype(np.int64)
    starts = [(2 * row + 1) * len(ids) // (2 * ROWS) for row in range(ROWS)]
    rows = np.stack([ids[start : start + LENGTH - 1] for start in starts])
    tokens = np.concatenate([np.full((ROWS, 1), common.BOS), rows], axis=1)
    common.write_tensors({"tokens": torch.from_numpy(tokens)},
                         common.ACTIVATIONS / "held_out.safetensors")
