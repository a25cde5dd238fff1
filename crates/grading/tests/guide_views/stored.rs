//! What the views are made of: the embedded models, and tokens and facts of the reference data.

use grading::reference::{self, Arrays, lacks, repository};
use hooked_transformer::{HookedTransformer, Tokens};
use serde_json::Value as Json;

use super::Outcome;

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

/// The facts beside the arrays, of a file such as `exercise_04`.
pub(crate) fn facts(file: &str) -> Outcome<Json> {
    Ok(reference::json(&format!("reference_data/activations/{file}.json"))?)
}

/// The name of a head as the chapters write it: layer and head, both from zero.
pub(crate) fn head_name(layer: usize, head: usize) -> String {
    format!("{layer}.{head}")
}
