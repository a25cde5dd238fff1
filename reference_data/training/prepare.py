"""Books -> tokenizer and token files.

    python prepare.py --corpus BOOKS --out PREPARED

BOOKS is a folder with one plain-text file a book, named `<Gutenberg number>-<anything>.txt`: one
paragraph a line, ASCII, without Project Gutenberg's header, footer and license. `books.txt` lists
the books. Written to PREPARED:

    tokenizer.json   a byte-level BPE, as GPT-2's, but of 4096 tokens; id 0 is `<|endoftext|>`
    train.bin        little-endian uint16 token ids: each book's first 98%, books joined by id 0
    held_out.bin     the same of each book's last 2%, which no model is trained on

The same books give the same bytes: training a BPE involves no random numbers.
"""

import argparse
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

END_OF_TEXT = "<|endoftext|>"


def listed_books(list_file: Path) -> list[str]:
    """The Gutenberg numbers in `books.txt`, in its order."""
    lines = list_file.read_text().splitlines()
    return [line.split("\t")[0] for line in lines if line and not line.startswith("#")]


def find_books(corpus: Path, numbers: list[str]) -> list[Path]:
    """One file a number. A missing book is an error: it would silently give another tokenizer."""
    books = []
    for number in numbers:
        found = sorted(corpus.glob(f"{number}-*.txt"))
        if len(found) != 1:
            raise SystemExit(f"{corpus}: {len(found)} files are named {number}-*.txt, expected one")
        books.append(found[0])
    return books


def train_tokenizer(books: list[Path], vocabulary: int) -> Tokenizer:
    """GPT-2's kind of tokenizer: BPE over bytes; a space is part of the word after it."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[END_OF_TEXT],  # special tokens get the first ids: this one is id 0
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),  # all 256 bytes: no text is unknown
        show_progress=False,
    )
    tokenizer.train([str(book) for book in books], trainer)
    return tokenizer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", type=Path, required=True, help="folder of the books")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--vocabulary", type=int, default=4096, help="number of tokens")
    parser.add_argument("--train-fraction", type=float, default=0.98,
                        help="the part of each book to train on; its end is held out")
    args = parser.parse_args()

    books = find_books(args.corpus, listed_books(Path(__file__).with_name("books.txt")))
    args.out.mkdir(parents=True, exist_ok=True)
    tokenizer = train_tokenizer(books, args.vocabulary)
    tokenizer.save(str(args.out / "tokenizer.json"))

    train: list[int] = []
    held_out: list[int] = []
    for book in books:
        ids = tokenizer.encode(book.read_text()).ids
        cut = int(len(ids) * args.train_fraction)
        train += [0] + ids[:cut]
        held_out += [0] + ids[cut:]
    for name, ids in (("train", train), ("held_out", held_out)):
        np.array(ids, dtype="<u2").tofile(args.out / f"{name}.bin")
        print(f"{name}: {len(ids)} tokens")


if __name__ == "__main__":
    main()
