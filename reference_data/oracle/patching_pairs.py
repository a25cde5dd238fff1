"""patching_pairs.json: prompts in pairs, clean and corrupted, for exercise 06.

    word swaps   one noun is exchanged wherever it stands: the prompt's end asks for it
    cue swaps    both nouns stand in both prompts, their adjectives are exchanged, and the end asks for the
                 noun of one adjective

Both prompts of a pair have the same number of tokens, and both answers are one token each. `clean` and
`corrupted` are the logit difference, right answer minus wrong answer, at the last position. Kept are, for
each template, the pairs that change the difference most, at least CHANGE nats for word swaps, no noun
twice in a template; the last pair of each template is `held_back`: the chapter reads its maps without it
and puts them to the test with it.
"""

import itertools

import torch

import common

NOUNS = ("wolf bird king queen fox bear boy girl prince princess cat dog horse cow lion woman man giant witch "
         "dragon fish mouse goose hen duck monkey snake soldier shepherd farmer merchant dwarf fairy sheep "
         "pig").split()
WORD_SWAPS = [
    '"Where is the {}?" said the king. "Where is the {}?" said the fox. "Where is the',
    "Once there was a little {}. The little",
    "He saw a white {} in the garden, and the white",
    "The great {} came back. Every one feared the great",
    '"Have you seen my {}?" he asked. "No, I have not seen your',
]
# Template, the adjective asked for, another one, the right noun, the wrong one.
CUE_SWAPS = [
    ("Once there lived in a wood the {} {} and the {} {}. One day the little", "little", "old", "girl", "bear"),
    ("In the garden were the {} {} and the {} {}, and he looked at the white", "white", "black", "horse", "cat"),
    ("In that land lived the {} {} and the {} {}. Every one feared the wicked", "wicked", "poor", "wolf", "bird"),
    ("There stood the {} {} and the {} {}. The old", "old", "young", "king", "fox"),
]
PAIRS_PER_TEMPLATE = 4
CHANGE = 5.0


def word_swaps(model, tokenizer, template: str) -> list[dict]:
    nouns = [noun for noun in NOUNS if noun not in template and len(tokenizer.encode(" " + noun).ids) == 1]
    prompts = {noun: common.encode(tokenizer, template.replace("{}", noun)) for noun in nouns}
    length = min(map(len, prompts.values()))
    nouns = [noun for noun in nouns if len(prompts[noun]) == length]
    answers = torch.tensor([tokenizer.encode(" " + noun).ids[0] for noun in nouns])
    logits = model(torch.tensor([prompts[noun] for noun in nouns]))[:, -1, answers]
    found = []
    for i, j in itertools.combinations(range(len(nouns)), 2):
        clean, corrupted = (logits[i, i] - logits[i, j]).item(), (logits[j, i] - logits[j, j]).item()
        if clean > 1 and corrupted < -1 and clean - corrupted >= CHANGE:
            found.append((clean - corrupted, nouns[i], nouns[j], clean, corrupted))
    kept, used = [], set()
    for _, right, wrong, clean, corrupted in sorted(found, reverse=True):
        if len(kept) == PAIRS_PER_TEMPLATE:
            break
        if not {right, wrong} & used:
            used |= {right, wrong}
            kept.append({"kind": "word", "clean_prompt": template.replace("{}", right),
                         "corrupted_prompt": template.replace("{}", wrong), "right": " " + right,
                         "wrong": " " + wrong, "clean": round(clean, 2), "corrupted": round(corrupted, 2)})
    assert len(kept) == PAIRS_PER_TEMPLATE, template
    kept[-1]["held_back"] = True
    return kept


def cue_swap(model, tokenizer, template, asked, other, right, wrong) -> dict:
    clean, corrupted = template.format(asked, right, other, wrong), template.format(other, right, asked, wrong)
    ids = [common.encode(tokenizer, text) for text in (clean, corrupted)]
    assert len(ids[0]) == len(ids[1]), template
    answers = [tokenizer.encode(" " + noun).ids for noun in (right, wrong)]
    assert all(len(answer) == 1 for answer in answers), template
    logits = model(torch.tensor(ids))[:, -1]
    difference = logits[:, answers[0][0]] - logits[:, answers[1][0]]
    return {"kind": "cue", "clean_prompt": clean, "corrupted_prompt": corrupted, "right": " " + right,
            "wrong": " " + wrong, "clean": round(difference[0].item(), 2),
            "corrupted": round(difference[1].item(), 2)}


def generate() -> list[dict]:
    model, tokenizer = common.load_model(common.GPT2), common.load_tokenizer(common.GPT2)
    pairs = [pair for template in WORD_SWAPS for pair in word_swaps(model, tokenizer, template)]
    pairs += [cue_swap(model, tokenizer, *cue) for cue in CUE_SWAPS]
    pairs[-1]["held_back"] = True
    common.write_json(pairs, common.ACTIVATIONS / "patching_pairs.json")
    return pairs


if __name__ == "__main__":
    for pair in generate():
        print(pair)
