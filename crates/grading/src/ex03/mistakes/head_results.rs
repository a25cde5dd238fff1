//! What goes wrong in `head_results`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c07_head_results";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-32",
        CHECK,
        "W_O of layer 0 in every layer",
        "Your result is right in layer 0 only. Each layer has its own output matrix: W_O has the axes [layer, head, \
         d_head, d_model].",
        "How many times does your code use the argument `layer`: once, or twice?",
    ),
    output(
        "E03-33",
        CHECK,
        "W_O of head 0 for every head",
        "You multiplied every head by the W_O of head 0. Each head writes in its own directions, and that is how later \
         layers can distinguish them.",
        "Which index of W_O changes from head to head?",
    ),
    output(
        "E03-34",
        CHECK,
        "The bias added to every head",
        "You added b_O to every head, so the sum over heads contains it n_heads times. The layer writes it once, and \
         it belongs to no head.",
        "What must the sum over heads be, compared with attn_out?",
    ),
    output(
        "E03-35",
        CHECK,
        "Values instead of z",
        "You multiplied v, which is what a head *could* move from each position. z is what it did move: the values, \
         mixed by the pattern.",
        "At which step of attention does information move between positions?",
    ),
    output(
        "E03-101",
        CHECK,
        "The bias split over heads",
        "You added a part of b_O to each head, so that the heads sum to attn_out. The layer writes the bias once, and \
         it belongs to no head. Leave it out.",
        "What should a head with z = 0 write?",
    ),
    output(
        "E03-102",
        CHECK,
        "Only the first item of the batch",
        "Your results are right for item 0 only. Those of the other items are zero or a copy of it.",
        "Over which axes do your loops run?",
    ),
    output(
        "E03-103",
        CHECK,
        "z reshaped instead of permuted",
        "You exchanged head and d_head by reshaping z. Reshaping keeps the order in memory, so the numbers are \
         regrouped. Permute the axes instead.",
        "Which numbers of z lie next to each other in memory: those of one head, or those of one component?",
    ),
    output(
        "E03-104",
        CHECK,
        "Heads accumulated",
        "Each of your results also contains those of all heads before it. A result is what this head alone writes.",
        "What does your output contain before you add each head: zeros?",
    ),
];
