"""../analysis/numpy.npz: a file that numpy wrote, for the reader of `.npz` files.

Every array but the last two counts 0, 1, 2, ... / 4 - 1 in row-major order. `double` is float64, `fortran` is
stored in column-major order, `scalar` has no axes, and `empty` has no entries.
"""

import numpy as np

import common


def counted(*shape: int) -> np.ndarray:
    return (np.arange(np.prod(shape)) / 4 - 1).reshape(shape)


def generate() -> None:
    np.savez(common.ANALYSIS / "numpy.npz", **{
        "blocks.0.attn.hook_pattern": counted(2, 3, 4, 5).astype("<f4"),
        "double": counted(3, 2),
        "fortran": np.asfortranarray(counted(4, 3).astype("<f4")),
        "scalar": np.array(2.5, dtype="<f4"),
        "empty": np.zeros((0, 3), dtype="<f4"),
    })


if __name__ == "__main__":
    generate()
