"""Token files -> training batches.

Most rows are a window of a book. The rest are one segment repeated until the row is full: stories
alone repeat themselves too little for induction heads to be worth much. The segments are

* real text, whose first copy counts in the loss as any text does, and
* random tokens (about half by their frequency in the books, half uniform), whose first copy does *not*
  count: nothing can be learned from it, and its loss of 8 nats would drown the rest.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

BOS = 0  # <|endoftext|>, at the start of every row, as TransformerLens prepends it


def load_tokens(path: Path) -> np.ndarray:
    """The ids of one file of `prepare.py`."""
    return np.fromfile(path, dtype="<u2")


@dataclass
class Mixture:
    """How a batch is composed; the fields are the command-line options of `train.py`."""

    repeat: float  # part of the rows that repeat a segment
    repeat_real: float  # part of these whose segment is real text
    by_frequency: float = 0.55  # part of the random ones drawn by frequency; the others are uniform
    shortest: int = 8  # segment length; the longest is half a row, so that it occurs twice


class Batches:
    """Draws batches. All randomness comes from `self.rng`, whose state a checkpoint stores."""

    def __init__(self, tokens: np.ndarray, vocabulary: int, context: int, rows: int,
                 mixture: Mixture, seed: int):
        self.tokens, self.vocabulary = tokens, vocabulary
        self.context, self.rows, self.mixture = context, rows, mixture
        self.rng = np.random.default_rng(seed)
        counts = np.bincount(tokens, minlength=vocabulary).astype(np.float64)
        counts[BOS] = 0
        self.cumulative_frequency = np.cumsum(counts / counts.sum())

    def draw(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Tokens [rows, context] and, per prediction [rows, context - 1], whether it counts."""
        rows = windows(self.tokens, self.context, self.rows, self.rng)
        counts = np.ones((self.rows, self.context - 1), dtype=bool)
        for row, count in zip(rows, counts):
            if self.rng.random() < self.mixture.repeat:
                self._repeat_segment(row, count)
        return torch.from_numpy(rows), torch.from_numpy(counts)

    def _repeat_segment(self, row: np.ndarray, count: np.ndarray) -> None:
        """Overwrites `row` after BOS with one segment, repeated."""
        mixture, room = self.mixture, self.context - 1
        length = int(self.rng.integers(mixture.shortest, room // 2 + 1))
        kind = self.rng.random()
        random_part = 1 - mixture.repeat_real
        if kind < mixture.repeat_real:
            segment = row[1 : 1 + length].copy()
        elif kind < mixture.repeat_real + random_part * mixture.by_frequency:
            segment = np.searchsorted(self.cumulative_frequency, self.rng.random(length))
            count[:length] = False
        else:
            segment = self.rng.integers(1, self.vocabulary, size=length)
            count[:length] = False
        row[1:] = np.resize(segment, room)  # np.resize repeats its input to fill the new shape


def windows(tokens: np.ndarray, context: int, rows: int, rng: np.random.Generator) -> np.ndarray:
    """`rows` random windows of text as int64, the first token of each replaced by BOS."""
    starts = rng.integers(0, len(tokens) - context, size=rows)
    batch = np.stack([tokens[start : start + context] for start in starts]).astype(np.int64)
    batch[:, 0] = BOS
    return batch


def repeated_random(vocabulary: int, rows: int, length: int, seed: int) -> torch.Tensor:
    """[BOS, segment, segment] with uniformly random tokens: [rows, 1 + 2 * length]."""
    generator = torch.Generator().manual_seed(seed)
    segment = torch.randint(1, vocabulary, (rows, length), generator=generator)
    return torch.cat([torch.full((rows, 1), BOS), segment, segment], dim=1)
