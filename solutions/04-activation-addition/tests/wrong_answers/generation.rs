//! Wrong ways to write on.

use std::ops::Range;

use hooked_transformer::{HookedTransformer, KeyValueCache, argmax, fwd_hook};
use ndarray::{Array1, Ix3, s};
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
        text.push(argmax(run.logits().unwrap().slice(s![0, -1, ..])));
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
