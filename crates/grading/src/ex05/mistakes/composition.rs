//! Mistakes of the checks `c12`, `c13`, `c14`.

use crate::exercise::{Mistake, output, property};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E05-48",
        "c12_composed_qk_circuit",
        "Queries and keys exchanged",
        "The rows belong to the key's token and the columns to the query's.",
        "If the circuit is multiplied by a one-hot row from the left, whose token is that?",
    ),
    output(
        "E05-49",
        "c12_composed_qk_circuit",
        "Through heads of layer 1",
        "The tokens went through W_V and W_O of layer 1. What a head of layer 1 reads was written by heads of layer 0.",
        "Which layer do `query_through` and `key_through` count heads of?",
    ),
    output(
        "E05-50",
        "c12_composed_qk_circuit",
        "The embedding is always in it",
        "This is W_E plus what the head wrote. The stream carries both, but each pair of sources has a circuit of its own: \
         `None` is the embedding, `Some(h)` is the head alone.",
        "Which circuit would your function give for a head that writes nothing?",
    ),
    output(
        "E05-51",
        "c12_composed_qk_circuit",
        "One source for both sides",
        "Queries and keys went through the same source, that of the keys.",
        "Where does `query_through` occur in your function?",
    ),
    output(
        "E05-52",
        "c13_composition_scores",
        "Not normalized",
        "This is the norm of the product alone. Heads with large weights then seem to compose with everything; divide by the \
         norms of both.",
        "What does your score become when all weights double?",
    ),
    output(
        "E05-53",
        "c13_composition_scores",
        "K-composition read through the queries",
        "The scores of Q and K are the same. What is written reaches W_Q W_Kᵀ from the left as a query, and from the right as a \
         key: for K take its transpose, W_K W_Qᵀ.",
        "Which matrix does the written vector meet first when it becomes a key?",
    ),
    output(
        "E05-54",
        "c13_composition_scores",
        "The later head first",
        "The product is the later head's matrix times the earlier one's. Vectors are rows: what is written stands on the left.",
        "Which of the two heads acts first?",
    ),
    output(
        "E05-55",
        "c13_composition_scores",
        "Axes exchanged",
        "Rows are heads of layer 1 and columns heads of layer 0. The head that writes comes first.",
        "Does your first index write or read?",
    ),
    output(
        "E05-56",
        "c13_composition_scores",
        "Both heads in layer 0",
        "Both matrices are those of layer 0. Heads of one layer read the same stream and cannot read each other.",
        "Which layer reads what layer 0 wrote?",
    ),
    property(
        "E05-57",
        "c14_random_composition_scores",
        "Random matrices of full rank",
        "The mean is right, but all scores are nearly the same: these are random [d_model, d_model] matrices. A head has only \
         d_head directions, so that by chance two heads overlap more or less.",
        "What is the rank of a head's OV matrix?",
    ),
    property(
        "E05-58",
        "c14_random_composition_scores",
        "One pair for all",
        "One pair of heads was drawn, and its score is repeated.",
        "How often does your function draw a new head?",
    ),
    property(
        "E05-59",
        "c14_random_composition_scores",
        "All entries are positive",
        "Matrices with positive entries all point the same way, so that any two compose almost perfectly. Draw around zero.",
        "What is the mean of the entries that you draw?",
    ),
    property(
        "E05-60",
        "c14_random_composition_scores",
        "The given generator is not used",
        "Two seeds gave the same scores, so the randomness comes from somewhere else. Draw from `rng`.",
        "What would a second call with the same generator return?",
    ),
];
