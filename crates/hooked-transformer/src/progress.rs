//! A line on the terminal that says how far long work has come.
//!
//! Nothing is shown for the first second, nor where standard error is not a terminal (in tests, pipes and notebooks).

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// Quiet for so long, and then no more than so often.
const BETWEEN: [Duration; 2] = [Duration::from_secs(1), Duration::from_millis(100)];

/// Counts what is done, from any thread; the line is wiped when this is dropped.
pub(crate) struct Progress {
    what: &'static str,
    total: usize,
    shown: bool,
    started: Instant,
    state: Mutex<(usize, Option<Instant>)>,
}

impl Progress {
    pub(crate) fn new(what: &'static str, total: usize) -> Self {
        Progress {
            what,
            total,
            shown: std::io::stderr().is_terminal(),
            started: Instant::now(),
            state: Mutex::new((0, None)),
        }
    }

    /// One more is done.
    pub(crate) fn advance(&self) {
        if !self.shown {
            return;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 += 1;
        let due = state.1.map_or(self.started + BETWEEN[0], |last| last + BETWEEN[1]);
        if Instant::now() >= due {
            state.1 = Some(Instant::now());
            // Whoever closed the terminal does not want to see it.
            let _ = write!(std::io::stderr(), "\r{}: {} of {}\x1b[K", self.what, state.0, self.total);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.state.get_mut().is_ok_and(|state| state.1.is_some()) {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
