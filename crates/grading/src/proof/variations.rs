//! Variations of the right answer: recorded, and proved to be told apart.

use std::collections::BTreeMap;
use std::env;

use super::fingerprints::{WRITE, far, write_file};
use super::parallel::in_parallel;
use super::{Entry, Suite, Wrong};
use crate::fingerprint::{self, Prints, code_of};
use crate::general::GENERAL;
use crate::grade::Made;
use crate::run::CaseRun;
use crate::variations::{SAMPLE, explain_by, file, key};
use crate::verdict::Prose;

/// The right answer with one thing changed in one function.
pub struct Variation<S> {
    /// The code of the general mistake that it is an example of.
    pub code: &'static str,
    /// The function that is changed.
    pub function: &'static str,
    /// What was changed, so that "this is what comes if ..." is a sentence with it.
    pub words: &'static str,
    /// The answer.
    pub submission: S,
}

/// A list of variations of the answer `$right`, of the type `Submission` that is in scope. One line for each: the code, the
/// function, the words, and what stands for the function.
#[macro_export]
macro_rules! variations {
    ($right:expr; $($code:literal $function:ident $words:literal = $wrong:expr;)*) => {
        &[$($crate::proof::Variation {
            code: $code,
            function: stringify!($function),
            words: $words,
            submission: Submission { $function: $wrong, ..$right },
        }),*]
    };
}

/// The mean of some numbers, for answers that take one.
pub fn mean(values: impl Iterator<Item = f32>) -> f32 {
    let values: Vec<f32> = values.collect();
    values.iter().sum::<f32>() / values.len() as f32
}

/// The median of some numbers, of which there is at least one, for answers that take it for a mean.
pub fn median(values: impl Iterator<Item = f32>) -> f32 {
    let mut values: Vec<f32> = values.collect();
    values.sort_by(f32::total_cmp);
    (values[values.len() / 2] + values[(values.len() - 1) / 2]) / 2.0
}

/// What a variation gave in the cases of a check, under the key of both.
type Recorded = (String, &'static str, Vec<CaseRun>);

impl<S: Sync> Suite<S> {
    /// Every variation is rejected in some check in which mistakes are recognized, what it gives there is what is stored, and it
    /// is told apart from the right answer, from the known mistakes and from the other variations. With
    /// `COURSE_WRITE_FINGERPRINTS` set, what is stored is written first.
    ///
    /// # Errors
    /// All that does not hold.
    pub fn variations(&self, correct: &S, wrong: &[Wrong<S>], all: &[Variation<S>]) -> Result<(), Prose> {
        let (recorded, mut troubles) = self.record_variations(all)?;
        if env::var_os(WRITE).is_some() {
            let prints: Prints =
                recorded.iter().map(|(key, _, runs)| (key.clone(), fingerprint::take_all(runs, SAMPLE))).collect();
            write_file(&file(self.exercise), &prints)?;
        }
        let stored = fingerprint::read_file(&file(self.exercise))?;
        if stored.len() != recorded.len() {
            troubles.push(format!("{} variations are stored, and {} were recorded", stored.len(), recorded.len()));
        }
        let known = self.record_all(wrong)?;
        let known: Vec<_> = known.iter().filter(|(key, _)| self.is_known_by_output(key)).collect();
        let mut right: BTreeMap<&str, Vec<CaseRun>> = BTreeMap::new();
        for (key, check, runs) in &recorded {
            let Some(prints) = stored.get(key).filter(|prints| fingerprint::unchanged(prints, runs)) else {
                troubles.push(format!("{key}: stale, run `cargo xtask fingerprints`"));
                continue;
            };
            if !right.contains_key(check) {
                right.insert(check, (self.check(check)?.1)(correct).runs_here(Made::Recognizable)?);
            }
            let others = known.iter().filter(|(code, _)| self.caught_by(code_of(code)) == Some(check));
            let others = others.map(|(code, runs)| (code.as_str(), *runs));
            for (other, runs) in others.chain([("the right answer", &right[check][..])]) {
                troubles.extend(
                    far(&format!("{key} and {other}"), fingerprint::separation(prints, runs)).err().map(|e| e.0),
                );
            }
            let told = explain_by(&stored, check, runs);
            if told.as_ref().and_then(|told| told.mistake) != Some(code_of(key)) {
                troubles.push(format!("{key}: told as {told:?}"));
            }
        }
        if troubles.is_empty() { Ok(()) } else { Err(troubles.join("\n").into()) }
    }

    /// What they give in the checks that reject them; and what is wrong with those that none does.
    fn record_variations(&self, all: &[Variation<S>]) -> Result<(Vec<Recorded>, Vec<String>), Prose> {
        let is_of = |variation: &Variation<S>, (info, check): &Entry<S>| {
            info.function == variation.function && check(&variation.submission).has_diagnosis()
        };
        let pairs: Vec<(&Variation<S>, Entry<S>)> = all
            .iter()
            .flat_map(|variation| {
                let checks = self.checks.iter().filter(move |entry| is_of(variation, entry));
                checks.map(move |entry| (variation, *entry))
            })
            .collect();
        let runs =
            in_parallel(&pairs, |(variation, (_, check))| check(&variation.submission).runs_here(Made::Recognizable));
        let mut recorded = Vec::new();
        for ((variation, (info, _)), runs) in pairs.iter().zip(runs) {
            let runs = runs?;
            if runs.iter().any(|run| run.in_tolerances() > 1.0) {
                recorded.push((key(variation.code, info.name, variation.words), info.name, runs));
            }
        }
        let mut troubles = Vec::new();
        for Variation { code, function, words, .. } in all {
            if GENERAL.mistake(code).is_none() {
                troubles.push(format!("{code} is no general mistake"));
            }
            let is_recorded = self.checks.iter().filter(|(info, _)| info.function == *function);
            if !is_recorded.clone().any(|(info, _)| recorded.iter().any(|(k, ..)| *k == key(code, info.name, words))) {
                troubles.push(format!("no check of {function} can tell that {words}"));
            }
        }
        Ok((recorded, troubles))
    }
}
