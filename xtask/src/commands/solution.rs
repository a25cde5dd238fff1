//! `solution`: how the authors solved it, each function beside the one that you wrote.

use super::arguments::Done;
use super::check;
use crate::knows::progress::Progress;
use crate::knows::standing::{Standing, State};
use crate::reads::course::{Course, Exercise};
use crate::reads::rust::{self, Function};
use crate::reads::stub;
use crate::says::beside::beside;
use crate::says::screen::{say, strong, width};

/// Shows the learner's functions and the solution's; those that were not right yet only with `--spoil`.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    let spoil = arguments.contains(&"--spoil");
    let (exercise, function) = match arguments.iter().copied().filter(|word| *word != "--spoil").collect::<Vec<_>>()[..]
    {
        [number] => (course.exercise(number)?, None),
        [number, function] => {
            let exercise = course.exercise(number)?;
            (exercise, Some(check::known(course, exercise, function)?))
        }
        _ => return Err("Which exercise? For example: cargo xtask solution 02".to_string()),
    };
    if !exercise.is_solved {
        return Err("The student edition has no solutions: your teacher has them.".to_string());
    }
    if !spoil && !is_earned(course, exercise, function)? {
        say!("{}", refusal(exercise, function));
        return Ok(false);
    }
    let names = match function {
        Some(function) => vec![function.to_string()],
        None => exercise.names(&course.workspace)?,
    };
    let solution = stub::without_marks(&course.workspace.read(&exercise.solution())?);
    let yours = exercise.written(&course.workspace)?;
    say!("{}", comparison(&names, &yours, &solution, width()));
    say!("\nThe whole solution is {}.", exercise.solution());
    Ok(true)
}

fn is_earned(course: &Course, exercise: &Exercise, function: Option<&str>) -> Result<bool, String> {
    let progress = Progress::read(&course.workspace);
    let is_passed = Standing::of(course, &progress, exercise)?.state == State::Passed;
    Ok(is_passed || function.is_some_and(|function| progress.was_right(exercise, function)))
}

fn refusal(exercise: &Exercise, function: Option<&str>) -> String {
    let what = function.map_or_else(|| exercise.slug.clone(), |function| format!("`{function}`"));
    let words = [Some(exercise.number()), function].into_iter().flatten().collect::<Vec<_>>().join(" ");
    format!(
        "You have not passed {what} yet. A hint may be enough:  cargo xtask hint {words}\n\
         To see the solution anyway:  cargo xtask solution {words} --spoil"
    )
}

/// These functions of the learner beside those of the solution, then the helpers that the solution's use.
fn comparison(names: &[String], yours: &str, solution: &str, width: usize) -> String {
    let (yours, theirs) = (rust::functions(yours), rust::functions(solution));
    let find = |functions: &[Function<'_>], name: &str| {
        functions
            .iter()
            .find(|function| function.name == name)
            .map_or(String::new(), |function| function.text.to_string())
    };
    let mut parts: Vec<String> =
        names.iter().map(|name| one(name, &find(&yours, name), &find(&theirs, name), width)).collect();
    for helper in helpers(names, &theirs) {
        parts.push(format!("{}\n\n{}", strong(&format!("`{}`, which the solution uses", helper.name)), helper.text));
    }
    parts.join("\n\n\n")
}

fn one(name: &str, yours: &str, solution: &str, width: usize) -> String {
    let title = strong(&format!("`{name}`"));
    if yours.trim_end() == solution.trim_end() {
        return format!("{title}\n\nYours is the same as the solution:\n\n{solution}");
    }
    let yours = if yours.is_empty() { "(You have no function of this name.)" } else { yours };
    format!("{title}\n\n{}", beside(["yours", "the solution"], [yours, solution], width))
}

/// The functions that these call, directly or through another helper, and that are not among them.
fn helpers<'f, 's>(names: &[String], functions: &'f [Function<'s>]) -> Vec<&'f Function<'s>> {
    let mut shown: Vec<&Function<'_>> = functions.iter().filter(|f| names.iter().any(|name| name == f.name)).collect();
    let mut helpers = Vec::new();
    while let Some(function) = shown.pop() {
        for other in functions.iter().filter(|other| !other.is_public && mentions(function.text, other.name)) {
            if other.name != function.name && !helpers.contains(&other) {
                helpers.push(other);
                shown.push(other);
            }
        }
    }
    helpers.sort_by_key(|helper| helper.text.as_ptr());
    helpers
}

/// Whether a text has this word, apart from words that only contain it.
fn mentions(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOLUTION: &str = "fn half(x: usize) -> usize {
    x / 2
}

fn unused() {}

pub fn f(x: usize) -> usize {
    half(x) + 1
}

pub fn g() {}
";

    #[test]
    fn each_function_is_beside_the_solution_with_the_helpers_below() {
        let names = ["f".to_string(), "g".to_string()];
        let yours = "pub fn f(x: usize) -> usize {\n    let y = x / 2;\n    y + 1\n}\n\npub fn g() {}\n";
        insta::assert_snapshot!(comparison(&names, yours, SOLUTION, 130));
    }

    #[test]
    fn a_function_that_is_gone_is_said_to_be() {
        let shown = comparison(&["g".to_string()], "", SOLUTION, 130);
        assert!(shown.contains("(You have no function of this name.) | pub fn g() {}"), "{shown}");
        assert!(!shown.contains("half"), "{shown}");
    }

    #[test]
    fn what_is_not_passed_is_shown_only_on_request() {
        let exercise = Course::find().unwrap().exercises.swap_remove(1);
        assert!(refusal(&exercise, None).ends_with("cargo xtask solution 02 --spoil"));
        assert!(
            refusal(&exercise, Some("f")).contains("passed `f` yet. A hint may be enough:  cargo xtask hint 02 f\n")
        );
    }
}
