//! The norm that outputs of attention and MLP pass before they reach the stream, where there is one (Gemma 2 and 3).
//!
//! ```text
//! attn_out = norm(Σ_h result + b_O) = Σ_h linear(result) + linear(b_O) + b
//! linear(x) = (x - mean(x)) / scale ∘ w          scale of the whole output, from the run; without mean for RMS
//! ```
//! With the scale held fixed the norm is linear, so what each part added to the stream is what it becomes on its way
//! through it, and these sum to the output.

use ndarray::{ArrayD, ArrayView1};

use super::options::Options;
use super::{Activation, ActivationCache, CachedModel};
use crate::architecture::weights::StackedNorm;
use crate::error::Result;
use crate::hooks::ActName;

/// Whose output it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OutputOf {
    Attn,
    Mlp,
}

/// The norm of one layer's output at the positions that are asked for.
pub(super) struct OutputNorm<'m> {
    centers: bool,
    /// `[batch, pos, 1]`, or without batch
    scale: Activation,
    gain: Option<ArrayView1<'m, f32>>,
    bias: Option<ArrayView1<'m, f32>>,
}

impl ActivationCache {
    /// `None` if this model does not normalize its outputs.
    ///
    /// # Errors
    /// The cache lacks the norm's scale.
    pub(super) fn output_norm<'m>(
        &self,
        of: OutputOf,
        layer: usize,
        options: &Options,
        model: &'m CachedModel,
    ) -> Result<Option<OutputNorm<'m>>> {
        let Some(kind) = model.cfg.output_normalization() else { return Ok(None) };
        let (name, norm): (&str, &StackedNorm) = match of {
            OutputOf::Attn => ("ln1_post", &model.weights.ln1_post),
            OutputOf::Mlp => ("ln2_post", &model.weights.ln2_post),
        };
        let scale = self.cut(ActName::from(("scale", layer, name)), options)?;
        let (gain, bias) = norm.layer(layer);
        Ok(Some(OutputNorm { centers: kind.centers(), scale, gain, bias }))
    }
}

impl OutputNorm<'_> {
    /// Parts of the output become what they added to the stream.
    ///
    /// # Shapes
    /// - `parts`: `[batch, pos, …, d_model]`, contiguous, at the positions of the scale
    pub(super) fn apply(&self, parts: &mut ArrayD<f32>) {
        let d_model = parts.shape().last().copied().unwrap_or(1).max(1);
        let at_one_position = (parts.len() / self.scale.len().max(1)).max(1);
        let values = parts.as_slice_mut().expect("a new array is contiguous");
        for (parts, scale) in values.chunks_mut(at_one_position).zip(&self.scale) {
            for part in parts.chunks_mut(d_model) {
                let mean = if self.centers { part.iter().sum::<f32>() / d_model as f32 } else { 0.0 };
                part.iter_mut().for_each(|x| *x = (*x - mean) / scale);
                if let Some(gain) = &self.gain {
                    part.iter_mut().zip(gain).for_each(|(x, gain)| *x *= gain);
                }
            }
        }
    }

    /// What the norm itself adds.
    pub(super) fn bias(&self) -> Option<&ArrayView1<'_, f32>> {
        self.bias.as_ref()
    }
}
