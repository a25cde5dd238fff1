//! The checks of the decompositions: what heads, layers and neurons write into the residual stream.

use super::stored::{GPT2, stored};
use super::{C07, C10, C11, Decomposition, Submission};
use crate::cases::Cases;
use crate::compare::Want;
use crate::exercise::CheckInfo;

/// Vectors of the stream have entries around 1; those of the embedded model's last layers are larger.
const STREAM: f64 = 5e-4;

/// What each head writes: z times its own part of W_O.
pub fn c07_head_results(submission: &Submission) -> Cases {
    let on = &[("attn_0", 0), ("attn_0", 1), ("attn_1", 2), ("gpt_0", 3)];
    decomposition(&C07, submission.head_results, "results", on, &["batch", "pos", "head", "d_model"])
}

/// What each neuron writes: its activation times its own row of W_out.
pub fn c11_neuron_results(submission: &Submission) -> Cases {
    let on = &[("gpt_0", 0), ("gpt_0", 2), ("gpt_1", 1)];
    decomposition(&C11, submission.neuron_results, "neurons", on, &["batch", "pos", "neuron", "d_model"])
}

/// A function that takes one layer apart, on some layers of the tiny models.
fn decomposition(
    check: &'static CheckInfo,
    function: Decomposition,
    name: &'static str,
    on: &[(&'static str, usize)],
    axes: &'static [&'static str],
) -> Cases {
    Cases::of(check, |cases| {
        for &(key, layer) in on {
            let case = stored()?.tiny(key)?;
            let want = move || {
                let layers = stored()?.tensor(&format!("{key}.{name}"))?;
                let shape = layers.shape.get(1..).unwrap_or_default();
                let values = layers.gather(shape, |i| [&[layer], i].concat());
                Ok(Want::Array { values, axes, tolerance: STREAM })
            };
            let of_inputs = case.clone();
            let inputs = move || Ok((of_inputs.model()?, of_inputs.cache(None)?));
            case.add(cases, &format!(", layer {layer}"), want, inputs, move |(model, cache)| {
                function(&model, &cache, layer)
            });
        }
        Ok(())
    })
}

/// What was added up to make the final stream, in models with and without MLPs and positions in the stream.
pub fn c10_layer_parts(submission: &Submission) -> Cases {
    let parts = submission.layer_parts;
    Cases::of(&C10, |cases| {
        let stored_now = stored()?;
        let tiny = |key| stored_now.tiny(key);
        for case in [tiny("attn_1")?, tiny("gpt_0")?, tiny("gpt_1")?, stored_now.embedded(GPT2, "gpt2_text")?] {
            let want = case.want("parts", &["part", "batch", "pos", "d_model"], STREAM);
            let of_inputs = case.clone();
            let inputs = move || Ok((of_inputs.model()?, of_inputs.cache(None)?));
            case.add(cases, "", want, inputs, move |(model, cache)| parts(&model, &cache));
        }
        cases.property(|_| Ok(stored()?.not_zero("gpt2_text.parts", STREAM)?));
        Ok(())
    })
}
