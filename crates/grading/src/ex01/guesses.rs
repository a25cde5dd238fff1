//! The checks of what the model guesses.

use super::stored::{OF_COUNTS, items, runs, words};
use super::{C06, C07, Submission};
use crate::cases::Cases;
use crate::compare::Want;
use crate::value::Tensor;

/// Is the largest logit that of the next token? On stored logits.
pub fn c06_guessed_right(submission: &Submission) -> Cases {
    let guessed_right = submission.guessed_right;
    Cases::of(&C06, |cases| {
        for run in runs()? {
            let (case, name) = (run.case, run.in_words()?);
            let of_want = run.clone();
            let want = move || {
                let tokens = of_want.tokens()?;
                let right: Vec<Vec<bool>> = case.get("right")?;
                let shape = [right.len(), right.first().map_or(0, Vec::len)];
                let right = right.concat();
                // If all were right, or all wrong, a constant would do as well.
                let both = right.contains(&true) && right.contains(&false);
                if shape != [tokens.nrows(), tokens.ncols() - 1] || right.len() != shape[0] * shape[1] || !both {
                    return Err(case.lacks("right and wrong guesses [batch, pos - 1]"));
                }
                let values = Tensor::new(&shape, right.into_iter().map(|right| f64::from(u8::from(right))).collect());
                Ok(Want::Array { values, axes: &["batch", "pos"], tolerance: OF_COUNTS })
            };
            let inputs = move || Ok((run.logits()?, run.tokens()?));
            case.add(cases, name, want, inputs, move |(logits, tokens)| guessed_right(&logits, &tokens))?;
        }
        Ok(())
    })
}

/// The tokens of a text that the model guesses.
pub fn c07_tokens_guessed(submission: &Submission) -> Cases {
    let tokens_guessed = submission.tokens_guessed;
    Cases::of(&C07, |cases| {
        cases.uses(c06_guessed_right(submission));
        cases.uses(super::c03_token_strings(submission));
        for case in items("guesses")? {
            let text: String = case.get("text")?;
            let name = format!("{}, {text:?}", case.model_in_words()?);
            let want = move || {
                let (strings, n_pos): (Vec<String>, usize) = (case.get("strings")?, case.get("n_pos")?);
                if strings.is_empty() || strings.len() + 1 >= n_pos {
                    return Err(case.lacks("right and wrong guesses"));
                }
                Ok(words(strings, "token"))
            };
            case.add(cases, name, want, move || case.model(), move |model| tokens_guessed(model, &text))?;
        }
        Ok(())
    })
}
