//! What goes wrong in `sizes`.

use crate::exercise::{Mistake, output, sameness};

const CHECK: &str = "c01_sizes";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E01-1",
        CHECK,
        "Heads of one layer",
        "That is the number of heads in a single layer. Each layer has that many of its own, and they do different \
         things, so a model of three layers with four heads each has twelve.",
        "How many attention patterns does one run of the model produce for one text?",
    ),
    output(
        "E01-2",
        CHECK,
        "The vocabulary for the context",
        "The last number is how many different tokens there are. Asked for is how many tokens a text may have: the \
         number of positions, which is the context length.",
        "Which of the two is the length of the position embedding, and which that of the token embedding?",
    ),
    sameness(
        "E01-3",
        CHECK,
        "The same sizes for every model",
        "Whatever the configuration says, the answer is the same. It fits one of the models; the grader asks about \
         several.",
        "Which line of your function reads the configuration?",
    ),
    output(
        "E01-69",
        CHECK,
        "The numbers in another order",
        "The right numbers came, but not in the right order: layers first, then the heads of all of them, then the \
         longest text.",
        "Which of your three numbers grows when a layer gets more heads?",
    ),
    output(
        "E01-70",
        CHECK,
        "A place kept for BOS",
        "The longest text came out one too short. BOS is a token like any other and takes one of the n_ctx positions, \
         but it belongs to the text that the model reads.",
        "How many rows does the position embedding have?",
    ),
    output(
        "E01-71",
        CHECK,
        "The width of the stream for the context",
        "The last number is the length of the vectors in the residual stream. How long a text may be is another \
         matter: it is the number of positions.",
        "Which of the two would change if the model were given longer texts to read?",
    ),
];
