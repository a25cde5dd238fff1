//! Positions: which place in the text each token has, and that place's row of `W_pos`.
//!
//! ```text
//! pos_embed[b, p] = W_pos[position of p in row b]
//! ```
//! What becomes of it depends on the model: added to the stream, added to the inputs of queries and keys (shortformer),
//! or not there at all; [rotary](super::rotary) models use the positions themselves.

use ndarray::{Array2, Array3, ArrayView2, Axis};

use super::Act3;

/// The vectors of positions.
///
/// # Shapes
/// - `positions`: `[batch, pos]`; `None` at padding, which gets zeros
/// - `W_pos`: `[n_ctx, d_model]`
/// - output: `[batch, pos, d_model]`
pub(crate) fn pos_embed(positions: &Array2<Option<usize>>, W_pos: ArrayView2<'_, f32>) -> Act3 {
    let (n_batch, n_pos) = positions.dim();
    let mut out = Array3::zeros((n_batch, n_pos, W_pos.ncols()));
    for (at, position) in positions.indexed_iter() {
        if let Some(position) = position {
            out.index_axis_mut(Axis(0), at.0).row_mut(at.1).assign(&W_pos.row(*position));
        }
    }
    out.into_shared()
}

/// The position of each token: counted from `offset` without padding, or by the real tokens of its row so far.
///
/// Source: TransformerLens `utils.get_offset_position_ids`, whose padded positions are clipped to 0; here they are
/// `None`, since their embedding is zeroed anyway.
pub(crate) fn positions(
    (n_batch, n_pos): (usize, usize),
    offset: usize,
    real: Option<ArrayView2<'_, bool>>,
) -> Array2<Option<usize>> {
    let Some(real) = real else {
        return Array2::from_shape_fn((n_batch, n_pos), |(_, p)| Some(offset + p));
    };
    let mut out = Array2::from_elem((n_batch, n_pos), None);
    for (row, mut out) in real.rows().into_iter().zip(out.rows_mut()) {
        let mut count = 0;
        for (p, &real) in row.iter().enumerate() {
            if real {
                if p >= offset {
                    out[p - offset] = Some(count);
                }
                count += 1;
            }
        }
    }
    out
}
