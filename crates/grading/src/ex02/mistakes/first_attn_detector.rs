//! What goes wrong in `first_attn_detector`.

use crate::exercise::{Mistake, property};

const CHECK: &str = "c04_first_attn_detector";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E02-11",
        CHECK,
        "The last column instead of the first",
        "Your lists match the last column: the attention to the last token of the text. In a causal model only the \
         last query can see it. The first token is key 0.",
        "Which end of the key axis does your index count from?",
    ),
    property(
        "E02-12",
        CHECK,
        "The first row instead of the first column",
        "Your lists match the first row. A row belongs to a query and a column to a key, so the first row is what the \
         first token attends to, and that can only be itself. Average the first column.",
        "In [query_pos, key_pos], which of the two should be fixed at 0, and which should you average over?",
    ),
    property(
        "E02-13",
        CHECK,
        "Only the last query",
        "Your lists match one cell: the attention of the last query. A head may attend there only at the end of the \
         text, or everywhere else. Take the mean over all queries.",
        "How many cells does your mean include?",
    ),
    property(
        "E02-66",
        CHECK,
        "The second token instead of the first",
        "Your lists match the attention to key 1, the first token after BOS. The first token that the model reads is \
         BOS, at key 0.",
        "Which token is at position 0?",
    ),
];
