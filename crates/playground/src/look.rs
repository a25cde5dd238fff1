//! The main picture: tokens, losses, predictions, patterns and scores, before and after edits.

use hooked_transformer::{Result, log_softmax};
use ndarray::{Array3, Array4, ArrayView2, ArrayView4, Axis, Ix4, s};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::edits::Edited;
use crate::loaded::Loaded;
use crate::predictions::{Words, divergence, losses, mean_loss, top};
use crate::request::{Edit, State};
use crate::text_run::{TextRun, of_all_layers};

/// What a head's attention is compared with, in the order of the scores.
const SCORES: [&str; 4] = ["current", "previous", "first", "induction"];

/// Answers [`Request::Look`](crate::Request::Look).
///
/// # Errors
/// A text or an edit does not suit the model.
pub(crate) fn look(loaded: &Loaded, state: &State) -> Result<Answer> {
    let edited = Edited::new(loaded, state)?;
    let mut words = Words::new(&loaded.model);
    let run = &edited.run;
    let before = losses(run.log_probs.view(), &run.ids);
    let mut answer = Answer::default()
        .with("first", tokens_of(run))
        .with("loss", mean_loss(&before))
        .with("top", top(run.log_probs.view(), &mut words)?)
        .with("score_names", SCORES.to_vec());
    answer = match state.edits.is_empty() {
        true => answer.array("scores", scores(run.patterns.view(), &run.ids)).array("patterns", run.patterns.clone()),
        false => after_edits(answer, &edited, &state.edits, &mut words)?,
    };
    if let Some(second) = &edited.second {
        let of_second = losses(second.log_probs.view(), &second.ids);
        answer = answer
            .with("second", tokens_of(second))
            .with("second_loss", mean_loss(&of_second))
            .with("second_top", top(second.log_probs.view(), &mut words)?)
            .array("second_losses", of_second);
    }
    Ok(answer.array("losses", before).with("words", words.into_json()))
}

/// The same numbers from the edited model, and how far each prediction moved. Before the first layer with an edit nothing
/// changes, so the run begins there.
fn after_edits(answer: Answer, edited: &Edited, edits: &[Edit], words: &mut Words<'_>) -> Result<Answer> {
    let run = &edited.run;
    let first = edits.iter().map(|edit| edit.layer).min().unwrap_or(0);
    let kept = |name: &str| name.ends_with("hook_pattern");
    let stream = run.resid_pre(first).to_owned();
    let (logits, cache) = edited.model.run(stream).start_at_layer(first).names_filter(kept).logits_and_cache()?;
    let log_probs = log_softmax(logits.view()).index_axis_move(Axis(0), 0);
    let after = losses(log_probs.view(), &run.ids);
    let mut patterns = run.patterns.clone();
    for (layer, mut pattern) in patterns.outer_iter_mut().enumerate().skip(first) {
        pattern.assign(&cache.try_view::<Ix4>(("pattern", layer))?.index_axis(Axis(0), 0));
    }
    Ok(answer
        .with("edited_loss", mean_loss(&after))
        .with("edited_top", top(log_probs.view(), words)?)
        .array("edited_losses", after)
        .array("divergence", divergence(run.log_probs.view(), log_probs.view()))
        .array("scores", scores(patterns.view(), &run.ids))
        .array("patterns", patterns))
}

fn tokens_of(run: &TextRun) -> Value {
    json!({ "tokens": run.tokens, "ids": run.ids, "cut": run.cut })
}

/// The scores of every head, `[score, layer, head]`: its mean attention to the current, the previous and the first token,
/// and to the token after an earlier occurrence of the current one (NaN where no token comes twice).
fn scores(patterns: ArrayView4<'_, f32>, ids: &[usize]) -> Array3<f32> {
    let (n_layers, n_heads, n, _) = patterns.dim();
    let mut scores = Array3::zeros((SCORES.len(), n_layers, n_heads));
    for layer in 0..n_layers {
        for head in 0..n_heads {
            let of_head = scores_of(patterns.slice(s![layer, head, .., ..]), ids);
            scores.slice_mut(s![.., layer, head]).iter_mut().zip(of_head).for_each(|(out, score)| *out = score);
        }
    }
    debug_assert_eq!(n, ids.len());
    scores
}

fn scores_of(pattern: ArrayView2<'_, f32>, ids: &[usize]) -> [f32; 4] {
    let n = ids.len();
    let mean = |values: &mut dyn Iterator<Item = f32>| {
        let (sum, count) = values.fold((0.0, 0), |(sum, count), x| (sum + x, count + 1));
        sum / count as f32
    };
    let current = mean(&mut pattern.diag().iter().copied());
    let previous = mean(&mut (1..n).map(|query| pattern[[query, query - 1]]));
    let first = mean(&mut pattern.column(0).iter().copied());
    // The first token is the beginning of the text, not a part of it.
    let earlier = |query: usize| (1..query).filter(move |&key| ids[key] == ids[query]).map(|key| key + 1);
    let repeated = (2..n).filter(|&query| earlier(query).next().is_some());
    let induction = mean(&mut repeated.map(|query| earlier(query).map(|key| pattern[[query, key]]).sum()));
    [current, previous, first, induction]
}

/// Answers [`Request::Find`](crate::Request::Find): the scores on random tokens that come twice, where no meaning helps
/// and induction shows. Token by token they are drawn from the whole vocabulary, after the one that begins a text.
///
/// # Errors
/// The model has no tokenizer, or too few positions.
pub(crate) fn find(loaded: &Loaded, seed: u64, length: usize) -> Result<Answer> {
    use rand::{RngExt, SeedableRng};
    let cfg = loaded.model.cfg();
    let length = length.clamp(2, (cfg.n_ctx - 1) / 2);
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let random: Vec<usize> = (0..length).map(|_| rng.random_range(0..cfg.d_vocab)).collect();
    let begin = loaded.model.tokenizer().map_or(0, |tokenizer| tokenizer.bos_token_id());
    let ids: Vec<usize> = [begin].into_iter().chain(random.iter().copied()).chain(random.iter().copied()).collect();
    let cache = loaded.model.run(ids.as_slice()).names_filter(|name: &str| name.ends_with("hook_pattern")).cache()?;
    let patterns: Array4<f32> = of_all_layers(&cache, "pattern")?;
    Ok(Answer::default()
        .with("score_names", SCORES.to_vec())
        .with("ids", ids.clone())
        .with("length", length)
        .array("scores", scores(patterns.view(), &ids)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    /// Two tokens that come twice: `a b a b`. The query at the second `a` looks for the first `b`, and so on.
    #[test]
    fn scores_of_a_small_pattern() {
        let pattern: Array2<f32> = array![
            [1.0, 0.0, 0.0, 0.0, 0.0],
            [0.5, 0.5, 0.0, 0.0, 0.0],
            [0.2, 0.6, 0.2, 0.0, 0.0],
            [0.1, 0.1, 0.7, 0.1, 0.0],
            [0.0, 0.0, 0.1, 0.8, 0.1],
        ];
        let [current, previous, first, induction] = scores_of(pattern.view(), &[9, 1, 2, 1, 2]);
        let close = |got: f32, want: f32| assert!((got - want).abs() <= 1e-6, "got {got}, want {want}");
        close(current, (1.0 + 0.5 + 0.2 + 0.1 + 0.1) / 5.0);
        close(previous, (0.5 + 0.6 + 0.7 + 0.8) / 4.0);
        close(first, (1.0 + 0.5 + 0.2 + 0.1) / 5.0);
        close(induction, (0.7 + 0.8) / 2.0);
        assert!(scores_of(pattern.view(), &[9, 1, 2, 3, 4])[3].is_nan());
    }
}
