//! The checks of the table of ablations.

use hooked_transformer::{FwdHook, fwd_hook};
use ndarray::Axis;

use super::hooks::{LOSS, largest_head};
use super::stored::stored;
use super::{C05, C06, HookMaker, Submission};
use crate::cases::{Cases, Fault};
use crate::value::Value;

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
pub fn c05_ablation_table(submission: &Submission) -> Cases {
    let table = submission.ablation_table;
    Cases::of(&C05, |cases| {
        let kinds: [(&str, &str, HookMaker); 2] =
            [("zero_table", ", zero ablation", silence), ("mean_table", ", mean ablation", average)];
        for case in stored()?.on_repeated_tokens()? {
            for (name, what, ablate) in kinds {
                // One run with each head of the embedded model is enough, and a batch of one is its own mean.
                if name == "mean_table" && case.key != "attn_0" {
                    continue;
                }
                // Each case has a model of its own, so a hook left behind is not told here but by the next check.
                let want = case.want(name, &["layer", "head"], LOSS);
                let asked = case.add_run(cases, what, want, move |model, tokens| table(model, tokens, ablate));
                if case.is_embedded() {
                    cases.found(move |answers| {
                        let (layer, head, cost) = largest_head(answers.array(asked).ok()?)?;
                        Some(format!(
                            "Without head {layer}.{head} the second copy costs {cost:.2} nats more per token: of all heads \
                             this one is missed most."
                        ))
                    });
                }
            }
        }
        cases.property(|_| {
            stored()?.not_zero("repeated.zero_table", LOSS)?;
            for wrong in ["repeated.mean_table", "repeated.first_half_table", "repeated.all_positions_table"] {
                stored()?.apart("repeated.zero_table", wrong, LOSS)?;
            }
            Ok(())
        });
        Ok(())
    })
}

/// The model is as it was: no hook more, no hook less, and the same loss.
pub fn c06_ablation_table_leaves_no_trace(submission: &Submission) -> Cases {
    let table = submission.ablation_table;
    Cases::of(&C06, |cases| {
        let case = stored()?.tiny("attn_0")?;
        let asked = cases.ask_on(
            case.words.clone(),
            move || case.model_and_tokens(),
            move |(model, tokens)| {
                let loss = || model.loss(&tokens).unwrap_or(f32::NAN);
                let another = model.add_hook("hook_embed", |_, _| {});
                let before = loss();
                table(&model, &tokens, silence);
                let left = model.list_hooks();
                let is_kept = left.iter().any(|(handle, _)| another.as_ref().is_ok_and(|another| handle == another));
                Value::parts([
                    ("kept", is_kept.into()),
                    ("left", left.len().into()),
                    ("before", before.into()),
                    ("after", loss().into()),
                ])
            },
        );
        cases.property(move |answers| {
            let number = |part: &str| answers.number_at(asked, part);
            if number("kept")? == 0.0 {
                let evidence = "a lasting hook that was on the model before the call is gone after it.";
                return Fault::new(evidence).mistake("E03-31").found();
            }
            let (more, before, after) = (number("left")? - 1.0, number("before")?, number("after")?);
            if more > 0.0 || after != before {
                let evidence = format!(
                    "after the call the model has {more} more lasting hooks than before, and its loss is {after} \
                     where it was {before}."
                );
                return Fault::new(evidence).mistake((more > 0.0).then_some("E03-30")).found();
            }
            Ok(())
        });
        Ok(())
    })
}
