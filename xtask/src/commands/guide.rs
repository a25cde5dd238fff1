//! `guide`: writes the page of the guide that verdicts link to, or checks that it is what the lists of mistakes give.

use super::{Done, only_check_flag};
use crate::style::{bad, good};
use crate::tests_of::{self, Outcome};

/// The test of the grader that compares the page, and writes it first when asked to.
const TEST: &str = "the_page_has_an_entry_for_every_mistake";

/// Writes the page or, with `--check`, compares only.
pub(crate) fn run(arguments: &[&str]) -> Done {
    let write = ("COURSE_WRITE_GUIDE", "1");
    let variables: &[_] = if only_check_flag(arguments)? { &[] } else { &[write] };
    let run = tests_of::run("grading", &["--test", "guide", "--", "--exact", TEST], variables)?;
    let words = match run.tests.get(TEST) {
        Some(Outcome::Passed) => good("is up to date"),
        Some(Outcome::Failed(words)) => bad(words),
        Some(Outcome::Ignored) | None => bad(&format!("was not tested:\n{}", run.stderr)),
    };
    println!("the page of mistakes {words}");
    Ok(run.tests.get(TEST) == Some(&Outcome::Passed))
}
