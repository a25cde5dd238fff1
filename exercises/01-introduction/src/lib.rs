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
    todo!("[layers, heads in all layers, longest text] of {}", cfg.model_name)
}

/// The shape of a parameter, as `model.W_Q()` and similar methods return it, computed from the configuration.
///
/// The names are `W_E`, `W_pos`, `W_Q`, `W_K`, `W_V`, `W_O`, `W_U` and, where there are MLPs, `W_in` and `W_out`.
/// Parameters of a layer are stacked for all layers, with the layer as the first axis. Every matrix is `[input, output]`.
pub fn shape_of(cfg: &HookedTransformerConfig, name: &str) -> Vec<usize> {
    todo!("the shape of {name} in {}", cfg.model_name)
}

/// The tokens of a text as strings, in order, with BOS in front if `prepend_bos` is true.
pub fn token_strings(model: &HookedTransformer, text: &str, prepend_bos: bool) -> Vec<String> {
    todo!("the tokens of {text:?} as strings, BOS {prepend_bos}, by {model:?}")
}

/// The text of each row of tokens. If a row begins with BOS, that token is left out. Any other BOS stays.
///
/// # Shapes
/// - tokens: `[batch, pos]`
/// - returns one text per row
pub fn texts_of(model: &HookedTransformer, tokens: &Tokens) -> Vec<String> {
    todo!("the texts of {} rows of tokens, by {model:?}", tokens.nrows())
}

/// Every position of a token in a text, as the model reads it: with BOS at position 0.
///
/// `token` is exactly one token, such as `" the"`. Its leading space is part of it. It may not occur in the text.
pub fn positions_of(model: &HookedTransformer, text: &str, token: &str) -> Vec<usize> {
    todo!("every position of {token:?} in {text:?}, by {model:?}")
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
    todo!("compare the largest logits with the next tokens; logits {:?}, tokens {:?}", logits.dim(), tokens.dim())
}

/// The tokens of a text that the model guesses right, as strings, in order.
///
/// The model reads the text with BOS, so that it can guess the first token too.
pub fn tokens_guessed(model: &HookedTransformer, text: &str) -> Vec<String> {
    todo!("run {model:?} on {text:?}, and list the tokens that it guesses right")
}

/// The full name of an activation inside a block: `("pattern", 0)` is short for `"blocks.0.attn.hook_pattern"`.
///
/// Inside attention (`attn`) are `q`, `k`, `v`, `attn_scores`, `pattern`, `z` and `result`; inside the MLP (`mlp`), `pre`
/// and `post`. The others, such as `resid_pre` or `attn_out`, belong to the block itself: `"blocks.2.hook_resid_pre"`.
pub fn full_name(short: &str, layer: usize) -> String {
    todo!("the full name of {short:?} in layer {layer}")
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
    todo!("cache the patterns of the first {n_layers} layers of {model:?}; tokens {:?}", tokens.dim())
}

/// The attention pattern, from the queries and keys of a layer: scaled scores, a causal mask, and a softmax of each row.
///
/// # Shapes
/// - q, k: `[batch, pos, head, d_head]`
/// - returns `[batch, head, query_pos, key_pos]`
pub fn pattern_from_q_and_k(q: &Array4<f32>, k: &Array4<f32>) -> Array4<f32> {
    todo!("scale, mask, softmax; queries {:?}, keys {:?}", q.dim(), k.dim())
}

/// The largest absolute difference between the pattern of a layer in the cache and the same pattern computed from the
/// queries (`"q"`) and keys (`"k"`) in the cache.
///
/// # Shapes
/// - in the cache, `q` and `k`: `[batch, pos, head, d_head]`; `pattern`: `[batch, head, query_pos, key_pos]`
pub fn largest_error(cache: &ActivationCache, layer: usize) -> f32 {
    todo!("compare your pattern with the cached one of layer {layer}; the cache has {} activations", cache.len())
}

/// A picture of the attention of all heads of a layer on a text, read with BOS, by `circuit_vis::attention_patterns`.
///
/// `.open()` shows the result in your browser; `.to_text()` is for a terminal.
pub fn show_attention(model: &HookedTransformer, text: &str, layer: usize) -> View {
    todo!("draw the attention of layer {layer} of {model:?} on {text:?}")
}
