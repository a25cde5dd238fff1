//! Activation patching: which activation of a clean run, put into a corrupted one, brings the right answer back?
//!
//! Two inputs of the same length differ in one detail that changes the answer. The clean input's activations are
//! cached; the corrupted input runs once for each place, with that place's activation replaced by the clean one, and a
//! metric says how far the output has moved.
//!
//! ```
//! # use hooked_transformer::{HookedTransformer, HookedTransformerConfig};
//! use hooked_transformer::analysis::{Metric, patching};
//! # let model = HookedTransformer::from_config(HookedTransformerConfig::new(2, 8, 4, 16, 50))?;
//! let (clean, corrupted) = (ndarray::array![[0, 3, 7, 3]], ndarray::array![[0, 9, 7, 3]]);
//! let (_, clean_cache) = model.run_with_cache(&clean)?;
//! let logit_of_5 = || Metric::at(-1, |logits| logits[[0, 0, 5]]);
//! let by_pos = patching::get_act_patch_resid_pre(&model, &corrupted, &clean_cache, logit_of_5())?;
//! assert_eq!(by_pos.dim(), (2, 4)); // [layer, pos]
//! let by_head = patching::get_act_patch_attn_head_out_all_pos(&model, &corrupted, &clean_cache, logit_of_5())?;
//! assert_eq!(by_head.dim(), (2, 2)); // [layer, head]
//! # Ok::<(), hooked_transformer::Error>(())
//! ```
//! Every function takes the model, the corrupted input, the clean run's cache, and the metric (a closure on the logits,
//! or a [`Metric`]), and has the errors of [`generic_activation_patch`]. Names, shapes and order of axes are those of
//! TransformerLens's `patching.py`.

use ndarray::{
    Array2, Array3, Array4, ArrayD, ArrayViewD, ArrayViewMutD, Axis, Dimension, Ix2, Ix3, Ix4, Slice, stack,
};

use super::metric::Metric;
use super::sweep::Sweep;
use crate::cache::ActivationCache;
use crate::error::{Error, Result};
use crate::hooks::HookPoint;
use crate::model::HookedTransformer;
use crate::text::input::Input;

/// An axis along which places are told apart; along the others an activation is replaced as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchAxis {
    /// Positions of an activation that has one vector (or one a head) at each.
    Pos,
    /// Heads; for `k` and `v` of a model with grouped heads, the key-value heads.
    Head,
    /// The attending position of scores and patterns ("dest" in the classic library).
    QueryPos,
    /// The attended position of scores and patterns ("src").
    KeyPos,
}

impl PatchAxis {
    /// What the axis is called in the list of hook points.
    fn names(self) -> &'static [&'static str] {
        match self {
            PatchAxis::Pos => &["pos"],
            PatchAxis::Head => &["head", "kv_head"],
            PatchAxis::QueryPos => &["query_pos"],
            PatchAxis::KeyPos => &["key_pos"],
        }
    }
}

/// The metric for every place: each layer, and each index along `axes`, in this order.
///
/// # Shapes
/// - output: `[layer, axes…]`
///
/// # Errors
/// The input does not suit the model; the model or the clean cache lacks the activation, or it lacks one of the axes;
/// clean and corrupted input have different lengths; the metric fails.
pub fn generic_activation_patch<'m>(
    model: &HookedTransformer,
    corrupted: impl Into<Input>,
    clean_cache: &ActivationCache,
    metric: impl Into<Metric<'m>>,
    activation: &str,
    axes: &[PatchAxis],
) -> Result<ArrayD<f32>> {
    Patching::new(model, corrupted, clean_cache, metric)?.patch(activation, axes)
}

/// The corrupted input with its streams, and what to patch into it. Several kinds of places share one.
struct Patching<'a, 'm> {
    sweep: Sweep<'a>,
    clean: &'a ActivationCache,
    metric: Metric<'m>,
}

impl<'a, 'm> Patching<'a, 'm> {
    fn new(
        model: &'a HookedTransformer,
        corrupted: impl Into<Input>,
        clean: &'a ActivationCache,
        metric: impl Into<Metric<'m>>,
    ) -> Result<Self> {
        Ok(Patching { sweep: Sweep::new(model, corrupted)?, clean, metric: metric.into() })
    }

    fn patch(&self, activation: &str, axes: &[PatchAxis]) -> Result<ArrayD<f32>> {
        let n_layers = self.sweep.model.cfg().n_layers;
        let clean: Vec<ArrayViewD<'_, f32>> =
            (0..n_layers).map(|layer| self.clean_activation((activation, layer))).collect::<Result<_>>()?;
        // All layers have the same axes.
        let point = self.sweep.point((activation, 0))?;
        let at: Vec<usize> = axes.iter().map(|&axis| place_of(axis, point)).collect::<Result<_>>()?;
        let lengths: Vec<usize> = at.iter().map(|&axis| clean[0].shape()[axis]).collect();
        let shape: Vec<usize> = std::iter::once(n_layers).chain(lengths).collect();
        let places: Vec<Vec<usize>> =
            ndarray::indices(shape.as_slice()).into_iter().map(|place| place.slice().to_vec()).collect();
        let names: Vec<_> = places.iter().map(|place| (activation, place[0])).collect();
        let values = self.sweep.run(&self.metric, &names, |index, corrupted| {
            let place = &places[index];
            replace(corrupted, clean[place[0]].view(), at.iter().copied().zip(place[1..].iter().copied()));
        })?;
        Ok(ArrayD::from_shape_vec(shape, values).expect("one value per place"))
    }

    fn clean_activation(&self, name: (&str, usize)) -> Result<ArrayViewD<'_, f32>> {
        clean_activation(self.sweep.point(name)?, self.clean, self.sweep.batch.tokens.dim(), name)
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

    fn pattern_by_query(&self) -> Result<Array3<f32>> {
        Ok(of_rank::<Ix3>(self.patch("pattern", &[PatchAxis::Head, PatchAxis::QueryPos])?))
    }
}

/// The clean activation with a batch axis, checked to have the corrupted one's shape: that of an input with so many rows
/// and positions. A single clean row serves all rows of a corrupted batch.
pub(super) fn clean_activation<'c>(
    point: &HookPoint,
    cache: &'c ActivationCache,
    (n_batch, n_pos): (usize, usize),
    name: (&str, usize),
) -> Result<ArrayViewD<'c, f32>> {
    let found = cache.get(name)?.view();
    let clean = if cache.has_batch_dim() { found } else { found.insert_axis(Axis(0)) };
    let fits = |(axis, (name, length)): (usize, &(&str, Option<usize>))| match clean.shape().get(axis) {
        Some(&got) if *name == "batch" => got == n_batch || got == 1,
        Some(&got) => got == length.unwrap_or(n_pos),
        None => false,
    };
    if clean.ndim() != point.axes().len() || !point.axes().iter().enumerate().all(fits) {
        return Err(Error::Shape {
            what: format!("the clean activation `{}`", point.name()),
            expected: format!("{} with batch={n_batch} (or 1), pos={n_pos} like the corrupted input", point.shape()),
            got: clean.shape().to_vec(),
        });
    }
    Ok(clean)
}

/// Writes the clean values over the corrupted ones where each `(axis, index)` says.
fn replace(
    mut corrupted: ArrayViewMutD<'_, f32>,
    mut clean: ArrayViewD<'_, f32>,
    place: impl Iterator<Item = (usize, usize)>,
) {
    for (axis, index) in place {
        corrupted.slice_axis_inplace(Axis(axis), Slice::from(index..index + 1));
        clean.slice_axis_inplace(Axis(axis), Slice::from(index..index + 1));
    }
    corrupted.assign(&clean);
}

/// Which axis of the activation is meant.
pub(super) fn place_of(axis: PatchAxis, point: &HookPoint) -> Result<usize> {
    point.axes().iter().position(|(name, _)| axis.names().contains(name)).ok_or_else(|| Error::Argument {
        name: "axes",
        problem: format!("`{}` {} has no axis {}", point.name(), point.shape(), axis.names()[0]),
    })
}

pub(super) fn of_rank<D: Dimension>(values: ArrayD<f32>) -> ndarray::Array<f32, D> {
    values.into_dimensionality::<D>().expect("one axis for the layer and one for each that was asked for")
}

/// Documents and defines functions that patch one kind of activation.
macro_rules! patch_functions {
    ($($(#[$doc:meta])* $name:ident -> $output:ty = $method:ident($($activation:literal)?);)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// As [`generic_activation_patch`].
        pub fn $name<'m>(
            model: &HookedTransformer,
            corrupted: impl Into<Input>,
            clean_cache: &ActivationCache,
            metric: impl Into<Metric<'m>>,
        ) -> Result<$output> {
            Patching::new(model, corrupted, clean_cache, metric)?.$method($($activation)?)
        }
    )*};
}

patch_functions! {
    /// The stream that a block reads, at each position: `[layer, pos]`.
    get_act_patch_resid_pre -> Array2<f32> = by_pos("resid_pre");
    /// The stream between attention and MLP, at each position: `[layer, pos]`.
    get_act_patch_resid_mid -> Array2<f32> = by_pos("resid_mid");
    /// What attention adds, at each position: `[layer, pos]`.
    get_act_patch_attn_out -> Array2<f32> = by_pos("attn_out");
    /// What the MLP adds, at each position: `[layer, pos]`.
    get_act_patch_mlp_out -> Array2<f32> = by_pos("mlp_out");
    /// Each head's `z` at each position: `[layer, pos, head]`.
    get_act_patch_attn_head_out_by_pos -> Array3<f32> = by_pos_and_head("z");
    /// Each head's queries at each position: `[layer, pos, head]`.
    get_act_patch_attn_head_q_by_pos -> Array3<f32> = by_pos_and_head("q");
    /// Each head's keys at each position: `[layer, pos, kv_head]`.
    get_act_patch_attn_head_k_by_pos -> Array3<f32> = by_pos_and_head("k");
    /// Each head's values at each position: `[layer, pos, kv_head]`.
    get_act_patch_attn_head_v_by_pos -> Array3<f32> = by_pos_and_head("v");
    /// Where each position of each head attends: `[layer, head, query_pos]`.
    get_act_patch_attn_head_pattern_by_pos -> Array3<f32> = pattern_by_query();
    /// Each head's `z` at all positions: `[layer, head]`.
    get_act_patch_attn_head_out_all_pos -> Array2<f32> = by_head("z");
    /// Each head's queries at all positions: `[layer, head]`.
    get_act_patch_attn_head_q_all_pos -> Array2<f32> = by_head("q");
    /// Each head's keys at all positions: `[layer, kv_head]`.
    get_act_patch_attn_head_k_all_pos -> Array2<f32> = by_head("k");
    /// Each head's values at all positions: `[layer, kv_head]`.
    get_act_patch_attn_head_v_all_pos -> Array2<f32> = by_head("v");
    /// Each head's whole pattern: `[layer, head]`.
    get_act_patch_attn_head_pattern_all_pos -> Array2<f32> = by_head("pattern");
}

/// Each single entry of each head's pattern: `[layer, head, query_pos, key_pos]`.
///
/// # Errors
/// As [`generic_activation_patch`].
pub fn get_act_patch_attn_head_pattern_dest_src_pos<'m>(
    model: &HookedTransformer,
    corrupted: impl Into<Input>,
    clean_cache: &ActivationCache,
    metric: impl Into<Metric<'m>>,
) -> Result<Array4<f32>> {
    let axes = [PatchAxis::Head, PatchAxis::QueryPos, PatchAxis::KeyPos];
    Ok(of_rank::<Ix4>(generic_activation_patch(model, corrupted, clean_cache, metric, "pattern", &axes)?))
}

/// `resid_pre`, `attn_out` and `mlp_out`, in this order, at each position: `[3, layer, pos]`.
///
/// # Errors
/// As [`generic_activation_patch`].
pub fn get_act_patch_block_every<'m>(
    model: &HookedTransformer,
    corrupted: impl Into<Input>,
    clean_cache: &ActivationCache,
    metric: impl Into<Metric<'m>>,
) -> Result<Array3<f32>> {
    let patching = Patching::new(model, corrupted, clean_cache, metric)?;
    let [resid, attn, mlp] = ["resid_pre", "attn_out", "mlp_out"].map(|activation| patching.by_pos(activation));
    Ok(stack(Axis(0), &[resid?.view(), attn?.view(), mlp?.view()]).expect("equal shapes"))
}

/// Each head's `z`, `q`, `k`, `v` and pattern, in this order, at all positions: `[5, layer, head]`. With grouped
/// key-value heads the entries of `k` and `v` beyond their number are 0.
///
/// # Errors
/// As [`generic_activation_patch`].
pub fn get_act_patch_attn_head_all_pos_every<'m>(
    model: &HookedTransformer,
    corrupted: impl Into<Input>,
    clean_cache: &ActivationCache,
    metric: impl Into<Metric<'m>>,
) -> Result<Array3<f32>> {
    let patching = Patching::new(model, corrupted, clean_cache, metric)?;
    let mut every = Array3::zeros((5, model.cfg().n_layers, model.cfg().n_heads));
    for (mut out, activation) in every.outer_iter_mut().zip(["z", "q", "k", "v", "pattern"]) {
        let found = patching.by_head(activation)?;
        out.slice_axis_mut(Axis(1), Slice::from(..found.ncols())).assign(&found);
    }
    Ok(every)
}

/// The same at each position: `[5, layer, pos, head]`, the pattern's position being that of the query.
///
/// # Errors
/// As [`generic_activation_patch`].
pub fn get_act_patch_attn_head_by_pos_every<'m>(
    model: &HookedTransformer,
    corrupted: impl Into<Input>,
    clean_cache: &ActivationCache,
    metric: impl Into<Metric<'m>>,
) -> Result<Array4<f32>> {
    let patching = Patching::new(model, corrupted, clean_cache, metric)?;
    let cfg = model.cfg();
    let mut every = Array4::zeros((5, cfg.n_layers, patching.sweep.batch.tokens.ncols(), cfg.n_heads));
    for (mut out, activation) in every.outer_iter_mut().zip(["z", "q", "k", "v", "pattern"]) {
        let found = match activation {
            "pattern" => patching.pattern_by_query()?.permuted_axes([0, 2, 1]),
            other => patching.by_pos_and_head(other)?,
        };
        out.slice_axis_mut(Axis(2), Slice::from(..found.dim().2)).assign(&found);
    }
    Ok(every)
}
