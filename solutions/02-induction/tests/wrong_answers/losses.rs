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

/// The mean losses by another route: `of_mean(mean of `of_each(loss)`)` over the halves of the loss per token.
fn means(
    logits: &Array3<f32>,
    tokens: &Tokens,
    of_each: impl Fn(f32) -> f32,
    of_mean: impl Fn(f32) -> f32,
) -> (f32, f32) {
    let losses = next_token(&log_softmax(logits, Axis(2)), tokens).mapv(|log_prob| of_each(-log_prob));
    let (first, second) = losses.view().split_at(Axis(1), seq_len(tokens));
    (of_mean(first.mean().unwrap_or(0.0)), of_mean(second.mean().unwrap_or(0.0)))
}

pub fn bits(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    means(logits, tokens, |loss| -(-loss).exp().log2(), |mean| mean)
}

pub fn decimal(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    means(logits, tokens, |loss| -(-loss).exp().log10(), |mean| mean)
}

pub fn probabilities(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    means(logits, tokens, |loss| (-loss).exp(), |mean| mean)
}

pub fn minus_probabilities(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    means(logits, tokens, |loss| (-loss).exp(), |mean| -mean)
}

pub fn one_minus_probabilities(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    means(logits, tokens, |loss| (-loss).exp(), |mean| 1.0 - mean)
}

pub fn log_of_mean(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    means(logits, tokens, |loss| (-loss).exp(), |mean| -mean.ln())
}

pub fn cut_early(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    mean_of_halves(&next_token(&log_softmax(logits, Axis(2)), tokens), seq_len(tokens) - 1)
}

pub fn first_left_out(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    let values = next_token(&log_softmax(logits, Axis(2)), tokens);
    mean_of_halves(&values.slice(s![.., 1..]).to_owned(), seq_len(tokens) - 1)
}

pub fn last_left_out(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    let values = next_token(&log_softmax(logits, Axis(2)), tokens);
    mean_of_halves(&values.slice(s![.., ..-1]).to_owned(), seq_len(tokens))
}

pub fn perplexities(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    means(logits, tokens, |loss| loss, f32::exp)
}

pub fn batch_not_divided(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    means(logits, tokens, |loss| loss, |mean| mean * tokens.nrows() as f32)
}

pub fn by_positions(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    let seq_len = seq_len(tokens) as f32;
    means(logits, tokens, |loss| loss, |mean| mean * seq_len / (seq_len + 1.0))
}

pub fn first_of_everything(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    let (first, second) = right(logits, tokens);
    (f32::midpoint(first, second), second)
}

pub fn rows_halved(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    let losses = -next_token(&log_softmax(logits, Axis(2)), tokens);
    let (first, second) = losses.view().split_at(Axis(0), tokens.nrows() / 2);
    (first.mean().unwrap_or(0.0), second.mean().unwrap_or(0.0))
}

/// Without subtracting, and never a ratio of two infinities.
pub fn overflow_of_the_sum(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    let total = logits.map(|x| x.exp()).sum_axis(Axis(2)).mapv(f32::ln).insert_axis(Axis(2));
    mean_of_halves(&next_token(&(logits - &total), tokens), seq_len(tokens))
}

/// The logits without the sign that makes them a loss.
pub fn plain_logits(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    let (first, second) = raw_logits(logits, tokens);
    (-first, -second)
}

pub fn summed_without_sign(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    let (first, second) = sum(logits, tokens);
    (-first, -second)
}

pub fn last_row(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    right(&logits.slice(s![-1.., .., ..]).to_owned(), &tokens.slice(s![-1.., ..]).to_owned())
}

pub fn median(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    let losses = -next_token(&log_softmax(logits, Axis(2)), tokens);
    let (first, second) = losses.view().split_at(Axis(1), seq_len(tokens));
    let middle = |half: ArrayView2<f32>| {
        let mut losses: Vec<f32> = half.iter().copied().collect();
        losses.sort_by(f32::total_cmp);
        losses[losses.len() / 2]
    };
    (middle(first), middle(second))
}

pub fn largest_of_all(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    let largest = logits.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
    let exp = logits.mapv(|x| (x - largest).exp());
    let mut halves = [0.0; 2];
    let seq_len = tokens.ncols() / 2;
    for ((item, pos), next) in tokens.slice(s![.., 1..]).indexed_iter() {
        halves[pos / seq_len] -= (exp[[item, pos, *next]] / exp.slice(s![item, pos, ..]).sum()).ln();
    }
    let count = (tokens.nrows() * seq_len) as f32;
    (halves[0] / count, halves[1] / count)
}
