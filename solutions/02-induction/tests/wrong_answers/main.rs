//! Wrong answers, one for each mistake that the grader can name: each must be rejected by the check that is meant for it,
//! and be told what it did.
//!
//! `cargo test -p solution-02-induction --test wrong_answers -- --show-output` shows what a learner reads.

mod detectors;
mod losses;
#[path = "../other_right_answers/answers.rs"]
mod other_right;
mod repeated_tokens;
mod views;

use grading::Prose;
use grading::ex02::{SUITE, Submission};

/// The solution, which each wrong answer changes in one function.
const RIGHT: Submission = Submission {
    attention_views: solution_02_induction::attention_views,
    current_attn_detector: solution_02_induction::current_attn_detector,
    prev_attn_detector: solution_02_induction::prev_attn_detector,
    first_attn_detector: solution_02_induction::first_attn_detector,
    generate_repeated_tokens: solution_02_induction::generate_repeated_tokens,
    repeated_loss_by_half: solution_02_induction::repeated_loss_by_half,
    induction_attn_detector: solution_02_induction::induction_attn_detector,
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
}

/// The same mistakes with the lowest and the highest threshold that the exercise calls sensible.
macro_rules! with_other_thresholds {
    ($($code:literal, $function:ident = $wrong:ident;)*) => {
        #[test]
        fn a_mistake_is_recognised_whatever_the_threshold() -> Result<(), Prose> {
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
}

#[test]
fn other_ways_not_to_use_the_generator_are_told_the_same() -> Result<(), Prose> {
    SUITE.rejects("E02-21", &Submission { generate_repeated_tokens: repeated_tokens::copied_generator, ..RIGHT })?;
    SUITE.rejects("E02-21", &Submission { generate_repeated_tokens: repeated_tokens::unseeded_generator, ..RIGHT })
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
    use other_right::{BATCH_FIRST, CELLS, SLICES};
    let right = [("solution", RIGHT), ("cells", CELLS), ("slices", SLICES), ("batch first", BATCH_FIRST)];
    println!("{}", SUITE.tolerances(&right, WRONG)?);
    Ok(())
}
