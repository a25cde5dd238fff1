//! New arrays for activations.
//!
//! A large array comes from the system as pages that are handed out, and cleared, when they are first written to. With
//! pages of 4 KiB that costs more than many a computation that fills them: caching everything of a thousand tokens
//! writes two gigabytes. So the system is asked for large pages, which Linux otherwise keeps for programs that ask.
//!
//! Weights do without: they are written once, and a virtual machine whose memory is in small pieces has to get large ones
//! from its host first, which was seen to make loading four times slower.

use ndarray::{ArcArray, Array, Dimension, ShapeBuilder};
use rayon::prelude::*;

/// Smaller arrays are not worth a system call.
const LARGE: usize = 1 << 18;

/// Values that a thread copies at a time.
const COPIED_AT_ONCE: usize = 1 << 16;

/// Zeros; in large pages, where the array is large and the system has them.
pub(crate) fn zeros<D: Dimension>(shape: impl ShapeBuilder<Dim = D>) -> Array<f32, D> {
    let mut array = Array::zeros(shape);
    if let Some(values) = array.as_slice_memory_order_mut() {
        prefer_large_pages(values);
    }
    array
}

/// A copy in memory of its own, as [`zeros`] has it, made by all threads.
///
/// # Panics
/// If there are not as many values as the shape has.
pub(crate) fn copied<D: Dimension>(shape: D, values: &[f32]) -> Array<f32, D> {
    let mut copy = zeros(shape);
    let to = copy.as_slice_mut().expect("a new array");
    assert_eq!(to.len(), values.len(), "values of a copy");
    let parts = to.par_chunks_mut(COPIED_AT_ONCE).zip(values.par_chunks(COPIED_AT_ONCE));
    parts.for_each(|(to, from)| to.copy_from_slice(from));
    copy
}

/// Memory of arrays that are no longer needed, for later ones of the same size, which the layers of a model all have.
///
/// The system clears every page that it hands out, and takes back what is freed: without this, a pass over a long text spends
/// a twentieth of its time on memory that it has just had.
#[derive(Default)]
pub(crate) struct Scratch(Vec<Vec<f32>>);

impl Scratch {
    /// More are not kept.
    const MOST: usize = 8;

    /// Shorter ones are not kept.
    const LEAST: usize = 1 << 10;

    /// An array that holds anything, to be overwritten as a whole.
    pub(crate) fn array<D: Dimension>(&mut self, shape: D) -> Array<f32, D> {
        let Some(found) = self.0.iter().position(|values| values.len() == shape.size()) else { return zeros(shape) };
        let mut values = self.0.swap_remove(found);
        if cfg!(debug_assertions) {
            values.fill(f32::NAN); // so that tests see what is not overwritten
        }
        Array::from_shape_vec(shape, values).expect("as many values as the shape has")
    }

    /// Takes the memory of an array, unless something else holds it too.
    pub(crate) fn take<D: Dimension>(&mut self, array: ArcArray<f32, D>) {
        if self.0.len() < Self::MOST && array.len() >= Self::LEAST {
            self.0.extend(into_values(array));
        }
    }
}

/// The memory of an array, unless something else holds it too, or it is larger than the array.
pub(crate) fn into_values<D: Dimension>(array: ArcArray<f32, D>) -> Option<Vec<f32>> {
    let length = array.len();
    let owned = array.is_unique().then(|| array.into_owned())?;
    let (values, _) = owned.into_raw_vec_and_offset();
    (values.len() == length).then_some(values)
}

/// Asks for large pages for an array that has not been written to yet, where it is large.
pub(crate) fn prefer_large_pages(values: &mut [f32]) {
    if size_of_val(values) >= LARGE {
        ask_for_large_pages(values);
    }
}

#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "madvise is a function of C")]
fn ask_for_large_pages(values: &mut [f32]) {
    /// What the advice is about must begin at a page; large pages are of 2 MiB on nearly every machine.
    const PAGE: usize = 2 << 20;
    let end = values.as_ptr_range().end.addr().next_multiple_of(PAGE);
    let start = values.as_mut_ptr().map_addr(|address| address / PAGE * PAGE);
    // SAFETY: the advice reads and changes no byte, wherever it is about: neither of the array nor of what lies beside it in
    // its first and last page, which mostly are other arrays. It may be refused, which is fine.
    unsafe { libc::madvise(start.cast(), end - start.addr(), libc::MADV_HUGEPAGE) };
}

#[cfg(not(target_os = "linux"))]
fn ask_for_large_pages(_: &mut [f32]) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_every_value() {
        for n in [0, 5, COPIED_AT_ONCE, 3 * COPIED_AT_ONCE + 7] {
            let values: Vec<f32> = (0..n).map(|i| i as f32).collect();
            assert_eq!(copied(ndarray::Dim(n), &values).to_vec(), values);
        }
    }

    #[test]
    fn memory_is_used_again_when_nothing_else_holds_it() {
        let mut scratch = Scratch::default();
        let first: ArcArray<f32, _> = zeros([30, 40]).into_shared();
        let (at, held) = (first.as_ptr(), first.clone());
        scratch.take(first);
        assert_ne!(scratch.array(ndarray::Dim([1200])).as_ptr(), at, "it is held still");
        scratch.take(held);
        assert_ne!(scratch.array(ndarray::Dim([20, 50])).as_ptr(), at, "another size");
        let again = scratch.array(ndarray::Dim([20, 60]));
        assert_eq!((again.as_ptr(), again.dim()), (at, (20, 60)));
        assert_ne!(scratch.array(ndarray::Dim([20, 60])).as_ptr(), at, "only once");
    }

    #[test]
    fn arrays_of_any_size_are_zero_and_can_be_written() {
        for shape in [[0, 5], [3, 7], [1025, 1024], [3001, 1021]] {
            let mut array = zeros(shape);
            assert_eq!(array.shape(), shape);
            assert!(array.iter().all(|&x| x == 0.0));
            array.fill(1.5);
            assert_eq!(array.iter().filter(|&&x| x == 1.5).count(), shape[0] * shape[1]);
        }
    }
}
