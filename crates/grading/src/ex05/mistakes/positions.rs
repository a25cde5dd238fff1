//! Mistakes of the checks `c08`, `c09`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E05-31",
        "c08_positional_pattern",
        "Scores not scaled",
        "You did not divide the scores by the square root of d_head before the softmax. Without that the pattern is \
         far too sharp.",
        "What does the model do between the dot product and the softmax?",
    ),
    output(
        "E05-32",
        "c08_positional_pattern",
        "Keys after the query not masked",
        "Your rows spread over all positions, including later ones. A query sees itself and the positions before.",
        "How many keys does query 0 have?",
    ),
    output(
        "E05-33",
        "c08_positional_pattern",
        "Masked with a score of zero",
        "You gave masked keys a score of zero. Zero is an ordinary score, and its exponential is 1. Use minus \
         infinity, or set the exponential to zero before you divide by the sum.",
        "What is exp(0)?",
    ),
    output(
        "E05-34",
        "c08_positional_pattern",
        "Softmax over the queries",
        "Your columns sum to 1. Each query distributes its attention over the keys, so the rows must.",
        "Which axis runs over the keys?",
    ),
    output(
        "E05-35",
        "c08_positional_pattern",
        "Queries and keys swapped",
        "You multiplied keys by queries. That is the pattern of a head with W_Q and W_K swapped.",
        "Which of the two projections belongs to the rows of your scores?",
    ),
    output(
        "E05-36",
        "c08_positional_pattern",
        "The current token masked",
        "Your mask covers the diagonal. A query may attend to its own position. Mask only what comes after it.",
        "Is key 3 visible to query 3?",
    ),
    output(
        "E05-86",
        "c08_positional_pattern",
        "Another scale",
        "You divided the scores by another number, such as d_head itself, or the root of d_model. The scale is the \
         square root of d_head: queries and keys have that many entries.",
        "How many products are added up in one score?",
    ),
    output(
        "E05-87",
        "c08_positional_pattern",
        "Masked after the softmax",
        "You set the later keys to zero after the softmax, so the rows no longer sum to 1. Hide them before: a score of \
         minus infinity becomes a weight of zero.",
        "What is the sum of your first row?",
    ),
    output(
        "E05-88",
        "c08_positional_pattern",
        "Scores instead of a pattern",
        "You returned the scores. The softmax of each row makes a pattern of them.",
        "Do your rows sum to 1?",
    ),
    output(
        "E05-89",
        "c08_positional_pattern",
        "Layer and head exchanged",
        "You used `layer` as the head and `head` as the layer. Weights are [layer, head, …].",
        "Which axis of W_Q comes first?",
    ),
    output(
        "E05-37",
        "c09_attention_by_distance",
        "The lines above the diagonal",
        "You took the means over key = query + d. The mask covers those cells. A distance counts back from the query.",
        "For query 5 and distance 2, which key is it?",
    ),
    output(
        "E05-38",
        "c09_attention_by_distance",
        "Divided by the number of positions",
        "You divided by n. The line at distance d has n - d cells, because the first d queries have no key that far \
         back.",
        "How many cells does the line at the largest distance have?",
    ),
    output(
        "E05-39",
        "c09_attention_by_distance",
        "Columns instead of lines",
        "You returned the means of the columns: the attention to position 0, to position 1, and so on, from all \
         queries. A distance is a line parallel to the diagonal.",
        "Which cells are the attention to the previous token?",
    ),
    output(
        "E05-90",
        "c09_attention_by_distance",
        "The sum of each line",
        "You added up each line. Divide by its number of cells, which is smaller the longer the distance.",
        "How many cells have `key = query - 3` in a pattern of 10 positions?",
    ),
    output(
        "E05-91",
        "c09_attention_by_distance",
        "The line wraps around",
        "Your line goes on at the other end of the row, where keys come after the query. At distance d the first d \
         queries have no key.",
        "Which key is 3 before query 1?",
    ),
    output(
        "E05-92",
        "c09_attention_by_distance",
        "Beginning with the previous token",
        "Your first entry is distance 1. Entry 0 is the attention to the current token.",
        "Which line is the main diagonal?",
    ),
];
