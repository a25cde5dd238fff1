//! The class as a table: submissions by checks, points, and what many have in common.

use std::collections::{BTreeMap, BTreeSet};

use crate::course::Plan;
use crate::grades::log::{CheckResult, Graded, Results, State};

/// Everything that the reports say.
pub(super) struct Class<'a> {
    /// The exercises and the checks of each, in order.
    pub(super) columns: Vec<(&'a str, Vec<&'a str>)>,
    /// The submissions, in order.
    pub(super) rows: Vec<Row<'a>>,
    /// The known mistakes by how many submissions make them, most first: code, check, title.
    pub(super) mistakes: Vec<Mistake<'a>>,
    /// Submissions that handed in the same source: the exercise and their names.
    pub(super) copies: Vec<(&'a str, Vec<&'a str>)>,
}

pub(super) struct Row<'a> {
    pub(super) name: &'a str,
    pub(super) problem: Option<&'a str>,
    pub(super) notes: &'a [String],
    pub(super) exercises: Vec<Cell<'a>>,
    pub(super) points: f64,
    pub(super) out_of: f64,
}

/// An exercise of a submission.
pub(super) struct Cell<'a> {
    pub(super) exercise: &'a str,
    pub(super) checks: &'a [CheckResult],
    /// With what is lost by delay.
    pub(super) points: f64,
    pub(super) out_of: f64,
    pub(super) days_late: i64,
    /// Who else handed in the same source.
    pub(super) same_as: Vec<&'a str>,
}

pub(super) struct Mistake<'a> {
    pub(super) code: &'a str,
    pub(super) check: &'a str,
    /// As the verdict words it.
    pub(super) title: String,
    pub(super) count: usize,
}

impl<'a> Class<'a> {
    pub(super) fn of(results: &'a Results, plan: &Plan) -> Self {
        let mut columns: BTreeMap<&str, &Graded> = BTreeMap::new();
        for graded in results.exercises.values() {
            columns.entry(&graded.exercise).or_insert(graded);
        }
        let copies = copies(results);
        let rows = results.submissions.values().map(|received| {
            let cells: Vec<Cell> = columns
                .keys()
                .filter_map(|exercise| {
                    let key = (received.submission.clone(), (*exercise).to_string());
                    results.exercises.get(&key).map(|graded| cell(graded, plan, &copies))
                })
                .collect();
            Row {
                name: &received.submission,
                problem: received.problem.as_deref(),
                notes: &received.notes,
                points: total(cells.iter().map(|cell| cell.points)),
                out_of: total(cells.iter().map(|cell| cell.out_of)),
                exercises: cells,
            }
        });
        Self {
            rows: rows.collect(),
            columns: columns
                .into_iter()
                .map(|(exercise, graded)| (exercise, graded.checks.iter().map(|check| check.check.as_str()).collect()))
                .collect(),
            mistakes: mistakes(results),
            copies,
        }
    }

    /// The result of one line on the terminal.
    pub(super) fn summary(&self) -> String {
        let points = total(self.rows.iter().map(|row| row.points));
        let out_of = total(self.rows.iter().map(|row| row.out_of));
        let share = if out_of > 0.0 { points / out_of * 100.0 } else { 0.0 };
        let most = self
            .mistakes
            .first()
            .map_or(String::new(), |mistake| format!(" Most frequent: {} ({} times).", mistake.title, mistake.count));
        let copies: BTreeSet<&str> = self.copies.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let copies = match copies.len() {
            0 => String::new(),
            some => format!(" {some} submissions share a source with another."),
        };
        format!("{} submissions, {share:.0} % of the points.{most}{copies}", self.rows.len())
    }

    /// What could not be graded.
    pub(super) fn troubles(&self) -> Vec<String> {
        let mut troubles = Vec::new();
        for row in &self.rows {
            troubles.extend(row.problem.map(|problem| format!("{}: {problem}.", row.name)));
            for cell in &row.exercises {
                if let Some(check) = cell.checks.iter().find(|check| check.state.is_our_fault()) {
                    let (name, exercise, state) = (row.name, cell.exercise, check.state.words());
                    troubles.push(format!("{name}, {exercise}, {}: {state}. {}", check.check, check.text));
                }
            }
        }
        troubles
    }
}

fn cell<'a>(graded: &'a Graded, plan: &Plan, copies: &[(&'a str, Vec<&'a str>)]) -> Cell<'a> {
    let (exercise, name) = (graded.exercise.as_str(), graded.submission.as_str());
    let weight = |check: &&CheckResult| plan.weight(exercise, &check.check);
    let passed = total(graded.checks.iter().filter(|check| check.state == State::Passed).map(|check| weight(&check)));
    let days_late = graded.submitted.map_or(0, |submitted| plan.days_late(exercise, submitted));
    let group = copies.iter().find(|(of, names)| *of == exercise && names.contains(&name));
    Cell {
        exercise,
        checks: &graded.checks,
        points: passed * plan.left_after(days_late),
        out_of: total(graded.checks.iter().map(|check| weight(&check))),
        days_late,
        same_as: group.map_or(Vec::new(), |(_, names)| names.iter().copied().filter(|other| *other != name).collect()),
    }
}

/// The sum. That of nothing is 0, where `sum` gives -0, which would be shown so.
fn total(numbers: impl Iterator<Item = f64>) -> f64 {
    numbers.fold(0.0, |total, number| total + number)
}

fn copies(results: &Results) -> Vec<(&str, Vec<&str>)> {
    let mut prints: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for graded in results.exercises.values() {
        if let Some(print) = &graded.print {
            prints.entry((&graded.exercise, print)).or_default().push(&graded.submission);
        }
    }
    let mut groups: Vec<_> = prints.into_iter().map(|((exercise, _), names)| (exercise, names)).collect();
    groups.retain(|(_, names)| names.len() > 1);
    groups.sort();
    groups
}

fn mistakes<'a>(results: &'a Results) -> Vec<Mistake<'a>> {
    let mut counts: BTreeMap<(&str, &str), (usize, &CheckResult)> = BTreeMap::new();
    for check in results.exercises.values().flat_map(|graded| &graded.checks) {
        if let Some(code) = &check.mistake {
            counts.entry((code, &check.check)).or_insert((0, check)).0 += 1;
        }
    }
    let mistake = |((code, check), (count, first)): ((&'a str, &'a str), (usize, &CheckResult))| Mistake {
        code,
        check,
        title: title(first, code),
        count,
    };
    let mut mistakes: Vec<Mistake<'a>> = counts.into_iter().map(mistake).collect();
    mistakes.sort_by(|a, b| b.count.cmp(&a.count).then(a.code.cmp(b.code)));
    mistakes
}

/// The line of the verdict that names the mistake, from its code on.
fn title(check: &CheckResult, code: &str) -> String {
    let named = check.text.lines().find_map(|line| line.find(&format!("{code} ")).map(|at| line[at..].trim()));
    named.unwrap_or(code).to_string()
}

#[cfg(test)]
pub(super) fn results() -> Results {
    use crate::grades::log::{Received, graded};
    let mut results = Results::default();
    let mut add = |submission: &str, print: Option<&str>, states: &[(&str, State)]| {
        let received = Received { submission: submission.into(), problem: None, notes: Vec::new() };
        results.submissions.insert(submission.into(), received);
        let graded =
            Graded { print: print.map(str::to_string), submitted: Some(0), ..graded(submission, "01-a", states) };
        results.exercises.insert((submission.into(), "01-a".into()), graded);
    };
    add("=ann & <bo>", Some("p"), &[("c1_x", State::Passed), ("c2_y", State::Wrong)]);
    add("cy", Some("p"), &[("c1_x", State::Passed), ("c2_y", State::Passed)]);
    add("di", None, &[("c1_x", State::DoesNotCompile), ("c2_y", State::DoesNotCompile)]);
    let received =
        Received { submission: "eve".into(), problem: Some("not a zip".into()), notes: vec!["a\u{1}b".into()] };
    results.submissions.insert("eve".into(), received);
    results
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = "late_per_day = 50\n[[exercise]]\nslug = \"01-a\"\nweights = { c1_x = 3 }\n";

    #[test]
    fn points_are_weights_of_passed_checks() {
        let results = results();
        let plan = Plan::parse(PLAN).unwrap();
        let class = Class::of(&results, &plan);
        let points: Vec<(f64, f64)> = class.rows.iter().map(|row| (row.points, row.out_of)).collect();
        assert_eq!(points, [(3.0, 4.0), (4.0, 4.0), (0.0, 4.0), (0.0, 0.0)]);
        let late = PLAN.replace("weights", "deadline = 1969-12-31T12:00:00Z\nweights");
        let plan = Plan::parse(&late).unwrap();
        assert_eq!(Class::of(&results, &plan).rows[1].points, 2.0);
    }

    #[test]
    fn mistakes_are_counted_and_copies_found() {
        let results = results();
        let class = Class::of(&results, &Plan::default());
        assert_eq!(class.mistakes.len(), 1);
        assert_eq!((class.mistakes[0].code, class.mistakes[0].check, class.mistakes[0].count), ("E01-3", "c2_y", 1));
        assert_eq!(class.copies, [("01-a", vec!["=ann & <bo>", "cy"])]);
        assert_eq!(class.rows[1].exercises[0].same_as, ["=ann & <bo>"]);
        assert_eq!(class.troubles(), ["eve: not a zip."]);
    }
}
