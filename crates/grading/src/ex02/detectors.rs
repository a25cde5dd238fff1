//! The checks of the four detectors: each must name the heads that attend, on average over batch and queries, along one
//! line of the pattern.

use std::panic::{self, UnwindSafe};

use hooked_transformer::ActivationCache;
use ndarray::Ix4;

use super::rivals::{Listed, diagnose};
use super::stored::stored;
use super::targets::{CURRENT, FIRST, INDUCTION, PREVIOUS, Target, segment, want};
use super::{C08, Submission};
use crate::cases::{Answers, Asked, Cases, Fault, Holds};
use crate::compare::compare;
use crate::reference::Damaged;
use crate::value::Value;

/// Heads that attend to the current token.
pub fn c02_current_attn_detector(submission: &Submission) -> Cases {
    on_texts(CURRENT, submission.current_attn_detector)
}

/// Heads that attend to the previous token.
pub fn c03_prev_attn_detector(submission: &Submission) -> Cases {
    on_texts(PREVIOUS, submission.prev_attn_detector)
}

/// Heads that attend to the first token.
pub fn c04_first_attn_detector(submission: &Submission) -> Cases {
    on_texts(FIRST, submission.first_attn_detector)
}

/// Heads that attend to the token after the previous copy of the current one.
pub fn c08_induction_attn_detector(submission: &Submission) -> Cases {
    let detector = submission.induction_attn_detector;
    Cases::of(&C08, |cases| {
        on_made_up_caches(cases, INDUCTION, move |cache| detector(cache, segment(n_pos(cache))));
        for item in 0..stored()?.count("repeated")? {
            let seq_len = stored()?.number("repeated", item, "seq_len")? as usize;
            let name = format!("random tokens of the model, segment {seq_len}");
            let of = ("repeated", item, format!("repeated_{item}"));
            let asked = on_stored_patterns(cases, INDUCTION, name, of, move |cache| detector(cache, seq_len));
            if item == 0 {
                heads_found(cases, asked, "On repeated random tokens", INDUCTION);
            }
        }
        Ok(())
    })
}

fn n_pos(cache: &ActivationCache) -> usize {
    cache.view::<Ix4>(("pattern", 0)).dim().2
}

fn on_texts(target: Target, detector: fn(&ActivationCache) -> Vec<String>) -> Cases {
    Cases::of(target.check, |cases| {
        on_made_up_caches(cases, target, detector);
        for text in 0..stored()?.count("texts")? {
            let name =
                if text == 0 { "the text of the guide".to_string() } else { format!("another text, number {text}") };
            let asked = on_stored_patterns(cases, target, name, ("texts", text, format!("text_{text}")), detector);
            if text == 0 {
                heads_found(cases, asked, "On the text of the guide", target);
            }
        }
        Ok(())
    })
}

/// Patterns of the embedded model, which an independent program has computed, with their scores.
fn on_stored_patterns(
    cases: &mut Cases,
    target: Target,
    name: String,
    (kind, item, prefix): (&'static str, usize, String),
    detector: impl Fn(&ActivationCache) -> Vec<String> + Send + 'static,
) -> Asked {
    let want = move || Ok::<_, Damaged>(want(stored()?.scores(kind, item, target.fact)?, target.score));
    let inputs = move || {
        let stored = stored()?;
        stored.patterns(&prefix, stored.n_layers(kind, item, target.fact)?)
    };
    cases.case_without_diagnosis(name, want, inputs, move |cache| detector(&cache))
}

/// What a right answer shows.
fn heads_found(cases: &mut Cases, asked: Asked, on: &'static str, target: Target) {
    cases.found(move |answers| {
        let heads = answers.value(asked).ok()?.words()?;
        let head = if heads.len() == 1 { "head" } else { "heads" };
        Some(format!("{on}, by your threshold for the {}: {head} {}.", target.score, heads.join(", ")))
    });
}

/// The made-up caches. On the shortest a wrong answer may panic, which must not hide what the others tell. So it is called
/// twice: first for the property, and after it for the verdict on a panic.
fn on_made_up_caches(
    cases: &mut Cases,
    target: Target,
    detector: impl Fn(&ActivationCache) -> Vec<String> + Copy + Send + UnwindSafe + 'static,
) {
    let names = target.caches().map(|(name, _)| name);
    let call = move |index: usize| move || detector(&target.caches()[index].1);
    let [large, small, uneven, long, short] = [0, 1, 2, 3, 4];
    let mut asked: Vec<_> = [large, small, uneven, long].map(|index| cases.ask(&names[index], call(index))).into();
    asked.push(cases.ask(&names[short], move || match panic::catch_unwind(call(short)) {
        Ok(heads) => Value::from(heads),
        Err(_) => Value::Parts(Vec::new()),
    }));
    cases.property(move |answers| judge(target, answers, &asked));
    cases.ask(&names[short], call(short));
}

/// The first list that is wrong is shown; which mistake it is, all of them tell.
fn judge(target: Target, answers: &Answers<'_>, asked: &[Asked]) -> Holds {
    let mut listed = Vec::new();
    let mut first_fault = None;
    for (asked, (name, cache)) in asked.iter().zip(target.caches()) {
        let answer = answers.value(*asked)?;
        let Some(names) = answer.words() else { continue };
        if let (None, Err(difference)) = (&first_fault, compare(answer, &target.want(&cache))) {
            first_fault = Some(Fault::default().in_case(&name).report(difference.report));
        }
        listed.push(Listed { cache, names: names.to_vec() });
    }
    match first_fault {
        Some(fault) => fault.mistake(diagnose(&listed, &target.right(), &target.rivals())).found(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::super::rivals::{self, Rival};
    use super::super::targets::second_copy;
    use super::*;

    const TARGETS: [Target; 4] = [CURRENT, PREVIOUS, FIRST, INDUCTION];

    /// The heads above a threshold, in all made-up caches.
    fn listed(target: Target, rival: &Rival, threshold: f64) -> Vec<Listed> {
        target
            .caches()
            .map(|(_, cache)| {
                let above = rival.scores(&cache).into_iter().filter(|(_, score)| *score > threshold);
                let names = above.map(|(name, _)| name).collect();
                Listed { cache, names }
            })
            .to_vec()
    }

    fn is_right(target: Target, listed: &[Listed]) -> bool {
        listed.iter().all(|of| compare(&of.names.clone().into(), &target.want(&of.cache)).is_ok())
    }

    #[test]
    fn any_sensible_threshold_is_right() {
        for target in TARGETS {
            for threshold in [0.35, 0.4, 0.45, 0.5] {
                assert!(is_right(target, &listed(target, &target.right(), threshold)), "{} {threshold}", target.fact);
            }
        }
    }

    #[test]
    fn the_stripe_may_begin_with_the_second_copy() {
        let second_copy = Rival::mean_of("", second_copy);
        for threshold in [0.35, 0.5] {
            assert!(is_right(INDUCTION, &listed(INDUCTION, &second_copy, threshold)), "{threshold}");
        }
    }

    /// What counts the cells above a limit is as wrong as what takes the median, whatever the limit is.
    #[test]
    fn a_share_of_bright_cells_is_rejected_whatever_the_limit() {
        for target in TARGETS {
            for limit in
                [0.1, 0.2, 0.25, 0.28, 0.3, 0.35, 0.4, 0.45, 0.5, 0.53, 0.56, 0.58, 0.6, 0.65, 0.7, 0.8, 0.9, 0.95]
            {
                for line in [target.line, target.least] {
                    for threshold in [0.35, 0.4, 0.45, 0.5] {
                        let names = |cache: &ActivationCache| {
                            let shares = made_up::scores(cache, |patterns| {
                                let n_pos = patterns.dim().1;
                                rivals::share_above(limit, &line(n_pos).list(n_pos), patterns)
                            });
                            shares.into_iter().filter(|(_, share)| *share > threshold).map(|(name, _)| name).collect()
                        };
                        let listed = target.caches().map(|(_, cache)| Listed { names: names(&cache), cache });
                        assert!(!is_right(target, &listed), "{}: more than {threshold} above {limit}", target.fact);
                    }
                }
            }
        }
    }

    #[test]
    fn every_wrong_score_is_rejected_and_named_whatever_the_threshold() {
        let mut unlike = Vec::new();
        for target in TARGETS {
            for rival in target.rivals() {
                for threshold in [0.35, 0.4, 0.5] {
                    let listed = listed(target, &rival, threshold);
                    let known = diagnose(&listed, &target.right(), &target.rivals());
                    // A score that is never as high as the threshold lists nothing, which tells nothing about it.
                    let is_empty = listed.iter().all(|of| of.names.is_empty());
                    let wanted = if is_empty { None } else { Some(rival.mistake) };
                    if is_right(target, &listed) || known != wanted {
                        let fitting = rivals::fitting(&listed, &target.right(), &target.rivals());
                        unlike.push(format!("{} of {} above {threshold}: {fitting:?}", rival.mistake, target.fact));
                    }
                }
            }
        }
        assert!(unlike.is_empty(), "{unlike:#?}");
    }
}
