//! Right answers, written as differently as can be. Each changes some functions and leaves the others to the solution.

use grading::ex07::{Gradients, Moments, Next, Submission};
use hooked_transformer::{Scalar, Tokens, log_softmax, loss_per_token, next_token_log_probs};
use ndarray::{Array1, Array2, Array3, ArrayD, ArrayView3, Axis, Zip, array, s, stack};
use rand::RngExt;
use solution::{
    BETA_1, BETA_2, EPSILON, MAX_NORM, SHORTEST, WARM_UP, WEIGHT_DECAY, adamw_step, attention_backward, loss_gradient,
};
use solution_07_training as solution;

use crate::wrong_answers::RIGHT;

/// Loops over entries.
pub const LOOPS: Submission = Submission {
    mean_loss: |logits, next| {
        let (mut total, mut counted) = (0.0, 0);
        for item in 0..next.nrows() {
            for pos in 0..next.ncols() {
                if let Some(id) = next[[item, pos]] {
                    total -= log_softmax(logits)[[item, pos, id]];
                    counted += 1;
                }
            }
        }
        total / counted as f32
    },
    linear_backward: |x, w, d_y| {
        let (mut d_x, mut d_w) = (Array2::zeros(x.dim()), Array2::zeros(w.dim()));
        for row in 0..x.nrows() {
            for i in 0..w.nrows() {
                for o in 0..w.ncols() {
                    d_x[[row, i]] += d_y[[row, o]] * w[[i, o]];
                    d_w[[i, o]] += d_y[[row, o]] * x[[row, i]];
                }
            }
        }
        (d_x, d_w)
    },
    softmax_backward: |pattern, d_pattern| {
        let mut d_scores = Array2::zeros(pattern.dim());
        for q in 0..pattern.nrows() {
            for k in 0..=q {
                for other in 0..=q {
                    let p = pattern[[q, other]] * (f32::from(u8::from(other == k)) - pattern[[q, k]]);
                    d_scores[[q, k]] += p * d_pattern[[q, other]];
                }
            }
        }
        d_scores
    },
    embedding_backward: |tokens, d_embed, d_vocab| {
        let d_model = d_embed.dim().2;
        Array2::from_shape_fn((d_vocab, d_model), |(id, i)| {
            tokens
                .indexed_iter()
                .filter(|(_, token)| **token == id)
                .map(|((item, pos), _)| d_embed[[item, pos, i]])
                .sum()
        })
    },
    clip_gradients: |gradients, max_norm| {
        let mut squares = 0.0;
        for gradient in gradients.values() {
            for x in gradient {
                squares += x * x;
            }
        }
        let norm = f32::sqrt(squares);
        // As PyTorch does it: the factor is at most one.
        let factor = (max_norm / (norm + 1e-6)).min(1.0);
        for gradient in gradients.values_mut() {
            for x in gradient {
                *x *= factor;
            }
        }
        norm
    },
    adamw_step: |mut weight, gradient, mut m, mut v, step, rate, decay| {
        for (((w, g), m), v) in weight.iter_mut().zip(&gradient).zip(&mut m).zip(&mut v) {
            *m += (1.0 - BETA_1) * (g - *m);
            *v += (1.0 - BETA_2) * (g * g - *v);
            let m = *m / (1.0 - BETA_1.powf(step as f32));
            let v = *v / (1.0 - BETA_2.powf(step as f32));
            *w = *w - rate * decay * *w - rate * m / (v.sqrt() + EPSILON);
        }
    },
    text_window: |rng, text, n_ctx| {
        let places = text.len() + 2 - n_ctx;
        let start = rng.random_range(0..places);
        let mut row = vec![0; n_ctx];
        for pos in 1..n_ctx {
            row[pos] = text[start + pos - 1];
        }
        row
    },
    repeated_segment: |rng, d_vocab, n_ctx| {
        let longest = (n_ctx - 1) / 2;
        let length = SHORTEST + rng.random_range(0..longest - SHORTEST + 1);
        let mut row = vec![0; n_ctx];
        for pos in 1..n_ctx {
            row[pos] = if pos <= length { rng.random_range(0..d_vocab - 1) + 1 } else { row[pos - length] };
        }
        (row, length)
    },
    ..RIGHT
};

/// Double precision inside.
pub const DOUBLE: Submission = Submission {
    mean_loss: |logits, next| {
        let losses = next.indexed_iter().filter_map(|((item, pos), id)| {
            let row = logits.slice(s![item, pos, ..]).mapv(f64::from);
            let largest = row.fold(f64::NEG_INFINITY, |a, b| a.max(*b));
            Some(row.mapv(|x| (x - largest).exp()).sum().ln() + largest - row[(*id)?])
        });
        let losses: Vec<f64> = losses.collect();
        (losses.iter().sum::<f64>() / losses.len() as f64) as f32
    },
    loss_gradient: |logits, next| {
        let counted = next.iter().filter(|id| id.is_some()).count() as f64;
        Array3::from_shape_fn(logits.dim(), |(item, pos, token)| {
            let Some(id) = next[[item, pos]] else { return 0.0 };
            let row = logits.slice(s![item, pos, ..]);
            // Relative to this token: no exponential overflows but one that makes the probability zero.
            let others: f64 = row.iter().map(|x| (f64::from(*x) - f64::from(row[token])).exp()).sum();
            ((1.0 / others - f64::from(u8::from(id == token))) / counted) as f32
        })
    },
    softmax_backward: |pattern, d_pattern| {
        let (p, d) = (pattern.mapv(f64::from), d_pattern.mapv(f64::from));
        let average = (&p * &d).sum_axis(Axis(1)).insert_axis(Axis(1));
        (&p * &d - &p * &average).mapv(|x| x as f32)
    },
    adamw_step: |mut weight, gradient, mut m, mut v, step, rate, decay| {
        let power = |beta: f32| f64::from(beta).powi(step as i32);
        Zip::from(&mut weight).and(&gradient).and(&mut m).and(&mut v).for_each(|w, g, m, v| {
            let g = f64::from(*g);
            *m = (f64::from(BETA_1) * f64::from(*m) + (1.0 - f64::from(BETA_1)) * g) as f32;
            *v = (f64::from(BETA_2) * f64::from(*v) + (1.0 - f64::from(BETA_2)) * g * g) as f32;
            let (m, v) = (f64::from(*m) / (1.0 - power(BETA_1)), f64::from(*v) / (1.0 - power(BETA_2)));
            let (rate, old) = (f64::from(rate), f64::from(*w));
            *w = (old * (1.0 - rate * f64::from(decay)) - rate * m / (v.sqrt() + f64::from(EPSILON))) as f32;
        });
    },
    learning_rate: |step, steps, peak| {
        let (step, steps, peak) = (step as f64, steps as f64, f64::from(peak));
        let rising = peak * step / WARM_UP as f64;
        let falling = peak * 5.0 * (steps + 1.0 - step) / steps;
        rising.min(falling).min(peak) as f32
    },
    ..RIGHT
};

/// The Jacobian of the softmax, row by row, and attention as products with it.
pub const JACOBIAN: Submission = Submission {
    softmax_backward: |pattern, d_pattern| {
        let mut d_scores = Array2::zeros(pattern.dim());
        for (q, p) in pattern.outer_iter().enumerate() {
            let column = p.insert_axis(Axis(1));
            let jacobian = Array2::from_diag(&p) - column.dot(&column.t());
            d_scores.row_mut(q).assign(&jacobian.dot(&d_pattern.row(q)));
        }
        d_scores
    },
    attention_backward: |q, k, v, pattern, d_z| {
        let scale = 1.0 / (q.ncols() as f32).sqrt();
        let mut gradients = [q, k, v].map(|x| Array2::<f32>::zeros(x.dim()));
        for (query, p) in pattern.outer_iter().enumerate() {
            let d_p = v.dot(&d_z.row(query));
            let average = p.dot(&d_p);
            for key in 0..=query {
                let d_score = p[key] * (d_p[key] - average) * scale;
                gradients[0].row_mut(query).scaled_add(d_score, &k.row(key));
                gradients[1].row_mut(key).scaled_add(d_score, &q.row(query));
                gradients[2].row_mut(key).scaled_add(p[key], &d_z.row(query));
            }
        }
        gradients
    },
    ..RIGHT
};

/// The library's own backward pass.
pub const LIBRARY: Submission = Submission {
    mean_loss: |logits, next| {
        let picked = log_softmax(logits);
        let kept: Array1<f32> =
            next.indexed_iter().filter_map(|((item, pos), id)| Some(-picked[[item, pos, (*id)?]])).collect();
        kept.mean().unwrap_or(0.0)
    },
    model_gradients: |model, tokens, next| {
        let scalar = Scalar::of_logits(|logits: &ArrayView3<f32>| {
            (solution::mean_loss(logits.view(), next), loss_gradient(logits.view(), next))
        });
        let gradients = model.run(tokens).backward(scalar).all_weights().grads().expect("tokens of this model");
        let matrices = gradients.weights().into_iter().filter(|(name, _)| name.contains("W_"));
        (gradients.value(), matrices.map(|(name, gradient)| (name.to_string(), gradient.to_owned())).collect())
    },
    bump: |model, tokens, n| {
        let (logits, cache) = model.run_with_cache(tokens).expect("tokens of this model");
        let log_probs = next_token_log_probs(logits.view(), tokens.view()).expect("logits of these tokens");
        let halves = [log_probs.slice(s![.., ..n]), log_probs.slice(s![.., n..])];
        let [first, second] = halves.map(|half| -half.mean().unwrap_or(0.0));
        let mut best = 0.0_f32;
        for layer in 0..cache.n_layers() {
            for head in 0..model.cfg().n_heads {
                let (mut sum, mut entries) = (0.0, 0);
                for item in 0..tokens.nrows() {
                    for query in n - 1..tokens.ncols() {
                        sum += cache.pattern(layer)[[item, head, query, query + 1 - n]];
                        entries += 1;
                    }
                }
                best = best.max(sum / entries as f32);
            }
        }
        (first, second, best)
    },
    ..RIGHT
};

/// Whole batches at once.
pub const BATCHED: Submission = Submission {
    grow: |model, rng, text, steps, share| {
        let mut moments = Moments::default();
        let (n_ctx, d_vocab) = (model.cfg().n_ctx, model.cfg().d_vocab);
        let rate = |step| solution::learning_rate(step, steps, solution::PEAK_RATE);
        let one_step = |step| {
            let (tokens, next) = (BATCHED.training_batch)(rng, text, solution::ROWS, n_ctx, d_vocab, share);
            (BATCHED.train_step)(model, &mut moments, &tokens, &next, step, rate(step))
        };
        (1..=steps).map(one_step).collect()
    },
    layer_backward: |model, layer, cache, d_post| {
        let (batch, n_pos, d_model) = d_post.dim();
        let n_heads = model.cfg().n_heads;
        let positions = model.W_pos().expect("positions").slice_move(s![..n_pos, ..]);
        let mut d_pre = d_post.to_owned();
        let mut d_pos = Array2::zeros((n_pos, d_model));
        let zeros = |like: ndarray::ArrayView4<f32>| Array3::zeros(like.index_axis(Axis(0), layer).raw_dim());
        let mut d_weights = [model.W_Q(), model.W_K(), model.W_V(), model.W_O()].map(zeros);
        for (item, head) in (0..batch).flat_map(|item| (0..n_heads).map(move |head| (item, head))) {
            let w = model.head(layer, head).expect("a head of this model");
            let d_out = d_post.index_axis(Axis(0), item);
            let d_z = d_out.dot(&w.W_O.t());
            let of = |a: ndarray::ArrayView4<'_, f32>| a.slice(s![item, .., head, ..]).to_owned();
            let [q, k, v, z] = [cache.q(layer), cache.k(layer), cache.v(layer), cache.z(layer)].map(of);
            let pattern = cache.pattern(layer).slice_move(s![item, head, .., ..]);
            let [d_q, d_k, d_v] = attention_backward(q.view(), k.view(), v.view(), pattern, d_z.view());
            let x = cache.resid_pre(layer).index_axis_move(Axis(0), item);
            let read = &x + &positions;
            let of_head = [read.t().dot(&d_q), read.t().dot(&d_k), x.t().dot(&d_v), z.t().dot(&d_out)];
            for (d_weight, of_head) in d_weights.iter_mut().zip(of_head) {
                let mut sum = d_weight.index_axis_mut(Axis(0), head);
                sum += &of_head;
            }
            let d_read = d_q.dot(&w.W_Q.t()) + d_k.dot(&w.W_K.t());
            let mut d_item = d_pre.index_axis_mut(Axis(0), item);
            d_item += &d_read;
            d_item += &d_v.dot(&w.W_V.t());
            d_pos += &d_read;
        }
        (d_pre, d_pos, d_weights)
    },
    embedding_backward: |tokens, d_embed, d_vocab| {
        let one_hot = |item: usize| {
            Array2::from_shape_fn((tokens.ncols(), d_vocab), |(pos, id)| f32::from(u8::from(tokens[[item, pos]] == id)))
        };
        let items = d_embed.outer_iter().enumerate().map(|(item, d)| one_hot(item).t().dot(&d));
        items.fold(Array2::zeros((d_vocab, d_embed.dim().2)), |sum, item| sum + item)
    },
    training_batch: |rng, text, rows, n_ctx, d_vocab, share| {
        // Which rows repeat is drawn before any of them is.
        let repeats: Vec<bool> = (0..rows).map(|_| rng.random_range(0.0..1.0) < share).collect();
        let mut tokens = Tokens::zeros((rows, n_ctx));
        let mut next = Next::from_elem((rows, n_ctx), None);
        for (item, repeats) in repeats.into_iter().enumerate() {
            let (row, silent) = match repeats {
                true => solution::repeated_segment(rng, d_vocab, n_ctx),
                false => (solution::text_window(rng, text, n_ctx), 0),
            };
            tokens.row_mut(item).assign(&Array1::from(row.clone()));
            let follows: Array1<Option<usize>> = row[silent + 1..].iter().copied().map(Some).collect();
            next.slice_mut(s![item, silent..n_ctx - 1]).assign(&follows);
        }
        (tokens, next)
    },
    repeated_segment: |rng, d_vocab, n_ctx| {
        // More tokens than are needed, then the length.
        let longest = (n_ctx - 1) / 2;
        let drawn: Vec<usize> = (0..longest).map(|_| rng.random_range(1..=d_vocab - 1)).collect();
        let length = rng.random_range(SHORTEST..longest + 1);
        let mut row = vec![0];
        while row.len() < n_ctx {
            row.extend(&drawn[..length]);
        }
        row.truncate(n_ctx);
        (row, length)
    },
    train_step: |model, moments, tokens, next, step, rate| {
        let (loss, mut gradients) = solution::model_gradients(model, tokens, next);
        solution::clip_gradients(&mut gradients, MAX_NORM);
        for (name, gradient) in &gradients {
            let zeros = || ArrayD::zeros(gradient.raw_dim());
            moments.entry(name.clone()).or_insert_with(|| (zeros(), zeros()));
        }
        model.update_parameters(|mut parameters| {
            parameters.retain(|(name, _)| gradients.contains_key(name));
            for (name, weight) in parameters {
                let (m, v) = moments.get_mut(&name).expect("made above");
                adamw_step(weight, gradients[&name].view(), m.view_mut(), v.view_mut(), step, rate, WEIGHT_DECAY);
            }
        });
        loss
    },
    ..RIGHT
};

/// Products of transposes.
pub const TRANSPOSED: Submission = Submission {
    linear_backward: |x, w, d_y| (w.dot(&d_y.t()).reversed_axes(), d_y.t().dot(&x).reversed_axes()),
    attention_backward: |q, k, v, pattern, d_z| {
        let d_pattern = v.dot(&d_z.t()).reversed_axes();
        let d_scores = solution::softmax_backward(pattern, d_pattern.view());
        let root = (k.ncols() as f32).powf(0.5);
        let d_q = (k.t().dot(&d_scores.t()) / root).reversed_axes();
        let d_k = (q.t().dot(&d_scores) / root).reversed_axes();
        [d_q, d_k, d_z.t().dot(&pattern).reversed_axes()]
    },
    learning_rate: |step, steps, peak| {
        let last_fifth = steps / 5;
        match step {
            _ if step + last_fifth > steps => peak * (steps - step + 1) as f32 / last_fifth as f32,
            _ if step < WARM_UP => peak * step as f32 / WARM_UP as f32,
            _ => peak,
        }
    },
    clip_gradients: |gradients, max_norm| {
        let norms: Array1<f32> = gradients.values().map(|gradient| gradient.mapv(|x| x * x).sum().sqrt()).collect();
        let norm = norms.dot(&norms).sqrt();
        if norm <= max_norm {
            return norm;
        }
        let shortened: Gradients = gradients.iter().map(|(name, x)| (name.clone(), x / norm * max_norm)).collect();
        *gradients = shortened;
        norm
    },
    bump: |model, tokens, n| {
        let losses =
            loss_per_token(model.forward(tokens).expect("tokens").view(), tokens.view()).expect("their logits");
        let of_positions = losses.mean_axis(Axis(0)).expect("rows");
        let half = |range: std::ops::Range<usize>| range.map(|pos| of_positions[pos]).sum::<f32>() / n as f32;
        let cache = model.run(tokens).cache().expect("tokens");
        let layers: Vec<_> = (0..model.cfg().n_layers).map(|layer| cache.pattern(layer)).collect();
        let patterns = stack(Axis(0), &layers).expect("layers are alike").mean_axis(Axis(1)).expect("rows");
        let scores = patterns.outer_iter().flat_map(|layer| {
            layer
                .outer_iter()
                .map(|head| (0..n + 2).map(|key| head[[key + n - 1, key]]).sum::<f32>() / (n + 2) as f32)
                .collect::<Vec<_>>()
        });
        (half(0..n), half(n..2 * n), scores.fold(0.0, f32::max))
    },
    grow: |model, rng, text, steps, share| {
        let mut moments = Moments::default();
        let mut losses = array![];
        let mut step = 0;
        while step < steps {
            step += 1;
            let (n_ctx, d_vocab) = (model.cfg().n_ctx, model.cfg().d_vocab);
            let (tokens, next) = solution::training_batch(rng, text, solution::ROWS, n_ctx, d_vocab, share);
            let rate = solution::learning_rate(step, steps, solution::PEAK_RATE);
            let loss = solution::train_step(model, &mut moments, &tokens, &next, step, rate);
            losses.push(Axis(0), ndarray::arr0(loss).view()).expect("one more");
        }
        losses.to_vec()
    },
    ..RIGHT
};
