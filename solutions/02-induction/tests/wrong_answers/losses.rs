//! Wrong losses on the two halves.

use hooked_transformer::Tokens;
use ndarray::{Array2, Array3, ArrayView2, Axis, s};
use solution_02_induction::repeated_loss_by_half as right;

/// Log probabilities, `[batch, pos, d_vocab]`, where `axis` sums to one.
fn log_softmax(logits: &Array3<f32>, axis: Axis) -> Array3<f32> {
    let largest = logits.map_axis(axis, |line| line.fold(f32::MIN, |a, b| a.max(*b))).insert_axis(axis);
    let shifted = logits - &largest;
    let total = shifted.map(|x| x.exp()).sum_axis(axis).mapv(f32::ln).insert_axis(axis);
    shifted - &total
}

/// What `values[batch, pos, d_vocab]` holds for each token: `[batch, pos]`.
fn pick(values: &Array3<f32>, from: usize, tokens: ArrayView2<usize>) -> Array2<f32> {
    Array2::from_shape_fn(tokens.dim(), |(row, pos)| values[[row, pos + from, tokens[[row, pos]]]])
}

/// Log probabilities of the next token, `[batch, pos - 1]`.
fn next_token(values: &Array3<f32>, tokens: &Tokens) -> Array2<f32> {
    pick(values, 0, tokens.slice(s![.., 1..]))
}

fn mean_of_halves(values: &Array2<f32>, cut: usize) -> (f32, f32) {
    let (first, second) = values.view().split_at(Axis(1), cut);
    (-first.mean().unwrap_or(0.0), -second.mean().unwrap_or(0.0))
}

fn seq_len(tokens: &Tokens) -> usize {
    (tokens.ncols() - 1) / 2
}

pub fn not_shifted(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    let values = pick(&log_softmax(logits, Axis(2)), 0, tokens.slice(s![.., ..-1]));
    mean_of_halves(&values, seq_len(tokens))
}

pub fn shifted_back(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    let values = pick(&log_softmax(logits, Axis(2)), 1, tokens.slice(s![.., ..-1]));
    mean_of_halves(&values, seq_len(tokens))
}

pub fn log_prob(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    let (first, second) = right(logits, tokens);
    (-first, -second)
}

pub fn raw_logits(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    mean_of_halves(&next_token(logits, tokens), seq_len(tokens))
}

pub fn softmax_over_positions(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    mean_of_halves(&next_token(&log_softmax(logits, Axis(1)), tokens), seq_len(tokens))
}

pub fn swapped(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    let (first, second) = right(logits, tokens);
    (second, first)
}

pub fn cut_late(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    mean_of_halves(&next_token(&log_softmax(logits, Axis(2)), tokens), seq_len(tokens) + 1)
}

pub fn sum(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    let (first, second) = right(logits, tokens);
    let count = (tokens.nrows() * seq_len(tokens)) as f32;
    (first * count, second * count)
}

pub fn first_row(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    right(&logits.slice(s![..1, .., ..]).to_owned(), &tokens.slice(s![..1, ..]).to_owned())
}

pub fn overflow(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    let total = logits.map(|x| x.exp()).sum_axis(Axis(2)).insert_axis(Axis(2));
    let log_probs = (logits.map(|x| x.exp()) / &total).mapv(f32::ln);
    mean_of_halves(&next_token(&log_probs, tokens), seq_len(tokens))
}
