//! Mistakes of the checks `c01`, `c02`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E06-1",
        "c01_logit_difference",
        "Wrong minus right",
        "Your sign is reversed: a model that prefers the right answer gets a negative number. The metric is the logit \
         of the right answer minus that of the wrong one.",
        "Is your number positive when the model prefers the right answer?",
    ),
    output(
        "E06-2",
        "c01_logit_difference",
        "The first position",
        "You used the logits at position 0, where the model has seen only BOS. The answer follows the whole prompt, so \
         the last position predicts it.",
        "Which position has seen the whole prompt?",
    ),
    output(
        "E06-3",
        "c01_logit_difference",
        "The sum over the batch",
        "You summed the differences of all items. Take their mean, so that the metric does not grow with the batch.",
        "What happens to your number if each pair is in the batch twice?",
    ),
    output(
        "E06-4",
        "c01_logit_difference",
        "Only the first item",
        "You used the first item alone. Take the mean over the batch.",
        "How many items does a batch have, and how many do you read?",
    ),
    output(
        "E06-5",
        "c01_logit_difference",
        "Averaged over all positions",
        "You averaged over all positions. The last position predicts the answer. The others predict the rest of the \
         prompt, and their logits for the two answers mean nothing here.",
        "At how many positions does the model predict the answer?",
    ),
    output(
        "E06-6",
        "c01_logit_difference",
        "Probabilities instead of logits",
        "You took the difference of probabilities. It hardly changes once the model is sure, and it depends on every \
         other token. A difference of logits is the logarithm of the ratio of the two probabilities.",
        "By how much can a probability of 0.99 still grow, and by how much can its logit?",
    ),
    output(
        "E06-7",
        "c01_logit_difference",
        "The first answers for all items",
        "You used the answers of the first item for all items. Each item has its own right and wrong answer.",
        "Which entry of `right` belongs to item 1?",
    ),
    output(
        "E06-8",
        "c01_logit_difference",
        "The absolute difference",
        "You dropped the sign, so a preference for the wrong answer counts as one for the right answer.",
        "What should your number be if the model prefers the wrong answer by 3 nats?",
    ),
    output(
        "E06-9",
        "c01_logit_difference",
        "The logit of the right answer alone",
        "You used only the logit of the right answer. A patch that raises all logits would raise it too. The \
         difference cancels what both answers have in common.",
        "What happens to your number if every logit grows by 1?",
    ),
    output(
        "E06-10",
        "c02_normalize",
        "Clean is 0 and corrupted is 1",
        "You swapped the ends of the scale. The corrupted run is 0 and the clean run is 1, whichever of the two you \
         patch.",
        "What does your function return for the value of the clean run?",
    ),
    output(
        "E06-11",
        "c02_normalize",
        "Divided by the clean value",
        "You did not subtract the corrupted value, so the corrupted run is not 0.",
        "What does your function return for the value of the corrupted run?",
    ),
    output(
        "E06-12",
        "c02_normalize",
        "Not divided",
        "You returned the change in nats. Pairs differ in the distance from corrupted to clean, so divide by clean \
         minus corrupted.",
        "What does your function return for the value of the clean run?",
    ),
    output(
        "E06-13",
        "c02_normalize",
        "Clipped to 0 and 1",
        "You clipped the values to 0 and 1. Values outside are results: a patch can be worse than the corrupted \
         prompt, or better than the clean one.",
        "How would your scale show that a patch does harm?",
    ),
    output(
        "E06-14",
        "c02_normalize",
        "Divided by the absolute span",
        "You divided by the absolute value of clean minus corrupted. If the clean value is below the corrupted one, \
         the span is negative, and your sign is wrong.",
        "Clean is -1.5 and corrupted 2.5: what does your function return for -1.5?",
    ),
    output(
        "E06-84",
        "c02_normalize",
        "Another divisor",
        "You divided by something other than the distance between the two runs, so that the clean run is not at 1. \
         Divide by the clean value minus the corrupted one.",
        "What does your function return for the value of the clean run?",
    ),
    output(
        "E06-85",
        "c02_normalize",
        "Another scale",
        "You put the ends of the scale elsewhere, such as the corrupted run at -1, or the clean run at 100. The scale \
         is 0 for the corrupted and 1 for the clean run.",
        "What does your function return for the value of the corrupted run?",
    ),
];
