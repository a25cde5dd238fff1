//! What goes wrong in `attribution_by_half`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c09_attribution_by_half";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-44",
        CHECK,
        "The halves swapped",
        "Both rows are right, but the second copy came first.",
        "Which rows of the table does your row 0 average?",
    ),
    output(
        "E03-45",
        CHECK,
        "Cut one too late",
        "The first half has one row of the second copy in it. There are 2 * seq_len rows, since the last token has \
         no prediction; a cut at seq_len + 1 fits the tokens, not the predictions.",
        "Row p is about the token at p + 1. Which row is about the first token of the second copy?",
    ),
    output(
        "E03-46",
        CHECK,
        "Sum instead of mean",
        "These are sums over the rows of each half: they grow with the length of the segment.",
        "What happens to your numbers when the segment is twice as long?",
    ),
    output(
        "E03-112",
        CHECK,
        "BOS's row left out",
        "The first row of the first half was left out. It is about the token after BOS, which is the first \
         token of the first copy and belongs to it.",
        "Row p is about the token at p + 1. Which token is row 0 about?",
    ),
    output(
        "E03-113",
        CHECK,
        "Every second row",
        "Even and odd rows were averaged. The first copy is the first half of the rows, and the second copy the \
         rest.",
        "Which rows of six belong to the first copy?",
    ),
    output(
        "E03-114",
        CHECK,
        "The difference in the second row",
        "The second row holds how much the mean changes from the first copy to the second. Both rows are means.",
        "What should the second row be if both copies give the same?",
    ),
    output(
        "E03-115",
        CHECK,
        "Cut one too early",
        "The second half has one row of the first copy in it. Both halves have seq_len rows.",
        "How many rows do your two halves have?",
    ),
    output(
        "E03-116",
        CHECK,
        "Divided by all rows",
        "The sum over each half was divided by the number of all rows, so every entry is half of what it should \
         be.",
        "How many rows are in one half?",
    ),
];
