//! What the learner has passed so far, in one plain text file at the root, `progress.txt`.
//!
//! ```text
//! passed 02-induction 5d1c09f3a81e77b4
//! failed 03-logit-attribution mean_ablate
//! right 03-logit-attribution zero_ablate
//! hint 02-induction prev_attn_detector 2
//! ```
//!
//! The number after a passed exercise is a fingerprint of the file that passed: change the file, and the pass is stale. The
//! file is replaced in one piece, so a crash leaves the old one or the new one; lines that make no sense (it may be edited
//! by hand) are passed over. Losing it costs one `cargo xtask check-all`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;

use crate::reads::course::Exercise;
use crate::reads::workspace::Workspace;

const FILE: &str = "progress.txt";

const HEAD: &str = "# Where you are in the course. Written by `cargo xtask`; keep it with your work, or lose it and run\n\
                    # `cargo xtask check-all`.\n";

/// What the file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Exercise to fingerprint.
    passed: BTreeMap<String, String>,
    /// Exercise to the function that failed last.
    failed: BTreeMap<String, String>,
    /// Exercise and function of those that were right once, so that their solutions spoil nothing.
    right: BTreeSet<(String, String)>,
    /// Exercise and function to the level of the last hint.
    hints: BTreeMap<(String, String), usize>,
    /// Why the file could not be read, if it is there: what it says must not be replaced then.
    unread: Option<String>,
}

impl Progress {
    /// Reads the file; without one, nothing has been done yet.
    pub(crate) fn read(workspace: &Workspace) -> Self {
        match fs::read(workspace.path(FILE)) {
            Ok(bytes) => Self::parse(&bytes),
            Err(error) if error.kind() == ErrorKind::NotFound => Self::default(),
            Err(error) => Self { unread: Some(format!("{FILE} cannot be read: {error}.")), ..Self::default() },
        }
    }

    /// Reads bytes, not text: one that is not UTF-8 must not cost the lines that are.
    fn parse(bytes: &[u8]) -> Self {
        let mut progress = Self::default();
        for line in String::from_utf8_lossy(bytes).lines() {
            match line.split_whitespace().collect::<Vec<_>>()[..] {
                ["passed", slug, print] => {
                    progress.passed.insert(slug.to_string(), print.to_string());
                }
                ["failed", slug, function] => {
                    progress.failed.insert(slug.to_string(), function.to_string());
                }
                ["right", slug, function] => {
                    progress.right.insert((slug.to_string(), function.to_string()));
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
        let failed = self.failed.iter().map(|(slug, function)| format!("failed {slug} {function}\n"));
        let right = self.right.iter().map(|(slug, function)| format!("right {slug} {function}\n"));
        let hints = self.hints.iter().map(|((slug, function), level)| format!("hint {slug} {function} {level}\n"));
        HEAD.to_string() + &passed.chain(failed).chain(right).chain(hints).collect::<String>()
    }

    /// Replaces the file.
    ///
    /// # Errors
    /// When it cannot be written, as in a read-only folder; or when it could not be read, since what it says would be lost.
    pub(crate) fn write(&self, workspace: &Workspace) -> Result<(), String> {
        let written = self.unread.clone().map_or_else(|| workspace.write(FILE, &self.text()), Err);
        written.map_err(|trouble| {
            format!("{trouble} Verdicts and hints are not affected, but that you had them is not remembered.")
        })
    }

    /// Notes that an exercise passes, with files that have this fingerprint.
    pub(crate) fn passes(&mut self, exercise: &Exercise, fingerprint: String) {
        self.passed.insert(exercise.slug.clone(), fingerprint);
        self.failed.remove(&exercise.slug);
    }

    /// Notes that an exercise does not pass.
    pub(crate) fn does_not_pass(&mut self, exercise: &Exercise) {
        self.passed.remove(&exercise.slug);
    }

    /// The fingerprint of the files that passed.
    pub(crate) fn fingerprint(&self, exercise: &Exercise) -> Option<&str> {
        self.passed.get(&exercise.slug).map(String::as_str)
    }

    /// Notes which function failed last; none when what was tried is right, or not started.
    pub(crate) fn set_failed(&mut self, exercise: &Exercise, function: Option<&str>) {
        match function {
            Some(function) => drop(self.failed.insert(exercise.slug.clone(), function.to_string())),
            None => drop(self.failed.remove(&exercise.slug)),
        }
    }

    /// The function that failed last.
    pub(crate) fn failed(&self, exercise: &Exercise) -> Option<&str> {
        self.failed.get(&exercise.slug).map(String::as_str)
    }

    /// Notes that a function is right.
    pub(crate) fn set_right(&mut self, exercise: &Exercise, function: &str) {
        self.right.insert((exercise.slug.clone(), function.to_string()));
    }

    /// Whether a function was right once.
    pub(crate) fn was_right(&self, exercise: &Exercise, function: &str) -> bool {
        self.right.contains(&(exercise.slug.clone(), function.to_string()))
    }

    /// The level of the next hint about a function, counted from one, and notes that it was given.
    pub(crate) fn next_hint(&mut self, exercise: &Exercise, function: &str, most: usize) -> usize {
        let level = self.hints.entry((exercise.slug.clone(), function.to_string())).or_insert(0);
        *level = (*level + 1).min(most);
        *level
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reads::workspace::Scratch;

    #[test]
    fn what_is_written_is_read_and_nonsense_is_passed_over() {
        let mut progress = Progress::default();
        progress.passed.insert("02-induction".into(), "5d1c09f3a81e77b4".into());
        progress.failed.insert("03-logit-attribution".into(), "mean_ablate".into());
        progress.right.insert(("03-logit-attribution".into(), "zero_ablate".into()));
        progress.hints.insert(("02-induction".into(), "f".into()), 2);
        let damaged = format!("half a li\n\n{}hint 02-induction f many\npassed\n", progress.text());
        assert_eq!(Progress::parse(damaged.as_bytes()), progress);
        assert_eq!(Progress::parse(&[b"\xff\0\n", damaged.as_bytes()].concat()), progress);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_not_replaced() {
        let scratch = Scratch::with(&[("progress.txt/inside", "kept")]);
        let trouble = Progress::read(&scratch.workspace).write(&scratch.workspace).unwrap_err();
        assert!(trouble.starts_with("progress.txt cannot be read: "), "{trouble}");
        assert_eq!(scratch.workspace.read("progress.txt/inside").as_deref(), Ok("kept"));
    }
}
