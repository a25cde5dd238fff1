//! The hook points of a model: every activation that can be read or edited, in the order in which they fire.
//!
//! Names and shapes are those of TransformerLens. The list of [`Site`]s is the one place that knows them: what exists
//! in a given architecture, what is cached unless asked otherwise, and what its axes are called.

use std::collections::HashMap;

use crate::architecture::config::{HookedTransformerConfig, PositionalEmbeddingType};
use crate::error::{Error, Result};
use crate::nearest::nearest;

/// One kind of activation; together with a layer (where it has one) it is a hook point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Site {
    Tokens,
    EmbedLnScale,
    EmbedLnNormalized,
    Embed,
    PosEmbed,
    ResidPre,
    AttnIn,
    QInput,
    KInput,
    VInput,
    Ln1Scale,
    Ln1Normalized,
    Q,
    K,
    V,
    QNormScale,
    QNormNormalized,
    KNormScale,
    KNormNormalized,
    RotQ,
    RotK,
    AttnScores,
    Pattern,
    Z,
    Result,
    Ln1PostScale,
    Ln1PostNormalized,
    AttnOut,
    ResidMid,
    MlpIn,
    Ln2Scale,
    Ln2Normalized,
    MlpPre,
    MlpPreLinear,
    MlpMid,
    MlpLnScale,
    MlpLnNormalized,
    MlpPost,
    Ln2PostScale,
    Ln2PostNormalized,
    MlpOut,
    ResidPost,
    FinalScale,
    FinalNormalized,
}

/// Before the first block, in firing order.
const FIRST: [Site; 5] = [Site::Tokens, Site::EmbedLnScale, Site::EmbedLnNormalized, Site::Embed, Site::PosEmbed];

/// Inside each block, in firing order.
const BLOCK: [Site; 37] = [
    Site::ResidPre,
    Site::AttnIn,
    Site::QInput,
    Site::KInput,
    Site::VInput,
    Site::Ln1Scale,
    Site::Ln1Normalized,
    Site::Q,
    Site::K,
    Site::V,
    Site::QNormScale,
    Site::QNormNormalized,
    Site::KNormScale,
    Site::KNormNormalized,
    Site::RotQ,
    Site::RotK,
    Site::AttnScores,
    Site::Pattern,
    Site::Z,
    Site::Result,
    Site::Ln1PostScale,
    Site::Ln1PostNormalized,
    Site::AttnOut,
    Site::ResidMid,
    Site::MlpIn,
    Site::Ln2Scale,
    Site::Ln2Normalized,
    Site::MlpPre,
    Site::MlpPreLinear,
    Site::MlpMid,
    Site::MlpLnScale,
    Site::MlpLnNormalized,
    Site::MlpPost,
    Site::Ln2PostScale,
    Site::Ln2PostNormalized,
    Site::MlpOut,
    Site::ResidPost,
];

/// After the last block, in firing order.
const LAST: [Site; 2] = [Site::FinalScale, Site::FinalNormalized];

impl Site {
    /// The part of the name after `blocks.N.`, or the whole name outside the blocks.
    fn suffix(self) -> &'static str {
        match self {
            Site::Tokens => "hook_tokens",
            Site::EmbedLnScale => "embed.ln.hook_scale",
            Site::EmbedLnNormalized => "embed.ln.hook_normalized",
            Site::Embed => "hook_embed",
            Site::PosEmbed => "hook_pos_embed",
            Site::ResidPre => "hook_resid_pre",
            Site::AttnIn => "hook_attn_in",
            Site::QInput => "hook_q_input",
            Site::KInput => "hook_k_input",
            Site::VInput => "hook_v_input",
            Site::Ln1Scale => "ln1.hook_scale",
            Site::Ln1Normalized => "ln1.hook_normalized",
            Site::Q => "attn.hook_q",
            Site::K => "attn.hook_k",
            Site::V => "attn.hook_v",
            Site::QNormScale => "attn.q_norm.hook_scale",
            Site::QNormNormalized => "attn.q_norm.hook_normalized",
            Site::KNormScale => "attn.k_norm.hook_scale",
            Site::KNormNormalized => "attn.k_norm.hook_normalized",
            Site::RotQ => "attn.hook_rot_q",
            Site::RotK => "attn.hook_rot_k",
            Site::AttnScores => "attn.hook_attn_scores",
            Site::Pattern => "attn.hook_pattern",
            Site::Z => "attn.hook_z",
            Site::Result => "attn.hook_result",
            Site::Ln1PostScale => "ln1_post.hook_scale",
            Site::Ln1PostNormalized => "ln1_post.hook_normalized",
            Site::AttnOut => "hook_attn_out",
            Site::ResidMid => "hook_resid_mid",
            Site::MlpIn => "hook_mlp_in",
            Site::Ln2Scale => "ln2.hook_scale",
            Site::Ln2Normalized => "ln2.hook_normalized",
            Site::MlpPre => "mlp.hook_pre",
            Site::MlpPreLinear => "mlp.hook_pre_linear",
            Site::MlpMid => "mlp.hook_mid",
            Site::MlpLnScale => "mlp.ln.hook_scale",
            Site::MlpLnNormalized => "mlp.ln.hook_normalized",
            Site::MlpPost => "mlp.hook_post",
            Site::Ln2PostScale => "ln2_post.hook_scale",
            Site::Ln2PostNormalized => "ln2_post.hook_normalized",
            Site::MlpOut => "hook_mlp_out",
            Site::ResidPost => "hook_resid_post",
            Site::FinalScale => "ln_final.hook_scale",
            Site::FinalNormalized => "ln_final.hook_normalized",
        }
    }

    /// Why this architecture lacks the site; `None` if it has it.
    fn absent_because(self, cfg: &HookedTransformerConfig) -> Option<&'static str> {
        use PositionalEmbeddingType::{Rotary, Shortformer, Standard};
        let learned_positions = matches!(cfg.positional_embedding_type, Standard | Shortformer);
        let (present, reason) = match self {
            Site::PosEmbed => (learned_positions, "the model has no learned positional embedding"),
            Site::EmbedLnScale | Site::EmbedLnNormalized => {
                (cfg.post_embedding_ln, "the model does not normalize its token embeddings")
            }
            Site::Ln1PostScale | Site::Ln1PostNormalized => {
                (cfg.output_normalization().is_some(), "what attention writes is not normalized in this model")
            }
            Site::Ln2PostScale | Site::Ln2PostNormalized => (
                cfg.output_normalization().is_some() && !cfg.attn_only,
                "what the MLP writes is not normalized in this model",
            ),
            Site::QNormScale | Site::QNormNormalized | Site::KNormScale | Site::KNormNormalized => {
                (cfg.use_qk_norm, "the model does not normalize its queries and keys")
            }
            Site::RotQ | Site::RotK => {
                (cfg.positional_embedding_type == Rotary, "the model does not use rotary positions")
            }
            Site::AttnIn => (
                cfg.n_key_value_heads() == cfg.n_heads,
                "with grouped key-value heads, hook q_input, k_input or v_input",
            ),
            Site::Ln1Scale | Site::Ln1Normalized | Site::FinalScale | Site::FinalNormalized => {
                (cfg.normalization_type.is_some(), "the model has no normalization")
            }
            Site::Ln2Scale | Site::Ln2Normalized => (
                cfg.normalization_type.is_some() && !cfg.attn_only,
                "the model has no MLP, or no normalization before it",
            ),
            Site::ResidMid => (
                !cfg.attn_only && !cfg.parallel_attn_mlp,
                "there is a stream between attention and MLP only where the MLP reads it",
            ),
            Site::MlpIn | Site::MlpPre | Site::MlpPost | Site::MlpOut => {
                (!cfg.attn_only, "the model is attention-only: it has no MLP")
            }
            Site::MlpPreLinear => (cfg.gated_mlp, "the model has no gated MLP"),
            Site::MlpMid | Site::MlpLnScale | Site::MlpLnNormalized => {
                (cfg.is_layer_norm_activation(), "the MLP's activation function has no LayerNorm of its own")
            }
            _ => (true, ""),
        };
        (!present).then_some(reason)
    }

    /// Whether a cache of everything includes it. What the classic library computes only under a flag (since it repeats
    /// another activation, or takes a head axis times the residual stream) is cached only when asked for by name.
    fn cached_by_default(self) -> bool {
        use Site::{AttnIn, KInput, MlpIn, QInput, Result, Tokens, VInput};
        !matches!(self, Tokens | AttnIn | QInput | KInput | VInput | Result | MlpIn)
    }

    /// The axes' names, and their lengths where the configuration fixes them.
    fn axes(self, cfg: &HookedTransformerConfig) -> Vec<(&'static str, Option<usize>)> {
        use Site::*;
        let batch = ("batch", None);
        let pos = ("pos", None);
        let d_model = ("d_model", Some(cfg.d_model));
        let head = ("head", Some(cfg.n_heads));
        let kv_head = ("kv_head", Some(cfg.n_cached_heads()));
        let d_head = ("d_head", Some(cfg.d_head));
        let one = ("1", Some(1));
        let d_mlp = ("d_mlp", Some(cfg.d_mlp()));
        match self {
            Tokens => vec![batch, pos],
            Embed | PosEmbed | ResidPre | Ln1Normalized | AttnOut | ResidMid | MlpIn | Ln2Normalized | MlpOut
            | ResidPost | FinalNormalized | EmbedLnNormalized | Ln1PostNormalized | Ln2PostNormalized => {
                vec![batch, pos, d_model]
            }
            AttnIn | QInput | Result => vec![batch, pos, head, d_model],
            KInput | VInput => vec![batch, pos, kv_head, d_model],
            Ln1Scale | Ln2Scale | MlpLnScale | FinalScale | EmbedLnScale | Ln1PostScale | Ln2PostScale => {
                vec![batch, pos, one]
            }
            Q | QNormNormalized | RotQ | Z => vec![batch, pos, head, d_head],
            K | V | KNormNormalized | RotK => vec![batch, pos, kv_head, d_head],
            QNormScale => vec![batch, pos, head, one],
            KNormScale => vec![batch, pos, kv_head, one],
            AttnScores | Pattern => vec![batch, head, ("query_pos", None), ("key_pos", None)],
            MlpPre | MlpPreLinear | MlpMid | MlpLnNormalized | MlpPost => vec![batch, pos, d_mlp],
        }
    }
}

/// A place in the forward pass where an activation can be read and edited.
#[derive(Clone, Debug)]
pub struct HookPoint {
    name: String,
    layer: Option<usize>,
    axes: Vec<(&'static str, Option<usize>)>,
    cached_by_default: bool,
}

impl HookPoint {
    /// The full name, such as `blocks.0.attn.hook_pattern`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The layer, for a point inside a block.
    pub fn layer(&self) -> Option<usize> {
        self.layer
    }

    /// The axes in order: each one's name, and its length where the configuration fixes it (`batch` and the positions
    /// depend on the input).
    pub fn axes(&self) -> &[(&'static str, Option<usize>)] {
        &self.axes
    }

    /// The shape in words, such as `[batch, head=8, query_pos, key_pos]`.
    pub fn shape(&self) -> String {
        let axes: Vec<String> = self
            .axes
            .iter()
            .map(|(name, length)| match length {
                Some(_) if *name == "1" => "1".to_string(),
                Some(length) => format!("{name}={length}"),
                None => (*name).to_string(),
            })
            .collect();
        format!("[{}]", axes.join(", "))
    }

    /// Whether a cache made without a name filter holds it. The others ([`result`](crate::get_act_name), `q_input` and
    /// their like) repeat or expand another activation, and are computed only when a filter or a hook names them.
    pub fn cached_by_default(&self) -> bool {
        self.cached_by_default
    }
}

/// All hook points of one architecture, found by name or by site.
#[derive(Clone, Debug)]
pub(crate) struct HookPoints {
    points: Vec<HookPoint>,
    by_name: HashMap<String, usize>,
    by_site: HashMap<(Site, Option<usize>), usize>,
    cfg: HookedTransformerConfig,
}

impl HookPoints {
    pub(crate) fn new(cfg: &HookedTransformerConfig) -> Self {
        let mut all =
            HookPoints { points: Vec::new(), by_name: HashMap::new(), by_site: HashMap::new(), cfg: cfg.clone() };
        for site in FIRST {
            all.add(site, None);
        }
        for layer in 0..cfg.n_layers {
            for site in BLOCK {
                all.add(site, Some(layer));
            }
        }
        for site in LAST {
            all.add(site, None);
        }
        all
    }

    fn add(&mut self, site: Site, layer: Option<usize>) {
        if site.absent_because(&self.cfg).is_some() {
            return;
        }
        let index = self.points.len();
        let name = site_name(site, layer);
        self.by_name.insert(name.clone(), index);
        self.by_site.insert((site, layer), index);
        self.points.push(HookPoint {
            name,
            layer,
            axes: site.axes(&self.cfg),
            cached_by_default: site.cached_by_default(),
        });
    }

    pub(crate) fn as_slice(&self) -> &[HookPoint] {
        &self.points
    }

    /// The index of a site in the list; `None` if this architecture lacks it.
    pub(crate) fn index(&self, site: Site, layer: Option<usize>) -> Option<usize> {
        self.by_site.get(&(site, layer)).copied()
    }

    /// The index of a full name in the list.
    ///
    /// # Errors
    /// [`Error::UnknownName`] with the nearest names, and the reason if another architecture has it.
    pub(crate) fn find(&self, name: &str) -> Result<usize> {
        self.by_name.get(name).copied().ok_or_else(|| Error::UnknownName {
            name: name.to_string(),
            place: "this model's hook points",
            reason: self.reason_for_absence(name),
            nearest: nearest(name, self.points.iter().map(HookPoint::name), 3),
        })
    }

    fn reason_for_absence(&self, name: &str) -> Option<String> {
        let layers = (0..self.cfg.n_layers).map(Some);
        let in_blocks = layers.flat_map(|layer| BLOCK.iter().map(move |&site| (site, layer)));
        let outside = FIRST.iter().chain(&LAST).map(|&site| (site, None));
        let known = in_blocks.chain(outside).find(|&(site, layer)| site_name(site, layer) == name);
        if let Some((site, _)) = known {
            return site.absent_because(&self.cfg).map(str::to_string);
        }
        let layer: usize = name.strip_prefix("blocks.")?.split('.').next()?.parse().ok()?;
        (layer >= self.cfg.n_layers).then(|| format!("the model has {} layers, counted from 0", self.cfg.n_layers))
    }
}

fn site_name(site: Site, layer: Option<usize>) -> String {
    match layer {
        Some(layer) => format!("blocks.{layer}.{}", site.suffix()),
        None => site.suffix().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The classic library's cache keys for a solu_ln model, in order (its `test_cache_hook_names`).
    #[test]
    fn default_points_of_a_solu_model_in_firing_order() {
        let cfg = HookedTransformerConfig {
            act_fn: Some(crate::ActivationFunction::SoluLn),
            ..HookedTransformerConfig::new(1, 8, 4, 6, 9)
        };
        let points = HookPoints::new(&cfg);
        let names: Vec<&str> = points
            .as_slice()
            .iter()
            .filter(|p| p.cached_by_default())
            .map(|p| p.name().strip_prefix("blocks.0.").unwrap_or(p.name()))
            .collect();
        assert_eq!(
            names,
            [
                "hook_embed",
                "hook_pos_embed",
                "hook_resid_pre",
                "ln1.hook_scale",
                "ln1.hook_normalized",
                "attn.hook_q",
                "attn.hook_k",
                "attn.hook_v",
                "attn.hook_attn_scores",
                "attn.hook_pattern",
                "attn.hook_z",
                "hook_attn_out",
                "hook_resid_mid",
                "ln2.hook_scale",
                "ln2.hook_normalized",
                "mlp.hook_pre",
                "mlp.hook_mid",
                "mlp.ln.hook_scale",
                "mlp.ln.hook_normalized",
                "mlp.hook_post",
                "hook_mlp_out",
                "hook_resid_post",
                "ln_final.hook_scale",
                "ln_final.hook_normalized"
            ]
        );
    }

    #[test]
    fn a_point_of_another_architecture_is_refused_with_its_reason() {
        let cfg = HookedTransformerConfig { attn_only: true, ..HookedTransformerConfig::new(2, 8, 4, 6, 9) };
        let message = HookPoints::new(&cfg).find("blocks.1.mlp.hook_post").unwrap_err().to_string();
        assert!(message.contains("attention-only"), "{message}");
        let message = HookPoints::new(&cfg).find("blocks.2.attn.hook_q").unwrap_err().to_string();
        assert!(message.contains("2 layers"), "{message}");
        let message = HookPoints::new(&cfg).find("blocks.1.attn.hook_patern").unwrap_err().to_string();
        assert!(message.contains("blocks.1.attn.hook_pattern"), "{message}");
    }

    #[test]
    fn shapes_read_as_axis_names() {
        let cfg = HookedTransformerConfig::new(1, 8, 4, 6, 9);
        let points = HookPoints::new(&cfg);
        let shape = |name| points.as_slice()[points.find(name).unwrap()].shape();
        assert_eq!(shape("blocks.0.attn.hook_pattern"), "[batch, head=2, query_pos, key_pos]");
        assert_eq!(shape("blocks.0.ln1.hook_scale"), "[batch, pos, 1]");
        assert_eq!(shape("blocks.0.attn.hook_result"), "[batch, pos, head=2, d_model=8]");
    }
}
