//! The checks of circuits between tokens: the direct path, the OV circuit, and how well either predicts or copies.

use hooked_transformer::{Complex32, FactoredMatrix};
use ndarray::{Array2, array};

use super::stored::{TINY, embedded, files, part, tensor, tiny, want, words};
use super::{C03, C04, C05, C06, C07, Submission};
use crate::cases::{Cases, Fault};
use crate::compare::Want;
use crate::reference::{self, Damaged};
use crate::value::Tensor;

/// Logits are a few units; double precision against single leaves less than 1e-5.
const LOGIT: f64 = 3e-4;
/// Shares are counted, so only the division rounds.
const SHARE: f64 = 1e-5;
/// Eigenvalues of small random matrices in single precision.
const SCORE: f64 = 1e-3;

/// The direct path of some tokens of the tiny models, in an order that is not that of the vocabulary.
pub fn c03_direct_path(submission: &Submission) -> Cases {
    let direct_path = submission.direct_path;
    Cases::of(&C03, |cases| {
        for (key, tokens) in TINY.into_iter().zip([vec![7, 2, 30, 7], vec![11, 3, 20]]) {
            let chosen = tokens.clone();
            let want = move || -> Result<Want, Damaged> {
                let all = tensor(&format!("{key}.direct_path"))?;
                let values = all.gather(&[chosen.len(), all.shape[1]], |i| vec![chosen[i[0]], i[1]]);
                Ok(Want::Array { values, axes: &["token", "d_vocab"], tolerance: LOGIT })
            };
            let name = format!("{}, after {tokens:?}", words(key)?);
            cases.case_on(name, want, move || tiny(key), move |model| direct_path(&model, &tokens));
        }
        Ok(())
    })
}

/// Made-up logits, then the direct path of the embedded model against what follows in the training books.
pub fn c04_top_k_accuracy(submission: &Submission) -> Cases {
    let (accuracy, direct_path) = (submission.top_k_accuracy, submission.direct_path);
    Cases::of(&C04, |cases| {
        cases.calls_too(&["direct_path"]);
        // The right tokens' ranks are 0, 2, 1 and 3.
        let logits = || {
            array![
                [4.0_f32, -1.0, 0.5, 2.0, 1.0],
                [0.5, 3.0, 2.5, -2.0, 1.5],
                [-4.0, -1.0, -3.0, -2.0, -5.0],
                [1.0, 2.0, 9.0, 3.0, 4.0]
            ]
        };
        for (k, share) in [(1, 0.25), (2, 0.5), (3, 0.75), (4, 1.0)] {
            let name = format!("made-up logits, ranks 0, 2, 1, 3, k = {k}");
            cases.case(name, move || Want::number(share, SHARE), move || accuracy(logits().view(), &[0, 4, 3, 1], k));
        }
        // Ranks 0, 0, 1 and 3: twice as many places hold not twice as many right tokens.
        let name = "made-up logits, ranks 0, 0, 1, 3, k = 2";
        cases.case(name, || Want::number(0.75, SHARE), move || accuracy(logits().view(), &[0, 1, 3, 1], 2));
        let name = "made-up logits of 5 tokens, k = 9";
        cases.case(name, || Want::number(1.0, SHARE), move || accuracy(logits().view(), &[0, 4, 3, 1], 9));
        // Two tokens share the largest logit: both are larger than the right one's.
        let shared = || array![[3.0_f32, 3.0, 2.0, 1.0], [0.0, 1.0, -1.0, -1.0]];
        let name = "two larger logits that are equal, k = 2";
        cases.case(name, || Want::number(0.5, SHARE), move || accuracy(shared().view(), &[2, 0], 2));
        // Equal logits: none is larger, so the right token is a hit.
        let equal = || Array2::from_elem((3, 4), 2.0_f32);
        cases.case("equal logits, k = 1", || Want::number(1.0, SHARE), move || accuracy(equal().view(), &[3, 0, 1], 1));
        let inputs = || -> Result<_, Damaged> {
            let bigrams = reference::json(BIGRAMS)?;
            let ids = |name: &str| -> Result<Vec<usize>, Damaged> {
                let list = bigrams[name].as_array().ok_or_else(|| reference::lacks(BIGRAMS, name))?;
                Ok(list.iter().step_by(EVERY).filter_map(|id| Some(id.as_u64()? as usize)).collect())
            };
            Ok((embedded()?, ids("tokens")?, ids("followers")?))
        };
        for k in [1, 5] {
            let want = move || -> Result<Want, Damaged> {
                let ranks: Vec<f64> = tensor("model.direct_rank")?.data.into_iter().step_by(EVERY).collect();
                let hits = ranks.iter().filter(|rank| **rank < k as f64).count();
                Ok(Want::number(hits as f64 / ranks.len() as f64, 3.0 / ranks.len() as f64))
            };
            let name = format!("the direct path of attn-only-2l-tales by your `direct_path`, k = {k}");
            cases.case_without_diagnosis(name, want, inputs, move |(model, tokens, followers)| {
                accuracy(direct_path(&model, &tokens).view(), &followers, k)
            });
        }
        cases.found(|_| {
            let hits = files().ok()?.facts["found"]["direct_path_hits"].clone();
            Some(format!(
                "Without any attention the model ranks the most frequent next token of the books first for {:.0} % of 240 \
                 tokens, and among the first five for {:.0} %.",
                100.0 * hits["1"].as_f64()?,
                100.0 * hits["5"].as_f64()?
            ))
        });
        Ok(())
    })
}

/// Of the stored tokens one in so many is asked for.
const EVERY: usize = 4;

const BIGRAMS: &str = "reference_data/activations/bigrams.json";

/// The product of a head of each layer, and how thin its factors are.
pub fn c05_ov_circuit(submission: &Submission) -> Cases {
    let ov_circuit = submission.ov_circuit;
    Cases::of(&C05, |cases| {
        for key in TINY {
            let d_head = files()?.tiny_config(key)?.d_head;
            for (layer, head) in heads(key)? {
                let name = format!("{}, head {layer}.{head}", words(key)?);
                let axes = &["attended_token", "predicted_token"];
                let want = want(format!("{key}.ov.{layer}.{head}"), axes, LOGIT);
                cases.case_on(&name, want, move || tiny(key), move |model| ov_circuit(&model, layer, head).ab());
                let asked = cases.ask_on(&name, move || tiny(key), move |model| ov_circuit(&model, layer, head).mdim());
                cases.property(move |answers| {
                    let inner = answers.array(asked)?.data.first().copied().unwrap_or(0.0);
                    if inner <= d_head as f64 {
                        return Ok(());
                    }
                    let evidence = format!(
                        "The entries are right, but the inner axis of the product has {inner} entries; \
                         its rank is at most d_head = {d_head}."
                    );
                    Fault::new(evidence).mistake("E05-21").in_case(&name).found()
                });
            }
        }
        Ok(())
    })
}

/// The stored heads of a tiny model.
pub(super) fn heads(key: &str) -> Result<Vec<(usize, usize)>, Damaged> {
    let files = files()?;
    let lacks = || reference::lacks(files.facts_file, &format!("heads of {key}"));
    let heads = files.facts["ov_heads"][key].as_array().ok_or_else(lacks)?;
    let index = |json: &serde_json::Value| json.as_u64().map(|i| i as usize).ok_or_else(lacks);
    heads.iter().map(|pair| Ok((index(&pair[0])?, index(&pair[1])?))).collect()
}

/// A made-up circuit whose diagonal entries have known ranks, in batches that do and do not divide its rows.
fn ranked() -> FactoredMatrix {
    // The identity on the right: row i of the product is row i of the left factor. The ranks of the diagonal are 0, 1, 0,
    // 2, 3, 0, 1 in its rows.
    let left: Array2<f32> = array![
        [5.0, 1.0, 2.0, 0.0, -1.0, 3.0, 4.0],
        [6.0, 5.0, 2.0, 1.0, 0.0, -1.0, 3.0],
        [1.0, 0.5, 2.0, -3.0, -4.0, -5.0, 1.5],
        [7.0, 9.0, 1.0, 6.0, 2.0, 3.0, 4.0],
        [8.0, 7.0, 6.0, 2.0, 5.0, 4.0, 3.0],
        [-3.0, -2.0, -4.0, -5.0, -6.0, -1.0, -7.0],
        [2.0, 1.0, 0.0, -1.0, 4.0, -2.0, 3.0]
    ];
    FactoredMatrix::new(left, Array2::eye(7)).expect("seven in the middle")
}

/// A made-up circuit, then every head of the embedded model's layer 1.
pub fn c06_diagonal_accuracy(submission: &Submission) -> Cases {
    let (accuracy, ov_circuit) = (submission.diagonal_accuracy, submission.ov_circuit);
    Cases::of(&C06, |cases| {
        cases.calls_too(&["ov_circuit"]);
        for (k, rows_at_once, hits) in [(1, 7, 3.0), (1, 3, 3.0), (2, 3, 5.0), (3, 2, 6.0), (4, 100, 7.0), (2, 1, 5.0)]
        {
            let name =
                format!("a made-up circuit, diagonal ranks 0, 1, 0, 2, 3, 0, 1; k = {k}, {rows_at_once} rows at once");
            cases.case(name, move || Want::number(hits / 7.0, SHARE), move || accuracy(&ranked(), k, rows_at_once));
        }
        for head in [4, 6] {
            let want = move || Ok::<_, Damaged>(Want::number(part("model.copying_top1", &[1, head])?.data[0], 1e-3));
            let name = format!("head 1.{head} of attn-only-2l-tales by your `ov_circuit`, k = 1, 500 rows at once");
            cases.case_without_diagnosis(name, want, embedded, move |model| {
                accuracy(&ov_circuit(&model, 1, head), 1, 500)
            });
        }
        cases.found(|_| {
            let share = part("model.copying_top1", &[1, 4]).ok()?.data[0];
            Some(format!(
                "Head 1.4 copies: whichever of 4096 tokens it attends to, in {:.1} % of them its circuit raises that very \
                 token most.",
                100.0 * share
            ))
        });
        Ok(())
    })
}

/// Circuits with known eigenvalues, then those of the tiny models.
pub fn c07_copying_score(submission: &Submission) -> Cases {
    let score = submission.copying_score;
    Cases::of(&C07, |cases| {
        // A diagonal matrix has its entries as eigenvalues; a rotation by 90 degrees, scaled, has a pair of imaginary ones.
        let diagonal =
            || FactoredMatrix::new(Array2::from_diag(&array![3.0_f32, -1.0, 0.5]), Array2::eye(3)).expect("square");
        cases.case("eigenvalues 3, -1, 0.5", || Want::number(2.5 / 4.5, 1e-4), move || score(&diagonal()));
        let rotating = || {
            let matrix: Array2<f32> = array![[1.0, -2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, -4.0]];
            FactoredMatrix::new(matrix, Array2::eye(3)).expect("square")
        };
        let name = "eigenvalues 1 + 2i, 1 - 2i, -4";
        cases.case(name, || Want::number(-2.0 / (2.0 * 5.0_f64.sqrt() + 4.0), 1e-4), move || score(&rotating()));
        for key in TINY {
            for (layer, head) in heads(key)? {
                let want = move || -> Result<Want, Damaged> {
                    let values = tensor(&format!("{key}.eigenvalues.{layer}.{head}"))?;
                    Ok(Want::number(copying_score(&values), SCORE))
                };
                let circuit = move || -> Result<FactoredMatrix, Damaged> {
                    let model = tiny(key)?;
                    let ov = model.OV().get(layer, head);
                    Ok(ov.left_matmul(model.W_E()).matmul(model.W_U()))
                };
                let name = format!("{}, the OV circuit of head {layer}.{head}", words(key)?);
                cases.case_on(name, want, circuit, move |circuit| score(&circuit));
            }
        }
        Ok(())
    })
}

/// From stored real and imaginary parts, `[n, 2]`.
fn copying_score(values: &Tensor) -> f64 {
    let pairs = values.data.chunks(2).map(|pair| Complex32::new(pair[0] as f32, pair[1] as f32));
    let (sum, size) = pairs.fold((0.0, 0.0), |(sum, size), z| (sum + f64::from(z.re), size + f64::from(z.norm())));
    sum / size
}
