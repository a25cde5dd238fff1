//! What is differentiated: one number computed from the logits.

use std::sync::Arc;

use ndarray::{Array2, Array3, ArrayView2, ArrayView3, ArrayViewMut2, Axis};
use rayon::prelude::*;

use crate::cache::PosSlice;
use crate::components::loss::LogSumExp;
use crate::error::{Error, Result};
use crate::numerics::rows::exp;
use crate::numerics::share::rows_per_task;

/// A function of the logits, and its derivative by them.
type OfLogits<'a> = Arc<dyn Fn(&ArrayView3<'_, f32>) -> (f32, Array3<f32>) + Send + Sync + 'a>;

/// One number that a run computes from its logits, to be differentiated by [`Run::backward`](crate::Run::backward).
///
/// ```
/// # use hooked_transformer::{HookedTransformer, HookedTransformerConfig};
/// use hooked_transformer::Scalar;
/// # let model = HookedTransformer::from_config(HookedTransformerConfig::new(2, 8, 4, 16, 50))?;
/// let tokens = ndarray::array![[0, 3, 7, 3]];
/// // How much more likely is token 5 than token 9 after the last token?
/// let grads = model.run(&tokens).backward(Scalar::logit_diff(-1, 5, 9)).grads()?;
/// assert_eq!(grads[("resid_pre", 1)].shape(), [1, 4, 8]);
/// # Ok::<(), hooked_transformer::Error>(())
/// ```
#[derive(Clone)]
pub struct Scalar<'a>(Kind<'a>);

#[derive(Clone)]
enum Kind<'a> {
    Loss(Option<PosSlice>),
    /// By prediction: whether it counts.
    LossWhere(Arc<Array2<bool>>),
    /// Coefficients and tokens: each token for all rows, or one for each row.
    Logits(isize, Vec<(f32, Vec<usize>)>),
    Function(Option<PosSlice>, OfLogits<'a>),
}

/// One token for all rows of a batch, or one for each row.
pub struct TokenPerRow(Vec<usize>);

impl From<usize> for TokenPerRow {
    fn from(token: usize) -> Self {
        TokenPerRow(vec![token])
    }
}

impl From<Vec<usize>> for TokenPerRow {
    fn from(tokens: Vec<usize>) -> Self {
        TokenPerRow(tokens)
    }
}

impl From<&[usize]> for TokenPerRow {
    fn from(tokens: &[usize]) -> Self {
        TokenPerRow(tokens.to_vec())
    }
}

impl<const N: usize> From<[usize; N]> for TokenPerRow {
    fn from(tokens: [usize; N]) -> Self {
        TokenPerRow(tokens.to_vec())
    }
}

impl<'a> Scalar<'a> {
    /// The mean loss of the next token; padding does not count. As [`Run::loss`](crate::Run::loss).
    pub fn loss() -> Self {
        Scalar(Kind::Loss(None))
    }

    /// The mean loss of the predictions made *at* these positions: position `p` predicts the token at `p + 1`.
    pub fn loss_at(positions: impl Into<PosSlice>) -> Self {
        Scalar(Kind::Loss(Some(positions.into())))
    }

    /// The mean loss of the predictions that count: `counts[[row, p]]` is about the one made at position `p`, of the token
    /// at `p + 1`. For training on text in which some tokens cannot be predicted, such as the first copy of a repeated
    /// random segment; the logits of what does not count are not computed.
    ///
    /// # Shapes
    /// - `counts`: `[batch, pos - 1]`
    pub fn loss_where(counts: Array2<bool>) -> Self {
        Scalar(Kind::LossWhere(Arc::new(counts)))
    }

    /// The logit of a token at a position (negative positions count from the end), averaged over the batch. The token is
    /// the same for all rows, or one is given for each.
    pub fn logit(pos: isize, token: impl Into<TokenPerRow>) -> Self {
        Scalar(Kind::Logits(pos, vec![(1.0, token.into().0)]))
    }

    /// The logit of one token less that of another, at a position, averaged over the batch.
    pub fn logit_diff(pos: isize, right: impl Into<TokenPerRow>, wrong: impl Into<TokenPerRow>) -> Self {
        Scalar(Kind::Logits(pos, vec![(1.0, right.into().0), (-1.0, wrong.into().0)]))
    }

    /// Any function of the logits `[batch, pos, d_vocab]`, which returns its value and its derivative by each logit.
    pub fn of_logits(f: impl Fn(&ArrayView3<'_, f32>) -> (f32, Array3<f32>) + Send + Sync + 'a) -> Self {
        Scalar(Kind::Function(None, Arc::new(f)))
    }

    /// A function of the logits of some positions, `[batch, chosen pos, d_vocab]`: no others are computed.
    pub fn at(
        positions: impl Into<PosSlice>,
        f: impl Fn(&ArrayView3<'_, f32>) -> (f32, Array3<f32>) + Send + Sync + 'a,
    ) -> Self {
        Scalar(Kind::Function(Some(positions.into()), Arc::new(f)))
    }

    /// # Errors
    /// The scalar does not exist for this input: a position outside, padding, no next token, a token outside the
    /// vocabulary.
    pub(crate) fn resolve(&self, of: &Input<'_>) -> Result<Resolved<'a>> {
        match &self.0 {
            Kind::Loss(positions) => resolve_loss(positions.as_ref(), None, of),
            Kind::LossWhere(counts) => resolve_loss(None, Some(counts), of),
            Kind::Logits(pos, terms) => resolve_logits(*pos, terms, of),
            Kind::Function(positions, f) => {
                let n_pos = of.shape.1;
                let chosen = positions.as_ref().map_or(Ok((0..n_pos).collect()), |slice| indices(slice, n_pos))?;
                let rows = (0..of.shape.0).flat_map(|b| chosen.iter().map(move |p| b * n_pos + p)).collect();
                let shape = (of.shape.0, chosen.len(), of.d_vocab);
                Ok(Resolved { rows, of_rows: OfRows::Function(Arc::clone(f), shape) })
            }
        }
    }
}

/// What a scalar needs to know of a run.
pub(crate) struct Input<'p> {
    /// Batch and positions.
    pub shape: (usize, usize),
    pub tokens: Option<ArrayView2<'p, usize>>,
    /// False at padding.
    pub mask: Option<ArrayView2<'p, bool>>,
    pub d_vocab: usize,
}

/// A scalar of one input: the rows of `[batch * pos]` whose logits it needs, and what it does with them.
pub(crate) struct Resolved<'a> {
    pub rows: Vec<usize>,
    pub of_rows: OfRows<'a>,
}

pub(crate) enum OfRows<'a> {
    /// The mean loss: the next token of each row.
    Loss(Vec<usize>),
    /// A weighted sum of logits: token and weight, for each row.
    Logits(Vec<Vec<(usize, f32)>>),
    Function(OfLogits<'a>, (usize, usize, usize)),
}

fn resolve_loss<'a>(
    positions: Option<&PosSlice>,
    counts: Option<&Array2<bool>>,
    of: &Input<'_>,
) -> Result<Resolved<'a>> {
    let (n_batch, n_pos) = of.shape;
    let tokens = of.tokens.ok_or_else(|| Error::Argument {
        name: "tokens",
        problem: format!(
            "a loss is about tokens, but the run started from a residual stream of {:?}; give them with `tokens`",
            of.shape
        ),
    })?;
    if n_pos < 2 {
        return Err(Error::Shape {
            what: "tokens for the loss".to_string(),
            expected: "at least two positions: the last one has no next token".to_string(),
            got: vec![n_batch, n_pos],
        });
    }
    let chosen = positions.map_or(Ok((0..n_pos - 1).collect()), |slice| indices(slice, n_pos))?;
    if chosen.contains(&(n_pos - 1)) {
        return Err(Error::Argument {
            name: "positions",
            problem: format!(
                "position {} is the last, so that no token comes next; expected positions from 0 to {}",
                n_pos - 1,
                n_pos - 2
            ),
        });
    }
    if let Some(counts) = counts
        && counts.dim() != (n_batch, n_pos - 1)
    {
        return Err(Error::Shape {
            what: "what counts in the loss".to_string(),
            expected: format!("[batch, pos - 1] = {:?}: one entry per prediction", [n_batch, n_pos - 1]),
            got: counts.shape().to_vec(),
        });
    }
    let all_left_out = counts.is_some_and(|counts| !counts.iter().any(|&counts| counts));
    let is_real = |b: usize, p: usize| of.mask.is_none_or(|mask| mask[[b, p]] && mask[[b, p + 1]]);
    let counts = |b: usize, p: usize| is_real(b, p) && counts.is_none_or(|counts| counts[[b, p]]);
    let (mut rows, mut next) = (Vec::new(), Vec::new());
    for (b, p) in (0..n_batch).flat_map(|b| chosen.iter().map(move |&p| (b, p))).filter(|&(b, p)| counts(b, p)) {
        rows.push(b * n_pos + p);
        next.push(checked(tokens[[b, p + 1]], (b, p + 1), of.d_vocab)?);
    }
    if rows.is_empty() {
        let (name, problem) = match all_left_out {
            true => ("counts", "no prediction counts, so there is no loss"),
            false => ("positions", "padding leaves no two real tokens side by side there, so there is no loss"),
        };
        return Err(Error::Argument { name, problem: problem.to_string() });
    }
    Ok(Resolved { rows, of_rows: OfRows::Loss(next) })
}

fn resolve_logits<'a>(pos: isize, terms: &[(f32, Vec<usize>)], of: &Input<'_>) -> Result<Resolved<'a>> {
    let (n_batch, n_pos) = of.shape;
    let at = if pos < 0 { pos + n_pos as isize } else { pos };
    let at = usize::try_from(at).ok().filter(|&at| at < n_pos).ok_or_else(|| Error::Argument {
        name: "pos",
        problem: format!("expected a position from -{n_pos} to {}, got {pos}", n_pos - 1),
    })?;
    if let Some(mask) = of.mask
        && let Some(row) = mask.column(at).iter().position(|real| !real)
    {
        let problem = format!("position {pos} of row {row} is padding, so its logits mean nothing");
        return Err(Error::Argument { name: "pos", problem });
    }
    let mut of_rows = vec![Vec::new(); n_batch];
    for (weight, tokens) in terms {
        if tokens.len() != 1 && tokens.len() != n_batch {
            return Err(Error::Shape {
                what: "the tokens of a logit".to_string(),
                expected: format!("one token, or one for each of the {n_batch} rows"),
                got: vec![tokens.len()],
            });
        }
        for (row, of_row) in of_rows.iter_mut().enumerate() {
            let token = tokens[row % tokens.len()];
            of_row.push((checked(token, (row, at), of.d_vocab)?, weight / n_batch as f32));
        }
    }
    Ok(Resolved { rows: (0..n_batch).map(|b| b * n_pos + at).collect(), of_rows: OfRows::Logits(of_rows) })
}

fn checked(id: usize, at: (usize, usize), d_vocab: usize) -> Result<usize> {
    if id < d_vocab { Ok(id) } else { Err(Error::TokenOutOfRange { id, d_vocab, at }) }
}

/// The positions of a slice, at least one.
fn indices(slice: &PosSlice, n_pos: usize) -> Result<Vec<usize>> {
    let chosen = slice.indices("positions", n_pos)?;
    if chosen.is_empty() {
        let problem = format!("no such position among the {n_pos} of the input");
        return Err(Error::Argument { name: "positions", problem });
    }
    Ok(chosen)
}

impl Resolved<'_> {
    /// How many rows go through the unembedding together.
    pub(super) fn rows_together(&self) -> usize {
        /// Logits of a vocabulary like GPT-2's in 50 MB.
        const ROWS: usize = 256;
        match self.of_rows {
            OfRows::Function(..) => self.rows.len(),
            OfRows::Loss(_) | OfRows::Logits(_) => ROWS,
        }
    }

    /// Whether the gradient by `W_U` is a sum over rows of logits as a whole, not over a few single logits.
    pub(super) fn needs_whole_rows(&self) -> bool {
        !matches!(self.of_rows, OfRows::Logits(_))
    }

    /// Turns rows of logits into the derivative by them, in place; returns what these rows contribute to the scalar.
    ///
    /// # Shapes
    /// - `logits`: `[row, d_vocab]`, of the rows from `first` on
    ///
    /// # Errors
    /// A function's derivative has another shape than the logits.
    pub(super) fn differentiate(&self, first: usize, mut logits: ArrayViewMut2<'_, f32>) -> Result<f64> {
        match &self.of_rows {
            OfRows::Loss(next) => {
                let weight = 1.0 / self.rows.len() as f32;
                let least = rows_per_task(logits.ncols());
                let rows = logits.axis_iter_mut(Axis(0)).into_par_iter().zip(&next[first..]).with_min_len(least);
                let losses = rows.map(|(mut row, &next)| {
                    let row = row.as_slice_mut().expect("a row of logits is contiguous");
                    f64::from(cross_entropy(row, next, weight))
                });
                // Summed in order, so that the result does not depend on the threads.
                let losses: Vec<f64> = losses.collect();
                Ok(losses.iter().sum::<f64>() / self.rows.len() as f64)
            }
            OfRows::Logits(_) => unreachable!("single logits are differentiated without their rows"),
            OfRows::Function(f, shape) => {
                let (value, derivative) = {
                    let view = logits.view().into_shape_with_order(*shape).expect("all rows of the positions");
                    f(&view)
                };
                if derivative.dim() != *shape {
                    return Err(Error::Shape {
                        what: "the derivative of the scalar".to_string(),
                        expected: format!("that of the logits, {:?}", [shape.0, shape.1, shape.2]),
                        got: derivative.shape().to_vec(),
                    });
                }
                logits.iter_mut().zip(&derivative).for_each(|(out, d)| *out = *d);
                Ok(f64::from(value))
            }
        }
    }
}

/// The cross-entropy of a token; the logits become its derivative times `weight`: the probabilities, less one at `next`.
fn cross_entropy(row: &mut [f32], next: usize, weight: f32) -> f32 {
    let mut normalizer = LogSumExp::default();
    normalizer.add(row);
    let normalizer = normalizer.value();
    let loss = normalizer - row[next];
    probabilities(row, normalizer, weight);
    row[next] -= weight;
    loss
}

crate::numerics::vectorized::vectorized! {
    fn probabilities(row: &mut [f32], normalizer: f32, weight: f32) {
        row.iter_mut().for_each(|x| *x = weight * exp(*x - normalizer));
    }
}
