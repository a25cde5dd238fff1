//! Products with one to three rows, as in generation: bound by memory traffic, so `b` is streamed through once.

use ndarray::{ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2};

use crate::numerics::vectorized::vectorized;

/// At most this many rows are multiplied here.
pub(super) const FEW_ROWS: usize = 3;

/// Adds `a · b` to `out`, row by row.
pub(super) fn add_product(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>, mut out: ArrayViewMut2<'_, f32>) {
    for (row, out) in a.rows().into_iter().zip(out.rows_mut()) {
        add_vector_matrix(row, b, out);
    }
}

/// Adds `x · b` for one row `x`: streams through `b` once, along whichever axis lies contiguous in memory.
fn add_vector_matrix(x: ArrayView1<'_, f32>, b: ArrayView2<'_, f32>, mut out: ArrayViewMut1<'_, f32>) {
    let x = x.as_standard_layout();
    let x = x.as_slice().unwrap_or(&[]);
    if b.strides()[0] == 1 {
        // Columns are contiguous (a transposed matrix): one dot product an entry.
        for (column, out) in b.columns().into_iter().zip(out.iter_mut()) {
            *out += match column.as_slice() {
                Some(column) => dot(x, column),
                None => x.iter().zip(column).map(|(x, b)| x * b).sum(),
            };
        }
        return;
    }
    let mut row = 0;
    // Four rows at a time: the output is read and written a quarter as often.
    while row + 4 <= x.len() {
        let block = [b.row(row), b.row(row + 1), b.row(row + 2), b.row(row + 3)];
        match (block.each_ref().map(|r| r.as_slice()), out.as_slice_mut()) {
            ([Some(b0), Some(b1), Some(b2), Some(b3)], Some(out)) => {
                let x = [x[row], x[row + 1], x[row + 2], x[row + 3]];
                add_four_rows(out, [b0, b1, b2, b3], x);
            }
            _ => block.iter().zip(&x[row..]).for_each(|(b, &x)| out.scaled_add(x, b)),
        }
        row += 4;
    }
    for (&x, b) in x[row..].iter().zip(b.rows().into_iter().skip(row)) {
        out.scaled_add(x, &b);
    }
}

vectorized! {
    fn add_four_rows(out: &mut [f32], rows: [&[f32]; 4], x: [f32; 4]) {
        let ([b0, b1, b2, b3], [x0, x1, x2, x3]) = (rows, x);
        let rows = b0.iter().zip(b1).zip(b2).zip(b3);
        for (out, (((b0, b1), b2), b3)) in out.iter_mut().zip(rows) {
            *out += (x0 * b0 + x1 * b1) + (x2 * b2 + x3 * b3);
        }
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
