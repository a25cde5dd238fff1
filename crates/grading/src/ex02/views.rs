//! The check of the pictures: each layer's attention on one text, graded on the data that the views carry.

use circuit_vis::{View, VisError};
use hooked_transformer::ActivationCache;
use ndarray::{ArrayD, ArrayView3, Axis, Ix3, Ix4};

use super::made_up::{self, Cells, Size, head};
use super::{C0, Submission};
use crate::compare::{Want, compare};
use crate::grade::Grading;
use crate::value::{Tensor, Value};
use crate::verdict::Check;

/// What `circuit_vis::attention_patterns` calls its views.
const KIND: &str = "attention_patterns";

/// A view carries the very numbers that it was given.
const TOLERANCE: f64 = 1e-6;

/// What is wrong with the views: the evidence, and the mistake where one is known.
type Fault = (String, Option<&'static str>);

/// One picture for each layer, of the pattern that is in the cache, with the tokens of the text.
pub fn c0_attention_views(submission: &Submission) -> Check {
    let draw = submission.attention_views;
    let grading = Grading::of(&C0);
    for (n_heads, n_pos, n_layers) in [(3, 6, 2), (4, 9, 3)] {
        let cache = cache(n_heads, n_pos, n_layers);
        let tokens = str_tokens(n_pos);
        let name = format!("a made-up cache, {n_layers} layers of {n_heads} heads, {n_pos} tokens");
        let (of_learner, given) = (cache.clone(), tokens.clone());
        let views = grading.call(&name, move || draw(&of_learner, &given))?;
        if let Some((evidence, mistake)) = fault(views, &cache, &tokens) {
            return Err(grading.wrong(&format!("Case: {name}\n{evidence}"), mistake));
        }
    }
    Ok(())
}

/// Causal patterns, no two layers and no two heads alike.
fn cache(n_heads: usize, n_pos: usize, n_layers: usize) -> ActivationCache {
    let strength = |i: usize| 0.2 + 0.1 * (i % 7) as f32;
    let heads: Vec<_> = (0..n_heads * n_layers)
        .map(|i| head(if i % 2 == 0 { Cells::Diagonal(-1) } else { Cells::FirstColumn }, strength(i)))
        .collect();
    made_up::causal(made_up::cache(Size { batch: 1, n_heads, n_pos }, &heads))
}

fn str_tokens(n_pos: usize) -> Vec<String> {
    let words = ["<|endoftext|>", "The", " cat", " sat", " on", " the", " mat", ",", " and", " purr", "ed"];
    words.iter().take(n_pos).map(|word| (*word).to_string()).collect()
}

fn fault(views: Result<Vec<View>, VisError>, cache: &ActivationCache, tokens: &[String]) -> Option<Fault> {
    let views = match views {
        Ok(views) => views,
        Err(error) => return Some((format!("circuit_vis refused: {error}"), None)),
    };
    if views.len() != cache.n_layers() {
        let evidence = format!("there are {} pictures, but the cache has {} layers.", views.len(), cache.n_layers());
        return Some((evidence, (views.len() == 1).then_some("E02-41")));
    }
    let faults = views.iter().enumerate().map(|(layer, view)| {
        wrong_kind(layer, view).or_else(|| wrong_pattern(layer, view, cache)).or_else(|| wrong_tokens(view, tokens))
    });
    faults.flatten().next()
}

fn wrong_kind(layer: usize, view: &View) -> Option<Fault> {
    let evidence = format!("picture {layer} is made by `{}`; the task asks for `{KIND}`.", view.kind());
    (view.kind() != KIND).then_some((evidence, None))
}

/// `[head, query_pos, key_pos]`
fn pattern(cache: &ActivationCache, layer: usize) -> ArrayView3<'_, f32> {
    cache.view::<Ix4>(("pattern", layer)).index_axis_move(Axis(0), 0)
}

fn wrong_pattern(layer: usize, view: &View, cache: &ActivationCache) -> Option<Fault> {
    let got = view.array("attention").unwrap_or_default();
    let want = pattern(cache, layer);
    let values: Tensor = want.into();
    let want = Want::Array { values, axes: &["head", "query_pos", "key_pos"], tolerance: TOLERANCE };
    let difference = compare(&Value::from(got.clone()), &want).err()?;
    let evidence =
        format!("the attention in picture {layer} is not the pattern of layer {layer}.\n{}", difference.report);
    Some((evidence, known(&got, layer, cache)))
}

/// Which mistake gives this picture.
fn known(got: &ArrayD<f32>, layer: usize, cache: &ActivationCache) -> Option<&'static str> {
    let is = |other: ArrayView3<'_, f32>| {
        let got = got.view().into_dimensionality::<Ix3>().ok();
        got.is_some_and(|got| got.dim() == other.dim() && (&got - &other).iter().all(|d| d.abs() <= 1e-6))
    };
    let transposed = pattern(cache, layer).permuted_axes([0, 2, 1]);
    let mean = pattern(cache, layer).mean_axis(Axis(0)).map(|mean| mean.insert_axis(Axis(0)));
    if is(transposed) {
        Some("E02-40")
    } else if (0..cache.n_layers()).any(|other| other != layer && is(pattern(cache, other))) {
        Some("E02-42")
    } else if mean.is_some_and(|mean| is(mean.view())) {
        Some("E02-43")
    } else {
        None
    }
}

fn wrong_tokens(view: &View, tokens: &[String]) -> Option<Fault> {
    let drawn: Vec<&str> = view.data()["tokens"]["raw"].as_array()?.iter().filter_map(|token| token.as_str()).collect();
    let evidence = format!("the tokens drawn are {drawn:?}.");
    (drawn != tokens).then_some((evidence, Some("E02-44")))
}
