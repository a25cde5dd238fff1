//! There is more than one right way. Each of these must pass every check that calls a function of its own.

mod answers;

use grading::ex07::{SUITE, Submission};

use crate::wrong_answers::{RIGHT, WRONG};

grading::right_answers! {
    SUITE, RIGHT, WRONG;
    loops_over_entries = answers::LOOPS;
    double_precision = answers::DOUBLE;
    the_jacobian_written_out = answers::JACOBIAN;
    the_backward_pass_of_the_library = answers::LIBRARY;
    item_by_item_and_batch_by_batch = answers::BATCHED;
    products_of_transposes = answers::TRANSPOSED;
}
