//! The checks of what the model guesses.

use super::stored::{OF_COUNTS, cases, runs, words};
use super::{C06, C07, Submission};
use crate::compare::Want;
use crate::grade::Grading;
use crate::value::Tensor;
use crate::verdict::Check;

/// Is the largest logit that of the next token? On stored logits.
pub fn c06_guessed_right(submission: &Submission) -> Check {
    let guessed_right = submission.guessed_right;
    let mut grading = Grading::of(&C06);
    for run in runs(&C06)? {
        let (logits, tokens) = (run.logits()?, run.tokens()?);
        let right: Vec<Vec<bool>> = run.case.get("right")?;
        let shape = [right.len(), right.first().map_or(0, Vec::len)];
        let right = right.concat();
        // If all were right, or all wrong, a constant would do as well.
        let both = right.contains(&true) && right.contains(&false);
        if shape != [tokens.nrows(), tokens.ncols() - 1] || right.len() != shape[0] * shape[1] || !both {
            return Err(run.case.lacks("right and wrong guesses [batch, pos - 1]"));
        }
        let values = Tensor::new(&shape, right.into_iter().map(|right| f64::from(u8::from(right))).collect());
        let want = Want::Array { values, axes: &["batch", "pos"], tolerance: OF_COUNTS };
        run.case.grade(&mut grading, run.in_words()?, want, move || guessed_right(&logits, &tokens));
    }
    grading.verdict()
}

/// The tokens of a text that the model guesses.
pub fn c07_tokens_guessed(submission: &Submission) -> Check {
    let tokens_guessed = submission.tokens_guessed;
    let mut grading = Grading::of(&C07);
    for case in cases(&C07, "guesses")? {
        let (model, text): (_, String) = (case.model()?, case.get("text")?);
        let (strings, n_pos): (Vec<String>, usize) = (case.get("strings")?, case.get("n_pos")?);
        if strings.is_empty() || strings.len() + 1 >= n_pos {
            return Err(case.lacks("right and wrong guesses"));
        }
        let name = format!("{}, {text:?}", case.model_in_words()?);
        case.grade(&mut grading, name, words(strings, "token"), move || tokens_guessed(model, &text));
    }
    grading.verdict()
}
