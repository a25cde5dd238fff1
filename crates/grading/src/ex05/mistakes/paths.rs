//! Mistakes of the checks `c15`, `c16`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E05-61",
        "c15_cost_of_cutting",
        "The head silenced for every reader",
        "You silenced the head, so no component reads what it wrote, through any path. Remove its part only from the \
         queries, keys or values of the one given head.",
        "Which other components read what the head of layer 0 wrote?",
    ),
    output(
        "E05-62",
        "c15_cost_of_cutting",
        "Clean minus cut",
        "Your signs are reversed: the cost of a path that matters is positive.",
        "Is the loss larger with the path or without it?",
    ),
    output(
        "E05-63",
        "c15_cost_of_cutting",
        "Cut from every head of layer 1",
        "You removed what the head wrote from all heads of layer 1, not only from the given one.",
        "Which axis of q, k and v is the head?",
    ),
    output(
        "E05-64",
        "c15_cost_of_cutting",
        "The loss of all predictions",
        "You averaged over all positions. The first copy cannot be predicted, and dilutes the mean.",
        "Which predictions does induction improve?",
    ),
    output(
        "E05-65",
        "c15_cost_of_cutting",
        "The loss itself",
        "You returned the losses with the path cut. Subtract the loss without a cut.",
        "What should be the cost of a path that does nothing?",
    ),
    output(
        "E05-66",
        "c16_loss_with_frozen_pattern",
        "All patterns frozen",
        "You froze the patterns of every head of layer 1, not only that of the given one.",
        "Which axis of the pattern is the head?",
    ),
    output(
        "E05-67",
        "c16_loss_with_frozen_pattern",
        "The pattern of the silenced run",
        "You took the pattern from a run in which the head was already silenced, so freezing it changes nothing. Take \
         it from the clean run.",
        "In which run does the head attend as usual?",
    ),
    output(
        "E05-68",
        "c16_loss_with_frozen_pattern",
        "The other order",
        "Your loss with the pattern frozen comes first. It comes second.",
        "Which of your two numbers is the larger one?",
    ),
    output(
        "E05-69",
        "c16_loss_with_frozen_pattern",
        "Frozen but not silenced",
        "In your second run no head is silenced, so the frozen pattern is the one that the run would have anyway.",
        "How many hooks does your second run have?",
    ),
];
