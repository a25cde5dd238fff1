"""References for exercise 04, activation addition; all from gpt2-tales.

exercise_04.safetensors (float32; tokens int64):

    pair_I.vector            [pos, d_model]       activation addition, for each of the pairs
    logits_I.tokens          [batch, pos]         what is steered
    logits_I.vector          [pos, d_model]       with the vector of a pair, or a random one
    logits_I.clean           [batch, pos, part]   logits without steering
    logits_I.steered         [batch, pos, part]   and with it
    contrast_I.vector        [d_model]            mean difference, for each of the contrasts
    generation_I.vector      [d_model]            what is added, coefficient included
    effect_I.vectors         [layer, d_model]     one vector for each layer
    effect_I.table           [2, layer, coefficient]  gain, cost

`part` is every LOGIT_STEP-th token of the vocabulary, from LOGIT_FIRST on.

exercise_04.json:

    pairs[I]        `positive`, `negative`, `layer`; `lengths`: tokens with BOS, before padding
    same_length     two prompts that have as many tokens but begin with different ones, and a
                    `layer`
    logits[I]       `layer`, `coefficient`
    contrasts[I]    `pairs` of prompts, `layer`, `pos` (negative: from the end), `unit_norm`
    generations[I]  `schedule`, `prompt` (ids), `layer`, `coefficient`, `positions` (first, end),
                    `tokens` (the new ones), `unsteered` (the same without), `margin` (the smallest
                    lead of a chosen token's logit)
    effects[I]      `set`, `prompts`, `coefficients`, `targets` (ids)
    sets[I]         the directions that steer, found by a search; see `search`
    rejected[I]     `name` and `why` of the candidates that it left out
    neutral, coefficients, budget, random_directions: what the search used

Activation addition. Both prompts get BOS, the shorter one is filled up after its end with the token
" ", and the vector is resid_pre of the positive prompt minus that of the negative one. It is added,
times the coefficient, at positions 0, 1, ... of the steered text; rows for which the text has no
position are left out.

Contrastive vector. The mean over pairs of resid_pre of the positive prompt at `pos`, minus that of
the negative one; each prompt runs by itself, with BOS; after that, if asked for, divided by its
norm.

Effect. The vector times the coefficient is added to resid_pre at every position but 0, which is
BOS. At the last position: gain is the mean over prompts of ln sum of p(target), steered, minus the
same unsteered; cost is the mean of KL(steered || unsteered), which is the sum of
p_steered * (ln p_steered - ln p_unsteered).

Generation. Greedy: a loop over whole texts, without kept keys and values. (The classic library's
own `generate` takes a token 0 for padding, which is BOS here.)

    python exercise_04.py       prints what the search finds
"""

import torch

import common

LOGIT_FIRST, LOGIT_STEP = 5, 37

# The first is longer, then the second, and then neither. Of the last two, one prompt is empty, and
# one has fewer tokens than the other but more characters.
PAIRS = [
    ("I am going to sail over the wide sea", "I sit at home", 2),
    ("Love", "I hate all of this so much", 1),
    ("The king was happy", "The wolf was angry", 3),
    ("The sea", "", 2),
    ("The brothers wandered through the forest", "Zx, q! 7? Vj; k.", 1),
]
SAME_LENGTH = ("The old man laughed", "A young girl cried", 2)
STEERED_TEXTS = [
    "The queen looked into her mirror every morning, and every morning it told her the same.",
    "In the middle of the wood there stood a little house, and in it lived an old woman.",
    "\"Give me some bread,\" said the youngest brother, \"for I have walked since yesterday.\"",
]
# rows, positions, pair, coefficient; the last is shorter than its vector
STEERED = [(1, 13, 0, 2.0), (3, 11, 1, -1.5), (3, 3, 2, 3.0), (1, 4, 1, 1.0)]
# Random vectors, whose row 0 is not zero: rows, positions, rows of the vector, layer, coefficient
STEERED_AT_RANDOM = [(2, 9, 5, 3, 0.75), (3, 6, 7, 0, -1.25)]

# set, layer, position, unit norm
CONTRASTS = [(0, 1, -2, False), (1, 2, -1, False), (2, 3, -2, True)]
# The same for PAIRS, as far as they have a token there: prompts, and pairs, of unequal lengths
CONTRASTS_OF_PAIRS = [(2, -1, False), (1, 1, False), (3, 2, True), (2, -2, False)]

TEMPLATES = ["They spoke of the {}.", "He dreamed of a {}.", "She often thought about the {}.",
             "It was like the {}.", "We shall never forget that {}.", "There is nothing like a {}."]
# name, words for, words against (one for one), words whose probability is measured
CANDIDATES = [
    ("sea", "sea ship boat island shore", "house room door garden street",
     "sea ship boat water sailor sail shore island captain waves fish"),
    ("forest", "forest tree wood wolf bird", "city street house king table",
     "forest tree trees wood wolf bird birds leaves branches bear fox"),
    ("palace", "king queen palace prince princess", "boy girl house man woman",
     "king queen palace prince princess crown throne castle"),
    ("winter", "winter snow ice cold wind", "summer sun flower garden day",
     "winter snow ice cold wind frost storm"),
    ("music", "song music dance voice bell", "stone table wall road tree",
     "song music dance voice bell sing singing dancing"),
    ("treasure", "gold silver treasure ring money", "water bread wood stone house",
     "gold silver treasure ring money golden jewels diamonds"),
    ("love", "love joy friend heart kiss", "hate anger enemy fear blow",
     "love joy friend happy heart kiss dear glad happiness"),
    ("food", "bread cake soup supper dinner", "book horse ship stone road",
     "bread cake soup supper dinner food milk meat apple eat"),
    ("night", "night moon stars darkness evening", "day sun morning light noon",
     "night moon stars darkness evening dark midnight"),
    ("mountain", "mountain hill rock valley stone", "room house bed table chair",
     "mountain mountains hill rock rocks valley stone stones hills"),
    ("horse", "horse rider stable saddle bridle", "ship boat fish sea island",
     "horse horses rider stable saddle bridle ride"),
    ("mother", "mother father sister brother child", "king soldier wolf giant witch",
     "mother father sister brother child children wife son daughter"),
]
NEUTRAL = [
    "Once upon a time there was a",
    "He went out early and saw the",
    "She told her brother about the",
    "At last they came to the",
    "Then he took the",
    "In the evening she thought of the",
    "\"Look,\" he said, \"there is a",
    "Nobody knew where to find the",
]
COEFFICIENTS = [-1.0, -0.5, 0.0, 0.5, 1.0]
BUDGET = 0.15  # nats of KL at which layers are compared
RANDOM_DIRECTIONS = 16
# Each step of the coefficient must raise the gain by so much, and the last gain must be so many
# times that of any random direction.
LEAST_STEP, LEAST_LEAD = 0.15, 1.5
MOST_SETS = 4

GENERATED = 8  # new tokens
GENERATION_PROMPTS = [
    "The little girl went into the",
    "One day the old man said that he would go to the",
    "There was once a poor woman who had a",
    "The brothers walked for three days until they saw the",
    "When the sun rose, he opened the",
    "She looked out of the window and saw a",
]
LEAST_MARGIN = 0.05  # of a generated token over the next best

# Neutral prompts, coefficients. There are two measures and four layers: no two axes are alike, and
# no axis is as long as the list of prompts.
EFFECTS = [([0, 1, 2], [-1.0, 2.0, 0.5, 0.0, 1.25]), ([3, 4, 5, 6, 7], [1.5, -0.5, 0.75])]


def site(layer: int) -> str:
    return f"blocks.{layer}.hook_resid_pre"


def resid_pre(model, ids: list[int], layer: int) -> torch.Tensor:
    """[pos, d_model]"""
    _, cache = model.run_with_cache(torch.tensor([ids]), return_type=None,
                                    names_filter=[site(layer)], return_cache_object=False)
    return cache[site(layer)][0]


def steering_vector(model, tokenizer, positive: str, negative: str, layer: int) -> torch.Tensor:
    """[pos, d_model]"""
    pad = only_token(tokenizer, " ")
    ids = [common.encode(tokenizer, prompt) for prompt in (positive, negative)]
    length = max(map(len, ids))
    first, second = (resid_pre(model, row + [pad] * (length - len(row)), layer) for row in ids)
    return first - second


def contrastive_vector(model, tokenizer, pairs, layer: int, pos: int,
                       unit_norm: bool = False) -> torch.Tensor:
    """[d_model]"""
    def at(prompt):
        return resid_pre(model, common.encode(tokenizer, prompt), layer)[pos]
    vector = torch.stack([at(positive) - at(negative) for positive, negative in pairs]).mean(0)
    return vector / vector.norm() if unit_norm else vector


def only_token(tokenizer, text: str) -> int:
    (token,) = tokenizer.encode(text).ids
    return token


def steered(model, tokens: torch.Tensor, layer: int, added: torch.Tensor, first: int = 0,
            end: int | None = None) -> torch.Tensor:
    """Logits with `added` on top of positions first .. end: [d_model], or [pos, d_model] as far as
    it fits."""
    def add(resid, hook):
        part = resid[:, first:end]
        part += added if added.ndim == 1 else added[: part.shape[1]]
        return resid
    if added.ndim == 2:
        end = first + len(added)
    return model.run_with_hooks(tokens, fwd_hooks=[(site(layer), add)])


def effect(model, tokenizer, prompts, vector: torch.Tensor, layer: int, coefficient: float,
           targets: list[int]) -> tuple[float, float]:
    """Gain and cost."""
    gains, costs = [], []
    for prompt in prompts:
        tokens = torch.tensor([common.encode(tokenizer, prompt)])
        before = model(tokens)[0, -1].double().log_softmax(-1)
        after = steered(model, tokens, layer, coefficient * vector, 1)[0, -1]
        after = after.double().log_softmax(-1)
        gains.append((after[targets].logsumexp(0) - before[targets].logsumexp(0)).item())
        costs.append((after.exp() * (after - before)).sum().item())
    return sum(gains) / len(gains), sum(costs) / len(costs)


def effect_table(model, tokenizer, prompts, vectors, coefficients, targets) -> torch.Tensor:
    """[2, layer, coefficient]"""
    rows = [[effect(model, tokenizer, prompts, vector, layer, c, targets) for c in coefficients]
            for layer, vector in enumerate(vectors)]
    return torch.tensor(rows, dtype=torch.float64).permute(2, 0, 1)


def gain_at_cost(gains: list[float], costs: list[float], budget: float) -> float:
    """Of one layer, coefficients rising from 0: where its cost reaches the budget, interpolated;
    else the last gain."""
    for left in range(len(costs) - 1):
        if costs[left + 1] >= budget:
            share = (budget - costs[left]) / (costs[left + 1] - costs[left])
            return gains[left] + share * (gains[left + 1] - gains[left])
    return gains[-1]


def prepared(tokenizer, candidate) -> dict | None:
    """A candidate with its pairs of prompts; None if too few of its words are single tokens."""
    name, positive, negative, targets = candidate
    words = f"{positive} {negative} {targets}".split()
    single = {word for word in words if len(tokenizer.encode(" " + word).ids) == 1}
    pairs = zip(positive.split(), negative.split())
    pairs = [(p, n) for p, n in pairs if p in single and n in single]
    targets = [" " + word for word in targets.split() if word in single]
    if len(pairs) < 3 or len(targets) < 3:
        return None
    prompts = [(template.format(p), template.format(n))
               for template, (p, n) in zip(TEMPLATES, pairs)]
    return {"name": name, "pairs": prompts, "pos": -2, "targets": targets,
            "target_ids": [only_token(tokenizer, t) for t in targets]}


def random_gain(model, tokenizer, vector, layer, coefficient, targets) -> float:
    """The largest change, up or down, that a random direction of the same norm makes."""
    generator = torch.Generator().manual_seed(common.SEED)
    largest = 0.0
    for _ in range(RANDOM_DIRECTIONS):
        direction = torch.randn(vector.shape, generator=generator)
        direction *= vector.norm() / direction.norm()
        gain, _ = effect(model, tokenizer, NEUTRAL, direction, layer, coefficient, targets)
        largest = max(largest, abs(gain))
    return largest


def measured(model, tokenizer, found: dict) -> dict:
    """The effect of a candidate by layer and coefficient, the best layer, and how clear the effect
    is there."""
    vectors = [contrastive_vector(model, tokenizer, found["pairs"], layer, found["pos"])
               for layer in range(model.cfg.n_layers)]
    table = effect_table(model, tokenizer, NEUTRAL, vectors, COEFFICIENTS, found["target_ids"])
    gains, costs = table.tolist()
    rising = COEFFICIENTS.index(0.0)
    at_budget = [gain_at_cost(g[rising:], c[rising:], BUDGET) for g, c in zip(gains, costs)]
    layer = max(range(len(at_budget)), key=at_budget.__getitem__)
    steps = [b - a for a, b in zip(gains[layer], gains[layer][1:])]
    chance = random_gain(model, tokenizer, vectors[layer], layer, COEFFICIENTS[-1],
                         found["target_ids"])
    return {**found, "gains": gains, "costs": costs, "gain_at_budget": at_budget, "layer": layer,
            "norm": vectors[layer].norm().item(), "least_step": min(steps),
            "largest_random_gain": chance, "lead": gains[layer][-1] / chance}


def search(model, tokenizer) -> tuple[list[dict], list[dict]]:
    """The directions that steer, clearest first, and the candidates that do not.

    One steers if, at the layer with the largest gain for its cost, the gain rises with every step
    of the coefficient by LEAST_STEP, and ends at LEAST_LEAD times what the best of
    RANDOM_DIRECTIONS of the same norm does.
    """
    found, rejected = [], []
    for candidate in CANDIDATES:
        ready = prepared(tokenizer, candidate)
        if ready is None:
            rejected.append({"name": candidate[0], "why": "too few of its words are single tokens"})
            continue
        ready = measured(model, tokenizer, ready)
        if ready["least_step"] >= LEAST_STEP and ready["lead"] >= LEAST_LEAD:
            found.append(ready)
        else:
            rejected.append({"name": ready["name"], "why": f"least step {ready['least_step']:.2f}, "
                             f"{ready['lead']:.1f} times a random direction"})
    found.sort(key=lambda f: -min(f["least_step"] / LEAST_STEP, f["lead"] / LEAST_LEAD))
    return found, rejected


def pair_references(model, tokenizer, tensors) -> list[dict]:
    found = []
    for i, (positive, negative, layer) in enumerate(PAIRS):
        vector = steering_vector(model, tokenizer, positive, negative, layer)
        tensors[f"pair_{i}.vector"] = vector
        lengths = [len(common.encode(tokenizer, prompt)) for prompt in (positive, negative)]
        found.append({"positive": positive, "negative": negative, "layer": layer,
                      "lengths": lengths})
    differences = [a - b for a, b in (f["lengths"] for f in found)]
    assert max(differences) > 0 > min(differences) and 0 in differences, differences
    return found


def same_length_reference(tokenizer) -> dict:
    first, second, layer = SAME_LENGTH
    a, b = common.encode(tokenizer, first), common.encode(tokenizer, second)
    assert len(a) == len(b) and a[1] != b[1], (a, b)
    return {"positive": first, "negative": second, "layer": layer, "lengths": [len(a), len(b)]}


def logit_references(model, tokenizer, tensors) -> list[dict]:
    generator = torch.Generator().manual_seed(common.SEED + 30)
    cases = [(rows, length, tensors[f"pair_{pair}.vector"], PAIRS[pair][2], coefficient)
             for rows, length, pair, coefficient in STEERED]
    cases += [(rows, length, torch.randn(n, model.cfg.d_model, generator=generator), layer, c)
              for rows, length, n, layer, c in STEERED_AT_RANDOM]
    found = []
    for i, (rows, length, vector, layer, coefficient) in enumerate(cases):
        ids = [common.encode(tokenizer, text)[:length] for text in STEERED_TEXTS[-rows:]]
        tokens = torch.tensor(ids)
        assert tokens.shape == (rows, length)
        tensors[f"logits_{i}.tokens"], tensors[f"logits_{i}.vector"] = tokens, vector
        after = steered(model, tokens, layer, coefficient * vector)
        for name, logits in (("clean", model(tokens)), ("steered", after)):
            tensors[f"logits_{i}.{name}"] = logits[..., LOGIT_FIRST::LOGIT_STEP]
        found.append({"layer": layer, "coefficient": coefficient})
    return found


def contrast_references(model, tokenizer, sets, tensors) -> list[dict]:
    found = []
    for i, (which, layer, pos, unit_norm) in enumerate(CONTRASTS):
        pairs = sets[which]["pairs"][: 5 - i]
        tensors[f"contrast_{i}.vector"] = contrastive_vector(model, tokenizer, pairs, layer, pos,
                                                             unit_norm)
        found.append({"pairs": pairs, "layer": layer, "pos": pos, "unit_norm": unit_norm})
    for layer, pos, unit_norm in CONTRASTS_OF_PAIRS:
        pairs = [(positive, negative) for positive, negative, _ in PAIRS
                 if all(-len(ids) <= pos < len(ids)
                        for ids in (common.encode(tokenizer, p) for p in (positive, negative)))]
        vector = contrastive_vector(model, tokenizer, pairs, layer, pos, unit_norm)
        tensors[f"contrast_{len(found)}.vector"] = vector
        found.append({"pairs": pairs, "layer": layer, "pos": pos, "unit_norm": unit_norm})
    return found


def written(model, prompt: list[int], layer: int, added, first: int,
            end: int) -> tuple[list[int], float]:
    """The most probable token, again and again, and the smallest lead of one; nothing is kept
    between the steps."""
    ids, margin = list(prompt), float("inf")
    for _ in range(GENERATED):
        logits = steered(model, torch.tensor([ids]), layer, added, first, end)[0, -1]
        best = logits.topk(2)
        margin = min(margin, (best.values[0] - best.values[1]).item())
        ids.append(best.indices[0].item())
    return ids[len(prompt):], margin


def telling_texts(model, tokenizer, chosen: dict, prompts: list[str]) -> list[dict]:
    """What each schedule writes, on a prompt where the three, and no steering, all write something
    else, and clearly so; nothing if there is no such prompt. A stretch that begins in the prompt and
    ends in the new text is the fourth, where there is one that writes something else again."""
    layer, n_ctx = chosen["layer"], model.cfg.n_ctx
    vector = contrastive_vector(model, tokenizer, chosen["pairs"], layer, chosen["pos"])
    for coefficient in (1.5, 2.5, 3.5):
        for prompt in prompts:
            ids, added = common.encode(tokenizer, prompt), coefficient * vector
            n = len(ids)
            schedules = {"prompt only": (1, n), "every step": (1, n_ctx),
                         "from a position": (n + 2, n_ctx)}
            texts = {name: written(model, ids, layer, added, *at)
                     for name, at in schedules.items()}
            plain = written(model, ids, layer, added, 1, 1)
            if not all_differ([plain, *texts.values()]):
                continue
            for at in ((3, n + 2), (2, n + 1), (n - 2, n + 4), (n // 2, n + 3)):
                text = written(model, ids, layer, added, *at)
                if all_differ([plain, text, *texts.values()]):
                    schedules["a stretch"], texts["a stretch"] = at, text
                    break
            return [{"schedule": name, "set": chosen["name"], "prompt": ids, "layer": layer,
                     "coefficient": coefficient, "positions": at, "tokens": texts[name][0],
                     "unsteered": plain[0], "margin": texts[name][1]}
                    for name, at in schedules.items()]
    return []


def all_differ(texts: list[tuple[list[int], float]]) -> bool:
    """Are the texts unlike, and each of their tokens clearly the most probable one?"""
    unlike = {tuple(text) for text, _ in texts}
    return len(unlike) == len(texts) and all(margin >= LEAST_MARGIN for _, margin in texts)


def ended_text(model, tokenizer) -> dict:
    """A text that ends and goes on: one new position is steered toward the end-of-text token."""
    ids, layer = common.encode(tokenizer, GENERATION_PROMPTS[2]), model.cfg.n_layers - 1
    at = (len(ids) + 1, len(ids) + 2)
    vector = 40.0 * model.W_U[:, common.BOS] / model.W_U[:, common.BOS].norm()
    tokens, margin = written(model, ids, layer, vector, *at)
    plain, _ = written(model, ids, layer, vector, 1, 1)
    assert tokens[2] == common.BOS and margin >= LEAST_MARGIN, (tokens, margin)
    return {"schedule": "one new position, towards the end of the text", "prompt": ids, "layer": layer,
            "coefficient": 1.0, "positions": at, "tokens": tokens, "unsteered": plain,
            "margin": margin, "vector": vector}


def generation_references(model, tokenizer, sets, tensors) -> list[dict]:
    """Two sets, if there are two that tell, and unlike prompts."""
    found = []
    for chosen in sets:
        if len(found) < 6:
            prompts = GENERATION_PROMPTS[len(found) // 3:]
            found += telling_texts(model, tokenizer, chosen, prompts)
    assert found, "no prompt tells the schedules apart"
    for i, text in enumerate(found):
        chosen = next(c for c in sets if c["name"] == text["set"])
        vector = contrastive_vector(model, tokenizer, chosen["pairs"], text["layer"], chosen["pos"])
        tensors[f"generation_{i}.vector"] = text["coefficient"] * vector
    ended = ended_text(model, tokenizer)
    tensors[f"generation_{len(found)}.vector"] = ended.pop("vector")
    return found + [ended]


def effect_references(model, tokenizer, sets, tensors) -> list[dict]:
    found = []
    for i, (prompts, coefficients) in enumerate(EFFECTS):
        chosen = sets[i]
        prompts = [NEUTRAL[p] for p in prompts]
        vectors = torch.stack([
            contrastive_vector(model, tokenizer, chosen["pairs"], layer, chosen["pos"])
            for layer in range(model.cfg.n_layers)])
        table = effect_table(model, tokenizer, prompts, vectors, coefficients, chosen["target_ids"])
        tensors[f"effect_{i}.vectors"], tensors[f"effect_{i}.table"] = vectors, table
        found.append({"set": chosen["name"], "prompts": prompts, "coefficients": coefficients,
                      "targets": chosen["target_ids"]})
    return found


def generate() -> None:
    model, tokenizer = common.load_model(common.GPT2), common.load_tokenizer(common.GPT2)
    found, rejected = search(model, tokenizer)
    assert len(found) >= 3, f"only {[f['name'] for f in found]} steer; not {rejected}"
    sets, tensors = found[:MOST_SETS], {}
    references = {
        "pairs": pair_references(model, tokenizer, tensors),
        "same_length": same_length_reference(tokenizer),
        "logits": logit_references(model, tokenizer, tensors),
        "logit_first": LOGIT_FIRST, "logit_step": LOGIT_STEP,
        "contrasts": contrast_references(model, tokenizer, sets, tensors),
        "generations": generation_references(model, tokenizer, sets, tensors),
        "effects": effect_references(model, tokenizer, sets, tensors),
        "neutral": NEUTRAL, "coefficients": COEFFICIENTS, "budget": BUDGET,
        "random_directions": RANDOM_DIRECTIONS,
        "least_step": LEAST_STEP, "least_lead": LEAST_LEAD,
        "sets": sets,
        "rejected": rejected,
    }
    common.write_tensors(tensors, common.ACTIVATIONS / "exercise_04.safetensors")
    common.write_json(references, common.ACTIVATIONS / "exercise_04.json")


def report() -> None:
    found, rejected = search(common.load_model(common.GPT2), common.load_tokenizer(common.GPT2))
    for f in found:
        curve = " ".join(f"{gain:+.2f}" for gain in f["gains"][f["layer"]])
        print(f"{f['name']:9} layer {f['layer']}, norm {f['norm']:.1f}, gain {curve}, "
              f"least step {f['least_step']:.2f}, {f['lead']:.1f} times a random direction; "
              "at the budget " + " ".join(f"{gain:+.2f}" for gain in f["gain_at_budget"]))
    for r in rejected:
        print(f"{r['name']:9} left out: {r['why']}")


if __name__ == "__main__":
    report()
