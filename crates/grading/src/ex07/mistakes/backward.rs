//! Mistakes of the checks `c03`, `c04`, `c05`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E07-20",
        "c03_linear_backward",
        "The gradient of the weights, transposed",
        "Your `d_w` is transposed. The gradient with respect to `w[i, o]` is at `[i, o]`: inputs first, as in `w`.",
        "Which shape does `w` have?",
    ),
    output(
        "E07-21",
        "c03_linear_backward",
        "A mean over the rows",
        "You divided `d_w` by the number of rows. `d_y` says what each row contributes to the loss, and all rows use \
         `w`, so sum over the rows.",
        "Which array already contains the 1/n of a mean loss?",
    ),
    output(
        "E07-22",
        "c03_linear_backward",
        "The first row alone",
        "You computed `d_w` from the first row. Every row is multiplied by the same `w`, so sum over all rows.",
        "How many rows of `y` change when one entry of `w` changes?",
    ),
    output(
        "E07-23",
        "c03_linear_backward",
        "The last row alone",
        "You computed `d_w` from the last row. Most likely each row of a loop overwrites the one before. Add them up.",
        "Does your loop use `=` or `+=`?",
    ),
    output(
        "E07-24",
        "c03_linear_backward",
        "d_x and d_w swapped",
        "Your two gradients are right, but in the wrong order.",
        "Which of the two should have the shape of `x`?",
    ),
    output(
        "E07-25",
        "c03_linear_backward",
        "d_y not used",
        "You returned the gradient of the sum of all entries of `y`. The effect of `y` on the loss is in `d_y`, so use \
         it.",
        "What should both gradients be if `d_y` is zero?",
    ),
    output(
        "E07-26",
        "c03_linear_backward",
        "Divided by the number of rows",
        "You divided both gradients by the number of rows. `d_y` is already the gradient of the loss, so do not \
         average here.",
        "What is `d_x` of a single row among a hundred?",
    ),
    output(
        "E07-27",
        "c03_linear_backward",
        "w reshaped instead of transposed",
        "You reshaped `w` instead of transposing it. `reshape` keeps the order in memory. Row o of the transpose is \
         column o of `w`.",
        "What is the difference between `w.t()` and a reshape?",
    ),
    output(
        "E07-28",
        "c03_linear_backward",
        "d_x instead of x",
        "You computed `d_w` from `d_x`. The gradient of a weight is its input times the gradient of its output.",
        "What is `w[i, o]` multiplied by in the forward pass?",
    ),
    output(
        "E07-29",
        "c04_softmax_backward",
        "Only the diagonal of the Jacobian",
        "You used only `p (1 - p)`, which is how a probability changes with its own score. A score also changes every \
         other probability of its row, because they sum to one.",
        "If one score rises, what happens to the other probabilities of the row?",
    ),
    output(
        "E07-30",
        "c04_softmax_backward",
        "The average not subtracted",
        "You returned `p · d_pattern`. The probabilities of a row sum to one, so only the difference from the row's \
         average has an effect. Subtract that average.",
        "If you add 1 to all of `d_pattern` in a row, should `d_scores` change?",
    ),
    output(
        "E07-31",
        "c04_softmax_backward",
        "The gradient of the log-softmax",
        "You went backward through the *logarithm* of the softmax. The pattern is the softmax itself.",
        "Is your `d_scores` zero where a key is masked?",
    ),
    output(
        "E07-32",
        "c04_softmax_backward",
        "An unweighted mean",
        "You subtracted the unweighted mean of `d_pattern`. Weight it by the pattern.",
        "How much should a key count if it gets no attention?",
    ),
    output(
        "E07-33",
        "c04_softmax_backward",
        "The sum over queries",
        "You averaged over the queries. Each query has its own softmax, over its keys.",
        "Along which axis does a pattern sum to one?",
    ),
    output(
        "E07-227",
        "c04_softmax_backward",
        "The average of another query",
        "You subtracted the averages along the wrong axis: key 2 lost the average of query 2, in every row. `ndarray` \
         lines up the last axes, so an array `[query_pos]` is spread over the keys. Give it an axis of its own with \
         `insert_axis(Axis(1))`.",
        "Which shape should the averages have, so that each row of `d_pattern` loses its own?",
    ),
    output(
        "E07-34",
        "c04_softmax_backward",
        "The average subtracted without its weight",
        "You subtracted the average from `p · d_pattern`. Subtract it from `d_pattern`, and multiply by `p` after \
         that.",
        "Is your `d_scores` zero where the pattern is zero?",
    ),
    output(
        "E07-35",
        "c04_softmax_backward",
        "The sign reversed",
        "Your gradient has the wrong sign.",
        "If the only key with a positive gradient gets a higher score, does the loss rise?",
    ),
    output(
        "E07-36",
        "c04_softmax_backward",
        "An unweighted sum",
        "You subtracted the sum of `d_pattern` without weights. Weight it by the pattern.",
        "What do the weights of an average sum to?",
    ),
    output(
        "E07-37",
        "c04_softmax_backward",
        "One average for the whole pattern",
        "You subtracted one number in all rows. Each query has its own softmax and its own average.",
        "How many softmaxes are there in a pattern of 5 queries?",
    ),
    output(
        "E07-38",
        "c04_softmax_backward",
        "Not multiplied by the pattern",
        "You subtracted the average, but did not multiply by the pattern. Where a probability is zero, its score has \
         no effect.",
        "Is your `d_scores` zero where a key is masked?",
    ),
    output(
        "E07-39",
        "c05_attention_backward",
        "1/√d_head is missing",
        "You did not divide by the square root of `d_head`. The forward pass divides the scores by it, so the gradient \
         is divided by it on the way to queries and keys.",
        "What is between `q · kᵀ` and the softmax?",
    ),
    output(
        "E07-40",
        "c05_attention_backward",
        "Divided by d_head",
        "You divided by `d_head`. Divide by its square root.",
        "What do you divide by for `d_head` 4?",
    ),
    output(
        "E07-41",
        "c05_attention_backward",
        "Multiplied by √d_head",
        "You multiplied by the square root of `d_head`. A factor of the forward pass is the same factor in the \
         backward pass: the scores were divided, so divide the gradient.",
        "If y = x / 2, what is the gradient of x, given the gradient of y?",
    ),
    output(
        "E07-42",
        "c05_attention_backward",
        "The square root of the number of positions",
        "You divided by the square root of the number of positions. Divide by the square root of `d_head`, the length \
         of a query.",
        "What does the sum in a score run over?",
    ),
    output(
        "E07-43",
        "c05_attention_backward",
        "Queries and keys swapped",
        "You swapped `d_q` and `d_k`.",
        "With which vectors was a query multiplied?",
    ),
    output(
        "E07-44",
        "c05_attention_backward",
        "d_scores not transposed for the keys",
        "Your `d_k` sums along the rows of `d_scores`. A key's gradient is a sum over the queries that can see it, so \
         sum along the columns: transpose `d_scores`.",
        "Which positions' queries can see the last key?",
    ),
    output(
        "E07-45",
        "c05_attention_backward",
        "The pattern not transposed for the values",
        "Your `d_v` uses the rows of the pattern. Every query that attends to a value uses it, so its gradient is a \
         sum over queries: transpose the pattern.",
        "Which queries use the value at position 0?",
    ),
    output(
        "E07-46",
        "c05_attention_backward",
        "The softmax skipped",
        "You used the gradient of the pattern as that of the scores. Between the two is a softmax.",
        "Which of your functions goes back from the pattern to the scores?",
    ),
    output(
        "E07-47",
        "c05_attention_backward",
        "The mask ignored",
        "You computed the pattern again without the mask, so later keys have an effect. Use the stored pattern: it is \
         0 there, and so is the gradient.",
        "Should the gradient of a query depend on later keys?",
    ),
    output(
        "E07-48",
        "c05_attention_backward",
        "The softmax skipped, with a mask",
        "You set the gradient of the pattern to zero at masked keys, and used it as that of the scores. The softmax \
         between the two also multiplies by the pattern and subtracts an average.",
        "Which of your functions goes back from the pattern to the scores?",
    ),
    output(
        "E07-49",
        "c05_attention_backward",
        "Keys instead of values",
        "You computed the gradient of the pattern with the keys. The pattern mixes the values.",
        "What does the pattern multiply in the forward pass?",
    ),
    output(
        "E07-50",
        "c05_attention_backward",
        "The values scaled too",
        "You divided `d_v` by the square root of `d_head`. The forward pass scales only the scores.",
        "Is there a scale in `z = pattern · v`?",
    ),
];
