//! `grow`: trains a model from nothing while a page shows it.
//!
//! The program is `crates/grow`, built with the library's optimization: this crate, which has none, only starts it. The
//! recipe of an embedded model runs for an hour, so it is worth the minutes that a release build takes.

use std::process::Command;

use super::arguments::Done;
use crate::reads::course::Course;
use crate::runs::cargo;

/// The package and its program.
const PROGRAM: &str = "grow";
/// The recipe of an embedded model.
const EMBEDDED: &str = "attn-only-2l-tales";

/// Starts the program with these arguments, in the folder where the command was called.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    let workspace = &course.workspace;
    let mut build = vec!["build", "--package", PROGRAM];
    if arguments.contains(&EMBEDDED) {
        build.push("--release");
    }
    let build = cargo::build(workspace, &build)?;
    if !build.succeeded {
        return Err(build.explanation());
    }
    let program = &build.program(PROGRAM, PROGRAM)?.path;
    let status = Command::new(program).args(arguments).env("COURSE_ROOT", workspace.root()).status();
    Ok(status.map_err(|error| format!("{} could not be started: {error}.", program.display()))?.success())
}
