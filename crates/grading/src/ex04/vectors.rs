//! The checks of the two kinds of steering vectors.

use ndarray::Array2;

use super::stored::{self, Pair, Stored, must_separate, stored};
use super::{C01, C02, C05, Submission};
use crate::compare::Want;
use crate::grade::Grading;
use crate::reference::Damaged;
use crate::value::Tensor;
use crate::verdict::Check;

/// Single precision leaves a few 1e-6 in a residual stream whose entries are around one.
const TOLERANCE: f64 = 3e-4;

/// A vector of norm one has entries of a sixteenth.
const UNIT_TOLERANCE: f64 = 1e-5;

/// What must be zero may hold so much.
const ZERO: f32 = 1e-3;

/// What is wrong with an output: the evidence, and the mistake where one is known.
type Fault = (String, Option<&'static str>);

/// What holds for a difference of two prompts whatever the model: BOS cancels, the same prompt twice gives nothing, and
/// exchanging the two turns the sign.
pub fn c01_steering_vector_properties(submission: &Submission) -> Check {
    let function = submission.steering_vector;
    let grading = Grading::of(&C01);
    let damaged = |damaged: Damaged| damaged.verdict(&C01);
    let (stored, model) = (stored(&C01)?, stored::model(&C01)?);
    let pairs = stored.pairs().map_err(damaged)?;
    lengths_separate(&pairs).map_err(damaged)?;
    let d_model = model.cfg().d_model;
    let ask = |first: &str, second: &str, layer: usize| {
        let (model, first, second) = (model.clone(), first.to_string(), second.to_string());
        grading.call(&format!("{first:?} against {second:?}, layer {layer}"), move || {
            function(&model, &first, &second, layer)
        })
    };
    for pair in &pairs {
        let vector = ask(&pair.positive, &pair.negative, pair.layer)?;
        let fault = shape_fault(&vector, pair, d_model).or_else(|| bos_fault(&vector, pair));
        if let Some((evidence, mistake)) = fault {
            return Err(grading.wrong(&format!("Case: {}\n{evidence}", pair.words()), mistake));
        }
    }
    let pair = &pairs[0];
    let none = ask(&pair.positive, &pair.positive, pair.layer)?;
    if largest(&none) > ZERO {
        let evidence = format!("the same prompt twice gives entries of up to {}.", largest(&none));
        return Err(grading.wrong(&format!("Case: {:?} twice\n{evidence}", pair.positive), Some("E04-1")));
    }
    for pair in &pairs {
        let there = ask(&pair.positive, &pair.negative, pair.layer)?;
        let back = ask(&pair.negative, &pair.positive, pair.layer)?;
        if there.dim() != back.dim() || largest(&(&there + &back)) > ZERO {
            let evidence = "exchanging the two prompts does not turn the sign.";
            return Err(grading.wrong(&format!("Case: {}\n{evidence}", pair.words()), None));
        }
    }
    Ok(())
}

/// Some prompts must be longer than their partner by more than one token, some shorter, and some as long.
fn lengths_separate(pairs: &[Pair]) -> Result<(), Damaged> {
    let by = |holds: fn(usize, usize) -> bool| pairs[1..].iter().any(|p| holds(p.lengths[0], p.lengths[1]));
    let well = pairs[0].lengths[0] == pairs[0].lengths[1] && by(|a, b| a > b + 1) && by(|a, b| a + 1 < b);
    must_separate(well, "the lengths of the prompts")
}

fn shape_fault(vector: &Array2<f32>, pair: &Pair, d_model: usize) -> Option<Fault> {
    let [positive, negative] = pair.lengths;
    let n_pos = positive.max(negative);
    if vector.dim() == (n_pos, d_model) {
        return None;
    }
    let mistake = match vector.nrows() {
        1 => Some("E04-5"),
        rows if rows + 1 == n_pos => Some("E04-2"),
        rows if rows == positive.min(negative) => Some("E04-4"),
        _ => None,
    };
    let lengths = format!("with BOS the prompts have {positive} and {negative} tokens");
    Some((format!("shape: got {:?}, want [{n_pos}, {d_model}] [pos, d_model]; {lengths}.", vector.shape()), mistake))
}

/// The first position of both is BOS, which sees nothing but itself.
fn bos_fault(vector: &Array2<f32>, pair: &Pair) -> Option<Fault> {
    let off = vector.row(0).iter().fold(0.0_f32, |most, x| most.max(x.abs()));
    if off <= ZERO {
        return None;
    }
    let mistake = if pair.lengths[0] == pair.lengths[1] { "E04-1" } else { "E04-3" };
    let why = "It belongs to BOS, which is the same in both prompts and sees nothing else, so that it must cancel.";
    Some((format!("row 0 of the vector has entries of up to {off}.\n{why}"), Some(mistake)))
}

fn largest(array: &Array2<f32>) -> f32 {
    // NaN is as bad as anything.
    array.iter().fold(0.0, |most, x| if x.is_nan() { f32::INFINITY } else { most.max(x.abs()) })
}

/// The vector itself.
pub fn c02_steering_vector(submission: &Submission) -> Check {
    let function = submission.steering_vector;
    let mut grading = Grading::of(&C02);
    let damaged = |damaged: Damaged| damaged.verdict(&C02);
    let (stored, model) = (stored(&C02)?, stored::model(&C02)?);
    for (i, pair) in stored.pairs().map_err(damaged)?.into_iter().skip(1).enumerate() {
        let values = stored.tensor(&format!("pair_{i}.vector")).map_err(damaged)?.clone();
        is_some(&values, TOLERANCE).map_err(damaged)?;
        let want = Want::Array { values, axes: &["pos", "d_model"], tolerance: TOLERANCE };
        let model = model.clone();
        grading.case(pair.words(), want, move || function(&model, &pair.positive, &pair.negative, pair.layer));
    }
    grading.verdict()
}

/// A reference that is nearly zero would accept the wrong sign, and zeros.
fn is_some(values: &Tensor, tolerance: f64) -> Result<(), Damaged> {
    must_separate(values.data.iter().any(|x| x.abs() > 100.0 * tolerance), "a vector that is not nearly zero")
}

/// The mean difference at one position, with and without norm one.
pub fn c05_contrastive_vector(submission: &Submission) -> Check {
    let function = submission.contrastive_vector;
    let mut grading = Grading::of(&C05);
    let damaged = |damaged: Damaged| damaged.verdict(&C05);
    let (stored, model) = (stored(&C05)?, stored::model(&C05)?);
    for i in 0..stored.count("contrasts").map_err(damaged)? {
        let Contrast { pairs, layer, pos, unit_norm, values } = contrast(stored, i).map_err(damaged)?;
        let norm = if unit_norm { ", norm one" } else { "" };
        let tolerance = if unit_norm { UNIT_TOLERANCE } else { TOLERANCE };
        is_some(&values, tolerance).map_err(damaged)?;
        let name = format!("{} pairs from {:?}, layer {layer}, position {pos}{norm}", pairs.len(), pairs[0].0);
        let want = Want::Array { values, axes: &["d_model"], tolerance };
        let model = model.clone();
        grading.case(name, want, move || {
            let pairs: Vec<(&str, &str)> = pairs.iter().map(|(p, n)| (p.as_str(), n.as_str())).collect();
            function(&model, &pairs, layer, pos, unit_norm)
        });
    }
    grading.verdict()
}

struct Contrast {
    pairs: Vec<(String, String)>,
    layer: usize,
    pos: isize,
    unit_norm: bool,
    values: Tensor,
}

fn contrast(stored: &Stored, item: usize) -> Result<Contrast, Damaged> {
    let facts = stored.item("contrasts", item);
    Ok(Contrast {
        pairs: facts.prompts("pairs")?,
        layer: facts.whole("layer")?,
        pos: facts.position("pos")?,
        unit_norm: facts.flag("unit_norm")?,
        values: stored.tensor(&format!("contrast_{item}.vector"))?.clone(),
    })
}
