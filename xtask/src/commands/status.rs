//! No arguments: where you are, and what is next.

use super::Done;
use crate::course::{self, EXERCISES};
use crate::style::{strong, table};

/// Prints the exercises with what is left in each, and the command to run next.
pub(crate) fn run() -> Done {
    println!("A hands-on course in mechanistic interpretability.\n");
    let mut rows = Vec::new();
    for exercise in EXERCISES {
        let left = exercise.stubs_left()?;
        let state = match left {
            0 => "no stub left".to_string(),
            1 => "1 function to write".to_string(),
            n => format!("{n} functions to write"),
        };
        rows.push(vec![exercise.number().into(), exercise.title.into(), format!("{} min", exercise.minutes), state]);
    }
    println!("{}\n", table(&rows));
    let Some(exercise) = course::current()? else {
        println!("Every stub is filled in. See that all of it holds:  {}", strong("cargo xtask check"));
        return Ok(true);
    };
    println!("Next: {} {}", exercise.number(), exercise.title);
    println!("  read   {}", exercise.guide());
    println!("  edit   {}", exercise.source());
    println!("  run    {}", strong(&format!("cargo xtask check {}", exercise.number())));
    println!("\nMore commands: cargo xtask help");
    Ok(true)
}
