//! Recognizes a variation of the right answer: the right computation with one thing changed, such as another head, or only
//! one item of the batch.
//!
//! What each of them gives is stored, in the same form as what the known mistakes give, beside the words that say what was
//! changed. A variation is too small a thing for an entry of its own: it is an example of a general mistake, and is named as
//! that. They stand under `solutions/NN/tests/wrong_answers/variations.rs`.

use crate::exercise::{CheckInfo, Exercise};
use crate::fingerprint::{self, Prints, code_of};
use crate::general::GENERAL;
use crate::probe::Explanation;
use crate::run::CaseRun;

/// At most so many entries of an array are stored.
pub(crate) const SAMPLE: usize = 10;

/// Where those of an exercise are stored, seen from the root of the repository.
pub(crate) fn file(exercise: &Exercise) -> String {
    format!("reference_data/fingerprints/{}-variations.json", exercise.number())
}

/// The key of a variation: the code of the general mistake, the check, and the words.
pub(crate) fn key(code: &str, check: &str, words: &str) -> String {
    format!("{code} {check} {words}")
}

/// The check and the words in such a key.
fn check_and_words(key: &str) -> Option<(&str, &str)> {
    key.split_once(' ')?.1.split_once(' ')
}

/// The variation of this check that gives what these runs gave; or two of them.
pub(crate) fn explain(info: &'static CheckInfo, runs: &[CaseRun]) -> Option<Explanation> {
    // Without the file the verdict is still right, only less helpful. The tests of the solution notice the loss.
    explain_by(&fingerprint::read_file(&file(info.exercise)).unwrap_or_default(), info.name, runs)
}

pub(crate) fn explain_by(prints: &Prints, check: &str, runs: &[CaseRun]) -> Option<Explanation> {
    let of_check = prints.iter().filter_map(|(key, cases)| match check_and_words(key)? {
        (of, words) if of == check => Some((code_of(key), words, cases)),
        _ => None,
    });
    let holding = of_check.filter(|(.., cases)| fingerprint::explains(cases, runs));
    let said: Vec<(String, Option<&'static str>)> = holding
        .map(|(code, words, _)| (format!("this is what comes if {words}"), GENERAL.mistake(code).map(|m| m.code)))
        .collect();
    let said: Vec<_> = said.iter().map(|(words, code)| (words.as_str(), *code)).collect();
    Explanation::of(&said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::Outcome;
    use crate::compare::Want;
    use crate::general::code;
    use crate::value::{Tensor, Value};

    fn runs(values: [f64; 2]) -> Vec<CaseRun> {
        let array = |x: f64| Tensor::new(&[2], vec![x, 1.0]);
        let named = values.into_iter().enumerate();
        named
            .map(|(i, x)| CaseRun {
                name: format!("case {i}"),
                outcome: Outcome::Returned(Value::Array(array(x))),
                want: Want::Array { values: array(0.0), axes: &["pos"], tolerance: 1e-3 },
                diagnosis: true,
            })
            .collect()
    }

    #[test]
    fn a_variation_is_told_in_its_words_and_named_as_a_general_mistake() {
        let print = |values| fingerprint::take_all(&runs(values), SAMPLE);
        let next = key(code::OTHER_PLACE, "c1_of", "the next head is used");
        let prints = Prints::from([
            (next, print([0.5, 0.7])),
            (key(code::OTHER_WEIGHTS, "c1_of", "W_K stands for W_V"), print([0.2, 0.1])),
            (key(code::OTHER_WEIGHTS, "c2_of", "W_K stands for W_V"), print([0.5, 0.7])),
        ]);
        let said = explain_by(&prints, "c1_of", &runs([0.5, 0.7])).unwrap();
        assert_eq!(said, Explanation::named("this is what comes if the next head is used.", code::OTHER_PLACE));
        assert_eq!(explain_by(&prints, "c1_of", &runs([0.5, 0.6])), None, "one of two cases is another number");
        assert_eq!(explain_by(&prints, "c3_of", &runs([0.5, 0.7])), None);
    }

    #[test]
    fn of_two_variations_that_come_to_the_same_both_are_told_and_none_is_named() {
        let print = || fingerprint::take_all(&runs([0.5, 0.7]), SAMPLE);
        let prints = Prints::from([
            (key(code::OTHER_PLACE, "c1_of", "the next head is used"), print()),
            (key(code::OTHER_WEIGHTS, "c1_of", "W_K stands for W_V"), print()),
        ]);
        let said = explain_by(&prints, "c1_of", &runs([0.5, 0.7])).unwrap();
        assert!(said.words.contains("next head is used; or this is what comes if W_K"), "{}", said.words);
        assert_eq!(said.mistake, None);
    }
}
