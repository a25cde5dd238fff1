//! The checks of what makes a step of gradients: clipping, AdamW, the learning rate, and all of it together. The wanted
//! numbers are those of torch.nn.utils.clip_grad_norm_ and torch.optim.AdamW.

use ndarray::{ArrayD, IxDyn};

use super::stored::{TINY, array, at_step, model, tensor, want, words};
use super::{C09, C10, C11, C16, Gradients, Moments, Next, Submission};
use crate::cases::Cases;
use crate::compare::Want;
use crate::reference::Damaged;
use crate::value::{Tensor, Value};

/// Gradients of order one.
const CLIPPED: f64 = 1e-5;

/// Weights of order one after a few steps of 0.01 to 0.25.
const WEIGHTS: f64 = 2e-4;

/// The same at a rate of 0.25 and tiny gradients, where wrong steps are so long that their rounding shows.
const LONG_STEPS: f64 = 1e-3;

/// Rates of 0.001 to 1.
const RATE: f64 = 1e-6;

/// Weights of a model: where a gradient is small, its rounding counts in full, since AdamW divides by its size.
const AFTER_STEPS: f64 = 1e-4;

/// Names in which three gradients are handed over.
const NAMES: [&str; 3] = ["blocks.0.attn.W_Q", "embed.W_E", "unembed.W_U"];

/// Three gradients whose common length is above, below and above the limit.
pub fn c09_clip_gradients(submission: &Submission) -> Cases {
    let clip = submission.clip_gradients;
    let given = |key: &str| -> Result<Gradients, Damaged> {
        (0..3).map(|i| Ok((NAMES[i].to_string(), array::<IxDyn>(&format!("{key}.{i}"))?))).collect()
    };
    Cases::of(&C09, |cases| {
        for key in ["clip_0", "clip_1", "clip_2"] {
            let norm = tensor(&format!("{key}.norm"))?.data[0];
            let name = format!("three gradients of common length {norm:.3}, at most 1");
            cases.case_on(
                format!("the length returned, {name}"),
                move || Want::number(norm, CLIPPED),
                move || given(key),
                move |mut gradients| clip(&mut gradients, 1.0),
            );
            for (i, axes) in [&["row", "column"][..], &["entry"], &["i", "j", "k"]].into_iter().enumerate() {
                cases.case_on(
                    format!("gradient {i} of {name}"),
                    want(format!("{key}.clipped.{i}"), axes, CLIPPED),
                    move || given(key),
                    move |mut gradients| {
                        clip(&mut gradients, 1.0);
                        gradients.remove(NAMES[i]).unwrap_or_default()
                    },
                );
            }
        }
        // Any length may be the limit. The gradients are 3, 4 and 12, so 13 long together, or all of them are zero.
        let [of_13, of_0] = [[3.0, 4.0, 12.0], [0.0; 3]];
        for (given, max_norm, want) in
            [(of_13, 6.5, [1.5, 2.0, 6.0]), (of_13, 2.6, [0.6, 0.8, 2.4]), (of_13, 20.0, of_13), (of_0, 1.0, of_0)]
        {
            let length = if given == of_0 { 0 } else { 13 };
            cases.case(
                format!("gradients of common length {length}, at most {max_norm}"),
                move || Want::Array { values: Tensor::from(want.to_vec()), axes: &["entry"], tolerance: CLIPPED },
                move || {
                    let [a, b, c] = given.map(|entry| entry as f32);
                    let entries =
                        [vec![a, b], vec![c]].map(|entries| ArrayD::from_shape_vec(vec![entries.len()], entries));
                    let named = NAMES.iter().zip(entries);
                    let mut gradients: Gradients =
                        named.map(|(name, entries)| (name.to_string(), entries.expect("one axis"))).collect();
                    clip(&mut gradients, max_norm);
                    gradients.values().flatten().copied().collect::<Vec<f32>>()
                },
            );
        }
        Ok(())
    })
}

/// A matrix, the gradients of several steps, and the rate and decay.
struct Descent {
    weight: ArrayD<f32>,
    gradients: Vec<ArrayD<f32>>,
    rate: f32,
    decay: f32,
}

impl Descent {
    fn read(key: &str) -> Result<Self, Damaged> {
        let gradients = array::<IxDyn>(&format!("{key}.gradients"))?;
        let settings = tensor(&format!("{key}.settings"))?.data;
        Ok(Self {
            weight: array(&format!("{key}.weight"))?,
            gradients: gradients.outer_iter().map(|gradient| gradient.to_owned()).collect(),
            rate: settings[0] as f32,
            decay: settings[1] as f32,
        })
    }

    /// What the step leaves: the weight and both averages after the first `steps` gradients.
    fn after(self, steps: usize, adamw: super::AdamW) -> [ArrayD<f32>; 3] {
        let mut weight = self.weight;
        let [mut m, mut v] = [0, 1].map(|_| ArrayD::zeros(weight.shape()));
        for (i, gradient) in self.gradients[..steps].iter().enumerate() {
            adamw(weight.view_mut(), gradient.view(), m.view_mut(), v.view_mut(), i + 1, self.rate, self.decay);
        }
        [weight, m, v]
    }
}

/// Several steps on made-up gradients, one entry of which is always zero.
pub fn c10_adamw_step(submission: &Submission) -> Cases {
    let adamw = submission.adamw_step;
    Cases::of(&C10, |cases| {
        for key in ["adamw_0", "adamw_1", "adamw_2"] {
            let steps = tensor(&format!("{key}.weights"))?.shape[0];
            let settings = tensor(&format!("{key}.settings"))?.data;
            // Wrong averages of tiny gradients are too large to be stored beside a tolerance for right ones.
            let compared = if key == "adamw_2" { 1 } else { 3 };
            for (part, name) in ["weights", "m", "v"].into_iter().enumerate().take(compared) {
                for after in [1, 2, steps] {
                    let many = if after == 1 { "step" } else { "steps" };
                    let words =
                        format!("after {after} {many} at rate {}, decay {}", settings[0] as f32, settings[1] as f32);
                    let tolerance = match (part, key) {
                        (0, "adamw_2") => LONG_STEPS,
                        (0, _) => WEIGHTS,
                        _ => scale(key, name)? * 5e-5,
                    };
                    cases.case_on(
                        format!("{name} {words}"),
                        move || {
                            let values = at_step(&tensor(&format!("{key}.{name}"))?, after - 1);
                            Ok::<_, Damaged>(Want::Array { values, axes: &["row", "column"], tolerance })
                        },
                        move || Descent::read(key),
                        move |descent| {
                            let [weight, m, v] = descent.after(after, adamw);
                            [weight, m, v][part].clone()
                        },
                    );
                }
            }
        }
        Ok(())
    })
}

/// The largest entry of a stored array.
fn scale(key: &str, name: &str) -> Result<f64, Damaged> {
    Ok(tensor(&format!("{key}.{name}"))?.data.iter().fold(0.0, |a, b| a.max(b.abs())))
}

/// Steps before, at and after each bend, in runs of several lengths.
pub fn c11_learning_rate(submission: &Submission) -> Cases {
    let rate = submission.learning_rate;
    Cases::of(&C11, |cases| {
        let steps = [
            (1, 400, 0.03, 0.0006),
            (25, 400, 0.03, 0.015),
            (50, 400, 0.03, 0.03),
            (51, 400, 0.03, 0.03),
            (200, 400, 0.03, 0.03),
            (320, 400, 0.03, 0.03),
            (360, 400, 0.03, 0.015_375),
            (400, 400, 0.03, 0.000_375),
            (10, 1000, 0.5, 0.1),
            (900, 1000, 0.5, 0.2525),
            (1000, 1000, 0.5, 0.0025),
            (101, 125, 1.0, 1.0),
            (116, 125, 1.0, 0.4),
            (40, 100, 1.0, 0.8),
            (80, 100, 1.0, 1.0),
            (91, 100, 1.0, 0.5),
        ];
        for (step, of, peak, want) in steps {
            let name = format!("step {step} of {of}, peak {peak}");
            cases.case(name, move || Want::number(want, RATE), move || rate(step, of, peak));
        }
        Ok(())
    })
}

/// The batches and rates of a few steps.
struct Steps {
    model: hooked_transformer::HookedTransformer,
    batches: Vec<(hooked_transformer::Tokens, Next)>,
    rates: Vec<f32>,
}

impl Steps {
    fn read(key: &str) -> Result<Self, Damaged> {
        let tokens = array::<ndarray::Ix3>(&format!("{key}.steps.tokens"))?;
        let next = array::<ndarray::Ix3>(&format!("{key}.steps.next"))?;
        let batches = tokens
            .outer_iter()
            .zip(next.outer_iter())
            .map(|(tokens, next)| (tokens.mapv(|id| id as usize), next.mapv(|id| (id >= 0.0).then_some(id as usize))));
        Ok(Self {
            model: model(key)?,
            batches: batches.collect(),
            rates: tensor(&format!("{key}.steps.rates"))?.data.iter().map(|rate| *rate as f32).collect(),
        })
    }

    /// The losses of the first steps; the model has made them.
    fn make(
        &mut self,
        steps: usize,
        train_step: fn(
            &mut hooked_transformer::HookedTransformer,
            &mut Moments,
            &hooked_transformer::Tokens,
            &Next,
            usize,
            f32,
        ) -> f32,
    ) -> Vec<f32> {
        let mut moments = Moments::new();
        let batches = self.batches[..steps].iter().zip(&self.rates).enumerate();
        batches
            .map(|(i, ((tokens, next), rate))| train_step(&mut self.model, &mut moments, tokens, next, i + 1, *rate))
            .collect()
    }
}

/// The tiny models after one step and after three, on stored batches.
pub fn c16_train_step(submission: &Submission) -> Cases {
    let train_step = submission.train_step;
    let helpers = *submission;
    Cases::of(&C16, |cases| {
        for key in TINY {
            cases.case_on(
                format!("the losses of three steps, {}", words(key)?),
                want(format!("{key}.steps.losses"), &["step"], AFTER_STEPS),
                move || Steps::read(key),
                move |mut steps| steps.make(3, train_step),
            );
            let in_layers = ["blocks.0.attn.W_Q", "blocks.1.attn.W_O"];
            for name in ["embed.W_E", "pos_embed.W_pos", "unembed.W_U"].into_iter().chain(in_layers) {
                for after in [1, 3] {
                    let axes: &[&str] =
                        if name.contains("blocks") { &["head", "row", "column"] } else { &["row", "column"] };
                    cases.case_on(
                        format!("{name} after {after} of the steps, {}", words(key)?),
                        want(format!("{key}.steps.{name}.{after}"), axes, AFTER_STEPS),
                        move || Steps::read(key),
                        move |mut steps| {
                            steps.make(after, train_step);
                            let weights = steps.model.state_dict();
                            let weight = weights.iter().find(|(found, _)| found == name);
                            weight.map_or(Value::Words(Vec::new()), |(_, weight)| {
                                Value::from(Tensor::from(weight.view()))
                            })
                        },
                    );
                }
            }
        }
        cases.uses(super::c08_model_gradients(&helpers));
        cases.uses(c09_clip_gradients(&helpers));
        cases.uses(c10_adamw_step(&helpers));
        Ok(())
    })
}
