//! Tables of numbers as heat maps: head by layer scores, ablations, logit attribution.

use ndarray::ArrayView2;
use serde_json::json;

use crate::{View, VisError, array, check, text, visible};

/// What the axes of a plot are called, and its range.
#[derive(Clone, Debug, Default)]
pub struct PlotOptions {
    pub(crate) x: String,
    pub(crate) y: String,
    pub(crate) value: String,
    pub(crate) min: Option<f32>,
    pub(crate) max: Option<f32>,
}

impl PlotOptions {
    /// Axes without names, the range of the data.
    pub fn new() -> Self {
        Self::default()
    }

    /// The name of the horizontal axis.
    #[must_use]
    pub fn x(mut self, name: impl Into<String>) -> Self {
        self.x = name.into();
        self
    }

    /// The name of the vertical axis.
    #[must_use]
    pub fn y(mut self, name: impl Into<String>) -> Self {
        self.y = name.into();
        self
    }

    /// What the numbers of a heat map are.
    #[must_use]
    pub fn value(mut self, name: impl Into<String>) -> Self {
        self.value = name.into();
        self
    }

    /// The ends of the colors of a heat map, or of the vertical axis of lines.
    #[must_use]
    pub fn range(mut self, min: f32, max: f32) -> Self {
        (self.min, self.max) = (Some(min), Some(max));
        self
    }
}

/// A table of numbers in color: blue is positive, red negative, zero has no color.
///
/// After the notebook's `imshow` (a Plotly plot), drawn by this crate's own front end: Plotly's script is 4 MB a page.
///
/// # Shapes
/// - `values`: `[row, column]`
/// - `row_labels`: `[row]`, `column_labels`: `[column]`
///
/// # Errors
/// [`VisError::Length`] if labels do not fit, [`VisError::Empty`] for a table without cells, [`VisError::Range`] for bounds
/// that are no range.
pub fn heatmap<R: AsRef<str>, C: AsRef<str>>(
    values: ArrayView2<'_, f32>,
    row_labels: &[R],
    column_labels: &[C],
    options: PlotOptions,
) -> Result<View, VisError> {
    check::not_empty("values", values.len())?;
    check::length("row_labels", values.nrows(), "the row axis of values", row_labels.len())?;
    check::length("column_labels", values.ncols(), "the column axis of values", column_labels.len())?;
    let (min, max) = check::range(options.min, options.max, check::extent(values))?;
    let text = text::text_heatmap(values, None, row_labels, column_labels)?;
    let data = json!({
        "values": array::encode(&values),
        "row_labels": shown(row_labels),
        "column_labels": shown(column_labels),
        "x": options.x,
        "y": options.y,
        "value": options.value,
        "min": min,
        "max": max,
    });
    Ok(View::new("heatmap", "Heat map", data, text))
}

/// How much each component adds to the logit of the right next token, position by position.
///
/// After the notebook's `plot_logit_attribution`, which takes the model only for its numbers of layers and heads; here the
/// components are named, for example by [`component_names`]. Row `i` is about the prediction at token `i`, and names the
/// token that it should have predicted. The last token predicts nothing that is known.
///
/// # Shapes
/// - `tokens`: `[pos]`
/// - `logit_attr`: `[pos - 1, component]`
/// - `component_names`: `[component]`
///
/// # Errors
/// As for [`heatmap`]; the error says so if `logit_attr` has a row too many.
pub fn plot_logit_attribution<S: AsRef<str>, C: AsRef<str>>(
    tokens: &[S],
    logit_attr: ArrayView2<'_, f32>,
    component_names: &[C],
    options: PlotOptions,
) -> Result<View, VisError> {
    let predicting = tokens.len().saturating_sub(1);
    check::not_empty("tokens after the first", predicting)?;
    let because = "one less than the tokens: the last one predicts nothing that is known";
    check::length("the pos axis of logit_attr", predicting, because, logit_attr.nrows())?;
    check::length("component_names", logit_attr.ncols(), "the component axis of logit_attr", component_names.len())?;
    let rows = &visible::numbered(tokens)[..predicting];
    let options = PlotOptions {
        x: or(options.x, "Component"),
        y: or(options.y, "Position"),
        value: or(options.value, "Logit"),
        ..options
    };
    let next: Vec<String> = tokens[1..].iter().map(|token| visible::visible(token.as_ref())).collect();
    let table = heatmap(logit_attr, rows, component_names, options)?;
    let kind = "plot_logit_attribution";
    Ok(table.with("kind", kind.into()).with("row_notes", next.into()).title("Logit attribution"))
}

/// `Direct`, `0.0`, `0.1`, ...: the components of an attention-only model, in the order of the notebook's columns.
pub fn component_names(n_layers: usize, n_heads: usize) -> Vec<String> {
    let heads = (0..n_layers).flat_map(|layer| crate::head_names(layer, n_heads));
    std::iter::once("Direct".to_owned()).chain(heads).collect()
}

fn or(name: String, fallback: &str) -> String {
    if name.is_empty() { fallback.to_owned() } else { name }
}

fn shown<S: AsRef<str>>(labels: &[S]) -> Vec<String> {
    labels.iter().map(|label| visible::label(label.as_ref())).collect()
}
