//! Mistakes that belong to no exercise: an array transposed, a sum where a mean is asked for, an index beyond the end.
//!
//! The looks of `probe` recognize them in any check, by a rule that must hold in every case. So an answer that is
//! in no list is named too, in the terms of arrays, where no mistake of the exercise itself gives the same.

mod list;

use crate::call::Outcome;
use crate::exercise::Exercise;

/// What is common to all exercises. It has no checks and no stubs, only a page of mistakes.
pub static GENERAL: Exercise = Exercise { slug: "00-any", mistakes: &[list::MISTAKES] };

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
    pub(crate) const TEMPERATURE: &str = "E00-47";
    pub(crate) const OTHER_PLACE: &str = "E00-48";
    pub(crate) const OTHER_WEIGHTS: &str = "E00-49";
    pub(crate) const OTHER_SITE: &str = "E00-50";
    pub(crate) const SOME_ITEMS: &str = "E00-51";
    pub(crate) const OTHER_POSITIONS: &str = "E00-52";
    pub(crate) const OTHER_SUMMARY: &str = "E00-53";
    pub(crate) const OTHER_STRENGTH: &str = "E00-54";
    pub(crate) const OTHER_ROLES: &str = "E00-55";
    pub(crate) const STEP_LEFT_OUT: &str = "E00-56";
    pub(crate) const CHANGED_INPUT: &str = "E00-57";
    pub(crate) const OTHER_QUANTITY: &str = "E00-58";
    pub(crate) const OTHER_EDIT: &str = "E00-59";
    pub(crate) const OTHER_CHOICE: &str = "E00-60";
    pub(crate) const EMPTY_RANGE: &str = "E00-61";
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
        // ndarray, of a slice.
        "end <= axis_len",
    ]) {
        return Some(code::BEYOND_THE_END);
    }
    if says(&[
        "could not broadcast",
        "incompatible shapes",
        "IncompatibleShape",
        "not compatible for matrix multiplication",
        // circuit-vis, of labels or patterns of another length.
        "axis of attention: expected",
    ]) {
        return Some(code::SHAPES_DO_NOT_FIT);
    }
    if says(&["cannot sample empty range"]) {
        return Some(code::EMPTY_RANGE);
    }
    says(&["called `Option::unwrap()` on a `None` value", "called `Result::unwrap()` on an `Err` value"])
        .then_some(code::UNWRAPPED)
}

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
        let of_labels =
            "called `Result::unwrap()` on an `Err` value: the query_pos axis of attention: expected 9, got 10";
        assert_eq!(of(of_labels), Some(code::SHAPES_DO_NOT_FIT));
        assert_eq!(of("called `Option::unwrap()` on a `None` value"), Some(code::UNWRAPPED));
        assert_eq!(of("assertion failed: end <= axis_len"), Some(code::BEYOND_THE_END));
        assert_eq!(of("cannot sample empty range"), Some(code::EMPTY_RANGE));
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
