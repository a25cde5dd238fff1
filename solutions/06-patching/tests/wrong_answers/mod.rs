//! Wrong answers, at least one for each mistake that the grader can name: rejected by the check that is meant for it, with
//! its explanation.

mod estimates;
mod heads;
mod maps;
mod metric;
mod paths;
mod variations;

use grading::Prose;
use grading::ex06::{SUITE, Submission};
use solution_06_patching as solution;

use crate::other_right_answers::RIGHT_ANSWERS;

/// The solution, which each wrong answer changes in one function.
pub const RIGHT: Submission = Submission {
    logit_difference: solution::logit_difference,
    normalize: solution::normalize,
    patch_resid_pre: solution::patch_resid_pre,
    residual_map: solution::residual_map,
    output_map: solution::output_map,
    head_map: solution::head_map,
    head_by_position_map: solution::head_by_position_map,
    sufficient_and_necessary: solution::sufficient_and_necessary,
    attribution_estimate: solution::attribution_estimate,
    attribution_map: solution::attribution_map,
    correlation: solution::correlation,
    patch_path_to_keys: solution::patch_path_to_keys,
};

grading::wrong_answers! {
    SUITE, RIGHT, RIGHT_ANSWERS, variations::VARIATIONS;
    e06_01_sign: "E06-1", logit_difference = metric::sign;
    e06_02_first_position: "E06-2", logit_difference = metric::first_position;
    e06_03_sum: "E06-3", logit_difference = metric::sum;
    e06_04_first_item: "E06-4", logit_difference = metric::first_item;
    e06_05_all_positions: "E06-5", logit_difference = metric::all_positions;
    e06_06_probabilities: "E06-6", logit_difference = metric::probabilities;
    e06_07_first_answers: "E06-7", logit_difference = metric::first_answers;
    e06_08_absolute: "E06-8", logit_difference = metric::absolute;
    e06_09_right_alone: "E06-9", logit_difference = metric::right_alone;
    e06_10_ends_exchanged: "E06-10", normalize = metric::ends_exchanged;
    e06_11_share_of_clean: "E06-11", normalize = metric::share_of_clean;
    e06_12_not_divided: "E06-12", normalize = metric::not_divided;
    e06_13_clamped: "E06-13", normalize = metric::clamped;
    e06_14_absolute_span: "E06-14", normalize = metric::absolute_span;
    e06_84_by_clean: "E06-84", normalize = metric::by_clean;
    e06_84_by_sum: "E06-84", normalize = metric::by_sum;
    e06_85_from_minus_one: "E06-85", normalize = metric::from_minus_one;
    e06_85_percent: "E06-85", normalize = metric::percent;
    e06_15_every_position: "E06-15", patch_resid_pre = maps::every_position;
    e06_16_after_the_layer: "E06-16", patch_resid_pre = maps::after_the_layer;
    e06_17_first_item_for_all: "E06-17", patch_resid_pre = maps::first_item_for_all;
    e06_18_first_item_only: "E06-18", patch_resid_pre = maps::first_item_only;
    e06_19_added: "E06-19", patch_resid_pre = maps::added;
    e06_20_silenced: "E06-20", patch_resid_pre = maps::silenced;
    e06_21_last_position: "E06-21", patch_resid_pre = maps::last_position;
    e06_22_up_to_the_position: "E06-22", patch_resid_pre = maps::up_to_the_position;
    e06_86_from_the_position: "E06-86", patch_resid_pre = maps::from_the_position;
    e06_87_layer_0: "E06-87", patch_resid_pre = maps::layer_0;
    e06_88_an_entry: "E06-88", patch_resid_pre = maps::an_entry;
    e06_89_mixed: "E06-89", patch_resid_pre = maps::mixed;
    e06_23_pile_up: "E06-23", residual_map = maps::PILE_UP;
    e06_25_change: "E06-25", residual_map = maps::CHANGE;
    e06_26_not_attached: "E06-26", residual_map = maps::NOT_ATTACHED;
    e06_27_backwards: "E06-27", residual_map = maps::BACKWARDS;
    e06_28_all_layers: "E06-28", residual_map = maps::ALL_LAYERS;
    e06_90_up_to: "E06-90", residual_map = maps::MAP_UP_TO;
    e06_90_from: "E06-90", residual_map = maps::MAP_FROM;
    e06_91_after: "E06-91", residual_map = maps::MAP_AFTER;
    e06_91_middle: "E06-91", residual_map = maps::MAP_MIDDLE;
    e06_92_too_far: "E06-92", residual_map = maps::MAP_TOO_FAR;
    e06_29_always_attn: "E06-29", output_map = maps::ALWAYS_ATTN;
    e06_30_whole_stream: "E06-30", output_map = maps::WHOLE_STREAM;
    e06_31_output_everywhere: "E06-31", output_map = maps::OUTPUT_EVERYWHERE;
    e06_32_output_added: "E06-32", output_map = maps::OUTPUT_ADDED;
    e06_33_output_silenced: "E06-33", output_map = maps::OUTPUT_SILENCED;
    e06_93_change: "E06-93", output_map = maps::OUTPUT_CHANGE;
    e06_94_first_item: "E06-94", output_map = maps::OUTPUT_FIRST_ITEM;
    e06_95_from: "E06-95", output_map = maps::OUTPUT_FROM;
    e06_96_always_mlp: "E06-96", output_map = maps::ALWAYS_MLP;
    e06_34_third_axis: "E06-34", head_map = heads::THIRD_AXIS;
    e06_35_every_head: "E06-35", head_map = heads::EVERY_HEAD;
    e06_36_head_at_the_end: "E06-36", head_map = heads::HEAD_AT_THE_END;
    e06_37_head_silenced: "E06-37", head_map = heads::HEAD_SILENCED;
    e06_38_always_z: "E06-38", head_map = heads::ALWAYS_Z;
    e06_39_head_of_first_item: "E06-39", head_map = heads::HEAD_OF_FIRST_ITEM;
    e06_40_transposed: "E06-40", head_map = heads::TRANSPOSED;
    e06_97_change: "E06-97", head_map = heads::HEAD_CHANGE;
    e06_98_up_to: "E06-98", head_map = heads::HEADS_UP_TO;
    e06_98_others: "E06-98", head_map = heads::OTHER_HEADS;
    e06_99_second_axis: "E06-99", head_map = heads::SECOND_AXIS;
    e06_41_heads_first: "E06-41", head_by_position_map = heads::HEADS_FIRST;
    e06_42_all_heads_there: "E06-42", head_by_position_map = heads::ALL_HEADS_THERE;
    e06_43_head_everywhere: "E06-43", head_by_position_map = heads::HEAD_EVERYWHERE;
    e06_44_vector_of_position_and_head: "E06-44", head_by_position_map = heads::VECTOR_OF_POSITION_AND_HEAD;
    e06_100_values: "E06-100", head_by_position_map = heads::VALUES_THERE;
    e06_101_change: "E06-101", head_by_position_map = heads::CHANGE_THERE;
    e06_102_first_item: "E06-102", head_by_position_map = heads::FIRST_ITEM_THERE;
    e06_103_from: "E06-103", head_by_position_map = heads::FROM_THERE;
    e06_104_added: "E06-104", head_by_position_map = heads::ADDED_THERE;
    e06_45_noising_first: "E06-45", sufficient_and_necessary = heads::NOISING_FIRST;
    e06_46_what_is_left: "E06-46", sufficient_and_necessary = heads::WHAT_IS_LEFT;
    e06_47_not_normalized: "E06-47", sufficient_and_necessary = heads::NOT_NORMALIZED;
    e06_48_not_divided: "E06-48", sufficient_and_necessary = heads::NOT_DIVIDED;
    e06_49_denoising_twice: "E06-49", sufficient_and_necessary = heads::DENOISING_TWICE;
    e06_50_complement: "E06-50", sufficient_and_necessary = heads::COMPLEMENT;
    e06_105_pattern: "E06-105", sufficient_and_necessary = heads::SHARES_OF_PATTERN;
    e06_106_clamped: "E06-106", sufficient_and_necessary = heads::SHARES_CLAMPED;
    e06_108_minus: "E06-108", sufficient_and_necessary = heads::TAKEN_WITH_MINUS;
    e06_51_base_minus_source: "E06-51", attribution_estimate = estimates::base_minus_source;
    e06_52_batch_mean: "E06-52", attribution_estimate = estimates::batch_mean;
    e06_53_first_item: "E06-53", attribution_estimate = estimates::first_item;
    e06_54_stream_mean: "E06-54", attribution_estimate = estimates::stream_mean;
    e06_55_absolute: "E06-55", attribution_estimate = estimates::absolute;
    e06_56_source_alone: "E06-56", attribution_estimate = estimates::source_alone;
    e06_57_base_alone: "E06-57", attribution_estimate = estimates::base_alone;
    e06_58_over_positions: "E06-58", attribution_estimate = estimates::over_positions;
    e06_109_sums_first: "E06-109", attribution_estimate = estimates::sums_first;
    e06_110_cosine: "E06-110", attribution_estimate = estimates::cosine;
    e06_111_plus: "E06-111", attribution_estimate = estimates::plus;
    e06_59_of_the_loss: "E06-59", attribution_map = estimates::OF_THE_LOSS;
    e06_60_of_the_right_logit: "E06-60", attribution_map = estimates::OF_THE_RIGHT_LOGIT;
    e06_61_at_the_first: "E06-61", attribution_map = estimates::AT_THE_FIRST;
    e06_62_after_the_layer: "E06-62", attribution_map = estimates::AFTER_THE_LAYER;
    e06_63_times_activation: "E06-63", attribution_map = estimates::TIMES_ACTIVATION;
    e06_64_plus_the_metric: "E06-64", attribution_map = estimates::PLUS_THE_METRIC;
    e06_65_at_the_source: "E06-65", attribution_map = estimates::AT_THE_SOURCE;
    e06_112_exact: "E06-112", attribution_map = estimates::EXACT;
    e06_113_middle: "E06-113", attribution_map = estimates::MIDDLE;
    e06_114_source_only: "E06-114", attribution_map = estimates::SOURCE_ONLY;
    e06_66_covariance: "E06-66", correlation = estimates::covariance;
    e06_67_not_centered: "E06-67", correlation = estimates::not_centered;
    e06_68_size_alone: "E06-68", correlation = estimates::size_alone;
    e06_69_squared: "E06-69", correlation = estimates::squared;
    e06_70_slope: "E06-70", correlation = estimates::slope;
    e06_71_root_missing: "E06-71", correlation = estimates::root_missing;
    e06_115_mean_of_rows: "E06-115", correlation = estimates::mean_of_rows;
    e06_115_centered_by_rows: "E06-115", correlation = estimates::centered_by_rows;
    e06_116_ranks: "E06-116", correlation = estimates::ranks;
    e06_117_one_mean: "E06-117", correlation = estimates::one_mean;
    e06_72_into_queries: "E06-72", patch_path_to_keys = paths::into_queries;
    e06_73_into_values: "E06-73", patch_path_to_keys = paths::into_values;
    e06_74_into_all_heads: "E06-74", patch_path_to_keys = paths::into_all_heads;
    e06_75_w_o_of_the_receiver: "E06-75", patch_path_to_keys = paths::w_o_of_the_receiver;
    e06_76_sign: "E06-76", patch_path_to_keys = paths::sign;
    e06_77_not_taken_away: "E06-77", patch_path_to_keys = paths::not_taken_away;
    e06_78_only_taken_away: "E06-78", patch_path_to_keys = paths::only_taken_away;
    e06_79_whole_stream: "E06-79", patch_path_to_keys = paths::whole_stream;
    e06_80_whole_attention: "E06-80", patch_path_to_keys = paths::whole_attention;
    e06_81_after_the_norm: "E06-81", patch_path_to_keys = paths::after_the_norm;
    e06_82_head_itself: "E06-82", patch_path_to_keys = paths::head_itself;
    e06_83_first_item: "E06-83", patch_path_to_keys = paths::first_item;
    e06_118_senders_number: "E06-118", patch_path_to_keys = paths::senders_number;
    e06_119_replaced: "E06-119", patch_path_to_keys = paths::replaced;
    e06_120_last_position: "E06-120", patch_path_to_keys = paths::last_position;
}

#[test]
fn a_list_in_another_order_is_named() -> Result<(), Prose> {
    let wrong = Submission { head_by_position_map: heads::BY_POSITION_IN_ANOTHER_ORDER, ..RIGHT };
    SUITE.rejects_in("c07_head_by_position_map", "E00-14", &wrong)
}
