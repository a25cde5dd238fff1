//! Mistakes of the checks `c08`, `c09`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E05-31",
        "c08_positional_pattern",
        "Scores are not scaled",
        "Scores are divided by the root of d_head before the softmax; without that the pattern is far too sharp.",
        "What does the model do between the dot product and the softmax?",
    ),
    output(
        "E05-32",
        "c08_positional_pattern",
        "Keys after the query are not hidden",
        "Each row spreads over all positions, the later ones too. A query sees itself and what came before.",
        "How many keys has query 0?",
    ),
    output(
        "E05-33",
        "c08_positional_pattern",
        "Hidden with a zero score",
        "A score of zero is an ordinary score, and its exponential is 1. What is hidden needs a score of minus infinity, or a \
         zero after the exponential and before the division by the sum.",
        "What is exp(0)?",
    ),
    output(
        "E05-34",
        "c08_positional_pattern",
        "Softmax over the queries",
        "The columns sum to 1. Each query shares out its attention among keys, so that rows do.",
        "Which axis runs over the keys?",
    ),
    output(
        "E05-35",
        "c08_positional_pattern",
        "Queries and keys exchanged",
        "The scores are those of keys times queries: the pattern of a head that has W_Q and W_K exchanged.",
        "Which of the two projections gives the rows of your scores?",
    ),
    output(
        "E05-36",
        "c08_positional_pattern",
        "The current token is hidden",
        "Only keys before the query are seen. A query may attend to its own position; only what comes after is hidden.",
        "Is key 3 visible to query 3?",
    ),
    output(
        "E05-37",
        "c09_attention_by_distance",
        "The lines above the diagonal",
        "These are the means over key = query + d. Those cells are hidden by the mask; a distance counts back from the query.",
        "For query 5 and distance 2, which key is meant?",
    ),
    output(
        "E05-38",
        "c09_attention_by_distance",
        "Divided by the number of positions",
        "The line at distance d has n - d cells, since the first d queries have no key so far back. It was divided by n.",
        "How many cells has the line at the largest distance?",
    ),
    output(
        "E05-39",
        "c09_attention_by_distance",
        "Columns instead of lines",
        "These are the means of the columns: the attention to position 0, to position 1, and so on, from everywhere. A \
         distance is the same line for every query.",
        "Along which cells does the attention to the previous token lie?",
    ),
];
