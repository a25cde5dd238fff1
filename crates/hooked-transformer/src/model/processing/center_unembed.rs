//! The logits of each position are given mean zero.
//!
//! ```text
//! W_U ← W_U - mean over d_vocab of W_U        b_U ← b_U - mean of b_U
//! ```
//! Softmax does not see a constant that all logits share, so log probabilities stay; and a component that raises every
//! logit is no longer mistaken for one that favors a token.

use std::sync::Arc;

use super::center_writing_weights::center_last_axis;
use super::refuse::refuse;
use crate::error::Result;
use crate::model::hooked_transformer::HookedTransformer;

impl HookedTransformer {
    /// Takes the mean over the vocabulary from `W_U` and `b_U`: logits move by a constant at each position. A tied
    /// unembedding becomes one of its own.
    ///
    /// Source: TransformerLens `center_unembed`.
    ///
    /// # Errors
    /// The logits have a soft cap, which a constant does not pass through unchanged.
    pub fn center_unembed(mut self) -> Result<Self> {
        check(&self)?;
        self.untie();
        let weights = Arc::make_mut(&mut self.weights);
        center_last_axis(weights.W_U.view_mut());
        center_last_axis(weights.b_U.view_mut());
        Ok(self)
    }
}

/// # Errors
/// The step would change what the model computes.
pub(super) fn check(model: &HookedTransformer) -> Result<()> {
    match model.cfg.output_logits_soft_cap {
        Some(cap) if cap > 0.0 => refuse("center_unembed", "the logits have a soft cap, which a constant changes"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_abs_diff_eq;
    use ndarray::{Array1, Array2};

    /// Log probabilities, before and after, in double precision.
    #[test]
    fn the_algebra_holds_in_double_precision() {
        let value = |i: usize| ((i * 37 % 23) as f64 - 11.3) / 7.0;
        let x = Array1::from_shape_fn(5, |i| value(i + 2));
        let (W_U, b_U) = (Array2::from_shape_fn((5, 9), |(i, j)| value(i * 9 + j)), Array1::from_shape_fn(9, value));
        let log_probs = |W_U: &Array2<f64>, b_U: &Array1<f64>| {
            let logits = x.dot(W_U) + b_U;
            let total = logits.mapv(f64::exp).sum().ln();
            logits - total
        };
        let (mut centered_W, mut centered_b) = (W_U.clone(), b_U.clone());
        center_last_axis(centered_W.view_mut());
        center_last_axis(centered_b.view_mut());
        assert!((x.dot(&centered_W) + &centered_b).sum().abs() <= 1e-9, "logits have mean zero");
        let (got, want) = (log_probs(&centered_W, &centered_b), log_probs(&W_U, &b_U));
        assert_abs_diff_eq!(got, want, epsilon = 1e-9);
    }
}
