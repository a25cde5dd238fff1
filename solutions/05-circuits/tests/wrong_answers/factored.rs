//! Wrong corners and norms.

use hooked_transformer::FactoredMatrix;
use ndarray::{Array2, ArrayView2, s};

pub fn only_rows(left: ArrayView2<f32>, right: ArrayView2<f32>, n: usize) -> Array2<f32> {
    left.slice(s![..n.min(left.nrows()), ..]).dot(&thin(right))
}

/// A corner of at most a thousand columns, so that a proof can run where the whole product would not fit.
fn thin(right: ArrayView2<f32>) -> ArrayView2<f32> {
    let columns = right.ncols().min(1000);
    right.slice_move(s![.., ..columns])
}

pub fn other_order(left: ArrayView2<f32>, right: ArrayView2<f32>, n: usize) -> Array2<f32> {
    let shared = left.nrows().min(right.ncols());
    let product = right.slice(s![.., ..shared]).dot(&left.slice(s![..shared, ..]));
    let n = n.min(product.nrows());
    product.slice(s![..n, ..n]).to_owned()
}

pub fn inner_cut(left: ArrayView2<f32>, right: ArrayView2<f32>, n: usize) -> Array2<f32> {
    let (rows, inner, columns) = (n.min(left.nrows()), n.min(left.ncols()), n.min(right.ncols()));
    left.slice(s![..rows, ..inner]).dot(&right.slice(s![..inner, ..columns]))
}

pub fn product_of_norms(left: ArrayView2<f32>, right: ArrayView2<f32>) -> f32 {
    let norm = |matrix: ArrayView2<f32>| matrix.iter().map(|x| x * x).sum::<f32>().sqrt();
    norm(left) * norm(right)
}

pub fn squared(left: ArrayView2<f32>, right: ArrayView2<f32>) -> f32 {
    norm(left, right).powi(2)
}

pub fn root_mean_square(left: ArrayView2<f32>, right: ArrayView2<f32>) -> f32 {
    norm(left, right) / ((left.nrows() * right.ncols()) as f32).sqrt()
}

pub fn spectral(left: ArrayView2<f32>, right: ArrayView2<f32>) -> f32 {
    FactoredMatrix::new(left.to_owned(), right.to_owned()).expect("they fit").svd().S[0]
}

fn norm(left: ArrayView2<f32>, right: ArrayView2<f32>) -> f32 {
    (&left.t().dot(&left) * &right.dot(&right.t())).sum().sqrt()
}

pub fn diagonals(left: ArrayView2<f32>, right: ArrayView2<f32>) -> f32 {
    left.t().dot(&left).diag().dot(&right.dot(&right.t()).diag()).sqrt()
}

pub fn absolute_values(left: ArrayView2<f32>, right: ArrayView2<f32>) -> f32 {
    left.outer_iter().map(|row| row.dot(&right).mapv(f32::abs).sum()).sum()
}

pub fn corner_beyond_the_end(left: ArrayView2<f32>, right: ArrayView2<f32>, n: usize) -> Array2<f32> {
    left.slice(s![..n, ..]).dot(&right.slice(s![.., ..n]))
}
