//! Exercise 04: activation addition.
//!
//! A direction in the residual stream can have a meaning: add it, and the model talks about the sea. Here you make such
//! directions from pairs of prompts, add them while the model runs and while it generates text, and measure what they do and
//! what they cost.
//!
//! Everything happens at `resid_pre`, the stream that a layer reads, `[batch, pos, d_model]`: vectors are computed from it and
//! added to it. `model.run(&tokens).names_filter(("resid_pre", layer)).cache()` reads it, and a hook made with
//! `fwd_hook(("resid_pre", layer), |mut resid, _| ...)` edits it in place. A hook gets an `ArrayViewMutD<f32>`, whose rank is
//! not in its type: `resid.into_dimensionality::<Ix3>().unwrap()` is an `ArrayViewMut3`. A cache has
//! `cache.view::<Ix3>(("resid_pre", layer))` for the same purpose. Where the library returns a `Result`, `.unwrap()` is fine
//! here: the verdict shows the error and your line.
//!
//! Position 0 of every text is BOS, which the model prepends by default.
//!
//! The solutions need no other imports than those below.

use std::ops::Range;

use hooked_transformer::{HookedTransformer, KeyValueCache, Tokens, argmax, fwd_hook, log_softmax};
use ndarray::{Array1, Array2, Array3, ArrayViewMut3, Axis, Ix3, s};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Activation addition: `resid_pre` of the positive prompt minus that of the negative one, position by position.
///
/// Both prompts are tokenized with BOS. The shorter one is then padded at its end with the token `" "` (a single space) until
/// both have the same number of tokens. A prompt may be empty.
///
/// # Shapes
/// - returns `[pos, d_model]`, with as many positions as the longer prompt has tokens
pub fn steering_vector(model: &HookedTransformer, positive: &str, negative: &str, layer: usize) -> Array2<f32> {
    let _ = model;
    todo!("subtract the streams before layer {layer} of {positive:?} and {negative:?}")
}

/// The logits when `coefficient` times the vector is added to `resid_pre` at the front of every text: row 0 of the
/// vector at position 0, row 1 at position 1, and so on.
///
/// Rows beyond the end of a text are not used. Afterward the model has the same lasting hooks as before, for every
/// coefficient.
///
/// # Shapes
/// - tokens: `[batch, pos]`
/// - vector: `[vector pos, d_model]`
/// - returns `[batch, pos, d_vocab]`
pub fn steered_logits(
    model: &HookedTransformer,
    tokens: &Tokens,
    vector: &Array2<f32>,
    layer: usize,
    coefficient: f32,
) -> Array3<f32> {
    let _ = model;
    todo!("add {coefficient} times {:?} before layer {layer}; tokens {:?}", vector.dim(), tokens.dim())
}

/// Contrastive activation addition: the mean over pairs (positive, negative) of `resid_pre` of the positive prompt at
/// `pos` minus that of the negative one.
///
/// Each prompt runs alone, with BOS. `pos` counts from 0 at BOS. A negative `pos` counts from the end of that prompt's tokens:
/// -1 is the last one. If `unit_norm` is true, the mean is divided by its Euclidean norm.
///
/// # Shapes
/// - returns `[d_model]`
pub fn contrastive_vector(
    model: &HookedTransformer,
    pairs: &[(&str, &str)],
    layer: usize,
    pos: isize,
    unit_norm: bool,
) -> Array1<f32> {
    let _ = model;
    todo!("average over {} pairs, before layer {layer} at position {pos}; unit norm: {unit_norm}", pairs.len())
}

/// Adds the vector to a chunk of the stream, in place, at those of its positions that are in `positions`, in every row of the
/// batch.
///
/// `positions` are positions of the whole text, counted from 0 at BOS. The chunk begins at position `first_pos` of the text:
/// 0 for a prompt, and later when the model is given only the new tokens.
///
/// # Shapes
/// - resid: `[batch, pos, d_model]`
/// - vector: `[d_model]`
pub fn add_at_positions(resid: ArrayViewMut3<f32>, vector: &Array1<f32>, first_pos: usize, positions: &Range<usize>) {
    todo!("add {:?} at {positions:?}; a chunk {:?} that begins at {first_pos}", vector.dim(), resid.dim())
}

/// The `n_new` tokens that follow the prompt, each the most probable one, while the vector is added to `resid_pre` at all
/// `positions` of the text. Always `n_new`: the end-of-text token is a token like any other. `n_new` may be 0.
///
/// The range is the schedule: `1..prompt.len()` steers only the prompt, `1..usize::MAX` also each new token, and
/// `n..usize::MAX` everything from position `n` on. The result must be the same with and without `use_cache`. With it, a
/// `KeyValueCache` keeps keys and values (see [`Run::past`](hooked_transformer::Run::past)), and each run after the first is
/// given only the new token. Without it, each run is given the whole text.
///
/// # Shapes
/// - prompt: `[pos]`, BOS included
/// - vector: `[d_model]`, already multiplied by its coefficient
/// - returns `[n_new]`, without the prompt
pub fn steered_generate(
    model: &HookedTransformer,
    prompt: &[usize],
    vector: &Array1<f32>,
    layer: usize,
    positions: &Range<usize>,
    n_new: usize,
    use_cache: bool,
) -> Vec<usize> {
    let _ = (model, vector, use_cache);
    todo!("generate {n_new} tokens after {} while steering {positions:?} before layer {layer}", prompt.len())
}

/// How likely the next token is one of `targets`: the log of the sum of their probabilities at the last position, averaged
/// over the batch.
///
/// # Shapes
/// - logits: `[batch, pos, d_vocab]`
pub fn target_log_prob(logits: &Array3<f32>, targets: &[usize]) -> f32 {
    todo!("the log probability of {} tokens; logits {:?}", targets.len(), logits.dim())
}

/// How much steering changes the prediction of the next token: KL(steered || unsteered) at the last position, averaged over
/// the batch.
///
/// KL(p || q) is the sum over the vocabulary of `p * (ln p - ln q)`.
///
/// # Shapes
/// - both: `[batch, pos, d_vocab]`
pub fn kl_divergence(steered: &Array3<f32>, unsteered: &Array3<f32>) -> f32 {
    todo!("KL of steered {:?} to unsteered {:?}", steered.dim(), unsteered.dim())
}

/// A random direction with the same norm as the given vector: the control for a steering vector.
///
/// Use only `rng`; `rand::RngExt` provides `random_range`. Of the given vector only the norm counts: another vector of the same
/// norm gives the same direction. Entries are drawn independently of each other from one distribution, and are positive as
/// often as negative.
///
/// # Shapes
/// - like: `[d_model]`
/// - returns `[d_model]`, with the same norm
pub fn random_direction(like: &Array1<f32>, rng: &mut ChaCha8Rng) -> Array1<f32> {
    let _ = rng;
    todo!("a random direction with the norm of this vector of {} entries", like.len())
}

/// The gain and cost of steering, by layer and coefficient.
///
/// `coefficient` times the vector of a layer is added to that layer's `resid_pre` at every position except 0, which is BOS. The
/// gain is [`target_log_prob`] with steering minus the same without. The cost is [`kl_divergence`]. Both are means over the
/// prompts. Each prompt runs alone, with BOS.
///
/// # Shapes
/// - vectors: `[layer, d_model]`
/// - returns `[measure, layer, coefficient]`, where measure 0 is the gain and 1 the cost
pub fn effect_table(
    model: &HookedTransformer,
    prompts: &[&str],
    vectors: &Array2<f32>,
    coefficients: &[f32],
    targets: &[usize],
) -> Array3<f32> {
    let _ = (model, targets);
    todo!("{} prompts, vectors {:?}, {} coefficients", prompts.len(), vectors.dim(), coefficients.len())
}

/// What each layer gains where its cost reaches the budget.
///
/// Columns belong to coefficients that rise from 0, and costs rise along each row. Between two columns, gain and cost are
/// interpolated linearly. If the cost of a layer never reaches the budget, its gain at the last coefficient counts.
///
/// # Shapes
/// - gains, costs: `[layer, coefficient]`
/// - returns `[layer]`
pub fn gain_at_cost(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> Array1<f32> {
    todo!("where do the costs {:?} reach {budget}, and what is gained there ({:?})?", costs.dim(), gains.dim())
}

/// The layer that gains most where its cost reaches the budget, counted from 0; see [`gain_at_cost`].
///
/// # Shapes
/// - gains, costs: `[layer, coefficient]`
pub fn best_layer(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> usize {
    todo!("which layer gains most for {budget}? gains {:?}, costs {:?}", gains.dim(), costs.dim())
}
