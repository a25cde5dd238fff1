//! `progress`: how far the learner is, at a glance.

use super::arguments::{Done, no_arguments};
use crate::knows::progress::Progress;
use crate::knows::standing::{Standing, State};
use crate::reads::course::Course;
use crate::says::screen::{good, say, table};

/// Cells of the bar.
const WIDTH: usize = 32;

/// Shows a bar, the state of each exercise, and the minutes left.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    no_arguments("progress", arguments)?;
    let progress = Progress::read(&course.workspace);
    let (mut done, mut all, mut rows) = (0, 0, Vec::new());
    for exercise in &course.exercises {
        let standing = Standing::of(course, &progress, exercise)?;
        let functions = standing.functions;
        let written = functions.saturating_sub(standing.stubs_left);
        let is_passed = standing.state == State::Passed;
        done += if is_passed { exercise.minutes } else { exercise.minutes * written / functions.max(1) * 9 / 10 };
        all += exercise.minutes;
        let written = format!("{written}/{functions} functions");
        rows.push(vec![exercise.number().into(), exercise.title.clone(), written, standing.words().into()]);
    }
    let filled = done * WIDTH / all.max(1);
    say!("[{}{}] {} %", good(&"#".repeat(filled)), "-".repeat(WIDTH - filled), done * 100 / all.max(1));
    say!("\n{}\n\nAbout {} minutes left.", table(&rows), all - done);
    Ok(true)
}
