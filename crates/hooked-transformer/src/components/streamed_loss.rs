//! The loss without the logits: a part of the vocabulary at a time, for all positions, in memory that stays in the cache.
//!
//! A loss needs two things of a row of logits: that of the token which came next, and the logarithm of the sum of all
//! exponentials, which can be summed part by part. So the logits of a thousand tokens, 200 MB for a vocabulary like
//! GPT-2's, are never written to memory, and the unembedding matrix is read once.

use ndarray::{Array1, Array2, ArrayView2, ArrayView3, ArrayViewMut2, Axis, s};
use rayon::prelude::*;

use crate::components::loss::LogSumExp;
use crate::components::unembed::Unembedding;
use crate::numerics::memory;

/// Logits in memory at a time: 8 MB.
const LOGITS_AT_A_TIME: usize = 1 << 21;

/// A part of the vocabulary has at least so many tokens; of long texts, fewer rows are worked on at a time instead.
const LEAST_PART: usize = 512;

/// Cross-entropy of each next token.
///
/// # Shapes
/// - `resid`: `[batch, pos, d_model]`, after the final norm
/// - `tokens`: `[batch, pos]`, at least two positions, all in the vocabulary
/// - output: `[batch, pos - 1]`
pub(crate) fn loss_per_token(
    resid: ArrayView3<'_, f32>,
    unembedding: &Unembedding<'_>,
    tokens: ArrayView2<'_, usize>,
) -> Array2<f32> {
    let (n_batch, n_pos, d_model) = resid.dim();
    let resid = resid.into_shape_with_order((n_batch * n_pos, d_model)).expect("activations are contiguous");
    // The last position of each text has no next token; its row is computed and left out, so that all rows lie in a line.
    let mut next = Array2::zeros((n_batch, n_pos));
    next.slice_mut(s![.., ..n_pos - 1]).assign(&tokens.slice(s![.., 1..]));
    let next: Array1<usize> = next.into_iter().collect();
    let most_rows = LOGITS_AT_A_TIME / LEAST_PART;
    let losses = resid.axis_chunks_iter(Axis(0), most_rows).zip(next.axis_chunks_iter(Axis(0), most_rows));
    let losses: Vec<f32> = losses
        .flat_map(|(rows, next)| {
            let mut parts: Vec<Row> = next.iter().map(|&token| Row::expecting(token)).collect();
            stream(rows, unembedding, &mut parts);
            parts.into_iter().map(Row::loss)
        })
        .collect();
    let losses = Array2::from_shape_vec((n_batch, n_pos), losses).expect("a loss for each row");
    losses.slice_move(s![.., ..n_pos - 1])
}

/// What is known of a position's logits so far.
struct Row {
    next: usize,
    logit_of_next: f32,
    normalizer: LogSumExp,
}

impl Row {
    fn expecting(next: usize) -> Self {
        Self { next, logit_of_next: f32::NAN, normalizer: LogSumExp::default() }
    }

    fn add(&mut self, first_token: usize, logits: &[f32]) {
        self.normalizer.add(logits);
        if let Some(&logit) = self.next.checked_sub(first_token).and_then(|at| logits.get(at)) {
            self.logit_of_next = logit;
        }
    }

    fn loss(self) -> f32 {
        self.normalizer.value() - self.logit_of_next
    }
}

/// Goes through the vocabulary and tells each row its logits.
fn stream(resid: ArrayView2<'_, f32>, unembedding: &Unembedding<'_>, rows: &mut [Row]) {
    let d_vocab = unembedding.W_U.ncols();
    // Parts of equal size, whole vectors long.
    let count = (rows.len() * d_vocab).div_ceil(LOGITS_AT_A_TIME).max(1);
    let size = d_vocab.div_ceil(count).next_multiple_of(64);
    let mut room = memory::array(rows.len() * size.min(d_vocab));
    let values = room.as_slice_mut().expect("a new array");
    for first in (0..d_vocab).step_by(size) {
        let part = first..(first + size).min(d_vocab);
        let values = &mut values[..rows.len() * part.len()];
        let logits = ArrayViewMut2::from_shape((rows.len(), part.len()), values).expect("as long as it is said to be");
        unembedding.write_logits(resid, part.clone(), logits);
        let logits = values.par_chunks(part.len());
        rows.par_iter_mut().zip(logits).with_min_len(8).for_each(|(row, logits)| row.add(first, logits));
    }
    memory::used(room.into_shared());
}
