//! The checks of adding a vector: to the front of a prompt, and at chosen positions of a chunk.

use std::ops::Range;

use hooked_transformer::{HookedTransformer, Tokens};
use ndarray::{Array1, Array2, Array3, s};

use super::stored::{self, Stored, must_separate, stored};
use super::{C03, C04, C06, Submission};
use crate::compare::Want;
use crate::grade::Grading;
use crate::reference::Damaged;
use crate::value::Tensor;
use crate::verdict::Check;

/// Single precision leaves some 1e-5 in logits of around ten.
const TOLERANCE: f64 = 2e-3;

/// A prompt to steer, and what comes of it.
struct Steered {
    tokens: Tokens,
    vector: Array2<f32>,
    layer: usize,
    coefficient: f32,
    /// Every so many of the logits are stored, `[batch, pos, part]`.
    part: (usize, usize),
    clean: Tensor,
    steered: Tensor,
}

fn steered(stored: &Stored, item: usize) -> Result<Steered, Damaged> {
    let facts = stored.item("logits", item);
    let pair = facts.whole("pair")?;
    let of = |what: &str| stored.tensor(&format!("logits_{item}.{what}")).cloned();
    Ok(Steered {
        tokens: stored.tokens(&format!("logits_{item}.tokens"))?,
        vector: stored.array2(&format!("pair_{pair}.vector"))?,
        layer: stored.item("pairs", pair).whole("layer")?,
        coefficient: facts.number("coefficient")? as f32,
        part: (stored.general().whole("logit_first")?, stored.general().whole("logit_step")?),
        clean: of("clean")?,
        steered: of("steered")?,
    })
}

impl Steered {
    fn words(&self) -> String {
        let (batch, n_pos) = self.tokens.dim();
        let Self { layer, coefficient, vector, .. } = self;
        let rows = vector.nrows();
        format!("batch {batch}, {n_pos} positions, a vector of {rows}, layer {layer}, coefficient {coefficient}")
    }
}

/// The part of the logits that is stored. Those of another length are left as they are: their shape is wrong.
fn part(logits: &Array3<f32>, (first, step): (usize, usize), d_vocab: usize) -> Array3<f32> {
    if logits.dim().2 == d_vocab { logits.slice(s![.., .., first..; step]).to_owned() } else { logits.clone() }
}

/// What holds whatever the vector does: coefficient 0 changes nothing, two signs cancel, position 0 stays as it is
/// (since BOS cancels in the vector), and no hook stays behind.
pub fn c03_steered_logits_properties(submission: &Submission) -> Check {
    let function = submission.steered_logits;
    let grading = Grading::of(&C03);
    let damaged = |damaged: Damaged| damaged.verdict(&C03);
    let (stored, model) = (stored(&C03)?, stored::model(&C03)?);
    // The one with a batch that is longer than its vector.
    let longer =
        |i: &usize| steered(stored, *i).is_ok_and(|s| s.tokens.nrows() > 1 && s.tokens.ncols() > s.vector.nrows());
    let found = (0..stored.count("logits").map_err(damaged)?).find(longer);
    must_separate(found.is_some(), "a batch that is longer than its vector").map_err(damaged)?;
    let case = steered(stored, found.unwrap_or(0)).map_err(damaged)?;
    let (layer, d_vocab) = (case.layer, model.cfg().d_vocab);
    let ask = |vector: Array2<f32>, coefficient: f32| {
        let (model, tokens, which) = (model.clone(), case.tokens.clone(), case.part);
        grading.call(&case.words(), move || {
            let logits = function(&model, &tokens, &vector, layer, coefficient);
            (Tensor::from(part(&logits, which, d_vocab)), model.list_hooks().len())
        })
    };
    let wrong = |evidence: &str, mistake: Option<&str>| {
        Err(grading.wrong(&format!("Case: {}\n{evidence}", case.words()), mistake))
    };

    let (unchanged, _) = ask(case.vector.clone(), 0.0)?;
    if unchanged.shape != case.clean.shape {
        return wrong("the logits must have the shape [batch, pos, d_vocab].", None);
    }
    let of_position_0 = |a: &Tensor, b: &Tensor| difference(a, b, |pos| pos == 0);
    if difference(&unchanged, &case.clean, |_| true) > TOLERANCE {
        let mistake = if of_position_0(&unchanged, &case.clean) > TOLERANCE { "E04-11" } else { "E04-12" };
        return wrong("with coefficient 0 the logits are not those of the unsteered model.", Some(mistake));
    }
    let (logits, hooks) = ask(case.vector.clone(), case.coefficient)?;
    if hooks > 0 {
        return wrong("the model still has a hook after the function has returned.", Some("E04-10"));
    }
    if of_position_0(&logits, &case.clean) > TOLERANCE {
        let evidence = "the logits at position 0 changed. Row 0 of the vector is zero, and position 0 sees no other.";
        return wrong(evidence, Some("E04-13"));
    }
    let (turned, _) = ask(-&case.vector, -case.coefficient)?;
    if difference(&logits, &turned, |_| true) > TOLERANCE {
        return wrong("turning the sign of both the vector and the coefficient changes the logits.", None);
    }
    Ok(())
}

/// The largest difference of two arrays `[batch, pos, part]` of one shape, at the chosen positions.
fn difference(a: &Tensor, b: &Tensor, chosen: impl Fn(usize) -> bool) -> f64 {
    let pairs = a.data.iter().zip(&b.data).enumerate().filter(|(flat, _)| chosen(a.index_of(*flat)[1]));
    pairs.map(|(_, (a, b))| if (a - b).is_nan() { f64::INFINITY } else { (a - b).abs() }).fold(0.0, f64::max)
}

/// The logits themselves.
pub fn c04_steered_logits(submission: &Submission) -> Check {
    let function = submission.steered_logits;
    let mut grading = Grading::of(&C04);
    let damaged = |damaged: Damaged| damaged.verdict(&C04);
    let (stored, model) = (stored(&C04)?, stored::model(&C04)?);
    for item in 0..stored.count("logits").map_err(damaged)? {
        let case = steered(stored, item).map_err(damaged)?;
        let moved = difference(&case.clean, &case.steered, |_| true) > 100.0 * TOLERANCE;
        must_separate(moved, "logits that steering changes").map_err(damaged)?;
        let want =
            Want::Array { values: case.steered.clone(), axes: &["batch", "pos", "d_vocab"], tolerance: TOLERANCE };
        let name = format!("{}; every {}th logit", case.words(), case.part.1);
        let model: HookedTransformer = model.clone();
        grading.case(name, want, move || {
            let Steered { tokens, vector, layer, coefficient, part: which, .. } = &case;
            part(&function(&model, tokens, vector, *layer, *coefficient), *which, model.cfg().d_vocab)
        });
    }
    grading.verdict()
}

/// A chunk of the stream, and which positions of the text are steered.
#[derive(Clone)]
struct Chunk {
    batch: usize,
    n_pos: usize,
    d_model: usize,
    first_pos: usize,
    positions: Range<usize>,
}

impl Chunk {
    fn words(&self) -> String {
        let Self { batch, n_pos, first_pos, positions, .. } = self;
        let last = first_pos + n_pos - 1;
        let end = if positions.end == usize::MAX { "the end".to_string() } else { positions.end.to_string() };
        format!(
            "batch {batch}, a chunk of positions {first_pos} to {last}, to be steered from {} up to {end}",
            positions.start
        )
    }

    fn resid(&self) -> Array3<f32> {
        let shape = (self.batch, self.n_pos, self.d_model);
        Array3::from_shape_fn(shape, |(b, p, d)| 0.5 + (7 * b + 5 * p + 3 * d) as f32 % 11.0 - 0.25 * p as f32)
    }

    fn vector(&self) -> Array1<f32> {
        (0..self.d_model).map(|d| 1.5 - 0.75 * d as f32).collect()
    }

    fn steered(&self) -> Tensor {
        let (mut resid, vector) = (self.resid(), self.vector());
        for ((_, p, d), x) in resid.indexed_iter_mut() {
            let at = self.first_pos + p;
            if at >= self.positions.start && at < self.positions.end {
                *x += vector[d];
            }
        }
        resid.into()
    }
}

/// A vector added at some positions, whatever part of the text the chunk is.
pub fn c06_add_at_positions(submission: &Submission) -> Check {
    let function = submission.add_at_positions;
    let mut grading = Grading::of(&C06);
    let chunk = |batch, n_pos, d_model, first_pos, positions| Chunk { batch, n_pos, d_model, first_pos, positions };
    for chunk in [
        // The whole of a prompt; the middle of it; a later chunk that a boundary runs through, on either side.
        chunk(1, 5, 4, 0, 1..5),
        chunk(3, 7, 5, 0, 2..4),
        chunk(2, 6, 3, 4, 7..usize::MAX),
        chunk(3, 5, 7, 9, 1..11),
        // One step with kept keys and values: before, at the boundary, after it.
        chunk(1, 1, 6, 8, 9..usize::MAX),
        chunk(3, 1, 4, 9, 9..usize::MAX),
        chunk(1, 1, 5, 10, 1..10),
        chunk(2, 1, 3, 12, 1..usize::MAX),
    ] {
        let want = Want::Array { values: chunk.steered(), axes: &["batch", "pos", "d_model"], tolerance: 1e-5 };
        grading.case(chunk.words(), want, move || {
            let mut resid = chunk.resid();
            function(resid.view_mut(), &chunk.vector(), chunk.first_pos, &chunk.positions);
            resid
        });
    }
    grading.verdict()
}
