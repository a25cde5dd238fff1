//! A transposed copy of a matrix, as the product reads it well.

use ndarray::{Array2, ArrayView2, s};

use crate::numerics::share::share;

/// Rows that begin a multiple of this apart (4096 bytes) compete for the same places in the first-level cache.
pub(super) const BAD_STRIDE: usize = 1024;

/// Added to the rows of a copy, so that they are not that far apart.
const PADDING: usize = 16;

/// Rows of the copy that are filled together: what a cache line of the original holds.
const TOGETHER: usize = 16;

/// A copy whose rows are contiguous, and not a multiple of 4096 bytes apart.
pub(super) fn well_laid_out(a: ArrayView2<'_, f32>, threads: usize) -> Array2<f32> {
    let (m, k) = a.dim();
    let padded = k + PADDING;
    let stride = if padded.is_multiple_of(BAD_STRIDE) { padded + PADDING } else { padded };
    let mut copy = vec![0.0; m * stride];
    let transposed = a.strides()[0] == 1 && m > 1;
    if transposed {
        let parts = copy.chunks_mut(TOGETHER * stride).enumerate().collect();
        share(parts, threads, |(index, to): (usize, &mut [f32])| {
            let first = index * TOGETHER;
            transpose(a.slice(s![first..first + to.len() / stride, ..]).reversed_axes(), to, stride);
        });
    }
    let mut copy = Array2::from_shape_vec((m, stride), copy).expect("as long as it was made");
    copy.slice_collapse(s![.., ..k]);
    if !transposed {
        copy.assign(&a);
    }
    copy
}

/// Writes the transpose of a matrix whose rows are contiguous: `to[c * to_stride + r] = from[r, c]`.
fn transpose(from: ArrayView2<'_, f32>, to: &mut [f32], to_stride: usize) {
    #[cfg(all(any(target_arch = "x86_64", target_feature = "simd128"), not(feature = "blas")))]
    if let Some(kernel) = *super::kernel::BEST {
        return kernel.transpose(from, to, to_stride);
    }
    for (r, row) in from.rows().into_iter().enumerate() {
        to.iter_mut().skip(r).step_by(to_stride).zip(row).for_each(|(to, from)| *to = *from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_equal_however_the_original_lies() {
        for (m, k) in [(1, 1), (5, 40), (40, 5), (33, 1024), (3, 1008), (64, 17)] {
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
