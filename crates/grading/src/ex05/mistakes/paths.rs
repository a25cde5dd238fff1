//! Mistakes of the checks `c15`, `c16`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E05-61",
        "c15_cost_of_cutting",
        "The head is silenced for everyone",
        "These are the costs of silencing the head: nobody gets what it wrote, through any path. Take its part out of the \
         queries, keys or values of the one head that is meant.",
        "Who else reads what the head of layer 0 wrote?",
    ),
    output(
        "E05-62",
        "c15_cost_of_cutting",
        "Clean minus cut",
        "The signs are the other way round: a path that matters has a positive cost.",
        "Is the loss larger with the path or without it?",
    ),
    output(
        "E05-63",
        "c15_cost_of_cutting",
        "Cut out of every head of layer 1",
        "All heads of layer 1 lost what the head wrote, not just the one that is meant.",
        "Which axis of q, k and v runs over the heads?",
    ),
    output(
        "E05-64",
        "c15_cost_of_cutting",
        "The loss of all predictions",
        "The mean is over all positions, and the first copy, which nothing can predict, dilutes it.",
        "Which predictions does induction help?",
    ),
    output(
        "E05-65",
        "c15_cost_of_cutting",
        "The loss itself",
        "These are the losses with the path cut. A cost is what comes on top of the loss with nothing cut.",
        "What should a path cost that does nothing?",
    ),
    output(
        "E05-66",
        "c16_loss_with_frozen_pattern",
        "All patterns are frozen",
        "Every head of layer 1 kept its pattern, not just the one that is meant.",
        "Which axis of the pattern runs over the heads?",
    ),
    output(
        "E05-67",
        "c16_loss_with_frozen_pattern",
        "The pattern of the damaged run",
        "The pattern was taken from a run in which the head was silenced already, so that freezing it changes nothing.",
        "In which run does the head attend as it should?",
    ),
    output(
        "E05-68",
        "c16_loss_with_frozen_pattern",
        "The other order",
        "The loss with the pattern frozen comes first. It is to come second.",
        "Which of your two numbers is the larger one?",
    ),
    output(
        "E05-69",
        "c16_loss_with_frozen_pattern",
        "Frozen but not silenced",
        "In the second run nothing is silenced, so the frozen pattern is the one that would have come anyway.",
        "How many hooks has your second run?",
    ),
];
