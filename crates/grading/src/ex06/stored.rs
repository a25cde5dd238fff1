//! The stored references of exercise 06: pairs of prompts for tiny random models and for the embedded one, and what an
//! independent program measured after each patch.

use std::sync::Arc;

use hooked_transformer::{ActivationCache, HookedTransformer, Tokens};
use ndarray::ArrayView3;

use crate::cases::Cases;
use crate::compare::Want;
use crate::hooks;
use crate::models::{Files, gpt2};
use crate::reference::{self, Damaged, Kept};
use crate::value::Tensor;

const ARRAYS: &str = "reference_data/activations/exercise_06.safetensors";
const FACTS: &str = "reference_data/activations/exercise_06.json";

/// The tiny models, each with a batch of pairs.
pub(super) const TINY: [&str; 2] = ["patch_0", "patch_1"];

/// The first pair of either kind for the embedded model.
pub(super) const EMBEDDED: [&str; 2] = ["word", "cue"];

/// The shortest word swap for the embedded model, for maps that take hundreds of runs.
pub(super) const SHORT: &str = "short";

/// Logit differences of a few nats, after runs of the whole model.
pub(super) const METRIC: f64 = 2e-4;

/// The same for the embedded model, whose pairs differ by up to 24 nats.
pub(super) const EMBEDDED_METRIC: f64 = 2e-3;

/// Which of the two prompts is run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// The corrupted prompt is run, and clean activations are patched in.
    Denoising,
    /// The clean prompt is run, and corrupted activations are patched in.
    Noising,
}

/// A model with a batch of pairs of prompts.
pub(super) struct Pair {
    pub model: HookedTransformer,
    pub clean: Tokens,
    pub corrupted: Tokens,
    pub right: Vec<usize>,
    pub wrong: Vec<usize>,
}

/// A pair in one direction: what is run, and what is patched in.
pub(super) struct Patching {
    pub model: HookedTransformer,
    pub base: Tokens,
    pub base_cache: ActivationCache,
    pub source: ActivationCache,
    pub right: Vec<usize>,
    pub wrong: Vec<usize>,
}

/// Both files, read once.
pub(super) fn files() -> Result<Arc<Files>, Damaged> {
    static FILES: Kept<Files> = Kept::new();
    FILES.get(|| Files::read(ARRAYS, FACTS))
}

/// A model with its pairs.
pub(super) fn pair(key: &str) -> Result<Pair, Damaged> {
    let files = files()?;
    let answers = |name: &str| -> Result<Vec<usize>, Damaged> {
        Ok(files.arrays.get(&format!("{key}.{name}"))?.data.iter().map(|id| *id as usize).collect())
    };
    Ok(Pair {
        model: if is_embedded(key) { gpt2()? } else { files.tiny_model(key)? },
        clean: files.tokens(&format!("{key}.clean"))?,
        corrupted: files.tokens(&format!("{key}.corrupted"))?,
        right: answers("right")?,
        wrong: answers("wrong")?,
    })
}

/// A pair, ready to be patched.
pub(super) fn patching(key: &str, direction: Direction) -> Result<Patching, Damaged> {
    let Pair { model, clean, corrupted, right, wrong } = pair(key)?;
    let cache = |tokens: &Tokens| {
        model.run(tokens).cache().map_err(|error| reference::unusable("the models of exercise 06", &error.to_string()))
    };
    let (clean_cache, corrupted_cache) = (cache(&clean)?, cache(&corrupted)?);
    let (base, base_cache, source) = match direction {
        Direction::Denoising => (corrupted, corrupted_cache, clean_cache),
        Direction::Noising => (clean, clean_cache, corrupted_cache),
    };
    Ok(Patching { model, base, base_cache, source, right, wrong })
}

/// A stored array.
pub(super) fn tensor(name: &str) -> Result<Tensor, Damaged> {
    files()?.arrays.get(name)
}

/// Whether a pair is one of the embedded model.
fn is_embedded(key: &str) -> bool {
    key == SHORT || EMBEDDED.contains(&key)
}

/// How far the metric of a pair may be off.
pub(super) fn tolerance_of(key: &str) -> f64 {
    if is_embedded(key) { EMBEDDED_METRIC } else { METRIC }
}

/// A stored map as what a case must return.
pub(super) fn want(
    key: &str,
    name: &str,
    axes: &'static [&'static str],
) -> impl FnOnce() -> Result<Want, Damaged> + 'static {
    let tolerance = tolerance_of(key);
    let name = format!("{key}.{name}");
    move || Ok(Want::Array { values: tensor(&name)?, axes, tolerance })
}

/// The words for a model and its pairs in a verdict.
pub(super) fn words(key: &str) -> Result<String, Damaged> {
    let files = files()?;
    let tokens = files.tokens(&format!("{key}.clean"))?;
    if is_embedded(key) {
        let kind = if key == "cue" { "adjectives exchanged" } else { "another noun" };
        return Ok(format!("gpt2-tales, a pair with {kind}, {} tokens", tokens.ncols()));
    }
    let cfg = files.tiny_config(key)?;
    let (batch, n_pos) = tokens.dim();
    Ok(format!("a tiny model, {} layers, {} heads, {batch} pairs of {n_pos} tokens", cfg.n_layers, cfg.n_heads))
}

/// The words for a direction.
pub(super) fn direction_words(direction: Direction) -> &'static str {
    match direction {
        Direction::Denoising => "clean into corrupted",
        Direction::Noising => "corrupted into clean",
    }
}

/// The logit difference at the last position, averaged over the batch: for the graders of hooks.
pub(super) fn metric(logits: ArrayView3<f32>, right: &[usize], wrong: &[usize]) -> f32 {
    let (batch, n_pos, _) = logits.dim();
    let differences = (0..batch).map(|item| {
        let last = |token: usize| f64::from(logits[[item, n_pos - 1, token]]);
        last(right[item]) - last(wrong[item])
    });
    (differences.sum::<f64>() / batch as f64) as f32
}

/// The model must be left as it was found.
pub(super) fn leaves_no_hook(cases: &mut Cases, call: impl FnOnce(&Patching) + Send + 'static) {
    let inputs = || patching(TINY[1], Direction::Denoising);
    hooks::leaves_none(cases, inputs, move |patching| {
        call(&patching);
        patching.model.list_hooks().len()
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cell of the figures found.
    fn found(kind: &str, map: &str, layer: usize, head: usize) -> f64 {
        files().unwrap().facts["found"][kind][map][layer][head].as_f64().unwrap()
    }

    #[test]
    fn what_the_corruption_changes_decides_which_heads_the_map_shows() {
        for kind in ["word", "word_held_back"] {
            let at = |layer, head| found(kind, "heads_denoising", layer, head);
            assert!(at(0, 5) > 0.7 && at(2, 1) > 0.5 && at(0, 4).abs() < 0.05, "{kind}");
        }
        for kind in ["cue", "cue_held_back"] {
            let at = |layer, head| found(kind, "heads_denoising", layer, head);
            assert!(at(0, 4) > 0.9 && at(2, 1) > 0.9 && at(0, 5).abs() < 0.05, "{kind}");
        }
    }

    #[test]
    fn there_are_sixteen_pairs_that_change_by_five_nats() {
        let pairs = reference::json("reference_data/activations/patching_pairs.json").unwrap();
        let pairs = pairs.as_array().unwrap();
        let change = |pair: &serde_json::Value| pair["clean"].as_f64().unwrap() - pair["corrupted"].as_f64().unwrap();
        assert!(pairs.iter().filter(|pair| change(pair) >= 5.0).count() >= 16);
    }

    /// Otherwise a check could not tell the directions apart.
    #[test]
    fn the_directions_differ() {
        for key in TINY {
            assert_ne!(tensor(&format!("{key}.z")).unwrap(), tensor(&format!("{key}.z_noising")).unwrap());
        }
    }
}
