//! What goes wrong in `token_strings`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c03_token_strings";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E01-10",
        CHECK,
        "BOS whether wanted or not",
        "BOS is in front even where the caller asked for the text alone. It comes by default when text is turned \
         into tokens, so leaving it out has to be said.",
        "Where does your function use its last argument?",
    ),
    output(
        "E01-11",
        CHECK,
        "Never BOS",
        "BOS is missing where the caller asked for it. Without it the first word of the text stands where the model \
         has always seen BOS, and heads that have nothing to do rest on that word.",
        "Where does your function use its last argument?",
    ),
    output(
        "E01-12",
        CHECK,
        "BOS twice",
        "There are two BOS in a row. One of them you put there, and the library added another since nobody told it \
         not to.",
        "Who is responsible for BOS in your function: you, or the call that makes the tokens?",
    ),
    output(
        "E01-13",
        CHECK,
        "Spaces cut off",
        "The tokens are right but for the spaces in front of words, which are part of the token: a word in the \
         middle of a sentence and the same word at its beginning are two tokens with different embeddings.",
        "What should come out when your strings are joined together again?",
    ),
    output(
        "E01-14",
        CHECK,
        "Words instead of tokens",
        "The text was cut at its spaces. A tokenizer cuts otherwise: frequent words are one token each, with the \
         space in front of them; rare words are several; punctuation stands alone.",
        "What does the model have a row of its embedding for: words, or entries of its vocabulary?",
    ),
    output(
        "E01-76",
        CHECK,
        "BOS the wrong way round",
        "BOS is there where it was not wanted, and missing where it was. The condition is turned round.",
        "What does your function do when `prepend_bos` is true?",
    ),
    output(
        "E01-77",
        CHECK,
        "Letters instead of tokens",
        "The text was cut into its letters. A token of a frequent word holds the whole word; only what the vocabulary \
         lacks is cut smaller.",
        "How many tokens does the tokenizer make of \"the\"?",
    ),
    output(
        "E01-121",
        CHECK,
        "Ids instead of strings",
        "These are the ids of the tokens, written as text. Wanted is what each token looks like.",
        "What does the tokenizer make of a single id?",
    ),
];
