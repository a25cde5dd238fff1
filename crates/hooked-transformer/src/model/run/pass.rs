//! The forward pass: embedding, positions, blocks, final norm. See the list at the top of the crate.

use ndarray::Array2;

use super::ready::{Ready, Start};
use crate::cache::ActivationCache;
use crate::components::Act3;
use crate::components::block::Block;
use crate::components::embed::{Embedded, Embedding};
use crate::components::normalization::{FINAL, final_norm};
use crate::error::Result;
use crate::hooks::{HookPoint, Pass, Record, Site, Tape};
use crate::numerics::memory::Scratch;

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

impl Ready<'_> {
    /// The residual stream after the last block that runs.
    ///
    /// # Errors
    /// A hook wrote what is not a token.
    pub(super) fn stream(self) -> Result<Completed> {
        self.forward(End::Stream)
    }

    /// The stream after the final norm: what the unembedding reads.
    ///
    /// # Errors
    /// A hook wrote what is not a token.
    pub(super) fn normalized(self) -> Result<Completed> {
        self.forward(End::Normalized)
    }

    /// As far as something is stored or hooked.
    ///
    /// # Errors
    /// A hook wrote what is not a token.
    pub(super) fn watched(self) -> Result<Completed> {
        self.stop_after_last().forward(End::Watched)
    }

    fn forward(self, end: End) -> Result<Completed> {
        let Ready { model, start, mask, positions, layers, plan, mut past, cache, mut tape, .. } = self;
        let (cfg, weights) = (&model.cfg, &model.weights);
        let mut cache = cache.unwrap_or_default();
        let record: Record<'_> = Box::new(|point: &HookPoint, value| cache.insert(point.name(), value));
        let mut pass = Pass { points: &model.points, plan, record, tape: tape.as_mut(), scratch: Scratch::default() };

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
