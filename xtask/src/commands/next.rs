//! `next`: the exercise to go on with.

use super::arguments::{Done, no_arguments};
use crate::knows::progress::Progress;
use crate::knows::standing::{self, Standing, State};
use crate::reads::course::{Course, Exercise};
use crate::says::screen::{say, strong};

/// Names the exercise to go on with: one that is under way, or else the first that is not started.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    no_arguments("next", arguments)?;
    let progress = Progress::read(&course.workspace);
    let Some(exercise) = standing::current(course, &progress)? else {
        say!(
            "You have passed the whole course. exercises/guide/src/further-reading.md suggests where to go from here."
        );
        return Ok(true);
    };
    match Standing::of(course, &progress, exercise)?.state {
        State::Stale => say!("{} passed once, but its files have changed since.", exercise.slug),
        State::Started => say!("{} is not finished yet.", exercise.slug),
        State::Missing => say!("The file of {} is missing: cargo xtask reset {}", exercise.slug, exercise.number()),
        State::NotStarted | State::Passed => {}
    }
    say!("{}", what_to_do(exercise));
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
