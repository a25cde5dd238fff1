//! Unembedding: from the final residual stream to logits.
//!
//! ```text
//! logits = x W_U + b_U           then cap * tanh(logits / cap), where the model has a soft cap
//! ```

use ndarray::{Array2, Array3, ArrayView1, ArrayView2};

use super::Act3;
use crate::linalg;

/// # Shapes
/// - `x`: `[batch, pos, d_model]`
/// - `W_U`: `[d_model, d_vocab]`
/// - output: `[batch, pos, d_vocab]`
pub(crate) fn unembed(
    x: &Act3,
    W_U: ArrayView2<'_, f32>,
    b_U: ArrayView1<'_, f32>,
    soft_cap: Option<f32>,
) -> Array3<f32> {
    let (n_batch, n_pos, d_model) = x.dim();
    let rows = x.view().into_shape_with_order((n_batch * n_pos, d_model)).expect("activations are contiguous");
    let logits = unembed_rows(rows, W_U, b_U, soft_cap);
    logits.into_shape_with_order((n_batch, n_pos, W_U.ncols())).expect("same size")
}

/// The same for rows of any origin; the loss uses it to work through long texts a block at a time.
///
/// # Shapes
/// - `x`: `[row, d_model]`
/// - output: `[row, d_vocab]`
pub(crate) fn unembed_rows(
    x: ArrayView2<'_, f32>,
    W_U: ArrayView2<'_, f32>,
    b_U: ArrayView1<'_, f32>,
    soft_cap: Option<f32>,
) -> Array2<f32> {
    let mut logits = linalg::matmul(x, W_U);
    if b_U.iter().any(|&b| b != 0.0) {
        logits += &b_U;
    }
    if let Some(cap) = soft_cap.filter(|&cap| cap > 0.0) {
        logits.par_mapv_inplace(|logit| cap * (logit / cap).tanh());
    }
    logits
}
