//! Maps of heads that are drawn in a wrong way.
//!
//! All functions of a kind have one signature, which a macro writes; beside the name of each is what it does otherwise.

use hooked_transformer::{ActivationCache, HookedTransformer, Tokens, fwd_hook};
use ndarray::{Array2, Array3, ArrayD, ArrayViewMutD, Axis, s, stack};
use solution_06_patching as solution;

use super::maps::{Answers, measure, stream_map};

/// An edit of an activation that sees the stored one, which head is asked for, and the axis of the heads.
fn of_heads(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    name: &str,
    answers: (Answers, Answers),
    edit: impl Fn(&mut ArrayViewMutD<f32>, &ArrayD<f32>, usize, Axis) + Sync + Send,
) -> Array2<f32> {
    let edit = &edit;
    let axis = if name == "pattern" { Axis(1) } else { Axis(2) };
    Array2::from_shape_fn((m.cfg().n_layers, m.cfg().n_heads), |(layer, head)| {
        let stored = source[(name, layer)].to_owned().into_dyn();
        let hook = fwd_hook((name, layer), move |mut x, _| edit(&mut x, &stored, head, axis));
        measure(m, base, vec![hook], answers)
    })
}

/// Wrong answers for `head_map`: each edits the activation as it says.
macro_rules! edits_by_head {
    ($($name:ident = $edit:expr;)*) => {$(
        pub fn $name(
            m: &HookedTransformer,
            base: &Tokens,
            source: &ActivationCache,
            name: &str,
            r: Answers,
            w: Answers,
        ) -> Array2<f32> {
            of_heads(m, base, source, name, (r, w), $edit)
        }
    )*};
}

edits_by_head! {
    second_axis = |x, stored, head, _| x.index_axis_mut(Axis(1), head).assign(&stored.index_axis(Axis(1), head));
    third_axis = |x, stored, head, _| x.index_axis_mut(Axis(2), head).assign(&stored.index_axis(Axis(2), head));
    every_head = |x, stored, _, _| x.assign(stored);
    head_silenced = |x, _, head, axis| x.index_axis_mut(axis, head).fill(0.0);
    head_at_the_end = |x, stored, head, axis| match axis {
        Axis(1) => x.slice_mut(s![.., head, -1, ..]).assign(&stored.slice(s![.., head, -1, ..])),
        _ => x.slice_mut(s![.., -1, head, ..]).assign(&stored.slice(s![.., -1, head, ..])),
    };
    head_of_first_item = |x, stored, head, axis| {
        let stored = stored.index_axis(axis, head);
        x.index_axis_mut(axis, head).index_axis_mut(Axis(0), 0).assign(&stored.index_axis(Axis(0), 0));
    };
    heads_up_to = |x, stored, head, axis| {
        for head in 0..=head {
            x.index_axis_mut(axis, head).assign(&stored.index_axis(axis, head));
        }
    };
    other_heads = |x, stored, head, axis| {
        for other in (0..x.len_of(axis)).filter(|other| *other != head) {
            x.index_axis_mut(axis, other).assign(&stored.index_axis(axis, other));
        }
    };
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

/// As [`of_heads`], at each position; the edit sees that too, before the head.
fn by_position_and_head(
    (m, base): (&HookedTransformer, &Tokens),
    source: &ActivationCache,
    name: &str,
    answers: (Answers, Answers),
    edit: impl Fn(&mut ArrayViewMutD<f32>, &ArrayD<f32>, usize, usize) + Sync + Send,
) -> Array3<f32> {
    let edit = &edit;
    Array3::from_shape_fn((m.cfg().n_layers, base.ncols(), m.cfg().n_heads), |(layer, pos, head)| {
        let stored = source[(name, layer)].to_owned().into_dyn();
        let hook = fwd_hook((name, layer), move |mut x, _| edit(&mut x, &stored, pos, head));
        measure(m, base, vec![hook], answers)
    })
}

/// Wrong answers for `head_by_position_map`: each edits the activation that is named.
macro_rules! edits_there {
    ($($name:ident: $activation:literal = $edit:expr;)*) => {$(
        pub fn $name(
            m: &HookedTransformer,
            base: &Tokens,
            source: &ActivationCache,
            r: Answers,
            w: Answers,
        ) -> Array3<f32> {
            by_position_and_head((m, base), source, $activation, (r, w), $edit)
        }
    )*};
}

edits_there! {
    values_there: "v" = |x, stored, pos, head| {
        x.slice_mut(s![.., pos, head, ..]).assign(&stored.slice(s![.., pos, head, ..]));
    };
    first_item_there: "z" = |x, stored, pos, head| {
        x.slice_mut(s![0, pos, head, ..]).assign(&stored.slice(s![0, pos, head, ..]));
    };
    from_there: "z" = |x, stored, pos, head| {
        x.slice_mut(s![.., pos.., head, ..]).assign(&stored.slice(s![.., pos.., head, ..]));
    };
    added_there: "z" = |x, stored, pos, head| {
        let mut x = x.slice_mut(s![.., pos, head, ..]);
        x += &stored.slice(s![.., pos, head, ..]);
    };
    // The head's vector of the last position, wherever it is put.
    vector_of_position_and_head: "z" = |x, stored, pos, head| {
        x.slice_mut(s![.., pos, head, ..]).assign(&stored.slice(s![.., -1, head, ..]));
    };
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

pub fn change_there(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    r: Answers,
    w: Answers,
) -> Array3<f32> {
    solution::head_by_position_map(m, base, source, r, w) - measure(m, base, vec![], (r, w))
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

/// The metric of the clean and of the corrupted run, and the maps of denoising and of noising, not normalized.
struct Parts {
    clean: f32,
    corrupted: f32,
    denoised: Array2<f32>,
    noised: Array2<f32>,
}

impl Parts {
    /// Of patches of this activation.
    fn of(
        activation: &str,
        (m, clean, corrupted): (&HookedTransformer, &Tokens, &Tokens),
        (r, w): (Answers, Answers),
    ) -> Self {
        let run = |tokens| {
            let (logits, cache) = m.run_with_cache(tokens).expect("tokens of this model");
            (solution::logit_difference(logits.view(), r, w), cache)
        };
        let ((clean_metric, clean_cache), (corrupted_metric, corrupted_cache)) = (run(clean), run(corrupted));
        Self {
            clean: clean_metric,
            corrupted: corrupted_metric,
            denoised: solution::head_map(m, corrupted, &clean_cache, activation, r, w),
            noised: solution::head_map(m, clean, &corrupted_cache, activation, r, w),
        }
    }

    fn share(&self, map: &Array2<f32>) -> Array2<f32> {
        map.mapv(|value| solution::normalize(value, self.clean, self.corrupted))
    }
}

/// Wrong answers for `sufficient_and_necessary`: what each makes of patches of the activation that is named.
macro_rules! shares {
    ($($name:ident: $activation:literal = |$parts:ident| $shares:expr;)*) => {$(
        pub fn $name(
            m: &HookedTransformer,
            clean: &Tokens,
            corrupted: &Tokens,
            r: Answers,
            w: Answers,
        ) -> Array3<f32> {
            let $parts = Parts::of($activation, (m, clean, corrupted), (r, w));
            let [first, second] = $shares;
            stack![Axis(0), first, second]
        }
    )*};
}

shares! {
    noising_first: "z" = |of| [1.0 - of.share(&of.noised), of.share(&of.denoised)];
    what_is_left: "z" = |of| [of.share(&of.denoised), of.share(&of.noised)];
    not_normalized: "z" = |of| [of.denoised, of.noised];
    not_divided: "z" = |of| [of.denoised - of.corrupted, of.clean - of.noised];
    denoising_twice: "z" = |of| [of.share(&of.denoised), of.share(&of.denoised)];
    complement: "z" = |of| [of.share(&of.denoised), 1.0 - of.share(&of.denoised)];
    shares_of_pattern: "pattern" = |of| [of.share(&of.denoised), 1.0 - of.share(&of.noised)];
    shares_clamped: "z" = |of| {
        [of.share(&of.denoised), 1.0 - of.share(&of.noised)].map(|map| map.mapv_into(|share| share.clamp(0.0, 1.0)))
    };
    taken_with_minus: "z" = |of| [of.share(&of.denoised), of.share(&of.noised) - 1.0];
}
