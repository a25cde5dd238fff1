//! What the wrong answers gave. Fingerprints and tolerances are made from the same runs, which are made once, and several at
//! a time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::Suite;
use crate::exercise::KnownBy;
use crate::fingerprint::key_of_form;
use crate::grade::Made;
use crate::run::CaseRun;
use crate::verdict::Prose;

/// The key of a form of a mistake, and what it gave in the cases of the check that is meant for it.
pub(super) type Recorded = (String, Vec<CaseRun>);

/// What has been recorded in this process, by exercise. A process proves one list of wrong answers of an exercise.
static RECORDED: Mutex<BTreeMap<&'static str, Arc<Vec<Recorded>>>> = Mutex::new(BTreeMap::new());

impl<S: Sync> Suite<S> {
    /// What each wrong answer gives that is known by its output or by its sameness, in the cases in which it is recognized. Those
    /// of one code are forms of one mistake.
    pub(super) fn record_all(&self, wrong: &[(&str, S)]) -> Result<Arc<Vec<Recorded>>, Prose> {
        // A poisoned lock is that of a test that has failed and said why.
        let mut all = RECORDED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(recorded) = all.get(self.exercise.slug) {
            return Ok(Arc::clone(recorded));
        }
        let mut forms = Vec::new();
        for (index, (code, submission)) in wrong.iter().enumerate() {
            let mistake = self.exercise.mistake(code).ok_or(format!("no mistake {code}"))?;
            if mistake.known_by != KnownBy::Property {
                let form = wrong[..=index].iter().filter(|(known, _)| known == code).count();
                forms.push((key_of_form(code, form), *code, submission));
            }
        }
        let recorded =
            in_parallel(&forms, |(key, code, submission)| Ok((key.clone(), self.record_for(code, submission)?)));
        let recorded = Arc::new(recorded.into_iter().collect::<Result<Vec<_>, Prose>>()?);
        all.insert(self.exercise.slug, Arc::clone(&recorded));
        Ok(recorded)
    }

    pub(super) fn caught_by(&self, code: &str) -> Option<&'static str> {
        self.exercise.mistake(code).map(|mistake| mistake.caught_by)
    }

    /// What an answer gives in the cases of the check that is meant for this mistake.
    pub(super) fn record_for(&self, code: &str, submission: &S) -> Result<Vec<CaseRun>, Prose> {
        let mistake = self.exercise.mistake(code).ok_or(format!("no mistake {code}"))?;
        let (_, check) = self.check(mistake.caught_by)?;
        Ok(check(submission).runs_here(Made::Recognizable)?)
    }
}

/// Maps each item, as many at a time as there are cores.
pub(super) fn in_parallel<T: Sync, R: Send>(items: &[T], map: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (next, map) = (AtomicUsize::new(0), &map);
    let worker = || {
        let mut mine = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { return mine };
            mine.push((index, map(item)));
        }
    };
    let count = thread::available_parallelism().map_or(1, usize::from).min(items.len());
    let mut mapped: Vec<(usize, R)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..count).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a grader does not panic")).collect()
    });
    mapped.sort_by_key(|(index, _)| *index);
    mapped.into_iter().map(|(_, result)| result).collect()
}
