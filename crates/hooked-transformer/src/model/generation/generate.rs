//! Writing on: one token after another, each drawn from the logits of the position before it.
//!
//! ```
//! # use hooked_transformer::{HookedTransformer, HookedTransformerConfig, Schedule, fwd_hook};
//! # let model = HookedTransformer::from_config(HookedTransformerConfig::new(2, 8, 4, 16, 50))?;
//! let prompt = ndarray::array![[0, 3, 7, 3]];
//! let greedy = model.generate(&prompt).greedy().max_new_tokens(5).run()?;
//! assert_eq!(greedy.tokens.dim(), (1, 9));
//!
//! // Steer: add a direction to everything after the prompt, and look at each token as it is made.
//! let steer = fwd_hook(("resid_pre", 1), |mut resid, _| resid.mapv_inplace(|x| x + 0.1));
//! let steered = model
//!     .generate(&prompt)
//!     .hook(Schedule::FromPosition(4), steer)
//!     .temperature(0.7)
//!     .seed(1)
//!     .on_token(|step, tokens| println!("{step}: {}", tokens[0]))
//!     .run()?;
//! # Ok::<(), hooked_transformer::Error>(())
//! ```
//! Texts of unequal length are padded on the left, and every token's position is counted from the first real token of
//! its row, so a row of a batch continues as it would alone. Prompt and continuation must fit into the model's `n_ctx`
//! positions together: that is checked before the first step, and nothing ever slides out of view silently.
//!
//! A prompt can also be token embeddings `[batch, pos, d_model]`, without their positions, which need not be those of any
//! token (soft prompts): what is returned are the new tokens alone.
//!
//! Source: TransformerLens `HookedTransformer.generate`. It differs where that one derives the padding mask from a row
//! of zeros (a model whose pad id is 0 then loses all its positions) and where it counts padding in `freq_penalty`.

use ndarray::{Array2, ArrayView2, s};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::sampling::{Sampling, sample_logits};
use super::schedule::{self, Schedule};
use super::writing::{Prompt, Writing};
use super::written::{TextStreams, WrittenText};
use crate::error::{Error, Result};
use crate::hooks::FwdHook;
use crate::model::hooked_transformer::HookedTransformer;
use crate::progress::Counter;
use crate::text::input::Input;
use crate::text::tokens::Tokens;

/// What is called with the number of the step and the new token of each row.
type OnToken<'a> = Box<dyn FnMut(usize, &[usize]) + 'a>;

/// What is called with the number of the step and the new text of each row.
type OnText<'a> = Box<dyn FnMut(usize, &[String]) + 'a>;

/// A generation in preparation; made by [`HookedTransformer::generate`], set off by [`run`](Generate::run).
#[must_use = "nothing is generated until `run` or `text` is called"]
pub struct Generate<'a> {
    model: &'a HookedTransformer,
    input: Input,
    prepend_bos: Option<bool>,
    max_new_tokens: usize,
    sampling: Sampling,
    seed: u64,
    stop_at_eos: Option<bool>,
    eos_token_ids: Option<Vec<usize>>,
    use_past_kv_cache: bool,
    hooks: Vec<(Schedule, FwdHook<'a>)>,
    on_token: Option<OnToken<'a>>,
    on_text: Option<OnText<'a>>,
}

/// What was generated.
#[derive(Clone, Debug, PartialEq)]
pub struct Generated {
    /// Prompt and continuation, `[batch, pos]`; the continuation alone where the prompt was embeddings. A row that ended
    /// early is filled up with the end-of-text token.
    pub tokens: Tokens,
    /// `[batch, pos]`, false at the padding before short prompts; `None` if there is none.
    pub mask: Option<Array2<bool>>,
    /// How many columns of `tokens` are prompt; 0 where that was embeddings.
    pub n_prompt: usize,
    /// Each row as text without special tokens, prompt included; empty if the model has no tokenizer.
    pub texts: Vec<String>,
    /// The same without the prompt: what is after it in `texts`, so that no space is lost between the two.
    pub continuations: Vec<String>,
}

impl Generated {
    /// The new tokens alone, `[batch, new pos]`.
    pub fn new_tokens(&self) -> ArrayView2<'_, usize> {
        self.tokens.slice(s![.., self.n_prompt..])
    }
}

/// Generating.
impl HookedTransformer {
    /// Prepares to continue a text, several texts, rows of tokens, or token embeddings; see [`Generate`]. Unless told otherwise: ten
    /// tokens, drawn at temperature 1 with seed 0, ending at the end of text.
    pub fn generate<'a>(&'a self, input: impl Into<Input>) -> Generate<'a> {
        Generate {
            model: self,
            input: input.into(),
            prepend_bos: None,
            max_new_tokens: 10,
            sampling: Sampling::default(),
            seed: 0,
            stop_at_eos: None,
            eos_token_ids: None,
            use_past_kv_cache: true,
            hooks: Vec::new(),
            on_token: None,
            on_text: None,
        }
    }
}

/// Configuring a generation.
impl<'a> Generate<'a> {
    /// How many tokens to write at most.
    pub fn max_new_tokens(mut self, max_new_tokens: usize) -> Self {
        self.max_new_tokens = max_new_tokens;
        self
    }

    /// Always takes the token with the largest logit: temperature 0.
    pub fn greedy(self) -> Self {
        self.temperature(0.0)
    }

    /// Divides the logits: below 1 sharper, above 1 flatter, 0 always the largest.
    pub fn temperature(mut self, temperature: f32) -> Self {
        self.sampling.temperature = temperature;
        self
    }

    /// Draws among this many tokens with the largest logits. Not together with [`top_p`](Self::top_p).
    pub fn top_k(mut self, top_k: impl Into<Option<usize>>) -> Self {
        self.sampling.top_k = top_k.into();
        self
    }

    /// Draws among the most probable tokens whose probabilities sum to just more than this.
    pub fn top_p(mut self, top_p: impl Into<Option<f32>>) -> Self {
        self.sampling.top_p = top_p.into();
        self
    }

    /// Takes this off a token's logit for each time it occurs in prompt (without padding) and continuation.
    pub fn freq_penalty(mut self, freq_penalty: f32) -> Self {
        self.sampling.freq_penalty = freq_penalty;
        self
    }

    /// All of the above at once.
    pub fn sampling(mut self, sampling: Sampling) -> Self {
        self.sampling = sampling;
        self
    }

    /// Where the random numbers begin. Each row has its own, so a row of a batch is drawn as it would be alone.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Whether a row ends at an end-of-text token. By default it does, if such a token is known.
    pub fn stop_at_eos(mut self, stop_at_eos: bool) -> Self {
        self.stop_at_eos = Some(stop_at_eos);
        self
    }

    /// The tokens that end a text, instead of the tokenizer's.
    pub fn eos_token_ids(mut self, ids: impl Into<Vec<usize>>) -> Self {
        self.eos_token_ids = Some(ids.into());
        self
    }

    /// Whether text gets a beginning-of-sequence token, instead of the model's default. Tokens are never touched.
    pub fn prepend_bos(mut self, prepend_bos: bool) -> Self {
        self.prepend_bos = Some(prepend_bos);
        self
    }

    /// Whether keys and values of past tokens are kept (the default). Without, each step computes the whole text again:
    /// slower, and the same up to rounding. After a prompt of embeddings they are always kept.
    pub fn use_past_kv_cache(mut self, use_past_kv_cache: bool) -> Self {
        self.use_past_kv_cache = use_past_kv_cache;
        self
    }

    /// Adds a hook and says when it fires; see [`Schedule`].
    pub fn hook(mut self, schedule: Schedule, hook: FwdHook<'a>) -> Self {
        self.hooks.push((schedule, hook));
        self
    }

    /// Adds several hooks with the same schedule; they fire in the order in which they were added.
    pub fn hooks(mut self, schedule: Schedule, hooks: impl IntoIterator<Item = FwdHook<'a>>) -> Self {
        self.hooks.extend(hooks.into_iter().map(|hook| (schedule, hook)));
        self
    }

    /// Is called after each step with its number, from 0, and the new token of each row. With this, or where standard
    /// error is no terminal, no progress is shown.
    pub fn on_token(mut self, on_token: impl FnMut(usize, &[usize]) + 'a) -> Self {
        self.on_token = Some(Box::new(on_token));
        self
    }

    /// Is called after each step with its number, from 0, and the text that each row has grown by: what
    /// `continuations` will be, piece by piece. A token by itself need not have a text: its space may depend on the token
    /// before it, and a character can take several tokens, which then come as one.
    pub fn on_text(mut self, on_text: impl FnMut(usize, &[String]) + 'a) -> Self {
        self.on_text = Some(Box::new(on_text));
        self
    }
}

/// Generating.
impl Generate<'_> {
    /// Writes until `max_new_tokens` are there or every row has ended.
    ///
    /// # Errors
    /// The prompt does not suit the model (as in [`HookedTransformer::forward`]), is padded on the right, or leaves no
    /// room for `max_new_tokens` in the model's `n_ctx` positions; an argument is outside its range; a hook names a
    /// point that the model lacks; a logit is NaN.
    pub fn run(mut self) -> Result<Generated> {
        let prompt = Prompt::new(self.model, &self.input, self.prepend_bos)?;
        prompt.check_room(self.model, self.max_new_tokens)?;
        let ending = self.ending()?;
        self.sampling.validate(self.model.cfg.d_vocab_out())?;
        let hooks = schedule::resolve(self.model, std::mem::take(&mut self.hooks))?;
        let mut writing = Writing::new(self.model, prompt, hooks, self.use_past_kv_cache);
        let mut rows = Rows::new(writing.tokens().nrows(), self.seed, ending);
        let mut streams = match &self.on_text {
            Some(_) => Some(TextStreams::new(self.model, writing.tokens().nrows(), writing.n_prompt_tokens())?),
            None => None,
        };
        let silent = self.on_token.is_some() || self.on_text.is_some();
        let progress = (!silent).then(|| Counter::new("tokens generated", self.max_new_tokens));
        for step in 0..self.max_new_tokens {
            let logits = writing.next_logits()?;
            let tokens = rows.choose(logits.view(), &self.sampling, |row| writing.real_tokens(row))?;
            writing.append(&tokens);
            let last = rows.all_ended() || step + 1 == self.max_new_tokens;
            if let Some(on_token) = &mut self.on_token {
                on_token(step, &tokens);
            }
            if let (Some(on_text), Some(streams)) = (&mut self.on_text, &mut streams) {
                on_text(step, &streams.next(writing.tokens(), last));
            }
            progress.iter().for_each(Counter::advance);
            if last {
                break;
            }
        }
        Ok(self.generated(&writing))
    }

    /// The text of a generation from a single prompt, prompt included, without special tokens.
    ///
    /// # Errors
    /// As [`run`](Self::run); the model has no tokenizer, or there are several rows.
    pub fn text(self) -> Result<String> {
        if self.model.tokenizer().is_none() {
            return Err(Error::NoTokenizer);
        }
        let mut generated = self.run()?;
        match generated.texts.len() {
            1 => Ok(generated.texts.remove(0)),
            _ => Err(Error::Shape {
                what: "the text of a generation".to_string(),
                expected: "one row; several are in the `texts` that `run` returns".to_string(),
                got: generated.tokens.shape().to_vec(),
            }),
        }
    }

    /// What ends a row, if anything does.
    fn ending(&self) -> Result<Option<Ending>> {
        let of_tokenizer = self.model.tokenizer().map(|tokenizer| tokenizer.eos_token_id());
        let wrong = |problem: String| Err(Error::Argument { name: "eos_token_ids", problem });
        let ids = match (&self.eos_token_ids, of_tokenizer) {
            _ if self.stop_at_eos == Some(false) => return Ok(None),
            (Some(ids), _) => ids.clone(),
            // A tokenizer may know an end that its model never learned.
            (None, Some(id)) if id >= self.model.cfg.d_vocab && self.stop_at_eos.is_none() => return Ok(None),
            (None, Some(id)) => vec![id],
            (None, None) if self.stop_at_eos.is_none() => return Ok(None),
            (None, None) => return wrong("stop_at_eos needs them in a model without a tokenizer".to_string()),
        };
        let d_vocab = self.model.cfg.d_vocab;
        match ids.iter().find(|&&id| id >= d_vocab) {
            Some(id) => wrong(format!("ids run from 0 to {}, got {id}", d_vocab - 1)),
            None if ids.is_empty() => {
                wrong("expected at least one id; to write past all, stop_at_eos(false)".to_string())
            }
            None => Ok(Some(Ending { fill: of_tokenizer.filter(|&id| id < d_vocab).unwrap_or(ids[0]), ids })),
        }
    }

    fn generated(&self, writing: &Writing<'_>) -> Generated {
        let (tokens, mask, n_prompt) = (writing.tokens().to_owned(), writing.mask(), writing.n_prompt_tokens());
        let mut generated = Generated { texts: Vec::new(), continuations: Vec::new(), tokens, mask, n_prompt };
        if let Some(tokenizer) = self.model.tokenizer() {
            for row in generated.tokens.rows() {
                let written = WrittenText::of(tokenizer, &row.to_vec(), n_prompt);
                generated.continuations.push(written.continuation().to_string());
                generated.texts.push(written.whole);
            }
        }
        generated
    }
}

/// What ends a row, and what it is filled up with after that.
struct Ending {
    ids: Vec<usize>,
    fill: usize,
}

/// The rows' random numbers, and which of them have ended.
struct Rows {
    rngs: Vec<ChaCha8Rng>,
    ended: Vec<bool>,
    ending: Option<Ending>,
}

impl Rows {
    fn new(n_batch: usize, seed: u64, ending: Option<Ending>) -> Self {
        let of_row = |row: usize| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(row as u64);
            rng
        };
        Rows { rngs: (0..n_batch).map(of_row).collect(), ended: vec![false; n_batch], ending }
    }

    /// The next token of each row.
    fn choose(
        &mut self,
        logits: ArrayView2<'_, f32>,
        sampling: &Sampling,
        written: impl Fn(usize) -> Vec<usize>,
    ) -> Result<Vec<usize>> {
        let mut chosen = Vec::with_capacity(self.rngs.len());
        for (row, logits) in logits.rows().into_iter().enumerate() {
            let token = match &self.ending {
                Some(ending) if self.ended[row] => ending.fill,
                _ => sample_logits(logits, &written(row), sampling, &mut self.rngs[row])?,
            };
            self.ended[row] |= self.ending.as_ref().is_some_and(|ending| ending.ids.contains(&token));
            chosen.push(token);
        }
        Ok(chosen)
    }

    fn all_ended(&self) -> bool {
        self.ended.iter().all(|&ended| ended)
    }
}
