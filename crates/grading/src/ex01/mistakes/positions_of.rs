//! What goes wrong in `positions_of`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c05_positions_of";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E01-21",
        CHECK,
        "Only the first",
        "The token occurs more than once, but you returned only its first position. The other positions matter as \
         well: a token that occurs again can see what it could not see the first time.",
        "When does your search end?",
    ),
    output(
        "E01-22",
        CHECK,
        "Counted without BOS",
        "Your positions are one too low. When the model reads the text, BOS is at position 0, so the first word is at \
         1. An activation at your position belongs to the token before.",
        "How many positions does the cache have for a text of five tokens?",
    ),
    output(
        "E01-23",
        CHECK,
        "Spaces ignored",
        "You treated tokens with and without a space in front as the same. With and without its space, a word has two \
         ids and two embeddings.",
        "Do you compare ids, or strings that you changed first?",
    ),
    output(
        "E01-24",
        CHECK,
        "Part of a token",
        "You counted tokens that only contain the one you look for: \"t\" is inside \"the\". Each position has exactly \
         one token, and \"the\" is a different token.",
        "What changes if you compare ids instead of strings?",
    ),
    output(
        "E01-25",
        CHECK,
        "Places in the text instead of positions",
        "Your numbers count letters or bytes. A position counts tokens, because each token is one row of every \
         activation.",
        "How many positions does a text of three tokens have, however long its words are?",
    ),
    output(
        "E01-82",
        CHECK,
        "One position too far",
        "Your positions are one too high. This happens, for example, when you count BOS although it is already there, \
         or when you begin counting at one.",
        "At which position is BOS in your count?",
    ),
    output(
        "E01-83",
        CHECK,
        "Capitals ignored",
        "You treated \"T\" as \"t\". To the model they are two unrelated tokens.",
        "Do you compare ids, or strings that you changed first?",
    ),
    output(
        "E01-84",
        CHECK,
        "Words counted",
        "You counted the words of the text, not its tokens. A word may be several tokens, and a period is a token too.",
        "How many tokens does \"the cat.\" have?",
    ),
    output(
        "E01-113",
        CHECK,
        "Only the last position",
        "A token may occur several times, and the task asks for all its positions. You returned only the last.",
        "What does your function keep when it finds the token a second time?",
    ),
    output(
        "E01-114",
        CHECK,
        "Tokens that begin with it",
        "You also counted tokens that only begin with the requested one. A token is one entry of the vocabulary with \
         one id. Another that starts with the same letters is a different token.",
        "What are the ids of \"t\" and \"the\"?",
    ),
    output(
        "E01-130",
        CHECK,
        "Not beside another",
        "You left out a position whose neighbor has the token, too. A token that occurs twice in a row has two \
         positions.",
        "What does your search do after it has found the token?",
    ),
];
