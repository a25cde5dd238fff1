//! The right answer with one thing changed in one function, as examples of general mistakes.

use grading::ex03::Submission;
use grading::proof::{Variation, mean, median};
use hooked_transformer::{ActivationCache, FwdHook, HookedTransformer, Tokens, fwd_hook};
use ndarray::{Array1, Array2, Array3, Array4, ArrayView1, ArrayView2, ArrayView3, ArrayViewMut4, Axis, Ix3, Ix4, s};
use solution_03_logit_attribution as sol;

use super::RIGHT;

/// A score for each head from its cells on the stripe of one item, or from another line.
fn scores(model: &HookedTransformer, tokens: &Tokens, back: usize, of: fn(Array1<f32>) -> f32) -> Array2<f32> {
    let cache = model.run(tokens).cache().expect("tokens of this model");
    Array2::from_shape_fn((model.cfg().n_layers, model.cfg().n_heads), |(layer, head)| {
        let pattern = cache.view::<Ix4>(("pattern", layer));
        mean(pattern.outer_iter().map(|item| of(item.slice(s![head, back.., ..]).diag().to_owned())))
    })
}

fn back(tokens: &Tokens) -> usize {
    (tokens.ncols() - 1) / 2 - 1
}

fn largest(values: impl IntoIterator<Item = f32>) -> f32 {
    values.into_iter().fold(f32::NEG_INFINITY, f32::max)
}

/// A hook on an activation of heads.
fn on(
    name: &'static str,
    layer: usize,
    change: impl Fn(ArrayViewMut4<f32>) + Send + Sync + 'static,
) -> FwdHook<'static> {
    fwd_hook((name, layer), move |x, _| change(x.into_dimensionality::<Ix4>().expect("four axes")))
}

fn on_all(change: impl Fn(ArrayViewMut4<f32>, usize) + Send + Sync + 'static) -> FwdHook<'static> {
    fwd_hook(
        |name: &str| name.ends_with("hook_z"),
        move |x, hook| {
            change(x.into_dimensionality::<Ix4>().expect("four axes"), hook.layer().unwrap_or(0));
        },
    )
}

/// One value of `z` at each position and entry, from those of all items.
fn over_batch(mut z: ArrayViewMut4<f32>, head: usize, of: fn(ArrayView1<f32>) -> f32) {
    let one = z.slice(s![.., .., head, ..]).map_axis(Axis(0), of);
    for mut item in z.outer_iter_mut() {
        item.slice_mut(s![.., head, ..]).assign(&one);
    }
}

/// The losses of a run, `[batch, pos - 1]`.
fn losses(model: &HookedTransformer, tokens: &Tokens, hooks: Vec<FwdHook<'static>>) -> Array2<f32> {
    model.run(tokens).hooks(hooks).loss_per_token().expect("tokens of this model")
}

type Ablate = fn(usize, usize) -> FwdHook<'static>;

/// A table from the losses without the head and those of the clean run.
fn table(
    model: &HookedTransformer,
    tokens: &Tokens,
    ablate: Ablate,
    of: impl Fn(ArrayView2<f32>, ArrayView2<f32>) -> f32,
) -> Array2<f32> {
    let clean = losses(model, tokens, Vec::new());
    Array2::from_shape_fn((model.cfg().n_layers, model.cfg().n_heads), |(layer, head)| {
        of(losses(model, tokens, vec![ablate(layer, head)]).view(), clean.view())
    })
}

fn second(losses: ArrayView2<f32>) -> ArrayView2<f32> {
    let half = losses.ncols() / 2;
    losses.slice_move(s![.., half..])
}

fn average(losses: ArrayView2<f32>) -> f32 {
    losses.mean().unwrap_or(0.0)
}

/// What heads write, of any activation with heads, by any of the model's matrices.
fn results(cache: &ActivationCache, (name, layer): (&str, usize), w: impl Fn(usize) -> Array2<f32>) -> Array4<f32> {
    let x = cache.view::<Ix4>((name, layer));
    let (batch, n_pos, n_heads, _) = x.dim();
    let mut results = Array4::zeros((batch, n_pos, n_heads, w(0).ncols()));
    for head in 0..n_heads {
        for item in 0..batch {
            results.slice_mut(s![item, .., head, ..]).assign(&x.slice(s![item, .., head, ..]).dot(&w(head)));
        }
    }
    results
}

fn w_o(model: &HookedTransformer, layer: usize, head: usize) -> Array2<f32> {
    model.W_O().slice(s![layer, head, .., ..]).to_owned()
}

/// The attribution to other tokens than the next ones.
fn attribution(
    [embed, w_u]: [ArrayView2<f32>; 2],
    [first, second]: [ArrayView3<f32>; 2],
    tokens: ArrayView1<usize>,
    token: impl Fn(usize) -> usize,
) -> Array2<f32> {
    let mut moved = tokens.to_owned();
    for pos in 0..tokens.len() - 1 {
        moved[pos + 1] = token(pos);
    }
    sol::logit_attribution(embed, first, second, w_u, moved.view())
}

fn halves(rows: ArrayView2<f32>, of: impl Fn(ArrayView1<f32>) -> f32) -> Array2<f32> {
    let n = rows.nrows() / 2;
    Array2::from_shape_fn((2, rows.ncols()), |(half, c)| of(rows.slice(s![half * n..(half + 1) * n, c])))
}

/// The depths of the lens with something else done to each stream, or read from its logits.
fn lens(
    model: &HookedTransformer,
    tokens: &Tokens,
    change: impl Fn(Array3<f32>) -> Array3<f32>,
    of: impl Fn(ArrayView1<f32>, usize) -> f32,
) -> Array3<f32> {
    let (n_layers, cache) = (model.cfg().n_layers, model.run(tokens).cache().expect("tokens of this model"));
    let (batch, n_pos) = tokens.dim();
    let mut all = Array3::zeros((n_layers + 1, batch, n_pos - 1));
    for depth in 0..=n_layers {
        let name = if depth < n_layers { ("resid_pre", depth) } else { ("resid_post", n_layers - 1) };
        let stream = change(cache.view::<Ix3>(name).to_owned());
        let logits = model.run(stream).start_at_layer(n_layers as isize).logits().expect("a stream of this model");
        for item in 0..batch {
            for pos in 0..n_pos - 1 {
                all[[depth, item, pos]] = of(logits.slice(s![item, pos, ..]), tokens[[item, pos + 1]]);
            }
        }
    }
    all
}

fn log_prob(logits: ArrayView1<f32>, token: usize) -> f32 {
    let most = largest(logits.to_vec());
    logits[token] - most - logits.mapv(|x| (x - most).exp()).sum().ln()
}

/// A rank by another rule.
fn ranks(logits: ArrayView3<f32>, tokens: &Tokens, of: impl Fn(ArrayView1<f32>, usize) -> usize) -> Array2<usize> {
    Array2::from_shape_fn((tokens.nrows(), tokens.ncols() - 1), |(item, pos)| {
        of(logits.slice(s![item, pos, ..]), tokens[[item, pos + 1]])
    })
}

fn centered(w: ArrayView2<f32>, of: impl Fn(ArrayView1<f32>) -> f32) -> Array2<f32> {
    let mut w = w.to_owned();
    for mut row in w.rows_mut() {
        let by = of(row.view());
        row -= by;
    }
    w
}

pub const VARIATIONS: &[Variation<Submission>] = grading::variations! {
    RIGHT;
    "E00-53" induction_scores "the largest cell of the stripe counts" = |m, t| scores(m, t, back(t), largest);
    "E00-53" induction_scores "the smallest cell of the stripe counts" =
        |m, t| scores(m, t, back(t), |v| -largest(v.into_iter().map(|x| -x)));
    "E00-53" induction_scores "the median of the stripe counts" =
        |m, t| scores(m, t, back(t), |v| median(v.into_iter()));
    "E00-53" induction_scores "the root of the mean square is taken" = |m, t| {
        let cache = m.run(t).cache().expect("tokens");
        Array2::from_shape_fn((m.cfg().n_layers, m.cfg().n_heads), |(l, h)| {
            mean(
                cache
                    .view::<Ix4>(("pattern", l))
                    .outer_iter()
                    .flat_map(|i| i.slice(s![h, back(t).., ..]).diag().to_vec())
                    .map(|x| x * x),
            )
            .sqrt()
        })
    };
    "E00-53" induction_scores "the squares are averaged" =
        |m, t| scores(m, t, back(t), |v| mean(v.into_iter().map(|x| x * x)));
    "E00-52" induction_scores "the score is that of the previous token" =
        |m, t| scores(m, t, 1, |v| mean(v.into_iter()));
    "E00-52" induction_scores "the score is that of the current token" =
        |m, t| scores(m, t, 0, |v| mean(v.into_iter()));
    "E00-52" induction_scores "only the first half of the stripe counts" =
        |m, t| scores(m, t, back(t), |v| mean(v.iter().copied().take(v.len() / 2)));
    "E00-52" induction_scores "only the second half of the stripe counts" =
        |m, t| scores(m, t, back(t), |v| mean(v.iter().copied().skip(v.len() / 2)));
    "E00-52" induction_scores "the last cell of the stripe is left out" =
        |m, t| scores(m, t, back(t), |v| mean(v.iter().copied().take(v.len() - 1)));
    "E00-52" induction_scores "the first cell of the stripe is left out" =
        |m, t| scores(m, t, back(t), |v| mean(v.iter().copied().skip(1)));
    "E00-54" induction_scores "the scores are in percent" = |m, t| sol::induction_scores(m, t) * 100.0;

    "E00-54" zero_ablate "z is halved" =
        |l, h| on("z", l, move |mut z| z.slice_mut(s![.., .., h, ..]).mapv_inplace(|x| x / 2.0));
    "E00-54" zero_ablate "a tenth of z is left" =
        |l, h| on("z", l, move |mut z| z.slice_mut(s![.., .., h, ..]).mapv_inplace(|x| x / 10.0));
    "E00-54" zero_ablate "the sign of z is turned" =
        |l, h| on("z", l, move |mut z| z.slice_mut(s![.., .., h, ..]).mapv_inplace(|x| -x));
    "E00-59" zero_ablate "z becomes one" = |l, h| on("z", l, move |mut z| z.slice_mut(s![.., .., h, ..]).fill(1.0));
    "E00-59" zero_ablate "the mean over the batch is put there" =
        |l, h| on("z", l, move |z| over_batch(z, h, |v| v.mean().unwrap_or(0.0)));
    "E00-48" zero_ablate "the next layer is changed" =
        |l, h| on("z", 1 - l.min(1), move |mut z| z.slice_mut(s![.., .., h, ..]).fill(0.0));
    "E00-48" zero_ablate "the heads up to this one are silenced" =
        |l, h| on("z", l, move |mut z| z.slice_mut(s![.., .., ..=h, ..]).fill(0.0));
    "E00-51" zero_ablate "only the last text is changed" =
        |l, h| on("z", l, move |mut z| z.slice_mut(s![-1, .., h, ..]).fill(0.0));
    "E00-51" zero_ablate "only half of the entries of z become zero" = |l, h| {
        on("z", l, move |mut z| {
            let d = z.dim().3 / 2;
            z.slice_mut(s![.., .., h, ..d]).fill(0.0)
        })
    };
    "E00-52" zero_ablate "the last position is left as it is" =
        |l, h| on("z", l, move |mut z| z.slice_mut(s![.., ..-1, h, ..]).fill(0.0));
    "E00-52" zero_ablate "only position 0 is changed" =
        |l, h| on("z", l, move |mut z| z.slice_mut(s![.., 0, h, ..]).fill(0.0));

    "E00-54" zero_ablate_everywhere "z is halved" =
        |h| on_all(move |mut z, _| z.slice_mut(s![.., .., h, ..]).mapv_inplace(|x| x / 2.0));
    "E00-48" zero_ablate_everywhere "layer 0 is left out" = |h| {
        on_all(move |mut z, l| {
            if l > 0 {
                z.slice_mut(s![.., .., h, ..]).fill(0.0)
            }
        })
    };
    "E00-48" zero_ablate_everywhere "only layer 1 is changed" = |h| {
        on_all(move |mut z, l| {
            if l == 1 {
                z.slice_mut(s![.., .., h, ..]).fill(0.0)
            }
        })
    };
    "E00-48" zero_ablate_everywhere "every second head is silenced" =
        |h| on_all(move |mut z, _| z.slice_mut(s![.., .., h % 2..;2, ..]).fill(0.0));
    "E00-48" zero_ablate_everywhere "the next head is silenced" = |h| {
        on_all(move |mut z, _| {
            let n = z.dim().2;
            z.slice_mut(s![.., .., (h + 1) % n, ..]).fill(0.0)
        })
    };
    "E00-48" zero_ablate_everywhere "all heads but this one are silenced" = |h| {
        on_all(move |mut z, _| {
            for other in (0..z.dim().2).filter(|other| *other != h) {
                z.slice_mut(s![.., .., other, ..]).fill(0.0)
            }
        })
    };
    "E00-51" zero_ablate_everywhere "only the first text is changed" =
        |h| on_all(move |mut z, _| z.slice_mut(s![0, .., h, ..]).fill(0.0));
    "E00-52" zero_ablate_everywhere "only the last position is changed" =
        |h| on_all(move |mut z, _| z.slice_mut(s![.., -1, h, ..]).fill(0.0));

    "E00-53" mean_ablate "the largest over the batch is put there" =
        |l, h| on("z", l, move |z| over_batch(z, h, |v| largest(v.to_vec())));
    "E00-53" mean_ablate "the smallest over the batch is put there" =
        |l, h| on("z", l, move |z| over_batch(z, h, |v| -largest(v.iter().map(|x| -x))));
    "E00-53" mean_ablate "the median over the batch is put there" =
        |l, h| on("z", l, move |z| over_batch(z, h, |v| median(v.iter().copied())));
    "E00-53" mean_ablate "the mean over the batch and over all heads is put there" = |l, h| {
        on("z", l, move |mut z| {
            let mean = z.mean_axis(Axis(2)).expect("heads").mean_axis(Axis(0)).expect("items");
            z.slice_mut(s![.., .., h, ..]).assign(&mean);
        })
    };
    "E00-53" mean_ablate "the mean of the other items is put there" = |l, h| {
        on("z", l, move |mut z| {
            let mut of_head = z.slice_mut(s![.., .., h, ..]);
            let (sum, others) = (of_head.sum_axis(Axis(0)), of_head.len_of(Axis(0)).max(2) as f32 - 1.0);
            if of_head.len_of(Axis(0)) > 1 {
                of_head.mapv_inplace(|x| -x / others);
                of_head += &(sum / others);
            }
        })
    };
    "E00-48" mean_ablate "the next head is changed" = |l, h| {
        on("z", l, move |z| {
            let n = z.dim().2;
            over_batch(z, (h + 1) % n, |v| v.mean().unwrap_or(0.0))
        })
    };
    "E00-59" mean_ablate "the mean is added" = |l, h| {
        on("z", l, move |mut z| {
            let m = z.slice(s![.., .., h, ..]).mean_axis(Axis(0)).expect("texts");
            let mut at = z.slice_mut(s![.., .., h, ..]);
            at += &m;
        })
    };

    "E00-52" ablation_table "only the first prediction of the second copy counts" = |m, t, a| {
        table(m, t, a, |x, c| average(second(x).slice(s![.., ..1])) - average(second(c).slice(s![.., ..1])))
    };
    "E00-51" ablation_table "only the last text counts" = |m, t, a| {
        table(m, t, a, |x, c| average(second(x).slice(s![-1.., ..])) - average(second(c).slice(s![-1.., ..])))
    };
    "E00-53" ablation_table "the medians are subtracted" =
        |m, t, a| table(m, t, a, |x, c| median(second(x).iter().copied()) - median(second(c).iter().copied()));
    "E00-53" ablation_table "the sizes of the differences are averaged" =
        |m, t, a| table(m, t, a, |x, c| mean(second(x).iter().zip(second(c)).map(|(x, c)| (x - c).abs())));
    "E00-48" ablation_table "layer and head are exchanged in the call" = |m, t, a| {
        let (layers, heads) = (m.cfg().n_layers, m.cfg().n_heads);
        let x = sol::ablation_table(m, t, a);
        Array2::from_shape_fn((layers, heads), |(l, h)| x[[h % layers, l % heads]])
    };

    "E00-50" head_results "q stands for z" = |m, c, l| results(c, ("q", l), |h| w_o(m, l, h));
    "E00-48" head_results "each head uses the W_O of the next" =
        |m, c, l| results(c, ("z", l), |h| w_o(m, l, (h + 1) % m.cfg().n_heads));
    "E00-48" head_results "the W_O of the next layer is used" =
        |m, c, l| results(c, ("z", l), |h| w_o(m, (l + 1) % m.cfg().n_layers, h));
    "E00-49" head_results "W_V, transposed, stands for W_O" =
        |m, c, l| results(c, ("z", l), |h| m.W_V().slice(s![l, h, .., ..]).t().to_owned());
    "E00-49" head_results "W_Q, transposed, stands for W_O" =
        |m, c, l| results(c, ("z", l), |h| m.W_Q().slice(s![l, h, .., ..]).t().to_owned());
    "E00-49" head_results "the entries of W_O are read in the order of its transpose" = |m, c, l| {
        results(c, ("z", l), |h| {
            let w = w_o(m, l, h);
            let (a, b) = w.dim();
            let t: Vec<f32> = w.t().iter().copied().collect();
            Array2::from_shape_vec((a, b), t).expect("as many entries")
        })
    };

    "E00-52" logit_attribution "the last token is looked up everywhere" =
        |e, a, b, w, t| attribution([e, w], [a, b], t, |_| t[t.len() - 1]);
    "E00-52" logit_attribution "the first token is looked up everywhere" =
        |e, a, b, w, t| attribution([e, w], [a, b], t, |_| t[0]);
    "E00-58" logit_attribution "the attribution to the current token is subtracted" =
        |e, a, b, w, t| sol::logit_attribution(e, a, b, w, t) - attribution([e, w], [a, b], t, |p| t[p]);

    "E00-53" attribution_by_half "medians are taken" = |a| halves(a, |v| median(v.iter().copied()));
    "E00-53" attribution_by_half "the largest of each half is taken" = |a| halves(a, |v| largest(v.to_vec()));
    "E00-53" attribution_by_half "absolute values are averaged" = |a| halves(a, |v| mean(v.iter().map(|x| x.abs())));
    "E00-53" attribution_by_half "the root of the mean square is taken" =
        |a| halves(a, |v| mean(v.iter().map(|x| x * x)).sqrt());
    "E00-52" attribution_by_half "only the last row of each half counts" = |a| halves(a, |v| v[v.len() - 1]);
    "E00-52" attribution_by_half "only the first row of each half counts" = |a| halves(a, |v| v[0]);
    "E00-52" attribution_by_half "the first row of each half is left out" =
        |a| halves(a, |v| mean(v.iter().copied().skip(1)));

    "E00-57" neuron_results "the activations are made positive" = |m, c, l| {
        let mut x = sol::neuron_results(m, c, l);
        for ((b, p, n), a) in c.view::<Ix3>(("post", l)).indexed_iter() {
            if *a < 0.0 {
                x.slice_mut(s![b, p, n, ..]).mapv_inplace(|x| -x)
            }
        }
        x
    };
    "E00-57" neuron_results "negative activations become zero" = |m, c, l| {
        let mut x = sol::neuron_results(m, c, l);
        for ((b, p, n), a) in c.view::<Ix3>(("post", l)).indexed_iter() {
            if *a < 0.0 {
                x.slice_mut(s![b, p, n, ..]).fill(0.0)
            }
        }
        x
    };
    "E00-48" neuron_results "each neuron uses the row of the next" = |m, c, l| {
        let w = m.W_out().expect("an MLP");
        let post = c.view::<Ix3>(("post", l));
        let (b, p, n) = post.dim();
        Array4::from_shape_fn((b, p, n, w.dim().2), |(i, q, k, d)| post[[i, q, k]] * w[[l, (k + 1) % n, d]])
    };
    "E00-57" neuron_results "the rows of W_out are divided by their norms" = |m, c, l| {
        let w = m.W_out().expect("an MLP");
        let post = c.view::<Ix3>(("post", l));
        let (b, p, n) = post.dim();
        let norms = w.slice(s![l, .., ..]).map_axis(Axis(1), |r| r.dot(&r).sqrt());
        Array4::from_shape_fn((b, p, n, w.dim().2), |(i, q, k, d)| post[[i, q, k]] * w[[l, k, d]] / norms[k])
    };

    "E00-53" center_unembed "the mean of the absolute values is subtracted" =
        |w| centered(w, |r| mean(r.iter().map(|x| x.abs())));
    "E00-53" center_unembed "the median is subtracted" = |w| centered(w, |r| median(r.iter().copied()));
    "E00-53" center_unembed "the largest is subtracted" = |w| centered(w, |r| largest(r.to_vec()));
    "E00-54" center_unembed "half of the mean is subtracted" = |w| centered(w, |r| r.mean().unwrap_or(0.0) / 2.0);

    "E00-58" logit_lens "each depth is subtracted from the last" = |m, t| {
        let x = sol::logit_lens(m, t);
        let last = x.index_axis(Axis(0), x.dim().0 - 1).to_owned();
        Array3::from_shape_fn(x.dim(), |(d, i, p)| last[[i, p]] - x[[d, i, p]])
    };
    "E00-58" logit_lens "each depth is subtracted from the next, as its gain" = |m, t| {
        let x = sol::logit_lens(m, t);
        let n = x.dim().0 - 1;
        Array3::from_shape_fn(x.dim(), |(d, i, p)| x[[(d + 1).min(n), i, p]] - x[[d, i, p]])
    };
    "E00-58" logit_lens "the rank is returned" =
        |m, t| lens(m, t, |x| x, |l, id| l.iter().filter(|x| **x > l[id]).count() as f32);
    "E00-57" logit_lens "the stream is centered first" = |m, t| {
        lens(
            m,
            t,
            |mut x| {
                for mut row in x.rows_mut() {
                    let n = row.mean().unwrap_or(0.0);
                    row -= n;
                }
                x
            },
            log_prob,
        )
    };
    "E00-57" logit_lens "the stream is divided by its norm first" = |m, t| {
        lens(
            m,
            t,
            |mut x| {
                for mut row in x.rows_mut() {
                    let n = row.dot(&row).sqrt();
                    row /= n;
                }
                x
            },
            log_prob,
        )
    };

    "E00-58" next_token_ranks "the distance of its id from that of the best guess is returned" =
        |l, t| ranks(l, t, |l, id| id.abs_diff(hooked_transformer::argmax(l)));
    "E00-58" next_token_ranks "the best guess is returned" = |l, t| ranks(l, t, |l, _| hooked_transformer::argmax(l));
    "E00-52" next_token_ranks "the logits at the token itself are read" = |l, t| {
        Array2::from_shape_fn((t.nrows(), t.ncols() - 1), |(i, p)| {
            let row = l.slice(s![i, p + 1, ..]);
            row.iter().filter(|x| **x > row[t[[i, p + 1]]]).count()
        })
    };

    "E00-52" induction_scores "the number of positions is not halved for the length of a segment" =
        |m, t| scores(m, t, t.ncols() - 2, |v| mean(v.into_iter()));
    "E00-48" head_results "the heads of W_O are counted from the last" =
        |m, c, l| results(c, ("z", l), |h| w_o(m, l, m.cfg().n_heads - 1 - h));
    "E00-52" logit_attribution "the embedding of the next token is read for the direct path" = |e, a, b, u, t| {
        let mut shares = sol::logit_attribution(e, a, b, u, t);
        for pos in 0..t.len() - 1 {
            shares[[pos, 0]] = e.row(pos + 1).dot(&u.column(t[pos + 1]));
        }
        shares
    };
    "E00-52" attribution_by_half "the halves are split one row too early" = |a| {
        let (first, second) = a.split_at(Axis(0), a.nrows() / 2 - 1);
        let mean = |rows: ArrayView2<f32>| rows.mean_axis(Axis(0)).unwrap_or(Array1::zeros(rows.ncols()));
        ndarray::stack![Axis(0), mean(first), mean(second)]
    };
    "E00-52" attribution_by_half "the second mean is over all rows" = |a| {
        let mut halves = sol::attribution_by_half(a);
        halves.row_mut(1).assign(&a.mean_axis(Axis(0)).expect("rows"));
        halves
    };
    "E00-52" attribution_by_half "the first mean is over all rows" = |a| {
        let mut halves = sol::attribution_by_half(a);
        halves.row_mut(0).assign(&a.mean_axis(Axis(0)).expect("rows"));
        halves
    };
    "E00-50" logit_lens "resid_mid stands for the stream after each layer that has an MLP" = |m, t| {
        let cache = m.run(t).cache().expect("tokens of this model");
        let name = if m.cfg().attn_only { "resid_post" } else { "resid_mid" };
        let depths: Vec<Array2<f32>> = (0..=m.cfg().n_layers)
            .map(|depth| {
                let at = if depth == 0 { ("resid_pre", 0) } else { (name, depth - 1) };
                let stream = cache.view::<Ix3>(at).to_owned();
                let last = m.cfg().n_layers as isize;
                let logits = m.run(stream).start_at_layer(last).logits().expect("a stream of this model");
                hooked_transformer::next_token_log_probs(logits.view(), t.view()).expect("logits of these tokens")
            })
            .collect();
        let views: Vec<ArrayView2<f32>> = depths.iter().map(|depth| depth.view()).collect();
        ndarray::stack(Axis(0), &views).expect("one shape")
    };
    "E00-56" logit_lens "each stream goes through the last layer again" = |m, t| {
        let again = |stream: Array3<f32>| {
            let last = m.cfg().n_layers - 1;
            let cache = m.run(stream).start_at_layer(last as isize).cache().expect("a stream of this model");
            cache.view::<Ix3>(("resid_post", last)).to_owned()
        };
        lens(m, t, again, log_prob)
    };
    "E00-51" next_token_ranks "the tokens of item 0 are used for every item" = |l, t| {
        let of_item_0 = Tokens::from_shape_fn(t.dim(), |(_, pos)| t[[0, pos]]);
        sol::next_token_ranks(l, &of_item_0)
    };
    "E00-56" logit_lens "the final norm and the bias are left out" = |m, t| {
        let n_layers = m.cfg().n_layers;
        let cache = m.run(t).cache().expect("tokens of this model");
        let depth = |depth: usize| {
            let name = if depth < n_layers { ("resid_pre", depth) } else { ("resid_post", n_layers - 1) };
            cache.view::<Ix3>(name)
        };
        Array3::from_shape_fn((n_layers + 1, t.nrows(), t.ncols() - 1), |(d, item, pos)| {
            log_prob(depth(d).slice(s![item, pos, ..]).dot(&m.W_U()).view(), t[[item, pos + 1]])
        })
    };
};
