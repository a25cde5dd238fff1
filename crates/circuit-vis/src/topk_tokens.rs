//! The tokens that each neuron likes most and least, as a table with a column a neuron.

use ndarray::{Array3, ArrayView1, ArrayView3, s};
use serde_json::json;

use crate::{NeuronOptions, View, VisError, array, check, text, visible};

/// For each neuron of a layer, the tokens with the `max_k` largest activations, and those with the smallest.
///
/// After `circuitsvis.topk_tokens.topk_tokens`; its three dimensions `first`, `second`, `third` are the layer, the token and
/// the neuron. A NaN is neither large nor small: it comes last in both lists.
///
/// # Shapes
/// - `tokens`: `[sample][pos]`
/// - `activations`: `[sample]` of `[layer, pos, neuron]`
///
/// # Errors
/// [`VisError::Length`] if the lengths do not fit, [`VisError::Shape`] if samples differ in layers or neurons,
/// [`VisError::Empty`] without samples, tokens, layers, neurons or with `max_k = 0`.
pub fn topk_tokens<T: AsRef<[S]>, S: AsRef<str>>(
    tokens: &[T],
    activations: &[ArrayView3<'_, f32>],
    max_k: usize,
    options: NeuronOptions,
) -> Result<View, VisError> {
    check::not_empty("samples", tokens.len())?;
    check::not_empty("max_k", max_k)?;
    check::length("activations", tokens.len(), "the number of samples of tokens", activations.len())?;
    let (layers, _, neurons) = activations[0].dim();
    check::not_empty("layers", layers)?;
    check::not_empty("neurons", neurons)?;
    let mut samples = Vec::new();
    let mut text = String::new();
    for (index, (tokens, &activations)) in tokens.iter().zip(activations).enumerate() {
        let tokens = tokens.as_ref();
        check::not_empty(&format!("tokens of sample {index}"), tokens.len())?;
        if activations.dim() != (layers, tokens.len(), neurons) {
            let expected = format!("[{layers}, {}, {neurons}], of its tokens and of sample 0", tokens.len());
            let what = format!("activations of sample {index}");
            return Err(VisError::Shape { what, expected, got: activations.shape().to_vec() });
        }
        let k = max_k.min(tokens.len());
        let (top, bottom) = (extremes(activations, k, true), extremes(activations, k, false));
        if index == 0 {
            text = text_of_first(tokens, activations, &top);
        }
        samples.push(json!({
            "tokens": visible::block(tokens),
            "top": array::encode(&top.view()),
            "top_values": array::encode(&values_at(activations, &top).view()),
            "bottom": array::encode(&bottom.view()),
            "bottom_values": array::encode(&values_at(activations, &bottom).view()),
        }));
    }
    let data = json!({ "dimensions": options.block(layers, neurons)?, "samples": samples });
    Ok(View::new("topk_tokens", "Top tokens by neuron", data, text))
}

/// `[layer, neuron, rank]`: the positions of the `k` largest (or smallest) activations, ties in the order of the text.
fn extremes(activations: ArrayView3<'_, f32>, k: usize, largest: bool) -> Array3<f32> {
    let (layers, _, neurons) = activations.dim();
    let mut positions = Array3::zeros((layers, neurons, k));
    for (layer, neuron) in ndarray::indices((layers, neurons)) {
        let order = order(activations.slice(s![layer, .., neuron]), largest);
        positions.slice_mut(s![layer, neuron, ..]).iter_mut().zip(order).for_each(|(rank, pos)| *rank = pos as f32);
    }
    positions
}

fn order(values: ArrayView1<'_, f32>, largest: bool) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| match (values[a].is_nan(), values[b].is_nan()) {
        (false, false) if largest => values[b].total_cmp(&values[a]),
        (false, false) => values[a].total_cmp(&values[b]),
        (a, b) => a.cmp(&b),
    });
    order
}

fn values_at(activations: ArrayView3<'_, f32>, positions: &Array3<f32>) -> Array3<f32> {
    let value = |(layer, neuron, rank)| activations[[layer, positions[[layer, neuron, rank]] as usize, neuron]];
    Array3::from_shape_fn(positions.dim(), value)
}

/// A terminal has no selectors: the first neurons of the first layer of the first sample, one a line.
fn text_of_first<S: AsRef<str>>(tokens: &[S], activations: ArrayView3<'_, f32>, top: &Array3<f32>) -> String {
    let line = |neuron: usize| {
        let best = top.slice(s![0, neuron, ..]).iter().map(|&pos| pos as usize).collect::<Vec<_>>();
        let best = best.iter().map(|&pos| {
            let token = text::shorten(&visible::visible(tokens[pos].as_ref()), 16);
            format!("{token} ({})", text::number(activations[[0, pos, neuron]]))
        });
        format!("[0, {neuron}]  {}\n", best.collect::<Vec<_>>().join("  "))
    };
    (0..top.dim().1.min(40)).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn ties_keep_the_order_of_the_text_and_nan_is_last() {
        let values = array![1.0, f32::NAN, 3.0, 1.0, f32::NEG_INFINITY];
        assert_eq!(order(values.view(), true), [2, 0, 3, 4, 1]);
        assert_eq!(order(values.view(), false), [4, 0, 3, 2, 1]);
    }
}
