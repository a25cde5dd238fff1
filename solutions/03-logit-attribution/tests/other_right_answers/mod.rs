//! There is more than one right way. Each of these must pass every check that calls a function of its own.

mod answers;

use grading::ex03::{SUITE, Submission};

use crate::wrong_answers::{RIGHT, WRONG};

grading::right_answers! {
    SUITE, RIGHT, WRONG;
    cell_by_cell_in_double_precision = answers::CELLS;
    from_caches_and_whole_products = answers::BY_CACHE;
    on_results_and_row_by_row = answers::ON_RESULTS;
    with_lasting_hooks_taken_off_again = answers::LASTING;
}
