//! What goes wrong in `zero_ablate_everywhere`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c03_zero_ablate_everywhere";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-15",
        CHECK,
        "Only in layer 0",
        "The head went silent in layer 0 and spoke on in the others. One name is one point; a predicate can hold at \
         a point of every layer.",
        "For how many of this model's layers is your condition true?",
    ),
    output(
        "E03-16",
        CHECK,
        "Two layers by name",
        "In the layers 0 and 1 the head went silent, and in the third it did not. The model of the course has two \
         layers, but the function is told nothing about the number of layers, and need not be.",
        "What do the full names of all the points that you want have in common?",
    ),
    output(
        "E03-80",
        CHECK,
        "A condition that is true for too many names",
        "In attention-only models the hook does what it should. In a model with norms and MLPs the condition is \
         true for more names: `z` alone is part of `hook_normalized`, for example. There the hook meets an \
         array of another shape.",
        "Print the names that your condition selects. Which of them is not a z?",
    ),
    output(
        "E03-81",
        CHECK,
        "Only in the last layer",
        "The head went silent in the last layer and kept working in the ones before.",
        "For how many layers of this model is your condition true?",
    ),
    output(
        "E03-82",
        CHECK,
        "All heads in every layer",
        "No head of any layer writes anything: the whole z became zero, not only the part of one head.",
        "Which index of the head axis does your hook write to?",
    ),
    output(
        "E03-83",
        CHECK,
        "A position in every layer",
        "One position lost all heads in every layer, and the other positions kept them. The head's number is at \
         the second axis of your index, which is pos; heads are the third.",
        "In [batch, pos, head, d_head], how many axes come before the head?",
    ),
    output(
        "E03-84",
        CHECK,
        "Query or key silenced in every layer",
        "The head's query or key became zero, not what it passes on. Then all its scores are equal, and it \
         attends evenly to everything it can see.",
        "What does softmax make of a row of equal scores?",
    ),
];
