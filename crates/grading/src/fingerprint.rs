//! Recognizes a known mistake by what it returns.
//!
//! Every wrong answer under `solutions/NN/tests/` was run once on the graded cases, and some of what it returned was
//! stored. A learner's output that agrees with that in every case was most likely made in the same way. Only a sample of the
//! entries is stored: enough to tell the mistakes apart, too little to copy from.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::call::Outcome;
use crate::compare::Want;
use crate::exercise::{Exercise, KnownBy, Mistake};
use crate::reference;
use crate::run::CaseRun;
use crate::value::{Tensor, Value};

/// At most so many entries of an array are stored: one half of them where it differs most from the right one, the other
/// half spread evenly.
pub(crate) const SAMPLE: usize = 24;

/// The share of a number that may change when sums are made in another order, at the precision of an `f32`.
const ROUNDING: f64 = 1e-5;

/// What a wrong answer gave in one case.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Print {
    /// It gave the right numbers: the mistake does not show.
    Right,
    /// It panicked.
    Panicked,
    /// It returned these words.
    Words(Vec<String>),
    /// It returned an array of this shape with these entries, given by their number in logical order.
    Array { shape: Vec<usize>, entries: Vec<(usize, f64)> },
}

impl Print {
    /// The print of what a case gave; none for a stub or a call that did not return.
    fn take(run: &CaseRun, most: usize) -> Option<Self> {
        let gives_numbers = matches!(run.want, Want::Array { .. } | Want::Numbers { .. });
        match &run.outcome {
            _ if gives_numbers && run.in_tolerances() <= 0.1 => Some(Self::Right),
            Outcome::Panicked { .. } => Some(Self::Panicked),
            Outcome::Returned(Value::Words(words)) => Some(Self::Words(words.clone())),
            Outcome::Returned(Value::Array(array)) => {
                Some(Self::Array { shape: array.shape.clone(), entries: sample(array, &run.want, most) })
            }
            Outcome::Returned(Value::Parts(_)) | Outcome::NotStarted(_) | Outcome::TooLong(_) | Outcome::Ended(_) => {
                None
            }
        }
    }

    /// How far a case is from this print, in units of the tolerance: infinite where the kind, the shape or a word
    /// differs.
    pub(crate) fn distance(&self, run: &CaseRun) -> f64 {
        let same = |equal: bool| if equal { 0.0 } else { f64::INFINITY };
        match (self, &run.outcome) {
            (Self::Right, _) => run.in_tolerances(),
            (Self::Panicked, Outcome::Panicked { .. }) => 0.0,
            (Self::Words(print), Outcome::Returned(Value::Words(words))) => {
                let (mut print, mut words) = (print.clone(), words.clone());
                if !matches!(run.want, Want::Words { .. }) {
                    print.sort();
                    words.sort();
                }
                same(print == words)
            }
            (Self::Array { shape, entries }, Outcome::Returned(Value::Array(array))) => {
                if *shape != array.shape {
                    return f64::INFINITY;
                }
                // A wrong answer may be far larger than the right one, and so is its rounding.
                let room = |stored: f64| {
                    if stored.is_finite() { run.want.tolerance().max(ROUNDING * stored.abs()) } else { 1.0 }
                };
                let gaps = entries.iter().map(|&(at, stored)| match gap(array.data[at], stored) {
                    0.0 => 0.0,
                    gap => gap / room(stored),
                });
                gaps.fold(0.0, f64::max)
            }
            _ => f64::INFINITY,
        }
    }

    /// Whether the mistake shows here: it does not give the expected value.
    fn shows(&self, want: &Want) -> bool {
        match (self, want) {
            (Self::Right, _) => false,
            (Self::Words(print), Want::Words { words, .. }) => print != words,
            (Self::Words(print), Want::Names { scores, band, .. }) => {
                scores.iter().any(|(name, score)| match print.contains(name) {
                    true => *score < band.0,
                    false => *score >= band.1,
                })
            }
            (Self::Array { shape, entries }, want) => match want.values() {
                Some(values) if values.shape == *shape => {
                    entries.iter().any(|&(at, got)| gap(values.data[at], got) > want.tolerance())
                }
                _ => true,
            },
            _ => true,
        }
    }

    /// Whether it says little about what was computed.
    fn is_broken(&self) -> bool {
        match self {
            Self::Panicked => true,
            Self::Right | Self::Words(_) => false,
            Self::Array { entries, .. } => entries.iter().any(|(_, x)| !x.is_finite()),
        }
    }

    fn to_json(&self) -> Json {
        match self {
            Self::Right => json!("right"),
            Self::Panicked => json!("panicked"),
            Self::Words(words) => json!({ "words": words }),
            Self::Array { shape, entries } => {
                let (at, values): (Vec<_>, Vec<_>) = entries.iter().map(|&(at, x)| (at, number_to_json(x))).unzip();
                json!({ "shape": shape, "at": at, "values": values })
            }
        }
    }

    fn from_json(json: &Json) -> Option<Self> {
        match json.as_str() {
            Some("right") => return Some(Self::Right),
            Some("panicked") => return Some(Self::Panicked),
            _ => {}
        }
        let list = |key: &str| json.get(key)?.as_array();
        if let Some(words) = list("words") {
            let words = words.iter().map(|w| w.as_str().map(Into::into));
            return Some(Self::Words(words.collect::<Option<_>>()?));
        }
        let whole = |x: &Json| usize::try_from(x.as_u64()?).ok();
        let shape = list("shape")?.iter().map(whole).collect::<Option<Vec<_>>>()?;
        let at = list("at")?.iter().map(whole).collect::<Option<Vec<_>>>()?;
        let values = list("values")?.iter().map(number_from_json).collect::<Option<Vec<_>>>()?;
        let fits = at.len() == values.len() && at.iter().all(|i| *i < shape.iter().product());
        fits.then(|| Self::Array { shape, entries: at.into_iter().zip(values).collect() })
    }
}

/// The distance between two numbers, where NaN is at no distance from NaN, and an infinity from itself.
fn gap(a: f64, b: f64) -> f64 {
    if a == b || (a.is_nan() && b.is_nan()) {
        return 0.0;
    }
    let gap = (a - b).abs();
    if gap.is_nan() { f64::INFINITY } else { gap }
}

fn sample(array: &Tensor, want: &Want, most: usize) -> Vec<(usize, f64)> {
    let count = array.data.len();
    let mut at: Vec<usize> = (0..count).collect();
    if count > most {
        let from_want = |i: usize| match want.values() {
            Some(values) if values.shape == array.shape => gap(array.data[i], values.data[i]),
            _ => 0.0,
        };
        at.sort_by(|a, b| from_want(*b).total_cmp(&from_want(*a)));
        at.truncate(most / 2);
        at.extend((0..most / 2).map(|i| i * count / (most / 2)));
        at.sort_unstable();
        at.dedup();
    }
    at.into_iter().map(|i| (i, rounded(array.data[i], want.tolerance()))).collect()
}

/// A number without the digits that tell nothing apart: those beyond a twentieth of the tolerance.
fn rounded(x: f64, tolerance: f64) -> f64 {
    if !x.is_finite() || tolerance <= 0.0 {
        return x;
    }
    let step = 10_f64.powf((tolerance / 20.0).log10().floor());
    (x / step).round() * step
}

/// JSON knows no NaN and no infinity: they are stored as words. Finite numbers keep the precision of an `f32`.
fn number_to_json(x: f64) -> Json {
    if !x.is_finite() {
        return json!(x.to_string());
    }
    (x as f32).to_string().parse::<f64>().map_or_else(|_| json!(x), |short| json!(short))
}

fn number_from_json(json: &Json) -> Option<f64> {
    json.as_f64().or_else(|| json.as_str()?.parse().ok())
}

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

    fn run(values: Vec<f64>) -> CaseRun {
        let right = Tensor::new(&[values.len()], vec![1.0; values.len()]);
        CaseRun {
            name: "a case".into(),
            outcome: Outcome::Returned(Value::Array(Tensor::new(&[values.len()], values))),
            want: Want::Array { values: right, axes: &["pos"], tolerance: 1e-3 },
            diagnosis: true,
        }
    }

    #[test]
    fn prints_survive_their_file() {
        let mut cases = take_all(&[run(vec![0.1, f64::NAN, f64::NEG_INFINITY])], SAMPLE);
        cases.insert("words".into(), Print::Words(vec!["0.1".into()]));
        cases.insert("panic".into(), Print::Panicked);
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

    #[test]
    fn a_long_array_is_sampled_where_it_differs() {
        let mut values = vec![1.0; 1000];
        values[777] = 9.0;
        let entries = sample(&Tensor::new(&[1000], values.clone()), &run(values).want, SAMPLE);
        assert!(entries.len() <= SAMPLE);
        assert!(entries.contains(&(777, 9.0)));
    }
}
