//! One run of the model: what goes in, who looks on, what comes out.
//!
//! ```
//! # use hooked_transformer::{fwd_hook, HookedTransformer, HookedTransformerConfig};
//! # let model = HookedTransformer::from_config(HookedTransformerConfig::new(2, 8, 4, 16, 50))?;
//! # let tokens = ndarray::array![[0, 3, 7, 3]];
//! // Patterns only; nothing after the last of them is computed, and no logits.
//! let cache = model.run(&tokens).names_filter(|name: &str| name.ends_with("pattern")).cache()?;
//! assert_eq!(cache.len(), 2);
//!
//! // The loss of each token while head 1 of layer 0 is silenced.
//! let silence = fwd_hook(("z", 0), |mut z, _| z.slice_mut(ndarray::s![.., .., 1, ..]).fill(0.0));
//! let losses = model.run(&tokens).hook(silence).loss_per_token()?;
//! assert_eq!(losses.dim(), (1, 3));
//! # Ok::<(), hooked_transformer::Error>(())
//! ```

mod backward;
mod builder;
mod pass;
mod ready;

use ndarray::{Array2, Array3, ArrayView2, ArrayView3, Axis, Ix3, s};

pub use self::backward::Backward;
pub use self::builder::{LayerIndex, Run};
use self::pass::Completed;
use crate::cache::{ActivationCache, PosSlice};
use crate::components::unembed::Unembedding;
use crate::components::{loss, streamed_loss};
use crate::error::{Error, Result};
use crate::hooks::FwdHook;
use crate::model::hooked_transformer::HookedTransformer;
use crate::numerics::memory;
use crate::text::input::Input;

/// Running, for one result or another. All have the errors of [`HookedTransformer::forward`], and those of hooks and
/// filters that name what the model lacks. A run that fails has changed nothing.
impl Run<'_> {
    /// Logits, `[batch, pos, d_vocab]`.
    ///
    /// # Errors
    /// The input, a hook or a filter does not fit the model.
    pub fn logits(self) -> Result<Array3<f32>> {
        let unembedding = self.unembedding();
        self.ready_for_logits()?.normalized(|done| Ok(unembedding.logits(done.stream.view())))
    }

    /// Logits of some positions only, `[batch, chosen pos, d_vocab]`: the unembedding of the others, a large part of a
    /// small model's work, is left out. `logits_at(-1)` are those of the last position.
    ///
    /// # Errors
    /// As [`logits`](Self::logits), or the slice leaves no position.
    pub fn logits_at(self, positions: impl Into<PosSlice>) -> Result<Array3<f32>> {
        let unembedding = self.unembedding();
        let ready = self.ready_for_logits()?;
        let n_pos = ready.positions.ncols();
        let chosen = positions.into().indices("logits_at", n_pos)?;
        if chosen.is_empty() {
            return Err(Error::Argument { name: "logits_at", problem: format!("no such position among {n_pos}") });
        }
        ready.normalized(|done| {
            let chosen = done.stream.select(Axis(1), &chosen);
            Ok(unembedding.logits(chosen.as_standard_layout().view()))
        })
    }

    /// Mean cross-entropy of the next token, in nats; padding does not count.
    ///
    /// # Errors
    /// As [`logits`](Self::logits); or there is no prediction to count: fewer than two positions, or padding leaves no
    /// two real tokens side by side.
    pub fn loss(self) -> Result<f32> {
        self.losses(false)?.mean()
    }

    /// The mean loss of each of several inputs of equal shape that run as one batch.
    ///
    /// # Errors
    /// As [`loss`](Self::loss).
    pub(crate) fn loss_of_copies(self, copies: usize) -> Result<Vec<f32>> {
        let Losses { per_token, mask, .. } = self.losses(false)?;
        let rows = per_token.nrows() / copies;
        let of_copy = |(copy, losses): (usize, ArrayView2<'_, f32>)| {
            loss::mean(losses, mask.as_ref().map(|mask| mask.slice(s![copy * rows..(copy + 1) * rows, ..])))
        };
        per_token.axis_chunks_iter(Axis(0), rows).enumerate().map(of_copy).collect()
    }

    /// Cross-entropy of each next token, `[batch, pos - 1]`; 0 where one of the two tokens is padding, as in the classic
    /// library.
    ///
    /// # Errors
    /// As [`loss`](Self::loss).
    pub fn loss_per_token(self) -> Result<Array2<f32>> {
        let Losses { mut per_token, mask, .. } = self.losses(false)?;
        if let Some(mask) = mask {
            loss::clear_padding(&mut per_token, mask.view());
        }
        Ok(per_token)
    }

    /// Logits and mean loss.
    ///
    /// # Errors
    /// As [`loss`](Self::loss).
    pub fn logits_and_loss(self) -> Result<(Array3<f32>, f32)> {
        let unembedding = self.unembedding();
        let ready = self.ready_for_logits()?;
        let tokens = ready.targets()?.to_owned();
        let mask = ready.mask.clone();
        ready.normalized(|done| {
            let logits = unembedding.logits(done.stream.view());
            let per_token = loss::loss_per_token(logits.view(), tokens.view())?;
            let loss = loss::mean(per_token.view(), mask.as_ref().map(|mask| mask.view()))?;
            Ok((logits, loss))
        })
    }

    /// The residual stream where the run ends: before the final norm, or where [`stop_at_layer`](Self::stop_at_layer)
    /// says. `[batch, pos, d_model]`.
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub fn resid(self) -> Result<Array3<f32>> {
        self.ready()?.stream(|done| Ok(done.stream.into_owned()))
    }

    /// Nothing: for the sake of the hooks. The run ends after the last hook point that has one. (What the classic
    /// library calls `return_type=None`.)
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub fn nothing(self) -> Result<()> {
        self.ready()?.watched(|_| Ok(()))
    }

    /// The activations alone. The run ends after the last of them: nothing beyond it is computed, no logits, and hooks
    /// beyond it do not fire. (With a [`past`](Self::past) every block runs.)
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub fn cache(self) -> Result<ActivationCache> {
        self.ready()?.with_cache()?.watched(|done| Ok(done.cache))
    }

    /// Logits and activations.
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub fn logits_and_cache(self) -> Result<(Array3<f32>, ActivationCache)> {
        let unembedding = self.unembedding();
        self.ready_for_logits()?
            .with_cache()?
            .normalized(|done| Ok((unembedding.logits(done.stream.view()), done.cache)))
    }

    /// Mean loss and activations.
    ///
    /// # Errors
    /// As [`loss`](Self::loss).
    pub fn loss_and_cache(self) -> Result<(f32, ActivationCache)> {
        let losses = self.losses(true)?;
        Ok((losses.mean()?, losses.cache))
    }

    /// The loss of each token, and the activations where they are wanted; the logits are never in memory all at once.
    fn losses(self, with_cache: bool) -> Result<Losses> {
        let unembedding = self.unembedding();
        let mut ready = self.ready_for_logits()?;
        if with_cache {
            ready = ready.with_cache()?;
        }
        let tokens = ready.targets()?.to_owned();
        let mask = ready.mask.clone();
        ready.normalized(|Completed { stream, cache, .. }| {
            let per_token = streamed_loss::loss_per_token(stream.view(), &unembedding, tokens.view());
            memory::used(stream);
            Ok(Losses { per_token, mask, cache })
        })
    }
}

impl<'a> Run<'a> {
    fn unembedding(&self) -> Unembedding<'a> {
        Unembedding::new(&self.model.cfg, &self.model.weights)
    }
}

/// The loss of each next token, and which of the tokens are real.
struct Losses {
    /// `[batch, pos - 1]`
    per_token: Array2<f32>,
    /// `[batch, pos]`
    mask: Option<Array2<bool>>,
    cache: ActivationCache,
}

impl Losses {
    fn mean(&self) -> Result<f32> {
        loss::mean(self.per_token.view(), self.mask.as_ref().map(|mask| mask.view()))
    }
}

/// Parts of the pass by themselves, for a stream of one's own. Lasting hooks fire there as in any run.
impl HookedTransformer {
    /// The token embedding of an input, as `hook_embed` sees it: without positions.
    ///
    /// # Shapes
    /// - output: `[batch, pos, d_model]`
    ///
    /// # Errors
    /// As [`forward`](Self::forward).
    pub fn embed(&self, input: impl Into<Input>) -> Result<Array3<f32>> {
        self.one_activation(input.into(), "hook_embed")
    }

    /// The positions' vectors for an input, as `hook_pos_embed` sees them; zero at padding.
    ///
    /// # Shapes
    /// - output: `[batch, pos, d_model]`
    ///
    /// # Errors
    /// As [`forward`](Self::forward), or the model has no learned positions.
    pub fn pos_embed(&self, input: impl Into<Input>) -> Result<Array3<f32>> {
        self.one_activation(input.into(), "hook_pos_embed")
    }

    fn one_activation(&self, input: Input, name: &str) -> Result<Array3<f32>> {
        let cache = self.run(input).names_filter(name).cache()?;
        Ok(cache.try_view::<Ix3>(name)?.to_owned())
    }

    /// The final norm of a residual stream, gain and bias included; the stream itself in a model without norms.
    ///
    /// # Shapes
    /// - `stream`, output: `[batch, pos, d_model]`
    ///
    /// # Errors
    /// The stream is empty, longer than `n_ctx`, or of another width.
    pub fn ln_final(&self, stream: ArrayView3<'_, f32>) -> Result<Array3<f32>> {
        let run = self.run(stream).start_at_layer(self.cfg.n_layers);
        run.ready_for_logits()?.normalized(|done| Ok(done.stream.into_owned()))
    }

    /// Logits of what the unembedding reads, which comes from [`ln_final`](Self::ln_final): bias and soft cap included.
    ///
    /// # Shapes
    /// - `normalized`: `[batch, pos, d_model]`
    /// - output: `[batch, pos, d_vocab_out]`
    ///
    /// # Errors
    /// It is of another width.
    pub fn unembed(&self, normalized: ArrayView3<'_, f32>) -> Result<Array3<f32>> {
        if normalized.dim().2 != self.cfg.d_model {
            return Err(Error::Shape {
                what: "the input of the unembedding".to_string(),
                expected: format!("[batch, pos, d_model={}]", self.cfg.d_model),
                got: normalized.shape().to_vec(),
            });
        }
        Ok(Unembedding::new(&self.cfg, &self.weights).logits(normalized.as_standard_layout().view()))
    }
}

/// Running.
impl HookedTransformer {
    /// Prepares a run; see [`Run`] for everything that can be asked of it.
    pub fn run<'a>(&'a self, input: impl Into<Input>) -> Run<'a> {
        Run::new(self, input.into())
    }

    /// Logits for text or tokens.
    ///
    /// # Shapes
    /// - output: `[batch, pos, d_vocab]`
    ///
    /// # Errors
    /// The input is empty, too long, or holds a token outside the vocabulary; text without a tokenizer.
    pub fn forward(&self, input: impl Into<Input>) -> Result<Array3<f32>> {
        self.run(input).logits()
    }

    /// Mean cross-entropy of the next token, in nats.
    ///
    /// # Errors
    /// As [`forward`](Self::forward).
    pub fn loss(&self, input: impl Into<Input>) -> Result<f32> {
        self.run(input).loss()
    }

    /// Logits, and every activation. For a part of them, or without logits, see [`Run::cache`].
    ///
    /// # Errors
    /// As [`forward`](Self::forward).
    pub fn run_with_cache(&self, input: impl Into<Input>) -> Result<(Array3<f32>, ActivationCache)> {
        self.run(input).logits_and_cache()
    }

    /// Logits of a run with hooks. For the loss, or a cache beside the hooks, see [`Run::hooks`].
    ///
    /// # Errors
    /// As [`forward`](Self::forward), or a hook names a point that the model lacks.
    pub fn run_with_hooks<'a>(
        &'a self,
        input: impl Into<Input>,
        fwd_hooks: impl IntoIterator<Item = FwdHook<'a>>,
    ) -> Result<Array3<f32>> {
        self.run(input).hooks(fwd_hooks).logits()
    }
}
