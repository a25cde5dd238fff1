//! What goes wrong in `attribution_by_half`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c09_attribution_by_half";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-44",
        CHECK,
        "The halves swapped",
        "Both of your rows are right, but the second copy comes first.",
        "Which rows of the table does your row 0 average?",
    ),
    output(
        "E03-45",
        CHECK,
        "Split one too late",
        "Your first half contains one row of the second copy. There are 2 * seq_len rows, because the last token has \
         no prediction. A split at seq_len + 1 fits the tokens, not the predictions.",
        "Row p is about the token at p + 1. Which row is about the first token of the second copy?",
    ),
    output(
        "E03-46",
        CHECK,
        "Sum instead of mean",
        "You summed the rows of each half, so your numbers grow with the length of the segment. Take the mean.",
        "What happens to your numbers when the segment is twice as long?",
    ),
    output(
        "E03-112",
        CHECK,
        "BOS's row left out",
        "You left out the first row. It is about the token after BOS, which is the first token of the first copy.",
        "Row p is about the token at p + 1. Which token is row 0 about?",
    ),
    output(
        "E03-113",
        CHECK,
        "Every second row",
        "You averaged the even and the odd rows. The first copy is the first half of the rows, and the second copy is \
         the rest.",
        "Which rows of six belong to the first copy?",
    ),
    output(
        "E03-114",
        CHECK,
        "The difference in the second row",
        "Your second row is the change of the mean from the first copy to the second. Both rows should be means.",
        "What should the second row be if both copies give the same?",
    ),
    output(
        "E03-115",
        CHECK,
        "Split one too early",
        "Your second half contains one row of the first copy. Both halves have seq_len rows.",
        "How many rows do your two halves have?",
    ),
    output(
        "E03-116",
        CHECK,
        "Divided by all rows",
        "You divided the sum over each half by the number of all rows, so every entry is half of what it should be.",
        "How many rows are in one half?",
    ),
];
