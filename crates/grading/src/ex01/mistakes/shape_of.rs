//! What goes wrong in `shape_of`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c02_shape_of";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E01-4",
        CHECK,
        "Heads put side by side",
        "The heads have been laid out next to each other in one axis, as many programs store them. Here each head \
         has an axis of its own, so that one head is one index and nothing has to be cut up.",
        "How would you take out head 3 of layer 1 from your array, and how from one with an axis for heads?",
    ),
    output(
        "E01-5",
        CHECK,
        "The layer axis is missing",
        "That is the shape of one layer's array. The model gives the arrays of all layers stacked, with the layer \
         as the first axis. The embeddings and the unembedding belong to no layer and are right as they are.",
        "By how many numbers does your array differ from the model's, for a model of three layers?",
    ),
    output(
        "E01-6",
        CHECK,
        "Input and output swapped",
        "Every matrix here is [input, output]: a vector enters along the first of the last two axes and leaves with \
         the length of the last. Yours are the other way round, as in programs that put the matrix in front of the \
         vector.",
        "A token comes in as an id of the vocabulary and leaves as a vector of the stream. Which of the two lengths \
         comes first in W_E?",
    ),
    output(
        "E01-7",
        CHECK,
        "The output weights like the others",
        "W_Q, W_K and W_V read from the residual stream into a head; W_O writes from a head back into the stream. \
         So its last two axes are the other way round.",
        "What goes into W_O, and what comes out?",
    ),
    output(
        "E01-8",
        CHECK,
        "The head's width worked out",
        "Dividing the width of the stream by the number of heads gives the width of a head in most published \
         models, but nothing makes it so. The configuration says how wide a head is.",
        "The grader has a model with two heads of five numbers each on a stream of fourteen. What does your formula \
         make of it?",
    ),
    output(
        "E01-9",
        CHECK,
        "The MLP four times as wide",
        "Four times the width of the stream is what most models take for their MLP layers, but it is a choice like \
         any other. The configuration knows the number.",
        "What does the configuration offer that has the name of this width?",
    ),
    output(
        "E01-72",
        CHECK,
        "The unembedding like the embedding",
        "W_E goes from the vocabulary to the stream, W_U from the stream to the vocabulary. So their axes are the \
         other way round, even where a model uses the same numbers for both.",
        "What goes into W_U, and what comes out?",
    ),
    output(
        "E01-73",
        CHECK,
        "Heads before layers",
        "The array has an axis for layers and one for heads, but in another order: the layer comes first, so that one \
         index takes out everything that belongs to a layer.",
        "What is `W_Q[1]` in your array, and what in the model's?",
    ),
    output(
        "E01-74",
        CHECK,
        "The two matrices of the MLP exchanged",
        "W_in reads from the stream and writes the neurons, W_out reads the neurons and writes to the stream. Yours \
         have changed places.",
        "Seen from the MLP, what comes in?",
    ),
    output(
        "E01-75",
        CHECK,
        "An embedding the other way round",
        "An embedding is a table with a row for each token, or for each position; a row is a vector of the stream. \
         Yours has the rows as columns.",
        "What is row 7 of W_E?",
    ),
];
