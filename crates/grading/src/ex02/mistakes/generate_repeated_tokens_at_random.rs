//! What goes wrong in `generate_repeated_tokens_at_random`.

use crate::exercise::{Mistake, property};

const CHECK: &str = "c06_generate_repeated_tokens_at_random";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E02-21",
        CHECK,
        "Not drawn from the given generator",
        "Your tokens do not follow the given generator: they are the same for different seeds or calls, or differ for \
         the same seed. An experiment that cannot be repeated cannot be checked.",
        "Do you make, copy or re-seed a generator inside the function?",
    ),
    property(
        "E02-22",
        CHECK,
        "One segment for several rows",
        "Two or more of your rows hold the same tokens, so the batch has less information than it could. Draw a \
         separate segment for each row.",
        "Is the draw inside the loop over rows?",
    ),
    property(
        "E02-23",
        CHECK,
        "An id outside the vocabulary",
        "At least one of your tokens is not in the vocabulary. The ids of a vocabulary of d_vocab tokens are 0 to \
         d_vocab - 1, so the embedding has no row for d_vocab.",
        "Does your range include its end?",
    ),
    property(
        "E02-24",
        CHECK,
        "Part of the vocabulary is never drawn",
        "Some ids never occur in your draws, though there are many more draws than ids. Draw the tokens uniformly \
         from the whole vocabulary.",
        "What are the smallest and the largest id that you can draw?",
    ),
    property(
        "E02-76",
        CHECK,
        "Not drawn uniformly",
        "Some of your ids occur more often than others, by more than chance. For example, rounding gives the first \
         and last id half the probability, and the remainder of a small random number favors low ids.",
        "How does a random number become an id, and do equally many random numbers lead to each id?",
    ),
    property(
        "E02-77",
        CHECK,
        "Tokens that depend on their neighbors",
        "Your tokens depend on each other within a row. This happens, for example, when the segment is sorted or \
         counts upward, or when a token is drawn again if it has occurred. Then the first copy can be predicted in \
         part. Random tokens are meant to prevent that.",
        "After you have drawn a token, which tokens can still come next?",
    ),
    property(
        "E02-78",
        CHECK,
        "Rows made from each other",
        "Your rows depend on each other. This happens, for example, when all of them are made from one draw, by \
         shifting or shuffling it, or by adding something. Such a batch has little more information than one row. \
         Draw each row separately.",
        "How many tokens do you draw for a batch of ten?",
    ),
];
