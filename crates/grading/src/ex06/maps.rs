//! The checks of patches and of the maps that they draw.

use std::time::Duration;

use hooked_transformer::{ActivationCache, HookedTransformer, Tokens};
use ndarray::Array2;

use super::stored::Direction::{Denoising, Noising};
use super::stored::{
    Direction, EMBEDDED, Pair, Patching, SHORT, TINY, direction_words, files, leaves_no_hook, metric, pair, patching,
    tensor, want, words,
};
use super::{C03, C04, C05, C06, C07, C08, Submission, metric as of_logits};
use crate::cases::Cases;
use crate::compare::Want;
use crate::reference::Damaged;
use crate::value::Tensor;

const BY_POSITION: &[&str] = &["layer", "pos"];
const BY_HEAD: &[&str] = &["layer", "head"];

/// Shares of a change of a third of a nat.
const SHARE: f64 = 1e-3;

/// A map of the embedded model takes some sixty runs.
const LIMIT: Duration = Duration::from_secs(120);

/// A function that draws a map by positions.
type Map = fn(&HookedTransformer, &Tokens, &ActivationCache, &[usize], &[usize]) -> Array2<f32>;

/// The hook in a run for every layer and position, measured by the grader.
pub fn c03_patch_resid_pre(submission: &Submission) -> Cases {
    let hook = submission.patch_resid_pre;
    Cases::of(&C03, |cases| {
        for (key, direction, stored) in directions("resid_pre") {
            let name = format!("{}, {}: one run for each hook", words(key)?, direction_words(direction));
            cases.case_on(
                name,
                want(key, &stored, BY_POSITION),
                move || patching(key, direction),
                move |p| {
                    Array2::from_shape_fn((p.model.cfg().n_layers, p.base.ncols()), |(layer, pos)| {
                        let run = p.model.run(&p.base).hook(hook(&p.source, layer, pos));
                        metric(run.logits().expect("tokens of this model").view(), &p.right, &p.wrong)
                    })
                },
            );
        }
        Ok(())
    })
}

/// Both directions of the tiny models, and a pair of the embedded one.
pub fn c04_residual_map(submission: &Submission) -> Cases {
    let map: Map = submission.residual_map;
    let helpers = *submission;
    Cases::of(&C04, |cases| {
        for (key, direction, stored) in directions("resid_pre") {
            let name = format!("{}, {}", words(key)?, direction_words(direction));
            cases.case_on(
                name,
                want(key, &stored, BY_POSITION),
                move || patching(key, direction),
                move |p| map(&p.model, &p.base, &p.source, &p.right, &p.wrong),
            );
        }
        let key = EMBEDDED[1];
        cases.case_without_diagnosis(
            words(key)?,
            want(key, "resid_pre", BY_POSITION),
            move || patching(key, Denoising),
            move |p| map(&p.model, &p.base, &p.source, &p.right, &p.wrong),
        );
        cases.limit(LIMIT);
        leaves_no_hook(cases, move |p| {
            let _map = map(&p.model, &p.base, &p.source, &p.right, &p.wrong);
        });
        cases.uses(of_logits::c01_logit_difference(&helpers));
        cases.uses(c03_patch_resid_pre(&helpers));
        cases.found(|_| {
            let map = &files().ok()?.facts["found"]["word"]["first"]["resid_pre"];
            let at = |layer: usize, pos: usize| map[layer][pos].as_f64();
            Some(format!(
                "Of the way from monkey to princess, the first princess holds {:.2} and the second {:.2} before layer 0. \
                 Before layer 3 it is {:.2} and {:.2}, and the last position has {:.2}: layer 2 moves the noun.",
                at(0, 5)?,
                at(0, 15)?,
                at(3, 5)?,
                at(3, 15)?,
                at(3, 24)?
            ))
        });
        Ok(())
    })
}

/// Attention and MLP of the tiny models.
pub fn c05_output_map(submission: &Submission) -> Cases {
    let map = submission.output_map;
    Cases::of(&C05, |cases| {
        for (key, output) in each(&TINY, &["attn_out", "mlp_out"]) {
            cases.case_on(
                format!("{output} of {}", words(key)?),
                want(key, output, BY_POSITION),
                move || patching(key, Denoising),
                move |p| map(&p.model, &p.base, &p.source, output, &p.right, &p.wrong),
            );
        }
        for (key, output) in [("word", "mlp_out"), ("cue", "attn_out")] {
            cases.case_without_diagnosis(
                format!("{output} of {}", words(key)?),
                want(key, output, BY_POSITION),
                move || patching(key, Denoising),
                move |p| map(&p.model, &p.base, &p.source, output, &p.right, &p.wrong),
            );
        }
        cases.limit(LIMIT);
        leaves_no_hook(cases, move |p| {
            let _map = map(&p.model, &p.base, &p.source, "mlp_out", &p.right, &p.wrong);
        });
        cases.found(|_| {
            let first = &files().ok()?.facts["found"]["word"]["first"];
            let at = |output: &str, layer: usize, pos: usize| first[output][layer][pos].as_f64();
            Some(format!(
                "At the first princess, attention of layer 0 alone brings back {:.2}, its MLP {:.2}. At the last position, \
                 attention of layer 2 brings back {:.2}.",
                at("attn_out", 0, 5)?,
                at("mlp_out", 0, 5)?,
                at("attn_out", 2, 24)?
            ))
        });
        Ok(())
    })
}

/// Every vector of a head, in the tiny models; `z` in both directions, and of the embedded model.
pub fn c06_head_map(submission: &Submission) -> Cases {
    let map = submission.head_map;
    Cases::of(&C06, |cases| {
        for (key, vector) in each(&TINY, &["z", "q", "k", "v", "pattern"]) {
            cases.case_on(
                format!("{vector} of {}", words(key)?),
                want(key, vector, BY_HEAD),
                move || patching(key, Denoising),
                move |p| map(&p.model, &p.base, &p.source, vector, &p.right, &p.wrong),
            );
        }
        for vector in ["v", "pattern"] {
            cases.case_without_diagnosis(
                format!("{vector} of {}", words(SHORT)?),
                want(SHORT, vector, BY_HEAD),
                move || patching(SHORT, Denoising),
                move |p| map(&p.model, &p.base, &p.source, vector, &p.right, &p.wrong),
            );
        }
        for (key, stored, direction) in [("word", "z", Denoising), ("cue", "z_noising", Noising)] {
            cases.case_without_diagnosis(
                format!("z of {}, {}", words(key)?, direction_words(direction)),
                want(key, stored, BY_HEAD),
                move || patching(key, direction),
                move |p| map(&p.model, &p.base, &p.source, "z", &p.right, &p.wrong),
            );
        }
        cases.limit(LIMIT);
        leaves_no_hook(cases, move |p| {
            let _map = map(&p.model, &p.base, &p.source, "pattern", &p.right, &p.wrong);
        });
        cases.found(|_| {
            let found = &files().ok()?.facts["found"];
            let at = |kind: &str, vector: &str, layer: usize, head: usize| {
                found[kind]["heads_by_vector"][vector][layer][head].as_f64()
            };
            Some(format!(
                "Another noun reaches the answer through values: {:.2} through v of 2.1, {:.2} through its pattern. With the \
                 adjectives exchanged it is the other way round: {:.2} through the keys of 2.1, {:.2} through its values.",
                at("word", "v", 2, 1)?,
                at("word", "pattern", 2, 1)?,
                at("cue", "k", 2, 1)?,
                at("cue", "v", 2, 1)?
            ))
        });
        Ok(())
    })
}

/// The tiny models, and the shortest pair of the embedded one.
pub fn c07_head_by_position_map(submission: &Submission) -> Cases {
    let map = submission.head_by_position_map;
    Cases::of(&C07, |cases| {
        for key in TINY {
            cases.case_on(
                words(key)?,
                want(key, "z_by_position", &["layer", "pos", "head"]),
                move || patching(key, Denoising),
                move |p| map(&p.model, &p.base, &p.source, &p.right, &p.wrong),
            );
        }
        cases.case_without_diagnosis(
            words(SHORT)?,
            want(SHORT, "z_by_position", &["layer", "pos", "head"]),
            move || patching(SHORT, Denoising),
            move |p| map(&p.model, &p.base, &p.source, &p.right, &p.wrong),
        );
        cases.limit(LIMIT);
        leaves_no_hook(cases, move |p| {
            let _map = map(&p.model, &p.base, &p.source, &p.right, &p.wrong);
        });
        Ok(())
    })
}

/// A tiny model whose prompts differ enough to be normalized, and a pair of the embedded one.
pub fn c08_sufficient_and_necessary(submission: &Submission) -> Cases {
    let shares = submission.sufficient_and_necessary;
    let helpers = *submission;
    Cases::of(&C08, |cases| {
        let call = move |p: Pair| shares(&p.model, &p.clean, &p.corrupted, &p.right, &p.wrong);
        let exchanged = |p: Pair| Pair { clean: p.corrupted, corrupted: p.clean, ..p };
        let key = TINY[0];
        cases.case_on(words(key)?, move || wanted_shares(key, false), move || pair(key), call);
        // Each prompt may be called the clean one.
        let name = format!("{}, with clean and corrupted exchanged", words(key)?);
        cases.case_on(name, move || wanted_shares(key, true), move || Ok(exchanged(pair(key)?)), call);
        let key = EMBEDDED[1];
        cases.case_without_diagnosis(words(key)?, move || wanted_shares(key, false), move || pair(key), call);
        cases.limit(LIMIT);
        leaves_no_hook(cases, move |p: &Patching| {
            let _shares = shares(&p.model, &p.base, &p.base, &p.right, &p.wrong);
        });
        cases.uses(of_logits::c02_normalize(&helpers));
        cases.uses(c06_head_map(&helpers));
        cases.found(|_| {
            let found = &files().ok()?.facts["found"];
            let at = |kind: &str, map: &str, layer: usize, head: usize| found[kind][map][layer][head].as_f64();
            Some(format!(
                "With another noun, 0.5 brings back {:.2} and takes away {:.2}, and 0.4 {:.2} and {:.2}. With the adjectives \
                 exchanged, 0.4 brings back {:.2} and takes away {:.2}, and 0.5 {:.2} and {:.2}. 2.1 is in both.",
                at("word", "heads_denoising", 0, 5)?,
                1.0 - at("word", "heads_noising", 0, 5)?,
                at("word", "heads_denoising", 0, 4)?,
                1.0 - at("word", "heads_noising", 0, 4)?,
                at("cue", "heads_denoising", 0, 4)?,
                1.0 - at("cue", "heads_noising", 0, 4)?,
                at("cue", "heads_denoising", 0, 5)?,
                1.0 - at("cue", "heads_noising", 0, 5)?
            ))
        });
        Ok(())
    })
}

/// What [`c08_sufficient_and_necessary`] wants, from the stored metrics.
fn wanted_shares(key: &str, exchanged: bool) -> Result<Want, Damaged> {
    let get = |name: &str| tensor(&format!("{key}.{name}"));
    let ends = get("metric")?;
    let (clean, corrupted, denoising, noising) = match exchanged {
        false => (ends.at(&[0]), ends.at(&[1]), get("z")?, get("z_noising")?),
        true => (ends.at(&[1]), ends.at(&[0]), get("z_noising")?, get("z")?),
    };
    let span = clean - corrupted;
    let back = denoising.data.iter().map(|value| (value - corrupted) / span);
    let away = noising.data.iter().map(|value| (clean - value) / span);
    let shape = [2, denoising.shape[0], denoising.shape[1]];
    let axes = &["direction", "layer", "head"];
    Ok(Want::Array { values: Tensor::new(&shape, back.chain(away).collect()), axes, tolerance: SHARE })
}

/// Each tiny model in either direction, with the name of the stored map.
fn directions(name: &'static str) -> Vec<(&'static str, Direction, String)> {
    let both = [(Denoising, name.to_string()), (Noising, format!("{name}_noising"))];
    let of = |key: &'static str| both.clone().map(|(direction, stored)| (key, direction, stored));
    TINY.into_iter().flat_map(of).collect()
}

/// Every pair of a model and a name.
fn each(keys: &[&'static str], names: &[&'static str]) -> Vec<(&'static str, &'static str)> {
    keys.iter().flat_map(|key| names.iter().map(|name| (*key, *name))).collect()
}
