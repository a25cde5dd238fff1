//! Wrong measures of the bump, and wrong loops.

use grading::ex07::{Moments, Next};
use hooked_transformer::{HookedTransformer, Tokens, loss_per_token};
use ndarray::{Array2, ArrayView2, Axis, s};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use solution_07_training::{PEAK_RATE, ROWS, bump, grow, learning_rate, train_step, training_batch};

/// A `grow`: of a model, a generator, a text, how many steps, and the share of rows that repeat. Its signature is
/// long, so wrong ones are constants.
type Grow = fn(&mut HookedTransformer, &mut ChaCha8Rng, &[usize], usize, f64) -> Vec<f32>;

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

pub(super) fn largest(values: impl IntoIterator<Item = f32>) -> f32 {
    values.into_iter().fold(f32::NEG_INFINITY, f32::max)
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

pub fn two_further(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    scored(model, tokens, n, |pattern, n| back(pattern, n - 2), best)
}

pub fn sum_of_heads(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    scored(model, tokens, n, stripe, |scores| scores.iter().flatten().map(|items| average(items)).sum())
}

pub fn largest_cell(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    let of = |pattern: ArrayView2<f32>, n: usize| largest(pattern.slice(s![n - 1.., ..]).diag().iter().copied());
    scored(model, tokens, n, of, |scores| largest(scores.iter().flatten().flatten().copied()))
}

pub fn score_of_first_item(model: &HookedTransformer, tokens: &Tokens, n: usize) -> Three {
    let (first, second, _) = bump(model, tokens, n);
    (first, second, bump(model, &tokens.slice(s![..1, ..]).to_owned(), n).2)
}

/// As [`grow`], on other batches, or with another step and rate for AdamW.
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

pub const LAST_LOSS_ALONE: Grow =
    |model, rng, text, steps, share| grow(model, rng, text, steps, share).split_off(steps - 1);

pub const ONE_STEP_TOO_MANY: Grow = |model, rng, text, steps, share| grow(model, rng, text, steps + 1, share);

pub const STEPS_FROM_ZERO: Grow = |model, rng, text, steps, share| {
    let step_and_rate = |step| (step - 1, learning_rate(step, steps, PEAK_RATE));
    looped(model, steps, |model| drawn(model, rng, text, share), step_and_rate)
};

pub const A_COPY_IS_TRAINED: Grow = |model, rng, text, steps, share| grow(&mut model.clone(), rng, text, steps, share);

pub const OWN_GENERATOR: Grow =
    |model, _, text, steps, share| grow(model, &mut ChaCha8Rng::seed_from_u64(1), text, steps, share);

pub const HALF_IN_ANY_CASE: Grow = |model, rng, text, steps, _| grow(model, rng, text, steps, 0.5);

pub const NO_TEXT: Grow = |model, rng, text, steps, share| {
    let counted: Vec<usize> = (0..text.len()).map(|i| 1 + i % 27).collect();
    grow(model, rng, &counted, steps, share)
};

pub const ONE_BATCH: Grow = |model, rng, text, steps, share| {
    let batch = drawn(model, rng, text, share);
    looped(model, steps, |_| batch.clone(), |step| (step, learning_rate(step, steps, PEAK_RATE)))
};

pub const CONSTANT_RATE: Grow = |model, rng, text, steps, share| {
    looped(model, steps, |model| drawn(model, rng, text, share), |step| (step, PEAK_RATE))
};

pub const RATES_FROM_ZERO: Grow = |model, rng, text, steps, share| {
    let step_and_rate = |step| (step, learning_rate(step - 1, steps, PEAK_RATE));
    looped(model, steps, |model| drawn(model, rng, text, share), step_and_rate)
};

pub const LONG_SCHEDULE: Grow = |model, rng, text, steps, share| {
    let step_and_rate = |step| (step, learning_rate(step, 450, PEAK_RATE));
    looped(model, steps, |model| drawn(model, rng, text, share), step_and_rate)
};

pub const CONTEXT_WRITTEN_IN: Grow = |model, rng, text, steps, share| {
    let batch = |model: &HookedTransformer| training_batch(rng, text, ROWS, 48, model.cfg().d_vocab, share);
    looped(model, steps, batch, |step| (step, learning_rate(step, steps, PEAK_RATE)))
};

pub const VOCABULARY_WRITTEN_IN: Grow = |model, rng, text, steps, share| {
    let batch = |model: &HookedTransformer| training_batch(rng, text, ROWS, model.cfg().n_ctx, 28, share);
    looped(model, steps, batch, |step| (step, learning_rate(step, steps, PEAK_RATE)))
};

pub const AVERAGES_MADE_AGAIN: Grow = |model, rng, text, steps, share| {
    let one_step = |step| {
        let (tokens, next) = drawn(model, rng, text, share);
        train_step(model, &mut Moments::new(), &tokens, &next, step, learning_rate(step, steps, PEAK_RATE))
    };
    (1..=steps).map(one_step).collect()
};

pub const ALWAYS_STEP_ONE: Grow = |model, rng, text, steps, share| {
    let step_and_rate = |step| (1, learning_rate(step, steps, PEAK_RATE));
    looped(model, steps, |model| drawn(model, rng, text, share), step_and_rate)
};
