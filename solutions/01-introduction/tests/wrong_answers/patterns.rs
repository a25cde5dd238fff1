//! Wrong attention patterns, and wrong ways to check one.

use hooked_transformer::ActivationCache;
use ndarray::{Array4, ArrayViewMut1, Axis, Ix4, s};
use solution_01_introduction::pattern_from_q_and_k as right;

type Array = Array4<f32>;

/// Scores `[batch, head, query_pos, key_pos]`, divided by `scale`.
fn scores(q: &Array, k: &Array, scale: f32) -> Array {
    let (batch, n_pos, n_heads, _) = q.dim();
    Array::from_shape_fn((batch, n_heads, n_pos, n_pos), |(b, h, query, key)| {
        q.slice(s![b, query, h, ..]).dot(&k.slice(s![b, key, h, ..])) / scale
    })
}

fn root_of_d_head(q: &Array) -> f32 {
    (q.dim().3 as f32).sqrt()
}

/// `value` wherever `hidden(query, key)`.
fn masked(mut scores: Array, value: f32, hidden: impl Fn(usize, usize) -> bool) -> Array {
    scores.indexed_iter_mut().filter(|((_, _, query, key), _)| hidden(*query, *key)).for_each(|(_, x)| *x = value);
    scores
}

fn causal(scores: Array) -> Array {
    masked(scores, f32::NEG_INFINITY, |query, key| key > query)
}

fn share_out(mut line: ArrayViewMut1<f32>) {
    let largest = line.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
    line.mapv_inplace(|x| (x - largest).exp());
    let total = line.sum();
    line.mapv_inplace(|x| x / total);
}

fn softmax(mut scores: Array, axis: usize) -> Array {
    scores.lanes_mut(Axis(axis)).into_iter().for_each(share_out);
    scores
}

pub fn not_scaled(q: &Array, k: &Array) -> Array {
    softmax(causal(scores(q, k, 1.0)), 3)
}

pub fn by_d_head(q: &Array, k: &Array) -> Array {
    softmax(causal(scores(q, k, q.dim().3 as f32)), 3)
}

pub fn by_d_model(q: &Array, k: &Array) -> Array {
    let (_, _, n_heads, d_head) = q.dim();
    softmax(causal(scores(q, k, ((n_heads * d_head) as f32).sqrt())), 3)
}

pub fn no_mask(q: &Array, k: &Array) -> Array {
    softmax(scores(q, k, root_of_d_head(q)), 3)
}

pub fn masked_late(q: &Array, k: &Array) -> Array {
    masked(no_mask(q, k), 0.0, |query, key| key > query)
}

pub fn itself_hidden(q: &Array, k: &Array) -> Array {
    softmax(masked(scores(q, k, root_of_d_head(q)), f32::NEG_INFINITY, |query, key| key >= query), 3)
}

pub fn past_hidden(q: &Array, k: &Array) -> Array {
    softmax(masked(scores(q, k, root_of_d_head(q)), f32::NEG_INFINITY, |query, key| key < query), 3)
}

pub fn zero_mask(q: &Array, k: &Array) -> Array {
    softmax(masked(scores(q, k, root_of_d_head(q)), 0.0, |query, key| key > query), 3)
}

pub fn over_queries(q: &Array, k: &Array) -> Array {
    softmax(causal(scores(q, k, root_of_d_head(q))), 2)
}

pub fn swapped(q: &Array, k: &Array) -> Array {
    right(k, q)
}

pub fn heads_mixed_up(q: &Array, k: &Array) -> Array {
    let (batch, n_pos, n_heads, d_head) = q.dim();
    // The same numbers in the same order, read as [batch, head, pos, d_head].
    let read = |x: &Array| {
        let x = x.to_shape((batch, n_heads, n_pos, d_head)).expect("as many numbers").to_owned();
        x.permuted_axes([0, 2, 1, 3])
    };
    right(&read(q), &read(k))
}

pub fn one_item(q: &Array, k: &Array) -> Array {
    let pattern = right(q, k);
    let first = pattern.slice(s![..1, .., .., ..]);
    first.broadcast(pattern.dim()).expect("one item for all").to_owned()
}

pub fn other_axes(q: &Array, k: &Array) -> Array {
    right(q, k).permuted_axes([0, 2, 1, 3])
}

pub fn overflow(q: &Array, k: &Array) -> Array {
    let weights = causal(scores(q, k, root_of_d_head(q))).mapv(f32::exp);
    let totals = weights.sum_axis(Axis(3)).insert_axis(Axis(3));
    weights / &totals
}

/// What is in the cache, less what it should be.
fn difference(cache: &ActivationCache, layer: usize) -> Array {
    let view = |site: &str| cache.view::<Ix4>((site, layer)).to_owned();
    view("pattern") - right(&view("q"), &view("k"))
}

fn largest<'a>(values: impl IntoIterator<Item = &'a f32>) -> f32 {
    values.into_iter().fold(0.0, |largest, x| largest.max(x.abs()))
}

pub fn mean(cache: &ActivationCache, layer: usize) -> f32 {
    difference(cache, layer).mapv(f32::abs).mean().unwrap_or(0.0)
}

pub fn signed(cache: &ActivationCache, layer: usize) -> f32 {
    difference(cache, layer).fold(0.0, |largest: f32, x| largest.max(*x))
}

pub fn layer_0(cache: &ActivationCache, _: usize) -> f32 {
    largest(&difference(cache, 0))
}

pub fn first_item(cache: &ActivationCache, layer: usize) -> f32 {
    largest(difference(cache, layer).index_axis(Axis(0), 0))
}

pub fn with_itself(cache: &ActivationCache, layer: usize) -> f32 {
    let cached = cache.view::<Ix4>(("pattern", layer));
    largest(&(&cached - &cache.view::<Ix4>(("pattern", layer))))
}

pub fn mask_of_ten(q: &Array, k: &Array) -> Array {
    softmax(masked(scores(q, k, root_of_d_head(q)), -10.0, |query, key| key > query), 3)
}

pub fn mask_of_one(q: &Array, k: &Array) -> Array {
    softmax(masked(scores(q, k, root_of_d_head(q)), -1.0, |query, key| key > query), 3)
}

pub fn mask_of_a_hundred(q: &Array, k: &Array) -> Array {
    softmax(masked(scores(q, k, root_of_d_head(q)), -100.0, |query, key| key > query), 3)
}

pub fn ten_subtracted(q: &Array, k: &Array) -> Array {
    let mut scores = scores(q, k, root_of_d_head(q));
    scores.indexed_iter_mut().filter(|((_, _, query, key), _)| key > query).for_each(|(_, x)| *x -= 10.0);
    softmax(scores, 3)
}

pub fn times_root(q: &Array, k: &Array) -> Array {
    softmax(causal(scores(q, k, 1.0 / root_of_d_head(q))), 3)
}

pub fn by_root_of_heads(q: &Array, k: &Array) -> Array {
    softmax(causal(scores(q, k, (q.dim().2 as f32).sqrt())), 3)
}

pub fn by_positions(q: &Array, k: &Array) -> Array {
    softmax(causal(scores(q, k, (q.dim().1 as f32).sqrt())), 3)
}

/// Only the keys that a query sees are worked on; the others stay at zero.
pub fn overflow_of_visible(q: &Array, k: &Array) -> Array {
    masked(overflow(q, k), 0.0, |query, key| key > query)
}

pub fn one_largest_for_visible(q: &Array, k: &Array) -> Array {
    masked(one_largest(q, k), 0.0, |query, key| key > query)
}

pub fn one_largest(q: &Array, k: &Array) -> Array {
    let mut scores = causal(scores(q, k, root_of_d_head(q)));
    for mut matrix in scores.outer_iter_mut() {
        for mut matrix in matrix.outer_iter_mut() {
            let largest = matrix.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
            matrix.mapv_inplace(|x| (x - largest).exp());
        }
    }
    let totals = scores.sum_axis(Axis(3)).insert_axis(Axis(3));
    scores / &totals
}

pub fn one_largest_of_all(q: &Array, k: &Array) -> Array {
    let scores = causal(scores(q, k, root_of_d_head(q)));
    let largest = scores.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
    let weights = scores.mapv(|x| (x - largest).exp());
    let totals = weights.sum_axis(Axis(3)).insert_axis(Axis(3));
    weights / &totals
}

pub fn keys_before_queries(q: &Array, k: &Array) -> Array {
    right(q, k).permuted_axes([0, 1, 3, 2])
}

pub fn scaled_late(q: &Array, k: &Array) -> Array {
    not_scaled(q, k) / root_of_d_head(q)
}

pub fn one_head(q: &Array, k: &Array) -> Array {
    let pattern = right(q, k);
    let first = pattern.slice(s![.., ..1, .., ..]);
    first.broadcast(pattern.dim()).expect("one head for all").to_owned()
}

pub fn sum(cache: &ActivationCache, layer: usize) -> f32 {
    difference(cache, layer).mapv(f32::abs).sum()
}

pub fn signed_from_below(cache: &ActivationCache, layer: usize) -> f32 {
    (-difference(cache, layer)).fold(f32::MIN, |largest: f32, x| largest.max(*x))
}

pub fn signed_from_zero(cache: &ActivationCache, layer: usize) -> f32 {
    (-difference(cache, layer)).fold(0.0, |largest: f32, x| largest.max(*x))
}

pub fn squared(cache: &ActivationCache, layer: usize) -> f32 {
    largest(&difference(cache, layer).mapv(|x| x * x))
}

pub fn root_of_mean_square(cache: &ActivationCache, layer: usize) -> f32 {
    difference(cache, layer).mapv(|x| x * x).mean().unwrap_or(0.0).sqrt()
}

pub fn lower_half(cache: &ActivationCache, layer: usize) -> f32 {
    let difference = difference(cache, layer);
    largest(difference.indexed_iter().filter(|((_, _, query, key), _)| key <= query).map(|(_, x)| x))
}

pub fn next_visible(q: &Array, k: &Array) -> Array {
    softmax(masked(scores(q, k, root_of_d_head(q)), f32::NEG_INFINITY, |query, key| key > query + 1), 3)
}

pub fn one_softmax(q: &Array, k: &Array) -> Array {
    let mut weights = causal(scores(q, k, root_of_d_head(q)));
    for mut item in weights.outer_iter_mut() {
        for mut matrix in item.outer_iter_mut() {
            let largest = matrix.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
            matrix.mapv_inplace(|x| (x - largest).exp());
            let total = matrix.sum();
            matrix.mapv_inplace(|x| x / total);
        }
    }
    weights
}

pub fn smallest(cache: &ActivationCache, layer: usize) -> f32 {
    difference(cache, layer).fold(f32::INFINITY, |smallest, x| smallest.min(x.abs()))
}

pub fn first_head(cache: &ActivationCache, layer: usize) -> f32 {
    largest(difference(cache, layer).index_axis(Axis(1), 0))
}
