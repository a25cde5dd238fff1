//! The checks of what is measured: the log probability of a set of tokens, and the KL divergence.

use ndarray::{Array3, ArrayView1, array, s};

use super::{C09, C10, Submission};
use crate::cases::Cases;
use crate::compare::Want;

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
    Want::number(x, TOLERANCE)
}

/// Tokens of which one row finds both very unlikely.
const TARGETS: [usize; 2] = [3, 4];

/// Logits of a model that is very sure: some probabilities are too small for an `f32`, and must do no harm.
fn sharp() -> Array3<f32> {
    array![
        [[1.0, 0.0, 4.0, 2.0, -1.0], [0.0, -24.0, 3.0, -18.0, -31.0]],
        [[-2.0, 1.5, 0.5, 0.0, 3.0], [-20.0, 5.0, -160.0, -29.0, 2.0]]
    ]
}

/// Logits of another one, which is sure of something else.
fn blunt() -> Array3<f32> {
    array![
        [[0.0, 1.0, -1.0, 2.0, 0.5], [2.0, 1.0, -3.0, 0.5, 1.5]],
        [[2.0, -0.5, 1.0, 3.0, 0.0], [1.0, -6.0, 3.0, 2.5, -140.0]]
    ]
}

/// ln p, in double precision.
fn log_probs(logits: ArrayView1<'_, f32>) -> Vec<f64> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let above = |x: f32| f64::from(x) - f64::from(largest);
    let sum: f64 = logits.iter().map(|x| above(*x).exp()).sum();
    logits.iter().map(|x| above(*x) - sum.ln()).collect()
}

/// Those of a row of the sharp ones, at the last position.
fn sharp_log_probs(row: usize) -> Vec<f64> {
    log_probs(sharp().slice(s![row, -1, ..]))
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
        let want = || {
            let of_row = |row: usize| TARGETS.iter().map(|id| sharp_log_probs(row)[*id].exp()).sum::<f64>().ln();
            number((0..2).map(of_row).sum::<f64>() / 2.0)
        };
        let name = format!("made-up logits that are far apart, batch 2, targets {TARGETS:?}");
        cases.case(name, want, move || function(&sharp(), &TARGETS));
        // Each row is as sure as the other, but one lies so far below that exp of the distance is 0.
        let apart = || array![[[120.0_f32, 119.0, 110.0]], [[-120.0, -121.0, -110.0]]];
        let want = move || {
            let of_row = |row: usize| log_probs(apart().slice(s![row, -1, ..]))[0];
            number((of_row(0) + of_row(1)) / 2.0)
        };
        let name = "a row of logits near 120 and one near -120, targets [0]";
        cases.case(name, want, move || function(&apart(), &[0]));
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
        let want = || {
            let of_row = |row: usize| {
                let pairs = sharp_log_probs(row).into_iter().zip(log_probs(blunt().slice(s![row, -1, ..])));
                pairs.map(|(p, q)| p.exp() * (p - q)).sum::<f64>()
            };
            number((0..2).map(of_row).sum::<f64>() / 2.0)
        };
        let name = "made-up logits, so far apart that some probabilities round to zero, batch 2";
        cases.case(name, want, move || function(&sharp(), &blunt()));
        let alike = || MADE_UP[1].logits();
        cases.case("the same logits twice", || number(0.0), move || function(&alike(), &alike()));
        Ok(())
    })
}
