//! How far long work has come: what a program that loads a model can hear, and the line on the terminal.
//!
//! A [`Counter`] shows nothing for the first second, nor where standard error is not a terminal (in tests, pipes and
//! notebooks).

use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What is going on while a model is fetched and loaded.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Progress<'a> {
    /// Bytes of a file have come in.
    Downloading {
        /// The repository.
        repo: &'a str,
        /// The file.
        file: &'a str,
        /// Bytes on the disk.
        done: u64,
        /// Bytes in all.
        total: u64,
    },
    /// Weights have been read into memory.
    Loading {
        /// Bytes in memory.
        done: u64,
        /// Bytes in all.
        total: u64,
    },
    /// Something that the user should know, such as a step of processing that was left out.
    Note(&'a str),
}

/// Whoever wants to hear about progress.
type Listener = dyn FnMut(Progress<'_>) + Send;

/// Hands progress to whoever wants it.
#[derive(Clone)]
pub(crate) struct Reporter(Arc<Mutex<Listener>>);

impl Reporter {
    /// The line on the terminal that is written over.
    pub(crate) fn terminal() -> Self {
        Reporter::new(terminal())
    }

    pub(crate) fn new(f: impl FnMut(Progress<'_>) + Send + 'static) -> Self {
        Reporter(Arc::new(Mutex::new(f)))
    }

    pub(crate) fn report(&self, progress: Progress<'_>) {
        // A listener that panicked once is not asked again.
        if let Ok(mut f) = self.0.lock() {
            f(progress);
        }
    }
}

/// Shows progress on the terminal, if there is one: a line that is written over.
fn terminal() -> impl FnMut(Progress<'_>) + Send {
    let shown = std::io::stderr().is_terminal();
    let mut last = String::new();
    move |progress| {
        let mut err = std::io::stderr().lock();
        let (what, done, total) = match progress {
            Progress::Note(note) => {
                let _ = writeln!(err, "note: {note}");
                return;
            }
            Progress::Downloading { file, done, total, .. } => (file, done, total),
            Progress::Loading { done, total } => ("weights", done, total),
        };
        let line = bar(what, done, total);
        if shown && line != last {
            let end = if done >= total { "\n" } else { "" };
            let _ = write!(err, "\r{line}{end}");
            let _ = err.flush();
            last = line;
        }
    }
}

fn bar(what: &str, done: u64, total: u64) -> String {
    const WIDTH: u64 = 30;
    let share = |of: u64| (done * of).checked_div(total).unwrap_or(of);
    let filled = share(WIDTH).min(WIDTH) as usize;
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let rest = WIDTH as usize - filled;
    format!("{what:<24} [{:#<filled$}{:rest$}] {:>3} % of {:.1} MiB", "", "", share(100), mib(total))
}

/// Quiet for so long, and then no more than so often.
const BETWEEN: [Duration; 2] = [Duration::from_secs(1), Duration::from_millis(100)];

/// Counts what is done, from any thread; the line is wiped when this is dropped.
pub(crate) struct Counter {
    what: &'static str,
    total: usize,
    shown: bool,
    started: Instant,
    state: Mutex<(usize, Option<Instant>)>,
}

impl Counter {
    pub(crate) fn new(what: &'static str, total: usize) -> Self {
        Counter {
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

impl Drop for Counter {
    fn drop(&mut self) {
        if self.state.get_mut().is_ok_and(|state| state.1.is_some()) {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_empty_half_and_full() {
        assert_eq!(bar("x", 0, 1 << 20).matches('#').count(), 0);
        assert_eq!(bar("x", 1 << 19, 1 << 20).matches('#').count(), 15);
        assert!(bar("x", 1 << 20, 1 << 20).ends_with("100 % of 1.0 MiB"));
        assert!(bar("empty", 0, 0).contains("100 %"));
    }
}
