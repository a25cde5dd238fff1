//! What each of the four detectors looks for: its line of the pattern, the wrong scores that it tempts to, and the made-up
//! heads that tell these apart.

use hooked_transformer::ActivationCache;

use super::made_up::{self, Cells, Head, Profile, Size, head, uneven};
use super::rivals::{self, Line, Rival, THRESHOLDS};
use super::{C02, C03, C04, C08};
use crate::compare::Want;
use crate::exercise::CheckInfo;

/// Two layers of seven heads. Its segment of repeated tokens would be six long.
const LARGE: Size = Size { batch: 3, n_heads: 7, n_pos: 13 };

/// Three layers of five heads; a segment of four.
const SMALL: Size = Size { batch: 1, n_heads: 5, n_pos: 9 };

/// Two layers of seven heads; a segment of five.
const UNEVEN: Size = Size { batch: 3, n_heads: 7, n_pos: 11 };

/// One layer of nine heads; a segment of fourteen, so that the stripe and the second copy have whole halves.
const LONG: Size = Size { batch: 1, n_heads: 9, n_pos: 29 };

/// What a detector looks for.
#[derive(Clone, Copy)]
pub(super) struct Target {
    pub(super) check: &'static CheckInfo,
    /// The score in words.
    pub(super) score: &'static str,
    /// Its name in the stored facts about the texts.
    pub(super) fact: &'static str,
    pub(super) line: Line,
    /// The least of the line that a right score may be the mean of.
    pub(super) least: Line,
    /// The mistake of those who name the same heads for every cache.
    hard_coded: &'static str,
    /// That of those who look at item 0 alone.
    first_item: &'static str,
    /// The wrong scores that only this detector tempts to.
    rivals: fn() -> Vec<Rival>,
    /// Whether a head that lights up the first half of the line in a short cache must be named, or must not. The stripe may
    /// begin with the second copy, and so a head there is neither.
    early: bool,
    /// The lines that are bright for those who look at another than this, and that beside a right one.
    decoys: [Line; 5],
    beside: Line,
    /// The shortest cache, where a mean over one cell too many, or too few, is quite another number.
    short: (Size, &'static [Head]),
}

const IDLE: Head = head(Cells::Nothing, 0.0);

/// Two positions: the mean along the diagonal is over two cells, of which one is the first query's.
const TWO_CELLS: Size = Size { batch: 2, n_heads: 5, n_pos: 2 };

pub(super) const CURRENT: Target = Target {
    check: &C02,
    score: "mean attention to the current token",
    fact: "current",
    line: |_| Cells::Diagonal(0),
    least: |_| Cells::Diagonal(0),
    hard_coded: "E02-7",
    first_item: "E02-4",
    rivals: || {
        vec![
            Rival::score("E02-61", |_| Cells::Diagonal(0), rivals::but_first_query),
            Rival::score("E02-105", |_| Cells::Diagonal(0), rivals::but_last_query),
        ]
    },
    early: true,
    decoys: [
        |_| Cells::Diagonal(-1),
        |_| Cells::Column(0),
        |_| Cells::AllButDiagonal(0),
        |_| Cells::Nothing,
        |_| Cells::Diagonal(1),
    ],
    beside: |_| Cells::Diagonal(-1),
    short: (
        TWO_CELLS,
        &[
            head(Cells::Diagonal(0), 1.0).profile(Profile::ButLast),
            IDLE,
            head(Cells::Diagonal(0), 0.42).profile(Profile::OnlyLast),
            head(Cells::Diagonal(0), 0.6),
            head(Cells::Diagonal(0), 1.0).profile(Profile::OnlyLast),
        ],
    ),
};

pub(super) const PREVIOUS: Target = Target {
    check: &C03,
    score: "mean attention to the previous token",
    fact: "previous",
    line: |_| Cells::Diagonal(-1),
    least: |_| Cells::Diagonal(-1),
    hard_coded: "E02-7",
    first_item: "E02-4",
    rivals: || {
        let line: Line = |_| Cells::Diagonal(-1);
        vec![
            Rival::mean_of("E02-8", |_| Cells::Diagonal(1)),
            Rival::mean_of("E02-9", |_| Cells::Diagonal(0)),
            Rival::mean_of("E02-10", |_| Cells::Diagonal(-2)),
            Rival::score("E02-64", line, rivals::over_all_queries),
            Rival::score("E02-64", line, rivals::with_own_key),
            Rival::score("E02-64", line, rivals::wrapped_around),
            Rival::score("E02-65", line, rivals::less_current),
            Rival::score("E02-101", line, rivals::with_current),
            Rival::score("E02-101", line, rivals::or_current),
        ]
    },
    early: true,
    decoys: [
        |_| Cells::Diagonal(1),
        |_| Cells::Diagonal(0),
        |_| Cells::Diagonal(-2),
        |_| Cells::AllButDiagonal(-1),
        |_| Cells::Column(0),
    ],
    beside: |_| Cells::Diagonal(0),
    short: (
        TWO_CELLS,
        &[
            head(Cells::Diagonal(-1), 0.6),
            IDLE.also(Cells::One(0, 0), 1.0),
            IDLE.also(Cells::One(0, 1), 1.0),
            head(Cells::Diagonal(-1), 0.7),
            IDLE,
        ],
    ),
};

pub(super) const FIRST: Target = Target {
    check: &C04,
    score: "mean attention to the first token",
    fact: "first",
    line: |_| Cells::Column(0),
    least: |_| Cells::Column(0),
    hard_coded: "E02-7",
    first_item: "E02-4",
    rivals: || {
        vec![
            Rival::mean_of("E02-11", |_| Cells::LastColumn),
            Rival::mean_of("E02-12", |_| Cells::FirstRow),
            Rival::mean_of("E02-66", |_| Cells::Column(1)),
            Rival::score("E02-105", |_| Cells::Column(0), rivals::but_last_query),
        ]
    },
    early: true,
    decoys: [
        |_| Cells::LastColumn,
        |_| Cells::FirstRow,
        |_| Cells::LastOfFirstColumn,
        |_| Cells::AllButColumn(0),
        |_| Cells::Column(1),
    ],
    beside: |_| Cells::Diagonal(0),
    // That the first query counts, which has no choice, is left to the learner.
    short: (
        TWO_CELLS,
        &[
            head(Cells::Column(0), 0.58),
            IDLE,
            head(Cells::Column(0), 0.27),
            head(Cells::Column(0), 0.7),
            head(Cells::Column(0), 1.0).profile(Profile::OnlyLast),
        ],
    ),
};

pub(super) const INDUCTION: Target = Target {
    check: &C08,
    score: "mean attention along the induction stripe",
    fact: "induction",
    line: |n_pos| stripe(n_pos, 0),
    least: second_copy,
    hard_coded: "E02-39",
    first_item: "E02-38",
    rivals: || {
        let line: Line = |n_pos| stripe(n_pos, 0);
        vec![
            Rival::mean_of("E02-35", |n_pos| stripe(n_pos, -1)),
            Rival::mean_of("E02-36", |n_pos| stripe(n_pos, 1)),
            Rival::mean_of("E02-37", ahead),
            Rival::mean_of("E02-67", |n_pos| stripe(n_pos, -2)),
            Rival::mean_of("E02-69", |_| Cells::Diagonal(-1)),
            Rival::score("E02-68", line, rivals::over_all_queries),
            Rival::score("E02-68", line, rivals::over_segment),
            Rival::score("E02-68", line, rivals::second_copy_over_all),
        ]
        .into_iter()
        .chain(rivals::of_any_line(second_copy, "E02-38"))
        .chain(rivals::of_halves(second_copy))
        .collect()
    },
    early: false,
    decoys: [
        |n_pos| stripe(n_pos, -1),
        |n_pos| stripe(n_pos, 1),
        ahead,
        |n_pos| Cells::AllButDiagonal(1 - segment(n_pos) as isize),
        |n_pos| stripe(n_pos, -2),
    ],
    beside: |_| Cells::Diagonal(-1),
    // A segment of one: the stripe is the diagonal.
    short: (
        Size { batch: 2, n_heads: 6, n_pos: 3 },
        &[
            head(Cells::Diagonal(0), 0.56),
            head(Cells::Diagonal(0), 0.27),
            head(Cells::Diagonal(0), 0.14),
            head(Cells::Diagonal(0), 0.115),
            head(Cells::Diagonal(0), 0.85),
            head(Cells::Diagonal(0), 0.98),
        ],
    ),
};

/// The length of a segment in so many positions: BOS, and the segment twice.
pub(super) fn segment(n_pos: usize) -> usize {
    (n_pos - 1) / 2
}

/// A line parallel to the induction stripe, so many cells above it.
fn stripe(n_pos: usize, above: isize) -> Cells {
    Cells::Diagonal(1 - segment(n_pos) as isize + above)
}

/// The stripe, from the first token of the second copy on.
pub(super) fn second_copy(n_pos: usize) -> Cells {
    Cells::DiagonalFrom(1 - segment(n_pos) as isize, segment(n_pos) + 1)
}

/// The stripe with queries and keys exchanged.
fn ahead(n_pos: usize) -> Cells {
    Cells::Diagonal(segment(n_pos) as isize - 1)
}

impl Target {
    pub(super) fn right(self) -> Rival {
        Rival::mean_of(self.hard_coded, self.line)
    }

    /// The wrong scores that are known.
    pub(super) fn rivals(self) -> Vec<Rival> {
        let mut all = rivals::of_any_line(self.line, self.first_item);
        all.extend((self.rivals)());
        all.extend(rivals::of_halves(self.line));
        all
    }

    pub(super) fn want(self, cache: &ActivationCache) -> Want {
        want(self.right().scores(cache), self.score)
    }

    /// The made-up caches, in words.
    pub(super) fn caches(self) -> [(String, ActivationCache); 5] {
        let [large, small, uneven, long] = [LARGE, SMALL, UNEVEN, LONG].map(|size| (size, heads(self, size)));
        let (size, short) = self.short;
        [large, small, uneven, long, (size, short.to_vec())].map(|(size, heads)| {
            let Size { batch, n_heads, n_pos } = size;
            let n_layers = heads.len() / n_heads;
            let layers = if n_layers == 1 { "1 layer".into() } else { format!("{n_layers} layers") };
            let name = format!("a made-up cache, {layers} of {n_heads} heads, batch {batch}, {n_pos} positions");
            (name, made_up::cache(size, &heads))
        })
    }
}

pub(super) fn want(scores: Vec<(String, f64)>, score: &'static str) -> Want {
    Want::Names { scores, score, band: THRESHOLDS }
}

/// The heads of a made-up cache, layer by layer: some that must be found, some that are so only in one item of the
/// batch, or for some queries, and the decoys. No two layers, and no two caches, are alike.
fn heads(target: Target, size: Size) -> Vec<Head> {
    let line = (target.line)(size.n_pos);
    let [a, b, c, d, e] = target.decoys.map(|decoy| head(decoy(size.n_pos), 0.9));
    let right = |strength| head(line, strength);
    if size.n_pos == SMALL.n_pos {
        // On average 0.29 at most, though half of the cells or more are at 0.52: what counts them finds it.
        let counted = right(0.52).profile(Profile::EverySecond);
        let first = [counted, right(0.62), a, right(0.25), b];
        let (late, other) = (right(1.0).profile(Profile::Late), head(Cells::Antidiagonal, 0.9));
        let second = [c, other, d, right(0.95), late];
        let third = [a, b, right(0.7), c, d];
        return [first, second, third].concat();
    }
    if size.n_pos == LONG.n_pos {
        // On average below 0.3, from the beginning of the line or from that of the second copy on: but half of each is
        // brighter than any sensible threshold, and so is every other cell.
        let part = |from, to, strength| right(strength).profile(Profile::Part(from, to));
        let half = line.list(size.n_pos).len() / 2;
        let least = (target.least)(size.n_pos).list(size.n_pos).len();
        let (whole, before) = (2 * half, 2 * half - least.min(2 * half));
        let middle = before + least / 2;
        return vec![
            right(0.57).profile(Profile::EveryOther),
            part(0, half, 0.57),
            part(half, whole, 0.29 * least as f32 / half as f32),
            right(0.62),
            part(before, middle, 0.57),
            part(middle, whole, 0.57),
            right(0.62).profile(Profile::EveryOtherButLast),
            // On average 0.6, of which less than half are bright.
            right(1.0).profile(Profile::Skewed),
            // On average 0.34, of which more than half are bright.
            part(1, half + 2, 0.61),
        ];
    }
    if size.n_pos == UNEVEN.n_pos {
        let both = right(0.6).also((target.beside)(size.n_pos), 0.38);
        let some = |profile, strength| right(strength).profile(profile);
        let (not_last, only_last) = (uneven(line, [0.9, 0.9, 0.05]), uneven(line, [0.05, 0.05, 0.7]));
        let first = [right(0.7), right(0.297), some(Profile::Peak, 0.8), e, some(Profile::Skewed, 1.0), not_last, both];
        let (but_last, last) = (some(Profile::ButLast, 0.8), some(Profile::OnlyLast, 0.8));
        let beside = head((target.beside)(size.n_pos), 0.9);
        let early = if target.early { some(Profile::Early, 1.0) } else { IDLE };
        return [first, [beside, only_last, but_last, early, last, right(0.2), right(0.6)]].concat();
    }
    // On average 0.28 and 0.63: only the second must be named. In the first item alone it is the other way round.
    let (only_first, not_first) = (uneven(line, [0.7, 0.07, 0.07]), uneven(line, [0.1, 0.9, 0.9]));
    // Large in one item, with a mean below the band: what the largest item finds, and what the root of the mean square
    // does, are not the same heads.
    let [once, more_once, most_once] = [0.515, 0.59, 0.88].map(|strength| uneven(line, [strength, 0.0, 0.0]));
    // Its mean is less than that of the head at 0.58, its mean square more.
    let twice = uneven(line, [0.85, 0.85, 0.0]);
    let first = [a, right(0.96), right(0.8), only_first, b, once, c];
    let second = [most_once, not_first, d, b, twice, more_once, right(0.58)];
    [first, second].concat()
}
