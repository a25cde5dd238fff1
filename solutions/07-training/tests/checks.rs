//! Grades the solution with the very checks that grade a learner.

use solution_07_training as submission;

#[path = "../../../exercises/07-training/tests/checks.rs"]
mod checks;
