//! The right entries times something: how large that is in each case, and what it may be.
//!
//! The factor is a fact. What it is read as is a guess, which must hold in every case, to the last digit that the noise of
//! the entries leaves: a loose comparison makes any number the square root of another.

use super::{Explanation, Look};
use crate::general::code;
use crate::prose::number;

/// A factor so near to one is no explanation.
const LEAST: f64 = 0.02;

/// A larger integer is no count of anything, and near one by chance.
const LARGEST_COUNT: f64 = 1000.0;

/// The noise of a right answer is at most this part of the tolerance.
const NOISE: f64 = 0.1;

/// The factor in one case, and by which part of itself it is uncertain.
#[derive(Clone, Copy)]
struct Factor {
    value: f64,
    uncertain: f64,
}

impl Factor {
    fn is(self, value: f64) -> bool {
        (self.value - value).abs() <= self.uncertain * value.abs()
    }

    fn of(look: &Look<'_>) -> Option<Self> {
        let Look { got, want, tolerance, .. } = *look;
        let (flat, anchor) = want.data.iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
        let value = got.data.get(flat)? / anchor;
        if got.shape != want.shape || !value.is_finite() || value == 0.0 {
            return None;
        }
        // Rounding in single precision leaves a few parts in a million.
        let uncertain = (NOISE * tolerance / anchor.abs()).max(3e-6);
        let room = tolerance * value.abs();
        let fits = |(got, want): (&f64, &f64)| (got - want * value).abs() <= room.max(3e-6 * got.abs());
        got.data.iter().zip(&want.data).all(fits).then_some(Self { value, uncertain })
    }
}

/// What is said of the factor of the first case that is wrong.
pub(super) fn explain(all: &[Look<'_>], first: &Look<'_>) -> Option<Explanation> {
    let this = Factor::of(first)?;
    // Zeros times anything are zeros: such a case says nothing.
    let says_something = |look: &&Look<'_>| look.want.data.iter().any(|x| x.abs() > super::ROOM * look.tolerance);
    let telling: Vec<&Look<'_>> = all.iter().filter(says_something).collect();
    let factors: Option<Vec<Factor>> = telling.iter().map(|look| Factor::of(look)).collect();
    let of_all = factors.unwrap_or_default();
    if let Some((words, mistake)) = reading(&telling, &of_all) {
        return Some(Explanation::named(words, mistake));
    }
    // A single number is always a multiple of another.
    if first.want.data.len() < 2 || (this.value.abs() - 1.0).abs() < LEAST || this.uncertain > LEAST {
        return None;
    }
    Some(Explanation::fact(format!("every entry is the right one times {}.", number(whole_if_near(this)))))
}

/// What a factor may be, and the general mistake that it is then.
type Reading = (String, &'static str);

/// What the factors of all cases may be.
fn reading(looks: &[&Look<'_>], factors: &[Factor]) -> Option<Reading> {
    let off = factors.iter().filter(|factor| !factor.is(1.0)).count();
    if factors.is_empty() || off == 0 {
        return None;
    }
    // One number alone is a multiple by chance; two cases that agree on a rare constant are not. A case with a wide
    // tolerance can only contradict.
    let is_exact = |factor: &Factor| factor.uncertain <= 1e-3;
    let exact = looks.iter().zip(factors).filter(|(_, factor)| is_exact(factor));
    let numbers: usize = exact.map(|(look, _)| look.want.data.len()).sum();
    if numbers < 2 {
        return None;
    }
    for (value, mistake, words) in [
        (1.0 / std::f64::consts::LN_2, code::BASE, "as a logarithm to the base 2 is of a natural one"),
        (1.0 / std::f64::consts::LN_10, code::BASE, "as a logarithm to the base 10 is of a natural one"),
        (2.0, code::TWICE, "as when something is counted twice"),
        (0.5, code::TWICE, "as when something is halved"),
        (-0.5, code::TWICE, "as when something is halved, and the sign is wrong"),
        (-2.0, code::TWICE, "as when something is counted twice, and the sign is wrong"),
        (100.0, code::OTHER_QUANTITY, "as in percent"),
    ] {
        if factors.iter().all(|factor| factor.is(value)) {
            return Some((format!("every entry is the right one times {}, {words}.", number(value)), mistake));
        }
    }
    if !factors.iter().all(is_exact) {
        return None;
    }
    along_an_axis(looks, factors).or_else(|| integers(looks, factors)).or_else(|| square_roots(factors))
}

/// The length of an axis, its square root, or one divided by them. The lengths must differ between the cases, or the axis
/// has no more to do with it than any other number of that size.
fn along_an_axis(looks: &[&Look<'_>], factors: &[Factor]) -> Option<Reading> {
    let axes = looks.first()?.axes;
    type OfLength = fn(f64) -> f64;
    let kinds: [(OfLength, &'static str, &str); 6] = [
        (|n| n, code::SUM, "the length of"),
        (|n| 1.0 / n, code::DIVISOR, "one divided by the length of"),
        (f64::sqrt, code::SCALE, "the square root of the length of"),
        (|n| 1.0 / n.sqrt(), code::SCALE, "one divided by the square root of the length of"),
        (|n| n / (n - 1.0), code::DIVISOR, "n / (n - 1), where n is the length of"),
        (|n| (n - 1.0) / n, code::DIVISOR, "(n - 1) / n, where n is the length of"),
    ];
    let mut found = Vec::new();
    for (axis, name) in axes.iter().enumerate() {
        let lengths: Vec<f64> = looks.iter().filter_map(|look| look.want.shape.get(axis)).map(|n| *n as f64).collect();
        let differ = lengths.iter().any(|length| *length != lengths[0]);
        for (of, mistake, words) in kinds {
            let is_that = |(factor, length): (&Factor, &f64)| of(*length).is_finite() && factor.is(of(*length));
            if differ && factors.iter().zip(&lengths).all(is_that) {
                found.push((format!("every entry is the right one times {words} {name}."), mistake));
            }
        }
    }
    if found.len() == 1 { found.pop() } else { None }
}

/// An integer in each case, not always the same one, as when a sum is taken over something whose length is that.
fn integers(looks: &[&Look<'_>], factors: &[Factor]) -> Option<Reading> {
    let is_whole = |x: f64| (1.0..=LARGEST_COUNT).contains(&x.round()) && (x - x.round()).abs() <= 1e-5 * x;
    let list = |of: fn(f64) -> f64| {
        let all: Vec<String> = factors.iter().map(|factor| number(of(factor.value).round())).collect();
        all.join(", ")
    };
    let differ = factors.iter().any(|factor| !factor.is(factors[0].value));
    // A count is one in few cases; a factor that is mostly one is another mistake, of which a case or two speak.
    let off = factors.iter().filter(|factor| !factor.is(1.0)).count();
    let several = looks.len() >= 2 && differ && 2 * off >= factors.len();
    if several && factors.iter().all(|factor| is_whole(factor.value)) {
        let list = list(|x| x);
        let words = format!(
            "the entries are the right ones times an integer, case by case {list}. Is that a sum where a mean is \
             asked for?"
        );
        return Some((words, code::SUM));
    }
    if several && factors.iter().all(|factor| is_whole(1.0 / factor.value)) {
        let list = list(|x| 1.0 / x);
        let words = format!(
            "the entries are the right ones divided by an integer, case by case {list}. Is the divisor of a mean too \
             large?"
        );
        return Some((words, code::DIVISOR));
    }
    let whole = |factor: &Factor| factor.value / (factor.value - 1.0);
    if several && factors.iter().all(|factor| factor.value > 1.0 && is_whole(whole(factor)) && whole(factor) > 1.5) {
        let list: Vec<String> = factors.iter().map(|factor| number(whole(factor).round())).collect();
        let words = format!(
            "the entries are the right ones times n / (n - 1), case by case with n = {}. Is the divisor of a mean one too small?",
            list.join(", ")
        );
        return Some((words, code::DIVISOR));
    }
    None
}

/// The square root of an integer, or one divided by it, where that is not to be expected by chance.
fn square_roots(factors: &[Factor]) -> Option<Reading> {
    for (power, words) in [(2.0, "the square root of"), (-2.0, "one divided by the square root of")] {
        let mut chance = 1.0;
        let mut roots = Vec::new();
        for factor in factors {
            let square = factor.value.powf(power);
            let whole = square.round();
            // 5 is the square root of 25, which says nothing.
            let is_root = whole >= 2.0 && (square - whole).abs() <= 2.0 * factor.uncertain * whole;
            if factor.value <= 0.0 || !is_root || whole.sqrt().fract() == 0.0 {
                roots.clear();
                break;
            }
            chance *= 4.0 * factor.uncertain * whole;
            roots.push(number(whole));
        }
        roots.dedup();
        if !roots.is_empty() && chance < 5e-3 {
            return Some((
                format!("every entry is the right one times {words} {}.", roots.join(", then ")),
                code::SCALE,
            ));
        }
    }
    None
}

/// Rounding errors aside, a factor that looks like an integer is one: 4.999997 is 5.
fn whole_if_near(factor: Factor) -> f64 {
    let whole = factor.value.round();
    if whole != 0.0 && factor.is(whole) { whole } else { factor.value }
}
