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

// BEGIN SOLUTION
// ANCHOR: detector_helpers
/// A head whose score is above this is worth naming.
const THRESHOLD: f32 = 0.4;

/// The names of the heads whose score is high, where the score of a head is the mean over the batch of `score(pattern)`.
///
/// # Shapes
/// - the pattern that `score` gets: `[query_pos, key_pos]`
fn heads_above_threshold(cache: &ActivationCache, score: impl Fn(ArrayView2<f32>) -> f32) -> Vec<String> {
    let mut heads = Vec::new();
    for layer in 0..cache.n_layers() {
        let pattern = cache.view::<Ix4>(("pattern", layer));
        for (head, of_head) in pattern.axis_iter(Axis(1)).enumerate() {
            let total: f32 = of_head.outer_iter().map(&score).sum();
            if total / of_head.len_of(Axis(0)) as f32 > THRESHOLD {
                heads.push(format!("{layer}.{head}"));
            }
        }
    }
    heads
}

/// The mean attention that queries give to the key `back` positions before them, over the queries that have such a key.
///
/// # Shapes
/// - pattern: `[query_pos, key_pos]`
fn mean_attention_back(pattern: ArrayView2<f32>, back: usize) -> f32 {
    let below = pattern.slice(s![back.., ..]);
    let line = below.diag();
    line.sum() / line.len() as f32
}
// ANCHOR_END: detector_helpers

/// The log probability that these logits give to a token. The largest is taken away first, so that no exponential
/// overflows.
///
/// # Shapes
/// - logits: `[d_vocab]`
fn log_prob(logits: ArrayView1<f32>, token: usize) -> f32 {
    let largest = logits.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
    let total: f32 = logits.iter().map(|logit| (logit - largest).exp()).sum();
    logits[token] - largest - total.ln()
}

// END SOLUTION
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
    // STUB todo!("draw each of the {} layers of the cache on {} tokens", cache.n_layers(), str_tokens.len())
    let mut views = Vec::new();
    for layer in 0..cache.n_layers() {
        let pattern = cache.view::<Ix4>(("pattern", layer));
        let of_text = pattern.index_axis(Axis(0), 0);
        let options = AttentionOptions::new().head_names(head_names(layer, of_text.len_of(Axis(0))));
        views.push(attention_patterns(str_tokens, of_text, options)?.title(format!("Layer {layer}")));
    }
    Ok(views)
}

/// The heads that attend, on average, to the current token.
///
/// # Shapes
/// - each pattern in the cache: `[batch, head, query_pos, key_pos]`
pub fn current_attn_detector(cache: &ActivationCache) -> Vec<String> {
    // STUB todo!("name the heads with a high mean on the diagonal; {} layers are in the cache", cache.n_layers())
    heads_above_threshold(cache, |pattern| mean_attention_back(pattern, 0))
}

/// The heads that attend, on average, to the previous token.
///
/// The first token has no previous one, so the mean is over the other queries.
///
/// # Shapes
/// - each pattern in the cache: `[batch, head, query_pos, key_pos]`
pub fn prev_attn_detector(cache: &ActivationCache) -> Vec<String> {
    // STUB todo!("name the heads with a high mean just below the diagonal; {} layers are in the cache", cache.n_layers())
    heads_above_threshold(cache, |pattern| mean_attention_back(pattern, 1))
}

/// The heads that attend, on average, to the first token of the text.
///
/// The first token can only attend to itself, so its query may count or be left out.
///
/// # Shapes
/// - each pattern in the cache: `[batch, head, query_pos, key_pos]`
pub fn first_attn_detector(cache: &ActivationCache) -> Vec<String> {
    // STUB todo!("name the heads with a high mean over queries of key 0; {} layers are in the cache", cache.n_layers())
    heads_above_threshold(cache, |pattern| pattern.column(0).sum() / pattern.nrows() as f32)
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
    // STUB let _ = rng;
    // STUB todo!("{batch} rows: BOS ({bos_token_id}), then {seq_len} random tokens below {d_vocab}, twice")
    let mut tokens = Tokens::from_elem((batch, 1 + 2 * seq_len), bos_token_id);
    for mut row in tokens.rows_mut() {
        for pos in 1..=seq_len {
            row[pos] = rng.random_range(0..d_vocab);
            row[pos + seq_len] = row[pos];
        }
    }
    tokens
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
    // STUB todo!("average the loss over each copy; logits {:?}, tokens {:?}", logits.dim(), tokens.dim())
    let (batch, n_pos) = tokens.dim();
    let seq_len = (n_pos - 1) / 2;
    let (mut first, mut second) = (0.0, 0.0);
    for row in 0..batch {
        for pos in 0..2 * seq_len {
            let loss = -log_prob(logits.slice(s![row, pos, ..]), tokens[[row, pos + 1]]);
            let half = if pos < seq_len { &mut first } else { &mut second };
            *half += loss;
        }
    }
    let predictions = (batch * seq_len) as f32;
    (first / predictions, second / predictions)
}

/// The heads that attend, on average, from each token of the second copy to the token *after* its previous occurrence.
///
/// The cache is of tokens made by [`generate_repeated_tokens`]. These cells form a line below the diagonal.
///
/// # Shapes
/// - each pattern in the cache: `[batch, head, query_pos, key_pos]`, with `1 + 2 * seq_len` positions
pub fn induction_attn_detector(cache: &ActivationCache, seq_len: usize) -> Vec<String> {
    // STUB todo!(
    // STUB     "name the heads with a high mean on the induction stripe of segments of {seq_len}; {} layers are in the cache",
    // STUB     cache.n_layers()
    // STUB )
    heads_above_threshold(cache, |pattern| mean_attention_back(pattern, seq_len - 1))
}
