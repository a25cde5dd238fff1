//! `watch`: grades the exercise again whenever one of its files is saved.
//!
//! The files are read twice a second and compared with what they were. That works on every file system, network folders
//! and containers included, where notifications of changes often get lost; and the terminal stays in its ordinary mode, so
//! there is nothing to restore when Ctrl-C ends it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, IsTerminal, stdin, stdout};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use super::arguments::Done;
use super::{check, hint};
use crate::knows::progress::Progress;
use crate::knows::standing;
use crate::reads::course::{Course, Exercise};
use crate::says::screen::{complain, say, strong, write_now};

/// How often the files are read.
const PAUSE: Duration = Duration::from_millis(500);

/// For so many consecutive pauses, a file may be away: editors that save through a new file take the old one away first.
const PATIENCE: u32 = 3;

/// Watches the exercise that is named, or else the one that the learner is at. It never goes on to the next by itself.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    let exercise = match arguments {
        [] => {
            let current = standing::current(course, &Progress::read(&course.workspace))?;
            current.ok_or("You have passed everything. Name the exercise to watch.")?
        }
        [number] => course.exercise(number)?,
        more => return Err(format!("Give one exercise at a time, not `{}`.", more.join(" "))),
    };
    if !stdout().is_terminal() {
        return Err("`watch` is for a terminal; in a script, use `cargo xtask check`.".to_string());
    }
    let lines = typed_lines();
    let mut watched = Watched::default();
    loop {
        match watched.look(files(course, exercise)) {
            Look::Same => {}
            Look::Changed => grade(course, exercise),
            Look::Gone => {
                clear();
                complain!(
                    "{} is gone. To get the stubs back: cargo xtask reset {}",
                    exercise.source(),
                    exercise.number()
                );
            }
        }
        let Ok(line) = lines.recv_timeout(PAUSE) else { continue };
        match line.split_whitespace().collect::<Vec<_>>()[..] {
            [] => watched = Watched::default(),
            ["q" | "quit"] => return Ok(true),
            ["h" | "hint", ref function @ ..] => give_hint(course, exercise, function),
            _ => say!("h for a hint, h FUNCTION for a hint about it, Enter to grade again, q to quit; not `{line}`."),
        }
    }
}

/// The bytes of every file of an exercise. Bytes, not text: a file that is not UTF-8 has changed, too.
type Files = BTreeMap<PathBuf, Vec<u8>>;

fn files(course: &Course, exercise: &Exercise) -> Option<Files> {
    let folder = course.workspace.path(&exercise.source_folder());
    let read = |path: PathBuf| fs::read(&path).ok().map(|bytes| (path, bytes));
    let files: Files = standing::rust_files_below(&folder).into_iter().filter_map(read).collect();
    files.contains_key(&course.workspace.path(&exercise.source())).then_some(files)
}

/// What was graded last, and for how long the file has been away since.
#[derive(Default)]
struct Watched {
    graded: Option<Files>,
    away: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Same,
    Changed,
    /// The file has been away for too long for a save: what the screen shows is no longer true.
    Gone,
}

impl Watched {
    fn look(&mut self, now: Option<Files>) -> Look {
        match now {
            Some(files) if self.graded.as_ref() == Some(&files) => {
                self.away = 0;
                Look::Same
            }
            Some(files) => {
                *self = Watched { graded: Some(files), away: 0 };
                Look::Changed
            }
            None => {
                self.away = self.away.saturating_add(1);
                if self.away != PATIENCE {
                    return Look::Same;
                }
                self.graded = None;
                Look::Gone
            }
        }
    }
}

/// A hint that there is not must not end the watch.
fn give_hint(course: &Course, exercise: &Exercise, function: &[&str]) {
    if let Err(trouble) = hint::run(course, &[&[exercise.number()], function].concat()) {
        complain!("{trouble}");
    }
}

/// A check that cannot be made must not end the watch either, nor leave the verdict before it on the screen.
fn grade(course: &Course, exercise: &Exercise) {
    clear();
    match check::on_screen(course, exercise) {
        Ok(true) => say!("\n{}", strong("Passed. When you are ready: q, then cargo xtask next")),
        Ok(false) => {}
        Err(trouble) => complain!("{trouble}"),
    }
    say!(
        "\nWatching {}. Save to grade again. h [FUNCTION]: hint, Enter: grade again, q: quit",
        exercise.source_folder()
    );
}

/// So that the newest verdict is at the top, and no other is on the screen.
fn clear() {
    write_now("\x1b[2J\x1b[H");
}

/// What is typed, line by line, without waiting for it. When the input ends, nothing more comes.
fn typed_lines() -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line.trim().to_string()).is_err() {
                return;
            }
        }
        // Keeps the channel open, so that the receiver waits its whole pause.
        loop {
            thread::park();
        }
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files_of(bytes: &[u8]) -> Option<Files> {
        Some([(PathBuf::from("lib.rs"), bytes.to_vec())].into())
    }

    #[test]
    fn a_change_is_seen_whatever_the_bytes_are() {
        let mut watched = Watched::default();
        assert_eq!(watched.look(files_of(b"a")), Look::Changed);
        assert_eq!(watched.look(files_of(b"a")), Look::Same);
        assert_eq!(watched.look(files_of(b"\xff")), Look::Changed);
        let mut two = files_of(b"\xff");
        two.as_mut().unwrap().insert("other.rs".into(), Vec::new());
        assert_eq!(watched.look(two), Look::Changed);
    }

    #[test]
    fn a_file_that_is_saved_may_be_away_for_a_moment_and_no_longer() {
        let mut watched = Watched::default();
        assert_eq!(watched.look(files_of(b"a")), Look::Changed);
        assert_eq!([None, None, files_of(b"a")].map(|now| watched.look(now)), [Look::Same; 3]);
        assert_eq!(
            [None, None, None, None].map(|now| watched.look(now)),
            [Look::Same, Look::Same, Look::Gone, Look::Same]
        );
        // It is graded again, though it is what it was: the verdict is no longer on the screen.
        assert_eq!(watched.look(files_of(b"a")), Look::Changed);
    }
}
