//! What goes wrong in `first_patterns`.

use crate::exercise::{Mistake, property};

const CHECK: &str = "c09_first_patterns";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E01-40",
        CHECK,
        "More kept than the patterns",
        "Your cache holds more than the patterns. On a text of a thousand tokens a cache of everything takes \
         gigabytes, and you use little of it. A names filter says what to keep.",
        "How do you tell the run which activations to keep?",
    ),
    property(
        "E01-41",
        CHECK,
        "Patterns of all layers",
        "Your cache also holds the patterns of later layers. A filter on the end of the name matches every layer.",
        "Where does your filter use the requested number of layers?",
    ),
    property(
        "E01-42",
        CHECK,
        "Later blocks run for nothing",
        "Your cache is right, but the model ran on after it was complete. Later blocks do not change what earlier ones \
         computed. You can tell a run where to stop; then it computes no logits either.",
        "After which block does the cache have everything that you need?",
    ),
    property(
        "E01-43",
        CHECK,
        "One layer too few",
        "The last of the requested layers is missing. A run stops before the layer that you name, as a Rust range ends \
         before its end.",
        "If a run stops at layer 2, which layers have run?",
    ),
    property(
        "E01-44",
        CHECK,
        "One run for each layer",
        "Your patterns are right, but you ran the model once for each of them. One run passes all of these layers and \
         can keep several activations.",
        "How many names can a filter match?",
    ),
    property(
        "E01-45",
        CHECK,
        "Scores instead of patterns",
        "Your cache holds the attention scores, which go into the softmax. They can be any number, and minus infinity \
         where the mask is. The pattern is what comes out of the softmax, and its rows sum to one.",
        "Which of the two says how much of its attention a query gives to a key?",
    ),
    property(
        "E01-93",
        CHECK,
        "Layers counted from one",
        "Your cache holds the patterns of layers 1 to n. The first layer is layer 0.",
        "Which numbers are in the range that makes your names?",
    ),
    property(
        "E01-94",
        CHECK,
        "Only the last layer",
        "Your cache holds one pattern, that of the last requested layer. The task asks for all of them.",
        "How many names does your filter match?",
    ),
    property(
        "E01-131",
        CHECK,
        "One layer too many",
        "Your cache also holds the pattern of the layer after the requested ones. A run stops before the layer that \
         you name, as a Rust range ends before its end.",
        "If a run stops at layer 2, which layers have run?",
    ),
    property(
        "E01-95",
        CHECK,
        "Only the first row of the batch",
        "Your patterns are those of one row of the tokens. This happens, for example, when only that row is given to \
         `run`, which takes the whole batch: then each activation has one entry per row.",
        "What do you pass to `run`?",
    ),
    property(
        "E01-96",
        CHECK,
        "The batch axis removed",
        "Your patterns lack the first axis: they are those of one row, without the axis of the batch. Every \
         activation in a cache begins with the batch axis, even if the batch is one text.",
        "Which of your calls removes an axis?",
    ),
];
