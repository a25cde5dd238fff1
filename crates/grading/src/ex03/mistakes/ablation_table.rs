//! What goes wrong in `ablation_table`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c05_ablation_table";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-22",
        CHECK,
        "The sign turned round",
        "Every entry has the right size and the wrong sign: the loss with the ablation was taken away from the clean \
         one. The table says how much is *added* by the ablation, so a head that helps has a positive entry.",
        "Is the loss higher or lower without a head that helps?",
    ),
    output(
        "E03-23",
        CHECK,
        "The loss over all positions",
        "The mean runs over every prediction. On the first copy of random tokens nothing can be predicted, so half \
         of the mean only waters the other half down.",
        "Which columns of [batch, pos - 1] are predictions of the second copy?",
    ),
    output(
        "E03-24",
        CHECK,
        "The loss on the first copy",
        "The predictions of the first copy were averaged. Nothing repeats there yet, and the heads that copy have \
         nothing to copy.",
        "On which side of the middle do your columns lie?",
    ),
    output(
        "E03-25",
        CHECK,
        "The loss itself, not the difference",
        "The entries are losses with a head ablated. What the head is worth shows only beside the loss with nothing \
         ablated.",
        "What would the entry of a head be that does nothing at all?",
    ),
    output(
        "E03-26",
        CHECK,
        "One prediction missing",
        "The mean runs over the last seq_len - 1 predictions. The first prediction of the second copy was left out, \
         the one made at the last position of the first; this course counts it in, as in exercise 02.",
        "How many predictions of the second copy are there, for a segment of seq_len?",
    ),
    output(
        "E03-27",
        CHECK,
        "The given hook is not used",
        "With zero ablation the table is right, and with another hook it is the same again: what is ablated, and \
         how, was decided inside the function.",
        "Where do you call ablate?",
    ),
    output(
        "E03-28",
        CHECK,
        "Hooks piled up",
        "Each entry is the loss without this head *and* without those before it in the layer. The run of a head must \
         start from the whole model.",
        "Which hooks are at work in the run for head 2?",
    ),
    output(
        "E03-29",
        CHECK,
        "Only the first row of the batch",
        "The losses of batch item 0 were averaged. The other rows are part of the mean, too.",
        "Over which axes does your mean run?",
    ),
    output(
        "E03-93",
        CHECK,
        "Relative to the clean loss",
        "The entries are quotients: the loss with the ablation divided by the clean one, or the difference \
         divided by it. The table is about the difference, in nats.",
        "What is the unit of an entry in your table?",
    ),
    output(
        "E03-94",
        CHECK,
        "Only magnitudes",
        "All entries are positive. A head that gets in the way has a negative entry, and the sign is how you \
         recognize it.",
        "What is the entry of a head whose removal makes the model better?",
    ),
    output(
        "E03-95",
        CHECK,
        "Sum instead of mean",
        "Losses were added up over the batch or over the predictions. The entries grow with the number of texts \
         or of tokens.",
        "By how many predictions do you divide?",
    ),
    output(
        "E03-96",
        CHECK,
        "One prediction too many",
        "The mean runs over the last seq_len + 1 predictions. The first of these is about the last token of the \
         first copy, which cannot be known yet.",
        "Which prediction is the first about a token of the second copy?",
    ),
    output(
        "E03-97",
        CHECK,
        "The clean loss over other positions",
        "The loss with the ablation is that of the second copy, but the clean loss, which is subtracted from \
         it, is over all positions. Both must be means over the same predictions.",
        "What would your table give for a hook that does nothing?",
    ),
    output(
        "E03-98",
        CHECK,
        "A whole layer at a time",
        "All entries of a layer agree: each run had all heads of that layer ablated.",
        "How many hooks are at work in one run?",
    ),
    output(
        "E03-99",
        CHECK,
        "Layer and head exchanged",
        "`ablate` takes the layer first and the head second. With the two exchanged, the hook asks for layers \
         that the model does not have.",
        "In which order do you pass the two numbers on?",
    ),
    output(
        "E03-100",
        CHECK,
        "Only the last prediction",
        "The entries are about the very last prediction of each text. The second copy has seq_len of them.",
        "How many columns does your slice of [batch, pos - 1] have?",
    ),
];
