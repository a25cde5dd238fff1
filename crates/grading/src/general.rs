//! Mistakes that belong to no exercise: an array transposed, a sum where a mean is asked for, an index beyond the end.
//!
//! The looks of `probe` recognize them in any check, by a rule that must hold in every case. So an answer that nobody
//! foresaw is named too, in the terms of arrays, where no mistake of the exercise itself gives the same.

use crate::call::Outcome;
use crate::exercise::{Exercise, Mistake, property};

/// What is common to all exercises. It has no checks and no stubs, only a page of mistakes.
pub static GENERAL: Exercise = Exercise { slug: "00-any", mistakes: &[MISTAKES] };

/// The codes, by what happened.
pub(crate) mod code {
    pub(crate) const SIGN: &str = "E00-1";
    pub(crate) const MAGNITUDE: &str = "E00-2";
    pub(crate) const SQUARE: &str = "E00-3";
    pub(crate) const ROOT: &str = "E00-4";
    pub(crate) const EXPONENTIAL: &str = "E00-5";
    pub(crate) const LOGARITHM: &str = "E00-6";
    pub(crate) const INVERSE: &str = "E00-7";
    pub(crate) const COMPLEMENT: &str = "E00-8";
    pub(crate) const OFF_BY_ONE: &str = "E00-9";
    pub(crate) const BASE: &str = "E00-10";
    pub(crate) const SUM: &str = "E00-11";
    pub(crate) const DIVISOR: &str = "E00-12";
    pub(crate) const SCALE: &str = "E00-13";
    pub(crate) const AXES: &str = "E00-14";
    pub(crate) const REVERSED: &str = "E00-15";
    pub(crate) const ONE_FOR_ALL: &str = "E00-16";
    pub(crate) const SHIFTED: &str = "E00-17";
    pub(crate) const OTHER_INDEX: &str = "E00-18";
    pub(crate) const ACCUMULATED: &str = "E00-19";
    pub(crate) const AVERAGED: &str = "E00-20";
    pub(crate) const ADDED_UP: &str = "E00-21";
    pub(crate) const CENTERED: &str = "E00-22";
    pub(crate) const NORMALIZED: &str = "E00-23";
    pub(crate) const SOFTMAX: &str = "E00-24";
    pub(crate) const TOO_FEW: &str = "E00-25";
    pub(crate) const TOO_MANY: &str = "E00-26";
    pub(crate) const SHAPE: &str = "E00-27";
    pub(crate) const CLIPPED: &str = "E00-28";
    pub(crate) const YES_OR_NO: &str = "E00-29";
    pub(crate) const SORTED: &str = "E00-30";
    pub(crate) const NOT_A_NUMBER: &str = "E00-31";
    pub(crate) const SAME: &str = "E00-32";
    pub(crate) const TWICE: &str = "E00-33";
    pub(crate) const SPELLING: &str = "E00-34";
    pub(crate) const REPEATS: &str = "E00-35";
    pub(crate) const JOINED: &str = "E00-36";
    pub(crate) const BEYOND_THE_END: &str = "E00-37";
    pub(crate) const BELOW_ZERO: &str = "E00-38";
    pub(crate) const SHAPES_DO_NOT_FIT: &str = "E00-39";
    pub(crate) const UNWRAPPED: &str = "E00-40";
    pub(crate) const OTHER_CASE: &str = "E00-41";
    pub(crate) const WRONG_AXIS: &str = "E00-42";
    pub(crate) const PIECE: &str = "E00-43";
    pub(crate) const CUT: &str = "E00-44";
    pub(crate) const COUNTED: &str = "E00-45";
    pub(crate) const NUMBERS: &str = "E00-46";
}

/// What a panic comes from, where its message says so.
pub(crate) fn of_panic<T>(outcome: &Outcome<T>) -> Option<&'static str> {
    let Outcome::Panicked { message, .. } = outcome else { return None };
    let says = |words: &[&str]| words.iter().any(|words| message.contains(words));
    if says(&["attempt to subtract with overflow"]) {
        return Some(code::BELOW_ZERO);
    }
    if says(&[
        "index out of bounds",
        "out of range for slice",
        "out of bounds for array",
        "is out of bounds",
        "beyond the end",
    ]) {
        return Some(code::BEYOND_THE_END);
    }
    if says(&[
        "could not broadcast",
        "incompatible shapes",
        "IncompatibleShape",
        "not compatible for matrix multiplication",
    ]) {
        return Some(code::SHAPES_DO_NOT_FIT);
    }
    says(&["called `Option::unwrap()` on a `None` value", "called `Result::unwrap()` on an `Err` value"])
        .then_some(code::UNWRAPPED)
}

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

const MISTAKES: &[Mistake] = &[
    general(
        code::SIGN,
        "The wrong sign",
        "The numbers are right, but each has the opposite sign. Two things were subtracted the wrong way around, or a minus \
         is missing: a loss is minus a log probability.",
        "Should your result be large or small when the model does well?",
    ),
    general(
        code::MAGNITUDE,
        "The signs are lost",
        "These are the absolute values of the right numbers. What is negative says something too: a head that lowers a \
         logit, a token less likely than the average.",
        "Where do you take an absolute value, or a square and its root?",
    ),
    general(
        code::SQUARE,
        "Squared",
        "Each number is the square of the right one. A square root is missing, or something was multiplied by itself.",
        "In which units is the result that is asked for?",
    ),
    general(
        code::ROOT,
        "The square root of the right numbers",
        "Each number is the square root of the right one, so a root was taken where none is asked for.",
        "What is the root for, in the formula that you have in mind?",
    ),
    general(
        code::EXPONENTIAL,
        "An exponential too many",
        "Each number is the exponential of the right one. That is how a probability comes from its logarithm, and a \
         perplexity from a loss.",
        "Is a logarithm asked for, or what it is the logarithm of?",
    ),
    general(
        code::LOGARITHM,
        "A logarithm too many",
        "Each number is the natural logarithm of the right one. That is how a log probability comes from a probability.",
        "Is a logarithm asked for, or what it is the logarithm of?",
    ),
    general(
        code::INVERSE,
        "Upside down",
        "Each number is one divided by the right one. The two sides of a division are exchanged.",
        "What do you divide by what?",
    ),
    general(
        code::COMPLEMENT,
        "One minus the right numbers",
        "Each number is what the right one lacks to one: the share of all that is not meant.",
        "Which of the two shares is asked for?",
    ),
    general(
        code::OFF_BY_ONE,
        "Off by one",
        "Each number differs from the right one by exactly one. Counting began at one instead of zero, an end was taken to be \
         included, or a thing was counted among those that come before it.",
        "What is the smallest number that can come out, and for which input?",
    ),
    general(
        code::BASE,
        "A logarithm to another base",
        "The numbers are right but for a factor that is the same everywhere, and equal to that between two kinds of \
         logarithms. Losses in this course are in nats: they use the natural logarithm.",
        "Which of Rust's `ln`, `log2` and `log10` is the natural one?",
    ),
    general(
        code::SUM,
        "A sum where a mean is asked for",
        "The numbers are the right ones times how many things were added up. A sum grows with the length of the text and the \
         size of the batch; a mean can be compared.",
        "What happens to your result when the batch holds every text twice?",
    ),
    general(
        code::DIVISOR,
        "Divided by too much",
        "The numbers are the right ones divided by a count. Something was divided by a length where it should not be, or \
         twice where once is enough.",
        "How many things are added up before you divide?",
    ),
    general(
        code::SCALE,
        "A square root too many or too few",
        "The numbers are right but for the square root of a length. A scale such as that of the scores is missing, or was \
         applied twice or upside down.",
        "Which length keeps the size of the result the same when it grows?",
    ),
    general(
        code::AXES,
        "Axes in another order",
        "The numbers are right, but their axes are in another order than asked for. Where two axes have the same length this \
         goes unnoticed by the compiler and by ndarray.",
        "Which axis comes first in the shape that the task gives, and which in yours?",
    ),
    general(
        code::REVERSED,
        "In reverse order",
        "The right things came, the last first.",
        "What is the first thing in your result, and what should it be?",
    ),
    general(
        code::ONE_FOR_ALL,
        "One for all",
        "What belongs to one index stands at every index. An index is a fixed number where it should be a variable, or each \
         turn of a loop overwrites what the ones before it have left.",
        "Which index in your code never changes?",
    ),
    general(
        code::SHIFTED,
        "One place too far",
        "The right things came, but each stands one place beside its own. A prediction at position p is about the token at \
         p + 1: that shift was left out, made twice, or made in the other direction.",
        "Which position does the first entry of the result belong to?",
    ),
    general(
        code::OTHER_INDEX,
        "From another index",
        "The right things came, but not each in its place: what stands at one index belongs to another.",
        "Which index do you read from, and which do you write to?",
    ),
    general(
        code::ACCUMULATED,
        "Each with all before it",
        "Every entry holds the sum of all up to it. A running total was not set back to zero, or what was added to the \
         stream was mistaken for the stream.",
        "Where in your loop does the total begin?",
    ),
    general(
        code::AVERAGED,
        "Averaged over an axis that should stay",
        "A mean was taken over an axis that the result should still have, so what differs along it is gone.",
        "Which axes does the result have, and which are averaged over?",
    ),
    general(
        code::ADDED_UP,
        "Added up over an axis that should stay",
        "A sum was taken over an axis that the result should still have, so what differs along it is gone.",
        "Which axes does the result have, and which are summed over?",
    ),
    general(
        code::CENTERED,
        "A mean or the largest was subtracted",
        "The mean over an axis, or the largest number along it, was subtracted from the right numbers. That is another \
         quantity: how far each is from there.",
        "Does the task ask for the values, or for their differences from a mean?",
    ),
    general(
        code::NORMALIZED,
        "Divided by their norm or their sum",
        "The right numbers were divided by their norm, their sum or the largest of them. Their sizes can no longer be compared \
         with those elsewhere.",
        "Is a direction or a share asked for, or a quantity?",
    ),
    general(
        code::SOFTMAX,
        "A softmax too many",
        "The right numbers went through a softmax: they are positive and sum to one now.",
        "Does the task ask for probabilities?",
    ),
    general(
        code::TOO_FEW,
        "Some are missing",
        "What came is right, but not everything came. The end of a range is not included in Rust, and what begins at 1 leaves \
         out the first.",
        "What is the first thing in your result, and what is the last?",
    ),
    general(
        code::TOO_MANY,
        "Some are too many",
        "Everything that is asked for came, and more. A range goes one too far, or something that should be left out was kept.",
        "What is the first thing in your result, and what is the last?",
    ),
    general(
        code::SHAPE,
        "The right numbers in another shape",
        "The numbers are right and in order, but their axes are not those of the task: some are missing, joined, or there are \
         some of length one.",
        "Which axes does the task ask for, and which does your array have?",
    ),
    general(
        code::CLIPPED,
        "Negative numbers became zero",
        "Where the right number is positive, it came; where it is negative, zero did. A maximum that begins at zero does that, \
         and so does a relu.",
        "What does your code do with a number below zero?",
    ),
    general(
        code::YES_OR_NO,
        "Rounded to zero or one",
        "Each entry is zero or one, as if the question were only whether the right number is large. The numbers themselves \
         are asked for.",
        "Where does your code compare with a threshold, or round?",
    ),
    general(
        code::SORTED,
        "Sorted",
        "The right things came, sorted. Their order means something: the place of an entry says what it belongs to.",
        "How would one know which entry belongs to which position?",
    ),
    general(
        code::NOT_A_NUMBER,
        "Not a number",
        "Everything that can be compared is right, but some entries are NaN or infinite. `exp` of more than 88 does not fit \
         into an `f32`, zero divided by zero is not a number, and the logarithm of zero is minus infinity.",
        "What is the largest number that you exponentiate, and the smallest that you divide by or take the logarithm of?",
    ),
    general(
        code::SAME,
        "The same whatever comes in",
        "Every case gave the same, though not every case asks for the same. Something is read from a fixed place, or computed \
         from the wrong argument.",
        "Which of the arguments does your result depend on?",
    ),
    general(
        code::TWICE,
        "Twice or half",
        "Every number is twice the right one, or half of it. Something is counted in two places, or both halves were divided \
         as if they were one.",
        "How many things are added up, and how many do you divide by?",
    ),
    general(
        code::SPELLING,
        "Spelled differently",
        "What came means the right thing, but is not written as asked for. Spaces, capitals, dots and numbering are part of a \
         token or a name: the model has no other way to tell two of them apart.",
        "Compare the first that differs letter by letter: what is different?",
    ),
    general(
        code::REPEATS,
        "Repeats are lost",
        "Each thing came only once, however often it occurs. Every occurrence counts for itself.",
        "What happens in your code to the second occurrence?",
    ),
    general(
        code::JOINED,
        "Joined into one",
        "The parts are right, but they came as one string instead of one for each.",
        "How many strings should come, and how many do?",
    ),
    general(
        code::BEYOND_THE_END,
        "An index beyond the end",
        "The code asked for an entry that is not there. An axis of length n has the indices 0 to n − 1; and an index on the \
         wrong axis fits only by chance.",
        "How long is that axis in this case, and which index is asked for?",
    ),
    general(
        code::BELOW_ZERO,
        "Counted below zero",
        "A `usize` cannot be negative, so a subtraction that would go below zero panics. It happens at the edges: the first \
         position, a single token, an empty list.",
        "What is the smallest that the left side of each of your subtractions can be?",
    ),
    general(
        code::SHAPES_DO_NOT_FIT,
        "Shapes that do not fit together",
        "Two arrays were added, multiplied or assigned whose shapes do not fit. Of two matrices that are multiplied, the last \
         axis of the first must be as long as the first axis of the second.",
        "Which axes do the two arrays have, by name?",
    ),
    general(
        code::UNWRAPPED,
        "An error or a nothing was unwrapped",
        "`unwrap` or `expect` was called on a result that is an error, or on an option that is `None`. The message says which.",
        "What does the message complain about, and on which input?",
    ),
    general(
        code::OTHER_CASE,
        "The answer to another question",
        "What came is exactly what another case asks for. An argument is ignored or replaced by a fixed one, such as layer 0, \
         or something is kept from an earlier call.",
        "Which argument differs between the two cases?",
    ),
    general(
        code::WRONG_AXIS,
        "Sums to one along another axis",
        "The entries sum to one, but along another axis than they should. A softmax or a share was taken over the wrong axis.",
        "Along which axis does the task want the entries to sum to one?",
    ),
    general(
        code::PIECE,
        "One piece of the words is wrong",
        "Wherever a word is wrong, the same piece of it is missing, too much, or stands for another. Everything else is right.",
        "Which line of your code writes that piece?",
    ),
    general(
        code::CUT,
        "The same text, cut in other places",
        "Put together, the words are the right text, but they end in other places. Tokens are neither words nor letters: \
         the vocabulary of the model decides where one ends.",
        "Which method of the model knows its vocabulary?",
    ),
    general(
        code::COUNTED,
        "How many instead of which",
        "The number of things came, where the things themselves are asked for.",
        "What should the result be when there is only one?",
    ),
    general(
        code::NUMBERS,
        "Numbers instead of words",
        "Numbers came where strings of the text are asked for: ids or positions, written out.",
        "Which method turns an id into the string of its token?",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn of(message: &str) -> Option<&'static str> {
        of_panic(&Outcome::<()>::Panicked { message: message.into(), place: "src/lib.rs:1".into() })
    }

    #[test]
    fn a_panic_says_what_it_comes_from() {
        assert_eq!(of("attempt to subtract with overflow"), Some(code::BELOW_ZERO));
        assert_eq!(of("index out of bounds: the len is 3 but the index is 3"), Some(code::BEYOND_THE_END));
        assert_eq!(of("ndarray: could not broadcast array from shape: [2] to: [3]"), Some(code::SHAPES_DO_NOT_FIT));
        assert_eq!(of("called `Option::unwrap()` on a `None` value"), Some(code::UNWRAPPED));
        assert_eq!(of("a message of the learner's own"), None);
    }

    #[test]
    fn every_code_has_one_entry() {
        let mut codes: Vec<&str> = GENERAL.mistakes().map(|mistake| mistake.code).collect();
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), count);
        assert!(GENERAL.mistake(code::WRONG_AXIS).is_some());
    }
}
