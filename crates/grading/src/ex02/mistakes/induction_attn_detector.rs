//! What goes wrong in `induction_attn_detector`.

use crate::exercise::{Mistake, property};

const CHECK: &str = "c7_induction_attn_detector";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E02-35",
        CHECK,
        "The stripe one too low",
        "These heads attend to the previous copy of the current token itself. They find where it occurred, which is half of \
         induction; an induction head looks one further, at the token that came after it.",
        "The second copy begins at position seq_len + 1. Which key holds what followed its first token?",
    ),
    property(
        "E02-36",
        CHECK,
        "The stripe one too high",
        "These heads attend to the token two after the previous copy. That lies one beyond the token which an induction head \
         wants to copy.",
        "For a segment of three, write down the six tokens: what does the second query of the second copy look at?",
    ),
    property(
        "E02-37",
        CHECK,
        "The stripe on the wrong side",
        "These heads attend to later tokens, which no causal model can. Query and key have changed places, or the offset has \
         the wrong sign: the key must be the smaller of the two.",
        "Is the previous copy before or after the query?",
    ),
    property(
        "E02-38",
        CHECK,
        "Only the first item of the batch",
        "The score was taken from item 0 of the batch, one random sequence. Chance similarities there count as much as the \
         mechanism; the mean over the batch is what shows it.",
        "Where does the batch axis go in your code: is it averaged over, or indexed with 0?",
    ),
    property(
        "E02-39",
        CHECK,
        "The same heads for every cache",
        "Whatever the cache holds, the answer is the same. The heads that were right for one model are not those of \
         another, and the grader has several.",
        "Which line of your function reads the patterns?",
    ),
    property(
        "E02-67",
        CHECK,
        "The stripe two too low",
        "These heads attend to the token before the previous copy. From there it is two steps to the token that an \
         induction head copies.",
        "Is the token after the previous copy nearer to the query than the copy itself, or further away?",
    ),
    property(
        "E02-68",
        CHECK,
        "Divided by another count",
        "The sum along the line was divided by a number that is not that of its cells: by all queries, or by the \
         length of a segment. The line begins at query seq_len - 1 and ends with the last.",
        "How many cells does the line have in a pattern of 1 + 2 * seq_len positions?",
    ),
    property(
        "E02-69",
        CHECK,
        "The previous token instead of the stripe",
        "These heads attend to the previous token. Half of the circuit does that, in an earlier layer; an induction \
         head looks back by nearly a whole segment.",
        "By how many positions is the cell that you read away from the diagonal?",
    ),
];
