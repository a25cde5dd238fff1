//! Mistakes of the check `c09`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E07-81",
        "c09_clip_gradients",
        "Each matrix by itself",
        "Each gradient was shortened by its own length. Then the direction of the whole step changes; one factor for \
         all keeps it.",
        "Are the gradients of two matrices still in the same ratio?",
    ),
    output(
        "E07-82",
        "c09_clip_gradients",
        "The length after clipping",
        "What is returned is the length afterward. The one before says whether, and how much, was clipped.",
        "Which of the two numbers tells you that a batch was unusual?",
    ),
    output(
        "E07-83",
        "c09_clip_gradients",
        "Short gradients are lengthened",
        "All gradients are brought to the length `max_norm`. Those that are shorter stay as they are.",
        "What should become of a gradient near a minimum?",
    ),
    output(
        "E07-84",
        "c09_clip_gradients",
        "Entry by entry",
        "Each entry was cut off at `max_norm`. That changes the direction; clipping by the norm only shortens.",
        "Are two entries still in the same ratio?",
    ),
    output(
        "E07-85",
        "c09_clip_gradients",
        "The root is missing",
        "The length is the *root* of the sum of the squares.",
        "How long is the vector (3, 4)?",
    ),
    output(
        "E07-86",
        "c09_clip_gradients",
        "The largest entry",
        "The length is taken to be the largest entry. It is the root of the sum of all squares.",
        "How long is the vector (3, 4)?",
    ),
    output(
        "E07-87",
        "c09_clip_gradients",
        "The lengths added up",
        "The length of each matrix is right, but the common length is not their sum: it is the root of the sum of \
         their squares.",
        "How long is a vector whose two parts have lengths 3 and 4?",
    ),
    output(
        "E07-88",
        "c09_clip_gradients",
        "The longest matrix",
        "The common length is taken to be that of the longest gradient. All of them count.",
        "How long is a vector whose two parts have lengths 3 and 4?",
    ),
    output(
        "E07-89",
        "c09_clip_gradients",
        "The sum of absolute values",
        "The length is the root of the sum of squares, not the sum of absolute values.",
        "How long is the vector (3, 4)?",
    ),
    output(
        "E07-90",
        "c09_clip_gradients",
        "Measured, but not shortened",
        "The length is right, and the gradients are as they were.",
        "What does a caller see of a change to a copy?",
    ),
];
