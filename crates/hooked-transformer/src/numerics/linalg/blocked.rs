//! The product of two large matrices: cut into blocks that fit the caches, shared among rayon's threads.
//!
//! The output is cut into tasks of some rows and [`TASK_COLUMNS`] columns, which idle threads fetch one after another. A
//! task goes through the inner length in pieces of at most [`MAX_DEPTH`]. Of each piece it first copies its part of `b`
//! into strips as wide as a kernel's tile, one row after another: read once from memory, then many times from the
//! second-level cache. Then it runs the kernel over all tiles, which meanwhile fetch the next piece of `b` from memory.
//!
//! `b` is taken as one matrix a head, side by side: the `W_Q` of all heads makes one product, not twelve.

use std::borrow::Cow;
use std::cell::Cell;

use ndarray::{ArrayView2, ArrayView3, ArrayViewMut2, Axis, CowArray, Ix2, Slice, s};

use super::kernel::{AHEAD_WIDTH, Ahead, Kernel, STEPS_PER_ROW_AHEAD, contiguous_rows};
use super::transpose;
use super::{Factors, into_axis_chunks};
use crate::numerics::share::share;

/// The most columns of a task: strips of this many columns fit half of a small second-level cache.
const TASK_COLUMNS: usize = 128;

/// The longest piece of the inner length that is worked on at a time.
const MAX_DEPTH: usize = 768;

/// Rows of `a` that stay in the cache while all strips of a task pass by.
const CACHED_ROWS: usize = 112;

/// A task has at least this many rows if the output has: copying `b` is then a small part of the work.
const TASK_ROWS: usize = 128;

/// Tasks for each thread, so that a thread that was held up does not hold up the others.
const TASKS_PER_THREAD: usize = 4;

/// Rows that begin a multiple of this apart (4096 bytes) compete for the same places in the first-level cache.
const BAD_STRIDE: usize = 1024;

/// Whether an output is laid out as the kernel needs it: each row contiguous.
pub(super) fn fits(out: &ArrayViewMut2<'_, f32>) -> bool {
    contiguous_rows(out.strides(), out.ncols())
}

/// Writes `a · b + bias` into `out`, with up to `threads` threads.
///
/// # Shapes
/// As [`Factors`], and
/// - `out`: `[m, head * n]`, each row contiguous
pub(super) fn product(kernel: &Kernel, factors: Factors<'_>, out: ArrayViewMut2<'_, f32>, threads: usize) {
    let a = well_laid_out(factors.a, threads);
    let factors = Factors { a: a.view(), ..factors };
    share(tasks(kernel, out, threads), threads, |task| task.run(kernel, &factors));
}

impl Factors<'_> {
    /// What lies at a row and a column of all of `b`, to be fetched ahead; nothing behind its end.
    fn ahead(&self, row: usize, column: usize) -> Ahead {
        let (heads, _, n) = self.b.dim();
        if column / n >= heads || self.b.strides()[2] != 1 {
            return Ahead::NOTHING;
        }
        Ahead::of(self.b.index_axis(Axis(0), column / n), row, column % n)
    }
}

/// `a` as the kernel reads it well: each row contiguous, and rows not a multiple of 4096 bytes apart. A copy if need be.
fn well_laid_out<'a>(a: ArrayView2<'a, f32>, threads: usize) -> CowArray<'a, f32, Ix2> {
    if contiguous_rows(a.strides(), a.ncols()) && !(a.strides()[0] as usize).is_multiple_of(BAD_STRIDE) {
        return a.into();
    }
    transpose::well_laid_out(a, threads).into()
}

/// A part of the output, and where it lies.
struct Task<'o> {
    first_row: usize,
    first_column: usize,
    /// Where this thread will probably go on.
    next_column: usize,
    out: ArrayViewMut2<'o, f32>,
}

/// Cuts the output into tasks.
fn tasks<'o>(kernel: &Kernel, out: ArrayViewMut2<'o, f32>, threads: usize) -> Vec<Task<'o>> {
    let (m, n) = out.dim();
    if m == 0 || n == 0 {
        return Vec::new();
    }
    // As many tasks as whole rounds of all threads need, so that the last round is full.
    let columns_each = n.div_ceil(n.div_ceil(TASK_COLUMNS).next_multiple_of(threads)).next_multiple_of(kernel.width);
    let across = n.div_ceil(columns_each);
    let down = (threads * TASKS_PER_THREAD).div_ceil(across).min(m / TASK_ROWS).max(1);
    let rows_each = m.div_ceil(if threads == 1 { 1 } else { down });
    let mut tasks = Vec::with_capacity(across * down);
    for (j, columns) in into_axis_chunks(out, Axis(1), columns_each).into_iter().enumerate() {
        for (i, out) in into_axis_chunks(columns, Axis(0), rows_each).into_iter().enumerate() {
            let (first_row, first_column) = (i * rows_each, j * columns_each);
            tasks.push(Task { first_row, first_column, next_column: first_column + threads * columns_each, out });
        }
    }
    tasks
}

thread_local! {
    /// Where a thread keeps its strips: taken and put back, so that it is filled with zeros only once.
    static STRIPS: Cell<Vec<f32>> = const { Cell::new(Vec::new()) };
}

impl Task<'_> {
    fn run(mut self, kernel: &Kernel, factors: &Factors<'_>) {
        let (rows, columns) = self.out.dim();
        let k = factors.a.ncols();
        match factors.bias {
            Some(bias) => self.out.assign(&bias.slice(s![self.first_column..self.first_column + columns])),
            None if k == 0 && !factors.add => self.out.fill(0.0),
            None => {}
        }
        let a = factors.a.slice(s![self.first_row..self.first_row + rows, ..]);
        let depth = k.div_ceil(k.div_ceil(MAX_DEPTH).max(1)).max(1);
        let mut strips = STRIPS.take();
        strips.resize(strips.len().max(depth * columns.next_multiple_of(kernel.width)), 0.0);
        for start in (0..k).step_by(depth) {
            let piece = start..(start + depth).min(k);
            let strips = &mut strips[..piece.len() * columns.next_multiple_of(kernel.width)];
            copy_strips(kernel.width, factors.b.slice(s![.., piece.clone(), ..]), self.first_column, columns, strips);
            let next = if piece.end < k { (piece.end, self.first_column) } else { (0, self.next_column) };
            let piece =
                Piece { strips, a: a.slice(s![.., piece]), add: start > 0 || factors.bias.is_some() || factors.add };
            self.tiles(kernel, &piece, |row, column| factors.ahead(next.0 + row, next.1 + column));
        }
        STRIPS.set(strips);
    }

    /// Runs the kernel over all tiles of the task, for one piece of the inner length. `ahead` says what lies at a row and
    /// column of the next piece of `b`.
    fn tiles(&mut self, kernel: &Kernel, piece: &Piece<'_>, ahead: impl Fn(usize, usize) -> Ahead) {
        let (rows, columns) = self.out.dim();
        let depth = piece.a.ncols();
        // Tiles of equal height: 128 rows are ten times 13 or 12, rather than nine times 14 and a rest of 2.
        let height = rows.div_ceil(rows.div_ceil(kernel.max_rows()));
        let cached = (CACHED_ROWS / height).max(1) * height;
        // Each tile fetches some rows of some columns ahead, until the next piece is complete.
        let across = columns.div_ceil(AHEAD_WIDTH);
        let mut fetched = 0;
        for top in (0..rows).step_by(cached) {
            for (strip, left) in piece.strips.chunks(depth * kernel.width).zip((0..columns).step_by(kernel.width)) {
                let right = (left + kernel.width).min(columns);
                for row in (top..(top + cached).min(rows)).step_by(height) {
                    let tile = row..(row + height).min(rows);
                    let ahead = match fetched / across {
                        group if group < STEPS_PER_ROW_AHEAD => {
                            ahead(group * depth.div_ceil(STEPS_PER_ROW_AHEAD), fetched % across * AHEAD_WIDTH)
                        }
                        _ => Ahead::NOTHING,
                    };
                    fetched += 1;
                    let out = self.out.slice_mut(s![tile.clone(), left..right]);
                    kernel.multiply(piece.a.slice(s![tile, ..]), strip, out, piece.add, ahead);
                }
            }
        }
    }
}

/// A piece of the inner length, as the kernel sees it.
struct Piece<'p> {
    /// `[strip, depth, width]`
    strips: &'p [f32],
    /// `[row, depth]`
    a: ArrayView2<'p, f32>,
    /// Whether the output has something in it already.
    add: bool,
}

/// Copies columns of `b` into strips `[strip, k, width]`; what the last strip lacks is filled with zeros.
///
/// # Shapes
/// - `b`: `[head, k, n]`; column `c` of all is column `c % n` of head `c / n`
fn copy_strips(width: usize, b: ArrayView3<'_, f32>, first: usize, columns: usize, strips: &mut [f32]) {
    let (_, k, n) = b.dim();
    if !columns.is_multiple_of(width) {
        let last = strips.len() - k * width;
        strips[last..].fill(0.0);
    }
    let mut copied = 0;
    while copied < columns {
        let (head, start) = ((first + copied) / n, (first + copied) % n);
        let part = start..n.min(start + columns - copied);
        let part_of_head = b.index_axis(Axis(0), head).slice_axis_move(Axis(1), Slice::from(part.clone()));
        copy_columns(part_of_head, width, copied, strips);
        copied += part.len();
    }
}

/// Copies a matrix `[k, n]` into strips `[strip, k, width]`, from column `first` of all strips on; along whichever axis
/// lies contiguous in memory.
fn copy_columns(b: ArrayView2<'_, f32>, width: usize, first: usize, strips: &mut [f32]) {
    let k = b.nrows();
    if b.strides()[0] == 1 && k > 1 {
        for (c, column) in b.columns().into_iter().enumerate() {
            let (strip, lane) = ((first + c) / width, (first + c) % width);
            let places = strips[strip * k * width + lane..].iter_mut().step_by(width);
            places.zip(column).for_each(|(place, x)| *place = *x);
        }
        return;
    }
    for (row, b) in b.rows().into_iter().enumerate() {
        let b = b.to_slice().map_or_else(|| Cow::Owned(b.to_vec()), Cow::Borrowed);
        let (mut at, mut rest) = (first, &*b);
        while !rest.is_empty() {
            let (strip, lane) = (at / width, at % width);
            let (now, later) = rest.split_at(rest.len().min(width - lane));
            strips[(strip * k + row) * width + lane..][..now.len()].copy_from_slice(now);
            at += now.len();
            rest = later;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::kernel::available;
    use super::*;
    use ndarray::{Array2, Array3};

    /// Integers, small enough to be exact: every kernel of this processor, heads narrower than a strip, tasks of
    /// several strips and several pieces, one thread and more than there are tasks.
    #[test]
    fn every_kernel_gives_the_exact_product() {
        for (kernel, threads) in available().into_iter().flat_map(|kernel| [(kernel, 1), (kernel, 3), (kernel, 64)]) {
            for (m, k, heads, n) in [(1, 1, 1, 1), (5, 3, 7, 6), (29, 800, 1, 300), (300, 40, 3, 64), (7, 9, 2, 33)] {
                let a = Array2::from_shape_fn((m, k), |(i, j)| ((i * 7 + j * 3) % 11) as f32 - 5.0);
                let b = Array3::from_shape_fn((heads, k, n), |(h, i, j)| ((h + i * 5 + j * 2) % 13) as f32 - 6.0);
                let mut out = Array2::from_elem((m, heads * n), f32::NAN);
                let factors = Factors { a: a.view(), b: b.view(), bias: None, add: false };
                product(kernel, factors, out.view_mut(), threads);
                for ((i, c), &got) in out.indexed_iter() {
                    let (h, j) = (c / n, c % n);
                    let want: f32 = (0..k).map(|l| a[[i, l]] * b[[h, l, j]]).sum();
                    assert_eq!(got, want, "{m} x {k} x {heads} * {n} at {i}, {c}");
                }
            }
        }
    }
}
