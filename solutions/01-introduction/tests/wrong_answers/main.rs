//! Wrong answers, one for each mistake that the grader can name: each must be rejected by the check that is meant for it,
//! and be told what it did.
//!
//! `cargo test -p solution-01-introduction --test wrong_answers -- --show-output` shows what a learner reads.

mod caches;
mod guesses;
#[path = "../other_right_answers/answers.rs"]
mod other_right;
mod patterns;
mod sizes;
mod tokens;
mod views;

use grading::Prose;
use grading::ex01::{SUITE, Submission};

/// The solution, which each wrong answer changes in one function.
const RIGHT: Submission = Submission {
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
    use other_right::{ARRAYS, LIBRARY, LOOPS};
    let right = [("solution", RIGHT), ("library", LIBRARY), ("loops", LOOPS), ("arrays", ARRAYS)];
    println!("{}", SUITE.tolerances(&right, WRONG)?);
    Ok(())
}
