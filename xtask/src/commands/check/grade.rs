//! Builds the tests of an exercise, runs them, and collects what the grader wrote about each check.

use std::fs;
use std::time::{Duration, Instant};

use crate::knows::results::{self, CheckResult, State};
use crate::reads::checks::{self, Check};
use crate::reads::course::{Course, Exercise};
use crate::runs::cargo::{self, Program};
use crate::runs::program;
use crate::says::screen::show_progress;

/// The name of the tests of an exercise that are its checks.
pub(crate) const TEST: &str = "checks";

/// How an exercise, or one function of it, was graded.
#[derive(Debug)]
pub(crate) struct Grade {
    /// The only function that was graded, if one was asked for.
    pub(crate) function: Option<String>,
    pub(crate) outcome: Outcome,
    /// From the start of cargo to the end of the checks.
    pub(crate) took: Duration,
}

/// What came of it.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// What the compiler said, and which checks could not run because of it.
    DoesNotCompile { explanation: String, first_error: String, checks: Vec<Check> },
    /// The checks ran; `ended` says how their program ended if it did not end by itself.
    Ran { results: Vec<CheckResult>, ended: Option<String> },
}

impl Grade {
    /// Whether every check that was asked for passed.
    pub(crate) fn passes(&self) -> bool {
        matches!(&self.outcome, Outcome::Ran { results, .. } if results::all_passed(results))
    }

    /// A result for each check, also where the code does not compile.
    pub(crate) fn results(&self) -> Vec<CheckResult> {
        match &self.outcome {
            Outcome::Ran { results, .. } => results.clone(),
            Outcome::DoesNotCompile { first_error, checks, .. } => {
                let result = |check: &Check| CheckResult {
                    state: State::DoesNotCompile,
                    text: first_error.clone(),
                    ..CheckResult::unknown(check.clone())
                };
                checks.iter().map(result).collect()
            }
        }
    }

    #[cfg(test)]
    pub(crate) fn ran(function: Option<&str>, results: Vec<CheckResult>) -> Self {
        let outcome = Outcome::Ran { results, ended: None };
        Grade { function: function.map(str::to_string), outcome, took: Duration::from_millis(1234) }
    }
}

/// Grades an exercise, or one function of it.
///
/// # Errors
/// cargo or the test program could not be started, or the list of checks is damaged.
pub(crate) fn grade(course: &Course, exercise: &Exercise, function: Option<&str>) -> Result<Grade, String> {
    let begin = Instant::now();
    let mut checks = checks::of(&course.workspace, exercise)?;
    checks.retain(|check| function.is_none_or(|function| check.function == function));
    let package = exercise.package();
    show_progress(&format!("Checking {} {} ...", exercise.number(), exercise.title));
    let build = cargo::build_tests(&course.workspace, &[&package], &["--test", TEST])?;
    let outcome = if build.succeeded {
        show_progress(&format!("Running {} checks ...", checks.len()));
        let program = build.program(&package, TEST)?;
        let run =
            if function.is_some() { run_these(program, exercise, &checks) } else { run(program, exercise, &checks) }?;
        let is_complete = run.results.iter().all(|result| result.state != State::Unknown);
        Outcome::Ran { ended: (!is_complete).then(|| run.how_it_ended()), results: run.results }
    } else {
        Outcome::DoesNotCompile { explanation: build.explanation(), first_error: build.first_error(), checks }
    };
    show_progress("");
    Ok(Grade { function: function.map(str::to_string), outcome, took: begin.elapsed() })
}

/// How the checks of a test program ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) results: Vec<CheckResult>,
    pub(crate) succeeded: bool,
    /// How the program ended, in words.
    pub(crate) status: String,
    stderr: String,
}

impl Run {
    #[cfg(test)]
    pub(crate) fn of(results: Vec<CheckResult>, succeeded: bool) -> Self {
        Run { results, succeeded, status: String::new(), stderr: String::new() }
    }

    /// Why there is not a result for every check.
    fn how_it_ended(&self) -> String {
        let why = if self.stderr.contains("has overflowed its stack") {
            "Your code used up the stack: does a function call itself without an end?"
        } else {
            "Does your code call exit or abort, or use up the memory?"
        };
        format!("The program with the checks ended before all of them had a result ({}).\n{why}", self.status)
    }
}

/// Runs all checks of a test program, and reads how they ended.
///
/// # Errors
/// The program could not be started.
pub(crate) fn run(program: &Program, exercise: &Exercise, checks: &[Check]) -> Result<Run, String> {
    run_with(program, exercise, checks, &[])
}

/// Runs no checks but these.
fn run_these(program: &Program, exercise: &Exercise, checks: &[Check]) -> Result<Run, String> {
    let names: Vec<String> = checks.iter().map(|check| format!("{TEST}::{}", check.name)).collect();
    let arguments: Vec<&str> = ["--exact"].into_iter().chain(names.iter().map(String::as_str)).collect();
    run_with(program, exercise, checks, &arguments)
}

fn run_with(program: &Program, exercise: &Exercise, checks: &[Check], arguments: &[&str]) -> Result<Run, String> {
    let no_file = |error| format!("A file for the results cannot be made: {error}.");
    // No other user can read or write it, and it is gone at the end.
    let file = tempfile::Builder::new().prefix("xtask-results-").tempfile().map_err(no_file)?;
    let run = program::run(program, arguments, &[(results::VARIABLE, file.path().as_os_str())])?;
    let lines = fs::read(file.path()).map_err(|error| format!("The results cannot be read: {error}."))?;
    let results = results::read(&lines, &exercise.slug, checks);
    Ok(Run { results, succeeded: run.status.success(), status: run.status.to_string(), stderr: run.stderr })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_that_does_not_compile_has_a_result_for_every_check_and_passes_none() {
        let checks = ["c1_a", "c2_b"].map(|name| Check { name: name.into(), function: "f".into() }).to_vec();
        let (explanation, first_error) = ("error: one\n\nerror: two".to_string(), "error: one".to_string());
        let outcome = Outcome::DoesNotCompile { explanation, first_error, checks };
        let grade = Grade { function: None, outcome, took: Duration::ZERO };
        assert!(!grade.passes());
        let lines: Vec<String> = grade.results().iter().map(|result| result.line("99-test")).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(
            lines[0],
            r#"{"exercise":"99-test","check":"c1_a","function":"f","state":"does_not_compile","mistake":null,"text":"error: one","found":null,"printed":""}"#
        );
    }
}
