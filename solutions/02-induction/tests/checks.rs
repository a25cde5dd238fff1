//! Grades the solution with the very checks that grade a learner.

use solution_02_induction as submission;

#[path = "../../../exercises/02-induction/tests/checks.rs"]
mod checks;
