//! Where the numbers of the pages come from, and how a number is looked up there.

use grading::reference::{Arrays, json, repository};
use hooked_transformer::{FactoredMatrix, HookedTransformer, Tokens};
use ndarray::{Array2, ArrayView2, ArrayView3, Axis, Ix4, s};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng};
use serde_json::{Value, json as object};

/// What numbers are looked up in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Source {
    /// What the oracle stored for an exercise.
    Activations(&'static str),
    /// The log of a model's training.
    TrainingLog(&'static str),
    /// The experiments of exercise 07, which a test of its solution runs again.
    Experiments,
    /// Computed here, from the embedded models.
    Computed,
}

impl Source {
    /// # Errors
    /// A file is missing or damaged.
    pub fn read(self) -> Result<Value, String> {
        let file = match self {
            Source::Activations(name) => format!("reference_data/activations/{name}.json"),
            Source::TrainingLog(model) => format!("reference_data/models/{model}/training.json"),
            Source::Experiments => "solutions/07-training/tests/experiments.json".to_string(),
            Source::Computed => return computed(),
        };
        let mut facts = json(&file).map_err(|damaged| damaged.to_string())?;
        // Some files keep what the chapters tell apart from what the checks need.
        Ok(match facts.get_mut("found") {
            Some(found) => found.take(),
            None => facts,
        })
    }
}

fn computed() -> Result<Value, String> {
    let load = |name: &str| {
        HookedTransformer::load(repository().join("reference_data/models").join(name))
            .map_err(|error| error.to_string())
    };
    let gpt2 = load("gpt2-tales")?;
    let cfg = gpt2.cfg();
    Ok(object!({
        "gelu_minimum": -(-3000..0).map(|x| gelu(f64::from(x) / 1000.0)).fold(0.0, f64::min),
        "config": { "n_layers": cfg.n_layers, "n_heads": cfg.n_heads, "n_ctx": cfg.n_ctx },
        "ranges": ranges()?,
        "by_chance": by_chance(256, 32)?,
        "two_back": two_back(&load("attn-only-2l-tales")?)?,
    }))
}

/// GELU as GPT-2 computes it.
fn gelu(x: f64) -> f64 {
    0.5 * x * (1.0 + ((2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3))).tanh())
}

/// How far the metric of each pair of prompts is from clean to corrupted.
fn ranges() -> Result<Vec<f64>, String> {
    let pairs = json("reference_data/activations/patching_pairs.json").map_err(|damaged| damaged.to_string())?;
    let range = |pair: &Value| Some(pair["clean"].as_f64()? - pair["corrupted"].as_f64()?);
    Ok(pairs.as_array().into_iter().flatten().filter_map(range).collect())
}

/// Composition scores of random heads, `‖M₀ M₁‖ / (‖M₀‖ ‖M₁‖)`.
fn by_chance(d_model: usize, d_head: usize) -> Result<Value, String> {
    const PAIRS: usize = 400;
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut matrix = |shape| Array2::from_shape_simple_fn(shape, || rng.next_u32() as f32 / u32::MAX as f32 - 0.5);
    let mut head = || FactoredMatrix::new(matrix((d_model, d_head)), matrix((d_head, d_model)));
    let mut scores = Vec::with_capacity(PAIRS);
    for _ in 0..PAIRS {
        let (first, second) = (head().map_err(|e| e.to_string())?, head().map_err(|e| e.to_string())?);
        scores.push(f64::from(first.matmul_factored(&second).norm() / (first.norm() * second.norm())));
    }
    let mean = scores.iter().sum::<f64>() / PAIRS as f64;
    let variance = scores.iter().map(|score| (score - mean).powi(2)).sum::<f64>() / (PAIRS - 1) as f64;
    Ok(object!({ "mean": mean, "deviation": variance.sqrt() }))
}

/// The mean attention of each head of layer 0 to the token two back, on the repeated tokens of exercise 02: `[layer, head]`.
fn two_back(model: &HookedTransformer) -> Result<Value, String> {
    let stored = Arrays::read("reference_data/activations/exercise_02.safetensors")
        .and_then(|arrays| arrays.get("phenomena.repeated.tokens"))
        .map_err(|damaged| damaged.to_string())?;
    let ids = stored.data.iter().map(|id| *id as usize).collect();
    let tokens = Tokens::from_shape_vec((stored.shape[0], stored.shape[1]), ids).map_err(|error| error.to_string())?;
    let cache = model.run(&tokens).names_filter(("pattern", 0)).cache().map_err(|error| error.to_string())?;
    let patterns = cache.view::<Ix4>(("pattern", 0));
    let of_row = |pattern: ArrayView2<'_, f32>| pattern.slice(s![2.., ..]).diag().mean().unwrap_or(f32::NAN);
    let of_head = |rows: ArrayView3<'_, f32>| rows.outer_iter().map(of_row).sum::<f32>() / rows.dim().0 as f32;
    Ok(object!([patterns.axis_iter(Axis(1)).map(of_head).collect::<Vec<f32>>()]))
}

/// A number of the facts: one entry by its place, such as `curve/2/tokens`, or what the words before it make of it.
pub fn number(facts: &Value, place: &str) -> Option<f64> {
    let at = |place: &str| facts.pointer(&format!("/{place}"));
    let Some((word, rest)) = place.split_once(' ') else { return at(place)?.as_f64() };
    Some(match word {
        "percent" => 100.0 * number(facts, rest)?,
        "millions" => number(facts, rest)? / 1e6,
        "rest" => 1.0 - number(facts, rest)?,
        // What it is above, in tens.
        "tens" => (number(facts, rest)? / 10.0).floor() * 10.0,
        // The mean probability that goes with a loss.
        "probability" => (-number(facts, rest)?).exp(),
        "ln" => rest.parse::<f64>().ok()?.ln(),
        "minus" => {
            let (less, rest) = rest.split_once(' ')?;
            number(facts, rest)? - number(facts, less)?
        }
        "least" => entries(facts, rest).into_iter().map(|(_, x)| x).reduce(f64::min)?,
        "largest" => entries(facts, rest).into_iter().map(|(_, x)| x).reduce(f64::max)?,
        // The largest but for some: `other diagonal 0/2 6/2`.
        "other" => {
            let (table, named) = rest.split_once(' ')?;
            let named: Vec<&str> = named.split(' ').collect();
            entries(facts, table)
                .into_iter()
                .filter(|(place, _)| !named.contains(&place.as_str()))
                .map(|(_, x)| x)
                .reduce(f64::max)?
        }
        _ => return None,
    })
}

/// The numbers at a place, a list or lists in a list, each with where it is there: `3`, or `0/3`. A `*` in the place stands
/// for every item of a list or an object: `texts/*/loss`.
fn entries(facts: &Value, place: &str) -> Vec<(String, f64)> {
    let Some((list, of_item)) = place.split_once("/*") else {
        return facts.pointer(&format!("/{place}")).map(|list| nested(list, "")).unwrap_or_default();
    };
    let items: Vec<(String, &Value)> = match facts.pointer(&format!("/{list}")) {
        Some(Value::Array(items)) => items.iter().enumerate().map(|(i, item)| (i.to_string(), item)).collect(),
        Some(Value::Object(items)) => items.iter().map(|(name, item)| (name.clone(), item)).collect(),
        _ => Vec::new(),
    };
    let of_item = |(name, item): (String, &Value)| item.pointer(of_item).map(|found| nested(found, &name));
    items.into_iter().filter_map(of_item).flatten().collect()
}

fn nested(value: &Value, place: &str) -> Vec<(String, f64)> {
    if let Some(x) = value.as_f64() {
        return vec![(place.to_string(), x)];
    }
    let items = value.as_array().into_iter().flatten().enumerate();
    let below = |i: usize| if place.is_empty() { i.to_string() } else { format!("{place}/{i}") };
    items.flat_map(|(i, item)| nested(item, &below(i))).collect()
}

/// With so many places and a minus sign, and never as `-0.0`.
pub fn shown(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    if text.chars().any(|c| ('1'..='9').contains(&c)) {
        text.replace('-', "−")
    } else {
        text.trim_start_matches('-').to_string()
    }
}

#[test]
fn words_before_a_place_say_what_is_made_of_it() {
    let facts = object!({ "a": [[0.25, 0.5], [0.125, 0.75]], "loss": 0.0, "texts": [{ "x": 3.0 }, { "x": 2.0 }] });
    let number = |place: &str| number(&facts, place);
    assert_eq!(number("a/0/1"), Some(0.5));
    assert_eq!(number("percent other a 1/1 0/1"), Some(25.0));
    assert_eq!(
        (number("largest a/1"), number("least a"), number("probability loss")),
        (Some(0.75), Some(0.125), Some(1.0))
    );
    assert_eq!((number("minus a/0/0 a/0/1"), number("tens percent a/1/1")), (Some(0.25), Some(70.0)));
    assert_eq!(
        (number("least texts/*/x"), number("other a/*/0 0"), number("other b 0")),
        (Some(2.0), Some(0.125), None)
    );
    assert_eq!((number("b"), number("percent b"), number("twice a/0/0")), (None, None, None));
}

#[test]
fn a_number_that_rounds_to_zero_has_no_sign() {
    assert_eq!([shown(-0.004, 2), shown(-0.01, 2), shown(2.0, 1)], ["0.00", "−0.01", "2.0"]);
}
