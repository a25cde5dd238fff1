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
        "E05-104",
        "c15_cost_of_cutting",
        "The wrong copy, or not all of it",
        "Your predictions are not those of the second copy. It is predicted from position `seq_len` on, where the first \
         copy has just ended.",
        "Which position predicts the first token of the second copy?",
    ),
    output(
        "E05-105",
        "c15_cost_of_cutting",
        "The two heads exchanged",
        "You cut what head `to` writes out of what head `from` reads. The sender is in layer 0, and it is `from`.",
        "Which head writes, and which reads?",
    ),
    output(
        "E05-106",
        "c15_cost_of_cutting",
        "Added instead of taken away",
        "You added the head's part a second time. To cut a path, subtract it.",
        "What does the later head read after your hook: no part of the first head, or twice its part?",
    ),
    output(
        "E05-107",
        "c15_cost_of_cutting",
        "The whole query, key or value",
        "You set all of what the later head reads to zero. Only the part that comes from one head of layer 0 is to be \
         taken away.",
        "What is left of a query from which one source is removed?",
    ),
    output(
        "E05-108",
        "c15_cost_of_cutting",
        "The first item's part for all",
        "You subtracted what the head wrote in the first item of the batch from every item. Each item has its own `z`.",
        "Which axis of `z` is the batch?",
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
    output(
        "E05-109",
        "c16_loss_with_frozen_pattern",
        "The loss of all predictions",
        "You averaged over all predictions. Only those of the second copy can be made by induction.",
        "Where does the second copy begin?",
    ),
    output(
        "E05-110",
        "c16_loss_with_frozen_pattern",
        "The two layers exchanged",
        "You silenced the head in layer 1 and froze the pattern in layer 0. The head of layer 0 tells that of layer 1 \
         where to attend.",
        "Which of the two heads comes first?",
    ),
    output(
        "E05-111",
        "c16_loss_with_frozen_pattern",
        "The increase of the loss",
        "You subtracted the loss with nothing silenced. The task asks for the losses themselves.",
        "Can a loss be negative?",
    ),
    output(
        "E05-112",
        "c16_loss_with_frozen_pattern",
        "All heads of layer 0 silenced",
        "You silenced every head of layer 0. Only one is to be silenced; the others go on as before.",
        "Which axis of `z` is the head?",
    ),
    output(
        "E05-113",
        "c16_loss_with_frozen_pattern",
        "The two heads exchanged",
        "You silenced the head that should keep its pattern, and froze the other.",
        "Which argument belongs to layer 0?",
    ),
];
