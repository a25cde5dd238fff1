//! The checks of the two kinds of steering vectors.

use hooked_transformer::HookedTransformer;
use ndarray::Array2;

use super::stored::{self, Pair, must_separate, stored};
use super::{C01, C02, C05, Submission};
use crate::cases::{Asked, Cases, Fault};
use crate::compare::Want;
use crate::models::gpt2;
use crate::reference::Damaged;
use crate::value::Tensor;

/// Single precision leaves a few 1e-6 in a residual stream whose entries are around one.
const TOLERANCE: f64 = 3e-4;

/// A vector of norm one has entries of a sixteenth.
const UNIT_TOLERANCE: f64 = 1e-5;

/// What must be zero may hold so much.
const ZERO: f64 = 1e-3;

/// What holds for a difference of two prompts whatever the model: BOS cancels, the same prompt twice gives nothing, and
/// exchanging the two turns the sign.
pub fn c01_steering_vector_properties(submission: &Submission) -> Cases {
    let function = submission.steering_vector;
    Cases::of(&C01, |cases| {
        let pairs = stored()?.pairs()?;
        let mut exchanged = Vec::new();
        // The first has prompts of one length: a row 0 that is off has nothing to do with padding there.
        for (i, pair) in pairs.iter().enumerate() {
            let there = ask(cases, function, &pair.positive, &pair.negative, pair.layer);
            let back = ask(cases, function, &pair.negative, &pair.positive, pair.layer);
            exchanged.push((pair.clone(), there, back));
            let pair = pair.clone();
            // A property of its own, so that it is judged even if the function fails on the next pair.
            cases.property(move |answers| match rows_fault(i, &pair, answers.array(there)?, answers.array(back)?)? {
                Some(fault) => fault.in_case(&pair.words()).found(),
                None => Ok(()),
            });
        }
        let first = pairs[0].positive.clone();
        let none = ask(cases, function, &first, &first, pairs[0].layer);
        cases.property(move |answers| {
            lengths_separate(&pairs)?;
            let none = largest(&answers.array(none)?.data);
            if none > ZERO {
                let fault = Fault::new(format!("the same prompt twice gives entries of up to {none}."));
                return fault.in_case(&format!("{first:?} twice")).mistake("E04-1").found();
            }
            for (pair, there, back) in &exchanged {
                let (there, back) = (answers.array(*there)?, answers.array(*back)?);
                let sum: Vec<f64> = there.data.iter().zip(&back.data).map(|(a, b)| a + b).collect();
                if there.shape != back.shape || largest(&sum) > ZERO {
                    let fault = Fault::new("exchanging the two prompts does not reverse the sign.");
                    return fault.in_case(&pair.words()).found();
                }
            }
            Ok(())
        });
        Ok(())
    })
}

type SteeringVector = fn(&HookedTransformer, &str, &str, usize) -> Array2<f32>;

fn ask(cases: &mut Cases, function: SteeringVector, first: &str, second: &str, layer: usize) -> Asked {
    let (first, second) = (first.to_string(), second.to_string());
    let name = format!("{first:?} against {second:?}, layer {layer}");
    cases.ask_on(name, gpt2, move |model| function(&model, &first, &second, layer))
}

/// What is wrong with the rows of a vector: their number, or the one that belongs to BOS.
fn rows_fault(i: usize, pair: &Pair, vector: &Tensor, exchanged: &Tensor) -> Result<Option<Fault>, Damaged> {
    let Some((evidence, mistake)) = shape_fault(vector, pair, stored::model_config()?.d_model) else {
        return Ok(bos_fault(vector, exchanged, pair));
    };
    // The first pair has no stored vector, and the next one says more.
    let Some(item) = i.checked_sub(1) else { return Ok(None) };
    let right = stored()?.tensor(&format!("pair_{item}.vector"))?;
    if lacks_row_0(vector, &right) {
        return Ok(Some(Fault::new(evidence).mistake("E04-64")));
    }
    if goes_on_after(vector, &right) {
        let words = format!(
            "{evidence}\nThe first {} rows are right, and more follow, as when both prompts are padded.",
            right.shape[0]
        );
        return Ok(Some(Fault::new(words)));
    }
    Ok(Some(Fault::new(evidence).mistake(mistake)))
}

/// Some prompts must be longer than their partner by more than one token, some shorter, and some as long.
fn lengths_separate(pairs: &[Pair]) -> Result<(), Damaged> {
    let by = |holds: fn(usize, usize) -> bool| pairs[1..].iter().any(|p| holds(p.lengths[0], p.lengths[1]));
    let well = pairs[0].lengths[0] == pairs[0].lengths[1] && by(|a, b| a > b + 1) && by(|a, b| a + 1 < b);
    must_separate(well, "the lengths of the prompts")
}

fn shape_fault(vector: &Tensor, pair: &Pair, d_model: usize) -> Option<(String, Option<&'static str>)> {
    let [positive, negative] = pair.lengths;
    let n_pos = positive.max(negative);
    if vector.shape == [n_pos, d_model] {
        return None;
    }
    let mistake = match vector.shape.first().copied().unwrap_or_default() {
        1 => Some("E04-5"),
        rows if rows == positive.min(negative) && positive != negative => Some("E04-4"),
        rows if rows + 1 == n_pos => Some("E04-2"),
        rows if rows == n_pos + 1 => Some("E04-65"),
        _ => None,
    };
    let lengths = format!("with BOS the prompts have {positive} and {negative} tokens");
    let evidence = format!("shape: got {:?}, want [{n_pos}, {d_model}] [pos, d_model]; {lengths}.", vector.shape);
    Some((evidence, mistake))
}

/// Whether these are the rows of the right vector, and more.
fn goes_on_after(vector: &Tensor, right: &Tensor) -> bool {
    vector.data.len() > right.data.len() && vector.data.iter().zip(&right.data).all(|(a, b)| (a - b).abs() <= TOLERANCE)
}

/// Whether these are the rows of the right vector but for the first.
fn lacks_row_0(vector: &Tensor, right: &Tensor) -> bool {
    let from_row_1 = &right.data[right.shape[1]..];
    vector.data.len() == from_row_1.len() && vector.data.iter().zip(from_row_1).all(|(a, b)| (a - b).abs() <= TOLERANCE)
}

/// The first position of both is BOS, which sees nothing but itself.
fn bos_fault(vector: &Tensor, exchanged: &Tensor, pair: &Pair) -> Option<Fault> {
    let off = largest(&vector.data[..vector.shape[1]]);
    if off <= ZERO {
        return None;
    }
    // A sum stays the same when the prompts are exchanged, a difference turns its sign, and one stream does neither.
    let sum: Vec<f64> = vector.data.iter().zip(&exchanged.data).map(|(a, b)| a + b).collect();
    // A stream alone has that of BOS in row 0, whichever prompt it belongs to.
    let width = vector.shape[1];
    let is_one_stream = vector.data.iter().zip(&exchanged.data).take(width).all(|(a, b)| (a - b).abs() <= ZERO);
    let mistake = match vector == exchanged {
        true => Some("E04-1"),
        false if largest(&sum) <= ZERO => (pair.lengths[0] != pair.lengths[1]).then_some("E04-3"),
        false => is_one_stream.then_some("E04-63"),
    };
    let why = "It belongs to BOS, which is the same in both prompts and sees nothing else, so it must cancel.";
    Some(Fault::new(format!("row 0 of the vector has entries of up to {off}.\n{why}")).mistake(mistake))
}

fn largest(entries: &[f64]) -> f64 {
    // NaN is as bad as anything.
    entries.iter().fold(0.0, |most, x| if x.is_nan() { f64::INFINITY } else { most.max(x.abs()) })
}

/// The vector itself.
pub fn c02_steering_vector(submission: &Submission) -> Cases {
    let function = submission.steering_vector;
    Cases::of(&C02, |cases| {
        let mut last = None;
        for (i, pair) in stored()?.pairs()?.into_iter().skip(1).enumerate() {
            let want = move || {
                let values = stored()?.tensor(&format!("pair_{i}.vector"))?;
                is_some(&values, TOLERANCE)?;
                Ok(Want::Array { values, axes: &["pos", "d_model"], tolerance: TOLERANCE })
            };
            let of_found = pair.clone();
            let asked = cases.case_on(pair.words(), want, gpt2, move |model| {
                function(&model, &pair.positive, &pair.negative, pair.layer)
            });
            last = Some((of_found, asked));
        }
        cases.found(move |answers| {
            let (pair, asked) = last?;
            let lengths = row_lengths(answers.array(asked).ok()?);
            let (longest, length) = lengths.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
            Some(format!(
                "Before layer {}, {:?} and {:?} are furthest apart at position {longest}: the difference is {length:.1} long there. At \
                 position 0, BOS, it is {:.1}.",
                pair.layer, pair.positive, pair.negative, lengths[0]
            ))
        });
        Ok(())
    })
}

/// The Euclidean norm of each row.
fn row_lengths(rows: &Tensor) -> Vec<f64> {
    rows.data.chunks(rows.shape[1]).map(|row| row.iter().map(|x| x * x).sum::<f64>().sqrt()).collect()
}

/// A reference that is nearly zero would accept the wrong sign, and zeros.
fn is_some(values: &Tensor, tolerance: f64) -> Result<(), Damaged> {
    must_separate(values.data.iter().any(|x| x.abs() > 100.0 * tolerance), "a vector that is not nearly zero")
}

/// The mean difference at one position, with and without norm one.
pub fn c05_contrastive_vector(submission: &Submission) -> Cases {
    let function = submission.contrastive_vector;
    Cases::of(&C05, |cases| {
        let mut plain = Vec::new();
        for item in 0..stored()?.count("contrasts")? {
            let Contrast { pairs, layer, pos, unit_norm } = contrast(item)?;
            let norm = if unit_norm { ", norm one" } else { "" };
            let name = format!("{} pairs from {:?}, layer {layer}, position {pos}{norm}", pairs.len(), pairs[0].0);
            let want = move || {
                let tolerance = if unit_norm { UNIT_TOLERANCE } else { TOLERANCE };
                let values = stored()?.tensor(&format!("contrast_{item}.vector"))?;
                is_some(&values, tolerance)?;
                Ok(Want::Array { values, axes: &["d_model"], tolerance })
            };
            let asked = cases.case_on(name, want, gpt2, move |model| {
                let pairs: Vec<(&str, &str)> = pairs.iter().map(|(p, n)| (p.as_str(), n.as_str())).collect();
                function(&model, &pairs, layer, pos, unit_norm)
            });
            if !unit_norm {
                plain.push((layer, asked));
            }
        }
        cases.found(move |answers| {
            let length = |asked| answers.array(asked).ok().map(|v| v.data.iter().map(|x| x * x).sum::<f64>().sqrt());
            let lengths = plain.iter().map(|(layer, asked)| Some(format!("{:.1} before layer {layer}", length(*asked)?)));
            let lengths = lengths.collect::<Option<Vec<_>>>()?;
            Some(format!(
                "The mean differences are {} long. A coefficient of 1 is another step in each layer, which is why layers are compared \
                 at equal cost in the end.",
                lengths.join(", ")
            ))
        });
        Ok(())
    })
}

struct Contrast {
    pairs: Vec<(String, String)>,
    layer: usize,
    pos: isize,
    unit_norm: bool,
}

fn contrast(item: usize) -> Result<Contrast, Damaged> {
    let stored = stored()?;
    let facts = stored.item("contrasts", item);
    Ok(Contrast {
        pairs: facts.prompts("pairs")?,
        layer: facts.whole("layer")?,
        pos: facts.position("pos")?,
        unit_norm: facts.flag("unit_norm")?,
    })
}
