//! Text or token ids where a function takes either, one row of them or several: `to_string`, `to_str_tokens` and the like
//! answer one row with one answer, and several with a list, as the classic library does by the rank of a tensor.

use ndarray::{Array1, ArrayView1, ArrayView2};

use super::tokens::Tokens;
use crate::error::Result;

/// One text, or one row of token ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sequence {
    /// Text, to be tokenized.
    Text(String),
    /// Token ids, taken as they are.
    Ids(Vec<usize>),
}

macro_rules! sequence_from {
    ($($from:ty, $given:ident => $sequence:expr $(, $N:ident)?);* $(;)?) => {$(
        impl $(<const $N: usize>)? From<$from> for Sequence {
            fn from($given: $from) -> Self {
                $sequence
            }
        }
    )*};
}
sequence_from! {
    &str, text => Sequence::Text(text.to_string());
    &&str, text => Sequence::Text(text.to_string());
    &String, text => Sequence::Text(text.clone());
    String, text => Sequence::Text(text);
    usize, id => Sequence::Ids(vec![id]);
    Vec<usize>, ids => Sequence::Ids(ids);
    &Vec<usize>, ids => Sequence::Ids(ids.clone());
    &[usize], ids => Sequence::Ids(ids.to_vec());
    [usize; N], ids => Sequence::Ids(ids.to_vec()), N;
    &[usize; N], ids => Sequence::Ids(ids.to_vec()), N;
    Array1<usize>, ids => Sequence::Ids(ids.to_vec());
    &Array1<usize>, ids => Sequence::Ids(ids.to_vec());
    ArrayView1<'_, usize>, ids => Sequence::Ids(ids.to_vec());
}

/// What [`to_string`](crate::HookedTransformer::to_string) and
/// [`to_str_tokens`](crate::HookedTransformer::to_str_tokens) take: everything that converts into a [`Sequence`], and
/// several of them: token ids `[batch, pos]`, lists of texts, lists of rows.
pub trait Sequences {
    /// What the answers come in: `T` itself for one sequence, `Vec<T>` for several.
    type Of<T>;

    /// Asks for the answer to each.
    ///
    /// # Errors
    /// The first error of `answer`.
    fn answer<T>(self, answer: impl FnMut(Sequence) -> Result<T>) -> Result<Self::Of<T>>;
}

impl<S: Into<Sequence>> Sequences for S {
    type Of<T> = T;

    fn answer<T>(self, mut answer: impl FnMut(Sequence) -> Result<T>) -> Result<T> {
        answer(self.into())
    }
}

macro_rules! several_sequences {
    ($($from:ty, $given:ident => $rows:expr $(, $N:ident)?);* $(;)?) => {$(
        impl $(<const $N: usize>)? Sequences for $from {
            type Of<T> = Vec<T>;

            fn answer<T>(self, mut answer: impl FnMut(Sequence) -> Result<T>) -> Result<Vec<T>> {
                let $given = self;
                $rows.into_iter().map(|row| answer(row.into())).collect()
            }
        }
    )*};
}
several_sequences! {
    Tokens, ids => ids.rows();
    &Tokens, ids => ids.rows();
    ArrayView2<'_, usize>, ids => ids.rows();
    Vec<Vec<usize>>, rows => rows;
    &Vec<Vec<usize>>, rows => rows;
    &[Vec<usize>], rows => rows;
    Vec<&str>, texts => texts;
    &Vec<&str>, texts => texts;
    &[&str], texts => texts;
    [&str; N], texts => texts, N;
    &[&str; N], texts => texts, N;
    Vec<String>, texts => texts;
    &Vec<String>, texts => texts;
    &[String], texts => texts;
    [String; N], texts => texts, N;
    &[String; N], texts => texts, N;
}

/// A token by its text, which must be exactly one token, or by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SingleToken {
    /// Its text; a leading space is part of the token.
    Text(String),
    /// Its id.
    Id(usize),
}

impl From<&str> for SingleToken {
    fn from(text: &str) -> Self {
        SingleToken::Text(text.to_string())
    }
}

impl From<&&str> for SingleToken {
    fn from(text: &&str) -> Self {
        SingleToken::Text(text.to_string())
    }
}

impl From<&String> for SingleToken {
    fn from(text: &String) -> Self {
        SingleToken::Text(text.clone())
    }
}

impl From<String> for SingleToken {
    fn from(text: String) -> Self {
        SingleToken::Text(text)
    }
}

impl From<usize> for SingleToken {
    fn from(id: usize) -> Self {
        SingleToken::Id(id)
    }
}
