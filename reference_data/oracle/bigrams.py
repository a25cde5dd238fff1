"""bigrams.json: what follows a token in the training books, counted.

`tokens`: 240 tokens by falling frequency, every tenth of the 2,400 most frequent ones, so that common
and rarer words are there; `followers`: the token that follows each most often, and `share`: in how many
of the token's occurrences it does. The text of each pair is in `pairs`, for people.
"""

from pathlib import Path

import numpy as np

import common

STEP, TOKENS = 10, 240


def draw(prepared: Path) -> None:
    """`prepared` is the output folder of training/prepare.py."""
    ids = np.fromfile(prepared / "train.bin", dtype="<u2").astype(np.int64)
    tokenizer = common.load_tokenizer(common.ATTN_ONLY)
    n = tokenizer.get_vocab_size()
    counts = np.bincount(ids, minlength=n)
    counts[common.BOS] = 0
    tokens = np.argsort(-counts, kind="stable")[: STEP * TOKENS : STEP]
    pairs = np.bincount(ids[:-1] * n + ids[1:], minlength=n * n).reshape(n, n)
    pairs[:, common.BOS] = 0
    followers = pairs[tokens].argmax(1)
    share = pairs[tokens, followers] / counts[tokens]
    texts = [common.string_tokens(tokenizer, pair) for pair in zip(tokens.tolist(), followers.tolist())]
    common.write_json({"tokens": tokens.tolist(), "followers": followers.tolist(),
                       "share": [round(float(s), 4) for s in share], "pairs": texts},
                      common.ACTIVATIONS / "bigrams.json")
