//! Mistakes of the checks `c10`, `c11`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E05-40",
        "c10_layer_1_inputs",
        "No component for the positions",
        "Your parts do not include the positions. They are not in the stream, but the queries and keys of this model \
         read the stream plus the positions.",
        "By what does the sum of your parts differ from what the queries read?",
    ),
    output(
        "E05-41",
        "c10_layer_1_inputs",
        "Always the first item",
        "You returned the parts of item 0 of the batch, whichever item was requested.",
        "Where does your function use `item`?",
    ),
    output(
        "E05-42",
        "c10_layer_1_inputs",
        "W_O of layer 1",
        "You multiplied z of layer 0 by W_O of layer 1. Each layer writes with its own W_O.",
        "Which layer wrote what layer 1 reads?",
    ),
    output(
        "E05-43",
        "c10_layer_1_inputs",
        "z of layer 1",
        "You used z of layer 1. It comes out of the layer whose input you need.",
        "Which heads have written by the time layer 1 reads?",
    ),
    output(
        "E05-93",
        "c10_layer_1_inputs",
        "Heads first",
        "You put the heads first. The order is embedding, positions, then the heads.",
        "What is component 0 in the text of the task?",
    ),
    output(
        "E05-94",
        "c10_layer_1_inputs",
        "Positions in the embedding",
        "Your first component already contains the positions, so they are in the sum twice. In this model the stream \
         does not contain them.",
        "What is the sum of all your components, minus `resid_pre` of layer 1?",
    ),
    output(
        "E05-44",
        "c11_scores_by_pair",
        "Scores not scaled",
        "Your parts sum to the head's scores times the square root of d_head. Divide by it.",
        "What does the model do between the dot product and the softmax?",
    ),
    output(
        "E05-45",
        "c11_scores_by_pair",
        "Component axes swapped",
        "Your first axis is the component that wrote the key, and the second the one that wrote the query. The query \
         comes first.",
        "Which of your two loops is the outer one?",
    ),
    output(
        "E05-46",
        "c11_scores_by_pair",
        "Keys through W_Q",
        "You projected queries and keys by the same matrix, W_Q.",
        "Where does your function use W_K?",
    ),
    output(
        "E05-47",
        "c11_scores_by_pair",
        "Position axes swapped",
        "Your last two axes are [key_pos, query_pos]. The task asks for [query_pos, key_pos].",
        "Which of the two matrices did you transpose?",
    ),
    output(
        "E05-95",
        "c11_scores_by_pair",
        "Masked",
        "You hid the keys after the query. The task asks for the scores before the mask: only then are they a sum over \
         components.",
        "How would you split minus infinity among the components?",
    ),
    output(
        "E05-96",
        "c11_scores_by_pair",
        "Weights of layer 0",
        "You used W_Q and W_K of layer 0. The head whose scores are split is in layer 1.",
        "Which layer reads what the heads of layer 0 wrote?",
    ),
];
