//! The wrong answers of an exercise. Each is run once: its rejection, its fingerprints and the tolerances are proved with the
//! same calls, whichever of these comes first.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::Suite;
use super::parallel::in_parallel;
use crate::exercise::KnownBy;
use crate::fingerprint::key_of_form;
use crate::grade::Made;
use crate::run::CaseRun;
use crate::verdict::{Prose, Verdict};

/// The right answer with one function replaced by a wrong one. [`wrong_answers!`](crate::wrong_answers) makes a list of them.
pub struct Wrong<S> {
    test: &'static str,
    code: &'static str,
    pub(super) submission: S,
    ran: OnceLock<Result<Ran, Prose>>,
}

/// What came of a wrong answer in the check that is meant for it.
pub(super) struct Ran {
    /// The verdict, or how it is not the one that is meant.
    pub verdict: Result<Verdict, Prose>,
    /// What it gave in the cases in which mistakes are recognized; in all that were called if there are none of these.
    pub runs: Vec<CaseRun>,
}

/// The key of a form of a mistake, and what it gave in the cases of the check that is meant for it.
pub(super) type Recorded<'a> = (String, &'a [CaseRun]);

impl<S> Wrong<S> {
    /// A wrong answer that the test of this name proves to be rejected. Several with one code are forms of one mistake.
    pub const fn new(test: &'static str, code: &'static str, submission: S) -> Self {
        Self { test, code, submission, ran: OnceLock::new() }
    }

    fn ran(&self, suite: &Suite<S>) -> Result<&Ran, Prose> {
        let ran = self.ran.get_or_init(|| {
            let caught_by = suite.caught_by(self.code).ok_or(format!("no mistake has the code {}", self.code))?;
            let Ran { verdict, mut runs } = suite.reject(caught_by, self.code, &self.submission)?;
            if runs.iter().any(|run| run.diagnosis) {
                runs.retain(|run| run.diagnosis);
            }
            Ok(Ran { verdict, runs })
        });
        ran.as_ref().map_err(Prose::clone)
    }
}

impl<S> Suite<S> {
    /// The check meant for the wrong answer of this test is the first to reject it, and names the mistake.
    ///
    /// # Errors
    /// What happened instead.
    pub fn rejects_listed(&self, all: &[Wrong<S>], test: &str) -> Result<(), Prose> {
        let wrong = all.iter().find(|wrong| wrong.test == test).ok_or(format!("no wrong answer for {test}"))?;
        wrong.ran(self)?.show()
    }

    /// Every mistake of the exercise has a wrong answer here, and every wrong answer a mistake. Further forms of a mistake
    /// may stand anywhere behind the first.
    ///
    /// # Errors
    /// Those that have none.
    pub fn covers_every_mistake(&self, all: &[Wrong<S>]) -> Result<(), Prose> {
        let given: BTreeSet<&str> = all.iter().map(|wrong| wrong.code).collect();
        let mut known = BTreeSet::new();
        let twice: Vec<&str> = self.exercise.mistakes().map(|m| m.code).filter(|code| !known.insert(*code)).collect();
        let troubles = [
            ("without a wrong answer", known.difference(&given).copied().collect()),
            ("with a wrong answer, but not in the list of mistakes", given.difference(&known).copied().collect()),
            ("more than once in the list of mistakes", twice),
        ];
        let troubles = troubles.iter().filter(|(_, codes)| !codes.is_empty());
        let troubles: Vec<String> = troubles.map(|(what, codes)| format!("{what}: {}", codes.join(", "))).collect();
        if troubles.is_empty() { Ok(()) } else { Err(troubles.join("\n").into()) }
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

impl<S: Sync> Suite<S> {
    /// What each wrong answer gives that is known by its output or by its sameness. Those that have not run yet are run now,
    /// several at a time.
    pub(super) fn record_all<'a>(&self, all: &'a [Wrong<S>]) -> Result<Vec<Recorded<'a>>, Prose> {
        let mut forms = Vec::new();
        for (index, wrong) in all.iter().enumerate() {
            let mistake = self.exercise.mistake(wrong.code).ok_or(format!("no mistake {}", wrong.code))?;
            if mistake.known_by != KnownBy::Property {
                let form = all[..=index].iter().filter(|other| other.code == wrong.code).count();
                forms.push((key_of_form(wrong.code, form), wrong));
            }
        }
        let recorded = in_parallel(&forms, |(key, wrong)| Ok((key.clone(), &wrong.ran(self)?.runs[..])));
        recorded.into_iter().collect()
    }
}

impl Ran {
    /// Whether the verdict is the one that is meant. `cargo test -- --show-output` shows it, as a learner reads it.
    pub(super) fn show(&self) -> Result<(), Prose> {
        let verdict = self.verdict.as_ref().map_err(Prose::clone)?;
        println!("{verdict}\n");
        Ok(())
    }
}

/// A list of wrong answers, `WRONG`, of the type `Submission` that is in scope, and the tests that are alike in every exercise:
/// each is rejected, every mistake has one, the stored fingerprints are theirs, the variations are told apart, and the
/// tolerances lie between right and wrong. `cargo xtask` calls the last three by name.
///
/// First the suite, the right answer, which each wrong one changes in one function, the other right answers, and the variations
/// where there are some. Then one line for each wrong answer: the name of its test, the code of the mistake, the function, and
/// what stands for it. Several lines with one code are forms of one mistake.
#[macro_export]
macro_rules! wrong_answers {
    (
        $suite:ident, $right:ident, $right_answers:ident $(, $variations:path)?;
        $($test:ident: $code:literal, $function:ident = $wrong:expr;)*
    ) => {
        /// Every wrong answer, by the name of its test and the code of its mistake.
        #[allow(clippy::needless_update, reason = "an exercise may have one function only")]
        pub static WRONG: [$crate::proof::Wrong<Submission>; [$($code),*].len()] = [$($crate::proof::Wrong::new(
            stringify!($test),
            $code,
            Submission { $function: $wrong, ..$right },
        )),*];

        $(
            #[test]
            fn $test() -> Result<(), $crate::Prose> {
                $suite.rejects_listed(&WRONG, stringify!($test))
            }
        )*

        #[test]
        fn every_mistake_has_its_wrong_answer() -> Result<(), $crate::Prose> {
            $suite.covers_every_mistake(&WRONG)
        }

        #[test]
        fn fingerprints_are_up_to_date() -> Result<(), $crate::Prose> {
            $suite.fingerprints(&$right, &WRONG)
        }

        $(
            #[test]
            fn variations_are_told() -> Result<(), $crate::Prose> {
                $suite.variations(&$right, &WRONG, $variations)
            }
        )?

        #[test]
        fn tolerances_separate_right_from_wrong() -> Result<(), $crate::Prose> {
            println!("{}", $suite.tolerances(&$right, &$right_answers, &WRONG)?);
            Ok(())
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exercise::{Exercise, Mistake, output};

    const MISTAKES: &[Mistake] = &[output("E99-1", "c", "", "", ""), output("E99-2", "c", "", "", "")];
    const AGAIN: &[Mistake] = &[output("E99-1", "c", "", "", "")];
    static ONCE: Exercise = Exercise { slug: "99-test", mistakes: &[MISTAKES] };
    static TWICE: Exercise = Exercise { slug: "99-test", mistakes: &[MISTAKES, AGAIN] };

    #[test]
    fn mistakes_and_wrong_answers_belong_to_each_other() {
        let wrong = |code| Wrong::new("a_test", code, ());
        let covers = |exercise, codes: &[&'static str]| {
            let all: Vec<_> = codes.iter().map(|code| wrong(code)).collect();
            Suite { exercise, checks: &[] }.covers_every_mistake(&all).map_err(|words| words.0)
        };
        assert_eq!(covers(&ONCE, &["E99-2", "E99-1", "E99-2"]), Ok(()));
        let words = covers(&ONCE, &["E99-1", "E99-3"]).unwrap_err();
        let expected = "without a wrong answer: E99-2\n\
                        with a wrong answer, but not in the list of mistakes: E99-3";
        assert_eq!(words, expected);
        let words = covers(&TWICE, &["E99-1", "E99-2"]).unwrap_err();
        assert_eq!(words, "more than once in the list of mistakes: E99-1");
    }
}
