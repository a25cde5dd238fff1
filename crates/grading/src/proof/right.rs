//! Right answers other than the solution. Each is run once: that it is accepted and the tolerances are proved with the same
//! calls, whichever of these comes first.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::{Entry, Functions, ROOM, Suite, Wrong};
use crate::run::CaseRun;
use crate::verdict::Prose;

/// A right answer. [`right_answers!`](crate::right_answers) makes a list of them.
pub struct Right<S> {
    test: &'static str,
    submission: S,
    ran: OnceLock<Result<Accepted, Prose>>,
}

/// What a right answer gave in the cases of each check that it was tried in.
type Accepted = BTreeMap<&'static str, Vec<CaseRun>>;

impl<S> Right<S> {
    /// A right answer that the test of this name proves to be accepted.
    pub const fn new(test: &'static str, submission: S) -> Self {
        Self { test, submission, ran: OnceLock::new() }
    }
}

impl<S: Functions> Suite<S> {
    /// The right answer of this test is accepted, with room to spare in each case, by every check that calls a function in which
    /// it is not the solution. What the other checks would call is the solution's, and is graded as such.
    ///
    /// # Errors
    /// The first verdict that does not accept it.
    pub fn accepts(&self, solution: &S, wrong: &[Wrong<S>], all: &[Right<S>], test: &str) -> Result<(), Prose> {
        let right = all.iter().find(|right| right.test == test).ok_or(format!("no right answer for {test}"))?;
        let accepted = self.accepted(solution, wrong, right)?;
        if accepted.is_empty() {
            return Err("it is the solution itself".into());
        }
        for (check, runs) in accepted {
            if let Some(run) = runs.iter().find(|run| run.in_tolerances() * ROOM > 1.0) {
                let share = run.in_tolerances();
                return Err(format!("{check} accepts it, but it is {share:.2} tolerances off: {}", run.name).into());
            }
        }
        Ok(())
    }

    /// What it gave where it was tried. It is run now if it has not been.
    pub(super) fn accepted<'a>(
        &self,
        solution: &S,
        wrong: &[Wrong<S>],
        right: &'a Right<S>,
    ) -> Result<&'a Accepted, Prose> {
        let ran = right.ran.get_or_init(|| {
            let changed = right.submission.changed_from(solution);
            let mut accepted = Accepted::new();
            for entry @ (info, check) in self.checks {
                let functions = functions_of(entry, solution)?;
                if functions.iter().any(|function| changed.contains(function)) {
                    let submission = others_wrong(&functions, &right.submission, solution, wrong);
                    let runs = check(&submission).accepted_here();
                    let runs = runs.map_err(|v| Prose(format!("{} does not accept it: {v}", info.name)))?;
                    accepted.insert(info.name, runs);
                }
            }
            Ok(accepted)
        });
        ran.as_ref().map_err(Prose::clone)
    }
}

/// The functions that a check calls.
///
/// # Errors
/// It names one that a submission does not have.
pub(super) fn functions_of<S: Functions>((info, check): &Entry<S>, any: &S) -> Result<Vec<&'static str>, Prose> {
    let functions = check(any).functions();
    match functions.iter().find(|function| !S::NAMES.contains(function)) {
        Some(unknown) => Err(format!("{} calls {unknown}, which is not a function of this exercise", info.name).into()),
        None => Ok(functions),
    }
}

/// An answer with a wrong function in every place that a check does not look at: it is not accepted where the check calls more
/// than it says.
pub(super) fn others_wrong<S: Functions>(called: &[&str], answer: &S, solution: &S, wrong: &[Wrong<S>]) -> S {
    let mut mixed = *answer;
    for wrong in wrong.iter().rev() {
        for name in wrong.submission.changed_from(solution) {
            if !called.contains(&name) {
                mixed.take(name, &wrong.submission);
            }
        }
    }
    mixed
}

/// A list of right answers, `RIGHT_ANSWERS`, of the type `Submission` that is in scope, and a test that each is accepted. First
/// the suite, the solution and its wrong answers; then one line for each: the name of its test, and the answer.
#[macro_export]
macro_rules! right_answers {
    ($suite:ident, $solution:ident, $wrong:ident; $($test:ident = $answer:expr;)*) => {
        /// Every other right answer, by the name of its test.
        pub static RIGHT_ANSWERS: [$crate::proof::Right<Submission>; [$(stringify!($test)),*].len()] =
            [$($crate::proof::Right::new(stringify!($test), $answer)),*];

        $(
            #[test]
            fn $test() -> Result<(), $crate::Prose> {
                $suite.accepts(&$solution, &$wrong, &RIGHT_ANSWERS, stringify!($test))
            }
        )*
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::Cases;
    use crate::compare::Want;
    use crate::exercise::{CheckInfo, Exercise};

    #[derive(Clone, Copy)]
    struct Submission {
        sum: fn(&[f32]) -> f32,
        mean: fn(&[f32]) -> f32,
    }

    crate::functions! { Submission: sum, mean }

    const SOLUTION: Submission =
        Submission { sum: |x| x.iter().sum(), mean: |x| x.iter().sum::<f32>() / x.len() as f32 };
    static EXERCISE: Exercise = Exercise { slug: "99-test", mistakes: &[] };
    static C1: CheckInfo = CheckInfo { exercise: &EXERCISE, name: "c1_sum", function: "sum" };
    static C2: CheckInfo = CheckInfo { exercise: &EXERCISE, name: "c2_mean", function: "mean" };
    static WRONG: [Wrong<Submission>; 2] = [
        Wrong::new("e99_1_first", "E99-1", Submission { sum: |x| x[0], ..SOLUTION }),
        Wrong::new("e99_2_last", "E99-2", Submission { mean: |x| x[x.len() - 1], ..SOLUTION }),
    ];
    const BACKWARDS: Submission = Submission { sum: |x| x.iter().rev().sum(), ..SOLUTION };

    fn number(value: f64) -> Want {
        Want::number(value, 1e-3)
    }

    fn c1(submission: &Submission) -> Cases {
        let sum = submission.sum;
        Cases::of(&C1, |cases| {
            cases.case("two", || number(5.0), move || sum(&[1.0, 4.0]));
            Ok(())
        })
    }

    fn c2(submission: &Submission) -> Cases {
        let mean = submission.mean;
        Cases::of(&C2, |cases| {
            cases.case("two", || number(2.5), move || mean(&[1.0, 4.0]));
            Ok(())
        })
    }

    /// The mean of what the learner's own sum gives, too.
    fn c2_with_sum(submission: &Submission) -> Cases {
        let Submission { sum, mean } = *submission;
        Cases::of(&C2, |cases| {
            cases.case("two sums", || number(4.0), move || mean(&[sum(&[1.0, 4.0]), sum(&[1.0, 2.0])]));
            Ok(())
        })
    }

    fn c2_that_says_so(submission: &Submission) -> Cases {
        let mut cases = c2_with_sum(submission);
        cases.calls_too(&["sum"]);
        cases
    }

    fn c1_that_calls_no_function(submission: &Submission) -> Cases {
        let mut cases = c1(submission);
        cases.calls_too(&["median"]);
        cases
    }

    static APART: [Entry<Submission>; 2] = [(&C1, c1), (&C2, c2)];
    static TOGETHER: [Entry<Submission>; 2] = [(&C1, c1), (&C2, c2_that_says_so)];
    static IN_SECRET: [Entry<Submission>; 2] = [(&C1, c1), (&C2, c2_with_sum)];
    static UNKNOWN: [Entry<Submission>; 1] = [(&C1, c1_that_calls_no_function)];

    /// The checks that an answer was accepted in.
    fn tried_in(checks: &'static [Entry<Submission>], answer: Submission) -> Result<Vec<&'static str>, Prose> {
        let right = Right::new("answer", answer);
        let accepted = Suite { exercise: &EXERCISE, checks }.accepted(&SOLUTION, &WRONG, &right)?.clone();
        Ok(accepted.into_keys().collect())
    }

    #[test]
    fn an_answer_is_tried_where_it_is_not_the_solution() {
        assert_eq!(tried_in(&APART, BACKWARDS).unwrap(), ["c1_sum"]);
        assert_eq!(tried_in(&TOGETHER, BACKWARDS).unwrap(), ["c1_sum", "c2_mean"]);
        let suite = Suite { exercise: &EXERCISE, checks: &APART };
        let all = [Right::new("solution", SOLUTION), Right::new("backwards", BACKWARDS)];
        assert!(suite.accepts(&SOLUTION, &WRONG, &all, "backwards").is_ok());
        let itself = suite.accepts(&SOLUTION, &WRONG, &all, "solution").unwrap_err();
        assert_eq!(itself.0, "it is the solution itself");
    }

    #[test]
    fn a_check_that_calls_more_than_it_says_does_not_accept() {
        let other_mean = Submission { mean: |x| x.iter().rev().sum::<f32>() / x.len() as f32, ..SOLUTION };
        assert_eq!(tried_in(&TOGETHER, other_mean).unwrap(), ["c2_mean"]);
        let refused = tried_in(&IN_SECRET, other_mean).unwrap_err();
        assert!(refused.0.starts_with("c2_mean does not accept it"), "{}", refused.0);
        let unknown = tried_in(&UNKNOWN, BACKWARDS).unwrap_err();
        assert_eq!(unknown.0, "c1_sum calls median, which is not a function of this exercise");
    }
}
