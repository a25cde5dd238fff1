//! What goes wrong in `prev_attn_detector`.

use crate::exercise::{Mistake, property};

const CHECK: &str = "c03_prev_attn_detector";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E02-8",
        CHECK,
        "The diagonal on the wrong side",
        "Your lists match the attention to the next token. A pattern is [query_pos, key_pos], and the previous token \
         has the smaller key, so its cells are below the diagonal. Above it, a causal model has only zeros.",
        "For query 5, which key is the previous token, and is it in an earlier or a later column?",
    ),
    property(
        "E02-9",
        CHECK,
        "The current token instead of the previous one",
        "Your lists match the attention to the current token: the diagonal instead of the line below it.",
        "By how much do query and key differ for the previous token?",
    ),
    property(
        "E02-10",
        CHECK,
        "Two tokens back",
        "Your lists match the attention to the token before the previous one. That line is one too far from the \
         diagonal.",
        "For query 5, which key does your code read first?",
    ),
    property(
        "E02-64",
        CHECK,
        "The first query counted, or the second left out",
        "Your lists are what you get if the sum is divided by the number of all queries, if a cell of the first query \
         is added, or if the second query is left out. The first query has no previous token, and that of the second \
         is BOS. On a text of two tokens a wrong count halves the score.",
        "For a text of two tokens, how many queries have a previous token?",
    ),
    property(
        "E02-65",
        CHECK,
        "The current token subtracted",
        "Your lists are what you get if the attention to the current token is subtracted from that to the previous \
         one. A head that divides its attention between the two still attends to the previous token, but it is not \
         named then.",
        "What is your score for a head that gives 0.6 to the previous token and 0.4 to the current one?",
    ),
    property(
        "E02-101",
        CHECK,
        "The current token counted as well",
        "Your lists are what you get if the attention to the current token counts as well, in a sum or as the larger \
         of the two. A head that only attends to the current token is then named.",
        "What is your score for a head that gives 0.9 to the current token?",
    ),
];
