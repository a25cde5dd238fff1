//! What can be said of wrong entries without a guess: the answer to another case, sums along an axis, one offset for all,
//! numbers out of range, the right numbers in another order.

use super::layout::{line, mean};
use super::{Explanation, Look, ROOM, close};
use crate::general::code;
use crate::prose::number;
use crate::value::Tensor;

/// Where only those entries are off that are not finite, in all cases.
pub(super) fn not_a_number(all: &[Look<'_>]) -> Option<Explanation> {
    let is_right_elsewhere = |look: &Look<'_>| {
        let pairs = look.got.data.iter().zip(&look.want.data);
        look.got.shape == look.want.shape
            && pairs.clone().all(|(got, want)| !got.is_finite() || (got - want).abs() <= look.tolerance)
    };
    let broken = |look: &Look<'_>| {
        let pairs = look.got.data.iter().zip(&look.want.data);
        pairs.filter(|(got, want)| !got.is_finite() && want.is_finite()).count()
    };
    let finite: usize = all.iter().map(|look| look.got.data.iter().filter(|x| x.is_finite()).count()).sum();
    let look = all.iter().find(|look| broken(look) > 0)?;
    if finite == 0 || !all.iter().all(is_right_elsewhere) {
        return None;
    }
    let (count, total) = (broken(look), look.got.data.len());
    let words = match total {
        1 => "the number is not finite, and the other cases are right.".into(),
        _ if count == total => "no entry is finite, and the other cases are right.".into(),
        _ => format!("{count} of {total} entries {} not finite, and everything else is right.", is_or_are(count)),
    };
    Some(Explanation::named(words, code::NOT_A_NUMBER))
}

/// Where a wrong answer is exactly what another case asks for.
pub(super) fn other_case(all: &[Look<'_>]) -> Option<Explanation> {
    let wrong: Vec<&Look<'_>> = all.iter().filter(|look| !look.is_right()).collect();
    let asked_in = |look: &Look<'_>| {
        let mut others = all.iter().filter(|other| {
            look.got.data.len() > 1 && close(look.got, other.want, look.tolerance) && !is_unclear(look.want, other)
        });
        others.next().map(|other| other.case)
    };
    let found: Vec<&str> = wrong.iter().filter_map(|look| asked_in(look)).collect();
    // One such answer among several wrong ones may be there by chance, as in a case whose result is all zeros.
    if found.is_empty() || found.len() < wrong.len() {
        return None;
    }
    let words = format!("what came is exactly what another case asks for: {}.", found[0]);
    Some(Explanation::named(words, code::OTHER_CASE))
}

/// Whether what another case wants is nearly the same as what this one wants, or nothing but one number over and over.
fn is_unclear(want: &Tensor, other: &Look<'_>) -> bool {
    let is_flat = other.want.data.windows(2).all(|pair| (pair[0] - pair[1]).abs() <= ROOM * other.tolerance);
    is_flat || close(want, other.want, ROOM * other.tolerance)
}

/// What else is to be seen, the most telling first.
pub(super) fn explain(all: &[Look<'_>], first: &Look<'_>) -> Option<Explanation> {
    reshaped(all, first)
        .or_else(|| goes_on(all, first))
        .or_else(|| wrong_axis(all, first))
        .or_else(|| axes_by_their_lengths(all, first))
        .or_else(|| yes_or_no(all))
        .or_else(|| too_often(all))
        .or_else(|| masked(first))
        .or_else(|| offset(first))
        .or_else(|| factor_along(first))
        .or_else(|| shuffled(all, first))
        .or_else(|| zeros(first))
        .or_else(|| out_of_range(all, first))
        .or_else(|| sums(all, first))
}

/// The right entries in their order, with other axes around them.
fn reshaped(all: &[Look<'_>], first: &Look<'_>) -> Option<Explanation> {
    let is_right_in_a_row = |look: &Look<'_>| {
        let row = |values: &Tensor| Tensor::new(&[values.data.len()], values.data.clone());
        close(&row(look.got), &row(look.want), look.tolerance)
    };
    (first.got.shape != first.want.shape && first.want.data.len() > 1 && all.iter().all(is_right_in_a_row))
        .then(|| Explanation::named("these are the right numbers in another shape.", code::SHAPE))
}

/// The right entries and more of them along an axis, behind them or in front.
fn goes_on(all: &[Look<'_>], first: &Look<'_>) -> Option<Explanation> {
    let more = |look: &Look<'_>, axis: usize| {
        let (got, want) = (look.got.shape.get(axis)?, look.want.shape.get(axis)?);
        let is_like = |(other, (g, w)): (usize, (&usize, &usize))| other == axis || g == w;
        let fits = look.got.shape.len() == look.want.shape.len();
        let fits = fits && look.got.shape.iter().zip(&look.want.shape).enumerate().all(is_like);
        if fits { got.checked_sub(*want) } else { None }
    };
    let axis = (0..first.axes.len()).find(|axis| more(first, *axis).is_some_and(|more| more > 0))?;
    let agrees = |look: &Look<'_>, in_front: bool| {
        let Some(more) = more(look, axis) else { return false };
        (0..look.want.data.len()).all(|flat| {
            let mut index = look.want.index_of(flat);
            index[axis] += if in_front { more } else { 0 };
            (look.got.at(&index) - look.want.data[flat]).abs() <= look.tolerance
        })
    };
    let (name, count) = (first.axes[axis], more(first, axis)?);
    for (in_front, words) in [(false, "behind"), (true, "in front of")] {
        if all.iter().all(|look| agrees(look, in_front)) {
            let words = format!("along {name} the right entries came, and {count} more {words} them.");
            return Some(Explanation::named(words, code::TOO_MANY));
        }
    }
    Some(Explanation::fact(format!("along {name} there are {count} too many.")))
}

/// Whether the entries along an axis sum to one everywhere. Of an axis of length one that says nothing, and a result of
/// another rank may lack the axis.
pub(super) fn sums_to_one(values: &Tensor, axis: usize, tolerance: f64) -> bool {
    let Some(&length) = values.shape.get(axis) else { return false };
    let is_first = |flat: &usize| values.index_of(*flat)[axis] == 0;
    length > 1
        && (0..values.data.len()).filter(is_first).all(|flat| {
            let sum: f64 = line(values, &values.index_of(flat), axis).iter().sum();
            (sum - 1.0).abs() <= length as f64 * tolerance
        })
}

fn wrong_axis(all: &[Look<'_>], first: &Look<'_>) -> Option<Explanation> {
    let due =
        (0..first.axes.len()).find(|axis| all.iter().all(|look| sums_to_one(look.want, *axis, look.tolerance)))?;
    let (due_name, axes) = (first.axes[due], first.axes);
    let fits = all.iter().all(|look| look.got.shape == look.want.shape);
    if !fits || all.iter().all(|look| sums_to_one(look.got, due, look.tolerance)) {
        return None;
    }
    let came = (0..axes.len()).find(|axis| all.iter().all(|look| sums_to_one(look.got, *axis, look.tolerance)));
    if let Some(axis) = came {
        let words = format!("the entries sum to one along {}, where they should along {due_name}.", axes[axis]);
        return Some(Explanation::named(words, code::WRONG_AXIS));
    }
    let sums = (0..first.got.data.len()).filter(|flat| first.got.index_of(*flat)[due] == 0);
    let sums: Vec<f64> = sums.map(|flat| line(first.got, &first.got.index_of(flat), due).iter().sum()).collect();
    let off = sums
        .iter()
        .filter(|sum| (**sum - 1.0).abs() > 0.01)
        .max_by(|a, b| (**a - 1.0).abs().total_cmp(&(**b - 1.0).abs()))?;
    Some(Explanation::fact(format!(
        "along {due_name} the entries should sum to one, and some sum to {}. Is there something between the softmax and the \
         result that changes the sum?",
        number(*off)
    )))
}

/// The lengths are right, but in another order, whatever the entries are.
fn axes_by_their_lengths(all: &[Look<'_>], first: &Look<'_>) -> Option<Explanation> {
    if first.got.shape == first.want.shape || first.got.shape.len() > first.want.shape.len() {
        return None;
    }
    // Each length that came, in the order in which it came, names its axis.
    let names = |look: &Look<'_>| -> Option<Vec<usize>> {
        let found = look.got.shape.iter().map(|length| {
            let mut like = (0..look.want.shape.len()).filter(|axis| look.want.shape[*axis] == *length);
            like.next().filter(|_| like.next().is_none())
        });
        found.collect()
    };
    let order = names(first)?;
    let mut distinct = order.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let agrees = |look: &Look<'_>| look.is_right() || names(look).is_none_or(|names| names == order);
    if distinct.len() < order.len() || !all.iter().all(agrees) {
        return None;
    }
    let list: Vec<&str> = order.iter().map(|axis| *first.axes.get(*axis).unwrap_or(&"axis")).collect();
    if order.len() < first.want.shape.len() {
        let missing: Vec<&str> = (0..first.axes.len()).filter(|a| !order.contains(a)).map(|a| first.axes[a]).collect();
        return Some(Explanation::fact(format!(
            "by their lengths, the axes that came are [{}]: {} is missing.",
            list.join(", "),
            missing.join(" and ")
        )));
    }
    Some(Explanation::fact(format!("by their lengths, the axes came in the order [{}].", list.join(", "))))
}

fn is_binary(values: &Tensor) -> bool {
    values.data.iter().all(|x| *x == 0.0 || *x == 1.0)
}

fn yes_or_no(all: &[Look<'_>]) -> Option<Explanation> {
    let numbers: usize = all.iter().map(|look| look.got.data.len()).sum();
    let fits = all.iter().all(|look| look.got.shape == look.want.shape && is_binary(look.got));
    if !fits || numbers < 4 || all.iter().all(|look| is_binary(look.want)) {
        return None;
    }
    // One limit must separate the zeros from the ones.
    let of = |value: f64| {
        let pairs = all.iter().flat_map(|look| look.got.data.iter().zip(&look.want.data));
        pairs.filter(move |(got, _)| **got == value).map(|(_, want)| *want)
    };
    let (low, high) = (of(0.0).fold(f64::NEG_INFINITY, f64::max), of(1.0).fold(f64::INFINITY, f64::min));
    let is_rule = low < high && of(1.0).count() > 0 && of(0.0).count() > 0;
    let words = format!("every entry is 0 or 1: 1 where the right one is {} or more.", number(high));
    is_rule.then(|| Explanation::named(words, code::YES_OR_NO))
}

/// Yes where no is right, or the other way around, but never both.
fn too_often(all: &[Look<'_>]) -> Option<Explanation> {
    if !all.iter().all(|look| look.got.shape == look.want.shape && is_binary(look.got) && is_binary(look.want)) {
        return None;
    }
    let pairs = all.iter().flat_map(|look| look.got.data.iter().zip(&look.want.data));
    let (yes, no): (Vec<_>, Vec<_>) = pairs.filter(|(got, want)| got != want).partition(|(got, _)| **got == 1.0);
    match (yes.len(), no.len()) {
        (2.., 0) => Some(Explanation::fact(
            "whatever is off is 1 (yes) where 0 (no) is right, as when a condition holds too often.",
        )),
        (0, 2..) => Some(Explanation::fact(
            "whatever is off is 0 (no) where 1 (yes) is right, as when a condition holds too rarely.",
        )),
        _ => None,
    }
}

/// Which cells of a pattern are zero and should not be, or the other way around, by where they are.
fn masked(first: &Look<'_>) -> Option<Explanation> {
    let Look { got, want, axes, tolerance, .. } = *first;
    let (queries, keys) = (axes.iter().position(|a| *a == "query_pos")?, axes.iter().position(|a| *a == "key_pos")?);
    if got.shape != want.shape {
        return None;
    }
    let cells = |is_one: &dyn Fn(f64, f64) -> bool| -> Vec<(usize, usize)> {
        let flat = (0..want.data.len()).filter(|flat| is_one(got.data[*flat], want.data[*flat]));
        flat.map(|flat| want.index_of(flat)).map(|index| (index[queries], index[keys])).collect()
    };
    // The first query has only itself to look at, so that a mask often leaves it out.
    let later = |cells: Vec<(usize, usize)>| -> Vec<_> { cells.into_iter().filter(|(query, _)| *query > 0).collect() };
    let lost = later(cells(&|got, want| got == 0.0 && want > ROOM * tolerance));
    let kept = later(cells(&|got, want| got != 0.0 && want > ROOM * tolerance));
    let shown = cells(&|got, want| got > ROOM * tolerance && want == 0.0);
    let hidden = cells(&|got, want| got <= ROOM * tolerance && want == 0.0);
    type Fits = fn(usize, usize) -> bool;
    let any = |cells: &[(usize, usize)], fits: Fits| cells.iter().any(|&(query, key)| fits(query, key));
    let all =
        |cells: &[(usize, usize)], fits: Fits| cells.len() > 1 && cells.iter().all(|&(query, key)| fits(query, key));
    // These cells, all of them, and no others.
    let just = |cells: &[(usize, usize)], rest: &[(usize, usize)], fits: Fits| all(cells, fits) && !any(rest, fits);
    // Of gradients and of anything else that can be negative, nothing is said about what attends to what.
    let words = if want.data.iter().any(|x| *x < 0.0) {
        if !all(&shown, |query, key| key > query) {
            return None;
        }
        "some entries where the key comes after the query are not 0, as they should be."
    } else if just(&lost, &kept, |query, key| key == query) {
        "after the first, the attention of a token to itself is 0, where it should not be, as when the mask hides the diagonal too."
    } else if just(&lost, &kept, |_, key| key == 0) {
        "after the first, the attention to the first token is 0, where it should not be."
    } else if all(&lost, |query, key| key < query) {
        "some attention to earlier tokens is 0, where it should not be."
    } else if just(&shown, &hidden, |query, key| key == query + 1) {
        "some attention goes to the next token, which must not be seen, and none to those behind it."
    } else if all(&shown, |query, key| key > query) {
        "some attention goes to later tokens, which must not be seen."
    } else {
        return None;
    };
    Some(Explanation::fact(words))
}

/// The same amount too large or too small, everywhere or along an axis.
fn offset(first: &Look<'_>) -> Option<Explanation> {
    let Look { got, want, axes, tolerance, .. } = *first;
    if got.shape != want.shape || want.data.len() < 3 {
        return None;
    }
    let differences = Tensor::new(&got.shape, got.data.iter().zip(&want.data).map(|(g, w)| g - w).collect());
    // Where nothing is off by much, everything is off by the same amount.
    if differences.data.iter().all(|x| x.abs() <= ROOM * tolerance) {
        return None;
    }
    let is_flat = |line: &[f64]| line.iter().all(|x| (x - line[0]).abs() <= 2.0 * tolerance);
    if is_flat(&differences.data) {
        return Some(Explanation::fact(format!(
            "every entry differs from the right one by the same amount, {:.3}.",
            mean(&differences.data)
        )));
    }
    let along = (0..axes.len()).find(|axis| {
        let mut lines = (0..differences.data.len()).filter(|flat| differences.index_of(*flat)[*axis] == 0);
        want.shape[*axis] > 2 && lines.all(|flat| is_flat(&line(&differences, &differences.index_of(flat), *axis)))
    })?;
    Some(Explanation::fact(format!(
        "along {}, all entries are off by the same amount, as when something is added or left out that does not depend on \
         {}.",
        axes[along], axes[along]
    )))
}

/// A factor of its own for each line along an axis: something is not divided by its sum, or by its norm.
fn factor_along(first: &Look<'_>) -> Option<Explanation> {
    let Look { got, want, axes, tolerance, .. } = *first;
    if got.shape != want.shape || is_binary(want) {
        return None;
    }
    let is_multiple = |got: &[f64], want: &[f64]| {
        let (at, largest) = want.iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
        if largest.abs() <= ROOM * tolerance {
            return got.iter().all(|x| x.abs() <= ROOM * tolerance).then_some(None);
        }
        let factor = got[at] / largest;
        let room = tolerance * factor.abs().max(1.0) * 2.0;
        got.iter().zip(want).all(|(g, w)| (g - w * factor).abs() <= room).then_some(Some(factor))
    };
    (0..axes.len()).find_map(|axis| {
        if want.shape[axis] < 3 {
            return None;
        }
        let starts =
            (0..want.data.len()).filter(|flat| want.index_of(*flat)[axis] == 0).map(|flat| want.index_of(flat));
        let factors: Option<Vec<Option<f64>>> =
            starts.map(|at| is_multiple(&line(got, &at, axis), &line(want, &at, axis))).collect();
        let factors: Vec<f64> = factors?.into_iter().flatten().collect();
        let [least, most] = [f64::min as fn(f64, f64) -> f64, f64::max].map(|of| factors.iter().copied().reduce(of));
        let (least, most) = (least?, most?);
        let is_all_or_nothing = factors.iter().all(|factor| factor.abs() < 0.01 || (factor - 1.0).abs() < 0.01);
        if is_all_or_nothing {
            return (factors.iter().filter(|factor| factor.abs() < 0.01).count() >= 2).then(|| {
                Explanation::fact(format!("along {}, the entries are either all right or all zero.", axes[axis]))
            });
        }
        if factors.iter().all(|factor| (factor.abs() - 1.0).abs() < 0.01) && least < 0.0 && most > 0.0 {
            let words = format!("along {}, the entries are either all right or all of the wrong sign.", axes[axis]);
            return Some(Explanation::fact(words));
        }
        // A factor of one everywhere but in one place is told by where that is.
        let moved = factors.iter().filter(|factor| (**factor - 1.0).abs() > 0.01).count();
        (moved >= 2 && most - least > 0.01).then(|| {
            Explanation::fact(format!(
                "each line along {} is the right one times a factor of its own, from {} to {}.",
                axes[axis],
                number(least),
                number(most)
            ))
        })
    })
}

/// The same numbers in another order.
fn shuffled(all: &[Look<'_>], first: &Look<'_>) -> Option<Explanation> {
    let sorted = |values: &Tensor| {
        let mut data = values.data.clone();
        data.sort_by(f64::total_cmp);
        data
    };
    let is_shuffled = |look: &Look<'_>| {
        let (got, want) = (sorted(look.got), sorted(look.want));
        got.len() == want.len() && got.iter().zip(&want).all(|(g, w)| (g - w).abs() <= look.tolerance)
    };
    let mut values = sorted(first.want);
    values.dedup_by(|a, b| (*a - *b).abs() <= ROOM * first.tolerance);
    // Of zeros and ones, any order is the same numbers in another one.
    let different = 2 * values.len() > first.want.data.len();
    (first.want.data.len() > 3 && different && all.iter().all(is_shuffled))
        .then(|| Explanation::named("the numbers that came are the right ones, in another order.", code::OTHER_INDEX))
}

fn zeros(first: &Look<'_>) -> Option<Explanation> {
    if first.got.shape != first.want.shape || is_binary(first.want) {
        return None;
    }
    let pairs = || first.got.data.iter().zip(&first.want.data);
    let off: Vec<f64> = pairs().filter(|(g, w)| (*g - *w).abs() > first.tolerance).map(|(g, _)| *g).collect();
    let zero = off.len() > 1 && off.iter().all(|x| *x == 0.0);
    zero.then(|| {
        let place = super::place::words(first).map_or(String::new(), |place| format!(" And {place}"));
        Explanation::fact(format!("all entries that are off are 0, as if nothing had been written there.{place}"))
    })
}

/// Numbers where none is expected: negative ones, or those above one.
fn out_of_range(all: &[Look<'_>], first: &Look<'_>) -> Option<Explanation> {
    let wants = || all.iter().flat_map(|look| &look.want.data);
    let below = first.got.data.iter().filter(|x| **x < -first.tolerance).count();
    let above = first.got.data.iter().filter(|x| **x > 1.0 + first.tolerance).count();
    let many: usize = all.iter().map(|look| look.want.data.len()).sum();
    if many < 4 {
        return None;
    }
    let positive = wants().all(|x| *x >= 0.0);
    if positive && wants().all(|x| *x <= 1.0) && below + above > 0 {
        let words = format!(
            "all expected numbers are between 0 and 1, and {} of yours {} not. Are they scores or logits, or a sum?",
            below + above,
            is_or_are(below + above)
        );
        return Some(Explanation::fact(words));
    }
    if positive && below > 0 {
        let are = is_or_are(below);
        return Some(Explanation::fact(format!(
            "none of the expected numbers is negative, and {below} of yours {are}."
        )));
    }
    let negative = wants().all(|x| *x <= 0.0);
    let wrong = first.got.data.iter().filter(|x| **x > first.tolerance).count();
    let are = is_or_are(wrong);
    (negative && wrong > 0)
        .then(|| Explanation::fact(format!("none of the expected numbers is positive, and {wrong} of yours {are}.")))
}

fn is_or_are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// The totals along an axis are right although the entries are not: in every case, of which at least two are wrong, as what
/// is added in one may have no sum of its own.
fn sums(all: &[Look<'_>], first: &Look<'_>) -> Option<Explanation> {
    // Integers have the right sum by chance.
    let tells = |look: &Look<'_>| look.got.shape == look.want.shape && look.want.data.iter().any(|x| x.fract() != 0.0);
    let wrong = || all.iter().filter(|look| !look.is_right());
    if wrong().count() < 2 || !wrong().all(tells) {
        return None;
    }
    let agrees = |look: &Look<'_>, axis: usize| {
        let Look { got, want, tolerance, .. } = *look;
        let Some(&length) = want.shape.get(axis) else { return false };
        // Sums that could not be far apart agree by themselves.
        let furthest = got.data.iter().zip(&want.data).fold(0.0_f64, |most, (g, w)| most.max((g - w).abs()));
        if furthest <= ROOM * length as f64 * tolerance {
            return false;
        }
        let mut starts = (0..want.data.len()).filter(|flat| want.index_of(*flat)[axis] == 0).map(|f| want.index_of(f));
        let sum = |values: &Tensor, at: &[usize]| line(values, at, axis).iter().sum::<f64>();
        // Rows that must sum to one do so whatever is in them.
        length > 1
            && starts.all(|at| (sum(got, &at) - sum(want, &at)).abs() <= length as f64 * tolerance)
            && !sums_to_one(want, axis, tolerance)
    };
    let axes = first.axes;
    let axis = (0..axes.len()).find(|axis| wrong().all(|look| agrees(look, *axis)))?;
    Some(Explanation::fact(format!(
        "along {} the entries have the right sum, but it is shared out wrongly.",
        axes[axis]
    )))
}
