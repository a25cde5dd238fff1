//! Wrong hooks, and wrong ways to collect induction scores.

use hooked_transformer::{FwdHook, HookedTransformer, Tokens, fwd_hook};
use ndarray::{Array2, ArrayView2, Axis, Ix4, s};
use std::sync::{Arc, Mutex, PoisonError};

use solution_03_logit_attribution as right;

/// Scores every head with a function of its pattern in each item of the batch.
fn scores(model: &HookedTransformer, tokens: &Tokens, of_item: impl Fn(ArrayView2<f32>) -> f32) -> Array2<f32> {
    let cache = model.run(tokens).names_filter(|name: &str| name.ends_with("pattern")).cache().expect("patterns");
    Array2::from_shape_fn((model.cfg().n_layers, model.cfg().n_heads), |(layer, head)| {
        let pattern = cache.view::<Ix4>(("pattern", layer));
        let of_head = pattern.index_axis(Axis(1), head);
        of_head.outer_iter().map(&of_item).sum::<f32>() / tokens.nrows() as f32
    })
}

fn stripe(pattern: ArrayView2<f32>, back: usize) -> f32 {
    pattern.slice(s![back.., ..]).diag().mean().unwrap_or(0.0)
}

pub fn stripe_low(model: &HookedTransformer, tokens: &Tokens) -> Array2<f32> {
    scores(model, tokens, |pattern| stripe(pattern, tokens.ncols() / 2))
}

pub fn stripe_high(model: &HookedTransformer, tokens: &Tokens) -> Array2<f32> {
    scores(model, tokens, |pattern| stripe(pattern, tokens.ncols() / 2 - 2))
}

pub fn first_item(model: &HookedTransformer, tokens: &Tokens) -> Array2<f32> {
    right::induction_scores(model, &tokens.slice(s![..1, ..]).to_owned())
}

pub fn sum(model: &HookedTransformer, tokens: &Tokens) -> Array2<f32> {
    let cells = tokens.nrows() * (tokens.ncols() / 2 + 2);
    right::induction_scores(model, tokens) * cells as f32
}

pub fn one_row(model: &HookedTransformer, tokens: &Tokens) -> Array2<f32> {
    let mut all = right::induction_scores(model, tokens);
    let last = all.row(all.nrows() - 1).to_owned();
    all.fill(0.0);
    all.row_mut(0).assign(&last);
    all
}

pub fn hard_coded(_: &HookedTransformer, _: &Tokens) -> Array2<f32> {
    Array2::from_shape_fn((2, 8), |(layer, head)| if (layer, head) == (1, 7) { 0.93 } else { 0.01 })
}

/// The right scores, with a hook that stays.
pub fn left_behind(model: &HookedTransformer, tokens: &Tokens) -> Array2<f32> {
    let back = (tokens.ncols() - 1) / 2 - 1;
    let found = Arc::new(Mutex::new(Array2::zeros((model.cfg().n_layers, model.cfg().n_heads))));
    let store = Arc::clone(&found);
    let look = move |pattern: ndarray::ArrayViewMutD<'_, f32>, hook: &hooked_transformer::HookPoint| {
        let mut store = store.lock().unwrap_or_else(PoisonError::into_inner);
        let below = pattern.slice(s![.., .., back.., ..]);
        for (head, of_head) in below.axis_iter(Axis(1)).enumerate() {
            let stripes: Vec<f32> = of_head.outer_iter().flat_map(|item| item.diag().to_vec()).collect();
            store[[hook.layer().unwrap_or(0), head]] = stripes.iter().sum::<f32>() / stripes.len() as f32;
        }
    };
    model.add_hook(|name: &str| name.ends_with("pattern"), look).expect("every model has patterns");
    model.run(tokens).nothing().expect("tokens of this model");
    found.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

pub fn all_heads(layer: usize, _: usize) -> FwdHook<'static> {
    fwd_hook(("z", layer), |mut z, _| z.fill(0.0))
}

pub fn position(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("z", layer), move |mut z, _| z.slice_mut(s![.., head, .., ..]).fill(0.0))
}

pub fn component(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("z", layer), move |mut z, _| z.slice_mut(s![.., .., .., head]).fill(0.0))
}

pub fn item(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("z", layer), move |mut z, _| z.slice_mut(s![head, .., .., ..]).fill(0.0))
}

pub fn copy(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("z", layer), move |z, _| z.to_owned().slice_mut(s![.., .., head, ..]).fill(0.0))
}

pub fn every_layer(_: usize, head: usize) -> FwdHook<'static> {
    right::zero_ablate_everywhere(head)
}

pub fn query(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("q", layer), move |mut q, _| q.slice_mut(s![.., .., head, ..]).fill(0.0))
}

pub fn layer_0(head: usize) -> FwdHook<'static> {
    right::zero_ablate(0, head)
}

pub fn two_layers(head: usize) -> FwdHook<'static> {
    fwd_hook([("z", 0), ("z", 1)], move |mut z, _| z.slice_mut(s![.., .., head, ..]).fill(0.0))
}

pub fn mean_over_positions(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("z", layer), move |mut z, _| {
        let mut of_head = z.slice_mut(s![.., .., head, ..]);
        let mean = of_head.mean_axis(Axis(1)).expect("there are positions").insert_axis(Axis(1));
        of_head.assign(&mean);
    })
}

pub fn mean_over_batch_and_positions(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("z", layer), move |mut z, _| {
        let mut of_head = z.slice_mut(s![.., .., head, ..]);
        let mean = of_head.mean_axis(Axis(0)).and_then(|mean| mean.mean_axis(Axis(0))).expect("neither is empty");
        of_head.assign(&mean);
    })
}

pub fn mean_over_heads(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("z", layer), move |mut z, _| {
        let mean = z.mean_axis(Axis(2)).expect("there are heads");
        z.index_axis_mut(Axis(2), head).assign(&mean);
    })
}

pub fn first_item_for_all(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("z", layer), move |mut z, _| {
        let mut of_head = z.index_axis_mut(Axis(2), head);
        let first = of_head.index_axis(Axis(0), 0).to_owned();
        of_head.assign(&first);
    })
}
