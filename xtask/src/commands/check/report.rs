//! What `check` shows: a line per check, then the verdict to begin with, or what a pass has found.

use super::grade::{Grade, Outcome};
use crate::knows::results::{self, CheckResult, State};
use crate::reads::course::Exercise;
use crate::says::screen::{bad, good, strong, table};

/// The whole report.
pub(crate) fn report(exercise: &Exercise, grade: &Grade) -> String {
    let seconds = grade.took.as_secs_f32();
    let title = match &grade.function {
        Some(function) => format!("{} {}: `{function}`", exercise.number(), exercise.title),
        None => format!("{} {}", exercise.number(), exercise.title),
    };
    let body = match &grade.outcome {
        Outcome::DoesNotCompile { explanation, .. } => {
            format!("{explanation}\n\n{}", bad("It does not compile yet. Start with the first error above."))
        }
        Outcome::Ran { results, ended } => {
            let parts = [
                Some(lines(results)),
                verdict(results),
                printed_by_one(grade, results),
                ended.as_deref().map(bad),
                outcome(results, seconds),
            ];
            parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
        }
    };
    let end = if grade.passes() { after_a_pass(exercise, grade) } else { String::new() };
    format!("{}\n\n{body}{end}", strong(&title))
}

/// A line per check, in order, with its state and the mistake that was recognized.
fn lines(results: &[CheckResult]) -> String {
    let row = |result: &CheckResult| {
        let words = result.state.words();
        let state = match result.state {
            State::Passed => good(words),
            state if state.is_wrong() => bad(words),
            _ => words.to_string(),
        };
        vec![result.check.name.clone(), state, result.mistake.clone().unwrap_or_default()]
    };
    table(&results.iter().map(row).collect::<Vec<_>>())
}

/// The verdict on the check to begin with, and what the function printed in it.
fn verdict(results: &[CheckResult]) -> Option<String> {
    let result = results::first_to_tell(results).filter(|result| !result.text.is_empty())?;
    let verdict = format!("{}\n{}", strong(&result.check.name), result.text.trim_end());
    Some(if result.printed.trim().is_empty() { verdict } else { format!("{verdict}\n\n{}", printed(result)) })
}

/// What the one function that was asked for printed, if it passes. In the report of a whole exercise it would be in the way.
fn printed_by_one(grade: &Grade, results: &[CheckResult]) -> Option<String> {
    let has_printed = |result: &&CheckResult| !result.printed.trim().is_empty();
    let blocks: Vec<String> = results.iter().filter(has_printed).map(printed).collect();
    (grade.function.is_some() && grade.passes() && !blocks.is_empty()).then(|| blocks.join("\n\n"))
}

fn printed(result: &CheckResult) -> String {
    format!("{}\n{}", strong("Your code printed"), indented(result.printed.trim_end()))
}

fn outcome(results: &[CheckResult], seconds: f32) -> Option<String> {
    let passed = results.iter().filter(|result| result.state == State::Passed).count();
    let words = format!("{passed}/{} checks passed", results.len());
    let words = if passed == results.len() { good(&words) } else { strong(&words) };
    Some(format!("{words} in {seconds:.1} s"))
}

/// What was found, and where to go from here.
fn after_a_pass(exercise: &Exercise, grade: &Grade) -> String {
    let found: Vec<String> = grade.results().into_iter().filter_map(|result| result.found).collect();
    let found = if found.is_empty() {
        String::new()
    } else {
        format!("\n\n{}\n{}", strong("What you found"), indented(&found.join("\n")))
    };
    let number = exercise.number();
    let rows = match &grade.function {
        Some(function) => vec![(format!("cargo xtask solution {number} {function}"), "the solution beside yours")],
        None => vec![
            (format!("cargo xtask view {number}"), "the pictures, in your browser"),
            (format!("cargo xtask solution {number}"), "the solution beside yours"),
            ("cargo xtask next".to_string(), "what comes next"),
        ],
    };
    let is_here = |(command, _): &(String, &str)| exercise.is_solved || !command.contains(" solution ");
    let rows: Vec<Vec<String>> =
        rows.into_iter().filter(is_here).map(|(command, what)| vec![command, what.to_string()]).collect();
    format!("{found}\n\n{}", table(&rows))
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}").trim_end().to_string()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knows::results::fixture;
    use crate::reads::course::Course;

    fn report_on(grade: &Grade) -> String {
        report(&Course::find().unwrap().exercises[1], grade)
    }

    #[test]
    fn a_check_with_something_wrong() {
        let states = [
            ("current_attn_detector", State::Passed),
            ("prev_attn_detector", State::NotStarted),
            ("first_attn_detector", State::Wrong),
            ("repeated_loss_by_half", State::Panicked),
        ];
        insta::assert_snapshot!(report_on(&Grade::ran(None, fixture(&states))));
    }

    #[test]
    fn a_pass() {
        let states = [("current_attn_detector", State::Passed), ("prev_attn_detector", State::Passed)];
        insta::assert_snapshot!(report_on(&Grade::ran(None, fixture(&states))));
    }

    #[test]
    fn what_the_function_printed_is_below_its_verdict() {
        let states = [("prev_attn_detector", State::Passed), ("first_attn_detector", State::Panicked)];
        insta::assert_snapshot!(report_on(&Grade::ran(None, fixture(&states))));
    }

    #[test]
    fn a_pass_of_one_function_whose_checks_found_nothing() {
        let mut results = fixture(&[("prev_attn_detector", State::Passed)]);
        results[0].found = None;
        results[0].printed = "shape [2, 3]\n".into();
        insta::assert_snapshot!(report_on(&Grade::ran(Some("prev_attn_detector"), results)));
    }

    #[test]
    fn checks_whose_program_was_ended() {
        let mut grade = Grade::ran(None, fixture(&[("a", State::Passed), ("b", State::Unknown)]));
        if let Outcome::Ran { results, ended } = &mut grade.outcome {
            results[1].text.clear();
            *ended = Some("The program with the checks ended before all of them had a result (signal: 9).".into());
        }
        insta::assert_snapshot!(report_on(&grade));
    }

    #[test]
    fn code_that_does_not_compile() {
        let mut grade = Grade::ran(None, Vec::new());
        grade.outcome = Outcome::DoesNotCompile {
            explanation: "error: expected `;`\n --> exercises/02-induction/src/lib.rs:9:1".into(),
            first_error: String::new(),
            checks: Vec::new(),
        };
        insta::assert_snapshot!(report_on(&grade));
    }
}
