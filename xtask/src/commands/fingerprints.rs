//! `fingerprints`: stores what the wrong answers return, or checks that what is stored still holds.

use super::{Done, only_check_flag};
use crate::course::{EXERCISES, Exercise};
use crate::style::{bad, good};
use crate::tests_of::{self, Outcome};

/// The test of the solution that compares the stored fingerprints, and writes them first when asked to.
pub(crate) const TEST: &str = "fingerprints_are_up_to_date";

/// Writes the fingerprints of every exercise or, with `--check`, compares only.
pub(crate) fn run(arguments: &[&str]) -> Done {
    let only_check = only_check_flag(arguments)?;
    let mut all_well = true;
    for exercise in EXERCISES {
        all_well &= one(exercise, only_check)?;
    }
    Ok(all_well)
}

fn one(exercise: &Exercise, only_check: bool) -> Done {
    let write = ("COURSE_WRITE_FINGERPRINTS", "1");
    let variables: &[_] = if only_check { &[] } else { &[write] };
    let arguments = ["--test", "wrong_answers", "--", "--exact", TEST];
    let run = tests_of::run(&exercise.solution_package(), &arguments, variables)?;
    let words = match run.tests.get(TEST) {
        Some(Outcome::Passed) => good("hold"),
        Some(Outcome::Failed(words)) => bad(words),
        Some(Outcome::Ignored) | None => bad(&format!("were not tested:\n{}", run.stderr)),
    };
    println!("fingerprints of {}: {words}", exercise.slug);
    Ok(run.tests.get(TEST) == Some(&Outcome::Passed))
}
