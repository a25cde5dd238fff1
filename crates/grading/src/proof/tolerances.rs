//! Measures the tolerances: how much correct answers differ among themselves, and how near the nearest wrong one comes.

use super::{ROOM, Suite, Wrong};
use crate::compare::Want;
use crate::fingerprint::code_of;
use crate::grade::Made;
use crate::prose::number;
use crate::run::CaseRun;
use crate::verdict::Prose;

/// What was measured for one check.
struct Row {
    check: &'static str,
    noise: String,
    tolerance: String,
    nearest_wrong: String,
    separates: bool,
}

impl<S: Sync> Suite<S> {
    /// The table of tolerances: for each check the noise of correct answers, the tolerance, and the wrong answer that
    /// comes nearest in the case where it is furthest off.
    ///
    /// The first of the correct answers is measured in all cases, the others in those in which mistakes are recognized: in the
    /// rest, which take longest, [`accepts`](Self::accepts) demands the same room of them. The wrong ones are measured where
    /// they are recognized, so they must be far off there.
    ///
    /// # Errors
    /// The table, when the tolerance of a check is not ten times above the one and ten times below the other.
    pub fn tolerances(&self, correct: &[(&str, S)], wrong: &[Wrong<S>]) -> Result<String, Prose> {
        let wrong = self.record_all(wrong)?;
        let mut rows = Vec::new();
        for (info, check) in self.checks {
            let mut right = Vec::new();
            for (name, submission) in correct {
                let made = if right.is_empty() { Made::Cases } else { Made::Recognizable };
                right.push((*name, check(submission).runs_here(made)?));
            }
            let right: Runs<'_> = right.iter().map(|(name, runs)| (*name, &runs[..])).collect();
            // What a property sees is right or wrong, and leaves nothing to measure.
            let caught = wrong.iter().filter(|(key, _)| self.caught_by(code_of(key)) == Some(info.name));
            let caught: Runs<'_> = caught.map(|(key, runs)| (key.as_str(), *runs)).collect();
            rows.push(measure(info.name, &right, &caught));
        }
        let table = table(&rows);
        if rows.iter().all(|row| row.separates) {
            return Ok(table);
        }
        Err(format!("{table}\na tolerance is not {ROOM} times above the noise and below the nearest wrong answer")
            .into())
    }
}

type Runs<'a> = Vec<(&'a str, &'a [CaseRun])>;

fn measure(check: &'static str, correct: &Runs<'_>, wrong: &Runs<'_>) -> Row {
    let wants: Vec<&Want> = correct.iter().flat_map(|(_, runs)| *runs).map(|run| &run.want).collect();
    match wants.first() {
        None => Row {
            check,
            noise: "none".into(),
            tolerance: "a property: holds or not".into(),
            nearest_wrong: "does not hold".into(),
            separates: true,
        },
        Some(Want::Names { .. }) => measure_names(check, &wants),
        Some(Want::Array { .. } | Want::Numbers { .. }) => measure_arrays(check, correct, wrong),
        Some(Want::Words { .. } | Want::Tokens { .. }) => measure_words(check, correct, wrong),
    }
}

/// A list is right or wrong; what can be near is the score of a name to the band in which the threshold may lie.
fn measure_names(check: &'static str, wants: &[&Want]) -> Row {
    let (mut below, mut above, mut text) = (0.0_f64, f64::INFINITY, String::new());
    // A case that asks for nothing accepts an empty list, and one that asks for all of them any list.
    let mut each_case_asks = true;
    for want in wants {
        if let Want::Names { scores, band, .. } = want {
            each_case_asks &= scores.iter().any(|(_, score)| *score >= band.1);
            each_case_asks &= scores.iter().any(|(_, score)| *score < band.0);
            text = format!("a threshold in {}..{}", band.0, band.1);
            for (_, score) in scores {
                if *score < band.0 {
                    below = below.max(*score);
                } else if *score >= band.1 {
                    above = above.min(*score);
                }
            }
        }
    }
    Row {
        check,
        noise: format!("not listed: up to {below:.3}"),
        tolerance: text,
        nearest_wrong: format!("listed: from {above:.3}"),
        separates: below < above && each_case_asks,
    }
}

/// Words are the same or not: every right answer must give them in all cases, and no wrong one may.
fn measure_words(check: &'static str, correct: &Runs<'_>, wrong: &Runs<'_>) -> Row {
    let is_right = |(_, runs): &(&str, &[CaseRun])| runs.iter().all(|run| run.in_tolerances() == 0.0);
    Row {
        check,
        noise: "none".into(),
        tolerance: "word for word".into(),
        nearest_wrong: "other words".into(),
        separates: correct.iter().all(is_right) && !wrong.iter().any(is_right),
    }
}

fn measure_arrays(check: &'static str, correct: &Runs<'_>, wrong: &Runs<'_>) -> Row {
    // Relative to the tolerance, since cases may have different ones.
    let worst = |runs: &[CaseRun]| runs.iter().map(CaseRun::in_tolerances).fold(0.0, f64::max);
    let noise = correct.iter().map(|(_, runs)| worst(runs)).fold(0.0, f64::max);
    let nearest = wrong
        .iter()
        .map(|(code, runs)| (*code, worst(runs)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap_or(("none", f64::INFINITY));
    let all = correct.iter().flat_map(|(_, runs)| *runs).map(|run| run.want.tolerance());
    let (low, high) = all.fold((f64::INFINITY, 0.0_f64), |(low, high), t| (low.min(t), high.max(t)));
    let tolerance = if low == high { number(low) } else { format!("{}..{}", number(low), number(high)) };
    Row {
        check,
        noise: format!("1/{:.0} of it", 1.0 / noise.max(1e-9)),
        tolerance,
        nearest_wrong: format!("{:.0} times it ({})", nearest.1, nearest.0),
        separates: noise * ROOM <= 1.0 && nearest.1 >= ROOM,
    }
}

fn table(rows: &[Row]) -> String {
    let head = ["check", "noise of right answers", "tolerance", "nearest wrong answer"];
    let cells = rows.iter().map(|r| [r.check, r.noise.as_str(), r.tolerance.as_str(), r.nearest_wrong.as_str()]);
    let rows: Vec<[&str; 4]> = std::iter::once(head).chain(cells).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2), width(3)];
    let line = |row: &[&str; 4]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("  {cell:<width$}"));
        cells.collect::<String>().trim_end().to_string()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
