//! How far long work has come: what a program that loads a model can hear, and the line on the terminal.

use std::io::{IsTerminal, Write};
#[cfg(feature = "files")]
use std::sync::Arc;
use std::sync::{Mutex, PoisonError};
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

/// What is told about progress.
#[cfg(feature = "files")]
type Listener = dyn FnMut(Progress<'_>) + Send;

/// Passes progress on to the function that was given.
#[cfg(feature = "files")]
#[derive(Clone)]
pub(crate) struct Reporter(Arc<Mutex<Listener>>);

#[cfg(feature = "files")]
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

/// Shows progress on the terminal.
#[cfg(feature = "files")]
fn terminal() -> impl FnMut(Progress<'_>) + Send {
    let mut bar = Bar::new();
    move |progress| match progress {
        Progress::Note(note) => {
            bar.wipe();
            let _ = writeln!(std::io::stderr(), "note: {note}");
        }
        Progress::Downloading { file, done, total, .. } => bar.draw(file, done, total, Unit::Bytes),
        Progress::Loading { done, total } => bar.draw("weights", done, total, Unit::Bytes),
    }
}

/// Counts what is done, from any thread, and shows it on the terminal.
pub(crate) struct Counter {
    what: &'static str,
    total: u64,
    state: Mutex<(u64, Bar)>,
}

impl Counter {
    pub(crate) fn new(what: &'static str, total: usize) -> Self {
        Counter { what, total: total as u64, state: Mutex::new((0, Bar::new())) }
    }

    /// One more is done.
    pub(crate) fn advance(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (done, bar) = &mut *state;
        *done += 1;
        bar.draw(self.what, *done, self.total, Unit::Pieces);
    }
}

/// What is counted.
#[derive(Clone, Copy)]
enum Unit {
    #[cfg_attr(not(feature = "files"), expect(dead_code, reason = "only files are counted in bytes"))]
    Bytes,
    Pieces,
}

/// A line on the terminal that is written over, and wiped when the work is done or this is dropped.
///
/// Nothing is shown for the first second, nor where standard error is not a terminal (in tests, pipes and notebooks).
struct Bar {
    /// When it was made; `None` where nothing is shown, which includes systems without a clock.
    started: Option<Instant>,
    drawn: Option<Instant>,
}

impl Bar {
    /// Quiet for so long, and then no more than so often.
    const QUIET: Duration = Duration::from_secs(1);
    const BETWEEN: Duration = Duration::from_millis(100);

    fn new() -> Self {
        Bar { started: std::io::stderr().is_terminal().then(Instant::now), drawn: None }
    }

    fn draw(&mut self, what: &str, done: u64, total: u64, unit: Unit) {
        if done >= total {
            return self.wipe();
        }
        let Some(started) = self.started else { return };
        let due = self.drawn.map_or(started + Self::QUIET, |last| last + Self::BETWEEN);
        let now = Instant::now();
        if now >= due {
            self.drawn = Some(now);
            // A terminal that was closed does not need to see it.
            let _ = write!(std::io::stderr(), "\r{}\x1b[K", line(what, done, total, unit));
        }
    }

    fn wipe(&mut self) {
        if self.drawn.take().is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.wipe();
    }
}

/// `weights   [#####     ]  50 % of 1.0 MiB`
fn line(what: &str, done: u64, total: u64, unit: Unit) -> String {
    const WIDTH: u64 = 30;
    let share = |of: u64| (done * of).checked_div(total).unwrap_or(of);
    let filled = share(WIDTH).min(WIDTH) as usize;
    let rest = WIDTH as usize - filled;
    let total = match unit {
        Unit::Bytes => format!("{:.1} MiB", total as f64 / f64::from(1 << 20)),
        Unit::Pieces => total.to_string(),
    };
    format!("{what:<24} [{:#<filled$}{:rest$}] {:>3} % of {total}", "", "", share(100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_empty_half_and_full() {
        let bytes = |done| line("x", done, 1 << 20, Unit::Bytes);
        assert_eq!(bytes(0).matches('#').count(), 0);
        assert_eq!(bytes(1 << 19).matches('#').count(), 15);
        assert!(bytes(1 << 20).ends_with("100 % of 1.0 MiB"));
        assert!(line("empty", 0, 0, Unit::Bytes).contains("100 %"));
        assert!(line("runs", 36, 144, Unit::Pieces).ends_with(" 25 % of 144"));
    }
}
