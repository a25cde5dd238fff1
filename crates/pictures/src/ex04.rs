//! Exercise 04: how much a steering vector does, and what it costs, for each layer and coefficient.
//!
//! The contrast is one that the oracle's search found and stored, with its pairs of prompts and its target words.

use circuit_vis::{Line, PlotOptions, View, lines};
use grading::ex04::Submission;
use hooked_transformer::HookedTransformer;
use ndarray::{Array1, Array2, Array3, Axis, s};
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use serde_json::Value as Json;

use crate::{Outcome, Picture, Right, functions, stored};

/// The contrast that the chapter looks at first.
const SET: &str = "winter";

/// How many random directions the vector is compared with.
const N_RANDOM: usize = 8;

/// The steering curves, random directions beside them, and gain against cost.
///
/// # Errors
/// The reference data is damaged, or a table has the wrong shape.
pub fn pictures(functions: &Submission) -> Outcome<Vec<Picture>> {
    let contrast = Contrast::stored(&stored::facts("exercise_04")?)?;
    let model = stored::model("gpt2-tales")?;
    let vectors = contrast.vectors(&model, functions)?;
    let table = contrast.table(&model, functions, &vectors);
    Ok(vec![
        Picture {
            view: gain_curves(&contrast, &table)?,
            look_for: "Every curve rises: more of the vector makes the words more likely, less of it rarer.",
            made_with: &["contrastive_vector", "effect_table"],
        },
        Picture {
            view: cost_curves(&contrast, &table)?,
            look_for: "The cost rises on both sides, and not equally in each layer.",
            made_with: &["contrastive_vector", "effect_table"],
        },
        Picture {
            view: gain_against_cost(&contrast, &table)?,
            look_for: "Which layer gains most at the same cost? Read upward from one cost.",
            made_with: &["contrastive_vector", "effect_table"],
        },
        Picture {
            view: beside_random(&contrast, &model, functions, &vectors, &table)?,
            look_for: "The band is the range of eight random directions of the same norm. Does the vector leave it?",
            made_with: &["contrastive_vector", "effect_table", "random_direction"],
        },
    ])
}

/// A view of the guide.
///
/// # Errors
/// The reference data is damaged.
pub fn gain() -> Outcome<View> {
    of_the_guide(gain_curves)
}

/// A view of the guide.
///
/// # Errors
/// The reference data is damaged.
pub fn cost() -> Outcome<View> {
    of_the_guide(cost_curves)
}

/// A view of the guide.
///
/// # Errors
/// The reference data is damaged.
pub fn trade_off() -> Outcome<View> {
    of_the_guide(gain_against_cost)
}

/// A view of the guide.
///
/// # Errors
/// The reference data is damaged.
pub fn random() -> Outcome<View> {
    let contrast = Contrast::stored(&stored::facts("exercise_04")?)?;
    let model = stored::model("gpt2-tales")?;
    let functions = functions::ex04(&Right::default());
    let vectors = contrast.vectors(&model, &functions)?;
    let table = contrast.table(&model, &functions, &vectors);
    beside_random(&contrast, &model, &functions, &vectors, &table)
}

fn of_the_guide(draw: fn(&Contrast, &Array3<f32>) -> Outcome<View>) -> Outcome<View> {
    let contrast = Contrast::stored(&stored::facts("exercise_04")?)?;
    let model = stored::model("gpt2-tales")?;
    let functions = functions::ex04(&Right::default());
    let vectors = contrast.vectors(&model, &functions)?;
    draw(&contrast, &contrast.table(&model, &functions, &vectors))
}

/// What the search stored about a contrast.
struct Contrast {
    pairs: Vec<(String, String)>,
    pos: isize,
    targets: Vec<usize>,
    prompts: Vec<String>,
    coefficients: Array1<f32>,
}

impl Contrast {
    fn stored(facts: &Json) -> Outcome<Self> {
        let sets = facts["sets"].as_array().ok_or("no sets are stored")?;
        let set = sets.iter().find(|set| set["name"] == SET).ok_or("no such set is stored")?;
        let texts = |list: &Json| -> Outcome<Vec<String>> {
            let list = list.as_array().ok_or("a list was expected")?;
            list.iter().map(|text| Ok(stored::text(text)?.to_string())).collect()
        };
        let pairs = set["pairs"].as_array().ok_or("no pairs are stored")?;
        Ok(Self {
            pairs: pairs
                .iter()
                .map(|pair| Ok((stored::text(&pair[0])?.to_string(), stored::text(&pair[1])?.to_string())))
                .collect::<Outcome<_>>()?,
            pos: isize::try_from(set["pos"].as_i64().ok_or("no position is stored")?)?,
            targets: stored::numbers(&set["target_ids"])?.iter().map(|id| *id as usize).collect(),
            prompts: texts(&facts["neutral"])?,
            coefficients: with_midpoints(&stored::numbers(&facts["coefficients"])?),
        })
    }

    /// A vector for each layer, `[layer, d_model]`.
    fn vectors(&self, model: &HookedTransformer, functions: &Submission) -> Outcome<Array2<f32>> {
        let pairs: Vec<(&str, &str)> = self.pairs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let of_layer = |layer| (functions.contrastive_vector)(model, &pairs, layer, self.pos, false);
        let vectors: Vec<Array1<f32>> = (0..model.cfg().n_layers).map(of_layer).collect();
        let views: Vec<_> = vectors.iter().map(|vector| vector.view()).collect();
        Ok(ndarray::stack(Axis(0), &views)?)
    }

    /// Gain and cost, `[measure, layer, coefficient]`.
    fn table(&self, model: &HookedTransformer, functions: &Submission, vectors: &Array2<f32>) -> Array3<f32> {
        let prompts: Vec<&str> = self.prompts.iter().map(String::as_str).collect();
        let coefficients = self.coefficients.to_vec();
        (functions.effect_table)(model, &prompts, vectors, &coefficients, &self.targets)
    }
}

/// What the oracle measured, and the middle between each two: a curve of few points hides its bend.
fn with_midpoints(coefficients: &Array1<f32>) -> Array1<f32> {
    let n_points = (2 * coefficients.len()).saturating_sub(1);
    Array1::from_shape_fn(n_points, |i| (coefficients[i / 2] + coefficients[i.div_ceil(2)]) / 2.0)
}

fn gain_curves(contrast: &Contrast, table: &Array3<f32>) -> Outcome<View> {
    let options = PlotOptions::new().x("coefficient").y("gain, in nats").range(-3.0, 2.0);
    Ok(curves(contrast, table, 0, options)?.title("winter: how much more likely its words become"))
}

fn cost_curves(contrast: &Contrast, table: &Array3<f32>) -> Outcome<View> {
    let options = PlotOptions::new().x("coefficient").y("KL divergence, in nats").range(0.0, 1.0);
    Ok(curves(contrast, table, 1, options)?.title("winter: how much the whole prediction is disturbed"))
}

/// A curve for each layer over the coefficients.
fn curves(contrast: &Contrast, table: &Array3<f32>, measure: usize, options: PlotOptions) -> Outcome<View> {
    let of_layer = |layer: usize| {
        let line = Line::new(format!("layer {layer}"), table.slice(s![measure, layer, ..]));
        line.over(contrast.coefficients.view())
    };
    Ok(lines(&(0..table.dim().1).map(of_layer).collect::<Vec<_>>(), options)?)
}

/// A curve for each layer: its gain over its cost, for the coefficients from zero up.
fn gain_against_cost(contrast: &Contrast, table: &Array3<f32>) -> Outcome<View> {
    let zero = contrast.coefficients.iter().position(|c| *c >= 0.0).ok_or("no coefficient is positive")?;
    let of_layer = |layer: usize| {
        let line = Line::new(format!("layer {layer}"), table.slice(s![0, layer, zero..]));
        line.over(table.slice(s![1, layer, zero..]))
    };
    let options = PlotOptions::new().x("KL divergence, in nats").y("gain, in nats").range(0.0, 2.0);
    let series: Vec<Line> = (0..table.dim().1).map(of_layer).collect();
    Ok(lines(&series, options)?.title("winter: what each layer gains for what it costs"))
}

/// The last layer's curve beside a band: the mean and the range of random directions.
fn beside_random(
    contrast: &Contrast,
    model: &HookedTransformer,
    functions: &Submission,
    vectors: &Array2<f32>,
    table: &Array3<f32>,
) -> Outcome<View> {
    let layer = vectors.nrows() - 1;
    let mut gains = Array2::zeros((N_RANDOM, contrast.coefficients.len()));
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    for mut row in gains.outer_iter_mut() {
        // Only the row of this layer is of interest; the table wants one for each.
        let mut random = Array2::zeros(vectors.dim());
        random.row_mut(layer).assign(&(functions.random_direction)(&vectors.row(layer).to_owned(), &mut rng));
        row.assign(&contrast.table(model, functions, &random).slice(s![0, layer, ..]));
    }
    let over_directions = |start: f32, pick: fn(f32, f32) -> f32| {
        gains.map_axis(Axis(0), |of_coefficient| of_coefficient.fold(start, |a, b| pick(a, *b)))
    };
    let (low, high) = (over_directions(f32::INFINITY, f32::min), over_directions(f32::NEG_INFINITY, f32::max));
    let mean = gains.mean_axis(Axis(0)).ok_or("no random directions")?;
    let coefficients = contrast.coefficients.view();
    let series = [
        Line::new(format!("the vector, layer {layer}"), table.slice(s![0, layer, ..])).over(coefficients),
        Line::new(format!("{N_RANDOM} random directions"), mean.view())
            .over(coefficients)
            .band(low.view(), high.view()),
    ];
    let options = PlotOptions::new().x("coefficient").y("gain, in nats").range(-3.0, 2.0);
    Ok(lines(&series, options)?.title("winter, beside random directions of the same norm"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_the_layer_that_suits_it_best_the_gain_rises_with_every_step() -> Outcome<()> {
        let gains = gain()?.array("series/3/y").ok_or("a curve for layer 3")?;
        let gains: Vec<f32> = gains.iter().copied().collect();
        assert!(gains.is_sorted() && gains[0] < 0.0 && gains[gains.len() - 1] > 0.0, "{gains:?}");
        Ok(())
    }

    /// At coefficient 0 no direction does anything; elsewhere random ones differ.
    #[test]
    fn the_band_of_random_directions_is_a_point_at_zero_only() -> Outcome<()> {
        let contrast = Contrast::stored(&stored::facts("exercise_04")?)?;
        let view = random()?;
        let edge = |name: &str| view.array(&format!("series/1/{name}")).ok_or("an edge");
        for ((c, low), high) in contrast.coefficients.iter().zip(&edge("low")?).zip(&edge("high")?) {
            assert!(low <= high && (*c == 0.0) == ((high - low).abs() < 1e-5), "{c}: {low} to {high}");
        }
        Ok(())
    }

    /// The curves go through what the oracle stored.
    #[test]
    fn the_curves_are_what_the_oracle_found() -> Outcome<()> {
        let facts = stored::facts("exercise_04")?;
        let sets = facts["sets"].as_array().ok_or("sets")?;
        let set = sets.iter().find(|set| set["name"] == SET).ok_or("the set")?;
        for (view, stored_as) in [(gain()?, "gains"), (cost()?, "costs")] {
            for layer in 0..4 {
                let drawn = view.array(&format!("series/{layer}/y")).ok_or("a curve")?;
                let stored = stored::numbers(&set[stored_as][layer])?;
                assert_eq!(drawn.len(), 2 * stored.len() - 1);
                for (got, want) in drawn.iter().step_by(2).zip(&stored) {
                    assert!((got - want).abs() < 1e-3, "{stored_as} of layer {layer}: {got} and {want}");
                }
            }
        }
        Ok(())
    }
}
