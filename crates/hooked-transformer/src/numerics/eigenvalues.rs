//! Eigenvalues of a small real matrix, in f64: Hessenberg form, then the shifted QR iteration.
//!
//! ```text
//! H = Pᵀ M P      zero below the first subdiagonal          (Householder reflections)
//! H - μ = Q R,    H ← R Q + μ                               (Givens rotations; μ near an eigenvalue)
//! ```
//! Each step is a similarity, so the eigenvalues stay; the last subdiagonal entry falls to nothing, its diagonal entry
//! is an eigenvalue, and the rest goes on without that row and column. The iteration is done in complex numbers, where
//! one shift does what real arithmetic needs two for. (Golub and Van Loan, "Matrix Computations", 7.4 and 7.5.)

use ndarray::{Array2, ArrayView2};
use num_complex::Complex64;

/// Steps for one eigenvalue; two or three are usual.
const MAX_STEPS: usize = 300;

/// The eigenvalues of `m [n, n]`, by falling modulus; all NaN if an entry is not finite.
pub(crate) fn eigenvalues(m: ArrayView2<'_, f64>) -> Vec<Complex64> {
    let n = m.nrows();
    let unknown = vec![Complex64::new(f64::NAN, f64::NAN); n];
    if m.iter().any(|x| !x.is_finite()) {
        return unknown;
    }
    let mut h = hessenberg(m).mapv(Complex64::from);
    let scale = h.iter().fold(0.0f64, |max, x| max.max(x.norm()));
    let mut end = n;
    let mut steps = 0;
    while end > 0 {
        let start = start_of_block(&mut h, end, scale);
        if start + 1 == end {
            end -= 1;
            steps = 0;
        } else if steps == MAX_STEPS {
            return unknown;
        } else {
            steps += 1;
            let shift = shift(&h, start, end, steps);
            qr_step(&mut h, start, end, shift);
        }
    }
    let mut values = h.diag().to_vec();
    values.sort_by(|a, b| b.norm().total_cmp(&a.norm()));
    values
}

/// The similar matrix without entries below the first subdiagonal.
fn hessenberg(m: ArrayView2<'_, f64>) -> Array2<f64> {
    let n = m.nrows();
    let mut h = m.to_owned();
    for k in 0..n.saturating_sub(2) {
        // The reflection I - 2 v vᵀ that maps column k, from row k + 1 on, to its first entry.
        let mut v: Vec<f64> = (k + 1..n).map(|i| h[[i, k]]).collect();
        let length = v.iter().map(|x| x * x).sum::<f64>().sqrt();
        v[0] += length.copysign(v[0]);
        let norm = v.iter().map(|x| x * x).sum::<f64>().sqrt();
        if norm == 0.0 {
            continue;
        }
        v.iter_mut().for_each(|x| *x /= norm);
        for j in k..n {
            let along = 2.0 * v.iter().enumerate().map(|(i, v)| v * h[[k + 1 + i, j]]).sum::<f64>();
            v.iter().enumerate().for_each(|(i, v)| h[[k + 1 + i, j]] -= along * v);
        }
        for i in 0..n {
            let along = 2.0 * v.iter().enumerate().map(|(j, v)| v * h[[i, k + 1 + j]]).sum::<f64>();
            v.iter().enumerate().for_each(|(j, v)| h[[i, k + 1 + j]] -= along * v);
        }
        (k + 2..n).for_each(|i| h[[i, k]] = 0.0);
    }
    h
}

/// The first row of the block, ending before `end`, whose subdiagonal has no negligible entry.
fn start_of_block(h: &mut Array2<Complex64>, end: usize, scale: f64) -> usize {
    for row in (1..end).rev() {
        let neighbors = h[[row - 1, row - 1]].norm() + h[[row, row]].norm();
        let size = if neighbors == 0.0 { scale } else { neighbors };
        if h[[row, row - 1]].norm() <= f64::EPSILON * size {
            h[[row, row - 1]] = Complex64::ZERO;
            return row;
        }
    }
    0
}

/// Wilkinson's shift: the eigenvalue of the last two rows and columns that is nearer to the last entry. Every tenth
/// step another one, since there are matrices that the usual shift leaves as they are.
fn shift(h: &Array2<Complex64>, start: usize, end: usize, steps: usize) -> Complex64 {
    let last = end - 1;
    if steps.is_multiple_of(10) {
        let above = if last - start > 1 { h[[last - 1, last - 2]].norm() } else { 0.0 };
        return h[[last, last]] + h[[last, last - 1]].norm() + above;
    }
    let (a, b) = (h[[last - 1, last - 1]], h[[last - 1, last]]);
    let (c, d) = (h[[last, last - 1]], h[[last, last]]);
    let half = (a - d) / 2.0;
    let root = (half * half + b * c).sqrt();
    let middle = (a + d) / 2.0;
    let (one, other) = (middle + root, middle - root);
    if (one - d).norm() <= (other - d).norm() { one } else { other }
}

/// One step on the block of rows and columns `start..end`.
fn qr_step(h: &mut Array2<Complex64>, start: usize, end: usize, shift: Complex64) {
    (start..end).for_each(|i| h[[i, i]] -= shift);
    let mut rotations = Vec::with_capacity(end - start);
    for k in start..end - 1 {
        let (x, y) = (h[[k, k]], h[[k + 1, k]]);
        let length = x.norm().hypot(y.norm());
        let (cos, sin) = if length == 0.0 { (Complex64::ONE, Complex64::ZERO) } else { (x / length, y / length) };
        for j in k..end {
            let (above, below) = (h[[k, j]], h[[k + 1, j]]);
            h[[k, j]] = cos.conj() * above + sin.conj() * below;
            h[[k + 1, j]] = cos * below - sin * above;
        }
        rotations.push((cos, sin));
    }
    for (k, (cos, sin)) in (start..).zip(rotations) {
        for i in start..(k + 2).min(end) {
            let (left, right) = (h[[i, k]], h[[i, k + 1]]);
            h[[i, k]] = left * cos + right * sin;
            h[[i, k + 1]] = right * cos.conj() - left * sin.conj();
        }
    }
    (start..end).for_each(|i| h[[i, i]] += shift);
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{arr2, array};

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
        // Triangular: the diagonal, by falling modulus.
        let triangular = eigenvalues(arr2(&[[1.0, 5.0, 6.0], [0.0, -7.0, 8.0], [0.0, 0.0, 2.0]]).view());
        let want = [real(-7.0), real(2.0), real(1.0)];
        assert!(triangular.iter().zip(want).all(|(got, want)| (got - want).norm() <= 1e-13), "{triangular:?}");
        assert_same(eigenvalues(Array2::zeros((3, 3)).view()), &[real(0.0); 3], 0.0);
        assert!(eigenvalues(Array2::zeros((0, 0)).view()).is_empty());
    }

    #[test]
    fn traces_of_powers_are_sums_of_powers() {
        for n in [1, 2, 5, 16, 40] {
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
