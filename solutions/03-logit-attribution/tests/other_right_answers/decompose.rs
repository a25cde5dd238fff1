//! The same for what is taken apart: what heads and neurons write, attributions, the lens and the ranks.

use hooked_transformer::{ActivationCache, HookedTransformer, Tokens, log_softmax};
use ndarray::{
    Array1, Array2, Array3, Array4, ArrayView1, ArrayView2, ArrayView3, Axis, Ix3, Ix4, concatenate, s, stack,
};

use super::to_f32;

pub fn results_cell_by_cell(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    let (z, w_o) = (cache.view::<Ix4>(("z", layer)), model.W_O());
    let (batch, n_pos, n_heads, d_head) = z.dim();
    Array4::from_shape_fn((batch, n_pos, n_heads, model.cfg().d_model), |(item, pos, head, d)| {
        let products =
            (0..d_head).rev().map(|i| f64::from(z[[item, pos, head, i]]) * f64::from(w_o[[layer, head, i, d]]));
        to_f32(products.sum())
    })
}

pub fn results_with_one_product(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
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
pub fn results_by_the_library(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    let stream = cache.view::<Ix3>(("resid_pre", layer)).to_owned();
    let run = model.run(stream).start_at_layer(layer as isize).names_filter(("result", layer));
    run.cache().expect("a stream of this model").view::<Ix4>(("result", layer)).to_owned()
}

pub fn shares_cell_by_cell(
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

pub fn shares_of_all_components_at_once(
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
pub fn shares_from_all_logits(
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

pub fn halves_cell_by_cell(attribution: ArrayView2<f32>) -> Array2<f32> {
    let (rows, components) = attribution.dim();
    let half = rows / 2;
    Array2::from_shape_fn((2, components), |(copy, component)| {
        let sum: f64 = (0..half).rev().map(|row| f64::from(attribution[[copy * half + row, component]])).sum();
        to_f32(sum / half as f64)
    })
}

pub fn halves_by_chunks(attribution: ArrayView2<f32>) -> Array2<f32> {
    let means: Vec<Array1<f32>> = attribution
        .axis_chunks_iter(Axis(0), attribution.nrows() / 2)
        .map(|half| half.mean_axis(Axis(0)).expect("a half has rows"))
        .collect();
    stack![Axis(0), means[0], means[1]]
}

pub fn halves_accumulated(attribution: ArrayView2<f32>) -> Array2<f32> {
    let half = attribution.nrows() / 2;
    let mut means = Array2::zeros((2, attribution.ncols()));
    for (row, values) in attribution.outer_iter().enumerate() {
        means.row_mut(row / half).scaled_add(1.0 / half as f32, &values);
    }
    means
}

/// What each step added, by subtraction.
pub fn differences_of_the_stream(model: &HookedTransformer, cache: &ActivationCache) -> Array4<f32> {
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

pub fn parts_by_name(_: &HookedTransformer, cache: &ActivationCache) -> Array4<f32> {
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

pub fn neurons_cell_by_cell(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    let (post, w_out) = (cache.view::<Ix3>(("post", layer)), model.W_out().expect("the model has MLPs"));
    let (batch, n_pos, d_mlp) = post.dim();
    Array4::from_shape_fn((batch, n_pos, d_mlp, model.cfg().d_model), |(item, pos, neuron, d)| {
        post[[item, pos, neuron]] * w_out[[layer, neuron, d]]
    })
}

pub fn neurons_as_diagonal_products(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    let (post, w_out) = (cache.view::<Ix3>(("post", layer)), model.W_out().expect("the model has MLPs"));
    let (batch, n_pos, d_mlp) = post.dim();
    let mut results = Array4::zeros((batch, n_pos, d_mlp, model.cfg().d_model));
    for ((item, pos, neuron), activation) in post.indexed_iter() {
        results.slice_mut(s![item, pos, neuron, ..]).scaled_add(*activation, &w_out.slice(s![layer, neuron, ..]));
    }
    results
}

pub fn centered_cell_by_cell(w_u: ArrayView2<f32>) -> Array2<f32> {
    let mean = |d: usize| w_u.row(d).iter().rev().map(|x| f64::from(*x)).sum::<f64>() / w_u.ncols() as f64;
    Array2::from_shape_fn(w_u.dim(), |(d, id)| to_f32(f64::from(w_u[[d, id]]) - mean(d)))
}

pub fn centered_row_by_row(w_u: ArrayView2<f32>) -> Array2<f32> {
    let mut centered = w_u.to_owned();
    for mut row in centered.rows_mut() {
        let mean = row.sum() / row.len() as f32;
        row -= mean;
    }
    centered
}

/// Centering is linear: a product with the identity minus an even mixture.
pub fn centered_by_a_product(w_u: ArrayView2<f32>) -> Array2<f32> {
    let n = w_u.ncols();
    w_u.dot(&(Array2::eye(n) - Array2::from_elem((n, n), 1.0 / n as f32)))
}

/// The streams before each layer and after the last, from runs that stop there.
fn streams(model: &HookedTransformer, tokens: &Tokens) -> Vec<Array3<f32>> {
    let stop = |layer: usize| model.run(tokens).stop_at_layer(layer as isize).resid().expect("tokens of this model");
    (0..=model.cfg().n_layers).map(stop).collect()
}

pub fn lens_from_stopped_runs(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    let end = model.cfg().n_layers as isize;
    let depths: Vec<Array2<f32>> = streams(model, tokens)
        .into_iter()
        .map(|stream| -model.run(stream).start_at_layer(end).tokens(tokens.clone()).loss_per_token().expect("a stream"))
        .collect();
    let views: Vec<ArrayView2<f32>> = depths.iter().map(|array| array.view()).collect();
    stack(Axis(0), &views).expect("depths of one shape")
}

pub fn lens_by_log_softmax(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
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
pub fn lens_with_a_norm_by_hand(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
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

pub fn ranks_by_sorting(logits: ArrayView3<f32>, tokens: &Tokens) -> Array2<usize> {
    Array2::from_shape_fn((tokens.nrows(), tokens.ncols() - 1), |(item, pos)| {
        let mut order: Vec<usize> = (0..logits.dim().2).collect();
        order.sort_by(|a, b| logits[[item, pos, *b]].total_cmp(&logits[[item, pos, *a]]));
        order.iter().position(|id| *id == tokens[[item, pos + 1]]).expect("every token has a place")
    })
}

pub fn ranks_by_position_in_order(logits: ArrayView3<f32>, tokens: &Tokens) -> Array2<usize> {
    let mut ranks = Array2::zeros((tokens.nrows(), tokens.ncols() - 1));
    for ((item, pos, _), logit) in logits.indexed_iter() {
        if pos + 1 < tokens.ncols() && *logit > logits[[item, pos, tokens[[item, pos + 1]]]] {
            ranks[[item, pos]] += 1;
        }
    }
    ranks
}
