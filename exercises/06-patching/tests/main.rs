//! Grades the functions in `src/lib.rs`. The checks themselves are in `checks.rs`, shared with the solution.

use exercise_06_patching as submission;

mod checks;
