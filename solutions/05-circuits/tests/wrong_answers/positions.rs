//! Wrong patterns of positions, and wrong lines of a pattern.

use hooked_transformer::HookedTransformer;
use ndarray::{Array1, Array2, ArrayView2, Axis, s};

/// Scores of positions alone, scaled, without a mask.
fn scores(model: &HookedTransformer, layer: usize, head: usize, n_pos: usize) -> Array2<f32> {
    let positions = model.W_pos().expect("the model has positions").slice_move(s![..n_pos, ..]);
    let queries = positions.dot(&model.W_Q().slice(s![layer, head, .., ..]));
    let keys = positions.dot(&model.W_K().slice(s![layer, head, .., ..]));
    queries.dot(&keys.t()) / (model.cfg().d_head as f32).sqrt()
}

fn softmax(mut scores: Array2<f32>, axis: Axis) -> Array2<f32> {
    for mut lane in scores.lanes_mut(axis) {
        let largest = lane.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
        lane.mapv_inplace(|score| (score - largest).exp());
        lane /= lane.sum();
    }
    scores
}

/// Sets the scores of keys after the query.
fn hidden(mut scores: Array2<f32>, value: f32) -> Array2<f32> {
    for ((query, key), score) in scores.indexed_iter_mut() {
        if key > query {
            *score = value;
        }
    }
    scores
}

pub fn not_scaled(model: &HookedTransformer, layer: usize, head: usize, n_pos: usize) -> Array2<f32> {
    let scores = scores(model, layer, head, n_pos) * (model.cfg().d_head as f32).sqrt();
    softmax(hidden(scores, f32::NEG_INFINITY), Axis(1))
}

pub fn not_masked(model: &HookedTransformer, layer: usize, head: usize, n_pos: usize) -> Array2<f32> {
    softmax(scores(model, layer, head, n_pos), Axis(1))
}

pub fn masked_with_zero(model: &HookedTransformer, layer: usize, head: usize, n_pos: usize) -> Array2<f32> {
    softmax(hidden(scores(model, layer, head, n_pos), 0.0), Axis(1))
}

pub fn over_queries(model: &HookedTransformer, layer: usize, head: usize, n_pos: usize) -> Array2<f32> {
    softmax(hidden(scores(model, layer, head, n_pos), f32::NEG_INFINITY), Axis(0))
}

pub fn exchanged(model: &HookedTransformer, layer: usize, head: usize, n_pos: usize) -> Array2<f32> {
    softmax(hidden(scores(model, layer, head, n_pos).reversed_axes(), f32::NEG_INFINITY), Axis(1))
}

pub fn without_the_current(model: &HookedTransformer, layer: usize, head: usize, n_pos: usize) -> Array2<f32> {
    let mut scores = hidden(scores(model, layer, head, n_pos), f32::NEG_INFINITY);
    scores.slice_mut(s![1.., ..]).diag_mut();
    for pos in 1..n_pos {
        scores[[pos, pos]] = f32::NEG_INFINITY;
    }
    softmax(scores, Axis(1))
}

pub fn above(pattern: ArrayView2<f32>, n_distances: usize) -> Array1<f32> {
    Array1::from_shape_fn(n_distances, |d| pattern.slice(s![.., d..]).diag().mean().expect("there are cells"))
}

pub fn by_all_positions(pattern: ArrayView2<f32>, n_distances: usize) -> Array1<f32> {
    Array1::from_shape_fn(n_distances, |d| pattern.slice(s![d.., ..]).diag().sum() / pattern.nrows() as f32)
}

pub fn columns(pattern: ArrayView2<f32>, n_distances: usize) -> Array1<f32> {
    Array1::from_shape_fn(n_distances, |d| pattern.column(d).mean().expect("there are cells"))
}

/// The pattern of scores that are scaled by another factor.
fn rescaled(model: &HookedTransformer, layer: usize, head: usize, n_pos: usize, factor: f32) -> Array2<f32> {
    softmax(hidden(scores(model, layer, head, n_pos) * factor, f32::NEG_INFINITY), Axis(1))
}

pub fn by_d_head(model: &HookedTransformer, layer: usize, head: usize, n_pos: usize) -> Array2<f32> {
    rescaled(model, layer, head, n_pos, 1.0 / (model.cfg().d_head as f32).sqrt())
}

pub fn by_root_of_d_model(model: &HookedTransformer, layer: usize, head: usize, n_pos: usize) -> Array2<f32> {
    rescaled(model, layer, head, n_pos, (model.cfg().d_head as f32 / model.cfg().d_model as f32).sqrt())
}

pub fn masked_late(model: &HookedTransformer, layer: usize, head: usize, n_pos: usize) -> Array2<f32> {
    hidden(softmax(scores(model, layer, head, n_pos), Axis(1)), 0.0)
}

pub fn scores_alone(model: &HookedTransformer, layer: usize, head: usize, n_pos: usize) -> Array2<f32> {
    hidden(scores(model, layer, head, n_pos), 0.0)
}

pub fn layer_and_head(model: &HookedTransformer, layer: usize, head: usize, n_pos: usize) -> Array2<f32> {
    solution_05_circuits::positional_pattern(model, head.min(model.cfg().n_layers - 1), layer, n_pos)
}

pub fn sums(pattern: ArrayView2<f32>, n_distances: usize) -> Array1<f32> {
    Array1::from_shape_fn(n_distances, |d| pattern.slice(s![d.., ..]).diag().sum())
}

pub fn wrapped(pattern: ArrayView2<f32>, n_distances: usize) -> Array1<f32> {
    let n = pattern.nrows();
    let line = |d: usize| (0..n).map(|query| pattern[[query, (query + n - d) % n]]).sum::<f32>();
    Array1::from_shape_fn(n_distances, |d| line(d) / n as f32)
}

pub fn from_distance_1(pattern: ArrayView2<f32>, n_distances: usize) -> Array1<f32> {
    Array1::from_shape_fn(n_distances, |d| pattern.slice(s![d + 1.., ..]).diag().mean().unwrap_or(0.0))
}
