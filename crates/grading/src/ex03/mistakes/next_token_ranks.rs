//! What goes wrong in `next_token_ranks`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c14_next_token_ranks";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-62",
        CHECK,
        "Counted from one",
        "Every rank is one too high. Rank 0 is the model's first choice: no other token has a larger logit.",
        "Is the right token's own logit larger than itself?",
    ),
    output(
        "E03-63",
        CHECK,
        "Counted from the wrong end",
        "The smaller logits were counted, so that the model's first choice comes out last.",
        "What is the rank of the token with the largest logit?",
    ),
    output(
        "E03-64",
        CHECK,
        "Tokens not shifted",
        "The logits at a position were asked about the token at that same position, not about the one after it.",
        "Which token do the logits at position 0 predict?",
    ),
    output(
        "E03-140",
        CHECK,
        "Ties counted as larger",
        "Tokens with the same logit as the right one were counted, perhaps the right one itself among them. Only a \
         larger logit comes before the right token.",
        "What is the rank of every token if all logits are equal?",
    ),
    output(
        "E03-141",
        CHECK,
        "The token at a rank, not the rank of a token",
        "The tokens were sorted by their logits, and the sorted list was read at the index of the right token. \
         That gives which token has that rank.",
        "Where in the sorted list is the right token?",
    ),
    output(
        "E03-142",
        CHECK,
        "The first row's logits for all",
        "The logits of batch item 0 were used for every item.",
        "Which index in your code is a plain 0?",
    ),
    output(
        "E03-143",
        CHECK,
        "Magnitudes compared",
        "The logits were compared without their signs. A very negative logit is far behind, not in front.",
        "Which of the logits -5 and 2 is larger?",
    ),
];
