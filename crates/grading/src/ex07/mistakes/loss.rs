//! Mistakes of the checks `c01`, `c02`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E07-1",
        "c01_mean_loss",
        "The sum of the losses",
        "You summed the losses. Take the mean: it does not grow with the number of predictions, so the same learning \
         rate fits batches of any size.",
        "What does your function return for the same batch twice?",
    ),
    output(
        "E07-2",
        "c01_mean_loss",
        "Divided by all positions",
        "Your sum is right, but you divided it by all positions of the batch. Divide by the number of predictions that \
         count.",
        "How many predictions went into your sum?",
    ),
    output(
        "E07-3",
        "c01_mean_loss",
        "A mean of means",
        "You averaged each item, and then averaged those means. An item with few predictions then counts as much as \
         one with many. Take one mean over all predictions.",
        "How much does one prediction count in an item with two, and in one with five?",
    ),
    output(
        "E07-4",
        "c01_mean_loss",
        "Bits instead of nats",
        "You used the logarithm to base 2. The course measures in nats, with the natural logarithm.",
        "Which logarithm does `f32::ln` take?",
    ),
    output(
        "E07-5",
        "c01_mean_loss",
        "The log probability itself",
        "You returned the mean log probability, which is negative. The loss is its negative: small when the model is \
         right.",
        "Does your loss fall when the model gets better?",
    ),
    output(
        "E07-6",
        "c01_mean_loss",
        "The probability instead of its logarithm",
        "You returned minus the mean probability of the next token. Cross-entropy uses the logarithm of the \
         probability, so that a confident mistake costs a lot.",
        "What should a prediction with probability 0 cost?",
    ),
    output(
        "E07-7",
        "c01_mean_loss",
        "None treated as BOS",
        "You treated `None` as token 0 and counted those positions. Skip every position with `None`.",
        "What does `next` hold at the last position, and which token follows there?",
    ),
    output(
        "E07-8",
        "c01_mean_loss",
        "The logit alone",
        "You returned the negative logit of the next token. It becomes a log probability only if you subtract the \
         logarithm of the sum over the vocabulary.",
        "What happens to your loss if 10 is added to every logit?",
    ),
    output(
        "E07-9",
        "c01_mean_loss",
        "Exponentials that overflow",
        "`exp` of a large logit is infinite, and infinity divided by infinity is not a number. Subtract the largest \
         logit of the row first. That does not change the probabilities.",
        "What is `500_f32.exp()`?",
    ),
    output(
        "E07-222",
        "c01_mean_loss",
        "The largest logit of all rows",
        "You subtracted the largest logit of the whole array. In a row that is far below it every exponential is 0, and \
         `ln(0)` is minus infinity. Subtract the largest logit of each row.",
        "What is `(-1000_f32).exp()`?",
    ),
    output(
        "E07-223",
        "c01_mean_loss",
        "The probability kept away from zero",
        "You kept the probability away from zero before you took its logarithm, for example by adding 1e-9. Then no \
         loss can be large, however wrong the model is. The log of the sum of exponentials needs no such limit.",
        "What is the loss of a token with a probability of `e^-30`?",
    ),
    output(
        "E07-10",
        "c02_loss_gradient",
        "The 1/n is missing",
        "You returned the gradient of the sum of the losses. The loss is their mean, so divide by n.",
        "If the loss is divided by n, what happens to its gradient?",
    ),
    output(
        "E07-11",
        "c02_loss_gradient",
        "Divided by all positions",
        "You divided by all positions of the batch. Divide by the number of predictions that count.",
        "Over how many predictions is the loss averaged?",
    ),
    output(
        "E07-12",
        "c02_loss_gradient",
        "The right answer minus the probabilities",
        "Your sign is reversed. A step against your gradient would make the right answer less likely.",
        "If the logit of the right answer rises a little, does the loss rise?",
    ),
    output(
        "E07-13",
        "c02_loss_gradient",
        "Only the probabilities",
        "You returned only the probabilities, the gradient of the logarithm of the sum. The loss also contains minus \
         the logit of the right answer.",
        "What should a row of the gradient sum to, if the loss does not change when all logits rise together?",
    ),
    output(
        "E07-14",
        "c02_loss_gradient",
        "Only the right answer",
        "You returned only the gradient of the negative logit. The logarithm of the sum over the vocabulary depends on \
         every logit.",
        "Does the loss change when the logit of a wrong token rises?",
    ),
    output(
        "E07-15",
        "c02_loss_gradient",
        "A gradient where nothing is predicted",
        "Your gradient is not zero in rows whose `next` is `None`. Their logits do not affect the loss.",
        "If a logit at the last position changes, what happens to the loss?",
    ),
    output(
        "E07-16",
        "c02_loss_gradient",
        "One subtracted after the division",
        "You divided the probabilities by n, but not the 1 of the right answer. Both come from the same loss.",
        "What should a row of the gradient sum to?",
    ),
    output(
        "E07-17",
        "c02_loss_gradient",
        "The gradient of the probability",
        "You returned the gradient of minus the mean probability: each row is multiplied by the probability of its \
         answer. The logarithm cancels that factor.",
        "If the model is confident and wrong, is your gradient large or small?",
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
        "E07-224",
        "c02_loss_gradient",
        "The largest logit of all rows",
        "You subtracted the largest logit of the whole array. In a row that is far below it every exponential is 0, and \
         0 divided by 0 is not a number. Subtract the largest logit of each row.",
        "What is `(-1000_f32).exp()`?",
    ),
    output(
        "E07-19",
        "c02_loss_gradient",
        "Each item averaged separately",
        "You divided each item by its own number of predictions, and then by the number of items. The loss is one mean \
         over all predictions.",
        "Do two predictions of different items count the same?",
    ),
    output(
        "E07-190",
        "c02_loss_gradient",
        "Divided by the number of texts",
        "You divided by the number of rows of the batch. The loss is a mean over the predictions that count, so divide \
         by their number.",
        "Does your gradient change if each text is twice as long?",
    ),
    output(
        "E07-191",
        "c02_loss_gradient",
        "Logits instead of probabilities",
        "You subtracted the right answer from the logits. The gradient is the softmax of the row minus the right \
         answer.",
        "What is the sum of each row of your gradient?",
    ),
    output(
        "E07-192",
        "c02_loss_gradient",
        "The answer of another position",
        "You used the answer of the position before or after. `next` already says for each position what follows it.",
        "What does `next[[0, 0]]` say?",
    ),
];
