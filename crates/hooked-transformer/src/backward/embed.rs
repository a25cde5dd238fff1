//! Backward through the embedding.
//!
//! ```text
//! d_W_E[t] = Σ d_embed[b, p] where tokens[b, p] = t        d_W_pos[i] = Σ d_pos_embed[b, p] where p is position i of row b
//! ```

use ndarray::{Array2, ArrayViewMut1, Axis};

use super::pass::BackwardPass;
use crate::architecture::config::PositionalEmbeddingType;
use crate::components::Act3;
use crate::components::embed::Embedding;
use crate::hooks::Site;
use crate::numerics::memory;

impl Embedding<'_> {
    /// From the gradient by the stream that the first block reads to those of the embeddings.
    ///
    /// # Shapes
    /// - `tokens`: `[batch, pos]`
    /// - `d_stream`: `[batch, pos, d_model]`
    /// - `d_shortformer_pos`: the same, for a model whose positions are not in the stream
    pub(super) fn backward(
        &self,
        pass: &mut BackwardPass<'_, '_>,
        tokens: &Array2<usize>,
        d_stream: Act3,
        d_shortformer_pos: Option<Act3>,
    ) {
        let d_pos = match self.cfg.positional_embedding_type {
            PositionalEmbeddingType::Standard => Some(d_stream.clone()),
            PositionalEmbeddingType::Shortformer => d_shortformer_pos,
            PositionalEmbeddingType::Rotary | PositionalEmbeddingType::Alibi => None,
        };
        if let Some(d_pos) = d_pos {
            let d_pos = pass.point(Site::PosEmbed, None, d_pos);
            let wanted = pass.wants_weight(None, "pos_embed.W_pos");
            if let Some(d_W_pos) = pass.weights.W_pos.as_mut().filter(|_| wanted) {
                for (at, position) in self.positions.indexed_iter().filter(|(_, position)| position.real) {
                    add_vector(d_W_pos.row_mut(position.index), &d_pos, at);
                }
            }
        }
        if !pass.reaches(Site::Embed, None) {
            return;
        }
        let mut d = pass.point(Site::Embed, None, d_stream);
        if let Some(norm) = self.norm_of_tokens() {
            match norm.backward(pass, None, d) {
                Some(before) => d = before,
                None => return,
            }
        }
        if pass.wants_weight(None, "embed.W_E") {
            for (at, &token) in tokens.indexed_iter() {
                add_vector(pass.weights.W_E.row_mut(token), &d, at);
            }
        }
        memory::used(d);
    }
}

/// Adds the vector of one position.
fn add_vector(mut row: ArrayViewMut1<'_, f32>, d: &Act3, (batch, pos): (usize, usize)) {
    row += &d.index_axis(Axis(0), batch).row(pos);
}
