//! The stored fingerprints: written from the wrong answers, and proved to tell them apart.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::{env, fs};

use super::wrong::Recorded;
use super::{ROOM, Suite, Wrong};
use crate::exercise::{Exercise, KnownBy};
use crate::fingerprint::{self, Prints, SAMPLE, code_of};
use crate::reference::repository;
use crate::run::CaseRun;
use crate::verdict::Prose;

/// When this variable is set, the file is written before it is compared with.
pub(super) const WRITE: &str = "COURSE_WRITE_FINGERPRINTS";

impl<S: Sync> Suite<S> {
    /// The stored fingerprints are those of the wrong answers, and tell them apart from each other and from the right
    /// answer. With `COURSE_WRITE_FINGERPRINTS` set they are written first.
    ///
    /// # Errors
    /// Which of these does not hold.
    pub fn fingerprints(&self, correct: &S, wrong: &[Wrong<S>]) -> Result<(), Prose> {
        let mut recorded = self.record_all(wrong)?;
        recorded.retain(|(key, _)| self.is_known_by_output(key));
        if env::var_os(WRITE).is_some() {
            write(self.exercise, &recorded)?;
        }
        let stored = fingerprint::read(self.exercise)?;
        up_to_date(&stored, &recorded)?;
        let mut right_in: BTreeMap<Option<&str>, Vec<CaseRun>> = BTreeMap::new();
        for (key, prints) in &stored {
            let code = code_of(key);
            if let Entry::Vacant(check) = right_in.entry(self.caught_by(code)) {
                check.insert(self.record_for(code, correct)?);
            }
            let right = &right_in[&self.caught_by(code)];
            far(&format!("{key} and the right answer"), fingerprint::separation(prints, right))?;
            for (other, runs) in recorded.iter().filter(|(other, _)| code_of(other) != code) {
                if self.caught_by(code) == self.caught_by(code_of(other)) {
                    far(&format!("{key} and {other}"), fingerprint::separation(prints, runs))?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn is_known_by_output(&self, key: &str) -> bool {
        self.exercise.mistake(code_of(key)).is_some_and(|mistake| mistake.known_by == KnownBy::Output)
    }
}

pub(super) fn far(who: &str, distance: f64) -> Result<(), Prose> {
    if distance >= ROOM {
        return Ok(());
    }
    Err(format!("{who} differ by {distance:.2} tolerances only; {ROOM} are needed").into())
}

fn up_to_date(stored: &Prints, recorded: &[Recorded<'_>]) -> Result<(), Prose> {
    let advice = "run `cargo xtask fingerprints`";
    for (code, runs) in recorded {
        let prints = stored.get(code).ok_or(format!("{code} has no fingerprints: {advice}"))?;
        if !fingerprint::unchanged(prints, runs) {
            return Err(format!("the fingerprints of {code} are stale: {advice}").into());
        }
    }
    match stored.keys().find(|code| !recorded.iter().any(|(known, _)| known == *code)) {
        Some(code) => Err(format!("{code} has fingerprints but no wrong answer: {advice}").into()),
        None => Ok(()),
    }
}

fn write(exercise: &Exercise, recorded: &[Recorded<'_>]) -> Result<(), Prose> {
    let prints: Prints =
        recorded.iter().map(|(code, runs)| (code.clone(), fingerprint::take_all(runs, SAMPLE))).collect();
    write_file(&fingerprint::file(exercise), &prints)
}

/// Writes prints to a file of the repository.
pub(super) fn write_file(file: &str, prints: &Prints) -> Result<(), Prose> {
    let path = repository().join(file);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    fs::write(&path, fingerprint::to_text(prints)).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(())
}
