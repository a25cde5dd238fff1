//! Exercise 07: what happens while the small model is trained with the functions of the exercise.

use std::fs;

use circuit_vis::{AttentionOptions, Line, PlotOptions, View, attention_patterns, heatmap, lines};
use grading::ex07::{Moments, Next, Submission};
use grading::reference::repository;
use hooked_transformer::{HookedTransformer, Tokens};
use ndarray::{Array1, Array2, ArrayView2, ArrayView3, Axis, s};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use solution_07_training::{PEAK_RATE, ROWS};

use crate::{Outcome, Picture, stored};

const BOOK: &str = "crates/training/books/alice.txt";

/// As in the last check: steps, share of rows that repeat, and seed.
const STEPS: usize = 450;
const SHARE: f64 = 0.5;
const SEED: u64 = 0;

/// Heads in a layer of that model.
const N_HEADS: usize = 2;

/// How many steps lie between two points of a curve.
const EVERY: usize = 15;

/// Rows of random tokens that the model is measured on, and the length of the segment that comes twice in each.
const MEASURED: (usize, usize) = (16, 20);

/// The text under the picture of the gradient.
const TEXT: &str = "the queen said the queen";

/// What the model is trained with.
const TRAINERS: &[&str] = &["training_batch", "learning_rate", "train_step"];
const TRAINERS_AND_BUMP: &[&str] = &["training_batch", "learning_rate", "train_step", "bump"];

/// The bump, the heads that make it, their attention, and what a step is made of.
///
/// # Errors
/// The book cannot be read, or an array has the wrong shape.
pub fn pictures(functions: &Submission) -> Outcome<Vec<Picture>> {
    let grown = Grown::with(functions)?;
    Ok(vec![
        Picture {
            view: grown.losses()?,
            look_for: "The bump: within some fifty steps the loss on the second copy falls from 3 to about 1. The loss on \
                       the first copy rises: these letters are random, and the model comes to expect English.",
            made_with: TRAINERS_AND_BUMP,
        },
        Picture {
            view: grown.scores(0, "The induction score of each head")?,
            look_for: "The heads of layer 1 rise during the bump, and those of layer 0 do not.",
            made_with: TRAINERS,
        },
        Picture {
            view: grown.scores(1, "Attention of each head to the previous token")?,
            look_for: "A head of layer 0 rises at the same time: the induction heads read what it writes.",
            made_with: TRAINERS,
        },
        Picture {
            view: grown.attention()?,
            look_for: "The stripe: in the second copy, both heads attend to the letter that followed the current one in \
                       the first copy.",
            made_with: TRAINERS,
        },
        Picture {
            view: grown.gradient(functions)?,
            look_for: "In each row the letter that comes next is negative: raising its logit lowers the loss. The other \
                       numbers are the letters' probabilities, and a row adds up to zero. The paler a row, the better \
                       the prediction was.",
            made_with: &["loss_gradient"],
        },
        Picture {
            view: rates(functions)?,
            look_for: "It rises for 50 steps, and falls to zero over the last fifth.",
            made_with: &["learning_rate"],
        },
    ])
}

/// A trained model, and what was measured on the way.
struct Grown {
    model: HookedTransformer,
    measured_on: Tokens,
    moments: Vec<Moment>,
}

/// The state before a step, or after the last one.
struct Moment {
    steps: f32,
    first_copy: f32,
    second_copy: f32,
    /// By line, as in [`LINES`], and head: the mean attention along it.
    scores: [Vec<f32>; 2],
}

/// Lines of a pattern, by the distance from query to key: the induction stripe, and the previous token.
const LINES: [usize; 2] = [MEASURED.1 - 1, 1];

impl Grown {
    fn with(functions: &Submission) -> Outcome<Self> {
        let book = repository().join(BOOK);
        let book = fs::read_to_string(&book).map_err(|error| format!("{}: {error}", book.display()))?;
        let text = (functions.letters)(&book);
        let mut model = (functions.untrained_model)(2, SEED);
        let (n_ctx, d_vocab) = (model.cfg().n_ctx, model.cfg().d_vocab);
        let (mut rng, mut averages) = (ChaCha8Rng::seed_from_u64(SEED), Moments::new());
        let measured_on = random_tokens_twice(d_vocab);
        let mut moments = vec![Moment::of(&model, &measured_on, 0, functions)?];
        for step in 1..=STEPS {
            let (batch, next) = (functions.training_batch)(&mut rng, &text, ROWS, n_ctx, d_vocab, SHARE);
            let rate = (functions.learning_rate)(step, STEPS, PEAK_RATE);
            (functions.train_step)(&mut model, &mut averages, &batch, &next, step, rate);
            if step.is_multiple_of(EVERY) {
                moments.push(Moment::of(&model, &measured_on, step, functions)?);
            }
        }
        Ok(Self { model, measured_on, moments })
    }

    fn steps(&self) -> Array1<f32> {
        self.moments.iter().map(|moment| moment.steps).collect()
    }

    fn curve(&self, name: impl Into<String>, value: impl Fn(&Moment) -> f32) -> Line {
        let values: Array1<f32> = self.moments.iter().map(value).collect();
        Line::new(name, values.view()).over(self.steps().view())
    }

    fn losses(&self) -> Outcome<View> {
        let series = [
            self.curve("first copy", |moment| moment.first_copy),
            self.curve("second copy", |moment| moment.second_copy),
        ];
        let options = PlotOptions::new().x("steps").y("loss, in nats").range(0.0, 6.0);
        Ok(lines(&series, options)?.title("The loss on random letters that come twice"))
    }

    /// The mean attention of every head along one of the [`LINES`].
    fn scores(&self, line: usize, title: &str) -> Outcome<View> {
        let heads = stored::head_names(0, N_HEADS).into_iter().chain(stored::head_names(1, N_HEADS));
        let curve = |(head, name): (usize, String)| self.curve(name, |moment| moment.scores[line][head]);
        let series: Vec<Line> = heads.enumerate().map(curve).collect();
        let options = PlotOptions::new().x("steps").y("attention").range(0.0, 1.0);
        Ok(lines(&series, options)?.title(title))
    }

    /// The attention of layer 1 on one row of the random letters.
    fn attention(&self) -> Outcome<View> {
        let row = self.measured_on.slice(s![..1, ..]).to_owned();
        let cache = self.model.run(&row).names_filter(("pattern", 1)).cache()?;
        let letters: Vec<String> = row.iter().map(|token| letter(*token)).collect();
        let pattern = cache.pattern(1).index_axis_move(Axis(0), 0);
        let view = attention_patterns(&letters, pattern, AttentionOptions::new())?;
        Ok(view.title(format!("Layer 1 after {STEPS} steps, on {} random letters twice", MEASURED.1)))
    }

    /// The gradient of the loss on [`TEXT`] with respect to the logits, one row for each position that predicts something.
    fn gradient(&self, functions: &Submission) -> Outcome<View> {
        let mut tokens = vec![0];
        tokens.extend((functions.letters)(TEXT));
        let n = tokens.len();
        let next = Next::from_shape_fn((1, n), |(_, pos)| tokens.get(pos + 1).copied());
        let logits = self.model.forward(&Tokens::from_shape_vec((1, n), tokens.clone())?)?;
        let gradient = (functions.loss_gradient)(logits.view(), &next);
        let rows: Vec<String> = (0..n - 1).map(|pos| format!("{pos} {}", letter(tokens[pos]))).collect();
        let columns: Vec<String> = (0..logits.dim().2).map(letter).collect();
        // Of one prediction, not of the mean: then the numbers are probabilities.
        let of_each = gradient.slice(s![0, ..n - 1, ..]).mapv(|d| d * (n - 1) as f32);
        let options = PlotOptions::new().x("logit of").y("position").value("d_loss").range(-1.0, 1.0);
        let title = format!("How the loss of each prediction changes with each logit, in \"{TEXT}\"");
        Ok(heatmap(of_each.view(), &rows, &columns, options)?.title(title))
    }
}

impl Moment {
    fn of(model: &HookedTransformer, tokens: &Tokens, steps: usize, functions: &Submission) -> Outcome<Self> {
        let (first_copy, second_copy, _) = (functions.bump)(model, tokens, MEASURED.1);
        let cache = model.run(tokens).names_filter(|name: &str| name.ends_with("hook_pattern")).cache()?;
        let scores = LINES.map(|back| {
            let heads = |layer: usize| {
                let pattern = cache.pattern(layer);
                pattern.axis_iter(Axis(1)).map(|of_head| mean_of_line(of_head, back)).collect::<Vec<f32>>()
            };
            [heads(0), heads(1)].concat()
        });
        Ok(Self { steps: steps as f32, first_copy, second_copy, scores })
    }
}

/// The mean attention to the key that is so many positions back.
///
/// # Shapes
/// - `patterns`: `[batch, query_pos, key_pos]`
fn mean_of_line(patterns: ArrayView3<'_, f32>, back: usize) -> f32 {
    let of_row = |pattern: ArrayView2<'_, f32>| pattern.slice(s![back.., ..]).diag().mean().unwrap_or(0.0);
    patterns.outer_iter().map(of_row).sum::<f32>() / patterns.len_of(Axis(0)) as f32
}

/// Rows of BOS and a random segment twice.
fn random_tokens_twice(d_vocab: usize) -> Tokens {
    let ((rows, n), mut rng) = (MEASURED, ChaCha8Rng::seed_from_u64(7));
    let segment = Array2::from_shape_fn((rows, n), |_| rng.random_range(1..d_vocab));
    Tokens::from_shape_fn((rows, 1 + 2 * n), |(row, pos)| if pos == 0 { 0 } else { segment[[row, (pos - 1) % n]] })
}

/// The learning rate of every step.
fn rates(functions: &Submission) -> Outcome<View> {
    let rate = |step| (functions.learning_rate)(step, STEPS, PEAK_RATE) * 1000.0;
    let rates: Array1<f32> = (1..=STEPS).map(rate).collect();
    let steps: Array1<f32> = (1..=STEPS).map(|step| step as f32).collect();
    let series = [Line::new("learning rate", rates.view()).over(steps.view())];
    let options = PlotOptions::new().x("step").y("thousandths").range(0.0, PEAK_RATE * 1000.0);
    Ok(lines(&series, options)?.title("The learning rate"))
}

/// A token of the small model as it is read.
fn letter(token: usize) -> String {
    match token {
        0 => "BOS".to_string(),
        1 => "space".to_string(),
        _ => char::from(b'a' + (token - 2) as u8).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Right, functions};

    /// What the chapter shows of the same run: a head of each layer rises while the loss on the second copy falls.
    #[test]
    fn the_curves_show_the_bump_and_the_two_heads_behind_it() -> Outcome<()> {
        let functions = functions::ex07(&Right::default());
        let grown = Grown::with(&functions)?;
        let (start, end) = (&grown.moments[0], &grown.moments[STEPS / EVERY]);
        assert!((start.second_copy - 28f32.ln()).abs() < 0.1, "nothing is known yet: {}", start.second_copy);
        assert!(end.second_copy < 0.8 && end.first_copy > 4.5, "{} and {}", end.first_copy, end.second_copy);
        let [induction, previous] = &end.scores;
        let (below, above) = induction.split_at(N_HEADS);
        assert!(below.iter().all(|score| *score < 0.2) && above.iter().all(|score| *score > 0.5), "{induction:?}");
        assert!(previous[0] > 0.6, "{previous:?}");

        let gradient = grown.gradient(&functions)?.array("values").ok_or("a heat map holds values")?;
        // "t" comes after BOS, and "h" after it.
        for (pos, next) in [(0, 21), (1, 9)] {
            let row = gradient.index_axis(Axis(0), pos);
            assert!(row[next] < 0.0 && row.sum().abs() < 1e-4, "{row}");
            assert!(row.iter().enumerate().all(|(token, d)| token == next || *d >= 0.0), "{row}");
        }
        Ok(())
    }
}
