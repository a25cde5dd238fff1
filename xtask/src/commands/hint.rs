//! `hint`: a hint about the function that comes next, plainer each time.

use super::Done;
use crate::course::{self, Exercise};
use crate::guide;
use crate::nearest::did_you_mean;
use crate::progress::Progress;
use crate::style::strong;

/// Gives a hint about the first function that is still a stub, or about the one that is named.
pub(crate) fn run(arguments: &[&str]) -> Done {
    let (exercise, function) = match arguments {
        [] => {
            (course::current()?.ok_or("You have passed everything. Name an exercise and a function for a hint.")?, None)
        }
        [number] => (course::find(number)?, None),
        [number, function] => (course::find(number)?, Some((*function).to_string())),
        more => return Err(format!("An exercise and a function, please, not `{}`.", more.join(" "))),
    };
    let function = match function {
        Some(function) => known(exercise, function)?,
        None => first_stub(exercise)?,
    };
    let hints = guide::hints(exercise, &function)?;
    let mut progress = Progress::read();
    let level = progress.next_hint(exercise, &function, hints.len());
    println!("{}\n\n{}\n", strong(&format!("`{function}`")), hints[level - 1].trim_end());
    match hints.len() - level {
        0 => println!("That was the last hint. What is left is the solution:  {}", solution(exercise)),
        1 => println!("One more hint: ask again."),
        left => println!("{left} more hints: ask again."),
    }
    // A folder that cannot be written to is no reason to call a hint that was given a failure.
    if let Err(trouble) = progress.write() {
        println!("{trouble}");
    }
    Ok(true)
}

/// The chapter folds the solution in too, but only as the book shows it; in the file there is a line that includes it.
fn solution(exercise: &Exercise) -> String {
    format!("cargo xtask solution {} --spoil", exercise.number())
}

/// The function, if the exercise asks for one of that name.
fn known(exercise: &Exercise, function: String) -> Result<String, String> {
    let names = exercise.names()?;
    if names.contains(&function) {
        return Ok(function);
    }
    let near = did_you_mean(&function, names.iter().map(String::as_str));
    Err(format!("{} has no function `{function}`.{near} It has: {}.", exercise.slug, names.join(", ")))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_function_is_told_the_nearest() {
        let told = run(&["02", "prev_atn_detector"]).unwrap_err();
        assert!(told.contains("Did you mean `prev_attn_detector`?"), "{told}");
    }
}
