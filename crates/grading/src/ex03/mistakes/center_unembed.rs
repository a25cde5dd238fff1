//! What goes wrong in `center_unembed`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c12_center_unembed";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-54",
        CHECK,
        "Centred over d_model",
        "The mean of each column became zero: a token's direction lost its mean component. What should not matter is \
         a shift of *all logits* alike, and that is the mean over tokens, along each row.",
        "Along which axis of [d_model, d_vocab] do you find one number for each token?",
    ),
    output(
        "E03-55",
        CHECK,
        "One mean for everything",
        "A single number was taken away from all entries. Each of the d_model directions of the stream has its own \
         mean effect on the logits.",
        "How many means does a matrix [d_model, d_vocab] have over the vocabulary?",
    ),
    output(
        "E03-56",
        CHECK,
        "Scaled as well",
        "The rows were also divided by their spread. That changes differences between logits, and so the \
         probabilities; a shift does not.",
        "Which of the two changes a softmax: adding a constant, or dividing by one?",
    ),
    output(
        "E03-127",
        CHECK,
        "The mean added",
        "The mean over the vocabulary was added, not taken away, so the rows are twice as far from being \
         centered.",
        "What should the mean of a row be afterwards?",
    ),
    output(
        "E03-128",
        CHECK,
        "Both axes centered",
        "The mean over the vocabulary was taken away, and then also the mean over d_model. The second changes \
         each token's column by an amount of its own, and with it the probabilities.",
        "Which of the two steps moves all logits of a position by the same amount?",
    ),
    output(
        "E03-129",
        CHECK,
        "Returned as it came",
        "W_U is unchanged: what was computed was not stored or not returned.",
        "What becomes of the result of your subtraction?",
    ),
    output(
        "E03-130",
        CHECK,
        "Sum or wrong count instead of the mean",
        "What was taken away is a sum over the vocabulary, or a sum divided by d_model. The mean divides by the \
         number of tokens.",
        "How many entries does a row of W_U have?",
    ),
    output(
        "E03-131",
        CHECK,
        "One token as the zero point",
        "The column of token 0 was taken away from all columns. Probabilities stay the same then too, but a \
         share now compares a token with token 0, not with the average one.",
        "What should the mean of a row be afterwards?",
    ),
];
