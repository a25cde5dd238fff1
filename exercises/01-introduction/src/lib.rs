//! Exercise 01: meeting the model.
//!
//! You read the configuration of a transformer, turn text into tokens and back, see which tokens the model guesses, look
//! inside it while it runs, and compute its attention yourself to see that you have understood what you looked at.
//!
//! Nothing here loads a model: your functions get one, and the checks try several. To play with one on your own:
//! `HookedTransformer::load("reference_data/models/gpt2-tales")` from the root of the repository. What comes from outside,
//! a text or a name, may not fit the model, so those methods return a `Result`. Here it always fits: `.unwrap()` will do.
//!
//! BOS is the token that marks the beginning of a text. Its id is not 0 in every model.
//!
//! The imports below are all that the solutions need.

use circuit_vis::{AttentionOptions, View, attention_patterns, head_names};
use hooked_transformer::{ActivationCache, HookedTransformer, HookedTransformerConfig, Tokens, argmax};
use ndarray::{Array2, Array3, Array4, ArrayView1, Ix3, Ix4, s};

/// Three sizes of a model: how many layers it has, how many attention heads in all its layers together, and how many tokens
/// a text may have at most.
pub fn sizes(cfg: &HookedTransformerConfig) -> [usize; 3] {
    todo!("[layers, heads in all layers, longest text] of {}", cfg.model_name)
}

/// The shape of a parameter, as `model.W_Q()` and its like return it, worked out from the configuration.
///
/// The names are `W_E`, `W_pos`, `W_Q`, `W_K`, `W_V`, `W_O`, `W_U` and, where there are MLPs, `W_in` and `W_out`.
/// What belongs to a layer comes for all layers at once, the layer being the first axis. Every matrix is `[input, output]`.
pub fn shape_of(cfg: &HookedTransformerConfig, name: &str) -> Vec<usize> {
    todo!("the shape of {name} in {}", cfg.model_name)
}

/// The tokens of a text as strings, in order; with BOS in front if `prepend_bos`, else without.
pub fn token_strings(model: &HookedTransformer, text: &str, prepend_bos: bool) -> Vec<String> {
    todo!("the tokens of {text:?} as strings, BOS {prepend_bos}, by {model:?}")
}

/// The text of each row of tokens. If the row begins with BOS, that is left out; any other BOS stays.
///
/// # Shapes
/// - tokens: `[batch, pos]`
/// - returns one text for each row
pub fn texts_of(model: &HookedTransformer, tokens: &Tokens) -> Vec<String> {
    todo!("the texts of {} rows of tokens, by {model:?}", tokens.nrows())
}

/// Every position at which a token stands in a text, as the model reads it: with BOS at position 0.
///
/// `token` is exactly one token, such as `" the"`; its leading space is part of it. It need not occur.
pub fn positions_of(model: &HookedTransformer, text: &str, token: &str) -> Vec<usize> {
    todo!("every position of {token:?} in {text:?}, by {model:?}")
}

/// Whether the model guesses each token: is it the one with the largest logit, just before it comes?
///
/// The logits at position `p` are about the token at `p + 1`. So entry `[b, p]` of what you return is about the token at
/// `p + 1`, and there is one entry less than there are positions.
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
/// The text goes in with BOS, so that the model has something to stand on when it guesses the first token.
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

/// The attention patterns of the first `n_layers` layers, and nothing else, from one run that goes no further.
///
/// `model.run(tokens)` is a run in preparation; its methods say what to keep and where to stop, and the last one says what
/// to return. There is no need for logits. `stop_at_layer` takes an `isize`: `n_layers as isize`.
///
/// # Shapes
/// - tokens: `[batch, pos]`
/// - each pattern in the cache: `[batch, head, query_pos, key_pos]`
pub fn first_patterns(model: &HookedTransformer, tokens: &Tokens, n_layers: usize) -> ActivationCache {
    todo!("cache the patterns of the first {n_layers} layers of {model:?}; tokens {:?}", tokens.dim())
}

/// The attention pattern from the queries and keys of a layer: scores, scaled and masked, and a softmax of each row.
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
/// `.open()` on what you return shows it in the browser; `.to_text()` is for a terminal.
pub fn show_attention(model: &HookedTransformer, text: &str, layer: usize) -> View {
    todo!("draw the attention of layer {layer} of {model:?} on {text:?}")
}
