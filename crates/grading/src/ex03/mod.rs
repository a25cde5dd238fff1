//! Exercise 03, logit attribution: what it asks for, and its checks.
//!
//! - `stored`: tiny random models and the embedded ones, and what an independent program computed with them;
//! - `hooks`, `ablation`, `attribution`, `decompose`, `lens`: the checks;
//! - `mistakes`: what goes wrong, and what to say about it.
//!
//! The tiny models have weights of their own, so what a mistake gives on them stays the same when the embedded models are
//! trained again; only there is a mistake recognized by its output.

mod ablation;
mod attribution;
mod decompose;
mod hooks;
mod lens;
mod mistakes;
mod stored;

use hooked_transformer::{ActivationCache, FwdHook, HookedTransformer, Tokens};
use ndarray::{Array2, Array3, Array4, ArrayView1, ArrayView2, ArrayView3};

use crate::exercise::Exercise;

pub use ablation::{c05_ablation_table, c06_ablation_table_leaves_no_trace};
pub use attribution::{c08_logit_attribution, c09_attribution_by_half, c12_center_unembed};
pub use decompose::{c07_head_results, c10_layer_parts, c11_neuron_results};
pub use hooks::{c01_induction_scores, c02_zero_ablate, c03_zero_ablate_everywhere, c04_mean_ablate};
pub use lens::{c13_logit_lens, c14_next_token_ranks};

/// The exercise.
pub static EXERCISE: Exercise = Exercise { slug: "03-logit-attribution", mistakes: mistakes::MISTAKES };

/// Makes a hook for a head: layer, head.
pub type HookMaker = fn(usize, usize) -> FwdHook<'static>;

/// Takes a cache apart for one layer: model, cache, layer.
pub type Decomposition = fn(&HookedTransformer, &ActivationCache, usize) -> Array4<f32>;

/// The share of each component in the right logit: embedding, results of both layers, `W_U`, tokens.
pub type Attribution =
    fn(ArrayView2<f32>, ArrayView3<f32>, ArrayView3<f32>, ArrayView2<f32>, ArrayView1<usize>) -> Array2<f32>;

/// The functions that a learner writes in this exercise.
#[derive(Clone, Copy)]
pub struct Submission {
    /// The induction score of every head, `[layer, head]`.
    pub induction_scores: fn(&HookedTransformer, &Tokens) -> Array2<f32>,
    /// Silences one head: layer, head.
    pub zero_ablate: HookMaker,
    /// Silences one head in every layer.
    pub zero_ablate_everywhere: fn(usize) -> FwdHook<'static>,
    /// Gives one head its mean over the batch: layer, head.
    pub mean_ablate: HookMaker,
    /// The loss that each head saves, `[layer, head]`.
    pub ablation_table: fn(&HookedTransformer, &Tokens, HookMaker) -> Array2<f32>,
    /// What each head writes, `[batch, pos, head, d_model]`.
    pub head_results: Decomposition,
    /// The share of each component in the right logit, `[pos - 1, component]`.
    pub logit_attribution: Attribution,
    /// The means over both copies, `[half, component]`.
    pub attribution_by_half: fn(ArrayView2<f32>) -> Array2<f32>,
    /// What the stream is the sum of, `[part, batch, pos, d_model]`.
    pub layer_parts: fn(&HookedTransformer, &ActivationCache) -> Array4<f32>,
    /// What each neuron writes, `[batch, pos, neuron, d_model]`.
    pub neuron_results: Decomposition,
    /// The unembedding, centered over the vocabulary.
    pub center_unembed: fn(ArrayView2<f32>) -> Array2<f32>,
    /// Log probability of the next token by depth, `[depth, batch, pos - 1]`.
    pub logit_lens: fn(&HookedTransformer, &Tokens) -> Array3<f32>,
    /// Rank of the next token, `[batch, pos - 1]`.
    pub next_token_ranks: fn(ArrayView3<f32>, &Tokens) -> Array2<usize>,
}

crate::functions! {
    Submission:
    induction_scores, zero_ablate, zero_ablate_everywhere, mean_ablate, ablation_table, head_results,
    logit_attribution, attribution_by_half, layer_parts, neuron_results, center_unembed, logit_lens, next_token_ranks,
}

crate::proof::checks! {
    EXERCISE, Submission;
    C01 = c01_induction_scores: induction_scores;
    C02 = c02_zero_ablate: zero_ablate;
    C03 = c03_zero_ablate_everywhere: zero_ablate_everywhere;
    C04 = c04_mean_ablate: mean_ablate;
    C05 = c05_ablation_table: ablation_table;
    C06 = c06_ablation_table_leaves_no_trace: ablation_table;
    C07 = c07_head_results: head_results;
    C08 = c08_logit_attribution: logit_attribution;
    C09 = c09_attribution_by_half: attribution_by_half;
    C10 = c10_layer_parts: layer_parts;
    C11 = c11_neuron_results: neuron_results;
    C12 = c12_center_unembed: center_unembed;
    C13 = c13_logit_lens: logit_lens;
    C14 = c14_next_token_ranks: next_token_ranks;
}
