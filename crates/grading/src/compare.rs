//! Compares what came with what was expected, and says in words how they differ.
//!
//! The shape comes first: values of two shapes cannot be compared, and most mistakes show there. Then the worst
//! entries, at most five, with the names of their axes. Never the whole expected array: the aim is to let the learner see
//! the mistake, not the answer.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::picture;
use crate::prose::{number, unlike_numbers};
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
    /// A few numbers that each have a name.
    Numbers {
        /// The expected numbers.
        values: Tensor,
        /// What each of them is: "heads in all layers".
        names: &'static [&'static str],
        /// How far a number may be off.
        tolerance: f64,
    },
    /// Token ids, exactly these and in this order. They are names and not quantities.
    Tokens {
        /// The expected ids.
        ids: Tensor,
        /// The text of each token of the vocabulary.
        vocabulary: Arc<[String]>,
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
            Self::Array { tolerance, .. } | Self::Numbers { tolerance, .. } => *tolerance,
            Self::Tokens { .. } => 0.05,
            Self::Names { .. } | Self::Words { .. } => 1.0,
        }
    }

    /// The expected entries of an array, of numbers or of tokens.
    pub(crate) fn values(&self) -> Option<&Tensor> {
        match self {
            Self::Array { values, .. } | Self::Numbers { values, .. } | Self::Tokens { ids: values, .. } => {
                Some(values)
            }
            Self::Names { .. } | Self::Words { .. } => None,
        }
    }

    /// Whether no answer can be right for both.
    pub(crate) fn asks_for_something_else_than(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Names { scores, band, .. }, Self::Names { scores: others, .. }) => {
                let listed = |scores: &[(String, f64)]| -> Vec<String> {
                    scores.iter().filter(|(_, score)| *score >= band.1).map(|(name, _)| name.clone()).collect()
                };
                listed(scores) != listed(others)
            }
            (Self::Words { words, .. }, Self::Words { words: others, .. }) => words != others,
            _ => self.values().is_none() || self.values() != other.values(),
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
        (Value::Array(got), Want::Numbers { values, names, tolerance }) => {
            compare_numbers(got, values, names, *tolerance)
        }
        (Value::Array(got), Want::Tokens { ids, vocabulary }) => compare_tokens(got, ids, vocabulary),
        (Value::Words(got), Want::Names { scores, score, band }) => compare_names(got, scores, score, *band),
        (Value::Words(got), Want::Words { words, what }) => compare_words(got, words, what),
        (Value::Array(_), Want::Names { .. }) => Err(unlike("an array", "a list of names")),
        (Value::Array(_), Want::Words { .. }) => Err(unlike("an array", "a list of words")),
        (Value::Words(_), _) => Err(unlike("a list of words", "an array")),
        (Value::Parts(_), _) => Err(unlike("several values", "one")),
    }
}

fn unlike(got: &str, want: &str) -> Difference {
    Difference { report: format!("  got {got}, want {want}"), largest: f64::INFINITY }
}

fn compare_arrays(got: &Tensor, want: &Tensor, axes: &[&str], tolerance: f64) -> Result<f64, Difference> {
    if got.shape != want.shape {
        return Err(Difference { report: shape_report(got, want, axes), largest: f64::INFINITY });
    }
    let mut off = entries_off(got, want, tolerance);
    if off.is_empty() {
        return Ok(largest_difference(got, want));
    }
    // The first layer that is off is the cause of what is off in the later ones.
    let layers = axes.iter().position(|axis| ["layer", "depth"].contains(axis));
    let layer_of = |flat: usize| layers.map_or(0, |axis| got.index_of(flat)[axis]);
    off.sort_by(|a, b| layer_of(a.0).cmp(&layer_of(b.0)).then(severity(b.1).total_cmp(&severity(a.1))));
    let largest = off.iter().map(|(_, difference)| severity(*difference)).fold(0.0, f64::max);
    let report = match (&got.data[..], &want.data[..]) {
        ([got], [want]) => single(*got, *want, tolerance),
        _ => {
            let mut report = counts(got, off.len(), tolerance);
            let _ = write!(report, "\n{}", table(&off, got, want, axes));
            if let Some(picture) = picture::got_beside_want(got, want, axes, off[0].0) {
                let _ = write!(report, "\n{picture}");
            }
            report
        }
    };
    Err(Difference { report, largest })
}

/// The number of each entry that is off, with its difference.
fn entries_off(got: &Tensor, want: &Tensor, tolerance: f64) -> Vec<(usize, f64)> {
    let pairs = got.data.iter().zip(&want.data);
    let differences = pairs.map(|(g, w)| if g == w { 0.0 } else { (g - w).abs() });
    differences.enumerate().filter(|(_, difference)| is_off(*difference, tolerance)).collect()
}

/// One number and no table.
fn single(got: f64, want: f64, tolerance: f64) -> String {
    let (got_text, want_text) = unlike_numbers(got, want);
    let by = (got - want).abs();
    let off = if by.is_finite() { format!("Off by {}: got", number(by)) } else { "Got".into() };
    let tolerance = if tolerance < 0.5 && want.fract() != 0.0 {
        format!("; tolerance {}", number(tolerance))
    } else {
        String::new()
    };
    format!("  {off} {got_text}, want {want_text}{tolerance}")
}

/// The first entries that are off, in columns.
fn table(off: &[(usize, f64)], got: &Tensor, want: &Tensor, axes: &[&str]) -> String {
    let rows: Vec<[String; 4]> = off
        .iter()
        .take(SHOWN)
        .map(|&(flat, difference)| {
            let (got_text, want_text) = unlike_numbers(got.data[flat], want.data[flat]);
            [place(&got.index_of(flat), axes), got_text, want_text, number(difference)]
        })
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (first, second, third) = (width(0).max(28), width(1).max(12), width(2).max(12));
    let line = |[place, got, want, difference]: &[String; 4]| {
        format!("    {place:<first$} got {got:>second$}   want {want:>third$}   difference {difference}")
    };
    let mut lines: Vec<String> = rows.iter().map(line).collect();
    if off.len() > SHOWN {
        lines.push(format!("    and {} more", off.len() - SHOWN));
    }
    lines.join("\n")
}

/// A few numbers, each by its name.
fn compare_numbers(got: &Tensor, want: &Tensor, names: &[&str], tolerance: f64) -> Result<f64, Difference> {
    if got.shape != want.shape {
        return Err(Difference { report: shape_report(got, want, &["number"]), largest: f64::INFINITY });
    }
    let off = entries_off(got, want, tolerance);
    let Some(largest) = off.iter().map(|(_, difference)| severity(*difference)).max_by(f64::total_cmp) else {
        return Ok(largest_difference(got, want));
    };
    let line = |&(at, _): &(usize, f64)| {
        let (got, want) = unlike_numbers(got.data[at], want.data[at]);
        format!("  {}: got {got}, want {want}", names.get(at).copied().unwrap_or("a number"))
    };
    let mut lines: Vec<String> = off.iter().map(line).collect();
    let right = want.data.len() - off.len();
    if right > 0 {
        lines.push(format!(
            "  The other {} right.",
            if right == 1 { "number is".into() } else { format!("{right} are") }
        ));
    }
    Err(Difference { report: lines.join("\n"), largest })
}

/// Token by token: the first that differs, with its text and those around it.
fn compare_tokens(got: &Tensor, want: &Tensor, vocabulary: &[String]) -> Result<f64, Difference> {
    let differs = |at: &usize| got.data.get(*at) != want.data.get(*at);
    let length = got.data.len().max(want.data.len());
    let Some(first) = (0..length).find(differs) else {
        return if got.shape == want.shape {
            Ok(0.0)
        } else {
            Err(Difference { report: shape_report(got, want, &["pos"]), largest: f64::INFINITY })
        };
    };
    let text = |id: f64| vocabulary.get(id as usize).cloned().unwrap_or_else(|| "not in the vocabulary".into());
    let named = |tokens: &Tensor| match tokens.data.get(first) {
        Some(id) => format!("{id} ({:?})", text(*id)),
        None => "nothing".into(),
    };
    let around = |tokens: &Tensor| {
        let from = first.saturating_sub(CONTEXT);
        let shown = (from..tokens.data.len().min(first + CONTEXT + 1)).map(|at| {
            let text = format!("{:?}", text(tokens.data[at]));
            if at == first { format!("[{text}]") } else { text }
        });
        let dots = |more: bool| if more { "… " } else { "" };
        let shown: Vec<String> = shown.collect();
        let after = if tokens.data.len() > first + CONTEXT + 1 { " …" } else { "" };
        format!("{}{}{after}", dots(from > 0), shown.join(" "))
    };
    let mut report = format!(
        "  The first token that differs is at position {first}: got {}, want {}\n    got   {}\n    want  {}",
        named(got),
        named(want),
        around(got),
        around(want)
    );
    let (came, due) = (got.data.len(), want.data.len());
    if came != due {
        let _ = write!(report, "\n  {} came, but there should be {due}", counted(came, "token"));
    } else if length > 1 {
        let _ = write!(report, "\n  {} of {length} differ", (0..length).filter(differs).count());
    }
    Err(Difference { report, largest: f64::INFINITY })
}

/// So many tokens are shown on each side of one that differs.
const CONTEXT: usize = 3;

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
    let entries = if total == 1 { "entry" } else { "entries" };
    let mut line = format!("  {off} of {total} {entries} off ({percent:.1} %), tolerance {}", number(tolerance));
    let nan = got.data.iter().filter(|x| x.is_nan()).count();
    let infinite = got.data.iter().filter(|x| x.is_infinite()).count();
    for (count, what) in [(nan, "NaN"), (infinite, "infinite")] {
        if count > 0 {
            let verb = if count == 1 { "is" } else { "are" };
            let _ = write!(line, "; {count} of {total} {verb} {what}");
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

fn shape_report(got: &Tensor, want: &Tensor, axes: &[&str]) -> String {
    if want.shape.is_empty() {
        return format!("  got an array of shape {:?}, want a single number", got.shape);
    }
    format!("  shape: got {:?}, want {:?} [{}]", got.shape, want.shape, axes.join(", "))
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
            let (layer, head) = scores.last().and_then(|(last, _)| last.split_once('.')).unwrap_or(("0", "0"));
            shown(format!(
                "{name:?} is not the name of a head here: they are called 0.0 to {layer}.{head}, layer first"
            ));
        }
    }
    if lines.is_empty() {
        return Ok(0.0);
    }
    let right = scores.iter().filter(|(_, value)| *value >= high);
    let mut report = format!(
        "  got [{}]; {} of {} heads must be listed, {} off",
        got.join(", "),
        right.count(),
        scores.len(),
        if lines.len() == 1 { "1 name is".into() } else { format!("{} names are", lines.len()) },
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
        let _ = write!(report, "\n  {} came, but there should be {}", counted(got.len(), what), want.len());
    } else if length > 1 {
        let _ = write!(report, "\n  {} of {length} differ", off.len());
    }
    Err(Difference { report, largest: f64::INFINITY })
}

/// "1 token", "3 tokens".
fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 || what.ends_with('s') { "" } else { "s" };
    format!("{count} {what}{plural}")
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
        assert!(report.contains("1 of 30 entries off") && report.contains("1 of 30 is NaN"), "{report}");
        let mut got = pattern();
        got[[0, 1, 2]] = f32::NAN;
        got[[0, 1, 3]] = f32::INFINITY;
        let difference = compare(&got.into(), &want(pattern(), AXES)).unwrap_err();
        assert!(difference.report.contains("1 of 30 is NaN; 1 of 30 is infinite"), "{}", difference.report);
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

    /// What a verdict says of the difference.
    fn report(got: impl Into<Value>, want: &Want) -> String {
        compare(&got.into(), want).unwrap_err().report
    }

    #[test]
    fn a_single_number_needs_no_table() {
        insta::assert_snapshot!(report(5.1_f32, &want(2.26_f32, &[])), @"  Off by 2.84: got 5.1, want 2.26; tolerance 1e-4");
        insta::assert_snapshot!(report(3_usize, &want(4_usize, &[])), @"  Off by 1: got 3, want 4");
        insta::assert_snapshot!(report(f32::NAN, &want(2.5_f32, &[])), @"  Got NaN, want 2.5; tolerance 1e-4");
        insta::assert_snapshot!(report([1.0_f32], &want(2.5_f32, &[])), @"  got an array of shape [1], want a single number");
    }

    #[test]
    fn numbers_have_names() {
        let names = &["layers", "heads in all layers", "positions"];
        let want = Want::Numbers { values: [4_usize, 32, 256].into(), names, tolerance: 0.1 };
        assert!(compare(&[4_usize, 32, 256].into(), &want).is_ok());
        insta::assert_snapshot!(report([4_usize, 8, 256], &want), @r"
          heads in all layers: got 8, want 32
          The other 2 are right.
        ");
        insta::assert_snapshot!(report([4_usize, 8, 512], &want), @r"
          heads in all layers: got 8, want 32
          positions: got 512, want 256
          The other number is right.
        ");
    }

    #[test]
    fn tokens_are_shown_by_their_texts_and_not_subtracted() {
        let vocabulary: Arc<[String]> = ["<bos>", "the", " cat", " sat", " on"].map(String::from).into();
        let want = Want::Tokens { ids: vec![1_usize, 2, 3, 4, 1, 2].into(), vocabulary };
        assert!(compare(&vec![1_usize, 2, 3, 4, 1, 2].into(), &want).is_ok());
        insta::assert_snapshot!(report(vec![1_usize, 2, 3, 2, 1, 9], &want), @r#"
          The first token that differs is at position 3: got 2 (" cat"), want 4 (" on")
            got   "the" " cat" " sat" [" cat"] "the" "not in the vocabulary"
            want  "the" " cat" " sat" [" on"] "the" " cat"
          2 of 6 differ
        "#);
        insta::assert_snapshot!(report(vec![1_usize, 2, 3, 4, 1], &want), @r#"
          The first token that differs is at position 5: got nothing, want 2 (" cat")
            got   … " sat" " on" "the"
            want  … " sat" " on" "the" [" cat"]
          5 tokens came, but there should be 6
        "#);
    }

    #[test]
    fn the_first_layer_that_is_off_comes_first() {
        let right = ndarray::Array2::from_shape_fn((2, 3), |(l, h)| (l * 3 + h) as f32);
        let got = array![[0.0_f32, 1.5, 2.0], [3.0, 9.0, 5.0]];
        let report = report(got, &want(right, &["layer", "head"]));
        let list: Vec<&str> = report.lines().take(3).collect();
        insta::assert_snapshot!(list.join("\n"), @r"
        2 of 6 entries off (33.3 %), tolerance 1e-4
          layer 0, head 1              got          1.5   want            1   difference 0.5
          layer 1, head 1              got            9   want            4   difference 5
        ");
    }

    #[test]
    fn long_places_keep_their_columns() {
        let axes = &["batch", "head", "query_pos", "key_pos"];
        let right = ndarray::Array4::<f32>::zeros((1, 2, 20, 20));
        let mut got = right.clone();
        got[[0, 1, 10, 10]] = 0.5;
        got[[0, 1, 3, 4]] = 0.25;
        insta::assert_snapshot!(report(got, &want(right, axes)), @r"
          2 of 800 entries off (0.2 %), tolerance 1e-4
            batch 0, head 1, query_pos 10, key_pos 10 got          0.5   want            0   difference 0.5
            batch 0, head 1, query_pos 3, key_pos 4   got         0.25   want            0   difference 0.25
        ");
    }

    #[test]
    fn words_are_compared_one_by_one_and_in_order() {
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<String>>();
        let want = Want::Words { words: words(&["the", " cat", "."]), what: "token" };
        let ask = |got: &[&str]| compare(&words(got).into(), &want).map_err(|d| d.report);
        assert!(ask(&["the", " cat", "."]).is_ok());
        assert_eq!(ask(&["the", "cat", "."]).unwrap_err(), "  token 1: got \"cat\", want \" cat\"\n  1 of 3 differ");
        let short = ask(&["the", " cat"]).unwrap_err();
        assert_eq!(short, "  token 2: got nothing, want \".\"\n  2 tokens came, but there should be 3");
        assert!(ask(&[" cat", "the", "."]).is_err());
    }
}
