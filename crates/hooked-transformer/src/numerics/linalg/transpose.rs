//! A transposed copy of a matrix, as the product reads it well.

use std::cell::Cell;

use ndarray::{ArrayView2, Axis, ShapeBuilder};

use crate::numerics::share::share;

/// Rows that begin a multiple of this apart (4096 bytes) compete for the same places in the first-level cache.
pub(super) const BAD_STRIDE: usize = 1024;

/// Added to the rows of a copy, so that they are not that far apart.
const PADDING: usize = 16;

/// Rows of the copy that are filled together: what a cache line of the original holds.
const TOGETHER: usize = 16;

/// A thread keeps no more than so many numbers (16 MiB), which it does as long as it lives.
const MOST_KEPT: usize = 1 << 22;

thread_local! {
    /// Where a thread keeps the memory of its last copy for the next one.
    static MEMORY: Cell<Vec<f32>> = const { Cell::new(Vec::new()) };
}

/// A copy whose rows are contiguous, and not a multiple of 4096 bytes apart.
pub(super) struct WellLaidOut {
    /// Rows, and what lies between one and the next, which holds anything; then what else there is.
    values: Vec<f32>,
    shape: (usize, usize),
    stride: usize,
}

impl WellLaidOut {
    pub(super) fn copy_of(a: ArrayView2<'_, f32>, threads: usize) -> Self {
        let (m, k) = a.dim();
        let stride = if (k + PADDING).is_multiple_of(BAD_STRIDE) { k + 2 * PADDING } else { k + PADDING };
        let mut values = MEMORY.take();
        if values.len() < m * stride {
            // Not `resize`, which would copy what is there.
            values = vec![0.0; m * stride];
        }
        let transposed = a.strides()[0] == 1 && m > 1;
        let parts = values.chunks_mut(TOGETHER * stride).zip(a.axis_chunks_iter(Axis(0), TOGETHER));
        share(parts.collect(), threads, |(to, from)| {
            if transposed {
                transpose(from.reversed_axes(), to, stride);
            } else {
                to.chunks_mut(stride).zip(from.rows()).for_each(|(to, from)| from.assign_to(&mut to[..k]));
            }
        });
        WellLaidOut { values, shape: (m, k), stride }
    }

    pub(super) fn view(&self) -> ArrayView2<'_, f32> {
        let strided = self.shape.strides((self.stride, 1));
        ArrayView2::from_shape(strided, &self.values).expect("as long as it was made")
    }
}

impl Drop for WellLaidOut {
    fn drop(&mut self) {
        if self.values.len() <= MOST_KEPT {
            MEMORY.set(std::mem::take(&mut self.values));
        }
    }
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
            for threads in [1, 3] {
                assert_eq!(WellLaidOut::copy_of(original.t(), threads).view(), original.t());
                assert_eq!(WellLaidOut::copy_of(original.view(), threads).view(), original);
            }
            // A single row has no next one.
            let apart = WellLaidOut::copy_of(original.t(), 1).view().strides()[0] as usize;
            assert!(m == 1 || !apart.is_multiple_of(1024), "rows of {m} x {k} are {apart} apart");
        }
    }
}
