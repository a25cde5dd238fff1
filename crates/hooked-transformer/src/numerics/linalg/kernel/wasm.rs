//! The kernel for WebAssembly with 128-bit vectors (`simd128`), which every browser of the last years has: 4 rows of 8
//! numbers. A browser on x86-64 turns its vectors into the registers of SSE, of which it keeps one for itself: eight sums, two
//! of the strip, one of `a` and a product fit into the other fifteen. Six rows do not, and the browser's compiler then moves
//! sums to memory and back in every step: measured in Chromium's engine, 6 rows reach 16 GFLOP/s, 5 rows 17, and 4 rows 25.
//! There is no instruction that multiplies and adds, and none that fetches ahead.

use std::arch::wasm32::*;

use super::{Kernel, SQUARE, Vector, multiply_tile};

/// The one kernel there is: a module that names vector instructions does not even load where there are none.
pub(in crate::numerics::linalg) fn available() -> Vec<&'static Kernel> {
    vec![&SIMD_128]
}

static SIMD_128: Kernel = Kernel {
    width: 8,
    tiles: &[multiply_tile::<v128, 1>, multiply_tile::<v128, 2>, multiply_tile::<v128, 3>, multiply_tile::<v128, 4>],
};

/// Transposes one square, number by number: there are only a few wide products for which it matters.
///
/// # Safety
/// `from` points to eight rows of eight numbers, `from_stride` apart, `to` to room for the same, `to_stride` apart.
pub(super) unsafe fn transpose_square(from: *const f32, from_stride: usize, to: *mut f32, to_stride: usize) {
    for row in 0..SQUARE {
        for column in 0..SQUARE {
            // SAFETY: inside what the caller promised.
            unsafe { *to.add(column * to_stride + row) = *from.add(row * from_stride + column) };
        }
    }
}

// SAFETY: each function does what its intrinsic does, under the trait's conditions.
impl Vector for v128 {
    const LANES: usize = 4;
    #[inline(always)]
    unsafe fn zero() -> Self {
        f32x4_splat(0.0)
    }
    #[inline(always)]
    unsafe fn splat(x: f32) -> Self {
        f32x4_splat(x)
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the pointer is good for four numbers.
        unsafe { v128_load(from.cast()) }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, x: Self) {
        // SAFETY: the pointer is good for four numbers.
        unsafe { v128_store(to.cast(), x) }
    }
    #[inline(always)]
    unsafe fn add(x: Self, y: Self) -> Self {
        f32x4_add(x, y)
    }
    #[inline(always)]
    unsafe fn multiply_add(x: Self, y: Self, z: Self) -> Self {
        f32x4_add(f32x4_mul(x, y), z)
    }
    #[inline(always)]
    fn fetch(_: *const f32) {}
    #[inline(always)]
    fn fetch_later(_: *const f32) {}
}
