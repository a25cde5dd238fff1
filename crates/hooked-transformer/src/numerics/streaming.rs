//! Writing past the caches: arrays that are far larger than these, and that nothing reads soon.
//!
//! An ordinary store first reads the cache line that it changes. Of a cache of all activations of a long text, scores and
//! pattern are most, and they are only written: without that reading a run of 1,024 tokens takes a twentieth less time.
#![cfg_attr(
    target_arch = "x86_64",
    expect(unsafe_code, reason = "such stores are instructions of the processor's own")
)]

use std::ops::Range;

use ndarray::{ArrayView2, ArrayViewMut2};

/// Writes `from` into some columns of `out`, and `beside` into the others.
///
/// # Shapes
/// - `out`: `[row, column]`, each row contiguous
/// - `from`: `[row, chosen column]`, each row contiguous
///
/// # Panics
/// If the shapes do not fit.
pub(crate) fn write_rows(
    mut out: ArrayViewMut2<'_, f32>,
    from: ArrayView2<'_, f32>,
    columns: Range<usize>,
    beside: f32,
) {
    assert_eq!(out.nrows(), from.nrows(), "rows to write");
    for (mut out, from) in out.rows_mut().into_iter().zip(from.rows()) {
        let out = out.as_slice_mut().expect("each row is contiguous");
        fill(&mut out[..columns.start], beside);
        fill(&mut out[columns.end..], beside);
        copy(&mut out[columns.clone()], from.to_slice().expect("each row is contiguous"));
    }
    fence();
}

/// Numbers in a vector that every x86-64 has.
const LANES: usize = 4;

fn copy(to: &mut [f32], from: &[f32]) {
    assert_eq!(to.len(), from.len(), "numbers to copy");
    let start = aligned_from(to);
    to[..start].copy_from_slice(&from[..start]);
    let (to, to_rest) = to[start..].as_chunks_mut::<LANES>();
    let (from, from_rest) = from[start..].as_chunks::<LANES>();
    to.iter_mut().zip(from).for_each(|(to, from)| store(to, from));
    to_rest.copy_from_slice(from_rest);
}

fn fill(to: &mut [f32], value: f32) {
    let start = aligned_from(to);
    to[..start].fill(value);
    let (to, rest) = to[start..].as_chunks_mut::<LANES>();
    to.iter_mut().for_each(|to| store(to, &[value; LANES]));
    rest.fill(value);
}

/// Where the first vector begins that lies at a multiple of its size, or the end.
fn aligned_from(to: &[f32]) -> usize {
    to.as_ptr().align_offset(size_of::<[f32; LANES]>()).min(to.len())
}

#[cfg(target_arch = "x86_64")]
fn store(to: &mut [f32; LANES], from: &[f32; LANES]) {
    use std::arch::x86_64::{_mm_loadu_ps, _mm_stream_ps};
    assert!(to.as_ptr().addr().is_multiple_of(size_of::<[f32; LANES]>()), "a vector at a multiple of its size");
    // SAFETY: every x86-64 has these instructions. Both are good for four numbers, and `to` is aligned, as just checked. The
    // only caller from outside of this file fences before it returns.
    unsafe { _mm_stream_ps(to.as_mut_ptr(), _mm_loadu_ps(from.as_ptr())) };
}

/// Other threads see ordinary stores in order, but such as these only from here on.
#[cfg(target_arch = "x86_64")]
fn fence() {
    // SAFETY: every x86-64 has the instruction, and it touches no memory.
    unsafe { std::arch::x86_64::_mm_sfence() };
}

#[cfg(not(target_arch = "x86_64"))]
fn store(to: &mut [f32; LANES], from: &[f32; LANES]) {
    *to = *from;
}

#[cfg(not(target_arch = "x86_64"))]
fn fence() {}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, s};

    /// Wherever rows begin and end in memory, every number arrives, and nothing around them is touched.
    #[test]
    fn rows_are_written_as_a_whole_wherever_they_lie() {
        for (first, width) in (0..5).flat_map(|first| [1, 3, 4, 9, 31, 64].map(|width| (first, width))) {
            for columns in [0..width, width / 3..width / 2, 0..0, width..width] {
                let from = Array2::from_shape_fn((3, columns.len()), |(r, c)| (r * 100 + c) as f32);
                let mut all = Array2::from_elem((3, first + width + 2), 0.5f32);
                write_rows(all.slice_mut(s![.., first..first + width]), from.view(), columns.clone(), -1.0);
                for ((r, c), &got) in all.indexed_iter() {
                    let want = match c.checked_sub(first) {
                        Some(c) if columns.contains(&c) => (r * 100 + c - columns.start) as f32,
                        Some(c) if c < width => -1.0,
                        _ => 0.5,
                    };
                    assert_eq!(got, want, "row {r}, column {c} of {width} from {first} on, {columns:?}");
                }
            }
        }
    }
}
