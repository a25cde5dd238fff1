//! The checks of the table of effects, and of what is read from it.

use super::stored::{must_separate, stored};
use super::tables::{Table, tables};
use super::{C12, C13, C14, Submission};
use crate::cases::Cases;
use crate::compare::Want;
use crate::models::gpt2;
use crate::value::Tensor;

/// Differences of log probabilities: single precision leaves some 1e-5.
const EFFECT_TOLERANCE: f64 = 5e-4;

const TOLERANCE: f64 = 1e-4;

/// Gain and cost for each layer and coefficient.
pub fn c12_effect_table(submission: &Submission) -> Cases {
    let function = submission.effect_table;
    Cases::of(&C12, |cases| {
        cases.uses(super::c04_steered_logits(submission));
        cases.uses(super::c09_target_log_prob(submission));
        cases.uses(super::c10_kl_divergence(submission));
        let stored_now = stored()?;
        let mut tables = Vec::new();
        for item in 0..stored_now.count("effects")? {
            let facts = stored_now.item("effects", item);
            let (prompts, targets) = (facts.texts("prompts")?, facts.wholes("targets")?);
            let coefficients = facts.numbers("coefficients")?;
            let vectors = stored_now.array2(&format!("effect_{item}.vectors"))?;
            let (set, n_prompts, n_layers) = (facts.text("set")?, prompts.len(), vectors.nrows());
            let name = format!("{set:?}: {n_prompts} prompts, {n_layers} layers, coefficients {coefficients:?}");
            let want = move || {
                let values = stored()?.tensor(&format!("effect_{item}.table"))?;
                let clear = values.data.iter().filter(|x| x.abs() > 100.0 * EFFECT_TOLERANCE).count();
                must_separate(clear * 2 > values.data.len(), "effects that are not nearly zero")?;
                Ok(Want::Array { values, axes: &["measure", "layer", "coefficient"], tolerance: EFFECT_TOLERANCE })
            };
            let of_found = (set.clone(), coefficients.clone());
            let asked = cases.case_on(name, want, gpt2, move |model| {
                let prompts: Vec<&str> = prompts.iter().map(String::as_str).collect();
                function(&model, &prompts, &vectors, &coefficients, &targets)
            });
            tables.push((of_found, asked));
        }
        cases.found(move |answers| {
            let ((set, coefficients), asked) = tables.pop()?;
            let table = answers.array(asked).ok()?;
            let cells = (0..table.shape[1]).flat_map(|layer| (0..table.shape[2]).map(move |c| (layer, c)));
            let (layer, c) =
                cells.max_by(|a, b| table.at(&[0, a.0, a.1]).total_cmp(&table.at(&[0, b.0, b.1])))?;
            let (gain, cost) = (table.at(&[0, layer, c]), table.at(&[1, layer, c]));
            Some(format!(
                "{set:?}: before layer {layer}, with the coefficient {}, its words are {:.0} times as likely as without steering ({gain:.2} \
                 nats), and the prediction has changed by {cost:.2} nats.",
                coefficients[c],
                gain.exp()
            ))
        });
        Ok(())
    })
}

/// What each layer gains where its cost reaches the budget.
pub fn c13_gain_at_cost(submission: &Submission) -> Cases {
    let function = submission.gain_at_cost;
    Cases::of(&C13, |cases| {
        for table in tables() {
            let words = table.words();
            let Table { gains, costs, budget, want, best: _ } = table;
            let want = move || Want::Array { values: Tensor::from(want), axes: &["layer"], tolerance: TOLERANCE };
            cases.case(words, want, move || function(&gains, &costs, budget));
        }
        Ok(())
    })
}

/// The layer where that is largest.
pub fn c14_best_layer(submission: &Submission) -> Cases {
    let function = submission.best_layer;
    Cases::of(&C14, |cases| {
        cases.uses(super::c13_gain_at_cost(submission));
        for table in tables() {
            let words = table.words();
            let Table { gains, costs, budget, want: _, best } = table;
            let want = move || Want::number(best as f64, 0.05);
            cases.case(words, want, move || function(&gains, &costs, budget));
        }
        Ok(())
    })
}
