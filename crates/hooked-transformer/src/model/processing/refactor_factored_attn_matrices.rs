//! Other factors of the same circuits, with orthogonal columns and rows.
//!
//! ```text
//! W_V W_O = U S Vᵀ                W_V ← U S         W_O ← Vᵀ
//! W_Q' W_K'ᵀ = U S Vᵀ             W_Q' ← U √S       W_K' ← V √S          W' is W with the bias as one more row
//! ```
//! The bias is a row because `x W + b` is `[x, 1] W'`. Afterward the coordinates of a head are ordered by how much they
//! matter, and `z` has the length of what the head writes.

use std::sync::Arc;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, concatenate, s};

use super::refuse::refuse;
use crate::architecture::config::PositionalEmbeddingType;
use crate::error::Result;
use crate::model::hooked_transformer::HookedTransformer;
use crate::numerics::factored_matrix::svd_of_product;
use crate::numerics::svd::Svd64;

const STEP: &str = "refactor_factored_attn_matrices";

impl HookedTransformer {
    /// Replaces the factors of every head's QK and OV by ones from their singular value decompositions, and folds `b_V`
    /// into `b_O`. `q`, `k`, `v` and `z` change; scores, patterns and results do not (but for `b_V`'s constant).
    ///
    /// Source: TransformerLens `refactor_factored_attn_matrices`.
    ///
    /// # Errors
    /// Positions are rotary, so that QK depends on them; or queries and keys are normalized, so that scores depend on
    /// more than their product; or heads share keys and values, which each would factor in its own way.
    pub fn refactor_factored_attn_matrices(self) -> Result<Self> {
        if self.cfg.use_qk_norm {
            return refuse(
                STEP,
                "queries and keys are normalized before they meet, which other factors do not survive",
            );
        }
        if self.cfg.positional_embedding_type == PositionalEmbeddingType::Rotary {
            return refuse(
                STEP,
                "with rotary positions QK is another matrix for each distance, so it has no fixed factors",
            );
        }
        if self.cfg.n_key_value_heads() != self.cfg.n_heads {
            return refuse(STEP, "heads share keys and values, and each would need other factors of them");
        }
        let mut model = self.fold_value_biases()?;
        let weights = Arc::make_mut(&mut model.weights);
        for layer in 0..model.cfg.n_layers {
            for head in 0..model.cfg.n_heads {
                let at = s![layer, head, .., ..];
                let with_bias = |W: ArrayView2<'_, f32>, b: ArrayView1<'_, f32>| {
                    concatenate(Axis(0), &[W, b.insert_axis(Axis(0))]).expect("both have d_head columns")
                };
                let W_Q = with_bias(weights.W_Q.slice(at), weights.b_Q.slice(s![layer, head, ..]));
                let W_K = with_bias(weights.W_K.slice(at), weights.b_K.slice(s![layer, head, ..]));
                let (W_Q, W_K) = even_factors(&svd_of_product(W_Q.view(), W_K.t()));
                let d_model = model.cfg.d_model;
                assign(weights.W_Q.slice_mut(at), W_Q.slice(s![..d_model, ..]));
                assign(weights.W_K.slice_mut(at), W_K.slice(s![..d_model, ..]));
                assign(weights.b_Q.slice_mut(s![layer, head..head + 1, ..]), W_Q.slice(s![d_model.., ..]));
                assign(weights.b_K.slice_mut(s![layer, head..head + 1, ..]), W_K.slice(s![d_model.., ..]));
                let Svd64 { U, S, V } = svd_of_product(weights.W_V.slice(at), weights.W_O.slice(at));
                assign(weights.W_V.slice_mut(at), (U * &S).view());
                assign(weights.W_O.slice_mut(at).reversed_axes(), V.view());
            }
        }
        Ok(model)
    }
}

/// `U √S` and `V √S`.
fn even_factors(Svd64 { U, S, V }: &Svd64) -> (Array2<f64>, Array2<f64>) {
    let root: Array1<f64> = S.mapv(f64::sqrt);
    (U * &root, V * &root)
}

/// Writes the columns of a factor; heads wider than the rank of their matrix keep zeros in the rest.
fn assign(mut out: ndarray::ArrayViewMut2<'_, f32>, factor: ArrayView2<'_, f64>) {
    out.fill(0.0);
    let rank = factor.ncols().min(out.ncols());
    out.slice_mut(s![.., ..rank]).zip_mut_with(&factor.slice(s![.., ..rank]), |out, x| *out = *x as f32);
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_abs_diff_eq;

    /// The circuit is the same, in double precision, and the factors are even.
    #[test]
    fn the_algebra_holds_in_double_precision() {
        let value = |i: usize| ((i * 37 % 23) as f32 - 11.3) / 7.0;
        let A = Array2::from_shape_fn((9, 4), |(i, j)| value(i * 4 + j));
        let B = Array2::from_shape_fn((4, 7), |(i, j)| value(i * 7 + j + 5));
        let want = A.mapv(f64::from).dot(&B.mapv(f64::from));
        let svd = svd_of_product(A.view(), B.view());
        let (left, right) = even_factors(&svd);
        for got in [left.dot(&right.t()), (&svd.U * &svd.S).dot(&svd.V.t())] {
            assert_abs_diff_eq!(got, want, epsilon = 1e-9);
        }
        let lengths = |x: &Array2<f64>| x.map_axis(Axis(0), |column| column.dot(&column));
        assert!(lengths(&left).iter().zip(&lengths(&right)).all(|(l, r)| (l - r).abs() <= 1e-9));
    }
}
