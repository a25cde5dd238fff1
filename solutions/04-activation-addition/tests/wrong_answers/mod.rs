//! Wrong answers, one for each mistake that the grader can name: each must be rejected by the check that is meant for
//! it, and be told what it did.
//!
//! `cargo test -p solution-04-activation-addition --test answers -- --show-output` shows what a learner reads.

mod effects;
mod generation;
mod measures;
mod readings;
mod steering;
mod variations;
mod vectors;

use grading::Prose;
use grading::ex04::{self, SUITE, Submission};

use crate::other_right_answers::RIGHT_ANSWERS;

/// The solution, which each wrong answer changes in one function.
pub const RIGHT: Submission = Submission {
    steering_vector: solution_04_activation_addition::steering_vector,
    steered_logits: solution_04_activation_addition::steered_logits,
    contrastive_vector: solution_04_activation_addition::contrastive_vector,
    add_at_positions: solution_04_activation_addition::add_at_positions,
    steered_generate: solution_04_activation_addition::steered_generate,
    target_log_prob: solution_04_activation_addition::target_log_prob,
    kl_divergence: solution_04_activation_addition::kl_divergence,
    random_direction: solution_04_activation_addition::random_direction,
    effect_table: solution_04_activation_addition::effect_table,
    gain_at_cost: solution_04_activation_addition::gain_at_cost,
    best_layer: solution_04_activation_addition::best_layer,
};

grading::wrong_answers! {
    SUITE, RIGHT, RIGHT_ANSWERS, variations::VARIATIONS;
    e04_01_sum: "E04-1", steering_vector = vectors::sum;
    e04_02_no_bos: "E04-2", steering_vector = vectors::no_bos;
    e04_03_padded_left: "E04-3", steering_vector = vectors::padded_left;
    e04_04_cut: "E04-4", steering_vector = vectors::cut;
    e04_05_last_position: "E04-5", steering_vector = vectors::last_position;
    e04_63_positive_only: "E04-63", steering_vector = vectors::positive_only;
    e04_64_without_row_0: "E04-64", steering_vector = vectors::without_row_0;
    e04_65_bos_twice: "E04-65", steering_vector = vectors::bos_twice;
    e04_06_turned: "E04-6", steering_vector = vectors::negative_minus_positive;
    e04_07_after_layer: "E04-7", steering_vector = vectors::after_layer;
    e04_08_end_of_text: "E04-8", steering_vector = vectors::end_of_text;
    e04_09_missing_is_zero: "E04-9", steering_vector = vectors::missing_is_zero;
    e04_75_padded_after_bos: "E04-75", steering_vector = vectors::padded_after_bos;
    e04_76_padded_with_last: "E04-76", steering_vector = vectors::padded_with_last;
    e04_76_padded_with_bos_and_space: "E04-76", steering_vector = vectors::padded_with_bos_and_space;
    e04_77_unit_vector: "E04-77", steering_vector = vectors::unit_vector;
    e04_77_half_vector: "E04-77", steering_vector = vectors::half_vector;
    e04_78_in_the_middle: "E04-78", steering_vector = vectors::in_the_middle;
    e04_78_what_attention_wrote: "E04-78", steering_vector = vectors::what_attention_wrote;
    e04_10_hook_left: "E04-10", steered_logits = steering::hook_left;
    e04_10_hook_left_at_zero: "E04-10", steered_logits = steering::hook_left_at_zero;
    e04_66_other_hooks_removed: "E04-66", steered_logits = steering::other_hooks_removed;
    e04_11_overwritten: "E04-11", steered_logits = steering::overwritten;
    e04_12_no_coefficient: "E04-12", steered_logits = steering::no_coefficient;
    e04_13_one_vector: "E04-13", steered_logits = steering::one_vector;
    e04_14_too_long: "E04-14", steered_logits = steering::too_long;
    e04_15_first_row: "E04-15", steered_logits = steering::first_row;
    e04_16_after_layer: "E04-16", steered_logits = steering::after_layer;
    e04_17_twice: "E04-17", steered_logits = steering::twice;
    e04_160_log_probabilities: "E04-160", steered_logits = steering::log_probabilities;
    e04_160_probabilities: "E04-160", steered_logits = steering::probabilities;
    e04_161_change: "E04-161", steered_logits = steering::change;
    e04_18_at_the_end: "E04-18", steered_logits = steering::at_the_end;
    e04_19_shifted: "E04-19", steered_logits = steering::shifted;
    e04_79_subtracted: "E04-79", steered_logits = steering::subtracted;
    e04_80_repeated: "E04-80", steered_logits = steering::repeated;
    e04_80_last_row_goes_on: "E04-80", steered_logits = steering::last_row_goes_on;
    e04_81_layer_before: "E04-81", steered_logits = steering::layer_before;
    e04_81_every_layer: "E04-81", steered_logits = steering::every_layer;
    e04_82_a_copy: "E04-82", steered_logits = steering::a_copy;
    e04_83_norm_one: "E04-83", steered_logits = steering::norm_one;
    e04_84_first_row_of_vector: "E04-84", steered_logits = steering::first_row_of_vector;
    e04_84_last_row_at_the_end: "E04-84", steered_logits = steering::last_row_at_the_end;
    e04_85_row_0_left_out: "E04-85", steered_logits = steering::row_0_left_out;
    e04_162_long_not_used: "E04-162", steered_logits = steering::long_not_used;
    e04_20_turned: "E04-20", contrastive_vector = vectors::contrast_turned;
    e04_21_sum: "E04-21", contrastive_vector = vectors::contrast_sum;
    e04_22_raw: "E04-22", contrastive_vector = vectors::contrast_raw;
    e04_23_unit: "E04-23", contrastive_vector = vectors::contrast_unit;
    e04_24_unit_first: "E04-24", contrastive_vector = vectors::contrast_unit_first;
    e04_25_last: "E04-25", contrastive_vector = vectors::contrast_last;
    e04_26_padded: "E04-26", contrastive_vector = vectors::contrast_padded;
    e04_27_after_layer: "E04-27", contrastive_vector = vectors::contrast_after;
    e04_28_mean: "E04-28", contrastive_vector = vectors::contrast_mean;
    e04_86_contrast_no_bos: "E04-86", contrastive_vector = vectors::contrast_no_bos;
    e04_87_contrast_first_pair: "E04-87", contrastive_vector = vectors::contrast_first_pair;
    e04_87_contrast_last_pair: "E04-87", contrastive_vector = vectors::contrast_last_pair;
    e04_88_contrast_l1: "E04-88", contrastive_vector = vectors::contrast_l1;
    e04_88_contrast_largest: "E04-88", contrastive_vector = vectors::contrast_largest;
    e04_88_contrast_squared: "E04-88", contrastive_vector = vectors::contrast_squared;
    e04_88_root_mean_square: "E04-88", contrastive_vector = vectors::contrast_root_mean_square;
    e04_89_contrast_one_before: "E04-89", contrastive_vector = vectors::contrast_one_before;
    e04_90_contrast_batched: "E04-90", contrastive_vector = vectors::contrast_batched;
    e04_91_contrast_sides: "E04-91", contrastive_vector = vectors::contrast_sides;
    e04_92_contrast_from_the_front: "E04-92", contrastive_vector = vectors::contrast_from_the_front;
    e04_92_contrast_cast: "E04-92", contrastive_vector = vectors::contrast_cast;
    e04_185_from_the_longer: "E04-185", contrastive_vector = vectors::contrast_from_the_longer;
    e04_185_from_the_shorter: "E04-185", contrastive_vector = vectors::contrast_from_the_shorter;
    e04_163_by_prompts: "E04-163", contrastive_vector = vectors::contrast_by_prompts;
    e04_164_centered: "E04-164", contrastive_vector = vectors::contrast_centered;
    e04_29_within_the_chunk: "E04-29", add_at_positions = steering::within_the_chunk;
    e04_30_begins_late: "E04-30", add_at_positions = steering::begins_late;
    e04_31_end_included: "E04-31", add_at_positions = steering::end_included;
    e04_32_put_in_place: "E04-32", add_at_positions = steering::put_in_place;
    e04_33_first_of_batch: "E04-33", add_at_positions = steering::first_of_batch;
    e04_93_whole_chunk: "E04-93", add_at_positions = steering::whole_chunk;
    e04_93_whole_chunk_by_first: "E04-93", add_at_positions = steering::whole_chunk_by_first;
    e04_94_from_start_on: "E04-94", add_at_positions = steering::from_start_on;
    e04_94_until_end: "E04-94", add_at_positions = steering::until_end;
    e04_95_outside: "E04-95", add_at_positions = steering::outside;
    e04_96_start_only: "E04-96", add_at_positions = steering::start_only;
    e04_97_moved_back: "E04-97", add_at_positions = steering::moved_back;
    e04_97_start_moved_only: "E04-97", add_at_positions = steering::start_moved_only;
    e04_98_chunk_copied: "E04-98", add_at_positions = steering::chunk_copied;
    e04_99_below_zero: "E04-99", add_at_positions = steering::below_zero;
    e04_99_past_the_end: "E04-99", add_at_positions = steering::past_the_end;
    e04_100_never_the_first: "E04-100", add_at_positions = steering::never_the_first;
    e04_165_through_the_batch: "E04-165", add_at_positions = steering::through_the_batch;
    e04_166_divided: "E04-166", add_at_positions = steering::divided;
    e04_34_schedule_ignored: "E04-34", steered_generate = generation::schedule_ignored;
    e04_35_prompt_only: "E04-35", steered_generate = generation::prompt_only;
    e04_36_never: "E04-36", steered_generate = generation::never;
    e04_184_first_run_only: "E04-184", steered_generate = generation::first_run_only;
    e04_37_with_prompt: "E04-37", steered_generate = generation::with_prompt;
    e04_38_starts_again: "E04-38", steered_generate = generation::starts_again;
    e04_39_newest_only: "E04-39", steered_generate = generation::newest_only;
    e04_101_new_only: "E04-101", steered_generate = generation::new_only;
    e04_102_end_included: "E04-102", steered_generate = generation::end_included;
    e04_103_stops_at_end_of_text: "E04-103", steered_generate = generation::stops_at_end_of_text;
    e04_103_stops_before_end_of_text: "E04-103", steered_generate = generation::stops_before_end_of_text;
    e04_104_first_logits: "E04-104", steered_generate = generation::first_logits;
    e04_105_least_probable: "E04-105", steered_generate = generation::least_probable;
    e04_106_whole_text_again: "E04-106", steered_generate = generation::whole_text_again;
    e04_107_new_cache_each_step: "E04-107", steered_generate = generation::new_cache_each_step;
    e04_108_behind_the_prompt: "E04-108", steered_generate = generation::behind_the_prompt;
    e04_109_one_more: "E04-109", steered_generate = generation::one_more;
    e04_109_one_less: "E04-109", steered_generate = generation::one_less;
    e04_110_after_layer: "E04-110", steered_generate = generation::after_layer;
    e04_111_from_the_prompts_end: "E04-111", steered_generate = generation::from_the_prompts_end;
    e04_167_every_layer: "E04-167", steered_generate = generation::every_layer;
    e04_40_never_cached: "E04-40", steered_generate = generation::never_cached;
    e04_41_always_cached: "E04-41", steered_generate = generation::always_cached;
    e04_42_hook_left: "E04-42", steered_generate = generation::hook_left;
    e04_43_mean_of_logs: "E04-43", target_log_prob = measures::mean_of_logs;
    e04_44_log_of_mean: "E04-44", target_log_prob = measures::log_of_mean;
    e04_45_raw_logits: "E04-45", target_log_prob = measures::raw_logits;
    e04_46_most_likely: "E04-46", target_log_prob = measures::most_likely;
    e04_47_no_log: "E04-47", target_log_prob = measures::no_log;
    e04_112_sum_of_logs: "E04-112", target_log_prob = measures::sum_of_logs;
    e04_113_mean_of_probabilities: "E04-113", target_log_prob = measures::mean_of_probabilities;
    e04_114_first_position: "E04-114", target_log_prob = measures::first_position;
    e04_114_last_but_one: "E04-114", target_log_prob = measures::last_but_one;
    e04_114_every_position: "E04-114", target_log_prob = measures::every_position;
    e04_115_targets_of_first_row: "E04-115", target_log_prob = measures::targets_of_first_row;
    e04_116_targets_summed: "E04-116", target_log_prob = measures::targets_summed;
    e04_117_targets_in_bits: "E04-117", target_log_prob = measures::targets_in_bits;
    e04_117_targets_in_tens: "E04-117", target_log_prob = measures::targets_in_tens;
    e04_118_exponentials: "E04-118", target_log_prob = measures::exponentials;
    e04_119_targets_as_loss: "E04-119", target_log_prob = measures::targets_as_loss;
    e04_120_first_target: "E04-120", target_log_prob = measures::first_target;
    e04_168_odds: "E04-168", target_log_prob = measures::odds;
    e04_48_other_direction: "E04-48", kl_divergence = measures::other_direction;
    e04_49_all_positions: "E04-49", kl_divergence = measures::all_positions;
    e04_50_sum_over_rows: "E04-50", kl_divergence = measures::sum_over_rows;
    e04_121_mean_over_vocabulary: "E04-121", kl_divergence = measures::mean_over_vocabulary;
    e04_122_sum_over_positions: "E04-122", kl_divergence = measures::sum_over_positions;
    e04_123_logits_in_the_difference: "E04-123", kl_divergence = measures::logits_in_the_difference;
    e04_124_both_directions: "E04-124", kl_divergence = measures::both_directions;
    e04_124_to_the_mean: "E04-124", kl_divergence = measures::to_the_mean;
    e04_124_both_added: "E04-124", kl_divergence = measures::both_added;
    e04_125_magnitudes: "E04-125", kl_divergence = measures::magnitudes;
    e04_126_kl_in_bits: "E04-126", kl_divergence = measures::kl_in_bits;
    e04_126_kl_in_tens: "E04-126", kl_divergence = measures::kl_in_tens;
    e04_127_cross_entropy: "E04-127", kl_divergence = measures::cross_entropy;
    e04_128_kl_of_first_row: "E04-128", kl_divergence = measures::kl_of_first_row;
    e04_129_unsteered_weights: "E04-129", kl_divergence = measures::unsteered_weights;
    e04_130_kl_at_first_position: "E04-130", kl_divergence = measures::kl_at_first_position;
    e04_131_kl_turned: "E04-131", kl_divergence = measures::kl_turned;
    e04_169_absolute_differences: "E04-169", kl_divergence = measures::absolute_differences;
    e04_170_squared_differences: "E04-170", kl_divergence = measures::squared_differences;
    e04_171_entropies: "E04-171", kl_divergence = measures::entropies;
    e04_51_norm_one: "E04-51", random_direction = measures::norm_one;
    e04_52_positive: "E04-52", random_direction = measures::positive;
    e04_53_own_generator: "E04-53", random_direction = measures::own_generator;
    e04_67_sum_of_magnitudes: "E04-67", random_direction = measures::sum_of_magnitudes;
    e04_67_largest_entry: "E04-67", random_direction = measures::largest_entry;
    e04_68_as_drawn: "E04-68", random_direction = measures::as_drawn;
    e04_69_no_root: "E04-69", random_direction = measures::no_root;
    e04_70_shuffled: "E04-70", random_direction = measures::shuffled;
    e04_70_other_signs: "E04-70", random_direction = measures::other_signs;
    e04_70_noisy: "E04-70", random_direction = measures::noisy;
    e04_71_one_entry: "E04-71", random_direction = measures::one_entry;
    e04_71_first_half: "E04-71", random_direction = measures::first_half;
    e04_72_lopsided: "E04-72", random_direction = measures::lopsided;
    e04_73_growing: "E04-73", random_direction = measures::growing;
    e04_74_in_pairs: "E04-74", random_direction = measures::in_pairs;
    e04_54_no_baseline: "E04-54", effect_table = effects::no_baseline;
    e04_55_bos_too: "E04-55", effect_table = effects::bos_too;
    e04_56_first_prompt: "E04-56", effect_table = effects::first_prompt;
    e04_57_same_vector: "E04-57", effect_table = effects::same_vector;
    e04_58_exchanged: "E04-58", effect_table = effects::exchanged;
    e04_132_measures_exchanged: "E04-132", effect_table = effects::measures_exchanged;
    e04_133_sum_over_prompts: "E04-133", effect_table = effects::sum_over_prompts;
    e04_134_last_prompt: "E04-134", effect_table = effects::last_prompt;
    e04_135_kl_turned: "E04-135", effect_table = effects::kl_turned;
    e04_136_index_of_coefficient: "E04-136", effect_table = effects::index_of_coefficient;
    e04_137_before_layer_0: "E04-137", effect_table = effects::before_layer_0;
    e04_138_no_bos: "E04-138", effect_table = effects::no_bos;
    e04_139_not_the_last: "E04-139", effect_table = effects::not_the_last;
    e04_139_last_only: "E04-139", effect_table = effects::last_only;
    e04_139_from_2: "E04-139", effect_table = effects::from_2;
    e04_140_after_layer: "E04-140", effect_table = effects::after_layer;
    e04_141_batched: "E04-141", effect_table = effects::batched;
    e04_142_coefficients_add_up: "E04-142", effect_table = effects::coefficients_add_up;
    e04_143_norm_one: "E04-143", effect_table = effects::norm_one;
    e04_172_quotient: "E04-172", effect_table = effects::quotient_of_logs;
    e04_173_probabilities: "E04-173", effect_table = effects::gain_in_probability;
    e04_174_no_coefficient: "E04-174", effect_table = effects::no_coefficient;
    e04_175_sign_of_gain: "E04-175", effect_table = effects::sign_of_gain;
    e04_59_within_budget: "E04-59", gain_at_cost = effects::within_budget;
    e04_60_at_any_cost: "E04-60", gain_at_cost = effects::at_any_cost;
    e04_144_first_column_over: "E04-144", gain_at_cost = effects::first_column_over;
    e04_144_nearest_column: "E04-144", gain_at_cost = effects::nearest_column;
    e04_145_continued: "E04-145", gain_at_cost = effects::continued;
    e04_146_never_is_zero: "E04-146", gain_at_cost = effects::never_is_zero;
    e04_146_never_is_nan: "E04-146", gain_at_cost = effects::never_is_nan;
    e04_146_never_is_largest: "E04-146", gain_at_cost = effects::never_is_largest;
    e04_146_never_panics: "E04-146", gain_at_cost = effects::never_panics;
    e04_147_ends_exchanged: "E04-147", gain_at_cost = effects::ends_exchanged;
    e04_148_middle: "E04-148", gain_at_cost = effects::middle;
    e04_149_whole_cost: "E04-149", gain_at_cost = effects::whole_cost;
    e04_150_largest_within: "E04-150", gain_at_cost = effects::largest_within;
    e04_151_per_cost: "E04-151", gain_at_cost = effects::per_cost;
    e04_152_column_of_layer_0: "E04-152", gain_at_cost = effects::column_of_layer_0;
    e04_176_by_the_budget: "E04-176", gain_at_cost = readings::by_the_budget;
    e04_177_one_line: "E04-177", gain_at_cost = readings::one_line;
    e04_178_from_zero: "E04-178", gain_at_cost = readings::line_from_zero;
    e04_179_exchanged: "E04-179", gain_at_cost = readings::tables_exchanged;
    e04_61_largest_gain: "E04-61", best_layer = effects::largest_gain;
    e04_62_smallest: "E04-62", best_layer = effects::smallest;
    e04_153_from_one: "E04-153", best_layer = effects::from_one;
    e04_154_largest_magnitude: "E04-154", best_layer = effects::largest_magnitude;
    e04_155_from_zero: "E04-155", best_layer = effects::from_zero;
    e04_156_best_quotient: "E04-156", best_layer = effects::best_quotient;
    e04_157_cheapest: "E04-157", best_layer = effects::cheapest;
    e04_158_best_at_column: "E04-158", best_layer = effects::best_at_column;
    e04_158_best_before: "E04-158", best_layer = effects::best_before;
    e04_158_best_at_last: "E04-158", best_layer = effects::best_at_last;
    e04_159_never_left_out: "E04-159", best_layer = effects::never_left_out;
    e04_159_never_counts_zero: "E04-159", best_layer = effects::never_counts_zero;
    e04_180_sum_of_gains: "E04-180", best_layer = readings::sum_of_gains;
    e04_180_sum_within: "E04-180", best_layer = readings::sum_within;
    e04_182_gain_minus_cost: "E04-182", best_layer = readings::gain_minus_cost;
    e04_183_column: "E04-183", best_layer = readings::best_column;
}

#[test]
fn another_way_not_to_use_the_generator_is_told_the_same() -> Result<(), Prose> {
    SUITE.rejects("E04-53", &Submission { random_direction: measures::copied_generator, ..RIGHT })
}

#[test]
fn what_has_no_name_is_rejected_too() {
    let unsigned: Submission = Submission {
        steering_vector: |model, positive, negative, layer| {
            (RIGHT.steering_vector)(model, positive, negative, layer).mapv(f32::abs)
        },
        steered_logits: |model, tokens, vector, layer, coefficient| {
            (RIGHT.steered_logits)(model, tokens, vector, layer, coefficient.abs())
        },
        random_direction: |like, rng| {
            let noise = (RIGHT.random_direction)(like, rng);
            let mixed = like * 3.0 + noise;
            &mixed * (like.dot(like) / mixed.dot(&mixed)).sqrt()
        },
        kl_divergence: |_, _| f32::NAN,
        ..RIGHT
    };
    assert!(ex04::c01_steering_vector_properties(&unsigned).grade_here().is_err(), "no sign in the vector");
    assert!(ex04::c03_steered_logits_properties(&unsigned).grade_here().is_err(), "no sign in the coefficient");
    assert!(ex04::c10_kl_divergence(&unsigned).grade_here().is_err(), "not a number");
    assert!(ex04::c11_random_direction(&unsigned).grade_here().is_err(), "close to the given vector");
}
