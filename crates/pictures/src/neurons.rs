//! Chapter 01: what single neurons respond to, on three sentences.

use circuit_vis::{NeuronOptions, View, text_neuron_activations, topk_tokens};
use ndarray::{Array3, ArrayView3, Axis, Ix3};

use crate::{Outcome, stored};

/// A layer in the middle of the model.
const LAYER: usize = 2;

/// How many neurons are shown: those with the largest activations on these sentences.
const SHOWN: usize = 24;

const SENTENCES: [&str; 3] = [
    "The old king had three sons, and the youngest of them was called the Simpleton.",
    "\"Where are you going so early, Little Red-Cap?\" said the wolf.",
    "Once upon a time there was a poor woodcutter who lived by the great forest with his wife and his two children.",
];

/// Tokens and activations of one sentence.
struct Sample {
    tokens: Vec<String>,
    /// `[pos, layer, neuron]`, with one layer.
    activations: Array3<f32>,
}

/// A view of the guide: each token in the color of a neuron's activation.
///
/// # Errors
/// The reference data is damaged.
pub fn on_sentences() -> Outcome<View> {
    let (samples, neurons) = samples()?;
    let tokens: Vec<&[String]> = samples.iter().map(|sample| sample.tokens.as_slice()).collect();
    let activations: Vec<ArrayView3<f32>> = samples.iter().map(|sample| sample.activations.view()).collect();
    Ok(text_neuron_activations(&tokens, &activations, named(&neurons))?
        .title("gpt2-tales, layer 2: neurons on three sentences"))
}

/// A view of the guide: the tokens that each neuron responds to most.
///
/// # Errors
/// The reference data is damaged.
pub fn top_tokens() -> Outcome<View> {
    let (samples, neurons) = samples()?;
    let tokens: Vec<&[String]> = samples.iter().map(|sample| sample.tokens.as_slice()).collect();
    // The table takes the layer first: `[layer, pos, neuron]`.
    let by_layer = samples.iter().map(|sample| sample.activations.view().permuted_axes([1, 0, 2]));
    let activations: Vec<ArrayView3<f32>> = by_layer.collect();
    Ok(topk_tokens(&tokens, &activations, 5, named(&neurons))?
        .title("gpt2-tales, layer 2: the tokens that neurons respond to most"))
}

/// The sentences with the activations of the neurons that are shown, and which these are.
fn samples() -> Outcome<(Vec<Sample>, Vec<usize>)> {
    let model = stored::model("gpt2-tales")?;
    let mut all = Vec::new();
    for sentence in SENTENCES {
        let cache = model.run(sentence).names_filter(("post", LAYER)).cache()?;
        let tokens = model.to_str_tokens(sentence, Some(true))?;
        all.push((tokens, cache.view::<Ix3>(("post", LAYER)).index_axis(Axis(0), 0).to_owned()));
    }
    let strongest = |neuron: usize| {
        let of_sample = all.iter().map(|(_, post)| post.column(neuron).fold(f32::NEG_INFINITY, |most, x| most.max(*x)));
        of_sample.fold(f32::NEG_INFINITY, f32::max)
    };
    let mut neurons: Vec<usize> = (0..model.cfg().d_mlp()).collect();
    neurons.sort_by(|a, b| strongest(*b).total_cmp(&strongest(*a)));
    neurons.truncate(SHOWN);
    let samples = all
        .into_iter()
        .map(|(tokens, post)| Sample { tokens, activations: post.select(Axis(1), &neurons).insert_axis(Axis(1)) });
    Ok((samples.collect(), neurons))
}

fn named(neurons: &[usize]) -> NeuronOptions {
    let names = neurons.iter().map(|neuron| neuron.to_string());
    NeuronOptions::new().names("layer", "neuron").first_labels([LAYER.to_string()]).second_labels(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_neurons_come_first() -> Outcome<()> {
        let (samples, _) = samples()?;
        let most = |neuron| {
            samples.iter().flat_map(|s| s.activations.index_axis(Axis(2), neuron).to_owned()).fold(0.0, f32::max)
        };
        let most: Vec<f32> = (0..SHOWN).map(most).collect();
        assert!(most.is_sorted_by(|a, b| a >= b) && most[SHOWN - 1] > 0.0, "{most:?}");
        Ok(())
    }

    /// What the chapter says of neuron 453: it is most active on the period that ends each sentence.
    #[test]
    fn the_neuron_that_the_chapter_names_finds_the_period() -> Outcome<()> {
        let (samples, neurons) = samples()?;
        assert_eq!(neurons[0], 453);
        for Sample { tokens, activations } in &samples {
            let of_first = activations.index_axis(Axis(2), 0);
            let most = (0..tokens.len()).max_by(|a, b| of_first[[*a, 0]].total_cmp(&of_first[[*b, 0]]));
            assert_eq!(most, Some(tokens.len() - 1), "{tokens:?}");
        }
        Ok(())
    }
}
