//! Which index of an axis holds what belongs to which other one: whole slices that changed places, or are missing.

use super::{Explanation, Look, ROOM};
use crate::general::code;
use crate::value::Tensor;

/// At most so many indices are listed.
const SHOWN: usize = 4;

/// So many times must it be less likely than one half that slices resemble others by chance: few entries that are only
/// yes or no do.
const BITS: f64 = 16.0;

/// What is said where, in every case, each slice along one axis is a right one, but of another index.
pub(super) fn explain(all: &[Look<'_>], first: &Look<'_>) -> Option<Explanation> {
    (0..first.axes.len()).find_map(|axis| {
        let maps: Vec<Map> = all.iter().map(|look| Map::of(look, axis)).collect::<Option<_>>()?;
        let shown = Map::of(first, axis)?;
        let bits: f64 = all.iter().zip(&maps).map(|(look, map)| map.bits(look, axis)).sum();
        (!shown.is_in_place() && bits >= BITS).then(|| words(&maps, &shown, first.axes[axis]))
    })
}

fn words(maps: &[Map], shown: &Map, name: &str) -> Explanation {
    let moved = || shown.sources.iter().enumerate().filter(|(at, from)| at != *from);
    // The same place in every case is a fixed index, if the cases are not all of one length.
    let fixed = moved().next().map(|(_, from)| *from);
    if let Some(only) = fixed.filter(|only| maps.iter().all(|map| map.sources.iter().all(|from| from == only))) {
        let words = format!("every {name} holds what belongs to {name} {only}.");
        return Explanation::named(words, code::ONE_FOR_ALL);
    }
    let came = shown.sources.len();
    if came < shown.length {
        let list: Vec<String> = shown.sources.iter().take(2 * SHOWN).map(ToString::to_string).collect();
        let more = if came > list.len() { ", …" } else { "" };
        let words =
            format!("of {} along {name} only {came} came, those of {name} {}{more}.", shown.length, list.join(", "));
        return Explanation::named(words, code::TOO_FEW);
    }
    let list: Vec<String> =
        moved().take(SHOWN).map(|(at, from)| format!("{name} {at} holds what belongs to {name} {from}")).collect();
    let more = if moved().count() > SHOWN { ", and so on" } else { "" };
    Explanation::named(format!("{}{more}.", list.join(", ")), code::OTHER_INDEX)
}

/// For each index that came, the one that its slice belongs to.
struct Map {
    sources: Vec<usize>,
    /// How many should have come.
    length: usize,
}

impl Map {
    /// None when some slice is none of the right ones, or could be two of them.
    fn of(look: &Look<'_>, axis: usize) -> Option<Self> {
        let Look { got, want, tolerance, .. } = *look;
        let is_like = |(other, (g, w)): (usize, (&usize, &usize))| other == axis || g == w;
        let fits = got.shape.len() == want.shape.len() && got.shape.iter().zip(&want.shape).enumerate().all(is_like);
        let length = *want.shape.get(axis)?;
        if !fits || length < 2 || got.shape[axis] == 0 || got.shape[axis] > length {
            return None;
        }
        let right: Vec<Vec<f64>> = (0..length).map(|at| slice(want, axis, at)).collect();
        let alike = |a: &[f64], b: &[f64], room: f64| a.iter().zip(b).all(|(x, y)| x == y || (x - y).abs() <= room);
        let source = |at: usize| {
            let came = slice(got, axis, at);
            if right.get(at).is_some_and(|own| alike(own, &came, tolerance)) {
                return Some(at);
            }
            let mut like = (0..length).filter(|from| alike(&right[*from], &came, tolerance));
            let from = like.next()?;
            // A slice of one number resembles another too easily, and so do two right ones that are nearly the same.
            let is_clear = came.len() > 1
                && like.next().is_none()
                && (0..length).all(|other| other == from || !alike(&right[other], &right[from], ROOM * tolerance));
            is_clear.then_some(from)
        };
        let sources: Vec<usize> = (0..got.shape[axis]).map(source).collect::<Option<_>>()?;
        Some(Self { sources, length })
    }

    /// How unlikely it is that slices which are not in their own place resemble others by chance, in bits: each entry of
    /// such a slice is one of all the values that were wanted, and each slice had all others to resemble.
    fn bits(&self, look: &Look<'_>, axis: usize) -> f64 {
        let mut values = look.want.data.clone();
        values.sort_by(f64::total_cmp);
        values.dedup_by(|a, b| (*a - *b).abs() <= look.tolerance);
        let entries = (look.want.data.len() / look.want.shape[axis]) as f64;
        let of_slice = entries * (values.len() as f64).log2() - (self.length as f64).log2();
        let moved = self.sources.iter().enumerate().filter(|(at, from)| at != *from).count();
        // Where only some came, they are told by the shape too.
        let some_are_missing = self.sources.len() < self.length;
        if some_are_missing { f64::INFINITY } else { moved as f64 * of_slice }
    }

    fn is_in_place(&self) -> bool {
        self.sources.len() == self.length && self.sources.iter().enumerate().all(|(at, from)| at == *from)
    }
}

/// All entries at one index of an axis.
pub(super) fn slice(values: &Tensor, axis: usize, at: usize) -> Vec<f64> {
    let inner: usize = values.shape[axis + 1..].iter().product();
    let block = values.shape[axis] * inner;
    let blocks = values.data.chunks_exact(block.max(1));
    blocks.flat_map(|block| &block[at * inner..(at + 1) * inner]).copied().collect()
}
