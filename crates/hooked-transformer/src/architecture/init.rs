//! Random weights: what a model is before it has learned anything.
//!
//! Source: TransformerLens `HookedTransformer.init_weights` and `utils.init_*`.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::config::{HookedTransformerConfig, InitMode};
use super::layout::{self, Parameter, Role};
use super::weights::Weights;
use crate::error::Result;

/// Weights drawn as `init_mode` says, from `seed` (0 if there is none).
pub(crate) fn random_weights(cfg: &HookedTransformerConfig) -> Result<Weights> {
    let mut rng = ChaCha8Rng::seed_from_u64(cfg.seed.unwrap_or(0));
    layout::assemble(cfg, |parameter, out| {
        match parameter.role {
            Role::Bias => {}
            Role::Gain => out.fill(1.0),
            Role::Matrix => match Distribution::of(cfg, parameter) {
                Distribution::Normal(std) => out.iter_mut().for_each(|x| *x = std * standard_normal(&mut rng)),
                Distribution::Uniform(max) => out.iter_mut().for_each(|x| *x = max * (2.0 * unit(&mut rng) - 1.0)),
            },
        }
        Ok(())
    })
}

/// What a matrix is drawn from.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Distribution {
    /// By standard deviation.
    Normal(f32),
    /// Between minus and plus this.
    Uniform(f32),
}

impl Distribution {
    fn of(cfg: &HookedTransformerConfig, parameter: &Parameter<'_>) -> Self {
        use Distribution::{Normal, Uniform};
        let (fan_in, fan_out) = fans(parameter.shape);
        let gain = cfg.initializer_range.unwrap_or(1.0);
        match cfg.init_mode {
            InitMode::Gpt2 => Normal(cfg.initializer_range.unwrap_or(0.8 / (cfg.d_model as f32).sqrt())),
            InitMode::XavierUniform => Uniform(gain * (6.0 / (fan_in + fan_out)).sqrt()),
            InitMode::XavierNormal => Normal(gain * (2.0 / (fan_in + fan_out)).sqrt()),
            InitMode::KaimingUniform => Uniform(gain * (6.0 / fan_in).sqrt()),
            InitMode::KaimingNormal => Normal(gain * (2.0 / fan_in).sqrt()),
            InitMode::MuP if parameter.name.contains("embed") => Normal(1.0),
            InitMode::MuP => Normal(1.0 / fan_in.sqrt()),
        }
    }
}

/// How many numbers go into one output of a matrix, and how many outputs a number goes into.
fn fans(shape: &[usize]) -> (f32, f32) {
    match shape {
        [head, d_in, d_out] => (*d_in as f32, (head * d_out) as f32),
        [d_in, d_out] => (*d_in as f32, *d_out as f32),
        other => unreachable!("a matrix has two axes, or three with heads; got {other:?}"),
    }
}

/// A number from 0 up to, but not including, 1.
fn unit(rng: &mut ChaCha8Rng) -> f32 {
    (rng.next_u32() >> 8) as f32 / (1 << 24) as f32
}

/// A sample of the standard normal distribution (Box and Muller's method).
fn standard_normal(rng: &mut ChaCha8Rng) -> f32 {
    // 1 - u is in (0, 1], so the logarithm is finite.
    let radius = (-2.0 * (1.0 - unit(rng)).ln()).sqrt();
    radius * (std::f32::consts::TAU * unit(rng)).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distribution(init_mode: InitMode, range: Option<f32>, name: &str, shape: &[usize]) -> Distribution {
        let cfg = HookedTransformerConfig {
            init_mode,
            initializer_range: range,
            ..HookedTransformerConfig::new(1, 16, 4, 8, 10)
        };
        Distribution::of(&cfg, &Parameter { name, shape, role: Role::Matrix })
    }

    /// TransformerLens's numbers for `W_Q [5, 16, 4]`: fan_in 16, fan_out 20; `W_E [10, 16]`: fan_in 10, fan_out 16.
    #[test]
    fn scales_are_those_of_transformer_lens() {
        use Distribution::{Normal, Uniform};
        let q = ("blocks.0.attn.W_Q", [5, 16, 4].as_slice());
        let embed = ("embed.W_E", [10, 16].as_slice());
        let unembed = ("unembed.W_U", [16, 10].as_slice());
        let cases = [
            (InitMode::Gpt2, None, q, Normal(0.2)),
            (InitMode::Gpt2, Some(0.5), q, Normal(0.5)),
            (InitMode::XavierUniform, None, q, Uniform(0.408_248_3)),
            (InitMode::XavierUniform, Some(2.0), q, Uniform(0.816_496_6)),
            (InitMode::XavierNormal, None, q, Normal(0.235_702_26)),
            (InitMode::XavierNormal, None, embed, Normal(0.277_350_1)),
            (InitMode::KaimingUniform, None, q, Uniform(0.612_372_4)),
            (InitMode::KaimingNormal, Some(0.5), embed, Normal(0.223_606_8)),
            (InitMode::MuP, Some(7.0), q, Normal(0.25)),
            (InitMode::MuP, None, embed, Normal(1.0)),
            (InitMode::MuP, None, unembed, Normal(1.0)),
        ];
        for (mode, range, (name, shape), want) in cases {
            let got = distribution(mode, range, name, shape);
            let near = match (got, want) {
                (Normal(got), Normal(want)) | (Uniform(got), Uniform(want)) => (got - want).abs() <= 1e-6,
                _ => false,
            };
            assert!(near, "{mode:?} {name}: got {got:?}, want {want:?}");
        }
    }

    #[test]
    fn samples_have_the_scale_that_they_are_drawn_with() {
        for (init_mode, std) in
            [(InitMode::Gpt2, 0.1), (InitMode::KaimingUniform, 2f32.sqrt() / 8.0), (InitMode::MuP, 0.125)]
        {
            let cfg = HookedTransformerConfig { init_mode, ..HookedTransformerConfig::new(2, 64, 16, 8, 10) };
            let weights = random_weights(&cfg).unwrap();
            let n = weights.W_Q.len() as f32;
            let mean = weights.W_Q.sum() / n;
            let got = (weights.W_Q.iter().map(|x| x * x).sum::<f32>() / n).sqrt();
            assert!(mean.abs() <= 0.05 * std && (got / std - 1.0).abs() <= 0.05, "{init_mode:?}: {got}, want {std}");
            assert!(weights.b_Q.iter().all(|&b| b == 0.0));
        }
    }
}
