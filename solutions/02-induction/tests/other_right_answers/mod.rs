//! There is more than one right way. Each of these must pass every check that calls a function of its own.

mod answers;

use grading::ex02::{SUITE, Submission};

use crate::wrong_answers::{RIGHT, WRONG};

grading::right_answers! {
    SUITE, RIGHT, WRONG;
    cell_by_cell_in_double_precision_with_a_low_threshold = answers::CELLS;
    whole_slices_with_a_high_threshold = answers::SLICES;
    the_batch_averaged_first_and_the_heads_in_reverse = answers::BATCH_FIRST;
}
