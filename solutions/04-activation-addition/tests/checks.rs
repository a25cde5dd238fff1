//! Grades the solution with the very checks that grade a learner.

use solution_04_activation_addition as submission;

#[path = "../../../exercises/04-activation-addition/tests/checks.rs"]
mod checks;
