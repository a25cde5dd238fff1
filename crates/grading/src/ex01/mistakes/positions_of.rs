//! What goes wrong in `positions_of`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c05_positions_of";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E01-21",
        CHECK,
        "Only the first",
        "The token occurs more than once, and only its first position came. Positions of the others are needed just \
         as often: a token that comes again sees something that it could not see the first time.",
        "When does your search end?",
    ),
    output(
        "E01-22",
        CHECK,
        "Counted without BOS",
        "Each position is one too low. When the model reads the text, BOS stands at position 0, so the first word \
         is at 1. An activation looked up with your number belongs to the token before.",
        "How many positions does the cache have for a text of five tokens?",
    ),
    output(
        "E01-23",
        CHECK,
        "Spaces ignored",
        "Tokens that differ by the space in front of them were taken for the same. With its space and without it a \
         word has two ids and two embeddings, and the two play different parts.",
        "Do you compare ids, or strings that have been changed on the way?",
    ),
    output(
        "E01-24",
        CHECK,
        "Part of a token",
        "Tokens that merely contain the one you look for were counted: \"t\" is inside \"the\". A position belongs \
         to one token, and that is another one.",
        "Would comparing ids instead of strings find it?",
    ),
    output(
        "E01-25",
        CHECK,
        "Places in the text instead of positions",
        "These numbers count letters, or bytes. A position counts tokens, since each token is one row of every \
         activation.",
        "How many positions has a text of three tokens, however long its words are?",
    ),
    output(
        "E01-82",
        CHECK,
        "One position too far",
        "Each position is one too high. BOS was counted although it was there already, or counting began at one.",
        "At which position is BOS in your count?",
    ),
    output(
        "E01-83",
        CHECK,
        "Capitals ignored",
        "\"T\" was taken for \"t\". To the model these are two tokens with nothing in common.",
        "What do you compare: ids, or strings that have been changed first?",
    ),
    output(
        "E01-84",
        CHECK,
        "Words counted",
        "The words of the text were counted, not its tokens. A word may be several tokens, and a full stop is one, \
         too.",
        "How many tokens does \"the cat.\" have?",
    ),
    output(
        "E01-113",
        CHECK,
        "Only the last position",
        "A token may come several times, and all of its positions are wanted. Yours is the last one.",
        "What does your function keep when it finds the token a second time?",
    ),
    output(
        "E01-114",
        CHECK,
        "Tokens that only begin with it",
        "Tokens that begin with the one asked for were counted as well. It is one token of the vocabulary, with one id, and another that starts with the same letters is another token.",
        "Which ids have \"t\" and \"the\"?",
    ),
];
