//! The checks of exercise 06, in the order in which to make them pass. There is nothing to edit here.

use crate::submission;
use grading::Check;
use grading::ex06::{self, Submission};

const YOURS: Submission = Submission {
    logit_difference: submission::logit_difference,
    normalize: submission::normalize,
    patch_resid_pre: submission::patch_resid_pre,
    residual_map: submission::residual_map,
    output_map: submission::output_map,
    head_map: submission::head_map,
    head_by_position_map: submission::head_by_position_map,
    sufficient_and_necessary: submission::sufficient_and_necessary,
    attribution_estimate: submission::attribution_estimate,
    attribution_map: submission::attribution_map,
    correlation: submission::correlation,
    patch_path_to_keys: submission::patch_path_to_keys,
};

#[test]
fn c01_logit_difference() -> Check {
    ex06::c01_logit_difference(&YOURS).grade()
}

#[test]
fn c02_normalize() -> Check {
    ex06::c02_normalize(&YOURS).grade()
}

#[test]
fn c03_patch_resid_pre() -> Check {
    ex06::c03_patch_resid_pre(&YOURS).grade()
}

#[test]
fn c04_residual_map() -> Check {
    ex06::c04_residual_map(&YOURS).grade()
}

#[test]
fn c05_output_map() -> Check {
    ex06::c05_output_map(&YOURS).grade()
}

#[test]
fn c06_head_map() -> Check {
    ex06::c06_head_map(&YOURS).grade()
}

#[test]
fn c07_head_by_position_map() -> Check {
    ex06::c07_head_by_position_map(&YOURS).grade()
}

#[test]
fn c08_sufficient_and_necessary() -> Check {
    ex06::c08_sufficient_and_necessary(&YOURS).grade()
}

#[test]
fn c09_attribution_estimate() -> Check {
    ex06::c09_attribution_estimate(&YOURS).grade()
}

#[test]
fn c10_attribution_map() -> Check {
    ex06::c10_attribution_map(&YOURS).grade()
}

#[test]
fn c11_correlation() -> Check {
    ex06::c11_correlation(&YOURS).grade()
}

#[test]
fn c12_patch_path_to_keys() -> Check {
    ex06::c12_patch_path_to_keys(&YOURS).grade()
}
