//! Text to tokens and back, with the tokenizer that belongs to the model.

use std::sync::Arc;

use ndarray::{Array, Array1, ArrayView, Axis, Dimension, Zip};

use super::hooked_transformer::HookedTransformer;
use crate::components::embed::check_tokens;
use crate::error::{Error, Result};
use crate::text::sequence::{Sequence, Sequences, SingleToken};
use crate::text::tokens::{PaddingSide, Texts, TokenBatch, Tokenizer, Tokens};

/// Text and tokens.
impl HookedTransformer {
    /// The tokenizer, if there is one.
    pub fn tokenizer(&self) -> Option<&Tokenizer> {
        self.tokenizer.as_deref()
    }

    /// Gives the model a tokenizer. It may have more tokens than the model (padding added later, say): a run on one of
    /// those is an error.
    ///
    /// # Errors
    /// The model has none of its tokens.
    pub fn set_tokenizer(&mut self, tokenizer: Tokenizer) -> Result<()> {
        let lowest = tokenizer.lowest_id();
        if lowest.is_none_or(|lowest| lowest >= self.cfg.d_vocab) {
            let ids = lowest.map_or("is empty".to_string(), |lowest| format!("begins at id {lowest}"));
            let problem = format!("its vocabulary {ids}, but the model's has d_vocab = {}", self.cfg.d_vocab);
            return Err(Error::Tokenizer { problem });
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
        let tokenizer = self.needs_tokenizer()?;
        let mut batch = tokenizer.encode_batch(&texts.into(), self.prepends_bos(prepend_bos.into()), side)?;
        if let Some(mask) = batch.mask.as_ref().filter(|_| tokenizer.pad_token_id() >= self.cfg.d_vocab) {
            // Padding that was added to the vocabulary after training has no row in the embedding. Any other token does:
            // padding is masked.
            let filling = Some(tokenizer.eos_token_id()).filter(|&id| id < self.cfg.d_vocab).unwrap_or(0);
            Zip::from(&mut batch.tokens).and(mask).for_each(|id, real| *id = if *real { *id } else { filling });
        }
        Ok(batch)
    }

    /// The text of token ids, special tokens included: one string for a single row, a list for token ids `[batch, pos]` or
    /// other lists of rows.
    ///
    /// # Errors
    /// There is no tokenizer, or an id is outside the vocabulary.
    pub fn to_string<S: Sequences>(&self, tokens: S) -> Result<S::Of<String>> {
        tokens.answer(|sequence| match sequence {
            Sequence::Text(text) => Ok(text),
            Sequence::Ids(ids) => self.needs_tokenizer()?.decode(&ids),
        })
    }

    /// The tokens of a text, or of token ids, as strings: a list for one of them, a list of lists for several (texts, or
    /// token ids `[batch, pos]`). `prepend_bos` concerns text only.
    ///
    /// # Errors
    /// As [`to_tokens`](Self::to_tokens) and [`to_string`](Self::to_string).
    pub fn to_str_tokens<S: Sequences>(
        &self,
        sequences: S,
        prepend_bos: impl Into<Option<bool>>,
    ) -> Result<S::Of<Vec<String>>> {
        let (tokenizer, prepend_bos) = (self.needs_tokenizer()?, prepend_bos.into());
        sequences
            .answer(|sequence| self.ids(sequence, prepend_bos)?.iter().map(|id| tokenizer.decode(&[*id])).collect())
    }

    /// The token ids of one row.
    fn ids(&self, sequence: Sequence, prepend_bos: Option<bool>) -> Result<Vec<usize>> {
        match sequence {
            Sequence::Text(text) => self.needs_tokenizer()?.encode(&text, self.prepends_bos(prepend_bos)),
            Sequence::Ids(ids) => Ok(ids),
        }
    }

    /// The id of a text that is exactly one token. A leading space is part of the token.
    ///
    /// # Errors
    /// The text is no token or several.
    pub fn to_single_token(&self, text: &str) -> Result<usize> {
        self.needs_tokenizer()?.single_token(text)
    }

    /// The text of one token id.
    ///
    /// # Errors
    /// There is no tokenizer, or the id is outside the vocabulary.
    pub fn to_single_str_token(&self, token: usize) -> Result<String> {
        self.needs_tokenizer()?.decode(&[token])
    }

    /// The first position of a token, given by its text or its id, in a text or in token ids.
    ///
    /// # Errors
    /// `single_token` is not one token, or does not occur.
    pub fn get_token_position(
        &self,
        single_token: impl Into<SingleToken>,
        sequence: impl Into<Sequence>,
        prepend_bos: impl Into<Option<bool>>,
    ) -> Result<usize> {
        let positions = self.token_positions(single_token.into(), sequence.into(), prepend_bos.into())?;
        Ok(positions[0])
    }

    /// The last position of a token: what [`get_token_position`](Self::get_token_position) is with `mode="last"` in the
    /// classic library.
    ///
    /// # Errors
    /// As [`get_token_position`](Self::get_token_position).
    pub fn get_last_token_position(
        &self,
        single_token: impl Into<SingleToken>,
        sequence: impl Into<Sequence>,
        prepend_bos: impl Into<Option<bool>>,
    ) -> Result<usize> {
        let positions = self.token_positions(single_token.into(), sequence.into(), prepend_bos.into())?;
        Ok(positions[positions.len() - 1])
    }

    /// Where a token occurs: at least once.
    fn token_positions(&self, token: SingleToken, sequence: Sequence, prepend_bos: Option<bool>) -> Result<Vec<usize>> {
        let ids = self.ids(sequence, prepend_bos)?;
        let id = match &token {
            SingleToken::Text(text) => self.to_single_token(text)?,
            SingleToken::Id(id) => *id,
        };
        let positions: Vec<usize> = (0..ids.len()).filter(|&pos| ids[pos] == id).collect();
        if !positions.is_empty() {
            return Ok(positions);
        }
        // Ids can be searched without a tokenizer.
        let text = |id: &usize| self.to_single_str_token(*id).unwrap_or_else(|_| format!("<token {id}>"));
        let token = match token {
            SingleToken::Text(text) => text,
            SingleToken::Id(id) => text(&id),
        };
        Err(Error::TokenNotInPrompt { token, prompt: ids.iter().map(text).collect() })
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
        Ok(self.weights.W_U.view().column(token).to_owned())
    }

    /// The directions of several tokens, each its column of `W_U`.
    ///
    /// ```
    /// # use hooked_transformer::{HookedTransformer, HookedTransformerConfig};
    /// # let model = HookedTransformer::from_config(HookedTransformerConfig::new(1, 8, 4, 16, 50))?;
    /// let pairs = ndarray::array![[3, 17], [4, 1]]; // [prompt, right or wrong]
    /// assert_eq!(model.tokens_to_residual_directions(pairs.view())?.dim(), (2, 2, 8));
    /// # Ok::<(), hooked_transformer::Error>(())
    /// ```
    ///
    /// Source: TransformerLens `tokens_to_residual_directions`.
    ///
    /// # Shapes
    /// - `tokens`: any, `[..]`
    /// - output: `[.., d_model]`
    ///
    /// # Errors
    /// An id is outside the vocabulary.
    pub fn tokens_to_residual_directions<D: Dimension>(
        &self,
        tokens: ArrayView<'_, usize, D>,
    ) -> Result<Array<f32, D::Larger>> {
        let ids: Array1<usize> = tokens.iter().copied().collect();
        check_tokens(ids.view().insert_axis(Axis(0)), self.cfg.d_vocab_out())?;
        let directions = self.weights.W_U.view().select(Axis(1), ids.as_slice().unwrap_or(&[])).reversed_axes();
        let shape = [tokens.shape(), &[self.cfg.d_model]].concat();
        let directions = directions.as_standard_layout().into_owned().into_shape_with_order(shape);
        Ok(directions.expect("one row per token").into_dimensionality().expect("one axis more"))
    }
}
