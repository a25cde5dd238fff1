//! What goes wrong in `repeated_loss_by_half`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c6_repeated_loss_by_half";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E02-25",
        CHECK,
        "Predictions not shifted",
        "The logits at a position were scored on the token at that same position. They predict the one after it: the model \
         has already read the token where it stands.",
        "Which token do the logits at position 0 predict?",
    ),
    output(
        "E02-26",
        CHECK,
        "Shifted the wrong way",
        "The logits at a position were scored on the token before it, which the model has long seen. They predict the one \
         after it.",
        "Which logits are left out: those of the first position, or those of the last?",
    ),
    output(
        "E02-27",
        CHECK,
        "Log probability instead of loss",
        "The numbers are right but negative: these are mean log probabilities. The loss is the same with the sign turned, \
         so that smaller is better and zero is perfect.",
        "Can a loss be below zero?",
    ),
    output(
        "E02-28",
        CHECK,
        "Logits taken for log probabilities",
        "The logits were averaged as they are. They are log probabilities only up to a constant, a different one at every \
         position; taking the log of the sum of their exponentials away fixes it.",
        "What do the exponentials of your numbers add up to over the vocabulary?",
    ),
    output(
        "E02-29",
        CHECK,
        "Softmax over positions",
        "The probabilities add up to one along the positions, not along the vocabulary. At each position the model spreads \
         one unit of belief over all tokens.",
        "In [batch, pos, d_vocab], which axis should sum to one?",
    ),
    output(
        "E02-30",
        CHECK,
        "The halves swapped",
        "Both numbers are right, but the second half came first.",
        "On which half would you expect the smaller loss, and why?",
    ),
    output(
        "E02-31",
        CHECK,
        "The halves cut one too late",
        "There are 2 * seq_len predictions: seq_len of the first copy and seq_len of the second. The cut came one later, as \
         it would for the 2 * seq_len + 1 tokens, so the first half has one prediction of the second copy in it.",
        "Which prediction is the first one of the second copy: the one with which index?",
    ),
    output(
        "E02-32",
        CHECK,
        "Sum instead of mean",
        "These are sums over all predictions of the half. A mean can be compared between lengths and batch sizes, and with \
         the loss that the model was trained on.",
        "What happens to your number when the batch is doubled?",
    ),
    output(
        "E02-33",
        CHECK,
        "Only the first row of the batch",
        "The loss is that of batch item 0. The other rows are part of the mean, too.",
        "Which line of your function would fail if the batch were empty?",
    ),
    output(
        "E02-34",
        CHECK,
        "The exponential overflows",
        "With logits around 100 the result is infinite or not a number: exp(100) does not fit in an f32. Subtracting the \
         largest logit of each position first changes no probability, and keeps every exponential at one or below.",
        "What is the largest x for which exp(x) is a finite f32?",
    ),
    output(
        "E02-79",
        CHECK,
        "Another logarithm",
        "The numbers are the right ones times a constant: the logarithm has another base. The course, and the library, \
         measure losses in nats, with the natural logarithm.",
        "Which base does your logarithm have?",
    ),
    output(
        "E02-80",
        CHECK,
        "Probabilities without a logarithm",
        "These are mean probabilities. A loss is minus the logarithm of one: it grows without bound as the right token \
         gets less likely.",
        "What is the loss of a prediction that was certain and right?",
    ),
    output(
        "E02-81",
        CHECK,
        "The logarithm of a mean",
        "The probabilities were averaged first, and the logarithm was taken once. The mean of logarithms is what \
         counts: a single token that the model held for impossible must weigh heavily.",
        "Which comes first in your code, the mean or the logarithm?",
    ),
    output(
        "E02-82",
        CHECK,
        "The halves cut one too early",
        "The first half has seq_len - 1 predictions, the second one more than its own. The predictions of the first \
         copy are made at positions 0 to seq_len - 1: the last token of the copy counts.",
        "Which position predicts the last token of the first copy?",
    ),
    output(
        "E02-83",
        CHECK,
        "The first prediction left out",
        "What BOS predicts is missing from the first half: the first token of the segment. With seq_len tokens there \
         are seq_len predictions of the first copy.",
        "Which position predicts the first token of the segment?",
    ),
    output(
        "E02-84",
        CHECK,
        "Perplexities instead of losses",
        "These are the exponentials of the mean losses, which are called perplexity: among how many equally likely \
         tokens the model seems to choose. The loss is their logarithm.",
        "What number do you get for a model that is always certain and right?",
    ),
    output(
        "E02-85",
        CHECK,
        "Not divided by the batch",
        "The sum over all rows was divided by seq_len alone, so it grows with the batch.",
        "How many predictions does your sum have?",
    ),
    output(
        "E02-86",
        CHECK,
        "Divided by one too many",
        "The sum was divided by the number of positions where that of predictions belongs, one more in each row.",
        "How many predictions are there of a copy of four tokens?",
    ),
    output(
        "E02-87",
        CHECK,
        "The mean of everything for the first half",
        "The first number is the mean over both copies. Then the gap between the two is half as large as it is.",
        "Where does the range of your first mean end?",
    ),
    output(
        "E02-88",
        CHECK,
        "The rows halved instead of the positions",
        "The losses were split along the batch: the first rows against the last. The two copies lie one after the \
         other along the positions of each row.",
        "Along which axis did you cut?",
    ),
    output(
        "E02-97",
        CHECK,
        "Only the last row of the batch",
        "The loss is that of the last item of the batch. Most likely each row overwrites what the rows before it have left.",
        "What do your sums hold after the first row, and what after the second?",
    ),
    output(
        "E02-98",
        CHECK,
        "The median instead of the mean",
        "The losses were sorted, and the one in the middle was taken. A few tokens with a very high loss do not change that, \
         but they are part of what the model loses.",
        "What are the mean and the median of the losses 1, 1 and 10?",
    ),
];
