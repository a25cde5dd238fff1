//! The one place that multiplies matrices; the rest of the crate says `matmul`.
//!
//! Which code does the arithmetic depends on the machine and the features:
//! - on x86-64 with AVX2 or AVX-512, and in WebAssembly with `simd128`, the product of this library (`blocked`,
//!   `kernel`): pure Rust;
//! - with the feature `blas`, whichever BLAS the program links (the crate blas-src offers them all); `openblas-system`
//!   and `blis-static` bring one;
//! - otherwise ndarray's own (`matrixmultiply`, pure Rust).
//!
//! For the last two, large products are cut into parts (`cut`) that rayon hands to its threads.
//! A factor that lies transposed in memory is copied first (`transpose`).
//! A product with few rows, as in generation, is bound by memory traffic, and has code of its own (`few_rows`).

#[cfg(all(any(target_arch = "x86_64", target_feature = "simd128"), not(feature = "blas")))]
mod blocked;
mod cut;
mod few_rows;
#[cfg(all(any(target_arch = "x86_64", target_feature = "simd128"), not(feature = "blas")))]
mod kernel;
mod transpose;

use ndarray::{
    Array2, Array3, ArrayView1, ArrayView2, ArrayView3, ArrayViewMut, ArrayViewMut2, ArrayViewMut3, Axis, Dimension,
    Slice, s,
};

use self::transpose::WellLaidOut;
use crate::numerics::memory;
use crate::numerics::share::share;

pub(crate) use few_rows::dot;

/// Below this many multiply-adds a product is not worth cutting up: waking a thread costs tens of microseconds.
pub(crate) const WORTH_SPLITTING: usize = 1 << 20;

/// Up to so many multiply-adds a product is computed entry by entry: attention in texts of a few tokens consists of such.
const TINY: usize = 512;

/// `a · b`.
///
/// # Shapes
/// - `a`: `[m, k]`
/// - `b`: `[k, n]`
/// - output: `[m, n]`
///
/// # Panics
/// If the inner lengths differ.
#[track_caller]
pub fn matmul(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>) -> Array2<f32> {
    linear(a, b, None)
}

/// `a · b + bias`.
///
/// # Shapes
/// - `bias`: `[n]`; the others as in [`matmul`]
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub(crate) fn linear(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>, bias: Option<ArrayView1<'_, f32>>) -> Array2<f32> {
    let mut out = memory::array((a.nrows(), b.ncols()));
    linear_into(a, b, bias, out.view_mut());
    out
}

/// Writes `a · b + bias` into `out`.
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub(crate) fn linear_into(
    a: ArrayView2<'_, f32>,
    b: ArrayView2<'_, f32>,
    bias: Option<ArrayView1<'_, f32>>,
    out: ArrayViewMut2<'_, f32>,
) {
    Factors::plain(a, b).with_bias(bias).write(out);
}

/// Writes `a · b` into `out`, in parallel where that pays.
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub(crate) fn matmul_into(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>, out: ArrayViewMut2<'_, f32>) {
    linear_into(a, b, None, out);
}

/// Writes `a · b` into `out` on the calling thread. For code that is already parallel over batch and heads.
#[track_caller]
pub(crate) fn matmul_block(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>, out: ArrayViewMut2<'_, f32>) {
    Factors::plain(a, b).write_with(1, out);
}

/// Adds `a · b` to `out`, in parallel where that pays.
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub(crate) fn add_matmul(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>, out: ArrayViewMut2<'_, f32>) {
    Factors::plain(a, b).added().write(out);
}

/// Adds `a · b` to `out` on the calling thread.
#[track_caller]
pub(crate) fn add_matmul_block(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>, out: ArrayViewMut2<'_, f32>) {
    Factors::plain(a, b).added().write_with(1, out);
}

/// What is multiplied and added: `a` times the matrices of all heads, plus a bias.
///
/// # Shapes
/// - `b`: `[head, k, n]`; a plain matrix is one head
/// - `a`: `[m, k]`, or `[m, head * k]` where the heads are along the inner length
/// - `bias`: as long as the output is wide
#[derive(Clone, Copy)]
struct Factors<'f> {
    a: ArrayView2<'f, f32>,
    b: ArrayView3<'f, f32>,
    heads: Heads,
    bias: Option<ArrayView1<'f, f32>>,
    /// Whether the result is added to what the output holds; then there is no bias.
    add: bool,
}

/// How the matrices of heads make one matrix.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Heads {
    /// Side by side: `[k, head * n]`.
    Across,
    /// One below the other: `[head * k, n]`, so that the product is a sum over heads.
    Along,
}

impl<'f> Factors<'f> {
    fn plain(a: ArrayView2<'f, f32>, b: ArrayView2<'f, f32>) -> Self {
        Factors { a, b: b.insert_axis(Axis(0)), heads: Heads::Across, bias: None, add: false }
    }

    fn with_bias(self, bias: Option<ArrayView1<'f, f32>>) -> Self {
        Factors { bias, ..self }
    }

    fn added(self) -> Self {
        Factors { add: true, ..self }
    }

    /// Rows and columns of what `a` is multiplied with.
    fn shape_of_b(&self) -> (usize, usize) {
        let (heads, k, n) = self.b.dim();
        match self.heads {
            Heads::Across => (k, heads * n),
            Heads::Along => (heads * k, n),
        }
    }

    /// Writes the result, in parallel where that pays.
    ///
    /// # Shapes
    /// - `out`: `[m, head * n]`, or `[m, n]` where the heads are along the inner length
    #[track_caller]
    fn write(self, out: ArrayViewMut2<'_, f32>) {
        let worth_it = self.a.len() * out.ncols() >= WORTH_SPLITTING;
        self.write_with(if worth_it { rayon::current_num_threads() } else { 1 }, out);
    }

    #[track_caller]
    fn write_with(self, threads: usize, out: ArrayViewMut2<'_, f32>) {
        let (k, n) = self.shape_of_b();
        assert!(
            self.a.ncols() == k && out.dim() == (self.a.nrows(), n),
            "matmul: {:?} x {:?} does not fit into {:?}",
            self.a.dim(),
            (k, n),
            out.dim()
        );
        assert!(self.bias.is_none_or(|bias| bias.len() == n), "a bias of {:?} for {n} columns", self.bias);
        if self.a.len() * n <= TINY && self.b.dim().0 == 1 {
            return self.write_tiny(out);
        }
        #[cfg(all(any(target_arch = "x86_64", target_feature = "simd128"), not(feature = "blas")))]
        if let Some(kernel) = *kernel::BEST
            && self.a.nrows() > few_rows::FEW_ROWS
            && blocked::fits(&out)
        {
            return blocked::product(kernel, self, out, threads);
        }
        cut::product(self, out, threads);
    }
}

impl Factors<'_> {
    /// Writes the result entry by entry: for products that take less time than preparing them would.
    fn write_tiny(self, mut out: ArrayViewMut2<'_, f32>) {
        let b = self.b.index_axis(Axis(0), 0);
        for (a, mut out) in self.a.rows().into_iter().zip(out.rows_mut()) {
            for (column, (out, b)) in out.iter_mut().zip(b.columns()).enumerate() {
                let sum: f32 = a.iter().zip(b).map(|(a, b)| a * b).sum();
                let before = if self.add { *out } else { self.bias.map_or(0.0, |bias| bias[column]) };
                *out = before + sum;
            }
        }
    }
}

/// Cuts a mutable view into blocks along an axis. Unlike ndarray's iterators it consumes the view, so the blocks keep
/// its lifetime and can be handed to threads.
pub(crate) fn into_axis_chunks<D: Dimension>(
    view: ArrayViewMut<'_, f32, D>,
    axis: Axis,
    size: usize,
) -> impl Iterator<Item = ArrayViewMut<'_, f32, D>> {
    let mut rest = Some(view);
    std::iter::from_fn(move || {
        let view = rest.take()?;
        if view.len_of(axis) <= size {
            return Some(view);
        }
        let (head, tail) = view.split_at(axis, size);
        rest = Some(tail);
        Some(head)
    })
}

/// Writes one input times each head's matrix, plus each head's bias.
///
/// # Shapes
/// - `x`: `[row, d_in]`
/// - `w`: `[head, d_in, d_out]`
/// - `bias`: `[head, d_out]`
/// - `out`: `[row, head * d_out]`
#[track_caller]
pub(crate) fn linear_heads_into(
    x: ArrayView2<'_, f32>,
    w: ArrayView3<'_, f32>,
    bias: ArrayView2<'_, f32>,
    out: ArrayViewMut2<'_, f32>,
) {
    let bias = bias.to_shape(out.ncols()).expect("a bias for each head's outputs");
    Factors { a: x, b: w, heads: Heads::Across, bias: Some(bias.view()), add: false }.write(out);
}

/// Each head's own input times its own matrix.
///
/// # Shapes
/// - `x`: `[row, head, d_in]`
/// - `w`: `[head, d_in, d_out]`
/// - output: `[row, head, d_out]`
#[track_caller]
pub(crate) fn matmul_each_head(x: ArrayView3<'_, f32>, w: ArrayView3<'_, f32>) -> Array3<f32> {
    let (n_heads, d_in, d_out) = w.dim();
    let mut out = memory::array((x.dim().0, n_heads, d_out));
    for_each_head(out.view_mut(), d_in * d_out, |head, rows, out| {
        matmul_block(x.slice(s![rows, head, ..]), w.index_axis(Axis(0), head), out);
    });
    out
}

/// Backward through [`linear_heads_into`]: the sum over heads of each one's gradient times its transposed matrix.
///
/// # Shapes
/// - `d`: `[row, head, d_out]`, contiguous
/// - `w`: `[head, d_in, d_out]`
/// - `out`: `[row, d_in]`
#[track_caller]
pub(crate) fn heads_transposed_into(d: ArrayView3<'_, f32>, w: ArrayView3<'_, f32>, out: ArrayViewMut2<'_, f32>) {
    let (n_rows, n_heads, d_out) = d.dim();
    let a = d.into_shape_with_order((n_rows, n_heads * d_out)).expect("heads lie side by side");
    Factors { a, b: w.permuted_axes([0, 2, 1]), heads: Heads::Along, bias: None, add: false }.write(out);
}

/// The gradient of each head's matrix: its transposed input times its gradient.
///
/// # Shapes
/// - `x`: `[row, d_in]`, or `[row, head, d_in]`
/// - `d`: `[row, head, d_out]`
/// - `out`: `[head, d_in, d_out]`
#[track_caller]
pub(crate) fn outer_each_head(x: HeadRows<'_>, d: ArrayView3<'_, f32>, out: ArrayViewMut3<'_, f32>) {
    // One copy of a shared input serves the products of all heads.
    let shared = match x {
        HeadRows::Shared(x) => Some(WellLaidOut::copy_of(x.reversed_axes(), rayon::current_num_threads())),
        HeadRows::PerHead(_) => None,
    };
    let heads = into_axis_chunks(out, Axis(0), 1).map(|out| out.index_axis_move(Axis(0), 0)).enumerate();
    share(heads.collect(), rayon::current_num_threads(), |(head, out)| {
        let d = d.index_axis(Axis(1), head);
        match (&shared, x) {
            (None, HeadRows::PerHead(x)) => matmul_block(x.index_axis(Axis(1), head).reversed_axes(), d, out),
            (Some(x), _) => matmul_block(x.view(), d, out),
            (None, HeadRows::Shared(x)) => matmul_block(x.t(), d, out),
        }
    });
}

/// Inputs of heads: one for all, or one for each.
#[derive(Clone, Copy)]
pub(crate) enum HeadRows<'a> {
    /// `[row, d_in]`
    Shared(ArrayView2<'a, f32>),
    /// `[row, head, d_in]`
    PerHead(ArrayView3<'a, f32>),
}

/// Calls `work(head, rows, out)` for every head and block of rows of an output `[row, head, d_out]`, in parallel.
fn for_each_head(
    out: ArrayViewMut3<'_, f32>,
    work_per_row: usize,
    work: impl Fn(usize, Slice, ArrayViewMut2<'_, f32>) + Sync,
) {
    let (n_rows, n_heads, _) = out.dim();
    let threads = rayon::current_num_threads();
    // Heads are the natural blocks; rows are cut too only where there are fewer heads than threads.
    let row_blocks = threads.div_ceil(n_heads.max(1)).min(n_rows.max(1));
    let rows_each = n_rows.div_ceil(row_blocks.max(1)).max(1);
    let mut blocks = Vec::with_capacity(n_heads * row_blocks);
    for (head, out) in into_axis_chunks(out, Axis(1), 1).enumerate() {
        let out = out.index_axis_move(Axis(1), 0);
        for (block, out) in into_axis_chunks(out, Axis(0), rows_each).enumerate() {
            let start = block * rows_each;
            blocks.push((head, Slice::from(start..start + out.nrows()), out));
        }
    }
    let worth_it = n_rows * n_heads * work_per_row >= WORTH_SPLITTING;
    share(blocks, if worth_it { threads } else { 1 }, |(head, rows, out)| work(head, rows, out));
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array;

    /// Values without symmetry, so that a swapped index shows.
    fn sample(rows: usize, columns: usize) -> Array2<f32> {
        Array::from_shape_fn((rows, columns), |(i, j)| ((i * 7 + j * 3) % 11) as f32 - 4.5 + i as f32 * 0.01)
    }

    fn naive(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>) -> Array2<f64> {
        Array::from_shape_fn((a.nrows(), b.ncols()), |(i, j)| {
            (0..a.ncols()).map(|k| f64::from(a[[i, k]]) * f64::from(b[[k, j]])).sum()
        })
    }

    fn assert_close(got: ArrayView2<'_, f32>, want: &Array2<f64>) {
        let scale = want.iter().fold(1.0f64, |max, w| max.max(w.abs()));
        for (at, want) in want.indexed_iter() {
            let diff = (f64::from(got[at]) - want).abs();
            assert!(diff <= 1e-5 * scale, "{at:?}: got {}, want {want}", got[at]);
        }
    }

    #[test]
    fn every_path_agrees_with_the_definition() {
        // One row, few rows, odd sizes, cut by rows, cut by columns, several pieces of depth, rows 4096 bytes apart.
        for (m, k, n) in [
            (1, 5, 7),
            (1, 300, 130),
            (3, 37, 41),
            (4, 9, 5),
            (300, 130, 70),
            (70, 130, 300),
            (5, 600, 700),
            (30, 1600, 150),
            (17, 1024, 129),
            (20, 0, 9),
        ] {
            let (a, b) = (sample(m, k), sample(k, n));
            assert_close(matmul(a.view(), b.view()).view(), &naive(a.view(), b.view()));
            let transposed = sample(n, k);
            assert_close(matmul(a.view(), transposed.t()).view(), &naive(a.view(), transposed.t()));
            let transposed = sample(k, m);
            assert_close(matmul(transposed.t(), b.view()).view(), &naive(transposed.t(), b.view()));
            // Backwards, and every other row and column.
            let (a, b) = (sample(2 * m, k), sample(2 * k, 2 * n));
            let (a, b) = (a.slice(s![..;-2, ..]), b.slice(s![..;2, ..;-2]));
            assert_close(matmul(a, b).view(), &naive(a, b));
        }
    }

    #[test]
    fn a_bias_is_added_once() {
        for (m, k, n) in [(1, 5, 7), (3, 37, 41), (30, 1600, 150), (300, 130, 70), (5, 0, 9)] {
            let (a, b, bias) = (sample(m, k), sample(k, n), sample(1, n));
            let want = naive(a.view(), b.view()) + &bias.row(0).mapv(|x| f64::from(x) * 100.0);
            let bias = bias.row(0).mapv(|x| x * 100.0);
            assert_close(linear(a.view(), b.view(), Some(bias.view())).view(), &want);
        }
    }

    #[test]
    fn a_column_of_a_larger_matrix_is_written_alone() {
        let (a, b) = (sample(9, 6), sample(6, 5));
        let mut all = Array3::from_elem((9, 2, 5), 7.0f32);
        matmul_into(a.view(), b.view(), all.slice_mut(s![.., 1, ..]));
        assert_close(all.slice(s![.., 1, ..]), &naive(a.view(), b.view()));
        assert!(all.slice(s![.., 0, ..]).iter().all(|&x| x == 7.0));
        // An output whose rows do not lie in one piece.
        let mut turned = Array2::zeros((5, 9));
        matmul_into(a.view(), b.view(), turned.view_mut().reversed_axes());
        assert_close(turned.t(), &naive(a.view(), b.view()));
    }

    #[test]
    fn heads_take_the_same_or_their_own_input() {
        let x = sample(9, 6);
        let w = Array3::from_shape_fn((4, 6, 5), |(h, i, j)| (h * 5 + i * 3 + j * 2) as f32 % 7.0 - 3.0);
        let bias = Array2::from_shape_fn((4, 5), |(h, j)| (h * 5 + j) as f32);
        let mut out = Array2::from_elem((9, 4 * 5), f32::NAN);
        linear_heads_into(x.view(), w.view(), bias.view(), out.view_mut());
        let out = out.into_shape_with_order((9, 4, 5)).unwrap();
        for head in 0..4 {
            let mut want = naive(x.view(), w.index_axis(Axis(0), head));
            want += &bias.row(head).mapv(f64::from);
            assert_close(out.index_axis(Axis(1), head), &want);
        }
        let each = Array3::from_shape_fn((9, 4, 6), |(r, h, i)| (r * 2 + h * 5 + i) as f32 % 9.0 - 4.0);
        let out = matmul_each_head(each.view(), w.view());
        for head in 0..4 {
            let want = naive(each.index_axis(Axis(1), head), w.index_axis(Axis(0), head));
            assert_close(out.index_axis(Axis(1), head), &want);
        }
    }

    /// Heads of several widths, few rows and many, one piece of the inner length and several, on every backend.
    #[test]
    fn a_sum_over_heads_is_the_sum_of_their_products() {
        for (rows, n_heads, d_out, d_in) in [(2, 3, 4, 5), (9, 4, 5, 6), (40, 12, 64, 96), (130, 16, 100, 33)] {
            let sample = |i: usize, j: usize, k: usize| ((i * 7 + j * 3 + k * 5) % 11) as f32 - 4.5 + i as f32 * 0.01;
            let d = Array3::from_shape_fn((rows, n_heads, d_out), |(i, j, k)| sample(i, j, k));
            let w = Array3::from_shape_fn((n_heads, d_in, d_out), |(i, j, k)| sample(k, i, j));
            let mut want = Array2::<f64>::zeros((rows, d_in));
            for (d, w) in d.axis_iter(Axis(1)).zip(w.outer_iter()) {
                want += &naive(d, w.t());
            }
            let mut out = Array2::from_elem((rows, d_in), 3.0);
            heads_transposed_into(d.view(), w.view(), out.view_mut());
            assert_close(out.view(), &want);
            // Matrices that do not lie transposed.
            let turned = w.permuted_axes([0, 2, 1]).as_standard_layout().into_owned().permuted_axes([0, 2, 1]);
            let mut out = Array2::from_elem((rows, d_in), 3.0);
            heads_transposed_into(d.view(), turned.view(), out.view_mut());
            assert_close(out.view(), &want);
        }
    }

    #[test]
    #[should_panic(expected = "(2, 3) x (4, 5)")]
    fn shapes_that_do_not_fit_are_named() {
        matmul(sample(2, 3).view(), sample(4, 5).view());
    }
}
