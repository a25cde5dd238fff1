//! Maps of heads that are drawn in a wrong way.
//!
//! All functions of a kind have one long signature, so each is a constant of the type that has it. Where a macro writes them,
//! beside the name of each is what it does otherwise.

use hooked_transformer::{ActivationCache, HookedTransformer, Tokens, fwd_hook};
use ndarray::{Array2, Array3, ArrayD, ArrayViewMutD, Axis, s, stack};
use solution_06_patching as solution;

use super::maps::{Answers, measure, stream_map};

/// A `head_map`: of a model, the base run, the source, the name of an activation, and the right and wrong answers.
type ByHead = fn(&HookedTransformer, &Tokens, &ActivationCache, &str, Answers, Answers) -> Array2<f32>;

/// A `head_by_position_map`.
type ByPositionAndHead = fn(&HookedTransformer, &Tokens, &ActivationCache, Answers, Answers) -> Array3<f32>;

/// A `sufficient_and_necessary`: of a model, the clean and the corrupted tokens, and the right and wrong answers.
type Shares = fn(&HookedTransformer, &Tokens, &Tokens, Answers, Answers) -> Array3<f32>;

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
        pub const $name: ByHead = |m, base, source, name, r, w| of_heads(m, base, source, name, (r, w), $edit);
    )*};
}

edits_by_head! {
    SECOND_AXIS = |x, stored, head, _| x.index_axis_mut(Axis(1), head).assign(&stored.index_axis(Axis(1), head));
    THIRD_AXIS = |x, stored, head, _| x.index_axis_mut(Axis(2), head).assign(&stored.index_axis(Axis(2), head));
    EVERY_HEAD = |x, stored, _, _| x.assign(stored);
    HEAD_SILENCED = |x, _, head, axis| x.index_axis_mut(axis, head).fill(0.0);
    HEAD_AT_THE_END = |x, stored, head, axis| match axis {
        Axis(1) => x.slice_mut(s![.., head, -1, ..]).assign(&stored.slice(s![.., head, -1, ..])),
        _ => x.slice_mut(s![.., -1, head, ..]).assign(&stored.slice(s![.., -1, head, ..])),
    };
    HEAD_OF_FIRST_ITEM = |x, stored, head, axis| {
        let stored = stored.index_axis(axis, head);
        x.index_axis_mut(axis, head).index_axis_mut(Axis(0), 0).assign(&stored.index_axis(Axis(0), 0));
    };
    HEADS_UP_TO = |x, stored, head, axis| {
        for head in 0..=head {
            x.index_axis_mut(axis, head).assign(&stored.index_axis(axis, head));
        }
    };
    OTHER_HEADS = |x, stored, head, axis| {
        for other in (0..x.len_of(axis)).filter(|other| *other != head) {
            x.index_axis_mut(axis, other).assign(&stored.index_axis(axis, other));
        }
    };
}

pub const ALWAYS_Z: ByHead = |m, base, source, _, r, w| solution::head_map(m, base, source, "z", r, w);

pub const TRANSPOSED: ByHead =
    |m, base, source, name, r, w| solution::head_map(m, base, source, name, r, w).reversed_axes();

pub const HEAD_CHANGE: ByHead =
    |m, base, source, name, r, w| solution::head_map(m, base, source, name, r, w) - measure(m, base, vec![], (r, w));

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
        pub const $name: ByPositionAndHead =
            |m, base, source, r, w| by_position_and_head((m, base), source, $activation, (r, w), $edit);
    )*};
}

edits_there! {
    VALUES_THERE: "v" = |x, stored, pos, head| {
        x.slice_mut(s![.., pos, head, ..]).assign(&stored.slice(s![.., pos, head, ..]));
    };
    FIRST_ITEM_THERE: "z" = |x, stored, pos, head| {
        x.slice_mut(s![0, pos, head, ..]).assign(&stored.slice(s![0, pos, head, ..]));
    };
    FROM_THERE: "z" = |x, stored, pos, head| {
        x.slice_mut(s![.., pos.., head, ..]).assign(&stored.slice(s![.., pos.., head, ..]));
    };
    ADDED_THERE: "z" = |x, stored, pos, head| {
        let mut x = x.slice_mut(s![.., pos, head, ..]);
        x += &stored.slice(s![.., pos, head, ..]);
    };
    // The head's vector of the last position, wherever it is put.
    VECTOR_OF_POSITION_AND_HEAD: "z" = |x, stored, pos, head| {
        x.slice_mut(s![.., pos, head, ..]).assign(&stored.slice(s![.., -1, head, ..]));
    };
}

pub const HEADS_FIRST: ByPositionAndHead =
    |m, base, source, r, w| solution::head_by_position_map(m, base, source, r, w).permuted_axes([0, 2, 1]);

pub const ALL_HEADS_THERE: ByPositionAndHead = |m, base, source, r, w| {
    let map = stream_map(m, base, source, "z", (r, w), |z, stored, pos| {
        z.slice_mut(s![.., pos, .., ..]).assign(&stored.slice(s![.., pos, .., ..]));
    });
    repeated(&map, Axis(2), m.cfg().n_heads)
};

pub const HEAD_EVERYWHERE: ByPositionAndHead =
    |m, base, source, r, w| repeated(&solution::head_map(m, base, source, "z", r, w), Axis(1), base.ncols());

/// The map `n` times along a new axis.
fn repeated(map: &Array2<f32>, axis: Axis, n: usize) -> Array3<f32> {
    stack(axis, &vec![map.view(); n]).expect("equal shapes")
}

pub const CHANGE_THERE: ByPositionAndHead =
    |m, base, source, r, w| solution::head_by_position_map(m, base, source, r, w) - measure(m, base, vec![], (r, w));

/// A list by layer, head and position, put into the shape by layer, position and head.
pub const BY_POSITION_IN_ANOTHER_ORDER: ByPositionAndHead = |m, base, source, r, w| {
    let map = solution::head_by_position_map(m, base, source, r, w);
    let shape = map.dim();
    let list: Vec<f32> = map.permuted_axes([0, 2, 1]).iter().copied().collect();
    Array3::from_shape_vec(shape, list).expect("as many entries")
};

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
        pub const $name: Shares = |m, clean, corrupted, r, w| {
            let $parts = Parts::of($activation, (m, clean, corrupted), (r, w));
            let [first, second] = $shares;
            stack![Axis(0), first, second]
        };
    )*};
}

shares! {
    NOISING_FIRST: "z" = |of| [1.0 - of.share(&of.noised), of.share(&of.denoised)];
    WHAT_IS_LEFT: "z" = |of| [of.share(&of.denoised), of.share(&of.noised)];
    NOT_NORMALIZED: "z" = |of| [of.denoised, of.noised];
    NOT_DIVIDED: "z" = |of| [of.denoised - of.corrupted, of.clean - of.noised];
    DENOISING_TWICE: "z" = |of| [of.share(&of.denoised), of.share(&of.denoised)];
    COMPLEMENT: "z" = |of| [of.share(&of.denoised), 1.0 - of.share(&of.denoised)];
    SHARES_OF_PATTERN: "pattern" = |of| [of.share(&of.denoised), 1.0 - of.share(&of.noised)];
    SHARES_CLAMPED: "z" = |of| {
        [of.share(&of.denoised), 1.0 - of.share(&of.noised)].map(|map| map.mapv_into(|share| share.clamp(0.0, 1.0)))
    };
    TAKEN_WITH_MINUS: "z" = |of| [of.share(&of.denoised), of.share(&of.noised) - 1.0];
}
