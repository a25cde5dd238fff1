//! Wrong answers, one for each mistake that the grader can name: each must be rejected by the check that is meant for
//! it, and be told what it did.
//!
//! `cargo test -p solution-04-activation-addition --test wrong_answers -- --show-output` shows what a learner reads.

mod effects;
mod generation;
mod measures;
#[path = "../other_right_answers/answers.rs"]
mod other_right;
mod steering;
mod vectors;

use grading::Prose;
use grading::ex04::{self, SUITE, Submission};

/// The solution, which each wrong answer changes in one function.
const RIGHT: Submission = Submission {
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
    e04_01_sum: "E04-1", steering_vector = vectors::sum;
    e04_02_no_bos: "E04-2", steering_vector = vectors::no_bos;
    e04_03_padded_left: "E04-3", steering_vector = vectors::padded_left;
    e04_04_cut: "E04-4", steering_vector = vectors::cut;
    e04_05_last_position: "E04-5", steering_vector = vectors::last_position;
    e04_06_turned: "E04-6", steering_vector = vectors::negative_minus_positive;
    e04_07_after_layer: "E04-7", steering_vector = vectors::after_layer;
    e04_08_end_of_text: "E04-8", steering_vector = vectors::end_of_text;
    e04_09_missing_is_zero: "E04-9", steering_vector = vectors::missing_is_zero;
    e04_10_hook_left: "E04-10", steered_logits = steering::hook_left;
    e04_11_overwritten: "E04-11", steered_logits = steering::overwritten;
    e04_12_no_coefficient: "E04-12", steered_logits = steering::no_coefficient;
    e04_13_one_vector: "E04-13", steered_logits = steering::one_vector;
    e04_14_too_long: "E04-14", steered_logits = steering::too_long;
    e04_15_first_row: "E04-15", steered_logits = steering::first_row;
    e04_16_after_layer: "E04-16", steered_logits = steering::after_layer;
    e04_17_twice: "E04-17", steered_logits = steering::twice;
    e04_18_at_the_end: "E04-18", steered_logits = steering::at_the_end;
    e04_19_shifted: "E04-19", steered_logits = steering::shifted;
    e04_20_turned: "E04-20", contrastive_vector = vectors::contrast_turned;
    e04_21_sum: "E04-21", contrastive_vector = vectors::contrast_sum;
    e04_22_raw: "E04-22", contrastive_vector = vectors::contrast_raw;
    e04_23_unit: "E04-23", contrastive_vector = vectors::contrast_unit;
    e04_24_unit_first: "E04-24", contrastive_vector = vectors::contrast_unit_first;
    e04_25_last: "E04-25", contrastive_vector = vectors::contrast_last;
    e04_26_padded: "E04-26", contrastive_vector = vectors::contrast_padded;
    e04_27_after_layer: "E04-27", contrastive_vector = vectors::contrast_after;
    e04_28_mean: "E04-28", contrastive_vector = vectors::contrast_mean;
    e04_29_within_the_chunk: "E04-29", add_at_positions = steering::within_the_chunk;
    e04_30_begins_late: "E04-30", add_at_positions = steering::begins_late;
    e04_31_end_included: "E04-31", add_at_positions = steering::end_included;
    e04_32_put_in_place: "E04-32", add_at_positions = steering::put_in_place;
    e04_33_first_of_batch: "E04-33", add_at_positions = steering::first_of_batch;
    e04_34_schedule_ignored: "E04-34", steered_generate = generation::schedule_ignored;
    e04_35_prompt_only: "E04-35", steered_generate = generation::prompt_only;
    e04_36_never: "E04-36", steered_generate = generation::never;
    e04_37_with_prompt: "E04-37", steered_generate = generation::with_prompt;
    e04_38_starts_again: "E04-38", steered_generate = generation::starts_again;
    e04_39_newest_only: "E04-39", steered_generate = generation::newest_only;
    e04_40_never_cached: "E04-40", steered_generate = generation::never_cached;
    e04_41_always_cached: "E04-41", steered_generate = generation::always_cached;
    e04_42_hook_left: "E04-42", steered_generate = generation::hook_left;
    e04_43_mean_of_logs: "E04-43", target_log_prob = measures::mean_of_logs;
    e04_44_log_of_mean: "E04-44", target_log_prob = measures::log_of_mean;
    e04_45_raw_logits: "E04-45", target_log_prob = measures::raw_logits;
    e04_46_most_likely: "E04-46", target_log_prob = measures::most_likely;
    e04_47_no_log: "E04-47", target_log_prob = measures::no_log;
    e04_48_other_direction: "E04-48", kl_divergence = measures::other_direction;
    e04_49_all_positions: "E04-49", kl_divergence = measures::all_positions;
    e04_50_sum_over_rows: "E04-50", kl_divergence = measures::sum_over_rows;
    e04_51_norm_one: "E04-51", random_direction = measures::norm_one;
    e04_52_positive: "E04-52", random_direction = measures::positive;
    e04_53_own_generator: "E04-53", random_direction = measures::own_generator;
    e04_54_no_baseline: "E04-54", effect_table = effects::no_baseline;
    e04_55_bos_too: "E04-55", effect_table = effects::bos_too;
    e04_56_first_prompt: "E04-56", effect_table = effects::first_prompt;
    e04_57_same_vector: "E04-57", effect_table = effects::same_vector;
    e04_58_exchanged: "E04-58", effect_table = effects::exchanged;
    e04_59_within_budget: "E04-59", gain_at_cost = effects::within_budget;
    e04_60_at_any_cost: "E04-60", gain_at_cost = effects::at_any_cost;
    e04_61_largest_gain: "E04-61", best_layer = effects::largest_gain;
    e04_62_smallest: "E04-62", best_layer = effects::smallest;
}

#[test]
fn another_way_not_to_use_the_generator_is_told_the_same() -> Result<(), Prose> {
    SUITE.rejects("E04-53", &Submission { random_direction: measures::copied_generator, ..RIGHT })
}

#[test]
fn what_has_no_name_is_rejected_all_the_same() {
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
    use other_right::{ARRAYS, ENTRIES, IN_TWO_PARTS};
    let right = [("solution", RIGHT), ("entries", ENTRIES), ("arrays", ARRAYS), ("in two parts", IN_TWO_PARTS)];
    println!("{}", SUITE.tolerances(&right, WRONG)?);
    Ok(())
}
