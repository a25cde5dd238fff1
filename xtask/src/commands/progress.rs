//! `progress`: how far the learner is, at a glance.

use super::Done;
use crate::course::EXERCISES;
use crate::progress::{Progress, State};
use crate::style::{good, table};

/// Cells of the bar.
const WIDTH: usize = 32;

/// Prints a bar, the state of each exercise, and the minutes left.
pub(crate) fn run(arguments: &[&str]) -> Done {
    if !arguments.is_empty() {
        return Err(format!("`progress` takes no arguments, not `{}`.", arguments.join(" ")));
    }
    let progress = Progress::read();
    let (mut done, mut all, mut rows) = (0, 0, Vec::new());
    for exercise in EXERCISES {
        let state = progress.state(exercise)?;
        let functions = exercise.functions()?;
        let written = functions - exercise.stubs_left()?.min(functions);
        let minutes = exercise.minutes as usize;
        done += if state == State::Passed { minutes } else { minutes * written / functions.max(1) * 9 / 10 };
        all += minutes;
        let written = format!("{written}/{functions} functions");
        rows.push(vec![exercise.number().into(), exercise.title.into(), written, progress.in_words(exercise)?.into()]);
    }
    let filled = done * WIDTH / all.max(1);
    println!("[{}{}] {} %", good(&"#".repeat(filled)), "-".repeat(WIDTH - filled), done * 100 / all.max(1));
    println!("\n{}\n\nAbout {} minutes left.", table(&rows), all - done);
    Ok(true)
}
