//! `fingerprints`: stores what the wrong answers return, or checks that what is stored still holds.

use std::ffi::OsStr;

use super::arguments::{Done, only_check_flag};
use crate::reads::course::{Course, Exercise};
use crate::runs::cargo::{self, Build};
use crate::runs::harness::{self, Outcome};
use crate::says::screen::{bad, good, say};

/// The test of the solution that compares the stored fingerprints, and writes them first when asked to.
pub(crate) const TEST: &str = "wrong_answers::fingerprints_are_up_to_date";

/// The test that does the same for the variations of the right answer.
const VARIATIONS: &str = "wrong_answers::variations_are_told";

/// The name of the tests that try other answers than the solution, right and wrong ones.
pub(crate) const ANSWERS: &str = "answers";

/// Writes the fingerprints of every exercise or, with `--check`, compares only.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    let only_check = only_check_flag(arguments)?;
    let build = build_answers(course)?;
    let mut all_well = true;
    for exercise in &course.exercises {
        all_well &= one(&build, exercise, only_check)?;
    }
    Ok(all_well)
}

/// Builds the tests of every exercise that try answers.
///
/// # Errors
/// What the compiler says.
pub(crate) fn build_answers(course: &Course) -> Result<Build, String> {
    let packages: Vec<String> = course.exercises.iter().map(Exercise::solution_package).collect();
    let packages: Vec<&str> = packages.iter().map(String::as_str).collect();
    let build = cargo::build_tests(&course.workspace, &packages, &["--test", ANSWERS])?;
    if build.succeeded { Ok(build) } else { Err(build.explanation()) }
}

fn one(build: &Build, exercise: &Exercise, only_check: bool) -> Done {
    let write = ("COURSE_WRITE_FINGERPRINTS", OsStr::new("1"));
    let variables: &[_] = if only_check { &[] } else { &[write] };
    let program = build.program(&exercise.solution_package(), ANSWERS)?;
    let tests = harness::run(program, &["--exact", TEST, VARIATIONS], variables)?;
    let mut all_hold = true;
    for (test, what) in [(TEST, "fingerprints"), (VARIATIONS, "variations")] {
        let outcome = tests.outcomes.get(test);
        // An exercise may have none of them.
        if test == VARIATIONS && outcome.is_none() {
            continue;
        }
        let words = match outcome {
            Some(Outcome::Passed) => good("hold"),
            Some(Outcome::Failed(words)) => bad(words),
            Some(Outcome::Ignored) | None => bad(&format!("were not tested:\n{}", tests.stderr)),
        };
        say!("{what} of {}: {words}", exercise.slug);
        all_hold &= outcome == Some(&Outcome::Passed);
    }
    Ok(all_hold)
}
