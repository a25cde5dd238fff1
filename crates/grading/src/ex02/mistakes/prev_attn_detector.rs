//! What goes wrong in `prev_attn_detector`.

use crate::exercise::{Mistake, property};

const CHECK: &str = "c03_prev_attn_detector";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E02-8",
        CHECK,
        "The diagonal on the wrong side",
        "You found heads that attend to the next token. A pattern is [query_pos, key_pos], and the previous token has \
         the smaller key, so its cells are below the diagonal. Above it, a causal model has only zeros.",
        "For query 5, which key is the previous token, and is it in an earlier or a later column?",
    ),
    property(
        "E02-9",
        CHECK,
        "The current token instead of the previous one",
        "You found the heads that attend to the current token. You read the diagonal instead of the line below it.",
        "By how much do query and key differ for the previous token?",
    ),
    property(
        "E02-10",
        CHECK,
        "Two tokens back",
        "You found heads that attend to the token before the previous one. The line that you read is one too far from \
         the diagonal.",
        "For query 5, which key does your code read first?",
    ),
    property(
        "E02-64",
        CHECK,
        "The first query counted, or the second left out",
        "You divided the sum by the number of all queries, or added a cell of the first query. The first query has no \
         previous token. On a text of two tokens this halves the score. \
         Leaving out the second query, whose previous token is BOS, gives the same lists.",
        "For a text of two tokens, how many queries have a previous token?",
    ),
    property(
        "E02-65",
        CHECK,
        "The current token subtracted",
        "You subtracted the attention to the current token from that to the previous one. A head that divides its \
         attention between the two still attends to the previous token, but you do not name it.",
        "What is your score for a head that gives 0.6 to the previous token and 0.4 to the current one?",
    ),
    property(
        "E02-101",
        CHECK,
        "The current token counted as well",
        "You also counted the attention to the current token, as a sum or as the larger of the two. A head that only \
         attends to the current token is then named.",
        "What is your score for a head that gives 0.9 to the current token?",
    ),
];
