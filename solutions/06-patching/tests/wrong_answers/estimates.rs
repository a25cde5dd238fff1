//! Wrong estimates, and wrong correlations.

use hooked_transformer::{ActivationCache, Edits, Gradients, HookedTransformer, Scalar, Tokens, fwd_hook};
use ndarray::{Array1, Array2, ArrayView2, ArrayView3, Axis, Ix3};
use solution_06_patching as solution;

use super::maps::Answers;

/// An `attribution_map`: of a model, the base run, the source, and the right and wrong answers. Its signature is long, so wrong
/// ones are constants.
type Map = fn(&HookedTransformer, &Tokens, &ActivationCache, Answers, Answers) -> Array2<f32>;

pub fn base_minus_source(source: ArrayView3<f32>, base: ArrayView3<f32>, gradient: ArrayView3<f32>) -> Array1<f32> {
    ((&base - &source) * gradient).sum_axis(Axis(2)).sum_axis(Axis(0))
}

pub fn batch_mean(source: ArrayView3<f32>, base: ArrayView3<f32>, gradient: ArrayView3<f32>) -> Array1<f32> {
    ((&source - &base) * gradient).sum_axis(Axis(2)).mean_axis(Axis(0)).expect("there are items")
}

pub fn first_item(source: ArrayView3<f32>, base: ArrayView3<f32>, gradient: ArrayView3<f32>) -> Array1<f32> {
    ((&source - &base) * gradient).sum_axis(Axis(2)).index_axis_move(Axis(0), 0)
}

pub fn stream_mean(source: ArrayView3<f32>, base: ArrayView3<f32>, gradient: ArrayView3<f32>) -> Array1<f32> {
    ((&source - &base) * gradient).mean_axis(Axis(2)).expect("the stream has entries").sum_axis(Axis(0))
}

pub fn absolute(source: ArrayView3<f32>, base: ArrayView3<f32>, gradient: ArrayView3<f32>) -> Array1<f32> {
    ((&source - &base) * gradient).mapv(f32::abs).sum_axis(Axis(2)).sum_axis(Axis(0))
}

pub fn source_alone(source: ArrayView3<f32>, _base: ArrayView3<f32>, gradient: ArrayView3<f32>) -> Array1<f32> {
    (&source * &gradient).sum_axis(Axis(2)).sum_axis(Axis(0))
}

pub fn base_alone(_source: ArrayView3<f32>, base: ArrayView3<f32>, gradient: ArrayView3<f32>) -> Array1<f32> {
    (&base * &gradient).sum_axis(Axis(2)).sum_axis(Axis(0))
}

pub fn over_positions(source: ArrayView3<f32>, base: ArrayView3<f32>, gradient: ArrayView3<f32>) -> Array1<f32> {
    ((&source - &base) * gradient).sum_axis(Axis(1)).sum_axis(Axis(0))
}

/// Gradients of a number in the base run, and that run's cache.
fn gradients(m: &HookedTransformer, base: &Tokens, of: Scalar<'_>) -> (Gradients, ActivationCache) {
    m.run(base).backward(of).grads_and_cache().expect("tokens of this model")
}

/// The estimate for one activation of each layer.
fn map(
    (m, base): (&HookedTransformer, &Tokens),
    source: &ActivationCache,
    name: &str,
    of: Scalar<'_>,
    estimate: impl Fn(ArrayView3<f32>, ArrayView3<f32>, ArrayView3<f32>) -> Array1<f32>,
) -> Array2<f32> {
    let (gradients, cache) = gradients(m, base, of);
    let mut map = Array2::zeros((m.cfg().n_layers, base.ncols()));
    for (layer, mut row) in map.outer_iter_mut().enumerate() {
        let name = (name, layer);
        let gradient = gradients.activations().view::<Ix3>(name);
        row.assign(&estimate(source.view::<Ix3>(name), cache.view::<Ix3>(name), gradient));
    }
    map
}

pub const OF_THE_LOSS: Map =
    |m, base, s, _, _| map((m, base), s, "resid_pre", Scalar::loss(), solution::attribution_estimate);

pub const OF_THE_RIGHT_LOGIT: Map =
    |m, base, s, r, _| map((m, base), s, "resid_pre", Scalar::logit(-1, r), solution::attribution_estimate);

pub const AT_THE_FIRST: Map =
    |m, base, s, r, w| map((m, base), s, "resid_pre", Scalar::logit_diff(0, r, w), solution::attribution_estimate);

pub const AFTER_THE_LAYER: Map =
    |m, base, s, r, w| map((m, base), s, "resid_post", Scalar::logit_diff(-1, r, w), solution::attribution_estimate);

pub const TIMES_ACTIVATION: Map =
    |m, base, s, r, w| map((m, base), s, "resid_pre", Scalar::logit_diff(-1, r, w), base_alone);

pub const PLUS_THE_METRIC: Map = |m, base, s, r, w| {
    let value = gradients(m, base, Scalar::logit_diff(-1, r, w)).0.value();
    solution::attribution_map(m, base, s, r, w) + value
};

/// The gradient where the patch leads to, and not where it begins.
pub const AT_THE_SOURCE: Map = |m, base, s, r, w| {
    let cache = m.run(base).cache().expect("tokens of this model");
    let first = ("resid_pre", 0);
    let replace = fwd_hook(first, |mut stream, _| stream.assign(&s[first]));
    let run = m.run(base).hook(replace).backward(Scalar::logit_diff(-1, r, w));
    let gradients = run.edits(Edits::PassThrough).grads().expect("tokens of this model");
    let mut map = Array2::zeros((m.cfg().n_layers, base.ncols()));
    for (layer, mut row) in map.outer_iter_mut().enumerate() {
        let name = ("resid_pre", layer);
        let gradient = gradients.activations().view::<Ix3>(name);
        row.assign(&solution::attribution_estimate(s.view::<Ix3>(name), cache.view::<Ix3>(name), gradient));
    }
    map
};

/// Means of products, with or without the means taken away first: of a and b, of a twice, of b twice.
fn products(a: ArrayView2<f32>, b: ArrayView2<f32>, centered: bool) -> [f32; 3] {
    let prepare = |map: ArrayView2<f32>| {
        let mean = if centered { map.mean().expect("a map has entries") } else { 0.0 };
        map.mapv(|value| value - mean)
    };
    let (a, b) = (prepare(a), prepare(b));
    [(&a, &b), (&a, &a), (&b, &b)].map(|(a, b)| (a * b).mean().expect("a map has entries"))
}

pub fn covariance(estimate: ArrayView2<f32>, exact: ArrayView2<f32>) -> f32 {
    products(estimate, exact, true)[0]
}

pub fn not_centered(estimate: ArrayView2<f32>, exact: ArrayView2<f32>) -> f32 {
    let [ab, aa, bb] = products(estimate, exact, false);
    ab / (aa * bb).sqrt()
}

pub fn size_alone(estimate: ArrayView2<f32>, exact: ArrayView2<f32>) -> f32 {
    solution::correlation(estimate, exact).abs()
}

pub fn squared(estimate: ArrayView2<f32>, exact: ArrayView2<f32>) -> f32 {
    solution::correlation(estimate, exact).powi(2)
}

pub fn slope(estimate: ArrayView2<f32>, exact: ArrayView2<f32>) -> f32 {
    let [ab, aa, _] = products(estimate, exact, true);
    ab / aa
}

pub fn root_missing(estimate: ArrayView2<f32>, exact: ArrayView2<f32>) -> f32 {
    let [ab, aa, bb] = products(estimate, exact, true);
    ab / (aa * bb)
}

pub fn sums_first(source: ArrayView3<f32>, base: ArrayView3<f32>, gradient: ArrayView3<f32>) -> Array1<f32> {
    ((&source - &base).sum_axis(Axis(0)) * gradient.sum_axis(Axis(0))).sum_axis(Axis(1))
}

pub fn cosine(source: ArrayView3<f32>, base: ArrayView3<f32>, gradient: ArrayView3<f32>) -> Array1<f32> {
    let change = &source - &base;
    let length = |x: ArrayView3<f32>| (&x * &x).sum_axis(Axis(2)).sum_axis(Axis(0)).mapv(f32::sqrt);
    solution::attribution_estimate(source, base, gradient) / (length(change.view()) * length(gradient))
}

pub fn plus(source: ArrayView3<f32>, base: ArrayView3<f32>, gradient: ArrayView3<f32>) -> Array1<f32> {
    ((&source + &base) * gradient).sum_axis(Axis(2)).sum_axis(Axis(0))
}

pub const EXACT: Map = |m, base, s, r, w| {
    let logits = m.forward(base).expect("tokens of this model");
    solution::residual_map(m, base, s, r, w) - solution::logit_difference(logits.view(), r, w)
};

pub const MIDDLE: Map =
    |m, base, s, r, w| map((m, base), s, "resid_mid", Scalar::logit_diff(-1, r, w), solution::attribution_estimate);

pub const SOURCE_ONLY: Map =
    |m, base, s, r, w| map((m, base), s, "resid_pre", Scalar::logit_diff(-1, r, w), source_alone);

pub fn mean_of_rows(estimate: ArrayView2<f32>, exact: ArrayView2<f32>) -> f32 {
    let rows = estimate.outer_iter().zip(exact.outer_iter());
    let of_rows = rows.map(|(a, b)| solution::correlation(a.insert_axis(Axis(0)), b.insert_axis(Axis(0))));
    of_rows.sum::<f32>() / estimate.nrows() as f32
}

pub fn centered_by_rows(estimate: ArrayView2<f32>, exact: ArrayView2<f32>) -> f32 {
    let centered = |x: ArrayView2<f32>| &x - &x.mean_axis(Axis(1)).expect("a map has entries").insert_axis(Axis(1));
    let (a, b) = (centered(estimate), centered(exact));
    (&a * &b).sum() / ((&a * &a).sum() * (&b * &b).sum()).sqrt()
}

pub fn ranks(estimate: ArrayView2<f32>, exact: ArrayView2<f32>) -> f32 {
    let ranks = |x: ArrayView2<f32>| x.mapv(|own| x.iter().filter(|other| **other < own).count() as f32);
    solution::correlation(ranks(estimate).view(), ranks(exact).view())
}

pub fn one_mean(estimate: ArrayView2<f32>, exact: ArrayView2<f32>) -> f32 {
    let mean = estimate.mean().expect("a map has entries");
    let (a, b) = (estimate.mapv(|x| x - mean), exact.mapv(|x| x - mean));
    (&a * &b).sum() / ((&a * &a).sum() * (&b * &b).sum()).sqrt()
}
