//! `check`: grades an exercise, or one function of it, and shows the first thing to do about it.

pub(crate) mod grade;
mod report;

use self::grade::{Grade, Outcome};
use super::arguments::Done;
use crate::knows::progress::Progress;
use crate::knows::{results, standing};
use crate::reads::course::{Course, Exercise};
use crate::says::nearest::did_you_mean;
use crate::says::screen::{complain, say};

/// Grades the exercise that is named, or else the one that the learner is at.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    let json = arguments.contains(&"--json");
    let show = if json { lines_for_programs } else { say_report };
    match arguments.iter().copied().filter(|word| *word != "--json").collect::<Vec<_>>()[..] {
        [option, ..] if option.starts_with('-') => Err(format!("The only option here is --json, not `{option}`.")),
        [] => match standing::current(course, &Progress::read(&course.workspace))? {
            Some(exercise) => check(course, exercise, None, show),
            None => check_all(course, show),
        },
        [number] => check(course, course.exercise(number)?, None, show),
        [number, function] => {
            let exercise = course.exercise(number)?;
            check(course, exercise, Some(known(course, exercise, function)?), show)
        }
        ref more => Err(format!("An exercise and a function of it, please, not `{}`.", more.join(" "))),
    }
}

/// Everything has passed: grades it all again, and stops at the first exercise that does not pass.
fn check_all(course: &Course, show: fn(&Exercise, &Grade)) -> Done {
    for exercise in &course.exercises {
        if !check(course, exercise, None, show)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The function, if the exercise asks for one of that name.
///
/// # Errors
/// The names that there are.
pub(crate) fn known<'f>(course: &Course, exercise: &Exercise, function: &'f str) -> Result<&'f str, String> {
    let names = exercise.names(&course.workspace)?;
    if names.iter().any(|name| name == function) {
        return Ok(function);
    }
    let near = did_you_mean(function, names.iter().map(String::as_str));
    Err(format!("{} has no function `{function}`.{near} It has: {}.", exercise.slug, names.join(", ")))
}

/// Grades an exercise on the screen.
pub(crate) fn on_screen(course: &Course, exercise: &Exercise) -> Done {
    check(course, exercise, None, say_report)
}

/// Grades one exercise, shows how it went, and notes a pass (or that it passes no longer).
fn check(course: &Course, exercise: &Exercise, function: Option<&str>, show: fn(&Exercise, &Grade)) -> Done {
    // Taken before: what is saved while the checks run has not been graded.
    let fingerprint = standing::fingerprint(&course.workspace, exercise);
    let grade = grade::grade(course, exercise, function)?;
    show(exercise, &grade);
    let mut progress = Progress::read(&course.workspace);
    note(&mut progress, exercise, &grade, fingerprint);
    // A folder that cannot be written to is no reason to withhold the verdict.
    if let Err(trouble) = progress.write(&course.workspace) {
        complain!("{trouble}");
    }
    Ok(grade.passes())
}

fn say_report(exercise: &Exercise, grade: &Grade) {
    say!("{}", report::report(exercise, grade));
}

/// One line of JSON per check, for editors and other programs, and nothing else.
fn lines_for_programs(exercise: &Exercise, grade: &Grade) {
    for result in grade.results() {
        say!("{}", result.line(&exercise.slug));
    }
}

/// What is known for certain: a pass when every check of the exercise passed, and a failure when one failed. Checks without
/// a result, and code that does not compile, say nothing about what passed before.
fn note(progress: &mut Progress, exercise: &Exercise, grade: &Grade, fingerprint: String) {
    let Outcome::Ran { results, .. } = &grade.outcome else { return };
    if grade.function.is_none() && results.len() == exercise.checks && results::all_passed(results) {
        progress.passes(exercise, fingerprint);
    } else if results::any_failed(results) {
        progress.does_not_pass(exercise);
    }
    for function in results::right_functions(results) {
        progress.set_right(exercise, function);
    }
    let wrong = results::first_wrong(results);
    // Of a check of one function, only that function is known to be right.
    let is_known =
        |failed: &str| results.iter().any(|r| r.check.function == failed && r.state != results::State::Unknown);
    if wrong.is_some() || progress.failed(exercise).is_some_and(is_known) {
        progress.set_failed(exercise, wrong);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knows::results::{State, fixture};

    fn noted(before: &[&str], function: Option<&str>, states: &[(&str, State)]) -> (Option<String>, Option<String>) {
        let exercise = Course::find().unwrap().exercises.swap_remove(1);
        let exercise = Exercise { checks: 2, ..exercise };
        let mut progress = Progress::default();
        if before.contains(&"passed") {
            progress.passes(&exercise, "old".into());
        }
        if before.contains(&"failed a") {
            progress.set_failed(&exercise, Some("a"));
        }
        let grade = Grade::ran(function, fixture(states));
        note(&mut progress, &exercise, &grade, "new".into());
        let owned = |word: Option<&str>| word.map(str::to_string);
        (owned(progress.fingerprint(&exercise)), owned(progress.failed(&exercise)))
    }

    fn pair(passed: Option<&str>, failed: Option<&str>) -> (Option<String>, Option<String>) {
        (passed.map(str::to_string), failed.map(str::to_string))
    }

    #[test]
    fn a_pass_is_noted_when_every_check_passed() {
        use State::{NotStarted, Passed, Wrong};
        assert_eq!(noted(&[], None, &[("a", Passed), ("b", Passed)]), pair(Some("new"), None));
        assert_eq!(noted(&["failed a"], None, &[("a", Passed), ("b", Passed)]), pair(Some("new"), None));
        assert_eq!(noted(&["passed"], None, &[("a", Passed), ("b", Wrong)]), pair(None, Some("b")));
        assert_eq!(noted(&["passed"], None, &[("a", Passed), ("b", NotStarted)]), pair(None, None));
        // One check less than there are, or one function only, is not the exercise.
        assert_eq!(noted(&[], None, &[("a", Passed)]), pair(None, None));
        assert_eq!(noted(&[], Some("a"), &[("a", Passed), ("a", Passed)]), pair(None, None));
    }

    #[test]
    fn checks_without_a_result_delete_nothing() {
        use State::{Damaged, Passed, Unknown};
        assert_eq!(noted(&["passed"], None, &[("a", Unknown), ("b", Unknown)]), pair(Some("old"), None));
        assert_eq!(noted(&["passed"], None, &[("a", Passed), ("b", Damaged)]), pair(Some("old"), None));
        assert_eq!(noted(&["passed"], None, &[]), pair(Some("old"), None));
        assert_eq!(noted(&["failed a"], None, &[("a", Unknown), ("b", Passed)]), pair(None, Some("a")));
        assert_eq!(noted(&["failed a"], Some("b"), &[("b", Passed)]), pair(None, Some("a")));
    }
}
