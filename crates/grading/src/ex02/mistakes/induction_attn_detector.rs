//! What goes wrong in `induction_attn_detector`.

use crate::exercise::{Mistake, property};

const CHECK: &str = "c08_induction_attn_detector";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E02-35",
        CHECK,
        "The stripe one too low",
        "Your lists match the attention to the previous occurrence of the current token. That is one position too \
         early: an induction head attends to the token after it.",
        "The second copy begins at position seq_len + 1. Which key holds what followed its first token?",
    ),
    property(
        "E02-36",
        CHECK,
        "The stripe one too high",
        "Your lists match the attention two tokens after the previous occurrence. That is one position past the token \
         that an induction head copies.",
        "For a segment of three, write down the six tokens. Which one does the second query of the second copy attend \
         to?",
    ),
    property(
        "E02-37",
        CHECK,
        "The stripe on the wrong side",
        "Your lists match the attention to later tokens, which is impossible in a causal model. This happens, for \
         example, when query and key are exchanged, or when the offset has the wrong sign: the key must be the \
         smaller of the two.",
        "Is the previous occurrence before or after the query?",
    ),
    property(
        "E02-38",
        CHECK,
        "Only the first item of the batch",
        "Your lists match item 0 of the batch alone, one random sequence. Chance similarities there count as much as \
         the mechanism. Take the mean over the batch.",
        "Do you average over the batch axis, or index it with 0?",
    ),
    property(
        "E02-39",
        CHECK,
        "The same heads for every cache",
        "Your answer is the same for every cache. The heads that are right for one model are wrong for another, and \
         the grader has several.",
        "Which line of your function reads the patterns?",
    ),
    property(
        "E02-67",
        CHECK,
        "The stripe two too low",
        "Your lists match the attention to the token before the previous occurrence. The token that an induction head \
         copies is two positions later.",
        "Is the token after the previous occurrence closer to the query than the occurrence itself, or further away?",
    ),
    property(
        "E02-68",
        CHECK,
        "Divided by another count",
        "Your lists are what you get if the sum along the line is divided by the wrong number, such as that of all \
         queries or the length of a segment. The line begins at query seq_len - 1 and ends at the last query.",
        "How many cells does the line have in a pattern of 1 + 2 * seq_len positions?",
    ),
    property(
        "E02-69",
        CHECK,
        "The previous token instead of the stripe",
        "Your lists match the attention to the previous token. Heads that do that are the first half of the circuit, \
         in an earlier layer. An induction head looks back by almost a whole segment.",
        "How many positions from the diagonal is the cell that you read?",
    ),
];
