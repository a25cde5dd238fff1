//! Tokens colored by numbers: one number per token, or several to choose from.

use ndarray::{ArrayView1, ArrayView2, Axis};
use serde_json::json;

use crate::text::{number, text_heatmap};
use crate::{View, VisError, array, check, visible};

/// Which values get the full colors.
#[derive(Clone, Debug, Default)]
pub struct ColorOptions {
    min: Option<f32>,
    max: Option<f32>,
}

impl ColorOptions {
    /// The smallest and largest value that is shown (and zero, which has no color).
    pub fn new() -> Self {
        Self::default()
    }

    /// Values at `min` and below are full red (if it is negative), values at `max` and above full blue.
    #[must_use]
    pub fn range(mut self, min: f32, max: f32) -> Self {
        (self.min, self.max) = (Some(min), Some(max));
        self
    }
}

/// Text whose tokens are colored by one number each; hover a token for its value.
///
/// After `circuitsvis.tokens.colored_tokens`: positive values are blue, negative ones red, zero has no color.
///
/// # Shapes
/// - `tokens`: `[pos]`
/// - `values`: `[pos]`
///
/// # Errors
/// [`VisError::Length`] if the lengths differ, [`VisError::Empty`] without tokens, [`VisError::Range`] for bounds that are
/// no range.
pub fn colored_tokens<S: AsRef<str>>(
    tokens: &[S],
    values: ArrayView1<'_, f32>,
    options: ColorOptions,
) -> Result<View, VisError> {
    colored("colored_tokens", tokens, values.insert_axis(Axis(1)), &["value"], options)
}

/// Text whose tokens are colored by one of several numbers: choose by hovering a label, or click to keep it; hover a token
/// for all its values.
///
/// After `circuitsvis.tokens.colored_tokens_multi`. Each label has its own range of colors unless one is given, and comes
/// with it.
///
/// # Shapes
/// - `tokens`: `[pos]`
/// - `values`: `[pos, label]`
/// - `labels`: `[label]`
///
/// # Errors
/// As for [`colored_tokens`].
pub fn colored_tokens_multi<S: AsRef<str>, L: AsRef<str>>(
    tokens: &[S],
    values: ArrayView2<'_, f32>,
    labels: &[L],
    options: ColorOptions,
) -> Result<View, VisError> {
    colored("colored_tokens_multi", tokens, values, labels, options)
}

fn colored<S: AsRef<str>, L: AsRef<str>>(
    kind: &str,
    tokens: &[S],
    values: ArrayView2<'_, f32>,
    labels: &[L],
    options: ColorOptions,
) -> Result<View, VisError> {
    check::not_empty("tokens", tokens.len())?;
    check::not_empty("labels", labels.len())?;
    check::length("the pos axis of values", tokens.len(), "the number of tokens", values.nrows())?;
    check::length("the label axis of values", labels.len(), "the number of labels", values.ncols())?;
    let ranges =
        values.columns().into_iter().map(|column| check::range(options.min, options.max, check::extent(column)));
    let ranges: Vec<(f32, f32)> = ranges.collect::<Result<_, _>>()?;

    let labels: Vec<&str> = labels.iter().map(AsRef::as_ref).collect();
    let data = json!({
        "tokens": visible::block(tokens),
        "values": array::encode(&values),
        "labels": labels,
        "ranges": ranges,
    });
    let text = if labels.len() == 1 {
        list(tokens, values.index_axis(Axis(1), 0))
    } else {
        text_heatmap(values, None, &visible::numbered(tokens), &labels)?
    };
    Ok(View::new(kind, if labels.len() == 1 { "Tokens by value" } else { "Tokens by values" }, data, text))
}

/// One token and its number a line.
fn list<S: AsRef<str>>(tokens: &[S], values: ArrayView1<'_, f32>) -> String {
    visible::numbered(tokens)
        .iter()
        .zip(values)
        .map(|(token, value)| format!("{}\t{token}\n", number(*value)))
        .collect()
}
