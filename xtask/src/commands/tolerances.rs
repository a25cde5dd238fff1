//! `tolerances`: measures how far correct answers are from right and wrong ones from correct, and prints the table.

use super::Done;
use crate::course::EXERCISES;
use crate::tests_of::{self, Outcome};

/// The test of the solution that measures, prints the table, and fails when there is too little room.
const TEST: &str = "tolerances_separate_right_from_wrong";

/// Measures all exercises.
pub(crate) fn run(arguments: &[&str]) -> Done {
    if !arguments.is_empty() {
        return Err("`tolerances` takes no arguments.".into());
    }
    let mut all_well = true;
    for exercise in EXERCISES {
        let arguments = ["--test", "wrong_answers", "--", "--exact", TEST, "--show-output"];
        let run = tests_of::run(&exercise.solution_package(), &arguments, &[])?;
        println!("{} {}", exercise.number(), exercise.title);
        match run.tests.get(TEST) {
            Some(Outcome::Passed) => println!("{}\n", table_in(&run.stdout)),
            Some(Outcome::Failed(words)) => println!("{words}\n"),
            Some(Outcome::Ignored) | None => println!("{}\n", run.stderr),
        }
        all_well &= run.tests.get(TEST) == Some(&Outcome::Passed);
    }
    Ok(all_well)
}

/// What the passing test printed: the lines of its block that are indented.
fn table_in(stdout: &str) -> String {
    let block = stdout.lines().skip_while(|line| !line.starts_with("---- "));
    let table = block.skip(1).take_while(|line| *line != "successes:").filter(|line| line.starts_with("  "));
    table.collect::<Vec<_>>().join("\n")
}
