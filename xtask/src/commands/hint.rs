//! `hint`: a hint about the function that failed last, or else about the next one to write, plainer each time.

use super::arguments::Done;
use super::check;
use crate::knows::progress::Progress;
use crate::knows::standing;
use crate::reads::course::{Course, Exercise};
use crate::reads::{chapter, rust};
use crate::says::screen::{complain, say, strong};

/// Gives a hint about the function that is named, or about the one that the learner is most likely at.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    let mut progress = Progress::read(&course.workspace);
    let (exercise, function) = match arguments {
        [] => {
            let current = standing::current(course, &progress)?;
            (current.ok_or("You have passed everything. Name an exercise and a function for a hint.")?, None)
        }
        [number] => (course.exercise(number)?, None),
        [number, function] => (course.exercise(number)?, Some(*function)),
        more => return Err(format!("Give an exercise and a function, not `{}`.", more.join(" "))),
    };
    let function = match function {
        Some(function) => check::known(course, exercise, function)?.to_string(),
        None => function_at_hand(course, &progress, exercise)?,
    };
    let hints = chapter::hints(&course.workspace, exercise, &function)?;
    let level = progress.next_hint(exercise, &function, hints.len());
    say!("{}", text(exercise, &function, &hints, level));
    // A folder that cannot be written to is no reason to call a hint that was given a failure.
    if let Err(trouble) = progress.write(&course.workspace) {
        complain!("{trouble}");
    }
    Ok(true)
}

/// The hint of this level, counted from one, and what is left after it.
fn text(exercise: &Exercise, function: &str, hints: &[String], level: usize) -> String {
    let hint = hints.get(level - 1).map_or("", |hint| hint.trim_end());
    let number = exercise.number();
    let rest = match hints.len() - level {
        // The chapter folds the solution in too, but only as the book shows it; in the file there is a line that includes it.
        0 if !exercise.is_solved => "That was the last hint. What is left is to ask your teacher.".to_string(),
        0 => {
            format!(
                "That was the last hint. What is left is the solution:  cargo xtask solution {number} {function} --spoil"
            )
        }
        1 => "One more hint: ask again.".to_string(),
        left => format!("{left} more hints: ask again."),
    };
    format!("{}\n\n{hint}\n\n{rest}", strong(&format!("`{function}`")))
}

/// The function that failed last, or else the first that is still a stub.
fn function_at_hand(course: &Course, progress: &Progress, exercise: &Exercise) -> Result<String, String> {
    let names = exercise.names(&course.workspace)?;
    // A progress file can be edited by hand, or come from another version of the course.
    if let Some(failed) = progress.failed(exercise).filter(|failed| names.iter().any(|name| name == failed)) {
        return Ok(failed.to_string());
    }
    let source = exercise.written(&course.workspace)?;
    rust::first_stub(&source).map(str::to_string).ok_or_else(|| {
        format!(
            "Every function of {} is written, and none is known to be wrong. To grade them:  cargo xtask check {1}\n\
             For a hint about one of them:  cargo xtask hint {1} FUNCTION",
            exercise.slug,
            exercise.number()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_function_gets_the_nearest_name() {
        let words = run(&Course::find().unwrap(), &["02", "prev_atn_detector"]).unwrap_err();
        assert!(words.contains("Did you mean `prev_attn_detector`?"), "{words}");
    }

    #[test]
    fn a_hint_is_about_the_function_that_failed_last() {
        let course = Course::find().unwrap();
        let exercise = &course.exercises[1];
        let mut progress = Progress::default();
        progress.set_failed(exercise, Some("repeated_loss_by_half"));
        assert_eq!(function_at_hand(&course, &progress, exercise).as_deref(), Ok("repeated_loss_by_half"));
        // No such function: the progress file is of another version, say.
        progress.set_failed(exercise, Some("gone"));
        assert_ne!(function_at_hand(&course, &progress, exercise).as_deref(), Ok("gone"));
    }

    #[test]
    fn a_hint_and_the_last_one() {
        let exercise = Course::find().unwrap().exercises.swap_remove(1);
        let hints =
            ["Hint 1: the idea\n\nThink of a diagonal.".to_string(), "Hint 2: the plan\n\nTake its mean.".to_string()];
        let both = [1, 2].map(|level| text(&exercise, "prev_attn_detector", &hints, level));
        insta::assert_snapshot!(both.join("\n\n----\n\n"));
    }
}
