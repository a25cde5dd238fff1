//! What goes wrong in `pattern_from_q_and_k`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c10_pattern_from_q_and_k";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E01-46",
        CHECK,
        "Not scaled",
        "You applied the softmax to the scores without scaling them. The dot product of d_head terms grows with their \
         number, so divide it by the square root of d_head. Without that the softmax is far too sharp.",
        "What do you do between the dot product and the softmax?",
    ),
    output(
        "E01-47",
        CHECK,
        "Divided by d_head",
        "You divided the scores by d_head, not by its square root. That makes the pattern too flat.",
        "If each of 25 independent terms is about 1, how large is their sum, roughly: 25 or 5?",
    ),
    output(
        "E01-48",
        CHECK,
        "Scaled by the wrong width",
        "You divided the scores by a square root, but not by that of d_head: for example by that of d_head times the \
         number of heads, of the number of heads, or of the number of positions. Each head takes the dot product of \
         its own query and key, and these have d_head entries.",
        "How many products does one score sum?",
    ),
    output(
        "E01-49",
        CHECK,
        "No mask",
        "Your queries attend to later tokens, as without a mask. When the model predicts a token, it must not have \
         seen that token, so mask the keys after the query.",
        "Which half of the pattern should be zero?",
    ),
    output(
        "E01-50",
        CHECK,
        "Masked after the softmax",
        "Your later keys get zero, but the rows no longer sum to one. The softmax gave part of the attention to later \
         keys, and you removed that part. Apply the mask to the scores, before the softmax.",
        "What does the first row of your pattern sum to?",
    ),
    output(
        "E01-51",
        CHECK,
        "The current token masked",
        "Your mask also covers the diagonal. A token may attend to itself, and the first token can attend to nothing \
         else: with all keys masked, its row is 0 divided by 0.",
        "What can the first token attend to?",
    ),
    output(
        "E01-52",
        CHECK,
        "The past masked",
        "Your mask is on the wrong side: queries see the keys after them, and not those before.",
        "For query 2, which keys may it attend to?",
    ),
    output(
        "E01-53",
        CHECK,
        "Zero instead of minus infinity",
        "You set the masked scores to 0. To the softmax, 0 is a score like any other: its exponential is 1, more than \
         that of a negative score. Use minus infinity, whose exponential is 0.",
        "What must the exponential of a masked score be?",
    ),
    output(
        "E01-54",
        CHECK,
        "Softmax over the queries",
        "The columns of your pattern sum to one, but its rows do not. Each query distributes its attention over the \
         keys, so take the softmax along the last axis, key_pos.",
        "Which sums to one: the attention that a query gives, or the attention that a key receives?",
    ),
    output(
        "E01-55",
        CHECK,
        "Queries and keys swapped",
        "Your entry [q, k] is the key at q times the query at k. The order of the factors in a dot product does not \
         matter, but the position of each does.",
        "In the entry for query 5 and key 2, from which array and which position does each factor come?",
    ),
    output(
        "E01-56",
        CHECK,
        "Heads mixed up",
        "Queries and keys are [batch, pos, head, d_head]. You read them as if head came before pos, without moving the \
         numbers, so each score mixes positions and heads.",
        "Is changing the shape of an array the same as swapping two of its axes?",
    ),
    output(
        "E01-57",
        CHECK,
        "One item for the whole batch",
        "In your result every item of the batch has the pattern of item 0.",
        "Where do you use the batch index in the dot product?",
    ),
    output(
        "E01-58",
        CHECK,
        "Axes in the wrong order",
        "Your numbers are right, but your axes are [batch, query_pos, head, key_pos]. The head comes before the \
         positions, so that the pattern of one head is one block.",
        "In which order should your loops, or your axes, run?",
    ),
    output(
        "E01-59",
        CHECK,
        "The exponential overflows",
        "With scores around a hundred, your result is not a number. exp(100) does not fit in an f32. Subtract the \
         largest score of each row first. That does not change the softmax, and no exponential is above one.",
        "What is the largest x for which exp(x) is a finite f32?",
    ),
    output(
        "E01-100",
        CHECK,
        "A mask that is not negative enough",
        "You lowered the scores of masked keys, but not far enough. They must be far below every other score, and in \
         one case all scores are around -120. Minus infinity is below any score.",
        "What is the lowest score that may occur, and how far below it is your mask?",
    ),
    output(
        "E01-101",
        CHECK,
        "Multiplied by the root",
        "You multiplied the scores by the square root of d_head. Divide instead: the scores should not grow with the \
         width of a head.",
        "A sum of d_head independent terms of size one is about as large as which number?",
    ),
    output(
        "E01-102",
        CHECK,
        "One maximum for the whole matrix",
        "You subtracted the largest score of the whole matrix from every row. In a row far below it, every exponential \
         is zero, and zero divided by zero is not a number. Use the largest score of each row.",
        "What is exp(-230) in an f32?",
    ),
    output(
        "E01-107",
        CHECK,
        "Keys before queries",
        "You swapped the last two axes: your rows belong to the keys. In [batch, head, query_pos, key_pos] a row is \
         what one query attends to, and rows sum to one.",
        "Which of your axes sums to one?",
    ),
    output(
        "E01-108",
        CHECK,
        "Scaled after the softmax",
        "You divided by the square root after the softmax, so the rows no longer sum to one. Divide the scores before \
         it.",
        "What do the rows of your pattern sum to?",
    ),
    output(
        "E01-109",
        CHECK,
        "One head for all",
        "In your result all heads have the pattern of head 0.",
        "Where do you use the index of the head?",
    ),
    output(
        "E01-115",
        CHECK,
        "The next token visible",
        "Each query sees one key too many: the next token. That is the token that the model has to predict, so the \
         mask must cover it and all that follow.",
        "How many keys does the first query see in your pattern?",
    ),
    output(
        "E01-120",
        CHECK,
        "One softmax for the whole matrix",
        "In your result all entries of a head together sum to one. Each query distributes its own attention, so each \
         row must sum to one.",
        "What is the sum of the first row of your pattern, and how many keys does that query see?",
    ),
];
