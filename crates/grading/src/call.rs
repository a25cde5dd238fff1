//! Calls a learner's function so that nothing it does can end a test in a backtrace.
//!
//! The call runs on a thread of its own. A panic is caught there and becomes words, and one that does not come back is
//! left behind: it ends with the process, and the learner reads that it ran too long.

use std::backtrace::Backtrace;
use std::cell::{Cell, RefCell};
use std::env;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::path::Path;
use std::sync::Once;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::reference::repository;

/// How long a call may take. Correct answers need milliseconds; this leaves room for slow ones on a busy machine.
pub const LIMIT: Duration = Duration::from_secs(20);

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome<T> {
    /// It returned this.
    Returned(T),
    /// It is a stub; the words say what is to be written.
    NotStarted(String),
    /// It panicked.
    Panicked {
        /// What the panic said.
        message: String,
        /// The line that it came from, as near to the learner's own code as can be told.
        place: String,
    },
    /// It did not return within the limit, given here.
    TooLong(Duration),
    /// It ended the process that called it; the words say how.
    Ended(String),
}

thread_local! {
    static MUTED: Cell<bool> = const { Cell::new(false) };
    static LAST_PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Calls a function of the learner's, with [`LIMIT`].
#[must_use]
pub fn call<T: Send + 'static>(function: impl FnOnce() -> T + Send + 'static) -> Outcome<T> {
    call_within(LIMIT, function)
}

/// Calls a function of the learner's and waits so long for it.
#[must_use]
pub fn call_within<T: Send + 'static>(limit: Duration, function: impl FnOnce() -> T + Send + 'static) -> Outcome<T> {
    take_note_of_panics();
    let (send, receive) = mpsc::channel();
    let spawned = thread::Builder::new().name("your code".into()).spawn(move || {
        MUTED.set(true);
        let result = panic::catch_unwind(AssertUnwindSafe(function));
        let outcome = match result {
            Ok(value) => Outcome::Returned(value),
            Err(payload) => outcome_of_panic(payload.as_ref()),
        };
        // The receiver is gone when the limit has passed.
        let _ = send.send(outcome);
    });
    if let Err(error) = spawned {
        return Outcome::Panicked {
            message: format!("no thread could be started for the call: {error}"),
            place: "the grader".into(),
        };
    }
    match receive.recv_timeout(limit) {
        Ok(outcome) => outcome,
        Err(RecvTimeoutError::Timeout) => Outcome::TooLong(limit),
        Err(RecvTimeoutError::Disconnected) => {
            Outcome::Panicked { message: "the call ended without an answer".into(), place: "an unknown place".into() }
        }
    }
}

/// Installs, once, a panic hook that keeps quiet on the threads of [`call`] and notes where the panic came from.
fn take_note_of_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if MUTED.get() {
                LAST_PLACE.set(Some(place_of(info)));
            } else {
                previous(info);
            }
        }));
    });
}

fn outcome_of_panic<T>(payload: &(dyn std::any::Any + Send)) -> Outcome<T> {
    let message = payload
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without words".into());
    // The words of `todo!` and `unimplemented!`.
    for stub in ["not yet implemented", "not implemented"] {
        if let Some(rest) = message.strip_prefix(stub) {
            return Outcome::NotStarted(rest.trim_start_matches(':').trim().to_string());
        }
    }
    let place = LAST_PLACE.take().unwrap_or_else(|| "an unknown place".into());
    Outcome::Panicked { message, place }
}

/// The place of a panic. One inside a library (an index out of bounds in ndarray, say) is traced back to the learner's
/// line that called it.
fn place_of(info: &PanicHookInfo<'_>) -> String {
    let Some(location) = info.location() else {
        return "an unknown place".into();
    };
    if is_course_code(location.file()) {
        return location.to_string();
    }
    let backtrace = Backtrace::force_capture().to_string();
    match line_in_course_code(&backtrace) {
        Some(line) => {
            let folder = env::current_dir().unwrap_or_default();
            let line = from_root(&line, &folder, &repository());
            format!("{line}, in a call of {}:{}", short(location.file()), location.line())
        }
        None => format!("{}:{}:{}", short(location.file()), location.line(), location.column()),
    }
}

/// The path of a library's file from the folder of its crate on: where the registry is kept is of no interest.
fn short(file: &str) -> &str {
    let crate_and_rest = file.split_once("/registry/src/").and_then(|(_, rest)| rest.split_once('/'));
    crate_and_rest.map_or(file, |(_, rest)| rest)
}

fn is_course_code(file: &str) -> bool {
    let file = file.replace('\\', "/");
    ["exercises/", "solutions/"].iter().any(|folder| file.starts_with(folder) || file.contains(&format!("/{folder}")))
}

/// The innermost frame of a backtrace that lies in an exercise. Frames are printed from the inside out, each with a
/// line `at FILE:LINE:COLUMN`, where files under the current folder (a test's is its package) begin with `./`.
fn line_in_course_code(backtrace: &str) -> Option<String> {
    backtrace
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("at "))
        .find(|place| is_course_code(place) || place.starts_with("./src/"))
        .map(|place| place.trim_start_matches("./").to_string())
}

/// A place of a backtrace as the compiler would print it, from the root of the repository, so that a click finds it. It
/// is given in full, or from the folder of the package, where a test runs.
fn from_root(place: &str, folder: &Path, root: &Path) -> String {
    let full = folder.join(place);
    full.strip_prefix(root).map_or_else(|_| place.to_string(), |inside| inside.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_comes_back() {
        assert_eq!(call(|| 7), Outcome::Returned(7));
    }

    #[test]
    #[expect(clippy::todo, reason = "a stub is what this test is about")]
    fn a_stub_is_not_started_and_keeps_its_words() {
        let outcome = call(|| -> usize { todo!("add up {}", 3) });
        assert_eq!(outcome, Outcome::NotStarted("add up 3".into()));
        let outcome = call(|| -> usize { todo!() });
        assert_eq!(outcome, Outcome::NotStarted(String::new()));
        let outcome = call(|| -> usize { unimplemented!("later") });
        assert_eq!(outcome, Outcome::NotStarted("later".into()));
    }

    #[test]
    fn a_panic_keeps_its_words_and_its_line() {
        let outcome = call(|| -> usize { panic!("no head {}", 9) });
        let Outcome::Panicked { message, place } = outcome else {
            panic!("expected a panic, got {outcome:?}");
        };
        assert_eq!(message, "no head 9");
        assert!(place.contains("call.rs"), "{place}");
    }

    #[test]
    fn a_call_that_does_not_return_is_left_behind() {
        let limit = Duration::from_millis(30);
        let outcome = call_within(limit, || {
            thread::sleep(Duration::from_secs(3));
            7
        });
        assert_eq!(outcome, Outcome::TooLong(limit));
    }

    #[test]
    fn a_frame_of_the_exercise_is_found_among_those_of_libraries() {
        let backtrace = "\
   0: rust_begin_unwind
             at /rustc/x/library/std/src/panicking.rs:5:5
   2: ndarray::arraytraits::array_out_of_bounds
             at /home/x/registry/src/ndarray/src/arraytraits.rs:31:5
   4: exercise_02_induction::prev_attn_detector
             at ./src/lib.rs:61:20";
        assert_eq!(line_in_course_code(backtrace), Some("src/lib.rs:61:20".into()));
        assert_eq!(line_in_course_code("   0: main"), None);
    }

    #[test]
    fn the_line_in_the_exercise_is_told_from_the_root() {
        let (folder, root) = (Path::new("/c/exercises/03-x"), Path::new("/c"));
        assert_eq!(from_root("src/lib.rs:9:1", folder, root), "exercises/03-x/src/lib.rs:9:1");
        assert_eq!(from_root("/c/solutions/03-x/src/lib.rs:9:1", folder, root), "solutions/03-x/src/lib.rs:9:1");
        assert_eq!(from_root("src/lib.rs:9:1", Path::new("/elsewhere"), root), "src/lib.rs:9:1");
    }

    #[test]
    fn a_library_is_named_without_the_folder_of_the_registry() {
        assert_eq!(short("/home/x/registry/src/index-1/ndarray-0.17.2/src/a.rs"), "ndarray-0.17.2/src/a.rs");
        assert_eq!(short("crates/x/src/a.rs"), "crates/x/src/a.rs");
    }
}
