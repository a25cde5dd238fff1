//! The checks of exercise 03, in the order in which to make them pass. There is nothing to edit here.

use crate::submission;
use grading::Check;
use grading::ex03::{self, Submission};

const YOURS: Submission = Submission {
    induction_scores: submission::induction_scores,
    zero_ablate: submission::zero_ablate,
    zero_ablate_everywhere: submission::zero_ablate_everywhere,
    mean_ablate: submission::mean_ablate,
    ablation_table: submission::ablation_table,
    head_results: submission::head_results,
    logit_attribution: submission::logit_attribution,
    attribution_by_half: submission::attribution_by_half,
    layer_parts: submission::layer_parts,
    neuron_results: submission::neuron_results,
    center_unembed: submission::center_unembed,
    logit_lens: submission::logit_lens,
    next_token_ranks: submission::next_token_ranks,
};

#[test]
fn c01_induction_scores() -> Check {
    ex03::c01_induction_scores(&YOURS).grade()
}

#[test]
fn c02_zero_ablate() -> Check {
    ex03::c02_zero_ablate(&YOURS).grade()
}

#[test]
fn c03_zero_ablate_everywhere() -> Check {
    ex03::c03_zero_ablate_everywhere(&YOURS).grade()
}

#[test]
fn c04_mean_ablate() -> Check {
    ex03::c04_mean_ablate(&YOURS).grade()
}

#[test]
fn c05_ablation_table() -> Check {
    ex03::c05_ablation_table(&YOURS).grade()
}

#[test]
fn c06_ablation_table_leaves_no_trace() -> Check {
    ex03::c06_ablation_table_leaves_no_trace(&YOURS).grade()
}

#[test]
fn c07_head_results() -> Check {
    ex03::c07_head_results(&YOURS).grade()
}

#[test]
fn c08_logit_attribution() -> Check {
    ex03::c08_logit_attribution(&YOURS).grade()
}

#[test]
fn c09_attribution_by_half() -> Check {
    ex03::c09_attribution_by_half(&YOURS).grade()
}

#[test]
fn c10_layer_parts() -> Check {
    ex03::c10_layer_parts(&YOURS).grade()
}

#[test]
fn c11_neuron_results() -> Check {
    ex03::c11_neuron_results(&YOURS).grade()
}

#[test]
fn c12_center_unembed() -> Check {
    ex03::c12_center_unembed(&YOURS).grade()
}

#[test]
fn c13_logit_lens() -> Check {
    ex03::c13_logit_lens(&YOURS).grade()
}

#[test]
fn c14_next_token_ranks() -> Check {
    ex03::c14_next_token_ranks(&YOURS).grade()
}
