//! NumPy's default generator: PCG64 (XSL-RR, 128 bits of state), seeded by `SeedSequence`.
//!
//! Sources: O'Neill 2014, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for Random Number
//! Generation"; numpy/random/src/pcg64 and numpy/random/bit_generator.pyx for the seeding; Lemire 2019, "Fast Random
//! Integer Generation in an Interval", for integers without bias.

use serde::{Deserialize, Serialize};

const MULTIPLIER: u128 = 0x2360_ED05_1FC6_5DA4_4385_DF64_9FCC_F645;

/// `numpy.random.default_rng(seed)`. Serializable, so that a checkpoint can hold where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pcg64 {
    #[serde(with = "decimal")]
    state: u128,
    #[serde(with = "decimal")]
    increment: u128,
    /// The high half of the last 64 bits, where only the low half has been used.
    half: Option<u32>,
}

impl Pcg64 {
    /// The generator that NumPy makes of this seed.
    pub fn new(seed: u64) -> Self {
        let words = seed_sequence(seed);
        let wide = |high: u64, low: u64| u128::from(high) << 64 | u128::from(low);
        let (start, stream) = (wide(words[0], words[1]), wide(words[2], words[3]));
        let mut rng = Pcg64 { state: 0, increment: stream << 1 | 1, half: None };
        rng.advance();
        rng.state = rng.state.wrapping_add(start);
        rng.advance();
        rng
    }

    fn advance(&mut self) {
        self.state = self.state.wrapping_mul(MULTIPLIER).wrapping_add(self.increment);
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.advance();
        let (high, low) = ((self.state >> 64) as u64, self.state as u64);
        (high ^ low).rotate_right((high >> 58) as u32)
    }

    /// The next 32 bits: the low half of 64, and then the high half.
    pub fn next_u32(&mut self) -> u32 {
        if let Some(half) = self.half.take() {
            return half;
        }
        let both = self.next_u64();
        self.half = Some((both >> 32) as u32);
        both as u32
    }

    /// `rng.random()`: uniform from 0 up to, but not including, 1.
    pub fn uniform(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// `rng.integers(low, high)`: `high` is not included.
    ///
    /// # Panics
    /// If there is no integer between the two, or more than 2³² of them.
    pub fn integer(&mut self, low: usize, high: usize) -> usize {
        let n = high.checked_sub(low).filter(|&n| n > 0).and_then(|n| u32::try_from(n).ok());
        let n = n.unwrap_or_else(|| panic!("expected 1 to 2^32 - 1 integers to choose from, got {low}..{high}"));
        if n == 1 {
            return low;
        }
        let mut product = u64::from(self.next_u32()) * u64::from(n);
        if (product as u32) < n {
            // Of the 2³² numbers, so many would make some results more likely than others.
            let surplus = (u32::MAX - (n - 1)) % n;
            while (product as u32) < surplus {
                product = u64::from(self.next_u32()) * u64::from(n);
            }
        }
        low + (product >> 32) as usize
    }
}

/// `SeedSequence(seed).generate_state(4, uint64)`.
fn seed_sequence(seed: u64) -> [u64; 4] {
    /// One stream of hash constants.
    struct Hash(u32, u32);
    impl Hash {
        fn of(&mut self, value: u32) -> u32 {
            let value = value ^ self.0;
            self.0 = self.0.wrapping_mul(self.1);
            let value = value.wrapping_mul(self.0);
            value ^ value >> 16
        }
    }
    let mix = |x: u32, y: u32| {
        let mixed = x.wrapping_mul(0xca01_f9dd).wrapping_sub(y.wrapping_mul(0x4973_f715));
        mixed ^ mixed >> 16
    };
    let mut hash = Hash(0x43b0_d7e5, 0x931e_8875);
    let entropy = [seed as u32, (seed >> 32) as u32, 0, 0];
    let mut pool = entropy.map(|word| hash.of(word));
    for from in 0..pool.len() {
        for to in 0..pool.len() {
            if from != to {
                pool[to] = mix(pool[to], hash.of(pool[from]));
            }
        }
    }
    let mut hash = Hash(0x8b51_f9dd, 0x58f3_8ded);
    let words: [u32; 8] = std::array::from_fn(|i| hash.of(pool[i % 4]));
    std::array::from_fn(|i| u64::from(words[2 * i]) | u64::from(words[2 * i + 1]) << 32)
}

/// Numbers of 128 bits as text: JSON readers differ in how many digits of a number they keep.
mod decimal {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &u128, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&value.to_string())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u128, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What NumPy 1.26 draws, with calls that take 64 bits and calls that take 32 in turn.
    #[test]
    fn the_numbers_are_numpys() {
        let mut rng = Pcg64::new(398);
        assert_eq!([rng.uniform(), rng.uniform()], [0.8057635386735315, 0.46383316897848204]);
        assert_eq!([0; 3].map(|_| rng.integer(0, 1000)), [695, 455, 884]);
        assert_eq!((rng.uniform(), rng.integer(8, 128)), (0.6420148835379955, 74));
        assert_eq!([0; 4].map(|_| rng.integer(1, 4096)), [500, 1253, 1096, 868]);
        assert_eq!((rng.uniform(), rng.integer(0, 3_000_000_000)), (0.04040357735735023, 2_035_188_538));
        let mut rng = Pcg64::new((1 << 40) + 5);
        assert_eq!(rng.uniform(), 0.004739459374490829);
        assert_eq!([0; 12].map(|_| rng.integer(0, 7)), [3, 2, 6, 4, 6, 1, 0, 2, 6, 6, 0, 2]);
    }

    #[test]
    fn a_generator_goes_on_from_where_it_was_stored() {
        let mut rng = Pcg64::new(1);
        rng.next_u32();
        let mut again: Pcg64 = serde_json::from_str(&serde_json::to_string(&rng).unwrap()).unwrap();
        assert_eq!([0; 5].map(|_| rng.integer(0, 1 << 30)), [0; 5].map(|_| again.integer(0, 1 << 30)));
    }
}
