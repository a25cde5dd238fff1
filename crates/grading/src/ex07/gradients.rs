//! The checks of the loss and of everything that goes backward: each gradient against PyTorch's.

use ndarray::{Ix2, Ix3};

use super::stored::{MATRICES, TINY, array, model, next, tensor, tokens, want, words};
use super::{C01, C02, C03, C04, C05, C06, C07, C08, Submission};
use crate::cases::Cases;
use crate::compare::Want;
use crate::reference::Damaged;
use crate::value::{Tensor, Value};

/// Losses of a few nats.
const LOSS: f64 = 1e-4;

/// The same from logits of 500, where a unit in the last place is 3e-5.
const LARGE: f64 = 1e-3;

/// Gradients of a loss that is a mean over a few predictions: entries of 0.01 to 0.1.
const BY_LOGITS: f64 = 2e-6;

/// Sums of a few products of order one.
const OF_A_PART: f64 = 1e-4;

/// Gradients of a model's loss, with entries of 0.01 to 1.
const OF_A_MODEL: f64 = 2e-5;

const LOSSES: [&str; 3] = ["loss_0", "loss_1", "loss_2"];

/// Logits and what to predict, for a case.
fn of_loss(key: &str) -> Result<(ndarray::Array3<f32>, super::Next), Damaged> {
    Ok((array::<Ix3>(&format!("{key}.logits"))?, next(&format!("{key}.next"))?))
}

fn loss_words(key: &str) -> Result<String, Damaged> {
    let of = next(&format!("{key}.next"))?;
    Ok(format!("made-up logits, {:?} positions of which {} count", of.shape(), of.iter().flatten().count()))
}

/// Rows so far apart that the largest logit of all of them is of no use to the lowest.
fn far_apart() -> ndarray::Array3<f32> {
    ndarray::array![[[500.0, 500.0, 500.0], [-500.0, -500.0, -530.0], [0.0, 0.0, 0.0]]]
}

/// Made-up logits, some positions of which do not count.
pub fn c01_mean_loss(submission: &Submission) -> Cases {
    let mean_loss = submission.mean_loss;
    Cases::of(&C01, |cases| {
        for key in LOSSES {
            cases.case_on(
                loss_words(key)?,
                want(format!("{key}.value"), &[], LOSS),
                move || of_loss(key),
                move |(logits, next)| mean_loss(logits.view(), &next),
            );
        }
        // All logits are large and alike: exp of one of them is infinite.
        cases.case(
            "logits of 500",
            move || Want::number(3_f64.ln(), LARGE),
            move || mean_loss(ndarray::Array3::from_elem((1, 2, 3), 500.0).view(), &ndarray::array![[Some(1), None]]),
        );
        cases.case(
            "a row of logits near 500 and one near -500",
            // The first answer has a third of the probability, the second e^-30 of one half.
            move || Want::number(f64::midpoint(3_f64.ln(), 2_f64.ln() + 30.0), LARGE),
            move || mean_loss(far_apart().view(), &ndarray::array![[Some(1), Some(2), None]]),
        );
        Ok(())
    })
}

/// The gradient at the same logits.
pub fn c02_loss_gradient(submission: &Submission) -> Cases {
    let gradient = submission.loss_gradient;
    Cases::of(&C02, |cases| {
        for key in LOSSES {
            cases.case_on(
                loss_words(key)?,
                want(format!("{key}.gradient"), &["batch", "pos", "d_vocab"], BY_LOGITS),
                move || of_loss(key),
                move |(logits, next)| gradient(logits.view(), &next),
            );
        }
        cases.case(
            "logits of 500",
            || {
                let third = 1.0 / 3.0;
                let values = Tensor::new(&[1, 2, 3], vec![third, third - 1.0, third, 0.0, 0.0, 0.0]);
                crate::compare::Want::Array { values, axes: &["batch", "pos", "d_vocab"], tolerance: BY_LOGITS }
            },
            move || gradient(ndarray::Array3::from_elem((1, 2, 3), 500.0).view(), &ndarray::array![[Some(1), None]]),
        );
        cases.case(
            "a row of logits near 500 and one near -500",
            || {
                let sixth = 1.0 / 6.0;
                let values = vec![sixth, -2.0 * sixth, sixth, 0.25, 0.25, -0.5, 0.0, 0.0, 0.0];
                let values = Tensor::new(&[1, 3, 3], values);
                crate::compare::Want::Array { values, axes: &["batch", "pos", "d_vocab"], tolerance: BY_LOGITS }
            },
            move || gradient(far_apart().view(), &ndarray::array![[Some(1), Some(2), None]]),
        );
        Ok(())
    })
}

/// Both gradients of a product; in one case all axes are equally long, so that a transposed factor has the right shape.
pub fn c03_linear_backward(submission: &Submission) -> Cases {
    let backward = submission.linear_backward;
    Cases::of(&C03, |cases| {
        for key in ["linear_0", "linear_1", "linear_2"] {
            for (part, axes) in [("d_x", &["row", "d_in"]), ("d_w", &["d_in", "d_out"])] {
                let x = tensor(&format!("{key}.x"))?;
                cases.case_on(
                    format!("{part} for {:?} times {:?}", x.shape, tensor(&format!("{key}.w"))?.shape),
                    want(format!("{key}.{part}"), axes, OF_A_PART),
                    move || Ok(["x", "w", "d_y"].map(|name| array::<Ix2>(&format!("{key}.{name}")))),
                    move |inputs| {
                        let [x, w, d_y] = inputs.map(|input| input.expect("read before"));
                        let (d_x, d_w) = backward(x.view(), w.view(), d_y.view());
                        if part == "d_x" { d_x } else { d_w }
                    },
                );
            }
        }
        Ok(())
    })
}

/// Causal patterns with any gradient, also where nothing can be attended to.
pub fn c04_softmax_backward(submission: &Submission) -> Cases {
    let backward = submission.softmax_backward;
    Cases::of(&C04, |cases| {
        for key in ["softmax_0", "softmax_1"] {
            let n_pos = tensor(&format!("{key}.pattern"))?.shape[0];
            cases.case_on(
                format!("a causal pattern of {n_pos} positions"),
                want(format!("{key}.d_scores"), &["query_pos", "key_pos"], OF_A_PART),
                move || Ok((array::<Ix2>(&format!("{key}.pattern"))?, array::<Ix2>(&format!("{key}.d_pattern"))?)),
                move |(pattern, d_pattern)| backward(pattern.view(), d_pattern.view()),
            );
        }
        Ok(())
    })
}

/// Gradients of queries, keys and values of one head.
pub fn c05_attention_backward(submission: &Submission) -> Cases {
    let backward = submission.attention_backward;
    let helpers = *submission;
    Cases::of(&C05, |cases| {
        for key in ["attention_0", "attention_1", "attention_2"] {
            for (part, name) in ["d_q", "d_k", "d_v"].into_iter().enumerate() {
                let shape = tensor(&format!("{key}.q"))?.shape;
                cases.case_on(
                    format!("{name} of a head, {} positions, d_head {}", shape[0], shape[1]),
                    want(format!("{key}.{name}"), &["pos", "d_head"], OF_A_PART),
                    move || ["q", "k", "v", "pattern", "d_z"].map(|name| array::<Ix2>(&format!("{key}.{name}"))).all(),
                    move |i| backward(i[0].view(), i[1].view(), i[2].view(), i[3].view(), i[4].view())[part].clone(),
                );
            }
        }
        cases.uses(c04_softmax_backward(&helpers));
        Ok(())
    })
}

/// Several results as one.
trait All<T> {
    fn all(self) -> Result<Vec<T>, Damaged>;
}

impl<T, const N: usize> All<T> for [Result<T, Damaged>; N] {
    fn all(self) -> Result<Vec<T>, Damaged> {
        self.into_iter().collect()
    }
}

/// Every gradient of each layer of the tiny models.
pub fn c06_layer_backward(submission: &Submission) -> Cases {
    let backward = submission.layer_backward;
    let helpers = *submission;
    Cases::of(&C06, |cases| {
        for key in TINY {
            for layer in (0..model(key)?.cfg().n_layers).rev() {
                for part in 0..6 {
                    let (name, stored, axes): (&str, String, &'static [&'static str]) = match part {
                        0 => ("d_resid_pre", format!("{key}.d_resid_pre.{layer}"), &["batch", "pos", "d_model"]),
                        1 => ("d_W_pos", format!("{key}.d_pos.{layer}"), &["pos", "d_model"]),
                        _ => {
                            let name = MATRICES[part - 2];
                            let axes: &[&str] = if name == "W_O" {
                                &["head", "d_head", "d_model"]
                            } else {
                                &["head", "d_model", "d_head"]
                            };
                            (name, format!("{key}.layer.{layer}.{name}"), axes)
                        }
                    };
                    let name = if part < 2 { name.to_string() } else { format!("d_{name}") };
                    cases.case_on(
                        format!("{name} of layer {layer} of {}", words(key)?),
                        want(stored, axes, OF_A_MODEL),
                        move || {
                            let model = model(key)?;
                            let cache = model.run(tokens(&format!("{key}.tokens"))?).cache().map_err(|error| {
                                crate::reference::unusable("the models of exercise 07", &error.to_string())
                            })?;
                            Ok((model, cache, array::<Ix3>(&format!("{key}.d_resid_post.{layer}"))?))
                        },
                        move |(model, cache, d_post)| {
                            let (d_pre, d_pos, d_weights) = backward(&model, layer, &cache, d_post.view());
                            match part {
                                0 => Value::from(d_pre),
                                1 => d_pos.into(),
                                _ => d_weights[part - 2].clone().into(),
                            }
                        },
                    );
                }
            }
        }
        cases.uses(c03_linear_backward(&helpers));
        cases.uses(c05_attention_backward(&helpers));
        Ok(())
    })
}

/// Rows in which tokens come more than once.
pub fn c07_embedding_backward(submission: &Submission) -> Cases {
    let backward = submission.embedding_backward;
    Cases::of(&C07, |cases| {
        for key in ["embed_0", "embed_1"] {
            let d_vocab = tensor(&format!("{key}.d_W_E"))?.shape[0];
            cases.case_on(
                format!("tokens {:?} of {d_vocab}", tokens(&format!("{key}.tokens"))?.shape()),
                want(format!("{key}.d_W_E"), &["d_vocab", "d_model"], OF_A_PART),
                move || Ok((tokens(&format!("{key}.tokens"))?, array::<Ix3>(&format!("{key}.d_embed"))?)),
                move |(tokens, d_embed)| backward(&tokens, d_embed.view(), d_vocab),
            );
        }
        Ok(())
    })
}

/// Every matrix of the tiny models.
pub fn c08_model_gradients(submission: &Submission) -> Cases {
    let gradients = submission.model_gradients;
    let helpers = *submission;
    Cases::of(&C08, |cases| {
        for key in TINY {
            let run = move || Ok((model(key)?, tokens(&format!("{key}.tokens"))?, next(&format!("{key}.next"))?));
            cases.case_on(
                format!("the loss of {}", words(key)?),
                want(format!("{key}.loss"), &[], LOSS),
                run,
                move |(model, tokens, next)| gradients(&model, &tokens, &next).0,
            );
            for (name, axes) in matrices(model(key)?.cfg().n_layers) {
                let stored = format!("{key}.gradients.{name}");
                cases.case_on(
                    format!("the gradient of {name}, {}", words(key)?),
                    want(stored, axes, OF_A_MODEL),
                    run,
                    move |(model, tokens, next)| {
                        let (_, gradients) = gradients(&model, &tokens, &next);
                        let names: Vec<String> = gradients.keys().map(|name| format!("`{name}`")).collect();
                        match gradients.get(&name) {
                            Some(gradient) => Value::from(gradient.clone()),
                            None => Value::Words(vec![match &names[..] {
                                [] => format!("The map has no gradient `{name}`: it is empty."),
                                _ => format!("The map has no gradient `{name}`. It has {}.", names.join(", ")),
                            }]),
                        }
                    },
                );
            }
        }
        cases.uses(c02_loss_gradient(&helpers));
        cases.uses(c07_embedding_backward(&helpers));
        cases.uses(c06_layer_backward(&helpers));
        Ok(())
    })
}

/// The matrices of a model, with their axes.
fn matrices(n_layers: usize) -> Vec<(String, &'static [&'static str])> {
    let mut names: Vec<(String, &'static [&'static str])> = vec![("unembed.W_U".to_string(), &["d_model", "d_vocab"])];
    for layer in (0..n_layers).rev() {
        for name in MATRICES {
            let axes: &[&str] =
                if name == "W_O" { &["head", "d_head", "d_model"] } else { &["head", "d_model", "d_head"] };
            names.push((format!("blocks.{layer}.attn.{name}"), axes));
        }
    }
    names.push(("pos_embed.W_pos".to_string(), &["pos", "d_model"]));
    names.push(("embed.W_E".to_string(), &["d_vocab", "d_model"]));
    names
}
