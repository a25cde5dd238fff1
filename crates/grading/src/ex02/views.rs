//! The check of the pictures: each layer's attention on one text, graded on the data that the views carry.

use std::panic;

use circuit_vis::{View, VisError};
use hooked_transformer::ActivationCache;
use ndarray::{ArrayView3, Axis, Ix4, s};

use super::made_up::{self, Cells, Size, head};
use super::{C01, Submission};
use crate::cases::{Cases, Fault};
use crate::compare::Want;
use crate::probe::close;
use crate::value::{Tensor, Value};
use crate::views::{Shown, parts_of};

/// What `circuit_vis::attention_patterns` calls its views.
const KIND: &str = "attention_patterns";

/// A view carries the very numbers that it was given.
const TOLERANCE: f64 = 1e-6;

/// One picture for each layer, of the pattern that is in the cache, with the tokens of the text.
pub fn c01_attention_views(submission: &Submission) -> Cases {
    let draw = submission.attention_views;
    Cases::of(&C01, |cases| {
        let asked = [(3, 6, 2), (4, 9, 3)].map(|(n_heads, n_pos, n_layers)| {
            let name = format!("a made-up cache, {n_layers} layers of {n_heads} heads, {n_pos} tokens");
            let call = move || drawn(&draw(&cache(n_heads, n_pos, n_layers), &str_tokens(n_pos)));
            (cases.ask(&name, call), cache(n_heads, n_pos, n_layers), name)
        });
        cases.property(move |answers| {
            let mut drawings = Vec::new();
            for (asked, cache, name) in &asked {
                drawings.push(Drawing { drawn: answers.value(*asked)?, cache, name });
            }
            let fault = drawings.iter().find_map(|of| Some(fault(of, &drawings)?.in_case(of.name)));
            fault.map_or(Ok(()), |fault| fault.found())
        });
        for (n_tokens, n_pos) in [(5, 6), (7, 6)] {
            let name = format!("{n_tokens} tokens, but patterns of {n_pos} positions: an error is expected");
            let call = move || draw(&cache(3, n_pos, 2), &str_tokens(n_tokens));
            let asked = cases.ask(&name, move || match panic::catch_unwind(call) {
                Ok(views) => drawn(&views),
                Err(_) => Value::parts([(PANICKED, Value::Words(Vec::new()))]),
            });
            cases.property(move |answers| {
                refusal_fault(answers.value(asked)?, n_tokens, n_pos)
                    .map_or(Ok(()), |fault| fault.in_case(&name).found())
            });
        }
        Ok(())
    })
}

/// What stands for a call that panicked where an error was wanted.
const PANICKED: &str = "panicked";

/// The pictures by their number, or why there are none.
fn drawn(views: &Result<Vec<View>, VisError>) -> Value {
    match views {
        Ok(views) => Value::Parts(views.iter().enumerate().map(|(i, view)| (i.to_string(), parts_of(view))).collect()),
        Err(error) => Value::Words(vec![error.to_string()]),
    }
}

/// What does not fit together must come back as the error that `circuit_vis` gives.
fn refusal_fault(drawn: &Value, n_tokens: usize, n_pos: usize) -> Option<Fault> {
    let Value::Parts(parts) = drawn else { return None };
    let fault = match parts.first() {
        Some((name, _)) if name == PANICKED => Fault::new("it panicked.").mistake("E02-45"),
        None => Fault::new("it returned no pictures and no error.").mistake("E02-46"),
        Some((_, first)) => {
            let count = if parts.len() == 1 { "1 picture".into() } else { format!("{} pictures", parts.len()) };
            let mistake = match Shown::of(first).map(|view| view.tokens.len()) {
                Some(drawn) if drawn == n_tokens.min(n_pos) => Some("E02-47"),
                Some(drawn) if drawn == n_tokens.max(n_pos) => Some("E02-94"),
                _ => None,
            };
            Fault::new(format!("it returned {count}.")).mistake(mistake)
        }
    };
    Some(fault)
}

/// Causal patterns, no two layers and no two heads alike.
fn cache(n_heads: usize, n_pos: usize, n_layers: usize) -> ActivationCache {
    let strength = |i: usize| 0.2 + 0.1 * (i % 7) as f32;
    let heads: Vec<_> = (0..n_heads * n_layers)
        .map(|i| head(if i % 2 == 0 { Cells::Diagonal(-1) } else { Cells::Column(0) }, strength(i)))
        .collect();
    made_up::causal(made_up::cache(Size { batch: 1, n_heads, n_pos }, &heads))
}

fn str_tokens(n_pos: usize) -> Vec<String> {
    let words = ["<|endoftext|>", "The", " cat", " sat", " on", " the", " mat", ",", " and", " purr", "ed"];
    words.iter().take(n_pos).map(|word| (*word).to_string()).collect()
}

/// What was drawn of a cache.
struct Drawing<'a> {
    drawn: &'a Value,
    cache: &'a ActivationCache,
    name: &'a str,
}

impl Drawing<'_> {
    fn n_pictures(&self) -> Option<usize> {
        if let Value::Parts(pictures) = self.drawn { Some(pictures.len()) } else { None }
    }

    /// `(n_heads, n_pos)`
    fn size(&self) -> (usize, usize) {
        let (n_heads, n_pos, _) = pattern(self.cache, 0).dim();
        (n_heads, n_pos)
    }
}

/// Which mistake gives so many pictures, of all caches alike: of two layers, one picture may be the only one, or lack one.
fn wrong_count(drawings: &[Drawing<'_>]) -> Option<&'static str> {
    let known: [(&str, fn(&Drawing<'_>) -> usize); 4] = [
        ("E02-41", |_| 1),
        ("E02-49", |_| 2),
        ("E02-92", |of| of.cache.n_layers() - 1),
        ("E02-93", |of| of.cache.n_layers() * of.size().0),
    ];
    let fits = |count: fn(&Drawing<'_>) -> usize| drawings.iter().all(|of| of.n_pictures() == Some(count(of)));
    known.into_iter().find(|(_, count)| fits(*count)).map(|(mistake, _)| mistake)
}

fn fault(of: &Drawing<'_>, all: &[Drawing<'_>]) -> Option<Fault> {
    let (cache, tokens) = (of.cache, str_tokens(of.size().1));
    let views = match of.drawn {
        Value::Parts(views) => views.iter().filter_map(|(_, view)| Shown::of(view)).collect::<Vec<_>>(),
        Value::Words(error) => return Some(Fault::new(format!("it returned an error: {}", error.join(" ")))),
        Value::Array(_) => return Some(Fault::new("no pictures came.")),
    };
    if views.len() != cache.n_layers() {
        let evidence = format!("there are {} pictures, but the cache has {} layers.", views.len(), cache.n_layers());
        return Some(Fault::new(evidence).mistake(wrong_count(all)));
    }
    let faults = views.iter().enumerate().map(|(layer, view)| {
        wrong_kind(layer, view)
            .or_else(|| wrong_pattern(layer, view, cache))
            .or_else(|| wrong_tokens(view, &tokens))
            .or_else(|| wrong_names(layer, view, cache))
    });
    faults.flatten().next()
}

fn wrong_kind(layer: usize, view: &Shown<'_>) -> Option<Fault> {
    let evidence = format!("picture {layer} is made by `{}`; the task asks for `{KIND}`.", view.kind);
    (view.kind != KIND).then(|| Fault::new(evidence).mistake("E02-48"))
}

/// `[head, query_pos, key_pos]`
fn pattern(cache: &ActivationCache, layer: usize) -> ArrayView3<'_, f32> {
    cache.view::<Ix4>(("pattern", layer)).index_axis_move(Axis(0), 0)
}

fn wrong_pattern(layer: usize, view: &Shown<'_>, cache: &ActivationCache) -> Option<Fault> {
    let got = view.attention;
    let values = Tensor::from(pattern(cache, layer));
    let want = Want::Array { values, axes: &["head", "query_pos", "key_pos"], tolerance: TOLERANCE };
    let fault = Fault::compared(&Value::Array(got.clone()), &want)?;
    let evidence = format!("the attention in picture {layer} is not the pattern of layer {layer}.");
    Some(fault.of(evidence).mistake(known(got, layer, cache)))
}

/// Which mistake gives this picture.
fn known(got: &Tensor, layer: usize, cache: &ActivationCache) -> Option<&'static str> {
    let is = |other: ArrayView3<'_, f32>| close(got, &Tensor::from(other), TOLERANCE);
    let transposed = pattern(cache, layer).permuted_axes([0, 2, 1]);
    let mean = pattern(cache, layer).mean_axis(Axis(0)).map(|mean| mean.insert_axis(Axis(0)));
    let (without_bos, one_head) = (s![.., 1.., 1..], s![..1, .., ..]);
    if is(transposed) {
        Some("E02-40")
    } else if (0..cache.n_layers()).any(|other| other != layer && is(pattern(cache, other))) {
        Some("E02-42")
    } else if mean.is_some_and(|mean| is(mean.view())) {
        Some("E02-43")
    } else if is(pattern(cache, layer).slice_move(without_bos)) {
        Some("E02-50")
    } else if is(pattern(cache, layer).slice_move(one_head)) {
        Some("E02-89")
    } else {
        None
    }
}

fn wrong_tokens(view: &Shown<'_>, tokens: &[String]) -> Option<Fault> {
    let evidence = format!("the tokens drawn are {:?}.", view.tokens);
    (view.tokens != tokens).then(|| Fault::new(evidence).mistake("E02-44"))
}

fn wrong_names(layer: usize, view: &Shown<'_>, cache: &ActivationCache) -> Option<Fault> {
    view.names_another_layer(layer, cache.n_layers()).then(|| {
        let (first, last) = (&view.heads[0], &view.heads[view.heads.len() - 1]);
        let evidence = format!("picture {layer} shows layer {layer}, but calls its heads {first} to {last}.");
        Fault::new(evidence).mistake("E02-103")
    })
}
