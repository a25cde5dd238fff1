//! Wrong patches, and maps that are drawn in a wrong way.

use hooked_transformer::{ActivationCache, FwdHook, HookedTransformer, Tokens, fwd_hook};
use ndarray::{Array2, Array3, ArrayD, ArrayViewMutD, Axis, Ix3, Ix4, s, stack};
use solution_06_patching as solution;

/// A hook on the stream before a layer, whose edit sees the stream of the source.
fn edit(
    source: &ActivationCache,
    layer: usize,
    edit: impl Fn(&mut ArrayViewMutD<f32>, &ArrayD<f32>) + Sync + Send + 'static,
) -> FwdHook<'_> {
    let stored = source[("resid_pre", layer)].to_owned().into_dyn();
    fwd_hook(("resid_pre", layer), move |mut stream, _| edit(&mut stream, &stored))
}

pub fn every_position(source: &ActivationCache, layer: usize, _pos: usize) -> FwdHook<'_> {
    edit(source, layer, |stream, stored| stream.assign(stored))
}

pub fn after_the_layer(source: &ActivationCache, layer: usize, pos: usize) -> FwdHook<'_> {
    let stored = source.view::<Ix3>(("resid_post", layer));
    fwd_hook(("resid_post", layer), move |mut stream, _| {
        stream.slice_mut(s![.., pos, ..]).assign(&stored.slice(s![.., pos, ..]));
    })
}

pub fn first_item_for_all(source: &ActivationCache, layer: usize, pos: usize) -> FwdHook<'_> {
    edit(source, layer, move |stream, stored| {
        stream.slice_mut(s![.., pos, ..]).assign(&stored.slice(s![0, pos, ..]));
    })
}

pub fn first_item_only(source: &ActivationCache, layer: usize, pos: usize) -> FwdHook<'_> {
    edit(source, layer, move |stream, stored| {
        stream.slice_mut(s![0, pos, ..]).assign(&stored.slice(s![0, pos, ..]));
    })
}

pub fn added(source: &ActivationCache, layer: usize, pos: usize) -> FwdHook<'_> {
    edit(source, layer, move |stream, stored| {
        let mut stream = stream.slice_mut(s![.., pos, ..]);
        stream += &stored.slice(s![.., pos, ..]);
    })
}

pub fn silenced(source: &ActivationCache, layer: usize, pos: usize) -> FwdHook<'_> {
    edit(source, layer, move |stream, _| stream.slice_mut(s![.., pos, ..]).fill(0.0))
}

pub fn last_position(source: &ActivationCache, layer: usize, _pos: usize) -> FwdHook<'_> {
    edit(source, layer, |stream, stored| {
        stream.slice_mut(s![.., -1, ..]).assign(&stored.slice(s![.., -1, ..]));
    })
}

pub fn up_to_the_position(source: &ActivationCache, layer: usize, pos: usize) -> FwdHook<'_> {
    edit(source, layer, move |stream, stored| {
        stream.slice_mut(s![.., ..=pos, ..]).assign(&stored.slice(s![.., ..=pos, ..]));
    })
}

/// The metric of a run with these hooks.
fn measure<'a>(
    model: &'a HookedTransformer,
    base: &Tokens,
    hooks: Vec<FwdHook<'a>>,
    (right, wrong): (&[usize], &[usize]),
) -> f32 {
    let logits = model.run(base).hooks(hooks).logits().expect("tokens of this model");
    solution::logit_difference(logits.view(), right, wrong)
}

type Answers<'a> = &'a [usize];

pub fn pile_up(m: &HookedTransformer, base: &Tokens, source: &ActivationCache, r: Answers, w: Answers) -> Array2<f32> {
    let n_pos = base.ncols();
    Array2::from_shape_fn((m.cfg().n_layers, n_pos), |(layer, pos)| {
        let cells = (0..=layer * n_pos + pos).map(|cell| (cell / n_pos, cell % n_pos));
        let hooks = cells.map(|(layer, pos)| solution::patch_resid_pre(source, layer, pos)).collect();
        measure(m, base, hooks, (r, w))
    })
}

pub fn in_a_row(m: &HookedTransformer, base: &Tokens, source: &ActivationCache, r: Answers, w: Answers) -> Array2<f32> {
    let map = solution::residual_map(m, base, source, r, w);
    let shape = (map.ncols(), map.nrows());
    map.t().to_owned().into_shape_with_order(shape).expect("as many cells")
}

pub fn change(m: &HookedTransformer, base: &Tokens, source: &ActivationCache, r: Answers, w: Answers) -> Array2<f32> {
    solution::residual_map(m, base, source, r, w) - measure(m, base, vec![], (r, w))
}

pub fn not_attached(m: &HookedTransformer, base: &Tokens, _: &ActivationCache, r: Answers, w: Answers) -> Array2<f32> {
    Array2::from_elem((m.cfg().n_layers, base.ncols()), measure(m, base, vec![], (r, w)))
}

pub fn backwards(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    r: Answers,
    w: Answers,
) -> Array2<f32> {
    solution::residual_map(m, base, source, r, w).slice(s![..;-1, ..]).to_owned()
}

pub fn all_layers(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    r: Answers,
    w: Answers,
) -> Array2<f32> {
    Array2::from_shape_fn((m.cfg().n_layers, base.ncols()), |(_, pos)| {
        let hooks = (0..m.cfg().n_layers).map(|layer| solution::patch_resid_pre(source, layer, pos)).collect();
        measure(m, base, hooks, (r, w))
    })
}

/// A map by position of any activation of the stream's shape.
fn stream_map(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    name: &str,
    answers: (Answers, Answers),
    patch: impl Fn(&mut ArrayViewMutD<f32>, &ArrayD<f32>, usize) + Sync + Send,
) -> Array2<f32> {
    let patch = &patch;
    Array2::from_shape_fn((m.cfg().n_layers, base.ncols()), |(layer, pos)| {
        let stored = source[(name, layer)].to_owned().into_dyn();
        let hook = fwd_hook((name, layer), move |mut x, _| patch(&mut x, &stored, pos));
        let logits = m.run(base).hook(hook).logits().expect("tokens of this model");
        solution::logit_difference(logits.view(), answers.0, answers.1)
    })
}

fn at_position(x: &mut ArrayViewMutD<f32>, stored: &ArrayD<f32>, pos: usize) {
    x.slice_mut(s![.., pos, ..]).assign(&stored.slice(s![.., pos, ..]));
}

pub fn always_attn(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    _: &str,
    r: Answers,
    w: Answers,
) -> Array2<f32> {
    stream_map(m, base, source, "attn_out", (r, w), at_position)
}

pub fn whole_stream(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    output: &str,
    r: Answers,
    w: Answers,
) -> Array2<f32> {
    let stream = if output == "attn_out" { "resid_mid" } else { "resid_post" };
    stream_map(m, base, source, stream, (r, w), at_position)
}

pub fn output_everywhere(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    output: &str,
    r: Answers,
    w: Answers,
) -> Array2<f32> {
    stream_map(m, base, source, output, (r, w), |x, stored, _| x.assign(stored))
}

pub fn output_added(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    output: &str,
    r: Answers,
    w: Answers,
) -> Array2<f32> {
    stream_map(m, base, source, output, (r, w), |x, stored, pos| {
        let mut x = x.slice_mut(s![.., pos, ..]);
        x += &stored.slice(s![.., pos, ..]);
    })
}

pub fn output_silenced(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    output: &str,
    r: Answers,
    w: Answers,
) -> Array2<f32> {
    stream_map(m, base, source, output, (r, w), |x, _, pos| x.slice_mut(s![.., pos, ..]).fill(0.0))
}

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
