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

// BEGIN SOLUTION
use hooked_transformer::loss_per_token;
use ndarray::{Axis, s};

// END SOLUTION
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
    // STUB todo!("the mean loss of {:?} on {:?}", logits.dim(), next.dim())
    let mut losses = Vec::new();
    for ((item, pos), next) in next.indexed_iter() {
        if let Some(next) = next {
            let row = logits.slice(s![item, pos, ..]);
            let largest = row.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
            losses.push(row.mapv(|logit| (logit - largest).exp()).sum().ln() + largest - row[*next]);
        }
    }
    losses.iter().sum::<f32>() / losses.len() as f32
}

/// The gradient of [`mean_loss`] with respect to the logits.
///
/// # Shapes
/// - logits: `[batch, pos, d_vocab]`
/// - next: `[batch, pos]`
/// - returns `[batch, pos, d_vocab]`, zero where nothing is predicted
pub fn loss_gradient(logits: ArrayView3<f32>, next: &Next) -> Array3<f32> {
    // STUB todo!("probabilities minus the right answer, for {:?} and {:?}", logits.dim(), next.dim())
    let counted = next.iter().flatten().count() as f32;
    let mut gradient = Array3::zeros(logits.dim());
    for ((item, pos), next) in next.indexed_iter() {
        if let Some(next) = next {
            let row = logits.slice(s![item, pos, ..]);
            let largest = row.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
            let exp = row.mapv(|logit| (logit - largest).exp());
            let mut row = gradient.slice_mut(s![item, pos, ..]);
            row.assign(&(&exp / (exp.sum() * counted)));
            row[*next] -= 1.0 / counted;
        }
    }
    gradient
}

/// Backward through `y = x · w`: the gradients with respect to `x` and `w`.
///
/// # Shapes
/// - x: `[row, d_in]`; w: `[d_in, d_out]`; d_y: `[row, d_out]`
/// - returns d_x `[row, d_in]` and d_w `[d_in, d_out]`, summed over rows
pub fn linear_backward(x: ArrayView2<f32>, w: ArrayView2<f32>, d_y: ArrayView2<f32>) -> (Array2<f32>, Array2<f32>) {
    // STUB todo!("d_x and d_w of {:?} times {:?}, given {:?}", x.dim(), w.dim(), d_y.dim())
    (d_y.dot(&w.t()), x.t().dot(&d_y))
}

/// Backward through the softmax of each row, which turned the scores into the pattern.
///
/// # Shapes
/// - pattern, d_pattern: `[query_pos, key_pos]`; the pattern is 0 where a key comes after the query
/// - returns d_scores, `[query_pos, key_pos]`
pub fn softmax_backward(pattern: ArrayView2<f32>, d_pattern: ArrayView2<f32>) -> Array2<f32> {
    // STUB todo!("d_scores of the pattern {:?}, given {:?}", pattern.dim(), d_pattern.dim())
    let average = (&pattern * &d_pattern).sum_axis(Axis(1)).insert_axis(Axis(1));
    &pattern * &(&d_pattern - &average)
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
    // STUB let _ = (k, v, pattern);
    // STUB todo!("d_q, d_k and d_v for queries {:?}, given {:?}", q.dim(), d_z.dim())
    let d_pattern = d_z.dot(&v.t());
    let d_v = pattern.t().dot(&d_z);
    let d_scores = softmax_backward(pattern, d_pattern.view()) / (q.ncols() as f32).sqrt();
    [d_scores.dot(&k), d_scores.t().dot(&q), d_v]
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
    // STUB todo!("gradients of layer {layer} of {model:?}, from {cache:?}, given {:?}", d_resid_post.dim())
    let (batch, n_pos, d_model) = d_resid_post.dim();
    let (n_heads, d_head) = (model.cfg().n_heads, model.cfg().d_head);
    let as_rows = |x: ArrayView3<f32>| x.to_shape((batch * n_pos, x.dim().2)).expect("rows").into_owned();
    let x = cache.resid_pre(layer);
    let with_pos = &x + &model.W_pos().expect("shortformer").slice(s![..n_pos, ..]);
    let (x, with_pos, d_out) = (as_rows(x), as_rows(with_pos.view()), as_rows(d_resid_post));

    let mut d_x = d_out.clone();
    let mut d_with_pos = Array2::zeros(x.dim());
    let into_head = || Array3::zeros((n_heads, d_model, d_head));
    let [mut d_w_q, mut d_w_k, mut d_w_v, mut d_w_o] =
        [into_head(), into_head(), into_head(), Array3::zeros((n_heads, d_head, d_model))];
    for head in 0..n_heads {
        let w = model.head(layer, head).expect("a head of this model");
        let z = cache.z(layer);
        let (d_z, d_o) = linear_backward(as_rows(z.slice(s![.., .., head, ..])).view(), w.W_O, d_out.view());
        d_w_o.slice_mut(s![head, .., ..]).assign(&d_o);

        let mut d_qkv = [(); 3].map(|()| Array2::zeros((batch * n_pos, d_head)));
        for item in 0..batch {
            let rows = s![item * n_pos..(item + 1) * n_pos, ..];
            let [q, k, v] =
                [cache.q(layer), cache.k(layer), cache.v(layer)].map(|a| a.slice_move(s![item, .., head, ..]));
            let pattern = cache.pattern(layer).slice_move(s![item, head, .., ..]);
            let d_item = attention_backward(q, k, v, pattern, d_z.slice(rows));
            for (d_all, d_item) in d_qkv.iter_mut().zip(d_item) {
                d_all.slice_mut(rows).assign(&d_item);
            }
        }
        let [d_q, d_k, d_v] = d_qkv;
        for (w, d_y, d_w) in [(w.W_Q, d_q, &mut d_w_q), (w.W_K, d_k, &mut d_w_k)] {
            let (d_in, d) = linear_backward(with_pos.view(), w, d_y.view());
            d_with_pos += &d_in;
            d_w.slice_mut(s![head, .., ..]).assign(&d);
        }
        let (d_in, d) = linear_backward(x.view(), w.W_V, d_v.view());
        d_x += &d_in;
        d_w_v.slice_mut(s![head, .., ..]).assign(&d);
    }
    d_x += &d_with_pos;
    let in_texts = |rows: Array2<f32>| rows.into_shape_with_order((batch, n_pos, d_model)).expect("the same entries");
    (in_texts(d_x), in_texts(d_with_pos).sum_axis(Axis(0)), [d_w_q, d_w_k, d_w_v, d_w_o])
}

/// Backward through the embedding, which copies row `token` of `W_E` into the stream.
///
/// # Shapes
/// - tokens: `[batch, pos]`; d_embed: `[batch, pos, d_model]`
/// - returns d_W_E, `[d_vocab, d_model]`
pub fn embedding_backward(tokens: &Tokens, d_embed: ArrayView3<f32>, d_vocab: usize) -> Array2<f32> {
    // STUB todo!("the gradient of {d_vocab} embeddings, for {:?} and {:?}", tokens.dim(), d_embed.dim())
    let mut d_w_e = Array2::zeros((d_vocab, d_embed.dim().2));
    for ((item, pos), token) in tokens.indexed_iter() {
        let mut row = d_w_e.row_mut(*token);
        row += &d_embed.slice(s![item, pos, ..]);
    }
    d_w_e
}

/// The mean loss of the predictions that count, and its gradient with respect to every matrix of the model.
///
/// # Shapes
/// - tokens, next: `[batch, pos]`
/// - each gradient has the shape of its matrix
pub fn model_gradients(model: &HookedTransformer, tokens: &Tokens, next: &Next) -> (f32, Gradients) {
    // STUB todo!("run {:?} through {model:?}, and go back from the loss on {:?}", tokens.dim(), next.dim())
    let (logits, cache) = model.run(tokens).logits_and_cache().expect("tokens of this model");
    let cfg = model.cfg();
    let (batch, n_pos) = tokens.dim();
    let d_logits = loss_gradient(logits.view(), next);
    let loss = mean_loss(logits.view(), next);

    let as_rows = |x: ArrayView3<f32>| x.to_shape((batch * n_pos, x.dim().2)).expect("rows").into_owned();
    let last = as_rows(cache.resid_post(cfg.n_layers - 1));
    let (d_last, d_w_u) = linear_backward(last.view(), model.W_U(), as_rows(d_logits.view()).view());
    let mut d_stream = d_last.into_shape_with_order((batch, n_pos, cfg.d_model)).expect("the same entries");
    let mut d_w_pos = Array2::zeros((cfg.n_ctx, cfg.d_model));
    let mut gradients = Gradients::from([("unembed.W_U".to_string(), d_w_u.into_dyn())]);
    for layer in (0..cfg.n_layers).rev() {
        let (d_resid_pre, d_pos, d_weights) = layer_backward(model, layer, &cache, d_stream.view());
        d_stream = d_resid_pre;
        let mut seen = d_w_pos.slice_mut(s![..n_pos, ..]);
        seen += &d_pos;
        for (name, d_w) in ["W_Q", "W_K", "W_V", "W_O"].into_iter().zip(d_weights) {
            gradients.insert(format!("blocks.{layer}.attn.{name}"), d_w.into_dyn());
        }
    }
    gradients.insert("pos_embed.W_pos".to_string(), d_w_pos.into_dyn());
    let d_w_e = embedding_backward(tokens, d_stream.view(), cfg.d_vocab);
    gradients.insert("embed.W_E".to_string(), d_w_e.into_dyn());
    (loss, gradients)
}

/// Scales the gradients of all matrices down by one factor, so that their norm is at most `max_norm`. If it is already, they
/// stay as they are. Returns the norm before: the square root of the sum of the squares of all entries.
pub fn clip_gradients(gradients: &mut Gradients, max_norm: f32) -> f32 {
    // STUB todo!("make {} gradients no longer than {max_norm}", gradients.len())
    let norm = gradients.values().flatten().map(|x| x * x).sum::<f32>().sqrt();
    if norm > max_norm {
        for gradient in gradients.values_mut() {
            *gradient *= max_norm / norm;
        }
    }
    norm
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
    // STUB let _ = (m, v, decay);
    // STUB todo!("step {step} at rate {rate}, from {:?} against {:?}", weight.dim(), gradient.dim())
    let (mut weight, mut m, mut v) = (weight, m, v);
    let step = i32::try_from(step).expect("not that many steps");
    let (correct_1, correct_2) = (1.0 - BETA_1.powi(step), 1.0 - BETA_2.powi(step));
    m.zip_mut_with(&gradient, |m, g| *m = BETA_1 * *m + (1.0 - BETA_1) * g);
    v.zip_mut_with(&gradient, |v, g| *v = BETA_2 * *v + (1.0 - BETA_2) * g * g);
    weight *= 1.0 - rate * decay;
    ndarray::Zip::from(&mut weight).and(&m).and(&v).for_each(|w, m, v| {
        *w -= rate * (m / correct_1) / ((v / correct_2).sqrt() + EPSILON);
    });
}

/// The learning rate of a step (1 is the first, `steps` the last). It rises linearly to `peak` at step [`WARM_UP`] and stays
/// there. Over the last fifth of the steps it falls linearly, to zero just after the last one.
pub fn learning_rate(step: usize, steps: usize, peak: f32) -> f32 {
    // STUB todo!("the rate of step {step} of {steps}, at most {peak}")
    let rise = step as f32 / WARM_UP as f32;
    let fall = (steps + 1 - step) as f32 / (steps as f32 / 5.0);
    peak * rise.min(fall).min(1.0)
}

/// A row of text: BOS, then `n_ctx - 1` consecutive tokens of the text, from a start that is drawn uniformly.
pub fn text_window(rng: &mut ChaCha8Rng, text: &[usize], n_ctx: usize) -> Vec<usize> {
    // STUB let _ = rng;
    // STUB todo!("BOS and {} of {} tokens", n_ctx - 1, text.len())
    let start = rng.random_range(0..=text.len() - (n_ctx - 1));
    [&[0], &text[start..start + n_ctx - 1]].concat()
}

/// A row that repeats: BOS, then a random segment again and again, cut off at `n_ctx` tokens. Also returns the length of
/// the segment.
///
/// The length is uniform from [`SHORTEST`] to `(n_ctx - 1) / 2`, so there are always two copies. Each token is uniform from 1
/// to `d_vocab - 1` (BOS is 0), independent of the others.
pub fn repeated_segment(rng: &mut ChaCha8Rng, d_vocab: usize, n_ctx: usize) -> (Vec<usize>, usize) {
    // STUB let _ = rng;
    // STUB todo!("BOS and a segment of tokens below {d_vocab}, again and again up to {n_ctx}")
    let length = rng.random_range(SHORTEST..=(n_ctx - 1) / 2);
    let segment: Vec<usize> = (0..length).map(|_| rng.random_range(1..d_vocab)).collect();
    ([0].into_iter().chain(segment.into_iter().cycle()).take(n_ctx).collect(), length)
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
    // STUB let _ = (rng, text);
    // STUB todo!("{rows} rows of {n_ctx} tokens below {d_vocab}, {share} of them repeated")
    let (mut tokens, mut next) = (Tokens::zeros((rows, n_ctx)), Next::from_elem((rows, n_ctx), None));
    for item in 0..rows {
        let (row, first_counted) = if rng.random_bool(share) {
            repeated_segment(rng, d_vocab, n_ctx)
        } else {
            (text_window(rng, text, n_ctx), 0)
        };
        for pos in 0..n_ctx {
            tokens[[item, pos]] = row[pos];
            if pos >= first_counted && pos + 1 < n_ctx {
                next[[item, pos]] = Some(row[pos + 1]);
            }
        }
    }
    (tokens, next)
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
    // STUB todo!("losses and scores of {model:?} on {:?}, a segment of {n} twice", tokens.dim())
    let (logits, cache) = model.run(tokens).logits_and_cache().expect("tokens of this model");
    let losses = loss_per_token(logits.view(), tokens.view()).expect("logits of these tokens");
    let mean = |from, to| losses.slice(s![.., from..to]).mean().expect("predictions");
    let mut score = 0.0_f32;
    for layer in 0..model.cfg().n_layers {
        for head in cache.pattern(layer).axis_iter(Axis(1)) {
            let items = head.outer_iter().map(|pattern| {
                let stripe = pattern.slice(s![n - 1.., ..]);
                stripe.diag().mean().expect("a stripe has entries")
            });
            score = score.max(items.sum::<f32>() / tokens.nrows() as f32);
        }
    }
    (mean(0, n), mean(n, 2 * n), score)
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
    // STUB let _ = (moments, next);
    // STUB todo!("step {step} of {model:?} on {:?} at rate {rate}", tokens.dim())
    let (loss, mut gradients) = model_gradients(model, tokens, next);
    clip_gradients(&mut gradients, MAX_NORM);
    model.update_parameters(|parameters| {
        for (name, weight) in parameters {
            let Some(gradient) = gradients.get(&name) else { continue };
            let zeros = || (ArrayD::zeros(weight.shape()), ArrayD::zeros(weight.shape()));
            let (m, v) = moments.entry(name).or_insert_with(zeros);
            adamw_step(weight, gradient.view(), m.view_mut(), v.view_mut(), step, rate, WEIGHT_DECAY);
        }
    });
    loss
}

/// Trains a model for `steps` steps, each on a new batch of [`ROWS`] rows as long as the model's context, at the
/// [`learning_rate`] with the peak [`PEAK_RATE`]. Each row repeats with probability `share`. Returns the loss of each step.
pub fn grow(model: &mut HookedTransformer, rng: &mut ChaCha8Rng, text: &[usize], steps: usize, share: f64) -> Vec<f32> {
    // STUB let _ = rng;
    // STUB todo!("{steps} steps of {model:?} on {} tokens of text, {share} repeated", text.len())
    let mut moments = Moments::new();
    let (n_ctx, d_vocab) = (model.cfg().n_ctx, model.cfg().d_vocab);
    (1..=steps)
        .map(|step| {
            let (tokens, next) = training_batch(rng, text, ROWS, n_ctx, d_vocab, share);
            train_step(model, &mut moments, &tokens, &next, step, learning_rate(step, steps, PEAK_RATE))
        })
        .collect()
}
