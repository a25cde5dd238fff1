//! Lists of names in any order, and of words in theirs.

use std::fmt::Write as _;

use super::{Difference, SHOWN, counted};

pub(super) fn compare_names(
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
pub(super) fn compare_words(got: &[String], want: &[String], what: &str) -> Result<f64, Difference> {
    let length = got.len().max(want.len());
    let off: Vec<usize> = (0..length).filter(|at| got.get(*at) != want.get(*at)).collect();
    let Some(&first) = off.first() else {
        return Ok(0.0);
    };
    let shown = |words: &[String]| words.get(first).map_or_else(|| "nothing".into(), |word| format!("{word:?}"));
    let number = if length > 1 { format!(" {first}") } else { String::new() };
    let mut report = format!("  {what}{number}: got {}, want {}", shown(got), shown(want));
    if got.len() != want.len() {
        let _ = write!(report, "\n  got {}, want {}", counted(got.len(), what), want.len());
    } else if length > 1 {
        let _ = write!(report, "\n  {} of {length} differ", off.len());
    }
    Err(Difference { report, largest: f64::INFINITY })
}
