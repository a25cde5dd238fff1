//! Mistakes in `target_log_prob`.

use crate::exercise::{Mistake, output};

const TARGETS: &str = "c09_target_log_prob";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E04-43",
        TARGETS,
        "The mean of the log probabilities",
        "You averaged the log probabilities over the set. That is high only if all of the words are likely. The \
         question is how likely *one of them* is: sum the probabilities first, then take the logarithm.",
        "What is the probability that the next token is either of two words?",
    ),
    output(
        "E04-44",
        TARGETS,
        "The log of the mean over rows",
        "You averaged the probabilities of the rows before the logarithm, so one row with likely words hides the \
         others. Take the logarithm of each row, then average.",
        "Which comes first in your code, the logarithm or the mean over the batch?",
    ),
    output(
        "E04-45",
        TARGETS,
        "Logits used as log probabilities",
        "You summed the exponentials of raw logits. Logits are log probabilities only up to a constant, which differs \
         for every text. Subtract the log of the sum over the whole vocabulary.",
        "Can a log probability be above zero?",
    ),
    output(
        "E04-46",
        TARGETS,
        "The probability of the most likely token",
        "You returned the log probability of the most likely token, whether it is in the set or not.",
        "Which of your lines use `targets`?",
    ),
    output(
        "E04-47",
        TARGETS,
        "Probability instead of log probability",
        "Your numbers are between zero and one, because the logarithm is missing. If a word becomes a hundred times as \
         likely, from one in a million, a probability does not show it.",
        "By how much should your number change when the probability doubles?",
    ),
    output(
        "E04-112",
        TARGETS,
        "The sum of the log probabilities",
        "You summed the log probabilities. That is the logarithm of the product: the probability that all of them \
         come, not one of them.",
        "Which comes first, the sum or the logarithm?",
    ),
    output(
        "E04-113",
        TARGETS,
        "The mean of the probabilities",
        "You averaged the probabilities of the targets. The probability of one or another of them is their sum.",
        "What should you get if every token of the vocabulary is a target?",
    ),
    output(
        "E04-114",
        TARGETS,
        "Another position",
        "You used other positions than the last, such as the first, the last but one, or all of them. The last \
         position predicts the next token.",
        "Which index of the position axis do you read?",
    ),
    output(
        "E04-115",
        TARGETS,
        "Only the first row of the batch",
        "You used only batch item 0. Take the mean over the batch.",
        "Which index in your code is 0?",
    ),
    output(
        "E04-116",
        TARGETS,
        "Sum over rows instead of mean",
        "You summed the rows of the batch and did not divide by their number.",
        "What should you get if the batch holds the same row twice?",
    ),
    output(
        "E04-117",
        TARGETS,
        "Another logarithm",
        "You used a logarithm with another base. The course uses the natural logarithm.",
        "What is your result for a probability of one half?",
    ),
    output(
        "E04-118",
        TARGETS,
        "Logits too large for exp",
        "With large logits your result is not a number. exp(100) does not fit in an f32, and infinity divided by \
         infinity is not a number. Subtract the largest logit first.",
        "Which function of the library does that for you?",
    ),
    output(
        "E04-119",
        TARGETS,
        "The sign reversed",
        "You returned minus the log probability, which is a loss. A log probability is at most 0.",
        "Is a better prediction larger or smaller in your result?",
    ),
    output(
        "E04-120",
        TARGETS,
        "Only the first target",
        "You used only the first token of the set.",
        "What does your sum run over?",
    ),
    output(
        "E04-168",
        TARGETS,
        "The odds",
        "You divided the probability by one minus itself. The task asks for the logarithm of the probability.",
        "Can a log probability be positive?",
    ),
    output(
        "E04-186",
        TARGETS,
        "The largest logit of all rows",
        "You subtracted the largest logit of the whole array. In a row that is far below it every exponential is 0, and \
         0 divided by 0 is not a number. Subtract the largest logit of each row.",
        "What is `(-240_f32).exp()`?",
    ),
];
