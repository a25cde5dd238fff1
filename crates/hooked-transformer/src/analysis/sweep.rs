//! The same input many times over, each time with one activation edited.
//!
//! An edit in layer `l` changes nothing before it. So the input runs once, the streams between the blocks are kept, and
//! each edited run begins with the block that it edits: a sweep over all layers costs about half of what full runs do.
//! Runs are spread over the threads.

use ndarray::{ArrayViewMutD, Ix3};

use super::metric::Metric;
use super::parallel;
use crate::act_name::ActName;
use crate::cache::Activation;
use crate::config::PositionalEmbeddingType;
use crate::error::{Error, Result};
use crate::hooks::{HookPoint, NameFilter, fwd_hook, select};
use crate::input::Input;
use crate::model::HookedTransformer;
use crate::run::Run;
use crate::tokens::{PaddingSide, TokenBatch};

/// An input with the streams between its blocks, ready for edited runs.
///
/// ```
/// # use hooked_transformer::{HookedTransformer, HookedTransformerConfig};
/// use hooked_transformer::analysis::{Metric, Sweep};
/// # let model = HookedTransformer::from_config(HookedTransformerConfig::new(2, 8, 4, 16, 50))?;
/// // What does each layer's attention add? The loss without it, minus the loss.
/// let sweep = Sweep::new(&model, &ndarray::array![[0, 3, 7, 3]])?;
/// let without = sweep.run(&Metric::loss(), &[("attn_out", 0), ("attn_out", 1)], |_, mut out| out.fill(0.0))?;
/// let unedited = sweep.unedited(&Metric::loss())?;
/// println!("{} {}", without[0] - unedited, without[1] - unedited);
/// # Ok::<(), hooked_transformer::Error>(())
/// ```
pub struct Sweep<'a> {
    pub(super) model: &'a HookedTransformer,
    pub(super) batch: TokenBatch,
    /// `streams[l]`: what block `l + 1` reads, `[batch, pos, d_model]`; empty where runs must begin at the tokens.
    streams: Vec<Activation>,
}

impl<'a> Sweep<'a> {
    /// Runs the input once. Several texts are padded on the right.
    ///
    /// # Errors
    /// The input does not suit the model (as in [`HookedTransformer::forward`]), or is a residual stream.
    pub fn new(model: &'a HookedTransformer, input: impl Into<Input>) -> Result<Self> {
        let batch = match input.into() {
            Input::Text(texts) => model.to_token_batch(texts, None, PaddingSide::Right)?,
            Input::Tokens(batch) => batch,
            Input::Resid(resid) => {
                return Err(Error::Shape {
                    what: "the input of a sweep".to_string(),
                    expected: "text or tokens [batch, pos], not a residual stream".to_string(),
                    got: resid.shape().to_vec(),
                });
            }
        };
        let mut sweep = Sweep { model, batch, streams: Vec::new() };
        let n_layers = model.cfg.n_layers;
        if n_layers < 2 || positions_are_hooked(model) {
            sweep.run_of_tokens().nothing()?;
            return Ok(sweep);
        }
        // After the hooks on `resid_post` and before those on `resid_pre`: lasting hooks fire once, as in a full run.
        let names: Vec<_> = (0..n_layers - 1).map(|layer| ("resid_post", layer)).collect();
        let cache = sweep.run_of_tokens().names_filter(names.clone()).stop_at_layer(n_layers as isize - 1).cache()?;
        sweep.streams = names.into_iter().map(|name| cache[name].clone()).collect();
        Ok(sweep)
    }

    /// The metric of the input as it is.
    ///
    /// # Errors
    /// The metric needs what this input does not have (a loss, of one single token).
    pub fn unedited(&self, metric: &Metric<'_>) -> Result<f32> {
        metric.measure(self.run_of_tokens())
    }

    /// The metric of one run for each name, with that activation edited: `edit` gets the name's index and the
    /// activation, and is called from several threads.
    ///
    /// # Errors
    /// The model lacks an activation, or the metric fails.
    pub fn run<N: Into<ActName> + Clone>(
        &self,
        metric: &Metric<'_>,
        activations: &[N],
        edit: impl Fn(usize, ArrayViewMutD<'_, f32>) + Sync,
    ) -> Result<Vec<f32>> {
        let points = activations.iter().map(|name| self.point(name.clone())).collect::<Result<Vec<_>>>()?;
        parallel::map("edited runs", points.len(), |index| {
            let point = points[index];
            let hook = fwd_hook(point.name(), |activation, _| edit(index, activation));
            metric.measure(self.run_of_layer(point.layer().unwrap_or(0))?.hook(hook))
        })
    }

    pub(super) fn point(&self, name: impl Into<ActName>) -> Result<&'a HookPoint> {
        let at = select(&self.model.points, &NameFilter::from(name.into()))?;
        Ok(&self.model.points.as_slice()[at[0]])
    }

    fn run_of_tokens(&self) -> Run<'_> {
        self.model.run(&self.batch)
    }

    /// The run that computes this layer and all after it.
    fn run_of_layer(&self, layer: usize) -> Result<Run<'_>> {
        let Some(stream) = layer.checked_sub(1).and_then(|before| self.streams.get(before)) else {
            return Ok(self.run_of_tokens());
        };
        let stream = stream.view().into_dimensionality::<Ix3>().expect("a stream is [batch, pos, d_model]");
        let run = self.model.run(stream.to_owned()).start_at_layer(layer as isize).tokens(self.batch.tokens.clone());
        Ok(match &self.batch.mask {
            Some(mask) => run.attention_mask(mask.clone()),
            None => run,
        })
    }
}

/// Whether a lasting hook edits the positions of a shortformer model. Every block reads them, so that a run which begins
/// in the middle would miss the edit.
fn positions_are_hooked(model: &HookedTransformer) -> bool {
    model.cfg.positional_embedding_type == PositionalEmbeddingType::Shortformer
        && model.list_hooks().iter().any(|(_, at)| at.contains(&"hook_pos_embed"))
}
