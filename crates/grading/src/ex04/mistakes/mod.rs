//! The mistakes of exercise 04 that the grader can name, by the function they are made in. What it says is read by someone who has just been told that
//! they are wrong: plain words, what probably happened, one question, and never the line of code.

mod add_at_positions;
mod at_cost;
mod contrastive_vector;
mod effect_table;
mod kl_divergence;
mod random_direction;
mod steered_generate;
mod steered_logits;
mod steering_vector;
mod target_log_prob;

use crate::exercise::Mistake;

/// The mistakes of each file, in the order of the checks.
pub(super) const MISTAKES: &[&[Mistake]] = &[
    steering_vector::MISTAKES,
    steered_logits::MISTAKES,
    contrastive_vector::MISTAKES,
    add_at_positions::MISTAKES,
    steered_generate::MISTAKES,
    target_log_prob::MISTAKES,
    kl_divergence::MISTAKES,
    random_direction::MISTAKES,
    effect_table::MISTAKES,
    at_cost::MISTAKES,
];
