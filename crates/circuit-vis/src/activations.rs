//! Neuron activations on a text: choose a layer and a neuron, and see which tokens it fires on.

use ndarray::ArrayView3;
use serde_json::{Value, json};

use crate::{View, VisError, array, check, text, visible};

/// What the two dimensions that a neuron is chosen by are called, and how their entries are labeled.
#[derive(Clone, Debug)]
pub struct NeuronOptions {
    first_name: String,
    second_name: String,
    first_labels: Option<Vec<String>>,
    second_labels: Option<Vec<String>>,
}

impl Default for NeuronOptions {
    fn default() -> Self {
        Self { first_name: "Layer".into(), second_name: "Neuron".into(), first_labels: None, second_labels: None }
    }
}

impl NeuronOptions {
    /// The dimensions are called `Layer` and `Neuron`, and numbered.
    pub fn new() -> Self {
        Self::default()
    }

    /// Other names, for example `("Layer", "Head")` or `("Layer", "Feature")`.
    #[must_use]
    pub fn names(mut self, first: impl Into<String>, second: impl Into<String>) -> Self {
        (self.first_name, self.second_name) = (first.into(), second.into());
        self
    }

    /// Labels of the first dimension, instead of numbers.
    #[must_use]
    pub fn first_labels<S: Into<String>>(mut self, labels: impl IntoIterator<Item = S>) -> Self {
        self.first_labels = Some(labels.into_iter().map(Into::into).collect());
        self
    }

    /// Labels of the second dimension, instead of numbers.
    #[must_use]
    pub fn second_labels<S: Into<String>>(mut self, labels: impl IntoIterator<Item = S>) -> Self {
        self.second_labels = Some(labels.into_iter().map(Into::into).collect());
        self
    }

    /// The entries of the data block, with `first` and `second` entries to choose from.
    pub(crate) fn block(self, first: usize, second: usize) -> Result<Value, VisError> {
        let Self { first_name, second_name, first_labels, second_labels } = self;
        let numbers = |len: usize| (0..len).map(|index| index.to_string()).collect::<Vec<_>>();
        let first_labels = first_labels.unwrap_or_else(|| numbers(first));
        let second_labels = second_labels.unwrap_or_else(|| numbers(second));
        check::length("first_labels", first, &format!("the {first_name} axis"), first_labels.len())?;
        check::length("second_labels", second, &format!("the {second_name} axis"), second_labels.len())?;
        Ok(json!({ "names": [first_name, second_name], "labels": [first_labels, second_labels] }))
    }
}

/// One or several texts, colored by the activations of one neuron, which is chosen by two selectors.
///
/// After `circuitsvis.activations.text_neuron_activations`. All samples share one range of colors for a neuron, so that
/// they can be compared; it follows the chosen neuron. One sample is a list of one.
///
/// # Shapes
/// - `tokens`: `[sample][pos]`
/// - `activations`: `[sample]` of `[pos, layer, neuron]`
///
/// # Errors
/// [`VisError::Length`] if the lengths do not fit, [`VisError::Shape`] if samples differ in layers or neurons,
/// [`VisError::Empty`] without samples, tokens, layers or neurons.
pub fn text_neuron_activations<T: AsRef<[S]>, S: AsRef<str>>(
    tokens: &[T],
    activations: &[ArrayView3<'_, f32>],
    options: NeuronOptions,
) -> Result<View, VisError> {
    check::not_empty("samples", tokens.len())?;
    check::length("activations", tokens.len(), "the number of samples of tokens", activations.len())?;
    let (_, layers, neurons) = activations[0].dim();
    check::not_empty(&options.first_name, layers)?;
    check::not_empty(&options.second_name, neurons)?;
    let mut samples = Vec::new();
    for (index, (tokens, activations)) in tokens.iter().zip(activations).enumerate() {
        let tokens = tokens.as_ref();
        check::not_empty(&format!("tokens of sample {index}"), tokens.len())?;
        let what = format!("activations of sample {index}");
        check::length(
            &format!("the pos axis of {what}"),
            tokens.len(),
            "the number of its tokens",
            activations.dim().0,
        )?;
        if activations.dim() != (tokens.len(), layers, neurons) {
            let expected = format!("[pos, {layers}, {neurons}], as in sample 0");
            return Err(VisError::Shape { what, expected, got: activations.shape().to_vec() });
        }
        samples.push(json!({ "tokens": visible::block(tokens), "values": array::encode(activations) }));
    }
    let text = text_of_first(tokens[0].as_ref(), activations[0], &options)?;
    let dimensions = options.block(layers, neurons)?;
    let data = json!({ "dimensions": dimensions, "samples": samples });
    Ok(View::new("text_neuron_activations", "Neuron activations", data, text))
}

/// A terminal has no selectors: the first sample, in the first layer.
fn text_of_first<S: AsRef<str>>(
    tokens: &[S],
    activations: ArrayView3<'_, f32>,
    options: &NeuronOptions,
) -> Result<String, VisError> {
    let first = activations.index_axis(ndarray::Axis(1), 0);
    let columns: Vec<String> = (0..first.ncols()).map(|neuron| neuron.to_string()).collect();
    let grid = text::text_heatmap(first, None, &visible::numbered(tokens), &columns)?;
    Ok(format!("{} 0, tokens by {}\n{grid}", options.first_name, options.second_name))
}
