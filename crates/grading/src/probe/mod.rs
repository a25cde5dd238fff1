//! Looks at wrong arrays for the ways in which arrays commonly go wrong: transposed, summed instead of averaged, one item
//! for all, one place too far.
//!
//! They need no list of mistakes, so they also help with an answer that was not foreseen. A guess is a rule that makes
//! what came out of what was wanted. It is told only when it holds in every case of the check, the right ones included,
//! and when no other guess does: a rule that fits one case by chance is rarely true of the others.
//!
//! - `layout`: rules that move entries, leave some out or add some up;
//! - `entrywise`: rules that change each entry by itself;
//! - `factor`: the right entries times something, and what that something may be;
//! - `words`: the same for lists of words;
//! - `place`: where the entries are that are off.

mod entrywise;
mod factor;
mod layout;
mod place;
mod words;

use crate::call::Outcome;
use crate::compare::Want;
use crate::prose::number;
use crate::run::CaseRun;
use crate::value::{Tensor, Value};
use words::WordsLook;

/// A guess must move some entry by this many tolerances: otherwise it explains nothing.
const ROOM: f64 = 10.0;

/// An array that came, beside the one that was wanted.
#[derive(Clone, Copy)]
pub(crate) struct Look<'a> {
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
                Some(Self { got, want, axes, tolerance: *tolerance })
            }
            _ => None,
        }
    }

    fn is_right(&self) -> bool {
        close(self.got, self.want, self.tolerance)
    }
}

/// What explains the cases of a check, of which the first that is wrong is shown.
pub(crate) fn explain(runs: &[CaseRun]) -> Option<String> {
    let words: Vec<WordsLook<'_>> = runs.iter().filter_map(words_of).collect();
    if !words.is_empty() {
        return words::explain(&words);
    }
    let looks: Vec<Look<'_>> = runs.iter().filter_map(Look::of).collect();
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
pub(crate) fn explain_one(got: &Tensor, want: &Want) -> Option<String> {
    let Want::Array { values, axes, tolerance } = want else { return None };
    let look = Look { got, want: values, axes, tolerance: *tolerance };
    let is_clear = !look.is_right() && got.data.iter().all(|x| x.is_finite());
    is_clear.then(|| explain_looks(&[look], &look)).flatten()
}

fn explain_looks(all: &[Look<'_>], first: &Look<'_>) -> Option<String> {
    if let Some(words) = all_alike(first) {
        return Some(words);
    }
    let guesses = layout::guesses(first.axes).into_iter().chain(entrywise::guesses(first.axes));
    let holding: Vec<Guess> =
        guesses.filter(|guess| guess.explains(first) && all.iter().all(|look| guess.holds(look))).collect();
    match &holding[..] {
        [] => factor::words(all, first).or_else(|| place::words(first)),
        [guess] => Some(format!("{}.", guess.words)),
        [guess, other] => Some(format!("{}; or {}.", guess.words, other.words)),
        _ => None,
    }
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
    /// The shape and the entries that it gives; none where it changes nothing.
    rule: Box<Rule>,
    /// How much it magnifies the noise of an entry.
    gain: f64,
}

impl Guess {
    fn new(words: impl Into<String>, rule: impl for<'a> Fn(&'a Tensor) -> Option<Ruled<'a>> + 'static) -> Self {
        Self { words: words.into(), rule: Box::new(rule), gain: 1.0 }
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
                let room = (look.tolerance * self.gain).max(1e-6 * guessed.abs());
                // One divided by zero is within no distance of a number.
                if !guessed.is_finite() || (got - guessed).abs() > room {
                    return false;
                }
                compared += 1;
            }
        }
        compared > 0
    }

    /// Whether it gives something clearly else than what was wanted.
    fn explains(&self, look: &Look<'_>) -> bool {
        let Some((shape, at)) = (self.rule)(look.want) else { return false };
        if shape != look.want.shape {
            return true;
        }
        let mut entries = look.want.data.iter().enumerate();
        entries.any(|(flat, want)| {
            at(&look.want.index_of(flat)).is_some_and(|guessed| (guessed - want).abs() > ROOM * look.tolerance)
        })
    }
}

/// Are all entries equal within the tolerance?
pub(crate) fn close(a: &Tensor, b: &Tensor, tolerance: f64) -> bool {
    a.shape == b.shape
        && a.data.iter().zip(&b.data).all(|(x, y)| x == y || (x.is_nan() && y.is_nan()) || (x - y).abs() <= tolerance)
}

#[cfg(test)]
mod tests;
