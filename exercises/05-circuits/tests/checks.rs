//! The checks of exercise 05, in the order in which to make them pass. There is nothing to edit here.

use crate::submission;
use grading::Check;
use grading::ex05::{self, Submission};

const YOURS: Submission = Submission {
    product_corner: submission::product_corner,
    product_norm: submission::product_norm,
    direct_path: submission::direct_path,
    top_k_accuracy: submission::top_k_accuracy,
    ov_circuit: submission::ov_circuit,
    diagonal_accuracy: submission::diagonal_accuracy,
    copying_score: submission::copying_score,
    positional_pattern: submission::positional_pattern,
    attention_by_distance: submission::attention_by_distance,
    layer_1_inputs: submission::layer_1_inputs,
    scores_by_pair: submission::scores_by_pair,
    composed_qk_circuit: submission::composed_qk_circuit,
    composition_scores: submission::composition_scores,
    random_composition_scores: submission::random_composition_scores,
    cost_of_cutting: submission::cost_of_cutting,
    loss_with_frozen_pattern: submission::loss_with_frozen_pattern,
};

#[test]
fn c01_product_corner() -> Check {
    ex05::c01_product_corner(&YOURS).grade()
}

#[test]
fn c02_product_norm() -> Check {
    ex05::c02_product_norm(&YOURS).grade()
}

#[test]
fn c03_direct_path() -> Check {
    ex05::c03_direct_path(&YOURS).grade()
}

#[test]
fn c04_top_k_accuracy() -> Check {
    ex05::c04_top_k_accuracy(&YOURS).grade()
}

#[test]
fn c05_ov_circuit() -> Check {
    ex05::c05_ov_circuit(&YOURS).grade()
}

#[test]
fn c06_diagonal_accuracy() -> Check {
    ex05::c06_diagonal_accuracy(&YOURS).grade()
}

#[test]
fn c07_copying_score() -> Check {
    ex05::c07_copying_score(&YOURS).grade()
}

#[test]
fn c08_positional_pattern() -> Check {
    ex05::c08_positional_pattern(&YOURS).grade()
}

#[test]
fn c09_attention_by_distance() -> Check {
    ex05::c09_attention_by_distance(&YOURS).grade()
}

#[test]
fn c10_layer_1_inputs() -> Check {
    ex05::c10_layer_1_inputs(&YOURS).grade()
}

#[test]
fn c11_scores_by_pair() -> Check {
    ex05::c11_scores_by_pair(&YOURS).grade()
}

#[test]
fn c12_composed_qk_circuit() -> Check {
    ex05::c12_composed_qk_circuit(&YOURS).grade()
}

#[test]
fn c13_composition_scores() -> Check {
    ex05::c13_composition_scores(&YOURS).grade()
}

#[test]
fn c14_random_composition_scores() -> Check {
    ex05::c14_random_composition_scores(&YOURS).grade()
}

#[test]
fn c15_cost_of_cutting() -> Check {
    ex05::c15_cost_of_cutting(&YOURS).grade()
}

#[test]
fn c16_loss_with_frozen_pattern() -> Check {
    ex05::c16_loss_with_frozen_pattern(&YOURS).grade()
}
