//! `cargo xtask`, the companion of the course.
//!
//! Five rooms, each of which knows only those above it:
//! - [`says`]: the screen: text, color, columns, and what a mistyped word was meant to be;
//! - [`reads`]: the files of the course: the table of exercises, Rust sources, stubs, the guide;
//! - [`runs`]: cargo, and the test programs that it builds;
//! - [`knows`]: what came of the checks, and how far the learner is;
//! - [`commands`]: one file per command.

mod commands;
mod knows;
mod reads;
mod runs;
mod says;

use std::env;
use std::process::ExitCode;

use says::screen::complain;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match commands::run(&words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => {
            complain!("{trouble}");
            ExitCode::from(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::knows::standing::rust_files_below;
    use crate::reads::workspace::Workspace;

    /// The rooms, each below the one before it.
    const ROOMS: [&str; 5] = ["says", "reads", "runs", "knows", "commands"];

    #[test]
    fn each_room_knows_only_those_above_it() {
        let course = Workspace::find().unwrap();
        for (floor, room) in ROOMS.iter().enumerate() {
            for file in rust_files_below(&course.path(&format!("xtask/src/{room}"))) {
                let text = fs::read_to_string(&file).unwrap();
                for below in &ROOMS[floor + 1..] {
                    assert!(!text.contains(&format!("crate::{below}")), "{} uses {below}", file.display());
                }
            }
        }
    }
}
