//! Wrong ways to write on.

use std::ops::Range;

use hooked_transformer::{HookedTransformer, KeyValueCache, argmax, fwd_hook};
use ndarray::{Array1, ArrayView2, Axis, Ix3, s};
use solution_04_activation_addition::{add_at_positions, steered_generate as right};

/// What is steered in one step: is given where the chunk begins and how long the text is.
type Steered<'a> = &'a dyn Fn(usize, usize) -> (usize, Range<usize>);

fn write(
    model: &HookedTransformer,
    prompt: &[usize],
    (vector, layer): (&Array1<f32>, usize),
    n_new: usize,
    use_cache: bool,
    steered: Steered<'_>,
) -> Vec<usize> {
    let mut text = prompt.to_vec();
    let mut past = KeyValueCache::new(model.cfg(), 1);
    for _ in 0..n_new {
        let first = if use_cache { past.len() } else { 0 };
        let (first_pos, positions) = steered(first, text.len());
        let hook = fwd_hook(("resid_pre", layer), |resid, _| {
            add_at_positions(resid.into_dimensionality::<Ix3>().unwrap(), vector, first_pos, &positions);
        });
        let run = model.run(&text[first..]).hook(hook);
        let run = if use_cache { run.past(&mut past) } else { run };
        text.push(argmax(run.logits_at(-1).unwrap().slice(s![0, 0, ..])));
    }
    text.split_off(prompt.len())
}

macro_rules! wrong_schedule {
    ($($name:ident: |$prompt:ident, $positions:ident, $first:ident, $len:ident| $steered:expr;)*) => {$(
        pub fn $name(
            model: &HookedTransformer,
            prompt: &[usize],
            vector: &Array1<f32>,
            layer: usize,
            positions: &Range<usize>,
            n_new: usize,
            use_cache: bool,
        ) -> Vec<usize> {
            let ($prompt, $positions) = (prompt.len(), positions.clone());
            write(model, prompt, (vector, layer), n_new, use_cache, &|$first, $len| $steered)
        }
    )*};
}

wrong_schedule! {
    schedule_ignored: |_prompt, _positions, first, _len| (first, 0..usize::MAX);
    prompt_only: |prompt, _positions, first, _len| (first, 1..prompt);
    never: |_prompt, _positions, first, _len| (first, 0..0);
    first_run_only: |prompt, positions, first, len| (first, if len > prompt { 0..0 } else { positions.clone() });
    starts_again: |_prompt, positions, _first, _len| (0, positions.clone());
    newest_only: |_prompt, positions, first, len| {
        // The whole prompt in the first step, then the last token only.
        let newest = if len > _prompt { len - 1 } else { 0 };
        (first, positions.start.max(newest)..positions.end)
    };
}

pub fn with_prompt(
    model: &HookedTransformer,
    prompt: &[usize],
    vector: &Array1<f32>,
    layer: usize,
    positions: &Range<usize>,
    n_new: usize,
    use_cache: bool,
) -> Vec<usize> {
    [prompt.to_vec(), right(model, prompt, vector, layer, positions, n_new, use_cache)].concat()
}

pub fn never_cached(
    model: &HookedTransformer,
    prompt: &[usize],
    vector: &Array1<f32>,
    layer: usize,
    positions: &Range<usize>,
    n_new: usize,
    _: bool,
) -> Vec<usize> {
    right(model, prompt, vector, layer, positions, n_new, false)
}

pub fn always_cached(
    model: &HookedTransformer,
    prompt: &[usize],
    vector: &Array1<f32>,
    layer: usize,
    positions: &Range<usize>,
    n_new: usize,
    _: bool,
) -> Vec<usize> {
    right(model, prompt, vector, layer, positions, n_new, true)
}

/// Right tokens, but the last step's hook stays.
pub fn hook_left(
    model: &HookedTransformer,
    prompt: &[usize],
    vector: &Array1<f32>,
    layer: usize,
    positions: &Range<usize>,
    n_new: usize,
    use_cache: bool,
) -> Vec<usize> {
    let new = right(model, prompt, vector, layer, positions, n_new, use_cache);
    let vector = vector.clone();
    model.add_hook(("resid_pre", layer), move |mut resid, _| resid += &vector).unwrap();
    new
}

/// A right answer in all but some choices, which the functions below make.
struct Writing<'a> {
    model: &'a HookedTransformer,
    prompt: &'a [usize],
    vector: &'a Array1<f32>,
    layer: usize,
    positions: &'a Range<usize>,
    n_new: usize,
    use_cache: bool,
    point: &'static str,
    stops_at: Option<usize>,
    /// Whether the token that it stops at is left out.
    stops_before: bool,
    /// The next token, from the logits `[pos, d_vocab]` of a run.
    pick: fn(ArrayView2<f32>) -> usize,
}

impl Writing<'_> {
    fn write(&self) -> Vec<usize> {
        let mut text = self.prompt.to_vec();
        let mut past = KeyValueCache::new(self.model.cfg(), 1);
        for _ in 0..self.n_new {
            let first = if self.use_cache { past.len() } else { 0 };
            let hook = fwd_hook((self.point, self.layer), |resid, _| {
                add_at_positions(resid.into_dimensionality::<Ix3>().unwrap(), self.vector, first, self.positions);
            });
            let run = self.model.run(&text[first..]).hook(hook);
            let run = if self.use_cache { run.past(&mut past) } else { run };
            text.push((self.pick)(run.logits().unwrap().index_axis(Axis(0), 0)));
            if text.last() == self.stops_at.as_ref() {
                text.truncate(text.len() - usize::from(self.stops_before));
                break;
            }
        }
        text.split_off(self.prompt.len())
    }
}

fn most_probable(logits: ArrayView2<f32>) -> usize {
    argmax(logits.row(logits.nrows() - 1))
}

macro_rules! wrong_writing {
    ($($name:ident { $($field:ident: $choice:expr),* };)*) => {$(
        pub fn $name(
            model: &HookedTransformer,
            prompt: &[usize],
            vector: &Array1<f32>,
            layer: usize,
            positions: &Range<usize>,
            n_new: usize,
            use_cache: bool,
        ) -> Vec<usize> {
            let (point, stops_at, pick) = ("resid_pre", None, most_probable as fn(ArrayView2<f32>) -> usize);
            let stops_before = false;
            let right =
                Writing { model, prompt, vector, layer, positions, n_new, use_cache, point, stops_at, stops_before, pick };
            Writing { $($field: $choice,)* ..right }.write()
        }
    )*};
}

wrong_writing! {
    stops_at_end_of_text { stops_at: Some(0) };
    stops_before_end_of_text { stops_at: Some(0), stops_before: true };
    first_logits { pick: |logits| argmax(logits.row(0)) };
    least_probable { pick: |logits| argmax((-&logits.row(logits.nrows() - 1)).view()) };
    after_layer { point: "resid_post" };
}

wrong_schedule! {
    new_only: |prompt, positions, first, _len| (first, positions.start.max(prompt)..positions.end);
    end_included: |_prompt, positions, first, _len| (first, positions.start..positions.end.saturating_add(1));
    from_the_prompts_end: |prompt, positions, first, _len| {
        (first, positions.start + prompt..positions.end.saturating_add(prompt))
    };
    behind_the_prompt: |prompt, positions, first, _len| (first.min(prompt), positions.clone());
}

pub fn whole_text_again(
    model: &HookedTransformer,
    prompt: &[usize],
    vector: &Array1<f32>,
    layer: usize,
    positions: &Range<usize>,
    n_new: usize,
    use_cache: bool,
) -> Vec<usize> {
    in_steps(model, prompt, (vector, layer), n_new, |text, past| {
        let first = if use_cache { past.len() } else { 0 };
        (text.to_vec(), first, use_cache, positions.clone())
    })
}

pub fn new_cache_each_step(
    model: &HookedTransformer,
    prompt: &[usize],
    vector: &Array1<f32>,
    layer: usize,
    positions: &Range<usize>,
    n_new: usize,
    use_cache: bool,
) -> Vec<usize> {
    in_steps(model, prompt, (vector, layer), n_new, |text, past| {
        *past = KeyValueCache::new(model.cfg(), 1);
        let first = if use_cache && text.len() > prompt.len() { text.len() - 1 } else { 0 };
        (text[first..].to_vec(), first, use_cache, positions.clone())
    })
}

/// What a step runs on: the tokens, where they are said to begin, whether with the cache, and what is steered.
type Step = (Vec<usize>, usize, bool, Range<usize>);

fn in_steps(
    model: &HookedTransformer,
    prompt: &[usize],
    (vector, layer): (&Array1<f32>, usize),
    n_new: usize,
    step: impl Fn(&[usize], &mut KeyValueCache) -> Step,
) -> Vec<usize> {
    let mut text = prompt.to_vec();
    let mut past = KeyValueCache::new(model.cfg(), 1);
    for _ in 0..n_new {
        let (ids, first, use_cache, positions) = step(&text, &mut past);
        let hook = fwd_hook(("resid_pre", layer), |resid, _| {
            add_at_positions(resid.into_dimensionality::<Ix3>().unwrap(), vector, first, &positions);
        });
        let run = model.run(&ids).hook(hook);
        let run = if use_cache { run.past(&mut past) } else { run };
        text.push(argmax(run.logits_at(-1).unwrap().slice(s![0, 0, ..])));
    }
    text.split_off(prompt.len())
}

pub fn one_more(
    model: &HookedTransformer,
    prompt: &[usize],
    vector: &Array1<f32>,
    layer: usize,
    positions: &Range<usize>,
    n_new: usize,
    use_cache: bool,
) -> Vec<usize> {
    right(model, prompt, vector, layer, positions, n_new + 1, use_cache)
}

/// The first new token is dropped.
pub fn one_less(
    model: &HookedTransformer,
    prompt: &[usize],
    vector: &Array1<f32>,
    layer: usize,
    positions: &Range<usize>,
    n_new: usize,
    use_cache: bool,
) -> Vec<usize> {
    let all = right(model, prompt, vector, layer, positions, n_new, use_cache);
    all.into_iter().skip(1).collect()
}

pub fn every_layer(
    model: &HookedTransformer,
    prompt: &[usize],
    vector: &Array1<f32>,
    _layer: usize,
    positions: &Range<usize>,
    n_new: usize,
    use_cache: bool,
) -> Vec<usize> {
    let mut text = prompt.to_vec();
    let mut past = KeyValueCache::new(model.cfg(), 1);
    for _ in 0..n_new {
        let first = if use_cache { past.len() } else { 0 };
        let hook = |layer: usize| {
            fwd_hook(("resid_pre", layer), move |resid, _| {
                add_at_positions(resid.into_dimensionality::<Ix3>().unwrap(), vector, first, positions);
            })
        };
        let run = model.run(&text[first..]).hooks((0..model.cfg().n_layers).map(hook));
        let run = if use_cache { run.past(&mut past) } else { run };
        text.push(argmax(run.logits_at(-1).unwrap().slice(s![0, 0, ..])));
    }
    text.split_off(prompt.len())
}
