//! Exercise 01: meeting the model.
//!
//! You read the configuration of a transformer, turn text into tokens and back, and see which tokens the model guesses. You
//! look inside it while it runs, and compute its attention yourself to test that you understood what you saw.
//!
//! Your functions get a model, and the checks try several. To experiment on your own, load one from the root of the
//! repository: `HookedTransformer::load("reference_data/models/gpt2-tales")`. A text or a name may not fit a model, so methods
//! that take one return a `Result`. Here they always fit, so `.unwrap()` is fine.
//!
//! BOS is the token that marks the beginning of a text. Its id is not 0 in every model.
//!
//! The solutions need no other imports than those below.

use circuit_vis::{AttentionOptions, View, attention_patterns, head_names};
use hooked_transformer::{ActivationCache, HookedTransformer, HookedTransformerConfig, Tokens, argmax};
use ndarray::{Array2, Array3, Array4, ArrayView1, Ix3, Ix4, s};

/// Three sizes of a model: the number of layers, the number of attention heads in all layers together, and the largest
/// number of tokens that a text may have.
pub fn sizes(cfg: &HookedTransformerConfig) -> [usize; 3] {
    // STUB todo!("[layers, heads in all layers, longest text] of {}", cfg.model_name)
    [cfg.n_layers, cfg.n_layers * cfg.n_heads, cfg.n_ctx]
}

/// The shape of a parameter, as `model.W_Q()` and similar methods return it, computed from the configuration.
///
/// The names are `W_E`, `W_pos`, `W_Q`, `W_K`, `W_V`, `W_O`, `W_U` and, where there are MLPs, `W_in` and `W_out`.
/// Parameters of a layer are stacked for all layers, with the layer as the first axis. Every matrix is `[input, output]`.
pub fn shape_of(cfg: &HookedTransformerConfig, name: &str) -> Vec<usize> {
    // STUB todo!("the shape of {name} in {}", cfg.model_name)
    let (layers, heads) = (cfg.n_layers, cfg.n_heads);
    match name {
        "W_E" => vec![cfg.d_vocab, cfg.d_model],
        "W_pos" => vec![cfg.n_ctx, cfg.d_model],
        "W_Q" | "W_K" | "W_V" => vec![layers, heads, cfg.d_model, cfg.d_head],
        "W_O" => vec![layers, heads, cfg.d_head, cfg.d_model],
        "W_in" => vec![layers, cfg.d_model, cfg.d_mlp()],
        "W_out" => vec![layers, cfg.d_mlp(), cfg.d_model],
        "W_U" => vec![cfg.d_model, cfg.d_vocab],
        other => panic!("no parameter is called {other}"),
    }
}

/// The tokens of a text as strings, in order, with BOS in front if `prepend_bos` is true.
pub fn token_strings(model: &HookedTransformer, text: &str, prepend_bos: bool) -> Vec<String> {
    // STUB todo!("the tokens of {text:?} as strings, BOS {prepend_bos}, by {model:?}")
    model.to_str_tokens(text, prepend_bos).unwrap()
}

/// The text of each row of tokens. If a row begins with BOS, that token is left out. Any other BOS stays.
///
/// # Shapes
/// - tokens: `[batch, pos]`
/// - returns one text per row
pub fn texts_of(model: &HookedTransformer, tokens: &Tokens) -> Vec<String> {
    // STUB todo!("the texts of {} rows of tokens, by {model:?}", tokens.nrows())
    let bos = model.tokenizer().unwrap().bos_token_id();
    let text_of = |ids: &[usize]| model.to_string(ids.strip_prefix(&[bos]).unwrap_or(ids)).unwrap();
    tokens.rows().into_iter().map(|row| text_of(&row.to_vec())).collect()
}

/// Every position of a token in a text, as the model reads it: with BOS at position 0.
///
/// `token` is exactly one token, such as `" the"`. Its leading space is part of it. It may not occur in the text.
pub fn positions_of(model: &HookedTransformer, text: &str, token: &str) -> Vec<usize> {
    // STUB todo!("every position of {token:?} in {text:?}, by {model:?}")
    let wanted = model.to_single_token(token).unwrap();
    let tokens = model.to_tokens(text, true).unwrap();
    tokens.row(0).iter().enumerate().filter(|(_, id)| **id == wanted).map(|(pos, _)| pos).collect()
}

/// Whether the model guesses each token: does it have the largest logit at the position before it?
///
/// The logits at position `p` predict the token at `p + 1`. So entry `[b, p]` of the result is about the token at `p + 1`, and
/// there is one entry fewer than there are positions.
///
/// # Shapes
/// - logits: `[batch, pos, d_vocab]`
/// - tokens: `[batch, pos]`
/// - returns `[batch, pos - 1]`
pub fn guessed_right(logits: &Array3<f32>, tokens: &Tokens) -> Array2<bool> {
    // STUB todo!("compare the largest logits with the next tokens; logits {:?}, tokens {:?}", logits.dim(), tokens.dim())
    let (batch, n_pos) = tokens.dim();
    Array2::from_shape_fn((batch, n_pos - 1), |(row, pos)| {
        argmax(logits.slice(s![row, pos, ..])) == tokens[[row, pos + 1]]
    })
}

/// The tokens of a text that the model guesses right, as strings, in order.
///
/// The model reads the text with BOS, so that it can guess the first token too.
pub fn tokens_guessed(model: &HookedTransformer, text: &str) -> Vec<String> {
    // STUB todo!("run {model:?} on {text:?}, and list the tokens that it guesses right")
    let tokens = model.to_tokens(text, true).unwrap();
    let logits = model.forward(&tokens).unwrap();
    let right = guessed_right(&logits, &tokens);
    let next = (1..tokens.ncols()).filter(|pos| right[[0, pos - 1]]);
    let guessed: Vec<usize> = next.map(|pos| tokens[[0, pos]]).collect();
    model.to_str_tokens(guessed, None).unwrap()
}

/// The full name of an activation inside a block: `("pattern", 0)` is short for `"blocks.0.attn.hook_pattern"`.
///
/// Inside attention (`attn`) are `q`, `k`, `v`, `attn_scores`, `pattern`, `z` and `result`; inside the MLP (`mlp`), `pre`
/// and `post`. The others, such as `resid_pre` or `attn_out`, belong to the block itself: `"blocks.2.hook_resid_pre"`.
pub fn full_name(short: &str, layer: usize) -> String {
    // STUB todo!("the full name of {short:?} in layer {layer}")
    let part = match short {
        "q" | "k" | "v" | "attn_scores" | "pattern" | "z" | "result" => "attn.",
        "pre" | "post" => "mlp.",
        _ => "",
    };
    format!("blocks.{layer}.{part}hook_{short}")
}

/// The attention patterns of the first `n_layers` layers, and nothing else, from one run that stops after them.
///
/// `model.run(tokens)` prepares a run. Its methods say what to keep and where to stop, and the last one says what to return.
/// You do not need logits. `stop_at_layer` takes an `isize`: `n_layers as isize`.
///
/// # Shapes
/// - tokens: `[batch, pos]`
/// - each pattern in the cache: `[batch, head, query_pos, key_pos]`
pub fn first_patterns(model: &HookedTransformer, tokens: &Tokens, n_layers: usize) -> ActivationCache {
    // STUB todo!("cache the patterns of the first {n_layers} layers of {model:?}; tokens {:?}", tokens.dim())
    let names: Vec<String> = (0..n_layers).map(|layer| full_name("pattern", layer)).collect();
    model.run(tokens).names_filter(names).stop_at_layer(n_layers as isize).cache().unwrap()
}

// BEGIN SOLUTION
/// Shares that sum to one, in proportion to the exponentials of the scores. The largest score is taken away first, so that
/// no exponential overflows.
///
/// # Shapes
/// - scores: `[key_pos]`
fn softmax(scores: ArrayView1<f32>) -> Vec<f32> {
    let largest = scores.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
    let weights: Vec<f32> = scores.iter().map(|score| (score - largest).exp()).collect();
    let total: f32 = weights.iter().sum();
    weights.iter().map(|weight| weight / total).collect()
}

// END SOLUTION
/// The attention pattern, from the queries and keys of a layer: scaled scores, a causal mask, and a softmax of each row.
///
/// # Shapes
/// - q, k: `[batch, pos, head, d_head]`
/// - returns `[batch, head, query_pos, key_pos]`
pub fn pattern_from_q_and_k(q: &Array4<f32>, k: &Array4<f32>) -> Array4<f32> {
    // STUB todo!("scale, mask, softmax; queries {:?}, keys {:?}", q.dim(), k.dim())
    let (batch, n_pos, n_heads, d_head) = q.dim();
    let scale = (d_head as f32).sqrt();
    let mut pattern = Array4::zeros((batch, n_heads, n_pos, n_pos));
    for item in 0..batch {
        for head in 0..n_heads {
            // [query_pos, d_head] times [d_head, key_pos]
            let (q, k) = (q.slice(s![item, .., head, ..]), k.slice(s![item, .., head, ..]));
            let mut scores = q.dot(&k.t()) / scale;
            for query in 0..n_pos {
                scores.slice_mut(s![query, query + 1..]).fill(f32::NEG_INFINITY);
                let shares = softmax(scores.row(query));
                pattern.slice_mut(s![item, head, query, ..]).assign(&ArrayView1::from(&shares));
            }
        }
    }
    pattern
}

/// The largest absolute difference between the pattern of a layer in the cache and the same pattern computed from the
/// queries (`"q"`) and keys (`"k"`) in the cache.
///
/// # Shapes
/// - in the cache, `q` and `k`: `[batch, pos, head, d_head]`; `pattern`: `[batch, head, query_pos, key_pos]`
pub fn largest_error(cache: &ActivationCache, layer: usize) -> f32 {
    // STUB todo!("compare your pattern with the cached one of layer {layer}; the cache has {} activations", cache.len())
    let [q, k] = ["q", "k"].map(|site| cache.view::<Ix4>((site, layer)).to_owned());
    let difference = pattern_from_q_and_k(&q, &k) - cache.view::<Ix4>(("pattern", layer));
    difference.fold(0.0, |largest, x| largest.max(x.abs()))
}

/// A picture of the attention of all heads of a layer on a text, read with BOS, by `circuit_vis::attention_patterns`.
///
/// `.open()` shows the result in your browser; `.to_text()` is for a terminal.
pub fn show_attention(model: &HookedTransformer, text: &str, layer: usize) -> View {
    // STUB todo!("draw the attention of layer {layer} of {model:?} on {text:?}")
    let tokens = model.to_str_tokens(text, true).unwrap();
    let cache = model.run(text).names_filter(("pattern", layer)).cache().unwrap().remove_batch_dim().unwrap();
    let pattern = cache.view::<Ix3>(("pattern", layer));
    let options = AttentionOptions::new().head_names(head_names(layer, pattern.dim().0));
    attention_patterns(&tokens, pattern, options).unwrap()
}
