//! The same input many times over, each time with one activation edited.
//!
//! An edit in layer `l` changes nothing before it. So the input runs once, the streams between the blocks are kept, and
//! each edited run begins with the block that it edits: a sweep over all layers costs about half of what full runs do.
//!
//! Edits of the same activation go through the model together, as copies of the input in one batch: the weights then
//! travel from memory once for all of them. The batches are spread over the threads.

use std::ops::Range;

use ndarray::{Array, ArrayView, ArrayViewMutD, Axis, Ix3, RemoveAxis, Slice, concatenate};

use super::metric::Metric;
use crate::architecture::config::PositionalEmbeddingType;
use crate::cache::Activation;
use crate::error::{Error, Result};
use crate::hooks::{ActName, HookPoint, NameFilter, fwd_hook, inside, running, select};
use crate::model::HookedTransformer;
use crate::model::run::Run;
use crate::numerics::share;
use crate::progress::Counter;
use crate::text::input::Input;
use crate::text::tokens::{PaddingSide, TokenBatch};

/// Positions that a batch of edited runs has at most, all its copies together: enough for the matrix products to run at
/// full speed, and few enough for the activations of some layers to stay in the cache.
const POSITIONS_TOGETHER: usize = 512;

/// Batches for each thread at least, so that all have something to do until the end.
const BATCHES_PER_THREAD: usize = 4;

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

/// What a sweep has computed of its input, without its model: for a sweep that goes on later.
pub struct PreparedSweep {
    batch: TokenBatch,
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

    /// Goes on where a sweep of this model, with the hooks that it has now, was left.
    pub fn resume(model: &'a HookedTransformer, PreparedSweep { batch, streams }: PreparedSweep) -> Self {
        Sweep { model, batch, streams }
    }

    /// Leaves the sweep for now: [`resume`](Self::resume) does not run the input again.
    pub fn leave(self) -> PreparedSweep {
        PreparedSweep { batch: self.batch, streams: self.streams }
    }

    /// The metric of the input as it is.
    ///
    /// # Errors
    /// The metric needs what this input does not have (a loss, of one single token).
    pub fn unedited(&self, metric: &Metric<'_>) -> Result<f32> {
        metric.measure(self.run_of_layer(self.streams.len(), 1))
    }

    /// The metric of one run for each name, with that activation edited: `edit` gets the name's index and the
    /// activation, and is called from several threads.
    ///
    /// Where the model has lasting hooks each run is one of its own, since such a hook may look at the whole batch.
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
        let batches = self.batches(&points);
        let progress = Counter::new("edited batches", batches.len());
        // A sweep that a lasting hook started is still inside that hook, on whatever thread its runs are.
        let hooks = running();
        let values = share::map(batches.len(), |batch| {
            let edits = batches[batch].clone();
            let point = points[edits.start];
            let n_rows = self.batch.tokens.nrows();
            let hook = fwd_hook(point.name(), |mut activation, _| {
                for (copy, index) in edits.clone().enumerate() {
                    let rows = Slice::from(copy * n_rows..(copy + 1) * n_rows);
                    edit(index, activation.slice_axis_mut(Axis(0), rows));
                }
            });
            let run = self.run_of_layer(point.layer().unwrap_or(0), edits.len()).hook(hook);
            let measured = inside(&hooks, || metric.measure_copies(run, edits.len()));
            progress.advance();
            measured
        })?;
        Ok(values.into_iter().flatten().collect())
    }

    /// Which edits go through the model together: neighbors that edit the same activation.
    fn batches(&self, points: &[&HookPoint]) -> Vec<Range<usize>> {
        let fit = POSITIONS_TOGETHER / self.batch.tokens.len().max(1);
        let threads = rayon::current_num_threads();
        // One thread alone has always something to do.
        let fair = if threads == 1 { points.len() } else { points.len() / (BATCHES_PER_THREAD * threads) };
        let most = if self.model.list_hooks().is_empty() { fit.min(fair).max(1) } else { 1 };
        let mut batches: Vec<Range<usize>> = Vec::new();
        for (index, point) in points.iter().enumerate() {
            match batches.last_mut() {
                Some(batch) if batch.len() < most && points[batch.start].name() == point.name() => batch.end += 1,
                _ => batches.push(index..index + 1),
            }
        }
        batches
    }

    pub(super) fn point(&self, name: impl Into<ActName>) -> Result<&'a HookPoint> {
        let at = select(&self.model.points, &NameFilter::from(name.into()))?;
        Ok(&self.model.points.as_slice()[at[0]])
    }

    fn run_of_tokens(&self) -> Run<'_> {
        self.model.run(&self.batch)
    }

    /// The run that computes this layer and all after it, for some copies of the input.
    fn run_of_layer(&self, layer: usize, copies: usize) -> Run<'_> {
        let tokens = repeated(self.batch.tokens.view(), copies);
        let mask = self.batch.mask.as_ref().map(|mask| repeated(mask.view(), copies));
        let Some(stream) = layer.checked_sub(1).and_then(|before| self.streams.get(before)) else {
            return self.model.run(&TokenBatch { tokens, mask });
        };
        let stream = stream.view().into_dimensionality::<Ix3>().expect("a stream is [batch, pos, d_model]");
        let run = self.model.run(repeated(stream, copies)).start_at_layer(layer as isize).tokens(tokens);
        match mask {
            Some(mask) => run.attention_mask(mask),
            None => run,
        }
    }
}

/// Copies of an array one after another along its first axis.
fn repeated<T: Clone, D: RemoveAxis>(array: ArrayView<'_, T, D>, copies: usize) -> Array<T, D> {
    concatenate(Axis(0), &vec![array; copies]).expect("copies have the same shape")
}

/// Whether a lasting hook edits the positions of a shortformer model. Every block reads them, so that a run which begins
/// in the middle would miss the edit.
fn positions_are_hooked(model: &HookedTransformer) -> bool {
    model.cfg.positional_embedding_type == PositionalEmbeddingType::Shortformer
        && model.list_hooks().iter().any(|(_, at)| at.contains(&"hook_pos_embed"))
}
