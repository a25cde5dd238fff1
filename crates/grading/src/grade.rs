//! Runs one check: every case through the learner's function, then one verdict for all of them.

use std::cell::RefCell;

use crate::call::{Outcome, call};
use crate::compare::{Want, compare};
use crate::exercise::{CheckInfo, Mistake};
use crate::fingerprint;
use crate::prose::wrap;
use crate::value::Value;
use crate::verdict::{Check, Kind, Verdict};

/// One case after its run.
#[derive(Clone, Debug)]
pub struct CaseRun {
    /// What the case is, in words.
    pub name: String,
    /// What the function did.
    pub outcome: Outcome<Value>,
    /// What it should have returned.
    pub want: Want,
    /// Whether the output of a mistake is the same for everyone here, so that it can be recognised.
    pub tells: bool,
}

/// A check in progress.
#[derive(Debug)]
pub struct Grading {
    check: &'static CheckInfo,
    runs: Vec<CaseRun>,
}

impl Grading {
    /// Begins a check.
    #[must_use]
    pub fn of(check: &'static CheckInfo) -> Self {
        let runs = Vec::new();
        Self { check, runs }
    }

    /// Runs a case whose output is one of a few, right or wrong: a known mistake can be recognised by it.
    pub fn case<T>(&mut self, name: impl Into<String>, want: Want, function: impl FnOnce() -> T + Send + 'static)
    where
        T: Into<Value> + Send + 'static,
    {
        self.run(name.into(), want, true, function);
    }

    /// Runs a case in which a wrong answer may come out in many ways, with its writer's choice of a threshold say.
    pub fn case_that_does_not_tell<T>(
        &mut self,
        name: impl Into<String>,
        want: Want,
        function: impl FnOnce() -> T + Send + 'static,
    ) where
        T: Into<Value> + Send + 'static,
    {
        self.run(name.into(), want, false, function);
    }

    fn run<T>(&mut self, name: String, want: Want, tells: bool, function: impl FnOnce() -> T + Send + 'static)
    where
        T: Into<Value> + Send + 'static,
    {
        // A stub is a stub in every case, and one endless loop is enough to wait for.
        let over = |run: &CaseRun| matches!(run.outcome, Outcome::NotStarted(_) | Outcome::TooLong(_));
        if self.runs.last().is_some_and(over) {
            return;
        }
        let outcome = call(|| function().into());
        self.runs.push(CaseRun { name, outcome, want, tells });
    }

    /// Calls the function for a check of a property, where no stored output can be compared.
    ///
    /// # Errors
    /// The verdict, when the function did not return.
    pub fn call<T: Send + 'static>(
        &self,
        name: &str,
        function: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Verdict> {
        match call(function) {
            Outcome::Returned(value) => Ok(value),
            other => Err(self.unfinished(name, &other)),
        }
    }

    /// The verdict on an answer that lacks a property. Each line of the evidence begins a paragraph.
    #[must_use]
    pub fn wrong(&self, evidence: &str, mistake: Option<&str>) -> Verdict {
        let mistake = mistake.and_then(|code| self.check.exercise.mistake(code));
        let paragraphs: Vec<String> = evidence.lines().map(|line| wrap(line, "  ")).collect();
        self.verdict_of(Kind::Wrong, paragraphs.join("\n"), mistake)
    }

    /// Ends the check.
    ///
    /// # Errors
    /// What is wrong, if something is. The first case that is not right decides; all of them together are compared with
    /// the known mistakes.
    pub fn verdict(self) -> Check {
        if let Some(runs) = hand_to_recorder(&self) {
            return runs;
        }
        let mut first_trouble = None;
        for run in &self.runs {
            let (kind, evidence) = match &run.outcome {
                Outcome::Returned(value) => match compare(value, &run.want) {
                    Ok(_) => continue,
                    Err(difference) => (Kind::Wrong, format!("  Case: {}\n{}", run.name, difference.report)),
                },
                other => {
                    let verdict = self.unfinished(&run.name, other);
                    (verdict.kind, verdict.evidence)
                }
            };
            first_trouble = Some((kind, evidence));
            break;
        }
        let Some((kind, mut evidence)) = first_trouble else {
            return Ok(());
        };
        if fingerprint::is_the_same_everywhere(&self.runs) {
            evidence.push_str("\n  Look: it returned the same in every case, though not every case asks for the same.");
        }
        let known = fingerprint::recognise(self.check.exercise, self.check.name, &self.runs);
        Err(self.verdict_of(kind, evidence, known))
    }

    /// The verdict on a call that did not return a value.
    fn unfinished<T>(&self, name: &str, outcome: &Outcome<T>) -> Verdict {
        let (kind, evidence) = match outcome {
            Outcome::NotStarted(words) if words.is_empty() => {
                (Kind::NotStarted, "  Its body is still a todo!().".to_string())
            }
            Outcome::NotStarted(words) => (Kind::NotStarted, wrap(&format!("To write: {words}"), "  ")),
            Outcome::Panicked { message, place } => {
                let message = message.lines().map(|line| format!("    {line}")).collect::<Vec<_>>();
                let message = message.join("\n");
                (Kind::Panicked, format!("  Case: {name}\n  at {place}\n{message}"))
            }
            Outcome::TooLong(limit) => (
                Kind::TooLong,
                format!(
                    "  Case: {name}\n  It had not returned after {} seconds. Is there a loop that does not end?",
                    limit.as_secs_f32()
                ),
            ),
            Outcome::Returned(_) => (Kind::Wrong, format!("  Case: {name}")),
        };
        self.verdict_of(kind, evidence, None)
    }

    fn verdict_of(&self, kind: Kind, evidence: String, mistake: Option<&'static Mistake>) -> Verdict {
        Verdict { kind, check: self.check, evidence, mistake }
    }
}

thread_local! {
    static RECORDER: RefCell<Option<Vec<CaseRun>>> = const { RefCell::new(None) };
}

/// Runs a check only to see what its cases give, without a verdict.
///
/// # Errors
/// The verdict of a check that tests a property, or that the course is damaged.
pub fn record(check: impl FnOnce() -> Check) -> Result<Vec<CaseRun>, Verdict> {
    RECORDER.set(Some(Vec::new()));
    let result = check();
    let runs = RECORDER.take().unwrap_or_default();
    result.map(|()| runs)
}

/// While somebody records, the runs go to them, and the check has no opinion.
fn hand_to_recorder(grading: &Grading) -> Option<Check> {
    RECORDER.with_borrow_mut(|recorder| {
        let runs = recorder.as_mut()?;
        runs.extend(grading.runs.iter().cloned());
        Some(Ok(()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exercise::{Exercise, KnownBy};
    use crate::value::Tensor;

    static EXERCISE: Exercise = Exercise {
        slug: "99-test",
        mistakes: &[Mistake {
            code: "E99-1",
            title: "Off by one",
            explanation: "The count began at nought.",
            question: "Where does yours begin?",
            caught_by: "c1_count",
            known_by: KnownBy::Sameness,
        }],
    };
    static CHECK: CheckInfo = CheckInfo { exercise: &EXERCISE, name: "c1_count", function: "count" };

    fn want(x: f64) -> Want {
        let values = Tensor::new(&[], vec![x]);
        Want::Array { values, axes: &[], tolerance: 0.0 }
    }

    fn graded(function: impl Fn(usize) -> usize + Copy + Send + 'static) -> Check {
        let mut grading = Grading::of(&CHECK);
        for n in [3, 5] {
            grading.case(format!("{n} things"), want(n as f64), move || function(n));
        }
        grading.verdict()
    }

    #[test]
    fn right_in_every_case_passes() {
        assert!(graded(|n| n).is_ok());
    }

    #[test]
    #[expect(clippy::todo, reason = "a stub is what this test is about")]
    fn a_stub_reads_as_one() {
        let verdict = graded(|n| todo!("count {n} things")).unwrap_err();
        assert_eq!(
            format!("{verdict:?}"),
            "NOT STARTED: `count`\n  To write: count 3 things\n  Edit it in:     exercises/99-test/src/lib.rs\n  \
             Read about it:  exercises/guide/src/99-test.md\n  Try it with:    cargo xtask check 99"
        );
    }

    #[test]
    fn the_first_case_that_is_wrong_is_shown() {
        let verdict = graded(|n| if n == 5 { 4 } else { n }).unwrap_err();
        assert_eq!(verdict.kind, Kind::Wrong);
        let text = verdict.to_string();
        assert!(text.starts_with("WRONG: `count`\n  Case: 5 things\n"), "{text}");
        assert!(text.contains("got            4   want            5   difference 1"), "{text}");
    }

    #[test]
    fn an_answer_that_does_not_depend_on_its_input_is_noticed() {
        let text = graded(|_| 7).unwrap_err().to_string();
        assert!(text.contains("it returned the same in every case"), "{text}");
        assert!(text.contains("E99-1"), "{text}");
    }

    #[test]
    fn a_panic_is_told_with_its_place() {
        let verdict = graded(|n| if n == 5 { panic!("too many\nthings") } else { n }).unwrap_err();
        assert_eq!(verdict.kind, Kind::Panicked);
        let text = verdict.to_string();
        assert!(text.contains("grade.rs:"), "{text}");
        assert!(text.contains("    too many\n    things"), "{text}");
        assert!(!text.contains("panicked at"), "{text}");
    }

    #[test]
    fn a_property_can_name_the_mistake() {
        let verdict = Grading::of(&CHECK).wrong("It began at 0.", Some("E99-1"));
        let text = verdict.to_string();
        assert!(text.contains("E99-1 Off by one"), "{text}");
        assert!(text.ends_with("when-it-goes-wrong.md#e99-1-off-by-one"), "{text}");
    }

    #[test]
    fn while_recording_nothing_is_judged() {
        let runs = record(|| graded(|_| 0)).unwrap();
        assert_eq!(runs.len(), 2);
        assert_eq!(runs[1].name, "5 things");
        assert!(graded(|_| 0).is_err(), "judged again afterwards");
    }
}
