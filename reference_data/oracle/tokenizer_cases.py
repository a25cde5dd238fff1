"""tokenizer.json: strings, and what the `tokenizers` library makes of them.

A list of cases, each with `text` and, under `with_bos` and `without_bos`, the `ids` and the
`str_tokens` (each id decoded by itself). `decoded` is the ids without BOS decoded together. Both
models have the same tokenizer.
"""

import common

TEXTS = [
    "",
    " ",
    "a",
    "Hello, world!",
    " Hello, world!",
    "  two leading spaces",
    "trailing space ",
    "one\ntwo",
    "\n",
    "\n\n\n",
    "tab\tand\r\nwindows line",
    "Once upon a time there was a little girl.",
    "ONCE UPON A TIME",
    "0123456789",
    "In 1865, on the 4th of July, 3.14159 pies cost $2.50.",
    "don't can't we'll I've he'd they're it's",
    "\u2018Curly\u2019 \u201cquotes\u201d \u2014 and a dash\u2026",
    "caf\u00e9 na\u00efve \u00fcber stra\u00dfe",
    "e\u0301 is e and a combining accent",
    "\u0421\u043a\u0430\u0437\u043a\u0430 \u043e \u0440\u044b\u0431\u0430\u043a\u0435",
    "\u6614\u3005\u3001\u3042\u308b\u3068\u3053\u308d\u306b",
    "\u0623\u0644\u0641 \u0644\u064a\u0644\u0629",
    "\U0001f409",
    "a dragon \U0001f409 and a family \U0001f468\u200d\U0001f469\u200d\U0001f467",
    "<|endoftext|>",
    "the end<|endoftext|>Once more",
    "the end <|endoftext|> Once more",
    "<|endoftext|><|endoftext|>",
    "<|endoftext",
    "supercalifragilisticexpialidocious",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "    indented\n        more",
    "snake_case CamelCase kebab-case",
    "a\u00a0no-break\u200bzero-width",
    "null \u0000 and bell \u0007",
    "!!!???...---***",
]


def generate() -> None:
    tokenizer = common.load_tokenizer(common.ATTN_ONLY)
    cases = []
    for text in TEXTS:
        ids = common.encode(tokenizer, text, prepend_bos=False)
        with_bos = common.encode(tokenizer, text)
        assert with_bos == [common.BOS, *ids], text
        cases.append({
            "text": text,
            "without_bos": {"ids": ids, "str_tokens": common.string_tokens(tokenizer, ids)},
            "with_bos": {"ids": with_bos, "str_tokens": common.string_tokens(tokenizer, with_bos)},
            "decoded": tokenizer.decode(ids, skip_special_tokens=False),
        })
    common.write_json(cases, common.ACTIVATIONS / "tokenizer.json")
