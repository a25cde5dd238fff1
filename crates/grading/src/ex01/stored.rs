//! The stored references of exercise 01, and the models that they are about: the two embedded ones, and one made up for
//! the purpose.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use hooked_transformer::{ActivationCache, HookedTransformer, HookedTransformerConfig, Tokenizer, Tokens};
use ndarray::{ArrayD, Dimension, Ix3, Ix4, IxDyn};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::cases::{Asked, Cases};
use crate::compare::Want;
use crate::models::{Files, attn_only, gpt2};
use crate::reference::{self, Damaged, Kept, repository};
use crate::value::{Tensor, Value};

const ARRAYS: &str = "reference_data/activations/exercise_01.safetensors";
const FACTS: &str = "reference_data/activations/exercise_01.json";
const TOY_TOKENIZER: &str = "reference_data/activations/exercise_01_tokenizer.json";
const OTHER_TOY_TOKENIZER: &str = "reference_data/activations/exercise_01_tokenizer_other.json";

/// How the references call the made-up model.
const TOY: &str = "toy";

/// And the same with a capital letter in its vocabulary.
const OTHER_TOY: &str = "other_toy";

/// Counts, and yes or no, are right or wrong. The tolerance only has to be less than one.
pub(super) const OF_COUNTS: f64 = 0.01;

/// Single precision leaves a few 1e-7 on an attention pattern, and 1e-5 where scores are around a hundred; the nearest
/// mistake is more than a hundredth off.
pub(super) const OF_PATTERNS: f64 = 3e-4;

/// Reads the references, once.
fn stored() -> Result<Arc<Files>, Damaged> {
    static FILES: Kept<Files> = Kept::new();
    FILES.get(|| Files::read(ARRAYS, FACTS))
}

/// One item of a list of references.
#[derive(Clone, Copy)]
pub(super) struct Case {
    kind: &'static str,
    index: usize,
}

/// All items of a kind, such as "texts".
///
/// # Errors
/// The course is damaged; also when there are none, for a check without cases would accept anything.
pub(super) fn items(kind: &'static str) -> Result<Vec<Case>, Damaged> {
    Ok((0..stored()?.count(kind)?).map(|index| Case { kind, index }).collect())
}

/// An array of any rank that belongs to no item.
///
/// # Errors
/// The course is damaged.
pub(super) fn array<D: Dimension>(name: &str) -> Result<ndarray::Array<f32, D>, Damaged> {
    let array = to_f32(&stored()?.tensor(name)?)?;
    array.into_dimensionality().map_err(|e| reference::lacks(ARRAYS, &format!("`{name}` of the right rank ({e})")))
}

impl Case {
    /// A fact about the item.
    pub(super) fn get<T: DeserializeOwned>(&self, key: &str) -> Result<T, Damaged> {
        T::deserialize(&stored()?.facts[self.kind][self.index][key]).map_err(|_| self.lacks(key))
    }

    /// Something about the item is missing, or does not serve.
    pub(super) fn lacks(&self, what: &str) -> Damaged {
        reference::lacks(FACTS, &format!("{what} in {}[{}]", self.kind, self.index))
    }

    /// Its number in its list.
    pub(super) fn index(&self) -> usize {
        self.index
    }

    /// The model that the item is about.
    pub(super) fn model(&self) -> Result<&'static HookedTransformer, Damaged> {
        model(&self.get::<String>("model")?)
    }

    /// The model's name in words.
    pub(super) fn model_in_words(&self) -> Result<String, Damaged> {
        let name: String = self.get("model")?;
        Ok(match name.as_str() {
            TOY => "the made-up model".into(),
            OTHER_TOY => "another made-up model".into(),
            _ => name,
        })
    }

    pub(super) fn is_made_up(&self) -> Result<bool, Damaged> {
        Ok([TOY, OTHER_TOY].contains(&self.get::<String>("model")?.as_str()))
    }

    /// An array that belongs to the item, with its rank in the type.
    pub(super) fn array<D: Dimension>(&self, name: &str) -> Result<ndarray::Array<f32, D>, Damaged> {
        array(name)
    }

    /// Tokens `[batch, pos]`.
    pub(super) fn tokens(&self, name: &str) -> Result<Tokens, Damaged> {
        Ok(self.array::<ndarray::Ix2>(name)?.mapv(|id| id as usize))
    }

    /// Adds the item as a case of a check: mistakes are told apart on the made-up model alone, since what they give on
    /// the others depends on their weights.
    pub(super) fn add<I: Send + 'static, T: Into<Value>>(
        &self,
        cases: &mut Cases,
        name: String,
        want: impl FnOnce() -> Result<Want, Damaged> + 'static,
        inputs: impl FnOnce() -> Result<I, Damaged> + Send + 'static,
        call: impl FnOnce(I) -> T + Send + 'static,
    ) -> Result<Asked, Damaged> {
        Ok(if self.is_made_up()? {
            cases.case_on(name, want, inputs, call)
        } else {
            cases.case_without_diagnosis(name, want, inputs, call)
        })
    }
}

/// What a list of words must be.
pub(super) fn words(words: Vec<String>, what: &'static str) -> Want {
    Want::Words { words, what }
}

/// A run of a model whose tokens, logits, queries, keys and patterns are stored.
#[derive(Clone)]
pub(super) struct StoredRun {
    pub(super) case: Case,
    pub(super) name: String,
    pub(super) n_layers: usize,
}

/// All of them.
pub(super) fn runs() -> Result<Vec<StoredRun>, Damaged> {
    let runs = items("runs")?.into_iter();
    runs.map(|case| Ok(StoredRun { case, name: case.get("run")?, n_layers: case.get("n_layers")? })).collect()
}

impl StoredRun {
    pub(super) fn tokens(&self) -> Result<Tokens, Damaged> {
        self.case.tokens(&format!("{}.tokens", self.name))
    }

    pub(super) fn logits(&self) -> Result<ndarray::Array3<f32>, Damaged> {
        self.case.array::<Ix3>(&format!("{}.logits", self.name))
    }

    /// Queries or keys `[batch, pos, head, d_head]`, or a pattern `[batch, head, query_pos, key_pos]`.
    pub(super) fn activation(&self, site: &str, layer: usize) -> Result<ndarray::Array4<f32>, Damaged> {
        self.case.array::<Ix4>(&format!("{}.blocks.{layer}.attn.hook_{site}", self.name))
    }

    /// A cache of queries, keys and patterns in which `change` has had its way with each pattern.
    pub(super) fn cache(&self, change: impl Fn(usize, &mut ndarray::Array4<f32>)) -> Result<ActivationCache, Damaged> {
        let mut arrays = Vec::new();
        for layer in 0..self.n_layers {
            for site in ["q", "k", "pattern"] {
                let mut array = self.activation(site, layer)?;
                if site == "pattern" {
                    change(layer, &mut array);
                }
                arrays.push((format!("blocks.{layer}.attn.hook_{site}"), array.into_dyn()));
            }
        }
        Ok(ActivationCache::from_arrays(arrays))
    }

    /// What it is, in words.
    pub(super) fn in_words(&self) -> Result<String, Damaged> {
        let (batch, n_pos) = self.tokens()?.dim();
        Ok(format!("{}, batch {batch}, {n_pos} positions", self.case.model_in_words()?))
    }
}

/// A model by its name, loaded once.
fn model(name: &str) -> Result<&'static HookedTransformer, Damaged> {
    type Loaded = OnceLock<Result<HookedTransformer, Damaged>>;
    static MADE_UP: Loaded = OnceLock::new();
    static OTHER_MADE_UP: Loaded = OnceLock::new();
    static GPT2: Loaded = OnceLock::new();
    static ATTN_ONLY: Loaded = OnceLock::new();
    let loaded = match name {
        TOY => MADE_UP.get_or_init(|| made_up(TOY, TOY_TOKENIZER)),
        OTHER_TOY => OTHER_MADE_UP.get_or_init(|| made_up(OTHER_TOY, OTHER_TOY_TOKENIZER)),
        "gpt2-tales" => GPT2.get_or_init(gpt2),
        "attn-only-2l-tales" => ATTN_ONLY.get_or_init(attn_only),
        other => return Err(reference::lacks(FACTS, &format!("a model of this course, but `{other}`"))),
    };
    loaded.as_ref().map_err(Damaged::clone)
}

/// The configuration of an embedded model, without its weights.
pub(super) fn config_of(name: &str) -> Result<HookedTransformerConfig, Damaged> {
    let file = format!("reference_data/models/{name}/config.json");
    let cfg = HookedTransformerConfig::from_json_file(repository().join(&file));
    cfg.map_err(|e| reference::unusable(&file, &e.to_string()))
}

/// Both have the same weights.
fn made_up(name: &str, tokenizer: &'static str) -> Result<HookedTransformer, Damaged> {
    let stored = stored()?;
    let (arrays, facts) = (&stored.arrays, &stored.facts);
    let unusable = |file: &'static str| move |e: hooked_transformer::Error| reference::unusable(file, &e.to_string());
    let cfg = HookedTransformerConfig::from_json(facts[name]["config"].clone()).map_err(unusable(FACTS))?;
    let mut weights = HashMap::new();
    for name in facts[TOY]["weights"].as_array().into_iter().flatten().filter_map(Json::as_str) {
        weights.insert(name, to_f32(&arrays.get(&format!("toy.weights.{name}"))?)?);
    }
    let mut model = HookedTransformer::from_state_dict(cfg, |name| weights.get(name).map(|array| array.view()))
        .map_err(unusable(ARRAYS))?;
    let loaded = Tokenizer::from_file(repository().join(tokenizer)).map_err(unusable(tokenizer))?;
    model.set_tokenizer(loaded).map_err(unusable(tokenizer))?;
    Ok(model)
}

fn to_f32(tensor: &Tensor) -> Result<ArrayD<f32>, Damaged> {
    let data = tensor.data.iter().map(|x| *x as f32).collect();
    ArrayD::from_shape_vec(IxDyn(&tensor.shape), data).map_err(|e| reference::unusable(ARRAYS, &e.to_string()))
}
