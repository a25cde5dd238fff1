//! How far the learner is in an exercise, and which one they are at.

use std::fs;
use std::path::{Path, PathBuf};

use super::progress::Progress;
use crate::reads::course::{Course, Exercise};
use crate::reads::rust;
use crate::reads::workspace::Workspace;

/// How far an exercise is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Every function is still a stub.
    NotStarted,
    /// Some are written.
    Started,
    /// Every check passed, on the files as they are now.
    Passed,
    /// Every check passed once, but the files have changed since.
    Stale,
    /// The file of the functions cannot be read.
    Missing,
}

/// An exercise as it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) state: State,
    /// How many functions there are to write.
    pub(crate) functions: usize,
    /// How many of them are still stubs.
    pub(crate) stubs_left: usize,
}

impl Standing {
    /// How far an exercise is.
    ///
    /// # Errors
    /// When its solution cannot be read.
    pub(crate) fn of(course: &Course, progress: &Progress, exercise: &Exercise) -> Result<Self, String> {
        let functions = exercise.names(&course.workspace)?.len();
        let Ok(source) = exercise.written(&course.workspace) else {
            return Ok(Standing { state: State::Missing, functions, stubs_left: functions });
        };
        let stubs_left = rust::stubs_left(&source);
        let state = match progress.fingerprint(exercise) {
            Some(noted) if noted == fingerprint(&course.workspace, exercise) => State::Passed,
            Some(_) => State::Stale,
            None if stubs_left >= functions => State::NotStarted,
            None => State::Started,
        };
        Ok(Standing { state, functions, stubs_left })
    }

    /// How far it is, in words.
    pub(crate) fn words(&self) -> &'static str {
        match self.state {
            State::NotStarted => "not started",
            State::Started if self.stubs_left == 0 => "written, not passed yet",
            State::Started => "started",
            State::Passed => "passed",
            State::Stale => "passed, then changed",
            State::Missing => "its src/lib.rs is missing",
        }
    }
}

/// The exercise that the learner is at: the first that is under way, or else the first that is not started; none when
/// everything has passed.
///
/// # Errors
/// When a solution cannot be read.
pub(crate) fn current<'c>(course: &'c Course, progress: &Progress) -> Result<Option<&'c Exercise>, String> {
    let state = |exercise| Standing::of(course, progress, exercise).map(|standing| standing.state);
    let states = course.exercises.iter().map(state).collect::<Result<Vec<_>, _>>()?;
    Ok(place_among(&states).map(|place| &course.exercises[place]))
}

/// Learners may begin anywhere: work under way comes before an earlier exercise that is not started. A last function that
/// is written but wrong is still under way.
fn place_among(states: &[State]) -> Option<usize> {
    let under_way = states.iter().position(|state| matches!(state, State::Started | State::Stale | State::Missing));
    under_way.or_else(|| states.iter().position(|state| *state == State::NotStarted))
}

/// Tells one content of an exercise's files from another (the FNV-1a hash). It is not meant to keep anyone out.
pub(crate) fn fingerprint(workspace: &Workspace, exercise: &Exercise) -> String {
    let folder = workspace.path(&exercise.source_folder());
    let others = rust_files_below(&folder).into_iter().filter(|file| *file != folder.join("lib.rs"));
    let mut bytes = exercise.written(workspace).unwrap_or_default().into_bytes();
    for file in others {
        bytes.extend(file.strip_prefix(&folder).unwrap_or(&file).to_string_lossy().bytes());
        bytes.extend(fs::read(&file).unwrap_or_default());
    }
    hash(&bytes)
}

/// Every file of Rust in a folder and in those below it, in a fixed order. What editors and `reset` put beside them
/// (`lib.rs~`, `.#lib.rs`, `lib.rs.bak-1`) is not part of the exercise.
pub(crate) fn rust_files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files.extend(rust_files_below(&entry.path())),
            _ if is_rust(&entry.path()) => files.push(entry.path()),
            _ => {}
        }
    }
    files.sort();
    files
}

fn is_rust(path: &Path) -> bool {
    let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    !is_hidden && path.extension().is_some_and(|kind| kind == "rs")
}

/// The FNV-1a hash of some bytes: tells one content from another, and is not meant to keep anyone out.
pub(crate) fn hash(bytes: &[u8]) -> String {
    let hash = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reads::course::fixture::{self, LIB, STUB};

    #[test]
    fn work_under_way_comes_before_what_is_not_started() {
        use State::{NotStarted, Passed, Stale, Started};
        assert_eq!(place_among(&[NotStarted, Started, NotStarted]), Some(1));
        assert_eq!(place_among(&[Passed, Stale, NotStarted]), Some(1));
        assert_eq!(place_among(&[Passed, NotStarted, Passed]), Some(1));
        assert_eq!(place_among(&[Passed, Passed]), None);
    }

    #[test]
    fn what_is_written_but_has_not_passed_says_so() {
        let words = |stubs_left| Standing { state: State::Started, functions: 2, stubs_left }.words();
        assert_eq!((words(2), words(0)), ("started", "written, not passed yet"));
    }

    #[test]
    fn the_fingerprint_is_fnv_1a() {
        assert_eq!(hash(b""), "cbf29ce484222325");
        assert_eq!(hash(b"a"), "af63dc4c8601ec8c");
    }

    #[test]
    fn an_exercise_goes_from_not_started_to_passed_and_stale() {
        let (_scratch, course) = fixture::course(None);
        let exercise = &course.exercises[0];
        let mut progress = Progress::default();
        let state = |progress: &Progress| Standing::of(&course, progress, exercise).unwrap().state;
        assert_eq!(state(&progress), State::Missing);
        let write = |file: &str, bytes: &[u8]| {
            fs::create_dir_all(course.workspace.path(file).parent().unwrap()).unwrap();
            fs::write(course.workspace.path(file), bytes).unwrap();
        };
        write(LIB, STUB.as_bytes());
        assert_eq!(state(&progress), State::NotStarted);
        write(LIB, b"mod other;\npub fn f() {\n}\n");
        assert_eq!(state(&progress), State::Started);
        progress.passes(exercise, fingerprint(&course.workspace, exercise));
        assert_eq!(state(&progress), State::Passed);
        // The same file as git checks it out on Windows.
        write(LIB, b"mod other;\r\npub fn f() {\r\n}\r\n");
        assert_eq!(state(&progress), State::Passed);
        // What an editor or `reset` leaves there is not part of the exercise.
        for other in ["lib.rs~", ".#lib.rs", "lib.rs.bak-1", "notes.txt"] {
            write(&format!("exercises/99-test/src/{other}"), b"other");
        }
        assert_eq!(state(&progress), State::Passed);
        // A module beside it counts, and so does a file that is not UTF-8.
        write("exercises/99-test/src/other.rs", b"// new");
        assert_eq!(state(&progress), State::Stale);
        write(LIB, b"pub fn f() {\xff}\n");
        assert_eq!(state(&progress), State::Stale);
    }
}
