//! Looks at wrong arrays for the ways in which arrays commonly go wrong: transposed, summed instead of averaged, one item
//! for all, one place too far.
//!
//! They need no list of mistakes, so they also help with an answer that was not foreseen. A guess is a rule that makes
//! what came out of what was wanted. It is told only when it holds in every case of the check, the right ones included,
//! in two entries at least, and when no other guess does: a rule that fits one number by chance is rarely true of the
//! others. A guess that stands alone has a name too, one of those in `general`.
//!
//! - `layout`: rules that move entries, leave some out or add some up;
//! - `entrywise`: rules that change each entry by itself;
//! - `factor`: the right entries times something, and what that something may be;
//! - `words`: the same for lists of words;
//! - `indices`: which index holds what belongs to which;
//! - `softmax`: which scores a softmax has been given;
//! - `part`: the same for the one part of an array that is off;
//! - `facts`: what can be said of the entries without a guess;
//! - `place`: where the entries are that are off.

mod entrywise;
mod factor;
mod facts;
mod indices;
mod layout;
mod part;
mod place;
mod softmax;
mod words;

use crate::call::Outcome;
use crate::compare::Want;
use crate::prose::number;
use crate::run::CaseRun;
use crate::value::{Tensor, Value};
use words::WordsLook;

/// A guess must move some entry by this many tolerances: otherwise it explains nothing.
const ROOM: f64 = 10.0;

/// A guess must move so many entries, in all cases together, before it is believed: one number is the square, the root or
/// the logarithm of another by chance.
const EVIDENCE: usize = 2;

/// The axis of a few numbers that each have a name.
const NUMBERS: &[&str] = &["number"];

/// An array that came, beside the one that was wanted.
#[derive(Clone, Copy)]
pub(crate) struct Look<'a> {
    pub case: &'a str,
    pub got: &'a Tensor,
    pub want: &'a Tensor,
    pub axes: &'a [&'a str],
    pub tolerance: f64,
}

impl<'a> Look<'a> {
    /// The arrays of a case, where it has any.
    fn of(run: &'a CaseRun) -> Option<Self> {
        match (&run.outcome, &run.want) {
            (Outcome::Returned(Value::Array(got)), Want::Array { values: want, axes, tolerance }) => {
                Some(Self { case: &run.name, got, want, axes, tolerance: *tolerance })
            }
            (Outcome::Returned(Value::Array(got)), Want::Numbers { values: want, tolerance, .. }) => {
                Some(Self { case: &run.name, got, want, axes: NUMBERS, tolerance: *tolerance })
            }
            _ => None,
        }
    }

    fn is_right(&self) -> bool {
        close(self.got, self.want, self.tolerance)
    }
}

/// What there is to say about the answers of a check, and which general mistake it is, if it is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Explanation {
    pub words: String,
    pub mistake: Option<&'static str>,
}

impl Explanation {
    /// Words without a name.
    fn fact(words: impl Into<String>) -> Self {
        Self { words: words.into(), mistake: None }
    }

    pub(crate) fn named(words: impl Into<String>, mistake: &'static str) -> Self {
        Self { words: words.into(), mistake: Some(mistake) }
    }

    /// What the guesses that hold say together: one, or one of two; of more, none is likely. They are named where they
    /// come to the same.
    pub(crate) fn of(holding: &[(&str, Option<&'static str>)]) -> Option<Self> {
        match *holding {
            [(words, mistake)] => Some(Self { words: format!("{words}."), mistake }),
            [(words, mistake), (other, of_other)] => {
                let mistake = mistake.filter(|_| mistake == of_other);
                Some(Self { words: format!("{words}; or {other}."), mistake })
            }
            _ => None,
        }
    }
}

/// What explains the cases of a check, of which the first that is wrong is shown.
pub(crate) fn explain(runs: &[CaseRun]) -> Option<Explanation> {
    let words: Vec<WordsLook<'_>> = runs.iter().filter_map(words_of).collect();
    if !words.is_empty() {
        return words::explain(&words);
    }
    let looks: Vec<Look<'_>> = runs.iter().filter_map(Look::of).collect();
    if let Some(explanation) = facts::not_a_number(&looks) {
        return Some(explanation);
    }
    // Nothing can be concluded from values that cannot be compared, but those of the other cases still can.
    let finite: Vec<Look<'_>> = looks.into_iter().filter(|look| look.got.data.iter().all(|x| x.is_finite())).collect();
    let first = finite.iter().position(|look| !look.is_right())?;
    explain_looks(&finite, &finite[first])
}

/// The words of a case, where it has any.
fn words_of(run: &CaseRun) -> Option<WordsLook<'_>> {
    match &run.outcome {
        Outcome::Returned(Value::Words(got)) => Some(WordsLook { got, want: &run.want }),
        _ => None,
    }
}

/// As [`explain`], for one array alone.
pub(crate) fn explain_one(got: &Tensor, want: &Want) -> Option<Explanation> {
    let Want::Array { values, axes, tolerance } = want else { return None };
    let look = Look { case: "", got, want: values, axes, tolerance: *tolerance };
    let is_clear = !look.is_right() && got.data.iter().all(|x| x.is_finite());
    is_clear.then(|| explain_looks(&[look], &look)).flatten()
}

fn explain_looks(all: &[Look<'_>], first: &Look<'_>) -> Option<Explanation> {
    if let Some(words) = all_alike(first) {
        return Some(Explanation::fact(words));
    }
    let guesses = layout::guesses(first.axes).into_iter().chain(entrywise::guesses(first.axes));
    let holding: Vec<Guess> = guesses.filter(|guess| guess.is_shown_by(all, first)).collect();
    if !holding.is_empty() {
        let said: Vec<_> = holding.iter().map(|guess| (guess.words.as_str(), guess.mistake)).collect();
        return Explanation::of(&said);
    }
    factor::explain(all, first)
        .or_else(|| facts::other_case(all))
        .or_else(|| softmax::explain(all, first))
        .or_else(|| indices::explain(all, first))
        .or_else(|| part::explain(all, first))
        .or_else(|| facts::explain(all, first))
        // The parts of a list of numbers have names of their own, which the comparison says.
        .or_else(|| place::words(first).filter(|_| first.axes != NUMBERS).map(Explanation::fact))
}

/// A fact and no guess.
fn all_alike(look: &Look<'_>) -> Option<String> {
    let data = &look.got.data;
    let alike = data.len() > 1 && data.windows(2).all(|pair| pair[0] == pair[1]);
    let wanted_alike = look.want.data.windows(2).all(|pair| pair[0] == pair[1]);
    (alike && !wanted_alike).then(|| format!("every entry that came is {}.", number(data[0])))
}

/// What a rule gives at an index; none where it leaves that open.
type At<'a> = Box<dyn Fn(&[usize]) -> Option<f64> + 'a>;

/// The shape that a rule gives, and its entries.
type Ruled<'a> = (Vec<usize>, At<'a>);

type Rule = dyn for<'a> Fn(&'a Tensor) -> Option<Ruled<'a>>;

/// A rule that makes what came out of what was wanted.
struct Guess {
    words: String,
    /// The code of the general mistake that it is.
    mistake: Option<&'static str>,
    /// The shape and the entries that it gives; none where it changes nothing.
    rule: Box<Rule>,
}

impl Guess {
    fn new(
        mistake: &'static str,
        words: impl Into<String>,
        rule: impl for<'a> Fn(&'a Tensor) -> Option<Ruled<'a>> + 'static,
    ) -> Self {
        Self { words: words.into(), mistake: Some(mistake), rule: Box::new(rule) }
    }

    /// Whether it gives what came in every case, and something clearly else than what was wanted.
    fn is_shown_by(&self, all: &[Look<'_>], first: &Look<'_>) -> bool {
        let moved = |look: &Look<'_>| self.moves(look);
        // Most rules fail at the first entry, so that comes first.
        self.holds(first)
            && all.iter().all(|look| self.holds(look))
            && moved(first) > 0
            && all.iter().map(moved).sum::<usize>() >= EVIDENCE
    }

    /// Whether it gives what came.
    fn holds(&self, look: &Look<'_>) -> bool {
        let Some((shape, at)) = (self.rule)(look.want) else { return look.is_right() };
        if shape != look.got.shape {
            return false;
        }
        let mut compared = 0;
        for (flat, got) in look.got.data.iter().enumerate() {
            if let Some(guessed) = at(&look.got.index_of(flat)) {
                let room = look.tolerance.max(1e-6 * guessed.abs());
                // One divided by zero is within no distance of a number.
                if !guessed.is_finite() || (got - guessed).abs() > room {
                    return false;
                }
                compared += 1;
            }
        }
        compared > 0
    }

    /// How many entries it makes clearly something else than was wanted; all of them, where it gives another shape.
    fn moves(&self, look: &Look<'_>) -> usize {
        let Some((shape, at)) = (self.rule)(look.want) else { return 0 };
        if shape != look.want.shape {
            return look.want.data.len();
        }
        let entries = look.want.data.iter().enumerate();
        let is_moved = |&(flat, want): &(usize, &f64)| {
            at(&look.want.index_of(flat)).is_some_and(|guessed| (guessed - want).abs() > ROOM * look.tolerance)
        };
        entries.filter(is_moved).count()
    }
}

/// Are all entries equal within the tolerance?
pub(crate) fn close(a: &Tensor, b: &Tensor, tolerance: f64) -> bool {
    a.shape == b.shape
        && a.data.iter().zip(&b.data).all(|(x, y)| x == y || (x.is_nan() && y.is_nan()) || (x - y).abs() <= tolerance)
}

#[cfg(test)]
mod tests;
