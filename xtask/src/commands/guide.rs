//! `guide`: writes what the guide is made of besides words, or checks that it is up to date; and whether all that its pages
//! refer to is there.
//!
//! Derived are the page that verdicts link to, from the lists of mistakes, and the live views, from the embedded models.
//! Tests of the grader compare both, and write first when a variable asks for it.

use super::{Done, only_check_flag};
use crate::links;
use crate::style::{bad, good};
use crate::tests_of::{self, Outcome};

/// What is derived: its name with a verb, the file of tests that compares it, and the test.
const DERIVED: [(&str, &str, &str); 2] = [
    ("the page of mistakes is", "guide", "the_page_has_an_entry_for_every_mistake"),
    ("the live views are", "guide_views", "the_views_of_the_chapters_are_up_to_date"),
];

const WRITE: (&str, &str) = ("COURSE_WRITE_GUIDE", "1");

/// Writes what is derived or, with `--check`, compares only; then follows every reference.
pub(crate) fn run(arguments: &[&str]) -> Done {
    let variables: &[_] = if only_check_flag(arguments)? { &[] } else { &[WRITE] };
    let mut all_well = true;
    for (name, file, test) in DERIVED {
        all_well &= is_up_to_date(name, file, test, variables)?;
    }
    Ok(references_lead_somewhere()? && all_well)
}

fn is_up_to_date(name: &str, file: &str, test: &str, variables: &[(&str, &str)]) -> Done {
    let run = tests_of::run("grading", &["--test", file, "--", "--exact", test], variables)?;
    let outcome = run.tests.get(test);
    let words = match outcome {
        Some(Outcome::Passed) => good("up to date"),
        Some(Outcome::Failed(words)) => bad(&format!("not up to date: {words}")),
        Some(Outcome::Ignored) | None => bad(&format!("not tested:\n{}", run.stderr)),
    };
    println!("{name} {words}");
    Ok(outcome == Some(&Outcome::Passed))
}

fn references_lead_somewhere() -> Done {
    let troubles = links::troubles()?;
    for trouble in &troubles {
        println!("{}", bad(trouble));
    }
    if troubles.is_empty() {
        println!("links, frames, anchors and included code {}", good("are all there"));
    }
    Ok(troubles.is_empty())
}
