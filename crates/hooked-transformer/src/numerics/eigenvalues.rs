//! Eigenvalues of a small real matrix, in f64: Hessenberg form, then the QR iteration with double shifts.
//!
//! ```text
//! H = Pᵀ M P                                  zero below the first subdiagonal   (Householder reflections)
//! (H - μ)(H - μ') = Q R,    H ← Qᵀ H Q         μ, μ' the eigenvalues of the last two rows and columns
//! ```
//! Each step is a similarity, so the eigenvalues stay. A subdiagonal entry near the end falls to nothing, which cuts off a
//! block of one row and column, or two, whose eigenvalues are known; the rest goes on without it. Both shifts together are
//! real even where each is not, and `Q` follows from its first column: a reflection of three rows and columns makes a
//! bulge below the diagonal, which others chase to the end. (Francis 1961; Golub and Van Loan, "Matrix Computations", 7.4
//! and 7.5.)

use ndarray::{Array2, ArrayView2};
use num_complex::Complex64;

use super::vectorized::vectorized;

/// Steps for one eigenvalue or pair; two or three are usual.
const MAX_STEPS: usize = 300;

/// The eigenvalues of `m [n, n]`, by falling modulus; all NaN if an entry is not finite.
pub(crate) fn eigenvalues(m: ArrayView2<'_, f64>) -> Vec<Complex64> {
    let n = m.nrows();
    let unknown = vec![Complex64::new(f64::NAN, f64::NAN); n];
    if m.iter().any(|x| !x.is_finite()) {
        return unknown;
    }
    let mut h = hessenberg(m);
    let scale = h.iter().fold(0.0f64, |max, x| max.max(x.abs()));
    let values = h.as_slice_mut().expect("a new matrix");
    let mut found = Vec::with_capacity(n);
    let mut end = n;
    let mut steps = 0;
    while end > 0 {
        let start = start_of_block(Block { values, stride: n, n: end }, scale);
        // Rows and columns outside the block have no part in its eigenvalues.
        let mut block = Block { values: &mut values[start * n + start..], stride: n, n: end - start };
        if block.n <= 2 {
            found.extend(block.small());
            (end, steps) = (start, 0);
        } else if steps == MAX_STEPS {
            return unknown;
        } else {
            steps += 1;
            block.francis_step(steps);
        }
    }
    found.sort_by(|a, b| b.norm().total_cmp(&a.norm()));
    found
}

/// The similar matrix without entries below the first subdiagonal.
fn hessenberg(m: ArrayView2<'_, f64>) -> Array2<f64> {
    let n = m.nrows();
    let mut h = m.as_standard_layout().into_owned();
    let values = h.as_slice_mut().expect("row by row");
    for k in 0..n.saturating_sub(2) {
        // The reflection I - 2 v vᵀ that maps column k, from row k + 1 on, to its first entry.
        let mut v: Vec<f64> = values[k..].chunks(n).skip(k + 1).map(|row| row[0]).collect();
        let length = length(&v);
        v[0] += length.copysign(v[0]);
        let norm = self::length(&v);
        if norm == 0.0 {
            continue;
        }
        v.iter_mut().for_each(|x| *x /= norm);
        let mut along = vec![0.0; n - k];
        for (row, v) in values.chunks(n).skip(k + 1).zip(&v) {
            add_multiple(&mut along, 2.0 * v, &row[k..]);
        }
        for (row, v) in values.chunks_mut(n).skip(k + 1).zip(&v) {
            add_multiple(&mut row[k..], -v, &along);
        }
        for row in values.chunks_mut(n) {
            let along = 2.0 * dot(&row[k + 1..], &v);
            add_multiple(&mut row[k + 1..], -along, &v);
        }
        values.chunks_mut(n).skip(k + 2).for_each(|row| row[k] = 0.0);
    }
    h
}

fn length(x: &[f64]) -> f64 {
    dot(x, x).sqrt()
}

vectorized! {
    fn add_multiple(to: &mut [f64], factor: f64, x: &[f64]) {
        to.iter_mut().zip(x).for_each(|(to, x)| *to += factor * x);
    }
}

vectorized! {
    fn dot(x: &[f64], y: &[f64]) -> f64 {
        const LANES: usize = 8;
        let mut sums = [0.0; LANES];
        let ((x, x_rest), (y, y_rest)) = (x.as_chunks::<LANES>(), y.as_chunks::<LANES>());
        for (x, y) in x.iter().zip(y) {
            for lane in 0..LANES {
                sums[lane] += x[lane] * y[lane];
            }
        }
        sums.iter().sum::<f64>() + x_rest.iter().zip(y_rest).map(|(x, y)| x * y).sum::<f64>()
    }
}

/// The first row of the last block, whose subdiagonal has no negligible entry.
fn start_of_block(mut h: Block<'_>, scale: f64) -> usize {
    for row in (1..h.n).rev() {
        let neighbors = h.at(row - 1, row - 1).abs() + h.at(row, row).abs();
        let size = if neighbors == 0.0 { scale } else { neighbors };
        if h.at(row, row - 1).abs() <= f64::EPSILON * size {
            *h.at_mut(row, row - 1) = 0.0;
            return row;
        }
    }
    0
}

/// A square block of a matrix: `n` rows and columns, the rows `stride` apart.
struct Block<'h> {
    values: &'h mut [f64],
    stride: usize,
    n: usize,
}

impl Block<'_> {
    fn at(&self, row: usize, column: usize) -> f64 {
        self.values[row * self.stride + column]
    }

    fn at_mut(&mut self, row: usize, column: usize) -> &mut f64 {
        &mut self.values[row * self.stride + column]
    }

    /// The eigenvalues of a block of one row and column, or two.
    fn small(&self) -> Vec<Complex64> {
        if self.n == 1 {
            return vec![Complex64::from(self.at(0, 0))];
        }
        let (a, bc, d) = (self.at(0, 0), self.at(0, 1) * self.at(1, 0), self.at(1, 1));
        let half = (a - d) / 2.0;
        let square = half * half + bc;
        if square < 0.0 {
            let root = (-square).sqrt();
            return [root, -root].map(|im| Complex64::new(d + half, im)).to_vec();
        }
        // The root that does not cancel; the other from the product of both.
        let root = half + square.sqrt().copysign(half);
        let other = if root == 0.0 { 0.0 } else { -bc / root };
        [d + root, d + other].map(Complex64::from).to_vec()
    }

    /// Sum and product of both shifts: the eigenvalues of the last two rows and columns. Every tenth step others, since
    /// there are matrices that the usual shifts leave as they are.
    fn shifts(&self, steps: usize) -> (f64, f64) {
        let last = self.n - 1;
        if steps.is_multiple_of(10) {
            let size = self.at(last, last - 1).abs() + self.at(last - 1, last - 2).abs();
            return (1.5 * size, size * size);
        }
        let (a, b) = (self.at(last - 1, last - 1), self.at(last - 1, last));
        let (c, d) = (self.at(last, last - 1), self.at(last, last));
        (a + d, a * d - b * c)
    }

    /// One step on a block of three rows and columns or more.
    fn francis_step(&mut self, steps: usize) {
        let (sum, product) = self.shifts(steps);
        // The first column of (H - μ)(H - μ'), less its zeros.
        let (a, b, c, d) = (self.at(0, 0), self.at(0, 1), self.at(1, 0), self.at(1, 1));
        let mut bulge = [a * a + b * c - sum * a + product, c * (a + d - sum), c * self.at(2, 1)];
        for k in 0..self.n - 1 {
            // The last reflection is of two rows and columns.
            let width = (self.n - k).min(3);
            if let Some((v, factor)) = reflection(&bulge[..width]) {
                self.reflect_rows(k, width, k.saturating_sub(1), v, factor);
                match width {
                    3 => self.reflect_columns::<3>(k, (k + 4).min(self.n), v, factor),
                    _ => self.reflect_columns::<2>(k, self.n, v, factor),
                }
            }
            if k > 0 {
                // What the reflection has made zero, but for rounding.
                (k + 1..k + width).for_each(|row| *self.at_mut(row, k - 1) = 0.0);
            }
            for (row, entry) in (k + 1..self.n).zip(&mut bulge) {
                *entry = self.at(row, k);
            }
        }
    }

    /// Reflects the parts of two or three rows from a column on.
    fn reflect_rows(&mut self, first: usize, width: usize, column: usize, v: [f64; 3], factor: f64) {
        let (stride, n) = (self.stride, self.n);
        let (x, below) = self.values[first * stride..].split_at_mut(stride);
        let (y, below) = below.split_at_mut(stride.min(below.len()));
        let columns = column..n;
        let z = if width == 3 { &mut below[columns.clone()] } else { &mut [] };
        match width {
            3 => reflect_three(&mut x[columns.clone()], &mut y[columns], z, v, factor),
            _ => reflect_two(&mut x[columns.clone()], &mut y[columns], v, factor),
        }
    }

    /// Reflects the parts of two or three columns above a row.
    fn reflect_columns<const WIDTH: usize>(&mut self, first: usize, end: usize, v: [f64; 3], factor: f64) {
        for row in self.values.chunks_mut(self.stride).take(end) {
            if let Some(row) = row[first..].first_chunk_mut::<WIDTH>() {
                let along = factor * row.iter().zip(v).map(|(x, v)| x * v).sum::<f64>();
                row.iter_mut().zip(v).for_each(|(x, v)| *x -= along * v);
            }
        }
    }
}

/// `v` and `2 / (v · v)` of the reflection that maps `x` to its first axis; `None` if there is nothing to map.
fn reflection(x: &[f64]) -> Option<([f64; 3], f64)> {
    // Squares of numbers far from one would overflow or vanish.
    let size = x.iter().fold(0.0f64, |max, x| max.max(x.abs()));
    if size == 0.0 {
        return None;
    }
    let mut v = [0.0; 3];
    v.iter_mut().zip(x).for_each(|(v, x)| *v = x / size);
    v[0] += length(&v).copysign(v[0]);
    Some((v, 2.0 / v.iter().map(|v| v * v).sum::<f64>()))
}

vectorized! {
    fn reflect_three(x: &mut [f64], y: &mut [f64], z: &mut [f64], v: [f64; 3], factor: f64) {
        let [a, b, c] = v;
        for ((x, y), z) in x.iter_mut().zip(y).zip(z) {
            let along = factor * (a * *x + b * *y + c * *z);
            (*x, *y, *z) = (*x - along * a, *y - along * b, *z - along * c);
        }
    }
}

vectorized! {
    fn reflect_two(x: &mut [f64], y: &mut [f64], v: [f64; 3], factor: f64) {
        let [a, b, _] = v;
        for (x, y) in x.iter_mut().zip(y) {
            let along = factor * (a * *x + b * *y);
            (*x, *y) = (*x - along * a, *y - along * b);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Axis, arr2, array, s};

    /// Each expected value is found once, whatever the order.
    fn assert_same(mut got: Vec<Complex64>, want: &[Complex64], tolerance: f64) {
        assert_eq!(got.len(), want.len());
        for want in want {
            let nearest = (0..got.len()).min_by(|&i, &j| (got[i] - want).norm().total_cmp(&(got[j] - want).norm()));
            let found = got.swap_remove(nearest.unwrap());
            assert!((found - want).norm() <= tolerance, "got {found}, want {want}");
        }
    }

    #[test]
    fn literals() {
        let real = |x: f64| Complex64::new(x, 0.0);
        assert_same(eigenvalues(arr2(&[[2.0, 1.0], [1.0, 2.0]]).view()), &[real(3.0), real(1.0)], 1e-14);
        // A rotation by a right angle.
        let i = Complex64::I;
        assert_same(eigenvalues(arr2(&[[0.0, -1.0], [1.0, 0.0]]).view()), &[i, -i], 1e-14);
        // A cyclic permutation, which the unshifted iteration leaves as it is: the cube roots of one.
        let roots = [0.0, 1.0, 2.0].map(|k| Complex64::from_polar(1.0, k * std::f64::consts::TAU / 3.0));
        let cycle = array![[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]];
        assert_same(eigenvalues(cycle.view()), &roots, 1e-14);
        // Two pairs that are not real, beside one that is: blocks of a block matrix, turned.
        let turn = |angle: f64| arr2(&[[angle.cos(), -angle.sin()], [angle.sin(), angle.cos()]]);
        let mut blocks = Array2::<f64>::zeros((6, 6));
        blocks.slice_mut(s![..2, ..2]).assign(&(turn(0.3) * 3.0));
        blocks.slice_mut(s![2..4, 2..4]).assign(&turn(2.0));
        blocks.slice_mut(s![4.., 4..]).assign(&arr2(&[[0.5, 2.0], [0.0, -0.25]]));
        let v = ndarray::Array1::from_shape_fn(6, |i| (i as f64 + 1.0) / 91f64.sqrt());
        let reflect = Array2::<f64>::eye(6) - 2.0 * &v.view().insert_axis(Axis(1)) * v.view().insert_axis(Axis(0));
        let pairs =
            [(3.0, 0.3), (3.0, -0.3), (1.0, 2.0), (1.0, -2.0)].map(|(r, angle)| Complex64::from_polar(r, angle));
        let want = [&pairs[..], &[real(0.5), real(-0.25)]].concat();
        assert_same(eigenvalues(reflect.dot(&blocks).dot(&reflect).view()), &want, 1e-13);
        // Triangular: the diagonal, by falling modulus.
        let triangular = eigenvalues(arr2(&[[1.0, 5.0, 6.0], [0.0, -7.0, 8.0], [0.0, 0.0, 2.0]]).view());
        let want = [real(-7.0), real(2.0), real(1.0)];
        assert!(triangular.iter().zip(want).all(|(got, want)| (got - want).norm() <= 1e-13), "{triangular:?}");
        assert_same(eigenvalues(Array2::zeros((3, 3)).view()), &[real(0.0); 3], 0.0);
        assert!(eigenvalues(Array2::zeros((0, 0)).view()).is_empty());
    }

    #[test]
    fn traces_of_powers_are_sums_of_powers() {
        for n in [1, 2, 3, 4, 5, 16, 40, 64] {
            let m = Array2::from_shape_fn((n, n), |(i, j)| {
                (((i * 37 + j * 101 + i * j * 13) % 97) as f64 / 48.5 - 1.0) / (n as f64).sqrt()
            });
            let values = eigenvalues(m.view());
            let mut power = m.clone();
            for exponent in 1..=4 {
                let sum: Complex64 = values.iter().map(|value| value.powi(exponent)).sum();
                let error = (sum - power.diag().sum()).norm();
                assert!(error <= 1e-10, "n {n}, power {exponent}: {error:e}");
                power = power.dot(&m);
            }
        }
    }

    #[test]
    fn what_is_not_finite_has_no_eigenvalues() {
        let values = eigenvalues(array![[f64::NAN, 1.0], [2.0, 3.0]].view());
        assert!(values.iter().all(|value| value.re.is_nan()));
    }
}
