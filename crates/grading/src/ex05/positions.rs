//! The checks of what positions do by themselves: a pattern without tokens, and its lines.

use ndarray::Array2;

use super::stored::{TINY, embedded, files, part, tensor, tiny, words};
use super::tokens::heads;
use super::{C08, C09, Submission};
use crate::cases::Cases;
use crate::compare::Want;
use crate::reference::Damaged;
use crate::value::Tensor;

/// Attention is between 0 and 1.
const ATTENTION: f64 = 1e-5;
/// Positions of the embedded model that are stored.
const EMBEDDED_POSITIONS: usize = 48;

const PATTERN: &[&str] = &["query_pos", "key_pos"];

/// All positions of the tiny models, all but four, and the first ones of the embedded model's layer 0.
pub fn c08_positional_pattern(submission: &Submission) -> Cases {
    let pattern = submission.positional_pattern;
    Cases::of(&C08, |cases| {
        for key in TINY {
            let n_ctx = files()?.tiny_config(key)?.n_ctx;
            for (layer, head) in heads(key)? {
                // No position sees a later one, so the pattern of the first few is the corner of the whole.
                for n_pos in [n_ctx, n_ctx - 4] {
                    let name = format!("{}, head {layer}.{head}, {n_pos} of {n_ctx} positions", words(key)?);
                    let want = move || -> Result<Want, Damaged> {
                        let whole = tensor(&format!("{key}.positions.{layer}.{head}"))?;
                        let values = whole.gather(&[n_pos, n_pos], <[usize]>::to_vec);
                        Ok(Want::Array { values, axes: PATTERN, tolerance: ATTENTION })
                    };
                    cases.case_on(name, want, move || tiny(key), move |model| pattern(&model, layer, head, n_pos));
                }
            }
        }
        for head in [1, 7] {
            let want = move || -> Result<Want, Damaged> {
                Ok(Want::Array { values: part("model.positions", &[head])?, axes: PATTERN, tolerance: 3e-4 })
            };
            let name = format!("head 0.{head} of attn-only-2l-tales, {EMBEDDED_POSITIONS} positions");
            cases.case_without_diagnosis(name, want, embedded, move |model| {
                pattern(&model, 0, head, EMBEDDED_POSITIONS)
            });
        }
        Ok(())
    })
}

/// Made-up patterns whose lines have different means and different lengths.
pub fn c09_attention_by_distance(submission: &Submission) -> Cases {
    let by_distance = submission.attention_by_distance;
    Cases::of(&C09, |cases| {
        for (n_pos, n_distances) in [(4, 3), (6, 6), (5, 1)] {
            let want = move || {
                let mean = |distance: usize| {
                    let cells = (distance..n_pos).map(|query| entry(query, query - distance));
                    cells.sum::<f64>() / (n_pos - distance) as f64
                };
                let values = Tensor::new(&[n_distances], (0..n_distances).map(mean).collect());
                Want::Array { values, axes: &["distance"], tolerance: ATTENTION }
            };
            let name = format!("a made-up pattern of {n_pos} positions, {n_distances} distances");
            cases.case(name, want, move || {
                let pattern = Array2::from_shape_fn((n_pos, n_pos), |(query, key)| entry(query, key) as f32);
                by_distance(pattern.view(), n_distances)
            });
        }
        cases.found(|_| {
            let offsets = &files().ok()?.facts["found"]["offsets"];
            let at = |head: usize, distance: usize| offsets[head][distance].as_f64();
            Some(format!(
                "Positions alone make 0.5 attend to the current token ({:.2}), 0.1 to the previous one ({:.2}) and 0.7 to \
                 the one before that ({:.2}).",
                at(5, 0)?,
                at(1, 1)?,
                at(7, 2)?
            ))
        });
        Ok(())
    })
}

/// No two cells are alike; those above the diagonal are not zero, so that a line on the wrong side shows.
fn entry(query: usize, key: usize) -> f64 {
    ((7 * query + 3 * key + query * key) % 17) as f64 / 16.0 + query as f64 / 64.0
}
