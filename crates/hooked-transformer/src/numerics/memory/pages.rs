//! What the system is told about the pages of a large array: a few hints, which it may ignore.
//!
//! A large array comes from the system as pages that are handed out, and cleared, when they are first written to. With
//! pages of 4 KiB that costs more than many a computation that fills them: caching everything of a thousand tokens
//! writes two gigabytes. So the system is asked for large pages, which Linux otherwise keeps for programs that ask.
//!
//! Weights do without: they are written once, and a virtual machine whose memory is in small pieces has to get large ones
//! from its host first, which was seen to make loading four times slower.

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
    let room = values.spare_capacity_mut().as_ptr_range().end.addr();
    let start = values.as_mut_ptr().map_addr(|address| address.next_multiple_of(PAGE));
    // Only whole large pages: of a part of one, the system would make small ones.
    let length = (room / PAGE * PAGE).saturating_sub(start.addr());
    if length > 0 {
        // SAFETY: the pages lie inside the vector, which owns them, and which nothing else looks at meanwhile. The system
        // may put zeros there, which are numbers as good as any, until the next write.
        unsafe { libc::madvise(start.cast(), length, libc::MADV_FREE) };
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn can_do_without(_: &mut Vec<f32>) {}
