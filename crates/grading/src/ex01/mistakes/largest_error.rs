//! What goes wrong in `largest_error`.

use crate::exercise::{Mistake, output, sameness};

const CHECK: &str = "c11_largest_error";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E01-60",
        CHECK,
        "The mean instead of the largest",
        "The differences were averaged. One wrong entry among thousands then looks like none, and a mask that is \
         off by one changes few entries. The largest difference cannot hide.",
        "If one entry of ten thousand is off by 0.5, what does your function say?",
    ),
    output(
        "E01-61",
        CHECK,
        "The sign not taken away",
        "Only entries that are too large were noticed. A difference of -0.3 is as bad as one of 0.3.",
        "What does your maximum make of an array in which every entry is 0.3 too small?",
    ),
    output(
        "E01-62",
        CHECK,
        "Always layer 0",
        "Layer 0 was checked whatever layer was asked for.",
        "Where does your function use its argument `layer`?",
    ),
    output(
        "E01-63",
        CHECK,
        "Only the first item of the batch",
        "Items of the batch after the first were not checked, and there a wrong entry went unseen.",
        "How many entries does your comparison look at, and how many has the pattern?",
    ),
    sameness(
        "E01-64",
        CHECK,
        "A check that cannot fail",
        "The answer is the same whatever is in the cache, wrong patterns included. Most likely a pattern is \
         compared with itself, or with something made from it. A check is worth something only if it would have \
         noticed a mistake.",
        "Where do the two sides of your comparison come from?",
    ),
    output(
        "E01-110",
        CHECK,
        "The sum instead of the largest",
        "The differences were added up. A sum grows with the size of the pattern, and says nothing about the worst \
         entry.",
        "What does your function say about a pattern in which every entry is off by a millionth?",
    ),
    output(
        "E01-111",
        CHECK,
        "Squared differences",
        "The differences were squared. That makes them positive, too, but a difference of 0.1 becomes 0.01.",
        "In which unit is your error, compared with the entries of a pattern?",
    ),
    output(
        "E01-112",
        CHECK,
        "The hidden half not looked at",
        "Entries above the diagonal were left out of the comparison. They should be zero, and a mask that is wrong \
         shows there and nowhere else.",
        "How would your function notice that a model looks into the future?",
    ),
    output(
        "E01-116",
        CHECK,
        "The smallest instead of the largest",
        "The answer is the smallest difference. As long as one entry is right, it is zero, however wrong the others are.",
        "If all entries but one are off by 0.5, what does your function say?",
    ),
    output(
        "E01-119",
        CHECK,
        "Only the first head",
        "Only head 0 was compared, and a wrong entry in another one went unseen.",
        "How many entries does your comparison look at, and how many has the pattern?",
    ),
];
