//! Backward through the unembedding, from a scalar of the logits.
//!
//! ```text
//! d_logits = the scalar's derivative                 (soft cap: times 1 - (logits / cap)²)
//! d_W_U    = xᵀ d_logits        d_b_U = Σ d_logits
//! d_x      = d_logits W_Uᵀ
//! ```
//! The logits are computed here, for the rows that the scalar needs, some at a time: they are never in memory all at
//! once, unless the scalar is a function of all of them.

use ndarray::{Array3, ArrayView2, Axis};

use super::pass::BackwardPass;
use super::rows;
use super::scalar::Resolved;
use crate::components::Act3;
use crate::components::unembed::Unembedding;
use crate::error::{Error, Result};
use crate::numerics::{linalg, memory};

/// The scalar's value, and its gradient by what is unembedded; `None` if nothing before the unembedding is wanted.
///
/// # Shapes
/// - `x`: `[batch, pos, d_model]`, after the final norm
/// - output: the same
///
/// # Errors
/// The scalar is not a number.
pub(super) fn backward(
    pass: &mut BackwardPass<'_, '_>,
    unembedding: &Unembedding<'_>,
    x: &Act3,
    scalar: &Resolved<'_>,
) -> Result<(f32, Option<Act3>)> {
    let (d_model, d_vocab) = unembedding.W_U.dim();
    let needs_x = pass.wanted.floor < pass.at_points.points.as_slice().len();
    let mut d_x = Array3::zeros(x.dim());
    let mut d_x_rows = d_x.view_mut().into_shape_with_order((x.len() / d_model, d_model)).expect("a new array");
    let mut value = 0.0;
    let mut memory = memory::zeros((scalar.rows_together().min(scalar.rows.len()), d_vocab));
    for (index, chosen) in scalar.rows.chunks(scalar.rows_together()).enumerate() {
        let x = rows(x).select(Axis(0), chosen);
        let mut logits = memory.slice_mut(ndarray::s![..chosen.len(), ..]);
        unembedding.write_logits(x.view(), 0..d_vocab, logits.view_mut());
        let capped = unembedding.soft_cap.filter(|&cap| cap > 0.0).map(|cap| (cap, logits.to_owned()));
        value += scalar.differentiate(index * scalar.rows_together(), logits.view_mut())?;
        let mut d_logits = logits;
        if let Some((cap, capped)) = capped {
            d_logits.zip_mut_with(&capped, |d, logit| *d *= 1.0 - (logit / cap).powi(2));
        }
        weight_gradients(pass, x.view(), d_logits.view(), index == 0);
        if needs_x {
            let d = linalg::matmul(d_logits.view(), unembedding.W_U.t());
            for (row, d) in chosen.iter().zip(d.rows()) {
                d_x_rows.row_mut(*row).assign(&d);
            }
        }
    }
    if value.is_nan() {
        return Err(Error::NotANumber { what: "the scalar to differentiate".to_string() });
    }
    Ok((value as f32, needs_x.then(|| d_x.into_shared())))
}

/// Adds to the gradients of `W_U` and `b_U`; a tied unembedding's to that of the embedding.
///
/// # Shapes
/// - `x`: `[row, d_model]`
/// - `d_logits`: `[row, d_vocab]`; `first`: nothing has been added yet
fn weight_gradients(
    pass: &mut BackwardPass<'_, '_>,
    x: ArrayView2<'_, f32>,
    d_logits: ArrayView2<'_, f32>,
    first: bool,
) {
    // The first part overwrites the zeros, which saves reading them.
    let write = if first { linalg::matmul_into } else { linalg::add_matmul };

    if pass.wants_weight(None, "unembed.b_U") {
        let sums = d_logits.sum_axis(Axis(0));
        pass.weights.b_U += &sums;
    }
    if pass.wants_weight(None, "unembed.W_U") {
        write(x.reversed_axes(), d_logits, pass.weights.W_U.view_mut());
    } else if pass.tied && pass.wants_weight(None, "embed.W_E") {
        write(d_logits.reversed_axes(), x, pass.weights.W_E.view_mut());
    }
}
