//! Curves: one or several named series over a common horizontal axis.

use ndarray::ArrayView1;
use serde_json::json;

use crate::{PlotOptions, View, VisError, array, check, text};

/// One named series of points.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    name: String,
    x: Option<Vec<f32>>,
    y: Vec<f32>,
    /// The lower and the upper edge of a band around the points.
    band: Option<[Vec<f32>; 2]>,
}

impl Line {
    /// A series over 0, 1, 2, ..., such as a loss by position.
    pub fn new(name: impl Into<String>, y: ArrayView1<'_, f32>) -> Self {
        Self { name: name.into(), x: None, y: y.to_vec(), band: None }
    }

    /// The same series over other values of x, such as steering coefficients.
    #[must_use]
    pub fn over(mut self, x: ArrayView1<'_, f32>) -> Self {
        self.x = Some(x.to_vec());
        self
    }

    /// The same series with a band from `low` to `high` at each point, such as the range of several runs.
    #[must_use]
    pub fn band(mut self, low: ArrayView1<'_, f32>, high: ArrayView1<'_, f32>) -> Self {
        self.band = Some([low.to_vec(), high.to_vec()]);
        self
    }
}

/// Curves in one plot, with a legend that switches them on and off and the values at the pointer.
///
/// After the notebook's `line` (a Plotly plot). A value that is NaN or infinite leaves a gap with a mark on the axis. A band
/// is drawn where both of its edges are finite.
///
/// # Shapes
/// - each series: `[point]`, of its own length; the edges of a band are as long
///
/// # Errors
/// [`VisError::Length`] if the x, the y or the edges of the band of a series differ in length, [`VisError::Empty`] without series or points,
/// [`VisError::Range`] for bounds that are no range.
pub fn lines(series: &[Line], options: PlotOptions) -> Result<View, VisError> {
    check::not_empty("series", series.len())?;
    let mut blocks = Vec::new();
    for line in series {
        check::not_empty(&format!("points of series {}", line.name), line.y.len())?;
        let x = line.x.clone().unwrap_or_else(|| (0..line.y.len()).map(|index| index as f32).collect());
        check::length(&format!("x of series {}", line.name), line.y.len(), "the number of its y", x.len())?;
        let encode = |values: &[f32]| array::encode(&ndarray::aview1(values));
        let mut block = json!({ "name": line.name, "x": encode(&x), "y": encode(&line.y) });
        for (edge, values) in ["low", "high"].iter().zip(line.band.iter().flatten()) {
            let what = format!("the {edge} edge of the band of series {}", line.name);
            check::length(&what, line.y.len(), "the number of its y", values.len())?;
            block[*edge] = encode(values);
        }
        blocks.push(block);
    }
    let (min, max) = check::range(options.min, options.max, extent(series))?;
    let data = json!({ "series": blocks, "x": options.x, "y": options.y, "min": min, "max": max });
    Ok(View::new("lines", "Lines", data, series.iter().map(|line| spark(line, (min, max))).collect()))
}

/// The finite values' range; unlike colors, an axis need not hold zero.
fn extent(series: &[Line]) -> (f32, f32) {
    let all = series.iter().flat_map(|line| line.y.iter().chain(line.band.iter().flatten().flatten()));
    let values = all.copied().filter(|v| v.is_finite());
    let (min, max) = values.fold((f32::INFINITY, f32::NEG_INFINITY), |(lo, hi), v| (lo.min(v), hi.max(v)));
    if min > max {
        return (0.0, 1.0);
    }
    let margin = (min.abs() * 0.1).max(0.5);
    if min == max { (min - margin, max + margin) } else { (min, max) }
}

/// A series as a row of blocks of different heights.
fn spark(line: &Line, (min, max): (f32, f32)) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let block = |&value: &f32| match value {
        v if !v.is_finite() => '!',
        v => BLOCKS[(((v - min) / (max - min)).clamp(0.0, 1.0) * 7.0).round() as usize],
    };
    let blocks: String = line.y.iter().take(80).map(block).collect();
    let rest = if line.y.len() > 80 { format!("… {} points", line.y.len()) } else { String::new() };
    format!("{blocks}{rest}  {} ({} to {})\n", line.name, text::number(min), text::number(max))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_band_travels_with_its_series_and_widens_the_axis() {
        let line = Line::new("random", array![0.0, 1.0].view()).band(array![-2.0, 0.5].view(), array![0.5, 3.0].view());
        let view = lines(&[line], PlotOptions::new()).unwrap();
        assert_eq!(view.array("series/0/low").unwrap(), array![-2.0, 0.5].into_dyn());
        assert_eq!(view.array("series/0/high").unwrap(), array![0.5, 3.0].into_dyn());
        assert_eq!((view.data()["min"].as_f64(), view.data()["max"].as_f64()), (Some(-2.0), Some(3.0)));
    }

    #[test]
    fn the_edges_of_a_band_are_as_long_as_the_series() {
        let line = Line::new("random", array![0.0, 1.0].view()).band(array![0.0, 1.0].view(), array![1.0].view());
        let error = lines(&[line], PlotOptions::new()).unwrap_err().to_string();
        assert!(error.contains("the high edge of the band of series random"), "{error}");
    }
}
