//! The right answer with one thing changed in one function, as examples of general mistakes. What detectors return is
//! explained by their check itself.

use grading::ex02::Submission;
use grading::proof::{Variation, median};
use hooked_transformer::{Tokens, argmax};
use ndarray::{Array2, Array3, ArrayView1, ArrayView2, s};

use super::RIGHT;

fn log_probs(logits: ArrayView1<f32>) -> ndarray::Array1<f32> {
    let most = logits.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
    let total = logits.mapv(|x| (x - most).exp()).sum().ln() + most;
    logits.mapv(|x| x - total)
}

/// A number for each prediction, from its log probabilities and the right token.
fn each(logits: &Array3<f32>, tokens: &Tokens, of: impl Fn(ArrayView1<f32>, usize) -> f32) -> Array2<f32> {
    Array2::from_shape_fn((tokens.nrows(), tokens.ncols() - 1), |(row, pos)| {
        of(log_probs(logits.slice(s![row, pos, ..])).view(), tokens[[row, pos + 1]])
    })
}

fn losses(logits: &Array3<f32>, tokens: &Tokens) -> Array2<f32> {
    each(logits, tokens, |log_probs, next| -log_probs[next])
}

/// Something of each half.
fn halves(values: Array2<f32>, of: impl Fn(ArrayView2<f32>) -> f32) -> (f32, f32) {
    let half = values.ncols() / 2;
    (of(values.slice(s![.., ..half])), of(values.slice(s![.., half..])))
}

fn mean(values: ArrayView2<f32>) -> f32 {
    values.mean().unwrap_or(0.0)
}

fn largest(values: ArrayView2<f32>) -> f32 {
    values.fold(f32::NEG_INFINITY, |a, b| a.max(*b))
}

pub const VARIATIONS: &[Variation<Submission>] = grading::variations! {
    RIGHT;
    "E00-53" repeated_loss_by_half "the largest loss of each copy is taken" = |l, t| halves(losses(l, t), largest);
    "E00-53" repeated_loss_by_half "the smallest loss of each copy is taken" =
        |l, t| halves(losses(l, t), |x| -largest((-&x).view()));
    "E00-53" repeated_loss_by_half "the median of each copy is taken" =
        |l, t| halves(losses(l, t), |losses| median(losses.iter().copied()));
    "E00-53" repeated_loss_by_half "the losses are added up for each row, and averaged over the batch" =
        |l, t| halves(losses(l, t), |x| x.sum() / x.nrows() as f32);
    "E00-53" repeated_loss_by_half "the squares are averaged" =
        |l, t| halves(losses(l, t), |x| mean((&x * &x).view()));
    "E00-52" repeated_loss_by_half "even and odd positions stand for the copies" = |l, t| {
        let x = losses(l, t);
        (mean(x.slice(s![.., ..;2])), mean(x.slice(s![.., 1..;2])))
    };
    "E00-52" repeated_loss_by_half "only the last prediction of each copy counts" =
        |l, t| halves(losses(l, t), |x| mean(x.slice(s![.., -1..])));
    "E00-52" repeated_loss_by_half "only the first prediction of each copy counts" =
        |l, t| halves(losses(l, t), |x| mean(x.slice(s![.., ..1])));
    "E00-52" repeated_loss_by_half "both numbers are the mean of all" = |l, t| {
        let x = losses(l, t);
        (mean(x.view()), mean(x.view()))
    };
    "E00-58" repeated_loss_by_half "the share of wrong guesses is returned" =
        |l, t| halves(each(l, t, |p, next| f32::from(u8::from(argmax(p) != next))), mean);
    "E00-58" repeated_loss_by_half "the loss of the best guess is averaged" =
        |l, t| halves(each(l, t, |p, _| -p[argmax(p)]), mean);
    "E00-58" repeated_loss_by_half "the entropy of the predictions is averaged" =
        |l, t| halves(each(l, t, |p, _| -p.mapv(|p| p.exp() * p).sum()), mean);
    "E00-58" repeated_loss_by_half "the second number is what the second copy saves" = |l, t| {
        let (a, b) = halves(losses(l, t), mean);
        (a, a - b)
    };
    "E00-57" repeated_loss_by_half "the logits are halved first" = |l, t| halves(losses(&(l * 0.5), t), mean);
    "E00-52" repeated_loss_by_half "the first prediction of the second copy is left out" = |l, t| {
        let losses = losses(l, t);
        let n = losses.ncols() / 2;
        (mean(losses.slice(s![.., ..n])), mean(losses.slice(s![.., n + 1..])))
    };
    "E00-52" repeated_loss_by_half "the last prediction of each copy is left out" = |l, t| {
        let losses = losses(l, t);
        let n = losses.ncols() / 2;
        (mean(losses.slice(s![.., ..n - 1])), mean(losses.slice(s![.., n..2 * n - 1])))
    };
};
