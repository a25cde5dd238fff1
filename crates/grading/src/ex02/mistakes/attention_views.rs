//! What goes wrong in `attention_views`.

use crate::exercise::{Mistake, property};

const CHECK: &str = "c01_attention_views";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E02-40",
        CHECK,
        "Queries and keys swapped in the picture",
        "You swapped the last two axes of the pattern. In the cache a row belongs to the query, the token that \
         attends. In your picture it belongs to the token that is attended to. In a causal model the bright triangle \
         is below the diagonal.",
        "Which of the two axes sums to one?",
    ),
    property(
        "E02-41",
        CHECK,
        "One picture for the whole model",
        "You drew one picture for the whole model. Each layer has its own heads with their own patterns, so draw one \
         picture per layer.",
        "How many layers does the cache have?",
    ),
    property(
        "E02-42",
        CHECK,
        "The pattern of another layer",
        "At least one of your pictures shows the pattern of another layer. This happens, for example, when the same \
         layer is drawn each time, or when the pictures are not in the order of the layers.",
        "Where does the number in `(\"pattern\", …)` come from?",
    ),
    property(
        "E02-43",
        CHECK,
        "The mean over heads",
        "You averaged the patterns of all heads. The mean of eight different patterns looks like none of them, so it \
         does not show what a head does.",
        "What would the mean of a previous-token head and a first-token head look like?",
    ),
    property(
        "E02-44",
        CHECK,
        "Labels that are not the given tokens",
        "Your attention is right, but the labels are not the tokens that you were given. A bright cell then points to \
         the wrong word.",
        "Did you change the list of tokens, or make a new one?",
    ),
    property(
        "E02-45",
        CHECK,
        "A panic instead of an error",
        "The tokens did not fit the patterns, and your function panicked. It returns a `Result`, so that the caller \
         can decide what to do with such an input.",
        "What does `unwrap()` do with an error, and what does `?` do?",
    ),
    property(
        "E02-46",
        CHECK,
        "Errors dropped",
        "The tokens did not fit the patterns, and you returned an empty list, as if the model had no layers. A dropped \
         error is found much later, in another place.",
        "What does your code do with a layer that `circuit_vis` refuses?",
    ),
    property(
        "E02-47",
        CHECK,
        "Cut to fit",
        "The tokens did not fit the patterns, and you drew pictures anyway. They are as long as the shorter of the \
         two, so something was cut off, and the labels may be at the wrong rows.",
        "Who should decide which tokens to leave out: your function, or its caller?",
    ),
    property(
        "E02-48",
        CHECK,
        "Another kind of picture",
        "You used another function to draw. The task asks for `attention_patterns`, which draws all heads of a layer \
         on one page, with the tokens beside them.",
        "Which functions of `circuit_vis` draw attention, and how do they differ?",
    ),
    property(
        "E02-49",
        CHECK,
        "Two pictures for every model",
        "You drew two pictures, but the cache has three layers. Two is right for the model of this chapter. Ask the \
         cache for its number of layers.",
        "Where does the end of your loop come from?",
    ),
    property(
        "E02-50",
        CHECK,
        "BOS removed from the picture",
        "Your picture lacks the first row and column, which belong to BOS. The given tokens begin with BOS, and you \
         can only see which heads rest on it if it stays.",
        "How many tokens were you given, and how many rows does your picture have?",
    ),
    property(
        "E02-89",
        CHECK,
        "One head of each layer",
        "Your picture has only head 0. A layer has several heads, and the picture shows all of them. Remove the batch \
         axis, not the head axis.",
        "In [1, head, query_pos, key_pos], which axis did your index remove?",
    ),
    property(
        "E02-92",
        CHECK,
        "One layer is missing",
        "You drew one picture fewer than there are layers, for every cache. Layers are counted from 0, so the last one \
         is `n_layers - 1`.",
        "Which layers does your loop visit when there are three?",
    ),
    property(
        "E02-93",
        CHECK,
        "One picture per head",
        "You drew one picture per head. One picture shows all heads of a layer side by side, so that you can compare \
         them.",
        "How many axes does your pattern have, and how many does `attention_patterns` take?",
    ),
    property(
        "E02-94",
        CHECK,
        "Padded to fit",
        "The tokens did not fit the patterns, and you drew pictures anyway. They are as long as the longer of the \
         two, so the picture shows something that is not in the data.",
        "Who should decide what to do about a missing token: your function, or its caller?",
    ),
    property(
        "E02-103",
        CHECK,
        "Heads with the names of another layer",
        "Your pictures are right, but in one of them the heads have the names of another layer's. The name of a head is its \
         layer, a point and its number.",
        "Which layer do you give to `head_names`?",
    ),
];
