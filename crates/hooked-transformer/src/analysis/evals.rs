//! How well a model does at tasks that need no data set: repeated random tokens, and a text of one's own.

use ndarray::{Array2, Axis, concatenate, s};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::error::{Error, Result};
use crate::model::HookedTransformer;

/// What [`induction_loss`] is measured on. The defaults are TransformerLens's, as far as the model's context allows.
#[derive(Clone, Debug, PartialEq)]
pub struct InductionLoss {
    /// Number of sequences.
    pub batch_size: usize,
    /// Tokens before the repetition; `None` means 384, or half of the context if that is less.
    pub subseq_len: Option<usize>,
    /// Whether the first token is the beginning-of-sequence token; `None` means the model's default. (A model without
    /// a tokenizer has none to put there.)
    pub prepend_bos: Option<bool>,
    /// Of the random tokens.
    pub seed: u64,
}

impl Default for InductionLoss {
    fn default() -> Self {
        InductionLoss { batch_size: 4, subseq_len: None, prepend_bos: None, seed: 0 }
    }
}

/// The mean loss on the second half of random sequences that are repeated once: low if, and only if, the model copies
/// what followed the last time, as induction heads do. `ln(d_vocab)` is what guessing gives.
///
/// As in the classic library, the beginning-of-sequence token takes the place of the first token, and the predictions
/// that count are those of the second half from its third token on, which follow what was seen before.
///
/// Source: TransformerLens `evals.induction_loss`.
///
/// # Errors
/// The sequences do not fit into the context, or are too short to have a second half that counts.
pub fn induction_loss(model: &HookedTransformer, options: &InductionLoss) -> Result<f32> {
    let wrong = |name, problem| Err(Error::Argument { name, problem });
    let cfg = model.cfg();
    let half = options.subseq_len.unwrap_or(384.min(cfg.n_ctx / 2));
    if half < 2 || half > cfg.n_ctx / 2 {
        let problem = format!("expected 2 to half of n_ctx = {}, got {half}", cfg.n_ctx);
        return wrong("subseq_len", problem);
    }
    if options.batch_size == 0 {
        return wrong("batch_size", "expected at least one sequence, got 0".to_string());
    }
    let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
    let d_vocab = cfg.d_vocab.min(cfg.d_vocab_out()) as u64;
    let first = Array2::from_shape_simple_fn((options.batch_size, half), || (rng.next_u64() % d_vocab) as usize);
    let mut tokens = concatenate(Axis(1), &[first.view(), first.view()]).expect("two halves of one shape");
    let bos = model.tokenizer().map(|tokenizer| tokenizer.bos_token_id());
    if let (Some(bos), true) = (bos, options.prepend_bos.unwrap_or(cfg.default_prepend_bos)) {
        tokens.column_mut(0).fill(bos);
    }
    let losses = model.run(&tokens).loss_per_token()?;
    let second = losses.slice(s![.., half + 1..]);
    match second.is_empty() {
        true => wrong("subseq_len", "no prediction of the second half is left to count; take at least 3".to_string()),
        false => Ok((second.iter().map(|&loss| f64::from(loss)).sum::<f64>() / second.len() as f64) as f32),
    }
}

/// The mean loss on a text of any length: it is cut into pieces of the context's length, each with its
/// beginning-of-sequence token if the model's default says so, and every prediction within a piece counts alike.
///
/// # Errors
/// The model has no tokenizer, or the text is too short for a single prediction.
pub fn text_loss(model: &HookedTransformer, text: &str) -> Result<f32> {
    let tokenizer = model.tokenizer().ok_or(Error::NoTokenizer)?;
    let prepend_bos = model.cfg().default_prepend_bos;
    let ids = tokenizer.encode(text, false)?;
    let bos: Vec<usize> = prepend_bos.then(|| tokenizer.bos_token_id()).into_iter().collect();
    let (mut total, mut n) = (0.0f64, 0usize);
    for piece in ids.chunks(model.cfg().n_ctx.saturating_sub(bos.len()).max(1)) {
        let piece: Vec<usize> = bos.iter().chain(piece).copied().collect();
        if piece.len() < 2 {
            continue;
        }
        let losses = model.run(&piece).loss_per_token()?;
        total += losses.iter().map(|&loss| f64::from(loss)).sum::<f64>();
        n += losses.len();
    }
    match n {
        0 => Err(Error::EmptyInput { shape: vec![1, ids.len()] }),
        _ => Ok((total / n as f64) as f32),
    }
}
