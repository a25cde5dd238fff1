//! One check: every answer in its order, then one verdict for all of them.

use std::fmt::Write as _;

use crate::call::{LIMIT, Outcome, call_within};
use crate::cases::{Answers, Case, Cases, Fault, Found, Halves, Look, Objection, Step};
use crate::compare::compare;
use crate::exercise::{CheckInfo, Mistake};
use crate::fingerprint::{self, Recognized};
use crate::general::{self, GENERAL, code};
use crate::probe;
use crate::prose::wrap;
use crate::reference::Damaged;
use crate::run::CaseRun;
use crate::value::Value;
use crate::variations;
use crate::verdict::{Check, Explains, Kind, Passed, Verdict};

/// Which calls of a check are made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Made {
    /// All of them, as for a learner.
    All,
    /// Those that the name of the mistake hangs on: once a case is wrong, only cases that a mistake is recognized in.
    UntilKnown,
    /// The cases, without what only properties look at.
    Cases,
    /// The cases that a mistake is recognized in; all cases if there are none of these.
    Recognizable,
}

impl Made {
    fn makes(self, step: &Step, is_wrong: bool) -> bool {
        let (is_case, diagnosis) = match step {
            Step::Case(case) => (true, case.diagnosis),
            Step::Ask(_) | Step::Property(_) => (false, false),
        };
        match self {
            Self::All => true,
            Self::UntilKnown => diagnosis || !is_wrong,
            Self::Cases => is_case,
            Self::Recognizable => diagnosis,
        }
    }
}

impl Cases {
    /// Makes the calls within this process, for answers that are trusted not to end it, and judges what they return.
    ///
    /// # Errors
    /// What is wrong, if something is.
    pub fn grade_here(self) -> Check {
        self.accepted_here().map(|_| ())
    }

    /// The same, with what the cases gave when nothing is wrong.
    ///
    /// # Errors
    /// What is wrong, if something is.
    pub(crate) fn accepted_here(self) -> Result<Vec<CaseRun>, Verdict> {
        let (info, steps, look, outcomes) = self.run_here(Made::All)?;
        let mut runs = Vec::new();
        judge_runs(info, steps, None, look, &outcomes, &mut runs)?;
        Ok(runs)
    }

    /// As [`grade_here`](Self::grade_here), but once the answer is wrong only with the calls that decide which mistake it is.
    /// Beside the verdict stands what the cases gave that were called.
    pub(crate) fn reject_here(self) -> (Check, Vec<CaseRun>) {
        let mut runs = Vec::new();
        let verdict = self.run_here(Made::UntilKnown).and_then(|(info, steps, look, outcomes)| {
            judge_runs(info, steps, None, look, &outcomes, &mut runs).map(|_| ())
        });
        (verdict, runs)
    }

    /// Only what the cases give, without a verdict and without the properties.
    ///
    /// # Errors
    /// The verdict that the course is damaged.
    pub(crate) fn runs_here(self, made: Made) -> Result<Vec<CaseRun>, Verdict> {
        let made = if made == Made::Recognizable && !self.has_diagnosis() { Made::Cases } else { made };
        let (info, steps, _, outcomes) = self.run_here(made)?;
        let cases = steps.into_iter().filter_map(|step| match step {
            Step::Case(case) => Some(case),
            Step::Ask(_) | Step::Property(_) => None,
        });
        let runs = cases.zip(outcomes).map(|(case, outcome)| case_run(case, outcome));
        runs.collect::<Result<_, Damaged>>().map_err(|damaged| damaged.verdict(info))
    }

    /// Makes calls, and keeps the steps that belong to them. Properties look answers up by their number, so they are kept only
    /// where no call before them is left out.
    fn run_here(self, made: Made) -> Result<Ran, Verdict> {
        let limit = self.limit_of_a_call().unwrap_or(LIMIT);
        let Halves { info, calls, steps, damaged, look, .. } = self.halves();
        if let Some(damaged) = damaged {
            return Err(damaged.verdict(info));
        }
        let (mut calls, mut kept, mut outcomes, mut is_wrong) = (calls.into_iter(), Vec::new(), Vec::new(), false);
        for step in steps {
            let call = if let Step::Property(_) = step { None } else { calls.next() };
            if !made.makes(&step, is_wrong) {
                continue;
            }
            let Some(prepare) = call else {
                kept.push(step);
                continue;
            };
            let ready = prepare().map_err(|damaged| damaged.verdict(info))?;
            let outcome = call_within(limit, ready);
            let step = if made == Made::UntilKnown { judged(step, &outcome, &mut is_wrong) } else { Ok(step) };
            kept.push(step.map_err(|damaged| damaged.verdict(info))?);
            outcomes.push(outcome);
            if outcomes.last().is_some_and(ends_the_check) {
                break;
            }
        }
        Ok((info, kept, look, outcomes))
    }
}

/// The check, what is made of its answers, its own look at them, and the answers.
type Ran = (&'static CheckInfo, Vec<Step>, Option<Look>, Vec<Outcome<Value>>);

/// Looks whether a case is wrong as soon as it has been called. Its wanted value is computed here, and kept.
fn judged(step: Step, outcome: &Outcome<Value>, is_wrong: &mut bool) -> Result<Step, Damaged> {
    let Step::Case(Case { name, want, diagnosis }) = step else { return Ok(step) };
    let want = want()?;
    *is_wrong |= !matches!(outcome, Outcome::Returned(value) if compare(value, &want).is_ok());
    Ok(Step::Case(Case { name, want: Box::new(move || Ok(want)), diagnosis }))
}

/// A stub is a stub in every case, and one endless loop is enough to wait for.
pub(crate) fn ends_the_check<T>(outcome: &Outcome<T>) -> bool {
    matches!(outcome, Outcome::NotStarted(_) | Outcome::TooLong(_) | Outcome::Ended(_))
}

fn case_run(case: Case, outcome: Outcome<Value>) -> Result<CaseRun, Damaged> {
    let Case { name, want, diagnosis } = case;
    Ok(CaseRun { name, outcome, want: want()?, diagnosis })
}

/// Judges the answers in their order. The first that is not right decides; all cases together are compared with the
/// known mistakes.
pub(crate) fn judge(
    info: &'static CheckInfo,
    steps: Vec<Step>,
    found: Option<Found>,
    look: Option<Look>,
    outcomes: &[Outcome<Value>],
) -> Result<Passed, Verdict> {
    judge_runs(info, steps, found, look, outcomes, &mut Vec::new())
}

/// The same. What the cases gave is added to `runs`, whatever the verdict.
fn judge_runs(
    info: &'static CheckInfo,
    steps: Vec<Step>,
    found: Option<Found>,
    look: Option<Look>,
    outcomes: &[Outcome<Value>],
    runs: &mut Vec<CaseRun>,
) -> Result<Passed, Verdict> {
    let mut first_trouble = None;
    let mut next = 0;
    // Without an end that explains it, a missing answer is one that was kept back.
    let is_complete = outcomes.last().is_some_and(ends_the_check);
    let missing = || unfinished::<Value>(info, "", &Outcome::Ended("Not all answers arrived.".into()));
    for step in steps {
        let answer = outcomes.get(next);
        match step {
            Step::Case(case) => {
                let Some(outcome) = answer else {
                    if first_trouble.is_none() && !is_complete {
                        return Err(missing());
                    }
                    break;
                };
                next += 1;
                let run = case_run(case, outcome.clone()).map_err(|damaged| damaged.verdict(info))?;
                if first_trouble.is_none() {
                    first_trouble = trouble(info, &run);
                }
                runs.push(run);
            }
            Step::Ask(name) => {
                let Some(outcome) = answer else {
                    if first_trouble.is_none() && !is_complete {
                        return Err(missing());
                    }
                    break;
                };
                next += 1;
                if first_trouble.is_none() && !matches!(outcome, Outcome::Returned(_)) {
                    return Err(unfinished(info, &name, outcome));
                }
            }
            // A property speaks of answers that are right as far as they have been compared.
            Step::Property(holds) if first_trouble.is_none() => match holds(&Answers(outcomes)) {
                Ok(()) => {}
                Err(Objection::Damaged(damaged)) => return Err(damaged.verdict(info)),
                Err(Objection::Wrong(fault)) => return Err(wrong(info, &fault)),
            },
            Step::Property(_) => {}
        }
    }
    let Some((kind, mut evidence)) = first_trouble else {
        let found = found.and_then(|found| found(&Answers(outcomes)));
        return Ok(Passed { check: info, found });
    };
    let mut general = None;
    if fingerprint::is_the_same_everywhere(runs) {
        evidence.push_str("\n  Look: it returned the same in every case, though not every case asks for the same.");
        general = Some(code::SAME);
    }
    let look = look.and_then(|look| look(runs));
    if let Some(explanation) = look.or_else(|| variations::explain(info, runs)).or_else(|| probe::explain(runs)) {
        let _ = write!(evidence, "\n{}", wrap(&format!("Look: {}", explanation.words), "  "));
        general = general.or(explanation.mistake);
    }
    let known = match fingerprint::recognize(info.exercise, info.name, runs) {
        Some(Recognized::Fully(mistake)) => return Err(verdict(info, kind, evidence, Some(mistake))),
        Some(Recognized::Nearly(mistake)) => Some(mistake),
        None => None,
    };
    let mut of_the_panic = None;
    if general.is_none()
        && let Some((run, message, code)) = runs.iter().find_map(panicked)
    {
        let first = runs.iter().find(|run| matches!(run.outcome, Outcome::Panicked { .. }));
        if kind == Kind::Panicked && first.is_some_and(|first| first.name == run.name) {
            general = Some(code);
        } else {
            of_the_panic = GENERAL.mistake(code);
            let words = format!("Look: in another case it panicked: {}. {message}", run.name);
            let _ = write!(evidence, "\n{}", wrap(&words, "  "));
        }
    }
    let general = general.and_then(|code| info.exercise.mistake(code).or_else(|| GENERAL.mistake(code)));
    // What holds in every case comes before what holds in most, and that before what the case that is shown says nothing of.
    let ranked = [(general, Explains::Every), (known, Explains::Most), (of_the_panic, Explains::ThePanic)];
    let (mistake, explains) =
        ranked.into_iter().find(|(mistake, _)| mistake.is_some()).unwrap_or((None, Explains::Every));
    Err(Verdict { explains, ..verdict(info, kind, evidence, mistake) })
}

/// A case that panicked, the message, and what that comes from, where the message says so.
fn panicked(run: &CaseRun) -> Option<(&CaseRun, &str, &'static str)> {
    let Outcome::Panicked { message, .. } = &run.outcome else { return None };
    Some((run, message, general::of_panic(&run.outcome)?))
}

/// What is wrong in a case, if something is.
fn trouble(info: &'static CheckInfo, run: &CaseRun) -> Option<(Kind, String)> {
    match &run.outcome {
        Outcome::Returned(value) => {
            let difference = compare(value, &run.want).err()?;
            Some((Kind::Wrong, format!("  Case: {}\n{}", run.name, difference.report)))
        }
        other => {
            let verdict = unfinished(info, &run.name, other);
            Some((verdict.kind, verdict.evidence))
        }
    }
}

/// The verdict on an answer that lacks a property.
fn wrong(info: &'static CheckInfo, fault: &Fault) -> Verdict {
    let mistake = fault.mistake.and_then(|code| info.exercise.mistake(code).or_else(|| GENERAL.mistake(code)));
    let paragraphs = fault.evidence.lines().map(|line| wrap(line, "  "));
    let report = (!fault.report.is_empty()).then(|| fault.report.clone());
    verdict(info, Kind::Wrong, paragraphs.chain(report).collect::<Vec<_>>().join("\n"), mistake)
}

/// The verdict on a call that did not return a value.
fn unfinished<T>(info: &'static CheckInfo, name: &str, outcome: &Outcome<T>) -> Verdict {
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
                "  Case: {name}\n  It had not returned after {} seconds. Is there a loop that does not end, or far more work than \
                 the task needs?",
                limit.as_secs_f32()
            ),
        ),
        Outcome::Ended(words) if name.is_empty() => (Kind::Ended, wrap(words, "  ")),
        Outcome::Ended(words) => (Kind::Ended, format!("  Case: {name}\n{}", wrap(words, "  "))),
        Outcome::Returned(_) => (Kind::Wrong, format!("  Case: {name}")),
    };
    verdict(info, kind, evidence, general::of_panic(outcome).and_then(|code| GENERAL.mistake(code)))
}

fn verdict(check: &'static CheckInfo, kind: Kind, evidence: String, mistake: Option<&'static Mistake>) -> Verdict {
    Verdict { kind, check, evidence, mistake, explains: Explains::Every }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;
    use std::time::Duration;

    use super::*;
    use crate::compare::Want;
    use crate::exercise::{Exercise, KnownBy};

    static EXERCISE: Exercise = Exercise {
        slug: "99-test",
        mistakes: &[&[Mistake {
            code: "E99-1",
            title: "Off by one",
            explanation: "The count began at zero.",
            question: "Where does yours begin?",
            caught_by: "c1_count",
            known_by: KnownBy::Sameness,
        }]],
    };
    static CHECK: CheckInfo = CheckInfo { exercise: &EXERCISE, name: "c1_count", function: "count" };

    fn want(x: f64) -> Want {
        Want::number(x, 0.0)
    }

    fn graded(function: impl Fn(usize) -> usize + Copy + Send + 'static) -> Check {
        cases(function).grade_here()
    }

    fn cases(function: impl Fn(usize) -> usize + Copy + Send + 'static) -> Cases {
        Cases::of(&CHECK, |cases| {
            for n in [3, 5] {
                cases.case(format!("{n} things"), move || want(n as f64), move || function(n));
            }
            Ok(())
        })
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
        assert!(text.contains("Off by 1: got 4, want 5"), "{text}");
    }

    /// The limit is the check's own, and the calls after the one that exceeded it are not made.
    #[test]
    fn a_check_that_is_graded_here_waits_as_long_as_it_says() {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let mut cases = Cases::of(&CHECK, |cases| {
            for n in [3, 5] {
                let counted = Arc::clone(&counted);
                let call = move || {
                    counted.fetch_add(1, Ordering::SeqCst);
                    thread::sleep(Duration::from_secs(5));
                    n
                };
                cases.case(format!("{n} things"), move || want(n as f64), call);
            }
            Ok(())
        });
        cases.limit(Duration::from_millis(250));
        let verdict = cases.grade_here().unwrap_err();
        assert_eq!((verdict.kind, calls.load(Ordering::SeqCst)), (Kind::TooLong, 1));
        let text = verdict.to_string();
        assert!(text.contains("  Case: 3 things\n  It had not returned after 0.25 seconds."), "{text}");
    }

    /// The limit ends no call that returns in time.
    #[test]
    fn a_slow_call_within_the_limit_passes() {
        let mut cases = cases(|n| {
            thread::sleep(Duration::from_millis(50));
            n
        });
        cases.limit(Duration::from_secs(60));
        assert!(cases.grade_here().is_ok());
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

    /// The mistake is told with the case that it comes from, where another case is the one that is shown.
    #[test]
    fn a_panic_in_another_case_is_told_where_it_names_the_mistake() {
        let of = |n: usize| if n == 5 { n - "no more".len() } else { n + 2 };
        let verdict = graded(of).unwrap_err();
        assert_eq!(verdict.kind, Kind::Wrong);
        let text = verdict.to_string();
        assert!(
            text.contains("Look: in another case it panicked: 5 things. attempt to subtract with overflow"),
            "{text}"
        );
        assert!(text.contains("What happened where it panicked: E00-38 "), "{text}");
    }

    #[test]
    fn a_mistake_that_fits_most_cases_is_told_as_a_guess() {
        let sure = verdict(&CHECK, Kind::Wrong, "  Off.".into(), EXERCISE.mistake("E99-1"));
        assert!(sure.to_string().contains("\n  What happened, most likely: E99-1 Off by one\n"), "{sure}");
        let guess = Verdict { explains: Explains::Most, ..sure };
        let words = "\n  It could be this, which fits most of the cases but not all: E99-1 Off by one\n";
        assert!(guess.to_string().contains(words), "{guess}");
    }

    #[test]
    fn a_property_can_name_the_mistake() {
        let check = Cases::of(&CHECK, |cases| {
            let asked = cases.ask("2 things", || vec![0, 1]);
            cases.property(move |answers| match answers.array(asked)?.data[0] {
                0.0 => Fault::new("It began at 0.").mistake("E99-1").found(),
                _ => Ok(()),
            });
            Ok(())
        });
        let text = check.grade_here().unwrap_err().to_string();
        assert!(text.starts_with("WRONG: `count`\n  It began at 0.\n"), "{text}");
        assert!(text.contains("E99-1 Off by one"), "{text}");
        assert!(text.ends_with("mistakes/exercise-99.md#e99-1"), "{text}");
    }

    #[test]
    fn runs_are_not_judged() {
        let runs = cases(|_| 0).runs_here(Made::Cases).unwrap();
        assert_eq!(runs.len(), 2);
        assert_eq!(runs[1].name, "5 things");
    }
}
