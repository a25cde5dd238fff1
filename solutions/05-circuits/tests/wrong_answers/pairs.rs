//! Wrong splits of what layer 1 reads, and of its scores.

use hooked_transformer::{ActivationCache, HookedTransformer};
use ndarray::{Array2, Array3, Array4, ArrayView2, ArrayView3, Axis, Ix3, Ix4, s, stack};
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
