//! Mistakes of the check `c09`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E07-81",
        "c09_clip_gradients",
        "Each matrix clipped separately",
        "You scaled each gradient by its own norm, which changes the direction of the whole step. Use one factor for \
         all.",
        "Are the gradients of two matrices still in the same ratio?",
    ),
    output(
        "E07-82",
        "c09_clip_gradients",
        "The norm after clipping",
        "You returned the norm after clipping. The norm before says whether the gradients were clipped, and by how \
         much.",
        "Which of the two numbers shows that a batch was unusual?",
    ),
    output(
        "E07-83",
        "c09_clip_gradients",
        "Short gradients scaled up",
        "You scaled all gradients to `max_norm`. Leave those with a smaller norm unchanged.",
        "What should happen to a gradient near a minimum?",
    ),
    output(
        "E07-225",
        "c09_clip_gradients",
        "Zero divided by zero",
        "When all gradients are zero, you divided zero by their norm, which is zero too. The result is not a number, and \
         the weights would never recover. Scale only gradients whose norm is above `max_norm`.",
        "What is `0.0 / 0.0`?",
    ),
    output(
        "E07-84",
        "c09_clip_gradients",
        "Entry by entry",
        "You clipped each entry at `max_norm`, which changes the direction. Scale all entries by one factor.",
        "Are two entries still in the same ratio?",
    ),
    output(
        "E07-85",
        "c09_clip_gradients",
        "The square root is missing",
        "You used the sum of the squares. The norm is its square root.",
        "What is the norm of the vector (3, 4)?",
    ),
    output(
        "E07-86",
        "c09_clip_gradients",
        "The largest entry",
        "You used the largest entry as the norm. The norm is the square root of the sum of all squares.",
        "What is the norm of the vector (3, 4)?",
    ),
    output(
        "E07-87",
        "c09_clip_gradients",
        "The norms added up",
        "You added up the norms of the matrices. The common norm is the square root of the sum of their squares.",
        "What is the norm of a vector whose two parts have norms 3 and 4?",
    ),
    output(
        "E07-88",
        "c09_clip_gradients",
        "The largest norm",
        "You used the norm of the largest gradient. The common norm includes all of them.",
        "What is the norm of a vector whose two parts have norms 3 and 4?",
    ),
    output(
        "E07-89",
        "c09_clip_gradients",
        "The sum of absolute values",
        "You used the sum of the absolute values. The norm is the square root of the sum of squares.",
        "What is the norm of the vector (3, 4)?",
    ),
    output(
        "E07-90",
        "c09_clip_gradients",
        "Measured but not scaled",
        "Your norm is right, but the gradients are unchanged.",
        "Does the caller see a change to a copy?",
    ),
    output(
        "E07-197",
        "c09_clip_gradients",
        "The factor returned",
        "You returned the factor by which the gradients were shortened. The task asks for the length that they had.",
        "What does your function return if nothing is shortened?",
    ),
    output(
        "E07-198",
        "c09_clip_gradients",
        "Always of length one",
        "You divided by the length, and did not multiply by `max_norm`. That is right for a limit of 1 only.",
        "How long are your gradients if the limit is 2?",
    ),
    output(
        "E07-199",
        "c09_clip_gradients",
        "The root mean square",
        "You used the root of the mean of all squares. The length is the root of their sum.",
        "Does your length grow with the number of parameters?",
    ),
];
