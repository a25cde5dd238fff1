//! What goes wrong in `zero_ablate`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c02_zero_ablate";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-8",
        CHECK,
        "All heads silenced",
        "The whole z of the layer became zero, so all its heads went silent at once. z has the axes [batch, pos, \
         head, d_head]; one index on the head axis leaves the others alone.",
        "Which part of z does your hook write to?",
    ),
    output(
        "E03-9",
        CHECK,
        "A position instead of a head",
        "One position became zero for all heads, and every other position was left alone. The head's number stands \
         at the second axis of your index, which is pos; heads are the third.",
        "In [batch, pos, head, d_head], how many axes come before the head?",
    ),
    output(
        "E03-10",
        CHECK,
        "A component instead of a head",
        "One of the d_head numbers became zero in every head. The head's number stands at the last axis of your \
         index; heads are the third of four.",
        "In [batch, pos, head, d_head], how many axes come after the head?",
    ),
    output(
        "E03-11",
        CHECK,
        "An item of the batch instead of a head",
        "One item of the batch lost all its heads, or there was no item of that number and the index ran out. The \
         head's number stands at the first axis of your index, which is the batch.",
        "What would your hook do to a batch of one?",
    ),
    output(
        "E03-12",
        CHECK,
        "A copy was edited",
        "Nothing changed: the hook made an array of its own from z, wrote zeros into that, and dropped it. The model \
         goes on with the array behind the view that the hook was given.",
        "Which call in your hook makes a new array?",
    ),
    output(
        "E03-13",
        CHECK,
        "The head of every layer",
        "The head of that number went silent in all layers, not only in the one that was asked for. A predicate on \
         names fires wherever it holds; the layer is part of a full name.",
        "At how many points does your hook fire?",
    ),
    output(
        "E03-14",
        CHECK,
        "Query or key silenced",
        "The head's query or key became zero, not what it passes on. Then all its scores are zero, and it attends \
         evenly to everything it can see, but it still moves information.",
        "What does softmax make of a row of equal scores?",
    ),
    output(
        "E03-73",
        CHECK,
        "The attention scores set to zero",
        "The head's scores became zero, the masked ones included. Softmax turns that into even attention over \
         the whole text, also over tokens that come later, so the head still moves information.",
        "Which array has to be zero so that the head adds nothing to the stream?",
    ),
    output(
        "E03-74",
        CHECK,
        "The other heads silenced",
        "The head that was asked for is the only one left; all other heads of the layer went silent.",
        "For which heads is your condition true?",
    ),
    output(
        "E03-75",
        CHECK,
        "Only the first item of the batch",
        "Item 0 lost the head, and the other items of the batch kept it. z has the axes [batch, pos, head, \
         d_head], and the first of them must be taken whole.",
        "Which index in your hook is a plain 0?",
    ),
    output(
        "E03-76",
        CHECK,
        "Only some of the positions",
        "The head went silent at some positions only: at the last one, or everywhere except at BOS. It must be \
         silent at every position, since other positions can pass on what it writes at any of them.",
        "Which positions does the slice in your hook leave out?",
    ),
    output(
        "E03-77",
        CHECK,
        "The neighboring head",
        "The head next to the one that was asked for went silent. Heads are counted from zero, in the argument \
         and in the array.",
        "Which head does zero_ablate(0, 0) silence?",
    ),
    output(
        "E03-78",
        CHECK,
        "Layer and head exchanged",
        "The first argument was used as the head and the second as the layer. Where the model has no such \
         layer, the run ends with an error; elsewhere another head went silent.",
        "In which order does the function take its arguments?",
    ),
    output(
        "E03-79",
        CHECK,
        "Always in layer 0",
        "The head went silent in layer 0, whichever layer was asked for.",
        "Where does the argument `layer` occur in your hook?",
    ),
];
