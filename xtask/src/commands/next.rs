//! `next`: what comes after an exercise that passed.

use super::arguments::{Done, no_arguments};
use crate::knows::progress::Progress;
use crate::knows::standing::{Standing, State};
use crate::reads::course::{Course, Exercise};
use crate::says::screen::{say, strong};

/// Names the first exercise that has not passed, once those before it have.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    no_arguments("next", arguments)?;
    let progress = Progress::read(&course.workspace);
    for exercise in &course.exercises {
        match Standing::of(course, &progress, exercise)?.state {
            State::Passed => continue,
            State::Stale => say!("{} passed once, but its file has changed since.", exercise.slug),
            State::Started => say!("{} is not finished yet.", exercise.slug),
            State::Missing => say!("{} has lost its file: cargo xtask reset {}", exercise.slug, exercise.number()),
            State::NotStarted => {}
        }
        say!("{}", what_to_do(exercise));
        return Ok(true);
    }
    say!("You have passed the whole course. exercises/guide/src/further-reading.md says where to go from here.");
    Ok(true)
}

/// An exercise, and how to begin it.
pub(crate) fn what_to_do(exercise: &Exercise) -> String {
    format!(
        "Next: {} {}, about {} minutes\n  read   {}\n  edit   {}\n  run    {}",
        exercise.number(),
        exercise.title,
        exercise.minutes,
        exercise.guide(),
        exercise.source(),
        strong(&format!("cargo xtask check {}", exercise.number()))
    )
}
