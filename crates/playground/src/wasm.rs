//! What the worker calls: five functions, and one that it lends.
//!
//! A request is written into memory that [`allocate`] gave: the length of its JSON as a little-endian `u32`, the JSON, the
//! files. An answer is where [`begin`] and [`step`] point to: the length of the rest as a `u32`, one byte that says what it
//! is ([`ERROR`] and so on), three to fill up, and the [bytes](crate::Answer::to_bytes). It is good until the next call.
#![expect(unsafe_code, reason = "memory that two languages share is a matter of addresses")]

use std::cell::RefCell;
use std::slice;

use serde_json::Value;

use crate::answer::{Answer, Step};
use crate::engine::Engine;
use crate::request::Request;

const IDLE: u8 = 0;
const PROGRESS: u8 = 1;
const DONE: u8 = 2;
const ERROR: u8 = 3;

thread_local! {
    static ENGINE: RefCell<Engine> = RefCell::new(Engine::new());
    static ANSWER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

#[link(wasm_import_module = "page")]
unsafe extern "C" {
    /// Hears the message of a panic, which ends the module.
    fn panicked(message: *const u8, length: usize);
}

/// Lets the page hear of panics. To be called once, first.
#[unsafe(no_mangle)]
extern "C" fn start() {
    std::panic::set_hook(Box::new(|panic| {
        let message = panic.to_string();
        // SAFETY: the page reads that many bytes from there, before this returns.
        unsafe { panicked(message.as_ptr(), message.len()) };
    }));
}

/// Memory for a request; [`begin`] takes it back.
#[unsafe(no_mangle)]
extern "C" fn allocate(length: usize) -> *mut u8 {
    Box::leak(vec![0u8; length].into_boxed_slice()).as_mut_ptr()
}

/// Begins to work on a request, in place of the one before.
///
/// # Safety
/// `request` came from [`allocate`] with this length, and was not given here before.
#[unsafe(no_mangle)]
unsafe extern "C" fn begin(request: *mut u8, length: usize) -> *const u8 {
    // SAFETY: the caller's promise.
    let bytes = unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(request, length)) };
    let begun = parse(&bytes).and_then(|(id, request, files)| {
        let begun = ENGINE.with_borrow_mut(|engine| engine.begin(id, request, files));
        begun.map_err(|problem| error(id, problem.to_string()))
    });
    match begun {
        Ok(()) => keep(IDLE, Answer::default()),
        Err(answer) => keep(ERROR, answer),
    }
}

/// Works on the most urgent request for a while.
#[unsafe(no_mangle)]
extern "C" fn step() -> *const u8 {
    match ENGINE.with_borrow_mut(Engine::step) {
        None => keep(IDLE, Answer::default()),
        Some((id, Ok(Step::Progress(answer)))) => keep(PROGRESS, answer.with("id", id)),
        Some((id, Ok(Step::Done(answer)))) => keep(DONE, answer.with("id", id)),
        Some((id, Err(problem))) => keep(ERROR, error(id, problem.to_string())),
    }
}

/// Panics, so that a test can see what the page does then.
#[unsafe(no_mangle)]
extern "C" fn panic_now() {
    panic!("this was asked for");
}

/// The request, its number and the files beside it; or the answer that says what is wrong.
fn parse(bytes: &[u8]) -> Result<(u64, Request, &[u8]), Answer> {
    let short = || error(0, "the request is cut short".to_string());
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or_else(short)?;
    let (json, files) = rest.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or_else(short)?;
    let wrong = |id: u64, problem: serde_json::Error| error(id, format!("the request is not understood: {problem}"));
    let json: Value = serde_json::from_slice(json).map_err(|problem| wrong(0, problem))?;
    let id = json["id"].as_u64().unwrap_or(0);
    let request = serde_json::from_value(json).map_err(|problem| wrong(id, problem))?;
    Ok((id, request, files))
}

fn error(id: u64, message: String) -> Answer {
    Answer::default().with("id", id).with("error", message)
}

/// Puts an answer where the page will read it.
fn keep(kind: u8, answer: Answer) -> *const u8 {
    let bytes = answer.to_bytes();
    ANSWER.with_borrow_mut(|kept| {
        kept.clear();
        kept.extend((bytes.len() as u32).to_le_bytes());
        kept.extend([kind, 0, 0, 0]);
        kept.extend(bytes);
        kept.as_ptr()
    })
}

/// Bytes for the seeds of hash tables, which is all that asks for them here: the same in every run, so that a picture can
/// be had again. The engine's own random numbers come from the seeds in requests.
///
/// # Safety
/// `to` points to `length` bytes that may be written.
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(
    to: *mut u8,
    length: usize,
) -> std::result::Result<(), getrandom::Error> {
    // SAFETY: the caller's promise. The bytes need not hold a value yet, so they are written first.
    let bytes = unsafe {
        to.write_bytes(0, length);
        slice::from_raw_parts_mut(to, length)
    };
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    for byte in bytes {
        // Marsaglia's xorshift.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        *byte = state as u8;
    }
    Ok(())
}
