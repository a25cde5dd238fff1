//! `view`: the pictures of an exercise, made with the learner's functions where they are right, opened in the browser.
//!
//! The crate `pictures` makes them. It is built with the learner's file only if a function in it passes its checks: a file that
//! does not compile must not keep the pictures from being made.

use super::arguments::Done;
use super::check::grade;
use super::explore::{self, Words, page_at};
use crate::knows::results;
use crate::reads::course::{Course, Exercise};
use crate::reads::workspace::Workspace;
use crate::runs::cargo;
use crate::says::screen::say;

/// The package that makes the pictures.
const PACKAGE: &str = "pictures";

/// Opens the pictures of an exercise: `view NN [--model NAME] [--out FILE]`.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    let Words { text, model, out } = Words::of(arguments)?;
    let [number] = text[..] else {
        return Err("Which exercise? For example: cargo xtask view 02".to_string());
    };
    let exercise = course.exercise(number)?;
    if model.is_none() && course.is_for_students() {
        say!("Pictures with your own functions need the full course. This is a report on the text of the exercise.");
    }
    // Its own pictures are of its own model. Of another model, a report on its text.
    if model.is_some() || !has_pictures(&course.workspace, exercise)? {
        return explore::open(&course.workspace, model.unwrap_or(&exercise.model), &exercise.text, out);
    }
    let right = right_functions(course, exercise)?;
    open(&course.workspace, exercise, &right, out)
}

/// Whether the exercise has pictures of its own. In the edition for students none has: they need the solutions.
pub(super) fn has_pictures(workspace: &Workspace, exercise: &Exercise) -> Result<bool, String> {
    let manifest = format!("crates/{PACKAGE}/Cargo.toml");
    if !workspace.path(&manifest).exists() {
        return Ok(false);
    }
    let manifest = workspace.read(&manifest)?;
    let feature = format!("{} = [", feature(exercise));
    Ok(manifest.lines().any(|line| line.starts_with(&feature)))
}

/// The feature that builds the learner's functions in.
fn feature(exercise: &Exercise) -> String {
    format!("yours-{}", exercise.number())
}

/// The functions of the learner all of whose checks pass, with commas between them.
fn right_functions(course: &Course, exercise: &Exercise) -> Result<String, String> {
    let graded = grade::grade(course, exercise, None)?;
    let mut functions: Vec<String> =
        results::right_functions(&graded.results()).into_iter().map(str::to_string).collect();
    functions.dedup();
    Ok(functions.join(","))
}

fn open(workspace: &Workspace, exercise: &Exercise, right: &str, out: Option<&str>) -> Done {
    let out = out.map(page_at).transpose()?;
    let features = feature(exercise);
    let mut program = vec!["--package", PACKAGE, "--bin", PACKAGE];
    if !right.is_empty() {
        program.extend(["--features", &features]);
    }
    // Apart from the run, so that a first build shows what it compiles.
    let build = cargo::build(workspace, &[&["build"], &program[..]].concat())?;
    if !build.succeeded {
        return Err(build.explanation());
    }
    let mut command = cargo::command(workspace);
    command.args(["run", "--quiet"]).args(program).args(["--", exercise.number(), &exercise.title, "--right", right]);
    if let Some(out) = out {
        command.arg("--out").arg(out);
    }
    let status = command.status().map_err(|error| format!("cargo could not be started: {error}."))?;
    Ok(status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exercise_has_pictures_of_its_own() {
        let course = Course::find().unwrap();
        for number in ["01", "02", "03", "04", "05", "06", "07"] {
            assert!(has_pictures(&course.workspace, course.exercise(number).unwrap()).unwrap(), "{number}");
        }
        let other = Exercise { slug: "99-test".into(), ..course.exercises[0].clone() };
        assert!(!has_pictures(&course.workspace, &other).unwrap());
    }
}
