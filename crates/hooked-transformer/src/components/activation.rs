//! Elementwise nonlinearities, and the exponential that they and softmax share.
//!
//! `exp` is written here, without branches that stop the compiler from using vector registers: attention and the MLP
//! call it hundreds of millions of times in one pass over a long text. It is exact to about one unit in the last place.

use rayon::prelude::*;

use crate::config::ActivationFunction;
use crate::vectorized::vectorized;

/// Values handled by one task; small enough to stay in cache, large enough to be worth a task.
const CHUNK: usize = 1 << 14;

/// `e^x` for one value; 0 below the smallest normal number, infinity from 88.37 on (a hair early), NaN for NaN.
///
/// Cephes's method: write `x = n ln 2 + r` with `|r| <= ln 2 / 2`, take a polynomial in `r`, and put `n` into the
/// exponent bits.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    /// Adding this number leaves the nearest whole number in the low bits of the sum.
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

#[inline(always)]
fn tanh(x: f32) -> f32 {
    1.0 - 2.0 / (exp(2.0 * x) + 1.0)
}

#[inline(always)]
fn gelu_tanh(x: f32) -> f32 {
    const SQRT_2_OVER_PI: f32 = 0.797_884_6;
    0.5 * x * (1.0 + tanh(SQRT_2_OVER_PI * (x + 0.044_715 * x * x * x)))
}

#[inline(always)]
fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + libm::erff(x * std::f32::consts::FRAC_1_SQRT_2))
}

#[inline(always)]
fn silu(x: f32) -> f32 {
    x / (1.0 + exp(-x))
}

/// Applies the nonlinearity in place, in parallel. `d_mlp` is the length of a row, over which `solu` normalizes.
///
/// `solu_ln` is only its first half here; the LayerNorm after it belongs to the MLP.
pub(crate) fn apply(function: ActivationFunction, values: &mut [f32], d_mlp: usize) {
    use ActivationFunction::*;
    match function {
        Relu => each(values, |x| x.max(0.0)),
        Gelu => each(values, gelu),
        GeluNew | GeluFast | GeluPytorchTanh => each(values, gelu_tanh),
        Silu => each(values, silu),
        Solu | SoluLn => values.par_chunks_mut(d_mlp).for_each(solu),
    }
}

fn each(values: &mut [f32], f: impl Fn(f32) -> f32 + Sync) {
    values.par_chunks_mut(CHUNK).for_each(|chunk| each_of_chunk(chunk, &f));
}

vectorized! {
    fn each_of_chunk(chunk: &mut [f32], f: &impl Fn(f32) -> f32) {
        chunk.iter_mut().for_each(|x| *x = f(*x));
    }
}

/// `x softmax(x)` over one row.
fn solu(row: &mut [f32]) {
    let mut weights = row.to_vec();
    softmax(&mut weights);
    row.iter_mut().zip(&weights).for_each(|(x, w)| *x *= w);
}

vectorized! {
    /// Softmax of one row, in place. A row of nothing but `-inf` (everything masked) becomes zeros, as in
    /// TransformerLens.
    pub(crate) fn softmax(row: &mut [f32]) {
        let max = maximum(row);
        if max == f32::NEG_INFINITY {
            return row.fill(0.0);
        }
        row.iter_mut().for_each(|x| *x = exp(*x - max));
        let scale = 1.0 / sum(row);
        row.iter_mut().for_each(|x| *x *= scale);
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

#[cfg(test)]
mod tests {
    use super::*;

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

    /// PyTorch's values at -1.5, -0.3, 0, 0.7, 2 for each function.
    #[test]
    fn functions_agree_with_pytorch() {
        use ActivationFunction::*;
        let x = [-1.5f32, -0.3, 0.0, 0.7, 2.0];
        let table = [
            (Relu, [0.0, 0.0, 0.0, 0.7, 2.0]),
            (Gelu, [-0.10021086, -0.11462658, 0.0, 0.53062546, 1.9544997]),
            (GeluNew, [-0.10042843, -0.11462908, 0.0, 0.53057015, 1.9545977]),
            (Silu, [-0.27363828, -0.12766725, 0.0, 0.4677314, 1.761594]),
            (Solu, [-0.029445095, -0.01955223, 0.0, 0.12401311, 1.3001168]),
        ];
        for (function, want) in table {
            let mut got = x;
            apply(function, &mut got, x.len());
            for (got, want) in got.iter().zip(want) {
                assert!((got - want).abs() <= 1e-6, "{function:?}: got {got}, want {want}");
            }
        }
    }

    #[test]
    fn softmax_sums_to_one_and_a_masked_row_is_zero() {
        let mut row = [1.0, f32::NEG_INFINITY, 3.0, 2.0];
        softmax(&mut row);
        assert!((row.iter().sum::<f32>() - 1.0).abs() <= 1e-6);
        assert_eq!(row[1], 0.0);
        assert!((row[2] / row[0] - std::f32::consts::E.powi(2)).abs() <= 1e-5);
        let mut row = [f32::NEG_INFINITY; 3];
        softmax(&mut row);
        assert_eq!(row, [0.0; 3]);
    }
}
