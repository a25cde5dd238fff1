//! `check-all`: grades every exercise again, so that what is noted as passed really does.

use super::arguments::{Done, no_arguments};
use super::check;
use crate::knows::progress::Progress;
use crate::knows::standing::{Standing, State};
use crate::reads::course::Course;
use crate::says::screen::{say, strong};

/// Grades all exercises that have been started; notes what passes and takes back what does not.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    no_arguments("check-all", arguments)?;
    let progress = Progress::read(&course.workspace);
    let mut passed = 0;
    for exercise in &course.exercises {
        let standing = Standing::of(course, &progress, exercise)?;
        if matches!(standing.state, State::NotStarted | State::Missing) {
            say!("{} {}: {}", exercise.number(), exercise.title, standing.words());
            continue;
        }
        passed += usize::from(check::on_screen(course, exercise)?);
        say!();
    }
    say!("{}", strong(&format!("{passed} of {} exercises pass.", course.exercises.len())));
    Ok(passed == course.exercises.len())
}
