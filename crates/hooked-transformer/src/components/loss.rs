//! How well a model predicts: log probabilities, cross-entropy and accuracy of the next token.
//!
//! The prediction at position `p` is about the token at `p + 1`, so everything per token has one position fewer than
//! the text: row `p` of the logits meets column `p + 1` of the tokens.

use ndarray::{Array2, Array3, ArrayView1, ArrayView2, ArrayView3, Axis};
use rayon::prelude::*;

use super::embed::check_tokens;
use crate::error::{Error, Result};
use crate::numerics::rows::{argmax, exp, maximum, sum};
use crate::numerics::share::rows_per_task;
use crate::numerics::vectorized::vectorized;

/// Natural logarithm of the softmax over the vocabulary.
///
/// # Shapes
/// - `logits`: `[batch, pos, d_vocab]`
/// - output: `[batch, pos, d_vocab]`
pub fn log_softmax(logits: ArrayView3<'_, f32>) -> Array3<f32> {
    let mut out = logits.as_standard_layout().into_owned();
    let d_vocab = logits.dim().2.max(1);
    let values = out.as_slice_mut().expect("a new array is contiguous");
    values.par_chunks_mut(d_vocab).with_min_len(rows_per_task(d_vocab)).for_each(|row| {
        let normalizer = log_sum_exp(row);
        row.iter_mut().for_each(|x| *x -= normalizer);
    });
    out
}

/// `ln Σ e^x` of one row.
fn log_sum_exp(row: &[f32]) -> f32 {
    let mut sum = LogSumExp::default();
    sum.add(row);
    sum.value()
}

/// `ln Σ e^x` of numbers that come a part at a time, shifted by the maximum so far so that nothing overflows. The sum
/// over a vocabulary is kept in double precision.
#[derive(Clone, Copy)]
pub(crate) struct LogSumExp {
    max: f32,
    /// `Σ e^(x - max)`
    total: f64,
}

impl Default for LogSumExp {
    fn default() -> Self {
        Self { max: f32::NEG_INFINITY, total: 0.0 }
    }
}

impl LogSumExp {
    pub(crate) fn add(&mut self, part: &[f32]) {
        add_exponentials(self, part);
    }

    pub(crate) fn value(self) -> f32 {
        self.max + self.total.ln() as f32
    }
}

vectorized! {
    fn add_exponentials(sums: &mut LogSumExp, part: &[f32]) {
        let max = maximum(part).max(sums.max);
        if max == f32::NEG_INFINITY {
            // Nothing so far but -inf, which adds nothing, or NaN, which the maximum passes over.
            sums.total += if part.iter().any(|x| x.is_nan()) { f64::NAN } else { 0.0 };
            return;
        }
        if max > sums.max {
            sums.total *= f64::from(sums.max - max).exp();
            sums.max = max;
        }
        let mut exps = [0.0f32; 1024];
        for chunk in part.chunks(exps.len()) {
            chunk.iter().zip(&mut exps).for_each(|(x, e)| *e = exp(x - max));
            sums.total += f64::from(sum(&exps[..chunk.len()]));
        }
    }
}

/// Log probability that the model gave to each token that came next.
///
/// # Shapes
/// - `logits`: `[batch, pos, d_vocab]`
/// - `tokens`: `[batch, pos]`
/// - output: `[batch, pos - 1]`
///
/// # Errors
/// The shapes do not fit, or a token is outside the vocabulary.
pub fn next_token_log_probs(logits: ArrayView3<'_, f32>, tokens: ArrayView2<'_, usize>) -> Result<Array2<f32>> {
    check(logits.dim(), tokens)?;
    let (n_batch, n_pos, d_vocab) = logits.dim();
    let least = rows_per_task(d_vocab);
    let mut out = Array2::zeros((n_batch, n_pos - 1));
    let rows = logits.outer_iter().zip(tokens.outer_iter()).zip(out.outer_iter_mut());
    for ((logits, tokens), mut out) in rows {
        let next = tokens.iter().skip(1).copied().collect::<Vec<_>>();
        let values: Vec<f32> = next
            .into_par_iter()
            .with_min_len(least)
            .enumerate()
            .map(|(p, token)| log_prob(logits.row(p), token))
            .collect();
        out.assign(&ArrayView1::from(&values));
    }
    Ok(out)
}

/// Log probability of one token under one row of logits.
pub(crate) fn log_prob(logits: ArrayView1<'_, f32>, token: usize) -> f32 {
    let normalizer = match logits.as_slice() {
        Some(row) => log_sum_exp(row),
        None => log_sum_exp(&logits.to_vec()),
    };
    logits[token] - normalizer
}

/// Cross-entropy of each next token: the negative log probabilities.
///
/// # Shapes
/// As [`next_token_log_probs`].
///
/// # Errors
/// As [`next_token_log_probs`].
pub fn loss_per_token(logits: ArrayView3<'_, f32>, tokens: ArrayView2<'_, usize>) -> Result<Array2<f32>> {
    Ok(-next_token_log_probs(logits, tokens)?)
}

/// Mean cross-entropy of the next token, in nats. Source: TransformerLens `utils.lm_cross_entropy_loss`.
///
/// # Shapes
/// As [`next_token_log_probs`].
///
/// # Errors
/// As [`next_token_log_probs`].
pub fn lm_cross_entropy_loss(logits: ArrayView3<'_, f32>, tokens: ArrayView2<'_, usize>) -> Result<f32> {
    mean(loss_per_token(logits, tokens)?.view(), None)
}

/// Whether the prediction of the token after this one counts: both are real.
fn counts(mask: ArrayView2<'_, bool>, (row, pos): (usize, usize)) -> bool {
    mask[[row, pos]] && mask[[row, pos + 1]]
}

/// The mean over the predictions that [count](counts).
///
/// # Shapes
/// - `per_token`: `[batch, pos - 1]`
/// - `mask`: `[batch, pos]`
///
/// # Errors
/// None counts.
pub(crate) fn mean(per_token: ArrayView2<'_, f32>, mask: Option<ArrayView2<'_, bool>>) -> Result<f32> {
    let counted = per_token.indexed_iter().filter(|(at, _)| mask.is_none_or(|mask| counts(mask, *at)));
    let (total, n) = counted.fold((0.0f64, 0usize), |(total, n), (_, &loss)| (total + f64::from(loss), n + 1));
    if n == 0 { Err(nothing_counts()) } else { Ok((total / n as f64) as f32) }
}

/// # Errors
/// The mask leaves no prediction that [counts].
pub(crate) fn check_mask(mask: Option<ArrayView2<'_, bool>>) -> Result<()> {
    let side_by_side = |row: ArrayView1<'_, bool>| row.windows(2).into_iter().any(|pair| pair[0] && pair[1]);
    match mask {
        Some(mask) if !mask.rows().into_iter().any(side_by_side) => Err(nothing_counts()),
        _ => Ok(()),
    }
}

fn nothing_counts() -> Error {
    Error::Argument {
        name: "attention_mask",
        problem: "no two neighboring tokens are real, so there is no prediction to take the loss of".to_string(),
    }
}

/// Sets the loss of predictions that do not [count](counts) to zero.
///
/// # Shapes
/// As [`mean`].
pub(crate) fn clear_padding(per_token: &mut Array2<f32>, mask: ArrayView2<'_, bool>) {
    per_token.indexed_iter_mut().filter(|(at, _)| !counts(mask, *at)).for_each(|(_, loss)| *loss = 0.0);
}

/// Share of the next tokens that the model ranked first. Source: TransformerLens `utils.lm_accuracy`.
///
/// # Shapes
/// - `logits`: `[batch, pos, d_vocab]`
/// - `tokens`: `[batch, pos]`
///
/// # Errors
/// As [`next_token_log_probs`].
pub fn lm_accuracy(logits: ArrayView3<'_, f32>, tokens: ArrayView2<'_, usize>) -> Result<f32> {
    let correct = next_token_correct(logits, tokens)?;
    Ok(correct.iter().filter(|&&c| c).count() as f32 / correct.len() as f32)
}

/// Whether the model ranked each next token first.
///
/// # Shapes
/// - output: `[batch, pos - 1]`
///
/// # Errors
/// As [`next_token_log_probs`]; or a logit is NaN, so that none is the largest.
pub fn next_token_correct(logits: ArrayView3<'_, f32>, tokens: ArrayView2<'_, usize>) -> Result<Array2<bool>> {
    check(logits.dim(), tokens)?;
    let (n_batch, n_pos, _) = logits.dim();
    if let Some(((row, pos, token), _)) = logits.indexed_iter().find(|((_, pos, _), x)| x.is_nan() && pos + 1 < n_pos) {
        return Err(Error::NotANumber { what: format!("the logit of token {token} at batch {row}, pos {pos}") });
    }
    Ok(Array2::from_shape_fn((n_batch, n_pos - 1), |(b, p)| {
        argmax(logits.index_axis(Axis(0), b).row(p)) == tokens[[b, p + 1]]
    }))
}

fn check((n_batch, n_pos, d_vocab): (usize, usize, usize), tokens: ArrayView2<'_, usize>) -> Result<()> {
    if n_batch == 0 || n_pos == 0 {
        return Err(Error::EmptyInput { shape: vec![n_batch, n_pos] });
    }
    if tokens.dim() != (n_batch, n_pos) || n_pos < 2 {
        return Err(Error::Shape {
            what: "tokens for the loss".to_string(),
            expected: format!("[batch={n_batch}, pos={n_pos}] like the logits, with at least two positions"),
            got: tokens.shape().to_vec(),
        });
    }
    check_tokens(tokens, d_vocab)
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_abs_diff_eq;
    use ndarray::{arr2, arr3};

    #[test]
    fn the_loss_is_shifted_by_one_and_known_by_hand() {
        // Position 0 gives the token 1 odds of 3:1 over 0; position 1 is even; position 2 predicts nothing.
        let logits = arr3(&[[[0.0, 3.0f32.ln()], [1.0, 1.0], [9.0, -9.0]]]);
        let tokens = arr2(&[[0, 1, 0]]);
        let losses = loss_per_token(logits.view(), tokens.view()).unwrap();
        assert_eq!(losses.dim(), (1, 2));
        assert_abs_diff_eq!(losses[[0, 0]], (4.0f32 / 3.0).ln(), epsilon = 1e-6);
        assert_abs_diff_eq!(losses[[0, 1]], 2.0f32.ln(), epsilon = 1e-6);
        let mean = lm_cross_entropy_loss(logits.view(), tokens.view()).unwrap();
        assert_abs_diff_eq!(mean, (losses[[0, 0]] + losses[[0, 1]]) / 2.0, epsilon = 1e-6);
    }

    #[test]
    fn a_loss_of_nothing_and_a_rank_of_nan_are_errors() {
        let nothing = Array3::<f32>::zeros((0, 4, 2));
        let no_tokens = Array2::<usize>::zeros((0, 4));
        assert!(matches!(lm_cross_entropy_loss(nothing.view(), no_tokens.view()), Err(Error::EmptyInput { .. })));
        assert!(matches!(lm_accuracy(nothing.view(), no_tokens.view()), Err(Error::EmptyInput { .. })));
        let logits = arr3(&[[[0.0, f32::NAN], [2.0, 1.0]]]);
        let tokens = arr2(&[[0, 1]]);
        assert!(matches!(lm_accuracy(logits.view(), tokens.view()), Err(Error::NotANumber { .. })));
        assert!(lm_cross_entropy_loss(logits.view(), tokens.view()).unwrap().is_nan());
    }

    #[test]
    fn padding_does_not_count() {
        let per_token = arr2(&[[5.0, 7.0, 1.0]]);
        let mask = arr2(&[[false, true, true, true]]);
        assert_eq!(mean(per_token.view(), Some(mask.view())).unwrap(), 4.0);
    }

    #[test]
    fn accuracy_counts_the_next_token() {
        let logits = arr3(&[[[0.0, 1.0], [2.0, 1.0], [0.0, 0.0]]]);
        assert_eq!(lm_accuracy(logits.view(), arr2(&[[0, 1, 1]]).view()).unwrap(), 0.5);
    }

    #[test]
    fn log_softmax_survives_large_logits() {
        let out = log_softmax(arr3(&[[[1000.0, 1000.0, -1000.0]]]).view());
        assert!((out[[0, 0, 0]] + 2.0f32.ln()).abs() <= 1e-4);
        assert!((out[[0, 0, 2]] + 2000.0).abs() <= 1.0);
    }

    #[test]
    fn a_sum_of_exponentials_may_come_in_parts() {
        // ln(1 + 2 + 4 + 8) with the largest in the middle, and far from zero.
        let numbers = [1.0f32, 8.0, 2.0, 4.0].map(|x| x.ln() + 500.0);
        for parts in [vec![&numbers[..]], vec![&numbers[..1], &numbers[1..3], &numbers[3..]]] {
            let mut sum = LogSumExp::default();
            parts.iter().for_each(|part| sum.add(part));
            assert_abs_diff_eq!(sum.value(), 500.0 + 15.0f32.ln(), epsilon = 1e-4);
        }
        // A part that is masked out adds nothing, wherever it comes.
        for parts in [[-f32::INFINITY, 3.0], [3.0, -f32::INFINITY]] {
            let mut sum = LogSumExp::default();
            parts.iter().for_each(|part| sum.add(&[*part, -f32::INFINITY]));
            assert_abs_diff_eq!(sum.value(), 3.0, epsilon = 1e-6);
        }
        for parts in [[f32::NAN, 3.0], [3.0, f32::NAN], [f32::NAN, -f32::INFINITY]] {
            let mut sum = LogSumExp::default();
            parts.iter().for_each(|part| sum.add(&[*part]));
            assert!(sum.value().is_nan(), "{parts:?}");
        }
        let mut poisoned = LogSumExp::default();
        poisoned.add(&[1.0, f32::NAN]);
        poisoned.add(&[2.0]);
        assert!(poisoned.value().is_nan());
    }

    #[test]
    fn a_token_outside_the_vocabulary_is_named() {
        let logits = arr3(&[[[0.0, 1.0], [2.0, 1.0]]]);
        let message = loss_per_token(logits.view(), arr2(&[[0, 2]]).view()).unwrap_err().to_string();
        assert!(message.contains("token id 2 at batch 0, pos 1"), "{message}");
    }
}
