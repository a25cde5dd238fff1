//! `hint`: a hint about the function that comes next, plainer each time.

use super::Done;
use crate::course::{self, Exercise};
use crate::guide;
use crate::progress::Progress;
use crate::style::strong;

/// Gives a hint about the first function that is still a stub, or about the one that is named.
pub(crate) fn run(arguments: &[&str]) -> Done {
    let (exercise, function) = match arguments {
        [] => (course::current()?.ok_or("Every stub is filled in. Name an exercise and a function for a hint.")?, None),
        [number] => (course::find(number)?, None),
        [number, function] => (course::find(number)?, Some((*function).to_string())),
        more => return Err(format!("An exercise and a function, please, not `{}`.", more.join(" "))),
    };
    let function = match function {
        Some(function) => function,
        None => first_stub(exercise)?,
    };
    let hints = guide::hints(exercise, &function)?;
    let mut progress = Progress::read();
    let level = progress.next_hint(exercise, &function, hints.len());
    println!("{}\n\n{}\n", strong(&format!("`{function}`")), hints[level - 1].trim_end());
    match hints.len() - level {
        0 => println!("That was the last hint. The whole solution is folded in {}.", exercise.guide()),
        1 => println!("One more hint: ask again."),
        left => println!("{left} more hints: ask again."),
    }
    progress.write()?;
    Ok(true)
}

fn first_stub(exercise: &Exercise) -> Result<String, String> {
    exercise.first_stub()?.ok_or_else(|| {
        format!(
            "Every function of {} is written. Name the one that you want a hint for: cargo xtask hint {} FUNCTION",
            exercise.slug,
            exercise.number()
        )
    })
}
