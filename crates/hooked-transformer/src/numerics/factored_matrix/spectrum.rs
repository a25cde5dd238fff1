//! Norm, singular values and eigenvalues of a product, from its thin factors and in f64.
//!
//! ```text
//! ‖A B‖² = tr((Aᵀ A) (B Bᵀ))
//! A = Q R, Bᵀ = Q' R', R R'ᵀ = U S Vᵀ   gives   A B = (Q U) S (Q' V)ᵀ
//! B A x = λ x                           gives   A B (A x) = λ (A x)
//! ```

use ndarray::linalg::general_mat_mul;
use ndarray::{Array, Array2, ArrayView2, Axis, Dimension, Ix2};
use num_complex::Complex32;
use rayon::prelude::*;

use super::stacked::{build, scale_columns, vectors};
use super::{FactoredMatrix, MatrixRank};
use crate::numerics::eigenvalues::eigenvalues;
use crate::numerics::svd::{Svd64, qr, svd};

/// The singular value decomposition `M = U diag(S) Vᵀ` of each matrix; `k` is the smallest of `l`, `m` and `r`.
///
/// Columns of `U` and `V` are orthonormal, `S` falls. Signs are arbitrary, but the same for a column of `U` and its
/// column of `V`. The classic library calls `V` "Vh", although it is not transposed either.
#[derive(Clone, Debug)]
pub struct Svd<D: Dimension = Ix2> {
    /// `[.., l, k]`
    pub U: Array<f32, D>,
    /// `[.., k]`
    pub S: Array<f32, D::Smaller>,
    /// `[.., r, k]`
    pub V: Array<f32, D>,
}

/// What the matrices are, without writing them out.
impl<D: MatrixRank> FactoredMatrix<D> {
    /// Frobenius norm of each product: a number for one matrix, an array for several.
    ///
    /// From `‖A B‖² = tr((Aᵀ A) (B Bᵀ))`, in f64.
    pub fn norm(&self) -> D::PerMatrix<f32> {
        let of_pair =
            |(A, B): (ArrayView2<'_, f32>, ArrayView2<'_, f32>)| norm_of_product(&gram(A), &gram(B.t())) as f32;
        D::per_matrix(self.leading(), self.pairs().into_par_iter().map(of_pair).collect())
    }

    /// The singular value decomposition of each product, computed from the thin factors, in f64.
    pub fn svd(&self) -> Svd<D> {
        let each: Vec<Svd64> = self.pairs().into_par_iter().map(|(A, B)| svd_of_product(A, B)).collect();
        let k = self.ldim().min(self.mdim()).min(self.rdim());
        let narrow = |x: &f64| *x as f32;
        let S = each.iter().flat_map(|svd| svd.S.iter().map(narrow)).collect();
        let factor = |rows, of: fn(&Svd64) -> &Array2<f64>| {
            build(self.leading(), [rows, k], |i, mut out| out.zip_mut_with(of(&each[i]), |out, x| *out = narrow(x)))
        };
        Svd {
            U: factor(self.ldim(), |svd| &svd.U),
            V: factor(self.rdim(), |svd| &svd.V),
            S: vectors::<D, _>(self.leading(), k, S),
        }
    }

    /// Eigenvalues of each product, by falling modulus: those of the small matrix `B A`, in f64. The product has these,
    /// and otherwise zeros.
    ///
    /// # Shapes
    /// - output: `[.., m]`
    ///
    /// # Panics
    /// The products are not square.
    #[track_caller]
    pub fn eigenvalues(&self) -> Array<Complex32, D::Smaller> {
        self.assert_square();
        let of_pair = |(A, B): (ArrayView2<'_, f32>, ArrayView2<'_, f32>)| {
            eigenvalues(product_in_f64(B, A).view())
                .into_iter()
                .map(|value| Complex32::new(value.re as f32, value.im as f32))
        };
        let each = self.pairs().into_par_iter().flat_map_iter(of_pair).collect();
        vectors::<D, _>(self.leading(), self.mdim(), each)
    }

    /// The same products with even factors: `A = U √S` and `B = √S Vᵀ`, so that each has half of the singular values
    /// and orthogonal columns or rows.
    pub fn make_even(&self) -> Self {
        let Svd { U, S, V } = self.svd();
        let root = S.mapv(f32::sqrt);
        let A = scale_columns(U, &root).into_shared();
        let B = scale_columns(V, &root).into_shared();
        FactoredMatrix { A, B: FactoredMatrix { A: B.clone(), B }.t().A }
    }

    /// The product less the rotation on its left: `diag(S) Vᵀ`, `[.., k, r]`. It has the same inner products of columns.
    pub fn collapse_l(&self) -> Array<f32, D> {
        let Svd { S, V, .. } = self.svd();
        let mut collapsed = scale_columns(V, &S);
        let rank = collapsed.ndim();
        collapsed.swap_axes(rank - 2, rank - 1);
        collapsed
    }

    /// The product less the rotation on its right: `U diag(S)`, `[.., l, k]`. It has the same inner products of rows.
    pub fn collapse_r(&self) -> Array<f32, D> {
        let Svd { U, S, .. } = self.svd();
        scale_columns(U, &S)
    }
}

/// `B A`, in f64: a piece of the inner length at a time, so that the wider copies stay in the cache.
fn product_in_f64(B: ArrayView2<'_, f32>, A: ArrayView2<'_, f32>) -> Array2<f64> {
    const PIECE: usize = 128;
    let mut product = Array2::zeros((B.nrows(), A.ncols()));
    for (B, A) in B.axis_chunks_iter(Axis(1), PIECE).zip(A.axis_chunks_iter(Axis(0), PIECE)) {
        general_mat_mul(1.0, &B.mapv(f64::from), &A.mapv(f64::from), 1.0, &mut product);
    }
    product
}

/// `Xᵀ X`, in f64.
pub(crate) fn gram(X: ArrayView2<'_, f32>) -> Array2<f64> {
    let X = X.mapv(f64::from);
    X.t().dot(&X)
}

/// `‖A B‖` from `Aᵀ A` and `B Bᵀ`. Rounding may leave a vanishing square below zero.
pub(crate) fn norm_of_product(AtA: &Array2<f64>, BBt: &Array2<f64>) -> f64 {
    let square: f64 = AtA.iter().zip(BBt).map(|(a, b)| a * b).sum();
    if square < 0.0 { 0.0 } else { square.sqrt() }
}

/// `A = Q R` and `Bᵀ = Q' R'` leave `R R'ᵀ` to be decomposed, which is no larger than the inner length.
pub(crate) fn svd_of_product(A: ArrayView2<'_, f32>, B: ArrayView2<'_, f32>) -> Svd64 {
    let (Q_A, R_A) = qr(A.mapv(f64::from).view());
    let (Q_B, R_B) = qr(B.t().mapv(f64::from).view());
    let Svd64 { U, S, V } = svd(R_A.dot(&R_B.t()).view());
    Svd64 { U: Q_A.dot(&U), S, V: Q_B.dot(&V) }
}
