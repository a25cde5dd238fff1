//! Mistakes of the checks `c01`, `c02`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E06-1",
        "c01_logit_difference",
        "Wrong minus right",
        "The sign is turned around: a model that prefers the right answer gets a negative number. The metric is the \
         logit of the right answer minus that of the wrong one.",
        "Is your number positive when the model prefers the right answer?",
    ),
    output(
        "E06-2",
        "c01_logit_difference",
        "The first position",
        "These are the logits at position 0, where the model has seen only BOS. The answer follows the whole \
         prompt, so it is predicted at the last position.",
        "Which position has seen the whole prompt?",
    ),
    output(
        "E06-3",
        "c01_logit_difference",
        "The sum over the batch",
        "The differences of all items are added up. The metric is their mean, so that it does not grow with the \
         batch.",
        "What happens to your number when each pair is in the batch twice?",
    ),
    output(
        "E06-4",
        "c01_logit_difference",
        "Only the first item",
        "This is the difference of the first item alone. The metric is the mean over the batch.",
        "How many items does a batch have, and how many do you read?",
    ),
    output(
        "E06-5",
        "c01_logit_difference",
        "Averaged over all positions",
        "The answer is predicted at the last position. At the others the model predicts the rest of the prompt, and \
         its logits for the two answers say nothing about the question.",
        "At how many positions does the model predict the answer?",
    ),
    output(
        "E06-6",
        "c01_logit_difference",
        "Probabilities instead of logits",
        "This is a difference of probabilities. It is nearly flat once the model is sure, and it depends on every \
         other token. A difference of logits is the log of the ratio of the two probabilities.",
        "By how much can a probability of 0.99 still grow, and by how much can its logit?",
    ),
    output(
        "E06-7",
        "c01_logit_difference",
        "The first answers for all items",
        "Each item has its own right and wrong answer. Here those of the first item are looked up in all of them.",
        "Which entry of `right` belongs to item 1?",
    ),
    output(
        "E06-8",
        "c01_logit_difference",
        "The size of the difference",
        "The sign is lost, so a preference for the wrong answer counts like one for the right answer.",
        "What should your number be when the model prefers the wrong answer by 3?",
    ),
    output(
        "E06-9",
        "c01_logit_difference",
        "The logit of the right answer alone",
        "A patch that raises all logits would raise this number, too. The difference cancels what right and wrong \
         answer have in common.",
        "What does your number do when every logit grows by 1?",
    ),
    output(
        "E06-10",
        "c02_normalize",
        "Clean is 0 and corrupted is 1",
        "The ends are exchanged. On this scale the corrupted run is 0 and the clean run is 1, whichever of the two \
         you patch.",
        "What does your function return for the value of the clean run?",
    ),
    output(
        "E06-11",
        "c02_normalize",
        "Divided by the clean value",
        "The corrupted value is not taken away, so the corrupted run is not 0.",
        "What does your function return for the value of the corrupted run?",
    ),
    output(
        "E06-12",
        "c02_normalize",
        "Not divided",
        "This is the change in nats. Pairs differ in how many nats there are to win; divide by clean minus \
         corrupted.",
        "What does your function return for the value of the clean run?",
    ),
    output(
        "E06-13",
        "c02_normalize",
        "Cut off at 0 and 1",
        "Values outside of 0 to 1 are results: a patch can make things worse than the corrupted prompt did, or \
         better than the clean one. Leave them as they are.",
        "How would you see on your scale that a patch does harm?",
    ),
    output(
        "E06-14",
        "c02_normalize",
        "Divided by the size of the span",
        "Where the clean value is below the corrupted one, the span is negative, and so is the way from one to the \
         other. With the size alone the sign is wrong there.",
        "Clean is -1.5 and corrupted 2.5: what does your function return for -1.5?",
    ),
];
