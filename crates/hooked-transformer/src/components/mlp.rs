//! The MLP: works on each position by itself.
//!
//! ```text
//! pre  = x W_in + b_in                 post = act(pre)                      (LayerNorm after it for solu_ln)
//! pre  = x W_gate                      post = act(pre) * (x W_in) + b_in    when gated
//! out  = post W_out + b_out
//! ```
//! In the gated form the bias is added *after* the product, as in the classic library.

use ndarray::{ArrayView1, ArrayView2};
use rayon::prelude::*;

use super::normalization::Norm;
use super::{Act3, activation, values, values_mut};
use crate::architecture::config::{ActivationFunction, HookedTransformerConfig, NormalizationType};
use crate::architecture::weights::MlpWeights;
use crate::hooks::{Pass, Site};
use crate::numerics::share::rows_per_task;
use crate::numerics::{linalg, memory};

/// # Shapes
/// - `x`: `[batch, pos, d_model]`
/// - output: `[batch, pos, d_model]`
pub(crate) fn forward(
    pass: &mut Pass<'_, '_>,
    cfg: &HookedTransformerConfig,
    layer: usize,
    w: &MlpWeights<'_>,
    x: &Act3,
) -> Act3 {
    let act_fn = cfg.act_fn.expect("validated: a model with MLPs has an activation function");
    let post = match w.W_gate {
        Some(W_gate) => {
            let pre = linear(x, W_gate, None);
            let pre = pass.point(Site::MlpPre, Some(layer), pre);
            let pre_linear = linear(x, w.W_in, None);
            let pre_linear = pass.point(Site::MlpPreLinear, Some(layer), pre_linear);
            let mut post = activate(act_fn, pre, cfg.d_mlp());
            let d_mlp = cfg.d_mlp();
            let b_in = w.b_in.to_vec();
            let rows = values_mut(&mut post).par_chunks_mut(d_mlp).zip(values(&pre_linear).par_chunks(d_mlp));
            rows.with_min_len(rows_per_task(d_mlp)).for_each(|(post, linear)| {
                post.iter_mut().zip(linear).zip(&b_in).for_each(|((post, x), b)| *post = *post * x + b);
            });
            memory::used(pre_linear);
            post
        }
        None => {
            let pre = linear(x, w.W_in, Some(w.b_in));
            let pre = pass.point(Site::MlpPre, Some(layer), pre);
            let post = activate(act_fn, pre, cfg.d_mlp());
            if cfg.is_layer_norm_activation() {
                let mid = pass.point(Site::MlpMid, Some(layer), post);
                solu_norm(cfg, w).forward(pass, Some(layer), &mid)
            } else {
                post
            }
        }
    };
    let post = pass.point(Site::MlpPost, Some(layer), post);
    let out = linear(&post, w.W_out, Some(w.b_out));
    memory::used(post);
    out
}

/// The LayerNorm over the neurons that follows `solu`. Its gain exists unless the model's norms were folded.
pub(crate) fn solu_norm<'w>(cfg: &HookedTransformerConfig, w: &MlpWeights<'w>) -> Norm<'w> {
    let (kind, gain, bias) = match &w.ln {
        Some((gain, bias)) => (NormalizationType::LN, Some(*gain), Some(*bias)),
        None => (NormalizationType::LNPre, None, None),
    };
    Norm { kind, eps: cfg.eps, w: gain, b: bias, sites: [Site::MlpLnScale, Site::MlpLnNormalized] }
}

/// The nonlinearity, in place unless something else holds the array too.
pub(crate) fn activate(act_fn: ActivationFunction, mut pre: Act3, d_mlp: usize) -> Act3 {
    activation::apply(act_fn, values_mut(&mut pre), d_mlp);
    pre
}

/// `x W + b`.
///
/// # Shapes
/// - `x`: `[batch, pos, d_in]`
/// - `W`: `[d_in, d_out]`
/// - output: `[batch, pos, d_out]`
fn linear(x: &Act3, W: ArrayView2<'_, f32>, b: Option<ArrayView1<'_, f32>>) -> Act3 {
    let (n_batch, n_pos, d_in) = x.dim();
    let rows = x.view().into_shape_with_order((n_batch * n_pos, d_in)).expect("activations are contiguous");
    let mut out = memory::array([n_batch * n_pos, W.ncols()]);
    linalg::linear_into(rows, W, b, out.view_mut());
    out.into_shape_with_order((n_batch, n_pos, W.ncols())).expect("same size").into_shared()
}
