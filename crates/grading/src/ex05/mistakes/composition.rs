//! Mistakes of the checks `c12`, `c13`, `c14`.

use crate::exercise::{Mistake, output, property};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E05-48",
        "c12_composed_qk_circuit",
        "Queries and keys swapped",
        "Your rows are the key's token and your columns the query's. A row must be the query's token.",
        "If you multiply the circuit by a one-hot row on its left, whose token is that?",
    ),
    output(
        "E05-49",
        "c12_composed_qk_circuit",
        "Through heads of layer 1",
        "You passed the tokens through W_V and W_O of layer 1. What a head of layer 1 reads was written by heads of \
         layer 0.",
        "Heads of which layer do `query_through` and `key_through` name?",
    ),
    output(
        "E05-50",
        "c12_composed_qk_circuit",
        "The embedding always included",
        "You used W_E plus what the head wrote. The stream carries both, but each pair of components has its own \
         circuit: `None` is the embedding, and `Some(h)` is the head alone.",
        "What is your circuit for a head that writes nothing?",
    ),
    output(
        "E05-51",
        "c12_composed_qk_circuit",
        "One component for both sides",
        "You used the same component for queries and keys, that of the keys.",
        "Where does your function use `query_through`?",
    ),
    output(
        "E05-97",
        "c12_composed_qk_circuit",
        "The two sources exchanged",
        "You gave the source of the query to the keys, and the source of the keys to the query.",
        "Which of the two arguments belongs to W_Q?",
    ),
    output(
        "E05-98",
        "c12_composed_qk_circuit",
        "One side always reads the embedding",
        "You ignored one of the two sources: that side always reads W_E itself.",
        "Where does your function use `query_through`, and where `key_through`?",
    ),
    output(
        "E05-99",
        "c12_composed_qk_circuit",
        "W_Q and W_K of layer 0",
        "You used queries and keys of layer 0. The head that reads is in layer 1.",
        "In which layer is the head whose circuit is asked for?",
    ),
    output(
        "E05-52",
        "c13_composition_scores",
        "Not normalized",
        "You returned the norm of the product alone. Heads with large weights then seem to compose with everything. \
         Divide by the norms of both.",
        "What does your score become if all weights double?",
    ),
    output(
        "E05-114",
        "c13_composition_scores",
        "Divided by the squares of the norms",
        "You divided the norm of the product by the squares of the two norms. A score must stay the same if a matrix is \
         scaled, so divide by each norm once.",
        "What happens to your score if one of the two matrices is doubled?",
    ),
    output(
        "E05-53",
        "c13_composition_scores",
        "K-composition read through the queries",
        "Your scores for Q and K are the same. What a head writes enters W_Q W_Kᵀ on the left as a query, and on the \
         right as a key. For K, use the transpose, W_K W_Qᵀ.",
        "Which matrix is applied first when the written vector becomes a key?",
    ),
    output(
        "E05-54",
        "c13_composition_scores",
        "The later head first",
        "You multiplied the later head's matrix by the earlier one's. Vectors are rows, so what is written first is on \
         the left.",
        "Which of the two heads acts first?",
    ),
    output(
        "E05-55",
        "c13_composition_scores",
        "Axes swapped",
        "Your rows are heads of layer 1 and your columns heads of layer 0. The head that writes comes first.",
        "Is your first index the head that writes, or the head that reads?",
    ),
    output(
        "E05-56",
        "c13_composition_scores",
        "Both heads in layer 0",
        "You took both matrices from layer 0. Heads of one layer read the same stream and cannot read each other.",
        "Which layer reads what layer 0 wrote?",
    ),
    output(
        "E05-100",
        "c13_composition_scores",
        "What is written, transposed",
        "You used W_O W_V in the wrong direction: the transpose of W_V W_O. Vectors are rows, so W_V comes first.",
        "Which of the two matrices is applied first to what the head attends to?",
    ),
    output(
        "E05-101",
        "c13_composition_scores",
        "Q and K exchanged",
        "Your scores for Q are those of K, and the other way around. `M₁` is W_Q W_Kᵀ for Q: the side that meets what \
         was written is the query.",
        "For Q-composition, which matrix must stand next to W_O of the first head?",
    ),
    output(
        "E05-102",
        "c13_composition_scores",
        "The kind not used",
        "You returned the same scores for every kind of composition.",
        "Where does your function use `kind`?",
    ),
    output(
        "E05-103",
        "c13_composition_scores",
        "The first head as a reader",
        "You took W_Q W_Kᵀ for what the first head writes. It writes through W_V W_O.",
        "Which two matrices determine what a head adds to the stream?",
    ),
    property(
        "E05-57",
        "c14_random_composition_scores",
        "Random matrices of full rank",
        "Your mean is right, but all your scores are almost equal, as with random matrices of full rank, [d_model, \
         d_model]. A head has only d_head directions, so two random heads overlap sometimes more and sometimes less.",
        "What is the rank of a head's OV matrix?",
    ),
    property(
        "E05-58",
        "c14_random_composition_scores",
        "One pair for all",
        "All your scores are equal, as when one pair of heads is drawn and its score repeated.",
        "How many times does your function draw a new head?",
    ),
    property(
        "E05-59",
        "c14_random_composition_scores",
        "Matrices that are too much alike",
        "Your scores are far larger than those of independent heads. This happens, for example, when all entries are \
         positive: such matrices point in similar directions, so any two compose almost perfectly. Draw around zero.",
        "What is the mean of the numbers that you draw?",
    ),
    property(
        "E05-60",
        "c14_random_composition_scores",
        "The given generator not used",
        "Two seeds gave the same scores, so they do not depend on `rng`. Draw from it.",
        "What would a second call with the same generator return?",
    ),
    property(
        "E05-116",
        "c14_random_composition_scores",
        "Heads used more than once",
        "Your pairs share some of their matrices. For example, you composed a head with itself, or kept one of the two for the \
         next pair. Then the pairs depend on each other. Draw four matrices for each pair.",
        "How many numbers does one pair need, if d_model is 32 and d_head is 4?",
    ),
];
