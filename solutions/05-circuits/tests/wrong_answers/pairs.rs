//! Wrong splits of what layer 1 reads, and of its scores.

use hooked_transformer::{ActivationCache, HookedTransformer};
use ndarray::{Array2, Array3, Array4, ArrayView2, ArrayView3, Axis, Ix3, Ix4, concatenate, s, stack};
use solution_05_circuits::{layer_1_inputs, scores_by_pair};

pub fn no_positions(model: &HookedTransformer, cache: &ActivationCache, item: usize) -> Array3<f32> {
    let all = layer_1_inputs(model, cache, item);
    let kept: Vec<usize> = (0..all.len_of(Axis(0))).filter(|component| *component != 1).collect();
    all.select(Axis(0), &kept)
}

pub fn first_item(model: &HookedTransformer, cache: &ActivationCache, _item: usize) -> Array3<f32> {
    layer_1_inputs(model, cache, 0)
}

pub fn w_o_of_layer_1(model: &HookedTransformer, cache: &ActivationCache, item: usize) -> Array3<f32> {
    inputs(model, cache, item, 0, 1)
}

pub fn z_of_layer_1(model: &HookedTransformer, cache: &ActivationCache, item: usize) -> Array3<f32> {
    inputs(model, cache, item, 1, 0)
}

fn inputs(
    model: &HookedTransformer,
    cache: &ActivationCache,
    item: usize,
    z_layer: usize,
    w_layer: usize,
) -> Array3<f32> {
    let of_item = |name: &str| cache.view::<Ix3>(name).index_axis_move(Axis(0), item).to_owned();
    let mut parts = vec![of_item("hook_embed"), of_item("hook_pos_embed")];
    let z = cache.view::<Ix4>(("z", z_layer));
    for head in 0..model.cfg().n_heads {
        let z: ArrayView2<f32> = z.slice(s![item, .., head, ..]);
        let w: ArrayView2<f32> = model.W_O().slice_move(s![w_layer, head, .., ..]);
        parts.push(z.dot(&w));
    }
    let views: Vec<ArrayView2<f32>> = parts.iter().map(|part| part.view()).collect();
    stack(Axis(0), &views).expect("one shape")
}

pub fn not_scaled(model: &HookedTransformer, head: usize, inputs: ArrayView3<f32>) -> Array4<f32> {
    scores_by_pair(model, head, inputs) * (model.cfg().d_head as f32).sqrt()
}

pub fn components_exchanged(model: &HookedTransformer, head: usize, inputs: ArrayView3<f32>) -> Array4<f32> {
    scores_by_pair(model, head, inputs).permuted_axes([1, 0, 2, 3])
}

pub fn positions_exchanged(model: &HookedTransformer, head: usize, inputs: ArrayView3<f32>) -> Array4<f32> {
    scores_by_pair(model, head, inputs).permuted_axes([0, 1, 3, 2])
}

pub fn keys_through_w_q(model: &HookedTransformer, head: usize, inputs: ArrayView3<f32>) -> Array4<f32> {
    let w: ArrayView2<f32> = model.W_Q().slice_move(s![1, head, .., ..]);
    let projected: Vec<Array2<f32>> = inputs.outer_iter().map(|part| part.dot(&w)).collect();
    let (n, n_pos) = (projected.len(), inputs.len_of(Axis(1)));
    let mut scores = Array4::zeros((n, n, n_pos, n_pos));
    for (i, query) in projected.iter().enumerate() {
        for (j, key) in projected.iter().enumerate() {
            scores.slice_mut(s![i, j, .., ..]).assign(&(query.dot(&key.t()) / (model.cfg().d_head as f32).sqrt()));
        }
    }
    scores
}

pub fn heads_first(model: &HookedTransformer, cache: &ActivationCache, item: usize) -> Array3<f32> {
    let all = layer_1_inputs(model, cache, item);
    concatenate![Axis(0), all.slice(s![2.., .., ..]), all.slice(s![..2, .., ..])]
}

pub fn positions_twice(model: &HookedTransformer, cache: &ActivationCache, item: usize) -> Array3<f32> {
    let mut all = layer_1_inputs(model, cache, item);
    let positions = all.index_axis(Axis(0), 1).to_owned();
    let mut embedding = all.index_axis_mut(Axis(0), 0);
    embedding += &positions;
    all
}

fn masked(model: &HookedTransformer, head: usize, inputs: ArrayView3<f32>, value: f32) -> Array4<f32> {
    let mut scores = scores_by_pair(model, head, inputs);
    for ((_, _, query, key), score) in scores.indexed_iter_mut() {
        if key > query {
            *score = value;
        }
    }
    scores
}

pub fn masked_with_zero(model: &HookedTransformer, head: usize, inputs: ArrayView3<f32>) -> Array4<f32> {
    masked(model, head, inputs, 0.0)
}

pub fn masked_with_infinity(model: &HookedTransformer, head: usize, inputs: ArrayView3<f32>) -> Array4<f32> {
    masked(model, head, inputs, f32::NEG_INFINITY)
}

pub fn layer_0(model: &HookedTransformer, head: usize, inputs: ArrayView3<f32>) -> Array4<f32> {
    let project = |w: ArrayView2<f32>| inputs.outer_iter().map(|part| part.dot(&w)).collect::<Vec<_>>();
    let queries = project(model.W_Q().slice_move(s![0, head, .., ..]));
    let keys = project(model.W_K().slice_move(s![0, head, .., ..]));
    let (n, n_pos) = (queries.len(), inputs.len_of(Axis(1)));
    let mut scores = Array4::zeros((n, n, n_pos, n_pos));
    for (i, query) in queries.iter().enumerate() {
        for (j, key) in keys.iter().enumerate() {
            scores.slice_mut(s![i, j, .., ..]).assign(&(query.dot(&key.t()) / (model.cfg().d_head as f32).sqrt()));
        }
    }
    scores
}
