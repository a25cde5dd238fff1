//! `grades.csv`: a line for each submission. First the points, then one column for each check.

use csv::{QuoteStyle, WriterBuilder};

use super::class::Class;
use crate::words::shown;

pub(super) fn csv(class: &Class<'_>) -> Result<Vec<u8>, String> {
    // Every text in quotes: where a spreadsheet takes `;` for the end of a cell, one in a name would begin another.
    let mut csv = WriterBuilder::new().quote_style(QuoteStyle::NonNumeric).from_writer(Vec::new());
    let words = |error: csv::Error| format!("grades.csv: {error}.");
    let mut head: Vec<String> = ["submission", "points", "out_of", "percent"].map(String::from).to_vec();
    for (exercise, _) in &class.columns {
        head.extend([
            format!("{exercise} points"),
            format!("{exercise} days late"),
            format!("{exercise} same source as"),
        ]);
    }
    for (exercise, checks) in &class.columns {
        head.extend(checks.iter().map(|check| format!("{exercise} {check}")));
    }
    head.push("remarks".into());
    csv.write_record(&head).map_err(words)?;
    for row in &class.rows {
        let percent = if row.out_of > 0.0 { row.points / row.out_of * 100.0 } else { 0.0 };
        let mut record = vec![harmless(row.name), number(row.points), number(row.out_of), number(percent)];
        let cell_of = |exercise: &str| row.exercises.iter().find(|cell| cell.exercise == exercise);
        for (exercise, _) in &class.columns {
            record.extend(cell_of(exercise).map_or([const { String::new() }; 3], |cell| {
                [number(cell.points), cell.days_late.to_string(), harmless(&cell.same_as.join(" "))]
            }));
        }
        for (exercise, checks) in &class.columns {
            for name in checks {
                let check = cell_of(exercise).and_then(|cell| cell.checks.iter().find(|check| check.check == *name));
                record.push(check.map_or(String::new(), |check| match &check.mistake {
                    Some(mistake) => format!("{} {mistake}", check.state.words()),
                    None => check.state.words().to_string(),
                }));
            }
        }
        record.push(harmless(
            &row.problem.into_iter().chain(row.notes.iter().map(String::as_str)).collect::<Vec<_>>().join("; "),
        ));
        csv.write_record(&record).map_err(words)?;
    }
    csv.into_inner().map_err(|error| format!("grades.csv: {error}."))
}

/// To two places, and without zeros that say nothing.
fn number(number: f64) -> String {
    format!("{number:.2}").trim_end_matches('0').trim_end_matches('.').to_string()
}

/// What a formula begins with; in wide characters, too, which some spreadsheets read as the narrow ones.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\n', '＝', '＋', '－', '＠'];

/// A text that a spreadsheet does not take for a formula.
fn harmless(text: &str) -> String {
    let text = shown(text);
    if text.starts_with(FORMULA) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::super::class::results;
    use super::*;
    use crate::course::Plan;

    #[test]
    fn a_line_for_each_submission() {
        let results = results();
        let text = String::from_utf8(csv(&Class::of(&results, &Plan::default())).unwrap()).unwrap();
        let want = r#""submission","points","out_of","percent","01-a points","01-a days late","01-a same source as","01-a c1_x","01-a c2_y","remarks"
"'=ann & <bo>",1,2,50,1,0,"cy","passed","wrong E01-3",""
"cy",2,2,100,2,0,"'=ann & <bo>","passed","passed",""
"di",0,2,0,0,0,"","does not compile","does not compile",""
"eve",0,0,0,"","","","","","not a zip; a?b"
"#;
        assert_eq!(text, want.replace('?', "\u{fffd}"));
    }

    #[test]
    fn no_text_becomes_a_formula() {
        for text in ["=1+1", "+1", "-1", "@a", "\t=1", "＝1", "\n=1"] {
            assert!(harmless(text).starts_with('\''), "{text:?}");
        }
        assert_eq!(harmless("\r=1\u{1b}[2J"), "\u{fffd}=1\u{fffd}[2J");
        assert_eq!(harmless("a=1"), "a=1");
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([0.0, 1.0, 2.5, 33.333, 100.0].map(number), ["0", "1", "2.5", "33.33", "100"]);
    }
}
