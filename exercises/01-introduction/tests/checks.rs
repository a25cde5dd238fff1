//! The checks of exercise 01, in the order in which to make them pass. There is nothing to edit here.

use crate::submission;
use grading::Check;
use grading::ex01::{self, Submission};

const YOURS: Submission = Submission {
    sizes: submission::sizes,
    shape_of: submission::shape_of,
    token_strings: submission::token_strings,
    texts_of: submission::texts_of,
    positions_of: submission::positions_of,
    guessed_right: submission::guessed_right,
    tokens_guessed: submission::tokens_guessed,
    full_name: submission::full_name,
    first_patterns: submission::first_patterns,
    pattern_from_q_and_k: submission::pattern_from_q_and_k,
    largest_error: submission::largest_error,
    show_attention: submission::show_attention,
};

#[test]
fn c01_sizes() -> Check {
    ex01::c01_sizes(&YOURS).grade()
}

#[test]
fn c02_shape_of() -> Check {
    ex01::c02_shape_of(&YOURS).grade()
}

#[test]
fn c03_token_strings() -> Check {
    ex01::c03_token_strings(&YOURS).grade()
}

#[test]
fn c04_texts_of() -> Check {
    ex01::c04_texts_of(&YOURS).grade()
}

#[test]
fn c05_positions_of() -> Check {
    ex01::c05_positions_of(&YOURS).grade()
}

#[test]
fn c06_guessed_right() -> Check {
    ex01::c06_guessed_right(&YOURS).grade()
}

#[test]
fn c07_tokens_guessed() -> Check {
    ex01::c07_tokens_guessed(&YOURS).grade()
}

#[test]
fn c08_full_name() -> Check {
    ex01::c08_full_name(&YOURS).grade()
}

#[test]
fn c09_first_patterns() -> Check {
    ex01::c09_first_patterns(&YOURS).grade()
}

#[test]
fn c10_pattern_from_q_and_k() -> Check {
    ex01::c10_pattern_from_q_and_k(&YOURS).grade()
}

#[test]
fn c11_largest_error() -> Check {
    ex01::c11_largest_error(&YOURS).grade()
}

#[test]
fn c12_show_attention() -> Check {
    ex01::c12_show_attention(&YOURS).grade()
}
