//! The stored references of exercise 03: tiny random models with their weights, and what an independent program computed
//! with them and with the embedded models.

use std::sync::Arc;

use hooked_transformer::{ActivationCache, HookedTransformer, NameFilter, Tokens};
use serde_json::Value as Json;

use crate::cases::{Asked, Cases};
use crate::compare::Want;
use crate::models::{Files, attn_only, gpt2};
use crate::reference::{self, Damaged, Kept};
use crate::value::Value;

pub(super) const ARRAYS: &str = "reference_data/activations/exercise_03.safetensors";
const FACTS: &str = "reference_data/activations/exercise_03.json";

/// An embedded model: two layers of attention and nothing else.
pub(super) const ATTN_ONLY: &str = "attn-only-2l-tales";
/// An embedded model of GPT-2's architecture.
pub(super) const GPT2: &str = "gpt2-tales";

/// A wrong answer must be this many tolerances off, on the embedded models too.
const ROOM: f64 = 10.0;

/// Reads the references, once.
///
/// # Errors
/// The course is damaged.
pub(super) fn stored() -> Result<Arc<Files>, Damaged> {
    static FILES: Kept<Files> = Kept::new();
    FILES.get(|| Files::read(ARRAYS, FACTS))
}

/// A model with the tokens to run it on, and the name under which its references are stored.
#[derive(Clone)]
pub(super) struct Case {
    pub key: &'static str,
    /// The embedded model; otherwise it is a tiny one, on which a mistake is recognized.
    embedded: Option<&'static str>,
    pub tokens: Tokens,
    /// In words, for the verdict.
    pub words: String,
}

impl Case {
    /// Whether the model is one of those that the course comes with.
    pub(super) fn is_embedded(&self) -> bool {
        self.embedded.is_some()
    }

    /// The model, with hooks of its own.
    pub(super) fn model(&self) -> Result<HookedTransformer, Damaged> {
        match self.embedded {
            Some(ATTN_ONLY) => attn_only(),
            Some(_) => gpt2(),
            None => stored()?.tiny_model(self.key),
        }
    }

    /// The model with its tokens: the inputs of most calls.
    pub(super) fn model_and_tokens(&self) -> Result<(HookedTransformer, Tokens), Damaged> {
        Ok((self.model()?, self.tokens.clone()))
    }

    /// All activations, or those of a filter: an input of the learner's function, not what it is compared with.
    pub(super) fn cache(&self, filter: Option<NameFilter<'_>>) -> Result<ActivationCache, Damaged> {
        let model = self.model()?;
        let run = model.run(&self.tokens);
        let run = match filter {
            Some(filter) => run.names_filter(filter),
            None => run,
        };
        run.cache().map_err(|error| reference::unusable(FACTS, &error.to_string()))
    }

    /// What the oracle computed.
    pub(super) fn want(
        &self,
        name: &str,
        axes: &'static [&'static str],
        tolerance: f64,
    ) -> impl FnOnce() -> Result<Want, Damaged> + 'static {
        let name = format!("{}.{name}", self.key);
        move || Ok(Want::Array { values: stored()?.tensor(&name)?, axes, tolerance })
    }

    /// Adds a case of a check; on a tiny model a mistake is recognized by what it gives.
    pub(super) fn add<I: Send + 'static, T: Into<Value>>(
        &self,
        cases: &mut Cases,
        what: &str,
        want: impl FnOnce() -> Result<Want, Damaged> + 'static,
        inputs: impl FnOnce() -> Result<I, Damaged> + Send + 'static,
        call: impl FnOnce(I) -> T + Send + 'static,
    ) -> Asked {
        let name = format!("{}{what}", self.words);
        if self.embedded.is_none() {
            cases.case_on(name, want, inputs, call)
        } else {
            cases.case_without_diagnosis(name, want, inputs, call)
        }
    }

    /// Adds a case whose inputs are the model and the tokens.
    pub(super) fn add_run<T: Into<Value>>(
        &self,
        cases: &mut Cases,
        what: &str,
        want: impl FnOnce() -> Result<Want, Damaged> + 'static,
        call: impl FnOnce(&HookedTransformer, &Tokens) -> T + Send + 'static,
    ) -> Asked {
        let case = self.clone();
        self.add(cases, what, want, move || case.model_and_tokens(), move |(model, tokens)| call(&model, &tokens))
    }
}

impl Files {
    /// A tiny model.
    pub(super) fn tiny(&self, key: &'static str) -> Result<Case, Damaged> {
        let (cfg, tokens) = (self.tiny_config(key)?, self.tokens(&format!("{key}.tokens"))?);
        let words = format!("a tiny model, {} layers of {} heads, batch {}", cfg.n_layers, cfg.n_heads, tokens.nrows());
        Ok(Case { key, embedded: None, tokens, words })
    }

    /// An embedded model on stored tokens.
    pub(super) fn embedded(&self, model: &'static str, key: &'static str) -> Result<Case, Damaged> {
        let tokens = self.tokens(&format!("{key}.tokens"))?;
        let words = format!("{model}, batch {}, {} positions", tokens.nrows(), tokens.ncols());
        Ok(Case { key, embedded: Some(model), tokens, words })
    }

    /// Both tiny attention-only models and the embedded one, each on repeated tokens.
    pub(super) fn on_repeated_tokens(&self) -> Result<Vec<Case>, Damaged> {
        Ok(vec![self.tiny("attn_0")?, self.tiny("attn_1")?, self.embedded(ATTN_ONLY, "repeated")?])
    }

    /// The heads `(layer, head)` of a tiny model whose ablation is stored.
    pub(super) fn ablated(&self, key: &str) -> Result<Vec<(usize, usize)>, Damaged> {
        let lacks = || reference::lacks(FACTS, &format!("ablated heads of {key}"));
        let index = |json: &Json| json.as_u64().map(|i| i as usize).ok_or_else(lacks);
        let heads = &self.facts["ablated"][key]["heads"];
        let heads = heads.as_array().filter(|heads| !heads.is_empty()).ok_or_else(lacks)?;
        heads.iter().map(|pair| Ok((index(&pair[0])?, index(&pair[1])?))).collect()
    }

    /// The head of a tiny model that is silenced in every layer.
    pub(super) fn silenced_everywhere(&self, key: &str) -> Result<usize, Damaged> {
        let head = self.facts["ablated"][key]["everywhere"].as_u64();
        head.map(|head| head as usize)
            .ok_or_else(|| reference::lacks(FACTS, &format!("a head of {key} that is silenced everywhere")))
    }

    /// Makes sure that a stored answer of an embedded model, which may have been trained again, still lies apart from
    /// what a known mistake gives.
    ///
    /// # Errors
    /// It does not: a check with it would accept that mistake.
    pub(super) fn apart(&self, right: &str, wrong: &str, tolerance: f64) -> Result<(), Damaged> {
        let (a, b) = (self.tensor(right)?, self.tensor(wrong)?);
        let furthest = a.data.iter().zip(&b.data).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        if a.shape != b.shape || furthest >= ROOM * tolerance {
            return Ok(());
        }
        Err(reference::lacks(ARRAYS, &format!("a `{right}` that can be told from `{wrong}`")))
    }

    /// As [`apart`](Self::apart), from zero everywhere, in each row: a layer, a depth.
    pub(super) fn not_zero(&self, right: &str, tolerance: f64) -> Result<(), Damaged> {
        let tensor = self.tensor(right)?;
        let row = tensor.data.len() / tensor.shape.first().copied().unwrap_or(1).max(1);
        let tells = |row: &[f64]| row.iter().any(|x| x.abs() >= ROOM * tolerance);
        if row > 0 && tensor.data.chunks(row).all(tells) {
            return Ok(());
        }
        Err(reference::lacks(ARRAYS, &format!("a `{right}` that can be told from zero")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The figures that the guide quotes, `[layer][head]` or by component.
    fn found(name: &str) -> Vec<Vec<f64>> {
        let stored = stored().unwrap();
        let numbers = |json: &Json| json.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect();
        stored.facts["found"]["repeated"][name].as_array().unwrap().iter().map(numbers).collect()
    }

    fn largest(values: &[f64]) -> usize {
        (0..values.len()).max_by(|a, b| values[*a].total_cmp(&values[*b])).unwrap()
    }

    #[test]
    fn the_embedded_model_tells_the_story() {
        let (previous, induction, zero) = (found("previous"), found("induction"), found("zero_ablation"));
        let looks_back = largest(&previous[0]);
        assert!(previous[0][looks_back] > 0.5, "no head of layer 0 attends to the previous token");
        let cost = zero[0][looks_back];
        assert!(cost > 1.0 && 2.0 * cost >= zero[0][largest(&zero[0])], "the previous-token head is hardly missed");
        let inducts = largest(&induction[1]);
        assert!(induction[1][inducts] > 0.4, "no head of layer 1 is on the induction stripe");
        assert!(induction[1][largest(&zero[1])] > 0.4, "another kind of head of layer 1 is missed most");
        assert!(induction[0].iter().all(|score| *score < 0.3), "an induction head in layer 0");
    }

    #[test]
    fn the_induction_heads_carry_the_second_copy() {
        let stored = stored().unwrap();
        let halves = &stored.facts["found"]["repeated"];
        let (first, second) = (&halves["attribution_first_half"], &halves["attribution_second_half"]);
        let induction = found("induction");
        let n_heads = induction[0].len();
        let numbers =
            |json: &Json| -> Vec<f64> { json.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect() };
        let (first, second) = (numbers(first), numbers(second));
        let carries = largest(&second[1..]) + 1;
        assert!(carries > n_heads, "a head of layer 0 carries the second copy");
        assert!(induction[1][carries - 1 - n_heads] > 0.4, "component {carries} is no induction head");
        assert!(second[carries] > 3.0 * first[carries].abs(), "{} and {}", first[carries], second[carries]);
    }

    #[test]
    fn references_that_do_not_separate_are_damage() {
        let stored = stored().unwrap();
        assert!(stored.apart("repeated.zero_table", "repeated.mean_table", 1e-4).is_ok());
        assert!(stored.apart("repeated.zero_table", "repeated.zero_table", 1e-4).is_err());
        assert!(stored.not_zero("repeated.zero_table", 1e-4).is_ok());
        assert!(stored.not_zero("attn_1.mean_table", 1e-2).is_err(), "a batch of one is its own mean");
    }
}
