//! Wrong answers, one for each mistake that the grader can name: each must be rejected by the check that is meant for it,
//! and be told what it did.
//!
//! `cargo test -p solution-03-logit-attribution --test answers -- --show-output` shows what a learner reads.

mod ablation;
mod attribution;
mod decompose;
mod hooks;
mod variations;

use grading::Prose;
use grading::ex03::{SUITE, Submission};
use solution_03_logit_attribution as solution;

use crate::other_right_answers::RIGHT_ANSWERS;

/// The solution, which each wrong answer changes in one function.
pub const RIGHT: Submission = Submission {
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

grading::wrong_answers! {
    SUITE, RIGHT, RIGHT_ANSWERS, variations::VARIATIONS;
    e03_01_stripe_low: "E03-1", induction_scores = hooks::stripe_low;
    e03_02_stripe_high: "E03-2", induction_scores = hooks::stripe_high;
    e03_03_first_item: "E03-3", induction_scores = hooks::first_item;
    e03_04_sum: "E03-4", induction_scores = hooks::sum;
    e03_05_one_row: "E03-5", induction_scores = hooks::one_row;
    e03_06_hard_coded: "E03-6", induction_scores = hooks::hard_coded;
    e03_07_left_behind: "E03-7", induction_scores = hooks::left_behind;
    e03_65_second_copy_only: "E03-65", induction_scores = hooks::second_copy_only;
    e03_66_divided_by_positions: "E03-66", induction_scores = hooks::divided_by_positions;
    e03_66_divided_by_segment: "E03-66", induction_scores = hooks::divided_by_segment;
    e03_67_above_the_diagonal: "E03-67", induction_scores = hooks::above_the_diagonal;
    e03_68_attention_scores: "E03-68", induction_scores = hooks::attention_scores;
    e03_69_largest_cell: "E03-69", induction_scores = hooks::largest_cell;
    e03_69_share_of_most_attended: "E03-69", induction_scores = hooks::share_of_most_attended;
    e03_70_summed_over_batch: "E03-70", induction_scores = hooks::summed_over_batch;
    e03_71_last_item: "E03-71", induction_scores = hooks::last_item;
    e03_72_mean_of_heads: "E03-72", induction_scores = hooks::mean_of_heads;
    e03_08_all_heads: "E03-8", zero_ablate = hooks::all_heads;
    e03_09_position: "E03-9", zero_ablate = hooks::position;
    e03_10_component: "E03-10", zero_ablate = hooks::component;
    e03_11_item: "E03-11", zero_ablate = hooks::item;
    e03_12_copy: "E03-12", zero_ablate = hooks::copy;
    e03_13_every_layer: "E03-13", zero_ablate = hooks::every_layer;
    e03_14_query: "E03-14", zero_ablate = hooks::query;
    e03_14_key: "E03-14", zero_ablate = hooks::key;
    e03_73_scores_silenced: "E03-73", zero_ablate = hooks::scores_silenced;
    e03_74_the_others: "E03-74", zero_ablate = hooks::the_others;
    e03_75_first_item_only: "E03-75", zero_ablate = hooks::first_item_only;
    e03_76_last_position: "E03-76", zero_ablate = hooks::last_position;
    e03_76_not_at_bos: "E03-76", zero_ablate = hooks::not_at_bos;
    e03_77_next_head: "E03-77", zero_ablate = hooks::next_head;
    e03_77_head_before: "E03-77", zero_ablate = hooks::head_before;
    e03_78_exchanged: "E03-78", zero_ablate = hooks::exchanged;
    e03_79_always_layer_0: "E03-79", zero_ablate = hooks::always_layer_0;
    e03_15_layer_0: "E03-15", zero_ablate_everywhere = hooks::layer_0;
    e03_16_two_layers: "E03-16", zero_ablate_everywhere = hooks::two_layers;
    e03_80_any_name_with_z: "E03-80", zero_ablate_everywhere = hooks::any_name_with_z;
    e03_80_anything_in_attention: "E03-80", zero_ablate_everywhere = hooks::anything_in_attention;
    e03_81_last_layer: "E03-81", zero_ablate_everywhere = hooks::last_layer;
    e03_82_all_heads_everywhere: "E03-82", zero_ablate_everywhere = hooks::all_heads_everywhere;
    e03_83_position_everywhere: "E03-83", zero_ablate_everywhere = hooks::position_everywhere;
    e03_84_query_everywhere: "E03-84", zero_ablate_everywhere = hooks::query_everywhere;
    e03_17_mean_over_positions: "E03-17", mean_ablate = hooks::mean_over_positions;
    e03_18_mean_over_both: "E03-18", mean_ablate = hooks::mean_over_batch_and_positions;
    e03_19_mean_over_heads: "E03-19", mean_ablate = hooks::mean_over_heads;
    e03_20_first_item: "E03-20", mean_ablate = hooks::first_item_for_all;
    e03_21_zero: "E03-21", mean_ablate = solution::zero_ablate;
    e03_85_mean_of_all_heads: "E03-85", mean_ablate = hooks::mean_of_all_heads;
    e03_86_sum_over_batch: "E03-86", mean_ablate = hooks::sum_over_batch;
    e03_87_mean_subtracted: "E03-87", mean_ablate = hooks::mean_subtracted;
    e03_88_one_number: "E03-88", mean_ablate = hooks::one_number;
    e03_89_mean_over_components: "E03-89", mean_ablate = hooks::mean_over_components;
    e03_90_mean_for_the_first: "E03-90", mean_ablate = hooks::mean_for_the_first;
    e03_91_last_item_for_all: "E03-91", mean_ablate = hooks::last_item_for_all;
    e03_92_mean_of_values: "E03-92", mean_ablate = hooks::mean_of_values;
    e03_92_mean_of_pattern: "E03-92", mean_ablate = hooks::mean_of_pattern;
    e03_22_sign: "E03-22", ablation_table = ablation::sign;
    e03_23_all_positions: "E03-23", ablation_table = ablation::all_positions;
    e03_24_first_half: "E03-24", ablation_table = ablation::first_half;
    e03_25_loss_itself: "E03-25", ablation_table = ablation::loss_itself;
    e03_26_one_missing: "E03-26", ablation_table = ablation::one_missing;
    e03_27_hook_not_used: "E03-27", ablation_table = ablation::hook_not_used;
    e03_28_piled_up: "E03-28", ablation_table = ablation::piled_up;
    e03_29_first_row: "E03-29", ablation_table = ablation::first_row;
    e03_93_relative: "E03-93", ablation_table = ablation::relative;
    e03_93_quotient: "E03-93", ablation_table = ablation::quotient;
    e03_94_magnitude: "E03-94", ablation_table = ablation::magnitude;
    e03_95_summed_over_rows: "E03-95", ablation_table = ablation::summed_over_rows;
    e03_95_summed_over_predictions: "E03-95", ablation_table = ablation::summed_over_predictions;
    e03_95_summed_over_both: "E03-95", ablation_table = ablation::summed_over_both;
    e03_96_one_too_many: "E03-96", ablation_table = ablation::one_too_many;
    e03_97_clean_over_all: "E03-97", ablation_table = ablation::clean_over_all;
    e03_98_whole_layer: "E03-98", ablation_table = ablation::whole_layer;
    e03_100_last_prediction: "E03-100", ablation_table = ablation::last_prediction;
    e03_30_left_behind: "E03-30", ablation_table = ablation::left_behind;
    e03_31_others_removed: "E03-31", ablation_table = ablation::others_removed;
    e03_32_w_o_of_layer_0: "E03-32", head_results = decompose::w_o_of_layer_0;
    e03_33_w_o_of_head_0: "E03-33", head_results = decompose::w_o_of_head_0;
    e03_34_bias_in_each_head: "E03-34", head_results = decompose::bias_in_each_head;
    e03_35_values: "E03-35", head_results = decompose::values;
    e03_101_bias_shared_among_heads: "E03-101", head_results = decompose::bias_shared_among_heads;
    e03_102_results_of_first_item: "E03-102", head_results = decompose::results_of_first_item;
    e03_102_first_item_repeated: "E03-102", head_results = decompose::first_item_repeated;
    e03_103_regrouped: "E03-103", head_results = decompose::regrouped;
    e03_104_accumulated: "E03-104", head_results = decompose::accumulated;
    e03_36_not_shifted: "E03-36", logit_attribution = attribution::NOT_SHIFTED;
    e03_37_shifted_back: "E03-37", logit_attribution = attribution::SHIFTED_BACK;
    e03_38_last_included: "E03-38", logit_attribution = attribution::LAST_INCLUDED;
    e03_39_direct_path_last: "E03-39", logit_attribution = attribution::DIRECT_PATH_LAST;
    e03_40_layers_swapped: "E03-40", logit_attribution = attribution::LAYERS_SWAPPED;
    e03_41_no_direct_path: "E03-41", logit_attribution = attribution::NO_DIRECT_PATH;
    e03_42_heads_summed: "E03-42", logit_attribution = attribution::HEADS_SUMMED;
    e03_43_one_target: "E03-43", logit_attribution = attribution::ONE_TARGET;
    e03_105_alternating: "E03-105", logit_attribution = attribution::ALTERNATING;
    e03_106_centered: "E03-106", logit_attribution = attribution::CENTERED;
    e03_107_unit_directions: "E03-107", logit_attribution = attribution::UNIT_DIRECTIONS;
    e03_108_fractions: "E03-108", logit_attribution = attribution::FRACTIONS;
    e03_109_favorite: "E03-109", logit_attribution = attribution::FAVORITE;
    e03_110_vectors_shifted: "E03-110", logit_attribution = attribution::VECTORS_SHIFTED;
    e03_111_total_first: "E03-111", logit_attribution = attribution::TOTAL_FIRST;
    e03_44_halves_swapped: "E03-44", attribution_by_half = attribution::halves_swapped;
    e03_45_cut_late: "E03-45", attribution_by_half = attribution::cut_late;
    e03_46_halves_summed: "E03-46", attribution_by_half = attribution::halves_summed;
    e03_112_without_bos: "E03-112", attribution_by_half = attribution::without_bos;
    e03_113_every_second: "E03-113", attribution_by_half = attribution::every_second;
    e03_114_difference: "E03-114", attribution_by_half = attribution::difference;
    e03_115_cut_early: "E03-115", attribution_by_half = attribution::cut_early;
    e03_116_divided_by_all: "E03-116", attribution_by_half = attribution::divided_by_all;
    e03_47_positions_always: "E03-47", layer_parts = decompose::positions_always;
    e03_48_positions_never: "E03-48", layer_parts = decompose::positions_never;
    e03_49_streams: "E03-49", layer_parts = decompose::streams;
    e03_49_streams_by_name: "E03-49", layer_parts = decompose::streams_by_name;
    e03_50_no_mlps: "E03-50", layer_parts = decompose::no_mlps;
    e03_117_mlp_first: "E03-117", layer_parts = decompose::mlp_first;
    e03_118_attention_first: "E03-118", layer_parts = decompose::attention_first;
    e03_119_resid_pre_first: "E03-119", layer_parts = decompose::resid_pre_first;
    e03_120_final_stream_too: "E03-120", layer_parts = decompose::final_stream_too;
    e03_121_layers_in_one: "E03-121", layer_parts = decompose::layers_in_one;
    e03_122_positions_last: "E03-122", layer_parts = decompose::positions_last;
    e03_122_positions_first: "E03-122", layer_parts = decompose::positions_first;
    e03_51_before_the_nonlinearity: "E03-51", neuron_results = decompose::before_the_nonlinearity;
    e03_52_bias_shared_out: "E03-52", neuron_results = decompose::bias_shared_out;
    e03_53_w_out_of_layer_0: "E03-53", neuron_results = decompose::w_out_of_layer_0;
    e03_123_bias_in_each_neuron: "E03-123", neuron_results = decompose::bias_in_each_neuron;
    e03_124_w_in: "E03-124", neuron_results = decompose::w_in;
    e03_125_relu: "E03-125", neuron_results = decompose::relu;
    e03_126_post_of_layer_0: "E03-126", neuron_results = decompose::post_of_layer_0;
    e03_54_centered_over_d_model: "E03-54", center_unembed = attribution::centered_over_d_model;
    e03_55_one_mean: "E03-55", center_unembed = attribution::one_mean;
    e03_56_scaled: "E03-56", center_unembed = attribution::scaled;
    e03_127_mean_added: "E03-127", center_unembed = attribution::mean_added;
    e03_128_both_centered: "E03-128", center_unembed = attribution::both_centered;
    e03_129_unchanged: "E03-129", center_unembed = attribution::unchanged;
    e03_130_sum_taken_away: "E03-130", center_unembed = attribution::sum_taken_away;
    e03_130_divided_by_d_model: "E03-130", center_unembed = attribution::divided_by_d_model;
    e03_131_token_0: "E03-131", center_unembed = attribution::token_0;
    e03_57_no_final_norm: "E03-57", logit_lens = decompose::no_final_norm;
    e03_58_raw_logits: "E03-58", logit_lens = decompose::raw_logits;
    e03_59_lens_not_shifted: "E03-59", logit_lens = decompose::lens_not_shifted;
    e03_60_what_layers_wrote: "E03-60", logit_lens = decompose::what_layers_wrote;
    e03_61_no_embedding: "E03-61", logit_lens = decompose::no_embedding;
    e03_132_probabilities: "E03-132", logit_lens = decompose::probabilities;
    e03_133_losses: "E03-133", logit_lens = decompose::losses;
    e03_134_runs_on: "E03-134", logit_lens = decompose::runs_on;
    e03_135_reversed: "E03-135", logit_lens = decompose::reversed;
    e03_136_bits: "E03-136", logit_lens = decompose::bits;
    e03_136_tens: "E03-136", logit_lens = decompose::tens;
    e03_137_likeliest: "E03-137", logit_lens = decompose::likeliest;
    e03_138_last_stream_repeated: "E03-138", logit_lens = decompose::last_stream_repeated;
    e03_138_last_depth_missing: "E03-138", logit_lens = decompose::last_depth_missing;
    e03_139_no_b_u: "E03-139", logit_lens = decompose::no_b_u;
    e03_62_ranks_from_one: "E03-62", next_token_ranks = decompose::ranks_from_one;
    e03_63_ranks_from_the_wrong_end: "E03-63", next_token_ranks = decompose::ranks_from_the_wrong_end;
    e03_64_ranks_not_shifted: "E03-64", next_token_ranks = decompose::ranks_not_shifted;
    e03_140_ties_counted: "E03-140", next_token_ranks = decompose::ties_counted;
    e03_140_ties_with_itself: "E03-140", next_token_ranks = decompose::ties_with_itself;
    e03_141_token_at_rank: "E03-141", next_token_ranks = decompose::token_at_rank;
    e03_142_first_rows_logits: "E03-142", next_token_ranks = decompose::first_rows_logits;
    e03_143_magnitudes: "E03-143", next_token_ranks = decompose::magnitudes;
}

#[test]
fn a_shift_along_any_axis_is_named() -> Result<(), Prose> {
    let one_early = Submission { logit_lens: decompose::lens_one_depth_early, ..RIGHT };
    SUITE.rejects_in("c13_logit_lens", "E00-17", &one_early)
}
