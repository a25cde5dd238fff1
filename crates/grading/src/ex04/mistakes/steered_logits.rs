//! Mistakes in `steered_logits`.

use crate::exercise::{Mistake, output, property};

const LOGITS_HOLD: &str = "c03_steered_logits_properties";
const LOGITS: &str = "c04_steered_logits";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E04-10",
        LOGITS_HOLD,
        "A hook left behind",
        "After the function had returned, the model still had its hook, so that every later run is steered too, \
         without a word. Hooks that are given to one run are gone when it ends; those of `add_hook` stay until they \
         are removed.",
        "Who takes your hook off again, also when the run fails?",
    ),
    property(
        "E04-66",
        LOGITS_HOLD,
        "Other hooks removed",
        "The model came with a lasting hook, and it is gone. reset_hooks takes off all hooks, not only yours. A \
         hook that is given to a run needs no clean-up; for a lasting one, remove_hook takes its handle.",
        "Which hooks does your clean-up remove?",
    ),
    property(
        "E04-11",
        LOGITS_HOLD,
        "Overwritten instead of added",
        "With coefficient 0 the model should be as it was. Here the stream was replaced by the vector, so that what \
         the model knew at those positions is gone. The vector goes on top of what is there.",
        "What is the stream after your hook if the vector is zero?",
    ),
    property(
        "E04-12",
        LOGITS_HOLD,
        "The coefficient is ignored",
        "With coefficient 0 the logits still change, as if it were 1. The coefficient says how hard to push, and its \
         sign in which direction.",
        "Where in your hook does the coefficient appear?",
    ),
    property(
        "E04-13",
        LOGITS_HOLD,
        "One vector for all positions",
        "Position 0 was steered, though the vector's row for it is zero: one row was added everywhere. Each row \
         belongs to one position, and is added there.",
        "Which row of the vector does position 2 get?",
    ),
    output(
        "E04-14",
        LOGITS,
        "A vector that is longer than the prompt",
        "It fails when the vector has more rows than the text has positions. Then the rows that do fit are added, and \
         the others have no place.",
        "How many rows can be added to a text of three tokens?",
    ),
    output(
        "E04-15",
        LOGITS,
        "Only the first row of the batch",
        "The first text is steered and the others are not. The stream is [batch, pos, d_model], and every row of the \
         batch gets the vector.",
        "Where does the batch axis go in your hook: is it walked along, or indexed with 0?",
    ),
    output(
        "E04-16",
        LOGITS,
        "Added after the layer instead of before it",
        "The vector was added to `resid_post`, so that the layer that it is meant for never reads it. It comes from \
         `resid_pre` and goes back to `resid_pre`.",
        "Which parts of the model come after the place where you add?",
    ),
    property(
        "E04-17",
        LOGITS_HOLD,
        "The coefficient applied twice",
        "What was added is the vector times the square of the coefficient. With coefficient 1 nobody notices, and the \
         sign is lost.",
        "Is the vector already multiplied when your hook multiplies it?",
    ),
    output(
        "E04-18",
        LOGITS,
        "Added at the end of the prompt",
        "The rows were added to the last positions instead of the first ones. In a short text that is the same; in a \
         longer one the vector ends up under other words. Here it goes to the front: row 0 at position 0.",
        "In a prompt of eleven tokens, where does row 0 of the vector go?",
    ),
    output(
        "E04-19",
        LOGITS,
        "Shifted by one position",
        "Every row was added one position too late: BOS was left out on one side only. Row 0 of the vector is that of \
         BOS, and position 0 of the prompt is BOS too.",
        "Which token of the prompts does row 1 of the vector come from, and at which position did it stand?",
    ),
    output(
        "E04-79",
        LOGITS,
        "The sign of the coefficient",
        "The vector was subtracted where it should be added: the coefficient -1 gives what 1 should give.",
        "What should a negative coefficient do?",
    ),
    output(
        "E04-80",
        LOGITS,
        "The vector repeated along the text",
        "Behind the end of the vector its rows were added again, from the first on or the last one over and \
         over. Positions for which the vector has no row stay as they are.",
        "What is added at the last position of a text that is longer than the vector?",
    ),
    output(
        "E04-81",
        LOGITS,
        "Another layer",
        "The vector was added before another layer than the one that was asked for, or before every layer.",
        "At how many points does your hook fire, and which are they?",
    ),
    output(
        "E04-82",
        LOGITS,
        "A copy was edited",
        "The logits are those of the unsteered model: the hook changed an array of its own and dropped it. The \
         model goes on with the array behind the view.",
        "Which call in your hook makes a new array?",
    ),
    output(
        "E04-83",
        LOGITS,
        "Norm one",
        "The vector was divided by its norm before it was added. The length of a vector says how far apart the \
         two prompts are; only the coefficient scales it.",
        "What is added at coefficient 1?",
    ),
    output(
        "E04-84",
        LOGITS,
        "Only one row of the vector",
        "One row of the vector was added, its first or its last, and the others were not. Row p belongs to \
         position p.",
        "How many positions does your hook change?",
    ),
    output(
        "E04-85",
        LOGITS,
        "Row 0 left out",
        "The vector's first row was not added. It is zero in a vector made from two prompts, but this function \
         takes any vector.",
        "At which position does your loop begin?",
    ),
];
