//! Exercise 06: activation patching.
//!
//! Two prompts of equal length, clean and corrupted, differ in one thing, and the model answers them differently. Run one of
//! them, the *base*, and replace a single activation with the same activation from a run of the other, the *source*. How far
//! does the answer move? That says where the difference between the prompts is stored, and which component passes it on.
//!
//! *Denoising* runs the corrupted prompt and patches in clean activations. If one brings the answer back, it is *sufficient*.
//! *Noising* runs the clean prompt and patches in corrupted activations. If one takes the answer away, it is *necessary*.
//!
//! Layers, heads and positions are counted from zero. Each row of a batch is one pair of prompts. A *metric* is any function
//! of the logits `[batch, pos, d_vocab]`. Here it is always the logit difference of a right and a wrong answer, which you
//! write first.

use hooked_transformer::{ActivationCache, FwdHook, HookedTransformer, Tokens};
use ndarray::{Array1, Array2, Array3, ArrayView2, ArrayView3};

/// How strongly the model prefers the right answer to the wrong one: the difference of their logits at the last position,
/// averaged over the batch.
///
/// # Shapes
/// - logits: `[batch, pos, d_vocab]`
/// - right, wrong: the token of each answer, one for each item of the batch
pub fn logit_difference(logits: ArrayView3<f32>, right: &[usize], wrong: &[usize]) -> f32 {
    todo!("the mean difference of {right:?} and {wrong:?} at the end of {:?}", logits.dim())
}

/// A metric on a scale on which the corrupted run is 0 and the clean run is 1.
///
/// Values below 0 or above 1 stay as they are: a patch may move the metric the wrong way, or beyond the clean run.
pub fn normalize(value: f32, clean: f32, corrupted: f32) -> f32 {
    todo!("{value} between {corrupted} and {clean}")
}

/// A hook that replaces the residual stream before a layer, at one position, with that of the source run.
///
/// It patches all items of the batch, each from the same item of the source.
///
/// # Shapes
/// - `resid_pre`, in the cache and in the hook: `[batch, pos, d_model]`
pub fn patch_resid_pre(source: &ActivationCache, layer: usize, pos: usize) -> FwdHook<'_> {
    todo!("patch resid_pre of layer {layer} at position {pos} from {source:?}")
}

/// The metric after each patch of the residual stream: one run of the base for each layer and position.
///
/// # Shapes
/// - base: `[batch, pos]`
/// - returns `[layer, pos]`, the metric itself, not normalized
pub fn residual_map(
    model: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    right: &[usize],
    wrong: &[usize],
) -> Array2<f32> {
    let _ = (right, wrong);
    todo!("patch {} layers at each position of {:?}; {source:?}", model.cfg().n_layers, base.dim())
}

/// Like [`residual_map`], for what a layer's attention or MLP adds to the stream: `output` is `"attn_out"` or `"mlp_out"`.
///
/// # Shapes
/// - the output, in the cache and in a hook: `[batch, pos, d_model]`
/// - returns `[layer, pos]`
pub fn output_map(
    model: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    output: &str,
    right: &[usize],
    wrong: &[usize],
) -> Array2<f32> {
    let _ = (right, wrong);
    todo!("patch {output} of {} layers at each position of {:?}; {source:?}", model.cfg().n_layers, base.dim())
}

/// The metric after each patch of one head, at all positions at once. `activation` is `"z"`, `"q"`, `"k"`, `"v"` or
/// `"pattern"`.
///
/// # Shapes
/// - `z`, `q`, `k`, `v`: `[batch, pos, head, d_head]`
/// - `pattern`: `[batch, head, query_pos, key_pos]`; here the head is axis 1
/// - returns `[layer, head]`
pub fn head_map(
    model: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    activation: &str,
    right: &[usize],
    wrong: &[usize],
) -> Array2<f32> {
    let _ = (right, wrong);
    todo!("patch {activation} of {} heads in each layer on {:?}; {source:?}", model.cfg().n_heads, base.dim())
}

/// The metric after each patch of the `z` of one head at one position.
///
/// # Shapes
/// - `z`: `[batch, pos, head, d_head]`
/// - returns `[layer, pos, head]`
pub fn head_by_position_map(
    model: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    right: &[usize],
    wrong: &[usize],
) -> Array3<f32> {
    let _ = (right, wrong);
    todo!("patch z of {} heads at each position of {:?}; {source:?}", model.cfg().n_heads, base.dim())
}

/// For each head, how much of the answer its clean `z` brings back (denoising), and how much its corrupted `z` takes away
/// (noising).
///
/// Brought back is 0 if the patched run has the metric of the corrupted run, and 1 if it has that of the clean run. Taken
/// away is 0 if the patched run has the metric of the clean run, and 1 if it has that of the corrupted run. If the first
/// number is large, the head is sufficient. If the second is large, the head is necessary.
///
/// # Shapes
/// - clean, corrupted: `[batch, pos]`
/// - returns `[direction, layer, head]`: denoising, then noising
pub fn sufficient_and_necessary(
    model: &HookedTransformer,
    clean: &Tokens,
    corrupted: &Tokens,
    right: &[usize],
    wrong: &[usize],
) -> Array3<f32> {
    let _ = (right, wrong);
    todo!("patch {} heads in both directions, {:?} and {:?}", model.cfg().n_heads, clean.dim(), corrupted.dim())
}

/// The first-order estimate of how much a patch would change the metric, at each position: source minus base, times the
/// gradient of the metric in the base run, summed over `d_model` and over the batch.
///
/// # Shapes
/// - source, base, gradient: `[batch, pos, d_model]`, of one activation
/// - returns `[pos]`
pub fn attribution_estimate(source: ArrayView3<f32>, base: ArrayView3<f32>, gradient: ArrayView3<f32>) -> Array1<f32> {
    todo!("how far {:?} moves from {:?} along {:?}", source.dim(), base.dim(), gradient.dim())
}

/// The estimate for each layer and position of the residual stream, from one run of the base and one backward pass.
///
/// Like [`residual_map`], but an entry is the estimated change of the metric, not the metric after the patch.
///
/// # Shapes
/// - base: `[batch, pos]`
/// - returns `[layer, pos]`, the estimated changes
pub fn attribution_map(
    model: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    right: &[usize],
    wrong: &[usize],
) -> Array2<f32> {
    let _ = (right, wrong);
    todo!("estimate {} layers at each position of {:?}; {source:?}", model.cfg().n_layers, base.dim())
}

/// How well two maps agree: Pearson's correlation over all their entries.
///
/// # Shapes
/// - both: the same two axes
/// - returns a number between -1 and 1
pub fn correlation(estimate: ArrayView2<f32>, exact: ArrayView2<f32>) -> f32 {
    todo!("the correlation of {:?} and {:?}", estimate.dim(), exact.dim())
}

/// A hook that patches one edge: the keys of a later head read what an earlier head wrote in the source run. Everything else
/// is as in the base run.
///
/// `k_input` is the input of the keys: a copy of the residual stream for each head, before the norm. What the sender wrote
/// into it is its `z` times its own slice of `W_O`. Replace that part. `from` and `to` are (layer, head).
///
/// # Shapes
/// - `z` in both caches: `[batch, pos, head, d_head]`
/// - `k_input` in the hook: `[batch, pos, head, d_model]`
pub fn patch_path_to_keys<'a>(
    model: &'a HookedTransformer,
    base: &'a ActivationCache,
    source: &'a ActivationCache,
    from: (usize, usize),
    to: (usize, usize),
) -> FwdHook<'a> {
    todo!("what {from:?} writes, into the keys of {to:?}; {model:?}, {base:?}, {source:?}")
}
