//! The checks of single hooks: one that looks, and three that edit.

use hooked_transformer::{FwdHook, HookedTransformer, Tokens};
use ndarray::{ArrayD, Axis, stack};

use super::stored::{ATTN_ONLY, stored};
use super::{C01, C02, C03, C04, HookMaker, Submission};
use crate::cases::{Cases, Fault};
use crate::compare::Want;
use crate::reference::Damaged;
use crate::value::Tensor;

/// Attention is between 0 and 1: single precision leaves less than 1e-6.
const SCORES: f64 = 1e-5;
/// The entries of z are a few units at most, after two or three layers that each magnify what rounding did.
const Z: f64 = 3e-4;
/// A loss or a log probability in nats.
pub(super) const LOSS: f64 = 1e-3;

const HEADS: &[&str] = &["layer", "head"];
const EVERY_Z: &[&str] = &["layer", "batch", "pos", "head", "d_head"];

/// The score of every head, and no hook left on the model.
pub fn c01_induction_scores(submission: &Submission) -> Cases {
    let scores = submission.induction_scores;
    Cases::of(&C01, |cases| {
        for case in stored()?.on_repeated_tokens()? {
            case.add_run(cases, "", case.want("induction", HEADS, SCORES), scores);
        }
        let case = stored()?.tiny("attn_0")?;
        let words = case.words.clone();
        let asked = cases.ask_on(
            &words,
            move || case.model_and_tokens(),
            move |(model, tokens)| {
                scores(&model, &tokens);
                model.list_hooks().len()
            },
        );
        cases.property(move |answers| {
            stored()?.not_zero("repeated.induction", SCORES)?;
            let left = answers.array(asked)?.data[0];
            if left > 0.0 {
                let evidence = format!("after the call {left} lasting hooks are on the model.");
                return Fault::new(evidence).in_case(&words).mistake("E03-7").found();
            }
            Ok(())
        });
        Ok(())
    })
}

/// Every layer's z while a hook is at work: `[layer, batch, pos, head, d_head]`.
fn every_z(model: &HookedTransformer, tokens: &Tokens, hook: FwdHook<'_>) -> ArrayD<f32> {
    let run = model.run(tokens).hook(hook).names_filter(|name: &str| name.ends_with("hook_z"));
    let cache = run.cache().unwrap_or_else(|error| panic!("the run with your hook ended with an error: {error}"));
    let layers: Vec<_> = cache.iter().map(|(_, z)| z.view()).collect();
    stack(Axis(0), &layers).unwrap_or_else(|error| panic!("the layers do not fit together: {error}"))
}

/// The z of every layer while each of the chosen heads is ablated.
fn ablated_z(cases: &mut Cases, maker: HookMaker, kind: &str) -> Result<(), Damaged> {
    for key in ["attn_0", "attn_1"] {
        let case = stored()?.tiny(key)?;
        for (layer, head) in stored()?.ablated(key)?.0 {
            let want = case.want(&format!("{kind}.{layer}.{head}"), EVERY_Z, Z);
            let what = format!(", head {layer}.{head}");
            case.add_run(cases, &what, want, move |model, tokens| every_z(model, tokens, maker(layer, head)));
        }
    }
    Ok(())
}

/// One head of one layer is silenced, and nothing else is touched; nor is what an earlier run has cached.
pub fn c02_zero_ablate(submission: &Submission) -> Cases {
    let maker = submission.zero_ablate;
    Cases::of(&C02, |cases| {
        ablated_z(cases, maker, "zero")?;
        let case = stored()?.tiny("attn_0")?;
        let words = case.words.clone();
        let inputs = move || {
            let (model, tokens) = case.model_and_tokens()?;
            Ok((case.cache(None)?, model, tokens))
        };
        let asked = cases.ask_on(&words, inputs, move |(before, model, tokens)| {
            let kept: Vec<ArrayD<f32>> =
                before.iter().map(|(_, activation)| activation.to_owned().into_owned()).collect();
            every_z(&model, &tokens, maker(0, 0));
            before.iter().zip(&kept).any(|((_, now), then)| now.view() != then.view())
        });
        cases.property(move |answers| {
            if answers.array(asked)?.data[0] == 0.0 {
                return Ok(());
            }
            Fault::new("the cache of a run without the hook has changed.").in_case(&words).found()
        });
        Ok(())
    })
}

/// One head is silenced in every layer, however many there are.
pub fn c03_zero_ablate_everywhere(submission: &Submission) -> Cases {
    let maker = submission.zero_ablate_everywhere;
    Cases::of(&C03, |cases| {
        for key in ["attn_0", "attn_1"] {
            let case = stored()?.tiny(key)?;
            let head = stored()?.ablated(key)?.1;
            let want = case.want(&format!("zero_everywhere.{head}"), EVERY_Z, Z);
            let what = format!(", head {head}");
            case.add_run(cases, &what, want, move |model, tokens| every_z(model, tokens, maker(head)));
        }
        Ok(())
    })
}

/// One head gets its mean over the batch, position by position.
pub fn c04_mean_ablate(submission: &Submission) -> Cases {
    let maker = submission.mean_ablate;
    Cases::of(&C04, |cases| {
        ablated_z(cases, maker, "mean")?;
        let case = stored()?.embedded(ATTN_ONLY, "repeated")?;
        let of_inputs = case.clone();
        let inputs = move || Ok((of_inputs.model_and_tokens()?, most_missed()?.0));
        let what = ", loss that is added by ablating one head of each layer";
        case.add(
            cases,
            what,
            || Ok(most_missed()?.1),
            inputs,
            move |((model, tokens), heads)| {
                let second_copy = |hook: Option<FwdHook<'_>>| {
                    let losses = model.run(&tokens).hooks(hook).loss_per_token();
                    let losses =
                        losses.unwrap_or_else(|error| panic!("the run with your hook ended with an error: {error}"));
                    let half = losses.ncols() / 2;
                    losses.slice(ndarray::s![.., half..]).mean().unwrap_or(f32::NAN)
                };
                let clean = second_copy(None);
                heads.iter().map(|&(layer, head)| second_copy(Some(maker(layer, head))) - clean).collect::<Vec<f32>>()
            },
        );
        cases.property(|_| {
            stored()?.not_zero("repeated.mean_table", LOSS)?;
            Ok(stored()?.apart("repeated.mean_table", "repeated.zero_table", LOSS)?)
        });
        Ok(())
    })
}

/// In each layer of the embedded model the head whose mean ablation costs most, and what it costs.
fn most_missed() -> Result<(Vec<(usize, usize)>, Want), Damaged> {
    let table = stored()?.tensor("repeated.mean_table")?;
    let n_heads = table.shape.last().copied().unwrap_or(1).max(1);
    let (mut heads, mut costs) = (Vec::new(), Vec::new());
    for (layer, row) in table.data.chunks(n_heads).enumerate() {
        let largest = row.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
        let (head, cost) = largest.map_or((0, 0.0), |(head, cost)| (head, *cost));
        heads.push((layer, head));
        costs.push(cost);
    }
    Ok((heads, Want::Array { values: Tensor::from(costs), axes: &["layer"], tolerance: LOSS }))
}
