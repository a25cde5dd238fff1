//! Right answers, written differently: single cells in double precision, caches instead of hooks, other points that
//! silence a head just as well, lasting hooks that are taken off again, other orders of summation.

use std::sync::{Arc, Mutex, PoisonError};

use grading::ex03::Submission;
use hooked_transformer::{
    ActivationCache, FwdHook, HookPoint, HookedTransformer, Tokens, fwd_hook, log_softmax, loss_per_token,
};
use ndarray::{
    Array1, Array2, Array3, Array4, ArrayView1, ArrayView2, ArrayView3, ArrayViewMutD, Axis, Ix3, Ix4, concatenate, s,
    stack,
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

fn results_cell_by_cell(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    let (z, w_o) = (cache.view::<Ix4>(("z", layer)), model.W_O());
    let (batch, n_pos, n_heads, d_head) = z.dim();
    Array4::from_shape_fn((batch, n_pos, n_heads, model.cfg().d_model), |(item, pos, head, d)| {
        let products =
            (0..d_head).rev().map(|i| f64::from(z[[item, pos, head, i]]) * f64::from(w_o[[layer, head, i, d]]));
        to_f32(products.sum())
    })
}

fn results_with_one_product(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    let z = cache.view::<Ix4>(("z", layer));
    let (batch, n_pos, n_heads, d_head) = z.dim();
    let heads: Vec<Array3<f32>> = (0..n_heads)
        .map(|head| {
            let rows = z.slice(s![.., .., head, ..]).to_owned();
            let rows = rows.into_shape_with_order((batch * n_pos, d_head)).expect("a new array is contiguous");
            let written = rows.dot(&model.W_O().slice(s![layer, head, .., ..]));
            written.into_shape_with_order((batch, n_pos, model.cfg().d_model)).expect("a new array is contiguous")
        })
        .collect();
    let views: Vec<ArrayView3<f32>> = heads.iter().map(|array| array.view()).collect();
    stack(Axis(2), &views).expect("heads of one shape")
}

/// The model makes them itself, when a run on the same tokens asks for them.
fn results_by_the_library(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    let stream = cache.view::<Ix3>(("resid_pre", layer)).to_owned();
    let run = model.run(stream).start_at_layer(layer as isize).names_filter(("result", layer));
    run.cache().expect("a stream of this model").view::<Ix4>(("result", layer)).to_owned()
}

fn shares_cell_by_cell(
    embed: ArrayView2<f32>,
    l1_results: ArrayView3<f32>,
    l2_results: ArrayView3<f32>,
    w_u: ArrayView2<f32>,
    tokens: ArrayView1<usize>,
) -> Array2<f32> {
    let (n_pos, n_heads, d_model) = l1_results.dim();
    Array2::from_shape_fn((n_pos - 1, 1 + 2 * n_heads), |(pos, component)| {
        let entry = |d: usize| match component.checked_sub(1) {
            None => embed[[pos, d]],
            Some(head) if head < n_heads => l1_results[[pos, head, d]],
            Some(head) => l2_results[[pos, head - n_heads, d]],
        };
        let products = (0..d_model).rev().map(|d| f64::from(entry(d)) * f64::from(w_u[[d, tokens[pos + 1]]]));
        to_f32(products.sum())
    })
}

fn shares_of_all_components_at_once(
    embed: ArrayView2<f32>,
    l1_results: ArrayView3<f32>,
    l2_results: ArrayView3<f32>,
    w_u: ArrayView2<f32>,
    tokens: ArrayView1<usize>,
) -> Array2<f32> {
    let components = concatenate![Axis(1), embed.insert_axis(Axis(1)), l1_results, l2_results];
    let next: Vec<usize> = tokens.iter().skip(1).copied().collect();
    let directions = w_u.select(Axis(1), &next).reversed_axes().insert_axis(Axis(1));
    (&components.slice(s![..-1, .., ..]) * &directions).sum_axis(Axis(2))
}

/// All logits of each component, of which one a row is kept.
fn shares_from_all_logits(
    embed: ArrayView2<f32>,
    l1_results: ArrayView3<f32>,
    l2_results: ArrayView3<f32>,
    w_u: ArrayView2<f32>,
    tokens: ArrayView1<usize>,
) -> Array2<f32> {
    let column = |vectors: ArrayView2<f32>| {
        let logits = vectors.dot(&w_u);
        (0..tokens.len() - 1).map(|pos| logits[[pos, tokens[pos + 1]]]).collect::<Array1<f32>>()
    };
    let mut columns = vec![column(embed)];
    columns.extend(l1_results.axis_iter(Axis(1)).map(column));
    columns.extend(l2_results.axis_iter(Axis(1)).map(column));
    let views: Vec<ArrayView1<f32>> = columns.iter().map(|array| array.view()).collect();
    stack(Axis(1), &views).expect("columns of one length")
}

fn halves_cell_by_cell(attribution: ArrayView2<f32>) -> Array2<f32> {
    let (rows, components) = attribution.dim();
    let half = rows / 2;
    Array2::from_shape_fn((2, components), |(copy, component)| {
        let sum: f64 = (0..half).rev().map(|row| f64::from(attribution[[copy * half + row, component]])).sum();
        to_f32(sum / half as f64)
    })
}

fn halves_by_chunks(attribution: ArrayView2<f32>) -> Array2<f32> {
    let means: Vec<Array1<f32>> = attribution
        .axis_chunks_iter(Axis(0), attribution.nrows() / 2)
        .map(|half| half.mean_axis(Axis(0)).expect("a half has rows"))
        .collect();
    stack![Axis(0), means[0], means[1]]
}

fn halves_accumulated(attribution: ArrayView2<f32>) -> Array2<f32> {
    let half = attribution.nrows() / 2;
    let mut means = Array2::zeros((2, attribution.ncols()));
    for (row, values) in attribution.outer_iter().enumerate() {
        means.row_mut(row / half).scaled_add(1.0 / half as f32, &values);
    }
    means
}

/// What each step added, by subtraction.
fn differences_of_the_stream(model: &HookedTransformer, cache: &ActivationCache) -> Array4<f32> {
    let n_layers = model.cfg().n_layers;
    let first = cache.view::<Ix3>(("resid_pre", 0));
    let embed = cache.view::<Ix3>("hook_embed");
    let mut parts = vec![embed.to_owned()];
    let positions = &first - &embed;
    if positions.iter().any(|x| *x != 0.0) {
        parts.push(positions);
    }
    for layer in 0..n_layers {
        let (before, after) = (cache.view::<Ix3>(("resid_pre", layer)), cache.view::<Ix3>(("resid_post", layer)));
        match cache.try_view::<Ix3>(("resid_mid", layer)) {
            Ok(between) => parts.extend([&between - &before, &after - &between]),
            Err(_) => parts.push(&after - &before),
        }
    }
    let views: Vec<ArrayView3<f32>> = parts.iter().map(|array| array.view()).collect();
    stack(Axis(0), &views).expect("parts of one shape")
}

fn parts_by_name(_: &HookedTransformer, cache: &ActivationCache) -> Array4<f32> {
    let in_the_stream = cache[("resid_pre", 0)] != cache["hook_embed"];
    let is_part = |name: &str| {
        name == "hook_embed"
            || (name == "hook_pos_embed" && in_the_stream)
            || name.ends_with("attn_out")
            || name.ends_with("mlp_out")
    };
    let parts: Vec<ArrayView3<f32>> = cache.keys().filter(|name| is_part(name)).map(|name| cache.view(name)).collect();
    stack(Axis(0), &parts).expect("parts of one shape")
}

fn neurons_cell_by_cell(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    let (post, w_out) = (cache.view::<Ix3>(("post", layer)), model.W_out().expect("the model has MLPs"));
    let (batch, n_pos, d_mlp) = post.dim();
    Array4::from_shape_fn((batch, n_pos, d_mlp, model.cfg().d_model), |(item, pos, neuron, d)| {
        post[[item, pos, neuron]] * w_out[[layer, neuron, d]]
    })
}

fn neurons_as_diagonal_products(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    let (post, w_out) = (cache.view::<Ix3>(("post", layer)), model.W_out().expect("the model has MLPs"));
    let (batch, n_pos, d_mlp) = post.dim();
    let mut results = Array4::zeros((batch, n_pos, d_mlp, model.cfg().d_model));
    for ((item, pos, neuron), activation) in post.indexed_iter() {
        results.slice_mut(s![item, pos, neuron, ..]).scaled_add(*activation, &w_out.slice(s![layer, neuron, ..]));
    }
    results
}

fn centered_cell_by_cell(w_u: ArrayView2<f32>) -> Array2<f32> {
    let mean = |d: usize| w_u.row(d).iter().rev().map(|x| f64::from(*x)).sum::<f64>() / w_u.ncols() as f64;
    Array2::from_shape_fn(w_u.dim(), |(d, id)| to_f32(f64::from(w_u[[d, id]]) - mean(d)))
}

fn centered_row_by_row(w_u: ArrayView2<f32>) -> Array2<f32> {
    let mut centered = w_u.to_owned();
    for mut row in centered.rows_mut() {
        let mean = row.sum() / row.len() as f32;
        row -= mean;
    }
    centered
}

/// Centering is linear: a product with the identity minus an even mixture.
fn centered_by_a_product(w_u: ArrayView2<f32>) -> Array2<f32> {
    let n = w_u.ncols();
    w_u.dot(&(Array2::eye(n) - Array2::from_elem((n, n), 1.0 / n as f32)))
}

/// The streams before each layer and after the last, from runs that stop there.
fn streams(model: &HookedTransformer, tokens: &Tokens) -> Vec<Array3<f32>> {
    let stop = |layer: usize| model.run(tokens).stop_at_layer(layer as isize).resid().expect("tokens of this model");
    (0..=model.cfg().n_layers).map(stop).collect()
}

fn lens_from_stopped_runs(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    let end = model.cfg().n_layers as isize;
    let depths: Vec<Array2<f32>> = streams(model, tokens)
        .into_iter()
        .map(|stream| -model.run(stream).start_at_layer(end).tokens(tokens.clone()).loss_per_token().expect("a stream"))
        .collect();
    let views: Vec<ArrayView2<f32>> = depths.iter().map(|array| array.view()).collect();
    stack(Axis(0), &views).expect("depths of one shape")
}

fn lens_by_log_softmax(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    let end = model.cfg().n_layers as isize;
    let depths: Vec<Array3<f32>> = streams(model, tokens)
        .into_iter()
        .map(|stream| log_softmax(model.run(stream).start_at_layer(end).logits().expect("a stream").view()))
        .collect();
    let (batch, n_pos) = tokens.dim();
    Array3::from_shape_fn((depths.len(), batch, n_pos - 1), |(depth, item, pos)| {
        depths[depth][[item, pos, tokens[[item, pos + 1]]]]
    })
}

/// LayerNorm, unembedding and softmax of one vector, in double precision.
fn lens_with_a_norm_by_hand(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    let parameters = model.state_dict();
    let vector = |name: &str| -> Option<Vec<f64>> {
        let (_, values) = parameters.iter().find(|(known, _)| known == name)?;
        Some(values.iter().map(|x| f64::from(*x)).collect())
    };
    let gain_and_bias = vector("ln_final.w").zip(vector("ln_final.b"));
    let normalized = |x: Vec<f64>| -> Vec<f64> {
        let Some((gain, bias)) = &gain_and_bias else {
            return x;
        };
        let n = x.len() as f64;
        let mean = x.iter().sum::<f64>() / n;
        let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
        let scale = (variance + f64::from(model.cfg().eps)).sqrt();
        x.iter().zip(gain).zip(bias).map(|((x, gain), bias)| (x - mean) / scale * gain + bias).collect()
    };
    let (w_u, b_u) = (model.W_U().mapv(f64::from), model.b_U().mapv(f64::from));
    let streams = streams(model, tokens);
    let (batch, n_pos) = tokens.dim();
    Array3::from_shape_fn((streams.len(), batch, n_pos - 1), |(depth, item, pos)| {
        let x = normalized(streams[depth].slice(s![item, pos, ..]).iter().map(|x| f64::from(*x)).collect());
        let logits = Array1::from(x).dot(&w_u) + &b_u;
        let largest = logits.fold(f64::MIN, |a, b| a.max(*b));
        let total: f64 = logits.iter().map(|logit| (logit - largest).exp()).sum();
        to_f32(logits[tokens[[item, pos + 1]]] - largest - total.ln())
    })
}

fn ranks_by_sorting(logits: ArrayView3<f32>, tokens: &Tokens) -> Array2<usize> {
    Array2::from_shape_fn((tokens.nrows(), tokens.ncols() - 1), |(item, pos)| {
        let mut order: Vec<usize> = (0..logits.dim().2).collect();
        order.sort_by(|a, b| logits[[item, pos, *b]].total_cmp(&logits[[item, pos, *a]]));
        order.iter().position(|id| *id == tokens[[item, pos + 1]]).expect("every token has a place")
    })
}

fn ranks_by_position_in_order(logits: ArrayView3<f32>, tokens: &Tokens) -> Array2<usize> {
    let mut ranks = Array2::zeros((tokens.nrows(), tokens.ncols() - 1));
    for ((item, pos, _), logit) in logits.indexed_iter() {
        if pos + 1 < tokens.ncols() && *logit > logits[[item, pos, tokens[[item, pos + 1]]]] {
            ranks[[item, pos]] += 1;
        }
    }
    ranks
}
