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
