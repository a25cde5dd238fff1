//! What a learner's function returned, in one form that can be compared, recorded and printed.
//!
//! Every graded function returns arrays, numbers or lists of words. Turning them into one type at the border keeps the
//! rest of the grader free of generics, so it is compiled once and not in every learner's crate.

use ndarray::{Array, ArrayView, Dimension};
use serde::{Deserialize, Serialize};

/// An array of any rank, in logical (row-major) order.
///
/// Its numbers are `f64`, which holds every `f32`, and every token id, exactly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tensor {
    /// The length of each axis.
    pub shape: Vec<usize>,
    /// The entries, the last axis running fastest.
    pub data: Vec<f64>,
}

impl Tensor {
    /// Puts an array together.
    ///
    /// # Panics
    /// When the shape does not hold that many entries.
    #[must_use]
    #[track_caller]
    pub fn new(shape: &[usize], data: Vec<f64>) -> Self {
        assert_eq!(
            shape.iter().product::<usize>(),
            data.len(),
            "a tensor of shape {shape:?} cannot hold {} entries",
            data.len()
        );
        let shape = shape.to_vec();
        Self { shape, data }
    }

    /// Where the entry with this number lies on each axis.
    #[must_use]
    pub fn index_of(&self, mut flat: usize) -> Vec<usize> {
        let mut index = vec![0; self.shape.len()];
        for (axis, &length) in self.shape.iter().enumerate().rev() {
            index[axis] = flat % length;
            flat /= length;
        }
        index
    }

    /// The entry at an index.
    pub(crate) fn at(&self, index: &[usize]) -> f64 {
        self.data[index.iter().zip(&self.shape).fold(0, |at, (i, length)| at * length + i)]
    }

    /// The array that holds, at each index, this array's entry at `source(index)`.
    pub(crate) fn gather(&self, shape: &[usize], source: impl Fn(&[usize]) -> Vec<usize>) -> Self {
        let mut out = Self::new(shape, vec![0.0; shape.iter().product()]);
        for flat in 0..out.data.len() {
            let from = source(&out.index_of(flat));
            out.data[flat] = self.at(&from);
        }
        out
    }
}

/// What a learner's function returned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// Numbers: an array, or a single number as an array without axes.
    Array(Tensor),
    /// A list of words, such as the names of heads.
    Words(Vec<String>),
    /// Several values by name: the parts of a picture, an answer with what was seen while it was worked out.
    Parts(Vec<(String, Value)>),
}

impl Value {
    /// Several values by name.
    #[must_use]
    pub fn parts<const N: usize>(parts: [(&str, Self); N]) -> Self {
        Self::Parts(parts.into_iter().map(|(name, value)| (name.to_string(), value)).collect())
    }

    /// The array, if it is one.
    #[must_use]
    pub fn array(&self) -> Option<&Tensor> {
        if let Self::Array(array) = self { Some(array) } else { None }
    }

    /// The words, if that is what it is.
    #[must_use]
    pub fn words(&self) -> Option<&[String]> {
        if let Self::Words(words) = self { Some(words) } else { None }
    }

    /// The part of this name.
    #[must_use]
    pub fn part(&self, name: &str) -> Option<&Self> {
        let Self::Parts(parts) = self else { return None };
        parts.iter().find(|(part, _)| part == name).map(|(_, value)| value)
    }
}

/// Element types that fit in an `f64`.
pub trait Element: Copy {
    /// The same number as an `f64`.
    fn to_f64(self) -> f64;
}

impl Element for f32 {
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
}

impl Element for f64 {
    fn to_f64(self) -> f64 {
        self
    }
}

impl Element for usize {
    fn to_f64(self) -> f64 {
        self as f64
    }
}

impl Element for bool {
    fn to_f64(self) -> f64 {
        f64::from(u8::from(self))
    }
}

impl<T: Element, D: Dimension> From<ArrayView<'_, T, D>> for Tensor {
    fn from(array: ArrayView<'_, T, D>) -> Self {
        let data = array.iter().map(|x| x.to_f64()).collect();
        Self::new(array.shape(), data)
    }
}

impl<T: Element, D: Dimension> From<Array<T, D>> for Tensor {
    fn from(array: Array<T, D>) -> Self {
        array.view().into()
    }
}

impl<T: Element> From<T> for Tensor {
    fn from(x: T) -> Self {
        Self::new(&[], vec![x.to_f64()])
    }
}

impl<T: Element> From<(T, T)> for Tensor {
    fn from((first, second): (T, T)) -> Self {
        Self::new(&[2], vec![first.to_f64(), second.to_f64()])
    }
}

impl<T: Element> From<Vec<T>> for Tensor {
    fn from(list: Vec<T>) -> Self {
        Self::new(&[list.len()], list.into_iter().map(T::to_f64).collect())
    }
}

impl<T: Element, const N: usize> From<[T; N]> for Tensor {
    fn from(list: [T; N]) -> Self {
        list.to_vec().into()
    }
}

impl<T: Into<Tensor>> From<T> for Value {
    fn from(array: T) -> Self {
        Self::Array(array.into())
    }
}

impl From<Vec<String>> for Value {
    fn from(words: Vec<String>) -> Self {
        Self::Words(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    #[test]
    fn a_transposed_view_is_read_in_logical_order() {
        let a: Array2<f32> = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
        let t = Tensor::from(a.t());
        assert_eq!(t.shape, [3, 2]);
        assert_eq!(t.data, [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    }

    #[test]
    fn flat_numbers_become_indices_and_back() {
        let t = Tensor::from(array![[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]);
        assert_eq!(t.index_of(5), [1, 2]);
        let swapped = t.gather(&[3, 2], |i| vec![i[1], i[0]]);
        assert_eq!(swapped.data, [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
    }

    #[test]
    fn single_numbers_and_pairs_are_arrays_too() {
        assert_eq!(Tensor::from(2.5_f32).shape, Vec::<usize>::new());
        assert_eq!(Tensor::from((1.0_f32, 2.0)).shape, [2]);
    }
}
