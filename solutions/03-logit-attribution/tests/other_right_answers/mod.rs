//! There is more than one right way. Each of these must pass every check.

pub mod answers;

use grading::Prose;
use grading::ex03::SUITE;

#[test]
fn cell_by_cell_in_double_precision() -> Result<(), Prose> {
    SUITE.accepts(&answers::CELLS)
}

#[test]
fn from_caches_and_whole_products() -> Result<(), Prose> {
    SUITE.accepts(&answers::BY_CACHE)
}

#[test]
fn on_results_and_row_by_row() -> Result<(), Prose> {
    SUITE.accepts(&answers::ON_RESULTS)
}

#[test]
fn with_lasting_hooks_taken_off_again() -> Result<(), Prose> {
    SUITE.accepts(&answers::LASTING)
}
