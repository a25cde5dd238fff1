//! Products by ndarray or BLAS: large ones are cut into one part a thread, and each part runs on one thread.

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView1, ArrayView2, ArrayViewMut2, Axis, s};

use super::few_rows::{self, FEW_ROWS};
use super::{Factors, Heads, into_axis_chunks};
use crate::numerics::share::share;

/// Links BLIS, in its single-threaded form.
#[cfg(feature = "blis-static")]
use blis_src as _;

/// Tells OpenBLAS to keep to the calling thread: the blocks are rayon's, and threads inside threads only get in each
/// other's way.
#[cfg(feature = "openblas-system")]
#[expect(unsafe_code, reason = "a function of C")]
fn use_one_thread_per_block() {
    #[link(name = "openblas")]
    unsafe extern "C" {
        fn openblas_set_num_threads(threads: std::ffi::c_int);
    }
    static ONCE: std::sync::Once = std::sync::Once::new();
    // SAFETY: the function is part of every OpenBLAS, takes a number, and only stores it.
    ONCE.call_once(|| unsafe { openblas_set_num_threads(1) });
}

/// Writes `a · b + bias` into `out`, with up to `threads` threads.
pub(super) fn product(factors: Factors<'_>, mut out: ArrayViewMut2<'_, f32>, threads: usize) {
    let (n_heads, k, n) = factors.b.dim();
    if n == 0 {
        return;
    }
    if factors.heads == Heads::Along && n_heads > 1 {
        for (head, b) in factors.b.outer_iter().enumerate() {
            let a = factors.a.slice(s![.., head * k..(head + 1) * k]);
            let (bias, add) = if head == 0 { (factors.bias, factors.add) } else { (None, true) };
            product(Factors { bias, add, ..Factors::plain(a, b) }, out.view_mut(), threads);
        }
        return;
    }
    let of_heads = into_axis_chunks(out, Axis(1), n).zip(factors.b.outer_iter()).enumerate();
    let parts = of_heads.flat_map(|(head, (out, b))| {
        let bias = factors.bias.map(|bias| bias.slice_move(s![head * n..(head + 1) * n]));
        parts_of_one(Part { a: factors.a, b, bias, add: factors.add, out }, threads.div_ceil(factors.b.dim().0))
    });
    share(parts.collect(), threads, Part::run);
}

/// What one thread computes.
struct Part<'p> {
    a: ArrayView2<'p, f32>,
    b: ArrayView2<'p, f32>,
    bias: Option<ArrayView1<'p, f32>>,
    add: bool,
    out: ArrayViewMut2<'p, f32>,
}

/// Cuts a product along the longer side of the output, so that each part stays as square as can be.
fn parts_of_one(whole: Part<'_>, count: usize) -> Vec<Part<'_>> {
    let Part { a, b, bias, add, out } = whole;
    let (m, n) = out.dim();
    if count == 1 || m == 0 {
        return vec![Part { a, b, bias, add, out }];
    }
    if m >= n || (m > FEW_ROWS && m * 2 >= n && m >= 64 * count) {
        let rows = m.div_ceil(count).next_multiple_of(8);
        let parts = into_axis_chunks(out, Axis(0), rows).enumerate();
        return parts
            .map(|(i, out)| Part { a: a.slice_move(s![i * rows..i * rows + out.nrows(), ..]), b, bias, add, out })
            .collect();
    }
    let columns = n.div_ceil(count).next_multiple_of(16);
    let parts = into_axis_chunks(out, Axis(1), columns).enumerate();
    parts
        .map(|(i, out)| {
            let part = i * columns..i * columns + out.ncols();
            let bias = bias.map(|bias| bias.slice_move(s![part.clone()]));
            Part { a, b: b.slice_move(s![.., part]), bias, add, out }
        })
        .collect()
}

impl Part<'_> {
    fn run(mut self) {
        if let Some(bias) = self.bias {
            self.out.assign(&bias);
        }
        if self.a.nrows() <= FEW_ROWS {
            if self.bias.is_none() && !self.add {
                self.out.fill(0.0);
            }
            few_rows::add_product(self.a, self.b, self.out);
        } else {
            #[cfg(feature = "openblas-system")]
            use_one_thread_per_block();
            let keep = if self.bias.is_some() || self.add { 1.0 } else { 0.0 };
            general_mat_mul(1.0, &self.a, &self.b, keep, &mut self.out);
        }
    }
}
