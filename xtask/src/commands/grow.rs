//! `grow`: trains a model from nothing while a page shows it.
//!
//! The program is `crates/grow`, built with the library's optimization: this crate, which has none, only starts it.

use std::process::Command;

use super::arguments::Done;
use crate::reads::course::Course;
use crate::runs::cargo;

/// The package and its program.
const PROGRAM: &str = "grow";

/// Starts the program with these arguments, in the folder where the command was called.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    let workspace = &course.workspace;
    let build = cargo::build(workspace, &["build", "--package", PROGRAM])?;
    if !build.succeeded {
        return Err(build.explanation());
    }
    let program = &build.program(PROGRAM, PROGRAM)?.path;
    let status = Command::new(program).args(arguments).env("COURSE_ROOT", workspace.root()).status();
    Ok(status.map_err(|error| format!("{} could not be started: {error}.", program.display()))?.success())
}
