//! Wrong gradients of layers and of the whole model: each is the right one with one slip.

use grading::ex07::{Gradients, Next};
use hooked_transformer::{ActivationCache, HookedTransformer, Tokens};
use ndarray::{Array2, Array3, ArrayView2, ArrayView3, Axis, s};
use solution_07_training::{
    attention_backward, embedding_backward, layer_backward, linear_backward, loss_gradient, mean_loss, model_gradients,
};

type Layer = (Array3<f32>, Array2<f32>, [Array3<f32>; 4]);

/// What goes wrong in a layer.
#[derive(Clone, Copy, PartialEq)]
enum Slip {
    NoResidual,
    ValuesReadPositions,
    QueriesWithoutPositions,
    FirstItemOfPositions,
    MeanOfPositions,
    QueriesOfPositions,
    LastHeadOnly,
    NoValuePath,
    NoPatternPath,
    ValuesForZ,
    OutputOfHeadZero,
    LastItemOfWeights,
    LastItemOfEveryWeight,
    HeadsOnTopOfEachOther,
    PositionsTwice,
    KeysFromQueries,
}

fn rows(x: ArrayView3<f32>) -> Array2<f32> {
    let (batch, n_pos, width) = x.dim();
    x.to_shape((batch * n_pos, width)).expect("rows").into_owned()
}

/// The gradients of queries, keys and values of one head, rows of all items.
fn of_head(cache: &ActivationCache, layer: usize, head: usize, d_z: &Array2<f32>) -> [Array2<f32>; 3] {
    let (batch, n_pos, _, d_head) = cache.q(layer).dim();
    let mut all = [(); 3].map(|()| Array2::zeros((batch * n_pos, d_head)));
    for item in 0..batch {
        let of_item = s![item * n_pos..(item + 1) * n_pos, ..];
        let [q, k, v] = [cache.q(layer), cache.k(layer), cache.v(layer)].map(|a| a.slice_move(s![item, .., head, ..]));
        let pattern = cache.pattern(layer).slice_move(s![item, head, .., ..]);
        let gradients = attention_backward(q, k, v, pattern, d_z.slice(of_item));
        for (all, gradient) in all.iter_mut().zip(gradients) {
            all.slice_mut(of_item).assign(&gradient);
        }
    }
    all
}

fn slipped(
    model: &HookedTransformer,
    layer: usize,
    cache: &ActivationCache,
    d_post: ArrayView3<f32>,
    slip: Slip,
) -> Layer {
    let (batch, n_pos, d_model) = d_post.dim();
    let (n_heads, d_head) = (model.cfg().n_heads, model.cfg().d_head);
    let x = rows(cache.resid_pre(layer));
    let with_pos = rows((&cache.resid_pre(layer) + &model.W_pos().expect("positions").slice(s![..n_pos, ..])).view());
    let d_out = rows(d_post);
    let mut d_values = Array2::zeros(x.dim());
    let [mut d_queries, mut d_keys] = [0, 1].map(|_| Array2::<f32>::zeros(x.dim()));
    let mut d_w = [0, 1, 2].map(|_| Array3::zeros((n_heads, d_model, d_head)));
    let mut d_w_o = Array3::zeros((n_heads, d_head, d_model));
    let of_weights = |input: &Array2<f32>, w: ArrayView2<f32>, d_y: &Array2<f32>| {
        let (d_input, d_w) = linear_backward(input.view(), w, d_y.view());
        if matches!(slip, Slip::LastItemOfWeights | Slip::LastItemOfEveryWeight) {
            let last = s![(batch - 1) * n_pos.., ..];
            return (d_input, linear_backward(input.slice(last), w, d_y.slice(last)).1);
        }
        (d_input, d_w)
    };
    for head in 0..n_heads {
        let w = model.head(layer, head).expect("a head of this model");
        let w_o = if slip == Slip::OutputOfHeadZero { model.head(layer, 0).expect("a head").W_O } else { w.W_O };
        let z = if slip == Slip::ValuesForZ { cache.v(layer) } else { cache.z(layer) };
        let z = rows(z.slice(s![.., .., head, ..]));
        let from =
            if slip == Slip::HeadsOnTopOfEachOther { &d_out + &d_values + &d_queries + &d_keys } else { d_out.clone() };
        let (d_z, mut d_o) = linear_backward(z.view(), w_o, from.view());
        if slip == Slip::LastItemOfEveryWeight {
            let last = s![(batch - 1) * n_pos.., ..];
            d_o = z.slice(last).t().dot(&from.slice(last));
        }
        d_w_o.slice_mut(s![head, .., ..]).assign(&d_o);
        let [d_q, d_k, d_v] = of_head(cache, layer, head, &d_z);
        let query_input = if slip == Slip::QueriesWithoutPositions { &x } else { &with_pos };
        let value_input = if slip == Slip::ValuesReadPositions { &with_pos } else { &x };
        let key_weights = if slip == Slip::KeysFromQueries { w.W_Q } else { w.W_K };
        let parts = [
            (query_input, w.W_Q, d_q, &mut d_queries),
            (query_input, key_weights, d_k, &mut d_keys),
            (value_input, w.W_V, d_v, &mut d_values),
        ];
        for (i, (input, w, d_y, d_input)) in parts.into_iter().enumerate() {
            let (d, d_weight) = of_weights(input, w, &d_y);
            if slip == Slip::LastHeadOnly {
                d_input.assign(&d);
            } else {
                *d_input += &d;
            }
            d_w[i].slice_mut(s![head, .., ..]).assign(&d_weight);
        }
    }
    let mut d_pos = if slip == Slip::QueriesOfPositions { d_queries.clone() } else { &d_queries + &d_keys };
    if slip == Slip::ValuesReadPositions {
        d_pos += &d_values;
    }
    let mut d_x = if slip == Slip::NoResidual { Array2::zeros(x.dim()) } else { d_out };
    if slip != Slip::NoValuePath {
        d_x += &d_values;
    }
    if slip != Slip::NoPatternPath {
        d_x = d_x + &d_queries + &d_keys;
    }
    let in_texts = |rows: Array2<f32>| rows.into_shape_with_order((batch, n_pos, d_model)).expect("the same entries");
    let d_pos = in_texts(d_pos);
    let d_pos = match slip {
        Slip::FirstItemOfPositions => d_pos.index_axis(Axis(0), 0).to_owned(),
        Slip::MeanOfPositions => d_pos.mean_axis(Axis(0)).expect("items"),
        Slip::PositionsTwice => d_pos.sum_axis(Axis(0)) * 2.0,
        _ => d_pos.sum_axis(Axis(0)),
    };
    let [d_q, d_k, d_v] = d_w;
    (in_texts(d_x), d_pos, [d_q, d_k, d_v, d_w_o])
}

macro_rules! slips {
    ($($name:ident: $slip:ident;)*) => {$(
        pub fn $name(model: &HookedTransformer, layer: usize, cache: &ActivationCache, d: ArrayView3<f32>) -> Layer {
            slipped(model, layer, cache, d, Slip::$slip)
        }
    )*};
}

slips! {
    no_residual: NoResidual;
    values_read_positions: ValuesReadPositions;
    queries_without_positions: QueriesWithoutPositions;
    first_item_of_positions: FirstItemOfPositions;
    mean_of_positions: MeanOfPositions;
    queries_of_positions: QueriesOfPositions;
    last_head_only: LastHeadOnly;
    no_value_path: NoValuePath;
    no_pattern_path: NoPatternPath;
    values_for_z: ValuesForZ;
    output_of_head_zero: OutputOfHeadZero;
    last_item_of_weights: LastItemOfWeights;
    last_item_of_every_weight: LastItemOfEveryWeight;
    heads_on_top_of_each_other: HeadsOnTopOfEachOther;
    positions_twice: PositionsTwice;
    keys_from_queries: KeysFromQueries;
}

/// What goes wrong on the way through the model.
#[derive(Clone, Copy, PartialEq)]
enum Turn {
    StreamBeforeTheLastLayer,
    PositionsOfOneLayer,
    FirstLayerFirst,
    EmbeddingFromTheTop,
    EveryLayerFromTheTop,
    PositionsInTheStream,
    EmbeddingAndUnembeddingTied,
}

fn turned(model: &HookedTransformer, tokens: &Tokens, next: &Next, turn: Turn) -> (f32, Gradients) {
    let (logits, cache) = model.run(tokens).logits_and_cache().expect("tokens of this model");
    let cfg = model.cfg();
    let (batch, n_pos) = tokens.dim();
    let d_logits = loss_gradient(logits.view(), next);
    let last = cfg.n_layers - 1;
    let read = if turn == Turn::StreamBeforeTheLastLayer { cache.resid_pre(last) } else { cache.resid_post(last) };
    let (d_last, d_w_u) = linear_backward(rows(read).view(), model.W_U(), rows(d_logits.view()).view());
    let d_last = d_last.into_shape_with_order((batch, n_pos, cfg.d_model)).expect("the same entries");
    let mut d_stream = d_last.clone();
    let mut d_w_pos = Array2::zeros((cfg.n_ctx, cfg.d_model));
    let mut gradients = Gradients::new();
    let mut layers: Vec<usize> = (0..cfg.n_layers).rev().collect();
    if turn == Turn::FirstLayerFirst {
        layers.reverse();
    }
    for layer in layers {
        let given = if turn == Turn::EveryLayerFromTheTop { d_last.view() } else { d_stream.view() };
        let (d_resid_pre, d_pos, d_weights) = layer_backward(model, layer, &cache, given);
        d_stream = d_resid_pre;
        let mut seen = d_w_pos.slice_mut(s![..n_pos, ..]);
        if turn == Turn::PositionsOfOneLayer {
            seen.assign(&d_pos);
        } else {
            seen += &d_pos;
        }
        for (name, d_w) in ["W_Q", "W_K", "W_V", "W_O"].into_iter().zip(d_weights) {
            gradients.insert(format!("blocks.{layer}.attn.{name}"), d_w.into_dyn());
        }
    }
    if turn == Turn::PositionsInTheStream {
        d_w_pos.slice_mut(s![..n_pos, ..]).assign(&d_stream.sum_axis(Axis(0)));
    }
    let d_embed = if turn == Turn::EmbeddingFromTheTop { d_last } else { d_stream };
    let mut d_w_e = embedding_backward(tokens, d_embed.view(), cfg.d_vocab);
    if turn == Turn::EmbeddingAndUnembeddingTied {
        d_w_e += &d_w_u.t();
    }
    gradients.insert("embed.W_E".to_string(), d_w_e.into_dyn());
    gradients.insert("pos_embed.W_pos".to_string(), d_w_pos.into_dyn());
    gradients.insert("unembed.W_U".to_string(), d_w_u.into_dyn());
    (mean_loss(logits.view(), next), gradients)
}

macro_rules! turns {
    ($($name:ident: $turn:ident;)*) => {$(
        pub fn $name(model: &HookedTransformer, tokens: &Tokens, next: &Next) -> (f32, Gradients) {
            turned(model, tokens, next, Turn::$turn)
        }
    )*};
}

turns! {
    stream_before_the_last_layer: StreamBeforeTheLastLayer;
    positions_of_one_layer: PositionsOfOneLayer;
    first_layer_first: FirstLayerFirst;
    embedding_from_the_top: EmbeddingFromTheTop;
    every_layer_from_the_top: EveryLayerFromTheTop;
    positions_in_the_stream: PositionsInTheStream;
    tied: EmbeddingAndUnembeddingTied;
}

pub fn loss_of_all(model: &HookedTransformer, tokens: &Tokens, next: &Next) -> (f32, Gradients) {
    (model.loss(tokens).expect("tokens of this model"), model_gradients(model, tokens, next).1)
}

pub fn predictions_of_all(model: &HookedTransformer, tokens: &Tokens, next: &Next) -> (f32, Gradients) {
    let n_pos = tokens.ncols();
    let all = Next::from_shape_fn(next.dim(), |(item, pos)| (pos + 1 < n_pos).then(|| tokens[[item, pos + 1]]));
    model_gradients(model, tokens, &all)
}

pub fn no_positions(model: &HookedTransformer, layer: usize, cache: &ActivationCache, d: ArrayView3<f32>) -> Layer {
    let (d_x, d_pos, d_w) = layer_backward(model, layer, cache, d);
    (d_x, d_pos * 0.0, d_w)
}

pub fn positions_like_stream(
    model: &HookedTransformer,
    layer: usize,
    cache: &ActivationCache,
    d: ArrayView3<f32>,
) -> Layer {
    let (d_x, _, d_w) = layer_backward(model, layer, cache, d);
    let d_pos = d_x.sum_axis(Axis(0));
    (d_x, d_pos, d_w)
}

pub fn other_order(model: &HookedTransformer, layer: usize, cache: &ActivationCache, d: ArrayView3<f32>) -> Layer {
    let (d_x, d_pos, [d_q, d_k, d_v, d_o]) = layer_backward(model, layer, cache, d);
    (d_x, d_pos, [d_k, d_q, d_v, d_o])
}

pub fn names_exchanged(model: &HookedTransformer, tokens: &Tokens, next: &Next) -> (f32, Gradients) {
    let (loss, gradients) = solution_07_training::model_gradients(model, tokens, next);
    let last = model.cfg().n_layers - 1;
    let exchange = |name: String| match name.strip_prefix("blocks.").and_then(|rest| rest.split_once('.')) {
        Some((layer, rest)) => format!("blocks.{}.{rest}", last - layer.parse::<usize>().expect("a layer")),
        None => name,
    };
    (loss, gradients.into_iter().map(|(name, gradient)| (exchange(name), gradient)).collect())
}
