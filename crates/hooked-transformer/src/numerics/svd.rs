//! Singular value and QR decompositions of small matrices, in f64.
//!
//! ```text
//! M = U diag(S) Vᵀ        M [p, q]   U [p, k]   S [k]   V [q, k]        k = min(p, q), S falling
//! M = Q R                 M [p, q]   Q [p, k]   R [k, q]
//! ```
//! One-sided Jacobi: rotate two columns of `M` at a time until every pair is orthogonal. The rotations together are `V`,
//! the lengths of the columns that result are `S`, and their directions are `U`. It is slower than the textbook's
//! bidiagonalization for large matrices, but what is decomposed here has the size of a head, and it is exact to the last
//! bits and short enough to be read. (Demmel and Veselić 1992, "Jacobi's method is more accurate than QR".)

use ndarray::{Array1, Array2, ArrayView2};

/// Two columns count as orthogonal if their cosine is below this.
const ORTHOGONAL: f64 = 1e-15;

/// Ten sweeps are usual; the limit only matters for numbers that overflow.
const MAX_SWEEPS: usize = 40;

/// What is left of a column, relative to its length, when it has no direction of its own beside earlier ones.
const NO_DIRECTION: f64 = 1e-13;

/// `U [p, k]`, `S [k]`, `V [q, k]`, see the [module](self). Columns of `U` and `V` are orthonormal.
pub(crate) struct Svd64 {
    pub U: Array2<f64>,
    pub S: Array1<f64>,
    pub V: Array2<f64>,
}

/// # Shapes
/// - `m`: `[p, q]`
///
/// All NaN if an entry is not finite.
pub(crate) fn svd(m: ArrayView2<'_, f64>) -> Svd64 {
    if m.iter().any(|x| !x.is_finite()) {
        let ((p, q), k) = (m.dim(), m.nrows().min(m.ncols()));
        return Svd64 { U: unknown(p, k), S: Array1::from_elem(k, f64::NAN), V: unknown(q, k) };
    }
    if m.nrows() < m.ncols() {
        let transposed = svd(m.t());
        return Svd64 { U: transposed.V, S: transposed.S, V: transposed.U };
    }
    let q = m.ncols();
    let mut columns: Vec<Vec<f64>> = m.columns().into_iter().map(|column| column.to_vec()).collect();
    let mut rotation: Vec<Vec<f64>> = (0..q).map(|i| unit_vector(q, i)).collect();
    for _ in 0..MAX_SWEEPS {
        let mut done = true;
        for i in 0..q {
            for j in i + 1..q {
                if let Some((cos, sin)) = angle(&columns[i], &columns[j]) {
                    rotate(&mut columns, i, j, cos, sin);
                    rotate(&mut rotation, i, j, cos, sin);
                    done = false;
                }
            }
        }
        if done {
            break;
        }
    }
    let lengths: Vec<f64> = columns.iter().map(|column| length(column)).collect();
    let mut order: Vec<usize> = (0..q).collect();
    order.sort_by(|&i, &j| lengths[j].total_cmp(&lengths[i]));
    let smallest = lengths.iter().fold(0.0f64, |max, &x| max.max(x)) * f64::EPSILON;
    let mut directions = Vec::with_capacity(q);
    for &i in &order {
        // A column of length zero has no direction; any that is orthogonal to the others will do.
        let direction = match lengths[i] > smallest {
            true => columns[i].iter().map(|x| x / lengths[i]).collect(),
            false => another_direction(&directions, m.nrows()),
        };
        directions.push(direction);
    }
    let V: Vec<Vec<f64>> = order.iter().map(|&i| rotation[i].clone()).collect();
    let S = order.iter().map(|&i| lengths[i]).collect();
    Svd64 { U: from_columns(&directions, m.nrows()), S, V: from_columns(&V, q) }
}

/// `M = Q R` by Gram and Schmidt, each column orthogonalized twice, which is enough for full precision.
///
/// # Shapes
/// - `m`: `[p, q]`
/// - output: `Q [p, k]` with orthonormal columns, `R [k, q]`
///
/// All NaN if an entry is not finite.
pub(crate) fn qr(m: ArrayView2<'_, f64>) -> (Array2<f64>, Array2<f64>) {
    let (p, q) = m.dim();
    let k = p.min(q);
    if m.iter().any(|x| !x.is_finite()) {
        return (unknown(p, k), unknown(k, q));
    }
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(k);
    let mut R = Array2::zeros((k, q));
    for (j, column) in m.columns().into_iter().enumerate() {
        let mut v = column.to_vec();
        let before = length(&v);
        for (i, coefficient) in subtract_projections(&mut v, &basis).into_iter().enumerate() {
            R[[i, j]] = coefficient;
        }
        if basis.len() < k {
            let left = length(&v);
            if left > NO_DIRECTION * before {
                R[[basis.len(), j]] = left;
                basis.push(v.iter().map(|x| x / left).collect());
            } else {
                basis.push(another_direction(&basis, p));
            }
        }
    }
    (from_columns(&basis, p), R)
}

fn unknown(rows: usize, columns: usize) -> Array2<f64> {
    Array2::from_elem((rows, columns), f64::NAN)
}

/// Cosine and sine of the rotation that makes two columns orthogonal; `None` if they are.
fn angle(x: &[f64], y: &[f64]) -> Option<(f64, f64)> {
    let (xx, yy, xy) = (dot(x, x), dot(y, y), dot(x, y));
    let orthogonal = xy.abs() <= ORTHOGONAL * (xx * yy).sqrt();
    // Nothing can be done about numbers that overflowed, so they end the sweeps.
    if orthogonal || xy.is_nan() {
        return None;
    }
    let zeta = (yy - xx) / (2.0 * xy);
    // The smaller root of t² + 2 ζ t - 1 = 0: of the two rotations the one by less than 45 degrees.
    let tan = zeta.signum() / (zeta.abs() + (1.0 + zeta * zeta).sqrt());
    let cos = 1.0 / (1.0 + tan * tan).sqrt();
    Some((cos, cos * tan))
}

fn rotate(columns: &mut [Vec<f64>], i: usize, j: usize, cos: f64, sin: f64) {
    let (before, after) = columns.split_at_mut(j);
    for (x, y) in before[i].iter_mut().zip(&mut after[0]) {
        (*x, *y) = (cos * *x - sin * *y, sin * *x + cos * *y);
    }
}

/// Takes from `v` what lies in the span of an orthonormal basis, and returns the coefficients.
fn subtract_projections(v: &mut [f64], basis: &[Vec<f64>]) -> Vec<f64> {
    let mut coefficients = vec![0.0; basis.len()];
    for _ in 0..2 {
        for (direction, coefficient) in basis.iter().zip(&mut coefficients) {
            let along = dot(direction, v);
            *coefficient += along;
            v.iter_mut().zip(direction).for_each(|(v, d)| *v -= along * d);
        }
    }
    coefficients
}

/// A unit vector orthogonal to fewer than `p` orthonormal ones: the axis that they cover least, less what they cover.
fn another_direction(basis: &[Vec<f64>], p: usize) -> Vec<f64> {
    let covered = |axis: usize| basis.iter().map(|b| b[axis] * b[axis]).sum::<f64>();
    let axis = (0..p).min_by(|&i, &j| covered(i).total_cmp(&covered(j))).unwrap_or(0);
    let mut v = unit_vector(p, axis);
    subtract_projections(&mut v, basis);
    let length = length(&v);
    v.iter_mut().for_each(|x| *x /= length);
    v
}

fn unit_vector(len: usize, at: usize) -> Vec<f64> {
    (0..len).map(|i| if i == at { 1.0 } else { 0.0 }).collect()
}

fn from_columns(columns: &[Vec<f64>], rows: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, columns.len()), |(i, j)| columns[j][i])
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0; LANES];
    let ((x_blocks, x_rest), (y_blocks, y_rest)) = (x.as_chunks::<LANES>(), y.as_chunks::<LANES>());
    for (x, y) in x_blocks.iter().zip(y_blocks) {
        for lane in 0..LANES {
            sums[lane] += x[lane] * y[lane];
        }
    }
    sums.iter().sum::<f64>() + x_rest.iter().zip(y_rest).map(|(x, y)| x * y).sum::<f64>()
}

fn length(x: &[f64]) -> f64 {
    dot(x, x).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Axis, arr2, array};

    fn sample(rows: usize, columns: usize) -> Array2<f64> {
        Array2::from_shape_fn((rows, columns), |(i, j)| ((i * 7 + j * 3 + i * j) % 11) as f64 - 4.3 + 0.1 * i as f64)
    }

    fn largest(x: &Array2<f64>) -> f64 {
        x.iter().fold(0.0, |max, x| if x.abs() <= max { max } else { x.abs() })
    }

    fn assert_orthonormal(x: &Array2<f64>) {
        let error = largest(&(x.t().dot(x) - Array2::<f64>::eye(x.ncols())));
        assert!(error <= 1e-12, "columns are not orthonormal: {error:e}");
    }

    #[test]
    fn singular_values_of_a_literal() {
        // [[3, 0], [4, 5]]: MᵀM has the eigenvalues 45 and 5.
        let Svd64 { S, .. } = svd(arr2(&[[3.0, 0.0], [4.0, 5.0]]).view());
        assert!((S[0] - 45f64.sqrt()).abs() <= 1e-14 && (S[1] - 5f64.sqrt()).abs() <= 1e-14, "{S}");
    }

    #[test]
    fn the_parts_give_the_matrix_back() {
        let rank_one = sample(6, 1).dot(&sample(1, 4));
        let zero = Array2::zeros((3, 2));
        for m in [sample(5, 5), sample(9, 4), sample(4, 9), sample(1, 3), rank_one, zero] {
            let Svd64 { U, S, V } = svd(m.view());
            let k = m.nrows().min(m.ncols());
            assert_eq!((U.dim(), S.dim(), V.dim()), ((m.nrows(), k), k, (m.ncols(), k)));
            assert_orthonormal(&U);
            assert_orthonormal(&V);
            assert!(S.windows(2).into_iter().all(|s| s[0] >= s[1] && s[1] >= 0.0), "{S}");
            let error = largest(&((&U * &S.view().insert_axis(Axis(0))).dot(&V.t()) - &m));
            assert!(error <= 1e-12, "{error:e}");
            let (Q, R) = qr(m.view());
            assert_orthonormal(&Q);
            assert!(largest(&(Q.dot(&R) - &m)) <= 1e-12);
        }
    }

    #[test]
    fn what_is_not_a_number_stays_so_and_ends() {
        let Svd64 { S, .. } = svd(array![[f64::NAN, 1.0], [2.0, f64::INFINITY]].view());
        assert!(S.iter().any(|s| !s.is_finite()), "{S}");
        qr(array![[f64::NAN, 1.0], [2.0, 3.0]].view());
    }
}
