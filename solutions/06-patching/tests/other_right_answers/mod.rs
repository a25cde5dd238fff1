//! There is more than one right way. Each of these must pass every check that calls a function of its own.

mod answers;

use answers::{BY_EDITS, BY_STREAM, DOUBLE, LASTING, LIBRARY, LOOPS};
use grading::ex06::{SUITE, Submission};

use crate::wrong_answers::{RIGHT, WRONG};

grading::right_answers! {
    SUITE, RIGHT, WRONG;
    loops_over_cells = LOOPS;
    lasting_hooks_taken_off_again = LASTING;
    by_the_functions_of_the_library = LIBRARY;
    in_double_precision = DOUBLE;
    whole_activations_put_together_first = BY_EDITS;
    changes_added_to_the_stream = BY_STREAM;
}
