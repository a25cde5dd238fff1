//! The biases of values go into the bias of attention's output.
//!
//! ```text
//! Σ_j pattern[i, j] (v[j] + b_V) W_O  =  Σ_j pattern[i, j] v[j] W_O  +  b_V W_O         since Σ_j pattern[i, j] = 1
//! b_O ← b_O + Σ_h b_V[h] W_O[h]        b_V ← 0
//! ```
//! A head's output is then what it moves between positions, and no constant.

use std::sync::Arc;

use ndarray::{ArrayView2, ArrayView3, ArrayViewMut1, Axis, NdFloat};

use crate::error::Result;
use crate::model::hooked_transformer::HookedTransformer;

impl HookedTransformer {
    /// Folds `b_V` into `b_O`, for each query head that reads the value.
    ///
    /// Source: TransformerLens `fold_value_biases`.
    ///
    /// # Errors
    /// None: this holds in every model. (At padding, where a pattern is zero, `z` and what follows from it change.)
    pub fn fold_value_biases(mut self) -> Result<Self> {
        let weights = Arc::make_mut(&mut self.weights);
        let mut b_O = weights.b_O.view_mut();
        for (layer, b_O) in b_O.outer_iter_mut().enumerate() {
            fold(b_O, weights.b_V.index_axis(Axis(0), layer), weights.W_O.index_axis(Axis(0), layer));
        }
        weights.b_V.fill(0.0);
        Ok(self)
    }
}

/// # Shapes
/// - `b_O`: `[d_model]`
/// - `b_V`: `[kv_head, d_head]`
/// - `W_O`: `[head, d_head, d_model]`
pub(super) fn fold<A: NdFloat>(mut b_O: ArrayViewMut1<'_, A>, b_V: ArrayView2<'_, A>, W_O: ArrayView3<'_, A>) {
    let heads_per_group = W_O.dim().0 / b_V.nrows();
    for (head, W_O) in W_O.outer_iter().enumerate() {
        b_O += &b_V.row(head / heads_per_group).dot(&W_O);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_abs_diff_eq;
    use ndarray::{Array1, Array2, Array3, array};

    #[test]
    fn shared_values_count_once_a_query_head() {
        let mut b_O = array![100.0];
        let W_O = array![[[1.0]], [[2.0]], [[4.0]], [[8.0]]];
        fold(b_O.view_mut(), array![[1.0], [10.0]].view(), W_O.view());
        assert_eq!(b_O, array![100.0 + 1.0 + 2.0 + 40.0 + 80.0]);
    }

    /// One head's output, before and after, in double precision.
    #[test]
    fn the_algebra_holds_in_double_precision() {
        let value = |i: usize| ((i * 37 % 23) as f64 - 11.3) / 7.0;
        let pattern = array![0.2, 0.5, 0.3];
        let v = Array2::from_shape_fn((3, 4), |(i, j)| value(i * 4 + j));
        let b_V = Array2::from_shape_fn((1, 4), |(_, j)| value(j + 40));
        let W_O = Array3::from_shape_fn((1, 4, 6), |(_, i, j)| value(i * 6 + j + 9));
        let b_O = Array1::from_shape_fn(6, value);
        let out = |v: &Array2<f64>, b_O: &Array1<f64>| pattern.dot(v).dot(&W_O.index_axis(Axis(0), 0)) + b_O;
        let want = out(&(&v + &b_V), &b_O);
        let mut folded = b_O.clone();
        fold(folded.view_mut(), b_V.view(), W_O.view());
        let got = out(&v, &folded);
        assert_abs_diff_eq!(got, want, epsilon = 1e-9);
    }
}
