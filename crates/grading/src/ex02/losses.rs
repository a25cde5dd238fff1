//! The check of the losses on the two halves.

use hooked_transformer::Tokens;
use ndarray::Array3;

use super::stored::{self, stored};
use super::{C07, Submission};
use crate::cases::Cases;
use crate::compare::Want;
use crate::value::Tensor;

/// Single precision on logits around 100 leaves a few 1e-6; the nearest mistake is more than a tenth off.
const TOLERANCE: f64 = 3e-4;

/// The mean loss on the first copy and on the second.
pub fn c07_repeated_loss_by_half(submission: &Submission) -> Cases {
    let loss = submission.repeated_loss_by_half;
    Cases::of(&C07, |cases| {
        for made_up in [
            MadeUp { batch: 3, seq_len: 4, d_vocab: 11, lift: 0.0 },
            MadeUp { batch: 1, seq_len: 5, d_vocab: 7, lift: 0.0 },
            MadeUp { batch: 5, seq_len: 3, d_vocab: 6, lift: 100.0 },
        ] {
            let call = move || loss(&made_up.logits(), &made_up.tokens());
            cases.case(made_up.words(), move || want(made_up.losses()), call);
        }
        // Every token is as likely as any other, but exp of the distance between the two rows is 0.
        let far_apart = || ndarray::array![[[120.0_f32, 120.0, 120.0], [-120.0, -120.0, -120.0], [0.0, 0.0, 0.0]]];
        cases.case_without_diagnosis(
            "equal logits of 120 in one row and of -120 in the next",
            || want((3_f64.ln(), 3_f64.ln())),
            || Ok(()),
            move |()| loss(&far_apart(), &ndarray::array![[0, 1, 1]]),
        );
        for item in 0..stored()?.count("repeated")? {
            let tokens = stored()?.tokens(&format!("repeated_{item}.tokens"))?;
            let name = format!("the model on random tokens, batch {}, {} positions", tokens.nrows(), tokens.ncols());
            let inputs = move || Ok((stored::logits(&tokens)?, tokens));
            let want = move || {
                let stored = stored()?;
                let mean = |half: &str| stored.number("repeated", item, &format!("log_prob_{half}_half"));
                Ok(want((-mean("first")?, -mean("second")?)))
            };
            let asked =
                cases.case_without_diagnosis(name, want, inputs, move |(logits, tokens)| loss(&logits, &tokens));
            if item == 0 {
                cases.found(move |answers| match answers.array(asked).ok()?.data[..] {
                    [first, second] => Some(format!(
                        "On random tokens the model loses {first:.2} nats per token on the first copy, and {second:.2} on \
                         the second, where it can look up what came next."
                    )),
                    _ => None,
                });
            }
        }
        Ok(())
    })
}

fn want((first, second): (f64, f64)) -> Want {
    Want::Array { values: Tensor::from((first, second)), axes: &["half"], tolerance: TOLERANCE }
}

/// Logits whose losses are known by construction: at each position the token that follows gets a chosen probability, and
/// the others share the rest unevenly.
#[derive(Clone, Copy)]
struct MadeUp {
    batch: usize,
    seq_len: usize,
    d_vocab: usize,
    /// Where the logits lie; it changes no probability.
    lift: f64,
}

impl MadeUp {
    fn words(self) -> String {
        let Self { batch, seq_len, lift, .. } = self;
        let lifted = if lift > 0.0 { format!(", logits around {lift}") } else { String::new() };
        format!("made-up logits, batch {batch}, segment {seq_len}{lifted}")
    }

    fn n_pos(self) -> usize {
        1 + 2 * self.seq_len
    }

    /// `[batch, pos]`: BOS, a segment, the segment again. No two neighbors are alike.
    fn tokens(self) -> Tokens {
        Tokens::from_shape_fn((self.batch, self.n_pos()), |(row, pos)| match pos {
            0 => 0,
            _ => 1 + (2 * row + 3 * ((pos - 1) % self.seq_len)) % (self.d_vocab - 1),
        })
    }

    /// The probability of the token that follows this position: different everywhere, and larger in the second copy.
    fn right(self, row: usize, pos: usize) -> f64 {
        let step = (5 * row + 3 * pos) % 11;
        if pos < self.seq_len { 0.02 + 0.01 * step as f64 } else { 0.5 + 0.04 * step as f64 }
    }

    fn logits(self) -> Array3<f32> {
        let tokens = self.tokens();
        Array3::from_shape_fn((self.batch, self.n_pos(), self.d_vocab), |(row, pos, id)| {
            // Nothing follows the last position; its logits count for nothing.
            let next = if pos + 1 < self.n_pos() { tokens[[row, pos + 1]] } else { 0 };
            let weight = |id: usize| (1 + (3 * id + row + 2 * pos) % 5) as f64;
            let others: f64 = (0..self.d_vocab).filter(|other| *other != next).map(weight).sum();
            let right = self.right(row, pos);
            let probability = if id == next { right } else { (1.0 - right) * weight(id) / others };
            // A constant of its own at each position changes no probability.
            (probability.ln() + self.lift + 0.5 * row as f64 - 0.25 * pos as f64) as f32
        })
    }

    /// The mean loss on each half: `seq_len` predictions of the first copy, as many of the second.
    fn losses(self) -> (f64, f64) {
        let mean = |from: usize| {
            let cells = (0..self.batch).flat_map(|row| (from..from + self.seq_len).map(move |pos| (row, pos)));
            let sum: f64 = cells.map(|(row, pos)| -self.right(row, pos).ln()).sum();
            sum / (self.batch * self.seq_len) as f64
        };
        (mean(0), mean(self.seq_len))
    }
}
