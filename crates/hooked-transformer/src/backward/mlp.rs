//! Backward through the MLP.
//!
//! ```text
//! d_W_out = postᵀ d_out        d_b_out = Σ d_out
//! d_post  = d_out W_outᵀ                                            (then the LayerNorm of solu_ln)
//! d_pre   = d_post * act'(pre)
//! d_W_in  = xᵀ d_pre           d_b_in  = Σ d_pre
//! d_x     = d_pre W_inᵀ
//! ```
//! When gated, `post = act(pre) * pre_linear + b_in`, so that `d_b_in = Σ d_post`, and
//! ```text
//! d_pre   = d_post * pre_linear * act'(pre)      d_pre_linear = d_post * act(pre)
//! d_x     = d_pre W_gateᵀ + d_pre_linear W_inᵀ
//! ```

use ndarray::{ArrayView2, ArrayViewMut2, Axis};
use rayon::prelude::*;

use super::pass::BackwardPass;
use super::{activation, normalization::add_column_sums, rows, times_transposed};
use crate::architecture::config::HookedTransformerConfig;
use crate::architecture::weights::{MlpWeights, StackedMlp};
use crate::components::mlp::{activate, solu_norm};
use crate::components::{Act3, values, values_mut};
use crate::hooks::Site;
use crate::numerics::{linalg, memory};

/// Values that a thread multiplies at a time.
const MULTIPLIED_AT_ONCE: usize = 1 << 14;

/// From the gradient by the MLP's output to that by its input; `None` if nothing before it is wanted.
///
/// # Shapes
/// - `d_out`: `[batch, pos, d_model]`
/// - `x`: the input, where the gradient of a weight needs it
/// - output: `[batch, pos, d_model]`
pub(super) fn backward(
    pass: &mut BackwardPass<'_, '_>,
    cfg: &HookedTransformerConfig,
    layer: usize,
    w: &MlpWeights<'_>,
    x: Option<&Act3>,
    d_out: Act3,
) -> Option<Act3> {
    let at = Some(layer);
    if pass.wants_weight(at, "mlp.W_out") {
        let post: Act3 = pass.value(Site::MlpPost, at);
        outer(&post, &d_out, of(pass).W_out.index_axis_mut(Axis(0), layer));
    }
    if pass.wants_weight(at, "mlp.b_out") {
        add_column_sums(&d_out, of(pass).b_out.row_mut(layer));
    }
    if !pass.reaches(Site::MlpPost, at) {
        return None;
    }
    let d_post = times_transposed(&d_out, w.W_out);
    let d_post = pass.point(Site::MlpPost, at, d_post);
    if !pass.goes_below(Site::MlpPost, at) {
        if w.W_gate.is_some() && pass.wants_weight(at, "mlp.b_in") {
            add_column_sums(&d_post, of(pass).b_in.row_mut(layer));
        }
        return None;
    }
    match w.W_gate {
        Some(W_gate) => gated(pass, cfg, layer, (w, W_gate), x, d_post),
        None => plain(pass, cfg, layer, w, x, d_post),
    }
}

fn plain(
    pass: &mut BackwardPass<'_, '_>,
    cfg: &HookedTransformerConfig,
    layer: usize,
    w: &MlpWeights<'_>,
    x: Option<&Act3>,
    d_post: Act3,
) -> Option<Act3> {
    let at = Some(layer);
    let act_fn = cfg.act_fn.expect("validated: a model with MLPs has an activation function");
    let mut d_pre = if cfg.is_layer_norm_activation() {
        let d_mid = solu_norm(cfg, w).backward(pass, at, d_post)?;
        let d_mid = pass.point(Site::MlpMid, at, d_mid);
        pass.goes_below(Site::MlpMid, at).then_some(d_mid)?
    } else {
        d_post
    };
    let pre: Act3 = pass.value(Site::MlpPre, at);
    activation::backward(act_fn, values(&pre), values_mut(&mut d_pre), cfg.d_mlp());
    drop(pre); // so that its memory is used again
    let d_pre = pass.point(Site::MlpPre, at, d_pre);
    if pass.wants_weight(at, "mlp.b_in") {
        add_column_sums(&d_pre, of(pass).b_in.row_mut(layer));
    }
    if let Some(x) = x.filter(|_| pass.wants_weight(at, "mlp.W_in")) {
        outer(x, &d_pre, of(pass).W_in.index_axis_mut(Axis(0), layer));
    }
    let d_x = pass.goes_below(Site::MlpPre, at).then(|| times_transposed(&d_pre, w.W_in));
    memory::used(d_pre);
    d_x
}

fn gated(
    pass: &mut BackwardPass<'_, '_>,
    cfg: &HookedTransformerConfig,
    layer: usize,
    (w, W_gate): (&MlpWeights<'_>, ArrayView2<'_, f32>),
    x: Option<&Act3>,
    d_post: Act3,
) -> Option<Act3> {
    let at = Some(layer);
    let act_fn = cfg.act_fn.expect("validated: a model with MLPs has an activation function");
    if pass.wants_weight(at, "mlp.b_in") {
        add_column_sums(&d_post, of(pass).b_in.row_mut(layer));
    }
    let (pre, pre_linear): (Act3, Act3) = (pass.value(Site::MlpPre, at), pass.value(Site::MlpPreLinear, at));
    let mut d_pre_linear = activate(act_fn, pre.clone(), cfg.d_mlp());
    multiply(&mut d_pre_linear, &d_post);
    let d_pre_linear = pass.point(Site::MlpPreLinear, at, d_pre_linear);
    let mut d_pre = d_post;
    multiply(&mut d_pre, &pre_linear);
    activation::backward(act_fn, values(&pre), values_mut(&mut d_pre), cfg.d_mlp());
    [pre, pre_linear].into_iter().for_each(memory::used);
    let d_pre = pass.point(Site::MlpPre, at, d_pre);
    if let Some(x) = x.filter(|_| pass.wants_weight(at, "mlp.W_in")) {
        outer(x, &d_pre_linear, of(pass).W_in.index_axis_mut(Axis(0), layer));
    }
    if let (Some(x), true) = (x, pass.wants_weight(at, "mlp.W_gate"))
        && let Some(d_W_gate) = &mut of(pass).W_gate
    {
        outer(x, &d_pre, d_W_gate.index_axis_mut(Axis(0), layer));
    }
    if !pass.goes_below(Site::MlpPre, at) {
        return None;
    }
    let mut d_x = times_transposed(&d_pre, W_gate);
    let d_x_rows = ArrayViewMut2::from_shape((d_x.dim().0 * d_x.dim().1, d_x.dim().2), values_mut(&mut d_x));
    linalg::add_matmul(rows(&d_pre_linear), w.W_in.t(), d_x_rows.expect("same size"));
    [d_pre, d_pre_linear].into_iter().for_each(memory::used);
    Some(d_x)
}

/// `x * by`, in place unless something else holds `x` too.
fn multiply(x: &mut Act3, by: &Act3) {
    let parts = values_mut(x).par_chunks_mut(MULTIPLIED_AT_ONCE).zip(values(by).par_chunks(MULTIPLIED_AT_ONCE));
    parts.for_each(|(x, by)| x.iter_mut().zip(by).for_each(|(x, by)| *x *= by));
}

/// Where the gradients of MLP weights are written.
fn of<'p>(pass: &'p mut BackwardPass<'_, '_>) -> &'p mut StackedMlp {
    pass.weights.mlp.as_mut().expect("validated: the block has an MLP")
}

/// `xᵀ d`, summed over all positions: the gradient of a matrix.
///
/// # Shapes
/// - `x`: `[batch, pos, d_in]`
/// - `d`: `[batch, pos, d_out]`
/// - `out`: `[d_in, d_out]`
fn outer(x: &Act3, d: &Act3, out: ArrayViewMut2<'_, f32>) {
    linalg::matmul_into(rows(x).reversed_axes(), rows(d), out);
}
