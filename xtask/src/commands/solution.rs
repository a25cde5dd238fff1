//! `solution`: how the authors solved it, beside what you wrote.

use std::io::Write;
use std::process::{Command, Stdio};

use super::{Done, stubs};
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
    let solution = stubs::without_marks(&workspace::read(&exercise.solution())?);
    if stubs::without_marks(&workspace::read(&exercise.source())?) == solution {
        println!("Yours is the same.");
    } else if !show_difference(exercise, &solution) {
        println!("{solution}");
    }
    Ok(true)
}

/// Lets git compare the learner's file with the solution; git is there, since the course came with it. False if it is not.
///
/// The solution comes through a pipe: the file in the repository is full of marks for authors.
fn show_difference(exercise: &Exercise, solution: &str) -> bool {
    let git = Command::new("git")
        .current_dir(workspace::root())
        .args(["--no-pager", "diff", "--no-index", "--", &exercise.source(), "-"])
        .stdin(Stdio::piped())
        .spawn();
    let Ok(mut git) = git else { return false };
    let handed_over = git.stdin.take().is_some_and(|mut pipe| pipe.write_all(solution.as_bytes()).is_ok());
    // git exits with 1 when the files differ, as they should.
    git.wait().is_ok_and(|status| handed_over && matches!(status.code(), Some(0 | 1)))
}
