//! Muon: the momentum of a whole matrix, with all its singular values brought to about one.
//!
//! ```text
//! w ← w (1 - rate · decay)
//! B ← μ B + (1 - μ) g             U = (1 - μ) g + μ B          (Nesterov)
//! w ← w - rate · √max(1, out / in) · orthogonalize(U)
//!
//! orthogonalize(U):  X = U / ‖U‖;  five times  X ← a X + (b A + c A²) X,  A = X Xᵀ
//! ```
//! An update is then equally large in every direction, so that a circuit that is in a few directions of a matrix, as a
//! previous-token head's is, is not left behind by the others. It is not meant for embeddings, whose rows are one token
//! each. Source: Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks"; arithmetic as
//! `torch.optim.Muon`.

use std::collections::HashMap;

use hooked_transformer::linalg::matmul;
use ndarray::{Array2, ArrayView2, ArrayViewD, ArrayViewMutD, Axis, concatenate, s};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{StateTensor, to_matrix};
use crate::recipe::Recipe;

/// In which numbers a matrix is orthogonalized.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// 32 bits.
    Single,
    /// Every product rounded to 16 bits, of which 8 are the exponent, as PyTorch does.
    Bfloat16,
}

/// Muon over some parameters of a model.
#[derive(Clone, Debug)]
pub struct Muon {
    rate: f64,
    weight_decay: f64,
    precision: Precision,
    matrices: Vec<Matrix>,
}

/// What is orthogonalized as one: a parameter with all its heads side by side, or queries beside keys.
#[derive(Clone, Debug)]
struct Matrix {
    parts: Vec<String>,
    /// `[in, out]`; empty until the first step.
    momentum: Array2<f32>,
}

impl Muon {
    const MOMENTUM: f32 = 0.95;

    /// For parameters of these names and shapes.
    pub fn new(recipe: &Recipe, parameters: Vec<(String, Vec<usize>)>) -> Self {
        let mut matrices: Vec<Matrix> = Vec::new();
        for (name, shape) in parameters {
            let zeros = to_matrix(&name, ndarray::ArrayD::zeros(shape).view());
            match matrices.last_mut() {
                Some(before) if recipe.joint_query_key && name.ends_with("W_K") => {
                    before.momentum = beside(&[before.momentum.view(), zeros.view()]);
                    before.parts.push(name);
                }
                _ => matrices.push(Matrix { parts: vec![name], momentum: zeros }),
            }
        }
        let (rate, weight_decay, precision) = (recipe.muon_rate, recipe.weight_decay, recipe.muon_precision);
        Muon { rate, weight_decay, precision, matrices }
    }

    pub(super) fn step(
        &mut self,
        parameters: &mut HashMap<String, ArrayViewMutD<'_, f32>>,
        gradients: &HashMap<String, ArrayViewD<'_, f32>>,
        scale: f64,
    ) {
        let (rate, precision) = (self.rate * scale, self.precision);
        let kept = (1.0 - rate * self.weight_decay) as f32;
        let updates: Vec<Array2<f32>> =
            self.matrices.par_iter_mut().map(|matrix| matrix.update(gradients, precision)).collect();
        for (matrix, update) in self.matrices.iter().zip(updates) {
            let (n_in, n_out) = update.dim();
            let rate = (rate * (n_out as f64 / n_in as f64).max(1.0).sqrt()) as f32;
            let width = n_out / matrix.parts.len();
            for (part, name) in matrix.parts.iter().enumerate() {
                let weights = parameters.get_mut(name).expect("a parameter of the model");
                descend(name, weights, update.slice(s![.., part * width..(part + 1) * width]), (kept, rate));
            }
        }
    }

    pub(super) fn state(&self) -> Vec<StateTensor<'_>> {
        self.matrices.iter().map(Matrix::state).collect()
    }

    pub(super) fn state_mut(&mut self) -> Vec<(String, &mut [f32])> {
        self.matrices.iter_mut().map(Matrix::state_mut).collect()
    }
}

impl Matrix {
    fn state(&self) -> StateTensor<'_> {
        (format!("muon.momentum.{}", self.parts[0]), self.momentum.as_slice().expect("a new array"))
    }

    fn state_mut(&mut self) -> (String, &mut [f32]) {
        (format!("muon.momentum.{}", self.parts[0]), self.momentum.as_slice_mut().expect("a new array"))
    }

    /// Takes the gradient into the momentum, and returns the direction of the step.
    fn update(&mut self, gradients: &HashMap<String, ArrayViewD<'_, f32>>, precision: Precision) -> Array2<f32> {
        let parts: Vec<Array2<f32>> = self.parts.iter().map(|name| to_matrix(name, gradients[name].view())).collect();
        let mut gradient = beside(&parts.iter().map(|part| part.view()).collect::<Vec<_>>());
        let mu = Muon::MOMENTUM;
        self.momentum.zip_mut_with(&gradient, |b, &g| *b += (1.0 - mu) * (g - *b));
        gradient.zip_mut_with(&self.momentum, |g, &b| *g += mu * (b - *g));
        orthogonalize(gradient, precision)
    }
}

fn beside(parts: &[ArrayView2<'_, f32>]) -> Array2<f32> {
    match parts {
        [one] => one.to_owned(),
        _ => concatenate(Axis(1), parts).expect("equally many rows").as_standard_layout().into_owned(),
    }
}

/// Moves a parameter, in the library's layout, against a direction that has all heads side by side.
fn descend(name: &str, weights: &mut ArrayViewMutD<'_, f32>, direction: ArrayView2<'_, f32>, (kept, rate): (f32, f32)) {
    let direction = direction.as_standard_layout();
    let shape = weights.shape().to_vec();
    let direction = match shape[..] {
        [heads, d_model, d_head] if !name.ends_with("W_O") => {
            let by_row = direction.to_shape((d_model, heads, d_head)).expect("same size");
            by_row.into_owned().permuted_axes([1, 0, 2]).into_dyn()
        }
        _ => direction.to_shape(shape).expect("same size").into_owned().into_dyn(),
    };
    weights.zip_mut_with(&direction, |w, &d| *w = *w * kept - rate * d);
}

/// A matrix with the same singular vectors, whose singular values are all between about 0.7 and 1.2: five steps of a
/// Newton-Schulz iteration.
pub fn orthogonalize(matrix: Array2<f32>, precision: Precision) -> Array2<f32> {
    const STEPS: usize = 5;
    let (a, b, c) = (3.4445, -4.775, 2.0315);
    let transposed = matrix.nrows() > matrix.ncols();
    let round = |mut x: Array2<f32>| {
        if precision == Precision::Bfloat16 {
            x.mapv_inplace(rounded_to_bf16);
        }
        x
    };
    let x = if transposed { matrix.t().as_standard_layout().into_owned() } else { matrix };
    let mut x = round(x);
    let length = x.iter().map(|&value| f64::from(value).powi(2)).sum::<f64>().sqrt() as f32;
    let length = match precision {
        Precision::Single => length,
        Precision::Bfloat16 => half::bf16::from_f32(length).to_f32(),
    };
    x.mapv_inplace(|value| value / length.max(1e-7));
    x = round(x);
    for _ in 0..STEPS {
        let gram = round(times_own_transpose(x.view()));
        let mut weights = times_own_transpose(gram.view());
        weights.zip_mut_with(&gram, |square, &gram| *square = b * gram + c * *square);
        let weights = round(weights);
        let mut next = matmul(weights.view(), x.view());
        next.zip_mut_with(&x, |next, &x| *next += a * x);
        x = round(next);
    }
    if transposed { x.t().as_standard_layout().into_owned() } else { x }
}

/// To the nearest, and to the even one of two, as `half::bf16` rounds; without branches, so that the compiler takes many
/// numbers at a time.
fn rounded_to_bf16(value: f32) -> f32 {
    let bits = value.to_bits();
    let rounded = f32::from_bits(bits.wrapping_add(0x7FFF + (bits >> 16 & 1)) & 0xFFFF_0000);
    if value.is_nan() { value } else { rounded }
}

/// `X Xᵀ`. It is symmetric, so of a large one only the blocks below the diagonal and on it are computed: 10 of 16.
fn times_own_transpose(x: ArrayView2<'_, f32>) -> Array2<f32> {
    /// Rows of a block; with fewer, a product costs as much as what it spares.
    const LEAST_ROWS: usize = 64;
    let n = x.nrows();
    let rows = n.div_ceil(4).max(LEAST_ROWS);
    if rows >= n {
        return matmul(x, x.t());
    }
    let mut product = Array2::zeros((n, n));
    for start in (0..n).step_by(rows) {
        let end = (start + rows).min(n);
        let below = matmul(x.slice(s![start..end, ..]), x.slice(s![..end, ..]).t());
        product.slice_mut(s![..start, start..end]).assign(&below.slice(s![.., ..start]).t());
        product.slice_mut(s![start..end, ..end]).assign(&below);
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Mt19937;

    #[test]
    fn numbers_are_rounded_as_half_does() {
        let mut rng = Mt19937::new(7);
        let bits = (0..100_000).map(|_| rng.next_u32()).chain([0, 0x3F80_8000, 0x3F81_8000, 0x7F7F_FFFF, 0x7F80_0000]);
        for value in bits.map(f32::from_bits) {
            let (got, want) = (rounded_to_bf16(value), half::bf16::from_f32(value).to_f32());
            assert!(
                got.to_bits() == want.to_bits() || (got.is_nan() && want.is_nan()),
                "{value:e}: {got:e}, not {want:e}"
            );
        }
    }

    #[test]
    fn every_entry_is_a_product_of_two_rows() {
        let mut rng = Mt19937::new(5);
        for (rows, columns) in [(1, 16), (63, 7), (65, 5), (64, 64), (130, 17), (257, 20)] {
            let x = Array2::from_shape_vec((rows, columns), rng.normal(rows * columns, 1.0)).unwrap();
            let product = times_own_transpose(x.view());
            for ((i, j), &value) in product.indexed_iter() {
                let want: f64 = x.row(i).iter().zip(x.row(j)).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
                assert!(
                    (f64::from(value) - want).abs() <= 1e-4,
                    "{rows} by {columns}, [{i}, {j}]: {value}, not {want}"
                );
            }
        }
    }

    /// Singular values of about one mean that `X Xᵀ` is about the identity, here for a matrix whose own differ a
    /// thousandfold.
    #[test]
    fn every_direction_becomes_about_equally_large() {
        let mut rng = Mt19937::new(3);
        for (rows, columns) in [(12, 30), (30, 12)] {
            let values = rng.normal(rows * columns, 1.0);
            let mut matrix = Array2::from_shape_vec((rows, columns), values).unwrap();
            for (i, mut line) in matrix.axis_iter_mut(Axis(usize::from(rows > columns))).enumerate() {
                line *= 10.0f32.powf(-(i as f32) / 6.0);
            }
            for precision in [Precision::Single, Precision::Bfloat16] {
                let x = orthogonalize(matrix.clone(), precision);
                let gram = if rows < columns { x.dot(&x.t()) } else { x.t().dot(&x) };
                let trace = gram.diag().iter().sum::<f32>() / 12.0;
                assert!((0.6..1.4).contains(&trace), "{precision:?}: {trace}");
                assert!(gram.diag().iter().all(|value| (0.4..1.6).contains(value)), "{precision:?}: {}", gram.diag());
            }
        }
    }
}
