//! Wrong ways to add a vector.

use std::ops::Range;

use hooked_transformer::{HookedTransformer, Tokens, fwd_hook};
use ndarray::{Array1, Array2, Array3, ArrayViewMut3, ArrayViewMutD, Axis, s};
use solution_04_activation_addition::{add_at_positions as right_add, steered_logits as right};

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

pub fn hook_left(m: &HookedTransformer, tokens: &Tokens, vector: &Array2<f32>, layer: usize, c: f32) -> Array3<f32> {
    let added = fitting(tokens, vector, c);
    m.reset_hooks();
    m.add_hook(("resid_pre", layer), move |mut resid, _| {
        let mut front = resid.slice_mut(s![.., ..added.nrows(), ..]);
        front += &added;
    })
    .unwrap();
    m.forward(tokens).unwrap()
}

pub fn overwritten(m: &HookedTransformer, tokens: &Tokens, vector: &Array2<f32>, layer: usize, c: f32) -> Array3<f32> {
    let added = fitting(tokens, vector, c);
    hooked(m, tokens, layer, |mut resid| resid.slice_mut(s![.., ..added.nrows(), ..]).assign(&added))
}

pub fn no_coefficient(
    m: &HookedTransformer,
    tokens: &Tokens,
    vector: &Array2<f32>,
    layer: usize,
    _: f32,
) -> Array3<f32> {
    right(m, tokens, vector, layer, 1.0)
}

pub fn one_vector(m: &HookedTransformer, tokens: &Tokens, vector: &Array2<f32>, layer: usize, c: f32) -> Array3<f32> {
    let last = c * &vector.row(vector.nrows() - 1);
    hooked(m, tokens, layer, |mut resid| resid += &last)
}

pub fn too_long(m: &HookedTransformer, tokens: &Tokens, vector: &Array2<f32>, layer: usize, c: f32) -> Array3<f32> {
    let added = c * vector;
    hooked(m, tokens, layer, |mut resid| {
        let mut front = resid.slice_mut(s![.., ..added.nrows(), ..]);
        front += &added;
    })
}

pub fn first_row(m: &HookedTransformer, tokens: &Tokens, vector: &Array2<f32>, layer: usize, c: f32) -> Array3<f32> {
    let added = fitting(tokens, vector, c);
    hooked(m, tokens, layer, |mut resid| {
        let mut front = resid.slice_mut(s![0, ..added.nrows(), ..]);
        front += &added;
    })
}

pub fn after_layer(m: &HookedTransformer, tokens: &Tokens, vector: &Array2<f32>, layer: usize, c: f32) -> Array3<f32> {
    let added = fitting(tokens, vector, c);
    let add = fwd_hook(("resid_post", layer), |mut resid, _| {
        let mut front = resid.slice_mut(s![.., ..added.nrows(), ..]);
        front += &added;
    });
    m.run_with_hooks(tokens, [add]).unwrap()
}

pub fn twice(m: &HookedTransformer, tokens: &Tokens, vector: &Array2<f32>, layer: usize, c: f32) -> Array3<f32> {
    right(m, tokens, &(c * vector), layer, c)
}

pub fn at_the_end(m: &HookedTransformer, tokens: &Tokens, vector: &Array2<f32>, layer: usize, c: f32) -> Array3<f32> {
    let added = fitting(tokens, vector, c);
    hooked(m, tokens, layer, |mut resid| {
        let mut end = resid.slice_mut(s![.., -(added.nrows() as isize).., ..]);
        end += &added;
    })
}

pub fn shifted(m: &HookedTransformer, tokens: &Tokens, vector: &Array2<f32>, layer: usize, c: f32) -> Array3<f32> {
    let rows = vector.nrows().min(tokens.ncols() - 1);
    let added = c * &vector.slice(s![..rows, ..]);
    hooked(m, tokens, layer, |mut resid| {
        let mut part = resid.slice_mut(s![.., 1..=rows, ..]);
        part += &added;
    })
}

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
