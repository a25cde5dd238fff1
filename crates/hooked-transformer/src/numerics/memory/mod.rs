//! New arrays for activations: in the memory that the model kept from its last pass, or in large pages.

mod pages;
mod pool;

use ndarray::{ArcArray, Array, Dimension, IntoDimension, ShapeBuilder};
use rayon::prelude::*;

pub(crate) use pages::prefer_large_pages;
pub use pool::spoil_kept_memory;
pub(crate) use pool::{Pool, handed_on};

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

/// An array that holds anything, to be overwritten as a whole. In a pass, it may have memory that an earlier one no longer
/// needs.
pub(crate) fn array<D: Dimension>(shape: impl IntoDimension<Dim = D>) -> Array<f32, D> {
    let shape = shape.into_dimension();
    match pool::find(shape.size()) {
        Some(values) => Array::from_shape_vec(shape, values).expect("as many values as the shape has"),
        None => zeros(shape),
    }
}

/// Zeros, in memory as [`array`] has it.
pub(crate) fn cleared<D: Dimension>(shape: impl IntoDimension<Dim = D>) -> Array<f32, D> {
    let mut array = array(shape);
    array.fill(0.0);
    array
}

/// A copy in memory of its own, as [`array`] has it, made by all threads.
///
/// # Panics
/// If there are not as many values as the shape has.
pub(crate) fn copied<D: Dimension>(shape: D, values: &[f32]) -> Array<f32, D> {
    let mut copy = array(shape);
    let to = copy.as_slice_mut().expect("a new array");
    assert_eq!(to.len(), values.len(), "values of a copy");
    let parts = to.par_chunks_mut(COPIED_AT_ONCE).zip(values.par_chunks(COPIED_AT_ONCE));
    parts.for_each(|(to, from)| to.copy_from_slice(from));
    copy
}

/// Keeps the memory of an array that a pass no longer needs for the next ones, unless something else holds it too.
pub(crate) fn used<D: Dimension>(array: ArcArray<f32, D>) {
    if let Some(values) = into_values(array) {
        pool::give(values);
    }
}

/// The memory of an array, unless something else holds it too, or it is larger than the array.
pub(crate) fn into_values<D: Dimension>(array: ArcArray<f32, D>) -> Option<Vec<f32>> {
    let length = array.len();
    let owned = array.is_unique().then(|| array.into_owned())?;
    let (values, _) = owned.into_raw_vec_and_offset();
    (values.len() == length).then_some(values)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

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
        let pool = Arc::new(Pool::default());
        let first: ArcArray<f32, _> = zeros([30, 40]).into_shared();
        let (at, held) = (first.as_ptr(), first.clone());
        pool.during(|| {
            used(first);
            assert_ne!(array([1200]).as_ptr(), at, "it is held still");
            used(held);
        });
        assert_ne!(array([1200]).as_ptr(), at, "outside of any pass");
        pool.during(|| {
            let again = array([20, 60]);
            assert_eq!((again.as_ptr(), again.dim()), (at, (20, 60)));
            assert_ne!(array([20, 60]).as_ptr(), at, "only once");
        });
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
