//! The checks of the table of ablations.

use std::sync::Arc;

use hooked_transformer::{FwdHook, fwd_hook};
use ndarray::Axis;

use super::hooks::{LOSS, run};
use super::stored::stored;
use super::{C05, C06, HookMaker, Submission};
use crate::grade::Grading;
use crate::reference::Damaged;
use crate::verdict::Check;

/// Silences a head: what the learner's function is given, so that a mistake in their own hook is not told here.
fn silence(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("z", layer), move |mut z, _| z.index_axis_mut(Axis(2), head).fill(0.0))
}

/// Gives a head its mean over the batch.
fn average(layer: usize, head: usize) -> FwdHook<'static> {
    fwd_hook(("z", layer), move |mut z, _| {
        let mut of_head = z.index_axis_mut(Axis(2), head);
        if let Some(mean) = of_head.mean_axis(Axis(0)) {
            of_head.assign(&mean);
        }
    })
}

/// The loss that each head saves on the second copy, with two hooks and on three models.
pub fn c05_ablation_table(submission: &Submission) -> Check {
    let table = submission.ablation_table;
    let damaged = |damaged: Damaged| damaged.verdict(&C05);
    let stored = stored(&C05)?;
    let mut grading = Grading::of(&C05);
    let kinds: [(&str, &str, HookMaker); 2] =
        [("zero_table", ", zero ablation", silence), ("mean_table", ", mean ablation", average)];
    for case in stored.on_repeated_tokens().map_err(damaged)? {
        for (name, what, ablate) in kinds {
            // One run with each head of the embedded model is enough, and a batch of one is its own mean.
            if name == "mean_table" && case.key != "attn_0" {
                continue;
            }
            let want = stored.want(&case, name, &["layer", "head"], LOSS).map_err(damaged)?;
            // A clone has no hooks, so one left behind is not told here but by the next check.
            let (model, tokens) = (case.model.as_ref().clone(), case.tokens.clone());
            run(&mut grading, &case, what, want, move || table(&model, &tokens, ablate));
        }
    }
    stored.not_zero("repeated.zero_table", LOSS).map_err(damaged)?;
    for wrong in ["repeated.mean_table", "repeated.first_half_table", "repeated.all_positions_table"] {
        stored.apart("repeated.zero_table", wrong, LOSS).map_err(damaged)?;
    }
    grading.verdict()
}

/// The model is as it was: no hook more, no hook less, and the same loss.
pub fn c06_ablation_table_leaves_no_trace(submission: &Submission) -> Check {
    let table = submission.ablation_table;
    let damaged = |damaged: Damaged| damaged.verdict(&C06);
    let case = stored(&C06)?.tiny("attn_0").map_err(damaged)?;
    let unusable = |error: hooked_transformer::Error| crate::reference::unusable("reference_data", &error.to_string());
    let mine = case.model.add_hook("hook_embed", |_, _| {}).map_err(|error| damaged(unusable(error)))?;
    let loss = || case.model.loss(&case.tokens).map_err(|error| damaged(unusable(error)));
    let before = loss()?;
    let grading = Grading::of(&C06);
    let (model, tokens) = (Arc::clone(&case.model), case.tokens.clone());
    grading.call(&case.words, move || table(&model, &tokens, silence))?;
    let left = case.model.list_hooks();
    if !left.iter().any(|(handle, _)| *handle == mine) {
        let evidence = "a lasting hook that somebody else had put on the model before the call is gone after it.";
        return Err(grading.wrong(evidence, Some("E03-31")));
    }
    let more = left.len() - 1;
    let after = loss()?;
    if more > 0 || after != before {
        let evidence = format!(
            "after the call {more} lasting hooks more are on the model than before, and its loss is {after} where it was \
             {before}."
        );
        return Err(grading.wrong(&evidence, (more > 0).then_some("E03-30")));
    }
    Ok(())
}
