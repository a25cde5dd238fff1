//! The checks of the predictions put to the test: a path that is cut, and a pattern that is frozen.

use hooked_transformer::{HookedTransformer, Tokens};

use super::stored::{TINY, embedded_and_tokens, files, part, tiny_and_tokens, words};
use super::{C15, C16, Submission};
use crate::cases::Cases;
use crate::compare::Want;
use crate::hooks;
use crate::reference::Damaged;

/// Losses in nats, after runs of the whole model.
const LOSS: f64 = 1e-3;

/// Pairs of heads of the tiny models, and three that lead into head 1.4 of the embedded one.
pub fn c15_cost_of_cutting(submission: &Submission) -> Cases {
    let cost = submission.cost_of_cutting;
    Cases::of(&C15, |cases| {
        for (key, pairs) in TINY.into_iter().zip([vec![(2, 3), (0, 4), (3, 1)], vec![(1, 2), (3, 0)]]) {
            for (from, to) in pairs {
                let name = format!("{}, 0.{from} cut out of 1.{to}", words(key)?);
                let want = move || losses(&format!("{key}.without_path"), &[from, to], &["q_k_v"]);
                cases.case_on(
                    name,
                    want,
                    move || tiny_and_tokens(key),
                    move |(model, tokens)| cost(&model, &tokens, from, to),
                );
            }
        }
        for from in [1, 5, 7] {
            let want = move || losses("model.without_path", &[from], &["q_k_v"]);
            let name = format!("attn-only-2l-tales, 0.{from} cut out of 1.4");
            cases.case_without_diagnosis(name, want, embedded_and_tokens, move |(model, tokens)| {
                cost(&model, &tokens, from, 4)
            });
        }
        leaves_no_hook(cases, move |model, tokens| cost(model, tokens, 0, 1)[0]);
        cases.found(|_| {
            let costs = &files().ok()?.facts["found"]["without_path"];
            let at = |head: usize, side: usize| costs[head][side].as_f64();
            Some(format!(
                "Into 1.4: cutting 0.1 costs {:.1} nats through the queries and {:.1} through the keys, cutting 0.7 costs \
                 {:.1} through the keys alone, and cutting 0.5 costs {:.1} through the queries and {:.1} through the values.",
                at(1, 0)?,
                at(1, 1)?,
                at(7, 1)?,
                at(5, 0)?,
                at(5, 2)?
            ))
        });
        Ok(())
    })
}

/// Pairs of heads of the tiny models, and three heads silenced with the pattern of 1.4 frozen.
pub fn c16_loss_with_frozen_pattern(submission: &Submission) -> Cases {
    let loss = submission.loss_with_frozen_pattern;
    Cases::of(&C16, |cases| {
        for (key, pairs) in TINY.into_iter().zip([vec![(2, 3), (4, 0)], vec![(1, 2), (0, 3)]]) {
            for (silenced, frozen) in pairs {
                let name = format!("{}, 0.{silenced} silenced, 1.{frozen} frozen", words(key)?);
                let want = move || losses(&format!("{key}.frozen"), &[silenced, frozen], &["silenced_frozen"]);
                cases.case_on(
                    name,
                    want,
                    move || tiny_and_tokens(key),
                    move |(model, tokens)| loss(&model, &tokens, silenced, frozen),
                );
            }
        }
        for silenced in [1, 5, 7] {
            let want = move || losses("model.frozen", &[silenced], &["silenced_frozen"]);
            let name = format!("attn-only-2l-tales, 0.{silenced} silenced, 1.4 frozen");
            cases.case_without_diagnosis(name, want, embedded_and_tokens, move |(model, tokens)| {
                loss(&model, &tokens, silenced, 4)
            });
        }
        leaves_no_hook(cases, move |model, tokens| loss(model, tokens, 0, 1)[0]);
        cases.found(|_| {
            let found = &files().ok()?.facts["found"];
            let at = |head: usize, which: usize| found["frozen"][head][which].as_f64();
            Some(format!(
                "Silencing 0.1 raises the loss to {:.1} nats, but to {:.2} if 1.4 keeps its pattern: 0.1 only determines \
                 where 1.4 attends. Head 0.5 also does something else: {:.1} nats remain.",
                at(1, 0)?,
                at(1, 1)?,
                at(5, 1)?
            ))
        });
        Ok(())
    })
}

fn losses(name: &str, at: &[usize], axes: &'static [&'static str]) -> Result<Want, Damaged> {
    Ok(Want::Array { values: part(name, at)?, axes, tolerance: LOSS })
}

/// The model must be left as it was found.
fn leaves_no_hook(cases: &mut Cases, call: impl FnOnce(&HookedTransformer, &Tokens) -> f32 + Send + 'static) {
    let inputs = || tiny_and_tokens(TINY[0]);
    hooks::leaves_none(cases, inputs, move |(model, tokens)| {
        let _loss = call(&model, &tokens);
        model.list_hooks().len()
    });
}
