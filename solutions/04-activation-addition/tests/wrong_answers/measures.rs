//! Wrong measures and random directions.

use hooked_transformer::log_softmax;
use ndarray::{Array1, Array2, Array3, ArrayView1, Axis, s};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use solution_04_activation_addition::{
    kl_divergence as right_kl, random_direction as right_direction, target_log_prob as right_targets,
};

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

/// Log probabilities at some position counted from the end, `[batch, d_vocab]`.
fn from_the_end(logits: &Array3<f32>, back: usize) -> Array2<f32> {
    log_softmax(logits.view()).index_axis_move(Axis(1), logits.dim().1 - 1 - back)
}

pub fn sum_of_logs(logits: &Array3<f32>, targets: &[usize]) -> f32 {
    mean_over_rows(&last(logits), |row| targets.iter().map(|id| row[*id]).sum())
}

pub fn mean_of_probabilities(logits: &Array3<f32>, targets: &[usize]) -> f32 {
    right_targets(logits, targets) - (targets.len() as f32).ln()
}

pub fn first_position(logits: &Array3<f32>, targets: &[usize]) -> f32 {
    mean_over_rows(&from_the_end(logits, logits.dim().1 - 1), |row| probability(row, targets).ln())
}

pub fn last_but_one(logits: &Array3<f32>, targets: &[usize]) -> f32 {
    mean_over_rows(&from_the_end(logits, 1), |row| probability(row, targets).ln())
}

pub fn every_position(logits: &Array3<f32>, targets: &[usize]) -> f32 {
    let n_pos = logits.dim().1;
    let at = |back: usize| mean_over_rows(&from_the_end(logits, back), |row| probability(row, targets).ln());
    (0..n_pos).map(at).sum::<f32>() / n_pos as f32
}

pub fn targets_of_first_row(logits: &Array3<f32>, targets: &[usize]) -> f32 {
    right_targets(&first_row(logits), targets)
}

pub fn targets_summed(logits: &Array3<f32>, targets: &[usize]) -> f32 {
    right_targets(logits, targets) * logits.dim().0 as f32
}

pub fn targets_in_bits(logits: &Array3<f32>, targets: &[usize]) -> f32 {
    right_targets(logits, targets) / std::f32::consts::LN_2
}

pub fn targets_in_tens(logits: &Array3<f32>, targets: &[usize]) -> f32 {
    right_targets(logits, targets) / std::f32::consts::LN_10
}

pub fn exponentials(logits: &Array3<f32>, targets: &[usize]) -> f32 {
    let last = logits.index_axis(Axis(1), logits.dim().1 - 1).mapv(f32::exp);
    let of_row = |row: &[f32]| targets.iter().map(|id| row[*id]).sum::<f32>() / row.iter().sum::<f32>();
    mean_over_rows(&last, |row| of_row(row).ln())
}

pub fn targets_as_loss(logits: &Array3<f32>, targets: &[usize]) -> f32 {
    -right_targets(logits, targets)
}

pub fn first_target(logits: &Array3<f32>, targets: &[usize]) -> f32 {
    right_targets(logits, &targets[..1])
}

fn first_row(logits: &Array3<f32>) -> Array3<f32> {
    logits.slice(s![..1, .., ..]).to_owned()
}

/// A sum over the vocabulary of a function of both log probabilities, the mean over rows.
fn divergence(steered: &Array3<f32>, unsteered: &Array3<f32>, term: impl Fn(f32, f32) -> f32) -> f32 {
    let (p, q) = (last(steered), last(unsteered));
    p.iter().zip(&q).map(|(p, q)| term(*p, *q)).sum::<f32>() / p.nrows() as f32
}

pub fn mean_over_vocabulary(steered: &Array3<f32>, unsteered: &Array3<f32>) -> f32 {
    right_kl(steered, unsteered) / steered.dim().2 as f32
}

pub fn sum_over_positions(steered: &Array3<f32>, unsteered: &Array3<f32>) -> f32 {
    all_positions(steered, unsteered) * steered.dim().1 as f32
}

pub fn logits_in_the_difference(steered: &Array3<f32>, unsteered: &Array3<f32>) -> f32 {
    let weights = last(steered).mapv(f32::exp);
    let at_last = |logits: &Array3<f32>| logits.index_axis(Axis(1), logits.dim().1 - 1).to_owned();
    (weights * (at_last(steered) - at_last(unsteered))).sum() / steered.dim().0 as f32
}

pub fn both_directions(steered: &Array3<f32>, unsteered: &Array3<f32>) -> f32 {
    (right_kl(steered, unsteered) + right_kl(unsteered, steered)) / 2.0
}

pub fn to_the_mean(steered: &Array3<f32>, unsteered: &Array3<f32>) -> f32 {
    divergence(steered, unsteered, |p, q| {
        let mean = ((p.exp() + q.exp()) / 2.0).ln();
        let term = |x: f32| if x.exp() > 0.0 { x.exp() * (x - mean) } else { 0.0 };
        (term(p) + term(q)) / 2.0
    })
}

pub fn magnitudes(steered: &Array3<f32>, unsteered: &Array3<f32>) -> f32 {
    divergence(steered, unsteered, |p, q| p.exp() * (p - q).abs())
}

pub fn kl_in_bits(steered: &Array3<f32>, unsteered: &Array3<f32>) -> f32 {
    right_kl(steered, unsteered) / std::f32::consts::LN_2
}

pub fn kl_in_tens(steered: &Array3<f32>, unsteered: &Array3<f32>) -> f32 {
    right_kl(steered, unsteered) / std::f32::consts::LN_10
}

pub fn cross_entropy(steered: &Array3<f32>, unsteered: &Array3<f32>) -> f32 {
    divergence(steered, unsteered, |p, q| -p.exp() * q)
}

pub fn kl_of_first_row(steered: &Array3<f32>, unsteered: &Array3<f32>) -> f32 {
    right_kl(&first_row(steered), &first_row(unsteered))
}

pub fn unsteered_weights(steered: &Array3<f32>, unsteered: &Array3<f32>) -> f32 {
    divergence(steered, unsteered, |p, q| q.exp() * (p - q))
}

pub fn kl_at_first_position(steered: &Array3<f32>, unsteered: &Array3<f32>) -> f32 {
    let [p, q] = [steered, unsteered].map(|logits| logits.slice(s![.., ..1, ..]).to_owned());
    right_kl(&p, &q)
}

pub fn kl_turned(steered: &Array3<f32>, unsteered: &Array3<f32>) -> f32 {
    -right_kl(steered, unsteered)
}

fn evenly(n: usize, rng: &mut ChaCha8Rng) -> Array1<f32> {
    (0..n).map(|_| rng.random_range(-1.0..1.0_f32)).collect()
}

/// A drawn vector times the quotient of a measure of length.
fn scaled(like: &Array1<f32>, drawn: Array1<f32>, length: impl Fn(&Array1<f32>) -> f32) -> Array1<f32> {
    let scale = length(like) / length(&drawn);
    drawn * scale
}

fn norm(vector: &Array1<f32>) -> f32 {
    vector.dot(vector).sqrt()
}

pub fn sum_of_magnitudes(like: &Array1<f32>, rng: &mut ChaCha8Rng) -> Array1<f32> {
    scaled(like, evenly(like.len(), rng), |vector| vector.mapv(f32::abs).sum())
}

pub fn largest_entry(like: &Array1<f32>, rng: &mut ChaCha8Rng) -> Array1<f32> {
    scaled(like, evenly(like.len(), rng), |vector| vector.iter().fold(0.0, |most, x| most.max(x.abs())))
}

pub fn as_drawn(like: &Array1<f32>, rng: &mut ChaCha8Rng) -> Array1<f32> {
    evenly(like.len(), rng)
}

pub fn no_root(like: &Array1<f32>, rng: &mut ChaCha8Rng) -> Array1<f32> {
    scaled(like, evenly(like.len(), rng), |vector| vector.dot(vector))
}

pub fn shuffled(like: &Array1<f32>, rng: &mut ChaCha8Rng) -> Array1<f32> {
    let mut entries = like.clone();
    for i in (1..entries.len()).rev() {
        entries.swap(i, rng.random_range(0..=i));
    }
    entries
}

pub fn other_signs(like: &Array1<f32>, rng: &mut ChaCha8Rng) -> Array1<f32> {
    like.mapv(|x| if rng.random_range(0..2) == 0 { x } else { -x })
}

pub fn noisy(like: &Array1<f32>, rng: &mut ChaCha8Rng) -> Array1<f32> {
    scaled(like, like + &(0.1 * evenly(like.len(), rng)), norm)
}

pub fn one_entry(like: &Array1<f32>, rng: &mut ChaCha8Rng) -> Array1<f32> {
    let mut direction = Array1::zeros(like.len());
    direction[rng.random_range(0..like.len())] = if rng.random_range(0..2) == 0 { norm(like) } else { -norm(like) };
    direction
}

pub fn first_half(like: &Array1<f32>, rng: &mut ChaCha8Rng) -> Array1<f32> {
    let mut direction = evenly(like.len(), rng);
    direction.slice_mut(s![like.len() / 2..]).fill(0.0);
    scaled(like, direction, norm)
}

pub fn lopsided(like: &Array1<f32>, rng: &mut ChaCha8Rng) -> Array1<f32> {
    scaled(like, evenly(like.len(), rng) + 0.25, norm)
}

pub fn growing(like: &Array1<f32>, rng: &mut ChaCha8Rng) -> Array1<f32> {
    let weights: Array1<f32> = (1..=like.len()).map(|i| i as f32).collect();
    scaled(like, evenly(like.len(), rng) * weights, norm)
}

pub fn in_pairs(like: &Array1<f32>, rng: &mut ChaCha8Rng) -> Array1<f32> {
    let mut direction = evenly(like.len(), rng);
    for i in (1..like.len()).step_by(2) {
        direction[i] = -direction[i - 1];
    }
    scaled(like, direction, norm)
}

pub fn largest_of_all(logits: &Array3<f32>, targets: &[usize]) -> f32 {
    let largest = logits.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
    let exp = logits.slice(s![.., -1, ..]).mapv(|x| (x - largest).exp());
    let of_row = |row: ArrayView1<f32>| (targets.iter().map(|id| row[*id]).sum::<f32>() / row.sum()).ln();
    exp.outer_iter().map(of_row).sum::<f32>() / exp.nrows() as f32
}

pub fn odds(logits: &Array3<f32>, targets: &[usize]) -> f32 {
    mean_over_rows(&last(logits), |row| {
        let p = probability(row, targets);
        (p / (1.0 - p)).ln()
    })
}

pub fn both_added(steered: &Array3<f32>, unsteered: &Array3<f32>) -> f32 {
    right_kl(steered, unsteered) + right_kl(unsteered, steered)
}

/// The mean over rows of the sum of what `of` makes of ln p and ln q.
fn summed(steered: &Array3<f32>, unsteered: &Array3<f32>, of: fn(f32, f32) -> f32) -> f32 {
    let (p, q) = (last(steered), last(unsteered));
    p.iter().zip(&q).map(|(p, q)| of(*p, *q)).sum::<f32>() / p.nrows() as f32
}

pub fn absolute_differences(steered: &Array3<f32>, unsteered: &Array3<f32>) -> f32 {
    summed(steered, unsteered, |p, q| (p.exp() - q.exp()).abs())
}

pub fn squared_differences(steered: &Array3<f32>, unsteered: &Array3<f32>) -> f32 {
    summed(steered, unsteered, |p, q| p.exp() * (p - q).powi(2))
}

pub fn entropies(steered: &Array3<f32>, unsteered: &Array3<f32>) -> f32 {
    summed(steered, unsteered, |p, q| p.exp() * p - q.exp() * q)
}
