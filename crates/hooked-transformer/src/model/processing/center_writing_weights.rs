//! Everything that is written to the residual stream is given mean zero.
//!
//! ```text
//! W ← W - mean over d_model of W        for W_E, W_pos, W_O, b_O, W_out, b_out
//! ```
//! Each of them ends in the `d_model` axis. The stream then has mean zero at every position, and the LayerNorms that
//! read it take nothing away any more.

use std::sync::Arc;

use ndarray::{ArcArray, ArrayViewMut, Axis, Dimension, NdFloat, RemoveAxis};

use super::refuse::{is_shortformer, refuse};
use crate::error::Result;
use crate::model::hooked_transformer::HookedTransformer;

const STEP: &str = "center_writing_weights";

impl HookedTransformer {
    /// Takes the mean over `d_model` from all weights that write to the residual stream. A tied unembedding becomes one
    /// of its own, and stays as it is.
    ///
    /// Source: TransformerLens `center_writing_weights`.
    ///
    /// # Errors
    /// The model's norms are not LayerNorm, so that the mean is not lost on them; or it is a shortformer.
    pub fn center_writing_weights(mut self) -> Result<Self> {
        check(&self)?;
        self.untie();
        let weights = Arc::make_mut(&mut self.weights);
        center(&mut weights.W_E);
        weights.W_pos.iter_mut().for_each(|W_pos| center(W_pos));
        center(&mut weights.W_O);
        center(&mut weights.b_O);
        if let Some(mlp) = &mut weights.mlp {
            center(&mut mlp.W_out);
            center(&mut mlp.b_out);
        }
        Ok(self)
    }
}

/// # Errors
/// The step would change what the model computes.
pub(super) fn check(model: &HookedTransformer) -> Result<()> {
    if !model.cfg.normalization_type.is_some_and(|kind| kind.centers()) {
        return refuse(STEP, "only LayerNorm takes the mean away, and this model has none");
    }
    if model.cfg.final_rms {
        return refuse(STEP, "the final norm is RMS, which does not take the mean away");
    }
    if is_shortformer(&model.cfg) {
        return refuse(STEP, "a shortformer model adds positions after the norm, where their mean counts");
    }
    Ok(())
}

fn center<D: Dimension + RemoveAxis>(x: &mut ArcArray<f32, D>) {
    center_last_axis(x.view_mut());
}

/// # Shapes
/// - `x`: `[.., d_model]`
pub(super) fn center_last_axis<A: NdFloat, D: Dimension + RemoveAxis>(mut x: ArrayViewMut<'_, A, D>) {
    let last = Axis(x.ndim() - 1);
    let d_model = A::from(x.len_of(last).max(1)).expect("a length is a number");
    for mut row in x.lanes_mut(last) {
        let mean = row.sum() / d_model;
        row -= mean;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_abs_diff_eq;
    use ndarray::{Array2, Array3, array};

    #[test]
    fn a_literal() {
        let mut x = array![[1.0, 2.0, 6.0], [0.0, 0.0, 3.0]];
        center_last_axis(x.view_mut());
        assert_eq!(x, array![[-2.0, -1.0, 3.0], [-1.0, -1.0, 2.0]]);
    }

    /// LayerNorm of a sum of written vectors, before and after, in double precision.
    #[test]
    fn the_algebra_holds_in_double_precision() {
        let written = Array2::from_shape_fn((4, 12), |(i, j)| ((i * 31 + j * 17) % 19) as f64 / 3.0 - 2.1);
        let normalized = |written: &Array2<f64>| {
            let x = written.sum_axis(Axis(0));
            let x = &x - x.mean().unwrap();
            let scale = (x.mapv(|x| x * x).mean().unwrap() + 1e-5).sqrt();
            x / scale
        };
        let want = normalized(&written);
        let mut centered = written.insert_axis(Axis(0));
        center_last_axis(centered.view_mut());
        let sums: Array3<f64> = centered.clone().map_axis(Axis(2), |row| row.sum()).insert_axis(Axis(2));
        assert!(sums.iter().all(|sum| sum.abs() <= 1e-12));
        let got = normalized(&centered.index_axis_move(Axis(0), 0));
        assert_abs_diff_eq!(got, want, epsilon = 1e-9);
    }
}
