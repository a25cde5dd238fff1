//! The checks of text and tokens.

use hooked_transformer::Tokens;

use super::stored::{cases, words};
use super::{C03, C04, C05, Submission};
use crate::grade::Grading;
use crate::verdict::Check;

/// The tokens of a text as strings.
pub fn c03_token_strings(submission: &Submission) -> Check {
    let token_strings = submission.token_strings;
    let mut grading = Grading::of(&C03);
    for case in cases(&C03, "token_strings")? {
        let (model, text, bos): (_, String, bool) = (case.model()?, case.get("text")?, case.get("bos")?);
        let name = format!("{}, {text:?}, prepend_bos = {bos}", case.model_in_words()?);
        let want = words(case.get("strings")?, "token");
        case.grade(&mut grading, name, want, move || token_strings(model, &text, bos));
    }
    grading.verdict()
}

/// The text of each row of tokens.
pub fn c04_texts_of(submission: &Submission) -> Check {
    let texts_of = submission.texts_of;
    let mut grading = Grading::of(&C04);
    for case in cases(&C04, "texts")? {
        let (model, rows): (_, Vec<Vec<usize>>) = (case.model()?, case.get("tokens")?);
        let n_pos = rows.first().map_or(0, Vec::len);
        let tokens = Tokens::from_shape_vec((rows.len(), n_pos), rows.concat()).map_err(|_| case.lacks("tokens"))?;
        let name = format!("{}, tokens {rows:?}", case.model_in_words()?);
        let want = words(case.get("texts")?, "text");
        case.grade(&mut grading, name, want, move || texts_of(model, &tokens));
    }
    grading.verdict()
}

/// Every position of a token.
pub fn c05_positions_of(submission: &Submission) -> Check {
    let positions_of = submission.positions_of;
    let mut grading = Grading::of(&C05);
    let cases = cases(&C05, "positions")?;
    for case in &cases {
        let (model, text, token): (_, String, String) = (case.model()?, case.get("text")?, case.get("token")?);
        let name = format!("{}, {token:?} in {text:?}", case.model_in_words()?);
        let positions: Vec<usize> = case.get("positions")?;
        let want = words(vec![format!("{positions:?}")], "positions");
        case.grade(&mut grading, name, want, move || vec![format!("{:?}", positions_of(model, &text, &token))]);
    }
    grading.verdict()
}
