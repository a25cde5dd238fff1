//! There is more than one right way. Each of these must pass every check.

pub mod answers;

use grading::Prose;
use grading::ex07::SUITE;

#[test]
fn loops_over_entries() -> Result<(), Prose> {
    SUITE.accepts(&answers::LOOPS)
}

#[test]
fn double_precision() -> Result<(), Prose> {
    SUITE.accepts(&answers::DOUBLE)
}

#[test]
fn the_jacobian_written_out() -> Result<(), Prose> {
    SUITE.accepts(&answers::JACOBIAN)
}

#[test]
fn the_backward_pass_of_the_library() -> Result<(), Prose> {
    SUITE.accepts(&answers::LIBRARY)
}

#[test]
fn item_by_item_and_batch_by_batch() -> Result<(), Prose> {
    SUITE.accepts(&answers::BATCHED)
}

#[test]
fn products_of_transposes() -> Result<(), Prose> {
    SUITE.accepts(&answers::TRANSPOSED)
}
