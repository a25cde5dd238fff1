//! Mistakes of the checks `c01`, `c02`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E07-1",
        "c01_mean_loss",
        "The sum of the losses",
        "The losses are added up. The mean does not grow with the number of predictions, so that a rate that suits \
         one batch suits another.",
        "What does your function return for the same batch twice?",
    ),
    output(
        "E07-2",
        "c01_mean_loss",
        "Divided by all positions",
        "The sum is right, but it is divided by all positions of the batch. Those that predict nothing do not count \
         in the divisor either.",
        "How many predictions went into your sum?",
    ),
    output(
        "E07-3",
        "c01_mean_loss",
        "A mean of means",
        "The mean of each item is averaged again. An item with few predictions then weighs as much as one with many.",
        "How much does one prediction weigh in an item with two, and in one with five?",
    ),
    output(
        "E07-4",
        "c01_mean_loss",
        "Bits instead of nats",
        "The logarithm is to base 2. The course measures in nats, with the natural logarithm.",
        "Which logarithm does `f32::ln` take?",
    ),
    output(
        "E07-5",
        "c01_mean_loss",
        "The log probability itself",
        "This is the mean log probability, which is negative. The loss is its negative: small when the model is \
         right.",
        "Does your loss fall when the model gets better?",
    ),
    output(
        "E07-6",
        "c01_mean_loss",
        "The probability instead of its logarithm",
        "This is the mean probability of the next token, with a minus. Cross-entropy takes its logarithm, so that a \
         confident mistake costs much.",
        "What should a prediction with probability 0 cost?",
    ),
    output(
        "E07-7",
        "c01_mean_loss",
        "Nothing to predict, taken as BOS",
        "`None` is read as token 0, and these positions are counted. A position with `None` has no part in the loss.",
        "What does `next` hold at the last position, and what follows there?",
    ),
    output(
        "E07-8",
        "c01_mean_loss",
        "The logit alone",
        "This is the negative logit of the next token. Without the logarithm of the sum over the vocabulary it is no \
         log probability.",
        "What happens to your loss when 10 is added to every logit?",
    ),
    output(
        "E07-9",
        "c01_mean_loss",
        "Exponentials that overflow",
        "`exp` of a large logit is infinite, and infinity divided by infinity is not a number. Subtracting the \
         largest logit of the row first changes no probability.",
        "What is `500_f32.exp()`?",
    ),
    output(
        "E07-10",
        "c02_loss_gradient",
        "The 1/n is missing",
        "This is the gradient of the sum of the losses. The loss is their mean, so that each prediction has a part \
         of 1/n in it.",
        "If the loss is divided by n, what happens to its gradient?",
    ),
    output(
        "E07-11",
        "c02_loss_gradient",
        "Divided by all positions",
        "The gradient is divided by all positions of the batch. The mean is over the predictions that count.",
        "How many predictions are averaged in the loss?",
    ),
    output(
        "E07-12",
        "c02_loss_gradient",
        "The right answer minus the probabilities",
        "The sign is turned around. A step against this gradient would make the right answer less likely.",
        "Raise the logit of the right answer a little: does the loss rise?",
    ),
    output(
        "E07-13",
        "c02_loss_gradient",
        "Only the probabilities",
        "This is the gradient of the log of the sum alone. The logit of the right answer also stands in the loss by \
         itself, with a minus.",
        "What is the sum of a row of the gradient, if all logits of the row rise together?",
    ),
    output(
        "E07-14",
        "c02_loss_gradient",
        "Only the right answer",
        "This is the gradient of the negative logit alone. The normalizer, the log of the sum over the vocabulary, \
         depends on every logit.",
        "Does the loss change when the logit of a wrong token rises?",
    ),
    output(
        "E07-15",
        "c02_loss_gradient",
        "A gradient where nothing is predicted",
        "Rows whose `next` is `None` hold probabilities here. Their logits have no part in the loss, so their \
         gradient is zero.",
        "If a logit at the last position changes, what happens to the loss?",
    ),
    output(
        "E07-16",
        "c02_loss_gradient",
        "One subtracted after the division",
        "The probabilities are divided by n, the 1 of the right answer is not. Both come from the same loss.",
        "What should a row of the gradient add up to?",
    ),
    output(
        "E07-17",
        "c02_loss_gradient",
        "The gradient of the probability",
        "This is the gradient of the mean probability, with a minus: each row is multiplied by the probability of \
         its answer. The logarithm cancels that factor.",
        "Where the model is surely wrong, is your gradient large or small?",
    ),
    output(
        "E07-18",
        "c02_loss_gradient",
        "Exponentials that overflow",
        "`exp` of a large logit is infinite, and infinity divided by infinity is not a number. Subtract the largest \
         logit of the row first.",
        "What is `500_f32.exp()`?",
    ),
    output(
        "E07-19",
        "c02_loss_gradient",
        "Each item averaged by itself",
        "Each item is divided by its own number of predictions, and then by the number of items. The loss is one \
         mean over all predictions.",
        "Do two predictions of different items weigh the same?",
    ),
];
