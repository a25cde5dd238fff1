//! What a wrong answer gave in one case: how it is taken, compared, and written.

use serde_json::{Value as Json, json};

use crate::call::Outcome;
use crate::compare::Want;
use crate::run::CaseRun;
use crate::value::{Tensor, Value};

/// The share of a number that may change when sums are made in another order, at the precision of an `f32`.
const ROUNDING: f64 = 1e-5;

/// What a wrong answer gave in one case.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Print {
    /// It gave the right numbers: the mistake does not show.
    Right,
    /// It panicked.
    Panicked,
    /// It returned these words.
    Words(Vec<String>),
    /// It returned an array of this shape with these entries, given by their number in logical order.
    Array { shape: Vec<usize>, entries: Vec<(usize, f64)> },
}

impl Print {
    /// The print of what a case gave; none for a stub or a call that did not return.
    pub(super) fn take(run: &CaseRun, most: usize) -> Option<Self> {
        let gives_numbers = matches!(run.want, Want::Array { .. } | Want::Numbers { .. });
        match &run.outcome {
            _ if gives_numbers && run.in_tolerances() <= 0.1 => Some(Self::Right),
            Outcome::Panicked { .. } => Some(Self::Panicked),
            Outcome::Returned(Value::Words(words)) => Some(Self::Words(words.clone())),
            Outcome::Returned(Value::Array(array)) => {
                Some(Self::Array { shape: array.shape.clone(), entries: sample(array, &run.want, most) })
            }
            Outcome::Returned(Value::Parts(_)) | Outcome::NotStarted(_) | Outcome::TooLong(_) | Outcome::Ended(_) => {
                None
            }
        }
    }

    /// How far a case is from this print, in units of the tolerance: infinite where the kind, the shape or a word
    /// differs.
    pub(super) fn distance(&self, run: &CaseRun) -> f64 {
        let same = |equal: bool| if equal { 0.0 } else { f64::INFINITY };
        match (self, &run.outcome) {
            (Self::Right, _) => run.in_tolerances(),
            (Self::Panicked, Outcome::Panicked { .. }) => 0.0,
            (Self::Words(print), Outcome::Returned(Value::Words(words))) => {
                let (mut print, mut words) = (print.clone(), words.clone());
                if !matches!(run.want, Want::Words { .. }) {
                    print.sort();
                    words.sort();
                }
                same(print == words)
            }
            (Self::Array { shape, entries }, Outcome::Returned(Value::Array(array))) => {
                if *shape != array.shape {
                    return f64::INFINITY;
                }
                // A wrong answer may be far larger than the right one, and so is its rounding.
                let room = |stored: f64| {
                    if stored.is_finite() { run.want.tolerance().max(ROUNDING * stored.abs()) } else { 1.0 }
                };
                let gaps = entries.iter().map(|&(at, stored)| match gap(array.data[at], stored) {
                    0.0 => 0.0,
                    gap => gap / room(stored),
                });
                gaps.fold(0.0, f64::max)
            }
            _ => f64::INFINITY,
        }
    }

    /// Whether the mistake shows here: it does not give the expected value.
    pub(super) fn shows(&self, want: &Want) -> bool {
        match (self, want) {
            (Self::Right, _) => false,
            (Self::Words(print), Want::Words { words, .. }) => print != words,
            (Self::Words(print), Want::Names { scores, band, .. }) => {
                scores.iter().any(|(name, score)| match print.contains(name) {
                    true => *score < band.0,
                    false => *score >= band.1,
                })
            }
            (Self::Array { shape, entries }, want) => match want.values() {
                Some(values) if values.shape == *shape => {
                    entries.iter().any(|&(at, got)| gap(values.data[at], got) > want.tolerance())
                }
                _ => true,
            },
            _ => true,
        }
    }

    /// Whether it says little about what was computed.
    pub(super) fn is_broken(&self) -> bool {
        match self {
            Self::Panicked => true,
            Self::Right | Self::Words(_) => false,
            Self::Array { entries, .. } => entries.iter().any(|(_, x)| !x.is_finite()),
        }
    }

    pub(super) fn to_json(&self) -> Json {
        match self {
            Self::Right => json!("right"),
            Self::Panicked => json!("panicked"),
            Self::Words(words) => json!({ "words": words }),
            Self::Array { shape, entries } => {
                let (at, values): (Vec<_>, Vec<_>) = entries.iter().map(|&(at, x)| (at, number_to_json(x))).unzip();
                json!({ "shape": shape, "at": at, "values": values })
            }
        }
    }

    pub(super) fn from_json(json: &Json) -> Option<Self> {
        match json.as_str() {
            Some("right") => return Some(Self::Right),
            Some("panicked") => return Some(Self::Panicked),
            _ => {}
        }
        let list = |key: &str| json.get(key)?.as_array();
        if let Some(words) = list("words") {
            let words = words.iter().map(|w| w.as_str().map(Into::into));
            return Some(Self::Words(words.collect::<Option<_>>()?));
        }
        let whole = |x: &Json| usize::try_from(x.as_u64()?).ok();
        let shape = list("shape")?.iter().map(whole).collect::<Option<Vec<_>>>()?;
        let at = list("at")?.iter().map(whole).collect::<Option<Vec<_>>>()?;
        let values = list("values")?.iter().map(number_from_json).collect::<Option<Vec<_>>>()?;
        let fits = at.len() == values.len() && at.iter().all(|i| *i < shape.iter().product());
        fits.then(|| Self::Array { shape, entries: at.into_iter().zip(values).collect() })
    }
}

/// The distance between two numbers, where NaN is at no distance from NaN, and an infinity from itself.
fn gap(a: f64, b: f64) -> f64 {
    if a == b || (a.is_nan() && b.is_nan()) {
        return 0.0;
    }
    let gap = (a - b).abs();
    if gap.is_nan() { f64::INFINITY } else { gap }
}

fn sample(array: &Tensor, want: &Want, most: usize) -> Vec<(usize, f64)> {
    let count = array.data.len();
    let mut at: Vec<usize> = (0..count).collect();
    if count > most {
        let from_want = |i: usize| match want.values() {
            Some(values) if values.shape == array.shape => gap(array.data[i], values.data[i]),
            _ => 0.0,
        };
        at.sort_by(|a, b| from_want(*b).total_cmp(&from_want(*a)));
        at.truncate(most / 2);
        at.extend((0..most / 2).map(|i| i * count / (most / 2)));
        at.sort_unstable();
        at.dedup();
    }
    at.into_iter().map(|i| (i, rounded(array.data[i], want.tolerance()))).collect()
}

/// A number without the digits that tell nothing apart: those beyond a twentieth of the tolerance.
fn rounded(x: f64, tolerance: f64) -> f64 {
    if !x.is_finite() || tolerance <= 0.0 {
        return x;
    }
    let step = 10_f64.powf((tolerance / 20.0).log10().floor());
    (x / step).round() * step
}

/// JSON knows no NaN and no infinity: they are stored as words. Finite numbers keep the precision of an `f32`.
fn number_to_json(x: f64) -> Json {
    if !x.is_finite() {
        return json!(x.to_string());
    }
    (x as f32).to_string().parse::<f64>().map_or_else(|_| json!(x), |short| json!(short))
}

fn number_from_json(json: &Json) -> Option<f64> {
    json.as_f64().or_else(|| json.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::super::SAMPLE;
    use super::*;

    #[test]
    fn a_long_array_is_sampled_where_it_differs() {
        let mut values = vec![1.0; 1000];
        let right = Tensor::new(&[1000], values.clone());
        values[777] = 9.0;
        let want = Want::Array { values: right, axes: &["pos"], tolerance: 1e-3 };
        let entries = sample(&Tensor::new(&[1000], values), &want, SAMPLE);
        assert!(entries.len() <= SAMPLE);
        assert!(entries.contains(&(777, 9.0)));
    }
}
