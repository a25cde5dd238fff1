"""References for exercise 01, meeting the model.

Four models: the two embedded ones, and a *toy*, made here, with sizes of its own and a vocabulary
of 23 tokens in which BOS is not 0. The *other toy* has the same weights, but a capital letter in
its vocabulary, and a BOS with another text, `<s>`. Mistakes are recognized on the toys only, so retraining the embedded models changes
no fingerprint.

exercise_01_tokenizer.json, exercise_01_tokenizer_other.json: the tokenizers of the toys, as the
`tokenizers` library writes them.

exercise_01.safetensors (float32; tokens int64), N being the layer:

    toy.weights.NAME                 the toy's parameters, by their names in the state dict
    RUN.tokens                       [batch, pos]
    RUN.logits                       [batch, pos, d_vocab]
    RUN.blocks.N.attn.hook_q, _k     [batch, pos, head, d_head]
    RUN.blocks.N.attn.hook_pattern   [batch, head, query_pos, key_pos]
    large.q, large.k, large.pattern  the same axes: scores around 110, whose exponential overflows
    spread.q, spread.k, spread.pattern   each query has its own level of scores, from -120 to 110
    view_I.blocks.N.attn.hook_pattern    [head, query_pos, key_pos]

exercise_01.json:

    toy             `config`, and `weights`: the names of its parameters
    other_toy       `config`
    configs[I]      `config`, `sizes` (layers, heads in all of them, positions) and `shapes`, read off
                    the oracle's own parameters; the two embedded models and two made-up ones
    token_strings[I]  `model`, `text`, `bos`, `strings`
    texts[I]        `model`, `tokens` [batch][pos], `texts` (of each row, less BOS in front)
    positions[I]    `model`, `text`, `token`, `positions` (with BOS)
    runs[I]         `run` (as above), `model`, `n_layers`, and `right` [batch][pos - 1]: is the
                    largest logit that of the next token?
    guesses[I]      `model`, `text`, `n_pos`, `strings`: the tokens guessed right, in order
    names[I]        `short`, `layer`, `name` by `get_act_name`
    views[I]        `model`, `text`, `layer`, `strings`
"""

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformer_lens import HookedTransformer, HookedTransformerConfig
from transformer_lens.utils import get_act_name

import common

TOY = "toy"
TOY_TOKENIZER = common.ACTIVATIONS / "exercise_01_tokenizer.json"
OTHER_TOY = "other_toy"
OTHER_TOY_TOKENIZER = common.ACTIVATIONS / "exercise_01_tokenizer_other.json"
# In the order of their ids: an ordinary word is 0, BOS is 5. "G" with a dot stands for a space, and
# the last two bytes together for one letter, e with an acute accent.
TOY_VOCABULARY = ["the", "\u0120cat", ".", "\u0120the", "\u0120bat", common.BOS_TEXT, "t", "h", "e",
                  "c", "a", "b", "r", "s", "\u0120", "th", "ca", "cat", "ba", "bat", "\u0120a",
                  "\u00c3", "\u00a9"]
TOY_MERGES = [("t", "h"), ("th", "e"), ("c", "a"), ("ca", "t"), ("\u0120", "the"),
              ("\u0120", "cat"), ("b", "a"), ("ba", "t"), ("\u0120", "bat"), ("\u0120", "a")]
TOY_BOS = 5
# The other toy has a capital T instead of " a", and the BOS of another family of models. The end of
# text that goes with it is beyond the model's vocabulary.
OTHER_TOY_BOS_TEXT, OTHER_TOY_END = "<s>", "</s>"
OTHER_TOY_VOCABULARY = [{"\u0120a": "T", common.BOS_TEXT: OTHER_TOY_BOS_TEXT}.get(token, token)
                        for token in TOY_VOCABULARY]
# What the toy expects after a token; for any other token it has no strong opinion. One token follows
# itself, so that a guess which is not shifted is right somewhere, too.
TOY_NEXT = {common.BOS_TEXT: "the", "the": "\u0120cat", "\u0120cat": "\u0120the",
            "\u0120the": "\u0120bat", "\u0120bat": ".", ".": "\u0120the", "t": "t"}
TOY_CONFIG = {
    "model_name": TOY, "n_layers": 3, "d_model": 23, "n_ctx": 31, "d_head": 5, "n_heads": 4,
    "d_mlp": None, "d_vocab": 23, "d_vocab_out": 23, "act_fn": None, "eps": 1e-5, "attn_only": True,
    "attention_dir": "causal", "normalization_type": None,
    "positional_embedding_type": "shortformer", "default_prepend_bos": True, "seed": common.SEED,
    "tie_word_embeddings": False,
}
OTHER_TOY_CONFIG = {**TOY_CONFIG, "model_name": OTHER_TOY}

# Two more, of which no size can be computed from the others.
MADE_UP_CONFIGS = [
    {"model_name": "narrow", "n_layers": 3, "d_model": 14, "n_ctx": 11, "d_head": 5, "n_heads": 2,
     "d_mlp": 19, "d_vocab": 17, "d_vocab_out": 17, "act_fn": "gelu_new"},
    {"model_name": "wide", "n_layers": 2, "d_model": 12, "n_ctx": 9, "d_head": 4, "n_heads": 7,
     "d_mlp": 31, "d_vocab": 26, "d_vocab_out": 26, "act_fn": "relu"},
]
PARAMETERS = ["W_E", "W_pos", "W_Q", "W_K", "W_V", "W_O", "W_in", "W_out", "W_U"]

TALES = [
    "Once upon a time there was a king who had three sons, and the youngest of them was called "
    "Hans.",
    "The princess opened the door and looked into the room, but there was nobody there.",
    "\"I do not know what you mean,\" said the fox, and he ran away into the forest.",
    "The old woman gave him a piece of bread, and he went on his way until he came to a river.",
    "When the sun went down, the children were so tired that they fell asleep under a tree.",
]
# How far apart the two largest logits must be for every correct program to guess the same.
GAP = 5e-4


def toy_tokenizer(tokens: list[str], special: list[str]) -> Tokenizer:
    vocabulary = {token: i for i, token in enumerate(tokens)}
    assert len(vocabulary) == TOY_CONFIG["d_vocab"] and vocabulary[special[0]] == TOY_BOS
    merges = [merge for merge in TOY_MERGES if "".join(merge) in vocabulary]
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(special)
    return tokenizer


def toy_model(tensors: common.Tensors) -> HookedTransformer:
    """The embedding is the identity, so that the unembedding is a table: which token after which.
    Attention adds a little to that. Positions go to queries and keys alone."""
    model = HookedTransformer(HookedTransformerConfig.from_dict({**TOY_CONFIG, "device": "cpu"}))
    generator = torch.Generator().manual_seed(common.SEED)
    spread = {"W_pos": 0.7, "W_Q": 0.6, "W_K": 0.6, "W_V": 0.5, "W_O": 0.03, "W_U": 0.3}
    weights = {}
    for name, value in model.state_dict().items():
        kind = name.split(".")[-1]
        if kind == "W_E":
            weights[name] = torch.eye(len(value))
        elif kind in spread:
            weights[name] = spread[kind] * torch.randn(value.shape, generator=generator)
    for token, after in TOY_NEXT.items():
        weights["unembed.W_U"][TOY_VOCABULARY.index(token), TOY_VOCABULARY.index(after)] += 4.0
    missing, unexpected = model.load_state_dict(weights, strict=False)
    not_made_here = ("b_", "IGNORE", "mask")
    assert not unexpected and all(m.split(".")[-1].startswith(not_made_here) for m in missing)
    tensors.update({f"toy.weights.{name}": value for name, value in weights.items()})
    return model.eval()


class Models:
    """The models with their tokenizers, by name."""

    def __init__(self, tensors: common.Tensors):
        embedded = (common.ATTN_ONLY, common.GPT2)
        self.tokenizers = {name: common.load_tokenizer(name) for name in embedded}
        self.tokenizers[TOY] = toy_tokenizer(TOY_VOCABULARY, [common.BOS_TEXT])
        self.tokenizers[OTHER_TOY] = toy_tokenizer(OTHER_TOY_VOCABULARY, [OTHER_TOY_BOS_TEXT, OTHER_TOY_END])
        self.models = {name: common.load_model(name) for name in embedded}
        self.models[TOY] = self.models[OTHER_TOY] = toy_model(tensors)

    def bos_text(self, name: str) -> str:
        return OTHER_TOY_BOS_TEXT if name == OTHER_TOY else common.BOS_TEXT

    def encode(self, name: str, text: str, bos: bool = True) -> list[int]:
        """BOS as text, as `common.encode`."""
        return common.encode(self.tokenizers[name], (self.bos_text(name) if bos else "") + text, prepend_bos=False)

    def strings(self, name: str, ids: list[int]) -> list[str]:
        return common.string_tokens(self.tokenizers[name], ids)

    def text(self, name: str, ids: list[int]) -> str:
        return self.tokenizers[name].decode(ids, skip_special_tokens=False)


def configs(found: Models) -> list[dict]:
    def facts(name: str, model: HookedTransformer) -> dict:
        shapes = {p: list(getattr(model, p).shape) for p in PARAMETERS
                  if not (model.cfg.attn_only and p in ("W_in", "W_out"))}
        layers, heads = shapes["W_Q"][:2]
        sizes = [layers, layers * heads, shapes["W_pos"][0]]
        return {"name": name, "sizes": sizes, "shapes": shapes}

    made_up = []
    for config in MADE_UP_CONFIGS:
        cfg = HookedTransformerConfig.from_dict({**config, "device": "cpu"})
        made_up.append({"config": config, **facts(config["model_name"], HookedTransformer(cfg))})
    embedded = [{"config": None, **facts(name, found.models[name])}
                for name in (common.GPT2, common.ATTN_ONLY)]
    return made_up + embedded


def token_strings(found: Models) -> list[dict]:
    cases = [(TOY, "the cat sat. the bat", True), (TOY, " th\u00e9 cat.", False),
             (TOY, "the cat sat. the bat", False), (OTHER_TOY, " bat the T cat", True),
             (common.GPT2, TALES[2], True),
             (common.ATTN_ONLY, "  Two spaces, caf\u00e9 \U0001f409", False)]
    return [{"model": name, "text": text, "bos": bos,
             "strings": found.strings(name, found.encode(name, text, bos))}
            for name, text, bos in cases]


def texts(found: Models) -> list[dict]:
    """Rows with and without BOS in front; one with BOS inside, one with two in front, one that is
    nothing else; one that begins with token 0; and all of these with another text of BOS."""
    b = common.BOS_TEXT
    toy = [[f"{b}the cat.{b}the bat.", "the cat the bat the cat the.", f"{b} th\u00e9 cat the."],
           [f"{b}the bat"], [" cat the bat"], [f" cat{b}", f"{b}{b}", f"{b} the"]]
    other = OTHER_TOY_BOS_TEXT
    cases = [(TOY, [found.encode(TOY, row, bos=False) for row in rows]) for rows in toy]
    rows = [f"{other}the cat.{other}T", f"{other}{other} the cat the bat", " bat the cat T."]
    cases.append((OTHER_TOY, [found.encode(OTHER_TOY, row, bos=False) for row in rows]))
    for name, text in ((common.GPT2, TALES[0]), (common.ATTN_ONLY, TALES[1])):
        ids = found.encode(name, text)
        cases.append((name, [ids[:12], ids[1:13]]))
    assert cases[0][1][1][0] == 0
    references = []
    for name, rows in cases:
        assert len({len(row) for row in rows}) == 1, [found.strings(name, row) for row in rows]
        texts = [found.text(name, row).removeprefix(found.bos_text(name)) for row in rows]
        references.append({"model": name, "tokens": rows, "texts": texts})
    return references


def positions(found: Models) -> list[dict]:
    text = "the cat the bat the cat the"
    cases = [(TOY, text, " the"), (TOY, text, "the"), (TOY, "the cat the the bat", " the"),
             (TOY, "the bat t. the cat", "t"), (TOY, "the cat. the cat.", "."),
             (TOY, "the cat", " bat"), (TOY, " the cat the bat ", " the"),
             (OTHER_TOY, "the T t. the bat t", "t"), (common.GPT2, TALES[0], " the"), (common.GPT2, TALES[1], " the"), (common.ATTN_ONLY, TALES[4], " the")]
    references = []
    for name, text, token in cases:
        (wanted,) = found.encode(name, token, bos=False)
        at = [i for i, each in enumerate(found.encode(name, text)) if each == wanted]
        references.append({"model": name, "text": text, "token": token, "positions": at})
    return references


def right(logits: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
    """[batch, pos - 1]"""
    return logits.argmax(-1)[:, :-1] == tokens[:, 1:]


def runs(found: Models, tensors: common.Tensors) -> list[dict]:
    toy = ["the cat the bat. the ca", "the bat the tt cat the", "cat. the bat. thea the"]
    inputs = {"toy_3": (TOY, [found.encode(TOY, text)[:8] for text in toy]),
              "toy_1": (TOY, [found.encode(TOY, "the cat the bat the cat. the bat.")]),
              "gpt2": (common.GPT2, [found.encode(common.GPT2, TALES[0])[:14]]),
              "attn_only": (common.ATTN_ONLY,
                            [found.encode(common.ATTN_ONLY, text)[:9] for text in TALES[1:4]])}
    references = []
    for run, (name, rows) in inputs.items():
        tokens = torch.tensor(rows)
        logits, cache = found.models[name].run_with_cache(tokens, return_cache_object=False)
        tensors[f"{run}.tokens"], tensors[f"{run}.logits"] = tokens, logits
        n_layers = found.models[name].cfg.n_layers
        for layer in range(n_layers):
            for site in ("q", "k", "pattern"):
                full = get_act_name(site, layer)
                tensors[f"{run}.{full}"] = cache[full]
        references.append({"run": run, "model": name, "n_layers": n_layers,
                           "right": right(logits, tokens).tolist()})
    return references


def shifted_scores(tensors: common.Tensors, name: str, seed: int, sizes: tuple[int, ...],
                   levels: list[float]) -> None:
    """Queries and keys whose scores lie around a level that each query has, and their pattern. A
    level changes no share, but exp(110) is more than a float32 can hold, and exp(-120) less."""
    generator = torch.Generator().manual_seed(seed)
    batch, pos, heads, d_head = sizes
    q = torch.randn((batch, pos, heads, d_head), generator=generator)
    k = torch.randn((batch, pos, heads, d_head), generator=generator)
    q[..., 0] = torch.tensor(levels)[None, :, None] / 11.0
    k[..., 0] = 11.0 * d_head ** 0.5
    scores = torch.einsum("bqhd,bkhd->bhqk", q.double(), k.double()) / d_head ** 0.5
    future = torch.ones(pos, pos).triu(1).bool()
    pattern = scores.masked_fill(future, float("-inf")).softmax(-1)
    tensors.update({f"{name}.q": q, f"{name}.k": k, f"{name}.pattern": pattern})


def guesses(found: Models) -> list[dict]:
    """Of the embedded models as many texts as are needed, among those on which no guess is a near
    thing and some but not all are right."""
    wanted = [(TOY, ["the cat the bat the cat. the bat.", " bat. the tt the cat the cat"], 2),
              (common.GPT2, TALES, 2), (common.ATTN_ONLY, TALES, 1)]
    references = []
    for name, candidates, how_many in wanted:
        fit = []
        for text in candidates:
            ids = found.encode(name, text)
            logits = found.models[name](torch.tensor([ids]))
            largest = logits[0, :-1].topk(2).values
            correct = right(logits, torch.tensor([ids]))[0]
            strings = found.strings(name, torch.tensor(ids[1:])[correct].tolist())
            gap = (largest[:, 0] - largest[:, 1]).min().item()
            if gap > GAP and 2 <= len(strings) <= len(ids) - 3:
                fit.append({"model": name, "text": text, "n_pos": len(ids), "strings": strings,
                            "smallest_gap": gap})
        assert len(fit) >= how_many, (name, len(fit))
        references += fit[:how_many]
    return references


def names() -> list[dict]:
    cases = [("pattern", 0), ("q", 0), ("k", 3), ("v", 1), ("z", 2), ("attn_scores", 1),
             ("result", 0), ("resid_pre", 0), ("resid_mid", 3), ("resid_post", 2), ("attn_out", 1),
             ("mlp_out", 3), ("pre", 2), ("post", 0), ("pattern", 11), ("mlp_in", 10)]
    return [{"short": short, "layer": layer, "name": get_act_name(short, layer)}
            for short, layer in cases]


def views(found: Models, tensors: common.Tensors) -> list[dict]:
    references = []
    cases = [(TOY, "the cat sat. the bat", 2), (TOY, "the bat", 0), (common.GPT2, TALES[1], 0)]
    for i, (name, text, layer) in enumerate(cases):
        ids = found.encode(name, text)
        _, cache = found.models[name].run_with_cache(torch.tensor([ids]), return_type=None,
                                                     return_cache_object=False)
        for each in {0, layer}:
            full = get_act_name("pattern", each)
            tensors[f"view_{i}.{full}"] = cache[full][0]
        references.append({"model": name, "text": text, "layer": layer,
                           "strings": found.strings(name, ids)})
    return references


def generate() -> None:
    tensors: common.Tensors = {}
    found = Models(tensors)
    found.tokenizers[TOY].save(str(TOY_TOKENIZER))
    found.tokenizers[OTHER_TOY].save(str(OTHER_TOY_TOKENIZER))
    weights = [name.removeprefix("toy.weights.") for name in tensors]
    shifted_scores(tensors, "large", common.SEED + 1, (2, 6, 3, 7), [110.0] * 6)
    levels = [-120.0, 110.0, -115.0, 0.0, 105.0, -110.0, -118.0]
    shifted_scores(tensors, "spread", common.SEED + 2, (2, 7, 4, 5), levels)
    references = {
        "toy": {"config": TOY_CONFIG, "weights": weights},
        "other_toy": {"config": OTHER_TOY_CONFIG},
        "configs": configs(found),
        "token_strings": token_strings(found),
        "texts": texts(found),
        "positions": positions(found),
        "runs": runs(found, tensors),
        "guesses": guesses(found),
        "names": names(),
        "views": views(found, tensors),
    }
    common.write_tensors(tensors, common.ACTIVATIONS / "exercise_01.safetensors")
    common.write_json(references, common.ACTIVATIONS / "exercise_01.json")
