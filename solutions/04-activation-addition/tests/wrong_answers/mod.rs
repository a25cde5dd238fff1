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
    e04_01_sum: "E04-1", steering_vector = vectors::SUM;
    e04_02_no_bos: "E04-2", steering_vector = vectors::NO_BOS;
    e04_03_padded_left: "E04-3", steering_vector = vectors::PADDED_LEFT;
    e04_04_cut: "E04-4", steering_vector = vectors::CUT;
    e04_05_last_position: "E04-5", steering_vector = vectors::LAST_POSITION;
    e04_63_positive_only: "E04-63", steering_vector = vectors::POSITIVE_ONLY;
    e04_64_without_row_0: "E04-64", steering_vector = vectors::WITHOUT_ROW_0;
    e04_65_bos_twice: "E04-65", steering_vector = vectors::BOS_TWICE;
    e04_06_turned: "E04-6", steering_vector = vectors::NEGATIVE_MINUS_POSITIVE;
    e04_07_after_layer: "E04-7", steering_vector = vectors::AFTER_LAYER;
    e04_08_end_of_text: "E04-8", steering_vector = vectors::END_OF_TEXT;
    e04_09_missing_is_zero: "E04-9", steering_vector = vectors::MISSING_IS_ZERO;
    e04_75_padded_after_bos: "E04-75", steering_vector = vectors::PADDED_AFTER_BOS;
    e04_76_padded_with_last: "E04-76", steering_vector = vectors::PADDED_WITH_LAST;
    e04_76_padded_with_bos_and_space: "E04-76", steering_vector = vectors::PADDED_WITH_BOS_AND_SPACE;
    e04_77_unit_vector: "E04-77", steering_vector = vectors::UNIT_VECTOR;
    e04_77_half_vector: "E04-77", steering_vector = vectors::HALF_VECTOR;
    e04_78_in_the_middle: "E04-78", steering_vector = vectors::IN_THE_MIDDLE;
    e04_78_what_attention_wrote: "E04-78", steering_vector = vectors::WHAT_ATTENTION_WROTE;
    e04_10_hook_left: "E04-10", steered_logits = steering::HOOK_LEFT;
    e04_10_hook_left_at_zero: "E04-10", steered_logits = steering::HOOK_LEFT_AT_ZERO;
    e04_66_other_hooks_removed: "E04-66", steered_logits = steering::OTHER_HOOKS_REMOVED;
    e04_11_overwritten: "E04-11", steered_logits = steering::OVERWRITTEN;
    e04_12_no_coefficient: "E04-12", steered_logits = steering::NO_COEFFICIENT;
    e04_13_one_vector: "E04-13", steered_logits = steering::ONE_VECTOR;
    e04_14_too_long: "E04-14", steered_logits = steering::TOO_LONG;
    e04_15_first_row: "E04-15", steered_logits = steering::FIRST_ROW;
    e04_16_after_layer: "E04-16", steered_logits = steering::AFTER_LAYER;
    e04_17_twice: "E04-17", steered_logits = steering::TWICE;
    e04_160_log_probabilities: "E04-160", steered_logits = steering::LOG_PROBABILITIES;
    e04_160_probabilities: "E04-160", steered_logits = steering::PROBABILITIES;
    e04_161_change: "E04-161", steered_logits = steering::CHANGE;
    e04_18_at_the_end: "E04-18", steered_logits = steering::AT_THE_END;
    e04_19_shifted: "E04-19", steered_logits = steering::SHIFTED;
    e04_79_subtracted: "E04-79", steered_logits = steering::SUBTRACTED;
    e04_80_repeated: "E04-80", steered_logits = steering::REPEATED;
    e04_80_last_row_goes_on: "E04-80", steered_logits = steering::LAST_ROW_GOES_ON;
    e04_81_layer_before: "E04-81", steered_logits = steering::LAYER_BEFORE;
    e04_81_every_layer: "E04-81", steered_logits = steering::EVERY_LAYER;
    e04_82_a_copy: "E04-82", steered_logits = steering::A_COPY;
    e04_83_norm_one: "E04-83", steered_logits = steering::NORM_ONE;
    e04_84_first_row_of_vector: "E04-84", steered_logits = steering::FIRST_ROW_OF_VECTOR;
    e04_84_last_row_at_the_end: "E04-84", steered_logits = steering::LAST_ROW_AT_THE_END;
    e04_85_row_0_left_out: "E04-85", steered_logits = steering::ROW_0_LEFT_OUT;
    e04_162_long_not_used: "E04-162", steered_logits = steering::LONG_NOT_USED;
    e04_20_turned: "E04-20", contrastive_vector = vectors::CONTRAST_TURNED;
    e04_21_sum: "E04-21", contrastive_vector = vectors::CONTRAST_SUM;
    e04_22_raw: "E04-22", contrastive_vector = vectors::CONTRAST_RAW;
    e04_23_unit: "E04-23", contrastive_vector = vectors::CONTRAST_UNIT;
    e04_24_unit_first: "E04-24", contrastive_vector = vectors::CONTRAST_UNIT_FIRST;
    e04_25_last: "E04-25", contrastive_vector = vectors::CONTRAST_LAST;
    e04_26_padded: "E04-26", contrastive_vector = vectors::CONTRAST_PADDED;
    e04_27_after_layer: "E04-27", contrastive_vector = vectors::CONTRAST_AFTER;
    e04_28_mean: "E04-28", contrastive_vector = vectors::CONTRAST_MEAN;
    e04_86_contrast_no_bos: "E04-86", contrastive_vector = vectors::CONTRAST_NO_BOS;
    e04_87_contrast_first_pair: "E04-87", contrastive_vector = vectors::CONTRAST_FIRST_PAIR;
    e04_87_contrast_last_pair: "E04-87", contrastive_vector = vectors::CONTRAST_LAST_PAIR;
    e04_88_contrast_l1: "E04-88", contrastive_vector = vectors::CONTRAST_L1;
    e04_88_contrast_largest: "E04-88", contrastive_vector = vectors::CONTRAST_LARGEST;
    e04_88_contrast_squared: "E04-88", contrastive_vector = vectors::CONTRAST_SQUARED;
    e04_88_root_mean_square: "E04-88", contrastive_vector = vectors::CONTRAST_ROOT_MEAN_SQUARE;
    e04_89_contrast_one_before: "E04-89", contrastive_vector = vectors::CONTRAST_ONE_BEFORE;
    e04_90_contrast_batched: "E04-90", contrastive_vector = vectors::CONTRAST_BATCHED;
    e04_91_contrast_sides: "E04-91", contrastive_vector = vectors::CONTRAST_SIDES;
    e04_92_contrast_from_the_front: "E04-92", contrastive_vector = vectors::CONTRAST_FROM_THE_FRONT;
    e04_92_contrast_cast: "E04-92", contrastive_vector = vectors::CONTRAST_CAST;
    e04_185_from_the_longer: "E04-185", contrastive_vector = vectors::CONTRAST_FROM_THE_LONGER;
    e04_185_from_the_shorter: "E04-185", contrastive_vector = vectors::CONTRAST_FROM_THE_SHORTER;
    e04_163_by_prompts: "E04-163", contrastive_vector = vectors::CONTRAST_BY_PROMPTS;
    e04_164_centered: "E04-164", contrastive_vector = vectors::CONTRAST_CENTERED;
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
    e04_34_schedule_ignored: "E04-34", steered_generate = generation::SCHEDULE_IGNORED;
    e04_35_prompt_only: "E04-35", steered_generate = generation::PROMPT_ONLY;
    e04_36_never: "E04-36", steered_generate = generation::NEVER;
    e04_184_first_run_only: "E04-184", steered_generate = generation::FIRST_RUN_ONLY;
    e04_37_with_prompt: "E04-37", steered_generate = generation::WITH_PROMPT;
    e04_38_starts_again: "E04-38", steered_generate = generation::STARTS_AGAIN;
    e04_39_newest_only: "E04-39", steered_generate = generation::NEWEST_ONLY;
    e04_101_new_only: "E04-101", steered_generate = generation::NEW_ONLY;
    e04_102_end_included: "E04-102", steered_generate = generation::END_INCLUDED;
    e04_103_stops_at_end_of_text: "E04-103", steered_generate = generation::STOPS_AT_END_OF_TEXT;
    e04_103_stops_before_end_of_text: "E04-103", steered_generate = generation::STOPS_BEFORE_END_OF_TEXT;
    e04_104_first_logits: "E04-104", steered_generate = generation::FIRST_LOGITS;
    e04_105_least_probable: "E04-105", steered_generate = generation::LEAST_PROBABLE;
    e04_106_whole_text_again: "E04-106", steered_generate = generation::WHOLE_TEXT_AGAIN;
    e04_107_new_cache_each_step: "E04-107", steered_generate = generation::NEW_CACHE_EACH_STEP;
    e04_108_behind_the_prompt: "E04-108", steered_generate = generation::BEHIND_THE_PROMPT;
    e04_109_one_more: "E04-109", steered_generate = generation::ONE_MORE;
    e04_109_one_less: "E04-109", steered_generate = generation::ONE_LESS;
    e04_110_after_layer: "E04-110", steered_generate = generation::AFTER_LAYER;
    e04_111_from_the_prompts_end: "E04-111", steered_generate = generation::FROM_THE_PROMPTS_END;
    e04_167_every_layer: "E04-167", steered_generate = generation::EVERY_LAYER;
    e04_40_never_cached: "E04-40", steered_generate = generation::NEVER_CACHED;
    e04_41_always_cached: "E04-41", steered_generate = generation::ALWAYS_CACHED;
    e04_42_hook_left: "E04-42", steered_generate = generation::HOOK_LEFT;
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
    e04_186_largest_of_all: "E04-186", target_log_prob = measures::largest_of_all;
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
    e04_54_no_baseline: "E04-54", effect_table = effects::NO_BASELINE;
    e04_55_bos_too: "E04-55", effect_table = effects::BOS_TOO;
    e04_56_first_prompt: "E04-56", effect_table = effects::FIRST_PROMPT;
    e04_57_same_vector: "E04-57", effect_table = effects::SAME_VECTOR;
    e04_58_exchanged: "E04-58", effect_table = effects::EXCHANGED;
    e04_132_measures_exchanged: "E04-132", effect_table = effects::MEASURES_EXCHANGED;
    e04_133_sum_over_prompts: "E04-133", effect_table = effects::SUM_OVER_PROMPTS;
    e04_134_last_prompt: "E04-134", effect_table = effects::LAST_PROMPT;
    e04_135_kl_turned: "E04-135", effect_table = effects::KL_TURNED;
    e04_136_index_of_coefficient: "E04-136", effect_table = effects::INDEX_OF_COEFFICIENT;
    e04_137_before_layer_0: "E04-137", effect_table = effects::BEFORE_LAYER_0;
    e04_138_no_bos: "E04-138", effect_table = effects::NO_BOS;
    e04_139_not_the_last: "E04-139", effect_table = effects::NOT_THE_LAST;
    e04_139_last_only: "E04-139", effect_table = effects::LAST_ONLY;
    e04_139_from_2: "E04-139", effect_table = effects::FROM_2;
    e04_140_after_layer: "E04-140", effect_table = effects::AFTER_LAYER;
    e04_141_batched: "E04-141", effect_table = effects::BATCHED;
    e04_142_coefficients_add_up: "E04-142", effect_table = effects::COEFFICIENTS_ADD_UP;
    e04_143_norm_one: "E04-143", effect_table = effects::NORM_ONE;
    e04_172_quotient: "E04-172", effect_table = effects::QUOTIENT_OF_LOGS;
    e04_173_probabilities: "E04-173", effect_table = effects::GAIN_IN_PROBABILITY;
    e04_174_no_coefficient: "E04-174", effect_table = effects::NO_COEFFICIENT;
    e04_175_sign_of_gain: "E04-175", effect_table = effects::SIGN_OF_GAIN;
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
