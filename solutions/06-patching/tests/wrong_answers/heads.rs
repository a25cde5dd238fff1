//! Maps of heads that are drawn in a wrong way.

use hooked_transformer::{ActivationCache, HookedTransformer, Tokens, fwd_hook};
use ndarray::{Array2, Array3, ArrayD, ArrayViewMutD, Axis, Ix4, s, stack};
use solution_06_patching as solution;

use crate::maps::{Answers, measure, stream_map};

/// A map by head of any activation with an axis for heads.
fn of_heads(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    name: &str,
    answers: (Answers, Answers),
    patch: impl Fn(&mut ArrayViewMutD<f32>, &ArrayD<f32>, usize) + Sync + Send,
) -> Array2<f32> {
    let patch = &patch;
    Array2::from_shape_fn((m.cfg().n_layers, m.cfg().n_heads), |(layer, head)| {
        let stored = source[(name, layer)].to_owned().into_dyn();
        let hook = fwd_hook((name, layer), move |mut x, _| patch(&mut x, &stored, head));
        let logits = m.run(base).hook(hook).logits().expect("tokens of this model");
        solution::logit_difference(logits.view(), answers.0, answers.1)
    })
}

fn axis_of(name: &str) -> Axis {
    if name == "pattern" { Axis(1) } else { Axis(2) }
}

pub fn third_axis(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    name: &str,
    r: Answers,
    w: Answers,
) -> Array2<f32> {
    of_heads(m, base, source, name, (r, w), |x, stored, head| {
        x.index_axis_mut(Axis(2), head).assign(&stored.index_axis(Axis(2), head));
    })
}

pub fn every_head(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    name: &str,
    r: Answers,
    w: Answers,
) -> Array2<f32> {
    of_heads(m, base, source, name, (r, w), |x, stored, _| x.assign(stored))
}

pub fn head_at_the_end(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    name: &str,
    r: Answers,
    w: Answers,
) -> Array2<f32> {
    let is_pattern = name == "pattern";
    of_heads(m, base, source, name, (r, w), move |x, stored, head| match is_pattern {
        true => x.slice_mut(s![.., head, -1, ..]).assign(&stored.slice(s![.., head, -1, ..])),
        false => x.slice_mut(s![.., -1, head, ..]).assign(&stored.slice(s![.., -1, head, ..])),
    })
}

pub fn head_silenced(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    name: &str,
    r: Answers,
    w: Answers,
) -> Array2<f32> {
    let axis = axis_of(name);
    of_heads(m, base, source, name, (r, w), move |x, _, head| x.index_axis_mut(axis, head).fill(0.0))
}

pub fn always_z(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    _: &str,
    r: Answers,
    w: Answers,
) -> Array2<f32> {
    solution::head_map(m, base, source, "z", r, w)
}

pub fn head_of_first_item(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    name: &str,
    r: Answers,
    w: Answers,
) -> Array2<f32> {
    let axis = axis_of(name);
    of_heads(m, base, source, name, (r, w), move |x, stored, head| {
        let stored = stored.index_axis(axis, head);
        x.index_axis_mut(axis, head).index_axis_mut(Axis(0), 0).assign(&stored.index_axis(Axis(0), 0));
    })
}

pub fn transposed(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    name: &str,
    r: Answers,
    w: Answers,
) -> Array2<f32> {
    solution::head_map(m, base, source, name, r, w).reversed_axes()
}

pub fn heads_first(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    r: Answers,
    w: Answers,
) -> Array3<f32> {
    solution::head_by_position_map(m, base, source, r, w).permuted_axes([0, 2, 1])
}

pub fn all_heads_there(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    r: Answers,
    w: Answers,
) -> Array3<f32> {
    let map = stream_map(m, base, source, "z", (r, w), |z, stored, pos| {
        z.slice_mut(s![.., pos, .., ..]).assign(&stored.slice(s![.., pos, .., ..]));
    });
    repeated(&map, Axis(2), m.cfg().n_heads)
}

pub fn head_everywhere(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    r: Answers,
    w: Answers,
) -> Array3<f32> {
    repeated(&solution::head_map(m, base, source, "z", r, w), Axis(1), base.ncols())
}

/// The map `n` times along a new axis.
fn repeated(map: &Array2<f32>, axis: Axis, n: usize) -> Array3<f32> {
    stack(axis, &vec![map.view(); n]).expect("equal shapes")
}

pub fn vector_of_position_and_head(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    r: Answers,
    w: Answers,
) -> Array3<f32> {
    let shape = (m.cfg().n_layers, base.ncols(), m.cfg().n_heads);
    Array3::from_shape_fn(shape, |(layer, pos, head)| {
        let stored = source.view::<Ix4>(("z", layer));
        // The head's vector of the last position, wherever it is put.
        let hook = fwd_hook(("z", layer), |mut z, _| {
            z.slice_mut(s![.., pos, head, ..]).assign(&stored.slice(s![.., -1, head, ..]));
        });
        let logits = m.run(base).hook(hook).logits().expect("tokens of this model");
        solution::logit_difference(logits.view(), r, w)
    })
}

type Pair<'a> = (&'a HookedTransformer, &'a Tokens, &'a Tokens);

/// Metric and maps: clean, corrupted, denoised, noised.
fn parts((model, clean, corrupted): Pair, r: Answers, w: Answers) -> (f32, f32, Array2<f32>, Array2<f32>) {
    let run = |tokens| {
        let (logits, cache) = model.run_with_cache(tokens).expect("tokens of this model");
        (solution::logit_difference(logits.view(), r, w), cache)
    };
    let ((clean_metric, clean_cache), (corrupted_metric, corrupted_cache)) = (run(clean), run(corrupted));
    let denoised = solution::head_map(model, corrupted, &clean_cache, "z", r, w);
    let noised = solution::head_map(model, clean, &corrupted_cache, "z", r, w);
    (clean_metric, corrupted_metric, denoised, noised)
}

pub fn noising_first(m: &HookedTransformer, clean: &Tokens, corrupted: &Tokens, r: Answers, w: Answers) -> Array3<f32> {
    solution::sufficient_and_necessary(m, clean, corrupted, r, w).slice(s![..;-1, .., ..]).to_owned()
}

pub fn what_is_left(m: &HookedTransformer, clean: &Tokens, corrupted: &Tokens, r: Answers, w: Answers) -> Array3<f32> {
    let (c, d, denoised, noised) = parts((m, clean, corrupted), r, w);
    let share = |value| solution::normalize(value, c, d);
    stack![Axis(0), denoised.mapv(share), noised.mapv(share)]
}

pub fn not_normalized(
    m: &HookedTransformer,
    clean: &Tokens,
    corrupted: &Tokens,
    r: Answers,
    w: Answers,
) -> Array3<f32> {
    let (_, _, denoised, noised) = parts((m, clean, corrupted), r, w);
    stack![Axis(0), denoised, noised]
}

pub fn not_divided(m: &HookedTransformer, clean: &Tokens, corrupted: &Tokens, r: Answers, w: Answers) -> Array3<f32> {
    let (c, d, denoised, noised) = parts((m, clean, corrupted), r, w);
    stack![Axis(0), denoised.mapv(|value| value - d), noised.mapv(|value| c - value)]
}

pub fn denoising_twice(
    m: &HookedTransformer,
    clean: &Tokens,
    corrupted: &Tokens,
    r: Answers,
    w: Answers,
) -> Array3<f32> {
    let (c, d, denoised, _) = parts((m, clean, corrupted), r, w);
    let share = denoised.mapv(|value| solution::normalize(value, c, d));
    stack![Axis(0), share, share]
}

pub fn complement(m: &HookedTransformer, clean: &Tokens, corrupted: &Tokens, r: Answers, w: Answers) -> Array3<f32> {
    let (c, d, denoised, _) = parts((m, clean, corrupted), r, w);
    let share = denoised.mapv(|value| solution::normalize(value, c, d));
    stack![Axis(0), share, share.mapv(|share| 1.0 - share)]
}

pub fn head_change(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    name: &str,
    r: Answers,
    w: Answers,
) -> Array2<f32> {
    solution::head_map(m, base, source, name, r, w) - measure(m, base, vec![], (r, w))
}

pub fn heads_up_to(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    name: &str,
    r: Answers,
    w: Answers,
) -> Array2<f32> {
    let axis = axis_of(name);
    of_heads(m, base, source, name, (r, w), move |x, stored, head| {
        for head in 0..=head {
            x.index_axis_mut(axis, head).assign(&stored.index_axis(axis, head));
        }
    })
}

pub fn other_heads(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    name: &str,
    r: Answers,
    w: Answers,
) -> Array2<f32> {
    let axis = axis_of(name);
    of_heads(m, base, source, name, (r, w), move |x, stored, head| {
        for other in (0..x.len_of(axis)).filter(|other| *other != head) {
            x.index_axis_mut(axis, other).assign(&stored.index_axis(axis, other));
        }
    })
}

pub fn second_axis(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    name: &str,
    r: Answers,
    w: Answers,
) -> Array2<f32> {
    of_heads(m, base, source, name, (r, w), |x, stored, head| {
        x.index_axis_mut(Axis(1), head).assign(&stored.index_axis(Axis(1), head));
    })
}

/// A map by position and head.
fn there(
    (m, base): (&HookedTransformer, &Tokens),
    source: &ActivationCache,
    name: &str,
    answers: (Answers, Answers),
    patch: impl Fn(&mut ArrayViewMutD<f32>, &ArrayD<f32>, usize, usize) + Sync + Send,
) -> Array3<f32> {
    let patch = &patch;
    Array3::from_shape_fn((m.cfg().n_layers, base.ncols(), m.cfg().n_heads), |(layer, pos, head)| {
        let stored = source[(name, layer)].to_owned().into_dyn();
        let hook = fwd_hook((name, layer), move |mut x, _| patch(&mut x, &stored, pos, head));
        let logits = m.run(base).hook(hook).logits().expect("tokens of this model");
        solution::logit_difference(logits.view(), answers.0, answers.1)
    })
}

pub fn values_there(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    r: Answers,
    w: Answers,
) -> Array3<f32> {
    there((m, base), source, "v", (r, w), |x, stored, pos, head| {
        x.slice_mut(s![.., pos, head, ..]).assign(&stored.slice(s![.., pos, head, ..]));
    })
}

pub fn change_there(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    r: Answers,
    w: Answers,
) -> Array3<f32> {
    solution::head_by_position_map(m, base, source, r, w) - measure(m, base, vec![], (r, w))
}

pub fn first_item_there(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    r: Answers,
    w: Answers,
) -> Array3<f32> {
    there((m, base), source, "z", (r, w), |x, stored, pos, head| {
        x.slice_mut(s![0, pos, head, ..]).assign(&stored.slice(s![0, pos, head, ..]));
    })
}

pub fn from_there(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    r: Answers,
    w: Answers,
) -> Array3<f32> {
    there((m, base), source, "z", (r, w), |x, stored, pos, head| {
        x.slice_mut(s![.., pos.., head, ..]).assign(&stored.slice(s![.., pos.., head, ..]));
    })
}

pub fn added_there(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    r: Answers,
    w: Answers,
) -> Array3<f32> {
    there((m, base), source, "z", (r, w), |x, stored, pos, head| {
        let mut x = x.slice_mut(s![.., pos, head, ..]);
        x += &stored.slice(s![.., pos, head, ..]);
    })
}

pub fn shares_of_pattern(
    m: &HookedTransformer,
    clean: &Tokens,
    corrupted: &Tokens,
    r: Answers,
    w: Answers,
) -> Array3<f32> {
    let (c, d, ..) = parts((m, clean, corrupted), r, w);
    let cache = |tokens: &Tokens| m.run(tokens).cache().expect("tokens of this model");
    let denoised = solution::head_map(m, corrupted, &cache(clean), "pattern", r, w);
    let noised = solution::head_map(m, clean, &cache(corrupted), "pattern", r, w);
    let share = |value| solution::normalize(value, c, d);
    stack![Axis(0), denoised.mapv(share), noised.mapv(|value| 1.0 - share(value))]
}

pub fn shares_clamped(
    m: &HookedTransformer,
    clean: &Tokens,
    corrupted: &Tokens,
    r: Answers,
    w: Answers,
) -> Array3<f32> {
    solution::sufficient_and_necessary(m, clean, corrupted, r, w).mapv(|share| share.clamp(0.0, 1.0))
}

pub fn taken_with_minus(
    m: &HookedTransformer,
    clean: &Tokens,
    corrupted: &Tokens,
    r: Answers,
    w: Answers,
) -> Array3<f32> {
    let mut shares = solution::sufficient_and_necessary(m, clean, corrupted, r, w);
    shares.index_axis_mut(Axis(0), 1).mapv_inplace(|share| -share);
    shares
}

/// A list by layer, head and position, put into the shape by layer, position and head.
pub fn by_position_in_another_order(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    r: Answers,
    w: Answers,
) -> Array3<f32> {
    let map = solution::head_by_position_map(m, base, source, r, w);
    let shape = map.dim();
    let list: Vec<f32> = map.permuted_axes([0, 2, 1]).iter().copied().collect();
    Array3::from_shape_vec(shape, list).expect("as many entries")
}
