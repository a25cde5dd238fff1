//! Grades the solution with the very checks that grade a learner.

use solution_01_introduction as submission;

#[path = "../../../exercises/01-introduction/tests/checks.rs"]
mod checks;
