//! Right answers, written as differently as can be. Each changes some functions and leaves the others to the solution.

use grading::ex06::Submission;
use hooked_transformer::analysis::{Metric, PatchAxis, generic_activation_patch, generic_attribution_patch};
use hooked_transformer::{ActivationCache, HookedTransformer, Scalar, Tokens, fwd_hook, log_softmax};
use ndarray::{Array1, Array2, Array3, ArrayView2, ArrayView3, Axis, Ix2, Ix3, Ix4, s};
use solution_06_patching as solution;

use crate::wrong_answers::RIGHT;

/// Loops over cells.
pub const LOOPS: Submission = Submission {
    logit_difference: |logits, right, wrong| {
        let (batch, n_pos, _) = logits.dim();
        let mut total = 0.0;
        for item in 0..batch {
            total += logits[[item, n_pos - 1, right[item]]];
            total -= logits[[item, n_pos - 1, wrong[item]]];
        }
        total / batch as f32
    },
    patch_resid_pre: |source, layer, pos| {
        let name = ("resid_pre", layer);
        fwd_hook(name, move |mut stream, _| {
            for item in 0..stream.shape()[0] {
                for i in 0..stream.shape()[2] {
                    stream[[item, pos, i]] = source[name][[item, pos, i]];
                }
            }
        })
    },
    attribution_estimate: |source, base, gradient| {
        let (batch, n_pos, d_model) = source.dim();
        let mut estimate = Array1::zeros(n_pos);
        for item in 0..batch {
            for pos in 0..n_pos {
                for i in 0..d_model {
                    let at = [item, pos, i];
                    estimate[pos] += (source[at] - base[at]) * gradient[at];
                }
            }
        }
        estimate
    },
    head_by_position_map: |model, base, source, right, wrong| {
        let mut map = Array3::zeros((model.cfg().n_layers, base.ncols(), model.cfg().n_heads));
        for ((layer, pos, head), cell) in map.indexed_iter_mut() {
            let hook = fwd_hook(("z", layer), |mut z, _| {
                for item in 0..z.shape()[0] {
                    for i in 0..z.shape()[3] {
                        z[[item, pos, head, i]] = source[("z", layer)][[item, pos, head, i]];
                    }
                }
            });
            *cell = measure(model, base, hook, right, wrong);
        }
        map
    },
    ..RIGHT
};

fn measure(
    model: &HookedTransformer,
    base: &Tokens,
    hook: hooked_transformer::FwdHook<'_>,
    right: &[usize],
    wrong: &[usize],
) -> f32 {
    let logits = model.run(base).hook(hook).logits().expect("tokens of this model");
    solution::logit_difference(logits.view(), right, wrong)
}

/// Lasting hooks, taken off again.
pub const LASTING: Submission = Submission {
    residual_map: |model, base, source, right, wrong| {
        let mut map = Array2::zeros((model.cfg().n_layers, base.ncols()));
        for ((layer, pos), cell) in map.indexed_iter_mut() {
            let stored = source.view::<Ix3>(("resid_pre", layer)).slice(s![.., pos, ..]).to_owned();
            let patch = move |mut x: ndarray::ArrayViewMutD<f32>, _: &_| x.slice_mut(s![.., pos, ..]).assign(&stored);
            let handle = model.add_hook(("resid_pre", layer), patch).expect("the point exists");
            let logits = model.run(base).logits().expect("tokens of this model");
            *cell = solution::logit_difference(logits.view(), right, wrong);
            model.remove_hook(handle);
        }
        map
    },
    head_map: |model, base, source, activation, right, wrong| {
        let axis = Axis(if activation == "pattern" { 1 } else { 2 });
        let mut map = Array2::zeros((model.cfg().n_layers, model.cfg().n_heads));
        for ((layer, head), cell) in map.indexed_iter_mut() {
            let stored = source.view::<Ix4>((activation, layer)).index_axis(axis, head).to_owned();
            let patch = move |mut x: ndarray::ArrayViewMutD<f32>, _: &_| x.index_axis_mut(axis, head).assign(&stored);
            model.add_hook((activation, layer), patch).expect("the point exists");
            let logits = model.run(base).logits().expect("tokens of this model");
            *cell = solution::logit_difference(logits.view(), right, wrong);
            model.reset_hooks();
        }
        map
    },
    ..RIGHT
};

/// The library's own sweep.
fn sweep<D: ndarray::Dimension>(
    (model, base, source): (&HookedTransformer, &Tokens, &ActivationCache),
    activation: &str,
    axes: &[PatchAxis],
    (right, wrong): (&[usize], &[usize]),
) -> ndarray::Array<f32, D> {
    let metric = |logits: &ArrayView3<f32>| solution::logit_difference(logits.view(), right, wrong);
    let map = generic_activation_patch(model, base, source, Metric::at(-1, metric), activation, axes);
    map.expect("tokens of this model").into_dimensionality::<D>().expect("these axes")
}

/// The library's own functions wherever there is one.
pub const LIBRARY: Submission = Submission {
    residual_map: |model, base, source, right, wrong| {
        sweep::<Ix2>((model, base, source), "resid_pre", &[PatchAxis::Pos], (right, wrong))
    },
    output_map: |model, base, source, output, right, wrong| {
        sweep::<Ix2>((model, base, source), output, &[PatchAxis::Pos], (right, wrong))
    },
    head_map: |model, base, source, activation, right, wrong| {
        sweep::<Ix2>((model, base, source), activation, &[PatchAxis::Head], (right, wrong))
    },
    head_by_position_map: |model, base, source, right, wrong| {
        sweep::<Ix3>((model, base, source), "z", &[PatchAxis::Pos, PatchAxis::Head], (right, wrong))
    },
    attribution_map: |model, base, source, right, wrong| {
        let metric = Scalar::logit_diff(-1, right, wrong);
        let map = generic_attribution_patch(model, base, source, metric, "resid_pre", &[PatchAxis::Pos]);
        map.expect("tokens of this model").into_dimensionality::<Ix2>().expect("[layer, pos]")
    },
    ..RIGHT
};

/// Sums in double precision, in other words for the same formulas.
pub const DOUBLE: Submission = Submission {
    // The softmax takes the same away from both logits.
    logit_difference: |logits, right, wrong| {
        let log_probs = log_softmax(logits);
        let last = log_probs.len_of(Axis(1)) - 1;
        let at = |item: usize, token: usize| f64::from(log_probs[[item, last, token]]);
        let total: f64 = (0..right.len()).map(|item| at(item, right[item]) - at(item, wrong[item])).sum();
        (total / right.len() as f64) as f32
    },
    normalize: |value, clean, corrupted| {
        let [value, clean, corrupted] = [value, clean, corrupted].map(f64::from);
        (1.0 - (clean - value) / (clean - corrupted)) as f32
    },
    correlation: |estimate, exact| {
        let n = estimate.len() as f64;
        let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
            estimate.iter().zip(exact.iter()).map(|(a, b)| f(f64::from(*a), f64::from(*b))).sum()
        };
        let (a, b) = (sum(&|a, _| a), sum(&|_, b| b));
        let (aa, bb, ab) = (sum(&|a, _| a * a), sum(&|_, b| b * b), sum(&|a, b| a * b));
        ((n * ab - a * b) / ((n * aa - a * a).sqrt() * (n * bb - b * b).sqrt())) as f32
    },
    sufficient_and_necessary: |model, clean, corrupted, right, wrong| {
        let cache = |tokens: &Tokens| model.run(tokens).cache().expect("tokens of this model");
        let metric = |tokens: &Tokens| {
            let logits = model.run(tokens).logits().expect("tokens of this model");
            f64::from(solution::logit_difference(logits.view(), right, wrong))
        };
        let (top, bottom) = (metric(clean), metric(corrupted));
        let mut shares = Array3::zeros((2, model.cfg().n_layers, model.cfg().n_heads));
        let denoised = solution::head_map(model, corrupted, &cache(clean), "z", right, wrong);
        let noised = solution::head_map(model, clean, &cache(corrupted), "z", right, wrong);
        for ((layer, head), value) in denoised.indexed_iter() {
            shares[[0, layer, head]] = ((f64::from(*value) - bottom) / (top - bottom)) as f32;
        }
        for ((layer, head), value) in noised.indexed_iter() {
            shares[[1, layer, head]] = ((top - f64::from(*value)) / (top - bottom)) as f32;
        }
        shares
    },
    ..RIGHT
};

/// What a head writes, `[batch, pos, d_model]`.
fn written(model: &HookedTransformer, cache: &ActivationCache, layer: usize, head: usize) -> Array3<f32> {
    let z = cache.view::<Ix4>(("z", layer)).index_axis_move(Axis(2), head);
    let w_o: ArrayView2<f32> = model.W_O().slice_move(s![layer, head, .., ..]);
    let (batch, n_pos, d_head) = z.dim();
    let rows = z.to_owned().into_shape_with_order((batch * n_pos, d_head)).expect("rows of items");
    rows.dot(&w_o).into_shape_with_order((batch, n_pos, model.cfg().d_model)).expect("rows of items")
}

/// Whole activations put together first; keys that read a stream made from the caches.
pub const BY_EDITS: Submission = Submission {
    patch_resid_pre: |source, layer, pos| {
        let stored = source.view::<Ix3>(("resid_pre", layer));
        let name = format!("blocks.{layer}.hook_resid_pre");
        fwd_hook(name, move |stream, _| {
            let mut stream = stream.into_dimensionality::<Ix3>().expect("[batch, pos, d_model]");
            stream.index_axis_mut(Axis(1), pos).assign(&stored.index_axis(Axis(1), pos));
        })
    },
    patch_path_to_keys: |model, base, source, from, to| {
        let mut stream = base.view::<Ix3>(("resid_pre", to.0)).to_owned();
        stream -= &written(model, base, from.0, from.1);
        stream += &written(model, source, from.0, from.1);
        fwd_hook(("k_input", to.0), move |mut input, _| input.slice_mut(s![.., .., to.1, ..]).assign(&stream))
    },
    attribution_map: |model, base, source, right, wrong| {
        let metric = Scalar::of_logits(move |logits| {
            let mut derivative = Array3::zeros(logits.dim());
            let (batch, n_pos, _) = logits.dim();
            for item in 0..batch {
                derivative[[item, n_pos - 1, right[item]]] += 1.0 / batch as f32;
                derivative[[item, n_pos - 1, wrong[item]]] -= 1.0 / batch as f32;
            }
            (solution::logit_difference(logits.view(), right, wrong), derivative)
        });
        let gradients = model.run(base).backward(metric).grads().expect("tokens of this model");
        let cache = model.run(base).cache().expect("tokens of this model");
        Array2::from_shape_fn((model.cfg().n_layers, base.ncols()), |(layer, pos)| {
            let of = |activation: &ndarray::ArrayViewD<f32>| activation.slice(s![.., pos, ..]).to_owned();
            let name = ("resid_pre", layer);
            let step = of(&source[name].view()) - of(&cache[name].view());
            (step * of(&gradients[name].view())).sum()
        })
    },
    ..RIGHT
};

/// The change added to the stream, where it arrives.
pub const BY_STREAM: Submission = Submission {
    output_map: |model, base, source, output, right, wrong| {
        let cache = model.run(base).cache().expect("tokens of this model");
        let stream = if output == "attn_out" { "resid_mid" } else { "resid_post" };
        Array2::from_shape_fn((model.cfg().n_layers, base.ncols()), |(layer, pos)| {
            let of = |cache: &ActivationCache| cache.view::<Ix3>((output, layer)).slice(s![.., pos, ..]).to_owned();
            let change = of(source) - of(&cache);
            let hook = fwd_hook((stream, layer), move |mut x, _| {
                let mut x = x.slice_mut(s![.., pos, ..]);
                x += &change;
            });
            measure(model, base, hook, right, wrong)
        })
    },
    head_map: |model, base, source, activation, right, wrong| {
        if activation != "z" {
            return solution::head_map(model, base, source, activation, right, wrong);
        }
        let cache = model.run(base).cache().expect("tokens of this model");
        Array2::from_shape_fn((model.cfg().n_layers, model.cfg().n_heads), |(layer, head)| {
            let change = written(model, source, layer, head) - written(model, &cache, layer, head);
            let hook = fwd_hook(("attn_out", layer), move |mut out, _| out += &change);
            measure(model, base, hook, right, wrong)
        })
    },
    ..RIGHT
};
