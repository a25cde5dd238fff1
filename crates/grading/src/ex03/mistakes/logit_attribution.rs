//! What goes wrong in `logit_attribution`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c08_logit_attribution";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-36",
        CHECK,
        "Tokens not shifted",
        "Your rows are about the token at their own position, which the model has just read. A prediction is about the \
         next token.",
        "Which token do the logits at position 0 predict?",
    ),
    output(
        "E03-37",
        CHECK,
        "Shifted the wrong way",
        "You paired the vectors from position 1 on with the tokens before them, so each row is about the *previous* \
         token. Drop the last vector and the first token.",
        "No token follows the last position. At which end do you drop a vector?",
    ),
    output(
        "E03-38",
        CHECK,
        "The last position included",
        "You have one row per position. At the last position the model predicts a token that is not in the text, so \
         there is no right logit to split.",
        "How many predictions of a text of n tokens can be checked against it?",
    ),
    output(
        "E03-39",
        CHECK,
        "The direct path last",
        "Your numbers are right, but their order is wrong. The direct path is component 0. Then come the heads of the \
         first layer, and then those of the second.",
        "Which component is in column 0?",
    ),
    output(
        "E03-40",
        CHECK,
        "The layers swapped",
        "Your heads of the second layer come before those of the first. Head h of the first layer is component 1 + h.",
        "In which order do you concatenate the two layers?",
    ),
    output(
        "E03-41",
        CHECK,
        "The direct path missing",
        "You have 2 * n_heads components. The embedding is still in the residual stream at the end, and contributes to \
         the logits as any head does. Without it the parts do not sum to the logit.",
        "Apart from heads, what is in the residual stream of an attention-only model?",
    ),
    output(
        "E03-42",
        CHECK,
        "Heads summed",
        "You have one number per layer. A layer's output is a sum over heads, and the task asks for each head's \
         contribution.",
        "Over which axis of [pos, head, d_model] does your product sum?",
    ),
    output(
        "E03-43",
        CHECK,
        "One token for all positions",
        "You used the same column of W_U for every row, that of the first predicted token. Each position has its own \
         right answer.",
        "Which columns of W_U are needed for a text of five tokens?",
    ),
    output(
        "E03-105",
        CHECK,
        "Heads of both layers alternate",
        "Your contributions are right, but your heads alternate between the layers. All heads of the first layer come \
         before those of the second.",
        "Which component is head 1 of the first layer?",
    ),
    output(
        "E03-106",
        CHECK,
        "Centered already",
        "You subtracted the mean over the vocabulary from W_U first. That is a later task. Here the contributions must \
         sum to the logit itself.",
        "What should a row of your table sum to?",
    ),
    output(
        "E03-107",
        CHECK,
        "Directions normalized",
        "You divided the column of W_U by its norm. The logit is the dot product with the column itself, so its length \
         belongs to the contribution.",
        "Does the model normalize the columns of W_U when it computes logits?",
    ),
    output(
        "E03-108",
        CHECK,
        "Fractions of the logit",
        "You divided each row by its sum. A contribution is a part of the logit in nats. As a fraction it becomes huge \
         if the logit is near zero, and changes sign if the logit is negative.",
        "What should a row of your table sum to?",
    ),
    output(
        "E03-109",
        CHECK,
        "The model's top token",
        "Your rows are about the token with the largest logit. The task asks about the token that really comes next, \
         even if the model is wrong.",
        "Where does your code use the argument `tokens`?",
    ),
    output(
        "E03-110",
        CHECK,
        "Vectors shifted as well",
        "You paired the vectors at position p + 1 with the token at p + 1, which the model has just read there. A \
         prediction is made one position before its token.",
        "At which position does the model predict the token at position 1?",
    ),
    output(
        "E03-111",
        CHECK,
        "The whole logit in the first column",
        "Your column 0 holds the sum of all components. The direct path is only the embedding, times the column of \
         W_U.",
        "What should column 0 be if no head writes anything?",
    ),
];
