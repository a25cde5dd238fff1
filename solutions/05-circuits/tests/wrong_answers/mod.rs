//! Wrong answers, at least one for each mistake that the grader can name: rejected by the check that is meant for it, with
//! its explanation.

mod composition;
mod factored;
mod ov;
mod pairs;
mod paths;
mod positions;
mod tokens;
mod variations;

use grading::Prose;
use grading::ex05::{SUITE, Submission};
use solution_05_circuits as solution;

use crate::other_right_answers::RIGHT_ANSWERS;

/// The solution, which each wrong answer changes in one function.
pub const RIGHT: Submission = Submission {
    product_corner: solution::product_corner,
    product_norm: solution::product_norm,
    direct_path: solution::direct_path,
    top_k_accuracy: solution::top_k_accuracy,
    ov_circuit: solution::ov_circuit,
    diagonal_accuracy: solution::diagonal_accuracy,
    copying_score: solution::copying_score,
    positional_pattern: solution::positional_pattern,
    attention_by_distance: solution::attention_by_distance,
    layer_1_inputs: solution::layer_1_inputs,
    scores_by_pair: solution::scores_by_pair,
    composed_qk_circuit: solution::composed_qk_circuit,
    composition_scores: solution::composition_scores,
    random_composition_scores: solution::random_composition_scores,
    cost_of_cutting: solution::cost_of_cutting,
    loss_with_frozen_pattern: solution::loss_with_frozen_pattern,
};

grading::wrong_answers! {
    SUITE, RIGHT, RIGHT_ANSWERS, variations::VARIATIONS;
    e05_01_only_rows: "E05-1", product_corner = factored::only_rows;
    e05_02_other_order: "E05-2", product_corner = factored::other_order;
    e05_03_inner_cut: "E05-3", product_corner = factored::inner_cut;
    e05_04_product_of_norms: "E05-4", product_norm = factored::product_of_norms;
    e05_05_squared: "E05-5", product_norm = factored::squared;
    e05_06_root_mean_square: "E05-6", product_norm = factored::root_mean_square;
    e05_07_spectral: "E05-7", product_norm = factored::spectral;
    e05_70_diagonals: "E05-70", product_norm = factored::diagonals;
    e05_71_absolute_values: "E05-71", product_norm = factored::absolute_values;
    e05_08_tokens_before: "E05-8", direct_path = tokens::tokens_before;
    e05_09_with_positions: "E05-9", direct_path = tokens::with_positions;
    e05_10_first_rows: "E05-10", direct_path = tokens::first_rows;
    e05_11_log_probabilities: "E05-11", direct_path = tokens::log_probabilities;
    e05_12_one_place_too_many: "E05-12", top_k_accuracy = tokens::one_place_too_many;
    e05_13_beats_itself: "E05-13", top_k_accuracy = tokens::beats_itself;
    e05_14_smallest: "E05-14", top_k_accuracy = tokens::smallest;
    e05_15_number_of_hits: "E05-15", top_k_accuracy = tokens::number_of_hits;
    e05_72_k_not_used: "E05-72", top_k_accuracy = tokens::k_not_used;
    e05_115_by_k: "E05-115", top_k_accuracy = tokens::by_k;
    e05_73_by_vocabulary: "E05-73", top_k_accuracy = tokens::by_vocabulary;
    e05_16_queries_and_keys: "E05-16", ov_circuit = ov::queries_and_keys;
    e05_17_transposed: "E05-17", ov_circuit = ov::transposed;
    e05_18_with_direct_path: "E05-18", ov_circuit = ov::with_direct_path;
    e05_19_tied: "E05-19", ov_circuit = ov::tied;
    e05_20_layer_0: "E05-20", ov_circuit = ov::layer_0;
    e05_21_not_thin: "E05-21", ov_circuit = ov::not_thin;
    e05_74_layer_and_head: "E05-74", ov_circuit = ov::layer_and_head;
    e05_75_head_0: "E05-75", ov_circuit = ov::head_0;
    e05_76_all_heads: "E05-76", ov_circuit = ov::all_heads;
    e05_77_keys_for_values: "E05-77", ov_circuit = ov::keys_for_values;
    e05_22_diagonal_of_batch: "E05-22", diagonal_accuracy = ov::diagonal_of_batch;
    e05_23_last_batch_left_out: "E05-23", diagonal_accuracy = ov::last_batch_left_out;
    e05_24_mean_of_means: "E05-24", diagonal_accuracy = ov::mean_of_means;
    e05_25_along_the_column: "E05-25", diagonal_accuracy = ov::along_the_column;
    e05_26_one_place_too_many: "E05-26", diagonal_accuracy = ov::one_place_too_many;
    e05_78_k_not_used: "E05-78", diagonal_accuracy = ov::k_not_used;
    e05_79_number_of_hits: "E05-79", diagonal_accuracy = ov::number_of_hits;
    e05_80_by_size: "E05-80", diagonal_accuracy = ov::by_size;
    e05_81_first_batch: "E05-81", diagonal_accuracy = ov::first_batch;
    e05_27_share_of_positive: "E05-27", copying_score = ov::share_of_positive;
    e05_28_real_parts: "E05-28", copying_score = ov::real_parts;
    e05_29_absolute: "E05-29", copying_score = ov::absolute;
    e05_30_mean_eigenvalue: "E05-30", copying_score = ov::mean_eigenvalue;
    e05_82_not_divided: "E05-82", copying_score = ov::not_divided;
    e05_83_squares_below: "E05-83", copying_score = ov::squares_below;
    e05_84_positive_above: "E05-84", copying_score = ov::positive_above;
    e05_85_mean_of_quotients: "E05-85", copying_score = ov::mean_of_quotients;
    e05_31_not_scaled: "E05-31", positional_pattern = positions::not_scaled;
    e05_32_not_masked: "E05-32", positional_pattern = positions::not_masked;
    e05_33_masked_with_zero: "E05-33", positional_pattern = positions::masked_with_zero;
    e05_34_over_queries: "E05-34", positional_pattern = positions::over_queries;
    e05_35_exchanged: "E05-35", positional_pattern = positions::exchanged;
    e05_36_without_the_current: "E05-36", positional_pattern = positions::without_the_current;
    e05_86_by_d_head: "E05-86", positional_pattern = positions::by_d_head;
    e05_86_by_root_of_d_model: "E05-86", positional_pattern = positions::by_root_of_d_model;
    e05_87_masked_late: "E05-87", positional_pattern = positions::masked_late;
    e05_88_scores_alone: "E05-88", positional_pattern = positions::scores_alone;
    e05_89_layer_and_head: "E05-89", positional_pattern = positions::layer_and_head;
    e05_37_above: "E05-37", attention_by_distance = positions::above;
    e05_38_by_all_positions: "E05-38", attention_by_distance = positions::by_all_positions;
    e05_39_columns: "E05-39", attention_by_distance = positions::columns;
    e05_90_sums: "E05-90", attention_by_distance = positions::sums;
    e05_91_wrapped: "E05-91", attention_by_distance = positions::wrapped;
    e05_92_from_distance_1: "E05-92", attention_by_distance = positions::from_distance_1;
    e05_40_no_positions: "E05-40", layer_1_inputs = pairs::no_positions;
    e05_41_first_item: "E05-41", layer_1_inputs = pairs::first_item;
    e05_42_w_o_of_layer_1: "E05-42", layer_1_inputs = pairs::w_o_of_layer_1;
    e05_43_z_of_layer_1: "E05-43", layer_1_inputs = pairs::z_of_layer_1;
    e05_93_heads_first: "E05-93", layer_1_inputs = pairs::heads_first;
    e05_94_positions_twice: "E05-94", layer_1_inputs = pairs::positions_twice;
    e05_44_not_scaled: "E05-44", scores_by_pair = pairs::not_scaled;
    e05_45_components_exchanged: "E05-45", scores_by_pair = pairs::components_exchanged;
    e05_46_keys_through_w_q: "E05-46", scores_by_pair = pairs::keys_through_w_q;
    e05_47_positions_exchanged: "E05-47", scores_by_pair = pairs::positions_exchanged;
    e05_95_masked_with_zero: "E05-95", scores_by_pair = pairs::masked_with_zero;
    e05_95_masked_with_infinity: "E05-95", scores_by_pair = pairs::masked_with_infinity;
    e05_96_layer_0: "E05-96", scores_by_pair = pairs::layer_0;
    e05_48_exchanged: "E05-48", composed_qk_circuit = composition::exchanged;
    e05_49_heads_of_layer_1: "E05-49", composed_qk_circuit = composition::heads_of_layer_1;
    e05_50_with_embedding: "E05-50", composed_qk_circuit = composition::with_embedding;
    e05_51_one_source: "E05-51", composed_qk_circuit = composition::one_source;
    e05_97_sources_exchanged: "E05-97", composed_qk_circuit = composition::sources_exchanged;
    e05_98_query_ignored: "E05-98", composed_qk_circuit = composition::query_ignored;
    e05_98_key_ignored: "E05-98", composed_qk_circuit = composition::key_ignored;
    e05_99_reads_in_layer_0: "E05-99", composed_qk_circuit = composition::reads_in_layer_0;
    e05_52_not_normalized: "E05-52", composition_scores = composition::not_normalized;
    e05_114_by_squared_norms: "E05-114", composition_scores = composition::by_squared_norms;
    e05_53_k_like_q: "E05-53", composition_scores = composition::k_like_q;
    e05_54_later_first: "E05-54", composition_scores = composition::later_first;
    e05_55_axes_exchanged: "E05-55", composition_scores = composition::axes_exchanged;
    e05_56_both_in_layer_0: "E05-56", composition_scores = composition::both_in_layer_0;
    e05_100_writes_transposed: "E05-100", composition_scores = composition::writes_transposed;
    e05_101_q_and_k: "E05-101", composition_scores = composition::q_and_k;
    e05_102_kind_not_used: "E05-102", composition_scores = composition::kind_not_used;
    e05_103_first_head_reads: "E05-103", composition_scores = composition::first_head_reads;
    e05_57_full_rank: "E05-57", random_composition_scores = composition::full_rank;
    e05_58_one_pair: "E05-58", random_composition_scores = composition::one_pair;
    e05_59_positive: "E05-59", random_composition_scores = composition::positive;
    e05_60_own_generator: "E05-60", random_composition_scores = composition::own_generator;
    e05_116_with_itself: "E05-116", random_composition_scores = composition::with_itself;
    e05_116_one_first_head: "E05-116", random_composition_scores = composition::one_first_head;
    e05_61_silenced: "E05-61", cost_of_cutting = paths::silenced;
    e05_62_sign: "E05-62", cost_of_cutting = paths::sign;
    e05_63_every_head: "E05-63", cost_of_cutting = paths::every_head;
    e05_64_all_predictions: "E05-64", cost_of_cutting = paths::all_predictions;
    e05_65_loss_itself: "E05-65", cost_of_cutting = paths::loss_itself;
    e05_104_first_copy: "E05-104", cost_of_cutting = paths::first_copy;
    e05_104_begins_late: "E05-104", cost_of_cutting = paths::begins_late;
    e05_105_exchanged: "E05-105", cost_of_cutting = paths::exchanged;
    e05_106_added: "E05-106", cost_of_cutting = paths::added;
    e05_107_everything_cut: "E05-107", cost_of_cutting = paths::everything_cut;
    e05_108_first_items_part: "E05-108", cost_of_cutting = paths::first_items_part;
    e05_66_all_patterns: "E05-66", loss_with_frozen_pattern = paths::all_patterns;
    e05_67_damaged_pattern: "E05-67", loss_with_frozen_pattern = paths::damaged_pattern;
    e05_68_other_order: "E05-68", loss_with_frozen_pattern = paths::other_order;
    e05_69_not_silenced: "E05-69", loss_with_frozen_pattern = paths::not_silenced;
    e05_109_all_predictions_frozen: "E05-109", loss_with_frozen_pattern = paths::all_predictions_frozen;
    e05_110_layers_exchanged: "E05-110", loss_with_frozen_pattern = paths::layers_exchanged;
    e05_111_increase: "E05-111", loss_with_frozen_pattern = paths::increase;
    e05_112_layer_silenced: "E05-112", loss_with_frozen_pattern = paths::layer_silenced;
    e05_113_heads_exchanged: "E05-113", loss_with_frozen_pattern = paths::heads_exchanged;
}

#[test]
fn what_goes_wrong_with_any_array_is_named() -> Result<(), Prose> {
    let beyond = Submission { product_corner: factored::corner_beyond_the_end, ..RIGHT };
    SUITE.rejects_in("c01_product_corner", "E00-37", &beyond)?;
    SUITE.rejects_in("c04_top_k_accuracy", "E00-58", &Submission { top_k_accuracy: tokens::in_percent, ..RIGHT })
}
