//! The texts that a neuron likes most.

use serde_json::json;

use crate::{NeuronOptions, View, VisError, array, check, text, visible};

/// A text and what one neuron does on it.
#[derive(Clone, Debug, PartialEq)]
pub struct NeuronSample {
    /// The first coordinate of the neuron: its layer.
    pub layer: usize,
    /// The second coordinate of the neuron.
    pub neuron: usize,
    /// `[pos]`
    pub tokens: Vec<String>,
    /// `[pos]`
    pub activations: Vec<f32>,
}

/// For the chosen neuron, its samples in descending order of their largest activation.
///
/// After `circuitsvis.topk_samples.topk_samples`, which takes lists nested by layer, neuron and sample; here each sample
/// says which neuron it belongs to, and they come in any order. A neuron may have no samples.
///
/// # Shapes
/// - `samples`: `[sample]`, each with `[pos]` tokens and activations
///
/// # Errors
/// [`VisError::Length`] if tokens and activations of a sample differ in number or labels do not fit, [`VisError::Empty`]
/// without samples or tokens.
pub fn topk_samples(samples: &[NeuronSample], options: NeuronOptions) -> Result<View, VisError> {
    check::not_empty("samples", samples.len())?;
    for (index, sample) in samples.iter().enumerate() {
        check::not_empty(&format!("tokens of sample {index}"), sample.tokens.len())?;
        let what = format!("activations of sample {index}");
        check::length(&what, sample.tokens.len(), "the number of its tokens", sample.activations.len())?;
    }
    let sorted = descending(samples);
    let (layers, neurons) = sorted.iter().fold((0, 0), |(l, n), s| (l.max(s.layer + 1), n.max(s.neuron + 1)));
    let blocks = sorted.iter().map(|sample| {
        json!({
            "layer": sample.layer,
            "neuron": sample.neuron,
            "tokens": visible::block(&sample.tokens),
            "values": array::encode(&ndarray::aview1(&sample.activations)),
        })
    });
    let blocks: Vec<_> = blocks.collect();
    let data = json!({ "dimensions": options.block(layers, neurons)?, "samples": blocks });
    Ok(View::new("topk_samples", "Top samples by neuron", data, sorted.iter().map(|sample| line(sample)).collect()))
}

/// By neuron, and for each neuron by largest activation; NaN is not large.
fn descending(samples: &[NeuronSample]) -> Vec<&NeuronSample> {
    let mut sorted: Vec<&NeuronSample> = samples.iter().collect();
    sorted.sort_by(|a, b| (a.layer, a.neuron).cmp(&(b.layer, b.neuron)).then(largest(b).total_cmp(&largest(a))));
    sorted
}

fn largest(sample: &NeuronSample) -> f32 {
    sample.activations.iter().copied().fold(f32::NEG_INFINITY, f32::max)
}

fn line(sample: &NeuronSample) -> String {
    let tokens: String = sample.tokens.iter().map(|token| visible::visible(token)).collect();
    let (layer, neuron, largest) = (sample.layer, sample.neuron, text::number(largest(sample)));
    format!("[{layer}, {neuron}]  {largest}  {}\n", text::shorten(&tokens, 80))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(neuron: usize, activations: &[f32]) -> NeuronSample {
        let tokens = activations.iter().map(|_| "a".to_owned()).collect();
        NeuronSample { layer: 0, neuron, tokens, activations: activations.to_vec() }
    }

    #[test]
    fn samples_are_sorted_by_their_largest_activation_within_a_neuron() {
        let samples = [sample(1, &[9.0]), sample(0, &[f32::NAN]), sample(0, &[-5.0, 1.0]), sample(0, &[0.5, 2.0])];
        let order: Vec<f32> = descending(&samples).iter().map(|sample| largest(sample)).collect();
        assert_eq!(order, [2.0, 1.0, f32::NEG_INFINITY, 9.0]);
    }
}
