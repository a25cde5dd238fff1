//! The checks of adding a vector: to the front of a prompt, and at chosen positions of a chunk.

use std::ops::Range;

use hooked_transformer::Tokens;
use ndarray::{Array1, Array2, Array3, Axis, s};

use super::stored::{must_separate, stored};
use super::{C03, C04, C06, Submission};
use crate::cases::{Answers, Asked, Cases, Fault};
use crate::compare::Want;
use crate::models::gpt2;
use crate::reference::Damaged;
use crate::value::{Tensor, Value};

/// Single precision leaves some 1e-5 in logits of around ten.
const TOLERANCE: f64 = 2e-3;

/// A prompt to steer.
#[derive(Clone)]
struct Steered {
    item: usize,
    tokens: Tokens,
    vector: Array2<f32>,
    layer: usize,
    coefficient: f32,
    /// Every so many of the logits are stored, `[batch, pos, part]`.
    part: (usize, usize),
}

fn steered(item: usize) -> Result<Steered, Damaged> {
    let stored = stored()?;
    let facts = stored.item("logits", item);
    Ok(Steered {
        item,
        tokens: stored.tokens(&format!("logits_{item}.tokens"))?,
        vector: stored.array2(&format!("logits_{item}.vector"))?,
        layer: facts.whole("layer")?,
        coefficient: facts.number("coefficient")? as f32,
        part: (stored.general().whole("logit_first")?, stored.general().whole("logit_step")?),
    })
}

impl Steered {
    fn words(&self) -> String {
        let (batch, n_pos) = self.tokens.dim();
        let Self { layer, coefficient, vector, .. } = self;
        let rows = vector.nrows();
        format!("batch {batch}, {n_pos} positions, a vector of {rows}, layer {layer}, coefficient {coefficient}")
    }

    /// The stored part of the logits: "clean" or "steered".
    fn stored(&self, what: &str) -> Result<Tensor, Damaged> {
        stored()?.tensor(&format!("logits_{}.{what}", self.item))
    }
}

/// The part of the logits that is stored. Those of another length are left as they are: their shape is wrong.
fn part(logits: &Array3<f32>, (first, step): (usize, usize), d_vocab: usize) -> Array3<f32> {
    if logits.dim().2 == d_vocab { logits.slice(s![.., .., first..; step]).to_owned() } else { logits.clone() }
}

/// What holds whatever the vector does: coefficient 0 changes nothing, two signs cancel, position 0 stays as it is
/// (since BOS cancels in the vector), and the model's lasting hooks are the same as before.
pub fn c03_steered_logits_properties(submission: &Submission) -> Cases {
    let function = submission.steered_logits;
    Cases::of(&C03, |cases| {
        let case = longer_batch()?;
        let words = case.words();
        let mut ask = |vector: Array2<f32>, coefficient: f32| {
            let (tokens, layer, which) = (case.tokens.clone(), case.layer, case.part);
            cases.ask_on(&words, gpt2, move |model| {
                let another = model.add_hook("hook_embed", |_, _| {});
                let logits = function(&model, &tokens, &vector, layer, coefficient);
                let hooks = model.list_hooks();
                let kept = hooks.iter().any(|(handle, _)| another.as_ref().is_ok_and(|another| handle == another));
                let logits = part(&logits, which, model.cfg().d_vocab);
                Value::parts([("logits", logits.into()), ("kept", kept.into()), ("hooks", hooks.len().into())])
            })
        };
        let n_pos = case.tokens.ncols();
        let everywhere = |row: Array1<f32>| row.broadcast((n_pos, row.len())).map(|rows| rows.to_owned());
        let alike = [case.vector.mean_axis(Axis(0)), case.vector.outer_iter().next_back().map(|row| row.to_owned())];
        let alike = alike.into_iter().flatten().filter_map(everywhere).map(|v| ask(v, case.coefficient)).collect();
        let asked = Asks {
            alike,
            unchanged: ask(case.vector.clone(), 0.0),
            steered: ask(case.vector.clone(), case.coefficient),
            turned: ask(-&case.vector, -case.coefficient),
            squared: ask(case.coefficient.powi(2) * &case.vector, 1.0),
        };
        cases.property(move |answers| match properties_fault(answers, &asked, &case.stored("clean")?)? {
            Some(fault) => fault.in_case(&words).found(),
            None => Ok(()),
        });
        Ok(())
    })
}

/// The item with a batch that is longer than its vector, whose row 0 is zero.
fn longer_batch() -> Result<Steered, Damaged> {
    for item in 0..stored()?.count("logits")? {
        let case = steered(item)?;
        let cancels_at_bos = case.vector.row(0).iter().all(|x| *x == 0.0);
        if case.tokens.nrows() > 1 && case.tokens.ncols() > case.vector.nrows() && cancels_at_bos {
            return Ok(case);
        }
    }
    must_separate(false, "a batch that is longer than its vector")?;
    steered(0)
}

/// What the function is asked: coefficient 0; as the item says; both signs turned; the coefficient in the vector; one
/// and the same row, the mean or the last one, for all positions.
struct Asks {
    alike: Vec<Asked>,
    unchanged: Asked,
    steered: Asked,
    turned: Asked,
    squared: Asked,
}

/// What makes coefficient 0 change the logits, where only one mistake does it in this way.
fn changed_by_nothing(unchanged: &Tensor, clean: &Tensor, steered: &Tensor) -> Option<&'static str> {
    let part = clean.shape[2];
    let all = |holds: fn(f64) -> bool| unchanged.data.iter().all(|x| holds(*x));
    // A log softmax takes the same from all logits of a row.
    let moved_alike = |(a, b): (&[f64], &[f64])| {
        let by = a[0] - b[0];
        a.iter().zip(b).all(|(a, b)| (a - b - by).abs() <= TOLERANCE)
    };
    if all(|x| x.abs() <= TOLERANCE) {
        return Some("E04-161");
    }
    let is_log_softmax = unchanged.data.chunks(part).zip(clean.data.chunks(part)).all(moved_alike);
    if is_log_softmax || all(|x| (0.0..=1.0).contains(&x)) {
        return Some("E04-160");
    }
    if difference(unchanged, steered, |_| true) <= TOLERANCE {
        return Some("E04-12");
    }
    // Row 0 of the vector is zero, so that a stream overwritten with it is the same for every coefficient.
    let of_position_0 = |a: &Tensor, b: &Tensor| difference(a, b, |pos| pos == 0);
    let is_overwritten = of_position_0(unchanged, clean) > TOLERANCE && of_position_0(unchanged, steered) <= TOLERANCE;
    is_overwritten.then_some("E04-11")
}

fn properties_fault(answers: &Answers<'_>, asked: &Asks, clean: &Tensor) -> Result<Option<Fault>, Fault> {
    let logits = |asked: Asked| answers.array_at(asked, "logits");
    let of_position_0 = |a: &Tensor, b: &Tensor| difference(a, b, |pos| pos == 0);
    let (unchanged, steered) = (logits(asked.unchanged)?, logits(asked.steered)?);
    if unchanged.shape != clean.shape {
        return Ok(Some(Fault::new("the logits must have the shape [batch, pos, d_vocab].")));
    }
    if difference(unchanged, clean, |_| true) > TOLERANCE {
        let evidence = "with coefficient 0 the logits are not those of the unsteered model.";
        return Ok(Some(Fault::new(evidence).mistake(changed_by_nothing(unchanged, clean, steered))));
    }
    for asked in [asked.steered, asked.unchanged] {
        if let Some(fault) = hooks_fault(answers.number_at(asked, "kept")?, answers.number_at(asked, "hooks")?) {
            return Ok(Some(fault));
        }
    }
    if of_position_0(steered, clean) > TOLERANCE {
        let evidence = "the logits at position 0 changed. Row 0 of the vector is zero, and position 0 sees no other.";
        let is_one_row = |alike: &Asked| Ok::<_, Fault>(difference(steered, logits(*alike)?, |_| true) <= TOLERANCE);
        let one_row = asked.alike.iter().map(is_one_row).collect::<Result<Vec<_>, _>>()?.contains(&true);
        return Ok(Some(Fault::new(evidence).mistake(one_row.then_some("E04-13"))));
    }
    if difference(steered, logits(asked.turned)?, |_| true) > TOLERANCE {
        let evidence = "reversing the sign of both the vector and the coefficient changes the logits.";
        let is_twice = difference(steered, logits(asked.squared)?, |_| true) <= TOLERANCE;
        return Ok(Some(Fault::new(evidence).mistake(is_twice.then_some("E04-17"))));
    }
    Ok(None)
}

/// The lasting hooks afterward: the one that was there before must be the only one.
fn hooks_fault(kept: f64, hooks: f64) -> Option<Fault> {
    if kept == 0.0 {
        let evidence = "a lasting hook that was on the model before the call is gone after it.";
        return Some(Fault::new(evidence).mistake("E04-66"));
    }
    let evidence = "after the call there is a lasting hook on the model that was not there before.";
    (hooks > 1.0).then(|| Fault::new(evidence).mistake("E04-10"))
}

/// The largest difference of two arrays `[batch, pos, part]` of one shape, at the chosen positions.
fn difference(a: &Tensor, b: &Tensor, chosen: impl Fn(usize) -> bool) -> f64 {
    let pairs = a.data.iter().zip(&b.data).enumerate().filter(|(flat, _)| chosen(a.index_of(*flat)[1]));
    pairs.map(|(_, (a, b))| if (a - b).is_nan() { f64::INFINITY } else { (a - b).abs() }).fold(0.0, f64::max)
}

/// The logits themselves.
pub fn c04_steered_logits(submission: &Submission) -> Cases {
    let function = submission.steered_logits;
    Cases::of(&C04, |cases| {
        for item in 0..stored()?.count("logits")? {
            let case = steered(item)?;
            let name = format!("{}; every {}th logit", case.words(), case.part.1);
            let of_want = case.clone();
            let want = move || {
                let (clean, values) = (of_want.stored("clean")?, of_want.stored("steered")?);
                let moved = difference(&clean, &values, |_| true) > 100.0 * TOLERANCE;
                must_separate(moved, "logits that steering changes")?;
                Ok(Want::Array { values, axes: &["batch", "pos", "d_vocab"], tolerance: TOLERANCE })
            };
            cases.case_on(name, want, gpt2, move |model| {
                let Steered { tokens, vector, layer, coefficient, part: which, .. } = &case;
                part(&function(&model, tokens, vector, *layer, *coefficient), *which, model.cfg().d_vocab)
            });
        }
        Ok(())
    })
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
pub fn c06_add_at_positions(submission: &Submission) -> Cases {
    let function = submission.add_at_positions;
    let chunk = |batch, n_pos, d_model, first_pos, positions| Chunk { batch, n_pos, d_model, first_pos, positions };
    let chunks = [
        // The whole of a prompt; the middle of it; a later chunk that a boundary runs through, on either side.
        chunk(1, 5, 4, 0, 1..5),
        chunk(3, 7, 5, 0, 2..4),
        chunk(2, 6, 3, 4, 7..usize::MAX),
        chunk(3, 5, 7, 9, 1..11),
        // The range begins after the chunk, or ends before it.
        chunk(2, 3, 4, 0, 9..12),
        chunk(2, 3, 5, 20, 2..9),
        // One step with kept keys and values: before, at the boundary, after it.
        chunk(1, 1, 6, 8, 9..usize::MAX),
        chunk(3, 1, 4, 9, 9..usize::MAX),
        chunk(1, 1, 5, 10, 1..10),
        chunk(2, 1, 3, 12, 1..usize::MAX),
    ];
    Cases::of(&C06, |cases| {
        for chunk in chunks {
            let (words, of_want) = (chunk.words(), chunk.clone());
            let axes = &["batch", "pos", "d_model"];
            let want = move || Want::Array { values: of_want.steered(), axes, tolerance: 1e-5 };
            cases.case(words, want, move || {
                let mut resid = chunk.resid();
                function(resid.view_mut(), &chunk.vector(), chunk.first_pos, &chunk.positions);
                resid
            });
        }
        Ok(())
    })
}
