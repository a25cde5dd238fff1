//! Wrong answers, at least one for each mistake that the grader can name: rejected by the check that is meant for it, with
//! its explanation.

mod backward;
mod batches;
mod growing;
mod loss;
mod model;
mod steps;
mod variations;

use grading::Prose;
use grading::ex07::{SUITE, Submission};
use solution_07_training as solution;

use crate::other_right_answers::RIGHT_ANSWERS;

/// The solution, which each wrong answer changes in one function.
pub const RIGHT: Submission = Submission {
    untrained_model: solution::untrained_model,
    letters: solution::letters,
    mean_loss: solution::mean_loss,
    loss_gradient: solution::loss_gradient,
    linear_backward: solution::linear_backward,
    softmax_backward: solution::softmax_backward,
    attention_backward: solution::attention_backward,
    layer_backward: solution::layer_backward,
    embedding_backward: solution::embedding_backward,
    model_gradients: solution::model_gradients,
    clip_gradients: solution::clip_gradients,
    adamw_step: solution::adamw_step,
    learning_rate: solution::learning_rate,
    text_window: solution::text_window,
    repeated_segment: solution::repeated_segment,
    training_batch: solution::training_batch,
    bump: solution::bump,
    train_step: solution::train_step,
    grow: solution::grow,
};

grading::wrong_answers! {
    SUITE, RIGHT, RIGHT_ANSWERS, variations::VARIATIONS;
    e07_001_added_up: "E07-1", mean_loss = loss::added_up;
    e07_002_over_all_positions: "E07-2", mean_loss = loss::over_all_positions;
    e07_003_mean_of_items: "E07-3", mean_loss = loss::mean_of_items;
    e07_004_bits: "E07-4", mean_loss = loss::bits;
    e07_005_sign: "E07-5", mean_loss = loss::sign;
    e07_006_probability: "E07-6", mean_loss = loss::probability;
    e07_007_nothing_as_bos: "E07-7", mean_loss = loss::nothing_as_bos;
    e07_008_not_normalized: "E07-8", mean_loss = loss::not_normalized;
    e07_009_overflow: "E07-9", mean_loss = loss::overflow;
    e07_222_largest_of_all: "E07-222", mean_loss = loss::largest_of_all;
    e07_223_kept_from_zero: "E07-223", mean_loss = loss::kept_from_zero;
    e07_223_clipped_from_below: "E07-223", mean_loss = loss::clipped_from_below;
    e07_010_not_divided: "E07-10", loss_gradient = loss::not_divided;
    e07_011_divided_by_all: "E07-11", loss_gradient = loss::divided_by_all;
    e07_012_ascending: "E07-12", loss_gradient = loss::ascending;
    e07_013_probabilities_alone: "E07-13", loss_gradient = loss::probabilities_alone;
    e07_014_answers_alone: "E07-14", loss_gradient = loss::answers_alone;
    e07_015_where_nothing_counts: "E07-15", loss_gradient = loss::where_nothing_counts;
    e07_016_one_not_divided: "E07-16", loss_gradient = loss::one_not_divided;
    e07_017_of_the_probability: "E07-17", loss_gradient = loss::of_the_probability;
    e07_018_gradient_overflow: "E07-18", loss_gradient = loss::gradient_overflow;
    e07_019_each_item_by_itself: "E07-19", loss_gradient = loss::each_item_by_itself;
    e07_190_by_texts: "E07-190", loss_gradient = loss::by_texts;
    e07_191_logits_alone: "E07-191", loss_gradient = loss::logits_alone;
    e07_192_shifted: "E07-192", loss_gradient = loss::shifted;
    e07_224_largest_of_all: "E07-224", loss_gradient = loss::gradient_largest_of_all;
    e07_020_d_w_transposed: "E07-20", linear_backward = backward::d_w_transposed;
    e07_021_mean_over_rows: "E07-21", linear_backward = backward::mean_over_rows;
    e07_022_first_row: "E07-22", linear_backward = backward::first_row;
    e07_023_last_row: "E07-23", linear_backward = backward::last_row;
    e07_024_exchanged: "E07-24", linear_backward = backward::exchanged;
    e07_025_of_the_sum: "E07-25", linear_backward = backward::of_the_sum;
    e07_026_both_divided: "E07-26", linear_backward = backward::both_divided;
    e07_027_w_not_transposed: "E07-27", linear_backward = backward::w_not_transposed;
    e07_028_product_of_gradients: "E07-28", linear_backward = backward::product_of_gradients;
    e07_029_diagonal: "E07-29", softmax_backward = backward::diagonal;
    e07_030_nothing_subtracted: "E07-30", softmax_backward = backward::nothing_subtracted;
    e07_031_of_the_logarithm: "E07-31", softmax_backward = backward::of_the_logarithm;
    e07_032_plain_mean: "E07-32", softmax_backward = backward::plain_mean;
    e07_033_over_queries: "E07-33", softmax_backward = backward::over_queries;
    e07_227_average_of_another_query: "E07-227", softmax_backward = backward::average_of_another_query;
    e07_034_average_not_weighted: "E07-34", softmax_backward = backward::average_not_weighted;
    e07_035_sign: "E07-35", softmax_backward = backward::sign;
    e07_036_plain_sum: "E07-36", softmax_backward = backward::plain_sum;
    e07_037_whole_matrix: "E07-37", softmax_backward = backward::whole_matrix;
    e07_038_pattern_not_multiplied: "E07-38", softmax_backward = backward::pattern_not_multiplied;
    e07_039_scale_missing: "E07-39", attention_backward = backward::scale_missing;
    e07_040_scale_without_root: "E07-40", attention_backward = backward::scale_without_root;
    e07_041_scale_multiplied: "E07-41", attention_backward = backward::scale_multiplied;
    e07_042_scale_of_positions: "E07-42", attention_backward = backward::scale_of_positions;
    e07_043_queries_and_keys_exchanged: "E07-43", attention_backward = backward::queries_and_keys_exchanged;
    e07_044_d_k_not_transposed: "E07-44", attention_backward = backward::d_k_not_transposed;
    e07_045_d_v_not_transposed: "E07-45", attention_backward = backward::d_v_not_transposed;
    e07_046_softmax_skipped: "E07-46", attention_backward = backward::softmax_skipped;
    e07_047_mask_forgotten: "E07-47", attention_backward = backward::mask_forgotten;
    e07_048_softmax_skipped_but_masked: "E07-48", attention_backward = backward::softmax_skipped_but_masked;
    e07_049_keys_for_values: "E07-49", attention_backward = backward::keys_for_values;
    e07_050_values_scaled_too: "E07-50", attention_backward = backward::values_scaled_too;
    e07_051_no_residual: "E07-51", layer_backward = model::no_residual;
    e07_052_values_read_positions: "E07-52", layer_backward = model::values_read_positions;
    e07_053_queries_without_positions: "E07-53", layer_backward = model::queries_without_positions;
    e07_054_first_item_of_positions: "E07-54", layer_backward = model::first_item_of_positions;
    e07_055_mean_of_positions: "E07-55", layer_backward = model::mean_of_positions;
    e07_056_queries_of_positions: "E07-56", layer_backward = model::queries_of_positions;
    e07_057_last_head_only: "E07-57", layer_backward = model::last_head_only;
    e07_058_no_value_path: "E07-58", layer_backward = model::no_value_path;
    e07_059_no_pattern_path: "E07-59", layer_backward = model::no_pattern_path;
    e07_060_values_for_z: "E07-60", layer_backward = model::values_for_z;
    e07_061_output_of_head_zero: "E07-61", layer_backward = model::output_of_head_zero;
    e07_062_last_item_of_weights: "E07-62", layer_backward = model::last_item_of_weights;
    e07_062_last_item_of_every_weight: "E07-62", layer_backward = model::last_item_of_every_weight;
    e07_228_heads_on_top_of_each_other: "E07-228", layer_backward = model::heads_on_top_of_each_other;
    e07_063_positions_twice: "E07-63", layer_backward = model::positions_twice;
    e07_064_keys_from_queries: "E07-64", layer_backward = model::keys_from_queries;
    e07_193_no_positions: "E07-193", layer_backward = model::no_positions;
    e07_194_positions_like_stream: "E07-194", layer_backward = model::positions_like_stream;
    e07_195_other_order: "E07-195", layer_backward = model::other_order;
    e07_065_overwritten: "E07-65", embedding_backward = backward::overwritten;
    e07_066_averaged: "E07-66", embedding_backward = backward::averaged;
    e07_067_first_item: "E07-67", embedding_backward = backward::first_item;
    e07_068_divided: "E07-68", embedding_backward = backward::divided;
    e07_069_to_the_next_token: "E07-69", embedding_backward = backward::to_the_next_token;
    e07_070_mean_over_items: "E07-70", embedding_backward = backward::mean_over_items;
    e07_071_without_bos: "E07-71", embedding_backward = backward::without_bos;
    e07_072_stream_before_the_last_layer: "E07-72", model_gradients = model::stream_before_the_last_layer;
    e07_073_positions_of_one_layer: "E07-73", model_gradients = model::positions_of_one_layer;
    e07_074_first_layer_first: "E07-74", model_gradients = model::first_layer_first;
    e07_075_embedding_from_the_top: "E07-75", model_gradients = model::embedding_from_the_top;
    e07_076_every_layer_from_the_top: "E07-76", model_gradients = model::every_layer_from_the_top;
    e07_077_positions_in_the_stream: "E07-77", model_gradients = model::positions_in_the_stream;
    e07_078_tied: "E07-78", model_gradients = model::tied;
    e07_079_loss_of_all: "E07-79", model_gradients = model::loss_of_all;
    e07_080_predictions_of_all: "E07-80", model_gradients = model::predictions_of_all;
    e07_196_names_exchanged: "E07-196", model_gradients = model::names_exchanged;
    e07_081_each_by_itself: "E07-81", clip_gradients = steps::each_by_itself;
    e07_082_norm_afterward: "E07-82", clip_gradients = steps::norm_afterward;
    e07_083_always_that_long: "E07-83", clip_gradients = steps::always_that_long;
    e07_225_zero_by_zero: "E07-225", clip_gradients = steps::zero_by_zero;
    e07_084_entry_by_entry: "E07-84", clip_gradients = steps::entry_by_entry;
    e07_085_without_root: "E07-85", clip_gradients = steps::without_root;
    e07_086_largest_entry: "E07-86", clip_gradients = steps::largest_entry;
    e07_087_sum_of_lengths: "E07-87", clip_gradients = steps::sum_of_lengths;
    e07_088_longest: "E07-88", clip_gradients = steps::longest;
    e07_089_sum_of_sizes: "E07-89", clip_gradients = steps::sum_of_sizes;
    e07_090_only_measured: "E07-90", clip_gradients = steps::only_measured;
    e07_197_the_factor: "E07-197", clip_gradients = steps::the_factor;
    e07_198_length_one: "E07-198", clip_gradients = steps::length_one;
    e07_199_root_mean_square: "E07-199", clip_gradients = steps::root_mean_square;
    e07_091_not_corrected: "E07-91", adamw_step = steps::not_corrected;
    e07_092_m_not_corrected: "E07-92", adamw_step = steps::m_not_corrected;
    e07_093_v_not_corrected: "E07-93", adamw_step = steps::v_not_corrected;
    e07_094_counted_from_zero: "E07-94", adamw_step = steps::counted_from_zero;
    e07_095_counted_from_two: "E07-95", adamw_step = steps::counted_from_two;
    e07_096_always_the_first: "E07-96", adamw_step = steps::always_the_first;
    e07_097_decay_in_gradient: "E07-97", adamw_step = steps::decay_in_gradient;
    e07_098_decay_without_rate: "E07-98", adamw_step = steps::decay_without_rate;
    e07_099_no_decay: "E07-99", adamw_step = steps::no_decay;
    e07_100_grows: "E07-100", adamw_step = steps::grows;
    e07_101_rate_twice: "E07-101", adamw_step = steps::rate_twice;
    e07_102_epsilon_in_root: "E07-102", adamw_step = steps::epsilon_in_root;
    e07_103_no_epsilon: "E07-103", adamw_step = steps::no_epsilon;
    e07_104_no_root: "E07-104", adamw_step = steps::no_root;
    e07_105_betas_exchanged: "E07-105", adamw_step = steps::betas_exchanged;
    e07_106_weights_exchanged: "E07-106", adamw_step = steps::weights_exchanged;
    e07_107_square_of_average: "E07-107", adamw_step = steps::square_of_average;
    e07_108_size_for_square: "E07-108", adamw_step = steps::size_for_square;
    e07_109_ascending: "E07-109", adamw_step = steps::ascending;
    e07_110_gradient_whole: "E07-110", adamw_step = steps::gradient_whole;
    e07_111_sign_of_gradient: "E07-111", adamw_step = steps::sign_of_gradient;
    e07_112_decay_afterward: "E07-112", adamw_step = steps::decay_afterward;
    e07_113_averages_not_kept: "E07-113", adamw_step = steps::averages_not_kept;
    e07_114_plain_descent: "E07-114", adamw_step = steps::plain_descent;
    e07_200_corrections_kept: "E07-200", adamw_step = steps::corrections_kept;
    e07_201_usual_beta: "E07-201", adamw_step = steps::usual_beta;
    e07_202_constant_decay: "E07-202", adamw_step = steps::constant_decay;
    e07_115_rate_from_zero: "E07-115", learning_rate = steps::rate_from_zero;
    e07_116_no_warm_up: "E07-116", learning_rate = steps::no_warm_up;
    e07_117_no_fall: "E07-117", learning_rate = steps::no_fall;
    e07_118_falls_all_the_way: "E07-118", learning_rate = steps::falls_all_the_way;
    e07_119_zero_at_the_last: "E07-119", learning_rate = steps::zero_at_the_last;
    e07_120_peak_ignored: "E07-120", learning_rate = steps::peak_ignored;
    e07_121_never_levels_off: "E07-121", learning_rate = steps::never_levels_off;
    e07_122_last_tenth: "E07-122", learning_rate = steps::last_tenth;
    e07_203_last_half: "E07-203", learning_rate = steps::last_half;
    e07_203_last_quarter: "E07-203", learning_rate = steps::last_quarter;
    e07_204_along_a_curve: "E07-204", learning_rate = steps::along_a_curve;
    e07_205_rise_by_share: "E07-205", learning_rate = steps::rise_by_share;
    e07_123_too_long: "E07-123", text_window = batches::too_long;
    e07_124_no_bos: "E07-124", text_window = batches::no_bos;
    e07_124_no_bos_but_as_long: "E07-124", text_window = batches::no_bos_but_as_long;
    e07_125_token_by_token: "E07-125", text_window = batches::token_by_token;
    e07_126_last_place_never: "E07-126", text_window = batches::last_place_never;
    e07_127_piece_by_piece: "E07-127", text_window = batches::piece_by_piece;
    e07_128_first_place_never: "E07-128", text_window = batches::first_place_never;
    e07_129_own_generator: "E07-129", text_window = batches::own_generator;
    e07_130_twice_only: "E07-130", repeated_segment = batches::twice_only;
    e07_131_segment_without_bos: "E07-131", repeated_segment = batches::segment_without_bos;
    e07_132_bos_again: "E07-132", repeated_segment = batches::bos_again;
    e07_133_length_with_bos: "E07-133", repeated_segment = batches::length_with_bos;
    e07_134_backwards: "E07-134", repeated_segment = batches::backwards;
    e07_135_never_repeated: "E07-135", repeated_segment = batches::never_repeated;
    e07_217_segment_too_long: "E07-217", repeated_segment = batches::segment_too_long;
    e07_136_too_short: "E07-136", repeated_segment = batches::too_short;
    e07_137_longest_never: "E07-137", repeated_segment = batches::longest_never;
    e07_138_one_length: "E07-138", repeated_segment = batches::one_length;
    e07_139_bos_drawn: "E07-139", repeated_segment = batches::bos_drawn;
    e07_140_last_token_never: "E07-140", repeated_segment = batches::last_token_never;
    e07_141_counting_up: "E07-141", repeated_segment = batches::counting_up;
    e07_142_segment_of_own_generator: "E07-142", repeated_segment = batches::segment_of_own_generator;
    e07_143_itself: "E07-143", training_batch = batches::itself;
    e07_144_around_the_end: "E07-144", training_batch = batches::around_the_end;
    e07_145_first_predictions_of_text: "E07-145", training_batch = batches::first_predictions_of_text;
    e07_146_everything_counts: "E07-146", training_batch = batches::everything_counts;
    e07_147_one_too_many: "E07-147", training_batch = batches::one_too_many;
    e07_148_one_too_few: "E07-148", training_batch = batches::one_too_few;
    e07_149_first_copy_only: "E07-149", training_batch = batches::first_copy_only;
    e07_150_share_ignored: "E07-150", training_batch = batches::share_ignored;
    e07_151_the_other_way: "E07-151", training_batch = batches::the_other_way;
    e07_152_one_draw_for_all: "E07-152", training_batch = batches::one_draw_for_all;
    e07_218_first_rows_repeat: "E07-218", training_batch = batches::first_rows_repeat;
    e07_218_as_many_in_each: "E07-218", training_batch = batches::as_many_in_each;
    e07_219_first_half_of_the_text: "E07-219", text_window = batches::first_half_of_the_text;
    e07_220_only_even_lengths: "E07-220", repeated_segment = batches::only_even_lengths;
    e07_221_space_never: "E07-221", repeated_segment = batches::space_never;
    e07_153_one_row_for_all: "E07-153", training_batch = batches::one_row_for_all;
    e07_154_copies_exchanged: "E07-154", bump = growing::copies_exchanged;
    e07_155_over_both: "E07-155", bump = growing::over_both;
    e07_156_one_too_late: "E07-156", bump = growing::one_too_late;
    e07_157_one_too_early: "E07-157", bump = growing::one_too_early;
    e07_158_last_prediction_only: "E07-158", bump = growing::last_prediction_only;
    e07_159_sums: "E07-159", bump = growing::sums;
    e07_160_first_item: "E07-160", bump = growing::first_item;
    e07_161_earlier_copy_itself: "E07-161", bump = growing::earlier_copy_itself;
    e07_162_one_further: "E07-162", bump = growing::one_further;
    e07_163_second_copy_alone: "E07-163", bump = growing::second_copy_alone;
    e07_164_sum_of_the_stripe: "E07-164", bump = growing::sum_of_the_stripe;
    e07_165_last_layer: "E07-165", bump = growing::last_layer;
    e07_166_last_layers_first_head: "E07-166", bump = growing::last_layers_first_head;
    e07_167_mean_of_heads: "E07-167", bump = growing::mean_of_heads;
    e07_168_largest_of_items: "E07-168", bump = growing::largest_of_items;
    e07_169_previous_token: "E07-169", bump = growing::previous_token;
    e07_170_over_all_queries: "E07-170", bump = growing::over_all_queries;
    e07_206_two_further: "E07-206", bump = growing::two_further;
    e07_207_sum_of_heads: "E07-207", bump = growing::sum_of_heads;
    e07_208_largest_cell: "E07-208", bump = growing::largest_cell;
    e07_209_score_of_first_item: "E07-209", bump = growing::score_of_first_item;
    e07_171_not_clipped: "E07-171", train_step = steps::NOT_CLIPPED;
    e07_172_clipped_each: "E07-172", train_step = steps::CLIPPED_EACH;
    e07_173_always_step_one: "E07-173", train_step = steps::ALWAYS_STEP_ONE;
    e07_174_new_moments: "E07-174", train_step = steps::NEW_MOMENTS;
    e07_175_without_decay: "E07-175", train_step = steps::WITHOUT_DECAY;
    e07_229_embeddings_without_decay: "E07-229", train_step = steps::EMBEDDINGS_WITHOUT_DECAY;
    e07_176_always_peak: "E07-176", train_step = steps::ALWAYS_PEAK;
    e07_177_layers_only: "E07-177", train_step = steps::LAYERS_ONLY;
    e07_178_no_positions: "E07-178", train_step = steps::NO_POSITIONS;
    e07_179_no_unembedding: "E07-179", train_step = steps::NO_UNEMBEDDING;
    e07_180_loss_afterward: "E07-180", train_step = steps::LOSS_AFTERWARD;
    e07_181_twice: "E07-181", train_step = steps::TWICE;
    e07_182_steps_from_two: "E07-182", train_step = steps::STEPS_FROM_TWO;
    e07_210_plain_descent: "E07-210", train_step = steps::TRAIN_BY_PLAIN_DESCENT;
    e07_211_shared_averages: "E07-211", train_step = steps::SHARED_AVERAGES;
    e07_212_two_steps: "E07-212", train_step = steps::TWO_STEPS;
    e07_183_last_loss_alone: "E07-183", grow = growing::LAST_LOSS_ALONE;
    e07_183_one_step_too_many: "E07-183", grow = growing::ONE_STEP_TOO_MANY;
    e07_184_steps_from_zero: "E07-184", grow = growing::STEPS_FROM_ZERO;
    e07_185_a_copy_is_trained: "E07-185", grow = growing::A_COPY_IS_TRAINED;
    e07_186_own_generator: "E07-186", grow = growing::OWN_GENERATOR;
    e07_187_half_in_any_case: "E07-187", grow = growing::HALF_IN_ANY_CASE;
    e07_188_no_text: "E07-188", grow = growing::NO_TEXT;
    e07_213_constant_rate: "E07-213", grow = growing::CONSTANT_RATE;
    e07_214_steps_from_zero: "E07-214", grow = growing::RATES_FROM_ZERO;
    e07_215_averages_made_again: "E07-215", grow = growing::AVERAGES_MADE_AGAIN;
    e07_216_always_step_one: "E07-216", grow = growing::ALWAYS_STEP_ONE;
    e07_226_long_schedule: "E07-226", grow = growing::LONG_SCHEDULE;
    e07_230_context_written_in: "E07-230", grow = growing::CONTEXT_WRITTEN_IN;
    e07_230_vocabulary_written_in: "E07-230", grow = growing::VOCABULARY_WRITTEN_IN;
    e07_189_one_batch: "E07-189", grow = growing::ONE_BATCH;
}

#[test]
fn a_range_without_its_end_is_named_where_it_is_empty() -> Result<(), Prose> {
    let window = Submission { text_window: batches::window_of_no_place, ..RIGHT };
    SUITE.rejects_in("c12_text_window", "E00-61", &window)?;
    let segment = Submission { repeated_segment: batches::segment_of_no_length, ..RIGHT };
    SUITE.rejects_in("c13_repeated_segment", "E00-61", &segment)
}
