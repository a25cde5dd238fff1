//! What goes wrong in `neuron_results`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c11_neuron_results";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-51",
        CHECK,
        "Before the nonlinearity",
        "You multiplied `pre`, which goes into the activation function. `post` comes out of it and reaches the stream: \
         a neuron whose `pre` is negative writes almost nothing.",
        "Which of the two is multiplied by W_out in the forward pass?",
    ),
    output(
        "E03-52",
        CHECK,
        "The bias split over neurons",
        "You spread b_out over the neurons. The layer writes it whatever the neurons do, so it belongs to none of \
         them.",
        "What does a neuron with an activation of zero write?",
    ),
    output(
        "E03-53",
        CHECK,
        "W_out of layer 0 in every layer",
        "Your result is right in layer 0 only. Each layer has its own W_out: the axes are [layer, d_mlp, d_model].",
        "How many times does your code use the argument `layer`: once, or twice?",
    ),
    output(
        "E03-123",
        CHECK,
        "The bias added to each neuron",
        "You added b_out to every neuron, so the sum over neurons contains it d_mlp times. The layer writes it once, \
         and it belongs to no neuron.",
        "What should a neuron with an activation of zero write?",
    ),
    output(
        "E03-124",
        CHECK,
        "W_in instead of W_out",
        "You multiplied the activation by the neuron's column of W_in, which is what it reads. What it writes is its \
         row of W_out.",
        "Which of the two matrices comes after the nonlinearity?",
    ),
    output(
        "E03-125",
        CHECK,
        "The wrong activation function",
        "You applied ReLU to `pre`. This model has another activation function, and the cache holds its result as \
         `post`.",
        "Which activation in the cache does the model multiply by W_out?",
    ),
    output(
        "E03-126",
        CHECK,
        "Activations of layer 0 in every layer",
        "Your result is right in layer 0 only. Later layers have their own activations.",
        "How many times does your code use the argument `layer`: once, or twice?",
    ),
];
