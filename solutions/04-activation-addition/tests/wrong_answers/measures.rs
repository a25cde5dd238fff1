//! Wrong measures and random directions.

use hooked_transformer::log_softmax;
use ndarray::{Array1, Array2, Array3, Axis};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use solution_04_activation_addition::{kl_divergence as right_kl, random_direction as right_direction};

/// Log probabilities at the last position, `[batch, d_vocab]`.
fn last(logits: &Array3<f32>) -> Array2<f32> {
    log_softmax(logits.view()).index_axis_move(Axis(1), logits.dim().1 - 1)
}

fn mean_over_rows(of: &Array2<f32>, of_row: impl Fn(&[f32]) -> f32) -> f32 {
    of.rows().into_iter().map(|row| of_row(&row.to_vec())).sum::<f32>() / of.nrows() as f32
}

fn probability(row: &[f32], targets: &[usize]) -> f32 {
    targets.iter().map(|id| row[*id].exp()).sum()
}

pub fn mean_of_logs(logits: &Array3<f32>, targets: &[usize]) -> f32 {
    mean_over_rows(&last(logits), |row| targets.iter().map(|id| row[*id]).sum::<f32>() / targets.len() as f32)
}

pub fn log_of_mean(logits: &Array3<f32>, targets: &[usize]) -> f32 {
    mean_over_rows(&last(logits), |row| probability(row, targets)).ln()
}

pub fn raw_logits(logits: &Array3<f32>, targets: &[usize]) -> f32 {
    let last = logits.index_axis(Axis(1), logits.dim().1 - 1).to_owned();
    mean_over_rows(&last, |row| probability(row, targets).ln())
}

pub fn most_likely(logits: &Array3<f32>, _: &[usize]) -> f32 {
    mean_over_rows(&last(logits), |row| row.iter().copied().fold(f32::MIN, f32::max))
}

pub fn no_log(logits: &Array3<f32>, targets: &[usize]) -> f32 {
    mean_over_rows(&last(logits), |row| probability(row, targets))
}

pub fn other_direction(steered: &Array3<f32>, unsteered: &Array3<f32>) -> f32 {
    right_kl(unsteered, steered)
}

pub fn all_positions(steered: &Array3<f32>, unsteered: &Array3<f32>) -> f32 {
    let [p, q] = [steered, unsteered].map(|logits| log_softmax(logits.view()));
    (p.mapv(f32::exp) * (&p - &q)).sum_axis(Axis(2)).mean().unwrap()
}

pub fn sum_over_rows(steered: &Array3<f32>, unsteered: &Array3<f32>) -> f32 {
    right_kl(steered, unsteered) * steered.dim().0 as f32
}

pub fn norm_one(like: &Array1<f32>, rng: &mut ChaCha8Rng) -> Array1<f32> {
    let direction = right_direction(like, rng);
    &direction / direction.dot(&direction).sqrt()
}

pub fn positive(like: &Array1<f32>, rng: &mut ChaCha8Rng) -> Array1<f32> {
    let direction = like.mapv(|_| rng.random_range(0.0..1.0_f32));
    &direction * (like.dot(like) / direction.dot(&direction)).sqrt()
}

pub fn own_generator(like: &Array1<f32>, _: &mut ChaCha8Rng) -> Array1<f32> {
    right_direction(like, &mut ChaCha8Rng::seed_from_u64(0))
}

/// Leaves the caller's generator as it was, so that the next call draws the same.
pub fn copied_generator(like: &Array1<f32>, rng: &mut ChaCha8Rng) -> Array1<f32> {
    right_direction(like, &mut rng.clone())
}
