//! What goes wrong in `guessed_right`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c06_guessed_right";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E01-26",
        CHECK,
        "Not shifted",
        "You compared the logits at a position with the token at the same position. The model has already read that \
         token. The logits predict the token after it.",
        "At the first position the model has read only BOS. Which token do its logits predict?",
    ),
    output(
        "E01-27",
        CHECK,
        "Shifted the wrong way",
        "You compared the logits at a position with the token before it, which the model has already read.",
        "Which logits did the model compute before it saw token 5?",
    ),
    output(
        "E01-28",
        CHECK,
        "The maximum over positions",
        "For each next token, you looked for the position where its logit is largest. A guess asks the opposite: at \
         each position, which token has the largest logit? Take the maximum over the vocabulary, the last axis.",
        "How many guesses does the model make on a text of eight tokens: one for each position, or one for each \
         word of the vocabulary?",
    ),
    output(
        "E01-29",
        CHECK,
        "The last position counted",
        "You have one entry too many. At the last position the model guesses too, but no token follows to compare \
         with. So there are pos - 1 answers.",
        "How many tokens of a text of eight are followed by another?",
    ),
    output(
        "E01-30",
        CHECK,
        "Only the first row",
        "You returned one row of answers for the whole batch. Each row of tokens is a text with its own guesses.",
        "Which axis of the logits did you index with 0?",
    ),
    output(
        "E01-85",
        CHECK,
        "The tokens of row 0 for all rows",
        "You compared the logits of every row with the tokens of row 0.",
        "Which of your two lookups uses the row index?",
    ),
    output(
        "E01-86",
        CHECK,
        "The largest without its sign",
        "You took the logit with the largest absolute value as the guess. A logit far below zero means that the token \
         is unlikely.",
        "Which logit means a higher probability: -9 or 2?",
    ),
    output(
        "E01-87",
        CHECK,
        "The smallest logit",
        "You took the token with the smallest logit as the guess. That is the token that the model considers least \
         likely.",
        "In which direction does your comparison go?",
    ),
    output(
        "E01-88",
        CHECK,
        "Large enough instead of the largest",
        "Your answers are those of a condition on the logit or the probability of the next token itself, such as that \
         it is high. The guess is the token with the largest logit, however high or low that logit is.",
        "Can the guess be a token with a probability of one tenth?",
    ),
    output(
        "E01-89",
        CHECK,
        "A maximum that starts at zero",
        "If all logits are negative, your guess is token 0. This happens when the search for the largest logit starts \
         at zero: then none is larger. Only the differences between logits have a meaning, so all of them may be \
         negative.",
        "With which value does your search for the largest logit start?",
    ),
    output(
        "E01-90",
        CHECK,
        "Wrong instead of right",
        "Your array is true where the model is wrong.",
        "What does `true` mean in your array?",
    ),
    output(
        "E01-122",
        CHECK,
        "The logits of the first row",
        "You compared every row of tokens with the logits of row 0. Each item of the batch has its own logits.",
        "Where do you use the row number when you index the logits?",
    ),
];
