//! `next`: what comes after an exercise that passed.

use super::Done;
use crate::course::EXERCISES;
use crate::progress::{Progress, State};
use crate::style::strong;

/// Names the first exercise that has not passed, once those before it have.
pub(crate) fn run(arguments: &[&str]) -> Done {
    if !arguments.is_empty() {
        return Err(format!("`next` takes no arguments, not `{}`.", arguments.join(" ")));
    }
    let progress = Progress::read();
    for exercise in EXERCISES {
        match progress.state(exercise)? {
            State::Passed => continue,
            State::Stale => println!("{} passed once, but its file has changed since.", exercise.slug),
            State::Started => println!("{} is not finished yet.", exercise.slug),
            State::NotStarted => {}
        }
        println!("Next: {} {}, about {} minutes", exercise.number(), exercise.title, exercise.minutes);
        println!("  read   {}", exercise.guide());
        println!("  edit   {}", exercise.source());
        println!("  run    {}", strong(&format!("cargo xtask check {}", exercise.number())));
        return Ok(true);
    }
    println!("You have passed the whole course. exercises/guide/src/further-reading.md tells where to go from here.");
    Ok(true)
}
