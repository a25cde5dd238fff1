//! The entries of the mistakes that belong to no exercise, in the order of their codes.

use super::code;
use crate::exercise::{Mistake, property};

const ANY: &str = "any check";

/// An entry of the list below.
const fn general(
    code: &'static str,
    title: &'static str,
    explanation: &'static str,
    question: &'static str,
) -> Mistake {
    property(code, ANY, title, explanation, question)
}

pub(super) const MISTAKES: &[Mistake] = &[
    general(
        code::SIGN,
        "The wrong sign",
        "Where your numbers are off, only their sign is wrong. This happens, for example, when a difference is taken \
         in the other order, or when a minus is left out: a loss is minus a log probability.",
        "Should your result be large or small when the model does well?",
    ),
    general(
        code::MAGNITUDE,
        "The signs are lost",
        "Where your numbers are off, they are the absolute values of the right ones. A negative number means \
         something too: a head that lowers a logit, or a token less likely than average.",
        "Where do you take an absolute value, or a square and its root?",
    ),
    general(
        code::SQUARE,
        "Squared",
        "Each number that is off is the square of the right one. This happens, for example, when a square root is \
         left out, or when something is multiplied by itself.",
        "In which units should the result be?",
    ),
    general(
        code::ROOT,
        "The square root of the right numbers",
        "Each number that is off is the square root of the right one. This happens, for example, when a root is taken \
         that the task does not ask for.",
        "What is the root for, in the formula that you have in mind?",
    ),
    general(
        code::EXPONENTIAL,
        "An exponential too many",
        "Each number that is off is the exponential of the right one, or of minus the right one. The exponential \
         turns a log probability into a probability, and a loss into a perplexity.",
        "Does the task ask for a logarithm, or for its argument?",
    ),
    general(
        code::LOGARITHM,
        "A logarithm too many",
        "Each number that is off is the natural logarithm of the right one, or minus that. The logarithm turns a \
         probability into a log probability.",
        "Does the task ask for a logarithm, or for its argument?",
    ),
    general(
        code::INVERSE,
        "Upside down",
        "Each number that is off is one divided by the right one. This happens, for example, when the two sides of a \
         division are exchanged.",
        "What do you divide by what?",
    ),
    general(
        code::COMPLEMENT,
        "One minus the right numbers",
        "Each number that is off is one minus the right one. Of two shares that add up to one, this is the other.",
        "Which of the two shares does the task ask for?",
    ),
    general(
        code::OFF_BY_ONE,
        "Off by one",
        "Each number that is off differs from the right one by exactly one. This happens, for example, when you count \
         from another number than the task, when a range includes its end, or when an item is counted among those \
         before it.",
        "What is the smallest number that your function can return, and for which input?",
    ),
    general(
        code::BASE,
        "A logarithm to another base",
        "Where your numbers are off, they are the right ones times a constant, that between two kinds of logarithms. \
         Losses in this course are in nats: they use the natural logarithm.",
        "Which of Rust's `ln`, `log2` and `log10` is the natural one?",
    ),
    general(
        code::SUM,
        "A sum instead of a mean",
        "Where your numbers are off, they are the right ones times a count. This happens, for example, when you \
         return a sum where a mean is asked for. A sum grows with the length of the text and the size of the batch. \
         Means can be compared.",
        "What happens to your result when the batch holds every text twice?",
    ),
    general(
        code::DIVISOR,
        "Divided by another count",
        "Where your numbers are off, they are the right ones divided by a count, or times the quotient of two counts. \
         This happens, for example, when the divisor of a mean is too large or too small, or when you divide twice.",
        "How many things are added up before you divide?",
    ),
    general(
        code::SCALE,
        "A square root too many or too few",
        "Where your numbers are off, they are the right ones times or divided by the square root of an integer. This \
         happens, for example, when a scale, such as that of the attention scores, is left out, or applied twice or \
         upside down.",
        "Which length keeps the size of the result the same when it grows?",
    ),
    general(
        code::AXES,
        "Axes in another order",
        "Your numbers are right, but their axes are in another order than the task asks for. Where two axes have the \
         same length, or a list of numbers is given a shape, neither the compiler nor ndarray notices.",
        "Which axis comes first in the shape that the task gives, and which in yours?",
    ),
    general(
        code::REVERSED,
        "In reverse order",
        "Your entries are right, but in reverse order or counted from the end.",
        "What is the first thing in your result, and what should it be?",
    ),
    general(
        code::ONE_FOR_ALL,
        "One for all",
        "Your result holds the same at every index, where each should have its own. This happens, for example, when \
         an index is a constant where it should be a variable, or when each turn of a loop overwrites the result of \
         the turns before it.",
        "Which index in your code never changes?",
    ),
    general(
        code::SHIFTED,
        "One place too far",
        "Your entries are right, but one place away from their own, except perhaps at one end. This happens, for example, when a range \
         begins one place too late or too early, or when a shift is left out or made twice: the prediction at \
         position p, for one, is about the token at p + 1.",
        "What does the first entry of the result belong to?",
    ),
    general(
        code::OTHER_INDEX,
        "From another index",
        "Your entries are right ones, but some are at another index than their own.",
        "Which index do you read from, and which do you write to?",
    ),
    general(
        code::ACCUMULATED,
        "A running total",
        "Where your entries are off, they are sums of the right ones, up to each place or from it on, or the steps \
         from each right one to the next. This happens, for example, when a running total is not set back to zero, or \
         when you take the stream for what is added to it, or the other way around.",
        "Where in your loop does the total begin?",
    ),
    general(
        code::AVERAGED,
        "Averaged over an axis that should stay",
        "Where your entries are off, they are means over an axis that the result should still have. The differences \
         along that axis are lost.",
        "Which axes does the result have, and which are averaged over?",
    ),
    general(
        code::ADDED_UP,
        "Summed over an axis that should stay",
        "Where your entries are off, they are sums over an axis that the result should still have. The differences \
         along that axis are lost.",
        "Which axes does the result have, and which are summed over?",
    ),
    general(
        code::CENTERED,
        "The mean or the maximum was subtracted",
        "Where your entries are off, they are the right ones minus their mean, or minus their maximum, along an axis. \
         That is the distance from there, which is another quantity.",
        "Does the task ask for the values, or for their differences from a mean?",
    ),
    general(
        code::NORMALIZED,
        "Divided by their norm, sum or maximum",
        "Where your entries are off, they are the right ones divided by their norm, their sum or their maximum. Their \
         sizes can no longer be compared with others.",
        "Does the task ask for a direction, a share or a quantity?",
    ),
    general(
        code::SOFTMAX,
        "A softmax too many",
        "Where your entries are off, they are the softmax of the right ones, or the logarithm of it. A softmax makes \
         numbers positive, with a sum of one.",
        "Does the task ask for probabilities, or for their logarithms?",
    ),
    general(
        code::TOO_FEW,
        "Some are missing",
        "What you returned is right, but some of it is missing. For example, a range in Rust excludes its end, and \
         one that begins at 1 leaves out the first entry.",
        "What is the first thing in your result, and what is the last?",
    ),
    general(
        code::TOO_MANY,
        "Too many",
        "You returned everything that the task asks for, and more. This happens, for example, when a range goes too \
         far, when something is kept that should be left out, or when a result is filled up to a length.",
        "What is the first thing in your result, and what is the last?",
    ),
    general(
        code::SHAPE,
        "The right numbers in another shape",
        "Your numbers are right and in order, but their axes are not those of the task. For example, one is missing, \
         two are joined, or one of length one is too many.",
        "Which axes does the task ask for, and which does your array have?",
    ),
    general(
        code::CLIPPED,
        "Negative numbers became zero",
        "Where the right number is positive, you returned it. Where it is negative, you returned zero. A maximum that \
         begins at zero does that, and so does a ReLU.",
        "What does your code do with a number below zero?",
    ),
    general(
        code::YES_OR_NO,
        "Rounded to zero or one",
        "Each of your entries is zero or one: whether the right number is large. The task asks for the numbers \
         themselves.",
        "Where does your code compare with a threshold, or round?",
    ),
    general(
        code::SORTED,
        "Sorted",
        "Your entries are right, but sorted. Their order has a meaning: the place of an entry says what it belongs \
         to.",
        "How can a reader know which entry belongs to which position?",
    ),
    general(
        code::NOT_A_NUMBER,
        "Not a number",
        "Some of your entries are NaN or infinite, and what is finite is right. There are many ways to get there: \
         `exp` of more than 88 does not fit into an `f32`, zero divided by zero is NaN, and the logarithm of zero is \
         minus infinity.",
        "What is the largest number that you exponentiate, and the smallest that you divide by or take the logarithm of?",
    ),
    general(
        code::SAME,
        "The same for every input",
        "You returned the same in every case, although the inputs differ. This happens, for example, when you read \
         from a fixed place, or compute from the wrong argument.",
        "Which of the arguments does your result depend on?",
    ),
    general(
        code::TWICE,
        "Twice or half",
        "Where your numbers are off, they are the right ones times two or divided by two, perhaps with the other sign \
         as well. This happens, for example, when something is counted in two places, or when half of it is left out.",
        "How many things are added up, and how many do you divide by?",
    ),
    general(
        code::SPELLING,
        "Spelled differently",
        "Your words differ from the right ones only in how they are written. Spaces, capitals, quotation marks and \
         dots are part of a token or a name: the model has no other way to tell two of them apart.",
        "Compare the first word that differs letter by letter: what is different?",
    ),
    general(
        code::REPEATS,
        "Repeats are lost",
        "Of what occurs several times, you returned too few. Every occurrence counts.",
        "What happens in your code to the second occurrence?",
    ),
    general(
        code::JOINED,
        "Joined into one",
        "The parts are right, but you returned them as one string instead of one string each.",
        "How many strings should come, and how many do?",
    ),
    general(
        code::BEYOND_THE_END,
        "An index beyond the end",
        "An entry was asked for that does not exist, or a slice that ends behind the last one. An axis of length n \
         has the indices 0 to n − 1, and an index meant for another axis fits only by chance.",
        "How long is that axis in this case, and which index is asked for?",
    ),
    general(
        code::BELOW_ZERO,
        "Counted below zero",
        "A subtraction went below zero, and a `usize` cannot be negative. It often happens at the edges, such as the \
         first position, a single token, or an empty list.",
        "What is the smallest value of the left side of each of your subtractions?",
    ),
    general(
        code::SHAPES_DO_NOT_FIT,
        "Shapes that do not fit together",
        "Two things were combined whose shapes do not fit: two arrays that are added, multiplied or assigned, for \
         example, or a pattern and the tokens to draw it with. When you multiply two matrices, the last axis of the \
         first must be as long as the first axis of the second.",
        "Which axes do the two have, by name, and how long is each?",
    ),
    general(
        code::UNWRAPPED,
        "An error or `None` was unwrapped",
        "`unwrap` was called on a result that is an error, or on an option that is `None`. The message says which.",
        "What does the message complain about, and on which input?",
    ),
    general(
        code::OTHER_CASE,
        "The result of another case",
        "You returned exactly what another case asks for. This happens, for example, when an argument is ignored, \
         when a constant such as layer 0 is used for it, or when something is kept from an earlier call.",
        "Which argument differs between the two cases?",
    ),
    general(
        code::WRONG_AXIS,
        "Sums to one along another axis",
        "Your entries sum to one, but along another axis than they should. This happens, for example, when a softmax \
         or a share is taken over the wrong axis, or when two axes are exchanged after it.",
        "Along which axis does the task want the entries to sum to one?",
    ),
    general(
        code::PIECE,
        "One piece of the words is wrong",
        "Wherever one of your words is wrong, the same piece of it is missing, superfluous or different. Everything \
         else is right.",
        "Which line of your code writes that piece?",
    ),
    general(
        code::CUT,
        "The same text, cut in other places",
        "Joined, your strings are the right text, apart from spaces and what marks its beginning, but they end in \
         other places. Tokens are neither words nor letters: the model's vocabulary decides where one ends.",
        "Which method of the model knows its vocabulary?",
    ),
    general(
        code::COUNTED,
        "How many instead of which",
        "Your numbers say how many there are. The task asks which they are.",
        "What should the result be when there is only one?",
    ),
    general(
        code::NUMBERS,
        "Numbers instead of words",
        "You returned numbers, for example ids or positions written out. The task asks for strings of the text.",
        "Which method turns an id into the string of its token?",
    ),
    general(
        code::TEMPERATURE,
        "Scores of another size before the softmax",
        "Where your entries are off, they are what a softmax gives of the right scores times a constant. This \
         happens, for example, when the scale is left out or applied twice, when it is another one, or when the \
         scores have the wrong sign.",
        "How large should a typical score be, and how large is yours?",
    ),
    general(
        code::OTHER_PLACE,
        "Other layers or heads",
        "Your result belongs to other layers, heads or components than the task names. This happens, for example, \
         when an index is a constant, or one too large or too small, when two indices are exchanged, or when a range \
         or a condition selects others.",
        "Which index names the layer, and which the head?",
    ),
    general(
        code::OTHER_WEIGHTS,
        "Another matrix of the model",
        "Your result is the one that another matrix of the model gives, or the right one with its axes exchanged. \
         Many of them have the same shape, so that nothing complains.",
        "Which matrix reads the stream here, and which writes to it?",
    ),
    general(
        code::OTHER_SITE,
        "Another activation",
        "Your result is the one that another point of the model gives than the task names. Neighboring points have \
         the same shape, so that nothing complains.",
        "What has happened between that point and yours?",
    ),
    general(
        code::SOME_ITEMS,
        "Only some of the items",
        "Your result depends on only some of what it should depend on, such as one item of the batch, one pair, one \
         row or one half. The others do not count, or are overwritten.",
        "Which of your inputs could change without changing your result?",
    ),
    general(
        code::OTHER_POSITIONS,
        "Other positions",
        "You took other positions than the task asks for, such as too many, too few, or each one place away.",
        "Which is the first position that counts, and which is the last?",
    ),
    general(
        code::OTHER_SUMMARY,
        "Something else made of the right numbers",
        "You had the right numbers, but made something else of them than the task says, for example by a median, a \
         mean of squares, a norm, a mean of means, or an absolute value.",
        "What does the task do with the numbers?",
    ),
    general(
        code::OTHER_STRENGTH,
        "Another strength",
        "You did the right thing, but more or less of it than the task asks for, such as half, twice, with the wrong \
         sign, or regardless of the sign.",
        "How much of it does the task ask for, and with which sign?",
    ),
    general(
        code::OTHER_ROLES,
        "Two inputs in each other's place",
        "You exchanged two inputs that have the same type, such as clean and corrupted, right and wrong, queries and keys.",
        "Which of the two does the task name first, and what is it for?",
    ),
    general(
        code::STEP_LEFT_OUT,
        "A step left out or made twice",
        "You left out one of the steps that the task describes, or made it twice, such as a mask, a scale, a softmax, \
         a norm or a bias.",
        "Which line of your code belongs to which word of the task?",
    ),
    general(
        code::CHANGED_INPUT,
        "Inputs changed first",
        "You changed the inputs before you used them, such as by a norm, a mean, an absolute value or a softmax. The \
         task takes them as they are.",
        "What happens to your result when all inputs are twice as large?",
    ),
    general(
        code::OTHER_QUANTITY,
        "A related quantity",
        "You returned a quantity related to the one that the task asks for, such as a difference for a value, a probability for its logarithm, or a rank for a share.",
        "In which units is your result, and in which should it be?",
    ),
    general(
        code::OTHER_EDIT,
        "A different change",
        "You changed the activation in another way than the task says, such as replaced instead of added to, set to \
         zero instead of replaced, or at more places.",
        "What should be the same after your change as before it?",
    ),
    general(
        code::OTHER_CHOICE,
        "Chosen by another rule",
        "You chose by another rule than the one in the task, such as a neighbor of the right one, the first that \
         fits, the cheapest, or the largest.",
        "By which number does the task rank, and which one wins?",
    ),
    general(
        code::EMPTY_RANGE,
        "Drawn from an empty range",
        "A random number was to be drawn from a range that is empty in this case. This happens, for example, when \
         there is only one to draw, and a range without `=` leaves out its end.",
        "How many numbers are in `0..n` and in `0..=n` if n is 0?",
    ),
];
