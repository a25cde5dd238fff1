//! `check-all`: grades every exercise again, so that what is noted as passed really does.

use super::{Done, check};
use crate::course::EXERCISES;
use crate::style::strong;

/// Grades all exercises that have been started; notes what passes and takes back what does not.
pub(crate) fn run(arguments: &[&str]) -> Done {
    if !arguments.is_empty() {
        return Err(format!("`check-all` takes no arguments, not `{}`.", arguments.join(" ")));
    }
    let mut passed = 0;
    for exercise in EXERCISES {
        if exercise.stubs_left()? == exercise.functions()? {
            println!("{} {}: not started", exercise.number(), exercise.title);
            continue;
        }
        passed += usize::from(check::check(exercise)?);
        println!();
    }
    println!("{}", strong(&format!("{passed} of {} exercises pass.", EXERCISES.len())));
    Ok(passed == EXERCISES.len())
}
