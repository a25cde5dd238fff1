//! Text to tokens and back.
//!
//! The beginning-of-sequence token (BOS) is prepended to text unless the caller says otherwise: models rest heads that
//! have nothing to do on the first position, and a text's own first word should not be spent on that. Token arrays are
//! never touched.

use std::path::Path;

use ndarray::Array2;

use crate::error::{Error, Result};

/// Token ids, `[batch, pos]`.
pub type Tokens = Array2<usize>;

/// What stands for BOS, EOS and padding in the absence of a better word: GPT-2's only special token.
const END_OF_TEXT: &str = "<|endoftext|>";

/// Where shorter rows of a batch are filled up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum PaddingSide {
    /// Before the text: the last position of every row is real, as generation needs it.
    Left,
    /// After the text.
    #[default]
    Right,
}

/// Token ids of several texts of unequal length, with what is real and what is padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenBatch {
    /// `[batch, pos]`
    pub tokens: Tokens,
    /// `[batch, pos]`, false at padding; `None` if nothing is padded.
    pub mask: Option<Array2<bool>>,
}

/// One or several texts.
#[derive(Clone)]
pub struct Texts(pub Vec<String>);

impl From<&str> for Texts {
    fn from(text: &str) -> Self {
        Texts(vec![text.to_string()])
    }
}

impl From<&&str> for Texts {
    fn from(text: &&str) -> Self {
        Texts(vec![text.to_string()])
    }
}

impl From<std::borrow::Cow<'_, str>> for Texts {
    fn from(text: std::borrow::Cow<'_, str>) -> Self {
        Texts(vec![text.into_owned()])
    }
}

impl From<&String> for Texts {
    fn from(text: &String) -> Self {
        Texts(vec![text.clone()])
    }
}

impl From<String> for Texts {
    fn from(text: String) -> Self {
        Texts(vec![text])
    }
}

impl<T: AsRef<str>> From<&[T]> for Texts {
    fn from(texts: &[T]) -> Self {
        Texts(texts.iter().map(|text| text.as_ref().to_string()).collect())
    }
}

impl<T: AsRef<str>, const N: usize> From<&[T; N]> for Texts {
    fn from(texts: &[T; N]) -> Self {
        Texts::from(texts.as_slice())
    }
}

impl<T: AsRef<str>, const N: usize> From<[T; N]> for Texts {
    fn from(texts: [T; N]) -> Self {
        Texts::from(texts.as_slice())
    }
}

impl<T: AsRef<str>> From<&Vec<T>> for Texts {
    fn from(texts: &Vec<T>) -> Self {
        Texts::from(texts.as_slice())
    }
}

impl<T: AsRef<str>> From<Vec<T>> for Texts {
    fn from(texts: Vec<T>) -> Self {
        Texts::from(texts.as_slice())
    }
}

/// A Hugging Face tokenizer with what a model needs to know about its special tokens.
#[derive(Clone)]
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    bos: usize,
    eos: usize,
    pad: usize,
    /// Whether the tokenizer prepends BOS by itself.
    prepends_bos: bool,
    /// How many tokens a text may have before its end is cut off.
    max_tokens: Option<usize>,
}

impl Tokenizer {
    /// Reads a `tokenizer.json`. Beginning and end of text are the tokens `<|endoftext|>`, or `<s>` and `</s>`; use
    /// [`with_special_tokens`](Self::with_special_tokens) for others.
    ///
    /// # Errors
    /// The file cannot be read, is not a tokenizer, or has none of these tokens.
    #[cfg(feature = "files")]
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let json = std::fs::read(path).map_err(|source| Error::Io { path: path.to_path_buf(), source })?;
        Tokenizer::from_json_of(path, &json)
    }

    /// As [`from_file`](Self::from_file), of the content of a `tokenizer.json`. `path` is what messages call it.
    ///
    /// # Errors
    /// It is not a tokenizer, or has none of these tokens.
    pub(crate) fn from_json_of(path: &Path, json: &[u8]) -> Result<Self> {
        let inner = tokenizers::Tokenizer::from_bytes(json).map_err(|e| Error::Malformed {
            path: path.to_path_buf(),
            problem: format!("not a tokenizer.json: {e}"),
        })?;
        let known = |token: &str| inner.token_to_id(token).is_some();
        let (bos, eos) = match () {
            () if known(END_OF_TEXT) => (END_OF_TEXT, END_OF_TEXT),
            () if known("<s>") && known("</s>") => ("<s>", "</s>"),
            () => {
                return Err(Error::Malformed {
                    path: path.to_path_buf(),
                    problem: format!("its vocabulary has neither `{END_OF_TEXT}` nor `<s>` and `</s>`"),
                });
            }
        };
        Tokenizer::with_special_tokens(inner, bos, eos, eos)
    }

    /// A tokenizer whose special tokens are named.
    ///
    /// Truncation and padding that it was saved with are switched off: they would silently drop or add tokens. See
    /// [`with_truncation`](Self::with_truncation) and [`encode_batch`](Self::encode_batch).
    ///
    /// # Errors
    /// The vocabulary lacks one of them.
    pub fn with_special_tokens(mut inner: tokenizers::Tokenizer, bos: &str, eos: &str, pad: &str) -> Result<Self> {
        inner.with_truncation(None).map_err(refused)?.with_padding(None);
        let id = |token: &str| {
            inner.token_to_id(token).map(|id| id as usize).ok_or_else(|| Error::Tokenizer {
                problem: format!("the vocabulary of {} tokens has no `{token}`", inner.get_vocab_size(true)),
            })
        };
        let (bos, eos, pad) = (id(bos)?, id(eos)?, id(pad)?);
        let empty = inner.encode("", true).map_err(refused)?;
        let prepends_bos = empty.get_ids().first() == Some(&(bos as u32));
        Ok(Tokenizer { inner, bos, eos, pad, prepends_bos, max_tokens: None })
    }

    /// The same tokenizer, which cuts off what a text has beyond so many tokens, BOS included; `None` means never. The
    /// classic library cuts at the model's `n_ctx`; here nothing is cut unless this says so, and a run on a longer text
    /// is an error.
    pub fn with_truncation(mut self, max_tokens: impl Into<Option<usize>>) -> Self {
        self.max_tokens = max_tokens.into();
        self
    }

    /// The id that marks the beginning of a text.
    pub fn bos_token_id(&self) -> usize {
        self.bos
    }

    /// The id that marks the end of a text.
    pub fn eos_token_id(&self) -> usize {
        self.eos
    }

    /// The id that fills up shorter rows.
    pub fn pad_token_id(&self) -> usize {
        self.pad
    }

    /// One more than the highest id of the vocabulary, as the classic library counts `d_vocab`.
    pub fn d_vocab(&self) -> usize {
        self.inner.get_vocab(true).into_values().max().map_or(0, |id| id as usize + 1)
    }

    /// The lowest id of the vocabulary; `None` if it is empty.
    pub(crate) fn lowest_id(&self) -> Option<usize> {
        self.inner.get_vocab(true).into_values().min().map(|id| id as usize)
    }

    /// The token ids of a text.
    ///
    /// # Errors
    /// The tokenizer refuses the text.
    pub fn encode(&self, text: &str, prepend_bos: bool) -> Result<Vec<usize>> {
        let encoding = self.inner.encode(text, self.prepends_bos && prepend_bos).map_err(refused)?;
        let bos = (prepend_bos && !self.prepends_bos).then_some(self.bos);
        let ids = bos.into_iter().chain(encoding.get_ids().iter().map(|&id| id as usize));
        Ok(ids.take(self.max_tokens.unwrap_or(usize::MAX)).collect())
    }

    /// The id of a text that is exactly one token.
    ///
    /// # Errors
    /// The text is no token or several.
    pub(crate) fn single_token(&self, text: &str) -> Result<usize> {
        match self.encode(text, false)?[..] {
            [id] => Ok(id),
            ref ids => Err(Error::NotOneToken {
                text: text.to_string(),
                tokens: ids.iter().map(|id| self.decode(&[*id])).collect::<Result<_>>()?,
            }),
        }
    }

    /// The text of token ids; special tokens are kept.
    ///
    /// # Errors
    /// An id is outside the vocabulary.
    pub fn decode(&self, tokens: &[usize]) -> Result<String> {
        let ids: Vec<u32> = tokens.iter().map(|&token| self.known_id(token)).collect::<Result<_>>()?;
        self.inner.decode(&ids, false).map_err(refused)
    }

    fn known_id(&self, token: usize) -> Result<u32> {
        let id = u32::try_from(token).ok();
        id.filter(|&id| self.inner.id_to_token(id).is_some()).ok_or_else(|| Error::Tokenizer {
            problem: format!(
                "token id {token} is not in the vocabulary (ids 0 to {})",
                self.d_vocab().saturating_sub(1)
            ),
        })
    }

    /// The tokens of several texts as one array, shorter rows filled up on the side that is asked for. Texts without a
    /// token, and no BOS, give an array without columns.
    ///
    /// # Errors
    /// As [`encode`](Self::encode), or none at all.
    pub fn encode_batch(&self, texts: &Texts, prepend_bos: bool, side: PaddingSide) -> Result<TokenBatch> {
        let rows: Vec<Vec<usize>> = texts.0.iter().map(|text| self.encode(text, prepend_bos)).collect::<Result<_>>()?;
        let n_pos = rows.iter().map(Vec::len).max().unwrap_or(0);
        if rows.is_empty() {
            return Err(Error::EmptyInput { shape: vec![0, 0] });
        }
        let mut tokens = Tokens::from_elem((rows.len(), n_pos), self.pad);
        let mut mask = Array2::from_elem(tokens.dim(), false);
        for (at, row) in rows.iter().enumerate() {
            let start = if side == PaddingSide::Left { n_pos - row.len() } else { 0 };
            for (pos, &token) in row.iter().enumerate() {
                tokens[[at, start + pos]] = token;
                mask[[at, start + pos]] = true;
            }
        }
        let mask = (!mask.iter().all(|&real| real)).then_some(mask);
        Ok(TokenBatch { tokens, mask })
    }

    pub(crate) fn to_json(&self) -> Result<String> {
        self.inner.to_string(false).map_err(refused)
    }
}

fn refused(e: tokenizers::Error) -> Error {
    Error::Tokenizer { problem: e.to_string() }
}
