//! Are these numbers drawn as they should be? Counts, compared with what an even draw gives.
//!
//! Nothing is left to chance: the generator of a check is seeded, so an answer always gets the same verdict. The bound is
//! the one that a right answer would exceed once in a thousand million seeds.

/// How far counts may be from even before they cannot be luck, for so many degrees of freedom.
///
/// The approximation of Wilson and Hilferty for the tail of chi-squared, at six standard deviations.
fn bound(degrees: f64) -> f64 {
    const DEVIATIONS: f64 = 6.0;
    let spread = 2.0 / (9.0 * degrees);
    degrees * (1.0 - spread + DEVIATIONS * spread.sqrt()).powi(3)
}

/// Whether ids below `n` come equally often, by Pearson's chi-squared; `None` if so, else how often the rarest and the
/// commonest came.
pub(crate) fn uneven(n: usize, ids: impl Iterator<Item = usize>) -> Option<[(usize, usize); 2]> {
    let mut counts = vec![0_usize; n];
    for id in ids.filter(|id| *id < n) {
        counts[id] += 1;
    }
    let expected = counts.iter().sum::<usize>() as f64 / n as f64;
    let chi_squared: f64 = counts.iter().map(|count| (*count as f64 - expected).powi(2) / expected).sum();
    let by_count = || counts.iter().copied().enumerate();
    let rarest = by_count().min_by_key(|(_, count)| *count)?;
    let commonest = by_count().max_by_key(|(_, count)| *count)?;
    (chi_squared > bound(n as f64 - 1.0)).then_some([rarest, commonest])
}

/// Whether the two of a pair have to do with each other: all `n * n` pairs must come equally often.
pub(crate) fn dependent(n: usize, pairs: impl Iterator<Item = (usize, usize)>) -> bool {
    uneven(n * n, pairs.map(|(a, b)| a * n + b)).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    fn draws(count: usize) -> impl Iterator<Item = usize> {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        (0..count).map(move |_| rng.next_u32() as usize)
    }

    #[test]
    fn the_bound_is_that_of_the_tables() {
        // Where the incomplete gamma function gammaincc(k / 2, x / 2) of torch is 1e-9.
        for (degrees, table) in [(10.0, 62.95), (120.0, 237.32), (199.0, 342.84)] {
            assert!((bound(degrees) / table - 1.0).abs() < 0.05, "{degrees}: {}", bound(degrees));
        }
    }

    #[test]
    fn an_even_draw_passes_and_an_uneven_one_does_not() {
        assert!(uneven(11, draws(4000).map(|x| x % 11)).is_none());
        // Rounding gives the first and the last half as often as the others.
        let rounded = |x: usize| (x as f64 / f64::from(u32::MAX) * 10.0).round() as usize;
        let [rarest, _] = uneven(11, draws(4000).map(rounded)).unwrap();
        assert!(rarest.0 == 0 || rarest.0 == 10, "{rarest:?}");
        assert!(uneven(200, draws(20000).map(|x| x % 256 % 200)).is_some());
    }

    #[test]
    fn pairs_that_follow_from_each_other_are_noticed() {
        let all: Vec<usize> = draws(8000).map(|x| x % 11).collect();
        assert!(!dependent(11, all.chunks(2).map(|pair| (pair[0], pair[1]))));
        assert!(dependent(11, all.iter().map(|x| (*x, (x + 1) % 11))));
        assert!(dependent(11, all.chunks(2).filter(|pair| pair[0] != pair[1]).map(|pair| (pair[0], pair[1]))));
    }
}
