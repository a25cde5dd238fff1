//! Wrong answers, one for each mistake that the grader can name: each must be rejected by the check that is meant for it,
//! and be told what it did.
//!
//! `cargo test -p solution-02-induction --test answers -- --show-output` shows what a learner reads.

mod detectors;
mod losses;
mod repeated_tokens;
mod variations;
mod views;

use grading::Prose;
use grading::ex02::{SUITE, Submission};

use crate::other_right_answers::RIGHT_ANSWERS;

/// The solution, which each wrong answer changes in one function.
pub const RIGHT: Submission = Submission {
    attention_views: solution_02_induction::attention_views,
    current_attn_detector: solution_02_induction::current_attn_detector,
    prev_attn_detector: solution_02_induction::prev_attn_detector,
    first_attn_detector: solution_02_induction::first_attn_detector,
    generate_repeated_tokens: solution_02_induction::generate_repeated_tokens,
    repeated_loss_by_half: solution_02_induction::repeated_loss_by_half,
    induction_attn_detector: solution_02_induction::induction_attn_detector,
};

grading::wrong_answers! {
    SUITE, RIGHT, RIGHT_ANSWERS, variations::VARIATIONS;
    e02_01_whole_pattern: "E02-1", current_attn_detector = detectors::whole_pattern::<40>;
    e02_02_sum: "E02-2", current_attn_detector = detectors::sum::<40>;
    e02_03_head_before_layer: "E02-3", current_attn_detector = detectors::head_before_layer::<40>;
    e02_04_first_item: "E02-4", current_attn_detector = detectors::first_item::<40>;
    e02_05_layer_0: "E02-5", current_attn_detector = detectors::only_layer_0::<40>;
    e02_06_from_one: "E02-6", current_attn_detector = detectors::from_one::<40>;
    e02_07_hard_coded: "E02-7", current_attn_detector = detectors::hard_coded;
    e02_08_wrong_side: "E02-8", prev_attn_detector = detectors::next_token::<40>;
    e02_09_current_for_previous: "E02-9", prev_attn_detector = detectors::current_for_previous::<40>;
    e02_10_two_back: "E02-10", prev_attn_detector = detectors::two_back::<40>;
    e02_11_last_column: "E02-11", first_attn_detector = detectors::last_column::<40>;
    e02_12_first_row: "E02-12", first_attn_detector = detectors::first_row::<40>;
    e02_13_last_query: "E02-13", first_attn_detector = detectors::last_query::<40>;
    e02_14_no_bos: "E02-14", generate_repeated_tokens = repeated_tokens::no_bos;
    e02_15_bos_twice: "E02-15", generate_repeated_tokens = repeated_tokens::bos_twice;
    e02_16_independent_halves: "E02-16", generate_repeated_tokens = repeated_tokens::independent_halves;
    e02_17_one_row: "E02-17", generate_repeated_tokens = repeated_tokens::one_row;
    e02_18_bos_0: "E02-18", generate_repeated_tokens = repeated_tokens::bos_is_0;
    e02_19_doubled: "E02-19", generate_repeated_tokens = repeated_tokens::doubled;
    e02_20_backwards: "E02-20", generate_repeated_tokens = repeated_tokens::backwards;
    e02_21_own_generator: "E02-21", generate_repeated_tokens = repeated_tokens::own_generator;
    e02_22_one_segment: "E02-22", generate_repeated_tokens = repeated_tokens::one_segment;
    e02_23_outside: "E02-23", generate_repeated_tokens = repeated_tokens::outside;
    e02_24_part_of_the_vocabulary: "E02-24", generate_repeated_tokens = repeated_tokens::part_of_the_vocabulary;
    e02_25_not_shifted: "E02-25", repeated_loss_by_half = losses::not_shifted;
    e02_26_shifted_back: "E02-26", repeated_loss_by_half = losses::shifted_back;
    e02_27_sign: "E02-27", repeated_loss_by_half = losses::log_prob;
    e02_28_raw_logits: "E02-28", repeated_loss_by_half = losses::raw_logits;
    e02_29_softmax_over_positions: "E02-29", repeated_loss_by_half = losses::softmax_over_positions;
    e02_30_swapped: "E02-30", repeated_loss_by_half = losses::swapped;
    e02_31_cut_late: "E02-31", repeated_loss_by_half = losses::cut_late;
    e02_32_sum: "E02-32", repeated_loss_by_half = losses::sum;
    e02_33_first_row: "E02-33", repeated_loss_by_half = losses::first_row;
    e02_34_overflow: "E02-34", repeated_loss_by_half = losses::overflow;
    e02_35_stripe_low: "E02-35", induction_attn_detector = detectors::stripe_low::<40>;
    e02_36_stripe_high: "E02-36", induction_attn_detector = detectors::stripe_high::<40>;
    e02_37_stripe_ahead: "E02-37", induction_attn_detector = detectors::stripe_ahead::<40>;
    e02_38_first_item: "E02-38", induction_attn_detector = detectors::stripe_of_first_item::<40>;
    e02_39_hard_coded: "E02-39", induction_attn_detector = detectors::hard_coded_induction;
    e02_40_transposed: "E02-40", attention_views = views::transposed;
    e02_41_one_picture: "E02-41", attention_views = views::first_layer_only;
    e02_42_same_layer: "E02-42", attention_views = views::layer_0_each_time;
    e02_43_mean_over_heads: "E02-43", attention_views = views::mean_over_heads;
    e02_44_other_tokens: "E02-44", attention_views = views::trimmed_tokens;
    e02_45_unwrapped: "E02-45", attention_views = views::unwrapped;
    e02_46_errors_dropped: "E02-46", attention_views = views::errors_dropped;
    e02_47_cut_to_fit: "E02-47", attention_views = views::cut_to_fit;
    e02_48_other_kind: "E02-48", attention_views = views::other_kind;
    e02_49_two_layers: "E02-49", attention_views = views::two_layers;
    e02_50_without_bos: "E02-50", attention_views = views::without_bos;
    e02_51_peak: "E02-51", current_attn_detector = detectors::peak::<40>;
    e02_52_share_of_wins: "E02-52", current_attn_detector = detectors::share_of_wins::<40>;
    e02_53_middle: "E02-53", current_attn_detector = detectors::middle::<40>;
    e02_54_any_item: "E02-54", current_attn_detector = detectors::any_item::<40>;
    e02_55_overwritten: "E02-55", current_attn_detector = detectors::last_item::<40>;
    e02_56_summed_over_batch: "E02-56", current_attn_detector = detectors::summed_over_batch::<40>;
    e02_57_letters: "E02-57", current_attn_detector = detectors::letters::<40>;
    e02_58_once_per_item: "E02-58", current_attn_detector = detectors::once_per_item::<40>;
    e02_59_threshold: "E02-59", current_attn_detector = detectors::right_line::<90>;
    e02_60_below: "E02-60", current_attn_detector = detectors::below::<40>;
    e02_61_without_query_0: "E02-61", current_attn_detector = detectors::without_query_0::<40>;
    e02_62_best_only: "E02-62", current_attn_detector = detectors::best_only;
    e02_63_bos_in_the_segment: "E02-63", generate_repeated_tokens = repeated_tokens::bos_in_the_segment;
    e02_64_by_all_queries: "E02-64", prev_attn_detector = detectors::by_all_queries::<40>;
    e02_65_current_subtracted: "E02-65", prev_attn_detector = detectors::current_subtracted::<40>;
    e02_101_current_as_well: "E02-101", prev_attn_detector = detectors::current_as_well::<40>;
    e02_101_larger_of_current_and_previous:
        "E02-101", prev_attn_detector = detectors::larger_of_current_and_previous::<40>;
    e02_66_second_column: "E02-66", first_attn_detector = detectors::second_column::<40>;
    e02_67_stripe_two_low: "E02-67", induction_attn_detector = detectors::stripe_two_low::<40>;
    e02_68_by_segment: "E02-68", induction_attn_detector = detectors::stripe_by_segment::<40>;
    e02_69_previous: "E02-69", induction_attn_detector = detectors::previous_for_stripe::<40>;
    e02_70_once: "E02-70", generate_repeated_tokens = repeated_tokens::once;
    e02_71_whole_row: "E02-71", generate_repeated_tokens = repeated_tokens::whole_row;
    e02_72_axes_exchanged: "E02-72", generate_repeated_tokens = repeated_tokens::axes_exchanged;
    e02_73_bos_last: "E02-73", generate_repeated_tokens = repeated_tokens::bos_last;
    e02_74_of_another_row: "E02-74", generate_repeated_tokens = repeated_tokens::of_another_row;
    e02_75_shifted: "E02-75", generate_repeated_tokens = repeated_tokens::shifted;
    e02_75_begins_late: "E02-75", generate_repeated_tokens = repeated_tokens::begins_late;
    e02_76_rounded: "E02-76", generate_repeated_tokens = repeated_tokens::rounded;
    e02_77_sorted: "E02-77", generate_repeated_tokens = repeated_tokens::sorted;
    e02_78_rotated_rows: "E02-78", generate_repeated_tokens = repeated_tokens::rotated_rows;
    e02_79_bits: "E02-79", repeated_loss_by_half = losses::bits;
    e02_80_probabilities: "E02-80", repeated_loss_by_half = losses::probabilities;
    e02_81_log_of_mean: "E02-81", repeated_loss_by_half = losses::log_of_mean;
    e02_82_cut_early: "E02-82", repeated_loss_by_half = losses::cut_early;
    e02_83_first_left_out: "E02-83", repeated_loss_by_half = losses::first_left_out;
    e02_84_perplexities: "E02-84", repeated_loss_by_half = losses::perplexities;
    e02_85_batch_not_divided: "E02-85", repeated_loss_by_half = losses::batch_not_divided;
    e02_86_by_positions: "E02-86", repeated_loss_by_half = losses::by_positions;
    e02_87_first_of_everything: "E02-87", repeated_loss_by_half = losses::first_of_everything;
    e02_88_rows_halved: "E02-88", repeated_loss_by_half = losses::rows_halved;
    e02_89_head_0: "E02-89", attention_views = views::head_0;
    e02_90_squares: "E02-90", current_attn_detector = detectors::squares::<40>;
    e02_91_every_cell: "E02-91", current_attn_detector = detectors::every_cell::<40>;
    e02_92_last_layer_missing: "E02-92", attention_views = views::last_layer_missing;
    e02_93_each_head: "E02-93", attention_views = views::each_head;
    e02_94_filled_up: "E02-94", attention_views = views::filled_up;
    e02_103_names_of_layer_0: "E02-103", attention_views = views::names_of_layer_0;
    e02_105_last_query_left_out: "E02-105", current_attn_detector = detectors::without_last_query::<40>;
    e02_106_last_not_repeated: "E02-106", generate_repeated_tokens = repeated_tokens::last_not_repeated;
    e02_95_three_copies: "E02-95", generate_repeated_tokens = repeated_tokens::three_copies;
    e02_96_two_bos_in_front: "E02-96", generate_repeated_tokens = repeated_tokens::two_bos_in_front;
    e02_97_last_row: "E02-97", repeated_loss_by_half = losses::last_row;
    e02_98_median: "E02-98", repeated_loss_by_half = losses::median;
    e02_102_last_left_out: "E02-102", repeated_loss_by_half = losses::last_left_out;
    e02_104_as_many_heads_as_items: "E02-104", current_attn_detector = detectors::as_many_heads_as_items::<40>;
    // Other forms of the same mistakes.
    e02_28_plain_logits: "E02-28", repeated_loss_by_half = losses::plain_logits;
    e02_32_summed_without_sign: "E02-32", repeated_loss_by_half = losses::summed_without_sign;
    e02_34_overflow_of_the_sum: "E02-34", repeated_loss_by_half = losses::overflow_of_the_sum;
    e02_64_own_key: "E02-64", prev_attn_detector = detectors::own_key_of_query_0::<40>;
    e02_64_wrapped_around: "E02-64", prev_attn_detector = detectors::wrapped_around::<40>;
    e02_68_by_all_queries: "E02-68", induction_attn_detector = detectors::stripe_by_all_queries::<40>;
    e02_68_second_copy_by_all_queries: "E02-68", induction_attn_detector = detectors::second_copy_by_all_queries::<40>;
    e02_90_root_of_squares: "E02-90", current_attn_detector = detectors::root_of_squares::<40>;
    e02_99_earlier_queries: "E02-99", current_attn_detector = detectors::earlier_queries::<40>;
    e02_100_other_diagonal: "E02-100", current_attn_detector = detectors::other_diagonal::<40>;
    e02_53_share_above_the_threshold: "E02-53", current_attn_detector = detectors::share_above_the_threshold::<40>;
    e02_76_remainder_of_a_byte: "E02-76", generate_repeated_tokens = repeated_tokens::remainder_of_a_byte;
    e02_76_smaller_of_two: "E02-76", generate_repeated_tokens = repeated_tokens::smaller_of_two;
    e02_77_counting_up: "E02-77", generate_repeated_tokens = repeated_tokens::counting_up;
    e02_77_without_replacement: "E02-77", generate_repeated_tokens = repeated_tokens::without_replacement;
    e02_78_added_rows: "E02-78", generate_repeated_tokens = repeated_tokens::added_rows;
    e02_79_decimal: "E02-79", repeated_loss_by_half = losses::decimal;
    e02_80_minus_probabilities: "E02-80", repeated_loss_by_half = losses::minus_probabilities;
    e02_80_one_minus_probabilities: "E02-80", repeated_loss_by_half = losses::one_minus_probabilities;
}

/// Mistakes that may be made in more than one detector.
macro_rules! in_other_detectors {
    ($($check:literal, $code:literal, $function:ident = $wrong:path;)*) => {
        #[test]
fn the_largest_logit_of_all_rows_is_not_enough() -> Result<(), Prose> {
    let wrong = Submission { repeated_loss_by_half: losses::largest_of_all, ..RIGHT };
    SUITE.verdict("c07_repeated_loss_by_half", &wrong)?;
    Ok(())
}

#[test]
        fn a_mistake_is_recognized_in_whatever_detector() -> Result<(), Prose> {
            $(SUITE.rejects_in($check, $code, &Submission { $function: $wrong, ..RIGHT })?;)*
            Ok(())
        }
    };
}

in_other_detectors! {
    "c03_prev_attn_detector", "E02-5", prev_attn_detector = detectors::two_layers::<40>;
    "c03_prev_attn_detector", "E02-7", prev_attn_detector = detectors::hard_coded;
    "c03_prev_attn_detector", "E02-53", prev_attn_detector = detectors::middle_of_previous::<40>;
    "c03_prev_attn_detector", "E02-55", prev_attn_detector = detectors::overwritten::<40>;
    "c03_prev_attn_detector", "E02-91", prev_attn_detector = detectors::every_item::<40>;
    "c03_prev_attn_detector", "E02-57", prev_attn_detector = detectors::hyphens::<40>;
    "c04_first_attn_detector", "E02-99", first_attn_detector = detectors::later_queries_of_column_0::<40>;
    "c04_first_attn_detector", "E02-105", first_attn_detector = detectors::column_0_without_last_query::<40>;
    "c04_first_attn_detector", "E02-4", first_attn_detector = detectors::first_item_of_column_0::<40>;
    "c08_induction_attn_detector", "E02-13", induction_attn_detector = detectors::end_of_stripe::<40>;
    "c08_induction_attn_detector", "E02-51", induction_attn_detector = detectors::peak_of_stripe::<40>;
    "c08_induction_attn_detector", "E02-53", induction_attn_detector = detectors::share_of_the_second_copy::<40>;
    "c08_induction_attn_detector", "E02-99", induction_attn_detector = detectors::half_of_the_second_copy::<40>;
    "c08_induction_attn_detector", "E02-56", induction_attn_detector = detectors::batch_of_stripe_summed::<40>;
}

/// The same mistakes with the lowest and the highest threshold that the exercise calls sensible.
macro_rules! with_other_thresholds {
    ($($code:literal, $function:ident = $wrong:ident;)*) => {
        #[test]
        fn a_mistake_is_recognized_whatever_the_threshold() -> Result<(), Prose> {
            $(
                SUITE.rejects($code, &Submission { $function: detectors::$wrong::<35>, ..RIGHT })?;
                SUITE.rejects($code, &Submission { $function: detectors::$wrong::<50>, ..RIGHT })?;
            )*
            Ok(())
        }
    };
}

with_other_thresholds! {
    "E02-1", current_attn_detector = whole_pattern;
    "E02-2", current_attn_detector = sum;
    "E02-3", current_attn_detector = head_before_layer;
    "E02-4", current_attn_detector = first_item;
    "E02-5", current_attn_detector = only_layer_0;
    "E02-6", current_attn_detector = from_one;
    "E02-8", prev_attn_detector = next_token;
    "E02-9", prev_attn_detector = current_for_previous;
    "E02-10", prev_attn_detector = two_back;
    "E02-11", first_attn_detector = last_column;
    "E02-12", first_attn_detector = first_row;
    "E02-13", first_attn_detector = last_query;
    "E02-35", induction_attn_detector = stripe_low;
    "E02-36", induction_attn_detector = stripe_high;
    "E02-37", induction_attn_detector = stripe_ahead;
    "E02-38", induction_attn_detector = stripe_of_first_item;
    "E02-51", current_attn_detector = peak;
    "E02-52", current_attn_detector = share_of_wins;
    "E02-53", current_attn_detector = middle;
    "E02-53", current_attn_detector = share_above_the_threshold;
    "E02-104", current_attn_detector = as_many_heads_as_items;
    "E02-54", current_attn_detector = any_item;
    "E02-55", current_attn_detector = last_item;
    "E02-56", current_attn_detector = summed_over_batch;
    "E02-57", current_attn_detector = letters;
    "E02-58", current_attn_detector = once_per_item;
    "E02-60", current_attn_detector = below;
    "E02-61", current_attn_detector = without_query_0;
    "E02-105", current_attn_detector = without_last_query;
    "E02-64", prev_attn_detector = by_all_queries;
    "E02-64", prev_attn_detector = own_key_of_query_0;
    "E02-64", prev_attn_detector = wrapped_around;
    "E02-65", prev_attn_detector = current_subtracted;
    "E02-101", prev_attn_detector = current_as_well;
    "E02-101", prev_attn_detector = larger_of_current_and_previous;
    "E02-66", first_attn_detector = second_column;
    "E02-67", induction_attn_detector = stripe_two_low;
    "E02-68", induction_attn_detector = stripe_by_segment;
    "E02-68", induction_attn_detector = stripe_by_all_queries;
    "E02-69", induction_attn_detector = previous_for_stripe;
    "E02-99", current_attn_detector = earlier_queries;
    "E02-100", current_attn_detector = other_diagonal;
    "E02-90", current_attn_detector = squares;
    "E02-90", current_attn_detector = root_of_squares;
    "E02-91", current_attn_detector = every_cell;
}

#[test]
fn other_ways_not_to_use_the_generator_are_told_the_same() -> Result<(), Prose> {
    SUITE.rejects("E02-21", &Submission { generate_repeated_tokens: repeated_tokens::copied_generator, ..RIGHT })?;
    SUITE.rejects("E02-21", &Submission { generate_repeated_tokens: repeated_tokens::unseeded_generator, ..RIGHT })
}

/// The introduction of the guide shows what a learner reads.
#[test]
fn the_guide_shows_this_verdict() -> Result<(), Prose> {
    let wrong = Submission { prev_attn_detector: detectors::next_token::<40>, ..RIGHT };
    let verdict = SUITE.verdict("c03_prev_attn_detector", &wrong)?;
    let shown = include_str!("../../../../exercises/guide/src/verdict.txt");
    if !shown.trim_end().lines().eq(verdict.trim_end().lines()) {
        return Err(format!("exercises/guide/src/verdict.txt should be:\n{verdict}").into());
    }
    Ok(())
}
