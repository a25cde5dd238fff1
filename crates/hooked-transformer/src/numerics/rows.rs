//! What is computed of one row of numbers: exponential, sum, maximum, softmax; and sums over rows.
//!
//! `exp` is written here, without branches that stop the compiler from using vector registers: attention, the MLP and
//! the loss call it hundreds of millions of times in one pass over a long text. It is exact to about one unit in the
//! last place.

use ndarray::{ArrayView1, ArrayView2, s};
use rayon::prelude::*;

use super::vectorized::vectorized;

/// `e^x` for one value; 0 below the smallest normal number, infinity from 88.37 on (a hair early), NaN for NaN.
///
/// Cephes's method: write `x = n ln 2 + r` with `|r| <= ln 2 / 2`, take a polynomial in `r`, and put `n` into the
/// exponent bits.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    /// Adding this number leaves the nearest integer in the low bits of the sum.
    const ROUND: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    let mut p = 1.987_569_2e-4;
    p = p * r + 1.398_2e-3;
    p = p * r + 8.333_452e-3;
    p = p * r + 4.166_579_6e-2;
    p = p * r + 1.666_666_5e-1;
    p = p * r + 5e-1;
    let power_of_two = f32::from_bits(shifted.to_bits().wrapping_add(127) << 23);
    let y = (p * r * r + r + 1.0) * power_of_two;
    let y = if x < -87.336_54 { 0.0 } else { y };
    if x > 88.37 { f32::INFINITY } else { y }
}

vectorized! {
    /// Softmax of one row, in place. A row of nothing but `-inf` (everything masked) becomes zeros, as in
    /// TransformerLens; a NaN anywhere makes the whole row NaN, as in PyTorch (where TransformerLens writes zeros).
    pub(crate) fn softmax(row: &mut [f32]) {
        let max = maximum(row);
        if max == f32::NEG_INFINITY {
            let nothing = if row.iter().any(|x| x.is_nan()) { f32::NAN } else { 0.0 };
            return row.fill(nothing);
        }
        row.iter_mut().for_each(|x| *x = exp(*x - max));
        let scale = 1.0 / sum(row);
        row.iter_mut().for_each(|x| *x *= scale);
    }
}

vectorized! {
    pub(crate) fn divide(row: &mut [f32], by: f32) {
        row.iter_mut().for_each(|x| *x /= by);
    }
}

/// The largest value, with several running maxima so that it vectorizes; NaN is passed over.
#[inline(always)]
pub(crate) fn maximum(row: &[f32]) -> f32 {
    const LANES: usize = 16;
    let (blocks, rest) = row.as_chunks::<LANES>();
    let mut max = [f32::NEG_INFINITY; LANES];
    for block in blocks {
        for lane in 0..LANES {
            max[lane] = if block[lane] > max[lane] { block[lane] } else { max[lane] };
        }
    }
    max.iter().chain(rest).copied().fold(f32::NEG_INFINITY, f32::max)
}

/// The sum, with several running sums so that it vectorizes (and loses less to rounding than one would).
#[inline(always)]
pub(crate) fn sum(row: &[f32]) -> f32 {
    const LANES: usize = 16;
    let (blocks, rest) = row.as_chunks::<LANES>();
    let mut sums = [0.0f32; LANES];
    for block in blocks {
        for lane in 0..LANES {
            sums[lane] += block[lane];
        }
    }
    sums.iter().sum::<f32>() + rest.iter().sum::<f32>()
}

/// Index of the largest value, the first of equals. As in PyTorch and NumPy, NaN counts as larger than any number, so
/// that it is seen.
///
/// # Panics
/// If `values` is empty.
pub fn argmax(values: ArrayView1<'_, f32>) -> usize {
    let better = |x: f32, than: f32| x > than || (x.is_nan() && !than.is_nan());
    let best = values.iter().enumerate().reduce(|best, next| if better(*next.1, *best.1) { next } else { best });
    best.expect("argmax of no values").0
}

/// Adds the sum over all rows to each column, the rows in order: `out[c] += Σ_r x[r, c]`.
///
/// # Shapes
/// - `x`: `[row, column]`, each row contiguous
/// - `out`: `[column]`
pub(crate) fn add_column_sums(x: ArrayView2<'_, f32>, out: &mut [f32]) {
    /// Numbers that one task adds at least: a few of them pass in the time that it takes to wake a thread.
    const NUMBERS: usize = 1 << 18;
    assert_eq!(x.ncols(), out.len(), "columns");
    let each = (NUMBERS / x.nrows().max(1)).max(1);
    out.par_chunks_mut(each).enumerate().for_each(|(index, out)| {
        let columns = s![.., index * each..index * each + out.len()];
        x.slice(columns).rows().into_iter().for_each(|row| add(out, row.to_slice().expect("each row is contiguous")));
    });
}

vectorized! {
    fn add(sum: &mut [f32], row: &[f32]) {
        sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn sums_of_columns_are_added_in_one_task_and_in_several() {
        for (rows, columns) in [(0, 3), (3, 0), (3, 5), (2000, 300)] {
            let x = Array2::from_shape_fn((rows, columns + 1), |(r, c)| (r % 7) as f32 + (c % 5) as f32 * 8.0);
            let mut sums = vec![0.5; columns];
            add_column_sums(x.slice(s![.., ..columns]), &mut sums);
            let of_rows: usize = (0..rows).map(|r| r % 7).sum();
            for (c, sum) in sums.into_iter().enumerate() {
                assert_eq!(sum, 0.5 + (of_rows + rows * (c % 5) * 8) as f32, "{rows} x {columns}, column {c}");
            }
        }
    }

    #[test]
    fn a_nan_is_not_swallowed() {
        const NAN: f32 = f32::NAN;
        const MASKED: f32 = f32::NEG_INFINITY;
        for row in [vec![NAN], vec![MASKED, NAN], vec![NAN; 40], vec![1.0, NAN, 2.0], vec![f32::INFINITY, 1.0]] {
            let mut out = row.clone();
            softmax(&mut out);
            assert!(out.iter().all(|x| x.is_nan()), "{row:?} became {out:?}");
        }
        for (row, at) in [(vec![1.0, NAN, 9.0, NAN], 1), (vec![NAN, 5.0], 0), (vec![2.0, 7.0, 7.0], 1)] {
            assert_eq!(argmax(ArrayView1::from(&row)), at, "{row:?}");
        }
    }

    #[test]
    fn exp_agrees_with_double_precision() {
        for i in -8700..8837 {
            let x = i as f32 * 0.01;
            let want = f64::from(x).exp();
            let relative = (f64::from(exp(x)) - want).abs() / want;
            assert!(relative <= 3e-7, "exp({x}) = {}, want {want}", exp(x));
        }
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        assert_eq!(exp(f32::INFINITY), f32::INFINITY);
        assert_eq!(exp(-200.0), 0.0);
        assert!(exp(f32::NAN).is_nan());
    }
}
