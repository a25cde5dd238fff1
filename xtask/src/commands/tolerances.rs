//! `tolerances`: measures how far correct answers are from right and wrong ones from correct, and shows the table.

use super::arguments::{Done, no_arguments};
use super::fingerprints::{ANSWERS, build_answers};
use crate::reads::course::Course;
use crate::runs::harness::{self, Outcome};
use crate::says::screen::say;

/// The test of the solution that measures, prints the table, and fails when there is too little room.
const TEST: &str = "wrong_answers::tolerances_separate_right_from_wrong";

/// Measures all exercises.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    no_arguments("tolerances", arguments)?;
    let build = build_answers(course)?;
    let mut all_well = true;
    for exercise in &course.exercises {
        let program = build.program(&exercise.solution_package(), ANSWERS)?;
        let tests = harness::run(program, &["--exact", TEST, "--show-output"], &[])?;
        let outcome = tests.outcomes.get(TEST);
        say!("{} {}", exercise.number(), exercise.title);
        match outcome {
            Some(Outcome::Passed) => say!("{}\n", table_in(&tests.stdout)),
            Some(Outcome::Failed(words)) => say!("{words}\n"),
            Some(Outcome::Ignored) | None => say!("{}\n", tests.stderr),
        }
        all_well &= outcome == Some(&Outcome::Passed);
    }
    Ok(all_well)
}

/// What the passing test printed: the lines of its block that are indented.
fn table_in(stdout: &str) -> String {
    let block = stdout.lines().skip_while(|line| !line.starts_with("---- "));
    let table = block.skip(1).take_while(|line| *line != "successes:").filter(|line| line.starts_with("  "));
    table.collect::<Vec<_>>().join("\n")
}
