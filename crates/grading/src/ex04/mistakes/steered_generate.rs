//! Mistakes in `steered_generate`.

use crate::exercise::{Mistake, output, property};

const WRITE: &str = "c07_steered_generate";
const CACHE: &str = "c08_steered_generate_and_the_cache";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E04-34",
        WRITE,
        "The schedule is ignored",
        "Every position is steered, BOS included, whatever `positions` says. To steer the prompt only, to steer each \
         step, and to steer from somewhere on are three experiments, and the text must show which.",
        "Where in your hook do you look at `positions`?",
    ),
    output(
        "E04-35",
        WRITE,
        "Only the prompt is steered",
        "New tokens are never steered, as activation addition does it, whatever `positions` says. With kept keys and \
         values that is what a hook does that is given to the first run only.",
        "Which of your runs have a hook?",
    ),
    output(
        "E04-36",
        WRITE,
        "Nothing is steered",
        "This is the text of the unsteered model: no run had the hook, or the hook changed a copy.",
        "Is what your hook changes the array that the model goes on with?",
    ),
    output(
        "E04-37",
        WRITE,
        "The prompt is returned, too",
        "The tokens are right, with those of the prompt in front. Only the new ones are asked for.",
        "How long is what you return when one token is asked for?",
    ),
    output(
        "E04-38",
        WRITE,
        "Positions start again in each step",
        "With kept keys and values each new token was taken to be at position 0. Such a run is given one token, and \
         its hook sees a chunk of length one; where that stands in the text you must know yourself.",
        "How many tokens does the cache hold before the run?",
    ),
    output(
        "E04-39",
        WRITE,
        "Without the cache, only the newest token is steered",
        "When a step computes the whole text again, everything that was steered must be steered again. Here earlier \
         tokens lost their vector as soon as they were no longer the last, and so the two ways of running disagree.",
        "In the third step without a cache, which positions does your hook change?",
    ),
    output(
        "E04-101",
        WRITE,
        "Only new tokens are steered",
        "The run on the prompt had no steering, so positions of the prompt that lie in the range were left \
         alone.",
        "In which of your runs is the hook at work?",
    ),
    output(
        "E04-102",
        WRITE,
        "The end of the range included",
        "One position too many was steered: the end of a range does not belong to it.",
        "Is position 4 in the range 1..4?",
    ),
    output(
        "E04-103",
        WRITE,
        "Stopped at the end-of-text token",
        "The text ends where the model wrote the end-of-text token. n_new tokens are asked for, whichever they \
         are.",
        "How many tokens does your function return in this case?",
    ),
    output(
        "E04-104",
        WRITE,
        "The wrong position read",
        "The next token was read off the logits of the first position. The prediction of what comes next is at \
         the last one.",
        "What is the logits' position axis as long as, in each run?",
    ),
    output(
        "E04-105",
        WRITE,
        "The least probable token",
        "Each new token is the one with the smallest logit.",
        "Which comparison do you use to find the best logit?",
    ),
    output(
        "E04-106",
        WRITE,
        "The whole text into the cache again",
        "With the cache, each run was given the whole text once more, behind what the cache holds already. The \
         model then reads the text two, three, four times in a row.",
        "How many positions should the cache hold after the second run?",
    ),
    output(
        "E04-107",
        WRITE,
        "A new cache in each step",
        "With the cache, each run forgot what was before it, and saw the newest token alone. The cache has to \
         live as long as the text is being written.",
        "Where is the cache made: before the loop, or in it?",
    ),
    output(
        "E04-108",
        WRITE,
        "New tokens all at one position",
        "With the cache, each new token was taken to be at the first position after the prompt. The next chunk \
         begins where the cache ends, and the cache grows.",
        "What does cache.len() say before the third run?",
    ),
    output(
        "E04-109",
        WRITE,
        "One token too many or too few",
        "The number of new tokens is off by one.",
        "How often does your loop run for n_new = 0?",
    ),
    output(
        "E04-110",
        WRITE,
        "Another point of the layer",
        "The vector was added after the layer. resid_pre is the stream that the layer reads.",
        "Which hook point does your hook name?",
    ),
    output(
        "E04-111",
        WRITE,
        "Positions counted from the end of the prompt",
        "The range was moved by the length of the prompt. Positions are those of the whole text, counted from 0 \
         at BOS.",
        "At which position of the text is the first new token?",
    ),
    property(
        "E04-40",
        CACHE,
        "Keys and values are not kept",
        "Asked to keep keys and values, it computed the whole text in each step. The tokens are right, and the work \
         grows with the square of the length.",
        "After the first run, how many tokens must the model still be given?",
    ),
    property(
        "E04-41",
        CACHE,
        "Keys and values are kept although they should not be",
        "Asked not to keep keys and values, it did. The slow way is what the fast way is checked against, so it must \
         not be the fast way in disguise.",
        "Where does your code look at `use_cache`?",
    ),
    property(
        "E04-42",
        CACHE,
        "A hook left behind",
        "The tokens are right, but the model still has its hook, so that whatever runs next is steered too.",
        "Who takes your hook off again, also when a run fails?",
    ),
];
