//! Text to tokens and back, with the tokenizer that belongs to the model.

use std::sync::Arc;

use ndarray::Array1;

use super::hooked_transformer::HookedTransformer;
use crate::components::embed::check_tokens;
use crate::error::{Error, Result};
use crate::text::input::Sequence;
use crate::text::tokens::{PaddingSide, Texts, TokenBatch, Tokenizer, Tokens};

/// Text and tokens.
impl HookedTransformer {
    /// The tokenizer, if there is one.
    pub fn tokenizer(&self) -> Option<&Tokenizer> {
        self.tokenizer.as_deref()
    }

    /// Gives the model a tokenizer.
    ///
    /// # Errors
    /// Its vocabulary is larger than the model's.
    pub fn set_tokenizer(&mut self, tokenizer: Tokenizer) -> Result<()> {
        if tokenizer.d_vocab() > self.cfg.d_vocab {
            return Err(Error::Tokenizer {
                problem: format!(
                    "it has ids up to {}, but the model's vocabulary has d_vocab = {}; is it another model's?",
                    tokenizer.d_vocab() - 1,
                    self.cfg.d_vocab
                ),
            });
        }
        self.tokenizer = Some(Arc::new(tokenizer));
        Ok(())
    }

    fn needs_tokenizer(&self) -> Result<&Tokenizer> {
        self.tokenizer().ok_or(Error::NoTokenizer)
    }

    /// Whether text gets a beginning-of-sequence token: what the caller says, else what the configuration says.
    pub(crate) fn prepends_bos(&self, prepend_bos: Option<bool>) -> bool {
        prepend_bos.unwrap_or(self.cfg.default_prepend_bos)
    }

    /// Token ids of one or several texts. Shorter rows are filled up after their end; for padding on the left, or to
    /// know which tokens are padding, use [`to_token_batch`](Self::to_token_batch). `prepend_bos` of `None` means the
    /// model's default, which is to prepend.
    ///
    /// # Shapes
    /// - output: `[batch, pos]`
    ///
    /// # Errors
    /// There is no tokenizer, or nothing to tokenize.
    pub fn to_tokens(&self, texts: impl Into<Texts>, prepend_bos: impl Into<Option<bool>>) -> Result<Tokens> {
        Ok(self.to_token_batch(texts, prepend_bos, PaddingSide::Right)?.tokens)
    }

    /// Token ids of several texts, with the mask of what is real.
    ///
    /// # Errors
    /// As [`to_tokens`](Self::to_tokens).
    pub fn to_token_batch(
        &self,
        texts: impl Into<Texts>,
        prepend_bos: impl Into<Option<bool>>,
        side: PaddingSide,
    ) -> Result<TokenBatch> {
        self.needs_tokenizer()?.encode_batch(&texts.into(), self.prepends_bos(prepend_bos.into()), side)
    }

    /// The text of token ids, special tokens included.
    ///
    /// # Errors
    /// There is no tokenizer, or an id is outside the vocabulary.
    pub fn to_string(&self, tokens: impl Into<Sequence>) -> Result<String> {
        match tokens.into() {
            Sequence::Text(text) => Ok(text),
            Sequence::Ids(ids) => self.needs_tokenizer()?.decode(&ids),
        }
    }

    /// The tokens of a text, or of token ids, as strings. `prepend_bos` concerns text only.
    ///
    /// # Errors
    /// As [`to_tokens`](Self::to_tokens) and [`to_string`](Self::to_string).
    pub fn to_str_tokens(
        &self,
        sequence: impl Into<Sequence>,
        prepend_bos: impl Into<Option<bool>>,
    ) -> Result<Vec<String>> {
        let tokenizer = self.needs_tokenizer()?;
        let ids = match sequence.into() {
            Sequence::Text(text) => tokenizer.encode(&text, self.prepends_bos(prepend_bos.into()))?,
            Sequence::Ids(ids) => ids,
        };
        ids.iter().map(|id| tokenizer.decode(&[*id])).collect()
    }

    /// The id of a text that is exactly one token. A leading space is part of the token.
    ///
    /// # Errors
    /// The text is no token or several.
    pub fn to_single_token(&self, text: &str) -> Result<usize> {
        let tokenizer = self.needs_tokenizer()?;
        match tokenizer.encode(text, false)?[..] {
            [id] => Ok(id),
            ref ids => Err(Error::NotOneToken {
                text: text.to_string(),
                tokens: ids.iter().map(|id| tokenizer.decode(&[*id])).collect::<Result<_>>()?,
            }),
        }
    }

    /// The text of one token id.
    ///
    /// # Errors
    /// There is no tokenizer, or the id is outside the vocabulary.
    pub fn to_single_str_token(&self, token: usize) -> Result<String> {
        self.needs_tokenizer()?.decode(&[token])
    }

    /// The first position of a token in a text or in token ids. For another occurrence, look through
    /// [`to_tokens`](Self::to_tokens).
    ///
    /// # Errors
    /// `single_token` is not one token, or does not occur.
    pub fn get_token_position(
        &self,
        single_token: &str,
        sequence: impl Into<Sequence>,
        prepend_bos: impl Into<Option<bool>>,
    ) -> Result<usize> {
        let token = self.to_single_token(single_token)?;
        let tokenizer = self.needs_tokenizer()?;
        let ids = match sequence.into() {
            Sequence::Text(text) => tokenizer.encode(&text, self.prepends_bos(prepend_bos.into()))?,
            Sequence::Ids(ids) => ids,
        };
        ids.iter().position(|&id| id == token).ok_or_else(|| Error::TokenNotInPrompt {
            token: single_token.to_string(),
            prompt: ids.iter().map(|id| tokenizer.decode(&[*id]).unwrap_or_default()).collect(),
        })
    }

    /// The direction in the residual stream that raises a token's logit: its column of `W_U`.
    ///
    /// # Shapes
    /// - output: `[d_model]`
    ///
    /// # Errors
    /// The id is outside the vocabulary.
    pub fn token_to_residual_direction(&self, token: usize) -> Result<Array1<f32>> {
        check_tokens(ndarray::arr2(&[[token]]).view(), self.cfg.d_vocab_out())?;
        Ok(self.weights.W_U.column(token).to_owned())
    }
}
