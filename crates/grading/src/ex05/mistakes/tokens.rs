//! Mistakes of the checks `c03`, `c04`, `c05`, `c06`, `c07`.

use crate::exercise::{Mistake, output, property};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E05-8",
        "c03_direct_path",
        "The tokens before, not the tokens after",
        "You returned columns of W_E W_U: how strongly each token predicts the given one. A row says what the given \
         token predicts.",
        "From which matrix do you select the given tokens, W_E or W_U?",
    ),
    output(
        "E05-9",
        "c03_direct_path",
        "Positions in the direct path",
        "You added positions. In this model they never enter the stream: queries and keys read them, and the \
         unembedding does not. The direct path is only W_E W_U.",
        "Does the logit of the direct path depend on where in the text the token is?",
    ),
    output(
        "E05-10",
        "c03_direct_path",
        "The first rows instead of the given tokens",
        "You returned the rows of tokens 0, 1, 2 and so on. Use the tokens of the list, in its order. It may contain a \
         token twice.",
        "What does your function return for the list [7, 7]?",
    ),
    output(
        "E05-11",
        "c03_direct_path",
        "Log probabilities instead of logits",
        "You applied a log softmax to the right rows. The logits of the direct path are added to those of the heads, \
         and the softmax comes after the sum.",
        "Can you add the log probabilities of two paths to get those of their sum?",
    ),
    output(
        "E05-12",
        "c04_top_k_accuracy",
        "One rank too many",
        "Your fractions are what you get if a token that k others beat counts as well. It is in place k + 1. Fewer \
         than k others may have a larger logit.",
        "With k = 1, how many tokens may beat the right one?",
    ),
    output(
        "E05-13",
        "c04_top_k_accuracy",
        "The right token counted as larger",
        "Your fractions are what you get if the right token itself, and every token with an equal logit, counts as \
         larger, as with `>=`.",
        "How many logits of a row are at least as large as the largest one?",
    ),
    output(
        "E05-14",
        "c04_top_k_accuracy",
        "The smallest instead of the largest",
        "Your fractions are what you get if the tokens with a smaller logit are counted, so that the hits are the \
         tokens among the k last.",
        "Is the right token ranked well if many others have a smaller logit, or if few have?",
    ),
    output(
        "E05-15",
        "c04_top_k_accuracy",
        "The number of hits",
        "Your results are the numbers of hits. Divide by the number of rows, so that the result is a fraction.",
        "What is the largest value that your function can return?",
    ),
    output(
        "E05-72",
        "c04_top_k_accuracy",
        "k not used",
        "Your fractions are those for k = 1 in every case: a hit counts only if no other token has a larger logit. Up \
         to k - 1 others may have a larger one.",
        "Where does your function use `k`?",
    ),
    output(
        "E05-115",
        "c04_top_k_accuracy",
        "Divided by k as well",
        "Your results are the right fractions divided by k. Each row has one right token, however many places count.",
        "What should the fraction be if every right token is among the k largest?",
    ),
    output(
        "E05-73",
        "c04_top_k_accuracy",
        "Divided by the size of the vocabulary",
        "Your results are the numbers of hits divided by the size of the vocabulary. Divide by the number of rows: \
         each has one right token.",
        "What is the result if every row is a hit?",
    ),
    output(
        "E05-16",
        "c05_ov_circuit",
        "W_Q and W_K in an OV circuit",
        "You used W_Q and W_K. They determine where a head attends. What it moves from there goes through W_V and W_O.",
        "Which two weights are applied to a vector that the head attends to?",
    ),
    output(
        "E05-17",
        "c05_ov_circuit",
        "The circuit transposed",
        "Your rows and columns are swapped: your circuit reads from the predicted token back to the token attended to. \
         Vectors are rows, so a circuit reads in the order of events: W_E, W_V, W_O, W_U.",
        "Is a row of your circuit the token attended to, or the token predicted?",
    ),
    output(
        "E05-18",
        "c05_ov_circuit",
        "The direct path included",
        "You returned W_E (1 + W_V W_O) W_U, the head's circuit plus the direct path. The stream carries both, but the \
         circuit of a head is only what the head adds.",
        "What is your circuit if the head writes nothing?",
    ),
    output(
        "E05-19",
        "c05_ov_circuit",
        "The embedding used as unembedding",
        "Your last factor is W_E transposed. This model has separate matrices for embedding and unembedding, and \
         logits come from W_U.",
        "Which matrix turns the stream into logits?",
    ),
    output(
        "E05-20",
        "c05_ov_circuit",
        "Always layer 0",
        "You used the head of layer 0, whichever layer was requested. Weights are [layer, head, …].",
        "Where does your function use `layer`?",
    ),
    property(
        "E05-21",
        "c05_ov_circuit",
        "A product that is not thin",
        "Your entries are right, but the inner axis of your product is wider than d_head. With a vocabulary of 50,000 \
         only the thin form fits into memory, and norms and eigenvalues are fast only if the inner axis is short.",
        "Where is W_E W_V W_O W_U narrowest?",
    ),
    output(
        "E05-74",
        "c05_ov_circuit",
        "Layer and head exchanged",
        "You used `layer` as the head and `head` as the layer. Weights are [layer, head, …].",
        "Which axis of W_V comes first?",
    ),
    output(
        "E05-75",
        "c05_ov_circuit",
        "Always head 0",
        "You used head 0 of the layer, whichever head was requested.",
        "Where does your function use `head`?",
    ),
    output(
        "E05-76",
        "c05_ov_circuit",
        "All heads of the layer",
        "You added up the circuits of all heads of the layer. The task asks for the circuit of one head.",
        "What is the rank of your circuit?",
    ),
    output(
        "E05-77",
        "c05_ov_circuit",
        "Keys instead of values",
        "You used W_K instead of W_V. W_K determines where the head attends, W_V what it moves from there.",
        "Which matrix is applied to a vector that the head attends to?",
    ),
    output(
        "E05-22",
        "c06_diagonal_accuracy",
        "The diagonal of each batch",
        "Your fractions are what you get if row i of each batch is compared at column i. From the second batch on, \
         the token of that row is the first row of the batch plus i.",
        "Which token is row 0 of the second batch?",
    ),
    output(
        "E05-23",
        "c06_diagonal_accuracy",
        "The last batch left out",
        "Your fractions are what you get if the rows that do not fill a batch are not computed, but counted in the \
         total.",
        "What happens to the last rows if `rows_at_once` does not divide the number of rows?",
    ),
    output(
        "E05-24",
        "c06_diagonal_accuracy",
        "A mean of means",
        "Your fractions are what you get if the accuracies of the batches are averaged, so each row of a short last \
         batch counts for more than the others.",
        "Should the result depend on `rows_at_once`?",
    ),
    output(
        "E05-25",
        "c06_diagonal_accuracy",
        "Compared along the column",
        "Your fractions are what you get if the diagonal entry is compared with its column. That says how often a \
         token is the best one to *attend to*, not the best one to *predict*. Compare it with its row.",
        "Which entries belong to one token that the head attends to?",
    ),
    output(
        "E05-26",
        "c06_diagonal_accuracy",
        "One rank too many",
        "Your fractions are what you get if a row in which k entries beat the diagonal counts as well. It is in place \
         k + 1. Fewer than k other entries may be larger.",
        "With k = 1, how many entries of the row may be larger than that of the diagonal?",
    ),
    output(
        "E05-78",
        "c06_diagonal_accuracy",
        "k not used",
        "Your fractions are those for k = 1 in every case: a row counts only if its diagonal entry is the largest.",
        "Where does your function use `k`?",
    ),
    output(
        "E05-79",
        "c06_diagonal_accuracy",
        "The number of hits",
        "Your results are the numbers of hits. Divide by the number of rows, so that the result is a fraction.",
        "What is the largest value that your function can return?",
    ),
    output(
        "E05-80",
        "c06_diagonal_accuracy",
        "Compared by size",
        "Your fractions are what you get if absolute values are compared. A large negative entry lowers the token: it \
         does not beat the diagonal.",
        "Is an entry of -5 larger than one of 1?",
    ),
    output(
        "E05-81",
        "c06_diagonal_accuracy",
        "Only the first rows",
        "Your fractions are what you get if only one batch of rows is looked at. Go on until all rows have been \
         compared.",
        "How many rows does your loop look at if `rows_at_once` is 1?",
    ),
    output(
        "E05-27",
        "c07_copying_score",
        "The fraction of positive eigenvalues",
        "You counted eigenvalues with a positive real part. In a count, tiny ones have the same weight as the largest.",
        "What should be the score of a circuit that has one eigenvalue of 100 and three of -0.001?",
    ),
    output(
        "E05-28",
        "c07_copying_score",
        "Imaginary parts ignored",
        "You summed |re| in the denominator. The size of a complex eigenvalue is its absolute value, the square root \
         of re² + im². A rotating eigenvalue is large but copies nothing.",
        "What should be the score of a circuit whose eigenvalues are i and -i?",
    ),
    output(
        "E05-29",
        "c07_copying_score",
        "The sign is lost",
        "You returned the absolute value of the score. A circuit that lowers the token it attends to has a negative \
         score, and you need to see that.",
        "Which score distinguishes a head that copies from one that suppresses?",
    ),
    output(
        "E05-30",
        "c07_copying_score",
        "The mean eigenvalue",
        "You divided by the number of eigenvalues, so your score doubles if all weights double. Divide by the sum of \
         their absolute values.",
        "What does your score become if the head writes twice as much?",
    ),
    output(
        "E05-82",
        "c07_copying_score",
        "Not divided",
        "You returned the sum of the eigenvalues, which is the trace. Divide by the sum of their absolute values.",
        "What happens to your score if all weights are doubled?",
    ),
    output(
        "E05-83",
        "c07_copying_score",
        "Squares in the divisor",
        "You divided by the sum of squared absolute values. The score divides by the sum of the absolute values \
         themselves.",
        "What is the score if all eigenvalues are 2?",
    ),
    output(
        "E05-84",
        "c07_copying_score",
        "Only the positive ones above",
        "You added up only the positive real parts. Negative ones belong in the sum too: they are what lowers the \
         score.",
        "What is the score if all eigenvalues are negative?",
    ),
    output(
        "E05-85",
        "c07_copying_score",
        "A mean of quotients",
        "You divided each eigenvalue by its own size and averaged. The score divides one sum by another, so large \
         eigenvalues count more.",
        "How much does an eigenvalue near zero weigh in your score?",
    ),
];
