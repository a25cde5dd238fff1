//! Why a child ended before it had sent all its answers, in words for the learner.

use std::process::ExitStatus;

use super::child::DONE;

/// What the standard library prints when the stack is full, and when memory is.
const STACK: &str = "has overflowed its stack";
const MEMORY: &str = "memory allocation of";

/// In words, from how the process ended and what it printed.
pub(super) fn in_words(status: ExitStatus, printed: &str) -> String {
    if printed.contains(STACK) {
        return "The stack overflowed. Does a function call itself without end, or hold a very large array by value?"
            .into();
    }
    if printed.contains(MEMORY) {
        return "It asked for more memory than there is for an answer. Does a collection grow without end?".into();
    }
    match (status.code(), signal(status)) {
        // The learner's code ended the process in the very way in which the grader does.
        (Some(DONE), _) => "The process ended, and not all answers arrived.".into(),
        (Some(code), _) => format!(
            "It ended the whole program, with exit code {code}, instead of returning. Is `std::process::exit` called?"
        ),
        (None, Some(ABORT)) => {
            "It aborted the program. Is `std::process::abort` called, or does a panic happen during another?".into()
        }
        (None, Some(KILL)) => "The system ended the program, most likely because it used too much memory.".into(),
        (None, Some(signal)) => format!("The system ended the program, with signal {signal}."),
        (None, None) => format!("The program ended: {status}."),
    }
}

/// POSIX's numbers.
const ABORT: i32 = 6;
const KILL: i32 = 9;

#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> Option<i32> {
    None
}
