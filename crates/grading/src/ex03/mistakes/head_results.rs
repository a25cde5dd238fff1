//! What goes wrong in `head_results`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c07_head_results";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-32",
        CHECK,
        "W_O of layer 0 in every layer",
        "The result is right in layer 0. Later layers have an output matrix of their own; W_O has the axes [layer, \
         head, d_head, d_model].",
        "Where does the argument `layer` occur in your code: once, or twice?",
    ),
    output(
        "E03-33",
        CHECK,
        "W_O of head 0 for every head",
        "The first head is right, and the others were multiplied by its matrix. Each head writes in its own \
         directions; that is how the next layer can tell them apart.",
        "Which index of W_O changes from head to head?",
    ),
    output(
        "E03-34",
        CHECK,
        "The bias counted once a head",
        "b_O was added to every head, so that their sum holds it as many times as there are heads. It is written \
         once by the layer, and belongs to none of them.",
        "What must the sum over heads be, compared with attn_out?",
    ),
    output(
        "E03-35",
        CHECK,
        "Values instead of z",
        "v was multiplied, which is what a head *could* pass on from each position. z is what it did pass on: the \
         values, mixed by the attention pattern.",
        "At which step of attention does information move between positions?",
    ),
    output(
        "E03-101",
        CHECK,
        "The bias shared out",
        "A part of b_O was added to each head, so that the heads sum to attn_out. The bias is written once by \
         the layer and belongs to no head, so it is left out altogether.",
        "What should a head with z = 0 write?",
    ),
    output(
        "E03-102",
        CHECK,
        "Only the first item of the batch",
        "The results of item 0 are right, and those of the other items are zero or a copy of it.",
        "Which axes do your loops run over?",
    ),
    output(
        "E03-103",
        CHECK,
        "z cut in the wrong order",
        "The numbers of z were regrouped: head and d_head were exchanged without moving the data. Reshaping \
         keeps the order in memory; to exchange axes, permute them.",
        "Which numbers of z lie next to each other in memory: those of one head, or those of one component?",
    ),
    output(
        "E03-104",
        CHECK,
        "Heads added up one after the other",
        "Each head's result contains those of all heads before it. A result is what this head alone writes.",
        "Where does your output start from for each head: from zero?",
    ),
];
