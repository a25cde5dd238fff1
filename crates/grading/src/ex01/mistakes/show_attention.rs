//! What goes wrong in `show_attention`.

use crate::exercise::{Mistake, property};

const CHECK: &str = "c12_show_attention";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E01-65",
        CHECK,
        "Always layer 0",
        "The picture shows layer 0 whatever layer was asked for.",
        "Where does your function use its argument `layer`?",
    ),
    property(
        "E01-66",
        CHECK,
        "A single head",
        "The picture has one head only. With all heads of a layer side by side one sees at a glance which of them \
         do something of interest.",
        "Which function of circuit-vis takes [head, query_pos, key_pos]?",
    ),
    property(
        "E01-67",
        CHECK,
        "Rows and columns swapped",
        "Queries and keys have changed places: the picture shows the upper triangle, as if tokens attended to what \
         comes after them.",
        "In the picture of a causal model, which triangle should be empty?",
    ),
    property(
        "E01-68",
        CHECK,
        "Ids for strings",
        "The tokens are shown as numbers. A reader of the picture wants to see the text.",
        "Which function of the model gives the tokens as strings?",
    ),
    property(
        "E01-103",
        CHECK,
        "Without BOS",
        "The picture begins with the first word. The text goes in with BOS: many heads rest there, and the picture \
         should show it.",
        "What does your call say about BOS?",
    ),
    property(
        "E01-104",
        CHECK,
        "Scores instead of the pattern",
        "The numbers are attention scores, before the softmax. They may be negative, and rows do not sum to one. The \
         pattern is what comes after it.",
        "Which of the names in the guide is the one after the softmax?",
    ),
    property(
        "E01-105",
        CHECK,
        "The mean over heads",
        "The patterns of all heads were averaged into one. A mixture of several habits looks like none of them.",
        "How many grids should the picture have?",
    ),
    property(
        "E01-106",
        CHECK,
        "Tokens trimmed",
        "The tokens of the picture lack the spaces in front of them. \" cat\" and \"cat\" are two tokens, and the \
         picture should say which it is.",
        "What does your code do to the strings before it draws?",
    ),
    property(
        "E01-118",
        CHECK,
        "The layer after it",
        "The picture shows the layer after the one that was asked for. Layers are numbered from 0, in the argument and in the cache.",
        "What is the number of the first layer, and which does your picture show for it?",
    ),
];
