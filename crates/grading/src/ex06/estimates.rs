//! The checks of the first-order estimate, and of how well it agrees with the exact map.

use ndarray::{Array2, Array3};

use super::stored::Direction::Denoising;
use super::stored::{EMBEDDED, TINY, files, leaves_no_hook, patching, want, words};
use super::{C09, C10, C11, Submission};
use crate::cases::Cases;
use crate::compare::Want;
use crate::value::Tensor;

/// Sums of a few products of order one.
const ESTIMATE: f64 = 1e-4;

const CORRELATION: f64 = 1e-4;

/// Three made-up activations in quarters and eighths.
#[derive(Clone, Copy)]
struct MadeUp([usize; 3]);

impl MadeUp {
    fn source(i: [usize; 3]) -> f32 {
        ((3 * i[0] + 5 * i[1] + 7 * i[2] + i[0] * i[2]) % 13) as f32 / 4.0 - 1.5
    }

    fn base(i: [usize; 3]) -> f32 {
        ((2 * i[0] + 7 * i[1] + 4 * i[2] + i[1] * i[2]) % 11) as f32 / 4.0 - 1.0
    }

    fn gradient(i: [usize; 3]) -> f32 {
        ((5 * i[0] + 3 * i[1] + 2 * i[2] + i[0] * i[1]) % 7) as f32 / 8.0 - 0.375
    }

    fn array(self, entry: fn([usize; 3]) -> f32) -> Array3<f32> {
        Array3::from_shape_fn(self.0, |(item, pos, i)| entry([item, pos, i]))
    }

    /// Cell by cell, in double precision.
    fn estimate(self) -> Tensor {
        let [batch, n_pos, d_model] = self.0;
        let cells = move |pos| (0..batch).flat_map(move |item| (0..d_model).map(move |i| [item, pos, i]));
        let product = |i| f64::from(Self::source(i) - Self::base(i)) * f64::from(Self::gradient(i));
        Tensor::new(&[n_pos], (0..n_pos).map(|pos| cells(pos).map(product).sum()).collect())
    }
}

/// Made-up activations and gradients.
pub fn c09_attribution_estimate(submission: &Submission) -> Cases {
    let estimate = submission.attribution_estimate;
    Cases::of(&C09, |cases| {
        for made_up in [MadeUp([1, 4, 3]), MadeUp([2, 5, 4]), MadeUp([3, 2, 6])] {
            let want = move || Want::Array { values: made_up.estimate(), axes: &["pos"], tolerance: ESTIMATE };
            cases.case(format!("made-up activations {:?}", made_up.0), want, move || {
                let [source, base, gradient] =
                    [MadeUp::source, MadeUp::base, MadeUp::gradient].map(|entry| made_up.array(entry));
                estimate(source.view(), base.view(), gradient.view())
            });
        }
        Ok(())
    })
}

/// The tiny models, and a pair of each kind of the embedded one.
pub fn c10_attribution_map(submission: &Submission) -> Cases {
    let map = submission.attribution_map;
    let helpers = *submission;
    Cases::of(&C10, |cases| {
        for key in TINY {
            cases.case_on(
                words(key)?,
                want(key, "estimate", &["layer", "pos"]),
                move || patching(key, Denoising),
                move |p| map(&p.model, &p.base, &p.source, &p.right, &p.wrong),
            );
        }
        for key in EMBEDDED {
            cases.case_without_diagnosis(
                words(key)?,
                want(key, "estimate", &["layer", "pos"]),
                move || patching(key, Denoising),
                move |p| map(&p.model, &p.base, &p.source, &p.right, &p.wrong),
            );
        }
        leaves_no_hook(cases, move |p| {
            let _map = map(&p.model, &p.base, &p.source, &p.right, &p.wrong);
        });
        cases.uses(c09_attribution_estimate(&helpers));
        cases.found(|_| {
            let first = &files().ok()?.facts["found"]["cue"]["first"];
            let at = |map: &str, layer: usize, pos: usize| first[map][layer][pos].as_f64();
            Some(format!(
                "Adjectives exchanged: before layer 3 the last position is estimated at {:.2}, and the exact patch gives {:.2}. \
                 Before layer 0 the estimate at `old` is {:.2} instead of {:.2}: the softmax between the two is not linear.",
                at("estimate", 3, 18)?,
                at("resid_pre", 3, 18)?,
                at("estimate", 0, 12)?,
                at("resid_pre", 0, 12)?
            ))
        });
        Ok(())
    })
}

/// Made-up maps; the wanted numbers are literals.
pub fn c11_correlation(submission: &Submission) -> Cases {
    let correlation = submission.correlation;
    Cases::of(&C11, |cases| {
        let maps: [([usize; 2], &'static [f32], &'static [f32], f64); 6] = [
            ([2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[2.0, 1.0, 4.0, 3.0, 6.0, 5.0], 0.828_571_4),
            (
                [2, 4],
                &[0.0, 5.0, 0.0, 1.0, 0.0, 0.0, 2.0, 0.0],
                &[0.0, -3.0, 1.0, -1.0, 0.5, 0.0, -2.0, 0.0],
                -0.926_612_5,
            ),
            (
                [3, 3],
                &[3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0, 5.0],
                &[2.0, 7.0, 1.0, 8.0, 2.0, 8.0, 1.0, 8.0, 2.5],
                0.170_863_3,
            ),
            ([2, 2], &[10.0, 11.0, 10.0, 12.0], &[-4.0, -4.5, -4.0, -4.25], -0.636_363_6),
            ([2, 2], &[1.0, 2.0, 4.0, 8.0], &[5.0, 7.0, 11.0, 19.0], 1.0),
            ([2, 2], &[1.0, 2.0, 4.0, 8.0], &[-1.0, -4.0, -10.0, -22.0], -1.0),
        ];
        for (shape, estimate, exact, want) in maps {
            let array = move |values: &[f32]| Array2::from_shape_vec(shape, values.to_vec()).expect("they fit");
            let name = format!("{estimate:?} and {exact:?}, each {shape:?}");
            cases.case(
                name,
                move || Want::number(want, CORRELATION),
                move || correlation(array(estimate).view(), array(exact).view()),
            );
        }
        cases.found(|_| {
            let found = &files().ok()?.facts["found"];
            let list = |kind: &str| -> Option<Vec<f64>> {
                found[kind]["correlation_resid_pre"].as_array()?.iter().map(serde_json::Value::as_f64).collect()
            };
            let (word, cue) = (list("word")?, list("cue")?);
            let least = |list: &[f64]| list.iter().copied().fold(1.0, f64::min);
            Some(format!(
                "The estimate of resid_pre correlates with the exact map at {:.2} or more over {} pairs with another noun, and \
                 at {:.2} or more over {} pairs with the adjectives exchanged.",
                least(&word),
                word.len(),
                least(&cue),
                cue.len()
            ))
        });
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::super::stored::{METRIC, tensor};
    use super::*;

    #[test]
    fn the_gradient_at_the_source_gives_another_estimate() {
        for key in TINY {
            let [base, source] =
                ["estimate", "estimate_at_clean"].map(|name| tensor(&format!("{key}.{name}")).unwrap());
            let gaps = base.data.iter().zip(&source.data).map(|(a, b)| (a - b).abs());
            assert!(gaps.fold(0.0, f64::max) > 100.0 * METRIC, "{key}");
        }
    }
}
