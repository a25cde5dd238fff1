//! What goes wrong in `first_patterns`.

use crate::exercise::{Mistake, property};

const CHECK: &str = "c09_first_patterns";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E01-40",
        CHECK,
        "More kept than the patterns",
        "The cache holds more than the patterns. On a text of a thousand tokens a cache of everything takes \
         gigabytes, and most of it is never looked at. A names filter says what to keep.",
        "How does the run learn which activations you want?",
    ),
    property(
        "E01-41",
        CHECK,
        "Patterns of all layers",
        "The cache holds the patterns of later layers as well. A filter on the end of the name lets every layer \
         pass.",
        "Where does your filter use the number of layers that was asked for?",
    ),
    property(
        "E01-42",
        CHECK,
        "Later blocks ran for nothing",
        "The cache is what it should be, but the model ran on after it was complete. What later blocks compute \
         changes nothing in earlier ones. A run can be told where to stop, and then there are no logits either.",
        "After which block is everything that you want in the cache?",
    ),
    property(
        "E01-43",
        CHECK,
        "One layer too few",
        "The last of the layers that were asked for is missing. A run stops before the layer that it is told, as a \
         Rust range ends before its end.",
        "If a run stops at layer 2, which layers have run?",
    ),
    property(
        "E01-44",
        CHECK,
        "One run for each layer",
        "The right patterns came, but the model ran once for each of them. One run passes all of these layers \
         anyway, and can keep several activations on its way.",
        "How many names may a filter hold?",
    ),
    property(
        "E01-45",
        CHECK,
        "Scores instead of patterns",
        "The cache holds the attention scores: what goes into the softmax. They can be any number, and minus \
         infinity where the mask is. The pattern is what comes out, and its rows sum to one.",
        "Which of the two would you call \"how much of its attention\"?",
    ),
    property(
        "E01-93",
        CHECK,
        "Layers counted from one",
        "The cache holds the patterns of layers 1 to n. The first layer is layer 0.",
        "What are the numbers in the range that makes your names?",
    ),
    property(
        "E01-94",
        CHECK,
        "Only the last of them",
        "The cache holds one pattern, that of the last of the first layers. All of them are wanted.",
        "How many names does your filter let through?",
    ),
    property(
        "E01-95",
        CHECK,
        "Only the first row of the batch",
        "The model ran on one row of the tokens. `run` takes the whole batch, and each activation then has an entry \
         for each row.",
        "What do you give to `run`?",
    ),
    property(
        "E01-96",
        CHECK,
        "The batch axis taken off",
        "The patterns are right but for their first axis. An activation in a cache begins with the batch axis, also \
         when the batch is one text.",
        "Which call of yours takes an axis away?",
    ),
];
