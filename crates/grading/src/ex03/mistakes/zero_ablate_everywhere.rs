//! What goes wrong in `zero_ablate_everywhere`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c03_zero_ablate_everywhere";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-15",
        CHECK,
        "Only in layer 0",
        "You silenced the head in layer 0 but not in the others. A full name is one point. A predicate can match a \
         point in every layer.",
        "For how many of this model's layers is your condition true?",
    ),
    output(
        "E03-16",
        CHECK,
        "Two layers by name",
        "You silenced the head in layers 0 and 1, but not in the third. The model of the course has two layers, but \
         others have more, and the function need not know how many.",
        "What do the full names of all these points have in common?",
    ),
    output(
        "E03-80",
        CHECK,
        "A condition that is true for too many names",
        "Your hook works in attention-only models, and fails in a model with norms and MLPs. This happens, for \
         example, when your condition matches more names there: `z` alone is part of `hook_normalized`, and there the \
         hook gets an array of another shape.",
        "Print the names that your condition matches. Which of them is not a z?",
    ),
    output(
        "E03-81",
        CHECK,
        "Only in the last layer",
        "You silenced the head in the last layer only.",
        "For how many layers of this model is your condition true?",
    ),
    output(
        "E03-82",
        CHECK,
        "All heads in every layer",
        "You set the whole z to zero in every layer, so no head writes anything. Silence only the requested head.",
        "Which index of the head axis does your hook write to?",
    ),
    output(
        "E03-83",
        CHECK,
        "A position in every layer",
        "You silenced all heads at one position in every layer. You used the head's number as the second index, which \
         is pos. The head is the third.",
        "In [batch, pos, head, d_head], how many axes come before the head?",
    ),
    output(
        "E03-84",
        CHECK,
        "Query or key silenced in every layer",
        "You set the head's query or key to zero in every layer. Then all its scores are equal, and it attends equally \
         to every key that it can see.",
        "What does the softmax return for a row of equal scores?",
    ),
];
