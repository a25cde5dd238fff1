//! Attribution patching: all of activation patching from one forward and one backward pass.
//!
//! [Activation patching](super::patching) puts one activation of a clean run into a corrupted one, and measures how far a
//! metric moves: one run for each place. To first order the answer is known from the gradients of the corrupted run:
//! ```text
//! metric(patched) - metric(corrupted) ≈ Σ (clean - corrupted) * d metric / d activation
//! ```
//! where the sum is over the entries of the place that is patched. Source: Nanda 2023, "Attribution Patching: Activation
//! Patching At Industrial Scale".
//!
//! ```
//! # use hooked_transformer::{HookedTransformer, HookedTransformerConfig, Scalar};
//! use hooked_transformer::analysis::attribution;
//! # let model = HookedTransformer::from_config(HookedTransformerConfig::new(2, 8, 4, 16, 50))?;
//! let (clean, corrupted) = (ndarray::array![[0, 3, 7, 3]], ndarray::array![[0, 9, 7, 3]]);
//! let (_, clean_cache) = model.run_with_cache(&clean)?;
//! let scalar = Scalar::logit_diff(-1, 5, 9);
//! let by_head = attribution::get_attr_patch_attn_head_out_all_pos(&model, &corrupted, &clean_cache, scalar)?;
//! assert_eq!(by_head.dim(), (2, 2)); // [layer, head]
//! # Ok::<(), hooked_transformer::Error>(())
//! ```
//! Targets, shapes and order of axes are those of the functions of the same name in [`patching`](super::patching), which
//! return the metric itself; these return its *change*.
//!
//! # When it misleads
//! A gradient knows how the metric changes with a small step, and a patch is a large one.
//! - **Saturated softmax.** Where a head rests on one key, the pattern hardly moves with small changes of queries and
//!   keys, so that their attribution is near zero even if the whole patch would move the head elsewhere: a false
//!   negative. Kramár et al. 2024, "AtP*", compute the patched pattern exactly for queries and keys instead.
//! - **Cancellation.** Two paths with opposite effects cancel in the gradient, whatever each does alone.
//! - **Norms.** The stream of an early layer is small, and a patch changes the scale that divides it: attributions of the
//!   whole residual stream are the worst, those of heads and of late layers the best.
//!
//! Check what matters with activation patching; attribution is for finding it.

use ndarray::{Array2, Array3, Array4, ArrayD, ArrayView, ArrayViewD, Axis, Ix2, Ix3, Ix4, IxDyn, Slice, Zip, stack};

use super::patching::{PatchAxis, clean_activation, of_rank, place_of};
use crate::backward::{Gradients, Scalar};
use crate::cache::ActivationCache;
use crate::error::{Error, Result};
use crate::hooks::{HookPoint, NameFilter, select};
use crate::model::HookedTransformer;
use crate::text::input::Input;
use crate::text::tokens::{PaddingSide, TokenBatch};

/// The change of the scalar that patching each place would bring, to first order: for each layer, and each index along
/// `axes`, in this order.
///
/// # Shapes
/// - output: `[layer, axes…]`
///
/// # Errors
/// The input does not suit the model, or is a residual stream; the model or the clean cache lacks the activation, or it
/// lacks one of the axes; clean and corrupted input have different lengths; the scalar does not exist for this input.
pub fn generic_attribution_patch(
    model: &HookedTransformer,
    corrupted: impl Into<Input>,
    clean_cache: &ActivationCache,
    scalar: Scalar<'_>,
    activation: &str,
    axes: &[PatchAxis],
) -> Result<ArrayD<f32>> {
    Attribution::new(model, corrupted, clean_cache, scalar, &[activation])?.patch(activation, axes)
}

/// The corrupted run: activations, and gradients by them. Several kinds of places share one.
struct Attribution<'a> {
    model: &'a HookedTransformer,
    clean: &'a ActivationCache,
    corrupted: ActivationCache,
    grads: Gradients,
    shape: (usize, usize),
}

impl<'a> Attribution<'a> {
    fn new(
        model: &'a HookedTransformer,
        corrupted: impl Into<Input>,
        clean: &'a ActivationCache,
        scalar: Scalar<'_>,
        activations: &[&str],
    ) -> Result<Self> {
        let batch = token_batch(model, corrupted.into())?;
        let shape = batch.tokens.dim();
        let layers = 0..model.cfg().n_layers;
        let names: Vec<(&str, usize)> =
            layers.flat_map(|layer| activations.iter().map(move |&name| (name, layer))).collect();
        for &(activation, layer) in &names {
            clean_activation(point(model, activation, layer)?, clean, shape, (activation, layer))?;
        }
        let run = model.run(&batch).names_filter(names.clone()).backward(scalar).activations(names);
        let (grads, corrupted) = run.grads_and_cache()?;
        Ok(Attribution { model, clean, corrupted, grads, shape })
    }

    fn patch(&self, activation: &str, axes: &[PatchAxis]) -> Result<ArrayD<f32>> {
        let layers = (0..self.model.cfg().n_layers).map(|layer| {
            let point = point(self.model, activation, layer)?;
            let clean = clean_activation(point, self.clean, self.shape, (activation, layer))?;
            let at: Vec<usize> = axes.iter().map(|&axis| place_of(axis, point)).collect::<Result<_>>()?;
            let effects = first_order(
                clean,
                self.corrupted.get((activation, layer))?.view(),
                self.grads.get((activation, layer))?.view(),
            );
            Ok(sum_over_others(effects, &at))
        });
        let layers: Vec<ArrayD<f32>> = layers.collect::<Result<_>>()?;
        let views: Vec<ArrayViewD<'_, f32>> = layers.iter().map(|layer| layer.view()).collect();
        Ok(stack(Axis(0), &views).expect("all layers have the same shape"))
    }

    fn by_pos(&self, activation: &str) -> Result<Array2<f32>> {
        Ok(of_rank::<Ix2>(self.patch(activation, &[PatchAxis::Pos])?))
    }

    fn by_pos_and_head(&self, activation: &str) -> Result<Array3<f32>> {
        Ok(of_rank::<Ix3>(self.patch(activation, &[PatchAxis::Pos, PatchAxis::Head])?))
    }

    fn by_head(&self, activation: &str) -> Result<Array2<f32>> {
        Ok(of_rank::<Ix2>(self.patch(activation, &[PatchAxis::Head])?))
    }

    fn pattern_by_query(&self, activation: &str) -> Result<Array3<f32>> {
        Ok(of_rank::<Ix3>(self.patch(activation, &[PatchAxis::Head, PatchAxis::QueryPos])?))
    }
}

/// The input as tokens. Several texts are padded on the right, as for activation patching.
pub(super) fn token_batch(model: &HookedTransformer, input: Input) -> Result<TokenBatch> {
    match input {
        Input::Text(texts) => model.to_token_batch(texts, None, PaddingSide::Right),
        Input::Tokens(batch) => Ok(batch),
        Input::Resid(resid) => Err(Error::Shape {
            what: "the corrupted input".to_string(),
            expected: "text or tokens [batch, pos], not a residual stream".to_string(),
            got: resid.shape().to_vec(),
        }),
    }
}

fn point<'m>(model: &'m HookedTransformer, activation: &str, layer: usize) -> Result<&'m HookPoint> {
    let at = select(&model.points, &NameFilter::from((activation, layer)))?;
    Ok(&model.points.as_slice()[at[0]])
}

/// `(clean - corrupted) * gradient`, entry by entry; 0 where both are equal, so that a score of minus infinity in both
/// has no effect.
fn first_order(
    clean: ArrayViewD<'_, f32>,
    corrupted: ArrayViewD<'_, f32>,
    gradient: ArrayViewD<'_, f32>,
) -> ArrayD<f32> {
    let clean: ArrayView<'_, f32, IxDyn> = clean.broadcast(corrupted.raw_dim()).expect("checked before the run");
    let change =
        |&clean: &f32, &corrupted: &f32, &d: &f32| if clean == corrupted { 0.0 } else { (clean - corrupted) * d };
    Zip::from(&clean).and(&corrupted).and(&gradient).map_collect(change)
}

/// Sums over all axes but these, which come out in this order.
fn sum_over_others(effects: ArrayD<f32>, kept: &[usize]) -> ArrayD<f32> {
    let others = (0..effects.ndim()).filter(|axis| !kept.contains(axis));
    let order: Vec<usize> = kept.iter().copied().chain(others).collect();
    let mut effects = effects.permuted_axes(IxDyn(&order));
    while effects.ndim() > kept.len() {
        effects = effects.sum_axis(Axis(effects.ndim() - 1));
    }
    effects
}

/// Documents and defines functions that attribute to one kind of activation.
macro_rules! attribution_functions {
    ($($(#[$doc:meta])* $name:ident -> $output:ty = $method:ident($activation:literal);)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// As [`generic_attribution_patch`].
        pub fn $name(
            model: &HookedTransformer,
            corrupted: impl Into<Input>,
            clean_cache: &ActivationCache,
            scalar: Scalar<'_>,
        ) -> Result<$output> {
            Attribution::new(model, corrupted, clean_cache, scalar, &[$activation])?.$method($activation)
        }
    )*};
}

attribution_functions! {
    /// The stream that a block reads, at each position: `[layer, pos]`.
    get_attr_patch_resid_pre -> Array2<f32> = by_pos("resid_pre");
    /// The stream between attention and MLP, at each position: `[layer, pos]`.
    get_attr_patch_resid_mid -> Array2<f32> = by_pos("resid_mid");
    /// What attention adds, at each position: `[layer, pos]`.
    get_attr_patch_attn_out -> Array2<f32> = by_pos("attn_out");
    /// What the MLP adds, at each position: `[layer, pos]`.
    get_attr_patch_mlp_out -> Array2<f32> = by_pos("mlp_out");
    /// Each head's `z` at each position: `[layer, pos, head]`.
    get_attr_patch_attn_head_out_by_pos -> Array3<f32> = by_pos_and_head("z");
    /// Each head's queries at each position: `[layer, pos, head]`.
    get_attr_patch_attn_head_q_by_pos -> Array3<f32> = by_pos_and_head("q");
    /// Each head's keys at each position: `[layer, pos, kv_head]`.
    get_attr_patch_attn_head_k_by_pos -> Array3<f32> = by_pos_and_head("k");
    /// Each head's values at each position: `[layer, pos, kv_head]`.
    get_attr_patch_attn_head_v_by_pos -> Array3<f32> = by_pos_and_head("v");
    /// Where each position of each head attends: `[layer, head, query_pos]`.
    get_attr_patch_attn_head_pattern_by_pos -> Array3<f32> = pattern_by_query("pattern");
    /// Each head's `z` at all positions: `[layer, head]`.
    get_attr_patch_attn_head_out_all_pos -> Array2<f32> = by_head("z");
    /// Each head's queries at all positions: `[layer, head]`.
    get_attr_patch_attn_head_q_all_pos -> Array2<f32> = by_head("q");
    /// Each head's keys at all positions: `[layer, kv_head]`.
    get_attr_patch_attn_head_k_all_pos -> Array2<f32> = by_head("k");
    /// Each head's values at all positions: `[layer, kv_head]`.
    get_attr_patch_attn_head_v_all_pos -> Array2<f32> = by_head("v");
    /// Each head's whole pattern: `[layer, head]`.
    get_attr_patch_attn_head_pattern_all_pos -> Array2<f32> = by_head("pattern");
}

/// Each single entry of each head's pattern: `[layer, head, query_pos, key_pos]`.
///
/// # Errors
/// As [`generic_attribution_patch`].
pub fn get_attr_patch_attn_head_pattern_dest_src_pos(
    model: &HookedTransformer,
    corrupted: impl Into<Input>,
    clean_cache: &ActivationCache,
    scalar: Scalar<'_>,
) -> Result<Array4<f32>> {
    let axes = [PatchAxis::Head, PatchAxis::QueryPos, PatchAxis::KeyPos];
    Ok(of_rank::<Ix4>(generic_attribution_patch(model, corrupted, clean_cache, scalar, "pattern", &axes)?))
}

/// `resid_pre`, `attn_out` and `mlp_out`, in this order, at each position, from one run: `[3, layer, pos]`.
///
/// # Errors
/// As [`generic_attribution_patch`].
pub fn get_attr_patch_block_every(
    model: &HookedTransformer,
    corrupted: impl Into<Input>,
    clean_cache: &ActivationCache,
    scalar: Scalar<'_>,
) -> Result<Array3<f32>> {
    let names = ["resid_pre", "attn_out", "mlp_out"];
    let attribution = Attribution::new(model, corrupted, clean_cache, scalar, &names)?;
    let [resid, attn, mlp] = names.map(|activation| attribution.by_pos(activation));
    Ok(stack(Axis(0), &[resid?.view(), attn?.view(), mlp?.view()]).expect("equal shapes"))
}

/// What every head has.
const OF_HEADS: [&str; 5] = ["z", "q", "k", "v", "pattern"];

/// Each head's `z`, `q`, `k`, `v` and pattern, in this order, at all positions, from one run: `[5, layer, head]`. With
/// grouped key-value heads the entries of `k` and `v` beyond their number are 0.
///
/// # Errors
/// As [`generic_attribution_patch`].
pub fn get_attr_patch_attn_head_all_pos_every(
    model: &HookedTransformer,
    corrupted: impl Into<Input>,
    clean_cache: &ActivationCache,
    scalar: Scalar<'_>,
) -> Result<Array3<f32>> {
    let attribution = Attribution::new(model, corrupted, clean_cache, scalar, &OF_HEADS)?;
    let mut every = Array3::zeros((5, model.cfg().n_layers, model.cfg().n_heads));
    for (mut out, activation) in every.outer_iter_mut().zip(OF_HEADS) {
        let found = attribution.by_head(activation)?;
        out.slice_axis_mut(Axis(1), Slice::from(..found.ncols())).assign(&found);
    }
    Ok(every)
}

/// The same at each position: `[5, layer, pos, head]`, the pattern's position being that of the query.
///
/// # Errors
/// As [`generic_attribution_patch`].
pub fn get_attr_patch_attn_head_by_pos_every(
    model: &HookedTransformer,
    corrupted: impl Into<Input>,
    clean_cache: &ActivationCache,
    scalar: Scalar<'_>,
) -> Result<Array4<f32>> {
    let attribution = Attribution::new(model, corrupted, clean_cache, scalar, &OF_HEADS)?;
    let cfg = model.cfg();
    let mut every = Array4::zeros((5, cfg.n_layers, attribution.shape.1, cfg.n_heads));
    for (mut out, activation) in every.outer_iter_mut().zip(OF_HEADS) {
        let found = match activation {
            "pattern" => attribution.pattern_by_query(activation)?.permuted_axes([0, 2, 1]),
            other => attribution.by_pos_and_head(other)?,
        };
        out.slice_axis_mut(Axis(2), Slice::from(..found.dim().2)).assign(&found);
    }
    Ok(every)
}
