//! There is more than one right way. Each of these must pass every check.

pub mod answers;

use grading::Prose;
use grading::ex02::SUITE;

#[test]
fn cell_by_cell_in_double_precision_with_a_low_threshold() -> Result<(), Prose> {
    SUITE.accepts(&answers::CELLS)
}

#[test]
fn whole_slices_with_a_high_threshold() -> Result<(), Prose> {
    SUITE.accepts(&answers::SLICES)
}

#[test]
fn the_batch_averaged_first_and_the_heads_in_reverse() -> Result<(), Prose> {
    SUITE.accepts(&answers::BATCH_FIRST)
}
