//! The checks of single hooks: one that looks, and three that edit.

use std::sync::Arc;

use hooked_transformer::{FwdHook, HookedTransformer, Tokens};
use ndarray::{ArrayD, Axis, stack};

use super::stored::{ATTN_ONLY, Case, Stored, stored};
use super::{C01, C02, C03, C04, HookMaker, Submission};
use crate::compare::Want;
use crate::exercise::CheckInfo;
use crate::grade::Grading;
use crate::reference::Damaged;
use crate::value::{Tensor, Value};
use crate::verdict::Check;

/// Attention is between 0 and 1: single precision leaves less than 1e-6.
const SCORES: f64 = 1e-5;
/// The entries of z are a few units at most, after two or three layers that each magnify what rounding did.
const Z: f64 = 3e-4;
/// A loss or a log probability in nats.
pub(super) const LOSS: f64 = 1e-3;

const HEADS: &[&str] = &["layer", "head"];
const EVERY_Z: &[&str] = &["layer", "batch", "pos", "head", "d_head"];

/// Runs a case; on a tiny model a mistake is recognised by what it gives.
pub(super) fn run<T: Into<Value> + Send + 'static>(
    grading: &mut Grading,
    case: &Case,
    what: &str,
    want: Want,
    function: impl FnOnce() -> T + Send + 'static,
) {
    let name = format!("{}{what}", case.words);
    if case.tiny {
        grading.case(name, want, function);
    } else {
        grading.case_that_does_not_tell(name, want, function);
    }
}

/// The score of every head, and no hook left on the model.
pub fn c01_induction_scores(submission: &Submission) -> Check {
    let scores = submission.induction_scores;
    let damaged = |damaged: Damaged| damaged.verdict(&C01);
    let stored = stored(&C01)?;
    let mut grading = Grading::of(&C01);
    for case in stored.on_repeated_tokens().map_err(damaged)? {
        let want = stored.want(&case, "induction", HEADS, SCORES).map_err(damaged)?;
        let (model, tokens) = (Arc::clone(&case.model), case.tokens.clone());
        run(&mut grading, &case, "", want, move || scores(&model, &tokens));
        let left = case.model.list_hooks().len();
        if left > 0 {
            let evidence = format!("Case: {}\nafter the call {left} lasting hooks are on the model.", case.words);
            return Err(grading.wrong(&evidence, Some("E03-7")));
        }
    }
    stored.not_zero("repeated.induction", SCORES).map_err(damaged)?;
    grading.verdict()
}

/// Every layer's z while a hook is at work: `[layer, batch, pos, head, d_head]`.
fn every_z(model: &HookedTransformer, tokens: &Tokens, hook: FwdHook<'_>) -> ArrayD<f32> {
    let run = model.run(tokens).hook(hook).names_filter(|name: &str| name.ends_with("hook_z"));
    let cache = run.cache().unwrap_or_else(|error| panic!("the run with your hook ended with an error: {error}"));
    let layers: Vec<_> = cache.iter().map(|(_, z)| z.view()).collect();
    stack(Axis(0), &layers).unwrap_or_else(|error| panic!("the layers do not fit together: {error}"))
}

/// The z of every layer while each of the chosen heads is ablated.
fn check_hook(check: &'static CheckInfo, maker: HookMaker, kind: &str) -> Result<Grading, Damaged> {
    let stored = match stored(check) {
        Ok(stored) => stored,
        // The same files were read by the caller.
        Err(_) => return Ok(Grading::of(check)),
    };
    let mut grading = Grading::of(check);
    for key in ["attn_0", "attn_1"] {
        let case = stored.tiny(key)?;
        for (layer, head) in stored.ablated(key)?.0 {
            let want = stored.want(&case, &format!("{kind}.{layer}.{head}"), EVERY_Z, Z)?;
            let (model, tokens) = (Arc::clone(&case.model), case.tokens.clone());
            let what = format!(", head {layer}.{head}");
            run(&mut grading, &case, &what, want, move || every_z(&model, &tokens, maker(layer, head)));
        }
    }
    Ok(grading)
}

/// One head of one layer is silenced, and nothing else is touched; nor is what an earlier run has cached.
pub fn c02_zero_ablate(submission: &Submission) -> Check {
    let damaged = |damaged: Damaged| damaged.verdict(&C02);
    let case = stored(&C02)?.tiny("attn_0").map_err(damaged)?;
    let before = case.cache(None).map_err(damaged)?;
    let kept: Vec<ArrayD<f32>> = before.iter().map(|(_, activation)| activation.to_owned().into_owned()).collect();
    let grading = check_hook(&C02, submission.zero_ablate, "zero").map_err(damaged)?;
    if before.iter().zip(&kept).any(|((_, now), then)| now.view() != then.view()) {
        return Err(grading.wrong("the cache of a run without the hook has changed.", None));
    }
    grading.verdict()
}

/// One head is silenced in every layer, however many there are.
pub fn c03_zero_ablate_everywhere(submission: &Submission) -> Check {
    let maker = submission.zero_ablate_everywhere;
    let damaged = |damaged: Damaged| damaged.verdict(&C03);
    let stored = stored(&C03)?;
    let mut grading = Grading::of(&C03);
    for key in ["attn_0", "attn_1"] {
        let case = stored.tiny(key).map_err(damaged)?;
        let head = stored.ablated(key).map_err(damaged)?.1;
        let want = stored.want(&case, &format!("zero_everywhere.{head}"), EVERY_Z, Z).map_err(damaged)?;
        let (model, tokens) = (Arc::clone(&case.model), case.tokens.clone());
        run(&mut grading, &case, &format!(", head {head}"), want, move || every_z(&model, &tokens, maker(head)));
    }
    grading.verdict()
}

/// One head gets its mean over the batch, position by position.
pub fn c04_mean_ablate(submission: &Submission) -> Check {
    let maker = submission.mean_ablate;
    let damaged = |damaged: Damaged| damaged.verdict(&C04);
    let stored = stored(&C04)?;
    let mut grading = check_hook(&C04, maker, "mean").map_err(damaged)?;
    let case = stored.embedded(ATTN_ONLY, "repeated").map_err(damaged)?;
    let (heads, want) = most_missed(stored).map_err(damaged)?;
    let (model, tokens) = (Arc::clone(&case.model), case.tokens.clone());
    run(&mut grading, &case, ", loss that is added by ablating one head of each layer", want, move || {
        let second_copy = |hook: Option<FwdHook<'_>>| {
            let losses = model.run(&tokens).hooks(hook).loss_per_token();
            let losses = losses.unwrap_or_else(|error| panic!("the run with your hook ended with an error: {error}"));
            let half = losses.ncols() / 2;
            losses.slice(ndarray::s![.., half..]).mean().unwrap_or(f32::NAN)
        };
        let clean = second_copy(None);
        heads.iter().map(|&(layer, head)| second_copy(Some(maker(layer, head))) - clean).collect::<Vec<f32>>()
    });
    grading.verdict()
}

/// In each layer of the embedded model the head whose mean ablation costs most, and what it costs.
fn most_missed(stored: &Stored) -> Result<(Vec<(usize, usize)>, Want), Damaged> {
    stored.not_zero("repeated.mean_table", LOSS)?;
    stored.apart("repeated.mean_table", "repeated.zero_table", LOSS)?;
    let table = stored.tensor("repeated.mean_table")?;
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
