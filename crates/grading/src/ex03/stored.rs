//! The stored references of exercise 03: tiny random models with their weights, and what an independent program computed
//! with them and with the embedded models.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use hooked_transformer::{ActivationCache, HookedTransformer, HookedTransformerConfig, NameFilter, Tokens};
use ndarray::{ArrayD, IxDyn};
use serde_json::Value as Json;

use crate::cases::Cases;
use crate::compare::Want;
use crate::reference::{self, Arrays, Damaged, Kept, repository};
use crate::value::{Tensor, Value};

const ARRAYS: &str = "reference_data/activations/exercise_03.safetensors";
const FACTS: &str = "reference_data/activations/exercise_03.json";

/// An embedded model: two layers of attention and nothing else.
pub(super) const ATTN_ONLY: &str = "attn-only-2l-tales";
/// An embedded model of GPT-2's architecture.
pub(super) const GPT2: &str = "gpt2-tales";

/// A wrong answer must be this many tolerances off, on the embedded models too.
const ROOM: f64 = 10.0;

/// Both files.
pub(super) struct Stored {
    arrays: Arrays,
    facts: Json,
}

/// Reads the references, once.
///
/// # Errors
/// The course is damaged.
pub(super) fn stored() -> Result<Arc<Stored>, Damaged> {
    static STORED: Kept<Stored> = Kept::new();
    STORED.get(|| Ok(Stored { arrays: Arrays::read(ARRAYS)?, facts: reference::json(FACTS)? }))
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
    /// The model, with hooks of its own.
    pub(super) fn model(&self) -> Result<HookedTransformer, Damaged> {
        match self.embedded {
            Some(name) => embedded_model(name).cloned(),
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
    ) {
        let name = format!("{}{what}", self.words);
        if self.embedded.is_none() {
            cases.case_on(name, want, inputs, call);
        } else {
            cases.case_without_diagnosis(name, want, inputs, call);
        }
    }

    /// Adds a case whose inputs are the model and the tokens.
    pub(super) fn add_run<T: Into<Value>>(
        &self,
        cases: &mut Cases,
        what: &str,
        want: impl FnOnce() -> Result<Want, Damaged> + 'static,
        call: impl FnOnce(&HookedTransformer, &Tokens) -> T + Send + 'static,
    ) {
        let case = self.clone();
        self.add(cases, what, want, move || case.model_and_tokens(), move |(model, tokens)| call(&model, &tokens));
    }
}

impl Stored {
    pub(super) fn tensor(&self, name: &str) -> Result<Tensor, Damaged> {
        self.arrays.get(name)
    }

    fn tiny_config(&self, key: &str) -> Result<HookedTransformerConfig, Damaged> {
        HookedTransformerConfig::from_json(self.facts["models"][key].clone())
            .map_err(|error| reference::unusable(FACTS, &error.to_string()))
    }

    fn tiny_model(&self, key: &str) -> Result<HookedTransformer, Damaged> {
        let prefix = format!("{key}.weights.");
        let mut weights = HashMap::new();
        for name in self.arrays.names() {
            if let Some(weight) = name.strip_prefix(&prefix) {
                let array = to_array(&self.arrays.get(&name)?).ok_or_else(|| reference::lacks(ARRAYS, &name))?;
                weights.insert(weight.to_string(), array);
            }
        }
        let weight = |name: &str| weights.get(name).map(|array| array.view());
        let model = HookedTransformer::from_state_dict(self.tiny_config(key)?, weight);
        model.map_err(|error| reference::unusable(FACTS, &error.to_string()))
    }

    /// A tiny model.
    pub(super) fn tiny(&self, key: &'static str) -> Result<Case, Damaged> {
        let (cfg, tokens) = (self.tiny_config(key)?, self.tokens(key)?);
        let words = format!("a tiny model, {} layers of {} heads, batch {}", cfg.n_layers, cfg.n_heads, tokens.nrows());
        Ok(Case { key, embedded: None, tokens, words })
    }

    /// An embedded model on stored tokens.
    pub(super) fn embedded(&self, model: &'static str, key: &'static str) -> Result<Case, Damaged> {
        let tokens = self.tokens(key)?;
        let words = format!("{model}, batch {}, {} positions", tokens.nrows(), tokens.ncols());
        Ok(Case { key, embedded: Some(model), tokens, words })
    }

    /// Both tiny attention-only models and the embedded one, each on repeated tokens.
    pub(super) fn on_repeated_tokens(&self) -> Result<Vec<Case>, Damaged> {
        Ok(vec![self.tiny("attn_0")?, self.tiny("attn_1")?, self.embedded(ATTN_ONLY, "repeated")?])
    }

    fn tokens(&self, key: &str) -> Result<Tokens, Damaged> {
        let Tensor { shape, data } = self.tensor(&format!("{key}.tokens"))?;
        let lacks = || reference::lacks(ARRAYS, &format!("tokens [batch, pos] at {key}"));
        let &[batch, n_pos] = &shape[..] else {
            return Err(lacks());
        };
        let ids = data.iter().map(|id| *id as usize).collect();
        Tokens::from_shape_vec((batch, n_pos), ids).map_err(|_| lacks())
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

fn to_array(tensor: &Tensor) -> Option<ArrayD<f32>> {
    ArrayD::from_shape_vec(IxDyn(&tensor.shape), tensor.data.iter().map(|x| *x as f32).collect()).ok()
}

/// Loads an embedded model, once in this process.
fn embedded_model(name: &'static str) -> Result<&'static HookedTransformer, Damaged> {
    static ATTENTION: OnceLock<Result<HookedTransformer, Damaged>> = OnceLock::new();
    static GPT: OnceLock<Result<HookedTransformer, Damaged>> = OnceLock::new();
    let cell = if name == ATTN_ONLY { &ATTENTION } else { &GPT };
    let folder = format!("reference_data/models/{name}");
    let load = || {
        HookedTransformer::load(repository().join(&folder))
            .map_err(|error| reference::unusable(&folder, &error.to_string()))
    };
    cell.get_or_init(load).as_ref().map_err(Clone::clone)
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
