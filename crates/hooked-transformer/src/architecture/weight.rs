//! One matrix of all layers, `[layer, …]`, or one outside the blocks: in memory, or still in its file.
//!
//! A mapped file costs nothing until its pages are looked at. Where it holds numbers as the model wants them (f32, row-major,
//! aligned), the matrix of a layer is a view of the file, and is never copied. What has to be widened or rearranged is read
//! into an array of all layers when any of it is used for the first time: once, by the thread that comes first, while
//! others that want it wait. The same holds for a request for one array of all layers, and for a change.
//!
//! Everything that can be wrong with a tensor (its name, shape, format, place in the file) is checked before a [`Weight`]
//! is made of it: reading cannot fail.

use std::ops::{Deref, DerefMut};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::{Arc, OnceLock};

use ndarray::{ArcArray, Array, ArrayView, ArrayViewD, ArrayViewMutD, Axis, Dimension, Ix2, RemoveAxis};

use crate::numerics::share::share_apart;

/// Values that a thread reads at a time.
const VALUES_AT_A_TIME: usize = 1 << 18;

/// The matrix of one layer, in a file.
pub(crate) trait InFile: Send + Sync + UnwindSafe + RefUnwindSafe {
    /// The length of its first axis.
    fn n_rows(&self) -> usize;

    /// All values where they are, if they are as they are wanted there.
    fn in_place(&self) -> Option<&[f32]>;

    /// Writes some rows, from `first` on, as many as `out` holds. It must not wait for rayon's threads, which may be waiting
    /// for these rows.
    fn read_rows(&self, first: usize, out: &mut [f32]);

    /// Says that the values are in memory now.
    fn was_read(&self);
}

/// A matrix of all layers, or one outside the blocks. As an array ([`Deref`]) it is in memory as a whole.
#[derive(Clone)]
pub(crate) struct Weight<D: Dimension> {
    /// By layer, or a single one; none where the array is all there is.
    in_file: Vec<Arc<dyn InFile>>,
    /// Of what the file holds.
    shape: D,
    /// Whether the axes are in the opposite order of those in the file.
    reversed: bool,
    array: OnceLock<ArcArray<f32, D>>,
}

impl<D: Dimension> Weight<D> {
    /// What is in a file: of each layer, or of the model.
    ///
    /// # Panics
    /// If there is no part.
    pub(crate) fn in_file(shape: D, parts: Vec<Arc<dyn InFile>>) -> Self {
        assert!(!parts.is_empty(), "a weight in a file without a part");
        Weight { in_file: parts, shape, reversed: false, array: OnceLock::new() }
    }

    /// All of it: of the file where that can be, and otherwise of memory.
    pub(crate) fn view(&self) -> ArrayView<'_, f32, D> {
        match self.part_in_place(0).filter(|_| self.in_file.len() == 1) {
            Some(values) => {
                let view = ArrayView::from_shape(self.shape.clone(), values).expect("as many values as the file has");
                if self.reversed { view.reversed_axes() } else { view }
            }
            None => self.array().view(),
        }
    }

    /// Number of values.
    pub(crate) fn len(&self) -> usize {
        self.array.get().map_or_else(|| self.shape.size(), |array| array.len())
    }

    /// The array, in memory.
    pub(crate) fn array(&self) -> &ArcArray<f32, D> {
        self.array.get_or_init(|| self.read())
    }

    /// Reads it into memory, and lets go of the file.
    pub(crate) fn leave_file(&mut self) {
        self.array();
        self.in_file.clear();
    }

    pub(crate) fn into_array(mut self) -> ArcArray<f32, D> {
        self.array();
        self.array.take().expect("it was just read")
    }

    fn part_in_place(&self, index: usize) -> Option<&[f32]> {
        if self.array.get().is_some() { None } else { self.in_file.get(index)?.in_place() }
    }

    fn read(&self) -> ArcArray<f32, D> {
        let mut array = Array::zeros(self.shape.clone());
        let of_part = (array.len() / self.in_file.len()).max(1);
        let mut tasks = Vec::new();
        for (part, values) in self.in_file.iter().zip(array.as_slice_mut().expect("a new array").chunks_mut(of_part)) {
            let row = values.len() / part.n_rows();
            let rows_each = (VALUES_AT_A_TIME / row).max(1);
            tasks.extend(values.chunks_mut(rows_each * row).enumerate().map(|(i, out)| (part, i * rows_each, out)));
        }
        share_apart(tasks, rayon::current_num_threads(), |(part, first, out)| part.read_rows(first, out));
        self.in_file.iter().for_each(|part| part.was_read());
        let array = array.into_shared();
        if self.reversed { array.reversed_axes() } else { array }
    }
}

impl<D: RemoveAxis> Weight<D> {
    /// The matrix of one layer.
    pub(crate) fn layer(&self, layer: usize) -> ArrayView<'_, f32, D::Smaller> {
        match self.part_in_place(layer) {
            Some(values) => {
                let shape = self.shape.remove_axis(Axis(0));
                ArrayView::from_shape(shape, values).expect("as many values as the file has")
            }
            None => self.array().index_axis(Axis(0), layer),
        }
    }
}

impl Weight<Ix2> {
    /// The same matrix seen from the other side, in the same memory.
    pub(crate) fn transposed(&self) -> Self {
        if self.part_in_place(0).is_some() {
            Weight { reversed: !self.reversed, ..self.clone() }
        } else {
            self.array().clone().reversed_axes().into()
        }
    }
}

impl<D: Dimension> From<ArcArray<f32, D>> for Weight<D> {
    fn from(array: ArcArray<f32, D>) -> Self {
        Weight { in_file: Vec::new(), shape: array.raw_dim(), reversed: false, array: array.into() }
    }
}

impl<D: Dimension> Deref for Weight<D> {
    type Target = ArcArray<f32, D>;

    fn deref(&self) -> &ArcArray<f32, D> {
        self.array()
    }
}

impl<D: Dimension> DerefMut for Weight<D> {
    fn deref_mut(&mut self) -> &mut ArcArray<f32, D> {
        self.leave_file();
        self.array.get_mut().expect("it was just read")
    }
}

/// Parameters of all layers, of whatever shape and wherever they are.
pub(crate) trait Stacked {
    /// `[layer, …]`
    fn all(&self) -> ArrayViewD<'_, f32>;
    /// Those of one layer.
    fn of_layer(&self, layer: usize) -> ArrayViewD<'_, f32>;
    /// `[layer, …]`
    fn all_mut(&mut self) -> ArrayViewMutD<'_, f32>;

    fn by_layer(&self) -> &dyn Stacked
    where
        Self: Sized + 'static,
    {
        self
    }
}

impl<D: RemoveAxis> Stacked for Weight<D> {
    fn all(&self) -> ArrayViewD<'_, f32> {
        self.view().into_dyn()
    }

    fn of_layer(&self, layer: usize) -> ArrayViewD<'_, f32> {
        self.layer(layer).into_dyn()
    }

    fn all_mut(&mut self) -> ArrayViewMutD<'_, f32> {
        self.view_mut().into_dyn()
    }
}

impl<D: RemoveAxis> Stacked for ArcArray<f32, D> {
    fn all(&self) -> ArrayViewD<'_, f32> {
        self.view().into_dyn()
    }

    fn of_layer(&self, layer: usize) -> ArrayViewD<'_, f32> {
        self.index_axis(Axis(0), layer).into_dyn()
    }

    fn all_mut(&mut self) -> ArrayViewMutD<'_, f32> {
        self.view_mut().into_dyn()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use ndarray::{Ix3, s};

    /// Numbers that count how often they are read.
    struct Numbers {
        values: Vec<f32>,
        in_place: bool,
        read: AtomicUsize,
    }

    impl InFile for Numbers {
        fn n_rows(&self) -> usize {
            300
        }

        fn in_place(&self) -> Option<&[f32]> {
            self.in_place.then_some(&self.values)
        }

        fn read_rows(&self, first: usize, out: &mut [f32]) {
            self.read.fetch_add(out.len(), Ordering::Relaxed);
            out.copy_from_slice(&self.values[first * 2000..][..out.len()]);
        }

        fn was_read(&self) {}
    }

    fn parts(in_place: bool) -> (Weight<Ix3>, Vec<Arc<Numbers>>) {
        let of_layer = |layer| {
            let values = (0..300 * 2000).map(|i| (layer * 1000 + i % 997) as f32).collect();
            Arc::new(Numbers { values, in_place, read: AtomicUsize::new(0) })
        };
        let numbers: Vec<_> = (0..2).map(of_layer).collect();
        let in_file = numbers.iter().map(|part| Arc::clone(part) as Arc<dyn InFile>).collect();
        (Weight::in_file(ndarray::Dim([2, 300, 2000]), in_file), numbers)
    }

    fn reads(parts: &[Arc<Numbers>]) -> Vec<usize> {
        parts.iter().map(|part| part.read.load(Ordering::Relaxed)).collect()
    }

    #[test]
    fn a_layer_in_place_is_not_read_and_an_array_once() {
        let (weight, parts) = parts(true);
        assert_eq!(weight.layer(1)[[299, 1999]], (1000 + (300 * 2000 - 1) % 997) as f32);
        assert_eq!(weight.layer(1).as_ptr(), parts[1].values.as_ptr());
        assert_eq!((weight.len(), reads(&parts)), (2 * 300 * 2000, vec![0, 0]));
        for _ in 0..2 {
            assert_eq!(
                weight.view().index_axis(Axis(0), 1).iter().collect::<Vec<_>>(),
                parts[1].values.iter().collect::<Vec<_>>()
            );
        }
        assert_eq!(reads(&parts), [300 * 2000; 2]);
        assert_eq!(weight.layer(0).as_ptr(), weight.array().as_ptr());
    }

    #[test]
    fn threads_that_come_together_read_once() {
        let (weight, parts) = parts(false);
        std::thread::scope(|scope| {
            (0..8).for_each(|i| {
                drop(scope.spawn({
                    let weight = &weight;
                    move || assert_eq!(weight.layer(i % 2)[[0, 3]], (i % 2 * 1000 + 3) as f32)
                }))
            });
        });
        assert_eq!(reads(&parts), [300 * 2000; 2]);
    }

    #[test]
    fn a_change_is_of_one_clone_alone_and_leaves_the_file() {
        let (mut weight, parts) = parts(true);
        let other = weight.clone();
        weight.slice_mut(s![0, 0, ..]).fill(-1.0);
        assert_eq!((weight.layer(0)[[0, 5]], other.layer(0)[[0, 5]], parts[0].values[5]), (-1.0, 5.0, 5.0));
        assert_eq!(weight.layer(1)[[0, 5]], 1005.0);
    }

    #[test]
    fn a_transposed_matrix_is_the_same_memory() {
        let (_, parts) = parts(true);
        let matrix = Weight::in_file(ndarray::Dim([300, 2000]), vec![Arc::clone(&parts[0]) as Arc<dyn InFile>]);
        let transposed = matrix.transposed();
        assert_eq!(transposed.view().dim(), (2000, 300));
        assert_eq!((transposed.view()[[7, 0]], transposed.view().as_ptr()), (7.0, parts[0].values.as_ptr()));
        assert_eq!(transposed.array()[[7, 1]], matrix.view()[[1, 7]]);
        let owned: Weight<Ix2> = matrix.into_array().into();
        assert_eq!(owned.transposed().view().as_ptr(), owned.view().as_ptr());
    }
}
