//! Proves an exercise's grading, for those who write exercises: right answers pass however they are written, and each
//! wrong answer is rejected by the check, and with the explanation, that is meant for it.
//!
//! These functions are called from the tests under `solutions/NN/tests/`, where the wrong answers live.

mod fingerprints;
mod recorded;
mod tolerances;
mod variations;

use crate::cases::Cases;
use crate::exercise::{CheckInfo, Exercise};
use crate::verdict::{Kind, Prose};

pub use variations::{Variation, mean, median};

/// A correct answer must be this many times nearer, and a wrong one this many times further off, than the tolerance.
const ROOM: f64 = 10.0;

/// A check with what is known about it.
pub type Entry<S> = (&'static CheckInfo, fn(&S) -> Cases);

/// An exercise with its checks, for submissions of type `S`: the functions of a learner, as `fn` pointers.
pub struct Suite<S: 'static> {
    /// What the exercise is.
    pub exercise: &'static Exercise,
    /// Its checks in order.
    pub checks: &'static [Entry<S>],
}

impl<S> Suite<S> {
    /// Every check accepts this answer, with room to spare in each case.
    ///
    /// # Errors
    /// The first verdict that does not.
    pub fn accepts(&self, submission: &S) -> Result<(), Prose> {
        for (info, check) in self.checks {
            let runs = check(submission).accepted_here();
            let runs = runs.map_err(|v| Prose(format!("{} does not accept it: {v}", info.name)))?;
            if let Some(run) = runs.iter().find(|run| run.in_tolerances() * ROOM > 1.0) {
                let share = run.in_tolerances();
                return Err(
                    format!("{} accepts it, but it is {share:.2} tolerances off: {}", info.name, run.name).into()
                );
            }
        }
        Ok(())
    }

    /// The check meant for this mistake is the first to reject the answer, and names the mistake.
    ///
    /// # Errors
    /// What happened instead.
    pub fn rejects(&self, code: &str, submission: &S) -> Result<(), Prose> {
        let mistake = self.exercise.mistake(code).ok_or(format!("no mistake has the code {code}"))?;
        self.rejects_in(mistake.caught_by, code, submission)
    }

    /// The same for a check of another function, where the mistake may be made as well.
    ///
    /// # Errors
    /// What happened instead.
    pub fn rejects_in(&self, check: &str, code: &str, submission: &S) -> Result<(), Prose> {
        let (info, caught_by) = self.check(check)?;
        let before = self.checks.iter().take_while(|(other, _)| other.name != info.name);
        for (earlier, check) in before.filter(|(other, _)| other.function == info.function) {
            check(submission).grade_here().map_err(|v| format!("{} rejects it first: {v}", earlier.name))?;
        }
        let Err(verdict) = caught_by(submission).reject_here() else {
            return Err(format!("{} accepts it", info.name).into());
        };
        if !matches!(verdict.kind, Kind::Wrong | Kind::Panicked) {
            return Err(format!("the verdict is not about the answer: {verdict}").into());
        }
        if verdict.mistake.map(|m| m.code) != Some(code) {
            return Err(format!("it is rejected, but not as {code}: {verdict}").into());
        }
        // `cargo test -- --nocapture` shows what a learner reads.
        println!("{verdict}\n");
        Ok(())
    }

    /// The verdict of a check on a wrong answer, as a learner reads it.
    ///
    /// # Errors
    /// There is no such check, or it accepts the answer.
    pub fn verdict(&self, check: &str, submission: &S) -> Result<String, Prose> {
        let (info, check) = self.check(check)?;
        match check(submission).reject_here() {
            Err(verdict) => Ok(verdict.to_string()),
            Ok(_) => Err(format!("{} accepts it", info.name).into()),
        }
    }

    fn check(&self, name: &str) -> Result<Entry<S>, Prose> {
        let found = self.checks.iter().find(|(info, _)| info.name == name);
        found.copied().ok_or_else(|| format!("no check is called {name}").into())
    }

    /// Every mistake of the exercise has a wrong answer here, and every wrong answer a mistake. Further forms of a mistake
    /// may stand anywhere behind the first.
    ///
    /// # Errors
    /// Those that have none.
    pub fn covers_every_mistake<'a>(&self, wrong: &[(&'a str, S)]) -> Result<(), Prose> {
        let mut given: Vec<&'a str> = Vec::new();
        for (code, _) in wrong {
            if !given.contains(code) {
                given.push(code);
            }
        }
        let mut known: Vec<&str> = self.exercise.mistakes().map(|m| m.code).collect();
        given.sort_unstable();
        known.sort_unstable();
        if given != known {
            return Err(format!("wrong answers {given:?}, but mistakes {known:?}").into());
        }
        Ok(())
    }
}
