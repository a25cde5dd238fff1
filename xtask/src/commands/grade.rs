//! `grade`: grades the submissions of a class. A program of its own does it, `classroom`, which is built when it is
//! first used: no learner needs it.

use std::{env, fs, process};

use super::arguments::Done;
use crate::reads::course::Course;
use crate::runs::cargo;
use crate::says::screen::show_progress;

/// Builds the program and hands it the arguments, and the stubs, by which it knows what has not been started.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    let is_merge = arguments.first() == Some(&"merge");
    let stubs = tempfile::tempdir().map_err(|error| format!("A folder for the stubs cannot be made: {error}."))?;
    for exercise in course.exercises.iter().filter(|_| !is_merge) {
        let path = stubs.path().join(format!("{}.rs", exercise.slug));
        let stub = exercise.stub(&course.workspace)?;
        fs::write(&path, stub).map_err(|error| format!("{} cannot be written: {error}.", path.display()))?;
    }
    show_progress("Building the grader of classes ...");
    let mut command = cargo::command(&course.workspace);
    // Paths are meant from where the command was typed.
    if let Ok(here) = env::current_dir() {
        command.current_dir(here);
    }
    command.args(["run", "--quiet", "--package", "classroom", "--profile", "xtask", "--manifest-path"]);
    command.arg(course.workspace.path("Cargo.toml")).args(["--", "grade"]).args(arguments);
    if !is_merge {
        command.arg("--stubs").arg(stubs.path());
    }
    show_progress("");
    let status = command.status().map_err(|error| format!("cargo could not be started: {error}."))?;
    match status.code() {
        Some(0) => Ok(true),
        Some(1) => Ok(false),
        // It has said why.
        code => process::exit(code.unwrap_or(2)),
    }
}
