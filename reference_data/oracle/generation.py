"""generation.json: greedy continuations of both embedded models.

The oracle is a loop over the classic library's plain `forward`, without its key-value cache: its own
`generate` loses the positions of a model whose pad id is 0, as it is here.

For each model, a list of

    prompt    the text; BOS is prepended
    tokens    prompt and continuation, BOS included, as ids
    n_prompt  how many of them are prompt
    text      the continuation as text
    margin    the smallest difference between the largest and the second largest logit of any step:
              where it is below the noise of float32, another choice would be right as well
    steered   the same, but with STEER times the unembedding direction of " king" (scaled to length 1)
              added to resid_pre of layer 1 in three ways: `prompt_only`, at the prompt's positions;
              `every_step`, at all; `from_position`, at those from the prompt's last token on.
              Each holds `tokens` and `margin`.

A repeated run without cache must repeat its edits: the loop adds them to the same positions at every
step, which is what a cache remembers.
"""

import torch

import common

NEW_TOKENS = 24
STEER = 6.0
STEER_LAYER = 1
PROMPTS = [
    "Once upon a time",
    "The old king sat by the fire, and",
    "\"Where are you going?\" asked the fox.",
    "He had three sons, and the youngest",
    "A",
]


def continue_greedily(model, ids: list[int], steer=None, positions=lambda pos: slice(0)) -> dict:
    """`positions` gives the slice that is steered, of a text of so many tokens."""
    tokens = torch.tensor([ids])
    margin = float("inf")

    def add(resid, hook):
        resid[:, positions(resid.shape[1])] += steer
        return resid

    hooks = [] if steer is None else [(f"blocks.{STEER_LAYER}.hook_resid_pre", add)]
    for _ in range(NEW_TOKENS):
        logits = model.run_with_hooks(tokens, fwd_hooks=hooks)[0, -1]
        best, second = logits.topk(2).values.tolist()
        margin = min(margin, best - second)
        tokens = torch.cat([tokens, logits.argmax()[None, None]], dim=1)
    return {"tokens": tokens[0].tolist(), "margin": float(f"{margin:.3g}")}


def of_model(name: str) -> list[dict]:
    model, tokenizer = common.load_model(name), common.load_tokenizer(name)
    (king,) = common.encode(tokenizer, " king", prepend_bos=False)
    direction = model.W_U[:, king]
    steer = STEER * direction / direction.norm()
    found = []
    for prompt in PROMPTS:
        ids = common.encode(tokenizer, prompt)
        n = len(ids)
        plain = continue_greedily(model, ids)
        schedules = {"prompt_only": lambda pos: slice(0, n), "every_step": lambda pos: slice(0, pos),
                     "from_position": lambda pos: slice(n - 1, pos)}
        found.append({
            "prompt": prompt, "n_prompt": n, **plain,
            "text": tokenizer.decode(plain["tokens"][n:], skip_special_tokens=True),
            "steered": {schedule: continue_greedily(model, ids, steer, positions)
                        for schedule, positions in schedules.items()},
        })
    return found


def generate() -> None:
    found = {"new_tokens": NEW_TOKENS, "steer": STEER, "steer_layer": STEER_LAYER,
             "steer_token": " king",
             "models": {name: of_model(name) for name in (common.ATTN_ONLY, common.GPT2)}}
    common.write_json(found, common.ACTIVATIONS / "generation.json")
