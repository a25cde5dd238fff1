//! Proves an exercise's grading, for those who write exercises: right answers pass however they are written, and each
//! wrong answer is rejected by the check, and with the explanation, that is meant for it.
//!
//! These functions are called from the tests under `solutions/NN/tests/`, where the wrong answers live.

mod fingerprints;
mod functions;
mod parallel;
mod right;
mod tolerances;
mod variations;
mod wrong;

use crate::cases::Cases;
use crate::exercise::{CheckInfo, Exercise};
use crate::verdict::{Kind, Prose, Verdict};

pub use functions::Functions;
pub use right::Right;
pub use variations::{Variation, mean, median};
use wrong::Ran;
pub use wrong::Wrong;

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

/// The checks of an exercise in order, each as a static, and the suite of them all. First the exercise and the type of a submission;
/// then one line for each check: its static, the function that lists its cases, and the learner's function that it grades.
macro_rules! checks {
    ($exercise:ident, $submission:ident; $($info:ident = $check:ident: $function:ident;)*) => {
        $(
            static $info: $crate::exercise::CheckInfo = $crate::exercise::CheckInfo {
                exercise: &$exercise,
                name: stringify!($check),
                function: stringify!($function),
            };
        )*

        /// The exercise with its checks in order, for those who prove the grading.
        pub static SUITE: $crate::proof::Suite<$submission> =
            $crate::proof::Suite { exercise: &$exercise, checks: &[$((&$info, $check)),*] };
    };
}
pub(crate) use checks;

impl<S> Suite<S> {
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
        self.reject(check, code, submission)?.show()
    }

    fn reject(&self, check: &str, code: &str, submission: &S) -> Result<Ran, Prose> {
        let (info, caught_by) = self.check(check)?;
        let (outcome, runs) = caught_by(submission).reject_here();
        Ok(Ran { verdict: self.as_meant(info, code, submission, outcome.err()), runs })
    }

    /// The verdict, if it is the first to reject the answer and names this mistake.
    fn as_meant(
        &self,
        info: &'static CheckInfo,
        code: &str,
        submission: &S,
        verdict: Option<Verdict>,
    ) -> Result<Verdict, Prose> {
        let before = self.checks.iter().take_while(|(other, _)| other.name != info.name);
        for (earlier, check) in before.filter(|(other, _)| other.function == info.function) {
            check(submission).grade_here().map_err(|v| format!("{} rejects it first: {v}", earlier.name))?;
        }
        let verdict = verdict.ok_or(format!("{} accepts it", info.name))?;
        if !matches!(verdict.kind, Kind::Wrong | Kind::Panicked) {
            return Err(format!("the verdict is not about the answer: {verdict}").into());
        }
        if verdict.mistake.map(|m| m.code) != Some(code) {
            return Err(format!("it is rejected, but not as {code}: {verdict}").into());
        }
        Ok(verdict)
    }

    /// The verdict of a check on a wrong answer, as a learner reads it.
    ///
    /// # Errors
    /// There is no such check, or it accepts the answer.
    pub fn verdict(&self, check: &str, submission: &S) -> Result<String, Prose> {
        let (info, check) = self.check(check)?;
        match check(submission).reject_here().0 {
            Err(verdict) => Ok(verdict.to_string()),
            Ok(_) => Err(format!("{} accepts it", info.name).into()),
        }
    }

    fn check(&self, name: &str) -> Result<Entry<S>, Prose> {
        let found = self.checks.iter().find(|(info, _)| info.name == name);
        found.copied().ok_or_else(|| format!("no check is called {name}").into())
    }
}
