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

use ndarray::{Array2, Array3, ArrayView2, Axis, s};
use rayon::prelude::*;

use crate::cache::{ActivationCache, CachedModel, PosSlice};
use crate::components::attention::Attention;
use crate::components::block::Block;
use crate::components::normalization::Norm;
use crate::components::{Act3, embed, unembed};
use crate::config::{NormalizationType, PositionalEmbeddingType};
use crate::error::{Error, Result};
use crate::generation::KeyValueCache;
use crate::hooks::{FwdHook, NameFilter, Pass, Plan, Site};
use crate::input::Input;
use crate::loss;
use crate::model::HookedTransformer;
use crate::tokens::{PaddingSide, TokenBatch, Tokens};

/// Positions whose logits are held at a time when only the loss is wanted.
const LOSS_BLOCK: usize = 128;

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
        loss::mean(per_token, self.mask.as_ref().map(|mask| mask.view()))
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

/// The run itself.
impl<'a> Run<'a> {
    fn execute(mut self, want: Want, cache: Option<&mut ActivationCache>) -> Result<Done> {
        let model = self.model;
        let layers = self.layers(want)?;
        let prepared = self.prepare()?;
        let mut plan = Plan::new(&model.points, model.lasting.snapshot(), std::mem::take(&mut self.hooks))?;
        let cache = match cache {
            Some(cache) => {
                plan.cache(&model.points, self.names_filter.as_ref())?;
                let shared = CachedModel { cfg: model.cfg.clone(), weights: model.weights.clone() };
                cache.model = Some(shared);
                cache.pos_slice = self.pos_slice;
                Some(cache)
            }
            None => None,
        };
        let mut pass = Pass { points: &model.points, plan, cache };
        let resid = self.blocks(&mut pass, layers, &prepared)?;
        self.finish(&mut pass, want, resid, prepared)
    }

    /// Which blocks run.
    fn layers(&self, want: Want) -> Result<std::ops::Range<usize>> {
        let n_layers = self.model.cfg.n_layers;
        let resolve = |name, layer: isize| {
            let resolved = if layer < 0 { layer + n_layers as isize } else { layer };
            usize::try_from(resolved).ok().filter(|&layer| layer <= n_layers).ok_or_else(|| Error::Argument {
                name,
                problem: format!("expected a layer from -{n_layers} to {n_layers}, got {layer}"),
            })
        };
        let start = self.start_at_layer.map_or(Ok(0), |layer| resolve("start_at_layer", layer))?;
        let stop = self.stop_at_layer.map_or(Ok(n_layers), |layer| resolve("stop_at_layer", layer))?;
        if self.stop_at_layer.is_some() && !matches!(want, Want::Nothing | Want::Resid) {
            return Err(Error::Argument {
                name: "stop_at_layer",
                problem: "a run that stops early has no logits and no loss; ask for `resid` or `cache`".to_string(),
            });
        }
        Ok(start..stop.max(start))
    }

    /// The input as tokens or stream, with its mask and positions, checked against the model.
    fn prepare(&mut self) -> Result<Prepared> {
        let model = self.model;
        let input = std::mem::replace(
            &mut self.input,
            Input::Tokens(TokenBatch { tokens: Tokens::default((0, 0)), mask: None }),
        );
        let (tokens, stream, mask) = match (input, self.start_at_layer) {
            (Input::Resid(stream), Some(_)) => (self.target_tokens.take(), Some(stream), None),
            (Input::Resid(stream), None) => {
                return Err(Error::Argument {
                    name: "start_at_layer",
                    problem: format!("a residual stream {:?} as input needs the layer that reads it", stream.shape()),
                });
            }
            (_, Some(_)) => {
                return Err(Error::Argument {
                    name: "start_at_layer",
                    problem: "the input must be a residual stream [batch, pos, d_model], not text or tokens"
                        .to_string(),
                });
            }
            (Input::Text(texts), None) => {
                let batch = model.to_token_batch(texts, self.prepend_bos, self.padding_side)?;
                (Some(batch.tokens), None, batch.mask)
            }
            (Input::Tokens(batch), None) => (Some(batch.tokens), None, batch.mask),
        };
        let shape = match (&stream, &tokens) {
            (Some(stream), _) => (stream.dim().0, stream.dim().1),
            (None, Some(tokens)) => tokens.dim(),
            (None, None) => (0, 0),
        };
        let mask = self.mask.take().or(mask);
        self.check(shape, &tokens, &stream, &mask)?;
        Ok(Prepared { positions: self.positions(shape, mask.as_ref()), shape, tokens, stream, mask })
    }

    fn check(
        &self,
        (n_batch, n_pos): (usize, usize),
        tokens: &Option<Tokens>,
        stream: &Option<Array3<f32>>,
        mask: &Option<Array2<bool>>,
    ) -> Result<()> {
        let cfg = &self.model.cfg;
        if n_batch == 0 || n_pos == 0 {
            return Err(Error::EmptyInput { shape: vec![n_batch, n_pos] });
        }
        let before = self.past.as_ref().map_or(0, |past| past.len());
        if before + n_pos > cfg.n_ctx {
            return Err(Error::TooLong { tokens: before + n_pos, n_ctx: cfg.n_ctx });
        }
        if let Some(tokens) = tokens {
            self.model.check_tokens(tokens.view(), cfg.d_vocab)?;
        }
        let wrong = |what: &str, expected: String, got: &[usize]| {
            Err(Error::Shape { what: what.to_string(), expected, got: got.to_vec() })
        };
        let rows = format!("[batch={n_batch}, pos={n_pos}] like the input");
        match (stream, tokens, mask, &self.past) {
            (Some(stream), ..) if stream.dim().2 != cfg.d_model => {
                wrong("the residual stream", format!("[batch, pos, d_model={}]", cfg.d_model), stream.shape())
            }
            (_, Some(tokens), ..) if tokens.dim() != (n_batch, n_pos) => wrong("tokens", rows, tokens.shape()),
            (_, _, Some(mask), _) if mask.dim() != (n_batch, n_pos) => wrong("attention_mask", rows, mask.shape()),
            (.., Some(past)) if past.batch() != n_batch => {
                wrong("the input", format!("batch={} like the key-value cache", past.batch()), &[n_batch, n_pos])
            }
            _ => Ok(()),
        }
    }

    fn positions(&mut self, shape: (usize, usize), mask: Option<&Array2<bool>>) -> Array2<Option<usize>> {
        match &mut self.past {
            Some(past) => {
                let before = past.len();
                past.append_mask(shape, mask.map(|mask| mask.view()));
                embed::positions(shape, before, past.real.as_ref().map(|real| real.view()))
            }
            None => embed::positions(shape, 0, mask.map(|mask| mask.view())),
        }
    }

    /// Embedding, positions, and the blocks.
    fn blocks(&mut self, pass: &mut Pass<'_, '_>, layers: std::ops::Range<usize>, prepared: &Prepared) -> Result<Act3> {
        let model = self.model;
        let (mut resid, shortformer_pos) = self.embed(pass, prepared)?;
        let past_real = self.past.as_ref().and_then(|past| past.real.clone());
        let real: Option<ArrayView2<'_, bool>> = match self.past {
            Some(_) => past_real.as_ref().map(|real| real.view()),
            None => prepared.mask.as_ref().map(|mask| mask.view()),
        };
        for layer in layers {
            let attention = Attention {
                cfg: &model.cfg,
                layer,
                weights: model.weights.attention(layer),
                positions: &prepared.positions,
                real,
            };
            let weights = model.weights.block(layer);
            let block = Block { cfg: &model.cfg, layer, weights, attention, shortformer_pos: shortformer_pos.as_ref() };
            let past = self.past.as_mut().map(|past| &mut past.layers[layer]);
            resid = block.forward(pass, resid, past);
        }
        Ok(resid)
    }

    /// The stream that the first block reads, and a shortformer model's positions.
    fn embed(&self, pass: &mut Pass<'_, '_>, prepared: &Prepared) -> Result<(Act3, Option<Act3>)> {
        let model = self.model;
        let shortformer = model.cfg.positional_embedding_type == PositionalEmbeddingType::Shortformer;
        if let Some(stream) = &prepared.stream {
            let pos = if shortformer { model.pos_embed(&prepared.positions) } else { None };
            return Ok((stream.as_standard_layout().into_owned().into_shared(), pos));
        }
        let mut tokens = prepared.tokens.clone().expect("without a stream there are tokens");
        if pass.watches(Site::Tokens, None) {
            let values = pass.point(Site::Tokens, None, tokens.mapv(|id| id as f32).into_shared());
            tokens = values.mapv(|id| id as usize);
            model.check_tokens(tokens.view(), model.cfg.d_vocab)?;
        }
        let embed = embed::embed(tokens.view(), model.weights.W_E.view());
        let embed = self.embedding_norm(pass, embed);
        let embed = pass.point(Site::Embed, None, embed);
        let pos = model.pos_embed(&prepared.positions).map(|pos| pass.point(Site::PosEmbed, None, pos));
        Ok(match pos {
            Some(pos) if shortformer => (embed, Some(pos)),
            Some(pos) => (embed + &pos, None),
            None => (embed, None),
        })
    }

    fn embedding_norm(&self, pass: &mut Pass<'_, '_>, embed: Act3) -> Act3 {
        let cfg = &self.model.cfg;
        if !cfg.post_embedding_ln {
            return embed;
        }
        let (w, b) = self.model.weights.ln_embed.layer(0);
        let sites = [Site::EmbedLnScale, Site::EmbedLnNormalized];
        Norm { kind: NormalizationType::LN, eps: cfg.eps, w, b, sites }.forward(pass, None, &embed)
    }

    /// Final norm, unembedding and loss, as far as they are wanted.
    fn finish(&self, pass: &mut Pass<'_, '_>, want: Want, resid: Act3, prepared: Prepared) -> Result<Done> {
        let mut done = Done::default();
        if self.stop_at_layer.is_some() || want == Want::Resid {
            done.resid = Some(resid.into_owned());
            return Ok(done);
        }
        let sites = [Site::FinalScale, Site::FinalNormalized];
        if want == Want::Nothing && !sites.iter().any(|&site| pass.watches(site, None)) {
            return Ok(done);
        }
        let cfg = &self.model.cfg;
        let weights = &self.model.weights;
        let resid = match cfg.final_normalization() {
            Some(kind) => {
                let (w, b) = weights.ln_final.layer(0);
                Norm { kind, eps: cfg.eps, w, b, sites }.forward(pass, None, &resid)
            }
            None => resid,
        };
        let unembed =
            |resid: &Act3| unembed::unembed(resid, weights.W_U.view(), weights.b_U.view(), cfg.output_logits_soft_cap);
        match want {
            Want::Nothing | Want::Resid => {}
            Want::Logits => done.logits = Some(unembed(&self.chosen_positions(resid)?)),
            Want::LossPerToken => done.loss_per_token = Some(self.loss_in_blocks(&resid, &prepared)?),
            Want::Both => {
                let logits = unembed(&resid);
                let tokens = prepared.target_tokens()?;
                done.loss_per_token = Some(loss::loss_per_token(logits.view(), tokens.view())?);
                done.logits = Some(logits);
            }
        }
        done.mask = prepared.mask;
        Ok(done)
    }

    /// The positions whose logits are wanted.
    fn chosen_positions(&self, resid: Act3) -> Result<Act3> {
        let Some(slice) = self.logits_at else { return Ok(resid) };
        let n_pos = resid.dim().1;
        let chosen = slice.apply("", resid.into_dyn()).into_dimensionality().expect("slicing keeps the rank");
        if chosen.is_empty() {
            return Err(Error::Argument { name: "logits_at", problem: format!("no such position among {n_pos}") });
        }
        Ok(chosen)
    }

    /// The loss without all logits in memory at once: a block of positions at a time.
    fn loss_in_blocks(&self, resid: &Act3, prepared: &Prepared) -> Result<Array2<f32>> {
        let tokens = prepared.target_tokens()?;
        let (n_batch, n_pos) = tokens.dim();
        if n_pos < 2 {
            return Err(Error::Shape {
                what: "tokens for the loss".to_string(),
                expected: "at least two positions: the last one has no next token".to_string(),
                got: vec![n_batch, n_pos],
            });
        }
        self.model.check_tokens(tokens.view(), self.model.cfg.d_vocab_out())?;
        let weights = &self.model.weights;
        let cap = self.model.cfg.output_logits_soft_cap;
        let mut losses = Array2::zeros((n_batch, n_pos - 1));
        for batch in 0..n_batch {
            for start in (0..n_pos - 1).step_by(LOSS_BLOCK) {
                let block = start..(start + LOSS_BLOCK).min(n_pos - 1);
                let rows = resid.slice(s![batch, block.clone(), ..]);
                let logits = unembed::unembed_rows(rows, weights.W_U.view(), weights.b_U.view(), cap);
                let mut out = losses.slice_mut(s![batch, block]);
                let rows = out.axis_iter_mut(Axis(0)).into_par_iter().zip(logits.axis_iter(Axis(0))).enumerate();
                rows.for_each(|(p, (mut loss, logits))| {
                    loss.fill(-loss::log_prob(logits, tokens[[batch, start + p + 1]]));
                });
            }
        }
        Ok(losses)
    }
}

/// The input of a run once it is checked.
struct Prepared {
    shape: (usize, usize),
    tokens: Option<Tokens>,
    stream: Option<Array3<f32>>,
    mask: Option<Array2<bool>>,
    positions: Array2<Option<usize>>,
}

impl Prepared {
    fn target_tokens(&self) -> Result<&Tokens> {
        self.tokens.as_ref().ok_or_else(|| Error::Argument {
            name: "tokens",
            problem: format!(
                "a loss is about tokens, but the run started from a residual stream of {:?}; give them with `tokens`",
                self.shape
            ),
        })
    }
}
