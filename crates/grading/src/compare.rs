//! Compares what came with what was expected, and says in words how they differ.
//!
//! The shape comes first: values of two shapes cannot be compared, and most mistakes show there. Then the worst
//! entries, at most five, with the names of their axes. Never the whole expected array: the aim is to let the learner see
//! the mistake, not the answer.

use std::fmt::Write as _;

use crate::picture;
use crate::probe;
use crate::prose::number;
use crate::value::{Tensor, Value};

/// At most so many entries are shown.
const SHOWN: usize = 5;

/// What a case must return.
#[derive(Clone, Debug)]
pub enum Want {
    /// An array, each entry within the tolerance.
    Array {
        /// The expected entries.
        values: Tensor,
        /// The name of each axis, from the course's glossary.
        axes: &'static [&'static str],
        /// How far an entry may be off.
        tolerance: f64,
    },
    /// A list of names in any order.
    Names {
        /// Every candidate with the score that decides about it.
        scores: Vec<(String, f64)>,
        /// What the score is: "mean attention to the previous token".
        score: &'static str,
        /// Below the first a name must not be listed, from the second on it must; between the two either will do, since
        /// the threshold is the learner's choice.
        band: (f64, f64),
    },
    /// A list of words, exactly these and in this order.
    Words {
        /// The expected words.
        words: Vec<String>,
        /// What one of them is: "token".
        what: &'static str,
    },
}

impl Want {
    /// How far an entry may be off; for a list of words, which is right or wrong, this is one.
    #[must_use]
    pub fn tolerance(&self) -> f64 {
        match self {
            Self::Array { tolerance, .. } => *tolerance,
            Self::Names { .. } | Self::Words { .. } => 1.0,
        }
    }

    /// Whether no answer can be right for both.
    pub(crate) fn asks_for_something_else_than(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Array { values, .. }, Self::Array { values: others, .. }) => values != others,
            (Self::Names { scores, band, .. }, Self::Names { scores: others, .. }) => {
                let listed = |scores: &[(String, f64)]| -> Vec<String> {
                    scores.iter().filter(|(_, score)| *score >= band.1).map(|(name, _)| name.clone()).collect()
                };
                listed(scores) != listed(others)
            }
            (Self::Words { words, .. }, Self::Words { words: others, .. }) => words != others,
            _ => true,
        }
    }
}

/// How a value differs from what was expected.
#[derive(Clone, Debug)]
pub struct Difference {
    /// In words, several lines.
    pub report: String,
    /// The largest absolute difference of an entry; infinite where shapes or names differ, or for NaN.
    pub largest: f64,
}

/// Compares. `Ok` holds the largest difference of an entry, which is within the tolerance.
///
/// # Errors
/// How they differ, if they do.
pub fn compare(got: &Value, want: &Want) -> Result<f64, Difference> {
    match (got, want) {
        (Value::Array(got), Want::Array { values, axes, tolerance }) => compare_arrays(got, values, axes, *tolerance),
        (Value::Words(got), Want::Names { scores, score, band }) => compare_names(got, scores, score, *band),
        (Value::Words(got), Want::Words { words, what }) => compare_words(got, words, what),
        (Value::Array(_), Want::Names { .. }) => Err(unlike("an array", "a list of names")),
        (Value::Array(_), Want::Words { .. }) => Err(unlike("an array", "a list of words")),
        (Value::Words(_), Want::Array { .. }) => Err(unlike("a list of words", "an array")),
        (Value::Parts(_), _) => Err(unlike("several values", "one")),
    }
}

fn unlike(got: &str, want: &str) -> Difference {
    Difference { report: format!("  got {got}, want {want}"), largest: f64::INFINITY }
}

fn compare_arrays(got: &Tensor, want: &Tensor, axes: &[&str], tolerance: f64) -> Result<f64, Difference> {
    if got.shape != want.shape {
        return Err(Difference { report: shape_report(got, want, axes, tolerance), largest: f64::INFINITY });
    }
    let mut off: Vec<(usize, f64)> = got
        .data
        .iter()
        .zip(&want.data)
        .map(|(g, w)| if g == w { 0.0 } else { (g - w).abs() })
        .enumerate()
        .filter(|(_, diff)| is_off(*diff, tolerance))
        .collect();
    if off.is_empty() {
        return Ok(largest_difference(got, want));
    }
    off.sort_by(|a, b| severity(b.1).total_cmp(&severity(a.1)));
    let mut report = counts(got, off.len(), tolerance);
    for &(flat, diff) in off.iter().take(SHOWN) {
        let _ = write!(
            report,
            "\n    {:<28} got {:>12}   want {:>12}   difference {}",
            place(&got.index_of(flat), axes),
            number(got.data[flat]),
            number(want.data[flat]),
            number(diff)
        );
    }
    if off.len() > SHOWN {
        let _ = write!(report, "\n    and {} more", off.len() - SHOWN);
    }
    if let Some(picture) = picture::got_beside_want(got, want, axes, off[0].0) {
        let _ = write!(report, "\n{picture}");
    }
    if let Some(hint) = probe::same_shape(got, want, axes, tolerance) {
        let _ = write!(report, "\n  Look: {hint}");
    }
    Err(Difference { report, largest: severity(off[0].1) })
}

/// Written so that NaN, which compares as neither more nor less, counts as off.
#[expect(clippy::neg_cmp_op_on_partial_ord, reason = "diff > tolerance would let NaN pass")]
fn is_off(difference: f64, tolerance: f64) -> bool {
    !(difference <= tolerance)
}

/// The largest difference between two arrays of one shape.
fn largest_difference(got: &Tensor, want: &Tensor) -> f64 {
    got.data.iter().zip(&want.data).map(|(g, w)| if g == w { 0.0 } else { severity((g - w).abs()) }).fold(0.0, f64::max)
}

/// A difference that can be sorted: one with NaN is as bad as one without bound.
fn severity(difference: f64) -> f64 {
    if difference.is_nan() { f64::INFINITY } else { difference }
}

fn counts(got: &Tensor, off: usize, tolerance: f64) -> String {
    let total = got.data.len();
    let percent = 100.0 * off as f64 / total as f64;
    let mut line = format!("  {off} of {total} entries off ({percent:.1} %), tolerance {}", number(tolerance));
    let nan = got.data.iter().filter(|x| x.is_nan()).count();
    let infinite = got.data.iter().filter(|x| x.is_infinite()).count();
    for (count, what) in [(nan, "NaN"), (infinite, "infinite")] {
        if count > 0 {
            let _ = write!(line, "; {count} of {total} are {what}");
        }
    }
    line
}

/// Where an entry lies: `head 3, query_pos 11`.
pub(crate) fn place(index: &[usize], axes: &[&str]) -> String {
    if index.is_empty() {
        return "the number".into();
    }
    let names = index.iter().enumerate().map(|(axis, at)| {
        let name = axes.get(axis).copied().unwrap_or("axis");
        format!("{name} {at}")
    });
    names.collect::<Vec<_>>().join(", ")
}

fn shape_report(got: &Tensor, want: &Tensor, axes: &[&str], tolerance: f64) -> String {
    let mut report = format!("  shape: got {:?}, want {:?} [{}]", got.shape, want.shape, axes.join(", "));
    if let Some(hint) = probe::other_shape(got, want, axes, tolerance) {
        let _ = write!(report, "\n  Look: {hint}");
    }
    report
}

fn compare_names(
    got: &[String],
    scores: &[(String, f64)],
    score: &str,
    (low, high): (f64, f64),
) -> Result<f64, Difference> {
    let mut lines = Vec::new();
    let mut shown = |line: String| lines.push(format!("    {line}"));
    for (name, value) in scores {
        let listed = got.iter().filter(|g| *g == name).count();
        let value_text = format!("{value:.2}");
        if listed == 0 && *value >= high {
            shown(format!("{name} is missing: its {score} is {value_text}"));
        } else if listed > 0 && *value < low {
            shown(format!("{name} should not be there: its {score} is {value_text}"));
        } else if listed > 1 {
            shown(format!("{name} is listed {listed} times"));
        }
    }
    for name in got {
        if !scores.iter().any(|(known, _)| known == name) {
            shown(format!("{name:?} is not the name of a head here"));
        }
    }
    if lines.is_empty() {
        return Ok(0.0);
    }
    let right = scores.iter().filter(|(_, value)| *value >= high);
    let mut report = format!(
        "  got [{}]; {} of {} heads must be listed, {} {} off",
        got.join(", "),
        right.count(),
        scores.len(),
        lines.len(),
        if lines.len() == 1 { "name is" } else { "names are" },
    );
    for line in lines.iter().take(SHOWN) {
        let _ = write!(report, "\n{line}");
    }
    if lines.len() > SHOWN {
        let _ = write!(report, "\n    and {} more", lines.len() - SHOWN);
    }
    Err(Difference { report, largest: f64::INFINITY })
}

/// Word by word; the first that differs is shown, and how many there are.
fn compare_words(got: &[String], want: &[String], what: &str) -> Result<f64, Difference> {
    let length = got.len().max(want.len());
    let off: Vec<usize> = (0..length).filter(|at| got.get(*at) != want.get(*at)).collect();
    let Some(&first) = off.first() else {
        return Ok(0.0);
    };
    let shown = |words: &[String]| words.get(first).map_or_else(|| "nothing".into(), |word| format!("{word:?}"));
    let number = if length > 1 { format!(" {first}") } else { String::new() };
    let mut report = format!("  {what}{number}: got {}, want {}", shown(got), shown(want));
    if got.len() != want.len() {
        let _ = write!(report, "\n  {} came, but there should be {}", got.len(), want.len());
    } else if length > 1 {
        let _ = write!(report, "\n  {} of {length} differ", off.len());
    }
    Err(Difference { report, largest: f64::INFINITY })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array3, array};

    fn want(values: impl Into<Tensor>, axes: &'static [&'static str]) -> Want {
        Want::Array { values: values.into(), axes, tolerance: 1e-4 }
    }

    fn pattern() -> Array3<f32> {
        Array3::from_shape_fn((2, 3, 5), |(h, q, k)| (h * 100 + q * 10 + k * k) as f32)
    }

    const AXES: &[&str] = &["head", "query_pos", "key_pos"];

    #[test]
    fn equal_within_the_tolerance_passes_and_tells_the_largest_difference() {
        let got = pattern() + 5e-5;
        let largest = compare(&got.into(), &want(pattern(), AXES)).unwrap();
        assert!((1e-6..1e-4).contains(&largest), "{largest}");
    }

    #[test]
    fn the_shape_comes_first() {
        let got = array![[1.0_f32, 2.0]];
        let difference = compare(&got.into(), &want(array![1.0_f32, 2.0], &["pos"])).unwrap_err();
        assert!(difference.report.starts_with("  shape: got [1, 2], want [2] [pos]"), "{}", difference.report);
    }

    #[test]
    fn the_worst_entries_are_named_and_the_rest_counted() {
        let mut got = pattern();
        got.iter_mut().skip(3).take(7).for_each(|x| *x += 0.5);
        got[[1, 2, 3]] += 9.0;
        let report = compare(&got.into(), &want(pattern(), AXES)).unwrap_err().report;
        assert!(report.contains("8 of 30 entries off (26.7 %), tolerance 1e-4"), "{report}");
        let first = report.lines().nth(1).unwrap();
        assert!(first.contains("head 1, query_pos 2, key_pos 3"), "{report}");
        assert!(first.contains("got") && first.contains("138") && first.contains("129"), "{report}");
        assert!(report.contains("and 3 more"), "{report}");
    }

    #[test]
    fn nan_never_passes_and_is_counted() {
        let mut got = pattern();
        got[[0, 1, 2]] = f32::NAN;
        let report = compare(&got.into(), &want(pattern(), AXES)).unwrap_err().report;
        assert!(report.contains("1 of 30 entries off") && report.contains("1 of 30 are NaN"), "{report}");
        let mut got = pattern();
        got[[0, 1, 2]] = f32::NAN;
        got[[0, 1, 3]] = f32::INFINITY;
        let difference = compare(&got.into(), &want(pattern(), AXES)).unwrap_err();
        assert!(difference.report.contains("1 of 30 are NaN; 1 of 30 are infinite"), "{}", difference.report);
        assert!(difference.largest.is_infinite());
    }

    #[test]
    fn a_loose_threshold_is_allowed_only_inside_the_band() {
        let names = Want::Names {
            scores: vec![("0.0".into(), 0.9), ("0.1".into(), 0.4), ("1.0".into(), 0.1)],
            score: "mean attention",
            band: (0.3, 0.55),
        };
        let ask = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(ToString::to_string).collect();
            compare(&words.into(), &names).map_err(|d| d.report)
        };
        assert!(ask(&["0.0"]).is_ok());
        assert!(ask(&["0.1", "0.0"]).is_ok());
        assert!(ask(&["0.1"]).unwrap_err().contains("0.0 is missing: its mean attention is 0.90"));
        assert!(ask(&["0.0", "1.0"]).unwrap_err().contains("1.0 should not be there"));
        assert!(ask(&["0.0", "0.0"]).unwrap_err().contains("0.0 is listed 2 times"));
        assert!(ask(&["0.0", "L1H0"]).unwrap_err().contains("\"L1H0\" is not the name of a head"));
    }

    #[test]
    fn words_are_compared_one_by_one_and_in_order() {
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<String>>();
        let want = Want::Words { words: words(&["the", " cat", "."]), what: "token" };
        let ask = |got: &[&str]| compare(&words(got).into(), &want).map_err(|d| d.report);
        assert!(ask(&["the", " cat", "."]).is_ok());
        assert_eq!(ask(&["the", "cat", "."]).unwrap_err(), "  token 1: got \"cat\", want \" cat\"\n  1 of 3 differ");
        let short = ask(&["the", " cat"]).unwrap_err();
        assert_eq!(short, "  token 2: got nothing, want \".\"\n  2 came, but there should be 3");
        assert!(ask(&[" cat", "the", "."]).is_err());
    }
}
