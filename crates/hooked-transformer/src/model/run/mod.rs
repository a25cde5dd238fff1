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

mod execute;

use ndarray::{Array2, Array3, Axis, s};

use crate::cache::{ActivationCache, PosSlice};
use crate::components::keys_values::KeyValueCache;
use crate::components::loss;
use crate::error::Result;
use crate::hooks::{FwdHook, NameFilter};
use crate::model::hooked_transformer::HookedTransformer;
use crate::text::input::Input;
use crate::text::tokens::{PaddingSide, Tokens};

/// A run in preparation. Methods that configure it return it; those that finish it ([`logits`](Run::logits),
/// [`loss`](Run::loss), [`cache`](Run::cache), …) run the model. What is not asked for is not computed.
#[must_use = "a run does nothing until one of its results is asked for"]
pub struct Run<'a> {
    model: &'a HookedTransformer,
    input: Input,
    prepend_bos: Option<bool>,
    padding_side: PaddingSide,
    mask: Option<Array2<bool>>,
    target_tokens: Option<Tokens>,
    hooks: Vec<FwdHook<'a>>,
    names_filter: Option<NameFilter<'a>>,
    pos_slice: Option<PosSlice>,
    start_at_layer: Option<isize>,
    stop_at_layer: Option<isize>,
    logits_at: Option<PosSlice>,
    past: Option<&'a mut KeyValueCache>,
}

/// What a run is to produce besides what hooks and cache see.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Want {
    Nothing,
    Resid,
    Logits,
    LossPerToken,
    Both,
}

/// What a run produced.
#[derive(Default)]
struct Done {
    resid: Option<Array3<f32>>,
    logits: Option<Array3<f32>>,
    loss_per_token: Option<Array2<f32>>,
    mask: Option<Array2<bool>>,
}

impl Done {
    fn mean_loss(&self) -> f32 {
        let per_token = self.loss_per_token.as_ref().expect("the run was asked for it");
        loss::mean(per_token.view(), self.mask.as_ref().map(|mask| mask.view()))
    }
}

/// Configuring a run.
impl<'a> Run<'a> {
    pub(crate) fn new(model: &'a HookedTransformer, input: Input) -> Self {
        Run {
            model,
            input,
            prepend_bos: None,
            padding_side: PaddingSide::default(),
            mask: None,
            target_tokens: None,
            hooks: Vec::new(),
            names_filter: None,
            pos_slice: None,
            start_at_layer: None,
            stop_at_layer: None,
            logits_at: None,
            past: None,
        }
    }

    /// Whether text gets a beginning-of-sequence token, instead of the model's default. Tokens are never touched.
    pub fn prepend_bos(mut self, prepend_bos: bool) -> Self {
        self.prepend_bos = Some(prepend_bos);
        self
    }

    /// Where shorter texts of a batch are filled up.
    pub fn padding_side(mut self, side: PaddingSide) -> Self {
        self.padding_side = side;
        self
    }

    /// Which tokens are real, `[batch, pos]`: the others are not attended to, take up no position, and do not count in
    /// the loss. Several texts bring their own.
    pub fn attention_mask(mut self, mask: Array2<bool>) -> Self {
        self.mask = Some(mask);
        self
    }

    /// Adds a hook for this run.
    pub fn hook(mut self, hook: FwdHook<'a>) -> Self {
        self.hooks.push(hook);
        self
    }

    /// Adds hooks for this run; they fire in the order in which they were added.
    pub fn hooks(mut self, hooks: impl IntoIterator<Item = FwdHook<'a>>) -> Self {
        self.hooks.extend(hooks);
        self
    }

    /// Which activations a cache of this run holds. Without a filter: all that are
    /// [cached by default](crate::HookPoint::cached_by_default).
    pub fn names_filter(mut self, filter: impl Into<NameFilter<'a>>) -> Self {
        self.names_filter = Some(filter.into());
        self
    }

    /// Which positions a cache of this run holds.
    pub fn pos_slice(mut self, slice: impl Into<PosSlice>) -> Self {
        self.pos_slice = Some(slice.into());
        self
    }

    /// Begins at a layer, with the input as its `resid_pre`; negative layers count from the end.
    pub fn start_at_layer(mut self, layer: isize) -> Self {
        self.start_at_layer = Some(layer);
        self
    }

    /// Ends before a layer: 0 leaves the embedding only, -1 all but the last block. The result is
    /// [`resid`](Self::resid).
    pub fn stop_at_layer(mut self, layer: isize) -> Self {
        self.stop_at_layer = Some(layer);
        self
    }

    /// The tokens that the loss is about, for a run that starts from a residual stream.
    pub fn tokens(mut self, tokens: Tokens) -> Self {
        self.target_tokens = Some(tokens);
        self
    }

    /// Continues after the tokens whose keys and values are held, and adds those of this run.
    pub fn past(mut self, past: &'a mut KeyValueCache) -> Self {
        self.past = Some(past);
        self
    }
}

/// Running, for one result or another. All have the errors of [`HookedTransformer::forward`], and those of hooks and
/// filters that name what the model lacks.
impl Run<'_> {
    /// Logits, `[batch, pos, d_vocab]`.
    ///
    /// # Errors
    /// The input, a hook or a filter does not fit the model.
    pub fn logits(self) -> Result<Array3<f32>> {
        Ok(self.execute(Want::Logits, None)?.logits.expect("asked for"))
    }

    /// Logits of some positions only, `[batch, chosen pos, d_vocab]`: the unembedding of the others, a large part of a
    /// small model's work, is left out. `logits_at(-1)` are those of the last position.
    ///
    /// # Errors
    /// As [`logits`](Self::logits), or the slice leaves no position.
    pub fn logits_at(mut self, positions: impl Into<PosSlice>) -> Result<Array3<f32>> {
        self.logits_at = Some(positions.into());
        Ok(self.execute(Want::Logits, None)?.logits.expect("asked for"))
    }

    /// Mean cross-entropy of the next token, in nats; padding does not count.
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub fn loss(self) -> Result<f32> {
        Ok(self.execute(Want::LossPerToken, None)?.mean_loss())
    }

    /// The mean loss of each of several inputs of equal shape that run as one batch.
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub(crate) fn loss_of_copies(self, copies: usize) -> Result<Vec<f32>> {
        let done = self.execute(Want::LossPerToken, None)?;
        let per_token = done.loss_per_token.expect("asked for");
        let rows = per_token.nrows() / copies;
        let losses = per_token.axis_chunks_iter(Axis(0), rows).enumerate();
        Ok(losses
            .map(|(copy, losses)| {
                let mask = done.mask.as_ref().map(|mask| mask.slice(s![copy * rows..(copy + 1) * rows, ..]));
                loss::mean(losses, mask)
            })
            .collect())
    }

    /// Cross-entropy of each next token, `[batch, pos - 1]`.
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub fn loss_per_token(self) -> Result<Array2<f32>> {
        Ok(self.execute(Want::LossPerToken, None)?.loss_per_token.expect("asked for"))
    }

    /// Logits and mean loss.
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub fn logits_and_loss(self) -> Result<(Array3<f32>, f32)> {
        let mut done = self.execute(Want::Both, None)?;
        let loss = done.mean_loss();
        Ok((done.logits.take().expect("asked for"), loss))
    }

    /// The residual stream where the run ends: before the final norm, or where [`stop_at_layer`](Self::stop_at_layer)
    /// says. `[batch, pos, d_model]`.
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub fn resid(self) -> Result<Array3<f32>> {
        Ok(self.execute(Want::Resid, None)?.resid.expect("asked for"))
    }

    /// Nothing: for the sake of the hooks. (What the classic library calls `return_type=None`.)
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub fn nothing(self) -> Result<()> {
        self.execute(Want::Nothing, None).map(drop)
    }

    /// The activations alone; no logits are computed.
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub fn cache(self) -> Result<ActivationCache> {
        let mut cache = ActivationCache::new();
        self.execute(Want::Nothing, Some(&mut cache))?;
        Ok(cache)
    }

    /// Logits and activations.
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub fn logits_and_cache(self) -> Result<(Array3<f32>, ActivationCache)> {
        let mut cache = ActivationCache::new();
        let done = self.execute(Want::Logits, Some(&mut cache))?;
        Ok((done.logits.expect("asked for"), cache))
    }

    /// Mean loss and activations.
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub fn loss_and_cache(self) -> Result<(f32, ActivationCache)> {
        let mut cache = ActivationCache::new();
        let done = self.execute(Want::LossPerToken, Some(&mut cache))?;
        Ok((done.mean_loss(), cache))
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
