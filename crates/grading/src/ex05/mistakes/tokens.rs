//! Mistakes of the checks `c03`, `c04`, `c05`, `c06`, `c07`.

use crate::exercise::{Mistake, output, property};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E05-8",
        "c03_direct_path",
        "The tokens before, not the tokens after",
        "For each of the given tokens this is a column of W_E W_U: how much each token asks for it. A row says what a token \
         asks for.",
        "Which matrix do the given tokens pick from, W_E or W_U?",
    ),
    output(
        "E05-9",
        "c03_direct_path",
        "Positions in the direct path",
        "In this model positions never enter the stream: queries and keys read them, the unembedding does not. The direct path \
         is W_E W_U and nothing else.",
        "Does the logit of the direct path depend on where in the text the token is?",
    ),
    output(
        "E05-10",
        "c03_direct_path",
        "The first rows instead of the given tokens",
        "These are the rows of tokens 0, 1, 2 and so on. The list says which tokens are meant, in its own order, and may name \
         one twice.",
        "What does your function return for the list [7, 7]?",
    ),
    output(
        "E05-11",
        "c03_direct_path",
        "Log probabilities instead of logits",
        "The rows are the right ones after a log softmax. The direct path adds logits to those of the heads; a softmax comes \
         only when everything has been added up.",
        "Can log probabilities of two paths be added up to those of their sum?",
    ),
    output(
        "E05-12",
        "c04_top_k_accuracy",
        "One place too many",
        "A token that k others beat is in place k + 1. Fewer than k others may have a larger logit.",
        "With k = 1, how many tokens may beat the right one?",
    ),
    output(
        "E05-13",
        "c04_top_k_accuracy",
        "The right token beats itself",
        "With `>=` the right token, and every token with an equal logit, counts as one that is larger.",
        "How many logits of a row are at least as large as the largest one?",
    ),
    output(
        "E05-14",
        "c04_top_k_accuracy",
        "The smallest instead of the largest",
        "This counts the tokens with a smaller logit, so that a hit is a token among the k last.",
        "Is the right token good if many others have a smaller logit, or if few have?",
    ),
    output(
        "E05-15",
        "c04_top_k_accuracy",
        "The number of hits",
        "This is how many rows are hits. A share is that number over the number of rows, so that it does not depend on how \
         many were asked.",
        "What is the largest value that your function can return?",
    ),
    output(
        "E05-16",
        "c05_ov_circuit",
        "W_Q and W_K in an OV circuit",
        "Queries and keys decide where a head attends. What it moves from there goes through W_V and W_O.",
        "Which two weights does a vector pass that is attended to?",
    ),
    output(
        "E05-17",
        "c05_ov_circuit",
        "The circuit transposed",
        "Rows and columns are exchanged: this reads from the predicted token back to the token attended to. Vectors are rows \
         here, so the circuit reads in the order of events: W_E, W_V, W_O, W_U.",
        "Does a row of your circuit belong to the token that is read or to the one that is written?",
    ),
    output(
        "E05-18",
        "c05_ov_circuit",
        "The direct path is in it",
        "This is W_E (1 + W_V W_O) W_U: the head's circuit plus the direct path. The stream carries both, but the circuit of a \
         head is only what the head adds.",
        "What is your circuit if the head writes nothing at all?",
    ),
    output(
        "E05-19",
        "c05_ov_circuit",
        "The embedding used as unembedding",
        "The last factor is W_E transposed. In this model embedding and unembedding are separate matrices; logits come from \
         W_U.",
        "Which matrix turns the stream into logits?",
    ),
    output(
        "E05-20",
        "c05_ov_circuit",
        "Always layer 0",
        "The head has the right number, but it is that of layer 0. Weights are [layer, head, …].",
        "Where does `layer` occur in your function?",
    ),
    property(
        "E05-21",
        "c05_ov_circuit",
        "A product that is not thin",
        "The entries are right, but the matrices of the product are wider in the middle than d_head: [d_vocab, d_model] times \
         [d_model, d_vocab], or one that was multiplied out. With a vocabulary of 50,000 only the thin form fits into memory, \
         and norms and eigenvalues are computed from matrices as wide as the middle.",
        "Where along W_E W_V W_O W_U is the narrowest place to cut?",
    ),
    output(
        "E05-22",
        "c06_diagonal_accuracy",
        "The diagonal of each batch",
        "Row i of a batch is compared at column i. From the second batch on, the token of that row is the first row of the \
         batch plus i.",
        "Which token does row 0 of the second batch belong to?",
    ),
    output(
        "E05-23",
        "c06_diagonal_accuracy",
        "The last batch is left out",
        "The rows that do not fill a batch are not looked at, but they count among all rows.",
        "What happens to the last row when `rows_at_once` does not divide the number of rows?",
    ),
    output(
        "E05-24",
        "c06_diagonal_accuracy",
        "A mean of means",
        "The accuracy of each batch is averaged, so that each row of a short last batch counts for more than the others.",
        "Should the result depend on `rows_at_once`?",
    ),
    output(
        "E05-25",
        "c06_diagonal_accuracy",
        "Compared along the column",
        "The diagonal entry is compared with the others of its column: how often a token is the best one to *attend to*, not \
         the best one to *predict*. Take a row at a time.",
        "Which entries belong to one token that is attended to?",
    ),
    output(
        "E05-26",
        "c06_diagonal_accuracy",
        "One place too many",
        "A token that k others beat is in place k + 1. Fewer than k others may have a larger entry.",
        "With k = 1, how many entries of the row may be larger than that of the diagonal?",
    ),
    output(
        "E05-27",
        "c07_copying_score",
        "The share of positive eigenvalues",
        "This counts eigenvalues with a positive real part. A count lets tiny ones weigh as much as the largest.",
        "What should a circuit score that has one eigenvalue of 100 and three of -0.001?",
    ),
    output(
        "E05-28",
        "c07_copying_score",
        "Imaginary parts are forgotten",
        "The denominator adds up |re|. The size of a complex eigenvalue is its modulus, the root of re² + im²; one that \
         rotates is large but copies nothing.",
        "What should a circuit score whose eigenvalues are i and -i?",
    ),
    output(
        "E05-29",
        "c07_copying_score",
        "The sign is lost",
        "This is the absolute value of the score. A circuit that lowers the token it attends to has a negative score, and \
         that is worth knowing.",
        "Which score tells a head that copies from one that suppresses?",
    ),
    output(
        "E05-30",
        "c07_copying_score",
        "The mean eigenvalue",
        "This is the sum over the number of eigenvalues. It doubles when all weights double; divide by the sum of their sizes.",
        "What does your score become when the head writes twice as much?",
    ),
];
