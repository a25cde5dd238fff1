//! How learning rates change over a run: rise, stay, fall.

use serde::{Deserialize, Serialize};

/// The share of the full learning rate, by step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// Steps of rising rate.
    pub warm_up: usize,
    /// The share of the run after which the rate falls, straight to 2 % at the end; `None`: it does not fall.
    pub decay_from: Option<f64>,
}

impl Schedule {
    /// What is left of the rate at the end.
    const FLOOR: f64 = 0.02;

    /// The share at a step of a run of `steps`.
    pub fn scale(&self, step: usize, steps: usize) -> f64 {
        let rising = ((step + 1) as f64 / self.warm_up.max(1) as f64).min(1.0);
        let done = step as f64 / steps as f64;
        let falling = match self.decay_from {
            Some(from) if done >= from => ((1.0 - done) / (1.0 - from)).max(Self::FLOOR),
            _ => 1.0,
        };
        rising * falling
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_rises_stays_and_falls() {
        let schedule = Schedule { warm_up: 100, decay_from: Some(0.4) };
        let at = |step| schedule.scale(step, 6000);
        for (step, want) in [(0, 0.01), (49, 0.5), (99, 1.0), (2399, 1.0), (2400, 1.0), (4200, 0.5), (6000, 0.02)] {
            assert!((at(step) - want).abs() <= 1e-12, "step {step}: {}", at(step));
        }
        assert_eq!(Schedule { warm_up: 0, decay_from: None }.scale(0, 10), 1.0);
    }
}
