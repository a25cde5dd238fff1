//! The table of contents: every exercise in order, with the numbers that must hold for it.

use crate::progress::{Progress, State};
use crate::workspace;

/// An exercise.
#[derive(Debug)]
pub(crate) struct Exercise {
    /// The folder under `exercises/` and `solutions/`.
    pub(crate) slug: &'static str,
    /// Its title.
    pub(crate) title: &'static str,
    /// How many checks it has. Exact, so that checks cannot get lost unnoticed.
    pub(crate) checks: usize,
    /// How many wrong answers must be told so. Exact, for the same reason.
    pub(crate) wrong_answers: usize,
    /// How many correct answers, written in other ways than the solution, must pass.
    pub(crate) right_answers: usize,
    /// About how long it takes.
    pub(crate) minutes: u32,
}

/// The course.
pub(crate) const EXERCISES: &[Exercise] = &[
    Exercise {
        slug: "01-introduction",
        title: "Meet the model",
        checks: 12,
        wrong_answers: 68,
        right_answers: 3,
        minutes: 90,
    },
    Exercise {
        slug: "02-induction",
        title: "Finding induction heads",
        checks: 8,
        wrong_answers: 44,
        right_answers: 3,
        minutes: 60,
    },
    Exercise {
        slug: "03-logit-attribution",
        title: "Logit attribution",
        checks: 14,
        wrong_answers: 64,
        right_answers: 3,
        minutes: 120,
    },
    Exercise {
        slug: "04-activation-addition",
        title: "Activation addition",
        checks: 14,
        wrong_answers: 62,
        right_answers: 3,
        minutes: 120,
    },
];

impl Exercise {
    /// The two digits that the exercise is called by.
    pub(crate) fn number(&self) -> &'static str {
        &self.slug[..2]
    }

    /// The package that the learner edits.
    pub(crate) fn package(&self) -> String {
        format!("exercise-{}", self.slug)
    }

    /// The package that holds the solution.
    pub(crate) fn solution_package(&self) -> String {
        format!("solution-{}", self.slug)
    }

    /// The file that the learner edits, from the root of the repository.
    pub(crate) fn source(&self) -> String {
        format!("exercises/{}/src/lib.rs", self.slug)
    }

    /// The solution, from the root of the repository.
    pub(crate) fn solution(&self) -> String {
        format!("solutions/{}/src/lib.rs", self.slug)
    }

    /// The page of the guide, from the root of the repository.
    pub(crate) fn guide(&self) -> String {
        format!("exercises/guide/src/{}.md", self.slug)
    }

    /// How many functions are still stubs, by the `todo!`s in the learner's file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn stubs_left(&self) -> Result<usize, String> {
        Ok(count_of_stubs(&workspace::read(&self.source())?))
    }

    /// How many functions there are to write, by the stub that the solution gives.
    ///
    /// # Errors
    /// When the solution cannot be read.
    pub(crate) fn functions(&self) -> Result<usize, String> {
        Ok(count_of_stubs(&crate::commands::stub_of(&workspace::read(&self.solution())?)?))
    }

    /// The names of the functions to write, by the stub that the solution gives.
    ///
    /// # Errors
    /// When the solution cannot be read.
    pub(crate) fn names(&self) -> Result<Vec<String>, String> {
        let stub = crate::commands::stub_of(&workspace::read(&self.solution())?)?;
        Ok(stub.lines().filter(|line| line.starts_with("pub fn ")).filter_map(name_of_function).collect())
    }

    /// The name of the first function that is still a stub.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn first_stub(&self) -> Result<Option<String>, String> {
        let source = workspace::read(&self.source())?;
        let mut function = None;
        for line in source.lines().filter(|line| is_code(line)) {
            function = name_of_function(line).or(function);
            if line.contains("todo!(") {
                return Ok(function);
            }
        }
        Ok(None)
    }
}

fn name_of_function(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("fn ")?;
    rest.split(['(', '<']).next().map(str::to_string)
}

fn is_code(line: &str) -> bool {
    !line.trim_start().starts_with("//")
}

fn count_of_stubs(source: &str) -> usize {
    source.lines().filter(|line| is_code(line)).map(|line| line.matches("todo!(").count()).sum()
}

/// The exercise called by this number: `2`, `02` and `02-induction` are the same.
///
/// # Errors
/// The numbers that there are.
pub(crate) fn find(word: &str) -> Result<&'static Exercise, String> {
    let wanted = word.trim_start_matches('0');
    EXERCISES.iter().find(|e| e.slug == word || e.number().trim_start_matches('0') == wanted).ok_or_else(|| {
        let known: Vec<&str> = EXERCISES.iter().map(Exercise::number).collect();
        format!("There is no exercise `{word}`. There are: {}.", known.join(", "))
    })
}

/// The exercise that the learner is at: the first that is under way, or else the first that is not started; none when
/// everything has passed.
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn current() -> Result<Option<&'static Exercise>, String> {
    let progress = Progress::read();
    let states = EXERCISES.iter().map(|exercise| progress.state(exercise)).collect::<Result<Vec<_>, _>>()?;
    Ok(where_you_are(&states).map(|place| &EXERCISES[place]))
}

/// One may begin anywhere: work under way comes before an earlier exercise that nobody has touched. A last function that
/// is written but wrong is still under way.
fn where_you_are(states: &[State]) -> Option<usize> {
    let under_way = states.iter().position(|state| matches!(state, State::Started | State::Stale));
    under_way.or_else(|| states.iter().position(|state| *state == State::NotStarted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exercise_answers_to_its_number_however_it_is_written() {
        for word in ["2", "02", "02-induction"] {
            assert_eq!(find(word).map(|e| e.slug), Ok("02-induction"));
        }
        assert!(find("99").unwrap_err().starts_with("There is no exercise `99`. There are: "));
    }

    #[test]
    fn work_under_way_comes_before_what_nobody_has_touched() {
        use State::{NotStarted, Passed, Stale, Started};
        assert_eq!(where_you_are(&[NotStarted, Started, NotStarted]), Some(1));
        assert_eq!(where_you_are(&[Passed, Stale, NotStarted]), Some(1));
        assert_eq!(where_you_are(&[Passed, NotStarted, Passed]), Some(1));
        assert_eq!(where_you_are(&[Passed, Passed]), None);
    }

    #[test]
    fn the_functions_to_write_are_as_many_as_the_stubs() {
        for exercise in EXERCISES {
            assert_eq!(exercise.names().map(|names| names.len()), exercise.functions(), "{}", exercise.slug);
        }
    }
}
