//! Text written with and without a steering vector, token by token: the two are rows of one batch, and the vector is added
//! to the second.

use hooked_transformer::{Error, HookedTransformer, KeyValueCache, Result, Sampling, fwd_hook, sample_logits};
use ndarray::{Array1, Array2, Axis, Ix3};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::answer::{Answer, Step};
use crate::engine::Job;
use crate::request::{At, Steering};
use crate::steering::{add, vector};
use crate::text_run::tokenize;

/// Without, and with.
const ROWS: usize = 2;

/// A text in progress; each step is a token of each row.
pub(crate) struct WriteJob {
    model: HookedTransformer,
    steering: Steering,
    /// `[d_model]`, times its coefficient.
    added: Array1<f32>,
    sampling: Sampling,
    rngs: [ChaCha8Rng; ROWS],
    past: KeyValueCache,
    /// What runs next, `[row, pos]`: the prompt, then a token of each row.
    next: Array2<usize>,
    /// Tokens so far, of each row.
    texts: [Vec<usize>; ROWS],
    n_prompt: usize,
    left: usize,
}

impl WriteJob {
    /// # Errors
    /// The prompt or the steering does not suit the model, or the sampling makes no sense.
    pub(crate) fn new(
        model: &HookedTransformer,
        text: &str,
        tokens: usize,
        (temperature, seed): (f32, u64),
        steering: Steering,
    ) -> Result<Self> {
        let (ids, _) = tokenize(model, text)?;
        let sampling = Sampling { temperature, ..Sampling::default() };
        sampling.validate(model.cfg().d_vocab_out())?;
        if !steering.coefficient.is_finite() {
            let problem = format!("expected a number, got {}", steering.coefficient);
            return Err(Error::Argument { name: "coefficient", problem });
        }
        let room = model.cfg().n_ctx - ids.len();
        if room == 0 {
            return Err(Error::TooLong { tokens: ids.len() + 1, n_ctx: model.cfg().n_ctx });
        }
        Ok(WriteJob {
            added: vector(model, &steering)? * steering.coefficient,
            next: Array2::from_shape_fn((ROWS, ids.len()), |(_, pos)| ids[pos]),
            past: KeyValueCache::new(model.cfg(), ROWS),
            // The same stream of random numbers for both: where they predict the same, they write the same.
            rngs: [ChaCha8Rng::seed_from_u64(seed), ChaCha8Rng::seed_from_u64(seed)],
            n_prompt: ids.len(),
            texts: [ids.clone(), ids],
            left: tokens.clamp(1, room),
            model: model.clone(),
            steering,
            sampling,
        })
    }

    /// The first position of the tokens that run now that is steered, counted among them; `None` if none is.
    fn steered_from(&self) -> Option<usize> {
        match (self.steering.at, self.past.is_empty()) {
            // The first position is the beginning of the text, which holds no text.
            (At::All | At::Prompt, true) => Some(1),
            (At::All | At::New, false) => Some(0),
            (At::Prompt, false) | (At::New, true) => None,
        }
    }
}

impl Job for WriteJob {
    fn step(&mut self) -> Result<Step> {
        let from = self.steered_from();
        let added = &self.added;
        let steer = fwd_hook(("resid_pre", self.steering.layer), |resid, _| {
            let resid = resid.into_dimensionality::<Ix3>().expect("the stream is [batch, pos, d_model]");
            if let Some(from) = from {
                add(resid, 1, from, added);
            }
        });
        let logits = self.model.run(&self.next).hook(steer).past(&mut self.past).logits_at(-1)?;
        self.next = Array2::zeros((ROWS, 1));
        for (row, logits) in logits.index_axis(Axis(1), 0).rows().into_iter().enumerate() {
            let token = sample_logits(logits, &[], &self.sampling, &mut self.rngs[row])?;
            self.texts[row].push(token);
            self.next[[row, 0]] = token;
        }
        self.left -= 1;
        let of_row =
            |row: usize| -> Result<Vec<String>> { self.model.to_str_tokens(&self.texts[row][self.n_prompt..], None) };
        let answer = Answer::default()
            .with("plain", of_row(0)?)
            .with("steered", of_row(1)?)
            .with("prompt_tokens", self.n_prompt)
            .with("left", self.left);
        Ok(if self.left == 0 { Step::Done(answer) } else { Step::Progress(answer) })
    }
}
