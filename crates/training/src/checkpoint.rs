//! Everything that is needed to go on, bit for bit, as one safetensors file.
//!
//! | tensor | what |
//! |---|---|
//! | `model.NAME` | a weight, by its name in TransformerLens |
//! | `adamw.mean.NAME`, `adamw.square.NAME` | AdamW's running means |
//! | `muon.momentum.NAME` | Muon's momentum |
//!
//! The header's entry `training` is JSON: the recipe, the step, and where the generator of batches is.

use std::collections::HashMap;

use hooked_transformer::HookedTransformer;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};

use crate::book::Text;
use crate::error::{Result, TrainingError};
use crate::random::Pcg64;
use crate::recipe::Recipe;
use crate::trainer::Trainer;

/// The entry of the header.
const ENTRY: &str = "training";
const MODEL: &str = "model.";

/// A run as it was at one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    progress: Progress,
    /// By name: shape and values.
    tensors: HashMap<String, (Vec<usize>, Vec<f32>)>,
}

/// What is not a tensor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Progress {
    recipe: Recipe,
    step: usize,
    batches: Pcg64,
}

fn damaged(problem: impl Into<String>) -> TrainingError {
    TrainingError::Checkpoint { problem: problem.into() }
}

impl Checkpoint {
    /// The run as it is now.
    pub fn of(trainer: &Trainer) -> Self {
        let progress = Progress {
            recipe: trainer.recipe.clone(),
            step: trainer.step,
            batches: trainer.batches.position().clone(),
        };
        let weights = trainer.model.state_dict().into_iter().map(|(name, values)| {
            (format!("{MODEL}{name}"), (values.shape().to_vec(), values.iter().copied().collect()))
        });
        let state = trainer.optimizers.state().into_iter();
        let state = state.map(|(name, values)| (name, (vec![values.len()], values.to_vec())));
        Checkpoint { progress, tensors: weights.chain(state).collect() }
    }

    /// The recipe of the run.
    pub fn recipe(&self) -> &Recipe {
        &self.progress.recipe
    }

    /// Steps that had been taken.
    pub fn step(&self) -> usize {
        self.progress.step
    }

    /// Goes on where the run was; on the same text, it ends with the same weights as if it had not been interrupted.
    ///
    /// # Errors
    /// The recipe is another than the checkpoint's, or a tensor is missing or has another shape.
    pub fn resume(&self, recipe: &Recipe, text: &Text) -> Result<Trainer> {
        if let Some(problem) = difference(&self.progress.recipe, recipe) {
            return Err(damaged(problem));
        }
        let recipe = &self.progress.recipe;
        let mut trainer = Trainer::of_model(recipe.clone(), text, self.model()?)?;
        let find = |name: &str| self.tensors.get(name).map(|(_, values)| &values[..]);
        let steps = u32::try_from(self.progress.step).map_err(|_| damaged("its step is absurd"))?;
        trainer.optimizers.restore(steps, find)?;
        trainer.batches.set_position(self.progress.batches.clone());
        trainer.step = self.progress.step;
        Ok(trainer)
    }

    /// The model as it was.
    ///
    /// # Errors
    /// A weight is missing or has another shape.
    pub fn model(&self) -> Result<HookedTransformer> {
        let find = |name: &str| {
            let (shape, values) = self.tensors.get(&format!("{MODEL}{name}"))?;
            ndarray::ArrayViewD::from_shape(shape.clone(), values).ok()
        };
        let model = HookedTransformer::from_state_dict(self.progress.recipe.config(), find);
        model.map_err(|error| damaged(format!("its weights do not fit its recipe: {error}")))
    }

    /// The file.
    ///
    /// # Panics
    /// If the checkpoint is larger than a file can be.
    pub fn to_bytes(&self) -> Vec<u8> {
        let bytes: Vec<(&String, &Vec<usize>, Vec<u8>)> = self
            .tensors
            .iter()
            .map(|(name, (shape, values))| (name, shape, values.iter().flat_map(|v| v.to_le_bytes()).collect()))
            .collect();
        let mut views: Vec<(&String, TensorView<'_>)> = bytes
            .iter()
            .map(|(name, shape, bytes)| {
                (*name, TensorView::new(Dtype::F32, (*shape).clone(), bytes).expect("as many bytes as the shape says"))
            })
            .collect();
        views.sort_by_key(|(name, _)| *name);
        let progress = serde_json::to_string(&self.progress).expect("plain data");
        safetensors::serialize(views, Some(HashMap::from([(ENTRY.to_string(), progress)]))).expect("distinct names")
    }

    /// Reads the file.
    ///
    /// # Errors
    /// It is cut short, or is not a checkpoint of this crate.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let not_whole = |error| damaged(format!("it is not a whole safetensors file ({error})"));
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(not_whole)?;
        let progress = header.metadata().as_ref().and_then(|entries| entries.get(ENTRY));
        let progress = progress.ok_or_else(|| {
            damaged(format!(
                "its header has no entry `{ENTRY}`: it holds tensors, but is not a checkpoint of a training run"
            ))
        })?;
        let progress =
            serde_json::from_str(progress).map_err(|error| damaged(format!("its entry `{ENTRY}`: {error}")))?;
        let mut tensors = HashMap::new();
        for (name, view) in SafeTensors::deserialize(bytes).map_err(not_whole)?.iter() {
            if view.dtype() != Dtype::F32 {
                return Err(damaged(format!("`{name}` is {:?}, expected F32", view.dtype())));
            }
            let (values, _) = view.data().as_chunks::<4>();
            let values = values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
            tensors.insert(name.to_string(), (view.shape().to_vec(), values));
        }
        Ok(Checkpoint { progress, tensors })
    }
}

/// The fields in which two recipes differ, in words.
fn difference(checkpoint: &Recipe, wanted: &Recipe) -> Option<String> {
    let fields = |recipe: &Recipe| match serde_json::to_value(recipe) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => unreachable!("a recipe is a struct"),
    };
    let (stored, asked) = (fields(checkpoint), fields(wanted));
    let differing = stored.iter().filter(|(field, value)| asked[*field] != **value);
    let words: Vec<String> = differing.map(|(field, value)| format!("{field} {value}, not {}", asked[field])).collect();
    let go_on = "give the same options again, or choose another folder for a new run";
    (!words.is_empty()).then(|| format!("it is of a run with {}; {go_on}", words.join(" and ")))
}
