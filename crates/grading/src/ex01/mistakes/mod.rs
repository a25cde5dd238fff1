//! The mistakes of exercise 01 that the grader can name. What it says is read by someone who has just been told that they
//! are wrong: plain words, what probably happened, one question, and never the line of code.
//!
//! One file for each check.

mod first_patterns;
mod full_name;
mod guessed_right;
mod largest_error;
mod pattern_from_q_and_k;
mod positions_of;
mod shape_of;
mod show_attention;
mod sizes;
mod texts_of;
mod token_strings;
mod tokens_guessed;

use crate::exercise::Mistake;

/// The mistakes of each check, in the order of the checks.
pub(super) const MISTAKES: &[&[Mistake]] = &[
    sizes::MISTAKES,
    shape_of::MISTAKES,
    token_strings::MISTAKES,
    texts_of::MISTAKES,
    positions_of::MISTAKES,
    guessed_right::MISTAKES,
    tokens_guessed::MISTAKES,
    full_name::MISTAKES,
    first_patterns::MISTAKES,
    pattern_from_q_and_k::MISTAKES,
    largest_error::MISTAKES,
    show_attention::MISTAKES,
];
