//! Chapter 02: the losses of the model while it was trained, from the log beside its weights.

use circuit_vis::{Line, PlotOptions, View, lines};
use grading::reference::json;
use ndarray::Array1;
use serde_json::Value as Json;

use crate::Outcome;

const LOG: &str = "reference_data/models/attn-only-2l-tales/training.json";

/// A view of the guide: the losses of both copies and of held-out stories, by the tokens seen.
///
/// # Errors
/// The log is damaged.
pub fn bump() -> Outcome<View> {
    let log = json(LOG)?;
    let points = log["curve"].as_array().ok_or("the log has no curve")?;
    let millions = column(points, "tokens")? / 1e6;
    let mut series = Vec::new();
    for (key, name) in [("first_copy", "first copy"), ("second_copy", "second copy"), ("held_out", "held-out stories")]
    {
        series.push(Line::new(name, column(points, key)?.view()).over(millions.view()));
    }
    let options = PlotOptions::new().x("tokens, in millions").y("loss, in nats").range(0.0, 12.0);
    Ok(lines(&series, options)?.title("attn-only-2l-tales: losses during training"))
}

fn column(points: &[Json], key: &str) -> Outcome<Array1<f32>> {
    let number = |point: &Json| point[key].as_f64().map(|x| x as f32).ok_or_else(|| format!("a point lacks {key}"));
    Ok(points.iter().map(number).collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the chapter says: between 2 and 3.1 million tokens the loss on the second copy falls from 6.4 to 0.6.
    #[test]
    fn the_second_copy_falls_where_the_chapter_says() -> Outcome<()> {
        let view = bump()?;
        let second = view.array("series/1/y").ok_or("a curve of the second copy")?;
        assert!((second[2] - 6.4).abs() < 0.05 && (second[3] - 0.6).abs() < 0.05, "{second}");
        Ok(())
    }
}
