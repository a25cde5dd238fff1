//! Measures the tolerances: how much correct answers differ among themselves, and how near the nearest wrong one comes.

use super::parallel::in_parallel;
use super::right::{functions_of, others_wrong};
use super::{Functions, ROOM, Right, Suite, Wrong};
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

impl<S: Functions + Sync> Suite<S> {
    /// The table of tolerances: for each check the noise of correct answers, the tolerance, and the wrong answer that
    /// comes nearest in the case where it is furthest off.
    ///
    /// Correct answers are measured in all cases: the solution in every check, the others where they are not the solution. The
    /// wrong ones are measured where they are recognized, so they must be far off there.
    ///
    /// # Errors
    /// The table, when the tolerance of a check is not ten times above the one and ten times below the other.
    pub fn tolerances(&self, solution: &S, others: &[Right<S>], wrong: &[Wrong<S>]) -> Result<String, Prose> {
        let recorded = self.record_all(wrong)?;
        let others = others.iter().map(|right| self.accepted(solution, wrong, right));
        let others = others.collect::<Result<Vec<_>, _>>()?;
        let measured = in_parallel(self.checks, |entry @ (info, check)| {
            let called = functions_of(entry, solution)?;
            let of_solution = check(&others_wrong(&called, solution, solution, wrong)).runs_here(Made::Cases)?;
            let right = others.iter().filter_map(|accepted| accepted.get(info.name));
            let right: Vec<&[CaseRun]> = right.chain([&of_solution]).map(Vec::as_slice).collect();
            // What a property sees is right or wrong, and leaves nothing to measure.
            let caught = recorded.iter().filter(|(key, _)| self.caught_by(code_of(key)) == Some(info.name));
            let caught: Wrongs<'_> = caught.map(|(key, runs)| (key.as_str(), *runs)).collect();
            Ok(measure(info.name, &right, &caught))
        });
        let rows = measured.into_iter().collect::<Result<Vec<Row>, Prose>>()?;
        let table = table(&rows);
        if rows.iter().all(|row| row.separates) {
            return Ok(table);
        }
        Err(format!("{table}\na tolerance is not {ROOM} times above the noise and below the nearest wrong answer")
            .into())
    }
}

type Rights<'a> = [&'a [CaseRun]];
type Wrongs<'a> = Vec<(&'a str, &'a [CaseRun])>;

fn measure(check: &'static str, correct: &Rights<'_>, wrong: &Wrongs<'_>) -> Row {
    let wants: Vec<&Want> = correct.iter().copied().flatten().map(|run| &run.want).collect();
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
fn measure_words(check: &'static str, correct: &Rights<'_>, wrong: &Wrongs<'_>) -> Row {
    let is_right = |runs: &[CaseRun]| runs.iter().all(|run| run.in_tolerances() == 0.0);
    Row {
        check,
        noise: "none".into(),
        tolerance: "word for word".into(),
        nearest_wrong: "other words".into(),
        separates: correct.iter().all(|runs| is_right(runs)) && !wrong.iter().any(|(_, runs)| is_right(runs)),
    }
}

fn measure_arrays(check: &'static str, correct: &Rights<'_>, wrong: &Wrongs<'_>) -> Row {
    // Relative to the tolerance, since cases may have different ones.
    let worst = |runs: &[CaseRun]| runs.iter().map(CaseRun::in_tolerances).fold(0.0, f64::max);
    let noise = correct.iter().map(|runs| worst(runs)).fold(0.0, f64::max);
    let nearest = wrong
        .iter()
        .map(|(code, runs)| (*code, worst(runs)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap_or(("none", f64::INFINITY));
    let all = correct.iter().copied().flatten().map(|run| run.want.tolerance());
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
