//! Mistakes of the checks `c10`, `c11`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E05-40",
        "c10_layer_1_inputs",
        "No component for the positions",
        "Queries and keys of this model read the stream plus the positions. They are not in the stream, but they are in what \
         is read.",
        "By what does the sum of your parts differ from what the queries read?",
    ),
    output(
        "E05-41",
        "c10_layer_1_inputs",
        "Always the first item",
        "The parts are those of item 0 of the batch, whichever was asked for.",
        "Where does `item` occur in your function?",
    ),
    output(
        "E05-42",
        "c10_layer_1_inputs",
        "W_O of layer 1",
        "The z of layer 0 went through W_O of layer 1. Each layer writes with its own.",
        "Which layer wrote what layer 1 reads?",
    ),
    output(
        "E05-43",
        "c10_layer_1_inputs",
        "z of layer 1",
        "The z of layer 1 is what comes out of the layer whose input is asked for.",
        "Which heads have written by the time layer 1 reads?",
    ),
    output(
        "E05-44",
        "c11_scores_by_pair",
        "Scores are not scaled",
        "Summed up, these are the head's scores times the root of d_head.",
        "What does the model do between the dot product and the softmax?",
    ),
    output(
        "E05-45",
        "c11_scores_by_pair",
        "Component axes exchanged",
        "The first axis runs over what wrote the key, the second over what wrote the query. It is to be the other way round.",
        "Which of your two loops is the outer one?",
    ),
    output(
        "E05-46",
        "c11_scores_by_pair",
        "Keys through W_Q",
        "Queries and keys were projected by the same matrix.",
        "Where does W_K occur in your function?",
    ),
    output(
        "E05-47",
        "c11_scores_by_pair",
        "Position axes exchanged",
        "The last two axes are [key_pos, query_pos]. They are to be [query_pos, key_pos].",
        "Which of the two matrices did you transpose?",
    ),
];
