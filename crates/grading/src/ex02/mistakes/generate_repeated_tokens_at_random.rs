//! What goes wrong in `generate_repeated_tokens_at_random`.

use crate::exercise::{Mistake, property};

const CHECK: &str = "c5_generate_repeated_tokens_at_random";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E02-21",
        CHECK,
        "Not drawn from the given generator",
        "What comes does not follow the generator that was passed in: either it is the same whatever the seed, or it is not \
         the same for the same seed. An experiment that cannot be repeated cannot be checked.",
        "Do you make, copy or re-seed a generator inside the function?",
    ),
    property(
        "E02-22",
        CHECK,
        "One segment for all rows",
        "All rows hold the same tokens, so a batch says no more than one row. Each row needs a segment of its own.",
        "Is the draw inside the loop over rows?",
    ),
    property(
        "E02-23",
        CHECK,
        "An id outside the vocabulary",
        "A vocabulary of d_vocab tokens has the ids 0 to d_vocab - 1. The embedding has no row for d_vocab itself.",
        "Does your range include its end?",
    ),
    property(
        "E02-24",
        CHECK,
        "Part of the vocabulary is never drawn",
        "Some ids do not come up in hundreds of draws from a handful of tokens. The tokens should be spread evenly over the \
         whole vocabulary.",
        "What are the smallest and the largest id that you can draw?",
    ),
    property(
        "E02-76",
        CHECK,
        "Drawn unevenly",
        "Some ids come more often than others, by more than luck can explain. Rounding gives the first and last id \
         half their share, and the remainder of a small random number favors the low ids.",
        "Through which steps does a random number become an id, and does every id have as many ways to come about?",
    ),
    property(
        "E02-77",
        CHECK,
        "Tokens that know their neighbors",
        "A token depends on the one before it: the segment is sorted, or counts upwards, or no token may come twice. \
         Then the first copy can be predicted in part, which is what random tokens are there to rule out.",
        "After you have drawn a token, which tokens can still come next?",
    ),
    property(
        "E02-78",
        CHECK,
        "Rows made from each other",
        "The rows are made from one draw, by shifting or shuffling it, or by adding something to it. A batch of such \
         rows says little more than one of them. Each row needs a draw of its own.",
        "How many tokens do you draw for a batch of ten?",
    ),
];
