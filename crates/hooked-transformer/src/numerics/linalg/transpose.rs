//! A transposed copy of a matrix, as the product reads it well.

use std::cell::Cell;

use ndarray::{ArrayView2, s};

use crate::numerics::share::share;

/// Rows that begin a multiple of this apart (4096 bytes) compete for the same places in the first-level cache.
pub(super) const BAD_STRIDE: usize = 1024;

/// Added to the rows of a copy, so that they are not that far apart.
const PADDING: usize = 16;

/// Rows of the copy that are filled together: what a cache line of the original holds.
const TOGETHER: usize = 16;

/// The longest copy whose memory is kept: 16 MB.
const KEPT: usize = 1 << 22;

thread_local! {
    /// The memory of this thread's last copy: taken and put back, so that it is filled with zeros only once.
    static LAST: Cell<Vec<f32>> = const { Cell::new(Vec::new()) };
}

/// Memory for a copy, with anything in it.
pub(super) fn take_memory() -> Vec<f32> {
    LAST.take()
}

/// Keeps memory for this thread's next copy.
pub(super) fn put_back(copy: Vec<f32>) {
    if copy.len() <= KEPT {
        LAST.set(copy);
    }
}

/// Copies a matrix so that its rows are contiguous, and not a multiple of 4096 bytes apart.
pub(super) fn well_laid_out<'c>(a: ArrayView2<'_, f32>, copy: &'c mut Vec<f32>, threads: usize) -> ArrayView2<'c, f32> {
    let (m, k) = a.dim();
    let padded = k + PADDING;
    let stride = if padded.is_multiple_of(BAD_STRIDE) { padded + PADDING } else { padded };
    copy.resize(copy.len().max(m * stride), 0.0);
    let copy = &mut copy[..m * stride];
    let transposed = a.strides()[0] == 1 && m > 1;
    if transposed {
        let parts = copy.chunks_mut(TOGETHER * stride).enumerate().collect();
        share(parts, threads, |(index, to): (usize, &mut [f32])| {
            let first = index * TOGETHER;
            transpose(a.slice(s![first..first + to.len() / stride, ..]).reversed_axes(), to, stride);
        });
    }
    if !transposed {
        for (to, row) in copy.chunks_mut(stride).zip(a.rows()) {
            to.iter_mut().zip(row).for_each(|(to, from)| *to = *from);
        }
    }
    let copy = ArrayView2::from_shape((m, stride), copy).expect("as long as it was made");
    copy.slice_move(s![.., ..k])
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
    use ndarray::Array2;

    #[test]
    fn a_copy_is_equal_however_the_original_lies() {
        for (m, k) in [(1, 1), (5, 40), (40, 5), (33, 1024), (3, 1008), (64, 17)] {
            let original = Array2::from_shape_fn((k, m), |(i, j)| (i * 1000 + j) as f32);
            let mut copy = vec![7.0; 50]; // of an earlier one
            for threads in [1, 3] {
                assert_eq!(well_laid_out(original.t(), &mut copy, threads), original.t());
                assert_eq!(well_laid_out(original.view(), &mut copy, threads), original);
            }
            // A single row has no next one.
            let apart = well_laid_out(original.t(), &mut copy, 1).strides()[0] as usize;
            assert!(m == 1 || !apart.is_multiple_of(1024), "rows of {m} x {k} are {apart} apart");
        }
    }
}
