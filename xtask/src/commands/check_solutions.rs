//! `check-solutions`: proves the course.
//!
//! For each exercise: every check of the stub says NOT STARTED, every check of the solution passes, every wrong answer is
//! rejected with the explanation meant for it, and correct answers written in other ways pass. The numbers must be exact:
//! a check that got lost, a test that is ignored, code that does not compile and data that is missing are all failures of
//! the course.

use super::{Done, fingerprints, stubs};
use crate::course::{self, EXERCISES, Exercise};
use crate::style::{bad, good, table};
use crate::tests_of::{self, Outcome, Run};
use crate::workspace;

/// A cell of the table, and what is wrong if something is.
type Cell = Result<String, (String, String)>;

/// Proves one exercise, or all.
pub(crate) fn run(arguments: &[&str]) -> Done {
    let exercises: Vec<&Exercise> = match arguments {
        [] => EXERCISES.iter().collect(),
        [number] => vec![course::find(number)?],
        more => return Err(format!("One exercise at a time, or all: not `{}`.", more.join(" "))),
    };
    let head = ["exercise", "derived", "stub", "solution", "wrong answers", "other right answers", "fingerprints"];
    let mut rows = vec![head.map(String::from).to_vec()];
    let mut troubles = Vec::new();
    for exercise in exercises {
        println!("Proving {} ...", exercise.slug);
        let mut row = vec![exercise.slug.to_string()];
        for cell in prove(exercise)? {
            match cell {
                Ok(text) => row.push(text),
                Err((text, trouble)) => {
                    row.push(text);
                    troubles.push(format!("{}: {trouble}", exercise.slug));
                }
            }
        }
        rows.push(row);
    }
    println!("\n{}\n", table(&rows));
    for trouble in &troubles {
        println!("{}\n", bad(trouble));
    }
    if troubles.is_empty() {
        println!("{}", good("Everything holds."));
    }
    Ok(troubles.is_empty())
}

fn prove(exercise: &Exercise) -> Result<Vec<Cell>, String> {
    let stub = tests_of::run(&exercise.package(), &["--no-fail-fast"], &[])?;
    let solution = tests_of::run(&exercise.solution_package(), &["--test", "checks"], &[])?;
    let wrong = tests_of::run(&exercise.solution_package(), &["--test", "wrong_answers"], &[])?;
    let right = tests_of::run(&exercise.solution_package(), &["--test", "other_right_answers"], &[])?;
    Ok(vec![
        derived(exercise),
        stub_cell(exercise, &stub),
        compiled(&solution, solution_cell(exercise, &solution)),
        compiled(&wrong, wrong_cell(exercise, &wrong)),
        compiled(&right, right_cell(exercise, &right)),
        compiled(&wrong, fingerprints_cell(&wrong)),
    ])
}

fn derived(exercise: &Exercise) -> Cell {
    let trouble = |why: String| ("no".to_string(), why);
    let solution = workspace::read(&exercise.solution()).map_err(trouble)?;
    let stub = stubs::derive(&solution).map_err(trouble)?;
    let present = workspace::read(&exercise.source()).map_err(trouble)?;
    if present == stub {
        return Ok("yes".into());
    }
    Err(trouble(format!(
        "{} is not the stub that {} gives. If you have begun the exercise, that is why; an author runs \
         `cargo xtask stubs`.",
        exercise.source(),
        exercise.solution()
    )))
}

/// Every check says NOT STARTED, and for no other reason than being a stub.
fn stub_cell(exercise: &Exercise, run: &Run) -> Cell {
    let text = |n: usize| format!("{n}/{} not started", exercise.checks);
    let trouble = |why: String| (text(count(run, is_not_started)), why);
    if run.did_not_compile() {
        return Err(("does not compile".into(), run.stderr.clone()));
    }
    if run.warnings() > 0 {
        return Err(trouble(format!("the stub compiles with {} warnings:\n{}", run.warnings(), run.stderr)));
    }
    exact(exercise, run).map_err(trouble)?;
    let other = run.tests.iter().find(|(_, outcome)| !is_not_started(outcome));
    match other {
        Some((name, Outcome::Failed(words))) => Err(trouble(format!("{name} of the stub fails with:\n{words}"))),
        Some((name, _)) => Err(trouble(format!("{name} passes on a stub"))),
        None if run.success => Err(trouble("cargo test reports success for a stub".into())),
        None => Ok(text(exercise.checks)),
    }
}

fn is_not_started(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Failed(words) if words.starts_with("NOT STARTED: "))
}

fn count(run: &Run, which: impl Fn(&Outcome) -> bool) -> usize {
    run.tests.values().filter(|outcome| which(outcome)).count()
}

/// As many tests as the exercise has checks, none of them left out.
fn exact(exercise: &Exercise, run: &Run) -> Result<(), String> {
    if run.tests.len() != exercise.checks {
        return Err(format!("{} checks ran, but there must be {}", run.tests.len(), exercise.checks));
    }
    match (count(run, |outcome| *outcome == Outcome::Ignored), run.filtered_out) {
        (0, 0) => Ok(()),
        (ignored, filtered) => Err(format!("{ignored} checks are ignored, {filtered} filtered out")),
    }
}

fn compiled(run: &Run, cell: Cell) -> Cell {
    if run.did_not_compile() { Err(("does not compile".into(), run.stderr.clone())) } else { cell }
}

fn solution_cell(exercise: &Exercise, run: &Run) -> Cell {
    let text = format!("{}/{} passed", run.passed(), exercise.checks);
    let trouble = |why: String| (text.clone(), why);
    exact(exercise, run).map_err(trouble)?;
    no_failure(run).map_err(trouble)?;
    Ok(text)
}

fn no_failure(run: &Run) -> Result<(), String> {
    match run.first_failure() {
        Some((name, words)) => Err(format!("{name}:\n{words}")),
        None if run.success => Ok(()),
        None => Err(format!("cargo test failed:\n{}", run.stderr)),
    }
}

/// Tests named after mistakes, `e02_07_...`, each of which proves that one wrong answer is told so.
fn wrong_cell(exercise: &Exercise, run: &Run) -> Cell {
    let prefix = format!("e{}_", exercise.number());
    let named: Vec<_> = run.tests.iter().filter(|(name, _)| name.starts_with(&prefix)).collect();
    let rejected = named.iter().filter(|(_, outcome)| **outcome == Outcome::Passed).count();
    let text = format!("{rejected}/{} told so", exercise.wrong_answers);
    let trouble = |why: String| (text.clone(), why);
    no_failure(run).map_err(trouble)?;
    if rejected == exercise.wrong_answers && named.len() == rejected {
        return Ok(text);
    }
    Err(trouble(format!("{} wrong answers were tried, but there must be {}", named.len(), exercise.wrong_answers)))
}

fn right_cell(exercise: &Exercise, run: &Run) -> Cell {
    let text = format!("{}/{} accepted", run.passed(), exercise.right_answers);
    let trouble = |why: String| (text.clone(), why);
    no_failure(run).map_err(trouble)?;
    if run.tests.len() == exercise.right_answers && run.passed() == exercise.right_answers {
        return Ok(text);
    }
    Err(trouble(format!("{} right answers were tried, but there must be {}", run.tests.len(), exercise.right_answers)))
}

fn fingerprints_cell(run: &Run) -> Cell {
    match run.tests.get(fingerprints::TEST) {
        Some(Outcome::Passed) => Ok("hold".into()),
        Some(Outcome::Failed(words)) => Err(("stale".into(), words.clone())),
        Some(Outcome::Ignored) | None => Err(("untested".into(), format!("no test {} ran", fingerprints::TEST))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::time::Duration;

    const EXERCISE: Exercise =
        Exercise { slug: "99-test", title: "A test", checks: 2, wrong_answers: 1, right_answers: 1, minutes: 1 };

    fn run_of(tests: &[(&str, Outcome)], success: bool) -> Run {
        let tests: BTreeMap<_, _> = tests.iter().map(|(name, outcome)| (name.to_string(), outcome.clone())).collect();
        Run { tests, filtered_out: 0, stdout: "running".into(), stderr: String::new(), success, took: Duration::ZERO }
    }

    fn failed(words: &str) -> Outcome {
        Outcome::Failed(words.into())
    }

    fn trouble(cell: Cell) -> String {
        cell.unwrap_err().1
    }

    #[test]
    fn a_stub_must_fail_as_a_stub_in_every_check() {
        let stub = || failed("NOT STARTED: `f`");
        let cell = |tests: &[(&str, Outcome)], success| stub_cell(&EXERCISE, &run_of(tests, success));
        assert_eq!(cell(&[("c1", stub()), ("c2", stub())], false).unwrap(), "2/2 not started");
        assert!(trouble(cell(&[("c1", stub())], false)).contains("1 checks ran, but there must be 2"));
        assert!(trouble(cell(&[("c1", stub()), ("c2", Outcome::Passed)], false)).contains("c2 passes on a stub"));
        assert!(trouble(cell(&[("c1", stub()), ("c2", Outcome::Ignored)], false)).contains("1 checks are ignored"));
        let damaged = failed("THE COURSE IS DAMAGED: `f`");
        assert!(trouble(cell(&[("c1", stub()), ("c2", damaged)], false)).contains("DAMAGED"));
        assert!(trouble(cell(&[("c1", stub()), ("c2", stub())], true)).contains("success for a stub"));
    }

    #[test]
    fn code_that_does_not_compile_or_warns_is_a_failure() {
        let mut run = run_of(&[], false);
        run.stderr = "error: could not compile `x`".into();
        assert_eq!(stub_cell(&EXERCISE, &run).unwrap_err().0, "does not compile");
        assert_eq!(compiled(&run, Ok("fine".into())).unwrap_err().0, "does not compile");
        let stub = || failed("NOT STARTED: `f`");
        let mut run = run_of(&[("c1", stub()), ("c2", stub())], false);
        run.stderr = "warning: unused variable: `x`".into();
        assert!(trouble(stub_cell(&EXERCISE, &run)).contains("1 warnings"));
    }

    #[test]
    fn a_vacuous_pass_is_none() {
        assert!(trouble(solution_cell(&EXERCISE, &run_of(&[], true))).contains("0 checks ran"));
        assert!(trouble(wrong_cell(&EXERCISE, &run_of(&[], true))).contains("0 wrong answers were tried"));
        assert!(trouble(right_cell(&EXERCISE, &run_of(&[], true))).contains("0 right answers were tried"));
        assert!(trouble(fingerprints_cell(&run_of(&[], true))).contains("no test"));
    }

    #[test]
    fn a_wrong_answer_that_passes_is_a_failure() {
        let accepted = run_of(&[("e99_1_sum", failed("c1 accepts it"))], false);
        assert!(trouble(wrong_cell(&EXERCISE, &accepted)).contains("c1 accepts it"));
        let fine = run_of(&[("e99_1_sum", Outcome::Passed)], true);
        assert_eq!(wrong_cell(&EXERCISE, &fine).unwrap(), "1/1 told so");
    }
}
