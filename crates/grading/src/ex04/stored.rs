//! The stored references of exercise 04, and the embedded model that they are about.

use std::sync::Arc;

use hooked_transformer::{HookedTransformerConfig, Tokenizer};
use ndarray::{Array1, Array2};
use serde_json::Value as Json;

use crate::models::Files;
use crate::reference::{self, Damaged, Kept, repository};
use crate::value::Tensor;

const ARRAYS: &str = "reference_data/activations/exercise_04.safetensors";
const FACTS: &str = "reference_data/activations/exercise_04.json";
const MODEL: &str = "reference_data/models/gpt2-tales";

/// Reads the references, once.
///
/// # Errors
/// The course is damaged.
pub(super) fn stored() -> Result<Arc<Files>, Damaged> {
    static FILES: Kept<Files> = Kept::new();
    FILES.get(|| Files::read(ARRAYS, FACTS))
}

/// The configuration of the embedded model, without its weights.
///
/// # Errors
/// The course is damaged.
pub(super) fn model_config() -> Result<HookedTransformerConfig, Damaged> {
    let file = format!("{MODEL}/config.json");
    let cfg = HookedTransformerConfig::from_json_file(repository().join(&file));
    cfg.map_err(|e| reference::unusable(&file, &e.to_string()))
}

/// The text of each token of the embedded model.
///
/// # Errors
/// The course is damaged.
pub(super) fn vocabulary() -> Result<Arc<[String]>, Damaged> {
    static VOCABULARY: Kept<Arc<[String]>> = Kept::new();
    let vocabulary = VOCABULARY.get(|| {
        let file = format!("{MODEL}/tokenizer.json");
        let damaged = |e: hooked_transformer::Error| reference::unusable(&file, &e.to_string());
        let tokenizer = Tokenizer::from_file(repository().join(&file)).map_err(damaged)?;
        (0..tokenizer.d_vocab()).map(|id| tokenizer.decode(&[id]).map_err(damaged)).collect()
    });
    vocabulary.map(|vocabulary| (*vocabulary).clone())
}

/// Two prompts that differ in what is to be steered, and the layer that the vector is taken from.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub positive: String,
    pub negative: String,
    pub layer: usize,
    /// How many tokens they have, BOS included.
    pub lengths: [usize; 2],
}

impl Pair {
    pub(super) fn words(&self) -> String {
        format!("{:?} against {:?}, layer {}", self.positive, self.negative, self.layer)
    }
}

impl Files {
    /// The facts about one item of a kind.
    pub(super) fn item(&self, kind: &'static str, item: usize) -> Facts<'_> {
        Facts { of: format!("{kind}[{item}]"), json: &self.facts[kind][item] }
    }

    /// The facts that are about no item.
    pub(super) fn general(&self) -> Facts<'_> {
        Facts { of: "the top".into(), json: &self.facts }
    }

    /// Every pair for activation addition; the first has the same length twice, the others come with a stored vector.
    pub(super) fn pairs(&self) -> Result<Vec<Pair>, Damaged> {
        let same = Facts { of: "same_length".into(), json: &self.facts["same_length"] };
        let others = (0..self.count("pairs")?).map(|i| self.item("pairs", i).pair());
        std::iter::once(same.pair()).chain(others).collect()
    }

    pub(super) fn array1(&self, name: &str) -> Result<Array1<f32>, Damaged> {
        Ok(self.arrays.get(name)?.data.iter().map(|x| *x as f32).collect())
    }

    pub(super) fn array2(&self, name: &str) -> Result<Array2<f32>, Damaged> {
        let Tensor { shape, data } = self.arrays.get(name)?;
        let lacks = || reference::lacks(ARRAYS, &format!("two axes at {name}"));
        let &[rows, columns] = &shape[..] else { return Err(lacks()) };
        Array2::from_shape_vec((rows, columns), data.iter().map(|x| *x as f32).collect()).map_err(|_| lacks())
    }
}

/// What is known about one thing.
pub(super) struct Facts<'a> {
    of: String,
    json: &'a Json,
}

impl Facts<'_> {
    fn lacks(&self, key: &str) -> Damaged {
        reference::lacks(FACTS, &format!("`{key}` as it should at {}", self.of))
    }

    fn read<T>(&self, key: &str, read: impl Fn(&Json) -> Option<T>) -> Result<T, Damaged> {
        read(&self.json[key]).ok_or_else(|| self.lacks(key))
    }

    fn list<T>(&self, key: &str, read: impl Fn(&Json) -> Option<T>) -> Result<Vec<T>, Damaged> {
        let list: Option<Vec<T>> = self.json[key].as_array().and_then(|list| list.iter().map(read).collect());
        list.filter(|list| !list.is_empty()).ok_or_else(|| self.lacks(key))
    }

    pub(super) fn number(&self, key: &str) -> Result<f64, Damaged> {
        self.read(key, Json::as_f64)
    }

    pub(super) fn whole(&self, key: &str) -> Result<usize, Damaged> {
        self.read(key, whole)
    }

    pub(super) fn position(&self, key: &str) -> Result<isize, Damaged> {
        self.read(key, |json| isize::try_from(json.as_i64()?).ok())
    }

    pub(super) fn flag(&self, key: &str) -> Result<bool, Damaged> {
        self.read(key, Json::as_bool)
    }

    pub(super) fn text(&self, key: &str) -> Result<String, Damaged> {
        self.read(key, text)
    }

    pub(super) fn wholes(&self, key: &str) -> Result<Vec<usize>, Damaged> {
        self.list(key, whole)
    }

    pub(super) fn numbers(&self, key: &str) -> Result<Vec<f32>, Damaged> {
        self.list(key, |json| Some(json.as_f64()? as f32))
    }

    pub(super) fn texts(&self, key: &str) -> Result<Vec<String>, Damaged> {
        self.list(key, text)
    }

    pub(super) fn prompts(&self, key: &str) -> Result<Vec<(String, String)>, Damaged> {
        self.list(key, |json| Some((text(json.get(0)?)?, text(json.get(1)?)?)))
    }

    fn pair(&self) -> Result<Pair, Damaged> {
        let lengths = self.wholes("lengths")?.try_into().map_err(|_| self.lacks("lengths"))?;
        let (positive, negative) = (self.text("positive")?, self.text("negative")?);
        Ok(Pair { positive, negative, layer: self.whole("layer")?, lengths })
    }
}

fn whole(json: &Json) -> Option<usize> {
    usize::try_from(json.as_u64()?).ok()
}

fn text(json: &Json) -> Option<String> {
    Some(json.as_str()?.to_string())
}

/// The references must tell right from wrong. They are made again with every new model, so that is not a matter of
/// course.
///
/// # Errors
/// That they do not, and in what.
pub(super) fn must_separate(holds: bool, what: &str) -> Result<(), Damaged> {
    if holds { Ok(()) } else { Err(reference::lacks(FACTS, &format!("references that tell answers apart: {what}"))) }
}
