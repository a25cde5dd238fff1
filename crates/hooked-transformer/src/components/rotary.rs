//! Rotary positions: turn pairs of a query's or key's dimensions by an angle that grows with the position.
//!
//! ```text
//! freq_j = base^(j / (rotary_dim/2))        angle = position / freq_j
//! (x, y) -> (x cos - y sin, y cos + x sin)
//! ```
//! With [`RotaryScaling`] the frequencies are lowered, all of them or the low ones, so that greater positions turn no
//! further than those seen in training.
//!
//! A pair is `(x[j], x[j + rotary_dim/2])` (NeoX), or `(x[2j], x[2j+1])` with `rotary_adjacent_pairs` (GPT-J). The dot
//! product of a query and a key then depends on their distance only (Su et al. 2021).

use ndarray::{Array2, Array4, Axis};
use rayon::prelude::*;

use super::positions::Position;
use crate::architecture::config::{HookedTransformerConfig, RotaryScaling};

/// Which way to rotate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    Forward,
    /// By the opposite angle, as gradients are on their way back.
    Back,
}

/// Rotates every head's vector in place by its token's position, also at padding.
///
/// # Shapes
/// - `x`: `[batch, pos, head, d_head]`
/// - `positions`: `[batch, pos]`
pub(crate) fn rotate(
    x: &mut Array4<f32>,
    positions: &Array2<Position>,
    cfg: &HookedTransformerConfig,
    layer: usize,
    turn: Turn,
) {
    let half = cfg.rotary_dim() / 2;
    let frequencies = frequencies(cfg, layer);
    let pair = |j: usize| if cfg.rotary_adjacent_pairs { (2 * j, 2 * j + 1) } else { (j, j + half) };
    x.axis_iter_mut(Axis(0)).into_par_iter().zip(positions.axis_iter(Axis(0))).for_each(|(mut x, positions)| {
        for (mut heads, position) in x.outer_iter_mut().zip(positions) {
            let position = position.index as f32;
            for (j, frequency) in frequencies.iter().enumerate() {
                let (sin, cos) = (position * frequency).sin_cos();
                let sin = if turn == Turn::Back { -sin } else { sin };
                let (first, second) = pair(j);
                for mut head in heads.outer_iter_mut() {
                    let (x, y) = (head[first], head[second]);
                    head[first] = x * cos - y * sin;
                    head[second] = y * cos + x * sin;
                }
            }
        }
    });
}

/// What a position is multiplied by to give each pair's angle.
fn frequencies(cfg: &HookedTransformerConfig, layer: usize) -> Vec<f32> {
    let half = cfg.rotary_dim() / 2;
    let (base, scaling) = cfg.rotation(layer);
    (0..half).map(|j| stretch(1.0 / base.powf(j as f32 / half as f32), scaling)).collect()
}

fn stretch(frequency: f32, scaling: Option<RotaryScaling>) -> f32 {
    match scaling {
        None => frequency,
        Some(RotaryScaling::Linear { factor }) => frequency / factor,
        Some(RotaryScaling::Llama3 { factor, low_freq_factor, high_freq_factor, original_n_ctx }) => {
            // How often the pair turns within the original context: many turns are kept, few are slowed down.
            let turns = original_n_ctx as f32 * frequency / std::f32::consts::TAU;
            let kept = ((turns - low_freq_factor) / (high_freq_factor - low_freq_factor)).clamp(0.0, 1.0);
            (1.0 - kept) * frequency / factor + kept * frequency
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::config::PositionalEmbeddingType;
    use approx::assert_abs_diff_eq;

    fn dot(x: &Array4<f32>, p: usize, y: &Array4<f32>, q: usize) -> f32 {
        (0..4).map(|d| x[[0, p, 0, d]] * y[[0, q, 0, d]]).sum()
    }

    #[test]
    fn scores_depend_on_the_distance_only() {
        for rotary_adjacent_pairs in [false, true] {
            let cfg = HookedTransformerConfig {
                positional_embedding_type: PositionalEmbeddingType::Rotary,
                rotary_adjacent_pairs,
                ..HookedTransformerConfig::new(1, 4, 4, 16, 9)
            };
            let positions = Array2::from_shape_fn((1, 9), |(_, p)| Position { index: p, real: true });
            let mut q = Array4::from_shape_fn((1, 9, 1, 4), |(_, _, _, d)| 0.3 + d as f32);
            let mut k = Array4::from_shape_fn((1, 9, 1, 4), |(_, _, _, d)| 1.7 - d as f32 * 0.4);
            let unrotated = dot(&q, 0, &k, 0);
            rotate(&mut q, &positions, &cfg, 0, Turn::Forward);
            rotate(&mut k, &positions, &cfg, 0, Turn::Forward);
            assert_abs_diff_eq!(dot(&q, 5, &k, 5), unrotated, epsilon = 1e-5);
            assert_abs_diff_eq!(dot(&q, 7, &k, 4), dot(&q, 3, &k, 0), epsilon = 1e-5);
            assert!((dot(&q, 7, &k, 4) - dot(&q, 4, &k, 7)).abs() > 1e-2);
        }
    }
}
