//! The run itself: the input is checked, goes through embedding and blocks, and becomes what was asked for.

use ndarray::{Array2, Array3, ArrayView2, Axis};

use super::{Done, Run, Want};
use crate::architecture::config::{NormalizationType, PositionalEmbeddingType};
use crate::cache::{ActivationCache, CachedModel};
use crate::components::attention::Attention;
use crate::components::block::Block;
use crate::components::loss;
use crate::components::normalization::Norm;
use crate::components::streamed_loss;
use crate::components::unembed::Unembedding;
use crate::components::{Act3, embed};
use crate::error::{Error, Result};
use crate::hooks::{HookPoint, Pass, Plan, Record, Site};
use crate::text::input::Input;
use crate::text::tokens::{TokenBatch, Tokens};

impl<'a> Run<'a> {
    pub(super) fn execute(mut self, want: Want, cache: Option<&mut ActivationCache>) -> Result<Done> {
        let model = self.model;
        let layers = self.layers(want)?;
        let prepared = self.prepare()?;
        if let Some(slice) = &self.pos_slice {
            slice.indices("pos_slice", prepared.shape.1)?;
        }
        let mut plan = Plan::new(&model.points, model.lasting.snapshot(), std::mem::take(&mut self.hooks))?;
        let record = match cache {
            Some(cache) => {
                plan.cache(&model.points, self.names_filter.as_ref())?;
                let shared = CachedModel { cfg: model.cfg.clone(), weights: model.weights.clone() };
                cache.model = Some(shared);
                cache.pos_slice = self.pos_slice.take();
                let record = |point: &HookPoint, value| cache.insert(point.name(), value);
                Some(Box::new(record) as Record<'_>)
            }
            None => None,
        };
        let mut pass = Pass { points: &model.points, plan, record };
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
        let unembedding =
            Unembedding { W_U: weights.W_U.view(), b_U: weights.b_U.view(), soft_cap: cfg.output_logits_soft_cap };
        match want {
            Want::Nothing | Want::Resid => {}
            Want::Logits => done.logits = Some(unembedding.logits(self.chosen_positions(resid)?.view())),
            Want::LossPerToken => {
                done.loss_per_token =
                    Some(streamed_loss::loss_per_token(resid.view(), &unembedding, self.targets(&prepared)?))
            }
            Want::Both => {
                let logits = unembedding.logits(resid.view());
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
        let Some(slice) = &self.logits_at else { return Ok(resid) };
        let n_pos = resid.dim().1;
        let chosen = slice.cut("logits_at", Axis(1), &resid.into_dyn())?;
        let chosen = chosen.into_dimensionality().expect("slicing keeps the rank");
        if chosen.is_empty() {
            return Err(Error::Argument { name: "logits_at", problem: format!("no such position among {n_pos}") });
        }
        Ok(chosen)
    }
    /// The tokens whose loss is wanted, checked.
    fn targets<'p>(&self, prepared: &'p Prepared) -> Result<ArrayView2<'p, usize>> {
        let tokens = prepared.target_tokens()?.view();
        if tokens.ncols() < 2 {
            return Err(Error::Shape {
                what: "tokens for the loss".to_string(),
                expected: "at least two positions: the last one has no next token".to_string(),
                got: tokens.shape().to_vec(),
            });
        }
        self.model.check_tokens(tokens, self.model.cfg.d_vocab_out())?;
        Ok(tokens)
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
