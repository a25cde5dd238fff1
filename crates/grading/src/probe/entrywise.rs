//! Rules that change each entry by itself.

use super::{At, Guess};
use crate::general::code;

/// What is done to an entry.
type Rule = fn(f64) -> f64;

/// All of them.
pub(super) fn guesses(_axes: &[&str]) -> Vec<Guess> {
    let rules: [(&'static str, &str, Rule); 13] = [
        (code::SIGN, "every entry has the wrong sign", |x| -x),
        (code::MAGNITUDE, "the signs are lost: these are the absolute values", f64::abs),
        (code::SQUARE, "every entry is the square of the right one", |x| x * x),
        (code::ROOT, "every entry is the square root of the right one", f64::sqrt),
        (
            code::EXPONENTIAL,
            "every entry is the exponential of the right one, as a probability is of its log",
            f64::exp,
        ),
        (
            code::EXPONENTIAL,
            "every entry is the exponential of minus the right one, as a probability is of a loss",
            |x| (-x).exp(),
        ),
        (code::LOGARITHM, "every entry is the natural logarithm of the right one", f64::ln),
        (code::LOGARITHM, "every entry is minus the natural logarithm of the right one", |x| -x.ln()),
        (code::INVERSE, "every entry is one divided by the right one", |x| 1.0 / x),
        (code::COMPLEMENT, "every entry is one minus the right one", |x| 1.0 - x),
        (code::OFF_BY_ONE, "every entry is one more than the right one", |x| x + 1.0),
        (code::OFF_BY_ONE, "every entry is one less than the right one", |x| x - 1.0),
        (code::CLIPPED, "where the right entry is negative there is a zero, and the others are right", |x| x.max(0.0)),
    ];
    let guess = |(mistake, words, rule): (&'static str, &str, Rule)| {
        Guess::new(mistake, words, move |want| {
            let at: At<'_> = Box::new(move |i| Some(rule(want.at(i))));
            Some((want.shape.clone(), at))
        })
    };
    rules.into_iter().map(guess).collect()
}
