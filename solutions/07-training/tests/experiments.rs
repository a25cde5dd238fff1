//! The numbers of the chapter's experiments: each is run again with the solution, and compared with `experiments.json`, which
//! the test of the guide's numbers reads. With the variable [`WRITE`] set, the file is written instead.

use solution_07_training as submission;

#[expect(dead_code, reason = "the example's `main` prints what is compared here")]
#[path = "../../../exercises/07-training/examples/grow/run.rs"]
mod run;

use std::{env, fs};

use serde_json::{Map, Value, json};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/experiments.json");

const WRITE: &str = "COURSE_WRITE_EXPERIMENTS";

/// How far a loss or a score may be from the stored one.
const TOLERANCE: f64 = 0.02;

/// What is changed in each experiment, as after `--` on the command line.
const EXPERIMENTS: [(&str, &str); 5] = [
    ("default", ""),
    ("one_layer", "--layers 1"),
    ("no_positions", "--no-positions"),
    ("few_repeated", "--share 0.2 --steps 900"),
    ("no_text", "--share 1"),
];

/// Every experiment by its name, and in it every state by its step.
fn run_all() -> Result<Value, String> {
    let mut experiments = Map::new();
    for (name, words) in EXPERIMENTS {
        let options = run::Options::read(words.split_whitespace().map(String::from))?;
        let mut states = Map::new();
        run::grow(&options, |step, _, state| {
            let digits = |x: f32| (f64::from(x) * 1e4).round() / 1e4;
            let [(induction, i), (previous, p)] = [state.induction, state.previous];
            let state = json!({
                "first": digits(state.first),
                "second": digits(state.second),
                "induction": digits(induction),
                "induction_head": format!("{}.{}", i.0, i.1),
                "previous": digits(previous),
                "previous_head": format!("{}.{}", p.0, p.1),
                "without": digits(state.without),
            });
            states.insert(step.to_string(), state);
        })?;
        experiments.insert(name.to_string(), states.into());
    }
    let trained_on = 450 * submission::ROWS * submission::untrained_model(2, 0).cfg().n_ctx;
    experiments.insert("tokens".to_string(), json!({ "default": trained_on }));
    Ok(experiments.into())
}

#[test]
fn the_experiments_give_what_the_chapter_says() -> Result<(), String> {
    let ran = run_all()?;
    if env::var_os(WRITE).is_some() {
        let text = serde_json::to_string_pretty(&ran).map_err(|error| error.to_string())?;
        return fs::write(FILE, text + "\n").map_err(|error| format!("{FILE}: {error}"));
    }
    let text = fs::read_to_string(FILE).map_err(|error| format!("{FILE}: {error}"))?;
    let stored: Value = serde_json::from_str(&text).map_err(|error| format!("{FILE}: {error}"))?;
    let mut differences = Vec::new();
    compare("", &ran, &stored, &mut differences);
    if differences.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{}\nIf that is meant: {WRITE}=1 cargo test -p solution-07-training --test experiments",
        differences.join("\n")
    ))
}

/// The best head of a model that has none of a kind is a matter of chance, so names of heads are not compared; the chapter
/// names heads at the end of the first experiment only.
fn compare(place: &str, ran: &Value, stored: &Value, differences: &mut Vec<String>) {
    match (ran, stored) {
        (Value::Object(ran), Value::Object(stored)) => {
            if !ran.keys().eq(stored.keys()) {
                differences.push(format!("{place}: other entries"));
            }
            for (key, ran) in ran {
                compare(&format!("{place}/{key}"), ran, &stored[key], differences);
            }
        }
        (Value::String(ran), Value::String(stored)) => {
            if place.starts_with("/default/450/") && ran != stored {
                differences.push(format!("{place}: {ran}, stored {stored}"));
            }
        }
        _ => {
            let off = |(a, b): (f64, f64)| !((a - b).abs() <= TOLERANCE);
            if ran.as_f64().zip(stored.as_f64()).is_none_or(off) {
                differences.push(format!("{place}: {ran}, stored {stored}"));
            }
        }
    }
}
