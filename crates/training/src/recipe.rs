//! All the choices of a run in one place: the model's size, the data, the optimizers.

use hooked_transformer::{HookedTransformerConfig, PositionalEmbeddingType};
use serde::{Deserialize, Serialize};

use crate::batches::Mixture;
use crate::book::Characters;
use crate::error::{Result, TrainingError};
use crate::optimizers::Precision;
use crate::schedule::Schedule;

/// What trains the matrices inside the layers; the rest is AdamW's in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptimizerChoice {
    /// Muon, whose updates are equally large in every direction.
    Muon,
    /// AdamW.
    AdamW,
}

/// A training run, but for its text. Start from [`Recipe::grow`] or [`Recipe::tales`] and change what the experiment is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Layers of attention.
    pub layers: usize,
    /// Heads in a layer.
    pub heads: usize,
    /// Width of the residual stream; a head's is this over the number of heads.
    pub width: usize,
    /// Tokens in a row, the first of which is [`BOS`](crate::BOS).
    pub context: usize,
    /// Number of tokens there are.
    pub vocabulary: usize,
    /// Steps after which the run is over.
    pub steps: usize,
    /// Rows in a batch.
    pub rows: usize,
    /// How a batch is composed.
    pub mixture: Mixture,
    /// Who trains the matrices inside the layers.
    pub optimizer: OptimizerChoice,
    /// AdamW's full learning rate.
    pub rate: f64,
    /// Muon's full learning rate.
    pub muon_rate: f64,
    /// Whether Muon takes the queries and keys of all heads of a layer as one matrix, as PyTorch's `nn.Linear` of both does;
    /// otherwise queries are one matrix and keys another.
    pub joint_query_key: bool,
    /// The numbers of Muon's orthogonalization.
    pub muon_precision: Precision,
    /// How much of every matrix decays per step, in units of the learning rate.
    pub weight_decay: f64,
    /// How the learning rates change over the run.
    pub schedule: Schedule,
    /// The longest gradient; a longer one is shortened to this.
    pub clip: f64,
    /// Parts of a batch that are computed side by side. Part of the recipe, since sums in another order round differently.
    pub parts: usize,
    /// Seed of the initial weights and of the batches.
    pub seed: u64,
}

impl Recipe {
    /// What was measured to grow an induction head fastest: characters of one book, half of the rows a repeated random
    /// segment, rates three times those that are usual for a longer run, and two wide heads, which cost half of what four
    /// narrow ones do. The bump comes after 190 to 260 steps.
    pub fn grow() -> Self {
        Recipe {
            layers: 2,
            heads: 2,
            width: 64,
            context: 64,
            vocabulary: Characters::VOCABULARY,
            steps: 1500,
            rows: 16,
            mixture: Mixture { repeated: 0.5, real: 0.0, by_frequency: 0.0, shortest: 8 },
            optimizer: OptimizerChoice::Muon,
            rate: 0.01,
            muon_rate: 0.06,
            joint_query_key: false,
            muon_precision: Precision::Single,
            weight_decay: 0.01,
            schedule: Schedule { warm_up: 20, decay_from: None },
            clip: 1.0,
            parts: 2,
            seed: 0,
        }
    }

    /// The recipe of the embedded model `attn-only-2l-tales`, as `reference_data/training/train.py` runs it.
    pub fn tales() -> Self {
        Recipe {
            layers: 2,
            heads: 8,
            width: 256,
            context: 256,
            vocabulary: 4096,
            steps: 6000,
            rows: 8,
            mixture: Mixture { repeated: 0.4, real: 0.25, by_frequency: 0.55, shortest: 8 },
            optimizer: OptimizerChoice::Muon,
            rate: 2e-3,
            muon_rate: 0.02,
            joint_query_key: true,
            muon_precision: Precision::Bfloat16,
            weight_decay: 0.05,
            schedule: Schedule { warm_up: 100, decay_from: Some(0.4) },
            clip: 1.0,
            parts: 2,
            seed: 398,
        }
    }

    /// Tokens in a batch.
    pub fn tokens_per_step(&self) -> usize {
        self.rows * self.context
    }

    /// The model's configuration: attention only, positions added to queries and keys, no norms.
    pub fn config(&self) -> HookedTransformerConfig {
        let d_head = self.width / self.heads.max(1);
        HookedTransformerConfig {
            n_heads: self.heads,
            attn_only: true,
            act_fn: None,
            normalization_type: None,
            positional_embedding_type: PositionalEmbeddingType::Shortformer,
            seed: Some(self.seed),
            ..HookedTransformerConfig::new(self.layers, self.width, d_head, self.context, self.vocabulary)
        }
    }

    /// # Errors
    /// The recipe contradicts itself: the field, what was expected, and what came.
    pub fn check(&self) -> Result<()> {
        let wrong = |field, problem: String| Err(TrainingError::Recipe { field, problem });
        let counts = [
            ("layers", self.layers),
            ("heads", self.heads),
            ("width", self.width),
            ("rows", self.rows),
            ("steps", self.steps),
            ("parts", self.parts),
        ];
        if let Some((field, _)) = counts.into_iter().find(|(_, count)| *count == 0) {
            return wrong(field, "expected at least 1, got 0".to_string());
        }
        if !self.width.is_multiple_of(self.heads) {
            let (width, heads) = (self.width, self.heads);
            let (below, above) = (width / heads * heads, (width / heads + 1) * heads);
            let nearest = if below == 0 { above.to_string() } else { format!("{below} or {above}") };
            let problem = format!("{heads} heads do not divide a width of {width}; a width of {nearest} would do");
            return wrong("width", problem);
        }
        if !self.width.is_multiple_of(2) {
            return wrong(
                "width",
                format!("expected an even number (positions are sines and cosines), got {}", self.width),
            );
        }
        if !(2..=usize::from(u16::MAX) + 1).contains(&self.vocabulary) {
            return wrong("vocabulary", format!("expected 2 to 65536 tokens, got {}", self.vocabulary));
        }
        let Mixture { repeated, real, by_frequency, shortest } = self.mixture;
        for (field, share) in [("repeated", repeated), ("real", real), ("by_frequency", by_frequency)] {
            if !(0.0..=1.0).contains(&share) {
                return wrong(field, format!("expected a share from 0 to 1, got {share}"));
            }
        }
        if shortest == 0 || self.context < 2 * shortest + 1 {
            let problem = format!(
                "a row of {} tokens has no room for two copies of the shortest segment, {shortest} tokens; expected at least {}",
                self.context,
                2 * shortest.max(1) + 1
            );
            return wrong("context", problem);
        }
        let rates = [("rate", self.rate), ("muon_rate", self.muon_rate), ("clip", self.clip)];
        if let Some((field, rate)) = rates.into_iter().find(|(_, rate)| !(rate.is_finite() && *rate > 0.0)) {
            return wrong(field, format!("expected a number above 0, got {rate}"));
        }
        if !(self.weight_decay.is_finite() && self.weight_decay >= 0.0) {
            return wrong("weight_decay", format!("expected 0 or more, got {}", self.weight_decay));
        }
        if self.schedule.decay_from.is_some_and(|from| !(0.0..1.0).contains(&from)) {
            let problem = format!("expected a share of the run from 0 to below 1, got {:?}", self.schedule.decay_from);
            return wrong("decay_from", problem);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipe_that_contradicts_itself_says_where_and_what_would_do() {
        let grow = Recipe::grow;
        let mixture = |repeated, shortest| Mixture { repeated, shortest, ..grow().mixture };
        let cases = [
            (
                Recipe { width: 65, heads: 4, ..grow() },
                "width: 4 heads do not divide a width of 65; a width of 64 or 68 would do",
            ),
            (
                Recipe { width: 3, heads: 4, ..grow() },
                "width: 4 heads do not divide a width of 3; a width of 4 would do",
            ),
            (
                Recipe { width: 63, heads: 7, ..grow() },
                "width: expected an even number (positions are sines and cosines), got 63",
            ),
            (Recipe { heads: 0, ..grow() }, "heads: expected at least 1, got 0"),
            (Recipe { layers: 0, ..grow() }, "layers: expected at least 1, got 0"),
            (Recipe { rate: f64::NAN, ..grow() }, "rate: expected a number above 0, got NaN"),
            (Recipe { mixture: mixture(1.5, 8), ..grow() }, "repeated: expected a share from 0 to 1, got 1.5"),
            (
                Recipe { context: 16, ..grow() },
                "context: a row of 16 tokens has no room for two copies of the shortest segment, 8 tokens; expected at least 17",
            ),
        ];
        for (recipe, want) in cases {
            assert_eq!(recipe.check().unwrap_err().to_string(), want);
        }
        assert!(grow().check().is_ok() && Recipe::tales().check().is_ok());
    }
}
