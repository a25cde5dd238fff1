//! What the forward pass has to keep, given the gradients that are wanted.
//!
//! Attention patterns, the largest activations, are computed again from queries and keys, unless a hook edits them.

use super::wanted::Wanted;
use crate::architecture::config::{HookedTransformerConfig, PositionalEmbeddingType};
use crate::hooks::{HookPoints, Plan, Site, Tape};

/// The inputs of heads, which are one array unless something hooks them.
pub(super) const HEAD_INPUTS: [Site; 4] = [Site::AttnIn, Site::QInput, Site::KInput, Site::VInput];

/// The scale and the output of each norm of a block.
const BLOCK_NORMS: [(Site, Site); 7] = [
    (Site::Ln1Scale, Site::Ln1Normalized),
    (Site::Ln2Scale, Site::Ln2Normalized),
    (Site::Ln1PostScale, Site::Ln1PostNormalized),
    (Site::Ln2PostScale, Site::Ln2PostNormalized),
    (Site::MlpLnScale, Site::MlpLnNormalized),
    (Site::QNormScale, Site::QNormNormalized),
    (Site::KNormScale, Site::KNormNormalized),
];

/// An empty tape for a forward pass with these hooks.
pub(crate) fn tape(
    cfg: &HookedTransformerConfig,
    points: &HookPoints,
    forward_hooks: &Plan<'_>,
    wanted: &Wanted,
) -> Tape {
    let mut plan = Recording { points, forward_hooks, wanted, tape: Tape::new(points.as_slice().len(), cfg.n_layers) };
    for (scale, normalized) in
        [(Site::EmbedLnScale, Site::EmbedLnNormalized), (Site::FinalScale, Site::FinalNormalized)]
    {
        plan.keep(scale, None, plan.reaches(normalized, None));
    }
    // An RMS norm's gain comes after the hook point, so its gradient needs the value there.
    plan.keep(Site::FinalNormalized, None, wanted.weight(None, "ln_final.w"));
    for layer in 0..cfg.n_layers {
        plan.layer(cfg, layer);
    }
    plan.tape
}

struct Recording<'p, 'a> {
    points: &'p HookPoints,
    forward_hooks: &'p Plan<'a>,
    wanted: &'p Wanted,
    tape: Tape,
}

impl Recording<'_, '_> {
    fn layer(&mut self, cfg: &HookedTransformerConfig, layer: usize) {
        let wanted = self.wanted;
        let at = Some(layer);
        for (scale, normalized) in BLOCK_NORMS {
            self.keep(scale, at, self.reaches(normalized, at));
        }
        let (attention, mlp) = (wanted.attention_inputs(layer), wanted.mlp_inputs(layer));
        self.keep(Site::Ln1Normalized, at, attention || wanted.weight(at, "ln1.w"));
        self.keep(Site::Ln2Normalized, at, mlp || wanted.weight(at, "ln2.w"));
        self.keep(Site::Ln1PostNormalized, at, wanted.weight(at, "ln1_post.w"));
        self.keep(Site::Ln2PostNormalized, at, wanted.weight(at, "ln2_post.w"));
        if cfg.normalization_type.is_none() {
            self.keep(Site::ResidPre, at, attention);
            self.keep(Site::MlpIn, at, mlp);
        }
        for site in [Site::Q, Site::K, Site::V, Site::RotQ, Site::RotK] {
            self.keep(site, at, self.reaches(Site::Pattern, at));
        }
        // Without rotation behind them, the norms' outputs are what attention used.
        let used = cfg.positional_embedding_type != PositionalEmbeddingType::Rotary && self.reaches(Site::Pattern, at);
        self.keep(Site::QNormNormalized, at, used || wanted.weight(at, "attn.q_norm.w"));
        self.keep(Site::KNormNormalized, at, used || wanted.weight(at, "attn.k_norm.w"));
        self.keep(Site::Pattern, at, self.hooked(Site::AttnScores, at) || self.hooked(Site::Pattern, at));
        self.keep(Site::Z, at, wanted.weight(at, "attn.W_O"));
        self.keep(Site::MlpPre, at, self.reaches(Site::MlpPost, at));
        self.keep(Site::MlpPreLinear, at, self.reaches(Site::MlpPost, at));
        self.keep(Site::MlpPost, at, wanted.weight(at, "mlp.W_out"));
        if self.splits(at) {
            self.tape.split[layer] = true;
            HEAD_INPUTS.iter().for_each(|&site| self.keep(site, at, true));
        }
    }

    /// Whether each head gets an input of its own: where one is hooked, on the way there or back. A gradient that is only
    /// stored needs no inputs of their own, unless a hook sits on the norm that they share.
    fn splits(&self, layer: Option<usize>) -> bool {
        let any = |sites: &[Site], of_point: &dyn Fn(usize) -> bool| {
            sites.iter().any(|&site| self.points.index(site, layer).is_some_and(of_point))
        };
        let hooked = |point| self.forward_hooks.fires(point) || self.wanted.hooked[point];
        any(&HEAD_INPUTS, &hooked)
            || (any(&HEAD_INPUTS, &|point| self.wanted.active[point])
                && any(&[Site::Ln1Scale, Site::Ln1Normalized], &hooked))
    }

    fn keep(&mut self, site: Site, layer: Option<usize>, needed: bool) {
        if let Some(point) = self.points.index(site, layer) {
            self.tape.record[point] |= needed;
        }
    }

    fn reaches(&self, site: Site, layer: Option<usize>) -> bool {
        self.points.index(site, layer).is_some_and(|point| self.wanted.floor <= point)
    }

    fn hooked(&self, site: Site, layer: Option<usize>) -> bool {
        self.points.index(site, layer).is_some_and(|point| self.forward_hooks.fires(point))
    }
}
