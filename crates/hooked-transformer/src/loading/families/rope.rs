//! The rotation in `config.json`, in every spelling: how fast it turns, how much of a head, and how it is stretched.
//!
//! `transformers` 4 writes `rope_theta`, `partial_rotary_factor` and `rope_scaling`, each at the top (GPT-NeoX calls the
//! first two `rotary_emb_base` and `rotary_pct`). `transformers` 5 writes one object `rope_parameters` with all of them,
//! and for models whose layers differ an object of two, by type of layer. Where a file has both spellings, the object
//! counts, as in `transformers` 5.

use serde_json::{Map, Value};

use super::hf_config::HfConfig;
use crate::architecture::config::{HookedTransformerConfig, RotaryScaling};
use crate::error::Result;

/// What a family calls the settings outside `rope_parameters`, and what they are when no field has them.
#[derive(Clone, Copy)]
pub(crate) struct RopeFields {
    pub theta: &'static [&'static str],
    pub default_theta: f32,
    pub partial: &'static [&'static str],
    pub default_partial: f64,
}

impl RopeFields {
    /// Those of most families: everything is rotated.
    pub(crate) const USUAL: RopeFields = RopeFields {
        theta: &["rope_theta"],
        default_theta: 10_000.0,
        partial: &["partial_rotary_factor"],
        default_partial: 1.0,
    };
}

/// The rotation in one type of layer.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Rope {
    theta: f32,
    partial: f64,
    scaling: Option<RotaryScaling>,
}

const FULL: &str = "full_attention";
const SLIDING: &str = "sliding_attention";

impl HfConfig {
    /// The configuration with its rotation, for families whose layers all rotate alike unless `rope_parameters` says
    /// otherwise.
    ///
    /// # Errors
    /// A setting is of the wrong type, or of a kind that is not known here; two spellings contradict each other.
    pub(crate) fn with_rotation(
        &self,
        cfg: HookedTransformerConfig,
        fields: &RopeFields,
    ) -> Result<HookedTransformerConfig> {
        let parameters = self.settings("rope_parameters")?;
        if let Some(nested) = parameters.as_ref().filter(|parameters| is_nested(parameters)) {
            if self.get("rope_scaling").is_some() {
                return Err(self.unsupported("`rope_scaling` beside a `rope_parameters` that is nested by layer type"));
            }
            let by_type = |kind: &str| nested.settings(kind)?.map(|part| self.rope(Some(&part), fields)).transpose();
            return match (by_type(FULL)?, by_type(SLIDING)?) {
                (Some(full), sliding) => self.rotated(cfg, full, sliding.unwrap_or(full)),
                (None, Some(sliding)) => self.rotated(cfg, sliding, sliding),
                (None, None) => Err(self.unsupported("`rope_parameters` of null: layers without positions")),
            };
        }
        let scaling = self.settings("rope_scaling")?;
        let rope = self.rope(scaling.as_ref().or(parameters.as_ref()), fields)?;
        if scaling.is_some() && parameters.is_some() && self.rope(parameters.as_ref(), fields)? != rope {
            return Err(self.unsupported("`rope_scaling` and `rope_parameters` that contradict each other"));
        }
        self.rotated(cfg, rope, rope)
    }

    /// The same for Gemma 3, whose local layers rotate in their own way: never stretched by `rope_scaling`, and from a
    /// base of their own, `rope_local_base_freq`.
    ///
    /// # Errors
    /// As [`with_rotation`](Self::with_rotation).
    pub(crate) fn with_rotation_by_layer_type(&self, cfg: HookedTransformerConfig) -> Result<HookedTransformerConfig> {
        let global = RopeFields { default_theta: 1_000_000.0, ..RopeFields::USUAL };
        let local = RopeFields { theta: &["rope_local_base_freq"], ..RopeFields::USUAL };
        let parameters = self.settings("rope_parameters")?;
        if parameters.as_ref().is_some_and(|parameters| !is_nested(parameters)) {
            return Err(self.unsupported(format!("`rope_parameters` without `{FULL}` and `{SLIDING}` in it")));
        }
        let of = |kind| parameters.as_ref().map_or(Ok(None), |parameters| parameters.settings(kind));
        let scaling = self.settings("rope_scaling")?;
        let full = match (of(FULL)?, &scaling) {
            (Some(full), Some(scaling)) => Some(full.overridden_by(scaling)),
            (full, scaling) => full.or_else(|| scaling.clone()),
        };
        self.rotated(cfg, self.rope(full.as_ref(), &global)?, self.rope(of(SLIDING)?.as_ref(), &local)?)
    }

    fn rotated(&self, cfg: HookedTransformerConfig, full: Rope, sliding: Rope) -> Result<HookedTransformerConfig> {
        if full.partial != sliding.partial {
            return Err(self.unsupported("a `partial_rotary_factor` that differs between layers"));
        }
        // As Python's `int(head_dim * factor)`.
        let rotary_dim = (full.partial != 1.0).then_some((cfg.d_head as f64 * full.partial) as usize);
        let unstretched = RotaryScaling::Linear { factor: 1.0 };
        Ok(HookedTransformerConfig {
            rotary_dim,
            rotary_base: full.theta,
            rotary_base_local: (sliding.theta != full.theta).then_some(sliding.theta),
            rotary_scaling: full.scaling,
            rotary_scaling_local: (sliding.scaling != full.scaling).then_some(sliding.scaling.unwrap_or(unstretched)),
            ..cfg
        })
    }

    /// The settings in `object` or else at the top of the file.
    fn rope(&self, object: Option<&HfConfig>, fields: &RopeFields) -> Result<Rope> {
        let at_top = |names: &[&'static str]| names.iter().find(|name| self.get(name).is_some()).copied();
        let in_object = |name: &'static str| object.filter(|object| object.get(name).is_some());
        let theta = match (in_object("rope_theta"), at_top(fields.theta)) {
            (Some(object), _) => object.number_or("rope_theta", 0.0)?,
            (None, Some(name)) => self.number_or(name, 0.0)?,
            (None, None) => fields.default_theta,
        };
        let partial = match (in_object("partial_rotary_factor"), at_top(fields.partial)) {
            (Some(object), _) => object.number("partial_rotary_factor")?,
            (None, Some(name)) => self.number(name)?,
            (None, None) => fields.default_partial,
        };
        let scaling = object.map_or(Ok(None), |object| self.scaling(object))?;
        Ok(Rope { theta, partial, scaling })
    }

    /// How the object says that the rotation is stretched.
    fn scaling(&self, object: &HfConfig) -> Result<Option<RotaryScaling>> {
        let name = if object.get("rope_type").is_some() { "rope_type" } else { "type" };
        let kind = match (object.get(name), object.text(name)) {
            (None, _) => "default",
            (Some(_), Some(kind)) => kind,
            (Some(value), None) => return Err(self.wrong(name, format!("expected a name, got {value}"))),
        };
        Ok(match kind {
            "default" => None,
            "linear" => Some(RotaryScaling::Linear { factor: object.number("factor")? as f32 }),
            "llama3" => Some(RotaryScaling::Llama3 {
                factor: object.number("factor")? as f32,
                low_freq_factor: object.number("low_freq_factor")? as f32,
                high_freq_factor: object.number("high_freq_factor")? as f32,
                original_n_ctx: self.original_n_ctx(object)?,
            }),
            other => {
                return Err(self.unsupported(format!(
                    "the rotation's scaling (`rope_scaling` or `rope_parameters`) of type `{other}`; `default`, \
                     `linear` and `llama3` are known"
                )));
            }
        })
    }

    /// The context before it was stretched: in the object, at the top (which may repeat it), or what it is now.
    fn original_n_ctx(&self, object: &HfConfig) -> Result<usize> {
        const FIELD: &str = "original_max_position_embeddings";
        match (object.opt_size(FIELD)?, self.opt_size(FIELD)?) {
            (Some(inside), Some(at_top)) if inside != at_top => {
                Err(self.wrong(FIELD, format!("it is {at_top}, but {inside} among the parameters of the rotation")))
            }
            (Some(n_ctx), _) | (None, Some(n_ctx)) => Ok(n_ctx),
            (None, None) => self.size("max_position_embeddings"),
        }
    }

    /// A field that holds settings of the rotation: an object, or the name of a type alone.
    fn settings(&self, field: &str) -> Result<Option<HfConfig>> {
        match self.get(field) {
            None => Ok(None),
            Some(Value::Object(fields)) => Ok(Some(self.with_fields(fields.clone()))),
            Some(Value::String(kind)) => {
                let fields = Map::from_iter([("rope_type".to_string(), Value::from(kind.as_str()))]);
                Ok(Some(self.with_fields(fields)))
            }
            Some(other) => Err(self.wrong(field, format!("expected an object or the name of a type, got {other}"))),
        }
    }
}

/// Whether settings are nested by type of layer.
fn is_nested(settings: &HfConfig) -> bool {
    settings.has(FULL) || settings.has(SLIDING)
}
