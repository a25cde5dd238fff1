//! The embedded model must have what the exercise teaches: directions whose effect rises with the coefficient, on
//! average over prompts, and is larger than that of random directions of the same norm; and it must write the texts that
//! the chapter shows.
//!
//! `cargo test -p solution-04-activation-addition --test phenomena -- --show-output` prints the tables.

use std::fs;

use grading::reference::{json, repository};
use hooked_transformer::HookedTransformer;
use ndarray::{Array2, Array3, Axis, s};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::Value;
use solution_04_activation_addition::{
    best_layer, contrastive_vector, effect_table, random_direction, steered_generate,
};

/// Random directions that a steering vector is compared with, here; the oracle takes more.
const RANDOM_DIRECTIONS: u64 = 4;

/// How near the oracle's numbers must be.
const TOLERANCE: f64 = 5e-3;

fn list<'a, T>(json: &'a Value, read: impl Fn(&'a Value) -> Option<T>) -> Vec<T> {
    json.as_array().expect("a list").iter().map(|item| read(item).expect("an item of this type")).collect()
}

fn text(json: &Value) -> Option<&str> {
    json.as_str()
}

/// A set of the stored search, measured here.
struct Measured<'a> {
    name: &'a str,
    layer: usize,
    /// `[measure, layer, coefficient]`
    table: Array3<f32>,
    /// The largest change that a random direction of the same norm makes, at the last coefficient.
    random: f32,
}

fn measure<'a>(model: &HookedTransformer, facts: &'a Value, set: &'a Value) -> Measured<'a> {
    let pairs: Vec<(&str, &str)> = list(&set["pairs"], |pair| Some((pair[0].as_str()?, pair[1].as_str()?)));
    let targets = list(&set["target_ids"], |id| Some(id.as_u64()? as usize));
    let prompts = list(&facts["neutral"], text);
    let coefficients = list(&facts["coefficients"], |c| Some(c.as_f64()? as f32));
    let pos = set["pos"].as_i64().expect("a position") as isize;
    let layer = set["layer"].as_u64().expect("a layer") as usize;
    let (n_layers, d_model) = (model.cfg().n_layers, model.cfg().d_model);
    let mut vectors = Array2::zeros((n_layers, d_model));
    for (layer, mut row) in vectors.outer_iter_mut().enumerate() {
        row.assign(&contrastive_vector(model, &pairs, layer, pos, false));
    }
    let table = effect_table(model, &prompts, &vectors, &coefficients, &targets);
    let last = &coefficients[coefficients.len() - 1..];
    let gain = |seed: u64| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut random = Array2::zeros((n_layers, d_model));
        random.row_mut(layer).assign(&random_direction(&vectors.row(layer).to_owned(), &mut rng));
        // No other layer is of interest, and the ones above cost time.
        let upto = random.slice(s![..=layer, ..]).to_owned();
        effect_table(model, &prompts, &upto, last, &targets)[[0, layer, 0]].abs()
    };
    let random = (0..RANDOM_DIRECTIONS).map(gain).fold(0.0, f32::max);
    Measured { name: set["name"].as_str().expect("a name"), layer, table, random }
}

#[test]
fn at_least_three_directions_steer_monotonically_and_better_than_chance() {
    let facts = json("reference_data/activations/exercise_04.json").expect("stored references");
    let model = HookedTransformer::load(repository().join("reference_data/models/gpt2-tales")).expect("the model");
    let sets = facts["sets"].as_array().expect("sets");
    assert!(sets.len() >= 3, "the search found only {}", sets.len());
    let least_step = facts["least_step"].as_f64().expect("a number") as f32;
    for set in &sets[..3] {
        let Measured { name, layer, table, random } = measure(&model, &facts, set);
        println!(
            "{name}, layer {layer}: gain and cost, by layer and coefficient\n{table:.2}\nrandom: up to {random:.2}"
        );
        let gains = table.slice(s![0, layer, ..]);
        for (step, pair) in gains.windows(2).into_iter().enumerate() {
            assert!(pair[1] - pair[0] >= 0.9 * least_step, "{name}: step {step} of {gains}");
        }
        assert!(gains[gains.len() - 1] > random, "{name}: {gains} against {random} of a random direction");
        agrees(&table, set);

        // Layers are compared on the side that steers toward the targets: from coefficient 0 on.
        let zero = table.len_of(Axis(2)) / 2;
        let [gains, costs] = [0, 1].map(|measure| table.slice(s![measure, .., zero..]).to_owned());
        let budget = facts["budget"].as_f64().expect("a number") as f32;
        assert_eq!(best_layer(&gains, &costs, budget), layer, "{name}");
    }
}

/// The oracle's table and ours are the same up to rounding.
fn agrees(table: &Array3<f32>, set: &Value) {
    for (measure, key) in ["gains", "costs"].iter().enumerate() {
        for (layer, row) in list(&set[*key], |row| Some(list(row, Value::as_f64))).into_iter().enumerate() {
            for (c, want) in row.into_iter().enumerate() {
                let got = f64::from(table[[measure, layer, c]]);
                assert!((got - want).abs() <= TOLERANCE, "{key}[{layer}][{c}]: got {got}, want {want}");
            }
        }
    }
}

/// The pairs of the chapter's program, which it shows.
const ROYALTY: [(&str, &str); 5] = [
    ("They spoke of the king.", "They spoke of the farmer."),
    ("He dreamed of a castle.", "He dreamed of a house."),
    ("She often thought about the crown.", "She often thought about the hat."),
    ("It was like the queen.", "It was like the woman."),
    ("We shall never forget that prince.", "We shall never forget that boy."),
];

/// Every row of the table: a contrast, a coefficient, and the first words that follow the prompt when every step is steered in layer 2.
#[test]
fn the_model_writes_what_the_chapter_shows() {
    let read = |file: &str| fs::read_to_string(repository().join(file)).expect("a file of the course");
    let program = read("solutions/04-activation-addition/examples/ex04_play.rs");
    for (positive, negative) in ROYALTY {
        assert!(
            program.contains(&format!("(\"{positive}\", \"{negative}\")")),
            "the program has other pairs: {positive}"
        );
    }
    let facts = json("reference_data/activations/exercise_04.json").expect("stored references");
    let winter = facts["sets"].as_array().into_iter().flatten().find(|set| set["name"] == "winter").expect("a set");
    let of_winter: Vec<(&str, &str)> = list(&winter["pairs"], |pair| Some((pair[0].as_str()?, pair[1].as_str()?)));
    let model = HookedTransformer::load(repository().join("reference_data/models/gpt2-tales")).expect("the model");
    let [royalty, winter] = [
        contrastive_vector(&model, &ROYALTY, 2, -2, false),
        contrastive_vector(&model, &of_winter, 2, winter["pos"].as_i64().expect("a position") as isize, false),
    ];

    let chapter = read("exercises/guide/src/04-activation-addition.md");
    let (_, table) = chapter.split_once("| contrast | coefficient | after \"").expect("the table");
    let (prompt, table) = table.split_once("\" |\n|---|---:|---|\n").expect("the prompt");
    let prompt = model.to_tokens(prompt, true).expect("tokens").row(0).to_vec();
    let rows: Vec<Vec<&str>> = table
        .lines()
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    assert_eq!(rows.len(), 5);
    for row in rows {
        let [contrast, coefficient, text] = row[..] else { panic!("{row:?}") };
        let vector = if contrast.contains("winter") { &winter } else { &royalty };
        let coefficient = if contrast == "none" { 0.0 } else { coefficient.parse::<f32>().expect("a number") };
        let new = steered_generate(&model, &prompt, &(coefficient * vector), 2, &(1..usize::MAX), 16, true);
        let written = model.to_string(new).expect("a text");
        assert!(written.trim().starts_with(text), "{contrast}, {coefficient}: {written}");
    }
}
