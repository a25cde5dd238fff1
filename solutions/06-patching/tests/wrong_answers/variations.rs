//! The right answer with one thing changed in one function, as examples of general mistakes.

use grading::ex06::Submission;
use grading::proof::{Variation, mean};
use hooked_transformer::{ActivationCache, FwdHook, HookedTransformer, Scalar, Tokens, fwd_hook};
use ndarray::{Array1, Array2, Array3, ArrayView2, ArrayView3, ArrayViewMut4, Axis, Ix3, Ix4, s};
use solution_06_patching as sol;

use super::RIGHT;

fn metric_of(model: &HookedTransformer, tokens: &Tokens, right: &[usize], wrong: &[usize]) -> f32 {
    sol::logit_difference(model.forward(tokens).expect("tokens of this model").view(), right, wrong)
}

/// The metric of a run with a hook.
fn with(model: &HookedTransformer, base: &Tokens, hook: FwdHook<'_>, right: &[usize], wrong: &[usize]) -> f32 {
    let logits = model.run(base).hook(hook).logits().expect("tokens of this model");
    sol::logit_difference(logits.view(), right, wrong)
}

/// A map by positions of another change at some activation than the right one.
fn by_position(
    model: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    [name, read]: [&str; 2],
    answers: [&[usize]; 2],
    change: impl Fn(&mut ndarray::ArrayViewMut3<f32>, ArrayView3<f32>, usize) + Sync,
) -> Array2<f32> {
    Array2::from_shape_fn((model.cfg().n_layers, base.ncols()), |(layer, pos)| {
        let stored = source.view::<Ix3>((read, layer));
        let hook = fwd_hook((name, layer), |x, _| {
            change(&mut x.into_dimensionality::<Ix3>().expect("batch, pos, d_model"), stored, pos);
        });
        with(model, base, hook, answers[0], answers[1])
    })
}

/// A map by positions of patches that are read in layer 0 whatever the layer.
fn by_position_of_layer_0(
    model: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    name: &str,
    answers: [&[usize]; 2],
) -> Array2<f32> {
    let stored = source.view::<Ix3>((name, 0));
    Array2::from_shape_fn((model.cfg().n_layers, base.ncols()), |(layer, pos)| {
        let hook = fwd_hook((name, layer), |x, _| {
            put(&mut x.into_dimensionality::<Ix3>().expect("batch, pos, d_model"), stored, pos, 1.0);
        });
        with(model, base, hook, answers[0], answers[1])
    })
}

/// The attribution map with the gradients of another point, or of another layer.
fn attribution_with_gradients(
    model: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    name: &str,
    layer_of: impl Fn(usize) -> usize,
    [right, wrong]: [&[usize]; 2],
) -> Array2<f32> {
    let streams = |name: &str| name.contains("hook_resid_p");
    let run = model.run(base).names_filter(streams).backward(Scalar::logit_diff(-1, right, wrong)).activations(streams);
    let (gradients, cache) = run.grads_and_cache().expect("tokens of this model");
    let mut map = Array2::zeros((model.cfg().n_layers, base.ncols()));
    for (layer, mut row) in map.outer_iter_mut().enumerate() {
        let [from, to] = [source, &cache].map(|cache| cache.view::<Ix3>(("resid_pre", layer)));
        let gradient = gradients.activations().view::<Ix3>((name, layer_of(layer)));
        row.assign(&sol::attribution_estimate(from, to, gradient));
    }
    map
}

/// A map by heads of another change of `z`, or of what else has heads.
fn by_head(
    model: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    name: &str,
    answers: [&[usize]; 2],
    change: impl Fn(&mut ArrayViewMut4<f32>, ndarray::ArrayView4<f32>, usize) + Sync,
) -> Array2<f32> {
    Array2::from_shape_fn((model.cfg().n_layers, model.cfg().n_heads), |(layer, head)| {
        let stored = source.view::<Ix4>((name, layer));
        let hook = fwd_hook((name, layer), |x, _| {
            change(&mut x.into_dimensionality::<Ix4>().expect("four axes"), stored, head);
        });
        with(model, base, hook, answers[0], answers[1])
    })
}

fn by_head_and_position(
    model: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    name: &str,
    answers: [&[usize]; 2],
    change: impl Fn(&mut ArrayViewMut4<f32>, ndarray::ArrayView4<f32>, usize, usize) + Sync,
) -> Array3<f32> {
    let shape = (model.cfg().n_layers, base.ncols(), model.cfg().n_heads);
    Array3::from_shape_fn(shape, |(layer, pos, head)| {
        let stored = source.view::<Ix4>((name, layer));
        let hook = fwd_hook((name, layer), |x, _| {
            change(&mut x.into_dimensionality::<Ix4>().expect("four axes"), stored, pos, head);
        });
        with(model, base, hook, answers[0], answers[1])
    })
}

fn head_axis(name: &str) -> Axis {
    if name == "pattern" { Axis(1) } else { Axis(2) }
}

/// A hook on the stream before a layer that changes one position.
fn on_stream<'a>(
    source: &'a ActivationCache,
    [layer, read]: [usize; 2],
    change: impl Fn(&mut ndarray::ArrayViewMut3<f32>, ArrayView3<f32>) + Send + Sync + 'a,
) -> FwdHook<'a> {
    let stored = source.view::<Ix3>(("resid_pre", read));
    fwd_hook(("resid_pre", layer), move |x, _| {
        change(&mut x.into_dimensionality::<Ix3>().expect("batch, pos, d_model"), stored);
    })
}

fn put(x: &mut ndarray::ArrayViewMut3<f32>, stored: ArrayView3<f32>, pos: usize, part: f32) {
    let mixed = part * &stored.slice(s![.., pos, ..]) + (1.0 - part) * &x.slice(s![.., pos, ..]);
    x.slice_mut(s![.., pos, ..]).assign(&mixed);
}

/// The answers' logits by item, at a position.
fn answers(logits: ArrayView3<f32>, pos: usize, right: &[usize], wrong: &[usize]) -> Vec<(f32, f32)> {
    right
        .iter()
        .zip(wrong)
        .enumerate()
        .map(|(item, (r, w))| (logits[[item, pos, *r]], logits[[item, pos, *w]]))
        .collect()
}

/// The log probabilities, or the probabilities, of all tokens.
fn normalized(logits: ArrayView3<f32>, log: bool) -> Array3<f32> {
    let mut all = logits.to_owned();
    for mut row in all.rows_mut() {
        let most = row.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
        let total = row.mapv(|x| (x - most).exp()).sum().ln() + most;
        row.mapv_inplace(|x| if log { x - total } else { (x - total).exp() });
    }
    all
}

/// The estimate with only some of the items.
fn of_items(range: std::ops::Range<usize>, a: ArrayView3<f32>, b: ArrayView3<f32>, g: ArrayView3<f32>) -> Array1<f32> {
    let part = |x: ArrayView3<f32>| x.slice(s![range.clone(), .., ..]).to_owned();
    sol::attribution_estimate(part(a).view(), part(b).view(), part(g).view())
}

/// A row of the two maps, put together in another way.
fn both(
    model: &HookedTransformer,
    [clean, corrupted]: [&Tokens; 2],
    [right, wrong]: [&[usize]; 2],
    name: &str,
    share: impl Fn(f32, f32, f32) -> [f32; 2],
) -> Array3<f32> {
    let run = |tokens: &Tokens| model.run_with_cache(tokens).expect("tokens of this model").1;
    let (top, bottom) = (metric_of(model, clean, right, wrong), metric_of(model, corrupted, right, wrong));
    let back = sol::head_map(model, corrupted, &run(clean), name, right, wrong).mapv(|x| share(x, top, bottom)[0]);
    let away = sol::head_map(model, clean, &run(corrupted), name, right, wrong).mapv(|x| share(x, top, bottom)[1]);
    ndarray::stack![Axis(0), back, away]
}

/// Adds some of what a head wrote to what a later one reads.
fn into_keys<'a>(
    model: &'a HookedTransformer,
    change: Array3<f32>,
    w_o: [usize; 2],
    (site, layer, head): (&'static str, usize, Option<usize>),
    times: f32,
) -> FwdHook<'a> {
    let w_o = model.W_O().slice_move(s![w_o[0], w_o[1], .., ..]);
    let written: Vec<Array2<f32>> = change.outer_iter().map(|item| times * item.dot(&w_o)).collect();
    fwd_hook((site, layer), move |mut input, _| {
        let heads = input.shape()[2];
        for (item, written) in written.iter().enumerate() {
            for head in head.map_or(0..heads, |head| head..head + 1) {
                let mut of_head = input.slice_mut(s![item, .., head, ..]);
                of_head += written;
            }
        }
    })
}

fn z(cache: &ActivationCache, from: (usize, usize)) -> Array3<f32> {
    cache.view::<Ix4>(("z", from.0)).index_axis(Axis(2), from.1).to_owned()
}

fn squares(map: ArrayView2<f32>) -> f32 {
    map.iter().map(|x| x * x).sum()
}

pub const VARIATIONS: &[Variation<Submission>] = grading::variations! {
    RIGHT;
    "E00-51" logit_difference "only the last item of the batch counts" =
        |l, r, w| answers(l, l.dim().1 - 1, r, w).last().map_or(0.0, |(a, b)| a - b);
    "E00-52" logit_difference "the position before the last is taken" =
        |l, r, w| mean(answers(l, l.dim().1.saturating_sub(2), r, w).into_iter().map(|(a, b)| a - b));
    "E00-52" logit_difference "the largest difference over the positions is taken" = |l, r, w| {
        let all: Vec<_> = (0..l.dim().1).map(|p| answers(l, p, r, w)).collect();
        mean((0..r.len()).map(|i| all.iter().map(|a| a[i].0 - a[i].1).fold(f32::NEG_INFINITY, f32::max)))
    };
    "E00-58" logit_difference "one logit is divided by the other" =
        |l, r, w| mean(answers(l, l.dim().1 - 1, r, w).into_iter().map(|(a, b)| a / b));
    "E00-58" logit_difference "the mean logits are divided" = |l, r, w| {
        let a = answers(l, l.dim().1 - 1, r, w);
        mean(a.iter().map(|x| x.0)) / mean(a.iter().map(|x| x.1))
    };
    "E00-58" logit_difference "the share of right answers above wrong ones is returned" =
        |l, r, w| mean(answers(l, l.dim().1 - 1, r, w).into_iter().map(|(a, b)| f32::from(u8::from(a > b))));
    "E00-53" logit_difference "the largest difference of the batch is taken" = |l, r, w| {
        answers(l, l.dim().1 - 1, r, w).into_iter().map(|(a, b)| a - b).fold(f32::NEG_INFINITY, f32::max)
    };
    "E00-53" logit_difference "the smallest difference of the batch is taken" =
        |l, r, w| answers(l, l.dim().1 - 1, r, w).into_iter().map(|(a, b)| a - b).fold(f32::INFINITY, f32::min);
    "E00-58" logit_difference "the right answer's log probability is returned" =
        |l, r, w| mean(answers(normalized(l, true).view(), l.dim().1 - 1, r, w).into_iter().map(|(a, _)| a));

    "E00-53" normalize "the sign is lost" = |v, a, b| ((v - b) / (a - b)).abs();
    "E00-55" normalize "the clean run is subtracted above" = |v, a, b| (v - a) / (a - b);
    "E00-58" normalize "the middle of the two runs is 0" = |v, a, b| (v - (a + b) / 2.0) / (a - b);
    "E00-56" normalize "the corrupted run is not subtracted above" = |v, a, b| v / (a - b);
    "E00-58" normalize "the change is divided by the corrupted run" = |v, _, b| (v - b) / b;
    "E00-54" normalize "only values above 1 are cut off" = |v, a, b| ((v - b) / (a - b)).min(1.0);
    "E00-54" normalize "only values below 0 are cut off" = |v, a, b| ((v - b) / (a - b)).max(0.0);

    "E00-54" patch_resid_pre "half of the source and half of the base are put there" =
        |c, l, p| on_stream(c, [l, l], move |x, y| put(x, y, p, 0.5));
    "E00-54" patch_resid_pre "twice the change is made" =
        |c, l, p| on_stream(c, [l, l], move |x, y| put(x, y, p, 2.0));
    "E00-59" patch_resid_pre "the mean of the source over the batch is put there" = |c, l, p| {
        on_stream(c, [l, l], move |x, y| {
            let m = y.slice(s![.., p, ..]).mean_axis(Axis(0)).expect("a batch");
            x.slice_mut(s![.., p, ..]).assign(&m);
        })
    };
    "E00-52" patch_resid_pre "all other positions are patched" = |c, l, p| {
        on_stream(c, [l, l], move |x, y| {
            for q in (0..x.dim().1).filter(|q| *q != p) {
                put(x, y, q, 1.0)
            }
        })
    };
    "E00-52" patch_resid_pre "the source is read at position 0" = |c, l, p| {
        on_stream(c, [l, l], move |x, y| {
            let v = y.slice(s![.., 0, ..]).to_owned();
            x.slice_mut(s![.., p, ..]).assign(&v);
        })
    };
    "E00-52" patch_resid_pre "positions are counted from the end" = |c, l, p| {
        on_stream(c, [l, l], move |x, y| {
            let n = x.dim().1;
            put(x, y, n - 1 - p, 1.0)
        })
    };
    "E00-48" patch_resid_pre "the source is read in layer 0" =
        |c, l, p| on_stream(c, [l, 0], move |x, y| put(x, y, p, 1.0));
    "E00-51" patch_resid_pre "only the last item of the batch is patched" = |c, l, p| {
        on_stream(c, [l, l], move |x, y| {
            let i = x.dim().0 - 1;
            x.slice_mut(s![i, p, ..]).assign(&y.slice(s![i, p, ..]));
        })
    };

    "E00-54" residual_map "half of the source and half of the base are put there" =
        |m, b, c, r, w| by_position(m, b, c, ["resid_pre"; 2], [r, w], |x, y, p| put(x, y, p, 0.5));
    "E00-54" residual_map "twice the change is made" =
        |m, b, c, r, w| by_position(m, b, c, ["resid_pre"; 2], [r, w], |x, y, p| put(x, y, p, 2.0));
    "E00-59" residual_map "the position is set to zero" = |m, b, c, r, w| {
        by_position(m, b, c, ["resid_pre"; 2], [r, w], |x, _, p| x.slice_mut(s![.., p, ..]).fill(0.0))
    };
    "E00-51" residual_map "only the first item of the batch is patched" = |m, b, c, r, w| {
        by_position(m, b, c, ["resid_pre"; 2], [r, w], |x, y, p| {
            x.slice_mut(s![0, p, ..]).assign(&y.slice(s![0, p, ..]))
        })
    };
    "E00-51" residual_map "only the last item of the batch is patched" = |m, b, c, r, w| {
        by_position(m, b, c, ["resid_pre"; 2], [r, w], |x, y, p| {
            let i = x.dim().0 - 1;
            x.slice_mut(s![i, p, ..]).assign(&y.slice(s![i, p, ..]))
        })
    };
    "E00-51" residual_map "the first item of the source is put into all" = |m, b, c, r, w| {
        by_position(m, b, c, ["resid_pre"; 2], [r, w], |x, y, p| {
            x.slice_mut(s![.., p, ..]).assign(&y.slice(s![0, p, ..]))
        })
    };
    "E00-51" residual_map "only the first item of the batch is measured" = |m, b, c, r, w| {
        let mut o = sol::residual_map(m, b, c, r, w);
        let n = b.nrows();
        if n > 1 {
            for ((l, p), x) in o.indexed_iter_mut() {
                let logits = m.run(b).hook(sol::patch_resid_pre(c, l, p)).logits().expect("tokens");
                let a = answers(logits.view(), b.ncols() - 1, r, w)[0];
                *x = a.0 - a.1;
            }
        }
        o
    };
    "E00-50" residual_map "attn_out is patched" =
        |m, b, c, r, w| by_position(m, b, c, ["attn_out"; 2], [r, w], |x, y, p| put(x, y, p, 1.0));
    "E00-58" residual_map "the patched metric is subtracted from that of the base" = |m, b, c, r, w| {
        let base = metric_of(m, b, r, w);
        base - sol::residual_map(m, b, c, r, w)
    };
    "E00-58" residual_map "the patched metric is divided by that of the base" = |m, b, c, r, w| {
        let base = metric_of(m, b, r, w);
        sol::residual_map(m, b, c, r, w) / base
    };

    "E00-54" output_map "half of the source and half of the base are put there" =
        |m, b, c, o, r, w| by_position(m, b, c, [o, o], [r, w], |x, y, p| put(x, y, p, 0.5));
    "E00-54" output_map "twice the change is made" =
        |m, b, c, o, r, w| by_position(m, b, c, [o, o], [r, w], |x, y, p| put(x, y, p, 2.0));
    "E00-55" output_map "attention and MLP are exchanged" =
        |m, b, c, o, r, w| sol::output_map(m, b, c, if o == "mlp_out" { "attn_out" } else { "mlp_out" }, r, w);
    "E00-51" output_map "the first item of the source is put into all" = |m, b, c, o, r, w| {
        by_position(m, b, c, [o, o], [r, w], |x, y, p| x.slice_mut(s![.., p, ..]).assign(&y.slice(s![0, p, ..])))
    };

    "E00-59" head_map "the source is added to what is there" = |m, b, c, a, r, w| {
        by_head(m, b, c, a, [r, w], |x, y, h| {
            let mut at = x.index_axis_mut(head_axis(a), h);
            at += &y.index_axis(head_axis(a), h);
        })
    };
    "E00-54" head_map "half of the source and half of the base are put there" = |m, b, c, a, r, w| {
        by_head(m, b, c, a, [r, w], |x, y, h| {
            let mut at = x.index_axis_mut(head_axis(a), h);
            let v = (&at + &y.index_axis(head_axis(a), h)) / 2.0;
            at.assign(&v);
        })
    };
    "E00-51" head_map "the first item of the source is put into all" = |m, b, c, a, r, w| {
        by_head(m, b, c, a, [r, w], |x, y, h| {
            let v = y.index_axis(head_axis(a), h);
            for mut item in x.outer_iter_mut() {
                item.index_axis_mut(Axis(head_axis(a).0 - 1), h).assign(&v.index_axis(Axis(0), 0));
            }
        })
    };
    "E00-51" head_map "only the last item of the batch is patched" = |m, b, c, a, r, w| {
        by_head(m, b, c, a, [r, w], |x, y, h| {
            let i = x.dim().0 - 1;
            x.index_axis_mut(Axis(0), i)
                .index_axis_mut(Axis(head_axis(a).0 - 1), h)
                .assign(&y.index_axis(Axis(0), i).index_axis(Axis(head_axis(a).0 - 1), h));
        })
    };
    "E00-50" head_map "v is patched for z" =
        |m, b, c, a, r, w| sol::head_map(m, b, c, if a == "z" { "v" } else { a }, r, w);
    "E00-58" head_map "the patched metric is subtracted from that of the base" = |m, b, c, a, r, w| {
        let base = metric_of(m, b, r, w);
        base - sol::head_map(m, b, c, a, r, w)
    };
    "E00-58" head_map "the patched metric is divided by that of the base" = |m, b, c, a, r, w| {
        let base = metric_of(m, b, r, w);
        sol::head_map(m, b, c, a, r, w) / base
    };

    "E00-59" head_by_position_map "the cell is set to zero" = |m, b, c, r, w| {
        by_head_and_position(m, b, c, "z", [r, w], |x, _, p, h| x.slice_mut(s![.., p, h, ..]).fill(0.0))
    };
    "E00-54" head_by_position_map "half of the source and half of the base are put there" = |m, b, c, r, w| {
        by_head_and_position(m, b, c, "z", [r, w], |x, y, p, h| {
            let mut at = x.slice_mut(s![.., p, h, ..]);
            let v = (&at + &y.slice(s![.., p, h, ..])) / 2.0;
            at.assign(&v);
        })
    };
    "E00-52" head_by_position_map "the positions up to this one are patched" = |m, b, c, r, w| {
        by_head_and_position(m, b, c, "z", [r, w], |x, y, p, h| {
            x.slice_mut(s![.., ..=p, h, ..]).assign(&y.slice(s![.., ..=p, h, ..]))
        })
    };
    "E00-51" head_by_position_map "the first item of the source is put into all" = |m, b, c, r, w| {
        by_head_and_position(m, b, c, "z", [r, w], |x, y, p, h| {
            x.slice_mut(s![.., p, h, ..]).assign(&y.slice(s![0, p, h, ..]))
        })
    };
    "E00-50" head_by_position_map "q is patched" = |m, b, c, r, w| {
        by_head_and_position(m, b, c, "q", [r, w], |x, y, p, h| {
            x.slice_mut(s![.., p, h, ..]).assign(&y.slice(s![.., p, h, ..]))
        })
    };

    "E00-50" sufficient_and_necessary "v is patched" = |m, a, b, r, w| {
        both(m, [a, b], [r, w], "v", |x, top, bottom| [(x - bottom) / (top - bottom), (top - x) / (top - bottom)])
    };
    "E00-58" sufficient_and_necessary "changes are divided by the metric of their base" =
        |m, a, b, r, w| both(m, [a, b], [r, w], "z", |x, top, bottom| [(x - bottom) / bottom, (top - x) / top]);
    "E00-56" sufficient_and_necessary "what is taken away is not divided by the distance of the two runs" =
        |m, a, b, r, w| both(m, [a, b], [r, w], "z", |x, top, bottom| [(x - bottom) / (top - bottom), top - x]);
    "E00-56" sufficient_and_necessary "what is brought back is not divided by the distance of the two runs" =
        |m, a, b, r, w| both(m, [a, b], [r, w], "z", |x, top, bottom| [x - bottom, (top - x) / (top - bottom)]);
    "E00-54" sufficient_and_necessary "the shares are in percent" =
        |m, a, b, r, w| sol::sufficient_and_necessary(m, a, b, r, w) * 100.0;

    "E00-51" attribution_estimate "only the last item of the batch counts" = |a, b, g| {
        let n = a.dim().0;
        of_items(n - 1..n, a, b, g)
    };
    "E00-56" attribution_estimate "the gradient is left out" = |a, b, _| (&a - &b).sum_axis(Axis(2)).sum_axis(Axis(0));
    "E00-56" attribution_estimate "only the gradient is added up" = |_, _, g| g.sum_axis(Axis(2)).sum_axis(Axis(0));
    "E00-53" attribution_estimate "squared products are added up" = |a, b, g| {
        let x = (&a - &b) * g;
        (&x * &x).sum_axis(Axis(2)).sum_axis(Axis(0))
    };
    "E00-53" attribution_estimate "the largest product over d_model is taken" = |a, b, g| {
        ((&a - &b) * g).map_axis(Axis(2), |v| v.fold(f32::NEG_INFINITY, |x, y| x.max(*y))).sum_axis(Axis(0))
    };
    "E00-57" attribution_estimate "the difference is made positive" =
        |a, b, g| ((&a - &b).mapv(f32::abs) * g).sum_axis(Axis(2)).sum_axis(Axis(0));
    "E00-57" attribution_estimate "the gradient is made positive" =
        |a, b, g| ((&a - &b) * g.mapv(f32::abs)).sum_axis(Axis(2)).sum_axis(Axis(0));
    "E00-57" attribution_estimate "the gradient is divided by its norm" = |a, b, g| {
        let n = g.iter().map(|x| x * x).sum::<f32>().sqrt();
        sol::attribution_estimate(a, b, g) / n
    };
    "E00-57" attribution_estimate "only the sign of the gradient counts" =
        |a, b, g| ((&a - &b) * g.mapv(f32::signum)).sum_axis(Axis(2)).sum_axis(Axis(0));

    "E00-54" attribution_map "half the change is estimated" =
        |m, b, c, r, w| sol::attribution_map(m, b, c, r, w) / 2.0;
    "E00-51" attribution_map "the mean over the batch is taken" =
        |m, b, c, r, w| sol::attribution_map(m, b, c, r, w) / b.nrows() as f32;
    "E00-58" attribution_map "the estimate is subtracted from the metric" = |m, b, c, r, w| {
        let base = metric_of(m, b, r, w);
        base - sol::attribution_map(m, b, c, r, w)
    };
    "E00-58" attribution_map "the estimate is divided by the metric" = |m, b, c, r, w| {
        let base = metric_of(m, b, r, w);
        sol::attribution_map(m, b, c, r, w) / base
    };
    "E00-55" attribution_map "the right and the wrong answers are exchanged" =
        |m, b, c, r, w| sol::attribution_map(m, b, c, w, r);

    "E00-53" correlation "the squared distance is returned" = |a, b| squares((&a - &b).view());
    "E00-53" correlation "the mean of the absolute differences is returned" =
        |a, b| (&a - &b).mapv(f32::abs).mean().unwrap_or(0.0);
    "E00-53" correlation "only the first rows are compared" =
        |a, b| sol::correlation(a.slice(s![..1, ..]), b.slice(s![..1, ..]));
    "E00-53" correlation "the columns are compared one by one, and averaged" =
        |a, b| mean((0..a.ncols()).map(|j| sol::correlation(a.slice(s![.., j..=j]), b.slice(s![.., j..=j]))));
    "E00-57" correlation "the entries are made positive" =
        |a, b| sol::correlation(a.mapv(f32::abs).view(), b.mapv(f32::abs).view());
    "E00-56" correlation "only the first map is centered above" = |a, b| {
        let f = |x: ArrayView2<f32>| x.mapv(|v| v - x.mean().unwrap_or(0.0));
        (f(a) * b).sum() / (squares(a) * squares(b)).sqrt()
    };
    "E00-56" correlation "the roots are left out below" = |a, b| {
        let f = |x: ArrayView2<f32>| x.mapv(|v| v - x.mean().unwrap_or(0.0));
        (f(a) * f(b)).sum() / (squares(f(a).view()) * squares(f(b).view()))
    };
    "E00-56" correlation "the maps are not centered below" = |a, b| {
        let f = |x: ArrayView2<f32>| x.mapv(|v| v - x.mean().unwrap_or(0.0));
        (f(a) * f(b)).sum() / (squares(a) * squares(b)).sqrt()
    };

    "E00-54" patch_path_to_keys "half of the change is added" = |m, b, c, from, to| {
        into_keys(m, z(c, from) - z(b, from), [from.0, from.1], ("k_input", to.0, Some(to.1)), 0.5)
    };
    "E00-54" patch_path_to_keys "twice the change is added" = |m, b, c, from, to| {
        into_keys(m, z(c, from) - z(b, from), [from.0, from.1], ("k_input", to.0, Some(to.1)), 2.0)
    };
    "E00-48" patch_path_to_keys "the next head reads" =
        |m, b, c, from, to| sol::patch_path_to_keys(m, b, c, from, (to.0, (to.1 + 1) % m.cfg().n_heads));
    "E00-48" patch_path_to_keys "the next head of the same layer writes" =
        |m, b, c, from, to| sol::patch_path_to_keys(m, b, c, (from.0, (from.1 + 1) % m.cfg().n_heads), to);
    "E00-48" patch_path_to_keys "W_O is that of head 0" = |m, b, c, from, to| {
        into_keys(m, z(c, from) - z(b, from), [from.0, 0], ("k_input", to.0, Some(to.1)), 1.0)
    };
    "E00-51" patch_path_to_keys "the change in the first item is added in all" = |m, b, c, from, to| {
        let d = z(c, from) - z(b, from);
        let first = d.index_axis(Axis(0), 0).to_owned();
        into_keys(
            m,
            Array3::from_shape_fn(d.dim(), |(_, p, x)| first[[p, x]]),
            [from.0, from.1],
            ("k_input", to.0, Some(to.1)),
            1.0,
        )
    };
    "E00-51" patch_path_to_keys "the mean change over the batch is added" = |m, b, c, from, to| {
        let d = z(c, from) - z(b, from);
        let first = d.mean_axis(Axis(0)).expect("a batch");
        into_keys(
            m,
            Array3::from_shape_fn(d.dim(), |(_, p, x)| first[[p, x]]),
            [from.0, from.1],
            ("k_input", to.0, Some(to.1)),
            1.0,
        )
    };
    "E00-52" patch_path_to_keys "the last position is left out" = |m, b, c, from, to| {
        let mut d = z(c, from) - z(b, from);
        d.slice_mut(s![.., -1, ..]).fill(0.0);
        into_keys(m, d, [from.0, from.1], ("k_input", to.0, Some(to.1)), 1.0)
    };

    "E00-52" logit_difference "the position is the number of items less one" = |l, r, w| {
        let pos = (r.len() - 1).min(l.dim().1 - 1);
        mean(answers(l, pos, r, w).into_iter().map(|(a, b)| a - b))
    };
    "E00-53" logit_difference "each item is compared with the wrong answers of all items" = |l, r, w| {
        let last = l.dim().1 - 1;
        mean(r.iter().enumerate().flat_map(|(item, right)| {
            w.iter().map(move |wrong| l[[item, last, *right]] - l[[item, last, *wrong]])
        }))
    };
    "E00-52" patch_resid_pre "the source is read at the position before" = |c, l, p| {
        on_stream(c, [l, l], move |x, stored| {
            x.slice_mut(s![.., p, ..]).assign(&stored.slice(s![.., p.saturating_sub(1), ..]));
        })
    };
    "E00-52" patch_resid_pre "the source is read at the position after" = |c, l, p| {
        on_stream(c, [l, l], move |x, stored| {
            x.slice_mut(s![.., p, ..]).assign(&stored.slice(s![.., (p + 1).min(stored.dim().1 - 1), ..]));
        })
    };
    "E00-55" sufficient_and_necessary "noising patches the corrupted run into itself" =
        |m, c, x, r, w| both(m, [c, x], [r, w], "z", |value, top, bottom| [(value - bottom) / (top - bottom), 1.0]);
    "E00-53" attribution_estimate "differences and gradients are added up over d_model before they are multiplied" =
        |a, b, g| ((&a - &b).sum_axis(Axis(2)) * g.sum_axis(Axis(2))).sum_axis(Axis(0));
    "E00-56" correlation "only the first map is centered" = |a, b| {
        let a = &a - a.mean().unwrap_or(0.0);
        (&a * &b).sum() / (squares(a.view()) * squares(b)).sqrt()
    };
    "E00-56" correlation "only the second map is centered" = |a, b| {
        let b = &b - b.mean().unwrap_or(0.0);
        (&a * &b).sum() / (squares(a) * squares(b.view())).sqrt()
    };
    "E00-53" correlation "each column is centered by its own mean" = |a, b| {
        let centered = |x: ArrayView2<f32>| &x - &x.mean_axis(Axis(0)).expect("rows");
        let (a, b) = (centered(a), centered(b));
        (&a * &b).sum() / (squares(a.view()) * squares(b.view())).sqrt()
    };
    "E00-18" patch_resid_pre "the items of the source are in reverse order" = |c, l, p| {
        on_stream(c, [l, l], move |x, stored| {
            x.slice_mut(s![.., p, ..]).assign(&stored.slice(s![..;-1, p, ..]));
        })
    };
    "E00-48" residual_map "the position is patched in this layer and in all earlier ones" = |m, b, c, r, w| {
        Array2::from_shape_fn((m.cfg().n_layers, b.ncols()), |(layer, pos)| {
            let hooks = (0..=layer).map(|l| sol::patch_resid_pre(c, l, pos)).collect::<Vec<_>>();
            let logits = m.run(b).hooks(hooks).logits().expect("tokens of this model");
            sol::logit_difference(logits.view(), r, w)
        })
    };
    "E00-48" residual_map "the source is read in layer 0" = |m, b, c, r, w| {
        by_position_of_layer_0(m, b, c, "resid_pre", [r, w])
    };
    "E00-48" output_map "the source is read in layer 0" = |m, b, c, o, r, w| by_position_of_layer_0(m, b, c, o, [r, w]);
    "E00-50" attribution_map "the gradient is that of resid_post" = |m, b, c, r, w| {
        attribution_with_gradients(m, b, c, "resid_post", |layer| layer, [r, w])
    };
    "E00-48" attribution_map "the gradient is always that of the last layer" = |m, b, c, r, w| {
        attribution_with_gradients(m, b, c, "resid_pre", |_| m.cfg().n_layers - 1, [r, w])
    };
    "E00-48" attribution_map "the gradient is always that of layer 0" = |m, b, c, r, w| {
        attribution_with_gradients(m, b, c, "resid_pre", |_| 0, [r, w])
    };
    "E00-48" residual_map "the position is patched in this layer and in all later ones" = |m, b, c, r, w| {
        let n_layers = m.cfg().n_layers;
        Array2::from_shape_fn((n_layers, b.ncols()), |(layer, pos)| {
            let hooks = (layer..n_layers).map(|layer| sol::patch_resid_pre(c, layer, pos));
            let logits = m.run(b).hooks(hooks).logits().expect("tokens of this model");
            sol::logit_difference(logits.view(), r, w)
        })
    };
    "E00-48" head_map "the head with this number is patched in all later layers as well" = |m, b, c, name, r, w| {
        let (n_layers, axis) = (m.cfg().n_layers, head_axis(name));
        Array2::from_shape_fn((n_layers, m.cfg().n_heads), |(layer, head)| {
            let hooks = (layer..n_layers).map(|layer| {
                let stored = c.view::<Ix4>((name, layer)).index_axis_move(axis, head);
                fwd_hook((name, layer), move |mut x, _| x.index_axis_mut(axis, head).assign(&stored))
            });
            let logits = m.run(b).hooks(hooks).logits().expect("tokens of this model");
            sol::logit_difference(logits.view(), r, w)
        })
    };
};
