//! The one place that multiplies matrices; the rest of the crate says `matmul`.
//!
//! Large products are cut into blocks that rayon hands to its threads; inside a block the backend runs on one thread.
//! The backend is ndarray's own (`matrixmultiply`, pure Rust), or with the feature `blas` whichever BLAS the program
//! links (the crate blas-src offers them all); `openblas-system` and `blis-static` bring one.
//! A product with few rows, as in generation, is bound by memory traffic, and has a kernel of its own.

use ndarray::linalg::general_mat_mul;
use ndarray::{
    Array2, Array3, ArrayView1, ArrayView2, ArrayView3, ArrayViewMut, ArrayViewMut1, ArrayViewMut2, ArrayViewMut3,
    Axis, Dimension, Slice, s,
};
use rayon::prelude::*;

/// Links BLIS, in its single-threaded form.
#[cfg(feature = "blis-static")]
use blis_src as _;

/// Tells OpenBLAS to keep to the calling thread: the blocks are rayon's, and threads inside threads only get in each
/// other's way.
#[cfg(feature = "openblas-system")]
#[allow(unsafe_code)]
fn use_one_thread_per_block() {
    #[link(name = "openblas")]
    unsafe extern "C" {
        fn openblas_set_num_threads(threads: std::ffi::c_int);
    }
    static ONCE: std::sync::Once = std::sync::Once::new();
    // SAFETY: the function is part of every OpenBLAS, takes a number, and only stores it.
    ONCE.call_once(|| unsafe { openblas_set_num_threads(1) });
}

/// Below this many multiply-adds a product is not worth cutting up: waking a thread costs tens of microseconds.
const WORTH_SPLITTING: usize = 1 << 20;

/// At most this many rows go through the row kernel instead of the backend.
const FEW_ROWS: usize = 3;

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
    let mut out = Array2::zeros((a.nrows(), b.ncols()));
    matmul_into(a, b, out.view_mut());
    out
}

/// Writes `a · b` into `out`, in parallel where that pays.
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub(crate) fn matmul_into(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>, out: ArrayViewMut2<'_, f32>) {
    assert!(
        a.ncols() == b.nrows() && out.dim() == (a.nrows(), b.ncols()),
        "matmul: {:?} x {:?} does not fit into {:?}",
        a.dim(),
        b.dim(),
        out.dim()
    );
    let (m, k, n) = (a.nrows(), a.ncols(), b.ncols());
    let threads = rayon::current_num_threads();
    if threads == 1 || m * k * n < WORTH_SPLITTING {
        return matmul_block(a, b, out);
    }
    // Cut along the longer side of the output, so that each block stays as square as can be.
    if m >= n || (m > FEW_ROWS && m * 2 >= n && m >= 64 * threads) {
        let rows = m.div_ceil(threads).next_multiple_of(8);
        let blocks = a.axis_chunks_iter(Axis(0), rows).into_par_iter();
        blocks.zip(into_axis_chunks(out, Axis(0), rows)).for_each(|(a, out)| matmul_block(a, b, out));
    } else {
        let columns = n.div_ceil(threads).next_multiple_of(16);
        let blocks = b.axis_chunks_iter(Axis(1), columns).into_par_iter();
        blocks.zip(into_axis_chunks(out, Axis(1), columns)).for_each(|(b, out)| matmul_block(a, b, out));
    }
}

/// Cuts a mutable view into blocks along an axis. Unlike ndarray's iterators it consumes the view, so the blocks keep
/// its lifetime and can be handed to threads.
pub(crate) fn into_axis_chunks<D: Dimension>(
    mut view: ArrayViewMut<'_, f32, D>,
    axis: Axis,
    size: usize,
) -> Vec<ArrayViewMut<'_, f32, D>> {
    let mut chunks = Vec::new();
    while view.len_of(axis) > size {
        let (head, tail) = view.split_at(axis, size);
        chunks.push(head);
        view = tail;
    }
    chunks.push(view);
    chunks
}

/// Writes `a · b` into `out` on the calling thread. For code that is already parallel over batch and heads.
pub(crate) fn matmul_block(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>, mut out: ArrayViewMut2<'_, f32>) {
    if a.nrows() <= FEW_ROWS {
        for (row, out) in a.rows().into_iter().zip(out.rows_mut()) {
            vector_matrix(row, b, out);
        }
    } else {
        #[cfg(feature = "openblas-system")]
        use_one_thread_per_block();
        general_mat_mul(1.0, &a, &b, 0.0, &mut out);
    }
}

/// `x · b` for one row `x`: streams through `b` once, along whichever axis lies contiguous in memory.
fn vector_matrix(x: ArrayView1<'_, f32>, b: ArrayView2<'_, f32>, mut out: ArrayViewMut1<'_, f32>) {
    let x = x.as_standard_layout();
    let x = x.as_slice().unwrap_or(&[]);
    if b.strides()[0] == 1 {
        // Columns are contiguous (a transposed matrix): one dot product an entry.
        for (column, out) in b.columns().into_iter().zip(out.iter_mut()) {
            *out = match column.as_slice() {
                Some(column) => dot(x, column),
                None => x.iter().zip(column).map(|(x, b)| x * b).sum(),
            };
        }
        return;
    }
    out.fill(0.0);
    let mut row = 0;
    // Four rows at a time: the output is read and written a quarter as often.
    while row + 4 <= x.len() {
        let block = [b.row(row), b.row(row + 1), b.row(row + 2), b.row(row + 3)];
        match (block.each_ref().map(|r| r.as_slice()), out.as_slice_mut()) {
            ([Some(b0), Some(b1), Some(b2), Some(b3)], Some(out)) => {
                add_four_rows(out, [b0, b1, b2, b3], [x[row], x[row + 1], x[row + 2], x[row + 3]]);
            }
            _ => block.iter().zip(&x[row..]).for_each(|(b, &x)| out.scaled_add(x, b)),
        }
        row += 4;
    }
    for (&x, b) in x[row..].iter().zip(b.rows().into_iter().skip(row)) {
        out.scaled_add(x, &b);
    }
}

fn add_four_rows(out: &mut [f32], [b0, b1, b2, b3]: [&[f32]; 4], [x0, x1, x2, x3]: [f32; 4]) {
    let rows = b0.iter().zip(b1).zip(b2).zip(b3);
    for (out, (((b0, b1), b2), b3)) in out.iter_mut().zip(rows) {
        *out += (x0 * b0 + x1 * b1) + (x2 * b2 + x3 * b3);
    }
}

/// A dot product with sixteen running sums, which the compiler turns into vector registers.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 16;
    let mut sums = [0.0f32; LANES];
    let (a_blocks, a_rest) = a.as_chunks::<LANES>();
    let (b_blocks, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

/// One input times each head's matrix.
///
/// # Shapes
/// - `x`: `[row, d_in]`
/// - `w`: `[head, d_in, d_out]`
/// - output: `[row, head, d_out]`
#[track_caller]
pub(crate) fn matmul_heads(x: ArrayView2<'_, f32>, w: ArrayView3<'_, f32>) -> Array3<f32> {
    let (n_heads, _, d_out) = w.dim();
    let mut out = Array3::zeros((x.nrows(), n_heads, d_out));
    for_each_head(out.view_mut(), x.ncols() * d_out, |head, rows, out| {
        matmul_block(x.slice(s![rows, ..]), w.index_axis(Axis(0), head), out);
    });
    out
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
    let mut out = Array3::zeros((x.dim().0, n_heads, d_out));
    for_each_head(out.view_mut(), d_in * d_out, |head, rows, out| {
        matmul_block(x.slice(s![rows, head, ..]), w.index_axis(Axis(0), head), out);
    });
    out
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
    for (head, out) in into_axis_chunks(out, Axis(1), 1).into_iter().enumerate() {
        let out = out.index_axis_move(Axis(1), 0);
        for (block, out) in into_axis_chunks(out, Axis(0), rows_each).into_iter().enumerate() {
            let start = block * rows_each;
            blocks.push((head, Slice::from(start..start + out.nrows()), out));
        }
    }
    if threads == 1 || n_rows * n_heads * work_per_row < WORTH_SPLITTING {
        blocks.into_iter().for_each(|(head, rows, out)| work(head, rows, out));
    } else {
        blocks.into_par_iter().for_each(|(head, rows, out)| work(head, rows, out));
    }
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
        // One row, few rows, odd sizes, cut by rows, cut by columns.
        for (m, k, n) in
            [(1, 5, 7), (1, 300, 130), (3, 37, 41), (4, 9, 5), (300, 130, 70), (70, 130, 300), (5, 600, 700)]
        {
            let (a, b) = (sample(m, k), sample(k, n));
            assert_close(matmul(a.view(), b.view()).view(), &naive(a.view(), b.view()));
            let transposed = sample(n, k);
            assert_close(matmul(a.view(), transposed.t()).view(), &naive(a.view(), transposed.t()));
        }
    }

    #[test]
    fn heads_take_the_same_or_their_own_input() {
        let x = sample(9, 6);
        let w = Array3::from_shape_fn((4, 6, 5), |(h, i, j)| (h * 5 + i * 3 + j * 2) as f32 % 7.0 - 3.0);
        let out = matmul_heads(x.view(), w.view());
        for head in 0..4 {
            let want = naive(x.view(), w.index_axis(Axis(0), head));
            assert_close(out.index_axis(Axis(1), head), &want);
        }
        let each = Array3::from_shape_fn((9, 4, 6), |(r, h, i)| (r * 2 + h * 5 + i) as f32 % 9.0 - 4.0);
        let out = matmul_each_head(each.view(), w.view());
        for head in 0..4 {
            let want = naive(each.index_axis(Axis(1), head), w.index_axis(Axis(0), head));
            assert_close(out.index_axis(Axis(1), head), &want);
        }
    }

    #[test]
    #[should_panic(expected = "(2, 3) x (4, 5)")]
    fn shapes_that_do_not_fit_are_named() {
        matmul(sample(2, 3).view(), sample(4, 5).view());
    }
}
