//! What the chapters say of the models is so: their numbers are compared with what the oracle found and stored.
//!
//! A claim is a piece of a chapter with `{}` for each number, and where the numbers are in the reference data. Rephrase a
//! sentence, and its claim here has to be rephrased with it; a number that differs from the stored one fails.

use std::fs;

use grading::reference::{json, repository};
use serde_json::Value;

/// A number: how it is shown, `places` after the point, and where it is below `found`.
type Number = (usize, &'static str);

/// A piece of a chapter, and its numbers.
type Claim = (&'static str, &'static [Number]);

const INDUCTION: &[Claim] = &[
    ("head 0.1 gives {} % of its attention to the previous token", &[(0, "percent phenomena/previous/0/1")]),
    (
        "On the first copy the loss is about {} nats. A uniform guess among 4096 tokens would cost {}.",
        &[(1, "phenomena/first_half_loss"), (1, "ln 4096")],
    ),
    ("On the second copy the loss is {}:", &[(2, "phenomena/second_half_loss")]),
    ("Head 1.4, with a score of about {}.", &[(1, "phenomena/induction/1/4")]),
    ("the loss on the second copy rises by almost {} nats.", &[(0, "phenomena/head_ablation/0/7")]),
    (
        "without 0.1 the loss on the second copy rises by about {} nats, without 1.4 by about {}.",
        &[(0, "phenomena/head_ablation/0/1"), (0, "phenomena/head_ablation/1/4")],
    ),
];

const BUMP: &[Claim] = &[(
    "Then, between {} and {} million tokens, it falls from {} to {}.",
    &[
        (1, "millions curve/2/tokens"),
        (1, "millions curve/3/tokens"),
        (1, "curve/2/second_copy"),
        (1, "curve/3/second_copy"),
    ],
)];

const ATTRIBUTION_OF_02: &[Claim] = &[(
    "Chapter 02 gave {} nats for the first copy and {} for the second,",
    &[(1, "phenomena/first_half_loss"), (2, "phenomena/second_half_loss")],
)];

const ATTRIBUTION_OF_05: &[Claim] = &[("and chapter 05 will give {} for the second.", &[(2, "found/clean_loss")])];

const CIRCUITS: &[Claim] = &[
    (
        "ranks the most frequent next token first for {} % of the tokens, and among the first five for {} %",
        &[(0, "percent direct_path_hits/1"), (0, "percent direct_path_hits/5")],
    ),
    ("Head 1.4 has an accuracy of {}:", &[(3, "copying_top1/1/4")]),
    ("No other head of layer 1 exceeds {}.", &[(3, "copying_top1/1/6")]),
    (
        "Head 1.4 scores {}. But 1.6 scores {} and 0.0 scores {}, and neither copies: their top-1 accuracies are {} and {}.",
        &[
            (3, "copying_eigenvalues/1/4"),
            (3, "copying_eigenvalues/1/6"),
            (3, "copying_eigenvalues/0/0"),
            (3, "copying_top1/1/6"),
            (3, "copying_top1/0/0"),
        ],
    ),
    ("| 0.5 | {} | {} | {} | | 0.1", &[(2, "offsets/5/0"), (2, "offsets/5/1"), (2, "offsets/5/2")]),
    ("| 0.1 | {} | {} | {} | | 0.7", &[(2, "offsets/1/0"), (2, "offsets/1/1"), (2, "offsets/1/2")]),
    ("| 0.7 | {} | {} | {} | <iframe", &[(2, "offsets/7/0"), (2, "offsets/7/1"), (2, "offsets/7/2")]),
    ("and silencing it costs {} nats on the second copy", &[(1, "minus clean_loss frozen/7/0")]),
    ("| embedding | 0.1 | {} % |", &[(1, "percent diagonal/0/2")]),
    ("| 0.5 | 0.1 | {} % |", &[(1, "percent diagonal/6/2")]),
    ("| 0.1 | 0.7 | {} % |", &[(1, "percent diagonal/2/8")]),
    ("| 0.1 | {} | {} | {} | | 0.5", &[(3, "composition_q/1/4"), (3, "composition_k/1/4"), (3, "composition_v/1/4")]),
    ("| 0.5 | {} | {} | {} | | 0.7", &[(3, "composition_q/5/4"), (3, "composition_k/5/4"), (3, "composition_v/5/4")]),
    ("| 0.7 | {} | {} | {} | <iframe", &[(3, "composition_q/7/4"), (3, "composition_k/7/4"), (3, "composition_v/7/4")]),
    ("The largest Q score of all, {}, belongs to 0.0 and 1.2", &[(3, "composition_q/0/2")]),
    (
        "raises its logit by {} above the mean logit. The path through 0.5 raises it by {}.",
        &[(1, "copied_logit_by_source/e"), (1, "copied_logit_by_source/5")],
    ),
    ("The loss without a cut is {}:", &[(2, "clean_loss")]),
    ("| 0.1 | {} | {} | {} | | 0.5", &[(1, "without_path/1/0"), (1, "without_path/1/1"), (1, "without_path/1/2")]),
    ("| 0.5 | {} | {} | {} | | 0.7", &[(1, "without_path/5/0"), (1, "without_path/5/1"), (1, "without_path/5/2")]),
    ("| 0.7 | {} | {} | {} | | any", &[(1, "without_path/7/0"), (1, "without_path/7/1"), (1, "without_path/7/2")]),
    ("| 0.1 | {} | {} | | 0.7", &[(2, "frozen/1/0"), (2, "frozen/1/1")]),
    ("| 0.7 | {} | {} | | 0.5", &[(2, "frozen/7/0"), (2, "frozen/7/1")]),
    ("| 0.5 | {} | {} | Heads", &[(2, "frozen/5/0"), (2, "frozen/5/1")]),
];

const PATCHING: &[Claim] = &[
    ("which asks for the princess, the difference is {}.", &[(2, "word/first/clean")]),
    ("a monkey replaces the princess, and the difference is {}.", &[(2, "word/first/corrupted")]),
    (
        "| 0 | {} | {} | {} | | 1",
        &[(2, "word/first/resid_pre/0/5"), (2, "word/first/resid_pre/0/15"), (2, "word/first/resid_pre/0/24")],
    ),
    (
        "| 1 | {} | {} | {} | | 2",
        &[(2, "word/first/resid_pre/1/5"), (2, "word/first/resid_pre/1/15"), (2, "word/first/resid_pre/1/24")],
    ),
    (
        "| 2 | {} | {} | {} | | 3",
        &[(2, "word/first/resid_pre/2/5"), (2, "word/first/resid_pre/2/15"), (2, "word/first/resid_pre/2/24")],
    ),
    (
        "| 3 | {} | {} | {} | Before",
        &[(2, "word/first/resid_pre/3/5"), (2, "word/first/resid_pre/3/15"), (2, "word/first/resid_pre/3/24")],
    ),
    (
        "| 0 | {} | {} | {} | {} | {} |",
        &[
            (2, "cue/first/resid_pre/0/8"),
            (2, "cue/first/resid_pre/0/9"),
            (2, "cue/first/resid_pre/0/12"),
            (2, "cue/first/resid_pre/0/13"),
            (2, "cue/first/resid_pre/0/18"),
        ],
    ),
    (
        "| 3 | {} | {} | {} | {} | {} |",
        &[
            (2, "cue/first/resid_pre/3/8"),
            (2, "cue/first/resid_pre/3/9"),
            (2, "cue/first/resid_pre/3/12"),
            (2, "cue/first/resid_pre/3/13"),
            (2, "cue/first/resid_pre/3/18"),
        ],
    ),
    (
        "the attention of layer 0 brings back {} and {} at the two nouns, and its MLP {} and {}.",
        &[
            (2, "word/first/attn_out/0/5"),
            (2, "word/first/attn_out/0/15"),
            (2, "word/first/mlp_out/0/5"),
            (2, "word/first/mlp_out/0/15"),
        ],
    ),
    (
        "the attention of layer 2 brings back {}, and that of layer 3 brings back {}. The MLPs of layers 2 and 3 bring back {} and {}.",
        &[
            (2, "word/first/attn_out/2/24"),
            (2, "word/first/attn_out/3/24"),
            (2, "word/first/mlp_out/2/24"),
            (2, "word/first/mlp_out/3/24"),
        ],
    ),
    ("In the first cue swap the attention of layer 2 brings back {} at", &[(2, "cue/first/attn_out/2/18")]),
    (
        "| 0.4 | attends to the previous token | {} | {} |",
        &[(2, "word/heads_denoising/0/4"), (2, "cue/heads_denoising/0/4")],
    ),
    (
        "| 0.5 | attends to the current token | {} | {} |",
        &[(2, "word/heads_denoising/0/5"), (2, "cue/heads_denoising/0/5")],
    ),
    ("| 2.1 | induction | {} | {} |", &[(2, "word/heads_denoising/2/1"), (2, "cue/heads_denoising/2/1")]),
    ("| 3.4 | | {} | {} |", &[(2, "word/heads_denoising/3/4"), (2, "cue/heads_denoising/3/4")]),
    ("| 3.7 | | {} | {} |", &[(2, "word/heads_denoising/3/7"), (2, "cue/heads_denoising/3/7")]),
    ("| values of 0.5 | {} | {} |", &[(2, "word/heads_by_vector/v/0/5"), (2, "cue/heads_by_vector/v/0/5")]),
    ("| values of 0.4 | {} | {} |", &[(2, "word/heads_by_vector/v/0/4"), (2, "cue/heads_by_vector/v/0/4")]),
    ("| values of 2.1 | {} | {} |", &[(2, "word/heads_by_vector/v/2/1"), (2, "cue/heads_by_vector/v/2/1")]),
    ("| keys of 2.1 | {} | {} |", &[(2, "word/heads_by_vector/k/2/1"), (2, "cue/heads_by_vector/k/2/1")]),
    (
        "| pattern of 2.1 | {} | {} |",
        &[(2, "word/heads_by_vector/pattern/2/1"), (2, "cue/heads_by_vector/pattern/2/1")],
    ),
    ("difference falls from {} to {}.", &[(2, "word/silenced/nothing"), (2, "word/silenced/0.4")]),
    (
        "silencing it costs {} of {} nats",
        &[(2, "minus cue/silenced/0.5 cue/silenced/nothing"), (2, "cue/silenced/nothing")],
    ),
    (
        "| 0.4 | {} | {} | {} | {} | | 0.5",
        &[
            (2, "word/heads_denoising/0/4"),
            (2, "rest word/heads_noising/0/4"),
            (2, "cue/heads_denoising/0/4"),
            (2, "rest cue/heads_noising/0/4"),
        ],
    ),
    (
        "| 0.5 | {} | {} | {} | {} | | 2.1",
        &[
            (2, "word/heads_denoising/0/5"),
            (2, "rest word/heads_noising/0/5"),
            (2, "cue/heads_denoising/0/5"),
            (2, "rest cue/heads_noising/0/5"),
        ],
    ),
    (
        "| 2.1 | {} | {} | {} | {} | | 3.4",
        &[
            (2, "word/heads_denoising/2/1"),
            (2, "rest word/heads_noising/2/1"),
            (2, "cue/heads_denoising/2/1"),
            (2, "rest cue/heads_noising/2/1"),
        ],
    ),
    (
        "the first noun brings back {} and takes away {}. The second brings back {} and takes away {}.",
        &[
            (2, "word/first/resid_pre/2/5"),
            (2, "rest word/first/resid_pre_noising/2/5"),
            (2, "word/first/resid_pre/2/15"),
            (2, "rest word/first/resid_pre_noising/2/15"),
        ],
    ),
    (
        "| before layer 3, last “ little” | {} | {} |",
        &[(2, "cue/first/resid_pre/3/18"), (2, "cue/first/estimate/3/18")],
    ),
    ("| before layer 1, “ bear” | {} | {} |", &[(2, "cue/first/resid_pre/1/13"), (2, "cue/first/estimate/1/13")]),
    ("| before layer 1, “ girl” | {} | {} |", &[(2, "cue/first/resid_pre/1/9"), (2, "cue/first/estimate/1/9")]),
    ("| before layer 0, “ old” | {} | {} |", &[(2, "cue/first/resid_pre/0/12"), (2, "cue/first/estimate/0/12")]),
    ("| before layer 0, “ little” | {} | {} |", &[(2, "cue/first/resid_pre/0/8"), (2, "cue/first/estimate/0/8")]),
    (
        "the estimate for `z` of 0.5 is {}, and the exact patch brings back {}. For 2.1 the estimate is {}, and the exact value {}.",
        &[
            (2, "word/estimate_z/0/5"),
            (2, "word/heads_denoising/0/5"),
            (2, "word/estimate_z/2/1"),
            (2, "word/heads_denoising/2/1"),
        ],
    ),
    (
        "the correlation is between {} and {} over the 15 word swaps, and between {} and {} over the cue swaps.",
        &[
            (2, "least word/correlation_resid_pre"),
            (2, "largest word/correlation_resid_pre"),
            (2, "least cue/correlation_resid_pre"),
            (2, "largest cue/correlation_resid_pre"),
        ],
    ),
    (
        "For `z` of heads it is {} to {}, and {} to {}.",
        &[
            (2, "least word/correlation_z"),
            (2, "largest word/correlation_z"),
            (2, "least cue/correlation_z"),
            (2, "largest cue/correlation_z"),
        ],
    ),
    (
        "brings back {} of the answer in the cue swaps, and {} in the word swaps.",
        &[(2, "cue/path_previous_to_induction_keys"), (2, "word/path_previous_to_induction_keys")],
    ),
    (
        "| edge 0.4 → keys of 2.1 | {} | {} | {} | {} |",
        &[
            (2, "word/path_previous_to_induction_keys"),
            (2, "word_held_back/path_previous_to_induction_keys"),
            (2, "cue/path_previous_to_induction_keys"),
            (2, "cue_held_back/path_previous_to_induction_keys"),
        ],
    ),
    (
        "| 2.1 brings back | {} | {} | {} | {} |",
        &[
            (2, "word/heads_denoising/2/1"),
            (2, "word_held_back/heads_denoising/2/1"),
            (2, "cue/heads_denoising/2/1"),
            (2, "cue_held_back/heads_denoising/2/1"),
        ],
    ),
];

#[test]
fn the_numbers_of_chapter_02_are_what_the_oracle_found() -> Result<(), String> {
    all_hold("02-induction", &stored("exercise_02")?, INDUCTION)?;
    let log = json("reference_data/models/attn-only-2l-tales/training.json");
    all_hold("02-induction", &log.map_err(|damaged| damaged.to_string())?, BUMP)
}

/// Its other numbers are in tables that the oracle itself has written, which the chapter includes.
#[test]
fn the_numbers_of_chapter_03_about_its_neighbors_are_theirs() -> Result<(), String> {
    all_hold("03-logit-attribution", &stored("exercise_02")?, ATTRIBUTION_OF_02)?;
    all_hold("03-logit-attribution", &stored("exercise_05")?, ATTRIBUTION_OF_05)
}

#[test]
fn the_numbers_of_chapter_05_are_what_the_oracle_found() -> Result<(), String> {
    all_hold("05-circuits", &stored("exercise_05")?["found"], CIRCUITS)
}

#[test]
fn the_numbers_of_chapter_06_are_what_the_oracle_found() -> Result<(), String> {
    all_hold("06-patching", &stored("exercise_06")?["found"], PATCHING)
}

fn stored(name: &str) -> Result<Value, String> {
    json(&format!("reference_data/activations/{name}.json")).map_err(|damaged| damaged.to_string())
}

/// - `found`: what the places of the claims' numbers are in
fn all_hold(chapter: &str, found: &Value, claims: &[Claim]) -> Result<(), String> {
    let file = format!("exercises/guide/src/{chapter}.md");
    let page = fs::read_to_string(repository().join(&file)).map_err(|error| format!("{file}: {error}"))?;
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    for (text, numbers) in claims {
        let mut said = (*text).to_string();
        for (places, place) in *numbers {
            let value = number(found, place).ok_or_else(|| format!("{file}: nothing is stored at {place}"))?;
            said = said.replacen("{}", &shown(value, *places), 1);
        }
        if !page.contains(&said) {
            return Err(format!("{file} should say: {said}"));
        }
    }
    Ok(())
}

/// A number of the stored facts: one entry, or what a word before its place makes of it.
fn number(found: &Value, place: &str) -> Option<f64> {
    let at = |place: &str| found.pointer(&format!("/{place}"));
    let words: Vec<&str> = place.split(' ').collect();
    match *words.as_slice() {
        [place] => at(place)?.as_f64(),
        ["percent", place] => Some(100.0 * at(place)?.as_f64()?),
        ["millions", place] => Some(at(place)?.as_f64()? / 1e6),
        ["ln", number] => Some(number.parse::<f64>().ok()?.ln()),
        ["rest", place] => Some(1.0 - at(place)?.as_f64()?),
        ["minus", less, place] => Some(at(place)?.as_f64()? - at(less)?.as_f64()?),
        ["least", place] => at(place)?.as_array()?.iter().filter_map(Value::as_f64).reduce(f64::min),
        ["largest", place] => at(place)?.as_array()?.iter().filter_map(Value::as_f64).reduce(f64::max),
        _ => None,
    }
}

/// With so many places, and never as `-0.0`.
fn shown(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    if text.chars().any(|c| ('1'..='9').contains(&c)) { text } else { text.trim_start_matches('-').to_string() }
}

#[test]
fn a_number_that_rounds_to_zero_has_no_sign() {
    assert_eq!([shown(-0.004, 2), shown(-0.01, 2), shown(2.0, 1)], ["0.00", "-0.01", "2.0"]);
}
