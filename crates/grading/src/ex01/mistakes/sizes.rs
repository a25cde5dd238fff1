//! What goes wrong in `sizes`.

use crate::exercise::{Mistake, output, property, sameness};

const CHECK: &str = "c01_sizes";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E01-1",
        CHECK,
        "Heads of one layer",
        "You gave the number of heads in a single layer. Every layer has its own heads, and they do different things. \
         A model of three layers with four heads each has twelve heads.",
        "How many attention patterns does one run of the model produce for one text?",
    ),
    output(
        "E01-2",
        CHECK,
        "The vocabulary for the context",
        "Your last number is the number of different tokens. The task asks how many tokens a text may have. That is \
         the number of positions, or context length.",
        "Which of the two is the length of the position embedding, and which that of the token embedding?",
    ),
    sameness(
        "E01-3",
        CHECK,
        "The same sizes for every model",
        "Your answer is the same for every configuration, and the grader asks about several. The sizes of one model \
         are not those of another.",
        "Which line of your function reads the configuration?",
    ),
    output(
        "E01-69",
        CHECK,
        "The numbers in the wrong order",
        "Your numbers are right, but their order is wrong. The layers come first, then the heads of all layers \
         together, then the longest text.",
        "Which of your three numbers grows when a layer gets more heads?",
    ),
    output(
        "E01-70",
        CHECK,
        "A position reserved for BOS",
        "Your longest text is one token too short. BOS takes one of the n_ctx positions, but it counts as part of the \
         text that the model reads.",
        "How many rows does the position embedding have?",
    ),
    output(
        "E01-71",
        CHECK,
        "The width of the stream for the context",
        "Your last number is the length of the vectors in the residual stream. The longest text is a different size: \
         it is the number of positions.",
        "Which of the two would change if the model were given longer texts to read?",
    ),
    property(
        "E01-123",
        CHECK,
        "Another number of the configuration",
        "A number that you returned is not the size that is asked for, but equals another size of the model, or a \
         product or sum of several, in every case.",
        "What does that number count?",
    ),
];
