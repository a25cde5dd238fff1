//! What goes wrong in `center_unembed`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c12_center_unembed";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-54",
        CHECK,
        "Centered over d_model",
        "You made the mean of each column zero, so every token's direction lost its mean component. Remove a shift of \
         *all logits* instead: that is the mean over tokens, along each row.",
        "Along which axis of [d_model, d_vocab] do you find one number for each token?",
    ),
    output(
        "E03-55",
        CHECK,
        "One mean for everything",
        "You subtracted one number from all entries. Each of the d_model directions of the stream has its own mean \
         effect on the logits.",
        "How many means does a matrix [d_model, d_vocab] have over the vocabulary?",
    ),
    output(
        "E03-56",
        CHECK,
        "Scaled as well",
        "You also divided the rows by their standard deviation. That changes differences between logits, and so the \
         probabilities. A shift does not.",
        "Which of the two changes a softmax: adding a constant, or dividing by one?",
    ),
    output(
        "E03-127",
        CHECK,
        "The mean added",
        "You added the mean over the vocabulary instead of subtracting it, so the rows are twice as far from being \
         centered.",
        "What should the mean of a row be after your function?",
    ),
    output(
        "E03-128",
        CHECK,
        "Both axes centered",
        "You subtracted the mean over the vocabulary, and then also the mean over d_model. The second changes each \
         token's column by a different amount, and so the probabilities.",
        "Which of the two steps changes all logits of a position by the same amount?",
    ),
    output(
        "E03-129",
        CHECK,
        "Returned unchanged",
        "You returned W_U unchanged. This happens, for example, when the result of the subtraction is not stored, or \
         not returned.",
        "Where does the result of your subtraction go?",
    ),
    output(
        "E03-130",
        CHECK,
        "Sum or wrong count instead of the mean",
        "You subtracted a sum over the vocabulary, or a sum divided by d_model. The mean divides by the number of \
         tokens.",
        "How many entries does a row of W_U have?",
    ),
    output(
        "E03-131",
        CHECK,
        "One token as the zero point",
        "You subtracted the column of token 0 from all columns. That does not change the probabilities either, but a \
         contribution then compares a token with token 0, not with the average token.",
        "What should the mean of a row be after your function?",
    ),
];
