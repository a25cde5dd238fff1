//! The forward pass: embedding, positions, blocks, final norm. See the list at the top of the crate.

use std::ops::Range;

use ndarray::Array2;

use super::ready::{Ready, Start};
use crate::architecture::config::HookedTransformerConfig;
use crate::cache::ActivationCache;
use crate::components::Act3;
use crate::components::block::Block;
use crate::components::embed::{Embedded, Embedding};
use crate::components::keys_values::Extension;
use crate::components::normalization::{FINAL, final_norm};
use crate::components::positions::Position;
use crate::error::Result;
use crate::hooks::{HookPoint, Pass, Plan, Record, Site, Tape};
use crate::model::hooked_transformer::HookedTransformer;
use crate::numerics::linalg;

/// How far a run goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// The last block.
    Stream,
    /// The final norm.
    Normalized,
    /// The final norm, if something is stored or hooked there.
    Watched,
}

/// A run that has completed.
pub(super) struct Completed {
    /// `[batch, pos, d_model]`
    pub stream: Act3,
    /// What was stored; empty unless asked for.
    pub cache: ActivationCache,
    /// The positions' vectors, for a shortformer model.
    pub shortformer_pos: Option<Act3>,
    /// What was kept for a backward pass, if there is to be one.
    pub tape: Option<Tape>,
}

/// Each takes what to do with the result: on the thread that computed it.
impl Ready<'_> {
    /// The residual stream after the last block that runs.
    ///
    /// # Errors
    /// A hook wrote what is not a token; or those of `then`.
    pub(super) fn stream<T: Send>(self, then: impl FnOnce(Completed) -> Result<T> + Send) -> Result<T> {
        self.pass(End::Stream, then)
    }

    /// The stream after the final norm: what the unembedding reads.
    ///
    /// # Errors
    /// As [`stream`](Self::stream).
    pub(super) fn normalized<T: Send>(self, then: impl FnOnce(Completed) -> Result<T> + Send) -> Result<T> {
        self.pass(End::Normalized, then)
    }

    /// As far as something is stored or hooked.
    ///
    /// # Errors
    /// As [`stream`](Self::stream).
    pub(super) fn watched<T: Send>(self, then: impl FnOnce(Completed) -> Result<T> + Send) -> Result<T> {
        self.stop_after_last().pass(End::Watched, then)
    }

    fn pass<T: Send>(self, end: End, then: impl FnOnce(Completed) -> Result<T> + Send) -> Result<T> {
        let Ready { model, start, mask, positions, layers, plan, past, cache, tape, .. } = self;
        let large = is_large(&model.cfg, positions.len());
        let forward = Forward { model, start, mask, positions, layers, past, cache, tape, end };
        plan.carry_out(large, |plan| model.memory.during(|| then(forward.run(plan)?)))
    }
}

/// Whether a pass over so many tokens, or back, has steps that are worth sharing among threads.
pub(super) fn is_large(cfg: &HookedTransformerConfig, n_tokens: usize) -> bool {
    let d_mlp = if cfg.attn_only { 0 } else { cfg.d_mlp() };
    let widest = d_mlp.max(cfg.n_heads * cfg.d_head).max(cfg.d_vocab_out());
    n_tokens * cfg.d_model * widest >= linalg::WORTH_SPLITTING
}

/// A pass that can begin, apart from its hooks.
struct Forward<'a> {
    model: &'a HookedTransformer,
    start: Start,
    mask: Option<Array2<bool>>,
    positions: Array2<Position>,
    layers: Range<usize>,
    past: Option<Extension<'a>>,
    cache: Option<ActivationCache>,
    tape: Option<Tape>,
    end: End,
}

impl Forward<'_> {
    /// # Errors
    /// A hook wrote what is not a token.
    fn run(self, plan: Plan<'_>) -> Result<Completed> {
        let Forward { model, start, mask, positions, layers, mut past, cache, mut tape, end } = self;
        let (cfg, weights) = (&model.cfg, &model.weights);
        let mut cache = cache.unwrap_or_default();
        let record: Record<'_> = Box::new(|point: &HookPoint, value| cache.insert(point.name(), value));
        let mut pass = Pass { points: &model.points, plan, record, tape: tape.as_mut() };

        let embedding = Embedding { cfg, weights, positions: &positions };
        let Embedded { mut stream, shortformer_pos } = match start {
            Start::Tokens(tokens) => embedding.forward(&mut pass, tokens)?,
            Start::Stream(stream) => embedding.around(stream.as_standard_layout().into_owned().into_shared()),
        };
        let every_block = layers == (0..cfg.n_layers);
        let to_the_end = layers.end == cfg.n_layers;
        let real: Option<Array2<bool>> = past.as_ref().map_or(mask, |past| past.real().cloned());
        for layer in layers {
            if !pass.reaches(Site::ResidPre, Some(layer)) {
                break;
            }
            let real = real.as_ref().map(|real| real.view());
            let block = Block::new((cfg, weights), layer, &positions, real, shortformer_pos.as_ref());
            stream = block.forward(&mut pass, stream, past.as_mut().map(|past| past.layer(layer)));
        }
        let normalizes = match end {
            End::Stream => false,
            End::Normalized => true,
            End::Watched => to_the_end && FINAL.iter().any(|&site| pass.watches(site, None)),
        };
        if normalizes {
            stream = final_norm(&mut pass, cfg, weights, stream);
        }
        drop(pass);
        if let Some(past) = past.filter(|_| every_block) {
            past.keep();
        }
        Ok(Completed { stream, shortformer_pos, cache, tape })
    }
}
