//! Mistakes in `steered_generate`.

use crate::exercise::{Mistake, output, property};

const WRITE: &str = "c07_steered_generate";
const CACHE: &str = "c08_steered_generate_and_the_cache";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E04-34",
        WRITE,
        "The schedule is ignored",
        "Your tokens are what you get if every position is steered, BOS included, whatever `positions` says. Steering \
         only the prompt, each step, or everything from some position on are three different experiments.",
        "Where does your hook use `positions`?",
    ),
    output(
        "E04-35",
        WRITE,
        "Only the prompt is steered",
        "Your tokens are what you get if no new token is steered, whatever `positions` says. With kept keys and \
         values, that happens if you give the hook only to the first run.",
        "Which of your runs have a hook?",
    ),
    output(
        "E04-184",
        WRITE,
        "Only the first run is steered",
        "Your tokens are what you get if only the first run has the hook. Without kept keys and values, each run \
         computes every position again, and must steer it again. With them, new tokens are in later runs alone.",
        "Which of your runs have a hook?",
    ),
    output(
        "E04-36",
        WRITE,
        "Nothing is steered",
        "You returned the text of the unsteered model. This happens, for example, when no run has your hook, or when \
         your hook changes a copy.",
        "Does your hook change the array that the model continues with?",
    ),
    output(
        "E04-37",
        WRITE,
        "The prompt returned too",
        "Your tokens are right, but those of the prompt are in front of them. The task asks only for the new ones.",
        "How many tokens do you return if one is requested?",
    ),
    output(
        "E04-38",
        WRITE,
        "Positions start again in each step",
        "Your tokens are what you get if, with kept keys and values, each new token is taken to be at position 0. \
         Such a run gets one token, and its hook sees a chunk of length one. You must keep track of where that token \
         is in the text.",
        "How many tokens does the cache hold before the run?",
    ),
    output(
        "E04-39",
        WRITE,
        "Without the cache, only the newest token is steered",
        "Your tokens are what you get if, without kept keys and values, only the newest token is steered in each \
         step. Each step computes the whole text again, so everything must be steered again. Otherwise the two ways \
         of running disagree.",
        "In the third step without a cache, which positions does your hook change?",
    ),
    output(
        "E04-101",
        WRITE,
        "Only new tokens are steered",
        "Your tokens are what you get if the run on the prompt is not steered, so positions of the prompt inside the \
         range are left unchanged.",
        "Which of your runs have the hook?",
    ),
    output(
        "E04-102",
        WRITE,
        "The end of the range included",
        "Your tokens are what you get if one position too many is steered. A range excludes its end.",
        "Is position 4 in the range 1..4?",
    ),
    output(
        "E04-103",
        WRITE,
        "Stopped at the end-of-text token",
        "You stopped where the model wrote the end-of-text token. The task asks for n_new tokens, whichever they are.",
        "How many tokens does your function return in that case?",
    ),
    output(
        "E04-104",
        WRITE,
        "The wrong position read",
        "Your tokens are what you get if the next token is read from the logits of the first position. The last \
         position predicts what comes next.",
        "How long is the position axis of the logits in each run?",
    ),
    output(
        "E04-105",
        WRITE,
        "The least probable token",
        "Your tokens are what you get if the token with the smallest logit is chosen each time.",
        "Which comparison do you use to find the largest logit?",
    ),
    output(
        "E04-106",
        WRITE,
        "The whole text added to the cache again",
        "Your tokens are what you get if, with the cache, each run gets the whole text once more, after what the \
         cache already holds. The model then reads the text two, three, four times in a row. Give it only the new \
         token.",
        "How many positions should the cache hold after the second run?",
    ),
    output(
        "E04-107",
        WRITE,
        "A new cache in each step",
        "Your tokens are what you get if the cache is new in each step, so each run sees only the newest token. Make \
         one cache and keep it while the text is written.",
        "Do you make the cache before the loop, or in it?",
    ),
    output(
        "E04-108",
        WRITE,
        "New tokens all at one position",
        "Your tokens are what you get if, with the cache, each new token is taken to be at the first position after \
         the prompt. The next chunk begins where the cache ends, and the cache grows.",
        "What is cache.len() before the third run?",
    ),
    output(
        "E04-109",
        WRITE,
        "One token too many or too few",
        "You returned one new token too many or too few.",
        "How many times does your loop run for n_new = 0?",
    ),
    output(
        "E04-110",
        WRITE,
        "Another point in the layer",
        "Your tokens are what you get if the vector is added after the layer. resid_pre is the stream that the layer \
         reads.",
        "Which hook point does your hook name?",
    ),
    output(
        "E04-111",
        WRITE,
        "Positions counted from the end of the prompt",
        "Your tokens are what you get if the range is counted from the end of the prompt. Its positions are those of \
         the whole text, counted from 0 at BOS.",
        "At which position of the text is the first new token?",
    ),
    output(
        "E04-167",
        WRITE,
        "Steered before every layer",
        "Your tokens are what you get if the vector is added before every layer. It is added before one.",
        "How many layers does your hook belong to?",
    ),
    property(
        "E04-40",
        CACHE,
        "Keys and values are not kept",
        "Although keys and values should be kept, your runs computed more positions than the text has, as when each \
         step computes the whole text. The work then grows with the square of the length.",
        "After the first run, how many tokens do you still have to give the model?",
    ),
    property(
        "E04-41",
        CACHE,
        "Keys and values are kept although they should not be",
        "Although `use_cache` is false, your runs computed no more positions than the text has, as with kept keys and \
         values. The slow way is there to check the fast way, so it must really run without them.",
        "Where does your code look at `use_cache`?",
    ),
    property(
        "E04-42",
        CACHE,
        "A hook left on the model",
        "Once your function has returned, the model has a hook that it did not have before, so every later run is \
         steered too.",
        "Which line removes your hook, even if a run fails?",
    ),
];
