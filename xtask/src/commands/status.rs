//! No arguments: where you are, and what is next.

use super::Done;
use crate::course::{self, EXERCISES};
use crate::progress::Progress;
use crate::style::{strong, table};

/// Prints the exercises with what is left in each, and the command to run next.
pub(crate) fn run() -> Done {
    println!("A hands-on course in mechanistic interpretability.\n");
    let progress = Progress::read();
    let mut rows = Vec::new();
    for exercise in EXERCISES {
        let state = match exercise.stubs_left()? {
            0 => progress.in_words(exercise)?.to_string(),
            1 => "1 function to write".to_string(),
            n => format!("{n} functions to write"),
        };
        rows.push(vec![exercise.number().into(), exercise.title.into(), format!("{} min", exercise.minutes), state]);
    }
    println!("{}\n", table(&rows));
    let Some(exercise) = course::current()? else {
        println!("You have passed everything. To grade it all again:  {}", strong("cargo xtask check-all"));
        return Ok(true);
    };
    println!("Next: {} {}", exercise.number(), exercise.title);
    println!("  read   {}", exercise.guide());
    println!("  edit   {}", exercise.source());
    println!("  run    {}", strong(&format!("cargo xtask check {}", exercise.number())));
    println!("\nMore commands: cargo xtask help");
    Ok(true)
}
