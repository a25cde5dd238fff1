//! Wrong answers, one for each mistake that the grader can name: each must be rejected by the check that is meant for it,
//! and be told what it did.
//!
//! `cargo test -p solution-03-logit-attribution --test wrong_answers -- --show-output` shows what a learner reads.

mod ablation;
mod attribution;
mod decompose;
mod hooks;
#[path = "../other_right_answers/answers.rs"]
mod other_right;

use grading::Prose;
use grading::ex03::{SUITE, Submission};
use solution_03_logit_attribution as solution;

/// The solution, which each wrong answer changes in one function.
const RIGHT: Submission = Submission {
    induction_scores: solution::induction_scores,
    zero_ablate: solution::zero_ablate,
    zero_ablate_everywhere: solution::zero_ablate_everywhere,
    mean_ablate: solution::mean_ablate,
    ablation_table: solution::ablation_table,
    head_results: solution::head_results,
    logit_attribution: solution::logit_attribution,
    attribution_by_half: solution::attribution_by_half,
    layer_parts: solution::layer_parts,
    neuron_results: solution::neuron_results,
    center_unembed: solution::center_unembed,
    logit_lens: solution::logit_lens,
    next_token_ranks: solution::next_token_ranks,
};

/// One line an answer: the name of its test, the code of the mistake, the function it replaces, and the wrong one.
macro_rules! wrong_answers {
    ($($test:ident: $code:literal, $function:ident = $wrong:path;)*) => {
        /// Every wrong answer, by the code of its mistake.
        const WRONG: &[(&str, Submission)] = &[$(($code, Submission { $function: $wrong, ..RIGHT })),*];

        $(
            #[test]
            fn $test() -> Result<(), Prose> {
                SUITE.rejects($code, &Submission { $function: $wrong, ..RIGHT })
            }
        )*
    };
}

wrong_answers! {
    e03_01_stripe_low: "E03-1", induction_scores = hooks::stripe_low;
    e03_02_stripe_high: "E03-2", induction_scores = hooks::stripe_high;
    e03_03_first_item: "E03-3", induction_scores = hooks::first_item;
    e03_04_sum: "E03-4", induction_scores = hooks::sum;
    e03_05_one_row: "E03-5", induction_scores = hooks::one_row;
    e03_06_hard_coded: "E03-6", induction_scores = hooks::hard_coded;
    e03_07_left_behind: "E03-7", induction_scores = hooks::left_behind;
    e03_08_all_heads: "E03-8", zero_ablate = hooks::all_heads;
    e03_09_position: "E03-9", zero_ablate = hooks::position;
    e03_10_component: "E03-10", zero_ablate = hooks::component;
    e03_11_item: "E03-11", zero_ablate = hooks::item;
    e03_12_copy: "E03-12", zero_ablate = hooks::copy;
    e03_13_every_layer: "E03-13", zero_ablate = hooks::every_layer;
    e03_14_query: "E03-14", zero_ablate = hooks::query;
    e03_15_layer_0: "E03-15", zero_ablate_everywhere = hooks::layer_0;
    e03_16_two_layers: "E03-16", zero_ablate_everywhere = hooks::two_layers;
    e03_17_mean_over_positions: "E03-17", mean_ablate = hooks::mean_over_positions;
    e03_18_mean_over_both: "E03-18", mean_ablate = hooks::mean_over_batch_and_positions;
    e03_19_mean_over_heads: "E03-19", mean_ablate = hooks::mean_over_heads;
    e03_20_first_item: "E03-20", mean_ablate = hooks::first_item_for_all;
    e03_21_zero: "E03-21", mean_ablate = solution::zero_ablate;
    e03_22_sign: "E03-22", ablation_table = ablation::sign;
    e03_23_all_positions: "E03-23", ablation_table = ablation::all_positions;
    e03_24_first_half: "E03-24", ablation_table = ablation::first_half;
    e03_25_loss_itself: "E03-25", ablation_table = ablation::loss_itself;
    e03_26_one_missing: "E03-26", ablation_table = ablation::one_missing;
    e03_27_hook_not_used: "E03-27", ablation_table = ablation::hook_not_used;
    e03_28_piled_up: "E03-28", ablation_table = ablation::piled_up;
    e03_29_first_row: "E03-29", ablation_table = ablation::first_row;
    e03_30_left_behind: "E03-30", ablation_table = ablation::left_behind;
    e03_31_others_removed: "E03-31", ablation_table = ablation::others_removed;
    e03_32_w_o_of_layer_0: "E03-32", head_results = decompose::w_o_of_layer_0;
    e03_33_w_o_of_head_0: "E03-33", head_results = decompose::w_o_of_head_0;
    e03_34_bias_in_each_head: "E03-34", head_results = decompose::bias_in_each_head;
    e03_35_values: "E03-35", head_results = decompose::values;
    e03_36_not_shifted: "E03-36", logit_attribution = attribution::not_shifted;
    e03_37_shifted_back: "E03-37", logit_attribution = attribution::shifted_back;
    e03_38_last_included: "E03-38", logit_attribution = attribution::last_included;
    e03_39_direct_path_last: "E03-39", logit_attribution = attribution::direct_path_last;
    e03_40_layers_swapped: "E03-40", logit_attribution = attribution::layers_swapped;
    e03_41_no_direct_path: "E03-41", logit_attribution = attribution::no_direct_path;
    e03_42_heads_summed: "E03-42", logit_attribution = attribution::heads_summed;
    e03_43_one_target: "E03-43", logit_attribution = attribution::one_target;
    e03_44_halves_swapped: "E03-44", attribution_by_half = attribution::halves_swapped;
    e03_45_cut_late: "E03-45", attribution_by_half = attribution::cut_late;
    e03_46_halves_summed: "E03-46", attribution_by_half = attribution::halves_summed;
    e03_47_positions_always: "E03-47", layer_parts = decompose::positions_always;
    e03_48_positions_never: "E03-48", layer_parts = decompose::positions_never;
    e03_49_streams: "E03-49", layer_parts = decompose::streams;
    e03_50_no_mlps: "E03-50", layer_parts = decompose::no_mlps;
    e03_51_before_the_nonlinearity: "E03-51", neuron_results = decompose::before_the_nonlinearity;
    e03_52_bias_shared_out: "E03-52", neuron_results = decompose::bias_shared_out;
    e03_53_w_out_of_layer_0: "E03-53", neuron_results = decompose::w_out_of_layer_0;
    e03_54_centred_over_d_model: "E03-54", center_unembed = attribution::centred_over_d_model;
    e03_55_one_mean: "E03-55", center_unembed = attribution::one_mean;
    e03_56_scaled: "E03-56", center_unembed = attribution::scaled;
    e03_57_no_final_norm: "E03-57", logit_lens = decompose::no_final_norm;
    e03_58_raw_logits: "E03-58", logit_lens = decompose::raw_logits;
    e03_59_lens_not_shifted: "E03-59", logit_lens = decompose::lens_not_shifted;
    e03_60_what_layers_wrote: "E03-60", logit_lens = decompose::what_layers_wrote;
    e03_61_no_embedding: "E03-61", logit_lens = decompose::no_embedding;
    e03_62_ranks_from_one: "E03-62", next_token_ranks = decompose::ranks_from_one;
    e03_63_ranks_from_the_wrong_end: "E03-63", next_token_ranks = decompose::ranks_from_the_wrong_end;
    e03_64_ranks_not_shifted: "E03-64", next_token_ranks = decompose::ranks_not_shifted;
}

#[test]
fn every_mistake_has_its_wrong_answer() -> Result<(), Prose> {
    SUITE.covers_every_mistake(WRONG)
}

#[test]
fn fingerprints_are_up_to_date() -> Result<(), Prose> {
    SUITE.fingerprints(&RIGHT, WRONG)
}

#[test]
fn tolerances_separate_right_from_wrong() -> Result<(), Prose> {
    use other_right::{BY_CACHE, CELLS, LASTING};
    let right = [("solution", RIGHT), ("cells", CELLS), ("by cache", BY_CACHE), ("lasting", LASTING)];
    println!("{}", SUITE.tolerances(&right, WRONG)?);
    Ok(())
}
