//! What goes wrong in `prev_attn_detector`.

use crate::exercise::{Mistake, property};

const CHECK: &str = "c2_prev_attn_detector";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E02-8",
        CHECK,
        "The diagonal on the wrong side",
        "These heads attend to the next token. A pattern is [query_pos, key_pos]: the previous token has the smaller key, so \
         its cells lie below the diagonal. Above it, a causal model has nothing but zeros.",
        "For query 5, which key is the previous token, and is it in an earlier or a later column?",
    ),
    property(
        "E02-9",
        CHECK,
        "The current token instead of the previous one",
        "These are the heads that attend to the current token: the diagonal was read, not the line beside it.",
        "By how much do query and key differ for the token before?",
    ),
    property(
        "E02-10",
        CHECK,
        "Two tokens back",
        "These heads attend to the token before the previous one: the line that was read lies one further from the \
         diagonal than it should.",
        "For query 5, which key does your code read first?",
    ),
    property(
        "E02-64",
        CHECK,
        "The first query counted",
        "The sum was divided by the number of all queries, or has a cell of the first query in it. That query has no \
         previous token. On a text of two tokens it halves the score.",
        "For a text of two tokens, how many queries have a token before them?",
    ),
    property(
        "E02-65",
        CHECK,
        "The current token subtracted",
        "The score is the attention to the previous token less that to the current one. A head that divides its \
         attention between the two still attends to the previous one, and is missed.",
        "What is your score for a head that gives 0.6 to the previous token and 0.4 to the current one?",
    ),
];
