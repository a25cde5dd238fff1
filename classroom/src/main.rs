//! `cargo xtask grade`: grades the submissions of a class, each in a sandbox.
//!
//! From the inside out:
//! - [`course`]: the exercises, their checks, deadlines and weights;
//! - [`hand_in`]: finds submissions and takes from each its sources of the exercises, and nothing else;
//! - [`sandbox`]: what another person's code may do while it is compiled and while it runs;
//! - [`grades`]: compiles a submission against the libraries of this course, has its functions called, and keeps a log;
//! - [`report`]: what the log says, for people and for programs.
//!
//! The program that knows the expected values, the *judge*, is the test program of our own solution: it is built here, holds
//! no line of a submission and runs outside the sandbox. It starts the submission's test program in the sandbox and gets
//! values back, which it compares. So a verdict goes from the judge to the log, and no submission is on the way.

mod arguments;
mod course;
mod grades;
mod hand_in;
mod report;
mod sandbox;
mod words;

use std::env;
use std::process::ExitCode;

use words::complain;

fn main() -> ExitCode {
    let words: Vec<_> = env::args_os().skip(1).collect();
    // The judge starts this program to have calls made; the sandbox starts it to confine itself.
    if let Some(code) = sandbox::as_part_of_a_sandbox(&words) {
        return code;
    }
    let words: Vec<String> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    match arguments::run(&words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => {
            complain(&trouble);
            ExitCode::from(2)
        }
    }
}
