//! Mistakes of the checks `c10`, `c11`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E07-91",
        "c10_adamw_step",
        "No bias correction",
        "You did not correct the averages. Both start at zero, so they are too small in the first steps. Divide them \
         by `1 - beta^step`.",
        "What is `m` after one step, if the gradient is 1?",
    ),
    output(
        "E07-92",
        "c10_adamw_step",
        "m is not corrected",
        "You corrected `v`, but not `m`, which started at zero as well.",
        "What is `m` after one step, if the gradient is 1?",
    ),
    output(
        "E07-93",
        "c10_adamw_step",
        "v is not corrected",
        "You corrected `m`, but not `v`, which started at zero as well.",
        "What is `v` after one step, if the gradient is 1?",
    ),
    output(
        "E07-94",
        "c10_adamw_step",
        "Steps counted from zero",
        "Your weights are not numbers after a step. This happens, for example, when the correction uses `beta^(step - \
         1)`, which is 1 in the first step: then it divides by zero. The first step already has `step` 1.",
        "What is `1 - BETA_1.powi(0)`?",
    ),
    output(
        "E07-95",
        "c10_adamw_step",
        "Steps counted from two",
        "You used the correction of the next step. The first step has `step` 1.",
        "What should a first step with gradient 1 be, in units of the rate?",
    ),
    output(
        "E07-96",
        "c10_adamw_step",
        "Always the correction of step one",
        "You used the correction of the first step in every step. It must fade as the averages fill up.",
        "What is `beta^step` for a large step?",
    ),
    output(
        "E07-97",
        "c10_adamw_step",
        "The decay added to the gradient",
        "You added the decay to the gradient. That is Adam with an L2 penalty: the decay passes through both averages \
         and is divided by the root. In AdamW it is decoupled, and shrinks the weight directly.",
        "How much does a weight with a large gradient shrink?",
    ),
    output(
        "E07-98",
        "c10_adamw_step",
        "The decay without the rate",
        "Your weights shrink by `decay`, whatever the rate is. They shrink by `rate * decay`.",
        "What should happen to the weights if the rate is zero?",
    ),
    output(
        "E07-99",
        "c10_adamw_step",
        "No decay",
        "You did not apply the weight decay.",
        "What should happen to a weight whose gradient is always zero?",
    ),
    output(
        "E07-100",
        "c10_adamw_step",
        "The decay pushes outward",
        "Your weights grow by `rate * decay` of themselves. They should shrink.",
        "What should happen to a weight whose gradient is always zero?",
    ),
    output(
        "E07-101",
        "c10_adamw_step",
        "The learning rate twice",
        "You multiplied the step by the rate twice.",
        "What should a first step with gradient 1 be, in units of the rate?",
    ),
    output(
        "E07-102",
        "c10_adamw_step",
        "Epsilon inside the root",
        "You added epsilon to `v` before the square root. AdamW adds it after the root, which makes a large difference \
         for small gradients.",
        "How large is the square root of 1e-8, compared with 1e-8?",
    ),
    output(
        "E07-103",
        "c10_adamw_step",
        "No epsilon",
        "Where every gradient so far was zero, your weights are not numbers. This happens, for example, without \
         epsilon: `m` and the root of `v` are zero, and zero divided by zero is not a number.",
        "What is your step for a token that no batch has contained yet?",
    ),
    output(
        "E07-104",
        "c10_adamw_step",
        "The square root is missing",
        "You divided `m` by `v`. `v` is a mean of squares, so its root has the unit of a gradient. Only then is the \
         step independent of the scale of the loss.",
        "What happens to your step if the loss is multiplied by 10?",
    ),
    output(
        "E07-105",
        "c10_adamw_step",
        "The betas swapped",
        "You swapped the betas. `BETA_1` belongs to the average of the gradient, and `BETA_2` to that of its square.",
        "Which of the two averages should be slower?",
    ),
    output(
        "E07-106",
        "c10_adamw_step",
        "Old and new swapped",
        "You kept `1 - beta` of the old average and added `beta` of the new value. It is the other way around.",
        "With `beta` 0.9, how much of the old average remains after one step?",
    ),
    output(
        "E07-107",
        "c10_adamw_step",
        "The square of the average",
        "You updated `v` with the square of `m`. It is an average of squared gradients, which is much larger if a \
         gradient keeps changing its sign.",
        "What is `v` for gradients of 1, -1, 1, -1?",
    ),
    output(
        "E07-108",
        "c10_adamw_step",
        "The absolute value instead of the square",
        "You updated `v` with the absolute value of the gradient. It is an average of squares, and its root is taken \
         later.",
        "Which unit does the square root of `v` have?",
    ),
    output(
        "E07-109",
        "c10_adamw_step",
        "Uphill",
        "You stepped along the gradient. The loss falls in the opposite direction.",
        "Does the loss get smaller?",
    ),
    output(
        "E07-110",
        "c10_adamw_step",
        "The whole gradient added",
        "Your `m` is `beta` of itself plus the gradient, as in plain momentum. An average takes only `1 - beta` of the \
         gradient.",
        "What is `m` after many steps with a gradient of 1?",
    ),
    output(
        "E07-111",
        "c10_adamw_step",
        "Only the sign",
        "Each of your steps is as large as the rate. AdamW takes smaller steps if the gradient keeps changing its \
         sign.",
        "How large is `m`, compared with the root of `v`, for gradients of 1, -1, 1, -1?",
    ),
    output(
        "E07-112",
        "c10_adamw_step",
        "The decay after the step",
        "You took the step first and applied the decay to the result, step included. Apply the decay to the weight \
         before the step.",
        "Which weight do you multiply by `rate * decay`?",
    ),
    output(
        "E07-113",
        "c10_adamw_step",
        "The averages not kept",
        "You updated copies of the averages, so each step starts with empty ones.",
        "What do the caller's `m` and `v` hold after a step?",
    ),
    output(
        "E07-114",
        "c10_adamw_step",
        "Plain gradient descent",
        "Your step is the rate times the gradient. AdamW divides the average of the gradient by the square root of the \
         average of its square.",
        "What happens to your step if the loss is multiplied by 10?",
    ),
    output(
        "E07-200",
        "c10_adamw_step",
        "The corrected averages kept",
        "You stored the averages after dividing them by their correction. The correction is for this step only: keep \
         the plain averages.",
        "By what would `m` have been divided after three steps?",
    ),
    output(
        "E07-201",
        "c10_adamw_step",
        "The usual beta instead of this one",
        "You used 0.999 for the second average. Here it is `BETA_2`.",
        "Where does your function use `BETA_2`?",
    ),
    output(
        "E07-202",
        "c10_adamw_step",
        "The decay does not depend on the weight",
        "You took the same amount from each weight. The decay shrinks a weight by a share of itself.",
        "What does decay do to a weight of -1?",
    ),
    output(
        "E07-115",
        "c11_learning_rate",
        "The rise counts from zero",
        "Your rate is zero in step 1, so it does nothing. Step 1 is the first, and its rate is already one part of the \
         rise.",
        "What does a step with a rate of zero change?",
    ),
    output(
        "E07-116",
        "c11_learning_rate",
        "No rise",
        "Your first steps are as large as all the others. AdamW's averages contain only one or two gradients then, so \
         the rate must start small.",
        "What is the rate of step 1?",
    ),
    output(
        "E07-117",
        "c11_learning_rate",
        "No fall",
        "Your rate stays at its peak to the end. It falls over the last fifth, so that the noise of single batches \
         averages out.",
        "What is the rate of the last step?",
    ),
    output(
        "E07-118",
        "c11_learning_rate",
        "Falls from the beginning",
        "Your rate falls as soon as it has risen. It stays at its peak until the last fifth.",
        "What is the rate in the middle of the run?",
    ),
    output(
        "E07-119",
        "c11_learning_rate",
        "Zero at the last step",
        "Your last step has a rate of zero and does nothing. The rate reaches zero just after it.",
        "What does a step with a rate of zero change?",
    ),
    output(
        "E07-120",
        "c11_learning_rate",
        "The constant instead of the peak",
        "Your peak is always `PEAK_RATE`. It is an argument, so that experiments can change it.",
        "What is the rate in the middle of a run with peak 1?",
    ),
    output(
        "E07-121",
        "c11_learning_rate",
        "Beyond the peak",
        "Your rate keeps rising after `WARM_UP` steps. From there on it stays at its peak.",
        "What is the rate of step 200?",
    ),
    output(
        "E07-122",
        "c11_learning_rate",
        "The last tenth",
        "Your rate falls over the last tenth of the steps. It falls over the last fifth.",
        "At which step of 400 does the fall begin?",
    ),
    output(
        "E07-203",
        "c11_learning_rate",
        "Another share for the fall",
        "You let the rate fall over another part of the steps. It falls over the last fifth.",
        "At which step of 1000 does your rate begin to fall?",
    ),
    output(
        "E07-204",
        "c11_learning_rate",
        "Not in a straight line",
        "Your rate falls along a curve. It falls in a straight line.",
        "What is the rate halfway through the last fifth?",
    ),
    output(
        "E07-205",
        "c11_learning_rate",
        "The rise over a share of the steps",
        "You let the rate rise over a share of all steps. It rises over `WARM_UP` steps, however many there are.",
        "Where does your function use `WARM_UP`?",
    ),
];
