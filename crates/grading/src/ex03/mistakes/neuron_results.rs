//! What goes wrong in `neuron_results`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c11_neuron_results";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-51",
        CHECK,
        "Before the nonlinearity",
        "The neurons' pre was multiplied, which is what goes into the activation function. What comes out of it, \
         post, is what reaches the stream: a neuron below zero writes next to nothing.",
        "Which of the two is multiplied by W_out in the forward pass?",
    ),
    output(
        "E03-52",
        CHECK,
        "The bias shared out",
        "b_out was spread over the neurons. It is written by the layer whatever the neurons do, and so belongs to \
         none of them.",
        "What does a neuron write whose activation is zero?",
    ),
    output(
        "E03-53",
        CHECK,
        "W_out of layer 0 in every layer",
        "The result is right in layer 0. W_out has the axes [layer, d_mlp, d_model], and each layer has its own.",
        "Where does the argument `layer` occur in your code: once, or twice?",
    ),
    output(
        "E03-123",
        CHECK,
        "The bias added to each neuron",
        "b_out was added for every neuron, so that the sum over neurons holds it d_mlp times. It is written \
         once by the layer and belongs to no neuron.",
        "What should a neuron write whose activation is zero?",
    ),
    output(
        "E03-124",
        CHECK,
        "W_in instead of W_out",
        "The activation was multiplied by the neuron's column of W_in, which is what it reads. What it writes \
         is its row of W_out.",
        "Which of the two matrices comes after the nonlinearity?",
    ),
    output(
        "E03-125",
        CHECK,
        "A nonlinearity of its own",
        "ReLU was applied to `pre`. This model has another nonlinearity, and the cache holds its result as \
         `post`.",
        "Which activation in the cache is what W_out is multiplied with?",
    ),
    output(
        "E03-126",
        CHECK,
        "Activations of layer 0 in every layer",
        "The result is right in layer 0. Later layers have activations of their own.",
        "Where does the argument `layer` occur in your code: once, or twice?",
    ),
];
