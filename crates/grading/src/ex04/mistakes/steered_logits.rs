//! Mistakes in `steered_logits`.

use crate::exercise::{Mistake, output, property};

const LOGITS_HOLD: &str = "c03_steered_logits_properties";
const LOGITS: &str = "c04_steered_logits";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E04-10",
        LOGITS_HOLD,
        "A hook left on the model",
        "After your function returned, the model still had your hook, so every later run is steered too. A hook given \
         to one run is gone when that run ends. A hook from `add_hook` stays until it is removed.",
        "Which line removes your hook, even if the run fails?",
    ),
    property(
        "E04-66",
        LOGITS_HOLD,
        "The caller's hooks removed",
        "The model had a lasting hook, and it is gone once your function has returned. reset_hooks, for example, \
         removes all hooks, not only yours. A hook given to a run needs no clean-up, and remove_hook takes the handle \
         of a lasting one.",
        "Which hooks does your clean-up remove?",
    ),
    property(
        "E04-11",
        LOGITS_HOLD,
        "Overwritten instead of added",
        "At position 0, where the vector is zero, your logits are wrong in the same way with different coefficients. \
         This happens, for example, when the stream is replaced by the vector, so what the model had computed there \
         is lost. Add the vector to the stream. With coefficient 0 nothing must change.",
        "What is the stream after your hook if the vector is zero?",
    ),
    property(
        "E04-12",
        LOGITS_HOLD,
        "The coefficient does not scale the vector",
        "Your logits change even with coefficient 0, and are the same for another coefficient. This happens, for \
         example, when you leave it out, or add it to the vector: the model's norm takes away what is added to all \
         entries alike. Multiply the vector by it.",
        "Where in your hook does the coefficient appear?",
    ),
    property(
        "E04-13",
        LOGITS_HOLD,
        "One vector for all positions",
        "You added the same row at every position, such as one row of the vector or the mean of all, so you steered \
         position 0 although its row is zero. Each row belongs to one position.",
        "Which row of the vector does position 2 get?",
    ),
    output(
        "E04-14",
        LOGITS,
        "A vector that is longer than the prompt",
        "Your function fails if the vector has more rows than the text has positions. Add the rows that fit, and \
         ignore the others.",
        "How many rows can be added to a text of three tokens?",
    ),
    output(
        "E04-15",
        LOGITS,
        "Only the first row of the batch",
        "You steered only the first text of the batch. The stream is [batch, pos, d_model], and every item of the \
         batch gets the vector.",
        "Does your hook go through the batch axis, or index it with 0?",
    ),
    output(
        "E04-16",
        LOGITS,
        "Added after the layer instead of before it",
        "You added the vector to `resid_post`, so the layer that should read it does not. It was read at `resid_pre`, \
         and is added there.",
        "Which parts of the model run after the point where you add it?",
    ),
    property(
        "E04-17",
        LOGITS_HOLD,
        "The coefficient applied twice",
        "You multiplied by the coefficient twice. With coefficient 1 this makes no difference, and otherwise the sign \
         is lost.",
        "Is the vector already multiplied when your hook multiplies it?",
    ),
    property(
        "E04-160",
        LOGITS_HOLD,
        "Not logits",
        "With coefficient 0 your numbers are not the logits of the unsteered model, but between 0 and 1, or off by \
         the same amount in each row, as after a softmax or a log softmax. The task asks for the logits themselves.",
        "What is the sum of the exponentials of your last row?",
    ),
    property(
        "E04-161",
        LOGITS_HOLD,
        "The change of the logits",
        "With coefficient 0 you returned zeros, as when the logits of the unsteered model are subtracted. The task \
         asks for the logits of the steered one.",
        "What does your function return if the vector is zero?",
    ),
    output(
        "E04-18",
        LOGITS,
        "Added at the end of the prompt",
        "You added the rows at the last positions. In a longer text they then belong to other words. Add them at the \
         front: row 0 at position 0.",
        "In a prompt of eleven tokens, at which position do you add row 0 of the vector?",
    ),
    output(
        "E04-19",
        LOGITS,
        "Shifted by one position",
        "You added every row one position too late. Row 0 of the vector is that of BOS, and position 0 of the prompt \
         is BOS too.",
        "Which token of the prompts does row 1 of the vector come from, and at which position was it?",
    ),
    output(
        "E04-79",
        LOGITS,
        "The coefficient's sign reversed",
        "You subtracted the vector: your result for coefficient -1 is the right one for 1.",
        "What should a negative coefficient do?",
    ),
    output(
        "E04-80",
        LOGITS,
        "The vector repeated along the text",
        "After the end of the vector you added its rows again, from the first one or the last one on. Leave positions \
         without a row unchanged.",
        "What is added at the last position of a text that is longer than the vector?",
    ),
    output(
        "E04-81",
        LOGITS,
        "Another layer",
        "You added the vector before another layer than the requested one, or before every layer.",
        "At which points does your hook run?",
    ),
    output(
        "E04-82",
        LOGITS,
        "Nothing is steered",
        "Your logits are those of the unsteered model. This happens, for example, when your hook changes a new array \
         and drops it, because the model continues with the array behind the view. It also happens when the hook is \
         not in the run.",
        "Does your hook run, and which call in it makes a new array?",
    ),
    output(
        "E04-83",
        LOGITS,
        "Normalized before adding",
        "You divided the vector by its norm before adding it. Its norm says how far apart the two prompts are. Scale \
         it only by the coefficient.",
        "What is added at coefficient 1?",
    ),
    output(
        "E04-84",
        LOGITS,
        "Only one row of the vector",
        "You added one row of the vector, its first or its last. Row p belongs to position p.",
        "How many positions does your hook change?",
    ),
    output(
        "E04-85",
        LOGITS,
        "Row 0 left out",
        "You did not add row 0. It is zero in a vector made from two prompts, but this function accepts any vector.",
        "At which position does your loop start?",
    ),
    output(
        "E04-162",
        LOGITS,
        "A long vector not used at all",
        "You did not steer if the vector has more rows than the text has positions. Use the rows that have a position.",
        "What happens in your function with 3 positions and a vector of 4 rows?",
    ),
];
