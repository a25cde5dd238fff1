//! The mistakes of exercise 02 that the grader can name. What it says is read by someone who has just been told that they
//! are wrong: plain words, what probably happened, one question, and never the line of code.
//!
//! One file for each check.

mod attention_views;
mod current_attn_detector;
mod first_attn_detector;
mod generate_repeated_tokens;
mod generate_repeated_tokens_at_random;
mod induction_attn_detector;
mod prev_attn_detector;
mod repeated_loss_by_half;

use crate::exercise::Mistake;

/// The mistakes of each check, in the order of the checks.
pub(super) const MISTAKES: &[&[Mistake]] = &[
    attention_views::MISTAKES,
    current_attn_detector::MISTAKES,
    prev_attn_detector::MISTAKES,
    first_attn_detector::MISTAKES,
    generate_repeated_tokens::MISTAKES,
    generate_repeated_tokens_at_random::MISTAKES,
    repeated_loss_by_half::MISTAKES,
    induction_attn_detector::MISTAKES,
];
