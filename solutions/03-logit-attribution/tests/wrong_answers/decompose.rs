//! Wrong decompositions, lenses and ranks.

use hooked_transformer::{ActivationCache, HookedTransformer, Tokens, next_token_log_probs};
use ndarray::{Array2, Array3, Array4, ArrayView2, ArrayView3, Axis, Ix3, Ix4, concatenate, s, stack};

use solution_03_logit_attribution as right;

/// z or v times some head's W_O.
fn results(
    model: &HookedTransformer,
    z: ndarray::ArrayView4<f32>,
    w_o: impl Fn(usize) -> (usize, usize),
) -> Array4<f32> {
    let (batch, n_pos, n_heads, _) = z.dim();
    let mut out = Array4::zeros((batch, n_pos, n_heads, model.cfg().d_model));
    for item in 0..batch {
        for head in 0..n_heads {
            let (layer, of) = w_o(head);
            let written = z.slice(s![item, .., head, ..]).dot(&model.W_O().slice(s![layer, of, .., ..]));
            out.slice_mut(s![item, .., head, ..]).assign(&written);
        }
    }
    out
}

pub fn w_o_of_layer_0(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    results(model, cache.view::<Ix4>(("z", layer)), |head| (0, head))
}

pub fn w_o_of_head_0(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    results(model, cache.view::<Ix4>(("z", layer)), |_| (layer, 0))
}

pub fn bias_in_each_head(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    right::head_results(model, cache, layer) + model.b_O().row(layer)
}

pub fn values(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    results(model, cache.view::<Ix4>(("v", layer)), |head| (layer, head))
}

fn stacked(cache: &ActivationCache, names: &[String]) -> Array4<f32> {
    let parts: Vec<ArrayView3<f32>> = names.iter().map(|name| cache.view::<Ix3>(name)).collect();
    stack(Axis(0), &parts).expect("parts of one shape")
}

pub fn positions_always(model: &HookedTransformer, cache: &ActivationCache) -> Array4<f32> {
    let mut names = vec!["hook_embed".to_string(), "hook_pos_embed".to_string()];
    for layer in 0..model.cfg().n_layers {
        names.push(format!("blocks.{layer}.hook_attn_out"));
        if !model.cfg().attn_only {
            names.push(format!("blocks.{layer}.hook_mlp_out"));
        }
    }
    stacked(cache, &names)
}

pub fn positions_never(model: &HookedTransformer, cache: &ActivationCache) -> Array4<f32> {
    let all = right::layer_parts(model, cache);
    if model.cfg().attn_only {
        return all;
    }
    concatenate![Axis(0), all.slice(s![..1, .., .., ..]), all.slice(s![2.., .., .., ..])]
}

pub fn streams(model: &HookedTransformer, cache: &ActivationCache) -> Array4<f32> {
    let mut all = right::layer_parts(model, cache);
    all.accumulate_axis_inplace(Axis(0), |before, now| *now += before);
    all
}

pub fn no_mlps(model: &HookedTransformer, cache: &ActivationCache) -> Array4<f32> {
    let mut names = vec!["hook_embed".to_string()];
    if !model.cfg().attn_only {
        names.push("hook_pos_embed".to_string());
    }
    names.extend((0..model.cfg().n_layers).map(|layer| format!("blocks.{layer}.hook_attn_out")));
    stacked(cache, &names)
}

fn neurons(model: &HookedTransformer, activations: ArrayView3<f32>, layer: usize) -> Array4<f32> {
    let w_out = model.W_out().expect("the model has MLPs");
    &activations.insert_axis(Axis(3)) * &w_out.index_axis(Axis(0), layer)
}

pub fn before_the_nonlinearity(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    neurons(model, cache.view::<Ix3>(("pre", layer)), layer)
}

pub fn bias_shared_out(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    let share = model.b_out().expect("the model has MLPs").row(layer).to_owned() / model.cfg().d_mlp() as f32;
    right::neuron_results(model, cache, layer) + &share
}

pub fn w_out_of_layer_0(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    neurons(model, cache.view::<Ix3>(("post", layer)), 0)
}

/// Unembeds a stream at each depth, with or without the final norm, and takes one number for each prediction.
fn lens(
    model: &HookedTransformer,
    streams: &[Array3<f32>],
    norm: bool,
    read: impl Fn(&Array3<f32>) -> Array2<f32>,
) -> Array3<f32> {
    let unembedded = |stream: &Array3<f32>| {
        if norm {
            let last = model.cfg().n_layers as isize;
            return model.run(stream.clone()).start_at_layer(last).logits().expect("a stream");
        }
        let rows: Vec<Array2<f32>> = stream.outer_iter().map(|item| item.dot(&model.W_U()) + model.b_U()).collect();
        let views: Vec<ArrayView2<f32>> = rows.iter().map(|array| array.view()).collect();
        stack(Axis(0), &views).expect("items of one shape")
    };
    let found: Vec<Array2<f32>> = streams.iter().map(|stream| read(&unembedded(stream))).collect();
    let views: Vec<ArrayView2<f32>> = found.iter().map(|array| array.view()).collect();
    stack(Axis(0), &views).expect("depths of one shape")
}

fn streams_of(model: &HookedTransformer, tokens: &Tokens) -> Vec<Array3<f32>> {
    let cache = model.run(tokens).cache().expect("tokens of this model");
    let n_layers = model.cfg().n_layers;
    let mut all: Vec<_> = (0..n_layers).map(|layer| cache.view::<Ix3>(("resid_pre", layer)).to_owned()).collect();
    all.push(cache.view::<Ix3>(("resid_post", n_layers - 1)).to_owned());
    all
}

fn log_probs(logits: &Array3<f32>, tokens: &Tokens) -> Array2<f32> {
    next_token_log_probs(logits.view(), tokens.view()).expect("logits for these tokens")
}

pub fn no_final_norm(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    lens(model, &streams_of(model, tokens), false, |logits| log_probs(logits, tokens))
}

pub fn raw_logits(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    lens(model, &streams_of(model, tokens), true, |logits| {
        Array2::from_shape_fn((tokens.nrows(), tokens.ncols() - 1), |(item, pos)| {
            logits[[item, pos, tokens[[item, pos + 1]]]]
        })
    })
}

pub fn lens_not_shifted(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    lens(model, &streams_of(model, tokens), true, |logits| {
        let all = hooked_transformer::log_softmax(logits.view());
        Array2::from_shape_fn((tokens.nrows(), tokens.ncols() - 1), |(item, pos)| all[[item, pos, tokens[[item, pos]]]])
    })
}

pub fn what_layers_wrote(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    let streams = streams_of(model, tokens);
    let mut written = vec![streams[0].clone()];
    written.extend(streams.windows(2).map(|pair| &pair[1] - &pair[0]));
    lens(model, &written, true, |logits| log_probs(logits, tokens))
}

pub fn no_embedding(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    right::logit_lens(model, tokens).slice(s![1.., .., ..]).to_owned()
}

pub fn ranks_from_one(logits: ArrayView3<f32>, tokens: &Tokens) -> Array2<usize> {
    right::next_token_ranks(logits, tokens) + 1
}

pub fn ranks_from_the_wrong_end(logits: ArrayView3<f32>, tokens: &Tokens) -> Array2<usize> {
    right::next_token_ranks((-&logits).view(), tokens)
}

pub fn ranks_not_shifted(logits: ArrayView3<f32>, tokens: &Tokens) -> Array2<usize> {
    Array2::from_shape_fn((tokens.nrows(), tokens.ncols() - 1), |(item, pos)| {
        let logits = logits.slice(s![item, pos, ..]);
        let right = logits[tokens[[item, pos]]];
        logits.iter().filter(|logit| **logit > right).count()
    })
}

pub fn bias_shared_among_heads(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    let share = model.b_O().row(layer).to_owned() / model.cfg().n_heads as f32;
    right::head_results(model, cache, layer) + &share
}

pub fn results_of_first_item(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    let mut all = right::head_results(model, cache, layer);
    all.slice_mut(s![1.., .., .., ..]).fill(0.0);
    all
}

pub fn first_item_repeated(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    let mut all = right::head_results(model, cache, layer);
    let first = all.index_axis(Axis(0), 0).to_owned();
    all.assign(&first);
    all
}

pub fn regrouped(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    let z = cache.view::<Ix4>(("z", layer)).to_owned();
    let (batch, n_pos, n_heads, d_head) = z.dim();
    let exchanged = z.into_shape_with_order((batch, n_pos, d_head, n_heads)).expect("as many numbers");
    results(model, exchanged.view().permuted_axes([0, 1, 3, 2]), |head| (layer, head))
}

pub fn accumulated(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    let mut all = right::head_results(model, cache, layer);
    all.accumulate_axis_inplace(Axis(2), |before, now| *now += before);
    all
}

/// The names of all parts in their order, those of each layer as a function of the layer says.
fn names_of_parts(model: &HookedTransformer, of_layer: impl Fn(usize) -> Vec<String>) -> Vec<String> {
    let mut names = vec!["hook_embed".to_string()];
    if !model.cfg().attn_only {
        names.push("hook_pos_embed".to_string());
    }
    names.extend((0..model.cfg().n_layers).flat_map(of_layer));
    names
}

pub fn streams_by_name(model: &HookedTransformer, cache: &ActivationCache) -> Array4<f32> {
    let names = names_of_parts(model, |layer| {
        let middle = (!model.cfg().attn_only).then(|| format!("blocks.{layer}.hook_resid_mid"));
        middle.into_iter().chain([format!("blocks.{layer}.hook_resid_post")]).collect()
    });
    stacked(cache, &names)
}

/// The right parts in another order.
fn reordered(model: &HookedTransformer, cache: &ActivationCache, order: impl Fn(usize) -> Vec<usize>) -> Array4<f32> {
    let all = right::layer_parts(model, cache);
    if model.cfg().attn_only {
        return all;
    }
    all.select(Axis(0), &order(model.cfg().n_layers))
}

pub fn mlp_first(model: &HookedTransformer, cache: &ActivationCache) -> Array4<f32> {
    let of_layer = |layer: usize| [3 + 2 * layer, 2 + 2 * layer];
    reordered(model, cache, |n_layers| [0, 1].into_iter().chain((0..n_layers).flat_map(of_layer)).collect())
}

pub fn attention_first(model: &HookedTransformer, cache: &ActivationCache) -> Array4<f32> {
    let each_second = |from: usize, n_layers: usize| (0..n_layers).map(move |layer| from + 2 * layer);
    reordered(model, cache, |n_layers| {
        [0, 1].into_iter().chain(each_second(2, n_layers)).chain(each_second(3, n_layers)).collect()
    })
}

pub fn positions_last(model: &HookedTransformer, cache: &ActivationCache) -> Array4<f32> {
    reordered(model, cache, |n_layers| [0].into_iter().chain(2..2 + 2 * n_layers).chain([1]).collect())
}

pub fn positions_first(model: &HookedTransformer, cache: &ActivationCache) -> Array4<f32> {
    reordered(model, cache, |n_layers| [1, 0].into_iter().chain(2..2 + 2 * n_layers).collect())
}

pub fn resid_pre_first(model: &HookedTransformer, cache: &ActivationCache) -> Array4<f32> {
    let mut without = positions_never(model, cache);
    without.index_axis_mut(Axis(0), 0).assign(&cache.view::<Ix3>(("resid_pre", 0)));
    without
}

pub fn final_stream_too(model: &HookedTransformer, cache: &ActivationCache) -> Array4<f32> {
    let last = cache.view::<Ix3>(("resid_post", model.cfg().n_layers - 1)).insert_axis(Axis(0));
    concatenate![Axis(0), right::layer_parts(model, cache), last]
}

pub fn layers_in_one(model: &HookedTransformer, cache: &ActivationCache) -> Array4<f32> {
    let all = right::layer_parts(model, cache);
    if model.cfg().attn_only {
        return all;
    }
    let (before, layers) = all.view().split_at(Axis(0), 2);
    let sums = &layers.slice(s![..; 2, .., .., ..]) + &layers.slice(s![1..; 2, .., .., ..]);
    concatenate![Axis(0), before, sums]
}

pub fn bias_in_each_neuron(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    right::neuron_results(model, cache, layer) + model.b_out().expect("the model has MLPs").row(layer)
}

pub fn w_in(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    let w_in = model.W_in().expect("the model has MLPs");
    &cache.view::<Ix3>(("post", layer)).insert_axis(Axis(3)) * &w_in.index_axis(Axis(0), layer).t()
}

pub fn relu(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    let positive = cache.view::<Ix3>(("pre", layer)).mapv(|x| x.max(0.0));
    neurons(model, positive.view(), layer)
}

pub fn post_of_layer_0(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    neurons(model, cache.view::<Ix3>(("post", 0)), layer)
}

pub fn probabilities(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    right::logit_lens(model, tokens).mapv(f32::exp)
}

pub fn losses(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    -right::logit_lens(model, tokens)
}

pub fn runs_on(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    let mut all = right::logit_lens(model, tokens);
    let last = all.index_axis(Axis(0), model.cfg().n_layers).to_owned();
    all.assign(&last);
    all
}

pub fn reversed(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    right::logit_lens(model, tokens).slice(s![..; -1, .., ..]).to_owned()
}

pub fn bits(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    right::logit_lens(model, tokens) / std::f32::consts::LN_2
}

pub fn tens(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    right::logit_lens(model, tokens) / std::f32::consts::LN_10
}

pub fn likeliest(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    lens(model, &streams_of(model, tokens), true, |logits| {
        let all = hooked_transformer::log_softmax(logits.view());
        all.slice(s![.., ..-1, ..]).fold_axis(Axis(2), f32::NEG_INFINITY, |most, x| most.max(*x))
    })
}

pub fn last_stream_repeated(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    let mut all = right::logit_lens(model, tokens);
    let before = all.index_axis(Axis(0), model.cfg().n_layers - 1).to_owned();
    all.index_axis_mut(Axis(0), model.cfg().n_layers).assign(&before);
    all
}

pub fn last_depth_missing(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    right::logit_lens(model, tokens).slice(s![..-1, .., ..]).to_owned()
}

pub fn no_b_u(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    lens(model, &streams_of(model, tokens), true, |logits| log_probs(&(logits - &model.b_U()), tokens))
}

/// Counts the logits that stand in some relation to that of the next token.
fn count(
    logits: ArrayView3<f32>,
    tokens: &Tokens,
    holds: impl Fn((usize, f32), (usize, f32)) -> bool,
) -> Array2<usize> {
    Array2::from_shape_fn((tokens.nrows(), tokens.ncols() - 1), |(item, pos)| {
        let (logits, id) = (logits.slice(s![item, pos, ..]), tokens[[item, pos + 1]]);
        logits.iter().enumerate().filter(|(other, logit)| holds((*other, **logit), (id, logits[id]))).count()
    })
}

pub fn ties_counted(logits: ArrayView3<f32>, tokens: &Tokens) -> Array2<usize> {
    count(logits, tokens, |(other, logit), (id, right)| other != id && logit >= right)
}

pub fn ties_with_itself(logits: ArrayView3<f32>, tokens: &Tokens) -> Array2<usize> {
    count(logits, tokens, |(_, logit), (_, right)| logit >= right)
}

pub fn token_at_rank(logits: ArrayView3<f32>, tokens: &Tokens) -> Array2<usize> {
    Array2::from_shape_fn((tokens.nrows(), tokens.ncols() - 1), |(item, pos)| {
        let logits = logits.slice(s![item, pos, ..]);
        let mut sorted: Vec<usize> = (0..logits.len()).collect();
        sorted.sort_by(|a, b| logits[*b].total_cmp(&logits[*a]));
        sorted[tokens[[item, pos + 1]]]
    })
}

pub fn first_rows_logits(logits: ArrayView3<f32>, tokens: &Tokens) -> Array2<usize> {
    let first = logits.slice(s![..1, .., ..]);
    right::next_token_ranks(first.broadcast(logits.dim()).expect("as many items"), tokens)
}

pub fn magnitudes(logits: ArrayView3<f32>, tokens: &Tokens) -> Array2<usize> {
    right::next_token_ranks(logits.mapv(f32::abs).view(), tokens)
}

/// The stream before the first layer is missing, and the last one comes twice.
pub fn lens_one_depth_early(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    let lens = right::logit_lens(model, tokens);
    let last = lens.dim().0 - 1;
    Array3::from_shape_fn(lens.dim(), |(depth, item, pos)| lens[[(depth + 1).min(last), item, pos]])
}
