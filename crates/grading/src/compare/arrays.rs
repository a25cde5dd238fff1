//! Arrays: the shape first, then the worst entries.

use std::fmt::Write as _;

use super::{Difference, SHOWN};
use crate::picture;
use crate::prose::{number, unlike_numbers};
use crate::value::Tensor;

pub(super) fn compare_arrays(got: &Tensor, want: &Tensor, axes: &[&str], tolerance: f64) -> Result<f64, Difference> {
    if got.shape != want.shape {
        return Err(Difference { report: shape_report(got, want, axes), largest: f64::INFINITY });
    }
    let mut off = entries_off(got, want, tolerance);
    if off.is_empty() {
        return Ok(largest_difference(got, want));
    }
    // The first layer that is off is the cause of what is off in the later ones.
    let layers = axes.iter().position(|axis| ["layer", "depth"].contains(axis));
    let layer_of = |flat: usize| layers.map_or(0, |axis| got.index_of(flat)[axis]);
    off.sort_by(|a, b| layer_of(a.0).cmp(&layer_of(b.0)).then(severity(b.1).total_cmp(&severity(a.1))));
    let largest = off.iter().map(|(_, difference)| severity(*difference)).fold(0.0, f64::max);
    let report = match (&got.data[..], &want.data[..]) {
        ([got], [want]) => single(*got, *want, tolerance),
        _ => {
            let mut report = counts(got, off.len(), tolerance);
            let _ = write!(report, "\n{}", table(&off, got, want, axes));
            if let Some(picture) = picture::got_beside_want(got, want, axes, off[0].0) {
                let _ = write!(report, "\n{picture}");
            }
            report
        }
    };
    Err(Difference { report, largest })
}

/// The number of each entry that is off, with its difference.
fn entries_off(got: &Tensor, want: &Tensor, tolerance: f64) -> Vec<(usize, f64)> {
    let pairs = got.data.iter().zip(&want.data);
    let differences = pairs.map(|(g, w)| if g == w { 0.0 } else { (g - w).abs() });
    differences.enumerate().filter(|(_, difference)| is_off(*difference, tolerance)).collect()
}

/// One number and no table.
fn single(got: f64, want: f64, tolerance: f64) -> String {
    let (got_text, want_text) = unlike_numbers(got, want);
    let by = (got - want).abs();
    let off = if by.is_finite() { format!("Off by {}: got", number(by)) } else { "Got".into() };
    let tolerance = if tolerance < 0.5 && want.fract() != 0.0 {
        format!("; tolerance {}", number(tolerance))
    } else {
        String::new()
    };
    format!("  {off} {got_text}, want {want_text}{tolerance}")
}

/// The first entries that are off, in columns.
fn table(off: &[(usize, f64)], got: &Tensor, want: &Tensor, axes: &[&str]) -> String {
    let rows: Vec<[String; 4]> = off
        .iter()
        .take(SHOWN)
        .map(|&(flat, difference)| {
            let (got_text, want_text) = unlike_numbers(got.data[flat], want.data[flat]);
            [place(&got.index_of(flat), axes), got_text, want_text, number(difference)]
        })
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (first, second, third) = (width(0).max(28), width(1).max(12), width(2).max(12));
    let line = |[place, got, want, difference]: &[String; 4]| {
        format!("    {place:<first$} got {got:>second$}   want {want:>third$}   difference {difference}")
    };
    let mut lines: Vec<String> = rows.iter().map(line).collect();
    if off.len() > SHOWN {
        lines.push(format!("    and {} more", off.len() - SHOWN));
    }
    lines.join("\n")
}

/// A few numbers, each by its name.
pub(super) fn compare_numbers(got: &Tensor, want: &Tensor, names: &[&str], tolerance: f64) -> Result<f64, Difference> {
    if got.shape != want.shape {
        return Err(Difference { report: shape_report(got, want, &["number"]), largest: f64::INFINITY });
    }
    let off = entries_off(got, want, tolerance);
    let Some(largest) = off.iter().map(|(_, difference)| severity(*difference)).max_by(f64::total_cmp) else {
        return Ok(largest_difference(got, want));
    };
    let line = |&(at, _): &(usize, f64)| {
        let (got, want) = unlike_numbers(got.data[at], want.data[at]);
        format!("  {}: got {got}, want {want}", names.get(at).copied().unwrap_or("a number"))
    };
    let mut lines: Vec<String> = off.iter().map(line).collect();
    let right = want.data.len() - off.len();
    if right > 0 {
        lines.push(format!(
            "  The other {} right.",
            if right == 1 { "number is".into() } else { format!("{right} are") }
        ));
    }
    Err(Difference { report: lines.join("\n"), largest })
}

/// Written so that NaN, which compares as neither more nor less, counts as off.
#[expect(clippy::neg_cmp_op_on_partial_ord, reason = "diff > tolerance would let NaN pass")]
fn is_off(difference: f64, tolerance: f64) -> bool {
    !(difference <= tolerance)
}

/// The largest difference between two arrays of one shape.
fn largest_difference(got: &Tensor, want: &Tensor) -> f64 {
    got.data.iter().zip(&want.data).map(|(g, w)| if g == w { 0.0 } else { severity((g - w).abs()) }).fold(0.0, f64::max)
}

/// A difference that can be sorted: one with NaN is as bad as one without bound.
fn severity(difference: f64) -> f64 {
    if difference.is_nan() { f64::INFINITY } else { difference }
}

fn counts(got: &Tensor, off: usize, tolerance: f64) -> String {
    let total = got.data.len();
    let percent = 100.0 * off as f64 / total as f64;
    let entries = if total == 1 { "entry" } else { "entries" };
    let mut line = format!("  {off} of {total} {entries} off ({percent:.1} %), tolerance {}", number(tolerance));
    let nan = got.data.iter().filter(|x| x.is_nan()).count();
    let infinite = got.data.iter().filter(|x| x.is_infinite()).count();
    for (count, what) in [(nan, "NaN"), (infinite, "infinite")] {
        if count > 0 {
            let verb = if count == 1 { "is" } else { "are" };
            let _ = write!(line, "; {count} of {total} {verb} {what}");
        }
    }
    line
}

/// Where an entry lies: `head 3, query_pos 11`.
fn place(index: &[usize], axes: &[&str]) -> String {
    if index.is_empty() {
        return "the number".into();
    }
    let names = index.iter().enumerate().map(|(axis, at)| {
        let name = axes.get(axis).copied().unwrap_or("axis");
        format!("{name} {at}")
    });
    names.collect::<Vec<_>>().join(", ")
}

pub(super) fn shape_report(got: &Tensor, want: &Tensor, axes: &[&str]) -> String {
    if want.shape.is_empty() {
        return format!("  got an array of shape {:?}, want a single number", got.shape);
    }
    format!("  shape: got {:?}, want {:?} [{}]", got.shape, want.shape, axes.join(", "))
}
