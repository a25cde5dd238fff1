//! `cargo xtask`, the companion of the course.
//!
//! One file a command, under `commands/`. What they share:
//! - [`cargo`]: starts cargo, and shows what it is compiling;
//! - [`course`]: the exercises, in order, with the numbers that must hold for each;
//! - [`progress`]: what the learner has passed, in a file;
//! - [`guide`]: the chapters, as far as commands read them;
//! - [`markdown`] and [`links`]: what the pages of the guide refer to, and whether it is there;
//! - [`nearest`]: what a mistyped word was meant to be;
//! - [`tests_of`]: runs the tests of a crate and reads what the test harness prints;
//! - [`workspace`]: where the files are;
//! - [`style`]: colour, where the terminal shows it.

mod cargo;
mod commands;
mod course;
mod guide;
mod links;
mod markdown;
mod nearest;
mod progress;
mod style;
mod tests_of;
mod workspace;

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match commands::run(&words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => {
            eprintln!("{trouble}");
            ExitCode::from(2)
        }
    }
}
