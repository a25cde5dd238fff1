//! The embedded model must have what the exercise teaches: directions whose effect rises with the coefficient, on
//! average over prompts, and is larger than that of random directions of the same norm.
//!
//! `cargo test -p solution-04-activation-addition --test phenomena -- --show-output` prints the tables.

use grading::reference::{json, repository};
use hooked_transformer::HookedTransformer;
use ndarray::{Array2, Array3, Axis, s};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::Value;
use solution_04_activation_addition::{best_layer, contrastive_vector, effect_table, random_direction};

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
