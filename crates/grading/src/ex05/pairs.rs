//! The checks of what layer 1 reads, and of its scores by pair of components.

use hooked_transformer::{ActivationCache, HookedTransformer};
use ndarray::{Array3, ArrayView3};

use super::stored::{TINY, tensor, tiny, tiny_and_tokens, want, words};
use super::{C10, C11, Submission};
use crate::cases::Cases;
use crate::compare::Want;
use crate::reference::{self, Damaged};

/// The stream and the scores have entries of a few units.
const STREAM: f64 = 3e-4;

const INPUTS: &[&str] = &["component", "pos", "d_model"];

fn with_cache(key: &'static str) -> Result<(HookedTransformer, ActivationCache), Damaged> {
    let (model, tokens) = tiny_and_tokens(key)?;
    let cache =
        model.run(&tokens).cache().map_err(|error| reference::unusable("the tiny models", &error.to_string()))?;
    Ok((model, cache))
}

/// What wrote the input of layer 1, in the first item and in another.
pub fn c10_layer_1_inputs(submission: &Submission) -> Cases {
    let inputs = submission.layer_1_inputs;
    Cases::of(&C10, |cases| {
        for key in TINY {
            for item in [0, 1] {
                let want = move || -> Result<Want, Damaged> {
                    let all = tensor(&format!("{key}.inputs"))?;
                    let shape = [all.shape[0], all.shape[2], all.shape[3]];
                    let values = all.gather(&shape, |i| vec![i[0], item, i[1], i[2]]);
                    Ok(Want::Array { values, axes: INPUTS, tolerance: STREAM })
                };
                let name = format!("{}, item {item}", words(key)?);
                cases.case_on(name, want, move || with_cache(key), move |(model, cache)| inputs(&model, &cache, item));
            }
        }
        Ok(())
    })
}

/// The scores of some heads, from the stored inputs.
pub fn c11_scores_by_pair(submission: &Submission) -> Cases {
    let scores = submission.scores_by_pair;
    Cases::of(&C11, |cases| {
        for (key, heads) in [("circ_0", vec![3, 1]), ("circ_1", vec![2])] {
            for head in heads {
                let axes = &["query_component", "key_component", "query_pos", "key_pos"];
                let want = want(format!("{key}.pair_scores.{head}"), axes, STREAM);
                let name = format!("{}, head 1.{head}", words(key)?);
                cases.case_on(
                    name,
                    want,
                    move || Ok((tiny(key)?, stored_inputs(key)?)),
                    move |(model, inputs)| scores(&model, head, inputs.view()),
                );
            }
        }
        // Fewer components than heads: nothing is to be taken from the model but its weights.
        let some = |inputs: ArrayView3<f32>| inputs.slice_move(ndarray::s![1..3, ..4, ..]).to_owned();
        let want = || -> Result<Want, Damaged> {
            let all = tensor("circ_1.pair_scores.2")?;
            let values = all.gather(&[2, 2, 4, 4], |i| vec![i[0] + 1, i[1] + 1, i[2], i[3]]);
            Ok(Want::Array {
                values,
                axes: &["query_component", "key_component", "query_pos", "key_pos"],
                tolerance: STREAM,
            })
        };
        let inputs = move || Ok((tiny("circ_1")?, some(stored_inputs("circ_1")?.view())));
        let name = format!("{}, head 1.2, two components and four positions", words("circ_1")?);
        cases.case_on(name, want, inputs, move |(model, inputs)| scores(&model, 2, inputs.view()));
        Ok(())
    })
}

/// What layer 1 of a tiny model reads in item 0. These are the input of a function, so they come from the model itself.
fn stored_inputs(key: &'static str) -> Result<Array3<f32>, Damaged> {
    let (model, cache) = with_cache(key)?;
    let n_heads = model.cfg().n_heads;
    let item = |name: &str| cache[name].view().index_axis_move(ndarray::Axis(0), 0).to_owned();
    let z = item("blocks.0.attn.hook_z");
    let (n_pos, d_model) = (z.shape()[0], model.cfg().d_model);
    let mut inputs = Array3::zeros((2 + n_heads, n_pos, d_model));
    for (component, name) in ["hook_embed", "hook_pos_embed"].into_iter().enumerate() {
        let mut part = inputs.index_axis_mut(ndarray::Axis(0), component);
        part.assign(&item(name).into_dimensionality::<ndarray::Ix2>().expect("one row for each position"));
    }
    for head in 0..n_heads {
        for pos in 0..n_pos {
            for d in 0..d_model {
                let terms = (0..model.cfg().d_head).map(|i| z[[pos, head, i]] * model.W_O()[[0, head, i, d]]);
                inputs[[2 + head, pos, d]] = terms.sum();
            }
        }
    }
    Ok(inputs)
}

#[cfg(test)]
mod tests {
    use super::super::stored::{files, part};
    use super::*;
    use crate::value::Tensor;

    #[test]
    fn parts_of_the_references_differ_from_each_other() {
        for key in TINY {
            let inputs = tensor(&format!("{key}.inputs")).unwrap();
            let n = inputs.shape[0];
            assert_eq!(n, 2 + files().unwrap().tiny_config(key).unwrap().n_heads);
            let parts: Vec<Tensor> = (0..n).map(|i| part(&format!("{key}.inputs"), &[i]).unwrap()).collect();
            for (i, a) in parts.iter().enumerate() {
                for b in &parts[i + 1..] {
                    let furthest = a.data.iter().zip(&b.data).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                    assert!(furthest > 100.0 * STREAM);
                }
            }
        }
    }
}
