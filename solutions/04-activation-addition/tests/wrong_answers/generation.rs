//! Wrong ways to write on.

use std::ops::Range;

use hooked_transformer::{HookedTransformer, KeyValueCache, argmax, fwd_hook};
use ndarray::{Array1, ArrayView2, Axis, Ix3, s};
use solution_04_activation_addition::{add_at_positions, steered_generate as right};

/// A `steered_generate`: of a model, a prompt, a vector, its layer, the positions, how many new tokens, and whether with a cache.
type Generate = fn(&HookedTransformer, &[usize], &Array1<f32>, usize, &Range<usize>, usize, bool) -> Vec<usize>;

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
    in_steps(model, prompt, (vector, layer), n_new, |text, past| {
        let first = if use_cache { past.len() } else { 0 };
        let (first_pos, positions) = steered(first, text.len());
        (text[first..].to_vec(), first_pos, use_cache, positions)
    })
}

macro_rules! wrong_schedule {
    ($($name:ident: |$prompt:ident, $positions:ident, $first:ident, $len:ident| $steered:expr;)*) => {$(
        pub const $name: Generate = |model, prompt, vector, layer, positions, n_new, use_cache| {
            let ($prompt, $positions) = (prompt.len(), positions.clone());
            write(model, prompt, (vector, layer), n_new, use_cache, &|$first, $len| $steered)
        };
    )*};
}

wrong_schedule! {
    SCHEDULE_IGNORED: |_prompt, _positions, first, _len| (first, 0..usize::MAX);
    PROMPT_ONLY: |prompt, _positions, first, _len| (first, 1..prompt);
    NEVER: |_prompt, _positions, first, _len| (first, 0..0);
    FIRST_RUN_ONLY: |prompt, positions, first, len| (first, if len > prompt { 0..0 } else { positions.clone() });
    STARTS_AGAIN: |_prompt, positions, _first, _len| (0, positions.clone());
    NEWEST_ONLY: |_prompt, positions, first, len| {
        // The whole prompt in the first step, then the last token only.
        let newest = if len > _prompt { len - 1 } else { 0 };
        (first, positions.start.max(newest)..positions.end)
    };
}

pub const WITH_PROMPT: Generate = |model, prompt, vector, layer, positions, n_new, use_cache| {
    [prompt.to_vec(), right(model, prompt, vector, layer, positions, n_new, use_cache)].concat()
};

pub const NEVER_CACHED: Generate =
    |model, prompt, vector, layer, positions, n_new, _| right(model, prompt, vector, layer, positions, n_new, false);

pub const ALWAYS_CACHED: Generate =
    |model, prompt, vector, layer, positions, n_new, _| right(model, prompt, vector, layer, positions, n_new, true);

/// Right tokens, but the last step's hook stays.
pub const HOOK_LEFT: Generate = |model, prompt, vector, layer, positions, n_new, use_cache| {
    let new = right(model, prompt, vector, layer, positions, n_new, use_cache);
    let vector = vector.clone();
    model.add_hook(("resid_pre", layer), move |mut resid, _| resid += &vector).unwrap();
    new
};

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
        pub const $name: Generate = |model, prompt, vector, layer, positions, n_new, use_cache| {
            let (point, stops_at, pick) = ("resid_pre", None, most_probable as fn(ArrayView2<f32>) -> usize);
            let stops_before = false;
            let right =
                Writing { model, prompt, vector, layer, positions, n_new, use_cache, point, stops_at, stops_before, pick };
            Writing { $($field: $choice,)* ..right }.write()
        };
    )*};
}

wrong_writing! {
    STOPS_AT_END_OF_TEXT { stops_at: Some(0) };
    STOPS_BEFORE_END_OF_TEXT { stops_at: Some(0), stops_before: true };
    FIRST_LOGITS { pick: |logits| argmax(logits.row(0)) };
    LEAST_PROBABLE { pick: |logits| argmax((-&logits.row(logits.nrows() - 1)).view()) };
    AFTER_LAYER { point: "resid_post" };
}

wrong_schedule! {
    NEW_ONLY: |prompt, positions, first, _len| (first, positions.start.max(prompt)..positions.end);
    END_INCLUDED: |_prompt, positions, first, _len| (first, positions.start..positions.end.saturating_add(1));
    FROM_THE_PROMPTS_END: |prompt, positions, first, _len| {
        (first, positions.start + prompt..positions.end.saturating_add(prompt))
    };
    BEHIND_THE_PROMPT: |prompt, positions, first, _len| (first.min(prompt), positions.clone());
}

pub const WHOLE_TEXT_AGAIN: Generate = |model, prompt, vector, layer, positions, n_new, use_cache| {
    in_steps(model, prompt, (vector, layer), n_new, |text, past| {
        let first = if use_cache { past.len() } else { 0 };
        (text.to_vec(), first, use_cache, positions.clone())
    })
};

pub const NEW_CACHE_EACH_STEP: Generate = |model, prompt, vector, layer, positions, n_new, use_cache| {
    in_steps(model, prompt, (vector, layer), n_new, |text, past| {
        *past = KeyValueCache::new(model.cfg(), 1);
        let first = if use_cache && text.len() > prompt.len() { text.len() - 1 } else { 0 };
        (text[first..].to_vec(), first, use_cache, positions.clone())
    })
};

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

pub const ONE_MORE: Generate = |model, prompt, vector, layer, positions, n_new, use_cache| {
    right(model, prompt, vector, layer, positions, n_new + 1, use_cache)
};

/// The first new token is dropped.
pub const ONE_LESS: Generate = |model, prompt, vector, layer, positions, n_new, use_cache| {
    let all = right(model, prompt, vector, layer, positions, n_new, use_cache);
    all.into_iter().skip(1).collect()
};

pub const EVERY_LAYER: Generate = |model, prompt, vector, _, positions, n_new, use_cache| {
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
};
