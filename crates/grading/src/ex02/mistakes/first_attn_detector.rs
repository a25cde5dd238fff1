//! What goes wrong in `first_attn_detector`.

use crate::exercise::{Mistake, property};

const CHECK: &str = "c3_first_attn_detector";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E02-11",
        CHECK,
        "The last column for the first",
        "These heads attend to the last token of the text, which in a causal model only the last query can see. The first \
         token is key 0.",
        "Which end of the key axis does your index count from?",
    ),
    property(
        "E02-12",
        CHECK,
        "The first row instead of the first column",
        "A row belongs to a query, a column to a key. The first row is what the first token attends to, and that can only \
         be itself. How much every query attends to the first token stands in the first column.",
        "In [query_pos, key_pos], which of the two should be fixed at 0, and which should you average over?",
    ),
    property(
        "E02-13",
        CHECK,
        "Only the last query",
        "The score is what the last token of the text attends to, one cell of the pattern. A head may do this just there, or \
         everywhere but there; the mean over all queries tells.",
        "How many cells does your mean run over?",
    ),
    property(
        "E02-66",
        CHECK,
        "The second token instead of the first",
        "The score is the attention to key 1, the first token behind BOS. The first token of the text, as the model \
         reads it, is BOS at key 0.",
        "Which token is at position 0?",
    ),
];
