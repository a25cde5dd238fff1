//! A transposed copy of a matrix, as the product reads it well.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, s};

use super::into_axis_chunks;
use crate::numerics::share::share;

/// Added to the rows of a copy: rows that begin a multiple of 4096 bytes apart compete for the same places in the
/// first-level cache.
const PADDING: usize = 16;

/// Rows of the copy that are filled together: what a cache line of the original holds.
const TOGETHER: usize = 16;

/// A copy whose rows are contiguous, and not a multiple of 4096 bytes apart.
pub(super) fn well_laid_out(a: ArrayView2<'_, f32>, threads: usize) -> Array2<f32> {
    let (m, k) = a.dim();
    let mut copy = Array2::zeros((m, k + PADDING));
    copy.slice_collapse(s![.., ..k]);
    if a.strides()[0] == 1 && m > 1 {
        let parts = into_axis_chunks(copy.view_mut(), Axis(0), TOGETHER).into_iter().enumerate().collect();
        share(parts, threads, |(index, out)| copy_columns(a.slice(s![index * TOGETHER.., ..]), out));
    } else {
        copy.assign(&a);
    }
    copy
}

/// Copies the first rows of `a`, whose columns are contiguous.
fn copy_columns(a: ArrayView2<'_, f32>, mut out: ArrayViewMut2<'_, f32>) {
    for (from, mut to) in a.columns().into_iter().zip(out.columns_mut()) {
        to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_equal_however_the_original_lies() {
        for (m, k) in [(1, 1), (5, 40), (40, 5), (33, 1024), (64, 17)] {
            let original = Array2::from_shape_fn((k, m), |(i, j)| (i * 1000 + j) as f32);
            for threads in [1, 3] {
                assert_eq!(well_laid_out(original.t(), threads), original.t());
                assert_eq!(well_laid_out(original.view(), threads), original);
            }
            // A single row has no next one.
            let apart = well_laid_out(original.t(), 1).strides()[0] as usize;
            assert!(m == 1 || !apart.is_multiple_of(1024), "rows of {m} x {k} are {apart} apart");
        }
    }
}
