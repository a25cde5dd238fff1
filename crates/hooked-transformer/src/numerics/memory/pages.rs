//! What the system is told about the pages of a large array: a few hints, which it may ignore.
//!
//! A large array comes from the system as pages that are handed out, and cleared, when they are first written to. With
//! pages of 4 KiB that costs more than many a computation that fills them: caching everything of a thousand tokens
//! writes two gigabytes. So the system is asked for large pages, which Linux otherwise keeps for programs that ask.
//!
//! Weights do without: they are written once, and a virtual machine whose memory is in small pieces has to get large ones
//! from its host first, which was seen to make loading four times slower.

#[cfg(target_os = "linux")]
use std::ops::Range;

/// Smaller arrays are not worth a system call.
const LARGE: usize = 1 << 18;

/// Bytes in a large page, on nearly every machine.
#[cfg(target_os = "linux")]
const PAGE: usize = 2 << 20;

/// Asks for large pages for an array that has not been written to yet, where it is large.
pub(crate) fn prefer_large_pages(values: &mut [f32]) {
    if size_of_val(values) >= LARGE {
        ask_for_large_pages(values);
    }
}

#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "madvise is a function of C")]
fn ask_for_large_pages(values: &mut [f32]) {
    // What the advice is about must begin at a page.
    let end = values.as_ptr_range().end.addr().next_multiple_of(PAGE);
    let start = values.as_mut_ptr().map_addr(|address| address / PAGE * PAGE);
    // SAFETY: the advice reads and changes no byte, wherever it is about: neither of the array nor of what lies beside it in
    // its first and last page, which mostly are other arrays. It may be refused, which is fine.
    unsafe { libc::madvise(start.cast(), end - start.addr(), libc::MADV_HUGEPAGE) };
}

#[cfg(not(target_os = "linux"))]
fn ask_for_large_pages(_: &mut [f32]) {}

/// Tells the system that it may have the memory of an array back whenever it runs short, as long as nothing is written to it
/// again. Then the values are lost: each becomes zero, or stays what it was.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "madvise is a function of C")]
pub(super) fn can_do_without(values: &mut Vec<f32>) {
    let first = values.as_mut_ptr();
    let whole = whole_pages(first.addr()..values.spare_capacity_mut().as_ptr_range().end.addr());
    let (start, length) = (first.map_addr(|_| whole.start), whole.len());
    if length > 0 {
        // SAFETY: the pages lie inside the vector, which owns them, and which nothing else looks at meanwhile. The system
        // may put zeros there, which are numbers as good as any, until the next write.
        unsafe { libc::madvise(start.cast(), length, libc::MADV_FREE) };
    }
}

/// The large pages that lie in a range of addresses as a whole: of a part of one, the system would make small ones.
#[cfg(target_os = "linux")]
fn whole_pages(addresses: Range<usize>) -> Range<usize> {
    let start = addresses.start.next_multiple_of(PAGE);
    start..(addresses.end / PAGE * PAGE).max(start)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn can_do_without(_: &mut Vec<f32>) {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// What lies in the same page as the first or the last number of an array may belong to another.
    #[test]
    fn the_system_may_have_no_page_that_an_array_shares() {
        const MIB: usize = 1 << 20;
        assert_eq!(whole_pages(2 * MIB..6 * MIB), 2 * MIB..6 * MIB);
        assert_eq!(whole_pages(2 * MIB + 4..6 * MIB - 4), 4 * MIB..4 * MIB);
        assert_eq!(whole_pages(3 * MIB..9 * MIB), 4 * MIB..8 * MIB);
        assert!(whole_pages(5 * MIB..5 * MIB + 400).is_empty());
    }

    #[test]
    fn an_array_can_be_written_again() {
        let mut values = vec![1.5f32; 5 << 19];
        can_do_without(&mut values);
        assert!(values.iter().all(|&x| x == 1.5 || x == 0.0));
        values.fill(3.5);
        assert!(values.iter().all(|&x| x == 3.5) && values.len() == 5 << 19);
    }
}
