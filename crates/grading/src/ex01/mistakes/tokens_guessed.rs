//! What goes wrong in `tokens_guessed`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c07_tokens_guessed";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E01-31",
        CHECK,
        "Without BOS",
        "The text went into the model without BOS. Then nothing is guessed about its first token, and the guesses \
         about the others are made under conditions that the model never saw in training.",
        "What does the model stand on when it guesses the first word of the text?",
    ),
    output(
        "E01-32",
        CHECK,
        "The tokens before",
        "These are the tokens after which the model guessed right. Asked for are the tokens that it guessed: those \
         one further on.",
        "If the model reads \"once upon\" and then guesses \"a\", which of the three is the token that it guessed?",
    ),
    output(
        "E01-33",
        CHECK,
        "Every guess",
        "These are all the guesses, right and wrong. Only those that agree with the text are asked for.",
        "How many strings should come out for a text of which the model guesses nothing?",
    ),
    output(
        "E01-34",
        CHECK,
        "Each only once",
        "Tokens that were guessed right several times are listed once. Each right guess counts: the length of the \
         list is the number of right guesses.",
        "If the model guesses the same word right a second time, is that guess worth less than the first?",
    ),
    output(
        "E01-35",
        CHECK,
        "Not shifted",
        "The guess at a position was compared with the token at that position, which the model has just read. A \
         model of language seldom expects the same word twice in a row, so next to nothing is right.",
        "About which token is the guess that the model makes while it stands on token 3?",
    ),
    output(
        "E01-91",
        CHECK,
        "The tokens that were missed",
        "These are the tokens that the model did not guess.",
        "Which of the two does your filter keep?",
    ),
    output(
        "E01-92",
        CHECK,
        "One string for all tokens",
        "The tokens were joined into one text. Asked for is a list with a string for each.",
        "Which method gives strings one by one, and which gives a text?",
    ),
];
