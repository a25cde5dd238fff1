//! Right answers, written differently: single cells in double precision, caches instead of hooks, other points that
//! silence a head just as well, lasting hooks that are taken off again, other orders of summation.

#[path = "decompose.rs"]
mod decompose;

use std::sync::{Arc, Mutex, PoisonError};

use grading::ex03::Submission;
use hooked_transformer::{ActivationCache, FwdHook, HookPoint, HookedTransformer, Tokens, fwd_hook, loss_per_token};
use ndarray::{Array2, Array3, Array4, ArrayViewMutD, Axis, Ix4, s};

use decompose::{
    centered_by_a_product, centered_cell_by_cell, centered_row_by_row, differences_of_the_stream, halves_accumulated,
    halves_by_chunks, halves_cell_by_cell, lens_by_log_softmax, lens_from_stopped_runs, lens_with_a_norm_by_hand,
    neurons_as_diagonal_products, neurons_cell_by_cell, parts_by_name, ranks_by_position_in_order, ranks_by_sorting,
    results_by_the_library, results_cell_by_cell, results_with_one_product, shares_cell_by_cell,
    shares_from_all_logits, shares_of_all_components_at_once,
};

type HookMaker = fn(usize, usize) -> FwdHook<'static>;

/// Cell by cell, in double precision, from the last to the first.
pub const CELLS: Submission = Submission {
    induction_scores: scores_cell_by_cell,
    zero_ablate: zeros_one_by_one,
    zero_ablate_everywhere: zeros_in_every_layer_one_by_one,
    mean_ablate: means_one_by_one,
    ablation_table: table_in_double_precision,
    head_results: results_cell_by_cell,
    logit_attribution: shares_cell_by_cell,
    attribution_by_half: halves_cell_by_cell,
    layer_parts: differences_of_the_stream,
    neuron_results: neurons_cell_by_cell,
    center_unembed: centered_cell_by_cell,
    logit_lens: lens_with_a_norm_by_hand,
    next_token_ranks: ranks_by_sorting,
};

/// Caches, whole-array products, and ablation of what comes before or after z.
pub const BY_CACHE: Submission = Submission {
    induction_scores: scores_from_a_cache,
    zero_ablate: values_silenced,
    zero_ablate_everywhere: values_silenced_everywhere,
    mean_ablate: mean_with_a_loop_over_items,
    ablation_table: table_from_logits,
    head_results: results_with_one_product,
    logit_attribution: shares_of_all_components_at_once,
    attribution_by_half: halves_by_chunks,
    layer_parts: parts_by_name,
    neuron_results: neurons_as_diagonal_products,
    center_unembed: centered_row_by_row,
    logit_lens: lens_from_stopped_runs,
    next_token_ranks: ranks_by_position_in_order,
};

/// Hooks that stay, and are taken off by their handles.
pub const LASTING: Submission = Submission {
    induction_scores: scores_with_a_lasting_hook,
    zero_ablate: pattern_silenced,
    zero_ablate_everywhere: pattern_silenced_everywhere,
    mean_ablate: mean_in_double_precision,
    ablation_table: table_with_a_mean_of_means,
    head_results: results_by_the_library,
    logit_attribution: shares_from_all_logits,
    attribution_by_half: halves_accumulated,
    layer_parts: differences_of_the_stream,
    neuron_results: neurons_cell_by_cell,
    center_unembed: centered_by_a_product,
    logit_lens: lens_by_log_softmax,
    next_token_ranks: ranks_by_sorting,
};

/// Hooks on what a head writes instead of on z, and a batch taken one row at a time.
pub const ON_RESULTS: Submission = Submission {
    induction_scores: scores_row_by_row,
    zero_ablate: result_silenced,
    zero_ablate_everywhere: result_silenced_everywhere,
    mean_ablate: mean_result,
    ablation_table: table_with_a_clean_run_for_each_head,
    layer_parts: parts_by_the_library,
    ..LASTING
};

fn scores_row_by_row(model: &HookedTransformer, tokens: &Tokens) -> Array2<f32> {
    let mut sum = Array2::zeros(n_layers_and_heads(model));
    for row in tokens.rows() {
        sum += &scores_cell_by_cell(model, &row.to_owned().insert_axis(Axis(0)));
    }
    sum / tokens.nrows() as f32
}

fn result_silenced(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("result", layer), move |mut result, _| result.index_axis_mut(Axis(2), head).fill(0.0))
}

fn result_silenced_everywhere(head: usize) -> FwdHook<'static> {
    let silence = move |mut result: ArrayViewMutD<'_, f32>, _: &HookPoint| {
        result.index_axis_mut(Axis(2), head).fill(0.0);
    };
    fwd_hook(|name: &str| name.ends_with("attn.hook_result"), silence)
}

fn mean_result(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("result", layer), move |mut result, _| {
        let mut of_head = result.index_axis_mut(Axis(2), head);
        let mean = of_head.mean_axis(Axis(0)).expect("there are items");
        of_head.assign(&mean);
    })
}

fn table_with_a_clean_run_for_each_head(
    model: &HookedTransformer,
    tokens: &Tokens,
    ablate: fn(usize, usize) -> FwdHook<'static>,
) -> Array2<f32> {
    let losses = |hook: Option<FwdHook<'_>>| model.run(tokens).hooks(hook).loss_per_token().expect("these tokens");
    Array2::from_shape_fn(n_layers_and_heads(model), |(layer, head)| {
        let added = losses(Some(ablate(layer, head))) - losses(None);
        added.slice(s![.., -((tokens.ncols() / 2) as isize)..]).mean().expect("there are predictions")
    })
}

fn parts_by_the_library(_: &HookedTransformer, cache: &ActivationCache) -> Array4<f32> {
    let parts = cache.decompose_resid(hooked_transformer::StackOptions::default()).expect("a whole cache");
    parts.view::<Ix4>().to_owned()
}

fn n_layers_and_heads(model: &HookedTransformer) -> (usize, usize) {
    (model.cfg().n_layers, model.cfg().n_heads)
}

fn to_f32(x: f64) -> f32 {
    x as f32
}

fn scores_cell_by_cell(model: &HookedTransformer, tokens: &Tokens) -> Array2<f32> {
    let (batch, n_pos) = tokens.dim();
    let back = n_pos / 2 - 1;
    let mut sums = Array2::<f64>::zeros(n_layers_and_heads(model));
    let look = fwd_hook(
        |name: &str| name.ends_with("hook_pattern"),
        |pattern, hook| {
            let layer = hook.layer().expect("a pattern belongs to a layer");
            for head in 0..pattern.shape()[1] {
                for query in (back..n_pos).rev() {
                    for item in (0..batch).rev() {
                        sums[[layer, head]] += f64::from(pattern[[item, head, query, query - back]]);
                    }
                }
            }
        },
    );
    model.run(tokens).hook(look).nothing().expect("tokens of this model");
    sums.mapv(|sum| to_f32(sum / (batch * (n_pos - back)) as f64))
}

fn scores_from_a_cache(model: &HookedTransformer, tokens: &Tokens) -> Array2<f32> {
    let (_, cache) = model.run_with_cache(tokens).expect("tokens of this model");
    let back = tokens.ncols() / 2 - 1;
    Array2::from_shape_fn(n_layers_and_heads(model), |(layer, head)| {
        let mean = cache.view::<Ix4>(("pattern", layer)).mean_axis(Axis(0)).expect("a batch has items");
        mean.slice(s![head, back.., ..]).diag().mean().expect("the stripe has cells")
    })
}

fn scores_with_a_lasting_hook(model: &HookedTransformer, tokens: &Tokens) -> Array2<f32> {
    let back = tokens.ncols() / 2 - 1;
    let found = Arc::new(Mutex::new(Array2::zeros(n_layers_and_heads(model))));
    let store = Arc::clone(&found);
    let look = move |pattern: ArrayViewMutD<'_, f32>, hook: &HookPoint| {
        let mut store = store.lock().unwrap_or_else(PoisonError::into_inner);
        let mean = pattern.mean_axis(Axis(0)).expect("a batch has items");
        for (head, of_head) in mean.outer_iter().enumerate() {
            let stripe = of_head.slice(s![back.., ..]);
            store[[hook.layer().expect("in a layer"), head]] = stripe.diag().mean().expect("the stripe has cells");
        }
    };
    let handle = model.add_hook(|name: &str| name.ends_with("pattern"), look).expect("every model has patterns");
    let done = model.run(tokens).nothing();
    model.remove_hook(handle);
    done.expect("tokens of this model");
    found.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn zeros(z: &mut ArrayViewMutD<'_, f32>, head: usize) {
    for (at, value) in z.indexed_iter_mut() {
        if at[2] == head {
            *value = 0.0;
        }
    }
}

fn zeros_one_by_one(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(format!("blocks.{layer}.attn.hook_z"), move |mut z, _| zeros(&mut z, head))
}

fn zeros_in_every_layer_one_by_one(head: usize) -> FwdHook<'static> {
    fwd_hook(|name: &str| name.contains(".attn.hook_z"), move |mut z, _| zeros(&mut z, head))
}

/// Without values there is nothing to pass on.
fn values_silenced(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("v", layer), move |mut v, _| v.index_axis_mut(Axis(2), head).fill(0.0))
}

fn values_silenced_everywhere(head: usize) -> FwdHook<'static> {
    fwd_hook(|name: &str| name.ends_with("hook_v"), move |mut v, _| v.index_axis_mut(Axis(2), head).fill(0.0))
}

/// Without attention nothing is passed on.
fn pattern_silenced(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("pattern", layer), move |mut pattern, _| pattern.index_axis_mut(Axis(1), head).fill(0.0))
}

fn pattern_silenced_everywhere(head: usize) -> FwdHook<'static> {
    fwd_hook(
        |name: &str| name.ends_with("hook_pattern"),
        move |mut pattern, _| pattern.index_axis_mut(Axis(1), head).fill(0.0),
    )
}

fn means_one_by_one(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("z", layer), move |mut z, _| {
        let shape = z.shape().to_vec();
        for pos in 0..shape[1] {
            for at in 0..shape[3] {
                let sum: f64 = (0..shape[0]).rev().map(|item| f64::from(z[[item, pos, head, at]])).sum();
                for item in 0..shape[0] {
                    z[[item, pos, head, at]] = to_f32(sum / shape[0] as f64);
                }
            }
        }
    })
}

fn mean_with_a_loop_over_items(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("z", layer), move |mut z, _| {
        let mut of_head = z.index_axis_mut(Axis(2), head);
        let batch = of_head.len_of(Axis(0)) as f32;
        let mean = of_head.sum_axis(Axis(0)) / batch;
        of_head.outer_iter_mut().for_each(|mut item| item.assign(&mean));
    })
}

fn mean_in_double_precision(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("z", layer), move |mut z, _| {
        let mut of_head = z.index_axis_mut(Axis(2), head);
        let mean = of_head.mapv(f64::from).mean_axis(Axis(0)).expect("a batch has items").mapv(to_f32);
        of_head.assign(&mean);
    })
}

fn table_in_double_precision(model: &HookedTransformer, tokens: &Tokens, ablate: HookMaker) -> Array2<f32> {
    let (batch, n_pos) = tokens.dim();
    let seq_len = n_pos / 2;
    let loss = |hooks: Vec<FwdHook<'static>>| -> f64 {
        let logits = model.run_with_hooks(tokens, hooks).expect("tokens of this model");
        let mut sum = 0.0;
        for item in (0..batch).rev() {
            for pos in (seq_len..2 * seq_len).rev() {
                let row = logits.slice(s![item, pos, ..]).mapv(f64::from);
                let largest = row.fold(f64::MIN, |a, b| a.max(*b));
                let total: f64 = row.iter().map(|x| (x - largest).exp()).sum();
                sum += total.ln() + largest - row[tokens[[item, pos + 1]]];
            }
        }
        sum / (batch * seq_len) as f64
    };
    let clean = loss(vec![]);
    Array2::from_shape_fn(n_layers_and_heads(model), |(layer, head)| to_f32(loss(vec![ablate(layer, head)]) - clean))
}

fn table_from_logits(model: &HookedTransformer, tokens: &Tokens, ablate: HookMaker) -> Array2<f32> {
    let second_copy = |logits: Array3<f32>| {
        let losses = loss_per_token(logits.view(), tokens.view()).expect("logits for these tokens");
        losses.slice(s![.., losses.ncols() / 2..]).mean().expect("there is a second copy")
    };
    let clean = second_copy(model.forward(tokens).expect("tokens of this model"));
    let mut table = Array2::zeros(n_layers_and_heads(model));
    for ((layer, head), entry) in table.indexed_iter_mut() {
        let logits = model.run_with_hooks(tokens, [ablate(layer, head)]).expect("tokens of this model");
        *entry = second_copy(logits) - clean;
    }
    table
}

/// The mean of the rows' means, which is the mean of all since the rows are equally long.
fn table_with_a_mean_of_means(model: &HookedTransformer, tokens: &Tokens, ablate: HookMaker) -> Array2<f32> {
    let second_copy = |hook: Option<FwdHook<'static>>| {
        let losses = model.run(tokens).hooks(hook).loss_per_token().expect("tokens of this model");
        let rows = losses.slice(s![.., losses.ncols() / 2..]).mean_axis(Axis(1)).expect("there is a second copy");
        rows.mean().expect("a batch has items")
    };
    let clean = Array2::from_elem(n_layers_and_heads(model), second_copy(None));
    Array2::from_shape_fn(clean.dim(), |(layer, head)| second_copy(Some(ablate(layer, head)))) - clean
}
