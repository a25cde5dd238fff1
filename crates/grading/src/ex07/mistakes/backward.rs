//! Mistakes of the checks `c03`, `c04`, `c05`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E07-20",
        "c03_linear_backward",
        "The gradient of the weights, transposed",
        "`d_w` has the shape of its transpose, or its entries where the matrix is square. The gradient by `w[i, o]` \
         is at `[i, o]`: inputs first, as in `w`.",
        "Which shape does `w` have?",
    ),
    output(
        "E07-21",
        "c03_linear_backward",
        "A mean over the rows",
        "`d_w` is divided by the number of rows. `d_y` says what each row contributes to the loss, and `w` acts on \
         all rows, so the contributions are added.",
        "Where would the 1/n of a mean loss be already?",
    ),
    output(
        "E07-22",
        "c03_linear_backward",
        "The first row alone",
        "`d_w` comes from the first row. Every row was multiplied by the same `w`, so the gradient is a sum over all \
         of them.",
        "How many rows of `y` change when one entry of `w` changes?",
    ),
    output(
        "E07-23",
        "c03_linear_backward",
        "The last row alone",
        "`d_w` comes from the last row, as when each row of a loop overwrites the one before it. Every row was \
         multiplied by the same `w`: add them up.",
        "Is it `=` or `+=` in your loop?",
    ),
    output(
        "E07-24",
        "c03_linear_backward",
        "d_x and d_w exchanged",
        "The two gradients are right, and come in the other order.",
        "Which of the two should have the shape of `x`?",
    ),
    output(
        "E07-25",
        "c03_linear_backward",
        "d_y not used",
        "This is the gradient of the sum of all entries of `y`. What the loss is made of further on comes in through \
         `d_y`.",
        "What should both gradients be when `d_y` is zero?",
    ),
    output(
        "E07-26",
        "c03_linear_backward",
        "Divided by the number of rows",
        "Both gradients are divided by the number of rows. `d_y` is already the gradient of the loss; nothing is \
         averaged here.",
        "What is `d_x` of a single row among a hundred?",
    ),
    output(
        "E07-27",
        "c03_linear_backward",
        "w in the wrong order",
        "The entries of `w` were put into the right shape, but not transposed: `reshape` keeps the order in memory. \
         Row o of the transpose is column o of `w`.",
        "What is the difference between `w.t()` and a reshape?",
    ),
    output(
        "E07-28",
        "c03_linear_backward",
        "d_x instead of x",
        "`d_w` was made from `d_x`. The gradient by a weight is its input times the gradient of its output.",
        "By which number is `w[i, o]` multiplied in the forward pass?",
    ),
    output(
        "E07-29",
        "c04_softmax_backward",
        "Only the diagonal of the Jacobian",
        "`p (1 - p)` is how one probability changes with its own score. A score also changes every other probability \
         of its row, since they add up to one.",
        "If one score rises, what happens to the other probabilities of the row?",
    ),
    output(
        "E07-30",
        "c04_softmax_backward",
        "The average is not subtracted",
        "This is `p · d_pattern`. The probabilities of a row add up to one, so only what is above or below the row's \
         average can move anything.",
        "Add 1 to all of `d_pattern` in a row: should `d_scores` change?",
    ),
    output(
        "E07-31",
        "c04_softmax_backward",
        "The gradient of the log-softmax",
        "This is backward through the *logarithm* of the softmax. The pattern is the softmax itself.",
        "Is `d_scores` zero where a key is hidden?",
    ),
    output(
        "E07-32",
        "c04_softmax_backward",
        "A plain mean",
        "What is subtracted is the plain mean of `d_pattern`. It is the average weighted by the pattern.",
        "How much should a key count that gets no attention?",
    ),
    output(
        "E07-33",
        "c04_softmax_backward",
        "The sum over queries",
        "The average was taken over the queries. Each query has a softmax of its own, over its keys.",
        "Along which axis does a pattern add up to one?",
    ),
    output(
        "E07-34",
        "c04_softmax_backward",
        "The average is subtracted unweighted",
        "The average is subtracted from `p · d_pattern` as it is. It also has to be multiplied by `p`.",
        "Is `d_scores` zero where the pattern is?",
    ),
    output(
        "E07-35",
        "c04_softmax_backward",
        "The sign",
        "The gradient points the other way.",
        "If the only key with a positive gradient gets a higher score, does the loss rise?",
    ),
    output(
        "E07-36",
        "c04_softmax_backward",
        "A plain sum",
        "What is subtracted is the sum of `d_pattern`, not weighted by the pattern.",
        "What do the weights of an average add up to?",
    ),
    output(
        "E07-37",
        "c04_softmax_backward",
        "One average for the whole pattern",
        "A single number is subtracted in all rows. Each query has its own softmax, and its own average.",
        "How many softmaxes are there in a pattern of 5 queries?",
    ),
    output(
        "E07-38",
        "c04_softmax_backward",
        "Not multiplied by the pattern",
        "The average is subtracted, but the result is not multiplied by the pattern. Where a probability is zero, \
         its score cannot move anything.",
        "Is `d_scores` zero where a key is hidden?",
    ),
    output(
        "E07-39",
        "c05_attention_backward",
        "1/√d_head is missing",
        "The scores were divided by the root of `d_head`, so their gradient is divided by it on the way to queries \
         and keys.",
        "What stands between `q · kᵀ` and the softmax?",
    ),
    output(
        "E07-40",
        "c05_attention_backward",
        "Divided by d_head",
        "The scores were divided by the root of `d_head`, not by `d_head`.",
        "What do you divide by for `d_head` 4?",
    ),
    output(
        "E07-41",
        "c05_attention_backward",
        "Multiplied by √d_head",
        "A factor of the forward pass is the same factor in the backward pass: if the scores were divided, so is the \
         gradient.",
        "If y = x / 2, what is the gradient by x, given that by y?",
    ),
    output(
        "E07-42",
        "c05_attention_backward",
        "The root of the number of positions",
        "The gradient is divided by the root of the number of positions. The scale is the root of `d_head`, the \
         width of a query.",
        "Over what does the sum in a score run?",
    ),
    output(
        "E07-43",
        "c05_attention_backward",
        "Queries and keys exchanged",
        "`d_q` and `d_k` are right, but come in each other's place.",
        "With which vectors was a query multiplied?",
    ),
    output(
        "E07-44",
        "c05_attention_backward",
        "d_scores not transposed for the keys",
        "`d_k` of a position is a sum over the queries that could see it: column by column of `d_scores`. Here it is \
         row by row.",
        "Which position's query can look at the last key?",
    ),
    output(
        "E07-45",
        "c05_attention_backward",
        "The pattern not transposed for the values",
        "A value went to every query that attended to it, so its gradient is a sum over queries: a column of the \
         pattern. Here it is a row.",
        "Which queries used the value at position 0?",
    ),
    output(
        "E07-46",
        "c05_attention_backward",
        "The softmax is skipped",
        "The gradient of the pattern was taken for the gradient of the scores. Between the two is a softmax.",
        "Which of your functions goes back from the pattern to the scores?",
    ),
    output(
        "E07-47",
        "c05_attention_backward",
        "The mask is forgotten",
        "The pattern was made anew, without the mask, so keys behind a query take part. The stored pattern is 0 \
         there, and the gradient stays 0 by itself.",
        "Should the gradient of a query depend on keys that come after it?",
    ),
    output(
        "E07-48",
        "c05_attention_backward",
        "The softmax is skipped, and the rest masked",
        "The gradient of the pattern was set to zero where keys are hidden, and taken for that of the scores. The \
         softmax between the two also multiplies by the pattern and subtracts an average.",
        "Which of your functions goes back from the pattern to the scores?",
    ),
    output(
        "E07-49",
        "c05_attention_backward",
        "Keys where values should be",
        "The gradient of the pattern was made with the keys. The pattern mixes the values.",
        "What does the pattern multiply in the forward pass?",
    ),
    output(
        "E07-50",
        "c05_attention_backward",
        "The values are scaled, too",
        "`d_v` is divided by the root of `d_head`. Only scores were scaled in the forward pass.",
        "Is there a scale in `z = pattern · v`?",
    ),
];
