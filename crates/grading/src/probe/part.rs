//! The one index of an axis that is off, where everything else is right: explained by itself, as an array of its own.

use super::indices::slice;
use super::{Explanation, Look, explain_looks};
use crate::value::Tensor;

/// Of a longer axis, one index is a place and not a part.
const LONGEST: usize = 8;

/// What is said of that part, with its name in front. The place alone is told by another look.
pub(super) fn explain(all: &[Look<'_>], first: &Look<'_>) -> Option<Explanation> {
    if first.axes.len() < 2 || all.iter().any(|look| look.got.shape != look.want.shape) {
        return None;
    }
    (0..first.axes.len()).find_map(|axis| {
        let length = *first.want.shape.get(axis)?;
        if !(2..=LONGEST).contains(&length) || all.iter().any(|look| look.want.shape.get(axis) != Some(&length)) {
            return None;
        }
        let is_off = |part: &usize| all.iter().any(|look| !is_right(look, axis, *part));
        let off: Vec<usize> = (0..length).filter(is_off).collect();
        let &[part] = &off[..] else { return None };
        let name = first.axes[axis];
        let axes: Vec<&str> = first.axes.iter().copied().filter(|other| *other != name).collect();
        let parts: Vec<[Tensor; 2]> = all.iter().map(|look| [look.got, look.want].map(|x| at(x, axis, part))).collect();
        let looks: Vec<Look<'_>> = all
            .iter()
            .zip(&parts)
            .map(|(look, [got, want])| Look { case: look.case, got, want, axes: &axes, tolerance: look.tolerance })
            .collect();
        let shown = looks.iter().find(|look| !look.is_right())?;
        let said = explain_looks(&looks, shown)?;
        Some(Explanation { words: format!("only {name} {part} is off. There, {}", said.words), ..said })
    })
}

/// Whether all entries at an index of an axis are.
fn is_right(look: &Look<'_>, axis: usize, part: usize) -> bool {
    super::close(&at(look.got, axis, part), &at(look.want, axis, part), look.tolerance)
}

/// The entries at one index of an axis, without that axis.
fn at(values: &Tensor, axis: usize, part: usize) -> Tensor {
    let mut shape = values.shape.clone();
    shape.remove(axis);
    Tensor::new(&shape, slice(values, axis, part))
}
