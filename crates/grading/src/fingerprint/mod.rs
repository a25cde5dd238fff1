//! Recognizes a known mistake by what it returns.
//!
//! Every wrong answer under `solutions/NN/tests/` was run once on the graded cases, and some of what it returned was
//! stored. A learner's output that agrees with that in every case was most likely made in the same way. Only a sample of the
//! entries is stored: enough to tell the mistakes apart, too little to copy from.

mod print;
mod stored;

use std::collections::BTreeMap;

use crate::call::Outcome;
use crate::exercise::{Exercise, KnownBy, Mistake};
use crate::run::CaseRun;
use crate::value::Value;

pub(crate) use print::Print;
pub(crate) use stored::{Prints, code_of, file, key_of_form, read, read_file, to_text};

/// At most so many entries of an array are stored: one half of them where it differs most from the right one, the other
/// half spread evenly.
pub(crate) const SAMPLE: usize = 24;

/// A mistake that a check knows.
pub(crate) enum Recognized {
    /// It gives the same in every case.
    Fully(&'static Mistake),
    /// It gives the same but for an edge case.
    Nearly(&'static Mistake),
}

/// The mistake of this check that gives what these runs gave.
pub(crate) fn recognize(exercise: &'static Exercise, check: &str, runs: &[CaseRun]) -> Option<Recognized> {
    // Without the file the verdict is still right, only less helpful. `check-solutions` notices the loss.
    let prints = read(exercise).unwrap_or_default();
    let known: Vec<&'static Mistake> = exercise.mistakes().filter(|m| m.caught_by == check).collect();
    let likeness = |mistake: &Mistake| {
        let forms = prints.iter().filter(|(key, _)| code_of(key) == mistake.code);
        forms.filter_map(|(_, cases)| Likeness::of(cases, runs)).min()
    };
    let certain = known.iter().find(|mistake| match mistake.known_by {
        KnownBy::Output => likeness(mistake).is_some_and(|likeness| likeness.is_full()),
        KnownBy::Sameness => is_the_same_everywhere(runs),
        KnownBy::Property => false,
    });
    certain.copied().map(Recognized::Fully).or_else(|| {
        let of_output = known.iter().filter(|mistake| mistake.known_by == KnownBy::Output);
        let mut alike: Vec<_> = of_output.filter_map(|mistake| Some((likeness(mistake)?, *mistake))).collect();
        alike.sort_by_key(|(likeness, _)| *likeness);
        match alike[..] {
            // When two explain it equally well, neither does.
            [(first, _), (second, _), ..] if first == second => None,
            [(_, mistake), ..] => Some(Recognized::Nearly(mistake)),
            [] => None,
        }
    })
}

/// Whether an answer that leaves these prints gives what these runs gave, in every case that says something.
pub(crate) fn explains(cases: &BTreeMap<String, Print>, runs: &[CaseRun]) -> bool {
    Likeness::of(cases, runs).is_some_and(|likeness| likeness.other == 0)
}

/// How much of what the cases gave a print leaves unexplained; the less, the more alike they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Likeness {
    /// Cases that gave something else.
    other: usize,
    /// Cases in which one of the two gave nothing that can be compared: a panic, or not a number.
    open: usize,
}

impl Likeness {
    /// Compares in every case that a mistake can be recognized in. None when they are not alike.
    ///
    /// Only cases in which the mistake shows count in its favor. An edge case does not speak against it: one in which the
    /// one form panics and the other does not, or, among several that agree, a single one that differs.
    fn of(cases: &BTreeMap<String, Print>, runs: &[CaseRun]) -> Option<Self> {
        let (mut likeness, mut alike, mut broken, mut returned) = (Self { other: 0, open: 0 }, 0, 0, 0);
        for run in runs.iter().filter(|run| run.diagnosis) {
            match cases.get(&run.name) {
                // Panics have many causes, so they agree only where everything does, and where not everything panics.
                Some(print) if print.distance(run) <= 1.0 => {
                    broken += usize::from(print.is_broken());
                    alike += usize::from(!print.is_broken() && print.shows(&run.want));
                    returned += usize::from(*print != Print::Panicked);
                }
                Some(print) if print.is_broken() || is_broken(&run.outcome) => likeness.open += 1,
                Some(_) => likeness.other += 1,
                None => likeness.open += 1,
            }
        }
        let Self { other, open } = likeness;
        let is_full = likeness.is_full() && (alike > 0 || broken > 0 && returned > 0);
        let is_enough = alike > 0 && 2 * open <= alike && (other == 0 || other == 1 && alike >= 3);
        (is_full || is_enough).then_some(likeness)
    }

    fn is_full(self) -> bool {
        self == Self { other: 0, open: 0 }
    }
}

/// Whether an outcome says little about what was computed.
fn is_broken(outcome: &Outcome<Value>) -> bool {
    match outcome {
        Outcome::Returned(Value::Array(array)) => array.data.iter().any(|x| !x.is_finite()),
        Outcome::Returned(_) => false,
        _ => true,
    }
}

/// Whether every case gave the same although not every case asks for the same. An empty list says nothing: it comes from
/// a score that is never high, too.
pub(crate) fn is_the_same_everywhere(runs: &[CaseRun]) -> bool {
    let Some((first, rest)) = runs.split_first() else {
        return false;
    };
    let says_something = match &first.outcome {
        Outcome::Returned(Value::Words(words)) => !words.is_empty(),
        Outcome::Returned(Value::Array(_)) => true,
        _ => false,
    };
    says_something
        && rest.iter().all(|run| run.outcome == first.outcome)
        && rest.iter().any(|run| run.want.asks_for_something_else_than(&first.want))
}

/// The prints that a wrong answer leaves, of at most so many entries for each case.
pub(crate) fn take_all(runs: &[CaseRun], most: usize) -> BTreeMap<String, Print> {
    let compared = runs.iter().filter(|run| run.diagnosis);
    compared.filter_map(|run| Some((run.name.clone(), Print::take(run, most)?))).collect()
}

/// Whether two sets of prints are the same, up to a third of the distance at which a mistake is still recognized. Another order
/// of sums moves an answer by less, also one that takes longer steps than the right one.
pub(crate) fn unchanged(cases: &BTreeMap<String, Print>, runs: &[CaseRun]) -> bool {
    let compared: Vec<_> = runs.iter().filter(|run| run.diagnosis).collect();
    compared.len() == cases.len()
        && compared.iter().all(|run| cases.get(&run.name).is_some_and(|print| print.distance(run) <= 1.0 / 3.0))
}

/// How far a wrong answer is from a print, in units of the tolerance, in the case where they differ most.
pub(crate) fn separation(cases: &BTreeMap<String, Print>, runs: &[CaseRun]) -> f64 {
    let compared = runs.iter().filter(|run| run.diagnosis);
    compared.map(|run| cases.get(&run.name).map_or(f64::INFINITY, |print| print.distance(run))).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Want;
    use crate::value::Tensor;

    fn run(values: Vec<f64>) -> CaseRun {
        let right = Tensor::new(&[values.len()], vec![1.0; values.len()]);
        CaseRun {
            name: "a case".into(),
            outcome: Outcome::Returned(Value::Array(Tensor::new(&[values.len()], values))),
            want: Want::Array { values: right, axes: &["pos"], tolerance: 1e-3 },
            diagnosis: true,
        }
    }

    /// How a mistake that gave `stored` in four cases is like an answer that gave `got` in them.
    fn likeness(stored: [Vec<f64>; 4], got: [Vec<f64>; 4]) -> Option<Likeness> {
        let runs = |values: [Vec<f64>; 4]| {
            let named = values.into_iter().enumerate();
            named.map(|(i, values)| CaseRun { name: format!("case {i}"), ..run(values) }).collect::<Vec<_>>()
        };
        Likeness::of(&take_all(&runs(stored), SAMPLE), &runs(got))
    }

    const FULL: Option<Likeness> = Some(Likeness { other: 0, open: 0 });

    #[test]
    fn an_output_agrees_within_the_tolerance_only() {
        let stored = || [0.5, 0.6, 0.7, 0.8].map(|x| vec![x, 2.0]);
        assert_eq!(likeness(stored(), stored()), FULL);
        assert_eq!(likeness(stored(), stored().map(|values| vec![values[0] + 4e-4, 2.0])), FULL);
        assert_eq!(likeness(stored(), stored().map(|values| vec![values[0] + 2e-3, 2.0])), None);
        assert_eq!(Likeness::of(&BTreeMap::new(), &[]), None, "no evidence is no agreement");
    }

    #[test]
    fn an_edge_case_has_no_veto() {
        let stored = || [0.5, 0.6, 0.7, f64::NAN].map(|x| vec![x]);
        assert_eq!(likeness(stored(), stored()), FULL);
        let got = [0.5, 0.6, 0.7, 0.1].map(|x| vec![x]);
        assert_eq!(likeness(stored(), got), Some(Likeness { other: 0, open: 1 }), "NaN there, a number here");
        let stored = [0.5, 0.6, 0.7, 0.8].map(|x| vec![x]);
        let got = [0.5, 0.6, 0.7, 0.1].map(|x| vec![x]);
        assert_eq!(likeness(stored, got), Some(Likeness { other: 1, open: 0 }), "one of four differs");
    }

    #[test]
    fn panics_alone_are_no_likeness() {
        let panicked = |run: CaseRun| CaseRun {
            outcome: Outcome::Panicked { message: String::new(), place: String::new() },
            ..run
        };
        let right = || ["a", "b"].map(|name| CaseRun { name: name.into(), ..run(vec![1.0]) });
        let mut stored = right();
        stored[1] = panicked(stored[1].clone());
        let prints = take_all(&stored, SAMPLE);
        assert_eq!(Likeness::of(&prints, &stored), FULL);
        assert_eq!(Likeness::of(&prints, &right().map(panicked)), None, "it panicked in the other case too");
        let everywhere = right().map(panicked);
        assert_eq!(Likeness::of(&take_all(&everywhere, SAMPLE), &everywhere), None, "many things panic everywhere");
    }

    #[test]
    fn cases_in_which_a_mistake_does_not_show_say_nothing_for_it() {
        // The right answer is 1 everywhere: only the first case tells this mistake from it.
        let stored = || [0.5, 1.0, 1.0, 1.0].map(|x| vec![x]);
        assert_eq!(likeness(stored(), stored()), FULL);
        assert_eq!(likeness(stored(), [0.4, 1.0, 1.0, 1.0].map(|x| vec![x])), None);
        assert_eq!(likeness(stored(), [1.0, 1.0, 1.0, 1.0].map(|x| vec![x])), None);
        let two = [0.5, 0.6, 1.0, 1.0].map(|x| vec![x]);
        assert_eq!(likeness(two, [0.5, 0.1, 1.0, 1.0].map(|x| vec![x])), None, "one of two is not enough");
    }

    #[test]
    fn the_same_list_everywhere_is_noticed_but_an_empty_one_says_nothing() {
        let run = |words: &[&str], listed: &str| CaseRun {
            name: listed.into(),
            outcome: Outcome::Returned(Value::Words(words.iter().map(ToString::to_string).collect())),
            want: Want::Names { scores: vec![(listed.into(), 0.9)], score: "score", band: (0.3, 0.55) },
            diagnosis: true,
        };
        assert!(is_the_same_everywhere(&[run(&["0.1"], "0.1"), run(&["0.1"], "0.2")]));
        assert!(!is_the_same_everywhere(&[run(&["0.1"], "0.1"), run(&["0.2"], "0.2")]));
        assert!(!is_the_same_everywhere(&[run(&["0.1"], "0.1"), run(&["0.1"], "0.1")]), "both ask for it");
        assert!(!is_the_same_everywhere(&[run(&[], "0.1"), run(&[], "0.2")]));
    }
}
