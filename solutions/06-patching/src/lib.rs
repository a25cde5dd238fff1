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

// BEGIN SOLUTION
use hooked_transformer::linalg::matmul;
use hooked_transformer::{Scalar, fwd_hook};
use ndarray::{Axis, Ix3, Ix4, s, stack};

// END SOLUTION
/// How strongly the model prefers the right answer to the wrong one: the difference of their logits at the last position,
/// averaged over the batch.
///
/// # Shapes
/// - logits: `[batch, pos, d_vocab]`
/// - right, wrong: the token of each answer, one for each item of the batch
pub fn logit_difference(logits: ArrayView3<f32>, right: &[usize], wrong: &[usize]) -> f32 {
    // STUB todo!("the mean difference of {right:?} and {wrong:?} at the end of {:?}", logits.dim())
    let last = logits.len_of(Axis(1)) - 1;
    let differences =
        (0..right.len()).map(|item| logits[[item, last, right[item]]] - logits[[item, last, wrong[item]]]);
    differences.sum::<f32>() / right.len() as f32
}

/// A metric on a scale on which the corrupted run is 0 and the clean run is 1.
///
/// Values below 0 or above 1 stay as they are: a patch may move the metric the wrong way, or beyond the clean run.
pub fn normalize(value: f32, clean: f32, corrupted: f32) -> f32 {
    // STUB todo!("{value} between {corrupted} and {clean}")
    (value - corrupted) / (clean - corrupted)
}

/// A hook that replaces the residual stream before a layer, at one position, with that of the source run.
///
/// It patches all items of the batch, each from the same item of the source.
///
/// # Shapes
/// - `resid_pre`, in the cache and in the hook: `[batch, pos, d_model]`
pub fn patch_resid_pre(source: &ActivationCache, layer: usize, pos: usize) -> FwdHook<'_> {
    // STUB todo!("patch resid_pre of layer {layer} at position {pos} from {source:?}")
    let stored = source.view::<Ix3>(("resid_pre", layer));
    fwd_hook(("resid_pre", layer), move |mut stream, _| {
        stream.slice_mut(s![.., pos, ..]).assign(&stored.slice(s![.., pos, ..]));
    })
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
    // STUB let _ = (right, wrong);
    // STUB todo!("patch {} layers at each position of {:?}; {source:?}", model.cfg().n_layers, base.dim())
    Array2::from_shape_fn((model.cfg().n_layers, base.ncols()), |(layer, pos)| {
        let run = model.run(base).hook(patch_resid_pre(source, layer, pos));
        logit_difference(run.logits().expect("tokens of this model").view(), right, wrong)
    })
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
    // STUB let _ = (right, wrong);
    // STUB todo!("patch {output} of {} layers at each position of {:?}; {source:?}", model.cfg().n_layers, base.dim())
    Array2::from_shape_fn((model.cfg().n_layers, base.ncols()), |(layer, pos)| {
        let stored = source.view::<Ix3>((output, layer));
        let patch = fwd_hook((output, layer), |mut added, _| {
            added.slice_mut(s![.., pos, ..]).assign(&stored.slice(s![.., pos, ..]));
        });
        logit_difference(model.run(base).hook(patch).logits().expect("tokens of this model").view(), right, wrong)
    })
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
    // STUB let _ = (right, wrong);
    // STUB todo!("patch {activation} of {} heads in each layer on {:?}; {source:?}", model.cfg().n_heads, base.dim())
    let head_axis = if activation == "pattern" { Axis(1) } else { Axis(2) };
    Array2::from_shape_fn((model.cfg().n_layers, model.cfg().n_heads), |(layer, head)| {
        let stored = source.view::<Ix4>((activation, layer)).index_axis_move(head_axis, head);
        let patch = fwd_hook((activation, layer), |mut heads, _| {
            heads.index_axis_mut(head_axis, head).assign(&stored);
        });
        logit_difference(model.run(base).hook(patch).logits().expect("tokens of this model").view(), right, wrong)
    })
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
    // STUB let _ = (right, wrong);
    // STUB todo!("patch z of {} heads at each position of {:?}; {source:?}", model.cfg().n_heads, base.dim())
    let cfg = model.cfg();
    Array3::from_shape_fn((cfg.n_layers, base.ncols(), cfg.n_heads), |(layer, pos, head)| {
        let stored = source.view::<Ix4>(("z", layer));
        let patch = fwd_hook(("z", layer), |mut z, _| {
            z.slice_mut(s![.., pos, head, ..]).assign(&stored.slice(s![.., pos, head, ..]));
        });
        logit_difference(model.run(base).hook(patch).logits().expect("tokens of this model").view(), right, wrong)
    })
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
    // STUB let _ = (right, wrong);
    // STUB todo!("patch {} heads in both directions, {:?} and {:?}", model.cfg().n_heads, clean.dim(), corrupted.dim())
    let run = |tokens| {
        let (logits, cache) = model.run_with_cache(tokens).expect("tokens of this model");
        (logit_difference(logits.view(), right, wrong), cache)
    };
    let ((clean_metric, clean_cache), (corrupted_metric, corrupted_cache)) = (run(clean), run(corrupted));
    let share = |value| normalize(value, clean_metric, corrupted_metric);
    let brought_back = head_map(model, corrupted, &clean_cache, "z", right, wrong).mapv_into(share);
    let taken_away = head_map(model, clean, &corrupted_cache, "z", right, wrong).mapv_into(|value| 1.0 - share(value));
    stack![Axis(0), brought_back, taken_away]
}

/// The first-order estimate of how much a patch would change the metric, at each position: source minus base, times the
/// gradient of the metric in the base run, summed over `d_model` and over the batch.
///
/// # Shapes
/// - source, base, gradient: `[batch, pos, d_model]`, of one activation
/// - returns `[pos]`
pub fn attribution_estimate(source: ArrayView3<f32>, base: ArrayView3<f32>, gradient: ArrayView3<f32>) -> Array1<f32> {
    // STUB todo!("how far {:?} moves from {:?} along {:?}", source.dim(), base.dim(), gradient.dim())
    ((&source - &base) * gradient).sum_axis(Axis(2)).sum_axis(Axis(0))
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
    // STUB let _ = (right, wrong);
    // STUB todo!("estimate {} layers at each position of {:?}; {source:?}", model.cfg().n_layers, base.dim())
    let streams = |name: &str| name.ends_with("resid_pre");
    let metric = Scalar::logit_diff(-1, right, wrong);
    let run = model.run(base).names_filter(streams).backward(metric).activations(streams);
    let (gradients, cache) = run.grads_and_cache().expect("tokens of this model");
    let mut map = Array2::zeros((model.cfg().n_layers, base.ncols()));
    for (layer, mut row) in map.outer_iter_mut().enumerate() {
        let name = ("resid_pre", layer);
        let gradient = gradients.activations().view::<Ix3>(name);
        row.assign(&attribution_estimate(source.view::<Ix3>(name), cache.view::<Ix3>(name), gradient));
    }
    map
}

/// How well two maps agree: Pearson's correlation over all their entries.
///
/// # Shapes
/// - both: the same two axes
/// - returns a number between -1 and 1
pub fn correlation(estimate: ArrayView2<f32>, exact: ArrayView2<f32>) -> f32 {
    // STUB todo!("the correlation of {:?} and {:?}", estimate.dim(), exact.dim())
    let centered = |map: ArrayView2<f32>| map.mapv(|value| value - map.mean().expect("a map has entries"));
    let (a, b) = (centered(estimate), centered(exact));
    (&a * &b).sum() / ((&a * &a).sum() * (&b * &b).sum()).sqrt()
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
    // STUB todo!("what {from:?} writes, into the keys of {to:?}; {model:?}, {base:?}, {source:?}")
    let z = |cache: &'a ActivationCache| cache.view::<Ix4>(("z", from.0)).index_axis_move(Axis(2), from.1);
    let change = &z(source) - &z(base);
    let w_o = model.W_O().slice_move(s![from.0, from.1, .., ..]);
    let written: Vec<Array2<f32>> = change.outer_iter().map(|item| matmul(item, w_o)).collect();
    fwd_hook(("k_input", to.0), move |mut input, _| {
        for (item, written) in written.iter().enumerate() {
            let mut of_head = input.slice_mut(s![item, .., to.1, ..]);
            of_head += written;
        }
    })
}
