//! The models that checks run on: the embedded ones, and tiny random ones whose weights are stored with the references.

use std::collections::HashMap;
use std::sync::OnceLock;

use hooked_transformer::{HookedTransformer, HookedTransformerConfig, Tokens};
use ndarray::{ArrayD, IxDyn};
use serde_json::Value as Json;

use crate::reference::{self, Arrays, Damaged, repository};
use crate::value::Tensor;

/// Two layers of attention and nothing else.
const ATTN_ONLY: &str = "attn-only-2l-tales";

/// Four layers, like GPT-2.
const GPT2: &str = "gpt2-tales";

/// The embedded model of attention alone, loaded once in this process. A clone shares its weights and has hooks of its
/// own.
pub(crate) fn attn_only() -> Result<HookedTransformer, Damaged> {
    static MODEL: OnceLock<Result<HookedTransformer, Damaged>> = OnceLock::new();
    MODEL.get_or_init(|| load(ATTN_ONLY)).clone()
}

/// The embedded model that is like GPT-2, loaded once in this process. A clone shares its weights and has hooks of its own.
pub(crate) fn gpt2() -> Result<HookedTransformer, Damaged> {
    static MODEL: OnceLock<Result<HookedTransformer, Damaged>> = OnceLock::new();
    MODEL.get_or_init(|| load(GPT2)).clone()
}

fn load(name: &str) -> Result<HookedTransformer, Damaged> {
    let folder = format!("reference_data/models/{name}");
    HookedTransformer::load(repository().join(&folder))
        .map_err(|error| reference::unusable(&folder, &error.to_string()))
}

/// The two files of an exercise's references.
pub(crate) struct Files {
    /// The path of the file of arrays.
    pub arrays_file: &'static str,
    /// Its arrays.
    pub arrays: Arrays,
    /// The path of the file of facts.
    pub facts_file: &'static str,
    /// Its facts.
    pub facts: Json,
}

impl Files {
    pub(crate) fn read(arrays_file: &'static str, facts_file: &'static str) -> Result<Self, Damaged> {
        let (arrays, facts) = (Arrays::read(arrays_file)?, reference::json(facts_file)?);
        Ok(Self { arrays_file, arrays, facts_file, facts })
    }

    /// How many items there are of a kind: "texts", "pairs".
    ///
    /// # Errors
    /// When there are none: a check without cases would accept anything.
    pub(crate) fn count(&self, kind: &str) -> Result<usize, Damaged> {
        let count = self.facts[kind].as_array().map_or(0, Vec::len);
        if count == 0 { Err(reference::lacks(self.facts_file, &format!("any {kind}"))) } else { Ok(count) }
    }

    /// A stored array as it is.
    pub(crate) fn tensor(&self, name: &str) -> Result<Tensor, Damaged> {
        self.arrays.get(name)
    }

    /// The configuration of a tiny model, `models.KEY` of the facts.
    pub(crate) fn tiny_config(&self, key: &str) -> Result<HookedTransformerConfig, Damaged> {
        HookedTransformerConfig::from_json(self.facts["models"][key].clone())
            .map_err(|error| reference::unusable(self.facts_file, &error.to_string()))
    }

    /// A tiny model, whose parameters are the arrays `KEY.weights.NAME`.
    pub(crate) fn tiny_model(&self, key: &str) -> Result<HookedTransformer, Damaged> {
        let prefix = format!("{key}.weights.");
        let mut weights = HashMap::new();
        for name in self.arrays.names() {
            if let Some(weight) = name.strip_prefix(&prefix) {
                let array = self.arrays.get(&name)?;
                let array = to_array(&array).ok_or_else(|| reference::lacks(self.arrays_file, &name))?;
                weights.insert(weight.to_string(), array);
            }
        }
        let weight = |name: &str| weights.get(name).map(|array| array.view());
        let model = HookedTransformer::from_state_dict(self.tiny_config(key)?, weight);
        model.map_err(|error| reference::unusable(self.facts_file, &error.to_string()))
    }

    /// Stored tokens, `[batch, pos]`.
    pub(crate) fn tokens(&self, name: &str) -> Result<Tokens, Damaged> {
        let Tensor { shape, data } = self.arrays.get(name)?;
        let lacks = || reference::lacks(self.arrays_file, &format!("tokens [batch, pos] at {name}"));
        let &[batch, n_pos] = &shape[..] else {
            return Err(lacks());
        };
        let ids = data.iter().map(|id| *id as usize).collect();
        Tokens::from_shape_vec((batch, n_pos), ids).map_err(|_| lacks())
    }
}

fn to_array(tensor: &Tensor) -> Option<ArrayD<f32>> {
    ArrayD::from_shape_vec(IxDyn(&tensor.shape), tensor.data.iter().map(|x| *x as f32).collect()).ok()
}
