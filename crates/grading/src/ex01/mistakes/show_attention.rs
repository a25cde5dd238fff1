//! What goes wrong in `show_attention`.

use crate::exercise::{Mistake, property};

const CHECK: &str = "c12_show_attention";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E01-65",
        CHECK,
        "Always layer 0",
        "Your picture shows layer 0, whichever layer the caller asked for.",
        "Where does your function use its argument `layer`?",
    ),
    property(
        "E01-66",
        CHECK,
        "A single head",
        "Your picture has only one head. With all heads of a layer side by side you can see which of them do something \
         interesting.",
        "Which function of circuit-vis takes [head, query_pos, key_pos]?",
    ),
    property(
        "E01-67",
        CHECK,
        "Rows and columns swapped",
        "You swapped queries and keys. Your picture has the upper triangle, as if tokens attended to later ones.",
        "In the picture of a causal model, which triangle should be empty?",
    ),
    property(
        "E01-68",
        CHECK,
        "Numbers instead of strings",
        "Your picture shows the tokens as numbers, such as their ids. A reader wants to see the text.",
        "Which function of the model returns the tokens as strings?",
    ),
    property(
        "E01-103",
        CHECK,
        "Without BOS",
        "The tokens in your picture begin with the first word, and BOS is missing. Run the text with BOS and show it: \
         many heads rest on it.",
        "What does your call say about BOS?",
    ),
    property(
        "E01-104",
        CHECK,
        "Scores instead of the pattern",
        "Your picture shows numbers that are negative or infinite, as attention scores are before the softmax. In a \
         pattern nothing is negative, and each row sums to one. Draw the pattern, which comes after the softmax.",
        "Which of the names in the guide is the activation after the softmax?",
    ),
    property(
        "E01-105",
        CHECK,
        "The mean over heads",
        "You averaged the patterns of all heads into one. The mean of several different patterns looks like none of \
         them.",
        "How many grids should the picture have?",
    ),
    property(
        "E01-106",
        CHECK,
        "Tokens trimmed",
        "The tokens in your picture lack the space in front of them. \" cat\" and \"cat\" are two tokens, and the \
         picture should show which one it is.",
        "What do you do to the strings before you draw?",
    ),
    property(
        "E01-118",
        CHECK,
        "One layer too late",
        "Your picture shows the layer after the requested one. Layers are counted from 0, in the argument and in the \
         cache.",
        "What is the number of the first layer, and which does your picture show for it?",
    ),
    property(
        "E01-129",
        CHECK,
        "Heads with the names of another layer",
        "Your picture is right, but its heads have the names of another layer's. The name of a head is its layer, a point \
         and its number.",
        "Which layer do you give to `head_names`?",
    ),
];
