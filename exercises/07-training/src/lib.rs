//! Exercise 07: training. You write every gradient yourself, and watch an induction head form.
//!
//! The model is the one of exercises 02, 03 and 05: attention only, no biases, no norms. Its position embedding is not in the
//! residual stream; each layer adds it to what queries and keys read (`shortformer`). The library runs it forward and caches
//! its activations. You write everything after the forward pass: gradients, optimizer, batches, measures, and the loop.
//!
//! We write `d_x` for the gradient of the loss with respect to `x`. It has the shape of `x`: each entry says how the loss
//! changes with that entry of `x`. A *backward* function takes the gradient of a step's output, and returns the gradients of
//! the step's inputs.
//!
//! Layers, heads and positions are counted from zero, training steps from one. Token 0 is BOS.

use std::collections::BTreeMap;

use hooked_transformer::{
    ActivationCache, HookedTransformer, HookedTransformerConfig, PositionalEmbeddingType, Tokens,
};
use ndarray::{Array2, Array3, ArrayD, ArrayView2, ArrayView3, ArrayViewD, ArrayViewMutD};
#[allow(unused_imports, reason = "gives the generator its `random_range` and `random_bool`")]
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// What each position has to predict, `[batch, pos]`: the next token, or `None` where the prediction does not count.
pub type Next = Array2<Option<usize>>;

/// A gradient for each matrix of the model, by its name in the state dict: `embed.W_E`, `pos_embed.W_pos`, `unembed.W_U`,
/// and `W_Q`, `W_K`, `W_V`, `W_O` of each layer: `blocks.0.attn.W_Q`.
pub type Gradients = BTreeMap<String, ArrayD<f32>>;

/// What AdamW keeps for each matrix: the running averages of its gradient and of its squared gradient.
pub type Moments = BTreeMap<String, (ArrayD<f32>, ArrayD<f32>)>;

/// The fraction of the old average of the gradient that AdamW keeps in each step.
pub const BETA_1: f32 = 0.9;
/// The fraction of the old average of the squared gradient that it keeps.
pub const BETA_2: f32 = 0.98;
/// Keeps AdamW from dividing by zero.
pub const EPSILON: f32 = 1e-8;
/// How strongly AdamW pulls weights to zero.
pub const WEIGHT_DECAY: f32 = 0.01;
/// The largest norm of all gradients together; longer ones are scaled down.
pub const MAX_NORM: f32 = 1.0;
/// The learning rate after the warm-up.
pub const PEAK_RATE: f32 = 0.03;
/// The number of steps during which the learning rate rises.
pub const WARM_UP: usize = 50;
/// The length of the shortest random segment that is repeated.
pub const SHORTEST: usize = 8;
/// The number of rows of a batch.
pub const ROWS: usize = 16;

/// A model that has not learned anything: random matrices, and waves of different lengths as position embedding. It is small:
/// `d_model` 32, two heads in each layer, 48 positions, 28 tokens (BOS, the space and the letters). This function is given.
#[expect(clippy::missing_panics_doc, reason = "the configuration is fixed")]
pub fn untrained_model(n_layers: usize, seed: u64) -> HookedTransformer {
    let cfg = HookedTransformerConfig {
        attn_only: true,
        normalization_type: None,
        positional_embedding_type: PositionalEmbeddingType::Shortformer,
        initializer_range: Some(0.1),
        seed: Some(seed),
        ..HookedTransformerConfig::new(n_layers, 32, 16, 48, 28)
    };
    let mut model = HookedTransformer::from_config(cfg).expect("a valid configuration");
    let unembed = model.W_E().t().to_owned().into_dyn();
    model.update_parameters(|parameters| {
        for (name, mut weight) in parameters {
            match &*name {
                "unembed.W_U" => weight.assign(&unembed),
                "pos_embed.W_pos" => {
                    for (at, x) in weight.indexed_iter_mut() {
                        let angle = at[0] as f32 / 1000_f32.powf((at[1] % 16) as f32 / 16.0);
                        *x = if at[1] < 16 { angle.sin() } else { angle.cos() } * 0.7;
                    }
                }
                _ if name.ends_with("W_O") => weight *= 0.5,
                _ => {}
            }
        }
    });
    model
}

/// The text as tokens of that model: 1 for anything that is not a letter, 2 to 27 for the letters, upper or lower case. This
/// function is given, too.
pub fn letters(text: &str) -> Vec<usize> {
    let token = |c: char| if c.is_ascii_alphabetic() { c.to_ascii_lowercase() as usize - 'a' as usize + 2 } else { 1 };
    let mut tokens: Vec<usize> = text.chars().map(token).collect();
    tokens.dedup_by(|a, b| *a == 1 && *b == 1);
    tokens
}

/// The mean cross-entropy, in nats, over the predictions that count.
///
/// # Shapes
/// - logits: `[batch, pos, d_vocab]`
/// - next: `[batch, pos]`
pub fn mean_loss(logits: ArrayView3<f32>, next: &Next) -> f32 {
    todo!("the mean loss of {:?} on {:?}", logits.dim(), next.dim())
}

/// The gradient of [`mean_loss`] with respect to the logits.
///
/// # Shapes
/// - logits: `[batch, pos, d_vocab]`
/// - next: `[batch, pos]`
/// - returns `[batch, pos, d_vocab]`, zero where nothing is predicted
pub fn loss_gradient(logits: ArrayView3<f32>, next: &Next) -> Array3<f32> {
    todo!("probabilities minus the right answer, for {:?} and {:?}", logits.dim(), next.dim())
}

/// Backward through `y = x · w`: the gradients with respect to `x` and `w`.
///
/// # Shapes
/// - x: `[row, d_in]`; w: `[d_in, d_out]`; d_y: `[row, d_out]`
/// - returns d_x `[row, d_in]` and d_w `[d_in, d_out]`, summed over rows
pub fn linear_backward(x: ArrayView2<f32>, w: ArrayView2<f32>, d_y: ArrayView2<f32>) -> (Array2<f32>, Array2<f32>) {
    todo!("d_x and d_w of {:?} times {:?}, given {:?}", x.dim(), w.dim(), d_y.dim())
}

/// Backward through the softmax of each row, which turned the scores into the pattern.
///
/// # Shapes
/// - pattern, d_pattern: `[query_pos, key_pos]`; the pattern is 0 where a key comes after the query
/// - returns d_scores, `[query_pos, key_pos]`
pub fn softmax_backward(pattern: ArrayView2<f32>, d_pattern: ArrayView2<f32>) -> Array2<f32> {
    todo!("d_scores of the pattern {:?}, given {:?}", pattern.dim(), d_pattern.dim())
}

/// Backward through one head's attention in one text: `scores = q · kᵀ / √d_head`, the pattern is their softmax under the
/// causal mask, and `z = pattern · v`.
///
/// # Shapes
/// - q, k, v, d_z: `[pos, d_head]`
/// - pattern: `[query_pos, key_pos]`
/// - returns d_q, d_k, d_v, each `[pos, d_head]`
pub fn attention_backward(
    q: ArrayView2<f32>,
    k: ArrayView2<f32>,
    v: ArrayView2<f32>,
    pattern: ArrayView2<f32>,
    d_z: ArrayView2<f32>,
) -> [Array2<f32>; 3] {
    let _ = (k, v, pattern);
    todo!("d_q, d_k and d_v for queries {:?}, given {:?}", q.dim(), d_z.dim())
}

/// Backward through a layer: `resid_post = resid_pre + the sum over heads of z · W_O`. Queries and keys read
/// `resid_pre + W_pos`, and values read `resid_pre`.
///
/// Returns the gradients with respect to the stream before the layer, to the position embedding (only what this layer
/// contributes), and to `W_Q`, `W_K`, `W_V`, `W_O`.
///
/// # Shapes
/// - d_resid_post: `[batch, pos, d_model]`
/// - in the cache: `resid_pre` `[batch, pos, d_model]`; `q`, `k`, `v`, `z` `[batch, pos, head, d_head]`; `pattern`
///   `[batch, head, query_pos, key_pos]`
/// - returns d_resid_pre `[batch, pos, d_model]`; d_W_pos `[pos, d_model]`; d_W_Q, d_W_K, d_W_V `[head, d_model, d_head]`,
///   d_W_O `[head, d_head, d_model]`
pub fn layer_backward(
    model: &HookedTransformer,
    layer: usize,
    cache: &ActivationCache,
    d_resid_post: ArrayView3<f32>,
) -> (Array3<f32>, Array2<f32>, [Array3<f32>; 4]) {
    todo!("gradients of layer {layer} of {model:?}, from {cache:?}, given {:?}", d_resid_post.dim())
}

/// Backward through the embedding, which copies row `token` of `W_E` into the stream.
///
/// # Shapes
/// - tokens: `[batch, pos]`; d_embed: `[batch, pos, d_model]`
/// - returns d_W_E, `[d_vocab, d_model]`
pub fn embedding_backward(tokens: &Tokens, d_embed: ArrayView3<f32>, d_vocab: usize) -> Array2<f32> {
    todo!("the gradient of {d_vocab} embeddings, for {:?} and {:?}", tokens.dim(), d_embed.dim())
}

/// The mean loss of the predictions that count, and its gradient with respect to every matrix of the model.
///
/// # Shapes
/// - tokens, next: `[batch, pos]`
/// - each gradient has the shape of its matrix
pub fn model_gradients(model: &HookedTransformer, tokens: &Tokens, next: &Next) -> (f32, Gradients) {
    todo!("run {:?} through {model:?}, and go back from the loss on {:?}", tokens.dim(), next.dim())
}

/// Scales the gradients of all matrices down by one factor, so that their norm is at most `max_norm`. If it is already, they
/// stay as they are. Returns the norm before: the square root of the sum of the squares of all entries.
pub fn clip_gradients(gradients: &mut Gradients, max_norm: f32) -> f32 {
    todo!("make {} gradients no longer than {max_norm}", gradients.len())
}

/// One step of AdamW on one matrix, in place. `m` and `v` are its running averages, and the first step has `step` 1.
///
/// The decay is *decoupled*: it multiplies the weights by `1 - rate * decay` and never enters the averages. Betas and epsilon
/// are the constants above.
///
/// # Shapes
/// - weight, gradient, m, v: the same, of any rank
pub fn adamw_step(
    weight: ArrayViewMutD<f32>,
    gradient: ArrayViewD<f32>,
    m: ArrayViewMutD<f32>,
    v: ArrayViewMutD<f32>,
    step: usize,
    rate: f32,
    decay: f32,
) {
    let _ = (m, v, decay);
    todo!("step {step} at rate {rate}, from {:?} against {:?}", weight.dim(), gradient.dim())
}

/// The learning rate of a step (1 is the first, `steps` the last). It rises linearly to `peak` at step [`WARM_UP`] and stays
/// there. Over the last fifth of the steps it falls linearly, to zero just after the last one.
pub fn learning_rate(step: usize, steps: usize, peak: f32) -> f32 {
    todo!("the rate of step {step} of {steps}, at most {peak}")
}

/// A row of text: BOS, then `n_ctx - 1` consecutive tokens of the text, from a start that is drawn uniformly.
pub fn text_window(rng: &mut ChaCha8Rng, text: &[usize], n_ctx: usize) -> Vec<usize> {
    let _ = rng;
    todo!("BOS and {} of {} tokens", n_ctx - 1, text.len())
}

/// A row that repeats: BOS, then a random segment again and again, cut off at `n_ctx` tokens. Also returns the length of
/// the segment.
///
/// The length is uniform from [`SHORTEST`] to `(n_ctx - 1) / 2`, so there are always two copies. Each token is uniform from 1
/// to `d_vocab - 1` (BOS is 0), independent of the others.
pub fn repeated_segment(rng: &mut ChaCha8Rng, d_vocab: usize, n_ctx: usize) -> (Vec<usize>, usize) {
    let _ = rng;
    todo!("BOS and a segment of tokens below {d_vocab}, again and again up to {n_ctx}")
}

/// A batch: each row is, independently of the others, a [`repeated_segment`] with probability `share`, and a
/// [`text_window`] otherwise.
///
/// In a row of text each position predicts the next token, and the last predicts nothing. In a row that repeats, the tokens of
/// the first copy cannot be predicted, so their predictions do not count either.
///
/// # Shapes
/// - returns tokens and next, each `[rows, n_ctx]`
pub fn training_batch(
    rng: &mut ChaCha8Rng,
    text: &[usize],
    rows: usize,
    n_ctx: usize,
    d_vocab: usize,
    share: f64,
) -> (Tokens, Next) {
    let _ = (rng, text);
    todo!("{rows} rows of {n_ctx} tokens below {d_vocab}, {share} of them repeated")
}

/// Three numbers that show whether an induction head has formed, on rows of BOS and `n` tokens twice: the mean loss on the
/// tokens of the first copy, the mean loss on those of the second, and the largest induction score of any head.
///
/// A head's score is as in exercise 02: its mean attention along the stripe where the key is `n - 1` positions before the
/// query, over the whole stripe and over the batch. That key is the token after the last occurrence of the current token.
///
/// # Shapes
/// - tokens: `[batch, 1 + 2 * n]`
pub fn bump(model: &HookedTransformer, tokens: &Tokens, n: usize) -> (f32, f32, f32) {
    todo!("losses and scores of {model:?} on {:?}, a segment of {n} twice", tokens.dim())
}

/// One step of training on a batch: compute the gradients, clip them to [`MAX_NORM`], and apply a step of AdamW with
/// [`WEIGHT_DECAY`] to every matrix. Returns the loss before the step.
///
/// `moments` is empty before the first step. `model.update_parameters` lends you every parameter by its name.
pub fn train_step(
    model: &mut HookedTransformer,
    moments: &mut Moments,
    tokens: &Tokens,
    next: &Next,
    step: usize,
    rate: f32,
) -> f32 {
    let _ = (moments, next);
    todo!("step {step} of {model:?} on {:?} at rate {rate}", tokens.dim())
}

/// Trains a model for `steps` steps, each on a new batch of [`ROWS`] rows as long as the model's context, at the
/// [`learning_rate`] with the peak [`PEAK_RATE`]. Each row repeats with probability `share`. Returns the loss of each step.
pub fn grow(model: &mut HookedTransformer, rng: &mut ChaCha8Rng, text: &[usize], steps: usize, share: f64) -> Vec<f32> {
    let _ = rng;
    todo!("{steps} steps of {model:?} on {} tokens of text, {share} repeated", text.len())
}
