//! Mistakes in `kl_divergence`.

use crate::exercise::{Mistake, output};

const KL: &str = "c10_kl_divergence";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E04-48",
        KL,
        "The other direction",
        "You returned KL(unsteered || steered). The two directions differ, because the first distribution weights the \
         difference of the logarithms. Here the steered model writes the text, so its probabilities are the weights.",
        "From which of the two models would you have to sample the tokens for your average?",
    ),
    output(
        "E04-49",
        KL,
        "Averaged over all positions",
        "You averaged over all positions. Use the last one, which predicts the next token.",
        "Which position's logits predict the token after the prompt?",
    ),
    output(
        "E04-50",
        KL,
        "Sum over rows instead of mean",
        "You summed the rows, so twice as many prompts would cost twice as much. Take the mean.",
        "What happens to your number if every row is in the batch twice?",
    ),
    output(
        "E04-121",
        KL,
        "Averaged over the vocabulary",
        "You averaged the terms over the vocabulary. KL is their sum: the probabilities in it are already the weights.",
        "Over which axis do you average?",
    ),
    output(
        "E04-122",
        KL,
        "Summed over the positions",
        "You summed the divergences of all positions. Only the prediction of the next token counts, and the last \
         position makes it.",
        "Which index of the position axis do you read?",
    ),
    output(
        "E04-123",
        KL,
        "Logits instead of log probabilities",
        "You took the difference of logits, not of log probabilities. Logits contain a constant that differs between \
         runs, and it does not cancel in the difference.",
        "What should you get if all logits of one run are raised by 3?",
    ),
    output(
        "E04-124",
        KL,
        "Both directions averaged",
        "Your result is symmetric, such as KL averaged over both directions, or to the mean of both distributions. \
         Use one direction, with the steered probabilities as weights.",
        "What happens to your result if you exchange the two arguments?",
    ),
    output(
        "E04-125",
        KL,
        "Absolute values of the terms",
        "You took the absolute value of each term before the sum. Single terms may be negative. Only the sum never is.",
        "Where does your code take an absolute value?",
    ),
    output(
        "E04-126",
        KL,
        "Another logarithm",
        "You used a logarithm with another base. The course measures in nats, with the natural logarithm.",
        "Which logarithm do you use?",
    ),
    output(
        "E04-127",
        KL,
        "Cross-entropy",
        "You returned the cross-entropy: the term with the logarithm of the weights is missing. So your result is not \
         zero if nothing changes.",
        "What should you get for the same logits twice?",
    ),
    output(
        "E04-128",
        KL,
        "Only the first row of the batch",
        "You used only batch item 0. Take the mean over the batch.",
        "Which index in your code is 0?",
    ),
    output(
        "E04-129",
        KL,
        "The unsteered probabilities as weights",
        "Your differences are right, but you weighted them with the unsteered probabilities. The steered model writes \
         the text, so its probabilities are the weights.",
        "Which model's probabilities are your weights?",
    ),
    output(
        "E04-130",
        KL,
        "The first position",
        "You compared the predictions at position 0, where the model has read only BOS.",
        "Which index of the position axis do you read?",
    ),
    output(
        "E04-131",
        KL,
        "The sign reversed",
        "You returned minus the divergence, which is never positive. The divergence is never negative.",
        "Which of the two logarithms do you subtract?",
    ),
    output(
        "E04-169",
        KL,
        "The distance of the probabilities",
        "You added up the absolute differences of the probabilities. KL weighs differences of log probabilities.",
        "What is your result if the two models have nothing in common, and what is KL?",
    ),
    output(
        "E04-170",
        KL,
        "Squared differences",
        "You averaged the squared differences of the log probabilities. In KL they keep their sign, and more probable \
         tokens count more.",
        "Which terms of KL are negative?",
    ),
    output(
        "E04-171",
        KL,
        "The difference of the entropies",
        "You subtracted one entropy from the other. Two distributions with equal entropy may differ in everything.",
        "What is your result if the two most likely tokens change places?",
    ),
];
