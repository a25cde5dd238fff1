//! The residual stream: what it would predict after each layer, and who wrote the logit of a token.

use hooked_transformer::analysis::gradient_times_activation_with_edits;
use hooked_transformer::{
    ActivationCache, Edits, Error, HookedTransformer, Result, Scalar, Stack, StackMode, StackOptions,
};
use ndarray::{Array1, Array2, ArrayView3, Axis, Ix3, Ix4};
use serde_json::Value;

use crate::answer::Answer;
use crate::edits::Edited;
use crate::loaded::Loaded;
use crate::predictions::{Words, largest};
use crate::request::State;

/// Answers [`Request::Stream`](crate::Request::Stream).
///
/// # Errors
/// A text or an edit does not suit the model; there is no such position or token.
pub(crate) fn stream(loaded: &Loaded, state: &State, pos: usize, token: Option<usize>) -> Result<Answer> {
    let edited = Edited::new(loaded, state)?;
    let (model, ids) = (&edited.model, edited.run.ids.as_slice());
    let d_vocab = model.cfg().d_vocab_out();
    if pos >= ids.len() || token.is_some_and(|token| token >= d_vocab) {
        let problem = format!("position {pos} of {} and token {token:?} of {d_vocab}", ids.len());
        return Err(Error::Argument { name: "pos", problem });
    }
    let (logits, cache) = model.run(ids).logits_and_cache()?;
    let of_pos = logits.index_axis(Axis(0), 0).index_axis_move(Axis(0), pos);
    let token = token.unwrap_or_else(|| largest(of_pos, 1)[0]);
    let mut words = Words::new(&loaded.model);
    words.note(token)?;
    let answer = lens(Answer::default(), model, &cache, ids, &mut words)?;
    let answer = attribution(answer, model, &cache, ids, (pos, token), of_pos[token])?;
    Ok(answer.with("pos", pos).with("token", token).with("words", words.into_json()))
}

/// The logit lens: the stream before each layer and at the end, read as if it were the last. For each layer and position
/// the most probable token, its probability, and the log-probability of the token that does come.
fn lens(
    answer: Answer,
    model: &HookedTransformer,
    cache: &ActivationCache,
    ids: &[usize],
    words: &mut Words<'_>,
) -> Result<Answer> {
    // Each stream is normalized by itself, as the norm would do if it were the last.
    let stack = cache.accumulated_resid(StackOptions::new())?;
    let labels = stack.labels.clone();
    let (mut best, mut probs) = (Vec::new(), Array2::zeros((stack.len(), ids.len())));
    let mut of_next = Array2::zeros((stack.len(), ids.len().saturating_sub(1)));
    for (layer, stream) in stack.view::<Ix4>().outer_iter().enumerate() {
        let logits = model.unembed(model.ln_final(stream)?.view())?;
        let log_probs = hooked_transformer::log_softmax(logits.view()).index_axis_move(Axis(0), 0);
        let mut row = Vec::with_capacity(ids.len());
        for (pos, log_probs) in log_probs.rows().into_iter().enumerate() {
            let token = largest(log_probs, 1)[0];
            words.note(token)?;
            row.push(Value::from(token));
            probs[[layer, pos]] = log_probs[token].exp();
            if let Some(&next) = ids.get(pos + 1) {
                of_next[[layer, pos]] = log_probs[next];
            }
        }
        best.push(Value::from(row));
    }
    Ok(answer.with("lens_layers", labels).with("lens_top", best).array("lens_probs", probs).array("lens_next", of_next))
}

/// What every head, MLP and embedding adds to the logit directly, and gradient times activation beside it: to first order,
/// what it adds on every way.
fn attribution(
    answer: Answer,
    model: &HookedTransformer,
    cache: &ActivationCache,
    ids: &[usize],
    (pos, token): (usize, usize),
    logit: f32,
) -> Result<Answer> {
    let (mut labels, mut direct) = (Vec::new(), Vec::new());
    let mut push = |stack: &Stack| -> Result<()> {
        let attributed = cache.logit_attrs(stack, token)?;
        let values: ArrayView3<'_, f32> = attributed.view::<Ix3>();
        labels.extend(attributed.labels.iter().cloned());
        direct.extend(values.iter().copied());
        Ok(())
    };
    let at = pos as isize;
    push(&cache.stack_head_results(StackOptions::new().pos_slice(at))?)?;
    push(&cache.decompose_resid(StackOptions::new().mode(StackMode::Mlp).pos_slice(at))?)?;
    // What an edit writes does not depend on what would be there: no gradient goes on from it.
    let effects = gradient_times_activation_with_edits(model, ids, Scalar::logit(at, token), Edits::Stop)?;
    let by_gradient: Vec<f32> =
        labels.iter().map(|label| effects.of(label).map_or(f32::NAN, |of_positions| of_positions.sum())).collect();
    Ok(answer
        .with("components", labels)
        .with("logit", logit)
        .array("direct", Array1::from(direct))
        .array("by_gradient", Array1::from(by_gradient)))
}
