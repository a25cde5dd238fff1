//! New arrays for activations.
//!
//! A large array comes from the system as pages that are handed out, and cleared, when they are first written to. With
//! pages of 4 KiB that costs more than many a computation that fills them: caching everything of a thousand tokens
//! writes two gigabytes. So the system is asked for large pages, which Linux otherwise keeps for programs that ask.
//!
//! Weights do without: they are written once, and a virtual machine whose memory is in small pieces has to get large ones
//! from its host first, which was seen to make loading four times slower.

use ndarray::{Array, Dimension, ShapeBuilder};

/// Smaller arrays are not worth a system call.
const LARGE: usize = 4 << 20;

/// Zeros; in large pages, where the array is large and the system has them.
pub(crate) fn zeros<D: Dimension>(shape: impl ShapeBuilder<Dim = D>) -> Array<f32, D> {
    let mut array = Array::zeros(shape);
    if let Some(values) = array.as_slice_memory_order_mut() {
        prefer_large_pages(values);
    }
    array
}

/// Asks for large pages for an array that has not been written to yet, where it is large.
pub(crate) fn prefer_large_pages(values: &mut [f32]) {
    if size_of_val(values) >= LARGE {
        ask_for_large_pages(values);
    }
}

#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "madvise is a function of C")]
fn ask_for_large_pages(values: &mut [f32]) {
    /// What the advice is about must begin at a page; large pages are of 2 MiB on nearly every machine.
    const PAGE: usize = 2 << 20;
    let end = values.as_ptr_range().end.addr();
    let start = values.as_mut_ptr().map_addr(|address| address.next_multiple_of(PAGE));
    let length = end.saturating_sub(start.addr()) / PAGE * PAGE;
    // SAFETY: `start` comes from the array's own pointer, and the `length` bytes from there on are inside the array (none
    // if it has no whole page). The advice changes no byte of them. It may be refused, which is fine.
    unsafe { libc::madvise(start.cast(), length, libc::MADV_HUGEPAGE) };
}

#[cfg(not(target_os = "linux"))]
fn ask_for_large_pages(_: &mut [f32]) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_of_any_size_are_zero_and_can_be_written() {
        for shape in [[0, 5], [3, 7], [1025, 1024], [3001, 1021]] {
            let mut array = zeros(shape);
            assert_eq!(array.shape(), shape);
            assert!(array.iter().all(|&x| x == 0.0));
            array.fill(1.5);
            assert_eq!(array.iter().filter(|&&x| x == 1.5).count(), shape[0] * shape[1]);
        }
    }
}
