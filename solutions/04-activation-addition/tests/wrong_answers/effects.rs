//! Wrong tables of effects, and wrong readings of them.

use hooked_transformer::{HookedTransformer, fwd_hook};
use ndarray::{Array1, Array2, Array3, Axis, s};
use solution_04_activation_addition::{
    effect_table as right, gain_at_cost as right_gains, kl_divergence, target_log_prob,
};

pub fn no_baseline(
    m: &HookedTransformer,
    prompts: &[&str],
    vectors: &Array2<f32>,
    cs: &[f32],
    targets: &[usize],
) -> Array3<f32> {
    let mut table = right(m, prompts, vectors, cs, targets);
    let before = prompts.iter().map(|prompt| target_log_prob(&m.forward(*prompt).unwrap(), targets)).sum::<f32>();
    let mut gains = table.index_axis_mut(Axis(0), 0);
    gains += before / prompts.len() as f32;
    table
}

pub fn bos_too(
    m: &HookedTransformer,
    prompts: &[&str],
    vectors: &Array2<f32>,
    cs: &[f32],
    targets: &[usize],
) -> Array3<f32> {
    let mut table = Array3::zeros((2, vectors.nrows(), cs.len()));
    for prompt in prompts {
        let before = m.forward(*prompt).unwrap();
        for (layer, vector) in vectors.outer_iter().enumerate() {
            for (i, c) in cs.iter().enumerate() {
                let steer = fwd_hook(("resid_pre", layer), |mut resid, _| resid += &(*c * &vector));
                let after = m.run_with_hooks(*prompt, [steer]).unwrap();
                table[[0, layer, i]] += target_log_prob(&after, targets) - target_log_prob(&before, targets);
                table[[1, layer, i]] += kl_divergence(&after, &before);
            }
        }
    }
    table / prompts.len() as f32
}

pub fn first_prompt(
    m: &HookedTransformer,
    prompts: &[&str],
    vectors: &Array2<f32>,
    cs: &[f32],
    targets: &[usize],
) -> Array3<f32> {
    right(m, &prompts[..1], vectors, cs, targets)
}

pub fn same_vector(
    m: &HookedTransformer,
    prompts: &[&str],
    vectors: &Array2<f32>,
    cs: &[f32],
    targets: &[usize],
) -> Array3<f32> {
    let first = vectors.slice(s![..1, ..]);
    right(m, prompts, &first.broadcast(vectors.dim()).unwrap().to_owned(), cs, targets)
}

pub fn exchanged(
    m: &HookedTransformer,
    prompts: &[&str],
    vectors: &Array2<f32>,
    cs: &[f32],
    targets: &[usize],
) -> Array3<f32> {
    right(m, prompts, vectors, cs, targets).permuted_axes([0, 2, 1])
}

pub fn within_budget(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> Array1<f32> {
    let of_layer = |layer: usize| {
        let affordable = costs.row(layer).iter().take_while(|cost| **cost <= budget).count();
        gains[[layer, affordable - 1]]
    };
    (0..gains.nrows()).map(of_layer).collect()
}

pub fn at_any_cost(gains: &Array2<f32>, _: &Array2<f32>, _: f32) -> Array1<f32> {
    gains.column(gains.ncols() - 1).to_owned()
}

pub fn largest_gain(gains: &Array2<f32>, _: &Array2<f32>, _: f32) -> usize {
    let best = |row: usize| gains.row(row).fold(f32::MIN, |a, b| a.max(*b));
    (0..gains.nrows()).max_by(|a, b| best(*a).total_cmp(&best(*b))).unwrap()
}

pub fn smallest(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> usize {
    let at_cost = right_gains(gains, costs, budget);
    (0..at_cost.len()).min_by(|a, b| at_cost[*a].total_cmp(&at_cost[*b])).unwrap()
}
