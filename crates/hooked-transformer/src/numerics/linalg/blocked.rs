//! The product of two large matrices: cut into blocks that fit the caches, shared among rayon's threads.
//!
//! The output is cut into tasks of some rows and [`TASK_COLUMNS`] columns, which idle threads fetch one after another. A
//! task goes through the inner length in pieces of at most [`MAX_DEPTH`]. Of each piece its part of `b` is copied into
//! strips as wide as a kernel's tile, one row after another: read once from memory, then many times from the second-level
//! cache. Where the rows of `b` are contiguous, the first tile of a strip reads it where it lies and copies it on the way, so
//! that the multipliers do not wait for the copy; otherwise the strips are copied first. All tiles meanwhile fetch the next
//! piece of `b` from memory. Where the rows of `a` make a single tile, nothing is copied.
//!
//! `b` is taken as one matrix per head, side by side or one below the other: the `W_Q` of all heads makes one product, not
//! twelve, on the way forward and back.

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;

use ndarray::{Array2, ArrayView1, ArrayView2, ArrayView3, ArrayViewMut2, Axis, s};

use super::kernel::{AHEAD_WIDTH, Ahead, Kernel, Onto, STEPS_PER_ROW_AHEAD, contiguous_rows};
use super::transpose::{BAD_STRIDE, WellLaidOut};
use super::{Factors, Heads, into_axis_chunks};
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

/// Whether an output is laid out as the kernel needs it: each row contiguous.
pub(super) fn fits(out: &ArrayViewMut2<'_, f32>) -> bool {
    contiguous_rows(out.strides(), out.ncols())
}

/// Writes `a · b + bias` into `out`, with up to `threads` threads.
///
/// # Shapes
/// As [`Factors`], and
/// - `out`: each row contiguous
pub(super) fn product(kernel: &Kernel, factors: Factors<'_>, out: ArrayViewMut2<'_, f32>, threads: usize) {
    let copy = (!is_well_laid_out(factors.a)).then(|| WellLaidOut::copy_of(factors.a, threads));
    let bias = factors.bias.as_ref().map(|bias| bias.as_standard_layout());
    let factors = Factors {
        a: copy.as_ref().map_or(factors.a, WellLaidOut::view),
        bias: bias.as_ref().map(|bias| bias.view()),
        ..factors
    };
    share(tasks(kernel, out, threads), threads, |task| task.run(kernel, &factors));
}

impl Factors<'_> {
    /// What the products of these columns are added to.
    fn onto(&self, columns: Range<usize>) -> Onto<'_> {
        match &self.bias {
            Some(bias) => Onto::Bias(&bias.to_slice().expect("made contiguous")[columns]),
            None if self.add => Onto::Output,
            None => Onto::Nothing,
        }
    }

    /// Whether the columns of each head's matrix are contiguous in memory, rather than its rows.
    fn b_is_transposed(&self) -> bool {
        self.b.strides()[1] == 1 && self.b.dim().1 > 1
    }

    /// `b`, if strips of this width can be read where they lie: rows contiguous, and no strip in two heads.
    fn b_in_rows(&self, width: usize) -> Option<ArrayView3<'_, f32>> {
        let (heads, _, n) = self.b.dim();
        let whole = heads == 1 || (self.heads == Heads::Across && n.is_multiple_of(width));
        (whole && contiguous_rows(&self.b.strides()[1..], n)).then_some(self.b)
    }

    /// What lies at a row and a column of all of `b`, to be fetched ahead; nothing behind its end.
    fn ahead(&self, row: usize, column: usize) -> Ahead {
        let (heads, k, n) = self.b.dim();
        let (head, row, column) = match self.heads {
            Heads::Across => (column / n, row, column % n),
            Heads::Along => (row / k, row % k, column),
        };
        if head >= heads || column >= n {
            return Ahead::NOTHING;
        }
        let b = self.b.index_axis(Axis(0), head);
        match self.b_is_transposed() {
            true => Ahead::of(b.reversed_axes(), column, row),
            false if b.strides()[1] == 1 => Ahead::of(b, row, column),
            false => Ahead::NOTHING,
        }
    }
}

/// Whether the kernel reads `a` well as it is: each row contiguous, and rows not a multiple of 4096 bytes apart.
fn is_well_laid_out(a: ArrayView2<'_, f32>) -> bool {
    contiguous_rows(a.strides(), a.ncols()) && !(a.strides()[0] as usize).is_multiple_of(BAD_STRIDE)
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
    for (j, columns) in into_axis_chunks(out, Axis(1), columns_each).enumerate() {
        for (i, out) in into_axis_chunks(columns, Axis(0), rows_each).enumerate() {
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
        let onto = factors.onto(self.first_column..self.first_column + columns);
        if k == 0 {
            return self.write_without_products(onto);
        }
        let a = factors.a.slice(s![self.first_row..self.first_row + rows, ..]);
        let b = factors.b_in_rows(kernel.width);
        if rows <= kernel.max_rows()
            && let Some(b) = b
        {
            return self.in_place(kernel, a, b, onto);
        }
        let depth = k.div_ceil(k.div_ceil(MAX_DEPTH));
        let mut strips = STRIPS.take();
        strips.resize(strips.len().max(depth * columns.next_multiple_of(kernel.width)), 0.0);
        for start in (0..k).step_by(depth) {
            let piece = start..(start + depth).min(k);
            let strips = &mut strips[..piece.len() * columns.next_multiple_of(kernel.width)];
            let uncopied = Uncopied {
                b: b.map(|b| b.slice_move(s![.., piece.clone(), ..])),
                first_column: self.first_column,
                count: if b.is_some() { columns / kernel.width } else { 0 },
            };
            let rest = uncopied.count * kernel.width;
            let part = (piece.clone(), self.first_column + rest..self.first_column + columns);
            copy_strips(kernel, factors, part, &mut strips[piece.len() * rest..]);
            let next = if piece.end < k { (piece.end, self.first_column) } else { (0, self.next_column) };
            let coming = Coming { factors, row: next.0, column: next.1, rows: piece.len(), columns };
            let onto = if start > 0 { Onto::Output } else { onto };
            self.tiles(kernel, Piece { strips, uncopied, a: a.slice(s![.., piece]), onto }, &coming);
        }
        STRIPS.set(strips);
    }

    /// Where the inner length is 0.
    fn write_without_products(mut self, onto: Onto<'_>) {
        match onto {
            Onto::Nothing => self.out.fill(0.0),
            Onto::Bias(bias) => self.out.assign(&ArrayView1::from(bias)),
            Onto::Output => {}
        }
    }

    /// One tile for each strip, which is read where it lies; the last one, if it is narrower, through a copy.
    fn in_place(mut self, kernel: &Kernel, a: ArrayView2<'_, f32>, b: ArrayView3<'_, f32>, onto: Onto<'_>) {
        for (index, out) in self.out.axis_chunks_iter_mut(Axis(1), kernel.width).enumerate() {
            let onto = onto.columns(index * kernel.width, out.ncols());
            let strip = strip_in_place(b, self.first_column + index * kernel.width, out.ncols());
            if out.ncols() == kernel.width {
                kernel.multiply(a, strip, None, out, onto, Ahead::NOTHING);
            } else {
                let mut wide = Array2::zeros((strip.nrows(), kernel.width));
                wide.slice_mut(s![.., ..out.ncols()]).assign(&strip);
                kernel.multiply(a, wide.view(), None, out, onto, Ahead::NOTHING);
            }
        }
    }

    /// Runs the kernel over all tiles of the task, for one piece of the inner length.
    fn tiles(&mut self, kernel: &Kernel, piece: Piece<'_>, coming: &Coming<'_, '_>) {
        let Piece { strips, uncopied, a, onto } = piece;
        let (rows, depth) = a.dim();
        // Tiles of equal height: 128 rows are ten times 13 or 12, rather than nine times 14 and a rest of 2.
        let height = rows.div_ceil(rows.div_ceil(kernel.max_rows()));
        let cached = (CACHED_ROWS / height).max(1) * height;
        let mut done = 0;
        let bands = a.axis_chunks_iter(Axis(0), cached).zip(self.out.axis_chunks_iter_mut(Axis(0), cached));
        for (band, (a, mut out)) in bands.enumerate() {
            let strips = strips.chunks_mut(depth * kernel.width);
            for (index, (strip, mut out)) in strips.zip(out.axis_chunks_iter_mut(Axis(1), kernel.width)).enumerate() {
                let onto = onto.columns(index * kernel.width, out.ncols());
                let mut original = if band == 0 { uncopied.strip(index, kernel.width) } else { None };
                let tiles = a.axis_chunks_iter(Axis(0), height).zip(out.axis_chunks_iter_mut(Axis(0), height));
                for (a, out) in tiles {
                    let ahead = coming.part(done, depth);
                    if let Some(original) = original.take() {
                        kernel.multiply(a, original, Some(strip), out, onto, ahead);
                    } else {
                        let copy =
                            ArrayView2::from_shape((depth, kernel.width), &*strip).expect("as long as it was made");
                        kernel.multiply(a, copy, None, out, onto, ahead);
                    }
                    done += 1;
                }
            }
        }
    }
}

/// The strip that begins at a column of all of `b`, where it lies.
fn strip_in_place(b: ArrayView3<'_, f32>, column: usize, width: usize) -> ArrayView2<'_, f32> {
    let (head, column) = (column / b.dim().2, column % b.dim().2);
    b.index_axis_move(Axis(0), head).slice_move(s![.., column..column + width])
}

/// The part of `b` that will be copied next, which tiles fetch from memory meanwhile: each some numbers of some rows, as
/// these lie in memory, until it is complete.
struct Coming<'r, 'f> {
    factors: &'r Factors<'f>,
    row: usize,
    column: usize,
    rows: usize,
    columns: usize,
}

impl Coming<'_, '_> {
    /// What the `n`-th tile fetches in a loop of `depth` steps.
    fn part(&self, n: usize, depth: usize) -> Ahead {
        let transposed = self.factors.b_is_transposed();
        let (lines, length) = if transposed { (self.columns, self.rows) } else { (self.rows, self.columns) };
        let across = length.div_ceil(AHEAD_WIDTH);
        let (line, along) = (n / across * depth.div_ceil(STEPS_PER_ROW_AHEAD), n % across * AHEAD_WIDTH);
        if line >= lines {
            return Ahead::NOTHING;
        }
        let (row, column) = if transposed { (along, line) } else { (line, along) };
        self.factors.ahead(self.row + row, self.column + column)
    }
}

/// A piece of the inner length, as the kernel sees it.
struct Piece<'p> {
    /// `[strip, depth, width]`
    strips: &'p mut [f32],
    uncopied: Uncopied<'p>,
    /// `[row, depth]`
    a: ArrayView2<'p, f32>,
    /// What the products of this piece are added to.
    onto: Onto<'p>,
}

/// The strips at the front of a piece that are still to be copied, each by the first tile that reads it.
struct Uncopied<'p> {
    /// `[head, depth, n]`, if strips can be read where they lie.
    b: Option<ArrayView3<'p, f32>>,
    first_column: usize,
    count: usize,
}

impl<'p> Uncopied<'p> {
    /// A strip where it lies, if it is one of these.
    fn strip(&self, index: usize, width: usize) -> Option<ArrayView2<'p, f32>> {
        let b = self.b.filter(|_| index < self.count)?;
        Some(strip_in_place(b, self.first_column + index * width, width))
    }
}

/// Copies a part of `b`, which may be none, into strips `[strip, depth, width]`; what the last strip lacks is filled with
/// zeros.
///
/// - `part`: the rows, of all heads along or of each head, and the columns
fn copy_strips(
    kernel: &Kernel,
    factors: &Factors<'_>,
    (rows, columns): (Range<usize>, Range<usize>),
    strips: &mut [f32],
) {
    if columns.is_empty() {
        return;
    }
    let (width, depth) = (kernel.width, rows.len());
    if !columns.len().is_multiple_of(width) {
        let last = strips.len() - depth * width;
        strips[last..].fill(0.0);
    }
    let (_, k, n) = factors.b.dim();
    let mut strips = Strips { kernel, depth, values: strips };
    match factors.heads {
        Heads::Across => {
            for (head, of_head) in cut(columns.clone(), n) {
                let at = (0, head * n + of_head.start - columns.start);
                strips.copy(factors.b.slice(s![head, rows.clone(), of_head]), at);
            }
        }
        Heads::Along => {
            for (head, of_head) in cut(rows.clone(), k) {
                let at = (head * k + of_head.start - rows.start, 0);
                strips.copy(factors.b.slice(s![head, of_head, columns.clone()]), at);
            }
        }
    }
}

/// Cuts a range of the numbers of several heads, `each` per head, into heads and ranges within them.
fn cut(range: Range<usize>, each: usize) -> impl Iterator<Item = (usize, Range<usize>)> {
    let heads = range.start / each..range.end.div_ceil(each);
    heads.map(move |head| {
        let first = head * each;
        (head, range.start.max(first) - first..range.end.min(first + each) - first)
    })
}

/// Strips that are being filled: `[strip, depth, width]`.
struct Strips<'s> {
    kernel: &'s Kernel,
    depth: usize,
    values: &'s mut [f32],
}

impl Strips<'_> {
    /// Copies a matrix to this row and column of all strips, along whichever axis lies contiguous in memory.
    fn copy(&mut self, b: ArrayView2<'_, f32>, (row, column): (usize, usize)) {
        let width = self.kernel.width;
        if b.strides()[0] == 1 && b.nrows() > 1 {
            let mut copied = 0;
            while copied < b.ncols() {
                let (strip, lane) = ((column + copied) / width, (column + copied) % width);
                let end = b.ncols().min(copied + width - lane);
                let to = &mut self.values[(strip * self.depth + row) * width + lane..];
                self.kernel.transpose(b.slice(s![.., copied..end]).reversed_axes(), to, width);
                copied = end;
            }
            return;
        }
        for (index, b) in b.rows().into_iter().enumerate() {
            let b = b.to_slice().map_or_else(|| Cow::Owned(b.to_vec()), Cow::Borrowed);
            let (mut at, mut rest) = (column, &*b);
            while !rest.is_empty() {
                let (strip, lane) = (at / width, at % width);
                let (now, later) = rest.split_at(rest.len().min(width - lane));
                copy_row(now, &mut self.values[(strip * self.depth + row + index) * width + lane..][..now.len()]);
                at += now.len();
                rest = later;
            }
        }
    }
}

/// Copies a part of a row that is at most as long as a strip is wide: mostly whole vectors, for which a call of the
/// system's copy would take longer than the copy.
fn copy_row(from: &[f32], to: &mut [f32]) {
    const VECTOR: usize = if cfg!(target_arch = "wasm32") { 4 } else { 16 };
    let ((from, from_rest), (to, to_rest)) = (from.as_chunks::<VECTOR>(), to.as_chunks_mut::<VECTOR>());
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
    to_rest.iter_mut().zip(from_rest).for_each(|(to, from)| *to = *from);
}

#[cfg(test)]
mod tests {
    use super::super::kernel::available;
    use super::*;
    use ndarray::Array3;

    /// Integers, small enough to be exact: every kernel of this processor, heads narrower than a strip, tasks of
    /// several strips and several pieces, one thread and more than there are tasks.
    #[test]
    fn every_kernel_gives_the_exact_product() {
        for (kernel, threads) in available().into_iter().flat_map(|kernel| [(kernel, 1), (kernel, 3), (kernel, 64)]) {
            for (m, k, heads, n) in [(1, 1, 1, 1), (5, 3, 7, 6), (29, 800, 1, 300), (300, 40, 3, 64), (7, 9, 2, 33)] {
                let a = Array2::from_shape_fn((m, k), |(i, j)| ((i * 7 + j * 3) % 11) as f32 - 5.0);
                let b = Array3::from_shape_fn((heads, k, n), |(h, i, j)| ((h + i * 5 + j * 2) % 13) as f32 - 6.0);
                let mut out = Array2::from_elem((m, heads * n), f32::NAN);
                let factors = Factors { a: a.view(), b: b.view(), heads: Heads::Across, bias: None, add: false };
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
