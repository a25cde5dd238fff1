//! `solution`: how the authors solved it, beside what you wrote.

use std::process::Command;

use super::Done;
use crate::course::{self, Exercise};
use crate::progress::{Progress, State};
use crate::workspace;

/// Shows the difference between the learner's file and the solution; before a pass only with `--spoil`.
pub(crate) fn run(arguments: &[&str]) -> Done {
    let (exercise, spoil) = match arguments {
        [number] => (course::find(number)?, false),
        [number, "--spoil"] | ["--spoil", number] => (course::find(number)?, true),
        _ => return Err("Which exercise? For example: cargo xtask solution 02".to_string()),
    };
    if !spoil && Progress::read().state(exercise)? != State::Passed {
        println!(
            "You have not passed {} yet. A hint may be enough:  cargo xtask hint {}\n\
             To see the solution all the same:  cargo xtask solution {} --spoil",
            exercise.slug,
            exercise.number(),
            exercise.number()
        );
        return Ok(false);
    }
    println!("The solution is {}.\n", exercise.solution());
    if !show_difference(exercise) {
        println!("{}", workspace::read(&exercise.solution())?);
    }
    Ok(true)
}

/// Lets git compare the two files; it is there, since the course came with it. False if it is not.
fn show_difference(exercise: &Exercise) -> bool {
    let (yours, solution) = (exercise.source(), exercise.solution());
    let git = Command::new("git")
        .current_dir(workspace::root())
        .args(["--no-pager", "diff", "--no-index", "--stat=80", "--patch", "--", &yours, &solution])
        .status();
    // git exits with 1 when the files differ, as they should.
    git.is_ok_and(|status| matches!(status.code(), Some(0 | 1)))
}
