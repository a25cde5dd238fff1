//! The checks of what is measured: the log probability of a set of tokens, the KL divergence, and the random direction
//! that a steering vector is compared with.

use ndarray::{Array1, Array3};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::{C09, C10, C11, Submission};
use crate::compare::Want;
use crate::grade::Grading;
use crate::value::Tensor;
use crate::verdict::{Check, Verdict};

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
pub fn c09_target_log_prob(submission: &Submission) -> Check {
    let function = submission.target_log_prob;
    let mut grading = Grading::of(&C09);
    for (made_up, targets) in MADE_UP.into_iter().zip([vec![5, 2], vec![1, 10, 4, 6], vec![3]]) {
        let of_row = |row: usize| targets.iter().map(|id| made_up.last(row)[*id]).sum::<f64>().ln();
        let want = number(made_up.mean(of_row));
        let logits = made_up.logits();
        let name = format!("{}, targets {targets:?}", made_up.words());
        grading.case(name, want, move || function(&logits, &targets));
    }
    grading.verdict()
}

/// KL(steered || unsteered) at the last position, the mean over the rows.
pub fn c10_kl_divergence(submission: &Submission) -> Check {
    let function = submission.kl_divergence;
    let mut grading = Grading::of(&C10);
    for steered in MADE_UP {
        let clean = MadeUp { kind: 1, lift: 0.5 * steered.lift, ..steered };
        let of_row = |row: usize| {
            let pairs = steered.last(row).into_iter().zip(clean.last(row));
            pairs.map(|(p, q)| p * (p / q).ln()).sum::<f64>()
        };
        let want = number(steered.mean(of_row));
        let (logits, clean) = (steered.logits(), clean.logits());
        grading.case(steered.words(), want, move || function(&logits, &clean));
    }
    let alike = MADE_UP[1].logits();
    grading.case("the same logits twice", number(0.0), move || function(&alike, &alike));
    grading.verdict()
}

/// A direction of the right length, drawn evenly and from the given generator. Any use of the generator is right.
pub fn c11_random_direction(submission: &Submission) -> Check {
    let function = submission.random_direction;
    let grading = Grading::of(&C11);
    let like: Array1<f32> = (0..201).map(|i| if i % 3 == 0 { -1.5 } else { 0.2 + i as f32 / 100.0 }).collect();
    let norm = |v: &Array1<f32>| v.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
    let want = norm(&like);
    let words = format!("a vector of {} entries with norm {want:.3}", like.len());
    let ask = |seed: u64| -> Result<(Array1<f32>, Array1<f32>), Verdict> {
        let like = like.clone();
        grading.call(&words, move || {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            (function(&like, &mut rng), function(&like, &mut rng))
        })
    };
    let wrong = |evidence: &str, mistake| Err(grading.wrong(&format!("Case: {words}\n{evidence}"), mistake));
    let (first, second) = ask(1)?;
    if first.len() != like.len() {
        return wrong(&format!("{} entries came.", first.len()), None);
    }
    // Written so that NaN does not pass.
    let as_long = (norm(&first) - want).abs() <= 1e-3 * want;
    if !as_long {
        let is_one = (norm(&first) - 1.0).abs() < 1e-3;
        return wrong(&format!("the norm is {:.3}.", norm(&first)), is_one.then_some("E04-51"));
    }
    if ask(1)? != (first.clone(), second.clone()) {
        return wrong("two generators with the same seed gave different directions.", Some("E04-53"));
    }
    if ask(2)?.0 == first {
        return wrong("two generators with different seeds gave the same direction.", Some("E04-53"));
    }
    if first == second {
        return wrong("two calls one after the other with one generator gave the same direction.", Some("E04-53"));
    }
    // Of 201 fair signs, fewer than 60 or more than 141 of one kind come in one of a hundred million draws.
    let positive = first.iter().filter(|x| **x > 0.0).count();
    if !(60..=141).contains(&positive) {
        let evidence = format!("{positive} of {} entries are positive.", first.len());
        return wrong(&evidence, Some("E04-52"));
    }
    let cosine = first.dot(&like) / like.dot(&like);
    if cosine.abs() > 0.5 {
        return wrong(&format!("its cosine with the given vector is {cosine:.2}."), None);
    }
    Ok(())
}
