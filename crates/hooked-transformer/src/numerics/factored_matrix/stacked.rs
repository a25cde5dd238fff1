//! Arrays of matrices, `[.., rows, columns]`: one matrix at a time, in parallel.

use std::ops::Range;

use ndarray::{ArcArray, Array, ArrayD, ArrayView, ArrayView2, ArrayViewMut2, Axis, Dimension, IxDyn, Slice};
use rayon::prelude::*;

use super::rank::MatrixRank;

/// The 2-D views of an array, in row-major order of its leading axes.
pub(super) fn matrices<D: Dimension>(x: ArrayView<'_, f32, D>) -> Vec<ArrayView2<'_, f32>> {
    let mut views = vec![x.into_dyn()];
    while views.first().is_some_and(|view| view.ndim() > 2) {
        views = views.into_iter().flat_map(outer).collect();
    }
    views.into_iter().map(|view| view.into_dimensionality().expect("two axes are left")).collect()
}

/// The parts of a view along its first axis; unlike ndarray's iterators they keep the view's lifetime.
fn outer(view: ArrayView<'_, f32, IxDyn>) -> impl Iterator<Item = ArrayView<'_, f32, IxDyn>> {
    (0..view.len_of(Axis(0))).map(move |i| view.clone().index_axis_move(Axis(0), i))
}

/// An array `[.., rows, columns]` whose matrices are written by `fill(index, matrix)`, in parallel.
pub(super) fn build<D: MatrixRank>(
    leading: &[usize],
    [rows, columns]: [usize; 2],
    fill: impl Fn(usize, ArrayViewMut2<'_, f32>) + Sync,
) -> Array<f32, D> {
    let shape = [leading, &[rows, columns]].concat();
    let mut values = vec![0.0; shape.iter().product()];
    values.par_chunks_mut((rows * columns).max(1)).enumerate().for_each(|(i, values)| {
        fill(i, ArrayViewMut2::from_shape((rows, columns), values).expect("one matrix"));
    });
    into_rank(ArrayD::from_shape_vec(shape, values).expect("one value an entry"))
}

/// An array `[.., len]` from its values in row-major order.
pub(super) fn vectors<D: MatrixRank, T>(leading: &[usize], len: usize, values: Vec<T>) -> Array<T, D::Smaller> {
    into_rank(ArrayD::from_shape_vec([leading, &[len]].concat(), values).expect("one value an entry"))
}

fn into_rank<T, D: Dimension>(x: ArrayD<T>) -> Array<T, D> {
    x.into_dimensionality().expect("the rank is known")
}

/// Multiplies the columns of each matrix, `[.., l, k]`, by the entries of its vector, `[.., k]`.
pub(super) fn scale_columns<D: MatrixRank>(matrix: Array<f32, D>, by: &Array<f32, D::Smaller>) -> Array<f32, D> {
    let mut matrix = matrix.into_dyn();
    let rows = Axis(matrix.ndim() - 2);
    matrix *= &by.view().into_dyn().insert_axis(rows);
    into_rank(matrix)
}

/// Whether the leading axes of two factors fit together.
pub(super) fn broadcast(a: &[usize], b: &[usize]) -> bool {
    a.iter().zip(b).all(|(&a, &b)| a == b || a == 1 || b == 1)
}

/// One matrix with leading axes of length one, to be used with each of several.
pub(super) fn for_each<D: MatrixRank>(matrix: ArrayView2<'_, f32>) -> ArcArray<f32, D> {
    let mut matrix = matrix.to_owned().into_dyn();
    while D::NDIM.is_some_and(|rank| matrix.ndim() < rank) {
        matrix = matrix.insert_axis(Axis(0));
    }
    into_rank(matrix).into_shared()
}

/// Repeats leading axes of length one; nothing is copied where none needs it.
pub(super) fn repeated<D: MatrixRank>(x: ArcArray<f32, D>, leading: &D) -> ArcArray<f32, D> {
    let rank = x.ndim();
    let mut shape = x.raw_dim();
    (0..rank - 2).for_each(|axis| shape[axis] = leading[axis]);
    if shape == x.raw_dim() {
        return x;
    }
    x.broadcast(shape).expect("only axes of length one differ").to_owned().into_shared()
}

#[track_caller]
pub(super) fn part<D: MatrixRank>(mut x: ArcArray<f32, D>, axis: Axis, range: Range<usize>) -> ArcArray<f32, D> {
    assert!(range.end <= x.len_of(axis), "{range:?} is not within an axis of length {}", x.len_of(axis));
    x.slice_axis_inplace(axis, Slice::from(range));
    x
}
