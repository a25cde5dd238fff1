//! Unembedding: from the final residual stream to logits.
//!
//! ```text
//! logits = x W_U + b_U           then cap * tanh(logits / cap), where the model has a soft cap
//! ```

use std::ops::Range;

use ndarray::{Array3, ArrayView1, ArrayView2, ArrayView3, ArrayViewMut2, s};

use crate::architecture::config::HookedTransformerConfig;
use crate::architecture::weights::Weights;
use crate::numerics::{linalg, memory};

/// The weights of the unembedding.
///
/// # Shapes
/// - `W_U`: `[d_model, d_vocab]`
/// - `b_U`: `[d_vocab]`
pub(crate) struct Unembedding<'a> {
    pub W_U: ArrayView2<'a, f32>,
    pub b_U: ArrayView1<'a, f32>,
    pub soft_cap: Option<f32>,
}

impl<'a> Unembedding<'a> {
    pub(crate) fn new(cfg: &HookedTransformerConfig, weights: &'a Weights) -> Self {
        Unembedding { W_U: weights.W_U.view(), b_U: weights.b_U.view(), soft_cap: cfg.output_logits_soft_cap }
    }

    /// # Shapes
    /// - `x`: `[batch, pos, d_model]`
    /// - output: `[batch, pos, d_vocab]`
    pub(crate) fn logits(&self, x: ArrayView3<'_, f32>) -> Array3<f32> {
        let (n_batch, n_pos, d_model) = x.dim();
        let d_vocab = self.W_U.ncols();
        let mut logits = memory::zeros((n_batch, n_pos, d_vocab));
        let x = x.into_shape_with_order((n_batch * n_pos, d_model)).expect("activations are contiguous");
        let rows = logits.view_mut().into_shape_with_order((n_batch * n_pos, d_vocab)).expect("a new array");
        self.write_logits(x, 0..d_vocab, rows);
        logits
    }

    /// The logits of a part of the vocabulary.
    ///
    /// # Shapes
    /// - `x`: `[row, d_model]`
    /// - `out`: `[row, part]`
    pub(crate) fn write_logits(&self, x: ArrayView2<'_, f32>, part: Range<usize>, mut out: ArrayViewMut2<'_, f32>) {
        // Most models have no such bias, and of a whole vocabulary even zeros take time to add.
        let b_U = Some(self.b_U.slice(s![part.clone()])).filter(|b_U| b_U.iter().any(|&b| b != 0.0));
        linalg::linear_into(x, self.W_U.slice(s![.., part]), b_U, out.view_mut());
        if let Some(cap) = self.soft_cap.filter(|&cap| cap > 0.0) {
            out.par_mapv_inplace(|logit| cap * (logit / cap).tanh());
        }
    }
}
