//! How a list of heads came about: by the right scores and an odd threshold, by other scores, or with other names.
//!
//! A detector returns names, not scores, and its threshold is its writer's choice. So a known mistake is not one output
//! but many. It is recognized by a threshold that turns its scores into the very lists that came, for all caches alike.

use hooked_transformer::{ActivationCache, argmax};
use ndarray::{ArrayView3, Ix4};

use super::made_up::{self, Cells};

/// The thresholds that the exercise leaves room for.
pub(super) const THRESHOLDS: (f64, f64) = (0.3, 0.55);

/// Scores that are nearer to each other than this are the same.
const NOISE: f64 = 1e-5;

/// The patterns of a head, `[batch, query_pos, key_pos]`.
type Patterns<'a> = ArrayView3<'a, f32>;

/// The cells of a pattern of so many positions.
pub(super) type Line = fn(usize) -> Cells;

/// Scores a head by some cells of its patterns.
type Score = fn(&[(usize, usize)], Patterns<'_>) -> f64;

/// A way to score heads that is not the right one, and its mistake.
#[derive(Clone, Copy)]
pub(super) struct Rival {
    pub mistake: &'static str,
    pub line: Line,
    pub score: Score,
}

impl Rival {
    /// The mean over a line.
    pub(super) const fn mean_of(mistake: &'static str, line: Line) -> Self {
        Self { mistake, line, score: mean }
    }

    /// Another score of a line.
    pub(super) const fn score(mistake: &'static str, line: Line, score: Score) -> Self {
        Self { mistake, line, score }
    }

    pub(super) fn scores(&self, cache: &ActivationCache) -> Vec<(String, f64)> {
        made_up::scores(cache, |patterns| {
            let n_pos = patterns.dim().1;
            (self.score)(&(self.line)(n_pos).list(n_pos), patterns)
        })
    }
}

/// Those who average over one half of a line.
pub(super) fn of_halves(line: Line) -> [Rival; 2] {
    [
        Rival::score("E02-99", line, |cells, patterns| mean(&cells[..cells.len().div_ceil(2)], patterns)),
        Rival::score("E02-99", line, |cells, patterns| mean(&cells[cells.len() / 2..], patterns)),
    ]
}

/// The wrong ways to make one number of a line that any of the detectors may fall for.
pub(super) fn of_any_line(line: Line, first_item: &'static str) -> Vec<Rival> {
    let scores: [(&str, Score); 24] = [
        ("E02-1", |_, patterns| f64::from(patterns.mean().unwrap_or(0.0))),
        ("E02-2", |cells, patterns| mean(cells, patterns) * cells.len() as f64),
        (first_item, |cells, patterns| of_items(cells, patterns).first().copied().unwrap_or(0.0)),
        ("E02-51", |cells, patterns| over_items(patterns, |item| most(values(cells, item)))),
        ("E02-51", |cells, patterns| most(items(patterns).flat_map(|item| values(cells, item)))),
        ("E02-51", |_, patterns| over_items(patterns, |item| most(item.iter().map(|x| f64::from(*x))))),
        ("E02-52", share_of_queries),
        ("E02-53", |cells, patterns| over_items(patterns, |item| median(values(cells, item).collect()))),
        ("E02-53", |cells, patterns| median(items(patterns).flat_map(|item| values(cells, item)).collect())),
        ("E02-53", |cells, patterns| share_above(0.3, cells, patterns)),
        ("E02-53", |cells, patterns| share_above(0.4, cells, patterns)),
        ("E02-53", |cells, patterns| share_above(0.5, cells, patterns)),
        ("E02-53", |cells, patterns| share_above(0.55, cells, patterns)),
        ("E02-53", |cells, patterns| share_above(0.6, cells, patterns)),
        ("E02-54", |cells, patterns| most(of_items(cells, patterns).into_iter())),
        ("E02-55", |cells, patterns| of_items(cells, patterns).last().copied().unwrap_or(0.0)),
        ("E02-56", |cells, patterns| of_items(cells, patterns).iter().sum()),
        ("E02-90", mean_square),
        ("E02-90", |cells, patterns| mean_square(cells, patterns).sqrt()),
        ("E02-91", |cells, patterns| least(of_items(cells, patterns).into_iter())),
        ("E02-91", |cells, patterns| least(items(patterns).flat_map(|item| values(cells, item)))),
        ("E02-91", |cells, patterns| over_items(patterns, |item| least(values(cells, item)))),
        ("E02-100", |_, patterns| mean(&Cells::Antidiagonal.list(patterns.dim().1), patterns)),
        ("E02-13", |cells, patterns| cells.last().map_or(0.0, |cell| mean(&[*cell], patterns))),
    ];
    scores.into_iter().map(|(mistake, score)| Rival::score(mistake, line, score)).collect()
}

fn items<'a>(patterns: Patterns<'a>) -> impl Iterator<Item = ndarray::ArrayView2<'a, f32>> {
    (0..patterns.dim().0).map(move |item| patterns.index_axis_move(ndarray::Axis(0), item))
}

fn values<'a>(cells: &'a [(usize, usize)], pattern: ndarray::ArrayView2<'a, f32>) -> impl Iterator<Item = f64> + 'a {
    cells.iter().map(move |&(query, key)| f64::from(pattern[[query, key]]))
}

fn average(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), x| (sum + x, count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

fn most(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, f64::max)
}

fn least(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(f64::INFINITY, f64::min)
}

fn mean_square(cells: &[(usize, usize)], patterns: Patterns<'_>) -> f64 {
    over_items(patterns, |item| average(values(cells, item).map(|x| x * x)))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// The share of the cells that are above a limit.
pub(super) fn share_above(limit: f64, cells: &[(usize, usize)], patterns: Patterns<'_>) -> f64 {
    over_items(patterns, |item| average(values(cells, item).map(|x| f64::from(u8::from(x > limit + NOISE)))))
}

fn over_items(patterns: Patterns<'_>, score: impl Fn(ndarray::ArrayView2<'_, f32>) -> f64) -> f64 {
    average(items(patterns).map(score))
}

fn of_items(cells: &[(usize, usize)], patterns: Patterns<'_>) -> Vec<f64> {
    items(patterns).map(|item| average(values(cells, item))).collect()
}

/// What a detector should compute: the mean over the batch and over the cells.
pub(super) fn mean(cells: &[(usize, usize)], patterns: Patterns<'_>) -> f64 {
    average(of_items(cells, patterns).into_iter())
}

/// How often the cell is the largest of its query, the first of several that are equal.
fn share_of_queries(cells: &[(usize, usize)], patterns: Patterns<'_>) -> f64 {
    over_items(patterns, |item| {
        average(cells.iter().map(|&(query, key)| f64::from(u8::from(argmax(item.row(query)) == key))))
    })
}

/// The cells of later queries alone.
pub(super) fn but_first_query(cells: &[(usize, usize)], patterns: Patterns<'_>) -> f64 {
    let later: Vec<_> = cells.iter().copied().filter(|(query, _)| *query > 0).collect();
    mean(&later, patterns)
}

/// All cells but that of the last query.
pub(super) fn but_last_query(cells: &[(usize, usize)], patterns: Patterns<'_>) -> f64 {
    let earlier: Vec<_> = cells.iter().copied().filter(|(query, _)| query + 1 < patterns.dim().1).collect();
    mean(&earlier, patterns)
}

/// The sum, with the first query's attention to itself, divided by the number of all queries.
pub(super) fn with_own_key(cells: &[(usize, usize)], patterns: Patterns<'_>) -> f64 {
    let cells = [&[(0, 0)], cells].concat();
    over_all_queries(&cells, patterns)
}

/// The sum, with the first query's attention to the last key, divided by the number of all queries.
pub(super) fn wrapped_around(cells: &[(usize, usize)], patterns: Patterns<'_>) -> f64 {
    let cells = [&[(0, patterns.dim().1 - 1)], cells].concat();
    over_all_queries(&cells, patterns)
}

/// The sum, divided by the number of all queries.
pub(super) fn over_all_queries(cells: &[(usize, usize)], patterns: Patterns<'_>) -> f64 {
    mean(cells, patterns) * cells.len() as f64 / patterns.dim().1 as f64
}

/// The sum, divided by the length of a segment.
pub(super) fn over_segment(cells: &[(usize, usize)], patterns: Patterns<'_>) -> f64 {
    mean(cells, patterns) * cells.len() as f64 / ((patterns.dim().1 - 1) / 2) as f64
}

/// The sum over the second copy alone, divided by the number of all queries.
pub(super) fn second_copy_over_all(cells: &[(usize, usize)], patterns: Patterns<'_>) -> f64 {
    let seq_len = (patterns.dim().1 - 1) / 2;
    let second: Vec<_> = cells.iter().copied().filter(|(query, _)| *query > seq_len).collect();
    over_all_queries(&second, patterns)
}

/// Less the attention to the current token.
pub(super) fn less_current(cells: &[(usize, usize)], patterns: Patterns<'_>) -> f64 {
    mean(cells, patterns) - mean(&Cells::Diagonal(0).list(patterns.dim().1), patterns)
}

/// With the attention to the current token.
pub(super) fn with_current(cells: &[(usize, usize)], patterns: Patterns<'_>) -> f64 {
    let current: Vec<_> = cells.iter().map(|(query, _)| (*query, *query)).collect();
    mean(cells, patterns) + mean(&current, patterns)
}

/// The larger of the cell and the attention to the current token.
pub(super) fn or_current(cells: &[(usize, usize)], patterns: Patterns<'_>) -> f64 {
    let larger = |item: ndarray::ArrayView2<'_, f32>| {
        average(cells.iter().map(|&(query, key)| f64::from(item[[query, key]].max(item[[query, query]]))))
    };
    over_items(patterns, larger)
}

/// What a detector returned for a cache.
#[derive(Clone)]
pub(super) struct Listed {
    pub cache: ActivationCache,
    pub names: Vec<String>,
}

/// The mistake that gives these lists, where exactly one is known to.
pub(super) fn diagnose(listed: &[Listed], right: &Rival, rivals: &[Rival]) -> Option<&'static str> {
    let repeats = |of: &Listed| of.names.iter().enumerate().any(|(at, name)| of.names[..at].contains(name));
    // Names that are cut short are the same for many heads: only those of heads say which head is listed twice.
    let are_heads = |of: &Listed| of.names.iter().all(|name| numbers(name).is_some());
    if listed.iter().any(repeats) && listed.iter().all(are_heads) {
        return Some("E02-58");
    }
    // Two explanations for one answer are a guess, and a guess may be false.
    if let [only] = fitting(listed, right, rivals)[..] { Some(only) } else { None }
}

/// All mistakes that give these lists.
pub(super) fn fitting(listed: &[Listed], right: &Rival, rivals: &[Rival]) -> Vec<&'static str> {
    // Any score may be below any threshold: empty lists tell nothing about it.
    if listed.iter().all(|of| of.names.is_empty()) {
        return Vec::new();
    }
    let mut fitting = naming(listed, right);
    fitting.extend(is_the_same(listed, right).then_some(right.mistake));
    fitting.extend(threshold(listed, right));
    fitting.extend(selection(listed, right));
    fitting.extend(rivals.iter().filter(|rival| within(THRESHOLDS, listed, rival)).map(|rival| rival.mistake));
    fitting.sort_unstable();
    fitting.dedup();
    fitting
}

/// The same heads for every cache, though the caches have different ones. No head at all comes from a score that is
/// never high, too.
fn is_the_same(listed: &[Listed], right: &Rival) -> bool {
    let Some((first, rest)) = listed.split_first() else { return false };
    let wanted = |of: &Listed| named_from(right, &of.cache, THRESHOLDS.1);
    !first.names.is_empty()
        && !rest.is_empty()
        && rest.iter().all(|of| of.names == first.names)
        && rest.iter().any(|of| wanted(of) != wanted(first))
}

fn named_from(rival: &Rival, cache: &ActivationCache, threshold: f64) -> Vec<String> {
    let scores = rival.scores(cache).into_iter();
    scores.filter(|(_, score)| *score >= threshold).map(|(name, _)| name).collect()
}

/// The right heads under other names: every way to rename them that explains the lists.
fn naming(listed: &[Listed], right: &Rival) -> Vec<&'static str> {
    let renamed = |rename: fn(&str) -> Option<String>| -> Option<Vec<Listed>> {
        let each = listed.iter().map(|of| {
            let names = of.names.iter().map(|name| rename(name)).collect::<Option<_>>()?;
            Some(Listed { cache: of.cache.clone(), names })
        });
        each.collect()
    };
    type Reading = fn(&str) -> Option<String>;
    let forms: [(&str, Reading); 5] = [
        ("E02-3", |name| numbers(name).map(|(a, b)| format!("{b}.{a}"))),
        ("E02-6", |name| numbers(name).and_then(|(a, b)| Some(format!("{}.{}", a.checked_sub(1)?, b.checked_sub(1)?)))),
        ("E02-6", |name| numbers(name).and_then(|(a, b)| Some(format!("{}.{b}", a.checked_sub(1)?)))),
        ("E02-6", |name| numbers(name).and_then(|(a, b)| Some(format!("{a}.{}", b.checked_sub(1)?)))),
        ("E02-57", |name| numbers(name).map(|(a, b)| format!("{a}.{b}"))),
    ];
    if within(THRESHOLDS, listed, right) {
        return Vec::new();
    }
    let fits = |rename| renamed(rename).is_some_and(|renamed| within(THRESHOLDS, &renamed, right));
    forms.into_iter().filter(|(_, rename)| fits(*rename)).map(|(mistake, _)| mistake).collect()
}

/// The two numbers in a name, whatever stands around them.
fn numbers(name: &str) -> Option<(usize, usize)> {
    let mut parts = name.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let both = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.next().is_none().then_some(both)
}

/// The right scores, of which a threshold that is not sensible has chosen, or those below it.
fn threshold(listed: &[Listed], right: &Rival) -> Option<&'static str> {
    if within((f64::NEG_INFINITY, f64::INFINITY), listed, right) {
        return (!within(THRESHOLDS, listed, right)).then_some("E02-59");
    }
    let all_but = |of: &Listed| {
        let names = right.scores(&of.cache).into_iter().map(|(name, _)| name);
        Listed { cache: of.cache.clone(), names: names.filter(|name| !of.names.contains(name)).collect() }
    };
    let others: Vec<Listed> = listed.iter().map(all_but).collect();
    within(THRESHOLDS, &others, right).then_some("E02-60")
}

/// Only some of the right heads: the best one of each cache, those of some layers, or as many as the batch has items.
fn selection(listed: &[Listed], right: &Rival) -> Option<&'static str> {
    if listed.iter().all(|of| of.names.len() == 1 && Some(&of.names[0]) == best(right, &of.cache).as_ref()) {
        return Some("E02-62");
    }
    type Chosen = fn((usize, usize), &ActivationCache) -> bool;
    let selections: [(&str, Chosen); 5] = [
        ("E02-5", |(layer, _), _| layer < 1),
        ("E02-5", |(layer, _), _| layer < 2),
        ("E02-5", |(layer, _), _| layer > 0),
        ("E02-5", |(layer, _), cache| layer + 1 == cache.n_layers()),
        ("E02-104", |(_, head), cache| head < cache.view::<Ix4>(("pattern", 0)).dim().0),
    ];
    let only = |of: &Listed, chosen: Chosen| {
        let is_chosen = |name: &String| numbers(name).is_some_and(|head| chosen(head, &of.cache));
        let names: Vec<_> = named_from(right, &of.cache, THRESHOLDS.1).into_iter().filter(is_chosen).collect();
        names.len() == of.names.len() && names.iter().all(|name| of.names.contains(name))
    };
    let mut fits = selections.into_iter().filter(|(_, chosen)| listed.iter().all(|of| only(of, *chosen)));
    fits.next().map(|(mistake, _)| mistake)
}

fn best(right: &Rival, cache: &ActivationCache) -> Option<String> {
    right.scores(cache).into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(name, _)| name)
}

/// Whether one threshold between these two gives all the lists.
fn within((low, high): (f64, f64), listed: &[Listed], rival: &Rival) -> bool {
    let (mut above, mut below) = (high, low);
    for of in listed {
        let scores = rival.scores(&of.cache);
        if of.names.iter().any(|name| scores.iter().all(|(known, _)| known != name)) {
            return false;
        }
        for (name, score) in scores {
            if of.names.contains(&name) { above = above.min(score) } else { below = below.max(score) }
        }
    }
    // Another order of sums moves a score in the last digits, and a threshold between two that are equal is none.
    above - below > NOISE
}
