//! Mistakes of the check `c15`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E07-154",
        "c15_bump",
        "The copies swapped",
        "You swapped the losses of the first and the second copy.",
        "Which of the two can be predicted?",
    ),
    output(
        "E07-155",
        "c15_bump",
        "The second number over both copies",
        "Your second number is the loss over both copies. The first copy cannot be predicted, and hides what happens \
         in the second.",
        "What is your second number if the second copy is predicted perfectly?",
    ),
    output(
        "E07-156",
        "c15_bump",
        "Split one prediction too late",
        "You split the copies one prediction too late. Prediction p is that of token p + 1, so the tokens of the first \
         copy have predictions 0 to n - 1.",
        "Which token does the prediction at position 0 belong to?",
    ),
    output(
        "E07-157",
        "c15_bump",
        "Split one prediction too early",
        "You split the copies one prediction too early. Prediction p is that of token p + 1, so the tokens of the \
         second copy have predictions n to 2n - 1.",
        "Which prediction belongs to the first token of the second copy?",
    ),
    output(
        "E07-158",
        "c15_bump",
        "Only the last prediction",
        "You used only the last prediction of each copy. Take the mean over the copy.",
        "Over how many predictions do you average?",
    ),
    output(
        "E07-159",
        "c15_bump",
        "Sums instead of means",
        "You summed the losses over the copy. A mean can be compared with that of another length, and with \
         ln(d_vocab).",
        "What happens to your numbers for a longer segment?",
    ),
    output(
        "E07-160",
        "c15_bump",
        "The first item alone",
        "You used only the first row of the batch.",
        "How many rows does the batch have?",
    ),
    output(
        "E07-161",
        "c15_bump",
        "The earlier occurrence itself",
        "Your score is the attention to the last occurrence of the *same* token, n positions back. An induction head \
         attends to the token after it, n - 1 back: that token comes next.",
        "Which token does the head copy?",
    ),
    output(
        "E07-162",
        "c15_bump",
        "One position too far",
        "Your score is the attention n + 1 positions back, to the token before the last occurrence.",
        "Which token does the head copy?",
    ),
    output(
        "E07-163",
        "c15_bump",
        "Only queries of the second copy",
        "You left out the first entries of the stripe. Take the mean of the whole line, as in exercise 02.",
        "How many entries does the line at distance n - 1 have?",
    ),
    output(
        "E07-164",
        "c15_bump",
        "The sum over the stripe",
        "You summed the entries of the stripe. A score is a mean, between 0 and 1.",
        "Can your score be larger than 1?",
    ),
    output(
        "E07-165",
        "c15_bump",
        "Only the last layer",
        "You used only the last layer. The head with the largest score can be in any layer.",
        "Which layers does your code use?",
    ),
    output(
        "E07-166",
        "c15_bump",
        "One fixed head",
        "You returned the score of one fixed head. Which head becomes the induction head depends on the seed.",
        "How many heads does your code use?",
    ),
    output(
        "E07-167",
        "c15_bump",
        "The mean of the heads",
        "You averaged over the heads. One head is enough to predict the second copy, and the mean hides it. Take the \
         largest.",
        "What is your number if one head of four is perfect?",
    ),
    output(
        "E07-168",
        "c15_bump",
        "The maximum over items too",
        "You took the maximum over items too. The score of a head is a mean over the batch. Then take the largest \
         head.",
        "What comes first, the mean or the maximum?",
    ),
    output(
        "E07-169",
        "c15_bump",
        "The previous-token score",
        "Your score is the attention one position back, as of a previous-token head. An induction head looks n - 1 \
         back.",
        "How far back is the token after the last occurrence?",
    ),
    output(
        "E07-170",
        "c15_bump",
        "Divided by all queries",
        "You divided the sum over the stripe by all queries. The first n - 1 queries have no cell in it.",
        "How many entries does the line at distance n - 1 have?",
    ),
    output(
        "E07-206",
        "c15_bump",
        "One position too near",
        "Your stripe is two positions further than the earlier copy of the current token. The token after that copy is \
         one further, `n - 1` positions before the query.",
        "For n = 3 and query 5, at which position is the last copy of the current token, and what follows it?",
    ),
    output(
        "E07-207",
        "c15_bump",
        "The sum of the heads",
        "You added up the scores of all heads. The task asks for the largest one.",
        "Can your score be larger than 1?",
    ),
    output(
        "E07-208",
        "c15_bump",
        "The largest cell of the stripe",
        "You took the largest attention anywhere on the stripe. A score is the mean over the stripe: chance puts one \
         cell high in any head.",
        "How many cells of the stripe does your score depend on?",
    ),
    output(
        "E07-209",
        "c15_bump",
        "The first item's score",
        "Your losses are right, but the score is that of the first row of the batch.",
        "Which axis of the pattern is the batch?",
    ),
];
