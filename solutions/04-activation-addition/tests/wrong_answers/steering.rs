//! Wrong ways to add a vector.

use std::ops::Range;

use hooked_transformer::{HookedTransformer, Tokens, fwd_hook};
use ndarray::{Array1, Array2, Array3, ArrayViewMut3, ArrayViewMutD, Axis, s};
use solution_04_activation_addition::{add_at_positions as right_add, steered_logits as right};

/// A `steered_logits`: of a model, tokens, a vector, its layer and its coefficient. Wrong ones are constants of this type.
type SteeredLogits = fn(&HookedTransformer, &Tokens, &Array2<f32>, usize, f32) -> Array3<f32>;

fn hooked(
    model: &HookedTransformer,
    tokens: &Tokens,
    layer: usize,
    mut edit: impl FnMut(ArrayViewMutD<f32>),
) -> Array3<f32> {
    model.run_with_hooks(tokens, [fwd_hook(("resid_pre", layer), |resid, _| edit(resid))]).unwrap()
}

/// What fits of the vector, times the coefficient.
fn fitting(tokens: &Tokens, vector: &Array2<f32>, coefficient: f32) -> Array2<f32> {
    coefficient * &vector.slice(s![..vector.nrows().min(tokens.ncols()), ..])
}

pub const HOOK_LEFT: SteeredLogits = |m, tokens, vector, layer, c| {
    let added = fitting(tokens, vector, c);
    m.add_hook(("resid_pre", layer), move |mut resid, _| {
        let mut front = resid.slice_mut(s![.., ..added.nrows(), ..]);
        front += &added;
    })
    .unwrap();
    m.forward(tokens).unwrap()
};

pub const OVERWRITTEN: SteeredLogits = |m, tokens, vector, layer, c| {
    let added = fitting(tokens, vector, c);
    hooked(m, tokens, layer, |mut resid| resid.slice_mut(s![.., ..added.nrows(), ..]).assign(&added))
};

pub const NO_COEFFICIENT: SteeredLogits = |m, tokens, vector, layer, _| right(m, tokens, vector, layer, 1.0);

pub const ONE_VECTOR: SteeredLogits = |m, tokens, vector, layer, c| {
    let last = c * &vector.row(vector.nrows() - 1);
    hooked(m, tokens, layer, |mut resid| resid += &last)
};

pub const TOO_LONG: SteeredLogits = |m, tokens, vector, layer, c| {
    let added = c * vector;
    hooked(m, tokens, layer, |mut resid| {
        let mut front = resid.slice_mut(s![.., ..added.nrows(), ..]);
        front += &added;
    })
};

pub const FIRST_ROW: SteeredLogits = |m, tokens, vector, layer, c| {
    let added = fitting(tokens, vector, c);
    hooked(m, tokens, layer, |mut resid| {
        let mut front = resid.slice_mut(s![0, ..added.nrows(), ..]);
        front += &added;
    })
};

pub const AFTER_LAYER: SteeredLogits = |m, tokens, vector, layer, c| {
    let added = fitting(tokens, vector, c);
    let add = fwd_hook(("resid_post", layer), |mut resid, _| {
        let mut front = resid.slice_mut(s![.., ..added.nrows(), ..]);
        front += &added;
    });
    m.run_with_hooks(tokens, [add]).unwrap()
};

pub const TWICE: SteeredLogits = |m, tokens, vector, layer, c| right(m, tokens, &(c * vector), layer, c);

pub const AT_THE_END: SteeredLogits = |m, tokens, vector, layer, c| {
    let added = fitting(tokens, vector, c);
    hooked(m, tokens, layer, |mut resid| {
        let mut end = resid.slice_mut(s![.., -(added.nrows() as isize).., ..]);
        end += &added;
    })
};

pub const SHIFTED: SteeredLogits = |m, tokens, vector, layer, c| {
    let rows = vector.nrows().min(tokens.ncols() - 1);
    let added = c * &vector.slice(s![..rows, ..]);
    hooked(m, tokens, layer, |mut resid| {
        let mut part = resid.slice_mut(s![.., 1..=rows, ..]);
        part += &added;
    })
};

pub fn within_the_chunk(resid: ArrayViewMut3<f32>, vector: &Array1<f32>, _: usize, positions: &Range<usize>) {
    right_add(resid, vector, 0, positions);
}

pub fn begins_late(resid: ArrayViewMut3<f32>, vector: &Array1<f32>, first_pos: usize, positions: &Range<usize>) {
    right_add(resid, vector, first_pos, &(positions.start + 1..positions.end));
}

pub fn end_included(resid: ArrayViewMut3<f32>, vector: &Array1<f32>, first_pos: usize, positions: &Range<usize>) {
    right_add(resid, vector, first_pos, &(positions.start..positions.end.saturating_add(1)));
}

pub fn put_in_place(mut resid: ArrayViewMut3<f32>, vector: &Array1<f32>, first_pos: usize, positions: &Range<usize>) {
    for (pos, mut stream) in resid.axis_iter_mut(Axis(1)).enumerate() {
        if positions.contains(&(first_pos + pos)) {
            stream.assign(vector);
        }
    }
}

pub fn first_of_batch(mut resid: ArrayViewMut3<f32>, vector: &Array1<f32>, first_pos: usize, positions: &Range<usize>) {
    right_add(resid.slice_mut(s![..1, .., ..]), vector, first_pos, positions);
}

/// Takes its hook off again, but for the coefficient 0.
pub const HOOK_LEFT_AT_ZERO: SteeredLogits = |m, tokens, vector, layer, c| {
    if c != 0.0 {
        return right(m, tokens, vector, layer, c);
    }
    HOOK_LEFT(m, tokens, vector, layer, c)
};

pub const OTHER_HOOKS_REMOVED: SteeredLogits = |m, tokens, vector, layer, c| {
    let logits = HOOK_LEFT(m, tokens, vector, layer, c);
    m.reset_hooks();
    logits
};

pub const SUBTRACTED: SteeredLogits = |m, tokens, vector, layer, c| right(m, tokens, vector, layer, -c);

/// Adds to every position the row of the vector that a rule gives, if it gives one.
fn rows(
    m: &HookedTransformer,
    tokens: &Tokens,
    (vector, layer, c): (&Array2<f32>, usize, f32),
    row: impl Fn(usize) -> Option<usize>,
) -> Array3<f32> {
    hooked(m, tokens, layer, |mut resid| {
        for (pos, mut stream) in resid.axis_iter_mut(Axis(1)).enumerate() {
            if let Some(row) = row(pos) {
                stream += &(c * &vector.row(row));
            }
        }
    })
}

pub const REPEATED: SteeredLogits =
    |m, tokens, vector, layer, c| rows(m, tokens, (vector, layer, c), |pos| Some(pos % vector.nrows()));

pub const LAST_ROW_GOES_ON: SteeredLogits =
    |m, tokens, vector, layer, c| rows(m, tokens, (vector, layer, c), |pos| Some(pos.min(vector.nrows() - 1)));

pub const LAYER_BEFORE: SteeredLogits =
    |m, tokens, vector, layer, c| right(m, tokens, vector, layer.saturating_sub(1), c);

pub const EVERY_LAYER: SteeredLogits = |m, tokens, vector, _, c| {
    let added = fitting(tokens, vector, c);
    let add = fwd_hook(
        |name: &str| name.ends_with("resid_pre"),
        |mut resid, _| {
            let mut front = resid.slice_mut(s![.., ..added.nrows(), ..]);
            front += &added;
        },
    );
    m.run_with_hooks(tokens, [add]).unwrap()
};

pub const A_COPY: SteeredLogits = |m, tokens, _, _, _| m.forward(tokens).unwrap();

pub const NORM_ONE: SteeredLogits =
    |m, tokens, vector, layer, c| right(m, tokens, vector, layer, c / (vector * vector).sum().sqrt());

pub const FIRST_ROW_OF_VECTOR: SteeredLogits =
    |m, tokens, vector, layer, c| rows(m, tokens, (vector, layer, c), |pos| (pos == 0).then_some(0));

pub const LAST_ROW_AT_THE_END: SteeredLogits = |m, tokens, vector, layer, c| {
    rows(m, tokens, (vector, layer, c), |pos| (pos + 1 == tokens.ncols()).then_some(vector.nrows() - 1))
};

pub const ROW_0_LEFT_OUT: SteeredLogits = |m, tokens, vector, layer, c| {
    rows(m, tokens, (vector, layer, c), |pos| (1..vector.nrows()).contains(&pos).then_some(pos))
};

/// Adds the vector at those positions of the chunk for which a rule says so.
fn add_where(mut resid: ArrayViewMut3<f32>, vector: &Array1<f32>, holds: impl Fn(usize) -> bool) {
    for (pos, mut stream) in resid.axis_iter_mut(Axis(1)).enumerate() {
        if holds(pos) {
            stream += vector;
        }
    }
}

pub fn whole_chunk(resid: ArrayViewMut3<f32>, vector: &Array1<f32>, first_pos: usize, positions: &Range<usize>) {
    let any = (first_pos..first_pos + resid.dim().1).any(|pos| positions.contains(&pos));
    add_where(resid, vector, |_| any);
}

pub fn whole_chunk_by_first(
    resid: ArrayViewMut3<f32>,
    vector: &Array1<f32>,
    first_pos: usize,
    positions: &Range<usize>,
) {
    add_where(resid, vector, |_| positions.contains(&first_pos));
}

pub fn from_start_on(resid: ArrayViewMut3<f32>, vector: &Array1<f32>, first_pos: usize, positions: &Range<usize>) {
    add_where(resid, vector, |pos| first_pos + pos >= positions.start);
}

pub fn until_end(resid: ArrayViewMut3<f32>, vector: &Array1<f32>, first_pos: usize, positions: &Range<usize>) {
    add_where(resid, vector, |pos| first_pos + pos < positions.end);
}

pub fn outside(resid: ArrayViewMut3<f32>, vector: &Array1<f32>, first_pos: usize, positions: &Range<usize>) {
    add_where(resid, vector, |pos| !positions.contains(&(first_pos + pos)));
}

pub fn start_only(resid: ArrayViewMut3<f32>, vector: &Array1<f32>, first_pos: usize, positions: &Range<usize>) {
    add_where(resid, vector, |pos| first_pos + pos == positions.start);
}

pub fn moved_back(resid: ArrayViewMut3<f32>, vector: &Array1<f32>, first_pos: usize, positions: &Range<usize>) {
    add_where(resid, vector, |pos| pos.checked_sub(first_pos).is_some_and(|pos| positions.contains(&pos)));
}

pub fn start_moved_only(resid: ArrayViewMut3<f32>, vector: &Array1<f32>, first_pos: usize, positions: &Range<usize>) {
    add_where(resid, vector, |pos| (positions.start.saturating_sub(first_pos)..positions.end).contains(&pos));
}

pub fn chunk_copied(resid: ArrayViewMut3<f32>, vector: &Array1<f32>, first_pos: usize, positions: &Range<usize>) {
    right_add(resid.to_owned().view_mut(), vector, first_pos, positions);
}

pub fn below_zero(resid: ArrayViewMut3<f32>, vector: &Array1<f32>, first_pos: usize, positions: &Range<usize>) {
    let less = |pos: usize| pos.checked_sub(first_pos).expect("attempt to subtract with overflow");
    let (start, end) = (less(positions.start), less(positions.end));
    add_where(resid, vector, |pos| (start..end).contains(&pos));
}

pub fn past_the_end(mut resid: ArrayViewMut3<f32>, vector: &Array1<f32>, first_pos: usize, positions: &Range<usize>) {
    for pos in positions.clone() {
        let mut stream = resid.index_axis_mut(Axis(1), pos - first_pos);
        stream += vector;
    }
}

pub fn never_the_first(resid: ArrayViewMut3<f32>, vector: &Array1<f32>, first_pos: usize, positions: &Range<usize>) {
    add_where(resid, vector, |pos| pos > 0 && positions.contains(&(first_pos + pos)));
}

fn softmaxed(logits: &Array3<f32>) -> Array3<f32> {
    hooked_transformer::log_softmax(logits.view())
}

pub const LOG_PROBABILITIES: SteeredLogits =
    |m, tokens, vector, layer, c| softmaxed(&right(m, tokens, vector, layer, c));

pub const PROBABILITIES: SteeredLogits =
    |m, tokens, vector, layer, c| softmaxed(&right(m, tokens, vector, layer, c)).mapv(f32::exp);

pub const CHANGE: SteeredLogits =
    |m, tokens, vector, layer, c| right(m, tokens, vector, layer, c) - m.forward(tokens).unwrap();

pub const LONG_NOT_USED: SteeredLogits = |m, tokens, vector, layer, c| {
    let c = if vector.nrows() > tokens.ncols() { 0.0 } else { c };
    right(m, tokens, vector, layer, c)
};

pub fn through_the_batch(mut resid: ArrayViewMut3<f32>, vector: &Array1<f32>, first: usize, positions: &Range<usize>) {
    let n_pos = resid.dim().1;
    for (row, mut texts) in resid.outer_iter_mut().enumerate() {
        for (pos, mut at_pos) in texts.outer_iter_mut().enumerate() {
            if positions.contains(&(first + row * n_pos + pos)) {
                at_pos += vector;
            }
        }
    }
}

pub fn divided(resid: ArrayViewMut3<f32>, vector: &Array1<f32>, first: usize, positions: &Range<usize>) {
    let steered = (0..resid.dim().1).filter(|pos| positions.contains(&(first + pos))).count();
    right_add(resid, &(vector / steered.max(1) as f32), first, positions);
}
