//! The checks of what is measured: the log probability of a set of tokens, the KL divergence, and the random direction
//! that a steering vector is compared with.

use ndarray::{Array1, Array3};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::{C09, C10, C11, Submission};
use crate::cases::{Cases, Fault};
use crate::compare::Want;
use crate::value::{Tensor, Value};

/// Single precision leaves a few 1e-6, on logits around 100 a little more.
const TOLERANCE: f64 = 1e-3;

/// Logits that give chosen probabilities: different at each row and position, and unlike for each `kind`.
#[derive(Clone, Copy)]
struct MadeUp {
    batch: usize,
    n_pos: usize,
    d_vocab: usize,
    /// Where the logits lie; it changes no probability.
    lift: f64,
    kind: usize,
}

impl MadeUp {
    fn words(self) -> String {
        let Self { batch, n_pos, d_vocab, lift, .. } = self;
        let lifted = if lift > 0.0 { format!(", logits around {lift}") } else { String::new() };
        format!("made-up logits, batch {batch}, {n_pos} positions, {d_vocab} tokens{lifted}")
    }

    /// The probabilities at one place.
    fn probabilities(self, row: usize, pos: usize) -> Vec<f64> {
        let weight = |id: usize| {
            let step = (3 * id * (1 + self.kind) + 5 * row + 2 * pos + self.kind) % 7;
            (0.6 * step as f64 - 0.3 * row as f64 * (id % 2) as f64).exp()
        };
        let weights: Vec<f64> = (0..self.d_vocab).map(weight).collect();
        let sum: f64 = weights.iter().sum();
        weights.into_iter().map(|w| w / sum).collect()
    }

    fn last(self, row: usize) -> Vec<f64> {
        self.probabilities(row, self.n_pos - 1)
    }

    fn logits(self) -> Array3<f32> {
        Array3::from_shape_fn((self.batch, self.n_pos, self.d_vocab), |(row, pos, id)| {
            // A constant of its own at each place changes no probability.
            (self.probabilities(row, pos)[id].ln() + self.lift + 0.5 * row as f64 - 0.75 * pos as f64) as f32
        })
    }

    fn mean(self, of_row: impl Fn(usize) -> f64) -> f64 {
        (0..self.batch).map(of_row).sum::<f64>() / self.batch as f64
    }
}

/// The sizes of the cases.
const MADE_UP: [MadeUp; 3] = [
    MadeUp { batch: 1, n_pos: 3, d_vocab: 7, lift: 0.0, kind: 0 },
    MadeUp { batch: 3, n_pos: 4, d_vocab: 11, lift: 0.0, kind: 0 },
    MadeUp { batch: 2, n_pos: 5, d_vocab: 9, lift: 100.0, kind: 0 },
];

fn number(x: f64) -> Want {
    Want::Array { values: Tensor::new(&[], vec![x]), axes: &[], tolerance: TOLERANCE }
}

/// The log of the probability that the next token is one of a set, the mean over the rows.
pub fn c09_target_log_prob(submission: &Submission) -> Cases {
    let function = submission.target_log_prob;
    Cases::of(&C09, |cases| {
        for (made_up, targets) in MADE_UP.into_iter().zip([vec![5, 2], vec![1, 10, 4, 6], vec![3]]) {
            let name = format!("{}, targets {targets:?}", made_up.words());
            let of_want = targets.clone();
            let want = move || {
                let of_row = |row: usize| of_want.iter().map(|id| made_up.last(row)[*id]).sum::<f64>().ln();
                number(made_up.mean(of_row))
            };
            cases.case(name, want, move || function(&made_up.logits(), &targets));
        }
        Ok(())
    })
}

/// KL(steered || unsteered) at the last position, the mean over the rows.
pub fn c10_kl_divergence(submission: &Submission) -> Cases {
    let function = submission.kl_divergence;
    Cases::of(&C10, |cases| {
        for steered in MADE_UP {
            let clean = MadeUp { kind: 1, lift: 0.5 * steered.lift, ..steered };
            let of_row = move |row: usize| {
                let pairs = steered.last(row).into_iter().zip(clean.last(row));
                pairs.map(|(p, q)| p * (p / q).ln()).sum::<f64>()
            };
            let call = move || function(&steered.logits(), &clean.logits());
            cases.case(steered.words(), move || number(steered.mean(of_row)), call);
        }
        let alike = || MADE_UP[1].logits();
        cases.case("the same logits twice", || number(0.0), move || function(&alike(), &alike()));
        Ok(())
    })
}

/// A vector whose length the random one must have.
fn like() -> Array1<f32> {
    (0..201).map(|i| if i % 3 == 0 { -1.5 } else { 0.2 + i as f32 / 100.0 }).collect()
}

fn norm(entries: &[f64]) -> f64 {
    entries.iter().map(|x| x.powi(2)).sum::<f64>().sqrt()
}

/// A direction of the right length, drawn evenly and from the given generator. Any use of the generator is right.
pub fn c11_random_direction(submission: &Submission) -> Cases {
    let function = submission.random_direction;
    Cases::of(&C11, |cases| {
        let want = norm(&Tensor::from(like()).data);
        let words = format!("a vector of {} entries with norm {want:.3}", like().len());
        let [once, again, other_seed] = [1, 1, 2].map(|seed| {
            cases.ask(&words, move || {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                let [first, second] = [(); 2].map(|()| Value::from(function(&like(), &mut rng)));
                Value::parts([("first", first), ("second", second)])
            })
        });
        cases.property(move |answers| {
            let first = answers.array_at(once, "first")?;
            let fault = if let Some(fault) = length_fault(first) {
                Some(fault)
            } else if answers.value(once)? != answers.value(again)? {
                let evidence = "two generators with the same seed gave different directions.";
                Some(Fault::new(evidence).mistake("E04-53"))
            } else if answers.array_at(other_seed, "first")? == first {
                let evidence = "two generators with different seeds gave the same direction.";
                Some(Fault::new(evidence).mistake("E04-53"))
            } else if answers.array_at(once, "second")? == first {
                let evidence = "two calls one after the other with one generator gave the same direction.";
                Some(Fault::new(evidence).mistake("E04-53"))
            } else {
                direction_fault(&first.data)
            };
            fault.map_or(Ok(()), |fault| fault.in_case(&words).found())
        });
        Ok(())
    })
}

/// As many entries as the given vector, and its norm.
fn length_fault(got: &Tensor) -> Option<Fault> {
    let like = Tensor::from(like());
    if got.shape != like.shape {
        return Some(Fault::new(format!("{} entries came.", got.data.len())));
    }
    let (got, want) = (norm(&got.data), norm(&like.data));
    // Written so that NaN does not pass.
    let as_long = (got - want).abs() <= 1e-3 * want;
    let is_one = (got - 1.0).abs() < 1e-3;
    (!as_long).then(|| Fault::new(format!("the norm is {got:.3}.")).mistake(is_one.then_some("E04-51")))
}

/// Both signs, and no likeness to the given vector.
fn direction_fault(got: &[f64]) -> Option<Fault> {
    // Of 201 fair signs, fewer than 60 or more than 141 of one kind come in one of a hundred million draws.
    let positive = got.iter().filter(|x| **x > 0.0).count();
    if !(60..=141).contains(&positive) {
        let evidence = format!("{positive} of {} entries are positive.", got.len());
        return Some(Fault::new(evidence).mistake("E04-52"));
    }
    let like = Tensor::from(like()).data;
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let cosine = dot(got, &like) / dot(&like, &like);
    (cosine.abs() > 0.5).then(|| Fault::new(format!("its cosine with the given vector is {cosine:.2}.")))
}
