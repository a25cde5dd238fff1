//! The right answer with one thing changed in one function, as examples of general mistakes.

use grading::ex04::Submission;
use grading::proof::{Variation, mean, median};
use hooked_transformer::{HookedTransformer, KeyValueCache, Tokens, argmax, fwd_hook};
use ndarray::{Array1, Array2, Array3, ArrayView1, ArrayViewMut3, Axis, Ix3, s};
use solution_04_activation_addition as sol;

use super::RIGHT;
use super::vectors::{padded, space, stream, tokens};

/// The difference of two prompts' streams before a layer.
fn difference(model: &HookedTransformer, a: &str, b: &str, layer: usize) -> Array2<f32> {
    let [a, b] = padded(model, a, b, true, space(model));
    stream(model, &a, "resid_pre", layer) - stream(model, &b, "resid_pre", layer)
}

/// Logits of a run whose stream is changed before a layer.
fn logits(
    model: &HookedTransformer,
    tokens: &Tokens,
    (name, layer): (&str, usize),
    change: impl Fn(ArrayViewMut3<f32>) + Send + Sync,
) -> Array3<f32> {
    let hook = fwd_hook((name, layer), |x, _| change(x.into_dimensionality::<Ix3>().expect("batch, pos, d_model")));
    model.run_with_hooks(tokens, [hook]).expect("tokens of this model")
}

/// Adds rows of a vector, each at the position that is given for it.
fn add_rows(mut x: ArrayViewMut3<f32>, vector: &Array2<f32>, times: f32, place: impl Fn(usize) -> Option<usize>) {
    for row in 0..vector.nrows() {
        if let Some(pos) = place(row).filter(|pos| *pos < x.dim().1) {
            let mut at = x.slice_mut(s![.., pos, ..]);
            at += &(times * &vector.row(row));
        }
    }
}

/// The row of a prompt's stream at a position, which may count from the end.
fn at(model: &HookedTransformer, prompt: &str, layer: usize, pos: isize) -> Array1<f32> {
    stream(model, &tokens(model, prompt, true), "resid_pre", layer).slice(s![pos, ..]).to_owned()
}

/// All differences of the pairs, put together in some way.
fn contrast(
    model: &HookedTransformer,
    pairs: &[(&str, &str)],
    (layer, pos): (usize, isize),
    unit_norm: bool,
    summary: impl Fn(ArrayView1<f32>) -> f32,
) -> Array1<f32> {
    let rows: Vec<Array1<f32>> =
        pairs.iter().map(|(a, b)| at(model, a, layer, pos) - at(model, b, layer, pos)).collect();
    let mean = Array1::from_shape_fn(model.cfg().d_model, |d| {
        summary(rows.iter().map(|row| row[d]).collect::<Array1<f32>>().view())
    });
    if unit_norm { &mean / mean.dot(&mean).sqrt() } else { mean }
}

/// The right vector of other positions, which are made from the numbers of tokens of both prompts.
fn contrast_at(
    model: &HookedTransformer,
    pairs: &[(&str, &str)],
    layer: usize,
    unit_norm: bool,
    places: impl Fn(isize, isize) -> [isize; 2],
) -> Array1<f32> {
    let mut mean = Array1::zeros(model.cfg().d_model);
    for (a, b) in pairs {
        let [of_a, of_b] = places(tokens(model, a, true).len() as isize, tokens(model, b, true).len() as isize);
        mean += &(at(model, a, layer, of_a) - at(model, b, layer, of_b));
    }
    mean /= pairs.len() as f32;
    if unit_norm { &mean / mean.dot(&mean).sqrt() } else { mean }
}

/// The log probabilities at a position, for each item.
fn log_probs(logits: &Array3<f32>, pos: usize) -> Vec<Array1<f32>> {
    let of_item = |item: usize| {
        let row = logits.slice(s![item, pos, ..]);
        let most = row.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
        let total = row.mapv(|x| (x - most).exp()).sum().ln() + most;
        row.mapv(|x| x - total)
    };
    (0..logits.dim().0).map(of_item).collect()
}

fn last(logits: &Array3<f32>) -> Vec<Array1<f32>> {
    log_probs(logits, logits.dim().1 - 1)
}

fn target(row: &Array1<f32>, targets: &[usize]) -> f32 {
    targets.iter().map(|id| row[*id].exp()).sum::<f32>().ln()
}

fn kl(p: &Array1<f32>, q: &Array1<f32>) -> f32 {
    p.iter().zip(q).map(|(p, q)| p.exp() * (p - q)).sum()
}

/// The mean over the batch of something of two rows of log probabilities.
fn of_both(a: &Array3<f32>, b: &Array3<f32>, each: impl Fn(&Array1<f32>, &Array1<f32>) -> f32) -> f32 {
    mean(last(a).iter().zip(&last(b)).map(|(p, q)| each(p, q)))
}

fn item(logits: &Array3<f32>, item: usize) -> Array3<f32> {
    logits.slice(s![item..item + 1, .., ..]).to_owned()
}

/// One number for each layer from its gains and costs.
fn by_layer(
    gains: &Array2<f32>,
    costs: &Array2<f32>,
    of: impl Fn(ArrayView1<f32>, ArrayView1<f32>) -> f32,
) -> Array1<f32> {
    (0..gains.nrows()).map(|layer| of(gains.row(layer), costs.row(layer))).collect()
}

/// The layer with the largest score.
fn best(gains: &Array2<f32>, costs: &Array2<f32>, score: impl Fn(ArrayView1<f32>, ArrayView1<f32>) -> f32) -> usize {
    let scores = by_layer(gains, costs, score);
    (0..scores.len()).fold(0, |best, layer| if scores[layer] > scores[best] { layer } else { best })
}

/// The first column whose cost is at least the budget, or the last.
fn reached(costs: ArrayView1<f32>, budget: f32) -> usize {
    costs.iter().position(|cost| *cost >= budget).unwrap_or(costs.len() - 1)
}

fn steepest(gains: ArrayView1<f32>, costs: ArrayView1<f32>) -> f32 {
    (gains[1] - gains[0]) / (costs[1] - costs[0])
}

fn last_of(values: ArrayView1<f32>) -> f32 {
    values[values.len() - 1]
}

/// Generates with another edit of the stream, which sees where the chunk begins and the number of the step.
fn generate(
    model: &HookedTransformer,
    prompt: &[usize],
    (layer, n_new, use_cache): (usize, usize, bool),
    edit: impl Fn(ArrayViewMut3<f32>, usize, usize) + Send + Sync,
) -> Vec<usize> {
    let mut text = prompt.to_vec();
    let mut past = KeyValueCache::new(model.cfg(), 1);
    for step in 0..n_new {
        let first = if use_cache { past.len() } else { 0 };
        let hook = fwd_hook(("resid_pre", layer), |x, _| {
            edit(x.into_dimensionality::<Ix3>().expect("batch, pos, d_model"), first, step);
        });
        let run = model.run(&text[first..]).hook(hook);
        let run = if use_cache { run.past(&mut past) } else { run };
        let logits = run.logits_at(-1).expect("tokens of this model");
        text.push(argmax(logits.slice(s![0, 0, ..])));
    }
    text.split_off(prompt.len())
}

pub const VARIATIONS: &[Variation<Submission>] = grading::variations! {
    RIGHT;
    "E00-48" steering_vector "the next layer is read" =
        |m, a, b, l| difference(m, a, b, (l + 1) % m.cfg().n_layers);
    "E00-48" steering_vector "the layer before is read" =
        |m, a, b, l| difference(m, a, b, l.saturating_sub(1));
    "E00-48" steering_vector "the last layer is read" =
        |m, a, b, _| difference(m, a, b, m.cfg().n_layers - 1);
    "E00-53" steering_vector "each row is divided by its norm" = |m, a, b, l| {
        let mut v = sol::steering_vector(m, a, b, l);
        for mut row in v.rows_mut() {
            let n = row.dot(&row).sqrt();
            if n > 0.0 {
                row /= n;
            }
        }
        v
    };
    "E00-53" steering_vector "all positions hold the mean over them" = |m, a, b, l| {
        let v = sol::steering_vector(m, a, b, l);
        let mean = v.mean_axis(Axis(0)).expect("rows");
        Array2::from_shape_fn(v.dim(), |(_, d)| mean[d])
    };
    "E00-57" steering_vector "the streams are divided by their norms first" = |m, a, b, l| {
        let [x, y] = padded(m, a, b, true, space(m)).map(|t| {
            let mut v = stream(m, &t, "resid_pre", l);
            for mut row in v.rows_mut() {
                let n = row.dot(&row).sqrt();
                row /= n;
            }
            v
        });
        x - y
    };

    "E00-54" steered_logits "the size of the coefficient counts, not its sign" =
        |m, t, v, l, c| sol::steered_logits(m, t, v, l, c.abs());
    "E00-48" steered_logits "the vector is added before the next layer" =
        |m, t, v, l, c| logits(m, t, ("resid_pre", (l + 1) % m.cfg().n_layers), |x| add_rows(x, v, c, Some));
    "E00-48" steered_logits "the vector is always added before layer 0" =
        |m, t, v, _, c| logits(m, t, ("resid_pre", 0), |x| add_rows(x, v, c, Some));
    "E00-50" steered_logits "the vector is added to resid_mid" =
        |m, t, v, l, c| logits(m, t, ("resid_mid", l), |x| add_rows(x, v, c, Some));
    "E00-52" steered_logits "the rows are added in reverse order" =
        |m, t, v, l, c| logits(m, t, ("resid_pre", l), |x| add_rows(x, v, c, |row| Some(v.nrows() - 1 - row)));
    "E00-52" steered_logits "each row is added one position too early" =
        |m, t, v, l, c| logits(m, t, ("resid_pre", l), |x| add_rows(x, v, c, |row| row.checked_sub(1)));
    "E00-52" steered_logits "the last row of the vector is left out" = |m, t, v, l, c| {
        logits(m, t, ("resid_pre", l), |x| add_rows(x, v, c, |row| (row + 1 < v.nrows()).then_some(row)))
    };
    "E00-51" steered_logits "only the last text is steered" = |m, t, v, l, c| {
        logits(m, t, ("resid_pre", l), |mut x| {
            let i = x.dim().0 - 1;
            add_rows(x.slice_mut(s![i.., .., ..]), v, c, Some)
        })
    };
    "E00-54" steered_logits "the logits of the unsteered model are subtracted" =
        |m, t, v, l, c| sol::steered_logits(m, t, v, l, c) - m.forward(t).expect("tokens of this model");

    "E00-53" contrastive_vector "the median over the pairs is taken" =
        |m, p, l, pos, u| contrast(m, p, (l, pos), u, |values| median(values.iter().copied()));
    "E00-53" contrastive_vector "the sum is divided by one pair too few" =
        |m, p, l, pos, u| contrast(m, p, (l, pos), u, |v| v.sum() / (v.len() as f32 - 1.0).max(1.0));
    "E00-51" contrastive_vector "only the positive prompts count" = |m, p, l, pos, u| {
        let mut v = Array1::zeros(m.cfg().d_model);
        for (a, _) in p {
            v += &at(m, a, l, pos);
        }
        v /= p.len() as f32;
        if u {
            let n = v.dot(&v).sqrt();
            v /= n;
        }
        v
    };
    "E00-48" contrastive_vector "the next layer is read" =
        |m, p, l, pos, u| sol::contrastive_vector(m, p, (l + 1) % m.cfg().n_layers, pos, u);
    "E00-48" contrastive_vector "the layer before is read" =
        |m, p, l, pos, u| sol::contrastive_vector(m, p, l.saturating_sub(1), pos, u);
    "E00-52" contrastive_vector "the position after it is read" = |m, p, l, pos, u| {
        contrast_at(m, p, l, u, |a, b| [a, b].map(|n| (if pos < 0 { n + pos } else { pos } + 1).min(n - 1)))
    };
    "E00-52" contrastive_vector "a negative position counts from the end of the positive prompt, in both prompts" =
        |m, p, l, pos, u| {
            contrast_at(m, p, l, u, |a, b| {
                let q = if pos < 0 { a + pos } else { pos };
                [q, q.min(b - 1)]
            })
        };
    "E00-52" contrastive_vector "the position before it is read" = |m, p, l, pos, u| {
        contrast_at(m, p, l, u, |a, b| [a, b].map(|n| (if pos < 0 { n + pos } else { pos } - 1).max(0)))
    };
    "E00-57" contrastive_vector "each difference is divided by its norm first" = |m, p, l, pos, u| {
        let mut v = Array1::zeros(m.cfg().d_model);
        for (a, b) in p {
            let d = at(m, a, l, pos) - at(m, b, l, pos);
            let n = d.dot(&d).sqrt();
            v += &(d / n);
        }
        v /= p.len() as f32;
        if u {
            let n = v.dot(&v).sqrt();
            v /= n;
        }
        v
    };
    "E00-50" contrastive_vector "resid_mid is read" = |m, p, l, pos, u| {
        let f = |x: &str| {
            let y = stream(m, &tokens(m, x, true), "resid_mid", l);
            y.slice(s![pos, ..]).to_owned()
        };
        let mut v = Array1::zeros(m.cfg().d_model);
        for (a, b) in p {
            v += &(f(a) - f(b));
        }
        v /= p.len() as f32;
        if u {
            let n = v.dot(&v).sqrt();
            v /= n;
        }
        v
    };

    "E00-51" add_at_positions "only the last row of the batch is changed" = |mut x, v, f, p| {
        let i = x.dim().0 - 1;
        sol::add_at_positions(x.slice_mut(s![i.., .., ..]), v, f, p)
    };
    "E00-52" add_at_positions "the last position of the range is left out" =
        |x, v, f, p| sol::add_at_positions(x, v, f, &(p.start..p.end.saturating_sub(1)));
    "E00-52" add_at_positions "the range begins one position too early" =
        |x, v, f, p| sol::add_at_positions(x, v, f, &(p.start.saturating_sub(1)..p.end));
    "E00-52" add_at_positions "the chunk is taken to begin one position later" =
        |x, v, f, p| sol::add_at_positions(x, v, f + 1, p);
    "E00-54" add_at_positions "the vector is subtracted" = |x, v, f, p| sol::add_at_positions(x, &-v, f, p);
    "E00-54" add_at_positions "the vector is added twice" = |x, v, f, p| sol::add_at_positions(x, &(v * 2.0), f, p);
    "E00-54" add_at_positions "the vector is divided by its norm" = |x, v, f, p| {
        let n = v.dot(v).sqrt();
        sol::add_at_positions(x, &(v / n), f, p)
    };

    "E00-54" steered_generate "the vector is added twice" =
        |m, p, v, l, r, n, c| sol::steered_generate(m, p, &(v * 2.0), l, r, n, c);
    "E00-54" steered_generate "half of the vector is added" =
        |m, p, v, l, r, n, c| sol::steered_generate(m, p, &(v * 0.5), l, r, n, c);
    "E00-48" steered_generate "the vector is added before the next layer" =
        |m, p, v, l, r, n, c| sol::steered_generate(m, p, v, (l + 1) % m.cfg().n_layers, r, n, c);
    "E00-52" steered_generate "the last position of the range is left out" = |m, p, v, l, r, n, c| {
        sol::steered_generate(m, p, v, l, &(r.start..if r.end == usize::MAX { r.end } else { r.end - 1 }), n, c)
    };

    "E00-51" target_log_prob "only the last item of the batch counts" =
        |l, t| sol::target_log_prob(&item(l, l.dim().0 - 1), t);
    "E00-51" target_log_prob "only the last target counts" = |l, t| sol::target_log_prob(l, &t[t.len() - 1..]);
    "E00-53" target_log_prob "the most probable target is taken" =
        |l, t| mean(last(l).iter().map(|row| t.iter().map(|id| row[*id]).fold(f32::NEG_INFINITY, f32::max)));
    "E00-53" target_log_prob "the least probable target is taken" =
        |l, t| mean(last(l).iter().map(|row| t.iter().map(|id| row[*id]).fold(f32::INFINITY, f32::min)));
    "E00-58" target_log_prob "the probability of all other tokens is returned" =
        |l, t| mean(last(l).iter().map(|row| (1.0 - target(row, t).exp()).ln()));
    "E00-52" target_log_prob "the last two positions are averaged" = |l, t| {
        mean([1, 2].into_iter().flat_map(|back| log_probs(l, l.dim().1 - back)).map(|row| target(&row, t)))
    };
    "E00-57" target_log_prob "the logits are halved first" = |l, t| sol::target_log_prob(&(l * 0.5), t);

    "E00-51" kl_divergence "only the last item of the batch counts" = |a, b| {
        let i = a.dim().0 - 1;
        sol::kl_divergence(&item(a, i), &item(b, i))
    };
    "E00-52" kl_divergence "the position before the last is taken" = |a, b| {
        let n = a.dim().1 - 2;
        mean(log_probs(a, n).iter().zip(&log_probs(b, n)).map(|(p, q)| kl(p, q)))
    };
    "E00-57" kl_divergence "the logits are halved first" = |a, b| sol::kl_divergence(&(a * 0.5), &(b * 0.5));
    "E00-53" kl_divergence "terms below zero are left out" =
        |a, b| of_both(a, b, |p, q| p.iter().zip(q).map(|(p, q)| (p.exp() * (p - q)).max(0.0)).sum());
    "E00-58" kl_divergence "the entropy is returned" =
        |a, b| of_both(a, b, |p, _| -p.iter().map(|p| p.exp() * p).sum::<f32>());
    "E00-58" kl_divergence "the divergence to the mean of both is returned" = |a, b| {
        of_both(a, b, |p, q| {
            let m = Array1::from_shape_fn(p.len(), |i| ((p[i].exp() + q[i].exp()) / 2.0).ln());
            kl(p, &m)
        })
    };
    "E00-58" kl_divergence "half the sum of the absolute differences is returned" =
        |a, b| of_both(a, b, |p, q| p.iter().zip(q).map(|(p, q)| (p.exp() - q.exp()).abs()).sum::<f32>() / 2.0);

    "E00-54" effect_table "the size of the coefficients counts, not their sign" =
        |m, p, v, c, t| sol::effect_table(m, p, v, &c.iter().map(|c| c.abs()).collect::<Vec<_>>(), t);
    "E00-53" effect_table "the sum is divided by one prompt too few" =
        |m, p, v, c, t| sol::effect_table(m, p, v, c, t) * (p.len() as f32 / (p.len() as f32 - 1.0).max(0.5));
    "E00-48" effect_table "the vector of the next layer is added" = |m, p, v, c, t| {
        let n = v.nrows();
        sol::effect_table(m, p, &Array2::from_shape_fn(v.dim(), |(l, d)| v[[(l + 1) % n, d]]), c, t)
    };

    "E00-60" gain_at_cost "the first coefficient above zero counts" = |g, c, _| by_layer(g, c, |g, _| g[1]);
    "E00-60" gain_at_cost "the largest gain counts" =
        |g, c, _| by_layer(g, c, |g, _| g.fold(f32::NEG_INFINITY, |a, b| a.max(*b)));
    "E00-58" gain_at_cost "the gain per cost at the end is returned, times the budget" =
        |g, c, b| by_layer(g, c, |g, c| last_of(g) / last_of(c) * b);
    "E00-58" gain_at_cost "the gain per cost at the end is returned" =
        |g, c, _| by_layer(g, c, |g, c| last_of(g) / last_of(c));
    "E00-58" gain_at_cost "the line from the first column through the next is followed" =
        |g, c, b| by_layer(g, c, |g, c| g[0] + steepest(g, c) * (b - c[0]));

    "E00-60" best_layer "the costliest layer is chosen" = |g, c, _| best(g, c, |_, c| last_of(c));
    "E00-60" best_layer "the largest gain decides, whatever it costs" =
        |g, c, _| best(g, c, |g, _| g.fold(f32::NEG_INFINITY, |a, b| a.max(*b)));
    "E00-60" best_layer "the gain at the first coefficient above zero decides" = |g, c, _| best(g, c, |g, _| g[1]);
    "E00-60" best_layer "the gain per cost at the first coefficient above zero decides" =
        |g, c, _| best(g, c, steepest);
    "E00-60" best_layer "the sum of gains less costs decides" = |g, c, _| best(g, c, |g, c| g.sum() - c.sum());
    "E00-60" best_layer "the budget that is reached first decides" =
        |g, c, b| best(g, c, |_, c| -(reached(c, b) as f32));
    "E00-51" best_layer "the last layer is never looked at" = |g, c, b| {
        let at = sol::gain_at_cost(g, c, b);
        (0..at.len() - 1).fold(0, |best, layer| if at[layer] > at[best] { layer } else { best })
    };
    "E00-51" best_layer "the first layer is never looked at" = |g, c, b| {
        let at = sol::gain_at_cost(g, c, b);
        (1..at.len()).fold(1, |best, layer| if at[layer] > at[best] { layer } else { best })
    };
    "E00-60" best_layer "the second best layer is chosen" = |g, c, b| {
        let x = sol::gain_at_cost(g, c, b);
        let top = sol::best_layer(g, c, b);
        (0..x.len()).filter(|l| *l != top).fold(usize::from(top == 0), |a, l| if x[l] > x[a] { l } else { a })
    };

    "E00-52" steered_logits "the last rows are used of a vector that is longer than the text" = |m, t, v, l, c| {
        let from = v.nrows().saturating_sub(t.ncols());
        sol::steered_logits(m, t, &v.slice(s![from.., ..]).to_owned(), l, c)
    };
    "E00-54" add_at_positions "each item gets the vector once more than the item before it" = |mut x, v, f, r| {
        for item in 0..x.dim().0 {
            sol::add_at_positions(x.slice_mut(s![item.., .., ..]), v, f, r);
        }
    };
    "E00-52" steered_generate "with kept keys and values a new token counts as one position too early" =
        |m, p, v, l, r, n, c| {
            generate(m, p, (l, n, c), |x, first, _| sol::add_at_positions(x, v, first.saturating_sub(1), r))
        };
    "E00-52" steered_generate "with kept keys and values only the new tokens are steered" = |m, p, v, l, r, n, c| {
        generate(m, p, (l, n, c), |x, first, _| {
            if !c || first > 0 {
                sol::add_at_positions(x, v, first, r);
            }
        })
    };
    "E00-52" steered_generate "the first new token is chosen without steering" = |m, p, v, l, r, n, _| {
        generate(m, p, (l, n, false), |x, first, step| {
            if step > 0 {
                sol::add_at_positions(x, v, first, r);
            }
        })
    };
    "E00-53" target_log_prob "the probabilities are averaged over the positions first" = |l, ids| {
        let of_item = |item: usize| {
            let all = (0..l.dim().1).map(|pos| target(&log_probs(l, pos)[item], ids).exp());
            mean(all).ln()
        };
        mean((0..l.dim().0).map(of_item))
    };
    "E00-58" effect_table "the gain is divided by the coefficient" = |m, p, v, c, t| {
        let mut table = sol::effect_table(m, p, v, c, t);
        for ((measure, _, at), x) in table.indexed_iter_mut() {
            if measure == 0 && c[at] != 0.0 {
                *x /= c[at];
            }
        }
        table
    };
    "E00-60" best_layer "the largest gain of a column within the budget decides" = |g, c, b| {
        best(g, c, |gains, costs| {
            let within = gains.iter().zip(costs).filter(|(_, cost)| **cost <= b);
            within.fold(f32::NEG_INFINITY, |most, (gain, _)| most.max(*gain))
        })
    };
    "E00-57" steered_logits "each row of the vector is divided by its norm first" = |m, t, v, l, c| {
        let mut v = v.clone();
        for mut row in v.rows_mut() {
            let norm = row.dot(&row).sqrt();
            if norm > 0.0 {
                row /= norm;
            }
        }
        sol::steered_logits(m, t, &v, l, c)
    };
    "E00-52" add_at_positions "only the first position of the chunk that is in the range is steered" = |x, v, f, r| {
        if let Some(first) = (f..f + x.dim().1).find(|pos| r.contains(pos)) {
            sol::add_at_positions(x, v, f, &(first..first + 1));
        }
    };
};
