//! The checks of the measure of the bump, and of the bump itself: the learner's own functions train a model from nothing.

use std::time::Duration;

use hooked_transformer::{
    HookedTransformer, HookedTransformerConfig, PositionalEmbeddingType, Tokens, fwd_hook, loss_per_token,
};
use ndarray::{Axis, s};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::stored::{book, model, tensor, tokens, words};
use super::{C15, C17, C18, Submission};
use crate::cases::{Cases, Fault, Holds};
use crate::compare::Want;
use crate::reference::Damaged;
use crate::value::Value;

/// Losses of a few nats, and a share of attention.
const BUMP: f64 = 1e-4;

/// The steps of the run from nothing.
const STEPS: usize = 450;

/// The run takes two seconds; a slow answer on a busy machine may take much longer.
const LIMIT: Duration = Duration::from_secs(240);

/// The tiny models on repeated tokens.
pub fn c15_bump(submission: &Submission) -> Cases {
    let bump = submission.bump;
    Cases::of(&C15, |cases| {
        for (key, n) in [("grow_0", 4), ("grow_0", 2), ("grow_1", 3)] {
            let rows = tokens(&format!("{key}.repeated.{n}"))?.nrows();
            cases.case_on(
                format!("{}, {rows} rows of {n} tokens twice", words(key)?),
                move || {
                    let names = &["loss of the first copy", "loss of the second copy", "largest induction score"];
                    Ok::<_, Damaged>(Want::Numbers {
                        values: tensor(&format!("{key}.bump.{n}"))?,
                        names,
                        tolerance: BUMP,
                    })
                },
                move || Ok((model(key)?, tokens(&format!("{key}.repeated.{n}"))?)),
                move |(model, tokens)| {
                    let (first, second, score) = bump(&model, &tokens, n);
                    [first, second, score]
                },
            );
        }
        Ok(())
    })
}

/// How many steps a short call of `grow` makes.
const SHORT_STEPS: usize = 4;

/// What `grow` makes of the learner's other functions, in the right way and in some wrong ones.
#[derive(Clone, Copy)]
enum Loop {
    Right,
    ConstantRate,
    StepsFromZero,
    NewMoments,
    OneBatch,
    AlwaysStepOne,
    /// The schedule of the long run, whatever the number of steps.
    LongSchedule,
}

impl Loop {
    /// Each wrong way with its mistake.
    const WRONG: [(Self, &'static str); 5] = [
        (Self::ConstantRate, "E07-213"),
        (Self::StepsFromZero, "E07-214"),
        (Self::NewMoments, "E07-215"),
        (Self::OneBatch, "E07-189"),
        (Self::AlwaysStepOne, "E07-216"),
    ];

    /// The losses of a short call with the seed 1 and a share of one half.
    fn losses(self, given: &Submission) -> Vec<f32> {
        self.losses_of(given, (given.untrained_model)(2, 1), &(given.letters)(ONE_TEXT), SHORT_STEPS)
    }

    /// The losses of a call on the other model, with the same seed and share.
    fn losses_of_other(self, given: &Submission) -> Vec<f32> {
        self.losses_of(given, other_model(), &(given.letters)(ONE_TEXT), OTHER_STEPS)
    }

    fn losses_of(self, given: &Submission, mut model: HookedTransformer, text: &[usize], steps: usize) -> Vec<f32> {
        let (n_ctx, d_vocab) = (model.cfg().n_ctx, model.cfg().d_vocab);
        let (mut rng, mut moments, mut batch) = (ChaCha8Rng::seed_from_u64(1), super::Moments::new(), None);
        let mut one_step = |step: usize| {
            if batch.is_none() || !matches!(self, Self::OneBatch) {
                batch = Some((given.training_batch)(&mut rng, text, ROWS, n_ctx, d_vocab, 0.5));
            }
            if matches!(self, Self::NewMoments) {
                moments.clear();
            }
            let rate = match self {
                Self::ConstantRate => PEAK_RATE,
                Self::StepsFromZero => (given.learning_rate)(step - 1, steps, PEAK_RATE),
                Self::LongSchedule => (given.learning_rate)(step, STEPS, PEAK_RATE),
                _ => (given.learning_rate)(step, steps, PEAK_RATE),
            };
            let number = if matches!(self, Self::AlwaysStepOne) { 1 } else { step };
            let (tokens, next) = batch.as_ref().expect("drawn before");
            (given.train_step)(&mut model, &mut moments, tokens, next, number, rate)
        };
        (1..=steps).map(&mut one_step).collect()
    }
}

/// Rows of a batch, as in the exercise.
const ROWS: usize = 16;

/// The learning rate once it has risen, as in the exercise.
const PEAK_RATE: f32 = 0.03;

/// How many steps a call of `grow` on the other model makes: so many that the rate rises to its peak, stays there and falls.
const OTHER_STEPS: usize = 70;

/// A model whose context, vocabulary and layers are not those of `untrained_model`, so that no loop passes that has them
/// written into it.
fn other_model() -> HookedTransformer {
    let cfg = HookedTransformerConfig {
        attn_only: true,
        normalization_type: None,
        positional_embedding_type: PositionalEmbeddingType::Shortformer,
        initializer_range: Some(0.1),
        seed: Some(1),
        ..HookedTransformerConfig::new(1, 8, 4, 56, 30)
    };
    HookedTransformer::from_config(cfg).expect("a valid configuration")
}

/// How far apart two short calls are in the step where they differ most.
fn apart(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// The same functions give the same losses, but for the order of sums. Wrong loops differ by 0.001 and more.
const SAME_LOSSES: f64 = 5e-5;

/// A short call of `grow`: the text, the share of repeated rows and the seed.
#[derive(Clone, Copy)]
struct Short {
    text: &'static str,
    share: f64,
    seed: u64,
}

/// More than a row of text.
const ONE_TEXT: &str = "the quick brown fox jumps over the lazy dog and then it runs away into the deep dark wood";
const OTHER_TEXT: &str = "a rose is a rose is a rose is a rose is a rose is a rose is a rose is a rose is a rose is";

/// Whether `grow` on the other model is the right loop, and what is said if it is not.
fn as_long_and_the_same(got: &[f64], right: &[f64], long_schedule: &[f64]) -> Holds {
    if got.len() != right.len() {
        let words = format!("{OTHER_STEPS} steps were asked for, and {} losses came back.", got.len());
        return Fault::new(words).mistake("E07-183").found();
    }
    let Some(first_off) = (0..right.len()).find(|i| !((got[*i] - right[*i]).abs() <= SAME_LOSSES)) else {
        return Ok(());
    };
    let words = format!(
        "on a model of 56 positions and 30 tokens, the loss of step {step} of {OTHER_STEPS} is {:.5}. With your \
         `training_batch`, `learning_rate` and `train_step`, called in turn with the sizes of that model and the steps 1 \
         to {OTHER_STEPS} of {OTHER_STEPS}, it is {:.5}.",
        got[first_off],
        right[first_off],
        step = first_off + 1,
    );
    // The loop is right on the usual model, so a first loss that is not comes from another batch.
    let known = match first_off {
        0 => Some("E07-230"),
        _ => (apart(got, long_schedule) <= SAME_LOSSES).then_some("E07-226"),
    };
    Fault::new(words).mistake(known).found()
}

/// What goes in must come out: the number of steps, the seed, the share, the text.
pub fn c17_grow(submission: &Submission) -> Cases {
    let given = *submission;
    Cases::of(&C17, |cases| {
        cases.calls_too(&["untrained_model", "letters", "training_batch", "learning_rate", "train_step"]);
        let mut short = |text, share, seed| {
            let call = Short { text, share, seed };
            let name = format!("4 steps, a share of {share} repeated, seed {seed}");
            cases.ask(name, move || {
                let mut model = (given.untrained_model)(2, 1);
                let text = (given.letters)(call.text);
                let mut rng = ChaCha8Rng::seed_from_u64(call.seed);
                let losses = (given.grow)(&mut model, &mut rng, &text, SHORT_STEPS, call.share);
                let weights: Vec<f32> =
                    model.state_dict().iter().flat_map(|(_, w)| w.iter().copied().collect::<Vec<_>>()).collect();
                Value::parts([("losses", losses.into()), ("weights", weights.into())])
            })
        };
        let once = short(ONE_TEXT, 0.5, 1);
        let again = short(ONE_TEXT, 0.5, 1);
        let other_seed = short(ONE_TEXT, 0.5, 2);
        let repeated = [short(ONE_TEXT, 1.0, 3), short(OTHER_TEXT, 1.0, 3)];
        let text = [short(ONE_TEXT, 0.0, 3), short(OTHER_TEXT, 0.0, 3)];
        let untrained = cases.ask("the weights before", move || {
            let model = (given.untrained_model)(2, 1);
            model.state_dict().iter().flat_map(|(_, w)| w.iter().copied().collect::<Vec<_>>()).collect::<Vec<f32>>()
        });
        let right = cases.ask("the loop, put together by the grader", move || Loop::Right.losses(&given));
        let other = cases.ask(format!("{OTHER_STEPS} steps, a model of 56 positions and 30 tokens"), move || {
            (given.grow)(
                &mut other_model(),
                &mut ChaCha8Rng::seed_from_u64(1),
                &(given.letters)(ONE_TEXT),
                OTHER_STEPS,
                0.5,
            )
        });
        let [right_other, long_schedule] = [Loop::Right, Loop::LongSchedule].map(|way| {
            cases.ask("the loop on that model, put together by the grader", move || way.losses_of_other(&given))
        });
        let wrong = Loop::WRONG.map(|(way, code)| {
            (cases.ask("a loop with a mistake, put together by the grader", move || way.losses(&given)), code)
        });
        cases.property(move |answers| {
            let losses = |asked| answers.array_at(asked, "losses").map(|losses| losses.data.clone());
            let fault = |evidence: String, mistake: &'static str| Fault::new(evidence).mistake(mistake).found();
            let first = losses(once)?;
            if first.len() != SHORT_STEPS {
                return fault(format!("{SHORT_STEPS} steps were asked for, and {} losses came back.", first.len()), "E07-183");
            }
            if first.iter().any(|loss| !loss.is_finite()) {
                return fault(format!("the losses of 4 steps are {first:?}."), "E07-184");
            }
            if answers.array_at(once, "weights")? == answers.array(untrained)? {
                return fault("after 4 steps the weights are what they were.".to_string(), "E07-185");
            }
            if first != losses(again)? || first == losses(other_seed)? {
                let same =
                    if first == losses(other_seed)? { "two seeds gave the same" } else { "one seed gave different" };
                return fault(format!("{same} losses."), "E07-186");
            }
            if losses(repeated[0])? == losses(text[0])? {
                return fault("with a share of 0 and of 1 the losses are the same.".to_string(), "E07-187");
            }
            if losses(text[0])? == losses(text[1])? {
                return fault("on two texts, with a share of 0, the losses are the same.".to_string(), "E07-188");
            }
            if losses(repeated[0])? != losses(repeated[1])? {
                return fault("with a share of 1 the losses depend on the text.".to_string(), "E07-187");
            }
            let right = &answers.array(right)?.data;
            if apart(&first, right) <= SAME_LOSSES {
                let [other, right, long_schedule] =
                    [answers.array(other)?, answers.array(right_other)?, answers.array(long_schedule)?]
                        .map(|losses| &losses.data[..]);
                return as_long_and_the_same(other, right, long_schedule);
            }
            let mut fitting = Vec::new();
            for (asked, code) in wrong {
                if apart(&first, &answers.array(asked)?.data) <= SAME_LOSSES {
                    fitting.push(code);
                }
            }
            // Two explanations are none.
            let known = if let [only] = fitting[..] { Some(only) } else { None };
            let words = format!(
                "the losses of {SHORT_STEPS} steps are {first:.4?}. With your `training_batch`, `learning_rate` and `train_step`, called \
                 in turn with {ROWS} rows, a peak of {PEAK_RATE} and the steps 1 to {SHORT_STEPS}, they are {right:.4?}."
            );
            Fault::new(words).mistake(known).found()
        });
        cases.uses(super::c16_train_step(&given));
        cases.uses(super::c14_training_batch(&given));
        Ok(())
    })
}

/// A model from nothing, by the learner's hand: does the bump come?
pub fn c18_grow_an_induction_head(submission: &Submission) -> Cases {
    let given = *submission;
    Cases::of(&C18, |cases| {
        cases.calls_too(&["untrained_model", "letters"]);
        cases.limit(LIMIT);
        let asked = cases.ask_on(format!("{STEPS} steps from nothing"), book, move |book| {
            let mut model = (given.untrained_model)(2, 0);
            let before = Measured::of(&model);
            let text = (given.letters)(&book);
            let losses = (given.grow)(&mut model, &mut ChaCha8Rng::seed_from_u64(0), &text, STEPS, 0.5);
            let after = Measured::of(&model);
            Value::parts([("losses", losses.into()), ("before", before.into()), ("after", after.into())])
        });
        cases.property(move |answers| {
            let losses = &answers.array_at(asked, "losses")?.data;
            let Some(Measured { first, second, score, .. }) = Measured::read(&answers.array_at(asked, "after")?.data) else {
                return Fault::new("the answer does not have the form that the call gives it.").found();
            };
            let last: f64 = losses.iter().rev().take(20).sum::<f64>() / 20.0;
            let evidence = format!(
                "after {STEPS} steps the last 20 have a mean loss of {last:.2}. On new random tokens, twice, the second copy \
                 has a loss of {second:.2} and the first of {first:.2}; the largest induction score of a head is {score:.2}. \
                 The bump is there when the second is below half of the first, and the score above 0.5."
            );
            if second < first / 2.0 && score > 0.5 {
                return Ok(());
            }
            // What was learned by heart does not carry over to new rows, whose text alone has a loss of two nats.
            Fault::new(evidence).found()
        });
        cases.found(move |answers| {
            let measured = |part| Measured::read(&answers.array_at(asked, part).ok()?.data);
            let (before, after) = (measured("before")?, measured("after")?);
            Some(format!(
                "Your own gradients grew an induction head in {STEPS} steps: head {}.{} has an induction score of {:.2}. The \
                 second copy of random tokens has a loss of {:.2} (the first {:.2}; before training {:.2}). With that head \
                 silenced it is {:.2}.",
                after.layer, after.head, after.score, after.second, after.first, before.second, after.without
            ))
        });
        cases.uses(c17_grow(&given));
        Ok(())
    })
}

/// What a model does on random tokens, twice.
struct Measured {
    first: f64,
    second: f64,
    score: f64,
    layer: usize,
    head: usize,
    /// The loss of the second copy with the best head silenced.
    without: f64,
}

impl From<Measured> for Value {
    fn from(m: Measured) -> Self {
        vec![m.first, m.second, m.score, m.layer as f64, m.head as f64, m.without].into()
    }
}

impl Measured {
    /// Rows, and the length of a segment: both copies fit into the model's context.
    const ROWS: usize = 16;
    const SEGMENT: usize = 20;

    fn of(model: &HookedTransformer) -> Self {
        let (n, tokens) = (Self::SEGMENT, Self::tokens(model.cfg().d_vocab));
        let (logits, cache) = model.run(&tokens).logits_and_cache().expect("tokens of this model");
        let halves = |logits: ndarray::Array3<f32>| {
            let losses = loss_per_token(logits.view(), tokens.view()).expect("logits of these tokens");
            let mean = |from, to| f64::from(losses.slice(s![.., from..to]).mean().expect("predictions"));
            [mean(0, n), mean(n, 2 * n)]
        };
        let [first, second] = halves(logits);
        let (mut score, mut best) = (0.0, (0, 0));
        for layer in 0..model.cfg().n_layers {
            for (head, patterns) in cache.pattern(layer).axis_iter(Axis(1)).enumerate() {
                let stripe =
                    |pattern: ndarray::ArrayView2<f32>| pattern.slice(s![n - 1.., ..]).diag().mean().unwrap_or(0.0);
                let mean =
                    patterns.outer_iter().map(|pattern| f64::from(stripe(pattern))).sum::<f64>() / Self::ROWS as f64;
                if mean > score {
                    (score, best) = (mean, (layer, head));
                }
            }
        }
        let (layer, head) = best;
        let silence = fwd_hook(("z", layer), move |mut z, _| z.index_axis_mut(Axis(2), head).fill(0.0));
        let [_, without] = halves(model.run(&tokens).hook(silence).logits().expect("tokens of this model"));
        Self { first, second, score, layer, head, without }
    }

    fn read(numbers: &[f64]) -> Option<Self> {
        let &[first, second, score, layer, head, without] = numbers else { return None };
        Some(Self { first, second, score, layer: layer as usize, head: head as usize, without })
    }

    fn tokens(d_vocab: usize) -> Tokens {
        let (n, mut rng) = (Self::SEGMENT, ChaCha8Rng::seed_from_u64(7));
        let mut tokens = Tokens::zeros((Self::ROWS, 1 + 2 * n));
        for mut row in tokens.rows_mut() {
            for pos in 1..=n {
                row[pos] = 1 + rng.next_u32() as usize % (d_vocab - 1);
                row[pos + n] = row[pos];
            }
        }
        tokens
    }
}
