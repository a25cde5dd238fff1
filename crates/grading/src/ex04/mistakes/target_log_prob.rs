//! Mistakes in `target_log_prob`.

use crate::exercise::{Mistake, output};

const TARGETS: &str = "c09_target_log_prob";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E04-43",
        TARGETS,
        "The mean of the log probabilities",
        "The logs were averaged over the set. That asks for all of the words to be likely, and one impossible word \
         ruins it. The question is how likely *one of them* is: the probabilities add up first, then comes the log.",
        "What is the probability that the next token is either of two words?",
    ),
    output(
        "E04-44",
        TARGETS,
        "The log of the mean over rows",
        "The probabilities of the rows were averaged before the log was taken, so that one row in which the words are \
         likely hides the others. Each row has its own log, and those are averaged.",
        "What comes first in your code, the log or the mean over the batch?",
    ),
    output(
        "E04-45",
        TARGETS,
        "Logits taken for log probabilities",
        "The exponentials of raw logits were added up. Logits are log probabilities only up to a constant, which is \
         another one for every text; taking away the log of the sum over the whole vocabulary fixes it.",
        "Can a log probability be above zero?",
    ),
    output(
        "E04-46",
        TARGETS,
        "The probability of the most likely token",
        "This is the log probability of whatever the model likes best, in the set or not.",
        "Which of your lines uses `targets`?",
    ),
    output(
        "E04-47",
        TARGETS,
        "Probability instead of log probability",
        "The numbers lie between zero and one: the log is missing. A word that becomes a hundred times likelier, from \
         one in a million, does not show in a probability.",
        "By how much should your number change when the probability doubles?",
    ),
    output(
        "E04-112",
        TARGETS,
        "The sum of the log probabilities",
        "The logs were added up. That is the log of the product: how likely it would be for all of them to \
         come, not one of them.",
        "Which comes first, the sum or the logarithm?",
    ),
    output(
        "E04-113",
        TARGETS,
        "The mean of the probabilities",
        "The probabilities of the targets were averaged. One or another of them is as likely as their sum.",
        "What should come out when every token of the vocabulary is a target?",
    ),
    output(
        "E04-114",
        TARGETS,
        "Another position",
        "The probabilities are those at the first position, at the last but one, or at all of them. The next \
         token is predicted at the last.",
        "Which index of the position axis do you read?",
    ),
    output(
        "E04-115",
        TARGETS,
        "Only the first row of the batch",
        "The result belongs to batch item 0. It is a mean over the batch.",
        "Which index in your code is a plain 0?",
    ),
    output(
        "E04-116",
        TARGETS,
        "Sum over rows instead of mean",
        "The rows of the batch were added up and not divided by their number.",
        "What should come out when the batch holds the same row twice?",
    ),
    output(
        "E04-117",
        TARGETS,
        "Another logarithm",
        "The result is in bits or in powers of ten. The course uses the natural logarithm.",
        "What is your result for a probability of one half?",
    ),
    output(
        "E04-118",
        TARGETS,
        "Logits too large to be exponentiated",
        "The logits were exponentiated as they are. exp(100) does not fit in an f32, and infinity divided by \
         infinity is not a number.",
        "Which function of the library subtracts the largest logit first?",
    ),
    output(
        "E04-119",
        TARGETS,
        "The sign turned",
        "The result is minus the log probability, which is a loss. A log probability is at most 0.",
        "Is a better result of yours larger or smaller?",
    ),
    output(
        "E04-120",
        TARGETS,
        "Only the first target",
        "Only the first token of the set was counted.",
        "Over what does your sum run?",
    ),
];
