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
        (None, Some(FILE_TOO_LARGE)) => {
            "It was ended because it wrote a larger file than it may, or returned a larger value. Does something grow without \
             end?"
                .into()
        }
        (None, Some(signal)) => format!("The system ended the program, with signal {signal}."),
        (None, None) => format!("The program ended: {status}."),
    }
}

/// POSIX's numbers, and that of Linux and macOS for a file above the limit.
const ABORT: i32 = 6;
const KILL: i32 = 9;
const FILE_TOO_LARGE: i32 = 25;

#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> Option<i32> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;

    #[test]
    fn a_signal_is_told_by_what_raises_it() {
        let words = |signal| in_words(ExitStatus::from_raw(signal), "");
        for (signal, part) in [
            (6, "std::process::abort"),
            (9, "used too much memory"),
            (25, "wrote a larger file than it may"),
            (11, "with signal 11"),
        ] {
            assert!(words(signal).contains(part), "{signal}: {}", words(signal));
        }
    }

    #[test]
    fn what_was_printed_counts_more_than_the_signal() {
        let aborted = ExitStatus::from_raw(6);
        assert!(in_words(aborted, "thread 'a' has overflowed its stack").starts_with("The stack overflowed"));
        assert!(in_words(aborted, "memory allocation of 9 bytes failed").contains("more memory than there is"));
    }

    #[test]
    fn an_exit_code_is_no_answer() {
        let with_code = |code: i32| in_words(ExitStatus::from_raw(code << 8), "");
        assert!(with_code(0).contains("with exit code 0"));
        assert!(with_code(DONE).contains("not all answers arrived"));
    }
}
