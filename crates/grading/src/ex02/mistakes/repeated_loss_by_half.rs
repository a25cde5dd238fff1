//! What goes wrong in `repeated_loss_by_half`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c07_repeated_loss_by_half";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E02-25",
        CHECK,
        "Predictions not shifted",
        "You scored the logits at a position on the token at the same position. The model has already read that token. \
         The logits predict the token after it.",
        "Which token do the logits at position 0 predict?",
    ),
    output(
        "E02-26",
        CHECK,
        "Shifted the wrong way",
        "You scored the logits at a position on the token before it. They predict the token after it.",
        "Which logits do you leave out: those of the first position, or those of the last?",
    ),
    output(
        "E02-27",
        CHECK,
        "Log probability instead of loss",
        "Your numbers have the wrong sign: they are mean log probabilities. The loss is their negative, so that \
         smaller is better and zero is perfect.",
        "Can a loss be below zero?",
    ),
    output(
        "E02-28",
        CHECK,
        "Logits used as log probabilities",
        "You averaged the logits themselves. They are log probabilities only up to a constant, which differs at every \
         position. Subtract the log of the sum of their exponentials.",
        "What do the exponentials of your numbers sum to over the vocabulary?",
    ),
    output(
        "E02-29",
        CHECK,
        "Softmax over positions",
        "Your probabilities sum to one along the positions, not along the vocabulary. At each position the model \
         distributes a probability of one over all tokens.",
        "In [batch, pos, d_vocab], which axis should sum to one?",
    ),
    output(
        "E02-30",
        CHECK,
        "The halves swapped",
        "Both of your numbers are right, but the second half comes first.",
        "On which half do you expect the smaller loss, and why?",
    ),
    output(
        "E02-31",
        CHECK,
        "The halves split one too late",
        "You split the halves one prediction too late, as for the 2 * seq_len + 1 tokens. There are 2 * seq_len \
         predictions, seq_len for each copy, so your first half contains one prediction of the second copy.",
        "What is the index of the first prediction of the second copy?",
    ),
    output(
        "E02-32",
        CHECK,
        "Sum instead of mean",
        "You summed the predictions of each half. Take the mean: it can be compared between lengths and batch sizes, \
         and with the training loss.",
        "What happens to your number when the batch is doubled?",
    ),
    output(
        "E02-33",
        CHECK,
        "Only the first row of the batch",
        "You used only batch item 0. The mean includes the other rows.",
        "Which line of your function would fail if the batch were empty?",
    ),
    output(
        "E02-34",
        CHECK,
        "The exponential overflows",
        "With logits around 100, your result is infinite or not a number. exp(100) does not fit in an f32. Subtract \
         the largest logit of each position first. That does not change the probabilities, and no exponential is \
         above one.",
        "What is the largest x for which exp(x) is a finite f32?",
    ),
    output(
        "E02-79",
        CHECK,
        "Another logarithm",
        "Your numbers are the right ones times a constant, the one between the natural logarithm and another. The \
         course and the library measure losses in nats, with the natural logarithm.",
        "Which base does your logarithm have?",
    ),
    output(
        "E02-80",
        CHECK,
        "Probabilities without a logarithm",
        "Your numbers are as large as mean probabilities. A loss is minus the logarithm of a probability, and it grows without bound \
         as the right token becomes less likely.",
        "What is the loss of a prediction that was certain and right?",
    ),
    output(
        "E02-81",
        CHECK,
        "The logarithm of a mean",
        "You averaged the probabilities and then took one logarithm. Take the mean of the logarithms: a token that the \
         model considers nearly impossible must count heavily.",
        "Which comes first in your code, the mean or the logarithm?",
    ),
    output(
        "E02-82",
        CHECK,
        "The halves split one too early",
        "Your first half has seq_len - 1 predictions, and your second half one too many. The predictions of the first \
         copy are at positions 0 to seq_len - 1.",
        "Which position predicts the last token of the first copy?",
    ),
    output(
        "E02-83",
        CHECK,
        "The first prediction left out",
        "Your first half lacks the prediction at BOS, which is the first token of the segment. With seq_len tokens \
         there are seq_len predictions of the first copy.",
        "Which position predicts the first token of the segment?",
    ),
    output(
        "E02-84",
        CHECK,
        "Perplexities instead of losses",
        "Your numbers are exponentials of mean losses. They are called perplexity: among how many equally likely \
         tokens the model seems to choose. Return the losses themselves.",
        "What number do you get for a model that is always certain and right?",
    ),
    output(
        "E02-85",
        CHECK,
        "Not divided by the batch",
        "You divided the sum over all rows by seq_len alone, so your result grows with the batch.",
        "How many predictions does your sum include?",
    ),
    output(
        "E02-86",
        CHECK,
        "Divided by one too many",
        "Your numbers are what a sum divided by the number of positions gives. Divide by the number of predictions, \
         which is one less in each row.",
        "How many predictions are there of a copy of four tokens?",
    ),
    output(
        "E02-87",
        CHECK,
        "The first number is the mean of everything",
        "Your first number is the mean over both copies. The gap between the two numbers is then half as large as it \
         should be.",
        "Where does the range of your first mean end?",
    ),
    output(
        "E02-88",
        CHECK,
        "The rows split instead of the positions",
        "Your numbers are those of the first rows and the last ones: the losses are split along the batch. The two \
         copies are one after the other along the positions of each row.",
        "Along which axis did you split?",
    ),
    output(
        "E02-97",
        CHECK,
        "Only the last row of the batch",
        "Your numbers are those of the last item of the batch. This happens, for example, when each row overwrites \
         the result of the rows before it.",
        "What do your sums hold after the first row, and what after the second?",
    ),
    output(
        "E02-98",
        CHECK,
        "The median instead of the mean",
        "Your numbers are medians of the losses. A few tokens with a very high loss do not change a median, but they \
         are part of the model's loss. Take the mean.",
        "What are the mean and the median of the losses 1, 1 and 10?",
    ),
    output(
        "E02-102",
        CHECK,
        "The last prediction left out",
        "Your second half lacks its last prediction, made at the last position but one. With seq_len tokens there are \
         seq_len predictions of the second copy.",
        "Which position predicts the last token of the row?",
    ),
];
