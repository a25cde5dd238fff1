//! `check`: grades an exercise and shows the first thing to do about it.

use super::Done;
use crate::course::{self, EXERCISES, Exercise};
use crate::progress::Progress;
use crate::style::{self, bad, good, plain, strong};
use crate::tests_of::{self, Outcome, Run};

/// Grades the exercise that is named, or else the one that the learner is at.
pub(crate) fn run(arguments: &[&str]) -> Done {
    match arguments {
        [] => match course::current()? {
            Some(exercise) => check(exercise),
            None => check_all(),
        },
        [number] => check(course::find(number)?),
        more => Err(format!("One exercise at a time, please, not `{}`.", more.join(" "))),
    }
}

/// Everything has passed: grades it all again, and stops at the first exercise that does not pass.
fn check_all() -> Done {
    for exercise in EXERCISES {
        if !check(exercise)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Grades one exercise, says how it went, and notes a pass (or that it passes no longer).
pub(crate) fn check(exercise: &Exercise) -> Done {
    let passes = grade(exercise)?;
    let mut progress = Progress::read();
    progress.set_passed(exercise, passes)?;
    // A folder that cannot be written to is no reason to withhold the verdict.
    if let Err(trouble) = progress.write() {
        println!("{trouble}");
    }
    Ok(passes)
}

fn grade(exercise: &Exercise) -> Done {
    println!("Checking {} {} ...", exercise.number(), exercise.title);
    // Cargo writes to a pipe here, so it would leave the compiler's colours out by itself.
    let colour: &[(&str, &str)] = if style::wanted() { &[("CARGO_TERM_COLOR", "always")] } else { &[] };
    let run = tests_of::run(&exercise.package(), &[], colour)?;
    if run.did_not_compile() {
        println!(
            "\n{}\n{}",
            compiler_output(&run.stderr),
            bad("It does not compile yet: the first error above is the place to begin.")
        );
        return Ok(false);
    }
    if let Some(how) = ended_by_force(&run) {
        println!("\n{}\n{}", strong(&culprit(exercise)?), bad(how));
        return Ok(false);
    }
    let seconds = run.took.as_secs_f32();
    if run.success && run.tests.len() == exercise.checks {
        println!("{} in {seconds:.1} s", good(&format!("{0}/{0} checks passed", exercise.checks)));
        return Ok(true);
    }
    println!("\n{}", report(exercise, &run));
    println!("\n{} in {seconds:.1} s", strong(&format!("{}/{} checks passed", run.passed(), exercise.checks)));
    Ok(false)
}

/// What the compiler said, without cargo's lines about what it is doing.
fn compiler_output(stderr: &str) -> String {
    let is_progress =
        |line: &&str| ["Compiling", "Finished", "Running"].iter().any(|word| plain(line).trim().starts_with(word));
    stderr.lines().filter(|line| !is_progress(line)).collect::<Vec<_>>().join("\n")
}

fn report(exercise: &Exercise, run: &Run) -> String {
    if let Some((name, words)) = run.first_failure() {
        return format!("{}\n{words}", strong(name.trim_start_matches("checks::")));
    }
    let ignored = run.tests.values().filter(|outcome| **outcome == Outcome::Ignored).count();
    format!(
        "{} checks ran and {ignored} were ignored, but there are {}: is exercises/{}/tests as it was?",
        run.tests.len(),
        exercise.checks,
        exercise.slug
    )
}

/// A stack overflow or an abort ends the whole test program, so that no verdict is printed.
fn ended_by_force(run: &Run) -> Option<&'static str> {
    if run.stderr.contains("has overflowed its stack") {
        return Some("Your code used up the stack: does a function call itself without an end?");
    }
    (run.tests.is_empty() && run.stderr.contains("process didn't exit successfully"))
        .then_some("Your code ended the whole test program, so there is no verdict: does it call exit or abort?")
}

/// The check that ends the program, found by running the checks again, one at a time.
fn culprit(exercise: &Exercise) -> Result<String, String> {
    let run = tests_of::run(&exercise.package(), &["--test", "checks", "--", "--test-threads=1"], &[])?;
    Ok(run.unfinished().map(|name| name.trim_start_matches("checks::").to_string()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_cargo_says_only_the_compiler_is_shown() {
        let coloured = "\x1b[1m\x1b[92m   Compiling\x1b[0m exercise\n\x1b[1m\x1b[91merror\x1b[0m: expected `;`";
        assert_eq!(compiler_output(coloured), "\x1b[1m\x1b[91merror\x1b[0m: expected `;`");
        assert_eq!(compiler_output("   Compiling exercise\nerror: expected `;`"), "error: expected `;`");
    }
}
