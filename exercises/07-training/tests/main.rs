//! Grades the functions in `src/lib.rs`. The checks themselves are in `checks.rs`, shared with the solution.

use exercise_07_training as submission;

mod checks;
