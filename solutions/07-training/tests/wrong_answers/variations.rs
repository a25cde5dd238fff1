//! The right answer with one thing changed in one function, as examples of general mistakes.

use grading::ex07::Submission;
use grading::proof::{Variation, mean, median};
use hooked_transformer::{HookedTransformer, Tokens, argmax};
use ndarray::{Array1, Array2, Array3, ArrayView2, ArrayView3, ArrayViewD, ArrayViewMutD, Axis, Ix4, s};
use solution_07_training as sol;
use solution_07_training::Next;

use super::RIGHT;
use super::growing::largest;
use super::loss::counted;
use super::steps::rise;

/// The loss of each prediction that counts: its item, its position, and the loss.
fn losses(logits: ArrayView3<f32>, next: &Next) -> Vec<(usize, usize, f32)> {
    let counted = next.indexed_iter().filter_map(|(at, next)| Some((at, (*next)?)));
    let of = |((item, pos), next): ((usize, usize), usize)| {
        let row = logits.slice(s![item, pos, ..]);
        let most = row.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
        (item, pos, row.mapv(|x| (x - most).exp()).sum().ln() + most - row[next])
    };
    counted.map(of).collect()
}

/// The gradient with something else subtracted from the probabilities than one at the right token, all of it times a factor.
fn gradient(logits: ArrayView3<f32>, next: &Next, probability: f32, right: f32, others: f32) -> Array3<f32> {
    let counted = counted(next);
    let mut gradient = sol::loss_gradient(logits, next);
    for ((item, pos), next) in next.indexed_iter() {
        if let Some(next) = next {
            let mut row = gradient.slice_mut(s![item, pos, ..]);
            row[*next] += 1.0 / counted;
            row *= probability;
            row.mapv_inplace(|x| x - others / counted);
            row[*next] -= (right - others) / counted;
        }
    }
    gradient
}

/// What of the pattern, of the gradient and of their product in each row makes the gradient of the scores.
fn scores(pattern: ArrayView2<f32>, d: ArrayView2<f32>, of: impl Fn(f32, f32, f32) -> f32) -> Array2<f32> {
    let average = (&pattern * &d).sum_axis(Axis(1));
    Array2::from_shape_fn(pattern.dim(), |(query, key)| of(pattern[[query, key]], d[[query, key]], average[query]))
}

fn attention(
    [q, k, v, pattern, d_z]: [ArrayView2<f32>; 5],
    backward: impl Fn(ArrayView2<f32>, ArrayView2<f32>) -> Array2<f32>,
    scale: f32,
) -> [Array2<f32>; 3] {
    let d_scores = backward(pattern, d_z.dot(&v.t()).view()) * scale;
    [d_scores.dot(&k), d_scores.t().dot(&q), pattern.t().dot(&d_z)]
}

fn norm<'a>(values: impl Iterator<Item = &'a f32>) -> f32 {
    values.map(|x| x * x).sum::<f32>().sqrt()
}

/// What is kept of a step of AdamW, and how the weight moves.
struct Step {
    first: fn(f32, f32) -> f32,
    second: fn(f32, f32) -> f32,
    /// From both averages, corrected and not, the gradient, the rate and the weight.
    moved: fn([f32; 4], f32, f32, f32) -> f32,
    decay: fn(f32, f32) -> f32,
}

const FIRST: fn(f32, f32) -> f32 = |m, g| sol::BETA_1 * m + (1.0 - sol::BETA_1) * g;
const SECOND: fn(f32, f32) -> f32 = |v, g| sol::BETA_2 * v + (1.0 - sol::BETA_2) * g * g;
const MOVED: fn([f32; 4], f32, f32, f32) -> f32 = |[m, v, ..], _, rate, w| w - rate * m / (v.sqrt() + sol::EPSILON);
const DECAY: fn(f32, f32) -> f32 = |rate, decay| 1.0 - rate * decay;
const RIGHT_STEP: Step = Step { first: FIRST, second: SECOND, moved: MOVED, decay: DECAY };

type Matrix<'a> = ArrayViewMutD<'a, f32>;

fn adamw(
    how: &Step,
    (mut weight, gradient, mut m, mut v): (Matrix<'_>, ArrayViewD<'_, f32>, Matrix<'_>, Matrix<'_>),
    [step, rate, decay]: [f32; 3],
) {
    let (correct_1, correct_2) = (1.0 - sol::BETA_1.powf(step), 1.0 - sol::BETA_2.powf(step));
    m.zip_mut_with(&gradient, |m, g| *m = (how.first)(*m, *g));
    v.zip_mut_with(&gradient, |v, g| *v = (how.second)(*v, *g));
    weight *= (how.decay)(rate, decay);
    ndarray::Zip::from(&mut weight).and(&m).and(&v).and(&gradient).for_each(|w, m, v, g| {
        *w = (how.moved)([m / correct_1, v / correct_2, *m, *v], *g, rate, *w);
    });
}

/// The loss on each copy, of each item and position.
fn by_copy(model: &HookedTransformer, tokens: &Tokens, n: usize) -> [Array2<f32>; 2] {
    let losses = model.run(tokens).loss_per_token().expect("tokens of this model");
    [losses.slice(s![.., ..n]).to_owned(), losses.slice(s![.., n..2 * n]).to_owned()]
}

/// The score of each head, layer by layer, along a line of cells, put together in some way.
fn head_scores(model: &HookedTransformer, tokens: &Tokens, back: usize, of: fn(Array1<f32>) -> f32) -> Array2<f32> {
    let cache = model.run(tokens).cache().expect("tokens of this model");
    Array2::from_shape_fn((model.cfg().n_layers, model.cfg().n_heads), |(layer, head)| {
        let pattern = cache.view::<Ix4>(("pattern", layer));
        mean(pattern.outer_iter().map(|item| of(item.slice(s![head, back.., ..]).diag().to_owned())))
    })
}

fn average(values: Array1<f32>) -> f32 {
    values.mean().unwrap_or(0.0)
}

fn fall(step: usize, steps: usize, part: f32) -> f32 {
    (steps + 1 - step) as f32 / (steps as f32 * part)
}

fn scaled(
    parts: (Array3<f32>, Array2<f32>, [Array3<f32>; 4]),
    by: [f32; 6],
) -> (Array3<f32>, Array2<f32>, [Array3<f32>; 4]) {
    let (x, pos, [q, k, v, o]) = parts;
    (x * by[0], pos * by[1], [q * by[2], k * by[3], v * by[4], o * by[5]])
}

/// The gradients with those of some matrices times a factor.
fn times(gradients: (f32, sol::Gradients), name: &str, by: f32) -> (f32, sol::Gradients) {
    let (loss, mut all) = gradients;
    all.iter_mut().filter(|(of, _)| of.contains(name)).for_each(|(_, gradient)| *gradient *= by);
    (loss, all)
}

pub const VARIATIONS: &[Variation<Submission>] = grading::variations! {
    RIGHT;
    "E00-51" mean_loss "only the first text counts" =
        |l, n| sol::mean_loss(l.slice(s![..1, .., ..]), &n.slice(s![..1, ..]).to_owned());
    "E00-51" mean_loss "only the last text counts" = |l, n| {
        let i = n.nrows() - 1;
        sol::mean_loss(l.slice(s![i.., .., ..]), &n.slice(s![i.., ..]).to_owned())
    };
    "E00-52" mean_loss "only the last prediction of each text counts" = |l, n| {
        let all = losses(l, n);
        mean(all.iter().filter(|a| !all.iter().any(|b| b.0 == a.0 && b.1 > a.1)).map(|x| x.2))
    };
    "E00-52" mean_loss "only the first prediction of each text counts" = |l, n| {
        let all = losses(l, n);
        mean(all.iter().filter(|a| !all.iter().any(|b| b.0 == a.0 && b.1 < a.1)).map(|x| x.2))
    };
    "E00-53" mean_loss "the largest loss is taken" = |l, n| largest(losses(l, n).into_iter().map(|x| x.2));
    "E00-53" mean_loss "the smallest loss is taken" = |l, n| -largest(losses(l, n).into_iter().map(|x| -x.2));
    "E00-53" mean_loss "the median is taken" = |l, n| median(losses(l, n).into_iter().map(|x| x.2));
    "E00-53" mean_loss "the root of the mean square is taken" =
        |l, n| mean(losses(l, n).into_iter().map(|x| x.2 * x.2)).sqrt();
    "E00-53" mean_loss "the squares are averaged" = |l, n| mean(losses(l, n).into_iter().map(|x| x.2 * x.2));
    "E00-53" mean_loss "the texts' sums are averaged" =
        |l, n| losses(l, n).into_iter().map(|x| x.2).sum::<f32>() / n.nrows() as f32;
    "E00-58" mean_loss "the share of wrong guesses is returned" = |l, n| {
        mean(n.indexed_iter().filter_map(|((i, p), next)| {
            next.map(|next| f32::from(u8::from(argmax(l.slice(s![i, p, ..])) != next)))
        }))
    };
    "E00-58" mean_loss "the log of the mean probability is taken" =
        |l, n| -mean(losses(l, n).into_iter().map(|x| (-x.2).exp())).ln();
    "E00-57" mean_loss "the logits are halved first" = |l, n| sol::mean_loss((&l * 0.5).view(), n);

    "E00-54" loss_gradient "0.9 is taken away at the right token instead of 1" = |l, n| gradient(l, n, 1.0, 0.9, 0.0);
    "E00-54" loss_gradient "the right answer has 0.9, and the others share the rest" =
        |l, n| gradient(l, n, 1.0, 0.9, 0.1 / (l.dim().2 - 1) as f32);
    "E00-54" loss_gradient "2 is taken away at the right token" = |l, n| gradient(l, n, 1.0, 2.0, 0.0);
    "E00-54" loss_gradient "one is added at the right token" = |l, n| gradient(l, n, 1.0, -1.0, 0.0);
    "E00-51" loss_gradient "only the first text counts" = |l, n| {
        let mut g = sol::loss_gradient(l, n);
        g.slice_mut(s![1.., .., ..]).fill(0.0);
        g
    };
    "E00-51" loss_gradient "only the entry of the right token is set" = |l, n| {
        let right = sol::loss_gradient(l, n);
        let mut gradient = Array3::zeros(l.dim());
        for ((item, pos), next) in n.indexed_iter() {
            if let Some(next) = next {
                gradient[[item, pos, *next]] = right[[item, pos, *next]];
            }
        }
        gradient
    };
    "E00-57" loss_gradient "the logits are halved first" = |l, n| sol::loss_gradient((&l * 0.5).view(), n);

    "E00-56" linear_backward "x is left out of the gradient of w" = |x, w, d| {
        let sum = d.sum_axis(Axis(0));
        (d.dot(&w.t()), Array2::from_shape_fn((x.ncols(), d.ncols()), |(_, j)| sum[j]))
    };
    "E00-54" linear_backward "both have the wrong sign" = |x, w, d| {
        let (a, b) = sol::linear_backward(x, w, d);
        (-a, -b)
    };
    "E00-54" linear_backward "x has the wrong sign" = |x, w, d| {
        let (a, b) = sol::linear_backward(x, w, d);
        (-a, b)
    };
    "E00-54" linear_backward "w has the wrong sign" = |x, w, d| {
        let (a, b) = sol::linear_backward(x, w, d);
        (a, -b)
    };
    "E00-53" linear_backward "the gradient of x is divided by the width" = |x, w, d| {
        let (a, b) = sol::linear_backward(x, w, d);
        (a / d.ncols() as f32, b)
    };

    "E00-56" softmax_backward "only the average is subtracted, without the gradient itself" =
        |p, d| scores(p, d, |p, _, a| -p * a);
    "E00-54" softmax_backward "half of the average is subtracted" = |p, d| scores(p, d, |p, d, a| p * (d - a / 2.0));
    "E00-54" softmax_backward "the average is added" = |p, d| scores(p, d, |p, d, a| p * (d + a));
    "E00-54" softmax_backward "it is multiplied by the pattern twice" = |p, d| scores(p, d, |p, d, a| p * p * (d - a));

    "E00-54" attention_backward "the gradient of q has the wrong sign" = |q, k, v, p, d| {
        let [a, b, c] = sol::attention_backward(q, k, v, p, d);
        [-a, b, c]
    };
    "E00-54" attention_backward "the gradient of k has the wrong sign" = |q, k, v, p, d| {
        let [a, b, c] = sol::attention_backward(q, k, v, p, d);
        [a, -b, c]
    };
    "E00-54" attention_backward "the gradient of v has the wrong sign" = |q, k, v, p, d| {
        let [a, b, c] = sol::attention_backward(q, k, v, p, d);
        [a, b, -c]
    };
    "E00-55" attention_backward "the gradients of k and v are exchanged" = |q, k, v, p, d| {
        let [a, b, c] = sol::attention_backward(q, k, v, p, d);
        [a, c, b]
    };
    "E00-55" attention_backward "q and k are exchanged on the way back" =
        |q, k, v, p, d| sol::attention_backward(k, q, v, p, d);
    "E00-56" attention_backward "the scale is left out for q" = |q, k, v, p, d| {
        let [a, b, c] = sol::attention_backward(q, k, v, p, d);
        [a * (q.ncols() as f32).sqrt(), b, c]
    };
    "E00-56" attention_backward "the scale is left out for k" = |q, k, v, p, d| {
        let [a, b, c] = sol::attention_backward(q, k, v, p, d);
        [a, b * (q.ncols() as f32).sqrt(), c]
    };
    "E00-56" attention_backward "the row's average is not subtracted in the softmax" =
        |q, k, v, p, d| attention([q, k, v, p, d], |p, d| &p * &d, 1.0 / (q.ncols() as f32).sqrt());
    "E00-56" attention_backward "the pattern is left out of the gradient of v" = |q, k, v, p, d| {
        let [a, b, _] = sol::attention_backward(q, k, v, p, d);
        [a, b, d.to_owned()]
    };
    "E00-55" attention_backward "the gradient of the scores stands for the pattern in that of v" = |q, k, v, p, d| {
        let s = sol::softmax_backward(p, d.dot(&v.t()).view()) / (q.ncols() as f32).sqrt();
        [s.dot(&k), s.t().dot(&q), s.t().dot(&d)]
    };

    "E00-56" layer_backward "the residual path counts twice" = |m, l, c, d| {
        let (x, p, w) = sol::layer_backward(m, l, c, d);
        (x + d, p, w)
    };
    "E00-56" layer_backward "only the residual path counts" = |m, l, c, d| {
        let (_, p, w) = sol::layer_backward(m, l, c, d);
        (d.to_owned(), p, w)
    };
    "E00-51" layer_backward "the heads are averaged on the way to the stream" = |m, l, c, d| {
        let (x, p, w) = sol::layer_backward(m, l, c, d);
        ((x - d) / m.cfg().n_heads as f32 + d, p, w)
    };
    "E00-53" layer_backward "the gradients of the weights are averaged over the batch" = |m, l, c, d| {
        let n = 1.0 / d.dim().0 as f32;
        scaled(sol::layer_backward(m, l, c, d), [1.0, 1.0, n, n, n, n])
    };
    "E00-48" layer_backward "layer 0 is used for all" = |m, _, c, d| sol::layer_backward(m, 0, c, d);
    "E00-51" layer_backward "only the first text counts" = |m, l, c, d| {
        let mut e = d.to_owned();
        e.slice_mut(s![1.., .., ..]).fill(0.0);
        sol::layer_backward(m, l, c, e.view())
    };

    "E00-51" embedding_backward "only the last text counts" = |t, d, v| {
        let i = t.nrows() - 1;
        sol::embedding_backward(&t.slice(s![i.., ..]).to_owned(), d.slice(s![i.., .., ..]), v)
    };
    "E00-52" embedding_backward "each gradient goes to the token after it" = |t, d, v| {
        let n = t.ncols();
        sol::embedding_backward(&Tokens::from_shape_fn(t.dim(), |(i, p)| t[[i, (p + 1).min(n - 1)]]), d, v)
    };
    "E00-52" embedding_backward "position 0 is left out" =
        |t, d, v| sol::embedding_backward(&t.slice(s![.., 1..]).to_owned(), d.slice(s![.., 1.., ..]), v);
    "E00-52" embedding_backward "the last position is left out" =
        |t, d, v| sol::embedding_backward(&t.slice(s![.., ..-1]).to_owned(), d.slice(s![.., ..-1, ..]), v);

    "E00-56" model_gradients "the positions get no gradient" =
        |m, t, n| times(sol::model_gradients(m, t, n), "W_pos", 0.0);
    "E00-56" model_gradients "the embedding gets no gradient" =
        |m, t, n| times(sol::model_gradients(m, t, n), "W_E", 0.0);
    "E00-56" model_gradients "the unembedding gets no gradient" =
        |m, t, n| times(sol::model_gradients(m, t, n), "W_U", 0.0);
    "E00-56" model_gradients "layer 0 gets no gradient" =
        |m, t, n| times(sol::model_gradients(m, t, n), "blocks.0", 0.0);
    "E00-54" model_gradients "all gradients are doubled" = |m, t, n| times(sol::model_gradients(m, t, n), "", 2.0);
    "E00-54" model_gradients "all gradients have the wrong sign" =
        |m, t, n| times(sol::model_gradients(m, t, n), "", -1.0);
    "E00-53" model_gradients "the gradients are those of the summed loss" =
        |m, t, n| times(sol::model_gradients(m, t, n), "", counted(n));
    "E00-51" model_gradients "only the first text counts" =
        |m, t, n| sol::model_gradients(m, &t.slice(s![..1, ..]).to_owned(), &n.slice(s![..1, ..]).to_owned());

    "E00-60" clip_gradients "the short ones are made longer, and the long ones stay" = |g, most| {
        let n = norm(g.values().flatten());
        if n < most {
            g.values_mut().for_each(|g| *g *= most / n);
        }
        n
    };
    "E00-54" clip_gradients "they are divided by the most" = |g, most| {
        let n = norm(g.values().flatten());
        if n > most {
            g.values_mut().for_each(|g| *g /= most);
        }
        n
    };

    "E00-54" adamw_step "the corrections multiply instead of divide" = |w, g, m, v, s, r, d| {
        let c = [1.0 - sol::BETA_1.powi(s as i32), 1.0 - sol::BETA_2.powi(s as i32)];
        adamw(
            &Step { moved: |[.., m, v], _, r, w| w - r * m / (v.sqrt() + sol::EPSILON), ..RIGHT_STEP },
            (w, g, m, v),
            [s as f32, r * c[0] / c[1].sqrt(), d * c[1].sqrt() / c[0]],
        )
    };
    "E00-57" adamw_step "the gradient stands for its average" = |w, g, m, v, s, r, d| {
        adamw(
            &Step { moved: |[_, v, ..], g, r, w| w - r * g / (v.sqrt() + sol::EPSILON), ..RIGHT_STEP },
            (w, g, m, v),
            [s as f32, r, d],
        )
    };
    "E00-56" adamw_step "it is not divided by the root of the average square" = |w, g, m, v, s, r, d| {
        adamw(&Step { moved: |[m, ..], _, r, w| w - r * m, ..RIGHT_STEP }, (w, g, m, v), [s as f32, r, d])
    };
    "E00-54" adamw_step "the decay is applied twice" =
        |w, g, m, v, s, r, d| adamw(&RIGHT_STEP, (w, g, m, v), [s as f32, r, 2.0 * d]);
    "E00-55" adamw_step "the two betas are exchanged" = |w, g, m, v, s, r, d| {
        adamw(
            &Step {
                first: |m, g| sol::BETA_2 * m + (1.0 - sol::BETA_2) * g,
                second: |v, g| sol::BETA_1 * v + (1.0 - sol::BETA_1) * g * g,
                ..RIGHT_STEP
            },
            (w, g, m, v),
            [s as f32, r, d],
        )
    };

    "E00-58" learning_rate "it rises with the square root" =
        |s, n, p| p * rise(s).sqrt().min(fall(s, n, 0.2)).min(1.0);
    "E00-58" learning_rate "it rises with the square" =
        |s, n, p| p * (rise(s) * rise(s)).min(fall(s, n, 0.2)).min(1.0);
    "E00-52" learning_rate "it falls over a fifth of the steps after the warm-up" =
        |s, n, p| p * rise(s).min((n + 1 - s) as f32 * 5.0 / (n - sol::WARM_UP) as f32).min(1.0);
    "E00-52" learning_rate "it falls over as many steps as it rises" =
        |s, n, p| p * rise(s).min((n + 1 - s) as f32 / sol::WARM_UP as f32).min(1.0);
    "E00-58" learning_rate "it falls with the square" =
        |s, n, p| p * rise(s).min(fall(s, n, 0.2).min(1.0).powi(2)).min(1.0);
    "E00-58" learning_rate "it rises and falls as a cosine" = |s, n, p| {
        let c = |x: f32| (1.0 - (std::f32::consts::PI * x.clamp(0.0, 1.0)).cos()) / 2.0;
        p * c(rise(s)).min(c(fall(s, n, 0.2)))
    };
    "E00-58" learning_rate "rise and fall are multiplied" = |s, n, p| p * rise(s).min(1.0) * fall(s, n, 1.0).min(1.0);

    "E00-53" bump "the smallest score of all heads is returned" = |m, t, n| {
        let (a, b, _) = sol::bump(m, t, n);
        (a, b, -largest(head_scores(m, t, n - 1, average).into_iter().map(|x| -x)))
    };
    "E00-53" bump "the largest cell of a stripe counts" = |m, t, n| {
        let (a, b, _) = sol::bump(m, t, n);
        (a, b, largest(head_scores(m, t, n - 1, largest)))
    };
    "E00-48" bump "only layer 0 counts" = |m, t, n| {
        let (a, b, _) = sol::bump(m, t, n);
        (a, b, largest(head_scores(m, t, n - 1, average).row(0).to_vec()))
    };
    "E00-48" bump "only head 0 of each layer counts" = |m, t, n| {
        let (a, b, _) = sol::bump(m, t, n);
        (a, b, largest(head_scores(m, t, n - 1, average).column(0).to_vec()))
    };
    "E00-52" bump "the second copy's first prediction is left out" = |m, t, n| {
        let (a, _, c) = sol::bump(m, t, n);
        (a, by_copy(m, t, n)[1].slice(s![.., 1..]).mean().unwrap_or(0.0), c)
    };
    "E00-51" bump "only the first text counts for the losses" = |m, t, n| {
        let [a, b] = by_copy(m, t, n).map(|x| x.row(0).mean().unwrap_or(0.0));
        (a, b, sol::bump(m, t, n).2)
    };
    "E00-58" bump "the second number is what the second copy saves" = |m, t, n| {
        let (a, b, c) = sol::bump(m, t, n);
        (a, a - b, c)
    };
    "E00-53" bump "the losses are medians" = |m, t, n| {
        let [a, b] = by_copy(m, t, n).map(|x| median(x.into_iter()));
        (a, b, sol::bump(m, t, n).2)
    };

    "E00-12" loss_gradient "each text is divided by the number of its own predictions" = |l, next| {
        let mut gradient = sol::loss_gradient(l, next);
        for (mut of_text, of_next) in gradient.outer_iter_mut().zip(next.outer_iter()) {
            of_text *= counted(next) / of_next.iter().flatten().count().max(1) as f32;
        }
        gradient
    };
    "E00-54" adamw_step "v is divided by its correction after the root" = |w, g, m, v, step, rate, decay| {
        let moved = |[m, corrected, _, v]: [f32; 4], _: f32, rate: f32, w: f32| {
            w - rate * m / (corrected / v.sqrt() + sol::EPSILON)
        };
        adamw(&Step { moved, ..RIGHT_STEP }, (w, g, m, v), [step as f32, rate, decay]);
    };
    "E00-56" mean_loss "the largest logit is subtracted before the exponential and not added again" = |l, next| {
        let largest_of = |item: usize, pos: usize| largest(l.slice(s![item, pos, ..]).iter().copied());
        mean(losses(l, next).into_iter().map(|(item, pos, loss)| loss - largest_of(item, pos)))
    };
    "E00-52" bump "the last prediction of the first copy counts for the second as well" = |m, t, n| {
        let (first, _, score) = sol::bump(m, t, n);
        let losses = m.run(t).loss_per_token().expect("tokens of this model");
        (first, losses.slice(s![.., n - 1..]).mean().expect("predictions"), score)
    };
};
