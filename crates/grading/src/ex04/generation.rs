//! The checks of writing on with a vector added: the tokens, and what is computed on the way.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use hooked_transformer::HookedTransformer;
use ndarray::Array1;

use super::stored::{self, Stored, must_separate, stored};
use super::{C07, C08, Submission};
use crate::compare::Want;
use crate::grade::Grading;
use crate::reference::Damaged;
use crate::value::Tensor;
use crate::verdict::{Check, Verdict};

/// Tokens are right or wrong.
const TOLERANCE: f64 = 0.05;

/// The lead of every chosen token in the logits: far above what single precision can turn round.
const LEAST_MARGIN: f64 = 0.02;

/// A text to write.
#[derive(Clone)]
struct Text {
    schedule: String,
    prompt: Vec<usize>,
    vector: Array1<f32>,
    layer: usize,
    positions: Range<usize>,
    tokens: Vec<usize>,
    unsteered: Vec<usize>,
}

impl Text {
    fn words(&self, keep: bool) -> String {
        let Self { schedule, prompt, layer, positions, .. } = self;
        let keep = if keep { "with" } else { "without" };
        format!(
            "{schedule} ({positions:?}), a prompt of {} tokens, layer {layer}, {keep} kept keys and values",
            prompt.len()
        )
    }

    fn write(&self, submission: &Submission, model: &HookedTransformer, keep: bool) -> Vec<usize> {
        let Self { prompt, vector, layer, positions, tokens, .. } = self;
        (submission.steered_generate)(model, prompt, vector, *layer, positions, tokens.len(), keep)
    }
}

fn texts(stored: &Stored) -> Result<Vec<Text>, Damaged> {
    let mut texts: Vec<Text> = Vec::new();
    for item in 0..stored.count("generations")? {
        let facts = stored.item("generations", item);
        let positions = facts.wholes("positions")?;
        must_separate(positions.len() == 2, "positions from and to")?;
        must_separate(facts.number("margin")? >= LEAST_MARGIN, "tokens that are clearly the most probable")?;
        texts.push(Text {
            schedule: facts.text("schedule")?,
            prompt: facts.wholes("prompt")?,
            vector: stored.array1(&format!("generation_{item}.vector"))?,
            layer: facts.whole("layer")?,
            positions: positions[0]..positions[1],
            tokens: facts.wholes("tokens")?,
            unsteered: facts.wholes("unsteered")?,
        });
    }
    for (i, text) in texts.iter().enumerate() {
        let same_prompt = texts[..i].iter().filter(|other| other.prompt == text.prompt);
        let unlike = same_prompt.map(|other| &other.tokens).chain([&text.unsteered]).all(|other| *other != text.tokens);
        must_separate(unlike, "a text for each schedule")?;
    }
    Ok(texts)
}

/// The same tokens with and without kept keys and values, on three schedules.
pub fn c07_steered_generate(submission: &Submission) -> Check {
    let mut grading = Grading::of(&C07);
    let damaged = |damaged: Damaged| damaged.verdict(&C07);
    let (stored, model) = (stored(&C07)?, stored::model(&C07)?);
    for text in texts(stored).map_err(damaged)? {
        for keep in [false, true] {
            let values = Tensor::from(text.tokens.clone());
            let want = Want::Array { values, axes: &["new pos"], tolerance: TOLERANCE };
            let (submission, model, text) = (*submission, model.clone(), text.clone());
            grading.case(text.words(keep), want, move || text.write(&submission, &model, keep));
        }
    }
    grading.verdict()
}

/// Keys and values are kept if and only if asked for, and no hook stays behind.
pub fn c08_steered_generate_and_the_cache(submission: &Submission) -> Check {
    let grading = Grading::of(&C08);
    let damaged = |damaged: Damaged| damaged.verdict(&C08);
    let (stored, model) = (stored(&C08)?, stored::model(&C08)?);
    let texts = texts(stored).map_err(damaged)?;
    let text = &texts[0];
    for keep in [true, false] {
        let Watched { lengths, hooks } = watch(&grading, submission, &model, text, keep)?;
        let wrong = |evidence: &str, mistake| {
            Err(grading.wrong(&format!("Case: {}\n{evidence}", text.words(keep)), Some(mistake)))
        };
        // The last new token need not be run.
        let once = text.prompt.len() + text.tokens.len();
        let ran = format!("the model ran on chunks of {lengths:?} positions.");
        let sum: usize = lengths.iter().sum();
        if keep && sum > once {
            return wrong(&format!("{ran}\nWith kept keys and values each position is computed once."), "E04-40");
        }
        if !keep && sum <= once {
            return wrong(&format!("{ran}\nWithout, every step computes the whole text again."), "E04-41");
        }
        if hooks > 1 {
            return wrong("the model still has a hook after the function has returned.", "E04-42");
        }
    }
    Ok(())
}

/// What was seen of a model while it wrote.
struct Watched {
    /// The length of each chunk that it ran on.
    lengths: Vec<usize>,
    /// How many lasting hooks it has afterwards, the one that watches included.
    hooks: usize,
}

fn watch(
    grading: &Grading,
    submission: &Submission,
    model: &HookedTransformer,
    text: &Text,
    keep: bool,
) -> Result<Watched, Verdict> {
    let (submission, model, text) = (*submission, model.clone(), text.clone());
    grading.call(&text.words(keep), move || {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let note = Arc::clone(&seen);
        let watching = model.add_hook("hook_embed", move |embed, _| {
            note.lock().unwrap_or_else(PoisonError::into_inner).push(embed.shape()[1]);
        });
        watching.unwrap_or_else(|error| panic!("{error}"));
        text.write(&submission, &model, keep);
        let lengths = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Watched { lengths, hooks: model.list_hooks().len() }
    })
}
