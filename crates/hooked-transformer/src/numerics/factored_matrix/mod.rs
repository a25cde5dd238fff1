//! A matrix kept as the product of two thin ones, as heads are: `W_Q W_Kᵀ` and `W_V W_O`.
//!
//! ```text
//! M = A B          A [.., l, m]   B [.., m, r]   M [.., l, r]          m is small, l and r are not
//! ```
//! A `[d_model, d_model]` circuit of a head has rank `d_head`, and `W_E M W_U` is `[d_vocab, d_vocab]`: too large to be
//! written down, but its corner, norm, singular values and eigenvalues are those of small matrices. Axes before the last
//! two are leading axes, `[layer, head]` for [`HookedTransformer::OV`](crate::HookedTransformer::OV); every method works
//! on each matrix by itself, in parallel.
//!
//! Source: TransformerLens `FactoredMatrix`. Factors are shared, not copied: `model.OV()` costs nothing.

mod products;
mod rank;
mod spectrum;
mod stacked;

use std::fmt;
use std::ops::Range;

use ndarray::{ArcArray, ArrayView, ArrayView2, Axis, Ix2, Ix3, Ix4};

use self::stacked::{matrices, part, repeated};
use crate::error::{Error, Result};

pub use rank::MatrixRank;
pub use spectrum::Svd;
pub(crate) use spectrum::{gram, norm_of_product, svd_of_product};

/// The product `A B`, kept as its factors. Products with it stay factored.
///
/// `D` is the rank of the factors: `FactoredMatrix` alone is one matrix, `FactoredMatrix<Ix4>` one for each layer and
/// head.
///
/// ```
/// use hooked_transformer::FactoredMatrix;
/// use ndarray::array;
/// let m = FactoredMatrix::new(array![[1.0], [2.0]], array![[3.0, 4.0]])?;
/// assert_eq!(m.ab(), array![[3.0, 4.0], [6.0, 8.0]]);
/// assert_eq!(m.eigenvalues()[0].re, 11.0); // of B A, which is 1 x 1
/// # Ok::<(), hooked_transformer::Error>(())
/// ```
#[derive(Clone)]
pub struct FactoredMatrix<D: MatrixRank = Ix2> {
    A: ArcArray<f32, D>,
    B: ArcArray<f32, D>,
}

/// Making one, and looking at it.
impl<D: MatrixRank> FactoredMatrix<D> {
    /// The product of two arrays, owned or shared. A leading axis of length one is repeated as the other factor needs.
    ///
    /// # Shapes
    /// - `A`: `[.., l, m]`
    /// - `B`: `[.., m, r]`
    ///
    /// # Errors
    /// The inner lengths differ, or the leading axes do not fit together.
    pub fn new(A: impl Into<ArcArray<f32, D>>, B: impl Into<ArcArray<f32, D>>) -> Result<Self> {
        let (A, B) = (A.into(), B.into());
        let rank = A.ndim();
        let wrong = |expected: String| {
            let what = format!("the right factor of a product whose left factor has shape {:?}", A.shape());
            Err(Error::Shape { what, expected, got: B.shape().to_vec() })
        };
        if A.shape()[rank - 1] != B.shape()[rank - 2] {
            return wrong(format!("{} rows, as many as the left factor has columns", A.shape()[rank - 1]));
        }
        let mut leading = A.raw_dim();
        for axis in 0..rank - 2 {
            leading[axis] = match (A.shape()[axis], B.shape()[axis]) {
                (a, b) if a == b || b == 1 => a,
                (1, b) => b,
                _ => return wrong("the same leading axes, or axes of length 1".to_string()),
            };
        }
        Ok(FactoredMatrix { A: repeated(A, &leading), B: repeated(B, &leading) })
    }

    /// For factors that are known to fit.
    pub(crate) fn of(A: ArcArray<f32, D>, B: ArcArray<f32, D>) -> Self {
        FactoredMatrix::new(A, B).expect("the factors fit")
    }

    /// The left factor, `[.., l, m]`.
    pub fn A(&self) -> ArrayView<'_, f32, D> {
        self.A.view()
    }

    /// The right factor, `[.., m, r]`.
    pub fn B(&self) -> ArrayView<'_, f32, D> {
        self.B.view()
    }

    /// Both factors. Source: TransformerLens `FactoredMatrix.pair`.
    pub fn into_pair(self) -> (ArcArray<f32, D>, ArcArray<f32, D>) {
        (self.A, self.B)
    }

    /// The shape of the product: leading axes, `l`, `r`.
    pub fn shape(&self) -> Vec<usize> {
        [self.leading(), &[self.ldim(), self.rdim()]].concat()
    }

    /// Rows of the product.
    pub fn ldim(&self) -> usize {
        self.A.shape()[self.A.ndim() - 2]
    }

    /// The inner length, which bounds the rank.
    pub fn mdim(&self) -> usize {
        self.A.shape()[self.A.ndim() - 1]
    }

    /// Columns of the product.
    pub fn rdim(&self) -> usize {
        self.B.shape()[self.B.ndim() - 1]
    }

    /// A part of the rows, sharing the factors' memory: `m.rows(0..100).ab()` is a part of a product that would not fit.
    ///
    /// # Panics
    /// The range ends after the last row.
    #[track_caller]
    pub fn rows(&self, range: Range<usize>) -> Self {
        let rows = Axis(self.A.ndim() - 2);
        FactoredMatrix { A: part(self.A.clone(), rows, range), B: self.B.clone() }
    }

    /// A part of the columns, sharing the factors' memory.
    ///
    /// # Panics
    /// The range ends after the last column.
    #[track_caller]
    pub fn columns(&self, range: Range<usize>) -> Self {
        let columns = Axis(self.B.ndim() - 1);
        FactoredMatrix { A: self.A.clone(), B: part(self.B.clone(), columns, range) }
    }

    fn leading(&self) -> &[usize] {
        &self.A.shape()[..self.A.ndim() - 2]
    }

    #[track_caller]
    fn assert_square(&self) {
        assert!(
            self.ldim() == self.rdim(),
            "only square matrices have B A and eigenvalues; this is {:?}",
            self.shape()
        );
    }

    /// The matrices of both factors, in row-major order of the leading axes.
    fn pairs(&self) -> Vec<(ArrayView2<'_, f32>, ArrayView2<'_, f32>)> {
        matrices(self.A.view()).into_iter().zip(matrices(self.B.view())).collect()
    }
}

impl FactoredMatrix<Ix4> {
    /// The matrix of one head, sharing memory.
    ///
    /// # Panics
    /// There is no such layer or head.
    #[track_caller]
    pub fn get(&self, layer: usize, head: usize) -> FactoredMatrix {
        self.layer(layer).get(head)
    }

    /// The matrices of one layer, sharing memory.
    ///
    /// # Panics
    /// There is no such layer.
    #[track_caller]
    pub fn layer(&self, layer: usize) -> FactoredMatrix<Ix3> {
        let of_layer = |x: &ArcArray<f32, Ix4>| x.clone().index_axis_move(Axis(0), layer);
        FactoredMatrix { A: of_layer(&self.A), B: of_layer(&self.B) }
    }
}

impl FactoredMatrix<Ix3> {
    /// One of the matrices, sharing memory.
    ///
    /// # Panics
    /// There is no such matrix.
    #[track_caller]
    pub fn get(&self, head: usize) -> FactoredMatrix {
        let of_head = |x: &ArcArray<f32, Ix3>| x.clone().index_axis_move(Axis(0), head);
        FactoredMatrix { A: of_head(&self.A), B: of_head(&self.B) }
    }
}

impl<D: MatrixRank> fmt::Debug for FactoredMatrix<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FactoredMatrix of shape {:?}, inner length {}", self.shape(), self.mdim())
    }
}
