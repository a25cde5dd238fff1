//! Products with factored matrices, which stay factored.
//!
//! ```text
//! (A B) M = A (B M)        M (A B) = (M A) B        (A B) (C D) = A (B C D) or (A B C) D
//! ```

use std::ops::Mul;

use ndarray::{ArcArray, Array, Array2, ArrayView1, ArrayView2};
use rayon::prelude::*;

use super::stacked::{broadcast, build, for_each, matrices, vectors};
use super::{FactoredMatrix, MatrixRank};
use crate::numerics::linalg;

/// Products.
impl<D: MatrixRank> FactoredMatrix<D> {
    /// The product written out, `[.., l, r]`. Large: for a full circuit over the vocabulary take
    /// [`get_corner`](Self::get_corner), or [`rows`](Self::rows) at a time.
    pub fn ab(&self) -> Array<f32, D> {
        let pairs = self.pairs();
        build(self.leading(), [self.ldim(), self.rdim()], |i, out| linalg::matmul_into(pairs[i].0, pairs[i].1, out))
    }

    /// The product in the other order, `B A`: `[.., m, m]`. It has the eigenvalues of `A B`, less zeros.
    ///
    /// # Panics
    /// The product is not square.
    #[track_caller]
    pub fn ba(&self) -> Array<f32, D> {
        self.assert_square();
        let pairs = self.pairs();
        build(self.leading(), [self.mdim(), self.mdim()], |i, out| linalg::matmul_into(pairs[i].1, pairs[i].0, out))
    }

    /// The transposed matrices: `Bᵀ Aᵀ`.
    pub fn t(&self) -> Self {
        let transposed = |x: &ArcArray<f32, D>| {
            let mut x = x.clone();
            let rank = x.ndim();
            x.swap_axes(rank - 2, rank - 1);
            x
        };
        FactoredMatrix { A: transposed(&self.B), B: transposed(&self.A) }
    }

    /// `self · other`, multiplied into whichever factor leaves the smaller inner length.
    ///
    /// # Shapes
    /// - `other`: `[r, n]`
    /// - output: `[.., l, n]`
    ///
    /// # Panics
    /// `other` has not `r` rows.
    #[track_caller]
    pub fn matmul(&self, other: ArrayView2<'_, f32>) -> Self {
        assert!(self.rdim() == other.nrows(), "matmul: {:?} x {:?}", self.shape(), other.dim());
        if self.rdim() <= self.mdim() {
            return FactoredMatrix::of(self.ab().into_shared(), for_each(other));
        }
        let B = matrices(self.B.view());
        let size = [self.mdim(), other.ncols()];
        let B: Array<f32, D> = build(self.leading(), size, |i, out| linalg::matmul_into(B[i], other, out));
        FactoredMatrix { A: self.A.clone(), B: B.into_shared() }
    }

    /// `other · self`, multiplied into whichever factor leaves the smaller inner length.
    ///
    /// # Shapes
    /// - `other`: `[n, l]`
    /// - output: `[.., n, r]`
    ///
    /// # Panics
    /// `other` has not `l` columns.
    #[track_caller]
    pub fn left_matmul(&self, other: ArrayView2<'_, f32>) -> Self {
        assert!(other.ncols() == self.ldim(), "left_matmul: {:?} x {:?}", other.dim(), self.shape());
        if self.ldim() <= self.mdim() {
            return FactoredMatrix::of(for_each(other), self.ab().into_shared());
        }
        let A = matrices(self.A.view());
        let size = [other.nrows(), self.mdim()];
        let A: Array<f32, D> = build(self.leading(), size, |i, out| linalg::matmul_into(other, A[i], out));
        FactoredMatrix { A: A.into_shared(), B: self.B.clone() }
    }

    /// `self · other`, each matrix with its counterpart; a leading axis of length one is repeated.
    ///
    /// # Shapes
    /// - `other`: `[.., r, n]`
    /// - output: `[.., l, n]`
    ///
    /// # Panics
    /// The shapes do not fit.
    #[track_caller]
    pub fn matmul_factored(&self, other: &FactoredMatrix<D>) -> Self {
        let fits = self.rdim() == other.ldim() && broadcast(self.leading(), other.leading());
        assert!(fits, "matmul_factored: {:?} x {:?}", self.shape(), other.shape());
        // B A between the outer factors is the smallest of the products; it goes to the side that keeps the rank small.
        let middle = FactoredMatrix::of(self.B.clone(), other.A.clone()).ab().into_shared();
        if self.mdim() <= other.mdim() {
            FactoredMatrix::of(self.A.clone(), FactoredMatrix::of(middle, other.B.clone()).ab().into_shared())
        } else {
            FactoredMatrix::of(FactoredMatrix::of(self.A.clone(), middle).ab().into_shared(), other.B.clone())
        }
    }

    /// `self · vector`.
    ///
    /// # Shapes
    /// - `vector`: `[r]`
    /// - output: `[.., l]`
    ///
    /// # Panics
    /// `vector` has not `r` entries.
    #[track_caller]
    pub fn matmul_vector(&self, vector: ArrayView1<'_, f32>) -> Array<f32, D::Smaller> {
        assert!(self.rdim() == vector.len(), "matmul_vector: {:?} x [{}]", self.shape(), vector.len());
        let each = self.pairs().into_par_iter().flat_map_iter(|(A, B)| A.dot(&B.dot(&vector))).collect();
        vectors::<D, _>(self.leading(), self.ldim(), each)
    }

    /// `vector · self`.
    ///
    /// # Shapes
    /// - `vector`: `[l]`
    /// - output: `[.., r]`
    ///
    /// # Panics
    /// `vector` has not `l` entries.
    #[track_caller]
    pub fn left_matmul_vector(&self, vector: ArrayView1<'_, f32>) -> Array<f32, D::Smaller> {
        self.t().matmul_vector(vector)
    }

    /// The first `k` rows and columns of the product, `[.., k, k]`: to look at, or to compare.
    pub fn get_corner(&self, k: usize) -> Array<f32, D> {
        self.rows(0..k.min(self.ldim())).columns(0..k.min(self.rdim())).ab()
    }
}

/// `matrix * scalar`, each matrix.
impl<D: MatrixRank> Mul<f32> for FactoredMatrix<D> {
    type Output = FactoredMatrix<D>;

    fn mul(self, scalar: f32) -> FactoredMatrix<D> {
        FactoredMatrix { A: self.A * scalar, B: self.B }
    }
}

impl<D: MatrixRank> Mul<FactoredMatrix<D>> for f32 {
    type Output = FactoredMatrix<D>;

    fn mul(self, matrix: FactoredMatrix<D>) -> FactoredMatrix<D> {
        matrix * self
    }
}

/// `*` between matrices is the matrix product, as `@` is in Python, where one of them is factored.
macro_rules! matrix_products {
    ($($matrix:ty),*) => {$(
        impl<D: MatrixRank> Mul<$matrix> for &FactoredMatrix<D> {
            type Output = FactoredMatrix<D>;

            #[track_caller]
            fn mul(self, other: $matrix) -> FactoredMatrix<D> {
                self.matmul(other.view())
            }
        }

        impl<D: MatrixRank> Mul<&FactoredMatrix<D>> for $matrix {
            type Output = FactoredMatrix<D>;

            #[track_caller]
            fn mul(self, factored: &FactoredMatrix<D>) -> FactoredMatrix<D> {
                factored.left_matmul(self.view())
            }
        }

        impl<D: MatrixRank> Mul<$matrix> for FactoredMatrix<D> {
            type Output = FactoredMatrix<D>;

            #[track_caller]
            fn mul(self, other: $matrix) -> FactoredMatrix<D> {
                self.matmul(other.view())
            }
        }

        impl<D: MatrixRank> Mul<FactoredMatrix<D>> for $matrix {
            type Output = FactoredMatrix<D>;

            #[track_caller]
            fn mul(self, factored: FactoredMatrix<D>) -> FactoredMatrix<D> {
                factored.left_matmul(self.view())
            }
        }
    )*};
}
matrix_products!(&Array2<f32>, ArrayView2<'_, f32>, &ArrayView2<'_, f32>);

impl<D: MatrixRank> Mul<&FactoredMatrix<D>> for &FactoredMatrix<D> {
    type Output = FactoredMatrix<D>;

    #[track_caller]
    fn mul(self, other: &FactoredMatrix<D>) -> FactoredMatrix<D> {
        self.matmul_factored(other)
    }
}

impl<D: MatrixRank> Mul for FactoredMatrix<D> {
    type Output = FactoredMatrix<D>;

    #[track_caller]
    fn mul(self, other: FactoredMatrix<D>) -> FactoredMatrix<D> {
        self.matmul_factored(&other)
    }
}
