//! Positions: which place in the text each token has, and that place's row of `W_pos`.
//!
//! ```text
//! pos_embed[b, p] = W_pos[position of p in row b]
//! ```
//! What becomes of it depends on the model: added to the stream, added to the inputs of queries and keys (shortformer),
//! or not there at all; [rotary](super::rotary) models use the positions themselves.

use ndarray::{Array2, Array3, ArrayView2, Axis};

use super::Act3;

/// The place of a token in its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    /// Counted by the real tokens of its row; at padding, that of the last real token before it, or 0.
    pub index: usize,
    /// False at padding.
    pub real: bool,
}

/// The vectors of positions.
///
/// # Shapes
/// - `positions`: `[batch, pos]`; padding gets zeros
/// - `W_pos`: `[n_ctx, d_model]`
/// - output: `[batch, pos, d_model]`
pub(crate) fn pos_embed(positions: &Array2<Position>, W_pos: ArrayView2<'_, f32>) -> Act3 {
    let (n_batch, n_pos) = positions.dim();
    let mut out = Array3::zeros((n_batch, n_pos, W_pos.ncols()));
    for (at, position) in positions.indexed_iter().filter(|(_, position)| position.real) {
        out.index_axis_mut(Axis(0), at.0).row_mut(at.1).assign(&W_pos.row(position.index));
    }
    out.into_shared()
}

/// The position of each token: counted from `offset` without padding, or by the real tokens of its row so far.
///
/// Source: TransformerLens `utils.get_offset_position_ids`: the running count of real tokens, less one, at least 0.
pub(crate) fn positions(
    (n_batch, n_pos): (usize, usize),
    offset: usize,
    real: Option<ArrayView2<'_, bool>>,
) -> Array2<Position> {
    let Some(real) = real else {
        return Array2::from_shape_fn((n_batch, n_pos), |(_, p)| Position { index: offset + p, real: true });
    };
    let mut out = Array2::from_elem((n_batch, n_pos), Position { index: 0, real: false });
    for (row, mut out) in real.rows().into_iter().zip(out.rows_mut()) {
        let mut count = 0usize;
        for (p, &real) in row.iter().enumerate() {
            count += usize::from(real);
            if p >= offset {
                out[p - offset] = Position { index: count.saturating_sub(1), real };
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::arr2;

    /// In PyTorch: `(mask.cumsum(1) - 1).clamp(min=0)[:, offset:]`.
    #[test]
    fn padding_has_the_position_of_the_token_before_it() {
        let (yes, no) = (true, false);
        let mask = arr2(&[[no, no, yes, yes, yes], [yes, yes, yes, no, no], [yes, no, yes, yes, no]]);
        let indices = |offset: usize| positions((3, 5 - offset), offset, Some(mask.view())).mapv(|at| at.index);
        assert_eq!(indices(0), arr2(&[[0, 0, 0, 1, 2], [0, 1, 2, 2, 2], [0, 0, 1, 2, 2]]));
        assert_eq!(indices(3), arr2(&[[1, 2], [2, 2], [2, 2]]));
        let W_pos = arr2(&[[1.0], [2.0], [4.0], [8.0], [16.0]]);
        let vectors = pos_embed(&positions((3, 5), 0, Some(mask.view())), W_pos.view());
        assert_eq!(vectors.index_axis(Axis(0), 2).column(0).to_vec(), [1.0, 0.0, 2.0, 4.0, 0.0]);
    }
}
