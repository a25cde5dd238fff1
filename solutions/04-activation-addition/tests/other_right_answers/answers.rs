//! Right answers, written differently: single entries instead of slices, double precision, another order of summation,
//! several prompts in one run, lasting hooks, and runs in two parts instead of hooks.

use std::ops::Range;

use grading::ex04::Submission;
use hooked_transformer::{HookedTransformer, KeyValueCache, Tokens, fwd_hook};
use ndarray::{Array1, Array2, Array3, ArrayView1, ArrayViewMut3, Axis, Ix3, concatenate, s, stack};
use rand::RngExt;

/// Entry by entry, from the last to the first, in double precision.
pub const ENTRIES: Submission = Submission {
    steering_vector: |model, positive, negative, layer| {
        let space = model.to_single_token(" ").unwrap();
        let mut ids = [positive, negative].map(|text| model.to_tokens(text, true).unwrap().row(0).to_vec());
        let n_pos = ids[0].len().max(ids[1].len());
        ids.iter_mut().for_each(|ids| ids.resize(n_pos, space));
        // The whole cache instead of a part.
        let caches = ids.map(|ids| model.run_with_cache(&ids).unwrap().1);
        let stream = |i: usize, pos: usize, d: usize| caches[i][("resid_pre", layer)][[0, pos, d]];
        Array2::from_shape_fn((n_pos, model.cfg().d_model), |(pos, d)| {
            (f64::from(stream(0, pos, d)) - f64::from(stream(1, pos, d))) as f32
        })
    },
    steered_logits: |model, tokens, vector, layer, coefficient| {
        let add = fwd_hook(
            |name: &str| name == format!("blocks.{layer}.hook_resid_pre"),
            |mut resid, _| {
                for ((_, pos, d), x) in resid.view_mut().into_dimensionality::<Ix3>().unwrap().indexed_iter_mut() {
                    if let Some(row) = vector.get((pos, d)) {
                        *x = (f64::from(*x) + f64::from(coefficient) * f64::from(*row)) as f32;
                    }
                }
            },
        );
        model.run(tokens).hook(add).logits().unwrap()
    },
    contrastive_vector: |model, pairs, layer, pos, unit_norm| {
        let mut sum = vec![0.0_f64; model.cfg().d_model];
        for (prompt, sign) in pairs.iter().rev().flat_map(|(positive, negative)| [(*negative, -1.0), (*positive, 1.0)])
        {
            let cache = model.run(prompt).names_filter(("resid_pre", layer)).cache().unwrap();
            let stream = cache.view::<Ix3>(("resid_pre", layer));
            let n_pos = stream.dim().1;
            let at = if pos < 0 { n_pos - pos.unsigned_abs() } else { pos as usize };
            sum.iter_mut().enumerate().for_each(|(d, x)| *x += sign * f64::from(stream[[0, at, d]]));
        }
        let norm = sum.iter().rev().map(|x| x * x).sum::<f64>().sqrt();
        let by = if unit_norm { norm } else { pairs.len() as f64 };
        sum.into_iter().map(|x| (x / by) as f32).collect()
    },
    add_at_positions: |mut resid, vector, first_pos, positions| {
        for ((_, pos, d), x) in resid.indexed_iter_mut() {
            let at = first_pos + pos;
            if at >= positions.start && at < positions.end {
                *x += vector[d];
            }
        }
    },
    steered_generate: |model, prompt, vector, layer, positions, n_new, use_cache| {
        let mut past = KeyValueCache::new(model.cfg(), 1);
        let mut new: Vec<usize> = Vec::new();
        for step in 0..n_new {
            let text: Vec<usize> = prompt.iter().chain(&new).copied().collect();
            let first = if use_cache && step > 0 { text.len() - 1 } else { 0 };
            let steer = fwd_hook(("resid_pre", layer), |mut resid, _| {
                for pos in (first..text.len()).rev().filter(|pos| positions.contains(pos)) {
                    for d in 0..vector.len() {
                        resid[[0, pos - first, d]] += vector[d];
                    }
                }
            });
            let mut run = model.run(&text[first..]).hook(steer);
            if use_cache {
                run = run.past(&mut past);
            }
            let logits = run.logits().unwrap();
            let last = logits.dim().1 - 1;
            let best = (0..logits.dim().2).max_by(|a, b| logits[[0, last, *a]].total_cmp(&logits[[0, last, *b]]));
            new.push(best.unwrap());
        }
        new
    },
    target_log_prob: |logits, targets| {
        let rows = logits.outer_iter().map(|row| {
            let p = softmax(row.index_axis(Axis(0), row.len_of(Axis(0)) - 1));
            targets.iter().rev().map(|id| p[*id]).sum::<f64>().ln()
        });
        (rows.sum::<f64>() / logits.dim().0 as f64) as f32
    },
    kl_divergence: |steered, unsteered| {
        let last = steered.dim().1 - 1;
        let rows = (0..steered.dim().0).rev().map(|row| {
            let [p, q] = [steered, unsteered].map(|logits| softmax(logits.slice(s![row, last, ..])));
            p.iter().zip(&q).rev().map(|(p, q)| p * (p / q).ln()).sum::<f64>()
        });
        (rows.sum::<f64>() / steered.dim().0 as f64) as f32
    },
    random_direction: |like, rng| {
        // Box and Muller.
        let mut uniform = || f64::from(rng.random_range(f32::MIN_POSITIVE..1.0));
        let drawn: Vec<f64> =
            like.iter().map(|_| (-2.0 * uniform().ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos()).collect();
        let norm = |of: &mut dyn Iterator<Item = f64>| of.map(|x| x * x).sum::<f64>().sqrt();
        let scale = norm(&mut like.iter().map(|x| f64::from(*x))) / norm(&mut drawn.iter().copied());
        drawn.into_iter().map(|x| (scale * x) as f32).collect()
    },
    effect_table: |model, prompts, vectors, coefficients, targets| {
        Array3::from_shape_fn((2, vectors.nrows(), coefficients.len()), |(measure, layer, c)| {
            let of_prompt = |prompt: &&str| {
                let tokens = model.to_tokens(*prompt, true).unwrap();
                let steer = fwd_hook(("resid_pre", layer), |mut resid, _| {
                    for ((_, pos, d), x) in resid.view_mut().into_dimensionality::<Ix3>().unwrap().indexed_iter_mut() {
                        if pos > 0 {
                            *x += coefficients[c] * vectors[[layer, d]];
                        }
                    }
                });
                let before = model.run(&tokens).logits_at(-1).unwrap();
                let after = model.run(&tokens).hook(steer).logits_at(-1).unwrap();
                match measure {
                    0 => (ENTRIES.target_log_prob)(&after, targets) - (ENTRIES.target_log_prob)(&before, targets),
                    _ => (ENTRIES.kl_divergence)(&after, &before),
                }
            };
            prompts.iter().rev().map(of_prompt).sum::<f32>() / prompts.len() as f32
        })
    },
    gain_at_cost: |gains, costs, budget| {
        let mut found = Vec::new();
        for (gains, costs) in gains.rows().into_iter().zip(costs.rows()) {
            let mut gain = gains[gains.len() - 1];
            for i in (0..costs.len() - 1).rev() {
                if costs[i] <= budget && budget <= costs[i + 1] {
                    let weight = (costs[i + 1] - budget) / (costs[i + 1] - costs[i]);
                    gain = weight * gains[i] + (1.0 - weight) * gains[i + 1];
                }
            }
            found.push(gain);
        }
        Array1::from(found)
    },
    best_layer: |gains, costs, budget| {
        let at_cost = (ENTRIES.gain_at_cost)(gains, costs, budget);
        (0..at_cost.len()).max_by(|a, b| at_cost[*a].total_cmp(&at_cost[*b])).unwrap()
    },
};

/// Whole arrays at once, several prompts in one run where they are equally long, lasting hooks that are taken off.
pub const ARRAYS: Submission = Submission {
    steering_vector: |model, positive, negative, layer| {
        let space = model.to_single_token(" ").unwrap();
        let [first, second] = [positive, negative].map(|text| model.to_tokens(text, true).unwrap());
        let n_pos = first.ncols().max(second.ncols());
        let pad = |tokens: Tokens| {
            let filling = Tokens::from_elem((1, n_pos - tokens.ncols()), space);
            concatenate![Axis(1), tokens, filling]
        };
        let both = concatenate![Axis(0), pad(first), pad(second)];
        let cache = model.run(&both).names_filter(("resid_pre", layer)).cache().unwrap();
        let stream = cache.view::<Ix3>(("resid_pre", layer));
        &stream.index_axis(Axis(0), 0) - &stream.index_axis(Axis(0), 1)
    },
    steered_logits: |model, tokens, vector, layer, coefficient| {
        let mut padded = Array2::zeros((tokens.ncols(), vector.ncols()));
        let rows = vector.nrows().min(tokens.ncols());
        padded.slice_mut(s![..rows, ..]).assign(&(coefficient * &vector.slice(s![..rows, ..])));
        let handle = model.add_hook(("resid_pre", layer), move |mut resid, _| resid += &padded).unwrap();
        let logits = model.forward(tokens);
        model.remove_hook(handle);
        logits.unwrap()
    },
    contrastive_vector: |model, pairs, layer, pos, unit_norm| {
        let read = |prompt: &str| {
            let cache = model.run(prompt).names_filter(("resid_pre", layer)).pos_slice(kept(pos)).cache().unwrap();
            let stream = cache.view::<Ix3>(("resid_pre", layer));
            stream.slice(s![0, 0, ..]).to_owned()
        };
        let positive: Vec<Array1<f32>> = pairs.iter().map(|pair| read(pair.0)).collect();
        let negative: Vec<Array1<f32>> = pairs.iter().map(|pair| read(pair.1)).collect();
        let mean = |rows: Vec<Array1<f32>>| {
            let views: Vec<ArrayView1<f32>> = rows.iter().map(|row| row.view()).collect();
            stack(Axis(0), &views).unwrap().mean_axis(Axis(0)).unwrap()
        };
        let vector = mean(positive) - mean(negative);
        let norm = if unit_norm { vector.mapv(|x| x * x).sum().sqrt() } else { 1.0 };
        vector / norm
    },
    add_at_positions: |mut resid, vector, first_pos, positions| {
        let n_pos = resid.dim().1;
        let start = positions.start.saturating_sub(first_pos).min(n_pos);
        let end = positions.end.saturating_sub(first_pos).min(n_pos).max(start);
        let mut part = resid.slice_mut(s![.., start..end, ..]);
        part += vector;
    },
    steered_generate: |model, prompt, vector, layer, positions, n_new, use_cache| {
        // The prompt without its last token first; then every step is alike.
        let mut past = KeyValueCache::new(model.cfg(), 1);
        let mut ids = prompt.to_vec();
        if use_cache && prompt.len() > 1 {
            run_part(model, &ids[..prompt.len() - 1], 0, (vector, layer, positions), Some(&mut past));
        }
        while ids.len() < prompt.len() + n_new {
            let logits = match use_cache {
                true => {
                    run_part(model, &ids[ids.len() - 1..], ids.len() - 1, (vector, layer, positions), Some(&mut past))
                }
                false => run_part(model, &ids, 0, (vector, layer, positions), None),
            };
            ids.push(hooked_transformer::argmax(logits.slice(s![0, logits.dim().1 - 1, ..])));
        }
        ids[prompt.len()..].to_vec()
    },
    target_log_prob: |logits, targets| {
        let last = logits.index_axis(Axis(1), logits.dim().1 - 1);
        let log_sum = |row: ArrayView1<f32>, chosen: &[usize]| {
            let largest = row.fold(f32::MIN, |a, b| a.max(*b));
            chosen.iter().map(|id| (row[*id] - largest).exp()).sum::<f32>().ln()
        };
        let all: Vec<usize> = (0..logits.dim().2).collect();
        last.rows().into_iter().map(|row| log_sum(row, targets) - log_sum(row, &all)).sum::<f32>() / last.nrows() as f32
    },
    kl_divergence: |steered, unsteered| {
        let [p, q] = [steered, unsteered].map(hooked_transformer_log_softmax);
        let divergence = p.mapv(f32::exp) * (&p - &q);
        divergence.index_axis(Axis(1), steered.dim().1 - 1).sum_axis(Axis(1)).mean().unwrap()
    },
    random_direction: |like, rng| {
        let direction = like.mapv(|_| rng.random_range(-1.0..=1.0_f32));
        let norm = |v: &Array1<f32>| v.mapv(|x| x * x).sum().sqrt();
        &direction / norm(&direction) * norm(like)
    },
    effect_table: |model, prompts, vectors, coefficients, targets| {
        let mut gains = Array2::zeros((vectors.nrows(), coefficients.len()));
        let mut costs = gains.clone();
        for prompt in prompts {
            // One row of the batch for each coefficient.
            let one = model.to_tokens(*prompt, true).unwrap();
            let rows: Vec<_> = coefficients.iter().map(|_| one.row(0)).collect();
            let tokens = stack(Axis(0), &rows).unwrap();
            let clean = model.forward(&one).unwrap();
            for layer in 0..vectors.nrows() {
                let steer = fwd_hook(("resid_pre", layer), |mut resid, _| {
                    for (mut row, c) in resid.outer_iter_mut().zip(coefficients) {
                        let mut text = row.slice_mut(s![1.., ..]);
                        text += &(*c * &vectors.row(layer));
                    }
                });
                let all = model.run_with_hooks(&tokens, [steer]).unwrap();
                for c in 0..coefficients.len() {
                    let steered = all.slice(s![c..=c, .., ..]).to_owned();
                    gains[[layer, c]] +=
                        (ARRAYS.target_log_prob)(&steered, targets) - (ARRAYS.target_log_prob)(&clean, targets);
                    costs[[layer, c]] += (ARRAYS.kl_divergence)(&steered, &clean);
                }
            }
        }
        stack![Axis(0), gains, costs] / prompts.len() as f32
    },
    gain_at_cost: |gains, costs, budget| {
        let of_layer = |(gains, costs): (ArrayView1<f32>, ArrayView1<f32>)| {
            let left = costs.iter().take_while(|cost| **cost <= budget).count() - 1;
            let Some(next) = costs.get(left + 1) else { return gains[left] };
            let slope = (gains[left + 1] - gains[left]) / (next - costs[left]);
            gains[left] + slope * (budget - costs[left])
        };
        gains.rows().into_iter().zip(costs.rows()).map(of_layer).collect()
    },
    best_layer: |gains, costs, budget| {
        let at_cost = (ARRAYS.gain_at_cost)(gains, costs, budget).to_vec();
        let largest = at_cost.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        at_cost.iter().position(|gain| *gain == largest).unwrap()
    },
};

/// No hooks where there need be none: the run ends before the layer, and a second one begins there with the sum.
pub const IN_TWO_PARTS: Submission = Submission {
    steering_vector: |model, positive, negative, layer| {
        let mut ids = [positive, negative].map(|text| model.to_tokens(text, true).unwrap().into_raw_vec_and_offset().0);
        let space = model.to_tokens(" ", false).unwrap()[[0, 0]];
        let longer = ids.iter().map(Vec::len).max().unwrap();
        for ids in &mut ids {
            while ids.len() < longer {
                ids.push(space);
            }
        }
        let [first, second] = ids.map(|ids| stream_before(model, &ids, layer));
        (first - second).index_axis_move(Axis(0), 0)
    },
    steered_logits: |model, tokens, vector, layer, coefficient| {
        let mut stream = model.run(tokens).stop_at_layer(layer as isize).resid().unwrap();
        for mut text in stream.outer_iter_mut() {
            for (mut at_pos, row) in text.rows_mut().into_iter().zip(vector.rows()) {
                at_pos.scaled_add(coefficient, &row);
            }
        }
        model.run(stream).start_at_layer(layer as isize).logits().unwrap()
    },
    contrastive_vector: |model, pairs, layer, pos, unit_norm| {
        let mut vector = Array1::<f32>::zeros(model.cfg().d_model);
        for (positive, negative) in pairs {
            for (text, weight) in [(positive, 1.0), (negative, -1.0)] {
                let ids = model.to_tokens(*text, true).unwrap().row(0).to_vec();
                vector
                    .scaled_add(weight / pairs.len() as f32, &stream_before(model, &ids, layer).slice(s![0, pos, ..]));
            }
        }
        if unit_norm { &vector / vector.dot(&vector).sqrt() } else { vector }
    },
    add_at_positions: |mut resid, vector, first_pos, positions| {
        for mut text in resid.outer_iter_mut() {
            for (at, mut stream) in (first_pos..).zip(text.rows_mut()) {
                if positions.contains(&at) {
                    stream.scaled_add(1.0, vector);
                }
            }
        }
    },
    steered_generate: |model, prompt, vector, layer, positions, n_new, use_cache| {
        if use_cache {
            return (ARRAYS.steered_generate)(model, prompt, vector, layer, positions, n_new, true);
        }
        let mut ids = prompt.to_vec();
        for _ in 0..n_new {
            let mut stream = stream_before(model, &ids, layer);
            (IN_TWO_PARTS.add_at_positions)(stream.view_mut(), vector, 0, positions);
            let logits = model.run(stream).start_at_layer(layer as isize).logits().unwrap();
            ids.push(hooked_transformer::argmax(logits.slice(s![0, -1, ..])));
        }
        ids.drain(..prompt.len());
        ids
    },
    target_log_prob: |logits, targets| {
        let log_probs = hooked_transformer_log_softmax(logits);
        let last = logits.dim().1 - 1;
        let of_row = |row: usize| {
            let chosen: Vec<f32> = targets.iter().map(|id| log_probs[[row, last, *id]]).collect();
            let largest = chosen.iter().copied().fold(f32::MIN, f32::max);
            largest + chosen.iter().map(|x| (x - largest).exp()).sum::<f32>().ln()
        };
        (0..logits.dim().0).rev().map(of_row).sum::<f32>() / logits.dim().0 as f32
    },
    // The cross-entropy minus the entropy.
    kl_divergence: |steered, unsteered| {
        let last = steered.dim().1 - 1;
        let mut total = 0.0;
        for row in 0..steered.dim().0 {
            let [p, q] = [steered, unsteered].map(|logits| softmax(logits.slice(s![row, last, ..])));
            let cross: f64 = p.iter().zip(&q).map(|(p, q)| -p * q.ln()).sum();
            let entropy: f64 = p.iter().map(|p| -p * p.ln()).sum();
            total += cross - entropy;
        }
        (total / steered.dim().0 as f64) as f32
    },
    random_direction: |like, rng| {
        // Signs alone are even enough.
        let direction = like.mapv(|_| if rng.random_range(0..2) == 0 { -1.0_f32 } else { 1.0 });
        let norm = like.dot(like).sqrt() / (like.len() as f32).sqrt();
        direction * norm
    },
    effect_table: |model, prompts, vectors, coefficients, targets| {
        let mut table = Array3::zeros((2, vectors.nrows(), coefficients.len()));
        for ((layer, i), of_layer) in
            ndarray::indices((vectors.nrows(), coefficients.len())).into_iter().map(|at| (at, vectors.row(at.0)))
        {
            let (mut gain, mut cost) = (0.0, 0.0);
            for prompt in prompts {
                let ids = model.to_tokens(*prompt, true).unwrap().row(0).to_vec();
                let mut stream = stream_before(model, &ids, layer);
                let before = model.run(stream.clone()).start_at_layer(layer as isize).logits_at(-1).unwrap();
                let added = coefficients[i] * &of_layer;
                (IN_TWO_PARTS.add_at_positions)(stream.view_mut(), &added, 0, &(1..ids.len()));
                let after = model.run(stream).start_at_layer(layer as isize).logits_at(-1).unwrap();
                gain +=
                    (IN_TWO_PARTS.target_log_prob)(&after, targets) - (IN_TWO_PARTS.target_log_prob)(&before, targets);
                cost += (IN_TWO_PARTS.kl_divergence)(&after, &before);
            }
            table[[0, layer, i]] = gain / prompts.len() as f32;
            table[[1, layer, i]] = cost / prompts.len() as f32;
        }
        table
    },
    gain_at_cost: |gains, costs, budget| (ENTRIES.gain_at_cost)(gains, costs, budget),
    best_layer: |gains, costs, budget| {
        let at_cost = (IN_TWO_PARTS.gain_at_cost)(gains, costs, budget);
        let mut best = 0;
        for layer in 1..at_cost.len() {
            if at_cost[layer] > at_cost[best] {
                best = layer;
            }
        }
        best
    },
};

/// Probabilities in double precision.
fn softmax(logits: ArrayView1<f32>) -> Vec<f64> {
    let largest = logits.fold(f32::MIN, |a, b| a.max(*b));
    let exps: Vec<f64> = logits.iter().map(|x| f64::from(x - largest).exp()).collect();
    let sum: f64 = exps.iter().rev().sum();
    exps.into_iter().map(|x| x / sum).collect()
}

fn hooked_transformer_log_softmax(logits: &Array3<f32>) -> Array3<f32> {
    hooked_transformer::log_softmax(logits.view())
}

/// One position, as a cache wants it told.
fn kept(pos: isize) -> std::ops::RangeFrom<isize> {
    // From that position on; the first that is kept is the one.
    pos..
}

/// `[1, pos, d_model]`
fn stream_before(model: &HookedTransformer, ids: &[usize], layer: usize) -> Array3<f32> {
    model.run(ids).stop_at_layer(layer as isize).resid().unwrap()
}

/// Logits of a part of a text that begins at `first`, steered.
fn run_part(
    model: &HookedTransformer,
    ids: &[usize],
    first: usize,
    (vector, layer, positions): (&Array1<f32>, usize, &Range<usize>),
    past: Option<&mut KeyValueCache>,
) -> Array3<f32> {
    let steer = fwd_hook(("resid_pre", layer), |resid, _| {
        let resid: ArrayViewMut3<f32> = resid.into_dimensionality().unwrap();
        (ARRAYS.add_at_positions)(resid, vector, first, positions);
    });
    let run = model.run(ids).hook(steer);
    match past {
        Some(past) => run.past(past).logits().unwrap(),
        None => run.logits().unwrap(),
    }
}
