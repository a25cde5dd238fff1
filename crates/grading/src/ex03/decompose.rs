//! The checks of the decompositions: what heads, layers and neurons write into the residual stream.

use std::sync::Arc;

use super::hooks::run;
use super::stored::{GPT2, stored};
use super::{C07, C10, C11, Decomposition, Submission};
use crate::compare::Want;
use crate::exercise::CheckInfo;
use crate::grade::Grading;
use crate::reference::Damaged;
use crate::verdict::Check;

/// Vectors of the stream have entries around 1; those of the embedded model's last layers are larger.
const STREAM: f64 = 5e-4;

/// What each head writes: z times its own part of W_O.
pub fn c07_head_results(submission: &Submission) -> Check {
    let cases = [("attn_0", 0), ("attn_0", 1), ("attn_1", 2), ("gpt_0", 3)];
    decomposition(&C07, submission.head_results, "results", &cases, &["batch", "pos", "head", "d_model"])
}

/// What each neuron writes: its activation times its own row of W_out.
pub fn c11_neuron_results(submission: &Submission) -> Check {
    let cases = [("gpt_0", 0), ("gpt_0", 2), ("gpt_1", 1)];
    decomposition(&C11, submission.neuron_results, "neurons", &cases, &["batch", "pos", "neuron", "d_model"])
}

/// A function that takes one layer apart, on some layers of the tiny models.
fn decomposition(
    check: &'static CheckInfo,
    function: Decomposition,
    name: &str,
    cases: &[(&'static str, usize)],
    axes: &'static [&'static str],
) -> Check {
    let damaged = |damaged: Damaged| damaged.verdict(check);
    let stored = stored(check)?;
    let mut grading = Grading::of(check);
    for &(key, layer) in cases {
        let case = stored.tiny(key).map_err(damaged)?;
        let layers = stored.tensor(&format!("{key}.{name}")).map_err(damaged)?;
        let shape = layers.shape.get(1..).unwrap_or_default();
        let values = layers.gather(shape, |i| [&[layer], i].concat());
        let want = Want::Array { values, axes, tolerance: STREAM };
        let (model, cache) = (Arc::clone(&case.model), case.cache(None).map_err(damaged)?);
        run(&mut grading, &case, &format!(", layer {layer}"), want, move || function(&model, &cache, layer));
    }
    grading.verdict()
}

/// What was added up to make the final stream, in models with and without MLPs and positions in the stream.
pub fn c10_layer_parts(submission: &Submission) -> Check {
    let parts = submission.layer_parts;
    let damaged = |damaged: Damaged| damaged.verdict(&C10);
    let stored = stored(&C10)?;
    let mut grading = Grading::of(&C10);
    let cases = [stored.tiny("attn_1"), stored.tiny("gpt_0"), stored.tiny("gpt_1"), stored.embedded(GPT2, "gpt2_text")];
    for case in cases {
        let case = case.map_err(damaged)?;
        let want = stored.want(&case, "parts", &["part", "batch", "pos", "d_model"], STREAM).map_err(damaged)?;
        let (model, cache) = (Arc::clone(&case.model), case.cache(None).map_err(damaged)?);
        run(&mut grading, &case, "", want, move || parts(&model, &cache));
    }
    stored.not_zero("gpt2_text.parts", STREAM).map_err(damaged)?;
    grading.verdict()
}
