//! Chapter 04: how much a steering vector does, and what it costs, for each layer and coefficient.
//!
//! The numbers are the oracle's: a search over many contrasts found them, and stored what it found.

use circuit_vis::{Line, PlotOptions, View, lines};
use ndarray::Array1;
use serde_json::Value as Json;

use super::{Outcome, stored};

/// The contrast that the chapter looks at first.
const SET: &str = "winter";

pub(crate) fn gain() -> Outcome<View> {
    let options = PlotOptions::new().x("coefficient").y("gain, in nats").range(-3.0, 2.0);
    Ok(curves("gains", options)?.title("winter: how much more likely its words become"))
}

pub(crate) fn cost() -> Outcome<View> {
    let options = PlotOptions::new().x("coefficient").y("KL divergence, in nats").range(0.0, 1.0);
    Ok(curves("costs", options)?.title("winter: how much the whole prediction is disturbed"))
}

/// A curve for each layer over the coefficients.
fn curves(measure: &str, options: PlotOptions) -> Outcome<View> {
    let facts = stored::facts("exercise_04")?;
    let coefficients = numbers(&facts["coefficients"])?;
    let sets = facts["sets"].as_array().ok_or("no sets are stored")?;
    let set = sets.iter().find(|set| set["name"] == SET).ok_or("no such set is stored")?;
    let mut series = Vec::new();
    for (layer, values) in set[measure].as_array().ok_or("no such measure is stored")?.iter().enumerate() {
        series.push(Line::new(format!("layer {layer}"), numbers(values)?.view()).over(coefficients.view()));
    }
    Ok(lines(&series, options)?)
}

fn numbers(list: &Json) -> Outcome<Array1<f32>> {
    let list = list.as_array().ok_or("a list of numbers was expected")?;
    let number = |value: &Json| value.as_f64().map(|x| x as f32).ok_or("a number was expected");
    Ok(list.iter().map(number).collect::<Result<_, _>>()?)
}

#[test]
fn at_the_layer_that_suits_it_best_the_gain_rises_with_every_step() -> Outcome<()> {
    let gains = gain()?.array("series/3/y").ok_or("a curve for layer 3")?;
    let gains: Vec<f32> = gains.iter().copied().collect();
    assert!(gains.is_sorted() && gains[0] < 0.0 && gains[gains.len() - 1] > 0.0, "{gains:?}");
    Ok(())
}
