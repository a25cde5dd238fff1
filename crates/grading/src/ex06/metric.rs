//! The checks of the logit difference and of its scale.

use ndarray::Array3;

use super::{C01, C02, Submission};
use crate::cases::Cases;
use crate::compare::Want;

/// Differences of a few nats, averaged.
const DIFFERENCE: f64 = 1e-4;

/// Made-up logits in quarters, so that sums are exact. They differ in every position and item.
fn logits(shape: [usize; 3]) -> Array3<f32> {
    Array3::from_shape_fn(shape, |(item, pos, token)| {
        ((7 * item + 5 * pos + 3 * token + item * token + pos * token) % 17) as f32 / 4.0 - 2.0
    })
}

/// Made-up logits of several batches; the wanted numbers are literals.
pub fn c01_logit_difference(submission: &Submission) -> Cases {
    let difference = submission.logit_difference;
    Cases::of(&C01, |cases| {
        let batches: [([usize; 3], &'static [usize], &'static [usize], f64); 4] = [
            ([1, 4, 9], &[3], &[7], 2.5),
            ([2, 3, 11], &[2, 5], &[9, 0], 1.5),
            ([3, 5, 8], &[6, 1, 4], &[0, 3, 7], -0.0833333),
            ([4, 2, 13], &[12, 2, 9, 5], &[1, 8, 0, 11], 0.5625),
        ];
        for (shape, right, wrong, want) in batches {
            let name = format!("logits {shape:?}, right {right:?}, wrong {wrong:?}");
            cases.case(
                name,
                move || Want::number(want, DIFFERENCE),
                move || difference(logits(shape).view(), right, wrong),
            );
        }
        Ok(())
    })
}

/// Values between the ends, at them and outside of them, with either end the larger.
pub fn c02_normalize(submission: &Submission) -> Cases {
    let normalize = submission.normalize;
    Cases::of(&C02, |cases| {
        let values = [
            (1.5, 4.0, -1.0, 0.5),
            (4.0, 4.0, -1.0, 1.0),
            (-1.0, 4.0, -1.0, 0.0),
            (6.5, 4.0, -1.0, 1.5),
            (-2.0, 4.0, -1.0, -0.2),
            (0.5, -1.5, 2.5, 0.5),
            (1.5, -1.5, 2.5, 0.25),
        ];
        for (value, clean, corrupted, want) in values {
            let name = format!("value {value}, clean {clean}, corrupted {corrupted}");
            cases.case(name, move || Want::number(want, 1e-5), move || normalize(value, clean, corrupted));
        }
        Ok(())
    })
}
