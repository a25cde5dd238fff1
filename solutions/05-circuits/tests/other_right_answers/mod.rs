//! There is more than one right way. Each of these must pass every check that calls a function of its own.

mod answers;

use answers::{BY_INPUTS, LIBRARY, LOOPS, NORMAL, SCALED_QUERIES, SORTED};
use grading::ex05::{SUITE, Submission};

use crate::wrong_answers::{RIGHT, WRONG};

grading::right_answers! {
    SUITE, RIGHT, WRONG;
    loops_in_double_precision = LOOPS;
    by_the_methods_of_the_library = LIBRARY;
    by_sorting = SORTED;
    the_scale_in_the_queries = SCALED_QUERIES;
    normal_entries_and_dense_matrices = NORMAL;
    cut_at_the_inputs = BY_INPUTS;
}
