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
}

impl Line {
    /// A series over 0, 1, 2, ..., such as a loss by position.
    pub fn new(name: impl Into<String>, y: ArrayView1<'_, f32>) -> Self {
        Self { name: name.into(), x: None, y: y.to_vec() }
    }

    /// The same series over other values of x, such as steering coefficients.
    #[must_use]
    pub fn over(mut self, x: ArrayView1<'_, f32>) -> Self {
        self.x = Some(x.to_vec());
        self
    }
}

/// Curves in one plot, with a legend that switches them on and off and the values at the pointer.
///
/// After the notebook's `line` (a Plotly plot). A value that is NaN or infinite leaves a gap with a mark on the axis.
///
/// # Shapes
/// - each series: `[point]`, of its own length
///
/// # Errors
/// [`VisError::Length`] if the x and y of a series differ in length, [`VisError::Empty`] without series or points,
/// [`VisError::Range`] for bounds that are no range.
pub fn lines(series: &[Line], options: PlotOptions) -> Result<View, VisError> {
    check::not_empty("series", series.len())?;
    let mut blocks = Vec::new();
    for line in series {
        check::not_empty(&format!("points of series {}", line.name), line.y.len())?;
        let x = line.x.clone().unwrap_or_else(|| (0..line.y.len()).map(|index| index as f32).collect());
        check::length(&format!("x of series {}", line.name), line.y.len(), "the number of its y", x.len())?;
        let (x, y) = (array::encode(&ndarray::aview1(&x)), array::encode(&ndarray::aview1(&line.y)));
        blocks.push(json!({ "name": line.name, "x": x, "y": y }));
    }
    let (min, max) = check::range(options.min, options.max, extent(series))?;
    let data = json!({ "series": blocks, "x": options.x, "y": options.y, "min": min, "max": max });
    Ok(View::new("lines", "Lines", data, series.iter().map(|line| spark(line, (min, max))).collect()))
}

/// The finite values' range; unlike colors, an axis need not hold zero.
fn extent(series: &[Line]) -> (f32, f32) {
    let values = series.iter().flat_map(|line| &line.y).copied().filter(|v| v.is_finite());
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
