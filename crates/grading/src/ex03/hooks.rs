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
/// The entries of the stream are a few units at most, after layers that each magnify what rounding did.
const STREAM: f64 = 3e-4;
/// A loss or a log probability in nats.
pub(super) const LOSS: f64 = 1e-3;

const HEADS: &[&str] = &["layer", "head"];
const STREAMS: &[&str] = &["layer", "batch", "pos", "d_model"];

/// The score of every head, and no hook left on the model.
pub fn c01_induction_scores(submission: &Submission) -> Cases {
    let scores = submission.induction_scores;
    Cases::of(&C01, |cases| {
        for case in stored()?.on_repeated_tokens()? {
            let asked = case.add_run(cases, "", case.want("induction", HEADS, SCORES), scores);
            if case.is_embedded() {
                cases.found(move |answers| {
                    let (layer, head, score) = largest_head(answers.array(asked).ok()?)?;
                    Some(format!(
                        "In attn-only-2l-tales, head {layer}.{head} gives {:.0} % of its attention to the token after the \
                         previous occurrence: an induction head.",
                        100.0 * score
                    ))
                });
            }
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

/// The head with the largest entry of a table `[layer, head]`, and that entry.
pub(super) fn largest_head(table: &Tensor) -> Option<(usize, usize, f64)> {
    let n_heads = *table.shape.get(1)?;
    let (at, largest) = table.data.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
    Some((at / n_heads, at % n_heads, *largest))
}

/// What every layer leaves in the stream while a hook is at work: `[layer, batch, pos, d_model]`. It is the effect that is
/// compared, and not `z` itself, since there is more than one point at which to silence a head.
fn streams(model: &HookedTransformer, tokens: &Tokens, hook: FwdHook<'_>) -> ArrayD<f32> {
    let run = model.run(tokens).hook(hook).names_filter(|name: &str| name.ends_with("hook_resid_post"));
    let cache = run.cache().unwrap_or_else(|error| panic!("the run with your hook ended with an error: {error}"));
    let layers: Vec<_> = cache.iter().map(|(_, resid)| resid.view()).collect();
    stack(Axis(0), &layers).unwrap_or_else(|error| panic!("the layers do not fit together: {error}"))
}

/// The streams while each of the chosen heads is ablated.
fn ablated(cases: &mut Cases, maker: HookMaker, kind: &str) -> Result<(), Damaged> {
    for key in ["attn_0", "attn_1"] {
        let case = stored()?.tiny(key)?;
        for (layer, head) in stored()?.ablated(key)? {
            let want = case.want(&format!("{kind}.{layer}.{head}"), STREAMS, STREAM);
            let what = format!(", with your hook for layer {layer}, head {head}: resid_post of each layer");
            case.add_run(cases, &what, want, move |model, tokens| streams(model, tokens, maker(layer, head)));
        }
    }
    Ok(())
}

/// One head of one layer is silenced, and nothing else is touched; nor is what an earlier run has cached.
pub fn c02_zero_ablate(submission: &Submission) -> Cases {
    let maker = submission.zero_ablate;
    Cases::of(&C02, |cases| {
        ablated(cases, maker, "zero")?;
        let case = stored()?.tiny("attn_0")?;
        let words = case.words.clone();
        let inputs = move || {
            let (model, tokens) = case.model_and_tokens()?;
            Ok((case.cache(None)?, model, tokens))
        };
        let asked = cases.ask_on(&words, inputs, move |(before, model, tokens)| {
            let kept: Vec<ArrayD<f32>> =
                before.iter().map(|(_, activation)| activation.to_owned().into_owned()).collect();
            streams(&model, &tokens, maker(0, 0));
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
        // The last two have norms and MLPs: more points, whose names a predicate may hit by accident.
        for key in ["attn_0", "attn_1", "gpt_0", "gpt_1"] {
            let case = stored()?.tiny(key)?;
            let head = stored()?.silenced_everywhere(key)?;
            let want = case.want(&format!("zero_everywhere.{head}"), STREAMS, STREAM);
            let what = format!(", with your hook for head {head}: resid_post of each layer");
            case.add_run(cases, &what, want, move |model, tokens| streams(model, tokens, maker(head)));
        }
        Ok(())
    })
}

/// One head gets its mean over the batch, position by position.
pub fn c04_mean_ablate(submission: &Submission) -> Cases {
    let maker = submission.mean_ablate;
    Cases::of(&C04, |cases| {
        ablated(cases, maker, "mean")?;
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
