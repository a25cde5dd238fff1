//! The log, `results.jsonl`: a line of JSON for each submission, and one for each of its exercises. Everything else that
//! comes out is made from it. A run that was interrupted goes on behind the last whole line.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// The name of the log in the folder of results.
pub(crate) const LOG: &str = "results.jsonl";

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    Passed,
    Wrong,
    Panicked,
    TooLong,
    Ended,
    DoesNotCompile,
    NotStarted,
    NotHandedIn,
    /// The course is damaged.
    Damaged,
    /// The judge gave no result.
    #[serde(other)]
    Unknown,
}

impl State {
    /// In words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Wrong => "wrong",
            Self::Panicked => "panicked",
            Self::TooLong => "took too long",
            Self::Ended => "ended the program",
            Self::DoesNotCompile => "does not compile",
            Self::NotStarted => "not started",
            Self::NotHandedIn => "not handed in",
            Self::Damaged => "course damaged",
            Self::Unknown => "no result",
        }
    }

    /// Whether it says nothing about the submission, because the course or this program failed.
    pub(crate) fn is_our_fault(self) -> bool {
        matches!(self, Self::Damaged | Self::Unknown)
    }
}

/// How one check of a submission ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CheckResult {
    pub(crate) check: String,
    pub(crate) state: State,
    /// The code of the known mistake.
    pub(crate) mistake: Option<String>,
    /// The verdict.
    pub(crate) text: String,
}

/// An exercise of a submission.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Graded {
    pub(crate) submission: String,
    pub(crate) exercise: String,
    /// Of the sources and of the judge: what has another one is graded again.
    pub(crate) hash: String,
    /// The same for sources that are copies of each other.
    pub(crate) print: Option<String>,
    /// When it was handed in, in seconds since 1970, as far as that can be known.
    pub(crate) submitted: Option<i64>,
    /// How long it took to grade.
    pub(crate) seconds: f64,
    pub(crate) checks: Vec<CheckResult>,
}

/// A submission as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Received {
    pub(crate) submission: String,
    /// Why nothing could be read.
    pub(crate) problem: Option<String>,
    /// What was left out.
    pub(crate) notes: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
enum Line {
    Submission(Received),
    Exercise(Graded),
}

/// All that the log says. Of several lines about the same, the last counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Results {
    pub(crate) submissions: BTreeMap<String, Received>,
    /// By submission and exercise.
    pub(crate) exercises: BTreeMap<(String, String), Graded>,
}

impl Results {
    fn add(&mut self, line: Line) {
        match line {
            Line::Submission(received) => {
                self.submissions.insert(received.submission.clone(), received);
            }
            Line::Exercise(graded) => {
                self.exercises.insert((graded.submission.clone(), graded.exercise.clone()), graded);
            }
        }
    }

    /// Reads the log in a folder of results.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let path = folder.join(LOG);
        let text = fs::read(&path).map_err(|error| format!("{} cannot be read: {error}.", path.display()))?;
        let mut results = Self::default();
        let (lines, _) = whole_lines(&text);
        lines.for_each(|line| results.add(line));
        Ok(results)
    }

    /// As the text of a log, in order.
    pub(crate) fn to_text(&self) -> String {
        let submissions = self.submissions.values().cloned().map(Line::Submission);
        let exercises = self.exercises.values().cloned().map(Line::Exercise);
        submissions.chain(exercises).map(|line| to_text(&line)).collect()
    }
}

/// The lines that make sense, up to the last that was written whole; and how many bytes these are.
fn whole_lines(text: &[u8]) -> (impl Iterator<Item = Line>, usize) {
    let end = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    (text[..end].split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()), end)
}

fn to_text(line: &Line) -> String {
    // Strings and finite numbers have no way not to be JSON.
    serde_json::to_string(line).unwrap_or_default() + "\n"
}

/// The log of a run, which several jobs write to.
pub(super) struct Log {
    path: PathBuf,
    open: Mutex<(File, Results)>,
}

impl Log {
    /// Opens the log in a folder, and keeps what it says unless everything is to be graded again.
    ///
    /// # Errors
    /// It cannot be written, or another run is writing it.
    pub(super) fn open(folder: &Path, again: bool) -> Result<Self, String> {
        let path = folder.join(LOG);
        let words = |error: io::Error| format!("{} cannot be written: {error}.", path.display());
        let mut file = OpenOptions::new().create(true).append(true).open(&path).map_err(words)?;
        file.try_lock().map_err(|_| format!("Another run is writing {}. Is it still going on?", path.display()))?;
        let text = fs::read(&path).map_err(words)?;
        let mut results = Results::default();
        let (lines, end) = whole_lines(&text);
        lines.filter(|_| !again).for_each(|line| results.add(line));
        file.set_len(if again { 0 } else { end as u64 }).map_err(words)?;
        file.seek(SeekFrom::End(0)).map_err(words)?;
        Ok(Self { path, open: Mutex::new((file, results)) })
    }

    /// Whether an exercise of a submission has been graded, with these sources and this judge.
    pub(super) fn has(&self, submission: &str, exercise: &str, hash: &str) -> bool {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let known = open.1.exercises.get(&(submission.to_string(), exercise.to_string()));
        // What was our fault is tried again.
        known.is_some_and(|known| known.hash == hash && !known.checks.iter().any(|check| check.state.is_our_fault()))
    }

    pub(super) fn receive(&self, received: Received) -> Result<(), String> {
        self.write(Line::Submission(received))
    }

    pub(super) fn grade(&self, graded: Graded) -> Result<(), String> {
        self.write(Line::Exercise(graded))
    }

    fn write(&self, line: Line) -> Result<(), String> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let written = open.0.write_all(to_text(&line).as_bytes());
        open.1.add(line);
        written.map_err(|error| format!("{} cannot be written: {error}.", self.path.display()))
    }

    /// All that it says.
    pub(super) fn results(&self) -> Results {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).1.clone()
    }
}

#[cfg(test)]
pub(crate) fn graded(submission: &str, exercise: &str, states: &[(&str, State)]) -> Graded {
    let check = |&(check, state): &(&str, State)| CheckResult {
        check: check.into(),
        state,
        mistake: (state == State::Wrong).then(|| "E01-3".to_string()),
        text: format!("{}: `f`\n  <b>Case</b> & more", state.words()),
    };
    Graded {
        submission: submission.into(),
        exercise: exercise.into(),
        hash: "h".into(),
        print: None,
        submitted: None,
        seconds: 1.0,
        checks: states.iter().map(check).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_was_cut_short_is_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) =
            (graded("a", "01-a", &[("c1", State::Passed)]), graded("b", "01-a", &[("c1", State::Unknown)]));
        {
            let log = Log::open(folder.path(), false).unwrap();
            log.grade(one.clone()).unwrap();
            log.grade(two).unwrap();
            assert!(Log::open(folder.path(), false).is_err_and(|trouble| trouble.contains("Another run")));
        }
        let path = folder.path().join(LOG);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{text}{{\"line\":\"exercise\",\"submi")).unwrap();
        let log = Log::open(folder.path(), false).unwrap();
        assert!(log.has("a", "01-a", "h"));
        assert!(!log.has("a", "01-a", "other") && !log.has("a", "02-b", "h"));
        assert!(!log.has("b", "01-a", "h"), "what was our fault counts as graded");
        log.grade(graded("c", "01-a", &[])).unwrap();
        drop(log);
        let results = Results::read(folder.path()).unwrap();
        assert_eq!(results.exercises.len(), 3);
        assert_eq!(results.exercises[&("a".into(), "01-a".into())], one);
        assert!(Log::open(folder.path(), true).unwrap().results() == Results::default());
    }

    #[test]
    fn a_log_is_read_back_as_it_was() {
        let mut results = Results::default();
        results.add(Line::Exercise(graded("a", "01-a", &[("c1", State::Wrong), ("c2", State::NotHandedIn)])));
        results.add(Line::Submission(Received { submission: "a".into(), problem: None, notes: vec!["n".into()] }));
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(LOG), results.to_text()).unwrap();
        assert_eq!(Results::read(folder.path()), Ok(results));
    }
}
