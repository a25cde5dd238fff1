//! Backward through the unembedding, from a scalar of the logits.
//!
//! ```text
//! d_logits = the scalar's derivative                 (soft cap: times 1 - (logits / cap)²)
//! d_W_U    = xᵀ d_logits        d_b_U = Σ d_logits
//! d_x      = d_logits W_Uᵀ
//! ```
//! The logits are computed here, for the rows that the scalar needs, some at a time: they are never in memory all at
//! once, unless the scalar is a function of all of them. A scalar that is a sum of a few logits needs those columns of
//! `W_U` and no others.

use ndarray::{ArrayView2, ArrayViewMut2, Axis};

use super::pass::BackwardPass;
use super::rows;
use super::scalar::{OfRows, Resolved};
use crate::components::Act3;
use crate::components::unembed::Unembedding;
use crate::error::{Error, Result};
use crate::numerics::rows::add_column_sums;
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
    let d_model = unembedding.W_U.nrows();
    let needs_x = pass.wanted.floor < pass.at_points.points.as_slice().len();
    let mut d_x = memory::cleared(x.dim());
    let d_x_rows = d_x.view_mut().into_shape_with_order((x.len() / d_model, d_model)).expect("a new array");
    let value = match &scalar.of_rows {
        OfRows::Logits(of_rows) => few_logits(pass, unembedding, (rows(x), d_x_rows), &scalar.rows, of_rows),
        _ => whole_rows(pass, unembedding, (rows(x), needs_x.then_some(d_x_rows)), scalar)?,
    };
    if value.is_nan() {
        return Err(Error::NotANumber { what: "the scalar to differentiate".to_string() });
    }
    Ok((value as f32, needs_x.then(|| d_x.into_shared())))
}

/// The value of a sum of logits, `(token, weight)` for each row, and its gradients.
///
/// # Shapes
/// - `x`, `d_x`: `[batch * pos, d_model]`
fn few_logits(
    pass: &mut BackwardPass<'_, '_>,
    unembedding: &Unembedding<'_>,
    (x, mut d_x): (ArrayView2<'_, f32>, ArrayViewMut2<'_, f32>),
    chosen: &[usize],
    of_rows: &[Vec<(usize, f32)>],
) -> f64 {
    let wants_b_U = pass.wants_weight(None, "unembed.b_U");
    let wants_W_U = pass.wants_weight(None, "unembed.W_U");
    let wants_W_E = pass.tied && pass.wants_weight(None, "embed.W_E");
    let mut value = 0.0;
    for (&row, terms) in chosen.iter().zip(of_rows) {
        for &(token, weight) in terms {
            let (x, column) = (x.row(row), unembedding.W_U.column(token));
            let logit = x.dot(&column) + unembedding.b_U[token];
            let (logit, slope) = match unembedding.soft_cap.filter(|&cap| cap > 0.0) {
                Some(cap) => (cap * (logit / cap).tanh(), 1.0 - (logit / cap).tanh().powi(2)),
                None => (logit, 1.0),
            };
            value += f64::from(logit) * f64::from(weight);
            let d_logit = weight * slope;
            d_x.row_mut(row).scaled_add(d_logit, &column);
            if wants_b_U {
                pass.weights.b_U[token] += d_logit;
            }
            if wants_W_U {
                pass.weights.W_U.column_mut(token).scaled_add(d_logit, &x);
            } else if wants_W_E {
                pass.weights.W_E.row_mut(token).scaled_add(d_logit, &x);
            }
        }
    }
    value
}

/// The value of a function of whole rows of logits, and its gradients.
///
/// # Shapes
/// - `x`, `d_x`: `[batch * pos, d_model]`
///
/// # Errors
/// The function's derivative has another shape than the logits.
fn whole_rows(
    pass: &mut BackwardPass<'_, '_>,
    unembedding: &Unembedding<'_>,
    (x, mut d_x): (ArrayView2<'_, f32>, Option<ArrayViewMut2<'_, f32>>),
    scalar: &Resolved<'_>,
) -> Result<f64> {
    let d_vocab = unembedding.W_U.ncols();
    let mut value = 0.0;
    let mut room = memory::array((scalar.rows_together().min(scalar.rows.len()), d_vocab));
    for (index, chosen) in scalar.rows.chunks(scalar.rows_together()).enumerate() {
        let x = x.select(Axis(0), chosen);
        let mut logits = room.slice_mut(ndarray::s![..chosen.len(), ..]);
        unembedding.write_logits(x.view(), 0..d_vocab, logits.view_mut());
        let capped = unembedding.soft_cap.filter(|&cap| cap > 0.0).map(|cap| (cap, logits.to_owned()));
        value += scalar.differentiate(index * scalar.rows_together(), logits.view_mut())?;
        let mut d_logits = logits;
        if let Some((cap, capped)) = capped {
            d_logits.zip_mut_with(&capped, |d, logit| *d *= 1.0 - (logit / cap).powi(2));
        }
        weight_gradients(pass, x.view(), d_logits.view(), index == 0);
        if let Some(d_x) = &mut d_x {
            let d = linalg::matmul(d_logits.view(), unembedding.W_U.t());
            for (row, d) in chosen.iter().zip(d.rows()) {
                d_x.row_mut(*row).assign(&d);
            }
            memory::used(d.into_shared());
        }
    }
    memory::used(room.into_shared());
    Ok(value)
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
        add_column_sums(d_logits, pass.weights.b_U.as_slice_mut().expect("a bias is contiguous"));
    }
    if pass.wants_weight(None, "unembed.W_U") {
        write(x.reversed_axes(), d_logits, pass.weights.W_U.view_mut());
    } else if pass.tied && pass.wants_weight(None, "embed.W_E") {
        write(d_logits.reversed_axes(), x, pass.weights.W_E.view_mut());
    }
}
