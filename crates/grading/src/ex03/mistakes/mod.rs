//! The mistakes of exercise 03 that the grader can name. What it says is read by someone who has just been told that they
//! are wrong: plain words, what probably happened, one question, and never the line of code.
//!
//! One file for each check.

mod ablation_table;
mod ablation_table_leaves_no_trace;
mod attribution_by_half;
mod center_unembed;
mod head_results;
mod induction_scores;
mod layer_parts;
mod logit_attribution;
mod logit_lens;
mod mean_ablate;
mod neuron_results;
mod next_token_ranks;
mod zero_ablate;
mod zero_ablate_everywhere;

use crate::exercise::Mistake;

/// The mistakes of each check, in the order of the checks.
pub(super) const MISTAKES: &[&[Mistake]] = &[
    induction_scores::MISTAKES,
    zero_ablate::MISTAKES,
    zero_ablate_everywhere::MISTAKES,
    mean_ablate::MISTAKES,
    ablation_table::MISTAKES,
    ablation_table_leaves_no_trace::MISTAKES,
    head_results::MISTAKES,
    logit_attribution::MISTAKES,
    attribution_by_half::MISTAKES,
    layer_parts::MISTAKES,
    neuron_results::MISTAKES,
    center_unembed::MISTAKES,
    logit_lens::MISTAKES,
    next_token_ranks::MISTAKES,
];
