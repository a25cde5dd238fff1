//! Exercise 06, activation patching: what it asks for, and its checks.
//!
//! - `stored`: pairs of prompts for tiny random models and for the embedded one, and what an independent program measured
//!   after each patch;
//! - `metric`, `maps`, `estimates`, `paths`: the checks;
//! - `mistakes`: what goes wrong, and what to say about it.

mod estimates;
mod maps;
mod metric;
mod mistakes;
mod paths;
mod stored;

use hooked_transformer::{ActivationCache, FwdHook, HookedTransformer, Tokens};
use ndarray::{Array1, Array2, Array3, ArrayView2, ArrayView3};

use crate::exercise::Exercise;

pub use estimates::{c09_attribution_estimate, c10_attribution_map, c11_correlation};
pub use maps::{
    c03_patch_resid_pre, c04_residual_map, c05_output_map, c06_head_map, c07_head_by_position_map,
    c08_sufficient_and_necessary,
};
pub use metric::{c01_logit_difference, c02_normalize};
pub use paths::c12_patch_path_to_keys;

/// The exercise.
pub static EXERCISE: Exercise = Exercise { slug: "06-patching", mistakes: mistakes::MISTAKES };

/// A layer and a head in it.
type Head = (usize, usize);

/// The functions that a learner writes in this exercise. A map takes the model, the prompts to run, the cache that is
/// patched in, right and wrong answers.
#[derive(Clone, Copy)]
pub struct Submission {
    /// The mean logit difference at the last position: logits, right and wrong tokens.
    pub logit_difference: fn(ArrayView3<f32>, &[usize], &[usize]) -> f32,
    /// A metric between corrupted and clean: value, clean, corrupted.
    pub normalize: fn(f32, f32, f32) -> f32,
    /// A hook that patches the stream: source, layer, position.
    pub patch_resid_pre: fn(&ActivationCache, usize, usize) -> FwdHook<'_>,
    /// The stream patched, `[layer, pos]`.
    pub residual_map: fn(&HookedTransformer, &Tokens, &ActivationCache, &[usize], &[usize]) -> Array2<f32>,
    /// Attention or MLP patched, `[layer, pos]`; the name of the output comes after the cache.
    pub output_map: fn(&HookedTransformer, &Tokens, &ActivationCache, &str, &[usize], &[usize]) -> Array2<f32>,
    /// A head patched, `[layer, head]`; the name of the activation comes after the cache.
    pub head_map: fn(&HookedTransformer, &Tokens, &ActivationCache, &str, &[usize], &[usize]) -> Array2<f32>,
    /// A head patched at a position, `[layer, pos, head]`.
    pub head_by_position_map: fn(&HookedTransformer, &Tokens, &ActivationCache, &[usize], &[usize]) -> Array3<f32>,
    /// Denoising and noising, `[direction, layer, head]`: clean and corrupted prompts.
    pub sufficient_and_necessary: fn(&HookedTransformer, &Tokens, &Tokens, &[usize], &[usize]) -> Array3<f32>,
    /// The first-order estimate, `[pos]`: source, base, gradient.
    pub attribution_estimate: fn(ArrayView3<f32>, ArrayView3<f32>, ArrayView3<f32>) -> Array1<f32>,
    /// The estimate for the stream, `[layer, pos]`.
    pub attribution_map: fn(&HookedTransformer, &Tokens, &ActivationCache, &[usize], &[usize]) -> Array2<f32>,
    /// Pearson's correlation of two maps.
    pub correlation: fn(ArrayView2<f32>, ArrayView2<f32>) -> f32,
    /// A hook that patches an edge: model, base, source, sender, receiver.
    pub patch_path_to_keys:
        for<'a> fn(&'a HookedTransformer, &'a ActivationCache, &'a ActivationCache, Head, Head) -> FwdHook<'a>,
}

crate::functions! {
    Submission:
    logit_difference, normalize, patch_resid_pre, residual_map, output_map, head_map, head_by_position_map,
    sufficient_and_necessary, attribution_estimate, attribution_map, correlation, patch_path_to_keys,
}

crate::proof::checks! {
    EXERCISE, Submission;
    C01 = c01_logit_difference: logit_difference;
    C02 = c02_normalize: normalize;
    C03 = c03_patch_resid_pre: patch_resid_pre;
    C04 = c04_residual_map: residual_map;
    C05 = c05_output_map: output_map;
    C06 = c06_head_map: head_map;
    C07 = c07_head_by_position_map: head_by_position_map;
    C08 = c08_sufficient_and_necessary: sufficient_and_necessary;
    C09 = c09_attribution_estimate: attribution_estimate;
    C10 = c10_attribution_map: attribution_map;
    C11 = c11_correlation: correlation;
    C12 = c12_patch_path_to_keys: patch_path_to_keys;
}
