//! Wrong answers, one for each mistake that the grader can name: each must be rejected by the check that is meant for it,
//! and be told what it did.
//!
//! `cargo test -p solution-01-introduction --test answers -- --show-output` shows what a learner reads.

mod caches;
mod guesses;
mod patterns;
mod sizes;
mod tokens;
mod variations;
mod views;

use grading::Prose;
use grading::ex01::{SUITE, Submission};

use crate::other_right_answers::RIGHT_ANSWERS;

/// The solution, which each wrong answer changes in one function.
pub const RIGHT: Submission = Submission {
    sizes: solution_01_introduction::sizes,
    shape_of: solution_01_introduction::shape_of,
    token_strings: solution_01_introduction::token_strings,
    texts_of: solution_01_introduction::texts_of,
    positions_of: solution_01_introduction::positions_of,
    guessed_right: solution_01_introduction::guessed_right,
    tokens_guessed: solution_01_introduction::tokens_guessed,
    full_name: solution_01_introduction::full_name,
    first_patterns: solution_01_introduction::first_patterns,
    pattern_from_q_and_k: solution_01_introduction::pattern_from_q_and_k,
    largest_error: solution_01_introduction::largest_error,
    show_attention: solution_01_introduction::show_attention,
};

grading::wrong_answers! {
    SUITE, RIGHT, RIGHT_ANSWERS, variations::VARIATIONS;
    e01_01_heads_of_one_layer: "E01-1", sizes = sizes::heads_of_one_layer;
    e01_02_vocabulary: "E01-2", sizes = sizes::vocabulary;
    e01_03_hard_coded_sizes: "E01-3", sizes = sizes::hard_coded;
    e01_04_heads_side_by_side: "E01-4", shape_of = sizes::heads_side_by_side;
    e01_05_without_layers: "E01-5", shape_of = sizes::without_layers;
    e01_06_transposed_shapes: "E01-6", shape_of = sizes::transposed;
    e01_07_output_like_the_others: "E01-7", shape_of = sizes::output_like_the_others;
    e01_08_head_worked_out: "E01-8", shape_of = sizes::head_worked_out;
    e01_09_mlp_worked_out: "E01-9", shape_of = sizes::mlp_worked_out;
    e01_10_always_bos: "E01-10", token_strings = tokens::always_bos;
    e01_11_never_bos: "E01-11", token_strings = tokens::never_bos;
    e01_12_bos_twice: "E01-12", token_strings = tokens::bos_twice;
    e01_13_trimmed: "E01-13", token_strings = tokens::trimmed;
    e01_14_words: "E01-14", token_strings = tokens::words;
    e01_15_bos_left_in: "E01-15", texts_of = tokens::bos_left_in;
    e01_16_first_dropped: "E01-16", texts_of = tokens::first_dropped;
    e01_17_every_bos_dropped: "E01-17", texts_of = tokens::every_bos_dropped;
    e01_18_token_by_token: "E01-18", texts_of = tokens::token_by_token;
    e01_19_first_text: "E01-19", texts_of = tokens::first_row;
    e01_20_bos_is_0: "E01-20", texts_of = tokens::bos_is_0;
    e01_21_first_only: "E01-21", positions_of = tokens::first_only;
    e01_22_counted_without_bos: "E01-22", positions_of = tokens::without_bos;
    e01_23_spaces_ignored: "E01-23", positions_of = tokens::spaces_ignored;
    e01_24_part_of_a_token: "E01-24", positions_of = tokens::part_of_a_token;
    e01_130_not_beside_another: "E01-130", positions_of = tokens::not_beside_another;
    e01_25_letters: "E01-25", positions_of = tokens::letters;
    e01_26_not_shifted: "E01-26", guessed_right = guesses::not_shifted;
    e01_27_shifted_back: "E01-27", guessed_right = guesses::shifted_back;
    e01_28_over_positions: "E01-28", guessed_right = guesses::over_positions;
    e01_29_last_counted: "E01-29", guessed_right = guesses::last_counted;
    e01_30_first_row: "E01-30", guessed_right = guesses::first_row;
    e01_31_guessed_without_bos: "E01-31", tokens_guessed = guesses::without_bos;
    e01_32_tokens_before: "E01-32", tokens_guessed = guesses::tokens_before;
    e01_33_every_guess: "E01-33", tokens_guessed = guesses::every_guess;
    e01_34_each_once: "E01-34", tokens_guessed = guesses::each_once;
    e01_35_next_not_shifted: "E01-35", tokens_guessed = guesses::next_not_shifted;
    e01_36_all_in_attention: "E01-36", full_name = sizes::all_in_attention;
    e01_37_no_part: "E01-37", full_name = sizes::no_part;
    e01_38_no_hook: "E01-38", full_name = sizes::no_hook;
    e01_39_layers_from_one: "E01-39", full_name = sizes::from_one;
    e01_40_everything: "E01-40", first_patterns = caches::everything;
    e01_41_all_layers: "E01-41", first_patterns = caches::all_layers;
    e01_42_later_blocks: "E01-42", first_patterns = caches::later_blocks;
    e01_43_one_too_few: "E01-43", first_patterns = caches::one_too_few;
    e01_44_one_run_each: "E01-44", first_patterns = caches::one_run_each;
    e01_45_scores: "E01-45", first_patterns = caches::scores;
    e01_46_not_scaled: "E01-46", pattern_from_q_and_k = patterns::not_scaled;
    e01_47_by_d_head: "E01-47", pattern_from_q_and_k = patterns::by_d_head;
    e01_48_by_d_model: "E01-48", pattern_from_q_and_k = patterns::by_d_model;
    e01_49_no_mask: "E01-49", pattern_from_q_and_k = patterns::no_mask;
    e01_50_masked_late: "E01-50", pattern_from_q_and_k = patterns::masked_late;
    e01_51_itself_hidden: "E01-51", pattern_from_q_and_k = patterns::itself_hidden;
    e01_52_past_hidden: "E01-52", pattern_from_q_and_k = patterns::past_hidden;
    e01_53_zero_mask: "E01-53", pattern_from_q_and_k = patterns::zero_mask;
    e01_54_over_queries: "E01-54", pattern_from_q_and_k = patterns::over_queries;
    e01_55_swapped: "E01-55", pattern_from_q_and_k = patterns::swapped;
    e01_56_heads_mixed_up: "E01-56", pattern_from_q_and_k = patterns::heads_mixed_up;
    e01_57_one_item: "E01-57", pattern_from_q_and_k = patterns::one_item;
    e01_58_other_axes: "E01-58", pattern_from_q_and_k = patterns::other_axes;
    e01_59_overflow: "E01-59", pattern_from_q_and_k = patterns::overflow;
    e01_60_mean: "E01-60", largest_error = patterns::mean;
    e01_61_signed: "E01-61", largest_error = patterns::signed;
    e01_62_only_layer_0: "E01-62", largest_error = patterns::layer_0;
    e01_63_first_item: "E01-63", largest_error = patterns::first_item;
    e01_64_with_itself: "E01-64", largest_error = patterns::with_itself;
    e01_65_picture_of_layer_0: "E01-65", show_attention = views::layer_0;
    e01_66_one_head: "E01-66", show_attention = views::one_head;
    e01_67_transposed_picture: "E01-67", show_attention = views::transposed;
    e01_68_ids: "E01-68", show_attention = views::ids;
    e01_69_heads_first: "E01-69", sizes = sizes::heads_first;
    e01_70_place_for_bos: "E01-70", sizes = sizes::place_for_bos;
    e01_71_width_of_the_stream: "E01-71", sizes = sizes::width_of_the_stream;
    e01_72_unembedding_like_embedding: "E01-72", shape_of = sizes::unembedding_like_embedding;
    e01_73_heads_before_layers: "E01-73", shape_of = sizes::heads_before_layers;
    e01_74_mlp_exchanged: "E01-74", shape_of = sizes::mlp_exchanged;
    e01_75_embeddings_exchanged: "E01-75", shape_of = sizes::embeddings_exchanged;
    e01_76_negated_bos: "E01-76", token_strings = tokens::negated;
    e01_77_letters: "E01-77", token_strings = tokens::letters_of;
    e01_78_trimmed_text: "E01-78", texts_of = tokens::trimmed_text;
    e01_79_front_dropped: "E01-79", texts_of = tokens::front_dropped;
    e01_80_first_row_decides: "E01-80", texts_of = tokens::first_row_decides;
    e01_81_run_together: "E01-81", texts_of = tokens::run_together;
    e01_82_one_too_far: "E01-82", positions_of = tokens::one_too_far;
    e01_83_capitals_ignored: "E01-83", positions_of = tokens::capitals_ignored;
    e01_84_word_numbers: "E01-84", positions_of = tokens::word_numbers;
    e01_85_tokens_of_row_0: "E01-85", guessed_right = guesses::tokens_of_row_0;
    e01_86_largest_absolute: "E01-86", guessed_right = guesses::largest_absolute;
    e01_87_smallest: "E01-87", guessed_right = guesses::smallest;
    e01_88_more_likely_than_not: "E01-88", guessed_right = guesses::more_likely_than_not;
    e01_89_maximum_from_zero: "E01-89", guessed_right = guesses::maximum_from_zero;
    e01_90_negated: "E01-90", guessed_right = guesses::negated;
    e01_91_missed: "E01-91", tokens_guessed = guesses::missed;
    e01_92_in_one_string: "E01-92", tokens_guessed = guesses::in_one_string;
    e01_93_cache_from_one: "E01-93", first_patterns = caches::from_one;
    e01_94_only_the_last: "E01-94", first_patterns = caches::only_the_last;
    e01_95_first_row: "E01-95", first_patterns = caches::first_row;
    e01_96_without_batch_axis: "E01-96", first_patterns = caches::without_batch_axis;
    e01_97_outputs_in_their_parts: "E01-97", full_name = sizes::outputs_in_their_parts;
    e01_98_no_mlp: "E01-98", full_name = sizes::no_mlp;
    e01_99_by_letters: "E01-99", full_name = sizes::by_letters;
    e01_100_mask_of_ten: "E01-100", pattern_from_q_and_k = patterns::mask_of_ten;
    e01_101_times_root: "E01-101", pattern_from_q_and_k = patterns::times_root;
    e01_102_one_largest: "E01-102", pattern_from_q_and_k = patterns::one_largest;
    e01_103_picture_without_bos: "E01-103", show_attention = views::without_bos;
    e01_104_picture_of_scores: "E01-104", show_attention = views::scores;
    e01_105_mean_over_heads: "E01-105", show_attention = views::mean_over_heads;
    e01_106_trimmed: "E01-106", show_attention = views::trimmed;
    e01_107_keys_before_queries: "E01-107", pattern_from_q_and_k = patterns::keys_before_queries;
    e01_108_scaled_late: "E01-108", pattern_from_q_and_k = patterns::scaled_late;
    e01_109_one_head: "E01-109", pattern_from_q_and_k = patterns::one_head;
    e01_110_sum: "E01-110", largest_error = patterns::sum;
    e01_111_squared: "E01-111", largest_error = patterns::squared;
    e01_112_lower_half: "E01-112", largest_error = patterns::lower_half;
    e01_113_last_only: "E01-113", positions_of = tokens::last_only;
    e01_114_beginning_of_a_token: "E01-114", positions_of = tokens::beginning_of_a_token;
    e01_115_next_visible: "E01-115", pattern_from_q_and_k = patterns::next_visible;
    e01_116_smallest: "E01-116", largest_error = patterns::smallest;
    e01_117_z_in_the_block: "E01-117", full_name = sizes::z_in_the_block;
    e01_118_next_layer: "E01-118", show_attention = views::next_layer;
    e01_129_names_of_layer_0: "E01-129", show_attention = views::names_of_layer_0;
    e01_119_first_head: "E01-119", largest_error = patterns::first_head;
    e01_120_one_softmax: "E01-120", pattern_from_q_and_k = patterns::one_softmax;
    e01_121_ids: "E01-121", token_strings = tokens::ids;
    e01_122_logits_of_row_0: "E01-122", guessed_right = guesses::logits_of_row_0;
    // Other forms of the same mistakes.
    e01_117_result_in_the_block: "E01-117", full_name = sizes::result_in_the_block;
    e01_24_part_of_any_token: "E01-24", positions_of = tokens::part_of_any_token;
    e01_48_by_root_of_heads: "E01-48", pattern_from_q_and_k = patterns::by_root_of_heads;
    e01_48_by_positions: "E01-48", pattern_from_q_and_k = patterns::by_positions;
    e01_59_overflow_of_visible: "E01-59", pattern_from_q_and_k = patterns::overflow_of_visible;
    e01_61_signed_from_zero: "E01-61", largest_error = patterns::signed_from_zero;
    e01_61_signed_from_below: "E01-61", largest_error = patterns::signed_from_below;
    e01_66_head_0: "E01-66", show_attention = views::head_0;
    e01_69_context_first: "E01-69", sizes = sizes::context_first;
    e01_75_token_embedding_exchanged: "E01-75", shape_of = sizes::token_embedding_exchanged;
    e01_75_positions_exchanged: "E01-75", shape_of = sizes::positions_exchanged;
    e01_81_joined: "E01-81", texts_of = tokens::joined;
    e01_84_word_numbers_from_0: "E01-84", positions_of = tokens::word_numbers_from_0;
    e01_88_positive: "E01-88", guessed_right = guesses::positive;
    e01_97_everything_by_its_part: "E01-97", full_name = sizes::everything_by_its_part;
    e01_100_mask_of_one: "E01-100", pattern_from_q_and_k = patterns::mask_of_one;
    e01_100_mask_of_a_hundred: "E01-100", pattern_from_q_and_k = patterns::mask_of_a_hundred;
    e01_100_ten_subtracted: "E01-100", pattern_from_q_and_k = patterns::ten_subtracted;
    e01_102_one_largest_of_all: "E01-102", pattern_from_q_and_k = patterns::one_largest_of_all;
    e01_102_one_largest_for_visible: "E01-102", pattern_from_q_and_k = patterns::one_largest_for_visible;
    e01_111_root_of_mean_square: "E01-111", largest_error = patterns::root_of_mean_square;
    e01_123_width_of_a_layer: "E01-123", sizes = sizes::width_of_a_layer;
    e01_124_keys_transposed: "E01-124", shape_of = sizes::keys_transposed;
    e01_125_mlp_without_layers: "E01-125", shape_of = sizes::mlp_without_layers;
    e01_126_unembedding_of_each_layer: "E01-126", shape_of = sizes::unembedding_of_each_layer;
    e01_127_positions_as_wide_as_a_head: "E01-127", shape_of = sizes::positions_as_wide_as_a_head;
    e01_131_one_too_many: "E01-131", first_patterns = caches::one_too_many;
    e01_132_bos_written_out: "E01-132", token_strings = tokens::bos_written_out;
    e01_128_text_of_bos_in_one_model: "E01-128", texts_of = tokens::text_of_bos_in_one_model;
}

#[test]
fn sizes_in_another_order_are_named() -> Result<(), Prose> {
    let wrong = Submission { sizes: |cfg| [cfg.n_layers, cfg.n_ctx, cfg.n_layers * cfg.n_heads], ..RIGHT };
    SUITE.rejects_in("c01_sizes", "E00-18", &wrong)
}
