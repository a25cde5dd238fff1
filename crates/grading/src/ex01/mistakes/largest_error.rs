//! What goes wrong in `largest_error`.

use crate::exercise::{Mistake, output, sameness};

const CHECK: &str = "c11_largest_error";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E01-60",
        CHECK,
        "The mean instead of the largest",
        "You averaged the differences. One wrong entry among thousands then hardly shows, and a mask that is off by \
         one changes few entries. The largest difference always shows.",
        "If one entry of ten thousand is off by 0.5, what does your function return?",
    ),
    output(
        "E01-61",
        CHECK,
        "The sign kept",
        "Differences of one sign are missing from your result. A difference of -0.3 is as bad as one of 0.3. This \
         happens when the largest difference is taken without an absolute value.",
        "What does your function return if every entry is 0.3 too small, and what if it is 0.3 too large?",
    ),
    output(
        "E01-62",
        CHECK,
        "Always layer 0",
        "You checked layer 0, whichever layer the caller asked for.",
        "Where does your function use its argument `layer`?",
    ),
    output(
        "E01-63",
        CHECK,
        "Only the first item of the batch",
        "You checked only the first item of the batch. A wrong entry in another item went unnoticed.",
        "How many entries does your comparison use, and how many has the pattern?",
    ),
    sameness(
        "E01-64",
        CHECK,
        "A check that cannot fail",
        "Your answer does not depend on the cache, not even for a wrong pattern. This happens, for example, when a \
         pattern is compared with itself or with something computed from it. A check is useful only if it can fail.",
        "Where do the two sides of your comparison come from?",
    ),
    output(
        "E01-110",
        CHECK,
        "The sum instead of the largest",
        "You summed the differences. A sum grows with the size of the pattern, and does not show the worst entry.",
        "What does your function return if every entry is off by a millionth?",
    ),
    output(
        "E01-111",
        CHECK,
        "Squared differences",
        "You squared the differences: your number is the largest square, or the root of the mean of all squares. \
         Take the largest absolute value. A mean hides one wrong entry among many right ones.",
        "In which unit is your error, compared with the entries of a pattern?",
    ),
    output(
        "E01-112",
        CHECK,
        "The masked half not compared",
        "You left out the entries above the diagonal. They should be zero, and a wrong mask shows only there.",
        "How would your function notice that a model attends to later tokens?",
    ),
    output(
        "E01-116",
        CHECK,
        "The smallest instead of the largest",
        "You returned the smallest difference. It is zero as soon as one entry is right, however wrong the others are.",
        "If all entries but one are off by 0.5, what does your function return?",
    ),
    output(
        "E01-119",
        CHECK,
        "Only the first head",
        "You compared only head 0. A wrong entry in another head went unnoticed.",
        "How many entries does your comparison use, and how many has the pattern?",
    ),
];
