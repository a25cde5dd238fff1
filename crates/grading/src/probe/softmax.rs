//! Which scores a softmax has been given, where the right ones are known up to a sum: those times a constant, as when a scale
//! is left out or made twice, or the sign is wrong.

use super::facts::sums_to_one;
use super::layout::line;
use super::{Explanation, Look};
use crate::general::code;
use crate::prose::number;

/// A probability below this has no digits left that say what its score was.
const SMALLEST: f64 = 1e-30;

/// So many entries must have come out as the constant says, beyond those that it was read from.
const EVIDENCE: usize = 4;

/// The constant, which must be the same in all lines of a case.
pub(super) fn explain(all: &[Look<'_>], first: &Look<'_>) -> Option<Explanation> {
    let axis = (0..first.axes.len()).find(|axis| {
        let sums = |look: &Look<'_>| sums_to_one(look.want, *axis, look.tolerance);
        all.iter()
            .all(|look| look.got.shape == look.want.shape && sums(look) && sums_to_one(look.got, *axis, look.tolerance))
    })?;
    let times = all.iter().map(|look| constant(look, axis)).collect::<Option<Vec<f64>>>()?;
    let of_first = constant(first, axis)?;
    if (of_first - 1.0).abs() < 0.02 || times.len() < all.len() {
        return None;
    }
    let words = match of_first {
        x if (x + 1.0).abs() < 1e-3 => "this is what the right scores give with the wrong sign.".to_string(),
        x => {
            format!("this is what the right scores give when they are multiplied by {} before the softmax.", number(x))
        }
    };
    Some(Explanation::named(words, code::TEMPERATURE))
}

/// By which constant the scores of a case are multiplied.
fn constant(look: &Look<'_>, axis: usize) -> Option<f64> {
    let Look { got, want, .. } = *look;
    let starts = (0..want.data.len()).map(|flat| want.index_of(flat)).filter(|index| index[axis] == 0);
    let lines: Vec<Vec<(f64, f64)>> = starts
        .map(|index| {
            let pairs = line(got, &index, axis).into_iter().zip(line(want, &index, axis));
            pairs.filter(|(_, want)| *want > SMALLEST).collect()
        })
        .collect();
    let times = lines.iter().filter_map(|line| slope(line, look.tolerance)).max_by(|a, b| a.1.total_cmp(&b.1))?.0;
    let compared: usize = lines.iter().map(|line| line.len().saturating_sub(2)).sum();
    let fits = lines.iter().all(|line| is_given(line, times, look.tolerance));
    (fits && compared >= EVIDENCE).then_some(times)
}

/// The constant that the two entries of a line say whose logarithms are furthest apart, and how far that is.
fn slope(line: &[(f64, f64)], tolerance: f64) -> Option<(f64, f64)> {
    // Of a number near zero the tolerance leaves no digits.
    let clear = line.iter().filter(|(got, _)| *got > 100.0 * tolerance);
    let [low, high] = [f64::total_cmp as fn(&f64, &f64) -> _, |a, b| b.total_cmp(a)]
        .map(|order| clear.clone().min_by(|a, b| order(&a.1, &b.1)));
    let (low, high) = (low?, high?);
    let (got, want) = ((high.0 / low.0).ln(), (high.1 / low.1).ln());
    (want > 0.1).then(|| (got / want, want))
}

/// Whether a line is what the constant makes of the right one.
fn is_given(line: &[(f64, f64)], times: f64, tolerance: f64) -> bool {
    let most = line.iter().map(|(_, want)| times * want.ln()).fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = line.iter().map(|(_, want)| (times * want.ln() - most).exp()).collect();
    let (total, came) = (weights.iter().sum::<f64>(), line.iter().map(|(got, _)| got).sum::<f64>());
    line.iter().zip(&weights).all(|((got, _), weight)| (got - came * weight / total).abs() <= 3.0 * tolerance)
}
