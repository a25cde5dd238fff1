//! What the pictures are made of: the embedded models, and tokens and facts of the reference data.

pub(crate) use circuit_vis::head_names;
use grading::reference::{self, Arrays, lacks, repository};
use hooked_transformer::{HookedTransformer, Tokens};
use ndarray::Array1;
use serde_json::Value as Json;

use crate::Outcome;

/// An embedded model.
pub(crate) fn model(name: &str) -> Outcome<HookedTransformer> {
    Ok(HookedTransformer::load(repository().join("reference_data/models").join(name))?)
}

/// Stored tokens, `[batch, pos]`, of a file such as `exercise_02`.
pub(crate) fn tokens(file: &str, name: &str) -> Outcome<Tokens> {
    let file = format!("reference_data/activations/{file}.safetensors");
    let arrays = Arrays::read(&file)?;
    let stored = arrays.get(name)?;
    let &[batch, pos] = &stored.shape[..] else {
        return Err(lacks(&file, &format!("tokens [batch, pos] at {name}")).into());
    };
    Ok(Tokens::from_shape_vec((batch, pos), stored.data.iter().map(|id| *id as usize).collect())?)
}

/// A stored list of token ids.
pub(crate) fn ids(file: &str, name: &str) -> Outcome<Vec<usize>> {
    let arrays = Arrays::read(&format!("reference_data/activations/{file}.safetensors"))?;
    Ok(arrays.get(name)?.data.iter().map(|id| *id as usize).collect())
}

/// The facts beside the arrays, of a file such as `exercise_04`.
pub(crate) fn facts(file: &str) -> Outcome<Json> {
    Ok(reference::json(&format!("reference_data/activations/{file}.json"))?)
}

/// A list of numbers among the facts.
pub(crate) fn numbers(list: &Json) -> Outcome<Array1<f32>> {
    let list = list.as_array().ok_or("a list of numbers was expected")?;
    let number = |value: &Json| value.as_f64().map(|x| x as f32).ok_or("a number was expected");
    Ok(list.iter().map(number).collect::<Result<_, _>>()?)
}

/// A text among the facts.
pub(crate) fn text(value: &Json) -> Outcome<&str> {
    Ok(value.as_str().ok_or("a text was expected")?)
}

/// The name of a head as the chapters write it: layer and head, both from zero.
pub(crate) fn head_name(layer: usize, head: usize) -> String {
    format!("{layer}.{head}")
}

/// `layer 0`, `layer 1` and so on.
pub(crate) fn layer_names(n_layers: usize) -> Vec<String> {
    (0..n_layers).map(|layer| format!("layer {layer}")).collect()
}
