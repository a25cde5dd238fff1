//! PyTorch's generator on a CPU, the Mersenne Twister, and what PyTorch makes of its numbers.
//!
//! Sources: Matsumoto and Nishimura 1998, "Mersenne Twister"; PyTorch's ATen/core/MT19937RNGEngine.h, and
//! ATen/native/cpu/DistributionTemplates.h for the distributions.

const N: usize = 624;
const M: usize = 397;

/// `torch.Generator().manual_seed(seed)`.
#[derive(Clone, Debug)]
pub struct Mt19937 {
    state: [u32; N],
    next: usize,
}

impl Mt19937 {
    /// The generator that PyTorch makes of this seed, of which it uses the low 32 bits.
    pub fn new(seed: u64) -> Self {
        let mut state = [seed as u32; N];
        for i in 1..N {
            let before = state[i - 1];
            state[i] = 1_812_433_253u32.wrapping_mul(before ^ before >> 30).wrapping_add(i as u32);
        }
        Mt19937 { state, next: N }
    }

    /// The next 32 bits.
    pub fn next_u32(&mut self) -> u32 {
        if self.next == N {
            self.twist();
        }
        let mut y = self.state[self.next];
        self.next += 1;
        y ^= y >> 11;
        y ^= y << 7 & 0x9d2c_5680;
        y ^= y << 15 & 0xefc6_0000;
        y ^ y >> 18
    }

    fn twist(&mut self) {
        for i in 0..N {
            let y = self.state[i] & 0x8000_0000 | self.state[(i + 1) % N] & 0x7fff_ffff;
            let odd = if y & 1 == 1 { 0x9908_b0df } else { 0 };
            self.state[i] = self.state[(i + M) % N] ^ y >> 1 ^ odd;
        }
        self.next = 0;
    }

    /// Uniform from 0 up to, but not including, 1: `torch.rand` of one value.
    pub fn uniform(&mut self) -> f32 {
        (self.next_u32() & ((1 << 24) - 1)) as f32 / (1 << 24) as f32
    }

    /// `torch.randint(low, high, …)` of one value; `high` is not included.
    ///
    /// # Panics
    /// If there is no integer between the two.
    pub fn integer(&mut self, low: usize, high: usize) -> usize {
        assert!(low < high, "expected an integer to choose, got {low}..{high}");
        low + self.next_u32() as usize % (high - low)
    }

    /// `tensor.normal_(std=deviation)`: Box and Muller's method on blocks of 16 uniform numbers, cosines in the first
    /// half of a block and sines in the second. What is left over of a last block is drawn again together with what comes
    /// before it.
    ///
    /// # Panics
    /// With fewer than 16 values, for which PyTorch has another method.
    pub fn normal(&mut self, n: usize, deviation: f32) -> Vec<f32> {
        assert!(n >= 16, "expected at least 16 values, got {n}");
        let mut values: Vec<f32> = (0..n).map(|_| self.uniform()).collect();
        values.chunks_exact_mut(16).for_each(|block| box_muller(block, deviation));
        if !n.is_multiple_of(16) {
            let last = &mut values[n - 16..];
            last.iter_mut().for_each(|value| *value = self.uniform());
            box_muller(last, deviation);
        }
        values
    }

    /// Passes over the numbers that a tensor of `n` values uses when it is made, before its initialization is replaced.
    pub(crate) fn skip(&mut self, n: usize) {
        (0..n).for_each(|_| {
            self.next_u32();
        });
    }
}

fn box_muller(block: &mut [f32], deviation: f32) {
    let (cosines, sines) = block.split_at_mut(8);
    for (first, second) in cosines.iter_mut().zip(sines) {
        let radius = (-2.0 * f64::from(1.0 - *first).ln()).sqrt();
        let angle = 2.0 * std::f64::consts::PI * f64::from(*second);
        *first = deviation * (radius * angle.cos()) as f32;
        *second = deviation * (radius * angle.sin()) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: &[f32], want: &[f32]) {
        assert_eq!(got.len(), want.len());
        let far = got.iter().zip(want).find(|(got, want)| !((*got - *want).abs() <= 2e-6));
        assert!(far.is_none(), "got {got:?}, want {want:?}");
    }

    /// What PyTorch draws, one call after the other; of 20 normal values, the last 16 are drawn twice.
    #[test]
    fn the_numbers_are_pytorchs() {
        let mut rng = Mt19937::new(0);
        assert_eq!([0; 5].map(|_| rng.integer(1, 4096)), [810, 1810, 2199, 4021, 2249]);
        assert_eq!([0; 5].map(|_| rng.integer(1, 4096)), [3580, 3878, 3224, 3008, 2449]);
        let mut rng = Mt19937::new(398);
        assert_eq!([0; 3].map(|_| rng.uniform()), [0.782_783_4, 0.231_232_7, 0.223_231_67]);
        let normal: Vec<f32> = rng.normal(32, 0.5).into_iter().take(10).step_by(3).collect();
        close(&normal, &[-0.139_233_11, -0.270_633_34, 1.076_989_8, 1.004_698_3]);
        let normal: Vec<f32> = rng.normal(20, 2.0).into_iter().step_by(4).collect();
        close(&normal, &[-3.031_993_6, -3.291_742_6, 3.322_442_8, -0.088_231_996, 1.370_577_3]);
        assert_eq!(rng.uniform(), 0.004_585_147);
    }
}
