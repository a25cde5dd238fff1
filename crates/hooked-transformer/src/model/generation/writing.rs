//! The text while it is written: the prompt, the tokens after it, and the logits of the next one.

use ndarray::{Array2, Array3, ArrayView2, Axis, concatenate, s};

use super::schedule::{ScheduledHook, Step};
use crate::architecture::config::{AttentionDir, PositionalEmbeddingType};
use crate::components::KeyValueCache;
use crate::error::{Error, Result};
use crate::model::HookedTransformer;
use crate::text::input::Input;
use crate::text::tokens::{PaddingSide, TokenBatch, Tokens};

/// What is to be continued.
pub(super) struct Prompt {
    /// Its tokens; where it is embeddings, zeros that keep their columns.
    text: TokenBatch,
    /// What the first block reads, `[batch, pos, d_model]`, where the prompt is embeddings.
    stream: Option<Array3<f32>>,
}

impl Prompt {
    /// # Errors
    /// The model cannot write on; the prompt is empty, padded on the right or does not fit the model.
    pub(super) fn new(model: &HookedTransformer, input: &Input, prepend_bos: Option<bool>) -> Result<Self> {
        if model.cfg.attention_dir == AttentionDir::Bidirectional {
            let problem = "a bidirectional model cannot write on: every new token would change what came before";
            return Err(Error::Config { field: "attention_dir", problem: problem.to_string() });
        }
        let of_tokens = |text| Prompt { text, stream: None };
        let prompt = match input {
            Input::Text(texts) => of_tokens(model.to_token_batch(texts.clone(), prepend_bos, PaddingSide::Left)?),
            Input::Tokens(batch) => of_tokens(batch.clone()),
            Input::Resid(embeddings) => Prompt::embedded(model, embeddings.clone())?,
        };
        let (n_batch, n_pos) = prompt.text.tokens.dim();
        if n_batch == 0 || n_pos == 0 {
            return Err(Error::EmptyInput { shape: vec![n_batch, n_pos] });
        }
        check_padding(&prompt.text)?;
        Ok(prompt)
    }

    /// A prompt of token embeddings, to which learned positions are added here.
    fn embedded(model: &HookedTransformer, mut embeddings: Array3<f32>) -> Result<Self> {
        let (n_batch, n_pos, width) = embeddings.dim();
        let cfg = &model.cfg;
        if width != cfg.d_model {
            return Err(Error::Shape {
                what: "the embeddings to continue".to_string(),
                expected: format!("[batch, pos, d_model={}]", cfg.d_model),
                got: embeddings.shape().to_vec(),
            });
        }
        if n_pos > cfg.n_ctx {
            return Err(Error::TooLong { tokens: n_pos, n_ctx: cfg.n_ctx });
        }
        if let (PositionalEmbeddingType::Standard, Some(W_pos)) = (cfg.positional_embedding_type, model.W_pos()) {
            embeddings += &W_pos.slice(s![..n_pos, ..]);
        }
        let text = TokenBatch { tokens: Tokens::zeros((n_batch, n_pos)), mask: None };
        Ok(Prompt { text, stream: Some(embeddings) })
    }

    /// # Errors
    /// The model has too few positions for the prompt and so many new tokens.
    pub(super) fn check_room(&self, model: &HookedTransformer, max_new_tokens: usize) -> Result<()> {
        let (n_prompt, n_ctx) = (self.text.tokens.ncols(), model.cfg.n_ctx);
        if n_prompt > n_ctx {
            return Err(Error::TooLong { tokens: n_prompt, n_ctx });
        }
        let room = n_ctx - n_prompt;
        if max_new_tokens > room {
            let problem = format!(
                "the prompt has {n_prompt} tokens and the model n_ctx = {n_ctx} positions, so at most {room} can be \
                 added, not {max_new_tokens}; shorten the prompt or ask for fewer"
            );
            return Err(Error::Argument { name: "max_new_tokens", problem });
        }
        Ok(())
    }
}

/// # Errors
/// The mask has another shape than the tokens, or a row ends in padding, so that there is nothing to continue.
fn check_padding(batch: &TokenBatch) -> Result<()> {
    let Some(mask) = &batch.mask else { return Ok(()) };
    if mask.dim() != batch.tokens.dim() {
        return Err(Error::Shape {
            what: "the mask of the prompt".to_string(),
            expected: format!("{:?} like the tokens", batch.tokens.shape()),
            got: mask.shape().to_vec(),
        });
    }
    let last = mask.ncols() - 1;
    match mask.column(last).iter().position(|&real| !real) {
        Some(row) => Err(Error::Argument {
            name: "input",
            problem: format!(
                "row {row} ends in padding (or is empty); prompts are padded on the left, `PaddingSide::Left`"
            ),
        }),
        None => Ok(()),
    }
}

/// The text so far, and what is needed to compute the logits after it.
pub(super) struct Writing<'a> {
    model: &'a HookedTransformer,
    n_prompt: usize,
    text: TokenBatch,
    /// What the first step begins with instead of tokens.
    stream: Option<Array3<f32>>,
    /// How many columns of the text stand for embeddings.
    n_embedded: usize,
    hooks: Vec<ScheduledHook<'a>>,
    past: Option<KeyValueCache>,
}

impl<'a> Writing<'a> {
    pub(super) fn new(
        model: &'a HookedTransformer,
        Prompt { text, stream }: Prompt,
        hooks: Vec<ScheduledHook<'a>>,
        use_past_kv_cache: bool,
    ) -> Self {
        let (n_batch, n_prompt) = text.tokens.dim();
        let n_embedded = if stream.is_some() { n_prompt } else { 0 };
        let keeps = use_past_kv_cache || stream.is_some();
        let past = keeps.then(|| KeyValueCache::new(&model.cfg, n_batch));
        Writing { model, n_prompt, text, stream, n_embedded, hooks, past }
    }

    /// Prompt and continuation; the continuation alone where the prompt is embeddings.
    pub(super) fn tokens(&self) -> ArrayView2<'_, usize> {
        self.text.tokens.slice(s![.., self.n_embedded..])
    }

    /// What of them is not padding.
    pub(super) fn mask(&self) -> Option<Array2<bool>> {
        self.text.mask.clone()
    }

    /// How many columns of [`tokens`](Self::tokens) are prompt.
    pub(super) fn n_prompt_tokens(&self) -> usize {
        self.n_prompt - self.n_embedded
    }

    /// A row's tokens without its padding.
    pub(super) fn real_tokens(&self, row: usize) -> Vec<usize> {
        let real = |pos: usize| self.text.mask.as_ref().is_none_or(|mask| mask[[row, pos]]);
        let tokens = self.text.tokens.row(row);
        let numbered = tokens.iter().enumerate().skip(self.n_embedded);
        numbered.filter(|(pos, _)| real(*pos)).map(|(_, &token)| token).collect()
    }

    /// Logits of the next token, `[batch, d_vocab]`.
    pub(super) fn next_logits(&mut self) -> Result<Array2<f32>> {
        let end = self.text.tokens.ncols();
        let new = if end == self.n_prompt { 0 } else { end - 1 };
        let first = if self.past.is_some() { new } else { 0 };
        let step = Step { n_prompt: self.n_prompt, first, new, end, recomputes: self.past.is_none() };
        let mut run = match self.stream.take() {
            Some(stream) => self.model.run(stream).start_at_layer(0),
            None => self.model.run(self.text.tokens.slice(s![.., first..])),
        };
        run = run.hooks(self.hooks.iter_mut().filter_map(|hook| hook.at_step(step)));
        if let Some(mask) = &self.text.mask {
            run = run.attention_mask(mask.slice(s![.., first..]).to_owned());
        }
        if let Some(past) = &mut self.past {
            run = run.past(past);
        }
        Ok(run.logits_at(-1)?.index_axis_move(Axis(1), 0))
    }

    pub(super) fn append(&mut self, tokens: &[usize]) {
        let (n_batch, n_pos) = self.text.tokens.dim();
        let column = ArrayView2::from_shape((n_batch, 1), tokens).expect("one token a row");
        let fits = "a column of the same height";
        self.text.tokens = concatenate(Axis(1), &[self.text.tokens.view(), column]).expect(fits);
        if let Some(mask) = &self.text.mask {
            let mut longer = Array2::from_elem((n_batch, n_pos + 1), true);
            longer.slice_mut(s![.., ..n_pos]).assign(mask);
            self.text.mask = Some(longer);
        }
    }
}
