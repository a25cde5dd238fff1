//! Wrong measures of the bump, and wrong loops.

use grading::ex07::{Moments, Next};
use hooked_transformer::{HookedTransformer, Tokens, loss_per_token};
use ndarray::{Array2, ArrayView2, Axis, s};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use solution_07_training::{PEAK_RATE, ROWS, bump, grow, learning_rate, train_step, training_batch};

type Three = (f32, f32, f32);

fn losses(model: &HookedTransformer, tokens: &Tokens) -> Array2<f32> {
    let logits = model.forward(tokens).expect("tokens of this model");
    loss_per_token(logits.view(), tokens.view()).expect("logits of these tokens")
}

fn mean(losses: &Array2<f32>, from: usize, to: usize) -> f32 {
    losses.slice(s![.., from..to]).mean().expect("predictions")
}

pub fn copies_exchanged(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    let (first, second, score) = bump(model, tokens, n);
    (second, first, score)
}

pub fn over_both(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    let (first, _, score) = bump(model, tokens, n);
    (first, mean(&losses(model, tokens), 0, 2 * n), score)
}

pub fn one_too_late(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    let losses = losses(model, tokens);
    (mean(&losses, 0, n + 1), mean(&losses, n + 1, 2 * n), bump(model, tokens, n).2)
}

pub fn one_too_early(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    let losses = losses(model, tokens);
    (mean(&losses, 0, n - 1), mean(&losses, n - 1, 2 * n), bump(model, tokens, n).2)
}

pub fn last_prediction_only(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    let losses = losses(model, tokens);
    (mean(&losses, n - 1, n), mean(&losses, 2 * n - 1, 2 * n), bump(model, tokens, n).2)
}

pub fn sums(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    let (first, second, score) = bump(model, tokens, n);
    let many = (n * tokens.nrows()) as f32;
    (first * many, second * many, score)
}

pub fn first_item(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    bump(model, &tokens.slice(s![..1, ..]).to_owned(), n)
}

/// The losses are right; the scores of `[layer, head, item]` come from `of` and are put together by `together`.
fn scored(
    model: &HookedTransformer,
    tokens: &Tokens,
    n: usize,
    of: fn(ArrayView2<f32>, usize) -> f32,
    together: fn(&[Vec<Vec<f32>>]) -> f32,
) -> Three {
    let cache = model.run(tokens).cache().expect("tokens of this model");
    let of_head = |patterns: ndarray::ArrayView3<f32>| patterns.outer_iter().map(|pattern| of(pattern, n)).collect();
    let of_layer = |layer: usize| cache.pattern(layer).axis_iter(Axis(1)).map(of_head).collect();
    let scores: Vec<Vec<Vec<f32>>> = (0..model.cfg().n_layers).map(of_layer).collect();
    let (first, second, _) = bump(model, tokens, n);
    (first, second, together(&scores))
}

/// The mean along the line where the key is so many positions before the query.
fn back(pattern: ArrayView2<f32>, by: usize) -> f32 {
    pattern.slice(s![by.., ..]).diag().mean().expect("a line")
}

fn stripe(pattern: ArrayView2<f32>, n: usize) -> f32 {
    back(pattern, n - 1)
}

fn average(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len() as f32
}

fn largest(values: impl Iterator<Item = f32>) -> f32 {
    values.fold(f32::NEG_INFINITY, f32::max)
}

fn best(scores: &[Vec<Vec<f32>>]) -> f32 {
    largest(scores.iter().flatten().map(|items| average(items)))
}

pub fn earlier_copy_itself(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    scored(model, tokens, n, back, best)
}

pub fn one_further(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    scored(model, tokens, n, |pattern, n| back(pattern, n + 1), best)
}

pub fn second_copy_alone(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    let of = |pattern: ArrayView2<f32>, n: usize| pattern.slice(s![n + 1.., 2..]).diag().mean().expect("a line");
    scored(model, tokens, n, of, best)
}

pub fn sum_of_the_stripe(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    scored(model, tokens, n, |pattern, n| stripe(pattern, n) * (n + 2) as f32, best)
}

pub fn last_layer(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    scored(model, tokens, n, stripe, |scores| best(&scores[scores.len() - 1..]))
}

pub fn last_layers_first_head(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    scored(model, tokens, n, stripe, |scores| average(&scores[scores.len() - 1][0]))
}

pub fn mean_of_heads(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    scored(model, tokens, n, stripe, |scores| {
        let heads: Vec<f32> = scores.iter().flatten().map(|items| average(items)).collect();
        average(&heads)
    })
}

pub fn largest_of_items(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    scored(model, tokens, n, stripe, |scores| largest(scores.iter().flatten().flatten().copied()))
}

pub fn previous_token(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    scored(model, tokens, n, |pattern, _| back(pattern, 1), best)
}

pub fn over_all_queries(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    scored(model, tokens, n, |pattern, n| stripe(pattern, n) * (n + 2) as f32 / (2 * n + 1) as f32, best)
}

/// As [`grow`], with another batch for each step.
fn looped(
    model: &mut HookedTransformer,
    steps: usize,
    mut batch: impl FnMut(&HookedTransformer) -> (Tokens, Next),
    step_and_rate: impl Fn(usize) -> (usize, f32),
) -> Vec<f32> {
    let mut moments = Moments::new();
    let mut losses = Vec::new();
    for step in 1..=steps {
        let (tokens, next) = batch(model);
        let (step, rate) = step_and_rate(step);
        losses.push(train_step(model, &mut moments, &tokens, &next, step, rate));
    }
    losses
}

fn drawn(model: &HookedTransformer, rng: &mut ChaCha8Rng, text: &[usize], share: f64) -> (Tokens, Next) {
    training_batch(rng, text, ROWS, model.cfg().n_ctx, model.cfg().d_vocab, share)
}

pub fn last_loss_alone(
    model: &mut HookedTransformer,
    rng: &mut ChaCha8Rng,
    text: &[usize],
    steps: usize,
    share: f64,
) -> Vec<f32> {
    grow(model, rng, text, steps, share).split_off(steps - 1)
}

pub fn one_step_too_many(
    model: &mut HookedTransformer,
    rng: &mut ChaCha8Rng,
    text: &[usize],
    steps: usize,
    share: f64,
) -> Vec<f32> {
    grow(model, rng, text, steps + 1, share)
}

pub fn steps_from_zero(
    model: &mut HookedTransformer,
    rng: &mut ChaCha8Rng,
    text: &[usize],
    steps: usize,
    share: f64,
) -> Vec<f32> {
    looped(
        model,
        steps,
        |model| drawn(model, rng, text, share),
        |step| (step - 1, learning_rate(step, steps, PEAK_RATE)),
    )
}

pub fn a_copy_is_trained(
    model: &mut HookedTransformer,
    rng: &mut ChaCha8Rng,
    text: &[usize],
    steps: usize,
    share: f64,
) -> Vec<f32> {
    grow(&mut model.clone(), rng, text, steps, share)
}

pub fn own_generator(
    model: &mut HookedTransformer,
    _rng: &mut ChaCha8Rng,
    text: &[usize],
    steps: usize,
    share: f64,
) -> Vec<f32> {
    grow(model, &mut ChaCha8Rng::seed_from_u64(1), text, steps, share)
}

pub fn half_in_any_case(
    model: &mut HookedTransformer,
    rng: &mut ChaCha8Rng,
    text: &[usize],
    steps: usize,
    _share: f64,
) -> Vec<f32> {
    grow(model, rng, text, steps, 0.5)
}

pub fn no_text(
    model: &mut HookedTransformer,
    rng: &mut ChaCha8Rng,
    text: &[usize],
    steps: usize,
    share: f64,
) -> Vec<f32> {
    let counted: Vec<usize> = (0..text.len()).map(|i| 1 + i % 27).collect();
    grow(model, rng, &counted, steps, share)
}

pub fn one_batch(
    model: &mut HookedTransformer,
    rng: &mut ChaCha8Rng,
    text: &[usize],
    steps: usize,
    share: f64,
) -> Vec<f32> {
    let batch = drawn(model, rng, text, share);
    looped(model, steps, |_| batch.clone(), |step| (step, learning_rate(step, steps, PEAK_RATE)))
}

/// The right losses, with what `of` makes of all patterns of a layer, `[batch, head, query_pos, key_pos]`.
fn with_score(
    model: &HookedTransformer,
    tokens: &Tokens,
    n: usize,
    of: impl Fn(Vec<f32>, f32) -> f32,
    before: usize,
) -> Three {
    let (first, second, _) = bump(model, tokens, n);
    let cache = model.run(tokens).cache().expect("tokens of this model");
    let (mut scores, mut largest) = (Vec::new(), 0.0_f32);
    for layer in 0..model.cfg().n_layers {
        for head in cache.pattern(layer).axis_iter(Axis(1)) {
            let stripes = head.outer_iter().map(|pattern| pattern.slice_move(s![before.., ..]));
            let means = stripes.map(|stripe| {
                largest = stripe.diag().fold(largest, |a, b| a.max(*b));
                stripe.diag().mean().expect("a stripe has cells")
            });
            scores.push(means.sum::<f32>() / tokens.nrows() as f32);
        }
    }
    (first, second, of(scores, largest))
}

pub fn two_further(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    with_score(model, tokens, n, |scores, _| scores.into_iter().fold(0.0, f32::max), n - 2)
}

pub fn sum_of_heads(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    with_score(model, tokens, n, |scores, _| scores.iter().sum(), n - 1)
}

pub fn largest_cell(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    with_score(model, tokens, n, |_, largest| largest, n - 1)
}

pub fn score_of_first_item(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    let (first, second, _) = bump(model, tokens, n);
    (first, second, bump(model, &tokens.slice(s![..1, ..]).to_owned(), n).2)
}

/// The loop with one thing changed: the rate, the step that AdamW is told, or averages made again.
fn one_changed(
    model: &mut HookedTransformer,
    rng: &mut ChaCha8Rng,
    text: &[usize],
    (steps, share): (usize, f64),
    rate: impl Fn(usize) -> f32,
    number: impl Fn(usize) -> usize,
    again: bool,
) -> Vec<f32> {
    let (n_ctx, d_vocab) = (model.cfg().n_ctx, model.cfg().d_vocab);
    let mut moments = Moments::new();
    let mut one_step = |step| {
        let (tokens, next) = training_batch(rng, text, ROWS, n_ctx, d_vocab, share);
        if again {
            moments.clear();
        }
        train_step(model, &mut moments, &tokens, &next, number(step), rate(step))
    };
    (1..=steps).map(&mut one_step).collect()
}

type Model<'a> = &'a mut HookedTransformer;

pub fn constant_rate(m: Model, rng: &mut ChaCha8Rng, text: &[usize], steps: usize, share: f64) -> Vec<f32> {
    one_changed(m, rng, text, (steps, share), |_| PEAK_RATE, |step| step, false)
}

pub fn rates_from_zero(m: Model, rng: &mut ChaCha8Rng, text: &[usize], steps: usize, share: f64) -> Vec<f32> {
    let rate = |step| learning_rate(step - 1, steps, PEAK_RATE);
    one_changed(m, rng, text, (steps, share), rate, |step| step, false)
}

pub fn averages_made_again(m: Model, rng: &mut ChaCha8Rng, text: &[usize], steps: usize, share: f64) -> Vec<f32> {
    one_changed(m, rng, text, (steps, share), |step| learning_rate(step, steps, PEAK_RATE), |step| step, true)
}

pub fn always_step_one(m: Model, rng: &mut ChaCha8Rng, text: &[usize], steps: usize, share: f64) -> Vec<f32> {
    one_changed(m, rng, text, (steps, share), |step| learning_rate(step, steps, PEAK_RATE), |_| 1, false)
}
