//! Elementwise nonlinearities, and the exponential that they and softmax share.
//!
//! `exp` is written here, without branches that stop the compiler from using vector registers: attention and the MLP
//! call it hundreds of millions of times in one pass over a long text. It is exact to about one unit in the last place.

use rayon::prelude::*;

use crate::architecture::config::ActivationFunction;
use crate::architecture::xielu::{ALPHA_N, ALPHA_P, BETA, EPS};
use crate::numerics::rows::{exp, softmax};
use crate::numerics::share::rows_per_task;
use crate::numerics::vectorized::vectorized;

/// Values handled by one task; small enough to stay in cache, large enough to be worth a task.
const CHUNK: usize = 1 << 14;

#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
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

#[inline(always)]
fn xielu(x: f32) -> f32 {
    if x > 0.0 {
        return ALPHA_P * x * x + BETA * x;
    }
    (libm::expm1f(x.min(EPS)) - x) * ALPHA_N + BETA * x
}

/// Applies the nonlinearity in place, in parallel. `d_mlp` is the length of a row, over which `solu` normalizes.
///
/// `solu_ln` is only its first half here; the LayerNorm after it belongs to the MLP.
pub(crate) fn apply(function: ActivationFunction, values: &mut [f32], d_mlp: usize) {
    use ActivationFunction::*;
    match function {
        // Not `x.max(0.0)`, which is 0 for NaN.
        Relu => each(values, |x| if x < 0.0 { 0.0 } else { x }),
        Gelu => each(values, gelu),
        GeluNew | GeluFast | GeluPytorchTanh => each(values, gelu_tanh),
        Silu => each(values, silu),
        Xielu => each(values, xielu),
        Solu | SoluLn => values.par_chunks_mut(d_mlp).with_min_len(rows_per_task(d_mlp)).for_each(solu),
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

#[cfg(test)]
mod tests {
    use super::*;
    use approx::{abs_diff_eq, assert_abs_diff_eq};

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
            (Xielu, [-0.17149587, -0.11734545, 0.0, 0.742, 4.2]),
            (Solu, [-0.029445095, -0.01955223, 0.0, 0.12401311, 1.3001168]),
        ];
        for (function, want) in table {
            let mut got = x;
            apply(function, &mut got, x.len());
            for (got, want) in got.iter().zip(want) {
                assert!(abs_diff_eq!(*got, want, epsilon = 1e-6), "{function:?}: got {got}, want {want}");
            }
        }
    }

    #[test]
    fn a_nan_stays_one() {
        use ActivationFunction::*;
        for function in [Relu, Gelu, GeluNew, GeluFast, GeluPytorchTanh, Silu, Solu, SoluLn] {
            let mut row = [f32::NAN; 20];
            apply(function, &mut row, 20);
            assert!(row.iter().all(|x| x.is_nan()), "{function:?}: {row:?}");
        }
    }

    #[test]
    fn softmax_sums_to_one_and_a_masked_row_is_zero() {
        let mut row = [1.0, f32::NEG_INFINITY, 3.0, 2.0];
        softmax(&mut row);
        assert_abs_diff_eq!(row.iter().sum::<f32>(), 1.0, epsilon = 1e-6);
        assert_eq!(row[1], 0.0);
        assert_abs_diff_eq!(row[2] / row[0], std::f32::consts::E.powi(2), epsilon = 1e-5);
        let mut row = [f32::NEG_INFINITY; 3];
        softmax(&mut row);
        assert_eq!(row, [0.0; 3]);
    }
}
