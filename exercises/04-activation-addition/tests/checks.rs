//! The checks of exercise 04, in the order in which to make them pass. There is nothing to edit here.

use crate::submission;
use grading::Check;
use grading::ex04::{self, Submission};

const YOURS: Submission = Submission {
    steering_vector: submission::steering_vector,
    steered_logits: submission::steered_logits,
    contrastive_vector: submission::contrastive_vector,
    add_at_positions: submission::add_at_positions,
    steered_generate: submission::steered_generate,
    target_log_prob: submission::target_log_prob,
    kl_divergence: submission::kl_divergence,
    random_direction: submission::random_direction,
    effect_table: submission::effect_table,
    gain_at_cost: submission::gain_at_cost,
    best_layer: submission::best_layer,
};

#[test]
fn c01_steering_vector_properties() -> Check {
    ex04::c01_steering_vector_properties(&YOURS).grade()
}

#[test]
fn c02_steering_vector() -> Check {
    ex04::c02_steering_vector(&YOURS).grade()
}

#[test]
fn c03_steered_logits_properties() -> Check {
    ex04::c03_steered_logits_properties(&YOURS).grade()
}

#[test]
fn c04_steered_logits() -> Check {
    ex04::c04_steered_logits(&YOURS).grade()
}

#[test]
fn c05_contrastive_vector() -> Check {
    ex04::c05_contrastive_vector(&YOURS).grade()
}

#[test]
fn c06_add_at_positions() -> Check {
    ex04::c06_add_at_positions(&YOURS).grade()
}

#[test]
fn c07_steered_generate() -> Check {
    ex04::c07_steered_generate(&YOURS).grade()
}

#[test]
fn c08_steered_generate_and_the_cache() -> Check {
    ex04::c08_steered_generate_and_the_cache(&YOURS).grade()
}

#[test]
fn c09_target_log_prob() -> Check {
    ex04::c09_target_log_prob(&YOURS).grade()
}

#[test]
fn c10_kl_divergence() -> Check {
    ex04::c10_kl_divergence(&YOURS).grade()
}

#[test]
fn c11_random_direction() -> Check {
    ex04::c11_random_direction(&YOURS).grade()
}

#[test]
fn c12_effect_table() -> Check {
    ex04::c12_effect_table(&YOURS).grade()
}

#[test]
fn c13_gain_at_cost() -> Check {
    ex04::c13_gain_at_cost(&YOURS).grade()
}

#[test]
fn c14_best_layer() -> Check {
    ex04::c14_best_layer(&YOURS).grade()
}
