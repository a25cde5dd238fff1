//! Mistakes of the checks `c16`, `c17`, `c18`.

use crate::exercise::{Mistake, output, property};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E07-171",
        "c16_train_step",
        "Not clipped",
        "The gradient is used at its full length. It is shortened to `MAX_NORM` first.",
        "Which of your functions shortens gradients?",
    ),
    output(
        "E07-172",
        "c16_train_step",
        "Each matrix clipped by itself",
        "Each gradient is shortened by its own length. One factor for all keeps the direction.",
        "Are the gradients of two matrices still in the same ratio?",
    ),
    output(
        "E07-173",
        "c16_train_step",
        "Always step one",
        "AdamW is told that every step is the first, so its averages are corrected too much.",
        "Which step does `adamw_step` get?",
    ),
    output(
        "E07-174",
        "c16_train_step",
        "New averages in every step",
        "The averages start at zero in each step. `moments` is there to be kept from step to step.",
        "What does `moments` hold when your function is called again?",
    ),
    output(
        "E07-175",
        "c16_train_step",
        "No decay",
        "The decay of AdamW is zero here. It is `WEIGHT_DECAY`.",
        "Which decay does `adamw_step` get?",
    ),
    output(
        "E07-176",
        "c16_train_step",
        "The constant instead of the rate",
        "The rate is always `PEAK_RATE`. It is an argument: the schedule chooses it.",
        "Which rate does `adamw_step` get?",
    ),
    output(
        "E07-177",
        "c16_train_step",
        "Only the layers are trained",
        "Embeddings, positions and unembedding stay as they were. Every matrix that has a gradient is trained.",
        "Which names does `update_parameters` lend you?",
    ),
    output(
        "E07-178",
        "c16_train_step",
        "The positions are not trained",
        "`pos_embed.W_pos` stays as it was. Every matrix that has a gradient is trained.",
        "Which names does `update_parameters` lend you?",
    ),
    output(
        "E07-179",
        "c16_train_step",
        "The unembedding is not trained",
        "`unembed.W_U` stays as it was. Every matrix that has a gradient is trained.",
        "Which names does `update_parameters` lend you?",
    ),
    output(
        "E07-180",
        "c16_train_step",
        "The loss after the step",
        "The loss of the batch is measured after the step. It is that of the forward pass that the gradients came \
         from.",
        "How many forward passes does your step make?",
    ),
    output(
        "E07-181",
        "c16_train_step",
        "Two steps with one gradient",
        "The step was taken twice.",
        "How often do you call `adamw_step` for a matrix?",
    ),
    output(
        "E07-182",
        "c16_train_step",
        "Steps counted from two",
        "AdamW is told the number of the next step. `step` is 1 for the first one already.",
        "Which step does `adamw_step` get in the first call?",
    ),
    property(
        "E07-183",
        "c17_grow",
        "Not one loss for each step",
        "One loss for each step is returned, in order.",
        "How many steps do you make, and how many losses do you keep?",
    ),
    property(
        "E07-184",
        "c17_grow",
        "Losses that are not numbers",
        "After a step the weights are not numbers. Most often the steps were counted from zero, so the bias \
         correction divides by zero.",
        "Which number does your first step have?",
    ),
    property(
        "E07-185",
        "c17_grow",
        "The model has not changed",
        "After training the weights are what they were: a copy was trained.",
        "Whose weights does your step change?",
    ),
    property(
        "E07-186",
        "c17_grow",
        "A generator of its own",
        "The draw must come from `rng` and nothing else.",
        "Where does your randomness come from?",
    ),
    property(
        "E07-187",
        "c17_grow",
        "The share is ignored",
        "Whatever the share is, the batches are the same.",
        "Which share does `training_batch` get?",
    ),
    property(
        "E07-188",
        "c17_grow",
        "The text is ignored",
        "Whatever the text is, the losses are the same.",
        "Which text does `training_batch` get?",
    ),
    property(
        "E07-189",
        "c18_grow_an_induction_head",
        "The same batch in every step",
        "The loss of the batches has fallen to almost nothing, and new rows gain nothing from it: one batch was \
         learned by heart. Each step takes a new one.",
        "How often do you call `training_batch`?",
    ),
];
