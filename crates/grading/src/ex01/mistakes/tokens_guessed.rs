//! What goes wrong in `tokens_guessed`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c07_tokens_guessed";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E01-31",
        CHECK,
        "Without BOS, or without its prediction",
        "Your list is the one that comes without BOS: then the model makes no guess about the first token, and it \
         guesses the others in a situation that it never saw in training. The same list comes when you leave out the \
         prediction that it makes at BOS.",
        "Which token has the model read when it guesses the first word of the text?",
    ),
    output(
        "E01-32",
        CHECK,
        "The tokens before",
        "You returned the tokens after which the model guessed right. The task asks for the tokens that it guessed, \
         one position later.",
        "If the model reads \"once upon\" and then guesses \"a\", which of the three is the token that it guessed?",
    ),
    output(
        "E01-33",
        CHECK,
        "Every guess",
        "You returned all guesses, right and wrong. The task asks only for those that agree with the text.",
        "How many strings should you return if every guess is wrong?",
    ),
    output(
        "E01-34",
        CHECK,
        "Each only once",
        "You listed each token once, even if the model guessed it several times. List it for every right guess: the \
         length of the list is the number of right guesses.",
        "If the model guesses the same word twice, how many right guesses are that?",
    ),
    output(
        "E01-35",
        CHECK,
        "Not shifted",
        "You compared the guess at a position with the token at that position, which the model has just read. A \
         language model seldom expects the same word twice in a row, so almost no guess is right.",
        "When the model has read token 3, which token does it guess?",
    ),
    output(
        "E01-91",
        CHECK,
        "The tokens that were missed",
        "You returned the tokens that the model did not guess.",
        "Which of the two does your filter keep?",
    ),
    output(
        "E01-92",
        CHECK,
        "One string for all tokens",
        "You joined the tokens into one text. The task asks for a list with one string per token.",
        "Which method returns the strings one by one, and which returns a single text?",
    ),
];
