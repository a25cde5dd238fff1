//! Wrong generators of repeated tokens.

use std::hash::{BuildHasher, RandomState};

use hooked_transformer::Tokens;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

fn segment(rng: &mut ChaCha8Rng, seq_len: usize, d_vocab: usize) -> Vec<usize> {
    (0..seq_len).map(|_| rng.random_range(0..d_vocab)).collect()
}

fn stack(rows: &[Vec<usize>]) -> Tokens {
    Tokens::from_shape_fn((rows.len(), rows[0].len()), |(row, pos)| rows[row][pos])
}

/// Rows that are made of a fresh segment each.
fn rows_of(batch: usize, mut row: impl FnMut() -> Vec<usize>) -> Tokens {
    stack(&(0..batch).map(|_| row()).collect::<Vec<_>>())
}

pub fn no_bos(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, _: usize) -> Tokens {
    rows_of(batch, || segment(rng, seq_len, d_vocab).repeat(2))
}

pub fn bos_twice(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    rows_of(batch, || [vec![bos], segment(rng, seq_len, d_vocab)].concat().repeat(2))
}

pub fn independent_halves(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    rows_of(batch, || [vec![bos], segment(rng, 2 * seq_len, d_vocab)].concat())
}

pub fn one_row(rng: &mut ChaCha8Rng, _: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    rows_of(1, || [vec![bos], segment(rng, seq_len, d_vocab).repeat(2)].concat())
}

pub fn bos_is_0(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, _: usize) -> Tokens {
    rows_of(batch, || [vec![0], segment(rng, seq_len, d_vocab).repeat(2)].concat())
}

pub fn doubled(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    let twice = |segment: Vec<usize>| segment.into_iter().flat_map(|id| [id, id]).collect::<Vec<_>>();
    rows_of(batch, || [vec![bos], twice(segment(rng, seq_len, d_vocab))].concat())
}

pub fn backwards(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    rows_of(batch, || {
        let there = segment(rng, seq_len, d_vocab);
        let back: Vec<usize> = there.iter().rev().copied().collect();
        [vec![bos], there, back].concat()
    })
}

pub fn own_generator(_: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    rows_of(batch, || [vec![bos], segment(&mut rng, seq_len, d_vocab).repeat(2)].concat())
}

/// Leaves the caller's generator as it was, so that the next call draws the same.
pub fn copied_generator(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    let mut rng = rng.clone();
    rows_of(batch, || [vec![bos], segment(&mut rng, seq_len, d_vocab).repeat(2)].concat())
}

/// Draws something else each time, whatever the seed.
pub fn unseeded_generator(_: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    let mut rng = ChaCha8Rng::seed_from_u64(RandomState::new().hash_one(batch));
    rows_of(batch, || [vec![bos], segment(&mut rng, seq_len, d_vocab).repeat(2)].concat())
}

pub fn one_segment(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    let row = [vec![bos], segment(rng, seq_len, d_vocab).repeat(2)].concat();
    rows_of(batch, || row.clone())
}

pub fn outside(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    rows_of(batch, || [vec![bos], segment(rng, seq_len, d_vocab + 1).repeat(2)].concat())
}

pub fn part_of_the_vocabulary(
    rng: &mut ChaCha8Rng,
    batch: usize,
    seq_len: usize,
    d_vocab: usize,
    bos: usize,
) -> Tokens {
    rows_of(batch, || [vec![bos], segment(rng, seq_len, d_vocab - 1).repeat(2)].concat())
}

/// BOS, and `change(segment)` twice.
fn rows_with(
    rng: &mut ChaCha8Rng,
    (batch, seq_len, d_vocab, bos): (usize, usize, usize, usize),
    change: impl Fn(Vec<usize>) -> Vec<usize>,
) -> Tokens {
    rows_of(batch, || [vec![bos], change(segment(rng, seq_len, d_vocab)).repeat(2)].concat())
}

/// BOS, and twice a segment whose tokens `draw` gives.
fn rows_drawn(batch: usize, seq_len: usize, bos: usize, mut draw: impl FnMut() -> usize) -> Tokens {
    rows_of(batch, || [vec![bos], (0..seq_len).map(|_| draw()).collect::<Vec<_>>().repeat(2)].concat())
}

pub fn bos_in_the_segment(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    rows_of(batch, || {
        let there = segment(rng, seq_len, d_vocab);
        [&[bos], &there[1..], &there].concat()
    })
}

pub fn once(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    rows_of(batch, || [vec![bos], segment(rng, seq_len, d_vocab)].concat())
}

pub fn whole_row(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    rows_with(rng, (batch, seq_len / 2, d_vocab, bos), |segment| segment)
}

pub fn axes_exchanged(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    rows_with(rng, (batch, seq_len, d_vocab, bos), |segment| segment).reversed_axes()
}

pub fn bos_last(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    rows_of(batch, || [segment(rng, seq_len, d_vocab).repeat(2), vec![bos]].concat())
}

pub fn of_another_row(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    let segments: Vec<_> = (0..batch).map(|_| segment(rng, seq_len, d_vocab)).collect();
    let row = |row: usize| [&[bos], &segments[row][..], &segments[(row + 1) % batch]].concat();
    stack(&(0..batch).map(row).collect::<Vec<_>>())
}

pub fn shifted(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    rows_of(batch, || {
        let there = segment(rng, seq_len, d_vocab);
        [&[bos], &there[..], &there[1..], &there[..1]].concat()
    })
}

pub fn begins_late(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    rows_of(batch, || {
        let there = segment(rng, seq_len, d_vocab);
        [&[bos], &there[..], &[bos], &there[..seq_len - 1]].concat()
    })
}

pub fn last_not_repeated(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    rows_of(batch, || {
        let there = segment(rng, seq_len, d_vocab);
        [&[bos], &there[..], &there[..seq_len - 1], &segment(rng, 1, d_vocab)].concat()
    })
}

pub fn rounded(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    rows_drawn(batch, seq_len, bos, || (rng.random::<f64>() * (d_vocab - 1) as f64).round() as usize)
}

pub fn remainder_of_a_byte(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    rows_drawn(batch, seq_len, bos, || usize::from(rng.random::<u8>()) % d_vocab)
}

pub fn smaller_of_two(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    rows_drawn(batch, seq_len, bos, || rng.random_range(0..d_vocab).min(rng.random_range(0..d_vocab)))
}

pub fn sorted(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    rows_with(rng, (batch, seq_len, d_vocab, bos), |mut segment| {
        segment.sort_unstable();
        segment
    })
}

pub fn counting_up(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    rows_with(rng, (batch, seq_len, d_vocab, bos), |segment| {
        (0..segment.len()).map(|at| (segment[0] + at) % d_vocab).collect()
    })
}

/// No token twice, as long as the vocabulary lasts.
pub fn without_replacement(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    rows_of(batch, || {
        let mut left: Vec<usize> = Vec::new();
        let mut draw = || {
            if left.is_empty() {
                left = (0..d_vocab).collect();
            }
            left.swap_remove(rng.random_range(0..left.len()))
        };
        [vec![bos], (0..seq_len).map(|_| draw()).collect::<Vec<_>>().repeat(2)].concat()
    })
}

pub fn rotated_rows(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    let mut there = segment(rng, seq_len, d_vocab);
    rows_of(batch, || {
        there.rotate_left(1);
        [vec![bos], there.repeat(2)].concat()
    })
}

pub fn added_rows(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    let there = segment(rng, seq_len, d_vocab);
    let row =
        |row: usize| [vec![bos], there.iter().map(|id| (id + row) % d_vocab).collect::<Vec<_>>().repeat(2)].concat();
    stack(&(0..batch).map(row).collect::<Vec<_>>())
}

pub fn three_copies(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    rows_of(batch, || [vec![bos], segment(rng, seq_len, d_vocab).repeat(3)].concat())
}

pub fn two_bos_in_front(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    rows_of(batch, || [vec![bos, bos], segment(rng, seq_len, d_vocab).repeat(2)].concat())
}
