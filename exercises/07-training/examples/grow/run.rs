//! The experiments of exercise 07. With nothing after `--` it trains the model of the last check:
//!
//!     cargo run -p exercise-07-training --example grow -- --layers 1
//!
//! `--layers N`, `--share S` (of rows that repeat), `--steps N`, `--seed N`, and `--no-positions`, which keeps the position
//! embedding at zero. Each line shows the state before a step; the columns are explained in the chapter.

use std::{env, fmt, fs, process};

use hooked_transformer::{HookedTransformer, Tokens, fwd_hook};
use ndarray::{Array2, Axis, s};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::submission::{
    Moments, PEAK_RATE, ROWS, bump, learning_rate, letters, train_step, training_batch, untrained_model,
};

const BOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/training/books/alice.txt");

/// How many steps lie between two lines.
const EVERY: usize = 25;

/// Rows, and length of a segment, of the random tokens that the model is measured on.
const MEASURED: (usize, usize) = (16, 20);

/// What an experiment changes.
pub struct Options {
    pub layers: usize,
    pub share: f64,
    pub steps: usize,
    pub seed: u64,
    pub positions: bool,
}

impl Options {
    /// What the words after `--` say.
    ///
    /// # Errors
    /// One of them is not an option, or its number does not fit.
    pub fn read(words: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut options = Self { layers: 2, share: 0.5, steps: 450, seed: 0, positions: true };
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let mut number =
                || words.next().and_then(|word| word.parse::<f64>().ok()).ok_or(format!("{word} takes a number"));
            match &*word {
                "--layers" => options.layers = number()? as usize,
                "--share" => options.share = number()?,
                "--steps" => options.steps = number()? as usize,
                "--seed" => options.seed = number()? as u64,
                "--no-positions" => options.positions = false,
                other => {
                    return Err(format!(
                        "{other} is not an option; there are --layers, --share, --steps, --seed, --no-positions"
                    ));
                }
            }
        }
        let fits = (1..=8).contains(&options.layers) && (0.0..=1.0).contains(&options.share) && options.steps > 0;
        fits.then_some(options)
            .ok_or("layers are 1 to 8, a share is 0 to 1, and there is at least one step".to_string())
    }
}

pub fn main() {
    let grown = Options::read(env::args().skip(1)).and_then(|options| {
        println!("  step   loss  first second  induction       previous        second copy without it");
        grow(&options, |step, loss, state| match loss {
            Some(loss) => println!("{step:6} {loss:6.2} {state}"),
            None => println!("{step:6}        {state}"),
        })
    });
    if let Err(problem) = grown {
        eprintln!("{problem}");
        process::exit(2);
    }
}

/// As the exercise's `grow`, with a look at the model every few steps: `look` gets the step, the loss of its batch (not after
/// the last one), and the state before it.
///
/// # Errors
/// The book cannot be read.
pub fn grow(options: &Options, mut look: impl FnMut(usize, Option<f32>, &State)) -> Result<(), String> {
    let text = letters(&fs::read_to_string(BOOK).map_err(|error| format!("{BOOK}: {error}"))?);
    let mut model = untrained_model(options.layers, options.seed);
    let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
    let mut moments = Moments::new();
    let tokens = random_tokens_twice(model.cfg().d_vocab);
    for step in 1..=options.steps {
        if !options.positions {
            without_positions(&mut model);
        }
        let (batch, next) =
            training_batch(&mut rng, &text, ROWS, model.cfg().n_ctx, model.cfg().d_vocab, options.share);
        let before = (step % EVERY == 1).then(|| state(&model, &tokens));
        let rate = learning_rate(step, options.steps, PEAK_RATE);
        let loss = train_step(&mut model, &mut moments, &batch, &next, step, rate);
        if let Some(state) = before {
            look(step - 1, Some(loss), &state);
        }
    }
    look(options.steps, None, &state(&model, &tokens));
    Ok(())
}

fn without_positions(model: &mut HookedTransformer) {
    model.update_parameters(|parameters| {
        parameters
            .into_iter()
            .filter(|(name, _)| name == "pos_embed.W_pos")
            .for_each(|(_, mut weight)| weight.fill(0.0));
    });
}

fn random_tokens_twice(d_vocab: usize) -> Tokens {
    let ((rows, n), mut rng) = (MEASURED, ChaCha8Rng::seed_from_u64(7));
    let segment = Array2::from_shape_fn((rows, n), |_| rng.random_range(1..d_vocab));
    let mut tokens = Tokens::zeros((rows, 1 + 2 * n));
    tokens.slice_mut(s![.., 1..=n]).assign(&segment);
    tokens.slice_mut(s![.., n + 1..]).assign(&segment);
    tokens
}

/// Both losses, the best induction head, the best previous-token head, and the second loss with the former silenced.
pub struct State {
    pub first: f32,
    pub second: f32,
    pub induction: (f32, Head),
    pub previous: (f32, Head),
    pub without: f32,
}

/// Layer and number.
pub type Head = (usize, usize);

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, second, induction: (induction, i), previous: (previous, p), without } = self;
        write!(
            f,
            "{first:6.2} {second:6.2}  {induction:.2} (head {}.{})  {previous:.2} (head {}.{})  {without:.2}",
            i.0, i.1, p.0, p.1
        )
    }
}

fn state(model: &HookedTransformer, tokens: &Tokens) -> State {
    let (_, n) = MEASURED;
    let (first, second, _) = bump(model, tokens, n);
    let (induction, (layer, head)) = best_head(model, tokens, n - 1);
    let silence = fwd_hook(("z", layer), move |mut z, _| z.index_axis_mut(Axis(2), head).fill(0.0));
    let losses = model.run(tokens).hook(silence).loss_per_token().expect("tokens of this model");
    State {
        first,
        second,
        induction: (induction, (layer, head)),
        previous: best_head(model, tokens, 1),
        without: losses.slice(s![.., n..]).mean().unwrap_or(f32::NAN),
    }
}

/// The head with the largest mean attention so many positions back.
fn best_head(model: &HookedTransformer, tokens: &Tokens, back: usize) -> (f32, Head) {
    let cache = model.run(tokens).cache().expect("tokens of this model");
    let mut best = (0.0, (0, 0));
    for layer in 0..model.cfg().n_layers {
        for (head, patterns) in cache.pattern(layer).axis_iter(Axis(1)).enumerate() {
            let of_item =
                |pattern: ndarray::ArrayView2<f32>| pattern.slice(s![back.., ..]).diag().mean().unwrap_or(0.0);
            let score = patterns.outer_iter().map(of_item).sum::<f32>() / patterns.len_of(Axis(0)) as f32;
            if score > best.0 {
                best = (score, (layer, head));
            }
        }
    }
    best
}
