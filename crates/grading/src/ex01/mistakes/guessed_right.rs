//! What goes wrong in `guessed_right`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c06_guessed_right";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E01-26",
        CHECK,
        "Not shifted",
        "The logits at a position were compared with the token at that same position. They are about the one after \
         it: the token where the model stands is given, not guessed.",
        "The first row of logits, where the model has read BOS only: a guess about which token is it?",
    ),
    output(
        "E01-27",
        CHECK,
        "Shifted the wrong way",
        "The logits at a position were compared with the token before it, which the model has already read.",
        "Which logits did the model compute before it saw token 5?",
    ),
    output(
        "E01-28",
        CHECK,
        "The largest over the positions",
        "For each next token you asked at which position its logit is largest. The guess is made the other way \
         round: at each position, which token has the largest logit? The maximum goes over the vocabulary, the last \
         axis.",
        "How many guesses does the model make on a text of eight tokens: one for each position, or one for each \
         word of the vocabulary?",
    ),
    output(
        "E01-29",
        CHECK,
        "The last position counted",
        "There is one entry too many. At the last position the model makes a guess, too, but nothing follows with \
         which to compare it; so there are pos - 1 answers.",
        "How many tokens of a text of eight are followed by another?",
    ),
    output(
        "E01-30",
        CHECK,
        "Only the first row",
        "There is one row of answers, whatever the batch. Each row of tokens is a text with guesses of its own.",
        "Which axis of the logits did you index with 0?",
    ),
    output(
        "E01-85",
        CHECK,
        "The tokens of row 0 for all rows",
        "The logits of every row were compared with the tokens of row 0.",
        "In which of your two lookups does the row occur?",
    ),
    output(
        "E01-86",
        CHECK,
        "The largest without its sign",
        "The logit with the largest absolute value was taken for the guess. A logit far below zero says that the token \
         is unlikely.",
        "Which logit means a higher probability: -9 or 2?",
    ),
    output(
        "E01-87",
        CHECK,
        "The smallest logit",
        "The token with the smallest logit was taken for the guess, which is the one that the model finds least \
         likely.",
        "In which direction does your comparison go?",
    ),
    output(
        "E01-88",
        CHECK,
        "Large enough instead of the largest",
        "The next token counts as guessed when its own logit, or probability, is high. But the guess is the token with \
         the largest logit, however high or low that is.",
        "Can a token be guessed that has a probability of one tenth?",
    ),
    output(
        "E01-89",
        CHECK,
        "A maximum that begins at zero",
        "Where all logits are below zero, none beats the zero that the search began with, and the guess is token 0. \
         Only differences between logits mean something; they may all be negative.",
        "With which value does your search for the largest begin?",
    ),
    output(
        "E01-90",
        CHECK,
        "Wrong instead of right",
        "The array is true where the model is wrong.",
        "What does `true` say in your array?",
    ),
    output(
        "E01-122",
        CHECK,
        "The logits of the first row",
        "Each row of tokens was compared with the logits of row 0. Each item of the batch has logits of its own.",
        "Where does the number of the row stand when you index the logits?",
    ),
];
