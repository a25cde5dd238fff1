//! The checks of text and tokens.

use hooked_transformer::Tokens;

use super::stored::{items, words};
use super::{C03, C04, C05, Submission};
use crate::cases::Cases;

/// The tokens of a text as strings.
pub fn c03_token_strings(submission: &Submission) -> Cases {
    let token_strings = submission.token_strings;
    Cases::of(&C03, |cases| {
        for case in items("token_strings")? {
            let (text, bos): (String, bool) = (case.get("text")?, case.get("bos")?);
            let name = format!("{}, {text:?}, prepend_bos = {bos}", case.model_in_words()?);
            let want = move || Ok(words(case.get("strings")?, "token"));
            case.add(cases, name, want, move || case.model(), move |model| token_strings(model, &text, bos))?;
        }
        Ok(())
    })
}

/// The text of each row of tokens.
pub fn c04_texts_of(submission: &Submission) -> Cases {
    let texts_of = submission.texts_of;
    Cases::of(&C04, |cases| {
        for case in items("texts")? {
            let rows: Vec<Vec<usize>> = case.get("tokens")?;
            let n_pos = rows.first().map_or(0, Vec::len);
            let tokens =
                Tokens::from_shape_vec((rows.len(), n_pos), rows.concat()).map_err(|_| case.lacks("tokens"))?;
            let name = format!("{}, tokens {rows:?}", case.model_in_words()?);
            let want = move || Ok(words(case.get("texts")?, "text"));
            case.add(cases, name, want, move || case.model(), move |model| texts_of(model, &tokens))?;
        }
        Ok(())
    })
}

/// Every position of a token.
pub fn c05_positions_of(submission: &Submission) -> Cases {
    let positions_of = submission.positions_of;
    Cases::of(&C05, |cases| {
        for case in items("positions")? {
            let (text, token): (String, String) = (case.get("text")?, case.get("token")?);
            let name = format!("{}, {token:?} in {text:?}", case.model_in_words()?);
            let want = move || Ok(words(vec![format!("{:?}", case.get::<Vec<usize>>("positions")?)], "positions"));
            case.add(
                cases,
                name,
                want,
                move || case.model(),
                move |model| vec![format!("{:?}", positions_of(model, &text, &token))],
            )?;
        }
        Ok(())
    })
}
