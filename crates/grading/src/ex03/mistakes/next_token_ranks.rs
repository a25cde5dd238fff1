//! What goes wrong in `next_token_ranks`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c14_next_token_ranks";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-62",
        CHECK,
        "Counted from one",
        "Your ranks are one too high. Rank 0 is the model's first choice: no other token has a larger logit.",
        "Is the right token's own logit larger than itself?",
    ),
    output(
        "E03-63",
        CHECK,
        "Counted from the wrong end",
        "You counted the smaller logits, so the model's first choice comes last.",
        "What is the rank of the token with the largest logit?",
    ),
    output(
        "E03-64",
        CHECK,
        "Tokens not shifted",
        "You used the logits at a position for the token at the same position, not for the one after it.",
        "Which token do the logits at position 0 predict?",
    ),
    output(
        "E03-140",
        CHECK,
        "Ties counted as larger",
        "You also counted tokens with the same logit as the right one, perhaps the right one itself. Only a larger \
         logit comes before the right token.",
        "What is the rank of every token if all logits are equal?",
    ),
    output(
        "E03-141",
        CHECK,
        "The token at a rank, not the rank of a token",
        "You sorted the tokens by their logits, and read the sorted list at the index of the right token. That gives \
         the token at that rank, not the rank of the token.",
        "Where in the sorted list is the right token?",
    ),
    output(
        "E03-142",
        CHECK,
        "The first row's logits for all",
        "You used the logits of batch item 0 for every item.",
        "Which index in your code is 0?",
    ),
    output(
        "E03-143",
        CHECK,
        "Absolute values compared",
        "You compared the logits without their signs. A very negative logit comes last, not first.",
        "Which of the logits -5 and 2 is larger?",
    ),
];
