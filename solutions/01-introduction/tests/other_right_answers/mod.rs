//! There is more than one right way. Each of these must pass every check that calls a function of its own.

mod answers;

use grading::ex01::{SUITE, Submission};

use crate::wrong_answers::{RIGHT, WRONG};

grading::right_answers! {
    SUITE, RIGHT, WRONG;
    with_what_the_library_offers = answers::LIBRARY;
    one_number_at_a_time_in_double_precision = answers::LOOPS;
    whole_arrays_at_once_with_a_finite_mask = answers::ARRAYS;
}
