//! Mistakes of the checks `c10`, `c11`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E07-91",
        "c10_adamw_step",
        "No bias correction",
        "Both averages start at zero, so in the first steps they are too small. AdamW divides them by `1 - \
         beta^step`.",
        "What is `m` after one step, if the gradient is 1?",
    ),
    output(
        "E07-92",
        "c10_adamw_step",
        "m is not corrected",
        "`v` is divided by `1 - BETA_2^step`, but `m` started at zero as well.",
        "What is `m` after one step, if the gradient is 1?",
    ),
    output(
        "E07-93",
        "c10_adamw_step",
        "v is not corrected",
        "`m` is divided by `1 - BETA_1^step`, but `v` started at zero as well.",
        "What is `v` after one step, if the gradient is 1?",
    ),
    output(
        "E07-94",
        "c10_adamw_step",
        "Steps counted from zero",
        "`beta^(step - 1)` is 1 in the first step, so the correction divides by zero. `step` is 1 already.",
        "What is `1 - BETA_1.powi(0)`?",
    ),
    output(
        "E07-95",
        "c10_adamw_step",
        "Steps counted from two",
        "The correction is that of the next step. `step` is 1 for the first one.",
        "What should a first step with gradient 1 be, in units of the rate?",
    ),
    output(
        "E07-96",
        "c10_adamw_step",
        "Always the correction of step one",
        "The averages are corrected as in the first step in all of them. As they fill up, the correction has to \
         fade.",
        "What is `beta^step` for a large step?",
    ),
    output(
        "E07-97",
        "c10_adamw_step",
        "The decay is added to the gradient",
        "This is Adam with a penalty on the weights (L2). The decay then passes through both averages and is divided \
         by the root. In AdamW it is decoupled: it shrinks the weight directly.",
        "How much does a weight shrink whose gradient is large?",
    ),
    output(
        "E07-98",
        "c10_adamw_step",
        "The decay without the rate",
        "The weights shrink by `decay`, whatever the rate is. They shrink by `rate * decay`.",
        "What should happen to the weights when the rate is zero?",
    ),
    output(
        "E07-99",
        "c10_adamw_step",
        "No decay",
        "The weights are not pulled to zero.",
        "What happens to a weight whose gradient is always zero?",
    ),
    output(
        "E07-100",
        "c10_adamw_step",
        "The decay pushes outward",
        "The weights grow by `rate * decay` of themselves. They should shrink.",
        "What happens to a weight whose gradient is always zero?",
    ),
    output(
        "E07-101",
        "c10_adamw_step",
        "The learning rate twice",
        "The step is multiplied by the rate twice.",
        "What should a first step with gradient 1 be, in units of the rate?",
    ),
    output(
        "E07-102",
        "c10_adamw_step",
        "Epsilon inside the root",
        "Epsilon was added to `v` before the root. AdamW adds it to the root: for small gradients that is quite \
         another number.",
        "What is the root of 1e-8, beside 1e-8?",
    ),
    output(
        "E07-103",
        "c10_adamw_step",
        "No epsilon",
        "Where every gradient so far was zero, `m` and the root of `v` are zero, and zero divided by zero is not a \
         number.",
        "What is your step for a token that no batch has held yet?",
    ),
    output(
        "E07-104",
        "c10_adamw_step",
        "The root is missing",
        "`m` was divided by `v`. `v` is a mean of squares: its root has the unit of a gradient, and the step does \
         not depend on the scale of the loss.",
        "What happens to your step when the loss is multiplied by 10?",
    ),
    output(
        "E07-105",
        "c10_adamw_step",
        "The betas exchanged",
        "`BETA_1` belongs to the average of the gradient, `BETA_2` to that of its square.",
        "Which of the two averages should be slower?",
    ),
    output(
        "E07-106",
        "c10_adamw_step",
        "Old and new exchanged",
        "An average keeps `beta` of the old value and takes `1 - beta` of the new one. Here it is the other way \
         round.",
        "With `beta` 0.9, how much of the old average is left after one step?",
    ),
    output(
        "E07-107",
        "c10_adamw_step",
        "The square of the average",
        "`v` was fed with the square of `m`. It is an average of squared gradients: for a gradient that changes its \
         sign, that is much more.",
        "What is `v` for gradients of 1, -1, 1, -1?",
    ),
    output(
        "E07-108",
        "c10_adamw_step",
        "The size instead of the square",
        "`v` was fed with the absolute value of the gradient. It is an average of squares, of which the root is \
         taken.",
        "Which unit does the root of `v` have?",
    ),
    output(
        "E07-109",
        "c10_adamw_step",
        "Uphill",
        "The step goes along the gradient. The loss falls against it.",
        "Does the loss get smaller?",
    ),
    output(
        "E07-110",
        "c10_adamw_step",
        "The gradient is added whole",
        "`m` is `beta` of itself plus the gradient, as in plain momentum. An average takes only `1 - beta` of the \
         gradient.",
        "What is `m` after many steps with gradient 1?",
    ),
    output(
        "E07-111",
        "c10_adamw_step",
        "Only the sign",
        "Every step is as long as the rate. AdamW's is shorter where the gradient keeps changing its sign.",
        "What is `m`, beside the root of `v`, for gradients of 1, -1, 1, -1?",
    ),
    output(
        "E07-112",
        "c10_adamw_step",
        "The decay after the step",
        "The step was taken first, and then the decay shrank the result, the step included. The decay is taken from \
         the weight as it was.",
        "Of which weight is `rate * decay` taken?",
    ),
    output(
        "E07-113",
        "c10_adamw_step",
        "The averages are not kept",
        "The averages were updated in a copy, so each step starts with empty ones.",
        "What do the caller's `m` and `v` hold after a step?",
    ),
    output(
        "E07-114",
        "c10_adamw_step",
        "Plain gradient descent",
        "The step is the rate times the gradient. AdamW divides the average of the gradient by the root of the \
         average of its square.",
        "What happens to your step when the loss is multiplied by 10?",
    ),
    output(
        "E07-115",
        "c11_learning_rate",
        "The rise counts from zero",
        "Step 1 is the first, and its rate is one part of the rise already. Here it is zero, and step 1 does \
         nothing.",
        "What does a step at rate zero change?",
    ),
    output(
        "E07-116",
        "c11_learning_rate",
        "No rise",
        "The first steps are as large as all others. In them AdamW's averages know one or two gradients only.",
        "What is the rate of step 1?",
    ),
    output(
        "E07-117",
        "c11_learning_rate",
        "No fall",
        "The rate stays at its peak to the end. Over the last fifth it falls, so that the noise of single batches \
         dies down.",
        "What is the rate of the last step?",
    ),
    output(
        "E07-118",
        "c11_learning_rate",
        "Falls from the beginning",
        "The rate falls as soon as it has risen. It stays at its peak up to the last fifth.",
        "What is the rate in the middle of the run?",
    ),
    output(
        "E07-119",
        "c11_learning_rate",
        "Zero at the last step",
        "The last step has rate zero, and does nothing. Zero is reached just after it.",
        "What does a step at rate zero change?",
    ),
    output(
        "E07-120",
        "c11_learning_rate",
        "The constant instead of the peak",
        "The peak is always `PEAK_RATE`. It is an argument, so that experiments may change it.",
        "What is the rate in the middle of a run with peak 1?",
    ),
    output(
        "E07-121",
        "c11_learning_rate",
        "Beyond the peak",
        "The rise goes on after `WARM_UP` steps. From there on the rate stays at its peak.",
        "What is the rate of step 200?",
    ),
    output(
        "E07-122",
        "c11_learning_rate",
        "The last tenth",
        "The fall is over the last tenth of the steps. It begins a fifth before the end.",
        "At which step of 400 does the fall begin?",
    ),
];
