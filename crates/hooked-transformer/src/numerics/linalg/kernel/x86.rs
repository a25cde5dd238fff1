//! Kernels for x86-64: AVX-512 (14 rows of 32 numbers) and AVX2 with FMA (6 rows of 16). The processor is asked once which
//! of them it can run.

use std::arch::x86_64::*;

use super::{Kernel, Tile, Vector, multiply_tile};

/// All kernels that this processor runs, best first.
pub(in crate::numerics::linalg) fn available() -> Vec<&'static Kernel> {
    if !(is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")) {
        return Vec::new();
    }
    let wide = is_x86_feature_detected!("avx512f").then_some(&AVX_512);
    wide.into_iter().chain([&AVX_2]).collect()
}

static AVX_512: Kernel = Kernel {
    width: 32,
    tiles: &[
        avx_512::<1>,
        avx_512::<2>,
        avx_512::<3>,
        avx_512::<4>,
        avx_512::<5>,
        avx_512::<6>,
        avx_512::<7>,
        avx_512::<8>,
        avx_512::<9>,
        avx_512::<10>,
        avx_512::<11>,
        avx_512::<12>,
        avx_512::<13>,
        avx_512::<14>,
    ],
};

static AVX_2: Kernel =
    Kernel { width: 16, tiles: &[avx_2::<1>, avx_2::<2>, avx_2::<3>, avx_2::<4>, avx_2::<5>, avx_2::<6>] };

#[target_feature(enable = "avx512f")]
unsafe fn avx_512<const ROWS: usize>(tile: Tile) {
    // SAFETY: the caller's promise is handed on.
    unsafe { multiply_tile::<__m512, ROWS>(tile) }
}

#[target_feature(enable = "avx2,fma")]
unsafe fn avx_2<const ROWS: usize>(tile: Tile) {
    // SAFETY: the caller's promise is handed on.
    unsafe { multiply_tile::<__m256, ROWS>(tile) }
}

/// Transposes one square: first numbers between pairs of rows, then pairs between pairs of pairs, then halves.
///
/// # Safety
/// The processor has AVX2. `from` points to eight rows of eight numbers, `from_stride` apart, `to` to room for the same,
/// `to_stride` apart.
#[target_feature(enable = "avx2")]
pub(super) unsafe fn transpose_square(from: *const f32, from_stride: usize, to: *mut f32, to_stride: usize) {
    // SAFETY: every address that is read or written stays inside what the caller promised.
    unsafe {
        let row = |r: usize| _mm256_loadu_ps(from.add(r * from_stride));
        let (a, b, c, d) = (row(0), row(1), row(2), row(3));
        let (e, f, g, h) = (row(4), row(5), row(6), row(7));
        let pairs = [
            [_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b)],
            [_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d)],
            [_mm256_unpacklo_ps(e, f), _mm256_unpackhi_ps(e, f)],
            [_mm256_unpacklo_ps(g, h), _mm256_unpackhi_ps(g, h)],
        ];
        let [ab_of, cd_of, ef_of, gh_of] = pairs;
        for (half, ((ab, cd), (ef, gh))) in ab_of.into_iter().zip(cd_of).zip(ef_of.into_iter().zip(gh_of)).enumerate() {
            let (left, right) = (_mm256_shuffle_ps::<0x44>(ab, cd), _mm256_shuffle_ps::<0x44>(ef, gh));
            let (left_next, right_next) = (_mm256_shuffle_ps::<0xEE>(ab, cd), _mm256_shuffle_ps::<0xEE>(ef, gh));
            let column = |c: usize| to.add(c * to_stride);
            _mm256_storeu_ps(column(2 * half), _mm256_permute2f128_ps::<0x20>(left, right));
            _mm256_storeu_ps(column(2 * half + 1), _mm256_permute2f128_ps::<0x20>(left_next, right_next));
            _mm256_storeu_ps(column(2 * half + 4), _mm256_permute2f128_ps::<0x31>(left, right));
            _mm256_storeu_ps(column(2 * half + 5), _mm256_permute2f128_ps::<0x31>(left_next, right_next));
        }
    }
}

/// Implements [`Vector`] by the names of its intrinsics, in the order of the trait.
macro_rules! vector {
    ($type:ty, $lanes:literal: $zero:ident, $splat:ident, $load:ident, $store:ident, $add:ident, $multiply_add:ident) => {
        // SAFETY: each function does what its intrinsic does, under the trait's conditions.
        impl Vector for $type {
            const LANES: usize = $lanes;
            #[inline(always)]
            unsafe fn zero() -> Self {
                unsafe { $zero() }
            }
            #[inline(always)]
            unsafe fn splat(x: f32) -> Self {
                unsafe { $splat(x) }
            }
            #[inline(always)]
            unsafe fn load(from: *const f32) -> Self {
                unsafe { $load(from) }
            }
            #[inline(always)]
            unsafe fn store(to: *mut f32, x: Self) {
                unsafe { $store(to, x) }
            }
            #[inline(always)]
            unsafe fn add(x: Self, y: Self) -> Self {
                unsafe { $add(x, y) }
            }
            #[inline(always)]
            unsafe fn multiply_add(x: Self, y: Self, z: Self) -> Self {
                unsafe { $multiply_add(x, y, z) }
            }
            #[inline(always)]
            fn fetch(from: *const f32) {
                // SAFETY: a hint about an address reads nothing there.
                unsafe { _mm_prefetch::<_MM_HINT_T0>(from.cast()) };
            }
            #[inline(always)]
            fn fetch_later(from: *const f32) {
                // SAFETY: as above.
                unsafe { _mm_prefetch::<_MM_HINT_T1>(from.cast()) };
            }
        }
    };
}

vector!(__m512, 16: _mm512_setzero_ps, _mm512_set1_ps, _mm512_loadu_ps, _mm512_storeu_ps, _mm512_add_ps, _mm512_fmadd_ps);
vector!(__m256, 8: _mm256_setzero_ps, _mm256_set1_ps, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_add_ps, _mm256_fmadd_ps);
