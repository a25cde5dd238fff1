//! The checks of writing on with a vector added: the tokens, and what is computed on the way.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use hooked_transformer::HookedTransformer;
use ndarray::Array1;

use super::stored::{self, must_separate, stored};
use super::{C07, C08, Submission};
use crate::cases::{Cases, Fault};
use crate::compare::Want;
use crate::models::gpt2;
use crate::reference::Damaged;
use crate::value::Value;

/// The lead of every chosen token in the logits: far above what rounding in single precision can reverse.
const LEAST_MARGIN: f64 = 0.02;

/// A text to write.
#[derive(Clone)]
struct Text {
    schedule: String,
    prompt: Vec<usize>,
    vector: Array1<f32>,
    layer: usize,
    positions: Range<usize>,
    new_tokens: usize,
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
        let Self { prompt, vector, layer, positions, new_tokens, .. } = self;
        (submission.steered_generate)(model, prompt, vector, *layer, positions, *new_tokens, keep)
    }
}

/// The inputs of an item.
fn text(item: usize) -> Result<Text, Damaged> {
    let stored = stored()?;
    let facts = stored.item("generations", item);
    let positions = facts.wholes("positions")?;
    must_separate(positions.len() == 2, "positions from and to")?;
    Ok(Text {
        schedule: facts.text("schedule")?,
        prompt: facts.wholes("prompt")?,
        vector: stored.array1(&format!("generation_{item}.vector"))?,
        layer: facts.whole("layer")?,
        positions: positions[0]..positions[1],
        new_tokens: facts.wholes("tokens")?.len(),
    })
}

/// The tokens that must come of an item: clearly the most probable ones, and not those of another schedule or of none.
fn tokens(item: usize) -> Result<Vec<usize>, Damaged> {
    let stored = stored()?;
    let of = |item: usize| stored.item("generations", item).wholes("tokens");
    let (facts, tokens) = (stored.item("generations", item), of(item)?);
    must_separate(facts.number("margin")? >= LEAST_MARGIN, "tokens that are clearly the most probable")?;
    let mut unlike = facts.wholes("unsteered")? != tokens;
    for other in 0..item {
        let same_prompt = stored.item("generations", other).wholes("prompt")? == facts.wholes("prompt")?;
        unlike &= !same_prompt || of(other)? != tokens;
    }
    must_separate(unlike, "a text for each schedule")?;
    Ok(tokens)
}

/// The same tokens with and without kept keys and values, on every schedule; a text that ends goes on; and none when
/// none is asked for.
pub fn c07_steered_generate(submission: &Submission) -> Cases {
    let submission = *submission;
    Cases::of(&C07, |cases| {
        cases.uses(super::c06_add_at_positions(&submission));
        cases.found(|_| {
            let stored = stored().ok()?;
            let facts = stored.item("generations", 0);
            let vocabulary = stored::vocabulary().ok()?;
            let text = |key: &str| -> Option<String> {
                let tokens = facts.wholes(key).ok()?;
                Some(tokens.iter().filter_map(|id| vocabulary.get(*id)).map(String::as_str).collect())
            };
            Some(format!(
                "After {:?} the model goes on with {:?}. Steered, it goes on with {:?}.",
                text("prompt")?,
                text("unsteered")?,
                text("tokens")?
            ))
        });
        for item in 0..stored()?.count("generations")? {
            for keep in [false, true] {
                let text = text(item)?;
                let want = move || Ok(Want::Tokens { ids: tokens(item)?.into(), vocabulary: stored::vocabulary()? });
                let words = text.words(keep);
                let call = move |model: HookedTransformer| text.write(&submission, &model, keep);
                cases.case_on(words, want, gpt2, call);
            }
        }
        for keep in [false, true] {
            let text = Text { new_tokens: 0, ..text(0)? };
            let want = || Ok(Want::Tokens { ids: Vec::<usize>::new().into(), vocabulary: stored::vocabulary()? });
            let words = format!("no new tokens at all; {}", text.words(keep));
            cases.case_on(words, want, gpt2, move |model| text.write(&submission, &model, keep));
        }
        Ok(())
    })
}

/// Keys and values are kept if and only if asked for, and no hook stays behind.
pub fn c08_steered_generate_and_the_cache(submission: &Submission) -> Cases {
    let submission = *submission;
    Cases::of(&C08, |cases| {
        let text = text(0)?;
        for keep in [true, false] {
            let (of_call, of_property) = (text.clone(), text.clone());
            let call = move |model: HookedTransformer| watch(submission, &model, &of_call, keep);
            let asked = cases.ask_on(text.words(keep), gpt2, call);
            cases.property(move |answers| {
                let (lengths, hooks) = (answers.array_at(asked, "lengths")?, answers.number_at(asked, "hooks")?);
                let fault = cache_fault(&of_property, keep, &lengths.data, hooks);
                fault.map_or(Ok(()), |fault| fault.in_case(&of_property.words(keep)).found())
            });
        }
        Ok(())
    })
}

/// What is wrong with the lengths of the chunks that the model ran on, and with how many lasting hooks it has
/// afterward, the one that watches included.
fn cache_fault(text: &Text, keep: bool, lengths: &[f64], hooks: f64) -> Option<Fault> {
    // The last new token need not be run.
    let once = (text.prompt.len() + text.new_tokens) as f64;
    let chunks: Vec<usize> = lengths.iter().map(|length| *length as usize).collect();
    let ran = format!("the model ran on chunks of {chunks:?} positions.");
    let sum: f64 = lengths.iter().sum();
    if keep && sum > once {
        let evidence = format!("{ran}\nWith kept keys and values each position is computed once.");
        return Some(Fault::new(evidence).mistake("E04-40"));
    }
    if !keep && sum <= once {
        let evidence = format!("{ran}\nWithout, every step computes the whole text again.");
        return Some(Fault::new(evidence).mistake("E04-41"));
    }
    let evidence = "the model still has a hook after the function has returned.";
    (hooks > 1.0).then(|| Fault::new(evidence).mistake("E04-42"))
}

/// What is seen of a model while it writes.
fn watch(submission: Submission, model: &HookedTransformer, text: &Text, keep: bool) -> Value {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let note = Arc::clone(&seen);
    let watching = model.add_hook("hook_embed", move |embed, _| {
        note.lock().unwrap_or_else(PoisonError::into_inner).push(embed.shape()[1]);
    });
    watching.unwrap_or_else(|error| panic!("{error}"));
    text.write(&submission, model, keep);
    let lengths = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Value::parts([("lengths", lengths.into()), ("hooks", model.list_hooks().len().into())])
}
