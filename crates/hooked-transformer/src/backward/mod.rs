//! The backward pass: from a scalar of the logits to its gradients by activations and weights, one file for each part of
//! the forward pass, from the bottom of the page to the top.
//!
//! 1. **unembed** — the scalar's derivative by the logits, times `W_Uᵀ`.
//! 2. **final norm**.
//! 3. for each block, the last one first: **mlp**, **norm**, **attention**, **norm**. A gradient goes down the residual
//!    stream unchanged, and each part that read the stream adds to it.
//! 4. **positions**, **embed** — each token's gradient is added to its row of `W_E`.
//!
//! Every derivative is written by hand, equation first; `d_x` stands for the gradient of the scalar by `x`. Hook points
//! are those of the forward pass. Nothing is propagated below the lowest gradient that was asked for.

mod activation;
mod attend;
mod attention;
mod block;
mod edits;
mod embed;
mod gradients;
mod mlp;
mod normalization;
mod pass;
mod record;
mod scalar;
mod spare;
mod unembed;
mod wanted;

use std::ops::Range;

use ndarray::{Array2, ArrayView2};

use crate::architecture::weights::Weights;
use crate::components::Act3;
use crate::components::block::Block;
use crate::components::embed::Embedding;
use crate::components::normalization::Norm;
use crate::components::unembed::Unembedding;
use crate::error::Result;
use crate::hooks::{Pass, Tape};
use crate::numerics::{linalg, memory};

pub use edits::Edits;
pub use gradients::Gradients;
pub(crate) use record::tape;
pub(crate) use scalar::{Input, Resolved};
pub use scalar::{Scalar, TokenPerRow};
pub(crate) use spare::{Returning, Spare};
pub(crate) use wanted::{Wanted, select_weights};

/// A forward pass that has been recorded.
pub(crate) struct Recorded<'a> {
    pub embedding: Embedding<'a>,
    /// What was embedded; `None` if the run began with a residual stream.
    pub tokens: Option<Array2<usize>>,
    /// The blocks that ran.
    pub layers: Range<usize>,
    /// False at padding.
    pub real: Option<ArrayView2<'a, bool>>,
    /// The positions' vectors, for a shortformer model.
    pub shortformer_pos: Option<&'a Act3>,
    /// After the final norm: `[batch, pos, d_model]`.
    pub x: Act3,
}

/// What is asked of a backward pass.
pub(crate) struct Request<'p, 'a> {
    /// Backward hooks, and where the gradients of activations go.
    pub at_points: Pass<'p, 'a>,
    pub wanted: Wanted,
    pub tape: Tape,
    /// What the caller said about edits.
    pub edits: Option<Edits>,
    /// Memory for the gradients of weights.
    pub spare: &'p Spare,
}

impl Recorded<'_> {
    /// Goes back through the model; returns the scalar and the gradients of the weights.
    ///
    /// # Errors
    /// The scalar is not a number; a forward hook edited something, and the request does not say what that means.
    pub(crate) fn backward(mut self, request: Request<'_, '_>, scalar: &Resolved<'_>) -> Result<(f32, Weights)> {
        let Request { at_points, wanted, tape, edits, spare } = request;
        let edits = edits::check(edits, at_points.points, &tape, wanted.floor)?;
        let (cfg, weights) = (self.embedding.cfg, self.embedding.weights);
        let unembedding = Unembedding::new(cfg, weights);
        let weights = match self.layers == (0..cfg.n_layers) {
            true => spare.weights(cfg, &wanted, scalar.needs_whole_rows()),
            false => spare::zeros(cfg, &wanted), // those of the layers that did not run stay zero
        };
        let tied = cfg.tie_word_embeddings;
        let mut pass = pass::BackwardPass { at_points, tape, wanted, edits, weights, tied };
        let (value, d_x) = unembed::backward(&mut pass, &unembedding, &self.x, scalar)?;
        memory::used(std::mem::take(&mut self.x));
        if let Some(d_x) = d_x {
            self.below_unembedding(&mut pass, d_x);
        }
        Ok((value, pass.weights))
    }

    fn below_unembedding(self, pass: &mut pass::BackwardPass<'_, '_>, d_x: Act3) {
        let (cfg, weights) = (self.embedding.cfg, self.embedding.weights);
        let mut d = match Norm::before_unembedding(cfg, weights) {
            Some(norm) => match norm.backward(pass, None, d_x) {
                Some(d) => d,
                None => return,
            },
            None => d_x,
        };
        let mut d_pos = None;
        for layer in self.layers.rev() {
            let block = Block::new((cfg, weights), layer, self.embedding.positions, self.real, self.shortformer_pos);
            match block.backward(pass, d, &mut d_pos) {
                Some(below) => d = below,
                None => return,
            }
        }
        if let Some(tokens) = &self.tokens {
            self.embedding.backward(pass, tokens, d, d_pos.map(|d_pos| d_pos.into_shared()));
        }
    }
}

/// `[batch * pos, d]`
fn rows(x: &Act3) -> ArrayView2<'_, f32> {
    let (n_batch, n_pos, d) = x.dim();
    x.view().into_shape_with_order((n_batch * n_pos, d)).expect("activations are contiguous")
}

/// `d Wᵀ`: the gradient before a matrix.
///
/// # Shapes
/// - `d`: `[batch, pos, d_out]`
/// - `W`: `[d_in, d_out]`
/// - output: `[batch, pos, d_in]`
fn times_transposed(d: &Act3, W: ArrayView2<'_, f32>) -> Act3 {
    let (n_batch, n_pos, _) = d.dim();
    let mut out = memory::array((n_batch * n_pos, W.nrows()));
    linalg::matmul_into(rows(d), W.t(), out.view_mut());
    out.into_shape_with_order((n_batch, n_pos, W.nrows())).expect("same size").into_shared()
}
