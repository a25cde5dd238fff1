//! From what a caller asked for to a run that can begin: the input as tokens or stream, its mask and positions, the hooks
//! and what is stored, all checked against the model.
//!
//! Everything that can be refused is refused here, before the first hook fires and before a key-value cache grows.

use std::ops::Range;

use ndarray::{Array2, Array3, ArrayView2};

use super::builder::Run;
use crate::cache::{ActivationCache, PosSlice};
use crate::components::embed::check_tokens;
use crate::components::keys_values::{Extension, KeyValueCache};
use crate::components::positions::Position;
use crate::components::{loss, positions};
use crate::error::{Error, Result};
use crate::hooks::{Direction, NameFilter, Plan, Tape};
use crate::model::hooked_transformer::HookedTransformer;
use crate::text::input::Input;
use crate::text::tokens::{PaddingSide, Tokens};

/// A run that can begin.
pub(super) struct Ready<'a> {
    pub model: &'a HookedTransformer,
    pub start: Start,
    /// The tokens that a loss is about; a run that starts from a stream may have none.
    pub tokens: Option<Tokens>,
    /// `[batch, pos]`, false at padding.
    pub mask: Option<Array2<bool>>,
    /// Of each token.
    pub positions: Array2<Position>,
    /// The blocks that run.
    pub layers: Range<usize>,
    pub plan: Plan<'a>,
    pub past: Option<Extension<'a>>,
    pub cache: Option<ActivationCache>,
    /// What a backward pass needs kept.
    pub tape: Option<Tape>,
    names_filter: Option<NameFilter<'a>>,
    also: Vec<NameFilter<'a>>,
    pos_slice: Option<PosSlice>,
}

/// What the run begins with.
pub(super) enum Start {
    Tokens(Tokens),
    /// The `resid_pre` of a layer, `[batch, pos, d_model]`.
    Stream(Array3<f32>),
}

impl Start {
    /// Batch and number of positions.
    fn shape(&self) -> (usize, usize) {
        match self {
            Start::Tokens(tokens) => tokens.dim(),
            Start::Stream(stream) => (stream.dim().0, stream.dim().1),
        }
    }
}

impl<'a> Run<'a> {
    /// # Errors
    /// The input, a hook, a filter or the key-value cache does not fit the model.
    pub(super) fn ready(self) -> Result<Ready<'a>> {
        let model = self.model;
        let layers = self.layers()?;
        let prepend_bos = self.prepend_bos.or_else(|| continues(self.past.as_deref()).then_some(false));
        let (start, mask) = begin(model, self.input, self.start_at_layer, prepend_bos, self.padding_side)?;
        let shape = start.shape();
        let mask = self.mask.or(mask);
        let tokens = match &start {
            Start::Tokens(tokens) => Some(tokens.clone()),
            Start::Stream(_) => self.target_tokens,
        };
        let before = self.past.as_ref().map_or(0, |past| past.len());
        check(model, &start, tokens.as_ref(), mask.as_ref(), before)?;
        let new = mask.as_ref().map(|mask| mask.view());
        let extend = |past| Extension::new(past, &model.cfg, &model.weights, shape, new);
        let past = self.past.map(extend).transpose()?;
        let real = past.as_ref().map_or(mask.as_ref(), Extension::real);
        let positions = positions::positions(shape, before, real.map(|real| real.view()));
        let hooks = self.hooks.into_iter().map(|hook| (hook.filter, hook.function));
        let plan = Plan::new(&model.points, model.lasting.snapshot(Direction::Forward), hooks)?;
        let (names_filter, also, pos_slice) = (self.names_filter, self.also, self.pos_slice);
        let (cache, tape) = (None, None);
        Ok(Ready {
            model,
            start,
            tokens,
            mask,
            positions,
            layers,
            plan,
            past,
            cache,
            tape,
            names_filter,
            also,
            pos_slice,
        })
    }

    /// As [`ready`](Self::ready), for a result that only the end of the model has.
    ///
    /// # Errors
    /// Also where the run is to stop early.
    pub(super) fn ready_for_logits(self) -> Result<Ready<'a>> {
        if self.stop_at_layer.is_some() {
            return Err(Error::Argument {
                name: "stop_at_layer",
                problem: "a run that stops early has no logits and no loss; ask for `resid` or `cache`".to_string(),
            });
        }
        self.ready()
    }

    /// Which blocks run.
    fn layers(&self) -> Result<Range<usize>> {
        let n_layers = self.model.cfg.n_layers;
        let resolve = |name, layer: isize| {
            let from_end = || n_layers.checked_sub(layer.unsigned_abs());
            let resolved = usize::try_from(layer).ok().or_else(from_end);
            resolved.filter(|&layer| layer <= n_layers).ok_or_else(|| Error::Argument {
                name,
                problem: format!("expected a layer from -{n_layers} to {n_layers}, got {layer}"),
            })
        };
        let start = self.start_at_layer.map_or(Ok(0), |layer| resolve("start_at_layer", layer))?;
        let stop = self.stop_at_layer.map_or(Ok(n_layers), |layer| resolve("stop_at_layer", layer))?;
        Ok(start..stop.max(start))
    }
}

/// Whether tokens come before those of the run, so that its text is the middle of one.
fn continues(past: Option<&KeyValueCache>) -> bool {
    past.is_some_and(|past| !past.is_empty())
}

/// The input as tokens or stream, and the mask that it brings.
fn begin(
    model: &HookedTransformer,
    input: Input,
    start_at_layer: Option<isize>,
    prepend_bos: Option<bool>,
    padding_side: PaddingSide,
) -> Result<(Start, Option<Array2<bool>>)> {
    let wrong = |problem: String| Err(Error::Argument { name: "start_at_layer", problem });
    match (input, start_at_layer) {
        (Input::Resid(stream), Some(_)) => Ok((Start::Stream(stream), None)),
        (Input::Resid(stream), None) => {
            wrong(format!("a residual stream {:?} as input needs the layer that reads it", stream.shape()))
        }
        (_, Some(_)) => {
            wrong("the input must be a residual stream [batch, pos, d_model], not text or tokens".to_string())
        }
        (Input::Text(texts), None) => {
            let batch = model.to_token_batch(texts, prepend_bos, padding_side)?;
            Ok((Start::Tokens(batch.tokens), batch.mask))
        }
        (Input::Tokens(batch), None) => Ok((Start::Tokens(batch.tokens), batch.mask)),
    }
}

/// Sizes and token ids.
fn check(
    model: &HookedTransformer,
    start: &Start,
    tokens: Option<&Tokens>,
    mask: Option<&Array2<bool>>,
    before: usize,
) -> Result<()> {
    let cfg = &model.cfg;
    let (n_batch, n_pos) = start.shape();
    if n_batch == 0 || n_pos == 0 {
        return Err(Error::EmptyInput { shape: vec![n_batch, n_pos] });
    }
    if before + n_pos > cfg.n_ctx {
        return Err(Error::TooLong { tokens: before + n_pos, n_ctx: cfg.n_ctx });
    }
    if let Some(tokens) = tokens {
        check_tokens(tokens.view(), cfg.d_vocab)?;
    }
    let wrong = |what: &str, expected: String, got: &[usize]| {
        Err(Error::Shape { what: what.to_string(), expected, got: got.to_vec() })
    };
    let rows = format!("[batch={n_batch}, pos={n_pos}] like the input");
    match (start, tokens, mask) {
        (Start::Stream(stream), ..) if stream.dim().2 != cfg.d_model => {
            wrong("the residual stream", format!("[batch, pos, d_model={}]", cfg.d_model), stream.shape())
        }
        (_, Some(tokens), _) if tokens.dim() != (n_batch, n_pos) => wrong("tokens", rows, tokens.shape()),
        (.., Some(mask)) if mask.dim() != (n_batch, n_pos) => wrong("attention_mask", rows, mask.shape()),
        _ => Ok(()),
    }
}

impl Ready<'_> {
    /// Stores the activations that the filter selects, at the positions of the slice.
    ///
    /// # Errors
    /// The filter names what the model lacks, or the slice leaves no position.
    pub(super) fn with_cache(mut self) -> Result<Self> {
        if let Some(slice) = &self.pos_slice {
            slice.indices("pos_slice", self.positions.ncols())?;
        }
        let model = self.model;
        self.plan.cache(&model.points, self.names_filter.as_ref())?;
        self.also.iter().try_for_each(|filter| self.plan.cache(&model.points, Some(filter)))?;
        let mut cache = ActivationCache::new();
        cache.model = Some(model.for_cache());
        cache.pos_slice = self.pos_slice.take();
        self.cache = Some(cache);
        Ok(self)
    }

    /// Ends the run where nothing more is to be stored or hooked. With a key-value cache every block runs, since each has
    /// something to add to it.
    pub(super) fn stop_after_last(mut self) -> Self {
        if self.past.is_none() {
            self.plan.stop_after_last();
        }
        self
    }

    /// The tokens whose loss is wanted.
    ///
    /// # Errors
    /// There are none, fewer than two, or the model does not predict them; or padding leaves no prediction.
    pub(super) fn targets(&self) -> Result<ArrayView2<'_, usize>> {
        let (n_batch, n_pos) = self.positions.dim();
        let tokens = self.tokens.as_ref().ok_or_else(|| Error::Argument {
            name: "tokens",
            problem: format!(
                "a loss is about tokens, but the run started from a residual stream of \
                 [batch={n_batch}, pos={n_pos}]; give them with `tokens`"
            ),
        })?;
        if n_pos < 2 {
            return Err(Error::Shape {
                what: "tokens for the loss".to_string(),
                expected: "at least two positions: the last one has no next token".to_string(),
                got: tokens.shape().to_vec(),
            });
        }
        check_tokens(tokens.view(), self.model.cfg.d_vocab_out())?;
        loss::check_mask(self.mask.as_ref().map(|mask| mask.view()))?;
        Ok(tokens.view())
    }
}
