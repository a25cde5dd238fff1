//! The checks of how heads compose: circuits through two heads, composition scores, and those of random heads.

use hooked_transformer::Composition;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::stored::{TINY, embedded, files, part, tiny, want, words};
use super::{C12, C13, C14, Submission};
use crate::cases::{Answers, Asked, Cases, Fault, Holds};
use crate::reference::{self, Damaged};

/// Products of six matrices of a few units.
const CIRCUIT: f64 = 1e-3;
/// Scores are between 0 and 1.
const SCORE: f64 = 1e-5;

/// Circuits through the embedding, through one head, and through two.
pub fn c12_composed_qk_circuit(submission: &Submission) -> Cases {
    let composed = submission.composed_qk_circuit;
    Cases::of(&C12, |cases| {
        for key in TINY {
            let d_head = files()?.tiny_config(key)?.d_head;
            for (query, key_through, head) in stored_circuits(key)? {
                let through =
                    |source: Option<usize>| source.map_or("the embedding".to_string(), |h| format!("head 0.{h}"));
                let (q, k) = (through(query), through(key_through));
                let name = format!("{}, queries through {q}, keys through {k}, head 1.{head}", words(key)?);
                let stored = |source: Option<usize>| source.map_or("e".to_string(), |h| h.to_string());
                let stored = format!("{key}.composed.{}.{}.{head}", stored(query), stored(key_through));
                let want = want(stored, &["query_token", "key_token"], CIRCUIT);
                cases.case_on(
                    &name,
                    want,
                    move || tiny(key),
                    move |model| composed(&model, query, key_through, head).ab(),
                );
                let asked = cases.ask_on(
                    &name,
                    move || tiny(key),
                    move |model| composed(&model, query, key_through, head).mdim(),
                );
                cases.property(move |answers| {
                    let inner = answers.array(asked)?.data.first().copied().unwrap_or(0.0);
                    if inner <= d_head as f64 {
                        return Ok(());
                    }
                    Fault::new(format!(
                        "The entries are right, but the inner axis of the product has {inner} entries; \
                         its rank is at most d_head = {d_head}."
                    ))
                    .in_case(&name)
                    .found()
                });
            }
        }
        cases.found(|_| {
            let diagonal = |q: usize, k: usize| Some(100.0 * part("model.diagonal", &[q, k]).ok()?.data.first()?);
            Some(format!(
                "For head 1.4 the best key of a token is the token itself for {:.0} % of tokens if 0.1 wrote the key; and \
                 for {:.0} % if 0.1 wrote the query and 0.7 the key. Through which tokens do these two pairs match?",
                diagonal(0, 2)?,
                diagonal(2, 8)?
            ))
        });
        Ok(())
    })
}

/// What wrote the queries, what wrote the keys, and the head of layer 1 that reads them.
type Circuit = (Option<usize>, Option<usize>, usize);

fn stored_circuits(key: &str) -> Result<Vec<Circuit>, Damaged> {
    let files = files()?;
    let lacks = || reference::lacks(files.facts_file, &format!("composed circuits of {key}"));
    let circuits = files.facts["composed"][key].as_array().ok_or_else(lacks)?;
    let index = |json: &serde_json::Value| json.as_u64().map(|i| i as usize);
    circuits.iter().map(|c| Ok((index(&c[0]), index(&c[1]), index(&c[2]).ok_or_else(lacks)?))).collect()
}

/// All three kinds on the tiny models, and on the embedded one.
pub fn c13_composition_scores(submission: &Submission) -> Cases {
    let scores = submission.composition_scores;
    let axes: &[&str] = &["layer_0_head", "layer_1_head"];
    Cases::of(&C13, |cases| {
        let kinds = [(Composition::Q, "q"), (Composition::K, "k"), (Composition::V, "v")];
        for key in TINY {
            for (kind, letter) in kinds {
                let want = want(format!("{key}.composition_{letter}"), axes, SCORE);
                let name = format!("{}, {kind:?}-composition", words(key)?);
                cases.case_on(name, want, move || tiny(key), move |model| scores(&model, kind));
            }
        }
        let want = want("model.composition_k", axes, SCORE);
        cases.case_without_diagnosis("attn-only-2l-tales, K-composition", want, embedded, move |model| {
            scores(&model, Composition::K)
        });
        cases.found(|_| {
            let at = |head: usize| part("model.composition_k", &[head, 4]).ok()?.data.first().copied();
            Some(format!(
                "K-composition with 1.4 is {:.3} for 0.1, the previous-token head, but {:.3} for 0.7. A composition score \
                 says that two heads talk, not what they say.",
                at(1)?,
                at(7)?
            ))
        });
        Ok(())
    })
}

/// Any independent draw is right, so no output is compared: what must hold is checked.
pub fn c14_random_composition_scores(submission: &Submission) -> Cases {
    let scores = submission.random_composition_scores;
    Cases::of(&C14, |cases| {
        let ask = |cases: &mut Cases, d_model: usize, d_head: usize, n: usize, seed: u64| {
            let name = format!("d_model = {d_model}, d_head = {d_head}, {n} pairs, seed {seed}");
            let call = move || scores(d_model, d_head, n, &mut ChaCha8Rng::seed_from_u64(seed));
            (cases.ask(name.clone(), call), name, n)
        };
        let narrow = ask(cases, 32, 4, 200, 1);
        let other_seed = ask(cases, 32, 4, 200, 2);
        let again = ask(cases, 32, 4, 200, 1);
        let wide = ask(cases, 24, 12, 100, 3);
        for (asked, name, n) in [narrow.clone(), other_seed.clone(), wide.clone()] {
            cases.property(move |answers| is_a_list_of_scores(answers, asked, &name, n));
        }
        cases.property(move |answers| {
            if answers.array(narrow.0)?.data == answers.array(other_seed.0)?.data {
                return Fault::new("Two different seeds gave the same scores.").mistake("E05-60").found();
            }
            if answers.array(narrow.0)?.data != answers.array(again.0)?.data {
                return Fault::new("The same seed gave other scores the second time.").found();
            }
            Ok(())
        });
        let drawn = cases.ask("what the generator has given after 200 pairs", move || {
            let mut rng = ChaCha8Rng::seed_from_u64(1);
            scores(32, 4, 200, &mut rng);
            rng.get_word_pos() as usize
        });
        cases.property(move |answers| {
            let numbers = answers.array(drawn)?.data.first().copied().unwrap_or(0.0);
            // Four thin matrices a pair. Far fewer are the seeds of other generators, which may give the rest.
            let needed = (4 * 32 * 4 * 200) as f64;
            if numbers >= needed || numbers < needed / 2.0 {
                return Ok(());
            }
            let evidence = format!(
                "For 200 pairs, with d_model 32 and d_head 4, you drew {numbers} numbers. Four matrices for each pair have \
                 {needed} entries, so some pairs share theirs."
            );
            Fault::new(evidence).mistake("E05-116").found()
        });
        for (asked, name, law) in [(narrow.0, narrow.1, NARROW), (wide.0, wide.1, WIDE)] {
            cases.property(move |answers| follows(answers, asked, &name, law));
        }
        Ok(())
    })
}

/// How the scores of random pairs are distributed, by an independent program: 2,000 pairs each, of normal and of uniform
/// entries, which agree within 0.001.
#[derive(Clone, Copy)]
struct Law {
    mean: f64,
    deviation: f64,
}

const NARROW: Law = Law { mean: 0.173, deviation: 0.0341 };
const WIDE: Law = Law { mean: 0.2037, deviation: 0.0177 };

/// Part of the law's mean that the mean of a sample may be off: more than five times its own deviation.
const MEAN_MARGIN: f64 = 0.08;
/// The same of the deviation of a sample of a hundred.
const DEVIATION_MARGIN: f64 = 0.4;

fn is_a_list_of_scores(answers: &Answers<'_>, asked: Asked, name: &str, n: usize) -> Holds {
    let array = answers.array(asked)?;
    if array.shape != [n] {
        return Fault::new(format!("Shape: got {:?}, want [{n}].", array.shape)).in_case(name).found();
    }
    if let Some(odd) = array.data.iter().find(|x| !(**x > 0.0 && **x <= 1.0 + 1e-4)) {
        return Fault::new(format!(
            "A composition score of random heads is above 0 and at most 1; one of these is {odd}."
        ))
        .in_case(name)
        .found();
    }
    if array.data.windows(2).all(|pair| pair[0] == pair[1]) {
        return Fault::new("All pairs have the same score.").mistake("E05-58").in_case(name).found();
    }
    Ok(())
}

fn follows(answers: &Answers<'_>, asked: Asked, name: &str, law: Law) -> Holds {
    let data = &answers.array(asked)?.data;
    let n = data.len().max(1) as f64;
    let mean = data.iter().sum::<f64>() / n;
    let deviation = (data.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
    // NaN is off, too.
    let off = |got: f64, want: f64, margin: f64| {
        let near = (got - want).abs() <= margin * want;
        !near
    };
    if off(mean, law.mean, MEAN_MARGIN) {
        let evidence = format!(
            "The mean score is {mean:.3}; pairs of independent heads with entries around zero have {:.3}.",
            law.mean
        );
        // Matrices whose entries are all positive share a direction.
        return Fault::new(evidence).mistake((mean > 0.8).then_some("E05-59")).in_case(name).found();
    }
    if off(deviation, law.deviation, DEVIATION_MARGIN) {
        let evidence = format!(
            "The scores have the right mean, {mean:.3}, but a standard deviation of {deviation:.4}; those of independent \
             heads have {:.4}.",
            law.deviation
        );
        return Fault::new(evidence)
            .mistake((deviation < law.deviation / 3.0).then_some("E05-57"))
            .in_case(name)
            .found();
    }
    Ok(())
}
