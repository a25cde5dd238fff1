//! The innermost loop of a matrix product: one small tile of the output, kept in vector registers.
//!
//! ```text
//! out[r, c] (+)= Σ_k a[r, k] strip[k, c]         r < rows of the tile, c < WIDTH
//! ```
//! For each `k` a tile reads one row of the strip (two vectors) and one number from each row of `a`, and does two
//! multiply-adds a row: enough arithmetic for each load that the processor's multipliers are never idle. There are
//! kernels for x86-64 (`x86.rs`: AVX-512, AVX2 with FMA) and for WebAssembly (`wasm.rs`: vectors of four numbers), and of
//! each a version for every smaller number of rows, so that no row is computed for nothing.
//!
//! Method: Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008).
//!
//! Why there is a kernel of our own: `README.md` in this folder. Only the files of this folder and
//! `numerics/streaming.rs` name single instructions.
#![expect(unsafe_code, reason = "vector instructions work on addresses, and need a processor that has them")]

#[cfg(target_arch = "wasm32")]
#[path = "wasm.rs"]
mod processor;
#[cfg(target_arch = "x86_64")]
#[path = "x86.rs"]
mod processor;

use std::sync::LazyLock;

use ndarray::{ArrayView2, ArrayViewMut2};

/// Numbers in the largest tile of any kernel.
const MAX_TILE: usize = 14 * 32;

/// A kernel's measures, and its code for tiles of 1, 2, … rows.
pub(super) struct Kernel {
    /// Columns of a strip and of a tile.
    pub(super) width: usize,
    tiles: &'static [unsafe fn(Tile)],
}

/// What one tile computes: the addresses and measures that [`Kernel::multiply`] has checked.
#[derive(Clone, Copy)]
struct Tile {
    depth: usize,
    a: *const f32,
    a_stride: usize,
    strip: *const f32,
    strip_stride: usize,
    /// Where to copy the strip to, row after row; null for nowhere.
    copy: *mut f32,
    out: *mut f32,
    out_stride: usize,
    /// What is added at the end, rows `onto_stride` apart; null for nothing.
    onto: *const f32,
    onto_stride: usize,
    ahead: Ahead,
}

/// What the product is added to.
#[derive(Clone, Copy)]
pub(super) enum Onto<'b> {
    Nothing,
    /// The same numbers in every row, one for each column of the output.
    Bias(&'b [f32]),
    /// What the output holds.
    Output,
}

impl Onto<'_> {
    /// The same for some columns of the output.
    pub(super) fn columns(self, first: usize, count: usize) -> Self {
        match self {
            Onto::Bias(bias) => Onto::Bias(&bias[first..first + count]),
            other => other,
        }
    }
}

/// A part of `b` that will be copied soon, and travels from memory while the processor multiplies: of each row the
/// [`AHEAD_WIDTH`] numbers from `from` on, which are two cache lines. Nothing is read: only the cache hears of the
/// addresses, so they may be any.
#[derive(Clone, Copy)]
pub(super) struct Ahead {
    from: *const f32,
    stride: usize,
}

/// Numbers of each row that one tile fetches ahead.
pub(super) const AHEAD_WIDTH: usize = 32;

/// A tile fetches one row ahead in so many steps of its loop.
pub(super) const STEPS_PER_ROW_AHEAD: usize = 8;

/// How many steps early a tile fetches the rows of a strip that do not follow one another in memory.
const STEPS_FETCHED_EARLY: usize = 16;

impl Ahead {
    pub(super) const NOTHING: Self = Self { from: std::ptr::null(), stride: 0 };

    /// The rows from `row` on, and the columns from `column` on, of a matrix whose rows are contiguous.
    pub(super) fn of(b: ArrayView2<'_, f32>, row: usize, column: usize) -> Self {
        let stride = b.strides()[0].unsigned_abs();
        Self { from: b.as_ptr().wrapping_add(row * stride + column), stride }
    }
}

/// The best kernel that this processor runs, if there is one.
pub(super) static BEST: LazyLock<Option<&'static Kernel>> = LazyLock::new(|| available().into_iter().next());

pub(super) use processor::available;

impl Kernel {
    /// The most rows of one tile.
    pub(super) fn max_rows(&self) -> usize {
        self.tiles.len()
    }

    /// Writes `a · strip` into `out`, added to what `onto` says; and copies the strip on the way, where that is asked for.
    ///
    /// # Shapes
    /// - `a`: `[rows, depth]`, at most [`Self::max_rows`], each row contiguous
    /// - `strip`: `[depth, width]`, each row contiguous
    /// - `copy`: as many numbers as the strip has
    /// - `out`: `[rows, columns]`, at most `width` columns, each row contiguous
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub(super) fn multiply(
        &self,
        a: ArrayView2<'_, f32>,
        strip: ArrayView2<'_, f32>,
        copy: Option<&mut [f32]>,
        mut out: ArrayViewMut2<'_, f32>,
        onto: Onto<'_>,
        ahead: Ahead,
    ) {
        let (rows, depth) = a.dim();
        let columns = out.ncols();
        assert!(out.nrows() == rows && columns <= self.width && strip.dim() == (depth, self.width));
        assert!(copy.as_ref().is_none_or(|copy| copy.len() == strip.len()));
        if rows == 0 || columns == 0 || depth == 0 {
            return;
        }
        assert!(contiguous_rows(a.strides(), depth) && contiguous_rows(out.strides(), columns));
        assert!(contiguous_rows(strip.strides(), self.width));
        assert!(rows <= self.tiles.len());
        let out_stride = out.strides()[0] as usize;
        let (added, onto_stride) = match onto {
            Onto::Nothing => (std::ptr::null(), 0),
            Onto::Bias(bias) => {
                assert_eq!(bias.len(), columns, "a bias for each column");
                (bias.as_ptr(), 0)
            }
            Onto::Output => (out.as_ptr(), out_stride),
        };
        let tile = Tile {
            depth,
            a: a.as_ptr(),
            a_stride: a.strides()[0] as usize,
            strip: strip.as_ptr(),
            strip_stride: strip.strides()[0] as usize,
            copy: copy.map_or(std::ptr::null_mut(), <[f32]>::as_mut_ptr),
            out: out.as_mut_ptr(),
            out_stride,
            onto: added,
            onto_stride,
            ahead,
        };
        if columns < self.width {
            return self.multiply_beside(rows, tile, out, onto);
        }
        // SAFETY: kernels are only reached through `available`, which asked the processor. This one reads `depth` numbers
        // from each of the `rows` rows of `a` and `width` from each of the `depth` rows of the strip, and writes `width`
        // into each of `rows` rows of `out`, and `depth` times `width` into `copy`, and reads `width` of a bias: all of that
        // lies inside them, as just checked.
        unsafe { self.tiles[rows - 1](tile) };
    }

    /// The same where the last strip of a matrix is wider than what is left of the output: the tile is computed beside it.
    fn multiply_beside(&self, rows: usize, tile: Tile, mut out: ArrayViewMut2<'_, f32>, onto: Onto<'_>) {
        let mut beside = [0.0f32; MAX_TILE];
        assert!(rows * self.width <= beside.len());
        let whole = Tile { out: beside.as_mut_ptr(), out_stride: self.width, onto: std::ptr::null(), ..tile };
        // SAFETY: as above, but that it writes into `beside`, which is large enough.
        unsafe { self.tiles[rows - 1](whole) };
        for (mut out, computed) in out.rows_mut().into_iter().zip(beside.chunks(self.width)) {
            for (column, (out, &x)) in out.iter_mut().zip(computed).enumerate() {
                *out = match onto {
                    Onto::Nothing => x,
                    Onto::Bias(bias) => bias[column] + x,
                    Onto::Output => *out + x,
                };
            }
        }
    }
}

/// Side of the squares in which [`Kernel::transpose`] works.
const SQUARE: usize = 8;

impl Kernel {
    /// Writes the transpose of a matrix: `to[c * to_stride + r] = from[r, c]`.
    ///
    /// # Shapes
    /// - `from`: `[rows, columns]`, each row contiguous
    /// - `to`: from the first entry to the last one, at least
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub(super) fn transpose(&self, from: ArrayView2<'_, f32>, to: &mut [f32], to_stride: usize) {
        /// Numbers in a cache line: a line of the original is used up before the next one is read.
        const LINE: usize = 2 * SQUARE;
        let (rows, columns) = from.dim();
        if rows == 0 || columns == 0 {
            return;
        }
        assert!(contiguous_rows(from.strides(), columns) && to_stride >= rows);
        assert!(to.len() >= (columns - 1) * to_stride + rows);
        let from_stride = from.strides()[0] as usize;
        let (whole_rows, whole_columns) = (rows / SQUARE * SQUARE, columns / SQUARE * SQUARE);
        for first in (0..whole_columns).step_by(LINE) {
            for row in (0..whole_rows).step_by(SQUARE) {
                for column in (first..whole_columns.min(first + LINE)).step_by(SQUARE) {
                    // SAFETY: kernels are only reached through `available`, which asked the processor. The
                    // square lies inside `from`, and its transpose inside `to`, as just checked.
                    unsafe {
                        let from = from.as_ptr().add(row * from_stride + column);
                        processor::transpose_square(
                            from,
                            from_stride,
                            to.as_mut_ptr().add(column * to_stride + row),
                            to_stride,
                        );
                    }
                }
            }
        }
        for (row, values) in from.rows().into_iter().enumerate() {
            let rest = if row < whole_rows { whole_columns } else { 0 };
            (rest..columns).for_each(|column| to[column * to_stride + row] = values[column]);
        }
    }
}

/// Whether each row of a matrix with these strides lies in one piece, and rows go forward in memory.
pub(super) fn contiguous_rows(strides: &[isize], columns: usize) -> bool {
    strides[0] >= 0 && (columns == 1 || strides[1] == 1)
}

/// The loop itself, for any kind of vector; compiled into functions of each processor, where its instructions are allowed.
///
/// # Safety
/// The processor has the instructions of `V`. `a` points to `ROWS` rows of `depth` numbers, `a_stride` apart, `strip` to
/// `depth` rows of two vectors, `strip_stride` apart, `copy` to room for all of these, if it is not null, and `out` to `ROWS`
/// rows with room for two vectors, `out_stride` apart. `onto` is null, or points to two vectors for each row, `onto_stride`
/// apart.
#[inline(always)]
unsafe fn multiply_tile<V: Vector, const ROWS: usize>(tile: Tile) {
    // SAFETY: every address that is read or written stays inside what the caller promised.
    unsafe {
        let out = |row: usize| tile.out.add(row * tile.out_stride);
        for row in 0..ROWS {
            // The output is not needed before the end: let it travel from memory meanwhile.
            V::fetch(out(row));
            V::fetch(out(row).add(2 * V::LANES - 1));
        }
        let mut ahead = tile.ahead.from;
        let scattered = tile.strip_stride != 2 * V::LANES;
        let mut sums = [[V::zero(); 2]; ROWS];
        for k in 0..tile.depth {
            if k.is_multiple_of(STEPS_PER_ROW_AHEAD) && !tile.ahead.from.is_null() {
                V::fetch_later(ahead);
                V::fetch_later(ahead.wrapping_add(AHEAD_WIDTH / 2));
                ahead = ahead.wrapping_add(tile.ahead.stride);
            }
            let strip = tile.strip.add(k * tile.strip_stride);
            if scattered {
                // Rows of a whole matrix: the processor does not expect the next one, so far from the last.
                let later = strip.wrapping_add(STEPS_FETCHED_EARLY * tile.strip_stride);
                V::fetch(later);
                V::fetch(later.wrapping_add(2 * V::LANES - 1));
            }
            let (left, right) = (V::load(strip), V::load(strip.add(V::LANES)));
            if !tile.copy.is_null() {
                V::store(tile.copy.add(k * 2 * V::LANES), left);
                V::store(tile.copy.add((k * 2 + 1) * V::LANES), right);
            }
            for (row, sums) in sums.iter_mut().enumerate() {
                let a = V::splat(*tile.a.add(row * tile.a_stride + k));
                sums[0] = V::multiply_add(a, left, sums[0]);
                sums[1] = V::multiply_add(a, right, sums[1]);
            }
        }
        for (row, sums) in sums.into_iter().enumerate() {
            for (half, sum) in sums.into_iter().enumerate() {
                let sum = match tile.onto.is_null() {
                    true => sum,
                    false => V::add(V::load(tile.onto.add(row * tile.onto_stride + half * V::LANES)), sum),
                };
                V::store(out(row).add(half * V::LANES), sum);
            }
        }
    }
}

/// The instructions that a kernel is made of.
///
/// # Safety
/// Of every function: the processor has the instruction, and a pointer is good for `LANES` numbers.
trait Vector: Copy {
    const LANES: usize;
    unsafe fn zero() -> Self;
    unsafe fn splat(x: f32) -> Self;
    unsafe fn load(from: *const f32) -> Self;
    unsafe fn store(to: *mut f32, x: Self);
    unsafe fn add(x: Self, y: Self) -> Self;
    /// `x y + z`; rounded once where the processor has such an instruction.
    unsafe fn multiply_add(x: Self, y: Self, z: Self) -> Self;
    /// Asks for the cache line of an address, which may be any: soon into the nearest cache, or later into the next.
    fn fetch(from: *const f32);
    fn fetch_later(from: *const f32);
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, s};

    /// Every entry in its place, nothing beside it touched: whole squares, ragged edges, and less than one square.
    #[test]
    fn a_transpose_has_every_entry_in_its_place() {
        let Some(kernel) = *BEST else { return };
        for (rows, columns) in [(8, 8), (16, 40), (19, 37), (3, 50), (50, 3), (1, 1), (0, 4), (4, 0), (32, 768)] {
            let from = Array2::from_shape_fn((rows, columns + 2), |(r, c)| (r * 1000 + c) as f32);
            let from = from.slice(s![.., 1..=columns]);
            let stride = rows + 3;
            let mut to = vec![-1.0; columns * stride];
            kernel.transpose(from, &mut to, stride);
            for (at, &got) in to.iter().enumerate() {
                let (c, r) = (at / stride, at % stride);
                assert_eq!(got, if r < rows { from[[r, c]] } else { -1.0 }, "{rows} x {columns} at {r}, {c}");
            }
        }
    }

    /// Every kernel of this processor, every number of rows, whole and partial widths, written and added.
    #[test]
    fn tiles_agree_with_the_definition() {
        for kernel in available() {
            for (rows, columns) in (1..=kernel.max_rows()).flat_map(|rows| [(rows, kernel.width), (rows, 5)]) {
                let depth = 7;
                let a = Array2::from_shape_fn((rows, depth + 3), |(i, k)| (i * 3 + k) as f32);
                let strip: Vec<f32> = (0..depth * kernel.width).map(|i| (i % 11) as f32 - 4.0).collect();
                let bias: Vec<f32> = (0..columns).map(|c| 50.0 + c as f32).collect();
                let mut out = Array2::from_elem((rows, columns + 2), 100.0f32);
                for (index, onto) in [Onto::Nothing, Onto::Output, Onto::Bias(&bias)].into_iter().enumerate() {
                    let copies = index > 0;
                    let mut copy = vec![f32::NAN; strip.len()];
                    kernel.multiply(
                        a.slice(s![.., 1..=depth]),
                        ArrayView2::from_shape((depth, kernel.width), &strip).unwrap(),
                        copies.then_some(&mut *copy),
                        out.slice_mut(s![.., 1..=columns]),
                        onto,
                        Ahead::NOTHING,
                    );
                    assert!(if copies { copy == strip } else { copy.iter().all(|x| x.is_nan()) }, "the copy");
                    for ((r, c), &got) in out.indexed_iter() {
                        let product =
                            |c: usize| -> f32 { (0..depth).map(|k| a[[r, k + 1]] * strip[k * kernel.width + c]).sum() };
                        // Small integers: exact in any order. What lies around the tile is left alone.
                        let inside = (1..=columns).contains(&c);
                        let want = match onto {
                            _ if !inside => 100.0,
                            Onto::Nothing => product(c - 1),
                            Onto::Output => 2.0 * product(c - 1),
                            Onto::Bias(bias) => bias[c - 1] + product(c - 1),
                        };
                        assert_eq!(got, want, "{rows} rows of {}, at {r}, {c}, case {index}", kernel.width);
                    }
                }
            }
        }
    }
}
