//! What goes wrong in `ablation_table`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c05_ablation_table";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-22",
        CHECK,
        "The sign reversed",
        "You subtracted the loss with the ablation from the clean loss, so every entry has the wrong sign. The table \
         says how much the ablation *adds* to the loss: a head that helps has a positive entry.",
        "Is the loss higher or lower without a head that helps?",
    ),
    output(
        "E03-23",
        CHECK,
        "The loss over all positions",
        "You averaged over every prediction. On the first copy of random tokens nothing can be predicted, so half of \
         the predictions only dilute the mean.",
        "Which columns of [batch, pos - 1] are predictions of the second copy?",
    ),
    output(
        "E03-24",
        CHECK,
        "The loss on the first copy",
        "You averaged the predictions of the first copy. Nothing repeats there yet, so the heads that copy have \
         nothing to copy.",
        "On which side of the middle are your columns?",
    ),
    output(
        "E03-25",
        CHECK,
        "The loss itself, not the difference",
        "Your entries are the losses with a head ablated. Subtract the loss without an ablation to see what the head \
         contributes.",
        "What would your entry be for a head that does nothing at all?",
    ),
    output(
        "E03-26",
        CHECK,
        "One prediction missing",
        "You averaged over the last seq_len - 1 predictions. The first prediction of the second copy is missing: it is \
         made at the last position of the first copy, and counts as in exercise 02.",
        "How many predictions of the second copy are there, for a segment of seq_len?",
    ),
    output(
        "E03-27",
        CHECK,
        "The given hook is not used",
        "Your table is right with zero ablation, and the same with another hook. So your function decides by itself \
         what to ablate, and does not use the given hook.",
        "Where do you call ablate?",
    ),
    output(
        "E03-28",
        CHECK,
        "Hooks that accumulate",
        "Your entries are the loss without this head *and* without those before it in the layer. Start the run of each \
         head from the unedited model.",
        "Which hooks act in the run for head 2?",
    ),
    output(
        "E03-29",
        CHECK,
        "Only the first row of the batch",
        "You averaged the losses of batch item 0. The mean includes the other rows.",
        "Over which axes does your mean run?",
    ),
    output(
        "E03-93",
        CHECK,
        "Relative to the clean loss",
        "You divided by the clean loss. The table is the difference of the two losses, in nats.",
        "What is the unit of an entry in your table?",
    ),
    output(
        "E03-94",
        CHECK,
        "Only absolute values",
        "None of your entries is negative: they are the absolute values of the right ones. If a head hurts the \
         prediction, its entry is negative, and the sign is how you recognize it.",
        "What is the entry of a head whose removal makes the model better?",
    ),
    output(
        "E03-95",
        CHECK,
        "Sum instead of mean",
        "You summed losses over the batch or over the predictions. Your entries grow with the number of texts or of \
         tokens.",
        "By how many predictions do you divide?",
    ),
    output(
        "E03-96",
        CHECK,
        "One prediction too many",
        "You averaged over the last seq_len + 1 predictions. The first of these predicts the last token of the first \
         copy, which the model cannot know yet.",
        "Which prediction is the first that predicts a token of the second copy?",
    ),
    output(
        "E03-97",
        CHECK,
        "The clean loss over other positions",
        "You used the second copy for the loss with the ablation, but all positions for the clean loss. Both must be \
         means over the same predictions.",
        "What would your table give for a hook that does nothing?",
    ),
    output(
        "E03-98",
        CHECK,
        "All heads of a layer at once",
        "All your entries of a layer are equal, as when all its heads are ablated in each run.",
        "How many hooks act in one run?",
    ),
    output(
        "E03-100",
        CHECK,
        "Only the last prediction",
        "You used only the last prediction of each text. The second copy has seq_len predictions.",
        "How many columns does your slice of [batch, pos - 1] have?",
    ),
];
