//! `check-solutions`: proves the course.
//!
//! For each exercise: every check of the stub says NOT STARTED, every check of the solution passes, every wrong answer is
//! rejected with the explanation meant for it, and correct answers written in other ways pass. The numbers must be exact:
//! a check that got lost, a test that is ignored, code that does not compile and data that is missing are all failures of
//! the course.

use std::ffi::OsStr;
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use super::arguments::Done;
use super::check::grade::{self, Run};
use super::fingerprints::{self, ANSWERS};
use crate::knows::results::{CheckResult, State};
use crate::reads::checks;
use crate::reads::course::{Course, Exercise};
use crate::runs::cargo::{self, Build, Message};
use crate::runs::harness::{self, Outcome, Tests};
use crate::says::screen::{bad, good, say, show_progress, table};

/// The modules of the tests that try answers, before the names of the tests.
const WRONG: &str = "wrong_answers::";
const RIGHT: &str = "other_right_answers::";

/// How many exercises are proved at a time: one alone leaves cores idle at its end.
const AT_A_TIME: usize = 2;

/// A cell of the table, and what is wrong if something is.
type Cell = Result<String, (String, String)>;

/// Proves one exercise, or all.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    let exercises: Vec<&Exercise> = match arguments {
        [] => course.exercises.iter().collect(),
        [number] => vec![course.exercise(number)?],
        more => return Err(format!("Give one exercise, or none for all, not `{}`.", more.join(" "))),
    };
    let begin = Instant::now();
    let build = build(course, &exercises)?;
    if !build.succeeded {
        say!("{}\n\n{}", build.explanation(), bad("The course does not compile."));
        return Ok(false);
    }
    let head = ["exercise", "derived", "stub", "solution", "wrong answers", "other right answers", "fingerprints"];
    let mut rows = vec![head.map(String::from).to_vec()];
    let mut troubles = Vec::new();
    for (exercise, cells) in exercises.iter().zip(prove_all(course, &build, &exercises)?) {
        let mut row = vec![exercise.slug.clone()];
        for cell in cells {
            let (text, trouble) = cell.map_or_else(|(text, trouble)| (text, Some(trouble)), |text| (text, None));
            row.push(text);
            troubles.extend(trouble.map(|trouble| format!("{}: {trouble}", exercise.slug)));
        }
        rows.push(row);
    }
    show_progress("");
    say!("{}\n", table(&rows));
    for trouble in &troubles {
        say!("{}\n", bad(trouble));
    }
    if troubles.is_empty() {
        say!("{} ({:.0} s)", good("Everything holds."), begin.elapsed().as_secs_f32());
    }
    Ok(troubles.is_empty())
}

/// Everything in one go: cargo starts once, and compiles for different exercises at the same time.
fn build(course: &Course, exercises: &[&Exercise]) -> Result<Build, String> {
    let packages = exercises.iter().flat_map(|exercise| [exercise.package(), exercise.solution_package()]);
    let packages: Vec<String> = packages.collect();
    let packages: Vec<&str> = packages.iter().map(String::as_str).collect();
    let tests = [grade::TEST, ANSWERS].map(|test| ["--test", test]).concat();
    cargo::build_tests(&course.workspace, &packages, &tests)
}

/// The cells of every exercise, in order. The later ones take longest, so they are begun first.
fn prove_all(course: &Course, build: &Build, exercises: &[&Exercise]) -> Result<Vec<Vec<Cell>>, String> {
    let waiting = Mutex::new(exercises.iter().enumerate().rev());
    let worker = || {
        let mut proved = Vec::new();
        loop {
            let next = waiting.lock().expect("an iterator over a list does not panic").next();
            let Some((index, exercise)) = next else { return proved };
            show_progress(&format!("Proving {} ...", exercise.slug));
            proved.push((index, prove(course, build, exercise)));
        }
    };
    let mut proved: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_A_TIME).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("running a program does not panic")).collect()
    });
    proved.sort_by_key(|(index, _)| *index);
    proved.into_iter().map(|(_, cells)| cells).collect()
}

fn prove(course: &Course, build: &Build, exercise: &Exercise) -> Result<Vec<Cell>, String> {
    let checks = checks::of(&course.workspace, exercise)?;
    let (package, solution_package) = (exercise.package(), exercise.solution_package());
    let graded = |package| grade::run(build.program(package, grade::TEST)?, exercise, &checks);
    // As many answers as there are cores are tried at a time: threads within the model's products would only wait for each other.
    let alone = ("RAYON_NUM_THREADS", OsStr::new("1"));
    let answers = harness::run(build.program(&solution_package, ANSWERS)?, &[], &[alone])?;
    let (stub, solution) = (graded(&package)?, graded(&solution_package)?);
    Ok(vec![
        derived(course, exercise),
        stub_cell(&stub, &build.warnings(&package)),
        solution_cell(&solution),
        wrong_cell(exercise, &answers),
        right_cell(exercise, &answers),
        fingerprints_cell(&answers),
    ])
}

fn derived(course: &Course, exercise: &Exercise) -> Cell {
    let trouble = |why: String| ("no".to_string(), why);
    let stub = exercise.stub(&course.workspace).map_err(trouble)?;
    let present = course.workspace.read(&exercise.source()).map_err(trouble)?;
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

fn count(results: &[CheckResult], state: State) -> usize {
    results.iter().filter(|result| result.state == state).count()
}

/// Every check says NOT STARTED, and for no other reason than being a stub.
fn stub_cell(run: &Run, warnings: &[&Message]) -> Cell {
    let text = format!("{}/{} not started", count(&run.results, State::NotStarted), run.results.len());
    let trouble = |why: String| Err((text.clone(), why));
    if let [first, ..] = warnings {
        return trouble(format!("the stub compiles with {} warnings:\n{}", warnings.len(), first.shown));
    }
    match run.results.iter().find(|result| result.state != State::NotStarted) {
        Some(result) if result.state == State::Passed => trouble(format!("{} passes on a stub", result.check.name)),
        Some(result) => trouble(in_full("of the stub", result)),
        None if run.succeeded => trouble("the test reports success for a stub".into()),
        None => Ok(text),
    }
}

fn solution_cell(run: &Run) -> Cell {
    let text = format!("{}/{} passed", count(&run.results, State::Passed), run.results.len());
    let trouble = |why: String| Err((text.clone(), why));
    match run.results.iter().find(|result| result.state != State::Passed) {
        Some(result) => trouble(in_full("of the solution", result)),
        None if !run.succeeded => trouble(format!("the test fails ({})", run.status)),
        None => Ok(text),
    }
}

fn in_full(whose: &str, result: &CheckResult) -> String {
    format!("{} {whose}: {}\n{}", result.check.name, result.state.words(), result.text)
}

/// No test of a module failed. One that fails is told where it belongs, and a program that ends before its tests everywhere.
fn no_failure(module: &str, tests: &Tests) -> Result<(), String> {
    match tests.first_failure(module) {
        Some((name, words)) => Err(format!("{name}:\n{words}")),
        None if tests.succeeded || [WRONG, RIGHT].iter().any(|other| tests.first_failure(other).is_some()) => Ok(()),
        None => Err(format!("the test failed:\n{}", tests.stderr)),
    }
}

/// Tests named after mistakes, `e02_07_...`, each of which proves that one wrong answer is rejected.
fn wrong_cell(exercise: &Exercise, tests: &Tests) -> Cell {
    let (tried, rejected) = tests.count(&format!("{WRONG}e{}_", exercise.number()));
    let text = format!("{rejected}/{} rejected", exercise.wrong_answers);
    let trouble = |why: String| (text.clone(), why);
    no_failure(WRONG, tests).map_err(trouble)?;
    if rejected == exercise.wrong_answers && tried == rejected {
        return Ok(text);
    }
    Err(trouble(format!(
        "{tried} wrong answers were tried, but there must be {}: correct the number in exercises/course.toml if it is right",
        exercise.wrong_answers
    )))
}

fn right_cell(exercise: &Exercise, tests: &Tests) -> Cell {
    let (tried, accepted) = tests.count(RIGHT);
    let text = format!("{accepted}/{} accepted", exercise.right_answers);
    let trouble = |why: String| (text.clone(), why);
    no_failure(RIGHT, tests).map_err(trouble)?;
    let tried = tried + tests.filtered_out;
    if tried == exercise.right_answers && accepted == tried {
        return Ok(text);
    }
    Err(trouble(format!("{tried} right answers were tried, but there must be {}", exercise.right_answers)))
}

fn fingerprints_cell(tests: &Tests) -> Cell {
    match tests.outcomes.get(fingerprints::TEST) {
        Some(Outcome::Passed) => Ok("hold".into()),
        Some(Outcome::Failed(words)) => Err(("stale".into(), words.clone())),
        Some(Outcome::Ignored) | None => Err(("untested".into(), format!("no test {} ran", fingerprints::TEST))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knows::results::fixture;

    fn exercise() -> Exercise {
        let exercise = Course::find().unwrap().exercises.swap_remove(0);
        Exercise { slug: "99-test".into(), wrong_answers: 1, right_answers: 1, ..exercise }
    }

    fn tests_of(outcomes: &[(&str, Outcome)], succeeded: bool) -> Tests {
        let outcomes = outcomes.iter().map(|(name, outcome)| (name.to_string(), outcome.clone())).collect();
        Tests { outcomes, succeeded, ..Tests::default() }
    }

    fn trouble(cell: Cell) -> String {
        cell.unwrap_err().1
    }

    #[test]
    fn a_stub_must_fail_as_a_stub_in_every_check() {
        use State::{Damaged, NotStarted, Passed, Unknown};
        let cell = |states: &[(&str, State)], succeeded| stub_cell(&Run::of(fixture(states), succeeded), &[]);
        assert_eq!(cell(&[("a", NotStarted), ("b", NotStarted)], false).unwrap(), "2/2 not started");
        assert!(trouble(cell(&[("a", NotStarted), ("b", Unknown)], false)).contains("c_b of the stub: no result"));
        assert!(trouble(cell(&[("a", NotStarted), ("b", Passed)], false)).contains("c_b passes on a stub"));
        assert!(trouble(cell(&[("a", NotStarted), ("b", Damaged)], false)).contains("course damaged"));
        assert!(trouble(cell(&[("a", NotStarted)], true)).contains("success for a stub"));
        let warning = Message { package: String::new(), is_error: false, shown: "warning: unused".into() };
        let warned = stub_cell(&Run::of(fixture(&[("a", NotStarted)]), false), &[&warning]);
        assert!(trouble(warned).contains("1 warnings:\nwarning: unused"));
    }

    #[test]
    fn every_check_of_a_solution_must_have_passed() {
        let cell = |states: &[(&str, State)], succeeded| solution_cell(&Run::of(fixture(states), succeeded));
        assert_eq!(cell(&[("a", State::Passed)], true).unwrap(), "1/1 passed");
        assert!(
            trouble(cell(&[("a", State::Passed), ("b", State::Wrong)], false))
                .starts_with("c_b of the solution: WRONG")
        );
        assert!(trouble(cell(&[("a", State::Unknown)], true)).starts_with("c_a of the solution: no result"));
        assert!(trouble(cell(&[("a", State::Passed)], false)).contains("the test fails"));
    }

    #[test]
    fn a_vacuous_pass_is_none() {
        let nothing = tests_of(&[], true);
        assert!(trouble(wrong_cell(&exercise(), &nothing)).contains("0 wrong answers were tried"));
        assert!(trouble(right_cell(&exercise(), &nothing)).contains("0 right answers were tried"));
        assert!(trouble(fingerprints_cell(&nothing)).contains("no test"));
        let ignored = tests_of(&[("other_right_answers::a", Outcome::Ignored)], true);
        assert!(trouble(right_cell(&exercise(), &ignored)).contains("1 right answers were tried"));
        let unlisted = tests_of(&[("e99_1_sum", Outcome::Passed), ("a", Outcome::Passed)], true);
        assert!(trouble(wrong_cell(&exercise(), &unlisted)).contains("0 wrong answers were tried"));
        assert!(trouble(right_cell(&exercise(), &unlisted)).contains("0 right answers were tried"));
    }

    #[test]
    fn a_wrong_answer_that_passes_is_a_failure() {
        let name = "wrong_answers::e99_1_sum";
        let accepted = tests_of(&[(name, Outcome::Failed("c1 accepts it".into()))], false);
        assert!(trouble(wrong_cell(&exercise(), &accepted)).contains("c1 accepts it"));
        let fine = tests_of(&[(name, Outcome::Passed)], true);
        assert_eq!(wrong_cell(&exercise(), &fine).unwrap(), "1/1 rejected");
    }

    #[test]
    fn what_fails_is_told_where_it_belongs() {
        let (wrong, right) = ("wrong_answers::e99_1_sum", "other_right_answers::backwards");
        let refused = Outcome::Failed("c1 does not accept it".into());
        let tests = tests_of(&[(wrong, Outcome::Passed), (right, refused)], false);
        assert_eq!(wrong_cell(&exercise(), &tests).unwrap(), "1/1 rejected");
        assert!(trouble(right_cell(&exercise(), &tests)).contains("c1 does not accept it"));
        let mistake = Outcome::Failed("no mistake has this code".into());
        let tests =
            tests_of(&[(wrong, Outcome::Passed), ("wrong_answers::a", mistake), (right, Outcome::Passed)], false);
        assert!(trouble(wrong_cell(&exercise(), &tests)).contains("no mistake has this code"));
        assert_eq!(right_cell(&exercise(), &tests).unwrap(), "1/1 accepted");
        let aborted = tests_of(&[(wrong, Outcome::Passed), (right, Outcome::Passed)], false);
        assert!(trouble(wrong_cell(&exercise(), &aborted)).contains("the test failed"));
        assert!(trouble(right_cell(&exercise(), &aborted)).contains("the test failed"));
    }
}
