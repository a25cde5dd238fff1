//! Embedding: a token's row of `W_E`, and what the first block reads.
//!
//! ```text
//! embed[b, p] = W_E[tokens[b, p]]        resid_pre of block 0 = embed + pos_embed, where positions are in the stream
//! ```

use ndarray::{Array2, ArrayView2, Axis};

use super::normalization::Norm;
use super::positions::Position;
use super::{Act3, positions};
use crate::architecture::config::{HookedTransformerConfig, NormalizationType, PositionalEmbeddingType};
use crate::architecture::weights::Weights;
use crate::error::{Error, Result};
use crate::hooks::{Pass, Site};
use crate::numerics::memory;

/// What the embedding needs apart from the tokens.
pub(crate) struct Embedding<'a> {
    pub cfg: &'a HookedTransformerConfig,
    pub weights: &'a Weights,
    /// Of each token.
    pub positions: &'a Array2<Position>,
}

/// What the blocks read.
pub(crate) struct Embedded {
    /// The residual stream, `[batch, pos, d_model]`.
    pub stream: Act3,
    /// The positions' vectors, for a shortformer model, which adds them in every block.
    pub shortformer_pos: Option<Act3>,
}

impl Embedding<'_> {
    /// # Shapes
    /// - `tokens`: `[batch, pos]`, all below `d_vocab`
    ///
    /// # Errors
    /// A hook wrote what is not a token.
    pub(crate) fn forward(&self, pass: &mut Pass<'_, '_>, mut tokens: Array2<usize>) -> Result<Embedded> {
        if pass.watches(Site::Tokens, None) {
            let values = pass.point(Site::Tokens, None, tokens.mapv(|id| id as f32).into_shared());
            tokens = ids(values.view())?;
            check_tokens(tokens.view(), self.cfg.d_vocab)?;
        }
        let embed = self.norm(pass, embed(tokens.view(), self.weights.W_E.view()));
        let embed = pass.point(Site::Embed, None, embed);
        let pos = self.pos_embed().map(|pos| pass.point(Site::PosEmbed, None, pos));
        Ok(match pos {
            Some(pos) if self.is_shortformer() => Embedded { stream: embed, shortformer_pos: Some(pos) },
            Some(pos) => Embedded { stream: embed + &pos, shortformer_pos: None },
            None => Embedded { stream: embed, shortformer_pos: None },
        })
    }

    /// For a stream that comes from elsewhere, and holds its embeddings already.
    pub(crate) fn around(&self, stream: Act3) -> Embedded {
        Embedded { stream, shortformer_pos: self.is_shortformer().then(|| self.pos_embed()).flatten() }
    }

    fn is_shortformer(&self) -> bool {
        self.cfg.positional_embedding_type == PositionalEmbeddingType::Shortformer
    }

    fn pos_embed(&self) -> Option<Act3> {
        self.weights.W_pos.as_ref().map(|W_pos| positions::pos_embed(self.positions, W_pos.view()))
    }

    fn norm(&self, pass: &mut Pass<'_, '_>, embed: Act3) -> Act3 {
        match self.norm_of_tokens() {
            Some(norm) => norm.forward(pass, None, &embed),
            None => embed,
        }
    }

    /// The norm of the token embeddings, for a model that has one.
    pub(crate) fn norm_of_tokens(&self) -> Option<Norm<'_>> {
        let (w, b) = self.weights.ln_embed.layer(0);
        let sites = [Site::EmbedLnScale, Site::EmbedLnNormalized];
        self.cfg.post_embedding_ln.then_some(Norm { kind: NormalizationType::LN, eps: self.cfg.eps, w, b, sites })
    }
}

/// # Shapes
/// - `tokens`: `[batch, pos]`, all below `d_vocab`
/// - `W_E`: `[d_vocab, d_model]`
/// - output: `[batch, pos, d_model]`
fn embed(tokens: ArrayView2<'_, usize>, W_E: ArrayView2<'_, f32>) -> Act3 {
    let (n_batch, n_pos) = tokens.dim();
    let mut out = memory::array((n_batch, n_pos, W_E.ncols()));
    for (at, &token) in tokens.indexed_iter() {
        out.index_axis_mut(Axis(0), at.0).row_mut(at.1).assign(&W_E.row(token));
    }
    out.into_shared()
}

/// Token ids that passed a hook as floating-point numbers.
///
/// # Errors
/// One of them is not an id.
fn ids(values: ArrayView2<'_, f32>) -> Result<Array2<usize>> {
    let is_id = |value: f32| value >= 0.0 && value.fract() == 0.0 && value.is_finite();
    match values.indexed_iter().find(|(_, value)| !is_id(**value)) {
        Some(((row, pos), value)) => Err(Error::Argument {
            name: "hook_tokens",
            problem: format!(
                "a hook wrote {value} at batch {row}, pos {pos}; expected a token id, 0 or a positive integer"
            ),
        }),
        None => Ok(values.mapv(|value| value as usize)),
    }
}

/// # Errors
/// A token is outside the vocabulary.
pub(crate) fn check_tokens(tokens: ArrayView2<'_, usize>, d_vocab: usize) -> Result<()> {
    match tokens.indexed_iter().find(|(_, id)| **id >= d_vocab) {
        Some((at, &id)) => Err(Error::TokenOutOfRange { id, d_vocab, at }),
        None => Ok(()),
    }
}
