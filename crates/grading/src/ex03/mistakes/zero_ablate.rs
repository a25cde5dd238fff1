//! What goes wrong in `zero_ablate`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c02_zero_ablate";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-8",
        CHECK,
        "All heads silenced",
        "You set the whole z of the layer to zero, so all its heads were silenced. z has the axes [batch, pos, head, \
         d_head]: use one index on the head axis.",
        "Which part of z does your hook write to?",
    ),
    output(
        "E03-9",
        CHECK,
        "A position instead of a head",
        "You set one position to zero for all heads. You used the head's number as the second index, which is pos. The \
         head is the third.",
        "In [batch, pos, head, d_head], how many axes come before the head?",
    ),
    output(
        "E03-10",
        CHECK,
        "A component instead of a head",
        "You set one of the d_head components to zero in every head. You used the head's number as the last index. The \
         head is the third of four.",
        "In [batch, pos, head, d_head], how many axes come after the head?",
    ),
    output(
        "E03-11",
        CHECK,
        "An item of the batch instead of a head",
        "You silenced all heads in one item of the batch, or the index was out of range. You used the head's number as \
         the first index, which is the batch.",
        "What would your hook do to a batch of one?",
    ),
    output(
        "E03-12",
        CHECK,
        "Nothing changed",
        "Nothing changed: your result is that of the model without an ablation. This happens, for example, when a \
         hook makes a new array from z, writes zeros into it and drops it, because the model continues with the array \
         behind the view that the hook was given. It also happens when the hook is not in the run, or never called.",
        "Does your hook run, and which call in it makes a new array?",
    ),
    output(
        "E03-13",
        CHECK,
        "The head of every layer",
        "You silenced this head in all layers, not only in the requested one. A predicate on names matches every name \
         for which it is true. The full name includes the layer.",
        "At how many points does your hook run?",
    ),
    output(
        "E03-14",
        CHECK,
        "Query or key silenced",
        "You set the head's query or key to zero. Then all its scores are zero, and it attends equally to every key \
         that it can see. It still moves information.",
        "What does the softmax return for a row of equal scores?",
    ),
    output(
        "E03-73",
        CHECK,
        "The attention scores set to zero",
        "You set the head's scores to zero, including the masked ones. The softmax turns that into equal attention \
         over the whole text, later tokens included, so the head still moves information.",
        "Which array has to be zero so that the head adds nothing to the stream?",
    ),
    output(
        "E03-74",
        CHECK,
        "The other heads silenced",
        "You silenced all other heads of the layer, and kept the requested one.",
        "For which heads is your condition true?",
    ),
    output(
        "E03-75",
        CHECK,
        "Only the first item of the batch",
        "You silenced the head only in item 0 of the batch. z has the axes [batch, pos, head, d_head], and the first \
         must be a full range.",
        "Which index in your hook is 0?",
    ),
    output(
        "E03-76",
        CHECK,
        "Only some of the positions",
        "You silenced the head at some positions only, for example at the last, or at all but BOS. Silence it at \
         every position, because later heads can move what it writes at any of them.",
        "Which positions does the slice in your hook leave out?",
    ),
    output(
        "E03-77",
        CHECK,
        "The neighboring head",
        "You silenced the head next to the requested one. Heads are counted from zero, in the argument and in the \
         array.",
        "Which head does zero_ablate(0, 0) silence?",
    ),
    output(
        "E03-78",
        CHECK,
        "Layer and head swapped",
        "You used the first argument as the head and the second as the layer. If the model has no such layer, the run \
         ends with an error. Otherwise you silence another head.",
        "In which order does the function take its arguments?",
    ),
    output(
        "E03-79",
        CHECK,
        "Always in layer 0",
        "You silenced the head in layer 0, whichever layer was requested.",
        "Where does your hook use the argument `layer`?",
    ),
];
