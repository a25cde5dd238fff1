//! The checks of attention recomputed from queries and keys.

use ndarray::{Array4, Ix4};

use super::stored::{OF_PATTERNS, StoredRun, array, runs};
use super::{C10, C11, Submission};
use crate::cases::Cases;
use crate::compare::Want;
use crate::reference::Damaged;
use crate::value::Tensor;

const AXES: &[&str] = &["batch", "head", "query_pos", "key_pos"];

/// The pattern from queries and keys.
pub fn c10_pattern_from_q_and_k(submission: &Submission) -> Cases {
    let pattern_from_q_and_k = submission.pattern_from_q_and_k;
    Cases::of(&C10, |cases| {
        for (index, run) in runs()?.into_iter().enumerate() {
            // The first layer and the last in turn.
            let layer = if index % 2 == 0 { 0 } else { run.n_layers - 1 };
            let (case, name) = (run.case, format!("{}, layer {layer}", run.in_words()?));
            let is_gpt2 = run.name == "gpt2";
            let of_want = run.clone();
            let want = move || Ok(want(of_want.activation("pattern", layer)?));
            let inputs = move || Ok((run.activation("q", layer)?, run.activation("k", layer)?));
            let asked = case.add(cases, name, want, inputs, move |(q, k)| pattern_from_q_and_k(&q, &k))?;
            if is_gpt2 {
                cases.found(move |answers| resting_on_bos(answers.array(asked).ok()?, layer));
            }
        }
        for (arrays, scores) in [("large", "scores around 110"), ("spread", "scores from -120 to 110, row by row")] {
            let stored = move |site: &str| array::<Ix4>(&format!("{arrays}.{site}"));
            let inputs = move || Ok((stored("q")?, stored("k")?));
            let want = move || Ok(want(stored("pattern")?));
            cases.case_on(format!("made-up queries and keys with {scores}"), want, inputs, move |(q, k)| {
                pattern_from_q_and_k(&q, &k)
            });
        }
        Ok(())
    })
}

/// What the patterns of a layer show: how much of the attention goes to the first token.
fn resting_on_bos(pattern: &Tensor, layer: usize) -> Option<String> {
    let &[batch, n_heads, n_pos, _] = &pattern.shape[..] else { return None };
    let rows = (batch * (n_pos - 1)) as f64;
    let of_head = |head: usize| {
        let cells = (0..batch).flat_map(|item| (1..n_pos).map(move |query| (item, query)));
        cells.map(|(item, query)| pattern.at(&[item, head, query, 0])).sum::<f64>() / rows
    };
    let shares: Vec<f64> = (0..n_heads).map(of_head).collect();
    let (head, most) = shares.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
    let mean = shares.iter().sum::<f64>() / n_heads as f64;
    Some(format!(
        "In layer {layer} of gpt2-tales, the heads of this text leave {:.0} % of their attention on BOS on average, and head \
         {layer}.{head} leaves {:.0} %: a head that finds nothing to read rests there.",
        100.0 * mean,
        100.0 * most
    ))
}

fn want(pattern: Array4<f32>) -> Want {
    Want::Array { values: pattern.into(), axes: AXES, tolerance: OF_PATTERNS }
}

/// An entry of a pattern that was changed: its layer, its place, by how much.
type Change = (usize, [usize; 4], f32);

/// The largest difference between what is cached and what queries and keys give. In most of the caches some entries of
/// the patterns were changed, by amounts that are known.
pub fn c11_largest_error(submission: &Submission) -> Cases {
    let submission = *submission;
    Cases::of(&C11, |cases| {
        cases.uses(c10_pattern_from_q_and_k(&submission));
        let runs = runs()?;
        let of = |name: &str| runs.iter().find(|run| run.name == name).ok_or_else(|| runs[0].case.lacks(name));
        let (three_rows, one_row) = (of("toy_3")?, of("toy_1")?);
        let changes: &[Change] =
            &[(0, [0, 1, 5, 2], 0.06), (0, [2, 3, 6, 1], -0.34), (0, [1, 0, 4, 4], 0.15), (1, [1, 2, 7, 3], 0.21)];
        ask(cases, submission, three_rows, &[], 1)?;
        ask(cases, submission, three_rows, changes, 0)?;
        ask(cases, submission, three_rows, changes, 1)?;
        let changes: &[Change] = &[(2, [0, 1, 9, 0], 0.5), (2, [0, 2, 3, 3], -0.27), (0, [0, 3, 8, 5], 0.12)];
        ask(cases, submission, one_row, changes, 2)?;
        // No entry is right, so that the smallest difference is not zero either; the first one is neither the smallest nor
        // the largest.
        for (run, layer) in [(one_row, 0), (three_rows, 1)] {
            let all = run.activation("pattern", layer)?;
            let all = all.indexed_iter().enumerate();
            let all = all.map(|(i, ((item, head, query, key), _))| {
                (layer, [item, head, query, key], 0.1 + 0.01 * ((i + 1) % 5) as f32)
            });
            ask(cases, submission, run, &all.collect::<Vec<_>>(), layer)?;
        }
        // What a broken mask lets through is above the diagonal.
        let changes: &[Change] = &[(1, [0, 2, 3, 7], 0.41), (1, [0, 1, 8, 2], 0.08)];
        ask(cases, submission, one_row, changes, 1)?;
        for run in [of("gpt2")?, of("attn_only")?] {
            ask(cases, submission, run, &[], 0)?;
            ask(cases, submission, run, &[(1, [0, 5, 7, 3], -0.45)], 1)?;
        }
        Ok(())
    })
}

fn ask(
    cases: &mut Cases,
    submission: Submission,
    run: &StoredRun,
    changes: &[Change],
    layer: usize,
) -> Result<(), Damaged> {
    let here = || changes.iter().filter(|(changed, ..)| *changed == layer);
    let largest = here().map(|(.., by)| f64::from(by.abs())).fold(0.0, f64::max);
    let what = match here().count() {
        0 => "nothing changed in it".to_string(),
        1 => "one entry changed by hand".to_string(),
        n => format!("{n} entries changed by hand"),
    };
    let name = format!("{}, layer {layer}, {what}", run.in_words()?);
    let want = move || Ok(Want::number(largest, OF_PATTERNS));
    let (case, run, changes) = (run.case, run.clone(), changes.to_vec());
    let inputs = move || {
        run.cache(|layer, pattern| {
            for (_, place, by) in changes.iter().filter(|(changed, ..)| *changed == layer) {
                pattern[*place] += by;
            }
        })
    };
    case.add(cases, name, want, inputs, move |cache| (submission.largest_error)(&cache, layer))?;
    Ok(())
}
