//! Grades the solution with the very checks that grade a learner.

use solution_05_circuits as submission;

#[path = "../../../exercises/05-circuits/tests/checks.rs"]
mod checks;
