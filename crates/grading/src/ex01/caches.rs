//! The check of a run that computes and keeps no more than is asked for.
//!
//! That no logits were computed cannot be seen from outside, but which blocks ran can: a hook on the stream in front of
//! each of them counts. A run that stops before the last block has no logits.

use std::sync::{Arc, Mutex, PoisonError};

use hooked_transformer::{ActivationCache, HookedTransformer};

use super::stored::{OF_PATTERNS, StoredRun, runs};
use super::{C09, Submission};
use crate::compare::{Want, compare};
use crate::grade::Grading;
use crate::value::{Tensor, Value};
use crate::verdict::{Check, Verdict};

/// What is wrong: the evidence, and the mistake where one is known.
type Fault = (String, Option<&'static str>);

/// The patterns of the first layers.
pub fn c09_first_patterns(submission: &Submission) -> Check {
    let first_patterns = submission.first_patterns;
    let grading = Grading::of(&C09);
    for (index, run) in runs(&C09)?.iter().enumerate() {
        // Once all of them, otherwise half.
        let n_layers = if index == 1 { run.n_layers } else { run.n_layers.div_ceil(2) };
        let (tokens, counted) = (run.tokens()?, Counted::new(run)?);
        let name = format!("{}, the first {n_layers} of {} layers", run.in_words()?, run.n_layers);
        let model = Arc::clone(&counted.model);
        let cache = grading.call(&name, move || first_patterns(&model, &tokens, n_layers))?;
        let ran = counted.blocks();
        let fault = match names_fault(&cache, n_layers) {
            Some(fault) => Some(fault),
            None => contents_fault(&cache, run, n_layers)?.or_else(|| blocks_fault(&ran, n_layers)),
        };
        if let Some((evidence, mistake)) = fault {
            return Err(grading.wrong(&format!("Case: {name}\n{evidence}"), mistake));
        }
    }
    Ok(())
}

/// A model that counts how often each of its blocks runs.
struct Counted {
    model: Arc<HookedTransformer>,
    counts: Arc<Mutex<Vec<usize>>>,
}

impl Counted {
    fn new(run: &StoredRun) -> Result<Self, Verdict> {
        let model = run.case.model()?.clone();
        let counts = Arc::new(Mutex::new(vec![0; model.cfg().n_layers]));
        let count = Arc::clone(&counts);
        let in_front = |name: &str| name.ends_with("hook_resid_pre");
        let hook = model.add_hook(in_front, move |_, point| {
            if let Some(layer) = point.layer() {
                count.lock().unwrap_or_else(PoisonError::into_inner)[layer] += 1;
            }
        });
        hook.map_err(|e| run.case.unusable(&e))?;
        Ok(Self { model: Arc::new(model), counts })
    }

    fn blocks(&self) -> Vec<usize> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn pattern_of(layer: usize) -> String {
    format!("blocks.{layer}.attn.hook_pattern")
}

fn names_fault(cache: &ActivationCache, n_layers: usize) -> Option<Fault> {
    let want: Vec<String> = (0..n_layers).map(pattern_of).collect();
    let got: Vec<&str> = cache.keys().collect();
    let missing: Vec<&str> = want.iter().map(String::as_str).filter(|name| !got.contains(name)).collect();
    let extra: Vec<&str> = got.iter().copied().filter(|name| !want.iter().any(|want| want == name)).collect();
    let shown = |names: &[&str]| match names {
        [first, _, ..] => format!("{first} and {} more", names.len() - 1),
        _ => names.concat(),
    };
    let all_end_with = |names: &[&str], end: &str| names.iter().all(|name| name.ends_with(end));
    match (missing.as_slice(), extra.as_slice()) {
        ([], []) => None,
        ([], extra) => {
            let mistake = if all_end_with(extra, "hook_pattern") { "E01-41" } else { "E01-40" };
            Some((format!("the cache also holds {}, which was not asked for.", shown(extra)), Some(mistake)))
        }
        (missing, []) => {
            let only_last = missing.len() == 1 && missing[0] == pattern_of(n_layers - 1);
            Some((format!("the cache lacks {}.", shown(missing)), only_last.then_some("E01-43")))
        }
        (missing, extra) => {
            let mistake = all_end_with(extra, "hook_attn_scores").then_some("E01-45");
            Some((format!("the cache lacks {}; it holds {} instead.", shown(missing), shown(extra)), mistake))
        }
    }
}

fn contents_fault(cache: &ActivationCache, run: &StoredRun, n_layers: usize) -> Result<Option<Fault>, Verdict> {
    for layer in 0..n_layers {
        let name = pattern_of(layer);
        let values = Tensor::from(run.activation("pattern", layer)?);
        let axes = &["batch", "head", "query_pos", "key_pos"];
        let want = Want::Array { values, axes, tolerance: OF_PATTERNS };
        let got = Value::from(cache[&name].to_owned());
        if let Err(difference) = compare(&got, &want) {
            return Ok(Some((format!("{name}:\n{}", difference.report), None)));
        }
    }
    Ok(None)
}

fn blocks_fault(ran: &[usize], n_layers: usize) -> Option<Fault> {
    if ran[0] > 1 {
        return Some((format!("the model ran {} times; once is enough.", ran[0]), Some("E01-44")));
    }
    let later = ran.iter().skip(n_layers).filter(|count| **count > 0).count();
    let blocks = if later == 1 { "1 later block".into() } else { format!("{later} later blocks") };
    let words = format!("the cache is right, but {blocks} ran, for nothing.");
    (later > 0).then_some((words, Some("E01-42")))
}
