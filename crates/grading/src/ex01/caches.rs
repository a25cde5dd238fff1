//! The check of a run that computes and keeps no more than is asked for.
//!
//! That no logits were computed cannot be seen from outside, but which blocks ran can: a hook on the stream in front of
//! each of them counts. A run that stops before the last block has no logits.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use hooked_transformer::HookedTransformer;

use super::stored::{OF_PATTERNS, StoredRun, runs};
use super::{C09, Submission};
use crate::cases::{Answers, Asked, Cases, Fault};
use crate::compare::Want;
use crate::probe::close;
use crate::reference::Damaged;
use crate::value::{Tensor, Value};

/// The patterns of the first layers.
pub fn c09_first_patterns(submission: &Submission) -> Cases {
    let first_patterns = submission.first_patterns;
    Cases::of(&C09, |cases| {
        // Which mistake it is, all runs tell; so each property knows of all.
        let all = Rc::new(RefCell::new(Vec::new()));
        for (index, run) in runs()?.into_iter().enumerate() {
            // Once all of them, otherwise half.
            let n_layers = if index == 1 { run.n_layers } else { run.n_layers.div_ceil(2) };
            let name = format!("{}, the first {n_layers} of {} layers", run.in_words()?, run.n_layers);
            let of_inputs = run.clone();
            let inputs = move || Ok((of_inputs.tokens()?, Counted::new(&of_inputs)?));
            let asked = cases.ask_on(&name, inputs, move |(tokens, counted)| {
                let cache = first_patterns(&counted.model, &tokens, n_layers);
                let arrays = cache.iter().map(|(name, array)| (name.to_string(), Value::from(array.to_owned())));
                Value::parts([("cache", Value::Parts(arrays.collect())), ("ran", Value::from(counted.blocks()))])
            });
            all.borrow_mut().push(Run { asked, n_layers, of: run.n_layers });
            let all = Rc::clone(&all);
            cases.property(move |answers| {
                let all = all.borrow();
                let Value::Parts(cache) = answers.part(asked, "cache")? else { return Ok(()) };
                let ran: Vec<usize> =
                    answers.array_at(asked, "ran")?.data.iter().map(|count| *count as usize).collect();
                let fault = match names_fault(cache, n_layers, &kept_in(&all, answers)) {
                    Some(fault) => Some(fault),
                    None => contents_fault(cache, &run, n_layers)?
                        .or_else(|| blocks_fault(&ran, n_layers, &kept_in(&all, answers))),
                };
                fault.map_or(Ok(()), |fault| fault.in_case(&name).found())
            });
        }
        Ok(())
    })
}

/// A run that was asked for.
struct Run {
    asked: Asked,
    n_layers: usize,
    /// How many layers the model has.
    of: usize,
}

/// What came of it.
struct Kept {
    /// The names in the cache.
    names: Vec<String>,
    /// How often the first block ran.
    times: usize,
    n_layers: usize,
    of: usize,
}

/// The runs that gave an answer.
fn kept_in(runs: &[Run], answers: &Answers<'_>) -> Vec<Kept> {
    let of = |run: &Run| {
        let Value::Parts(cache) = answers.part(run.asked, "cache").ok()? else { return None };
        let mut names: Vec<String> = cache.iter().map(|(name, _)| name.clone()).collect();
        names.sort_unstable();
        let times = *answers.array_at(run.asked, "ran").ok()?.data.first()? as usize;
        Some(Kept { names, times, n_layers: run.n_layers, of: run.of })
    };
    runs.iter().filter_map(of).collect()
}

/// The mistake that keeps the patterns of these layers in every run, if only one does. Some that have no explanation of
/// their own are here as well, so that another's is not given for them.
fn wrong_layers(all: &[Kept]) -> Option<&'static str> {
    type Layers = fn(usize, usize) -> Range<usize>;
    let known: [(Option<&str>, Layers); 7] = [
        (Some("E01-41"), |_, of| 0..of),
        (Some("E01-43"), |n, _| 0..n - 1),
        (Some("E01-93"), |n, _| 1..n + 1),
        (Some("E01-94"), |n, _| n - 1..n),
        (Some("E01-131"), |n, of| 0..(n + 1).min(of)),
        (None, |_, _| 0..1),
        (None, |n, _| 1..n),
    ];
    let keeps = |run: &Kept, layers: Layers| {
        let mut names: Vec<String> = layers(run.n_layers, run.of).map(pattern_of).collect();
        names.sort_unstable();
        names == run.names
    };
    let fitting: Vec<_> = known.iter().filter(|(_, layers)| all.iter().all(|run| keeps(run, *layers))).collect();
    if let [(only, _)] = fitting[..] { *only } else { None }
}

/// A model that counts how often each of its blocks runs.
struct Counted {
    model: Arc<HookedTransformer>,
    counts: Arc<Mutex<Vec<usize>>>,
}

impl Counted {
    fn new(run: &StoredRun) -> Result<Self, Damaged> {
        let model = run.case.model()?.clone();
        let counts = Arc::new(Mutex::new(vec![0; model.cfg().n_layers]));
        let count = Arc::clone(&counts);
        let in_front = |name: &str| name.ends_with("hook_resid_pre");
        let hook = model.add_hook(in_front, move |_, point| {
            if let Some(layer) = point.layer() {
                count.lock().unwrap_or_else(PoisonError::into_inner)[layer] += 1;
            }
        });
        hook.map_err(|e| run.case.lacks(&format!("a usable model ({e})")))?;
        Ok(Self { model: Arc::new(model), counts })
    }

    fn blocks(&self) -> Vec<usize> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn pattern_of(layer: usize) -> String {
    format!("blocks.{layer}.attn.hook_pattern")
}

/// The arrays of a cache by their names.
type Named = [(String, Value)];

fn names_fault(cache: &Named, n_layers: usize, all: &[Kept]) -> Option<Fault> {
    let want: Vec<String> = (0..n_layers).map(pattern_of).collect();
    let got: Vec<&str> = cache.iter().map(|(name, _)| name.as_str()).collect();
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
            let mistake = if all_end_with(extra, "hook_pattern") { wrong_layers(all) } else { Some("E01-40") };
            let evidence = format!("the cache also holds {}, which was not asked for.", shown(extra));
            Some(Fault::new(evidence).mistake(mistake))
        }
        (missing, []) => {
            let last = pattern_of(n_layers - 1);
            if n_layers > 1 && got == [&last] {
                return Some(Fault::new(format!("the cache holds {last} alone.")).mistake(wrong_layers(all)));
            }
            Some(Fault::new(format!("the cache lacks {}.", shown(missing))).mistake(wrong_layers(all)))
        }
        (missing, extra) => {
            let mistake = if all_end_with(extra, "hook_attn_scores") { Some("E01-45") } else { wrong_layers(all) };
            let evidence = format!("the cache lacks {}; it holds {} instead.", shown(missing), shown(extra));
            Some(Fault::new(evidence).mistake(mistake))
        }
    }
}

fn contents_fault(cache: &Named, run: &StoredRun, n_layers: usize) -> Result<Option<Fault>, Damaged> {
    for layer in 0..n_layers {
        let name = pattern_of(layer);
        let values = Tensor::from(run.activation("pattern", layer)?);
        let axes = &["batch", "head", "query_pos", "key_pos"];
        let want = Want::Array { values: values.clone(), axes, tolerance: OF_PATTERNS };
        let Some((_, got)) = cache.iter().find(|(known, _)| *known == name) else { continue };
        if let Some(fault) = Fault::compared(got, &want) {
            let mistake = got.array().and_then(|got| one_item(got, &values));
            return Ok(Some(fault.of(format!("{name}:")).mistake(mistake)));
        }
    }
    Ok(None)
}

/// Less than the batch: its first item, with the batch axis or without.
fn one_item(got: &Tensor, want: &Tensor) -> Option<&'static str> {
    let first = Tensor::new(&want.shape[1..], want.data[..want.shape[1..].iter().product()].to_vec());
    let with_axis = Tensor::new(&[&[1], &want.shape[1..]].concat(), first.data.clone());
    if close(got, &first, OF_PATTERNS) {
        Some("E01-96")
    } else {
        (want.shape[0] > 1 && close(got, &with_axis, OF_PATTERNS)).then_some("E01-95")
    }
}

fn blocks_fault(ran: &[usize], n_layers: usize, all: &[Kept]) -> Option<Fault> {
    if ran[0] > 1 {
        let once_each = all.iter().all(|run| run.times == run.n_layers).then_some("E01-44");
        return Some(Fault::new(format!("the model ran {} times; once is enough.", ran[0])).mistake(once_each));
    }
    let later = ran.iter().skip(n_layers).filter(|count| **count > 0).count();
    let blocks = if later == 1 { "1 later block".into() } else { format!("{later} later blocks") };
    let words = format!("the cache is right, but {blocks} ran unnecessarily.");
    (later > 0).then(|| Fault::new(words).mistake("E01-42"))
}
