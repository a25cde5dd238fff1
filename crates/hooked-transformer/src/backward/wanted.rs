//! Which gradients a run was asked for, and how far down the model they are.
//!
//! Hook points fire in the order of the computation, so the lowest thing that was asked for has the lowest index among
//! them: the *floor*. Nothing is propagated below it. A weight counts as the first point that depends on it.

use std::collections::HashSet;

use crate::architecture::config::HookedTransformerConfig;
use crate::architecture::layout;
use crate::architecture::weights::Weights;
use crate::error::{Error, Result};
use crate::hooks::{HookPoints, NameFilter, Plan, Site};
use crate::nearest::nearest;

/// The gradients that are wanted.
pub(crate) struct Wanted {
    /// The lowest hook point that a gradient must reach; the number of points, if only the unembedding is wanted.
    pub floor: usize,
    /// By hook point: whether its gradient is stored or hooked.
    pub active: Vec<bool>,
    /// By hook point: whether its gradient is hooked.
    pub hooked: Vec<bool>,
    /// Names of the weights.
    pub weights: HashSet<String>,
}

impl Wanted {
    pub(crate) fn new(
        cfg: &HookedTransformerConfig,
        points: &HookPoints,
        backward_hooks: &Plan<'_>,
        weights: HashSet<String>,
    ) -> Self {
        let n_points = points.as_slice().len();
        let active: Vec<bool> = (0..n_points).map(|point| backward_hooks.wants(point)).collect();
        let of_points = active.iter().position(|&active| active).unwrap_or(n_points);
        let of_weights = weights.iter().map(|name| point_of_weight(cfg, points, name)).min().unwrap_or(n_points);
        let hooked = (0..n_points).map(|point| backward_hooks.fires(point)).collect();
        Wanted { floor: of_points.min(of_weights), active, hooked, weights }
    }

    /// Whether this weight's gradient is wanted: `layer` and the rest of its name, such as `attn.W_Q`.
    pub(super) fn weight(&self, layer: Option<usize>, part: &str) -> bool {
        match layer {
            _ if self.weights.is_empty() => false,
            Some(layer) => self.weights.contains(&format!("blocks.{layer}.{part}")),
            None => self.weights.contains(part),
        }
    }

    /// Whether a weight is wanted whose gradient needs what queries, keys and values are computed from.
    pub(super) fn attention_inputs(&self, layer: usize) -> bool {
        ["attn.W_Q", "attn.W_K", "attn.W_V"].iter().any(|part| self.weight(Some(layer), part))
    }

    /// The same for the MLP.
    pub(super) fn mlp_inputs(&self, layer: usize) -> bool {
        ["mlp.W_in", "mlp.W_gate"].iter().any(|part| self.weight(Some(layer), part))
    }
}

/// The first hook point that depends on a weight.
fn point_of_weight(cfg: &HookedTransformerConfig, points: &HookPoints, name: &str) -> usize {
    let (layer, part) = match name.strip_prefix("blocks.").and_then(|rest| rest.split_once('.')) {
        Some((layer, part)) => (layer.parse().ok(), part),
        None => (None, name),
    };
    let after = |site| points.index(site, layer).map(|point| point + 1);
    let at = |site| points.index(site, layer);
    let point = match part {
        "embed.W_E" => at(Site::EmbedLnScale).or_else(|| at(Site::Embed)),
        "embed.ln.w" | "embed.ln.b" => at(Site::EmbedLnNormalized),
        "pos_embed.W_pos" => at(Site::PosEmbed),
        "attn.W_Q" | "attn.b_Q" => at(Site::Q),
        "attn.W_K" | "attn.b_K" => at(Site::K),
        "attn.W_V" | "attn.b_V" => at(Site::V),
        "attn.q_norm.w" => at(Site::QNormNormalized),
        "attn.k_norm.w" => at(Site::KNormNormalized),
        "attn.W_O" | "attn.b_O" => after(Site::Z),
        "ln1.w" | "ln1.b" => at(Site::Ln1Normalized),
        "ln2.w" | "ln2.b" => at(Site::Ln2Normalized),
        "ln1_post.w" | "ln1_post.b" => at(Site::Ln1PostNormalized),
        "ln2_post.w" | "ln2_post.b" => at(Site::Ln2PostNormalized),
        "mlp.W_gate" => at(Site::MlpPre),
        "mlp.W_in" if cfg.gated_mlp => at(Site::MlpPreLinear),
        "mlp.b_in" if cfg.gated_mlp => at(Site::MlpPost),
        "mlp.W_in" | "mlp.b_in" => at(Site::MlpPre),
        "mlp.ln.w" | "mlp.ln.b" => at(Site::MlpLnNormalized),
        "mlp.W_out" | "mlp.b_out" => after(Site::MlpPost),
        "ln_final.w" | "ln_final.b" => at(Site::FinalNormalized),
        _ => Some(points.as_slice().len()), // of the unembedding
    };
    point.unwrap_or(0)
}

/// The names of the weights that a filter selects. `"W_Q"` means those of all layers, `("W_Q", 0)` that of one.
///
/// # Errors
/// A name that the model lacks, or a predicate that selects nothing.
pub(crate) fn select_weights(
    cfg: &HookedTransformerConfig,
    weights: &Weights,
    filter: &NameFilter<'_>,
) -> Result<HashSet<String>> {
    let all = layout::names(cfg, weights);
    match filter {
        NameFilter::Predicate(predicate) => {
            let found: HashSet<String> = all.iter().filter(|name| predicate(name)).cloned().collect();
            match found.is_empty() {
                true => {
                    let step = (all.len() / 4).max(1);
                    let examples = all.iter().step_by(step).cloned().collect();
                    Err(Error::FilterMatchedNothing { of: all.len(), what: "weights", examples })
                }
                false => Ok(found),
            }
        }
        NameFilter::Names(names) => {
            let mut found = HashSet::new();
            for name in names {
                let (short, layer) = name.parts(cfg.n_layers);
                let block = layer.map(|layer| format!("blocks.{layer}."));
                let fits = |full: &&String| {
                    let of_layer = block.as_ref().is_none_or(|block| full.starts_with(block.as_str()));
                    of_layer && (full.as_str() == short || full.ends_with(&format!(".{short}")))
                };
                let before = found.len();
                found.extend(all.iter().filter(fits).cloned());
                if found.len() == before && !all.iter().any(|full| fits(&full)) {
                    let asked = block.map_or(short.to_string(), |block| format!("{block}{short}"));
                    let nearest = nearest(&asked, all.iter().map(String::as_str), 3);
                    let place = "this model's weights";
                    return Err(Error::UnknownName { name: asked, place, reason: None, nearest });
                }
            }
            Ok(found)
        }
    }
}
