//! Exercise 02: finding induction heads.
//!
//! Some heads always attend to the same position relative to each token, and you can see that in a picture. Here you first
//! look at pictures, then write detectors for four such patterns. The last one needs an experiment to become visible: random
//! tokens, repeated once.
//!
//! A pattern is `cache[("pattern", layer)]`, with the axes `[batch, head, query_pos, key_pos]`. Entry `[b, h, q, k]` is how much
//! of its attention the token at `q` gives to the token at `k`. `cache.view::<Ix4>(("pattern", layer))` is the same with its
//! rank in the type. There is always a batch axis, even for a single text, and `cache.n_layers()` layers.
//!
//! A detector scores every head by its mean attention, over the batch and over the queries. It names the heads above a
//! threshold that you choose (0.35 to 0.5 work) as `"layer.head"`, both counted from zero: `"0.7"` is head 7 of layer 0. Each
//! head is named once, in any order.
//!
//! The solutions need no other imports than those below. `s![1.., ..]` is an argument of `slice`; `Axis(0)` is one of
//! `index_axis`.

use circuit_vis::{AttentionOptions, View, VisError, attention_patterns, head_names};
use hooked_transformer::{ActivationCache, Tokens};
use ndarray::{Array3, ArrayView1, ArrayView2, Axis, Ix4, s};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// A picture of the attention of each layer, the first layer first, on one text.
///
/// `circuit_vis::attention_patterns` draws all heads of a layer. It takes the tokens and a pattern
/// `[head, query_pos, key_pos]`, and returns an error if they do not fit together. Pass that error on: do not panic, and do not
/// return a shorter list. The default options are fine; with the names from `circuit_vis::head_names`, heads are easier to
/// distinguish.
///
/// # Shapes
/// - each pattern in the cache: `[1, head, query_pos, key_pos]`
/// - str_tokens: one string for each position, BOS included
///
/// # Errors
/// What `circuit_vis` does not accept.
pub fn attention_views(cache: &ActivationCache, str_tokens: &[String]) -> Result<Vec<View>, VisError> {
    todo!("draw each of the {} layers of the cache on {} tokens", cache.n_layers(), str_tokens.len())
}

/// The heads that attend, on average, to the current token.
///
/// # Shapes
/// - each pattern in the cache: `[batch, head, query_pos, key_pos]`
pub fn current_attn_detector(cache: &ActivationCache) -> Vec<String> {
    todo!("name the heads with a high mean on the diagonal; {} layers are in the cache", cache.n_layers())
}

/// The heads that attend, on average, to the previous token.
///
/// The first token has no previous one, so the mean is over the other queries.
///
/// # Shapes
/// - each pattern in the cache: `[batch, head, query_pos, key_pos]`
pub fn prev_attn_detector(cache: &ActivationCache) -> Vec<String> {
    todo!("name the heads with a high mean just below the diagonal; {} layers are in the cache", cache.n_layers())
}

/// The heads that attend, on average, to the first token of the text.
///
/// The first token can only attend to itself, so its query may count or be left out.
///
/// # Shapes
/// - each pattern in the cache: `[batch, head, query_pos, key_pos]`
pub fn first_attn_detector(cache: &ActivationCache) -> Vec<String> {
    todo!("name the heads with a high mean over queries of key 0; {} layers are in the cache", cache.n_layers())
}

/// Random tokens, repeated once: each row is BOS, a segment of `seq_len` random tokens, and the same segment again.
///
/// Each row has its own segment. Tokens are drawn uniformly from the vocabulary and independently of each other, so a token
/// may occur twice. BOS may be among them or not, as you like. Use only `rng`, so that the same seed gives the same tokens;
/// `rand::RngExt`, imported above, provides `random_range`.
///
/// # Shapes
/// - returns `[batch, pos]`, with `1 + 2 * seq_len` positions
pub fn generate_repeated_tokens(
    rng: &mut ChaCha8Rng,
    batch: usize,
    seq_len: usize,
    d_vocab: usize,
    bos_token_id: usize,
) -> Tokens {
    let _ = rng;
    todo!("{batch} rows: BOS ({bos_token_id}), then {seq_len} random tokens below {d_vocab}, twice")
}

/// The mean loss of the predictions of the first copy, and of those of the second.
///
/// The loss of a prediction is minus the log probability of the token that follows. With `seq_len` tokens in each copy, the
/// first copy has `seq_len` predictions, made at positions 0 to `seq_len - 1`, and so does the second.
///
/// # Shapes
/// - logits: `[batch, pos, d_vocab]`
/// - tokens: `[batch, pos]`, with `1 + 2 * seq_len` positions
pub fn repeated_loss_by_half(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    todo!("average the loss over each copy; logits {:?}, tokens {:?}", logits.dim(), tokens.dim())
}

/// The heads that attend, on average, from each token of the second copy to the token *after* its previous occurrence.
///
/// The cache is of tokens made by [`generate_repeated_tokens`]. These cells form a line below the diagonal.
///
/// # Shapes
/// - each pattern in the cache: `[batch, head, query_pos, key_pos]`, with `1 + 2 * seq_len` positions
pub fn induction_attn_detector(cache: &ActivationCache, seq_len: usize) -> Vec<String> {
    todo!(
        "name the heads with a high mean on the induction stripe of segments of {seq_len}; {} layers are in the cache",
        cache.n_layers()
    )
}
