//! What a model can be run on: text, several texts, token ids, or a residual stream from part of the way up.

use ndarray::{Array1, Array3, ArrayView1, ArrayView2, Axis};

use crate::text::tokens::{Texts, TokenBatch, Tokens};

/// The input of a run. Everything that makes sense converts into it: `"text"`, `["several", "texts"]`, `&tokens`
/// (`[batch, pos]`), a single row of tokens, or a [`TokenBatch`] with its padding mask.
pub enum Input {
    /// Text, to be tokenized; beginning-of-sequence and padding as the run says.
    Text(Texts),
    /// Token ids, taken as they are.
    Tokens(TokenBatch),
    /// A residual stream `[batch, pos, d_model]` for [`Run::start_at_layer`](crate::Run::start_at_layer).
    Resid(Array3<f32>),
}

macro_rules! input_from_text {
    ($($text:ty),*) => {$(
        impl From<$text> for Input {
            fn from(text: $text) -> Self {
                Input::Text(text.into())
            }
        }
    )*};
}
input_from_text!(&str, &String, String, &[&str], &[String], &Vec<String>, &Vec<&str>, Vec<String>, Vec<&str>);

impl<const N: usize> From<[&str; N]> for Input {
    fn from(texts: [&str; N]) -> Self {
        Input::Text(texts.into())
    }
}

impl<const N: usize> From<&[&str; N]> for Input {
    fn from(texts: &[&str; N]) -> Self {
        Input::Text(texts.into())
    }
}

impl From<Tokens> for Input {
    fn from(tokens: Tokens) -> Self {
        Input::Tokens(TokenBatch { tokens, mask: None })
    }
}

impl From<&Tokens> for Input {
    fn from(tokens: &Tokens) -> Self {
        Input::from(tokens.clone())
    }
}

impl From<ArrayView2<'_, usize>> for Input {
    fn from(tokens: ArrayView2<'_, usize>) -> Self {
        Input::from(tokens.to_owned())
    }
}

impl From<ArrayView1<'_, usize>> for Input {
    fn from(tokens: ArrayView1<'_, usize>) -> Self {
        Input::from(tokens.insert_axis(Axis(0)))
    }
}

impl From<&Array1<usize>> for Input {
    fn from(tokens: &Array1<usize>) -> Self {
        Input::from(tokens.view())
    }
}

impl From<&[usize]> for Input {
    fn from(tokens: &[usize]) -> Self {
        Input::from(ArrayView1::from(tokens))
    }
}

impl From<&Vec<usize>> for Input {
    fn from(tokens: &Vec<usize>) -> Self {
        Input::from(tokens.as_slice())
    }
}

impl From<TokenBatch> for Input {
    fn from(batch: TokenBatch) -> Self {
        Input::Tokens(batch)
    }
}

impl From<&TokenBatch> for Input {
    fn from(batch: &TokenBatch) -> Self {
        Input::Tokens(batch.clone())
    }
}

impl From<Array3<f32>> for Input {
    fn from(resid: Array3<f32>) -> Self {
        Input::Resid(resid)
    }
}

/// One text, or one row of token ids.
pub enum Sequence {
    /// Text, to be tokenized.
    Text(String),
    /// Token ids, taken as they are.
    Ids(Vec<usize>),
}

impl From<&str> for Sequence {
    fn from(text: &str) -> Self {
        Sequence::Text(text.to_string())
    }
}

impl From<&String> for Sequence {
    fn from(text: &String) -> Self {
        Sequence::Text(text.clone())
    }
}

impl From<&[usize]> for Sequence {
    fn from(ids: &[usize]) -> Self {
        Sequence::Ids(ids.to_vec())
    }
}

impl From<&Vec<usize>> for Sequence {
    fn from(ids: &Vec<usize>) -> Self {
        Sequence::Ids(ids.clone())
    }
}

impl From<Vec<usize>> for Sequence {
    fn from(ids: Vec<usize>) -> Self {
        Sequence::Ids(ids)
    }
}

impl From<ArrayView1<'_, usize>> for Sequence {
    fn from(ids: ArrayView1<'_, usize>) -> Self {
        Sequence::Ids(ids.to_vec())
    }
}

impl From<&Array1<usize>> for Sequence {
    fn from(ids: &Array1<usize>) -> Self {
        Sequence::Ids(ids.to_vec())
    }
}
