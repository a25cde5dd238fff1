//! Numbers: matrix products, what is computed row by row, singular values and eigenvalues, factored matrices; and how
//! such work is shared among threads.

pub(crate) mod eigenvalues;
pub(crate) mod factored_matrix;
pub mod linalg;
pub(crate) mod memory;
pub(crate) mod rows;
pub(crate) mod share;
pub(crate) mod streaming;
pub(crate) mod svd;
pub(crate) mod vectorized;

pub use factored_matrix::{FactoredMatrix, MatrixRank, Svd};
