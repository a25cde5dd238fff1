//! `guide`: writes what the guide is made of apart from words, or checks that it is up to date; and whether all that its pages
//! refer to is there.
//!
//! Derived are the pages that verdicts link to, from the lists of mistakes, and the live views, from the embedded models.
//! A test of the grader and one of the crate `pictures` compare them, and write first when a variable asks for it.

use std::ffi::OsStr;

use super::arguments::{Done, only_check_flag};
use crate::reads::course::Course;
use crate::reads::links;
use crate::runs::cargo::{self, Program};
use crate::runs::harness::{self, Outcome};
use crate::says::screen::{bad, good, say};

/// Something that is derived, and the test that compares it.
struct Derived {
    /// Its name with a verb.
    name: &'static str,
    package: &'static str,
    /// The file of tests.
    file: &'static str,
    test: &'static str,
}

const DERIVED: [Derived; 2] = [
    Derived {
        name: "the pages of mistakes are",
        package: "grading",
        file: "guide",
        test: "the_pages_have_an_entry_for_every_mistake",
    },
    Derived {
        name: "the live views are",
        package: "pictures",
        file: "guide_views",
        test: "the_views_of_the_chapters_are_up_to_date",
    },
];

const WRITE: &str = "COURSE_WRITE_GUIDE";

/// Writes what is derived or, with `--check`, compares only; then follows every reference.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    let only_check = only_check_flag(arguments)?;
    let tests: Vec<&str> = DERIVED.iter().flat_map(|derived| ["--test", derived.file]).collect();
    let build = cargo::build_tests(&course.workspace, &DERIVED.map(|derived| derived.package), &tests)?;
    if !build.succeeded {
        return Err(build.explanation());
    }
    let mut all_well = true;
    for Derived { name, package, file, test } in DERIVED {
        all_well &= is_up_to_date(build.program(package, file)?, name, test, only_check)?;
    }
    Ok(references_lead_somewhere(course)? && all_well)
}

fn is_up_to_date(program: &Program, name: &str, test: &str, only_check: bool) -> Done {
    let write = (WRITE, OsStr::new("1"));
    let tests = harness::run(program, &["--exact", test], if only_check { &[] } else { std::slice::from_ref(&write) })?;
    let outcome = tests.outcomes.get(test);
    let words = match outcome {
        Some(Outcome::Passed) => good("up to date"),
        Some(Outcome::Failed(words)) => bad(&format!("not up to date: {words}")),
        Some(Outcome::Ignored) | None => bad(&format!("not tested:\n{}", tests.stderr)),
    };
    say!("{name} {words}");
    Ok(outcome == Some(&Outcome::Passed))
}

fn references_lead_somewhere(course: &Course) -> Done {
    let troubles = links::troubles(&course.workspace)?;
    for trouble in &troubles {
        say!("{}", bad(trouble));
    }
    if troubles.is_empty() {
        say!("links, frames, anchors and included code {}", good("all exist"));
    }
    Ok(troubles.is_empty())
}
