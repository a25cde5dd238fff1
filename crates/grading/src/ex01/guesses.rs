//! The checks of what the model guesses.

use hooked_transformer::Tokens;
use ndarray::Array3;

use super::stored::{OF_COUNTS, items, runs, words};
use super::{C06, C07, Submission};
use crate::cases::Cases;
use crate::compare::Want;
use crate::value::Tensor;

/// Is the largest logit that of the next token? On stored logits, and on made-up ones that are all negative.
pub fn c06_guessed_right(submission: &Submission) -> Cases {
    let guessed_right = submission.guessed_right;
    Cases::of(&C06, |cases| {
        for run in runs()? {
            let (case, name, run_name) = (run.case, run.in_words()?, run.name.clone());
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
            let is_gpt2 = run_name == "gpt2";
            let asked = case.add(cases, name, want, inputs, move |(logits, tokens)| guessed_right(&logits, &tokens))?;
            if is_gpt2 {
                cases.found(move |answers| {
                    let right = answers.array(asked).ok()?;
                    let (count, total) = (right.data.iter().filter(|x| **x > 0.0).count(), right.data.len());
                    Some(format!("gpt2-tales guesses {count} of {total} tokens of this text exactly."))
                });
            }
        }
        let call = move || guessed_right(&NEGATIVE.logits(), &NEGATIVE.tokens());
        cases.case("made-up logits, all of them negative, batch 2, 5 positions", || NEGATIVE.want(), call);
        Ok(())
    })
}

/// Logits below zero, of which it is known by construction which is the largest.
struct MadeUp {
    /// The tokens, `[batch][pos]`.
    tokens: [[usize; 5]; 2],
    /// The largest logit at each position.
    guesses: [[usize; 5]; 2],
}

/// Right at the first position of the first row, and at the last two of the second, where the guess is token 0.
const NEGATIVE: MadeUp =
    MadeUp { tokens: [[2, 1, 3, 3, 5], [4, 2, 5, 1, 0]], guesses: [[1, 4, 0, 1, 2], [3, 2, 1, 0, 3]] };

impl MadeUp {
    const D_VOCAB: usize = 6;

    fn tokens(&self) -> Tokens {
        Tokens::from_shape_fn((2, 5), |(row, pos)| self.tokens[row][pos])
    }

    /// The others are further below zero, so that their absolute values are larger.
    fn logits(&self) -> Array3<f32> {
        Array3::from_shape_fn((2, 5, Self::D_VOCAB), |(row, pos, id)| {
            let below = if id == self.guesses[row][pos] { 1 } else { 3 + (2 * id + 3 * pos + row) % 7 };
            -0.5 * below as f32
        })
    }

    fn want(&self) -> Want {
        let right = (0..2).flat_map(|row| (0..4).map(move |pos| (row, pos)));
        let right = right.map(|(row, pos)| f64::from(u8::from(self.guesses[row][pos] == self.tokens[row][pos + 1])));
        Want::Array { values: Tensor::new(&[2, 4], right.collect()), axes: &["batch", "pos"], tolerance: OF_COUNTS }
    }
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
            let (is_made_up, shown) = (case.is_made_up()?, text.clone());
            let asked = case.add(cases, name, want, move || case.model(), move |model| tokens_guessed(model, &text))?;
            if !is_made_up {
                cases.found(move |answers| {
                    let guessed = answers.value(asked).ok()?.words()?;
                    let list: Vec<String> = guessed.iter().take(8).map(|token| format!("{token:?}")).collect();
                    let more = if guessed.len() > list.len() { " and more" } else { "" };
                    Some(format!("Of {shown:?} the model guesses {}{more}.", list.join(", ")))
                });
            }
        }
        Ok(())
    })
}
