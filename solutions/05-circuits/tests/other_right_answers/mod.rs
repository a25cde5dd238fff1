//! There is more than one right way. Each of these must pass every check.

pub mod answers;

use answers::{BY_INPUTS, LIBRARY, LOOPS, NORMAL, SCALED_QUERIES, SORTED};
use grading::Prose;
use grading::ex05::SUITE;

#[test]
fn loops_in_double_precision() -> Result<(), Prose> {
    SUITE.accepts(&LOOPS)
}

#[test]
fn by_the_methods_of_the_library() -> Result<(), Prose> {
    SUITE.accepts(&LIBRARY)
}

#[test]
fn by_sorting() -> Result<(), Prose> {
    SUITE.accepts(&SORTED)
}

#[test]
fn the_scale_in_the_queries() -> Result<(), Prose> {
    SUITE.accepts(&SCALED_QUERIES)
}

#[test]
fn normal_entries_and_dense_matrices() -> Result<(), Prose> {
    SUITE.accepts(&NORMAL)
}

#[test]
fn cut_at_the_inputs() -> Result<(), Prose> {
    SUITE.accepts(&BY_INPUTS)
}
