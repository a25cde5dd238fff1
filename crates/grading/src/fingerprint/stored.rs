//! The prints of an exercise, as they are stored in a file.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::print::Print;
use crate::exercise::Exercise;
use crate::reference;

/// The prints of an exercise: by the code of the mistake, then by the name of the case. A mistake that takes several forms
/// has the prints of each, under keys that [`key_of_form`] makes.
pub(crate) type Prints = BTreeMap<String, BTreeMap<String, Print>>;

/// The key of a form of a mistake: the code itself for the first, `E01-4 (2)` for the second.
pub(crate) fn key_of_form(code: &str, form: usize) -> String {
    if form == 1 { code.to_string() } else { format!("{code} ({form})") }
}

/// The code in such a key.
pub(crate) fn code_of(key: &str) -> &str {
    key.split(' ').next().unwrap_or(key)
}

/// Where the prints of an exercise are stored, seen from the root of the repository.
pub(crate) fn file(exercise: &Exercise) -> String {
    format!("reference_data/fingerprints/{}.json", exercise.number())
}

/// Reads the stored prints of an exercise.
pub(crate) fn read(exercise: &Exercise) -> Result<Prints, reference::Damaged> {
    read_file(&file(exercise))
}

/// The same from any file of prints.
pub(crate) fn read_file(file: &str) -> Result<Prints, reference::Damaged> {
    let json = reference::json(file)?;
    parse(&json).ok_or_else(|| reference::lacks(file, "fingerprints in the form that the grader knows"))
}

fn parse(json: &Json) -> Option<Prints> {
    let cases = |cases: &Json| -> Option<BTreeMap<String, Print>> {
        let cases = cases.as_object()?.iter();
        cases.map(|(name, print)| Some((name.clone(), Print::from_json(print)?))).collect()
    };
    let mistakes = json.as_object()?.iter();
    mistakes.map(|(code, json)| Some((code.clone(), cases(json)?))).collect()
}

/// The prints as the text of their file: one case a line, so that a change can be read.
pub(crate) fn to_text(prints: &Prints) -> String {
    let block = |(code, cases): (&String, &BTreeMap<String, Print>)| {
        let line = |(name, print): (&String, &Print)| format!("    {}: {}", json!(name), print.to_json());
        let lines: Vec<String> = cases.iter().map(line).collect();
        format!("  {}: {{\n{}\n  }}", json!(code), lines.join(",\n"))
    };
    let blocks: Vec<String> = prints.iter().map(block).collect();
    format!("{{\n{}\n}}\n", blocks.join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_survive_their_file() {
        let entries = [0.1, f64::NAN, f64::NEG_INFINITY].into_iter().enumerate().collect();
        let cases = BTreeMap::from([
            ("array".to_string(), Print::Array { shape: vec![3], entries }),
            ("words".to_string(), Print::Words(vec!["0.1".into()])),
            ("panic".to_string(), Print::Panicked),
            ("right".to_string(), Print::Right),
        ]);
        let prints = Prints::from([("E09-1".to_string(), cases)]);
        // NaN is unlike itself, so the texts are compared.
        let reread = parse(&serde_json::from_str(&to_text(&prints)).unwrap()).unwrap();
        assert_eq!(to_text(&reread), to_text(&prints));
    }

    #[test]
    fn the_forms_of_a_mistake_have_keys_with_its_code() {
        assert_eq!(key_of_form("E01-4", 1), "E01-4");
        assert_eq!(key_of_form("E01-4", 3), "E01-4 (3)");
        assert_eq!(code_of("E01-4 (3)"), "E01-4");
        assert_eq!(code_of("E01-40"), "E01-40");
    }
}
