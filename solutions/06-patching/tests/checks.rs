//! Grades the solution with the very checks that grade a learner.

use solution_06_patching as submission;

#[path = "../../../exercises/06-patching/tests/checks.rs"]
mod checks;
