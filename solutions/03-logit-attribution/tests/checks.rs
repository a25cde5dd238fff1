//! Grades the solution with the very checks that grade a learner.

use solution_03_logit_attribution as submission;

#[path = "../../../exercises/03-logit-attribution/tests/checks.rs"]
mod checks;
