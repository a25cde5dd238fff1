//! What goes wrong in `shape_of`.

use crate::exercise::{Mistake, output, property};

const CHECK: &str = "c02_shape_of";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E01-4",
        CHECK,
        "Heads side by side",
        "You put the heads next to each other in one axis, as many programs store them. Here the heads have an axis of \
         their own, so one index selects one head.",
        "How would you select head 3 of layer 1 in your array, and how in an array with an axis for heads?",
    ),
    output(
        "E01-5",
        CHECK,
        "The layer axis is missing",
        "You gave the shape of one layer's array. The model stacks the arrays of all layers, with the layer as the \
         first axis. Embeddings and unembedding have no such axis, because they belong to no layer.",
        "For a model of three layers, how many times as many entries has the model's array as yours?",
    ),
    output(
        "E01-6",
        CHECK,
        "Input and output swapped",
        "You swapped the last two axes. Every matrix here is [input, output]: the vector has the length of the first \
         of the two, and the result has the length of the second. Programs that put the matrix in front of the vector \
         use your order.",
        "A token comes in as an id of the vocabulary and leaves as a vector of the stream. Which of the two lengths \
         comes first in W_E?",
    ),
    output(
        "E01-7",
        CHECK,
        "The output weights like the others",
        "You gave W_O the axes of the others. W_Q, W_K and W_V read from the residual stream into a head, but W_O \
         writes from a head back into the stream. So its last two axes are in the opposite order.",
        "What goes into W_O, and what comes out?",
    ),
    output(
        "E01-8",
        CHECK,
        "The head's width computed",
        "You divided the width of the stream by the number of heads. That gives the width of a head in most published \
         models, but it need not. The configuration says how wide a head is.",
        "The grader has a model with two heads of five numbers each on a stream of fourteen. What does your formula \
         give?",
    ),
    output(
        "E01-9",
        CHECK,
        "The MLP four times as wide",
        "You multiplied the width of the stream by four. Most models use that width for their MLP layers, but it is a \
         choice. The configuration has the number.",
        "Which field of the configuration has the name of this width?",
    ),
    output(
        "E01-72",
        CHECK,
        "The unembedding like the embedding",
        "You gave W_U the axes of W_E. W_E maps from the vocabulary to the stream, and W_U from the stream to the \
         vocabulary. So their axes are in opposite order, even in a model that uses the same numbers for both.",
        "What goes into W_U, and what comes out?",
    ),
    output(
        "E01-73",
        CHECK,
        "Heads before layers",
        "You put the axis of heads before the axis of layers. The layer comes first, so that one index selects \
         everything that belongs to a layer.",
        "What is `W_Q[1]` in your array, and what in the model's?",
    ),
    output(
        "E01-74",
        CHECK,
        "The two matrices of the MLP swapped",
        "You swapped the shapes of W_in and W_out. W_in reads from the stream and writes the neurons. W_out reads the \
         neurons and writes to the stream.",
        "Seen from the MLP, what comes in?",
    ),
    output(
        "E01-75",
        CHECK,
        "An embedding transposed",
        "Your rows and columns are swapped. An embedding is a table with one row per token, or per position, and each \
         row is a vector of the stream.",
        "What is row 7 of W_E?",
    ),
    property(
        "E01-124",
        CHECK,
        "One shape with its axes in another order",
        "The lengths are right, and two or more are exchanged. Layers come first, then heads, then what goes in, then what \
         comes out.",
        "What does this matrix read, and what does it write?",
    ),
    property(
        "E01-125",
        CHECK,
        "An axis missing from one shape",
        "One of the shapes lacks an axis. Each layer has matrices of its own, and so has each head.",
        "How many matrices of this name are there in the whole model?",
    ),
    property(
        "E01-126",
        CHECK,
        "An axis too many in one shape",
        "One of the shapes has an axis that the parameter does not have. Embeddings and unembedding belong to no layer, and \
         parameters to no batch.",
        "How many matrices of this name are there in the whole model?",
    ),
    property(
        "E01-127",
        CHECK,
        "An axis of another length",
        "One of the shapes has the right number of axes, but one of them has another length.",
        "What does this axis count?",
    ),
];
