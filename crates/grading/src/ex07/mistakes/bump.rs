//! Mistakes of the check `c15`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E07-154",
        "c15_bump",
        "The copies exchanged",
        "First and second are in each other's place.",
        "Which of the two can be predicted?",
    ),
    output(
        "E07-155",
        "c15_bump",
        "The second over both",
        "The second number is the loss of both copies. The first copy cannot be predicted, and hides what happens in \
         the second.",
        "What is your second number when the second copy is predicted perfectly?",
    ),
    output(
        "E07-156",
        "c15_bump",
        "Cut one prediction too late",
        "Prediction p is that of token p + 1, so the first copy's tokens have predictions 0 to n - 1.",
        "Which token does the prediction at position 0 belong to?",
    ),
    output(
        "E07-157",
        "c15_bump",
        "Cut one prediction too early",
        "Prediction p is that of token p + 1, so the second copy's tokens have predictions n to 2n - 1.",
        "Which prediction belongs to the first token of the second copy?",
    ),
    output(
        "E07-158",
        "c15_bump",
        "Only the last prediction",
        "These are the losses at the end of each copy. The measure is the mean over the copy.",
        "Over how many predictions do you average?",
    ),
    output(
        "E07-159",
        "c15_bump",
        "Sums instead of means",
        "The losses are added up over the copy. A mean can be compared with another length, and with ln(d_vocab).",
        "What happens to your numbers for a longer segment?",
    ),
    output(
        "E07-160",
        "c15_bump",
        "The first item alone",
        "Only the first row of the batch is measured.",
        "How many rows does the batch have?",
    ),
    output(
        "E07-161",
        "c15_bump",
        "The earlier copy itself",
        "The score is the attention to the last copy of the *same* token, n positions back. An induction head looks \
         at the one after it, n - 1 back: that is what comes next.",
        "Which token does the head copy?",
    ),
    output(
        "E07-162",
        "c15_bump",
        "One position too far",
        "The score is the attention n + 1 positions back: the token before the last copy.",
        "Which token does the head copy?",
    ),
    output(
        "E07-163",
        "c15_bump",
        "Only queries of the second copy",
        "The score leaves out the first entries of the stripe. It is the mean of the whole line, as in exercise 02, \
         so that numbers can be compared.",
        "How many entries does the line at distance n - 1 have?",
    ),
    output(
        "E07-164",
        "c15_bump",
        "The sum over the stripe",
        "The entries of the stripe are added up. A score is a mean, between 0 and 1.",
        "Can your score be larger than 1?",
    ),
    output(
        "E07-165",
        "c15_bump",
        "Only the last layer",
        "The largest score of all heads may be in any layer.",
        "Which layers do you look at?",
    ),
    output(
        "E07-166",
        "c15_bump",
        "One fixed head",
        "The score of one head is returned. Which head becomes the induction head depends on the seed.",
        "How many heads do you look at?",
    ),
    output(
        "E07-167",
        "c15_bump",
        "The mean of the heads",
        "One head is enough to predict the second copy. A mean over all heads hides it.",
        "What is your number when one head of four is perfect?",
    ),
    output(
        "E07-168",
        "c15_bump",
        "The largest over items, too",
        "The score of a head is a mean over the batch; then the largest head counts.",
        "What comes first, the mean or the maximum?",
    ),
    output(
        "E07-169",
        "c15_bump",
        "The previous-token score",
        "The score is the attention one position back. That is what the previous-token head does; the induction head \
         looks n - 1 back.",
        "How far back is the token after the last copy?",
    ),
    output(
        "E07-170",
        "c15_bump",
        "Divided by all queries",
        "The sum over the stripe is divided by all queries. The first n - 1 have no entry there.",
        "How many entries does the line at distance n - 1 have?",
    ),
];
