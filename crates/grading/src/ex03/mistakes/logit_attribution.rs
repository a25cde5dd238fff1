//! What goes wrong in `logit_attribution`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c08_logit_attribution";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-36",
        CHECK,
        "Tokens not shifted",
        "Each row tells about the token at its own position, which the model has just read. A prediction is about \
         the one after it.",
        "Which token do the logits at position 0 predict?",
    ),
    output(
        "E03-37",
        CHECK,
        "Shifted the wrong way",
        "Vectors from position 1 on were paired with tokens up to the last but one: each row tells about the token \
         *before* its position. Of the vectors the last drops out, of the tokens the first.",
        "Nothing is known to follow the last position. Which end of the vectors must go?",
    ),
    output(
        "E03-38",
        CHECK,
        "The last position included",
        "There are as many rows as positions. At the last one the model predicts a token that the text does not \
         hold, so there is no right logit to split; here it was paired with a token from elsewhere.",
        "How many predictions of a text of n tokens can be checked against it?",
    ),
    output(
        "E03-39",
        CHECK,
        "The direct path last",
        "The numbers are right and their order is not: the direct path is component 0, then come the heads of the \
         first layer, then those of the second.",
        "Which component stands in column 0?",
    ),
    output(
        "E03-40",
        CHECK,
        "The layers swapped",
        "Heads of the second layer stand before those of the first. Head h of the first layer is component 1 + h.",
        "In which order do you join the two layers?",
    ),
    output(
        "E03-41",
        CHECK,
        "The direct path missing",
        "There are 2 * n_heads components. The embedding itself is still in the residual stream at the end, \
         untouched, and pushes logits as any head does; without it the parts do not sum to the logit.",
        "Besides heads, what is in the residual stream of an attention-only model?",
    ),
    output(
        "E03-42",
        CHECK,
        "Heads added up",
        "There is one number a layer. The point of the exercise is the step after that: a layer's output is a sum \
         over heads, and each head has its own share.",
        "Over which axis of [pos, head, d_model] does your product sum?",
    ),
    output(
        "E03-43",
        CHECK,
        "One token for all positions",
        "Every row was measured against the same column of W_U, that of the first token to be predicted. Each \
         position has a right answer of its own.",
        "Which columns of W_U are needed for a text of five tokens?",
    ),
    output(
        "E03-105",
        CHECK,
        "Heads of both layers alternate",
        "The shares are right and their order is not: head 0 of both layers, then head 1 of both, and so on. \
         All heads of the first layer come before those of the second.",
        "Which component is head 1 of the first layer?",
    ),
    output(
        "E03-106",
        CHECK,
        "Centered already",
        "The mean over the vocabulary was taken away from W_U first. That is a later task; here the shares must \
         sum to the logit itself.",
        "What should a row of your table sum to?",
    ),
    output(
        "E03-107",
        CHECK,
        "Directions of unit length",
        "The column of W_U was divided by its norm. The logit is the dot product with the column as it is, so \
         its length belongs to the share.",
        "Does the model normalize the columns of W_U when it computes logits?",
    ),
    output(
        "E03-108",
        CHECK,
        "Fractions of the logit",
        "Each row was divided by its sum. A share is a part of the logit in its own unit; as a fraction it \
         explodes where the logit is near zero, and loses its sign where the logit is negative.",
        "What should a row of your table sum to?",
    ),
    output(
        "E03-109",
        CHECK,
        "The model's favorite token",
        "Each row is about the token with the largest logit. The question is about the token that really comes \
         next, also where the model is wrong.",
        "Where does the argument `tokens` occur in your code?",
    ),
    output(
        "E03-110",
        CHECK,
        "Vectors shifted as well",
        "The vectors at position p + 1 were paired with the token at p + 1, which the model has just read \
         there. A prediction is made one position before the token it is about.",
        "At which position does the model predict the token at position 1?",
    ),
    output(
        "E03-111",
        CHECK,
        "The whole logit in the first column",
        "Column 0 holds the sum of all components. The direct path is a part of its own: the embedding alone, \
         times the column of W_U.",
        "What should column 0 be if all heads write nothing?",
    ),
];
