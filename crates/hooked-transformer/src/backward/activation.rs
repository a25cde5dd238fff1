//! Derivatives of the nonlinearities.
//!
//! ```text
//! relu        1 where x > 0
//! gelu        Φ(x) + x φ(x)
//! gelu_new    (1 + t) / 2 + x (1 - t²) u' / 2          t = tanh(u), u = √(2/π) (x + 0.044715 x³)
//! silu        σ(x) (1 + x (1 - σ(x)))
//! xielu       2 α_p x + β where x > 0, else α_n (e^x - 1) + β
//! solu        d_x = p (d (1 + x) - Σ d x p)            p = softmax(x) over the neurons
//! softmax     d_x = p (d - Σ d p)
//! ```

use rayon::prelude::*;

use crate::architecture::config::ActivationFunction;
use crate::architecture::xielu::{ALPHA_N, ALPHA_P, BETA};
use crate::components::activation::tanh;
use crate::numerics::rows::{exp, softmax};
use crate::numerics::share::rows_per_task;
use crate::numerics::vectorized::vectorized;

/// Turns the gradient by the activation's output into that by its input `x`, in place. `d_mlp` is the length of a row.
pub(super) fn backward(function: ActivationFunction, x: &[f32], d: &mut [f32], d_mlp: usize) {
    use ActivationFunction::*;
    match function {
        Relu => each(x, d, d_mlp, |x| if x > 0.0 { 1.0 } else { 0.0 }),
        Gelu => each(x, d, d_mlp, gelu),
        GeluNew | GeluFast | GeluPytorchTanh => each(x, d, d_mlp, gelu_tanh),
        Silu => each(x, d, d_mlp, silu),
        Xielu => each(x, d, d_mlp, xielu),
        Solu | SoluLn => each_row(x, d, d_mlp, solu),
    }
}

fn each(x: &[f32], d: &mut [f32], d_mlp: usize, derivative: impl Fn(f32) -> f32 + Sync) {
    each_row(x, d, d_mlp, |x, d| each_of_row(x, d, &derivative));
}

fn each_row(x: &[f32], d: &mut [f32], d_mlp: usize, of_row: impl Fn(&[f32], &mut [f32]) + Sync) {
    let rows = d.par_chunks_mut(d_mlp).zip(x.par_chunks(d_mlp)).with_min_len(rows_per_task(d_mlp));
    rows.for_each(|(d, x)| of_row(x, d));
}

vectorized! {
    fn each_of_row(x: &[f32], d: &mut [f32], derivative: &impl Fn(f32) -> f32) {
        d.iter_mut().zip(x).for_each(|(d, x)| *d *= derivative(*x));
    }
}

#[inline(always)]
fn gelu(x: f32) -> f32 {
    const ONE_OVER_SQRT_2_PI: f32 = 0.398_942_3;
    0.5 * (1.0 + libm::erff(x * std::f32::consts::FRAC_1_SQRT_2)) + x * ONE_OVER_SQRT_2_PI * exp(-0.5 * x * x)
}

#[inline(always)]
fn gelu_tanh(x: f32) -> f32 {
    const SQRT_2_OVER_PI: f32 = 0.797_884_6;
    let t = tanh(SQRT_2_OVER_PI * (x + 0.044_715 * x * x * x));
    let slope = SQRT_2_OVER_PI * (1.0 + 3.0 * 0.044_715 * x * x);
    0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * slope
}

#[inline(always)]
fn silu(x: f32) -> f32 {
    let sigmoid = 1.0 / (1.0 + exp(-x));
    sigmoid * (1.0 + x * (1.0 - sigmoid))
}

#[inline(always)]
fn xielu(x: f32) -> f32 {
    if x > 0.0 { 2.0 * ALPHA_P * x + BETA } else { ALPHA_N * libm::expm1f(x) + BETA }
}

fn solu(x: &[f32], d: &mut [f32]) {
    let mut p = x.to_vec();
    softmax(&mut p);
    let total: f32 = d.iter().zip(x).zip(&p).map(|((d, x), p)| d * x * p).sum();
    d.iter_mut().zip(x).zip(&p).for_each(|((d, x), p)| *d = p * (*d * (1.0 + x) - total));
}

vectorized! {
    /// Turns the gradient by a softmax's output `p` into that by its input, in place.
    pub(super) fn softmax_backward(p: &[f32], d: &mut [f32]) {
        let total = dot(p, d);
        d.iter_mut().zip(p).for_each(|(d, p)| *d = p * (*d - total));
    }
}

/// A dot product with several running sums, to be compiled along with what calls it.
#[inline(always)]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 16;
    let mut sums = [0.0f32; LANES];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::activation::apply;

    /// Central differences of the function in the forward pass, for every function at points on both sides of zero.
    #[test]
    fn derivatives_are_those_of_the_functions() {
        use ActivationFunction::*;
        let x = [-3.1f32, -1.5, -0.3, 0.2, 0.7, 2.0];
        let d = [0.7f32, -1.3, 0.4, 2.1, -0.6, 0.9];
        let total = |function, x: [f32; 6]| {
            let mut y = x;
            apply(function, &mut y, x.len());
            y.iter().zip(d).map(|(y, d)| f64::from(*y) * f64::from(d)).sum::<f64>()
        };
        for function in [Relu, Gelu, GeluNew, Silu, Solu, Xielu] {
            let mut got = d;
            backward(function, &x, &mut got, x.len());
            for i in 0..x.len() {
                let [mut above, mut below] = [x, x];
                above[i] += 1e-2;
                below[i] -= 1e-2;
                let want = (total(function, above) - total(function, below)) / f64::from(above[i] - below[i]);
                let difference = (f64::from(got[i]) - want).abs();
                assert!(difference <= 2e-4, "{function:?} at {}: got {}, want {want}", x[i], got[i]);
            }
        }
    }
}
