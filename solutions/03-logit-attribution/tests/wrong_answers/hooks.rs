//! Wrong hooks, and wrong ways to collect induction scores.

use hooked_transformer::{FwdHook, HookedTransformer, Tokens, fwd_hook};
use ndarray::{Array2, ArrayView2, ArrayView3, ArrayViewMut3, Axis, Ix3, Ix4, s};
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

/// Scores every head with a function of all its patterns, `[batch, query_pos, key_pos]`, taken from one kind of activation.
fn of_batch(
    model: &HookedTransformer,
    tokens: &Tokens,
    name: &str,
    score: impl Fn(ArrayView3<f32>) -> f32,
) -> Array2<f32> {
    let cache = model.run(tokens).names_filter(|full: &str| full.ends_with(name)).cache().expect("patterns");
    Array2::from_shape_fn((model.cfg().n_layers, model.cfg().n_heads), |(layer, head)| {
        score(cache.view::<Ix4>((name, layer)).index_axis(Axis(1), head))
    })
}

/// The entries of the stripe of every item, from the first query that has one or from a later one.
fn cells(patterns: ArrayView3<f32>, first_query: usize) -> Vec<f32> {
    let back = patterns.dim().1 / 2 - 1;
    let of_item = |item: ArrayView2<f32>| (first_query.max(back)..item.nrows()).map(|q| item[[q, q - back]]).collect();
    patterns.outer_iter().flat_map::<Vec<f32>, _>(of_item).collect()
}

fn mean(entries: &[f32]) -> f32 {
    entries.iter().sum::<f32>() / entries.len() as f32
}

pub fn second_copy_only(model: &HookedTransformer, tokens: &Tokens) -> Array2<f32> {
    let first = tokens.ncols() / 2 + 1;
    of_batch(model, tokens, "pattern", |patterns| mean(&cells(patterns, first)))
}

pub fn divided_by_positions(model: &HookedTransformer, tokens: &Tokens) -> Array2<f32> {
    let count = tokens.len() as f32;
    of_batch(model, tokens, "pattern", |patterns| cells(patterns, 0).iter().sum::<f32>() / count)
}

pub fn divided_by_segment(model: &HookedTransformer, tokens: &Tokens) -> Array2<f32> {
    let count = (tokens.nrows() * (tokens.ncols() / 2)) as f32;
    of_batch(model, tokens, "pattern", |patterns| cells(patterns, 0).iter().sum::<f32>() / count)
}

pub fn above_the_diagonal(model: &HookedTransformer, tokens: &Tokens) -> Array2<f32> {
    scores(model, tokens, |pattern| stripe(pattern.t(), tokens.ncols() / 2 - 1))
}

pub fn attention_scores(model: &HookedTransformer, tokens: &Tokens) -> Array2<f32> {
    of_batch(model, tokens, "attn_scores", |patterns| mean(&cells(patterns, 0)))
}

pub fn largest_cell(model: &HookedTransformer, tokens: &Tokens) -> Array2<f32> {
    of_batch(model, tokens, "pattern", |patterns| cells(patterns, 0).into_iter().fold(0.0, f32::max))
}

pub fn share_of_most_attended(model: &HookedTransformer, tokens: &Tokens) -> Array2<f32> {
    let back = tokens.ncols() / 2 - 1;
    scores(model, tokens, |pattern| {
        let is_on_stripe = |query: &usize| hooked_transformer::argmax(pattern.row(*query)) + back == *query;
        (back..pattern.nrows()).filter(is_on_stripe).count() as f32 / (pattern.nrows() - back) as f32
    })
}

pub fn summed_over_batch(model: &HookedTransformer, tokens: &Tokens) -> Array2<f32> {
    right::induction_scores(model, tokens) * tokens.nrows() as f32
}

pub fn last_item(model: &HookedTransformer, tokens: &Tokens) -> Array2<f32> {
    right::induction_scores(model, &tokens.slice(s![-1.., ..]).to_owned())
}

pub fn mean_of_heads(model: &HookedTransformer, tokens: &Tokens) -> Array2<f32> {
    let all = right::induction_scores(model, tokens);
    let of_layer = all.mean_axis(Axis(1)).expect("there are heads");
    Array2::from_shape_fn(all.dim(), |(layer, _)| of_layer[layer])
}

pub fn key(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("k", layer), move |mut k, _| k.slice_mut(s![.., .., head, ..]).fill(0.0))
}

pub fn scores_silenced(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("attn_scores", layer), move |mut scores, _| scores.slice_mut(s![.., head, .., ..]).fill(0.0))
}

pub fn the_others(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("z", layer), move |mut z, _| {
        for (other, mut z) in z.axis_iter_mut(Axis(2)).enumerate() {
            if other != head {
                z.fill(0.0);
            }
        }
    })
}

pub fn first_item_only(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("z", layer), move |mut z, _| z.slice_mut(s![0, .., head, ..]).fill(0.0))
}

pub fn last_position(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("z", layer), move |mut z, _| z.slice_mut(s![.., -1, head, ..]).fill(0.0))
}

pub fn not_at_bos(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("z", layer), move |mut z, _| z.slice_mut(s![.., 1.., head, ..]).fill(0.0))
}

pub fn next_head(layer: usize, head: usize) -> FwdHook<'static> {
    right::zero_ablate(layer, head + 1)
}

pub fn head_before(layer: usize, head: usize) -> FwdHook<'static> {
    right::zero_ablate(layer, head.saturating_sub(1))
}

pub fn exchanged(layer: usize, head: usize) -> FwdHook<'static> {
    right::zero_ablate(head, layer)
}

pub fn always_layer_0(_: usize, head: usize) -> FwdHook<'static> {
    right::zero_ablate(0, head)
}

pub fn any_name_with_z(head: usize) -> FwdHook<'static> {
    fwd_hook(|name: &str| name.contains('z'), move |mut z, _| z.slice_mut(s![.., .., head, ..]).fill(0.0))
}

pub fn anything_in_attention(head: usize) -> FwdHook<'static> {
    fwd_hook(|name: &str| name.contains("attn.hook"), move |mut z, _| z.slice_mut(s![.., .., head, ..]).fill(0.0))
}

pub fn last_layer(head: usize) -> FwdHook<'static> {
    fwd_hook(("z", -1), move |mut z, _| z.slice_mut(s![.., .., head, ..]).fill(0.0))
}

pub fn all_heads_everywhere(_: usize) -> FwdHook<'static> {
    fwd_hook(|name: &str| name.ends_with("hook_z"), |mut z, _| z.fill(0.0))
}

pub fn position_everywhere(head: usize) -> FwdHook<'static> {
    fwd_hook(|name: &str| name.ends_with("hook_z"), move |mut z, _| z.slice_mut(s![.., head, .., ..]).fill(0.0))
}

pub fn query_everywhere(head: usize) -> FwdHook<'static> {
    fwd_hook(|name: &str| name.ends_with("hook_q"), move |mut q, _| q.slice_mut(s![.., .., head, ..]).fill(0.0))
}

/// A hook that edits the z of one head, `[batch, pos, d_head]`.
fn edit_head(layer: usize, head: usize, edit: impl Fn(ArrayViewMut3<f32>) + 'static) -> FwdHook<'static> {
    fwd_hook(("z", layer), move |mut z, _| {
        edit(z.slice_mut(s![.., .., head, ..]).into_dimensionality::<Ix3>().expect("[batch, pos, d_head]"))
    })
}

pub fn mean_of_all_heads(layer: usize, _: usize) -> FwdHook<'static> {
    fwd_hook(("z", layer), move |mut z, _| {
        let mean = z.mean_axis(Axis(0)).expect("there are items");
        z.assign(&mean);
    })
}

pub fn sum_over_batch(layer: usize, head: usize) -> FwdHook<'static> {
    edit_head(layer, head, |mut z| {
        let sum = z.sum_axis(Axis(0));
        z.assign(&sum);
    })
}

pub fn mean_subtracted(layer: usize, head: usize) -> FwdHook<'static> {
    edit_head(layer, head, |mut z| {
        let mean = z.mean_axis(Axis(0)).expect("there are items");
        z -= &mean;
    })
}

pub fn one_number(layer: usize, head: usize) -> FwdHook<'static> {
    edit_head(layer, head, |mut z| {
        let mean = z.mean().expect("there are entries");
        z.fill(mean);
    })
}

pub fn mean_over_components(layer: usize, head: usize) -> FwdHook<'static> {
    edit_head(layer, head, |mut z| {
        let mean = z.mean_axis(Axis(2)).expect("there are components").insert_axis(Axis(2));
        z.assign(&mean);
    })
}

pub fn mean_for_the_first(layer: usize, head: usize) -> FwdHook<'static> {
    edit_head(layer, head, |mut z| {
        let mean = z.mean_axis(Axis(0)).expect("there are items");
        z.index_axis_mut(Axis(0), 0).assign(&mean);
    })
}

pub fn last_item_for_all(layer: usize, head: usize) -> FwdHook<'static> {
    edit_head(layer, head, |mut z| {
        let last = z.slice(s![-1, .., ..]).to_owned();
        z.assign(&last);
    })
}

pub fn mean_of_values(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("v", layer), move |mut v, _| {
        let mut of_head = v.slice_mut(s![.., .., head, ..]);
        let mean = of_head.mean_axis(Axis(0)).expect("there are items");
        of_head.assign(&mean);
    })
}

pub fn mean_of_pattern(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("pattern", layer), move |mut pattern, _| {
        let mut of_head = pattern.slice_mut(s![.., head, .., ..]);
        let mean = of_head.mean_axis(Axis(0)).expect("there are items");
        of_head.assign(&mean);
    })
}
