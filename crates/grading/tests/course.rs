//! The grader has an entry for every exercise of the course, and for no other.

use std::fs;

use grading::EXERCISES;
use grading::reference::repository;

/// The table of exercises, which `cargo xtask` reads.
const TABLE: &str = "exercises/course.toml";

#[test]
fn the_exercises_are_those_of_the_table() {
    let table = fs::read_to_string(repository().join(TABLE)).unwrap();
    let slug = |line: &str| Some(line.strip_prefix("slug = \"")?.strip_suffix('"')?.to_string());
    let listed: Vec<String> = table.lines().filter_map(slug).collect();
    let graded: Vec<&str> = EXERCISES.iter().map(|exercise| exercise.slug).collect();
    assert_eq!(graded, listed, "left: `EXERCISES` in crates/grading/src/lib.rs; right: {TABLE}");
}
