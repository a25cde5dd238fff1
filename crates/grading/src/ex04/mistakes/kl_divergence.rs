//! Mistakes in `kl_divergence`.

use crate::exercise::{Mistake, output};

const KL: &str = "c10_kl_divergence";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E04-48",
        KL,
        "The other direction",
        "This is KL(unsteered || steered). The two differ: which model's probabilities weigh the difference of the \
         logs decides what is punished. Here the steered model writes, so its own probabilities weigh.",
        "Which of the two would have to draw the tokens for your average?",
    ),
    output(
        "E04-49",
        KL,
        "Averaged over all positions",
        "The mean runs over all positions. Asked for is the last one, where the next token is decided.",
        "Which position's logits decide about the token that follows the prompt?",
    ),
    output(
        "E04-50",
        KL,
        "Sum over rows instead of mean",
        "The rows were added up, so that twice as many prompts would cost twice as much.",
        "What happens to your number when every row is there twice?",
    ),
    output(
        "E04-121",
        KL,
        "Averaged over the vocabulary",
        "The terms were averaged. KL is their sum: the probabilities in it are already the weights.",
        "Which axis does your mean run over?",
    ),
    output(
        "E04-122",
        KL,
        "Summed over the positions",
        "The divergences of all positions were added up. Only the prediction of the next token counts, which is \
         made at the last.",
        "Which index of the position axis do you read?",
    ),
    output(
        "E04-123",
        KL,
        "Logits where log probabilities belong",
        "The difference in the brackets was taken between logits. They have a constant of their own in each \
         run, and softmax removes it only in the weights.",
        "What should come out if all logits of one run are raised by 3?",
    ),
    output(
        "E04-124",
        KL,
        "Both directions averaged",
        "What came is symmetric: KL in both directions, or to the mean of both distributions. The cost asks one \
         question, with the steered probabilities as weights.",
        "What happens to your result when the two arguments are exchanged?",
    ),
    output(
        "E04-125",
        KL,
        "Magnitudes of the terms",
        "Each term was made positive before the sum. Single terms may be negative; only the sum never is.",
        "Where does your code take an absolute value?",
    ),
    output(
        "E04-126",
        KL,
        "Another logarithm",
        "The result is in bits or in powers of ten. The course measures in nats.",
        "Which logarithm do you use?",
    ),
    output(
        "E04-127",
        KL,
        "Cross-entropy",
        "The term with the logarithm of the weights themselves is missing. What came is not zero when nothing \
         changes.",
        "What should the same logits twice give?",
    ),
    output(
        "E04-128",
        KL,
        "Only the first row of the batch",
        "The result belongs to batch item 0. It is a mean over the batch.",
        "Which index in your code is a plain 0?",
    ),
    output(
        "E04-129",
        KL,
        "The unsteered probabilities as weights",
        "The differences are right and their weights are those of the unsteered model. The steered model is the \
         one that writes.",
        "Whose probabilities are in front of the brackets?",
    ),
    output(
        "E04-130",
        KL,
        "The first position",
        "The prediction at position 0 was compared. Only BOS is known there.",
        "Which index of the position axis do you read?",
    ),
    output(
        "E04-131",
        KL,
        "The sign turned",
        "What came is minus the divergence, which is never positive.",
        "Which of the two logarithms is subtracted?",
    ),
];
