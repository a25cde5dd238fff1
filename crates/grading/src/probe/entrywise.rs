//! Rules that change each entry by itself.

use super::{At, Guess};

/// What is done to an entry.
type Rule = fn(f64) -> f64;

/// All of them.
pub(super) fn guesses(_axes: &[&str]) -> Vec<Guess> {
    let rules: [(&str, Rule); 9] = [
        ("every entry has the wrong sign", |x| -x),
        ("the signs are lost: these are the absolute values", f64::abs),
        ("every entry is the square of the right one", |x| x * x),
        ("every entry is the square root of the right one", f64::sqrt),
        ("every entry is the exponential of the right one, as a probability is of its log", f64::exp),
        ("every entry is the natural logarithm of the right one", f64::ln),
        ("every entry is one divided by the right one", |x| 1.0 / x),
        ("every entry is one minus the right one", |x| 1.0 - x),
        ("every entry is one more than the right one", |x| x + 1.0),
    ];
    let guess = |(words, rule): (&str, Rule)| {
        Guess::new(words, move |want| {
            let at: At<'_> = Box::new(move |i| Some(rule(want.at(i))));
            Some((want.shape.clone(), at))
        })
    };
    let less = ("every entry is one less than the right one", (|x| x - 1.0) as Rule);
    rules.into_iter().chain([less]).map(guess).collect()
}
