//! How many axes the factors of a factored matrix have.

use ndarray::{Array1, Array2, Ix2, Ix3, Ix4, RemoveAxis};

/// The ranks that the factors of a [`FactoredMatrix`](super::FactoredMatrix) can have: two, and up to two leading axes.
pub trait MatrixRank: RemoveAxis + sealed::Sealed {
    /// One value for each matrix: `T` itself, `Array1<T>`, or `Array2<T>`.
    type PerMatrix<T>;

    /// Puts values, one a matrix in row-major order, into the shape of the leading axes.
    #[doc(hidden)]
    fn per_matrix<T>(leading: &[usize], values: Vec<T>) -> Self::PerMatrix<T>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for ndarray::Ix2 {}
    impl Sealed for ndarray::Ix3 {}
    impl Sealed for ndarray::Ix4 {}
}

impl MatrixRank for Ix2 {
    type PerMatrix<T> = T;
    fn per_matrix<T>(_: &[usize], values: Vec<T>) -> T {
        values.into_iter().next().expect("without leading axes there is one matrix")
    }
}

impl MatrixRank for Ix3 {
    type PerMatrix<T> = Array1<T>;
    fn per_matrix<T>(_: &[usize], values: Vec<T>) -> Array1<T> {
        values.into()
    }
}

impl MatrixRank for Ix4 {
    type PerMatrix<T> = Array2<T>;
    fn per_matrix<T>(leading: &[usize], values: Vec<T>) -> Array2<T> {
        Array2::from_shape_vec((leading[0], leading[1]), values).expect("one value per matrix")
    }
}
