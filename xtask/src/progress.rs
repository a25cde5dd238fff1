//! What the learner has passed so far, in one plain text file at the root, `progress.txt`.
//!
//! ```text
//! passed 02-induction 5d1c09f3a81e77b4
//! hint 02-induction prev_attn_detector 2
//! ```
//!
//! The number after a passed exercise is a fingerprint of the file that passed: change the file, and the pass is stale. The
//! file is replaced in one piece, so a crash leaves the old one or the new one; lines that make no sense (it may be edited
//! by hand) are passed over. Losing it costs one `cargo xtask check-all`.

use std::collections::BTreeMap;
use std::fs;

use crate::course::Exercise;
use crate::workspace;

const FILE: &str = "progress.txt";

const HEAD: &str = "# Where you are in the course. Written by `cargo xtask`; keep it with your work, or lose it and run\n\
                    # `cargo xtask check-all`.\n";

/// How far an exercise is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Every function is still a stub.
    NotStarted,
    /// Some are written.
    Started,
    /// Every check passed, on the file as it is now.
    Passed,
    /// Every check passed once, but the file has changed since.
    Stale,
}

impl State {
    /// In words, given how many functions are still stubs.
    fn words(self, stubs_left: usize) -> &'static str {
        match self {
            State::NotStarted => "not started",
            State::Started if stubs_left == 0 => "written, not passed yet",
            State::Started => "started",
            State::Passed => "passed",
            State::Stale => "passed, then changed",
        }
    }
}

/// What the file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Exercise to fingerprint.
    passed: BTreeMap<String, String>,
    /// Exercise and function to the level of the last hint.
    hints: BTreeMap<(String, String), usize>,
}

impl Progress {
    /// Reads the file; without one, nothing has been done yet.
    pub(crate) fn read() -> Self {
        fs::read(workspace::root().join(FILE)).map(|bytes| Self::parse(&bytes)).unwrap_or_default()
    }

    /// Reads bytes, not text: one that is not UTF-8 must not cost the lines that are.
    fn parse(bytes: &[u8]) -> Self {
        let mut progress = Self::default();
        for line in String::from_utf8_lossy(bytes).lines() {
            match line.split_whitespace().collect::<Vec<_>>()[..] {
                ["passed", slug, print] => {
                    progress.passed.insert(slug.to_string(), print.to_string());
                }
                ["hint", slug, function, level] => {
                    if let Ok(level) = level.parse() {
                        progress.hints.insert((slug.to_string(), function.to_string()), level);
                    }
                }
                _ => {}
            }
        }
        progress
    }

    fn text(&self) -> String {
        let passed = self.passed.iter().map(|(slug, print)| format!("passed {slug} {print}\n"));
        let hints = self.hints.iter().map(|((slug, function), level)| format!("hint {slug} {function} {level}\n"));
        HEAD.to_string() + &passed.chain(hints).collect::<String>()
    }

    /// Replaces the file.
    ///
    /// # Errors
    /// When it cannot be written, as in a read-only folder.
    pub(crate) fn write(&self) -> Result<(), String> {
        workspace::write(FILE, &self.text()).map_err(|trouble| {
            format!("{trouble} Verdicts and hints are not affected, but that you had them is not remembered.")
        })
    }

    /// Notes whether an exercise passes now.
    pub(crate) fn set_passed(&mut self, exercise: &Exercise, passes: bool) -> Result<(), String> {
        if passes {
            self.passed.insert(exercise.slug.to_string(), fingerprint(&workspace::read(&exercise.source())?));
        } else {
            self.passed.remove(exercise.slug);
        }
        Ok(())
    }

    /// How far an exercise is.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub(crate) fn state(&self, exercise: &Exercise) -> Result<State, String> {
        let source = workspace::read(&exercise.source())?;
        Ok(match self.passed.get(exercise.slug) {
            Some(print) if *print == fingerprint(&source) => State::Passed,
            Some(_) => State::Stale,
            None if exercise.stubs_left()? == exercise.functions()? => State::NotStarted,
            None => State::Started,
        })
    }

    /// How far an exercise is, in words.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub(crate) fn in_words(&self, exercise: &Exercise) -> Result<&'static str, String> {
        Ok(self.state(exercise)?.words(exercise.stubs_left()?))
    }

    /// The level of the next hint about a function, counted from one, and notes that it was given.
    pub(crate) fn next_hint(&mut self, exercise: &Exercise, function: &str, most: usize) -> usize {
        let level = self.hints.entry((exercise.slug.to_string(), function.to_string())).or_insert(0);
        *level = (*level + 1).min(most);
        *level
    }
}

/// Tells one content of a file from another (the FNV-1a hash); nobody is meant to be kept out by it.
fn fingerprint(text: &str) -> String {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nonsense_is_passed_over() {
        let mut progress = Progress::default();
        progress.passed.insert("02-induction".into(), "5d1c09f3a81e77b4".into());
        progress.hints.insert(("02-induction".into(), "f".into()), 2);
        let damaged = format!("half a li\n\n{}hint 02-induction f many\npassed\n", progress.text());
        assert_eq!(Progress::parse(damaged.as_bytes()), progress);
        assert_eq!(Progress::parse(&[b"\xff\0\n", damaged.as_bytes()].concat()), progress);
    }

    #[test]
    fn what_is_written_but_has_not_passed_says_so() {
        assert_eq!(State::Started.words(2), "started");
        assert_eq!(State::Started.words(0), "written, not passed yet");
    }

    #[test]
    fn the_fingerprint_is_fnv_1a() {
        assert_eq!(fingerprint(""), "cbf29ce484222325");
        assert_eq!(fingerprint("a"), "af63dc4c8601ec8c");
    }
}
