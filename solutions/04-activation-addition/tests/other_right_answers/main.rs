//! There is more than one right way. Each of these must pass every check.

mod answers;

use grading::Prose;
use grading::ex04::SUITE;

#[test]
fn loops_over_single_entries_in_double_precision() -> Result<(), Prose> {
    SUITE.accepts(&answers::ENTRIES)
}

#[test]
fn whole_arrays_in_batches_with_lasting_hooks_taken_off_again() -> Result<(), Prose> {
    SUITE.accepts(&answers::ARRAYS)
}

#[test]
fn runs_that_stop_before_the_layer_and_start_again_there() -> Result<(), Prose> {
    SUITE.accepts(&answers::IN_TWO_PARTS)
}
