//! No arguments: where you are, and what is next.

use super::arguments::Done;
use super::next;
use crate::knows::progress::Progress;
use crate::knows::standing::{self, Standing, State};
use crate::reads::course::Course;
use crate::says::screen::{say, strong, table};

/// Says which exercises there are, what is left in each, and what to run next.
pub(crate) fn run(course: &Course) -> Done {
    say!("{}", text(course, &Progress::read(&course.workspace))?);
    Ok(true)
}

fn text(course: &Course, progress: &Progress) -> Result<String, String> {
    let mut rows = Vec::new();
    for exercise in &course.exercises {
        let standing = Standing::of(course, progress, exercise)?;
        let state = match (standing.state, standing.stubs_left) {
            (State::Missing, _) | (_, 0) => standing.words().to_string(),
            (_, 1) => "1 function to write".to_string(),
            (_, n) => format!("{n} functions to write"),
        };
        rows.push(vec![exercise.number().into(), exercise.title.clone(), format!("{} min", exercise.minutes), state]);
    }
    let next = match standing::current(course, progress)? {
        Some(exercise) => format!("{}\n\nMore commands: cargo xtask help", next::what_to_do(exercise)),
        None => format!("You have passed everything. To grade it all again:  {}", strong("cargo xtask check-all")),
    };
    Ok(format!("A hands-on course in mechanistic interpretability.\n\n{}\n\n{next}", table(&rows)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reads::workspace::Scratch;

    const COURSE: &str = include_str!("../../tests/course.toml");

    /// One function is written, the other is not.
    const WRITTEN: &str = "pub fn f() {\n    g();\n}\n\npub fn g() {\n    todo!()\n}\n";
    const SOLUTION: &str = "pub fn f() {\n    // STUB todo!()\n    g();\n}\n\npub fn g() {\n    // STUB todo!()\n}\n";

    #[test]
    fn where_you_are() {
        let scratch = Scratch::with(&[
            ("exercises/course.toml", COURSE),
            ("solutions/01-first/src/lib.rs", SOLUTION),
            ("solutions/02-second/src/lib.rs", SOLUTION),
            ("solutions/03-third/src/lib.rs", SOLUTION),
            ("exercises/01-first/src/lib.rs", WRITTEN),
            ("exercises/02-second/src/lib.rs", "pub fn f() {\n    todo!()\n}\n\npub fn g() {\n    todo!()\n}\n"),
        ]);
        let course = Course::of(scratch.workspace.clone()).unwrap();
        insta::assert_snapshot!(text(&course, &Progress::default()).unwrap());
    }
}
