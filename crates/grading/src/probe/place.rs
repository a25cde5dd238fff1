//! Where the entries are that are off, when they are not just anywhere: a fact, and often half of the cause.

use super::Look;

/// In words; none when they are spread over the array, or when the shapes differ.
pub(super) fn words(look: &Look<'_>) -> Option<String> {
    let Look { got, want, axes, tolerance, .. } = *look;
    if got.shape != want.shape || want.shape.is_empty() {
        return None;
    }
    let (mut off, mut right) = (Vec::new(), Vec::new());
    for (flat, (got, want)) in got.data.iter().zip(&want.data).enumerate() {
        let is_right = got == want || (got - want).abs() <= tolerance;
        if is_right { &mut right } else { &mut off }.push(look.want.index_of(flat));
    }
    if off.is_empty() || right.is_empty() {
        return None;
    }
    let all = |list: &[Vec<usize>], holds: &dyn Fn(&[usize]) -> bool| list.iter().all(|index| holds(index));
    for (axis, name) in axes.iter().enumerate() {
        let length = *want.shape.get(axis)?;
        for (place, words) in [(0, "the first"), (length - 1, "the last")] {
            let here = |index: &[usize]| index[axis] == place;
            if length > 2 && all(&off, &here) && !all(&right, &|index| !here(index)) {
                return Some(format!("all entries that are off belong to {words} {name}."));
            }
            if length > 2 && all(&off, &here) {
                return Some(format!("{words} {name} is off, and everything else is right."));
            }
            if length > 2 && all(&right, &here) && all(&off, &|index| !here(index)) {
                return Some(format!("only {words} {name} is right."));
            }
        }
    }
    let (queries, keys) = (axes.iter().position(|a| *a == "query_pos")?, axes.iter().position(|a| *a == "key_pos")?);
    if all(&off, &|index| index[keys] > index[queries]) {
        return Some("all entries that are off look ahead: their key_pos is behind their query_pos.".into());
    }
    None
}
