//! The checks of the logit lens: predictions read off at every depth, and the ranks of tokens.

use hooked_transformer::Tokens;
use ndarray::{Array3, array};

use super::hooks::LOSS;
use super::stored::{GPT2, stored};
use super::{C13, C14, Submission};
use crate::cases::Cases;
use crate::compare::Want;
use crate::value::Tensor;

const RANKS: &[&str] = &["batch", "pos"];

/// The log probability of the next token, before the first layer and after each.
pub fn c13_logit_lens(submission: &Submission) -> Cases {
    let lens = submission.logit_lens;
    Cases::of(&C13, |cases| {
        let stored_now = stored()?;
        let tiny = |key| stored_now.tiny(key);
        for case in [tiny("attn_1")?, tiny("gpt_0")?, tiny("gpt_1")?, stored_now.embedded(GPT2, "gpt2_text")?] {
            let asked = case.add_run(cases, "", case.want("lens", &["depth", "batch", "pos"], LOSS), lens);
            if case.is_embedded() {
                cases.found(move |answers| by_depth(answers.array(asked).ok()?));
            }
        }
        cases.property(|_| Ok(stored()?.not_zero("gpt2_text.lens", LOSS)?));
        Ok(())
    })
}

/// How the predictions get better with depth.
fn by_depth(log_probs: &Tensor) -> Option<String> {
    let depths = *log_probs.shape.first().filter(|depths| **depths > 0)?;
    let each = log_probs.data.len() / depths;
    let means = log_probs.data.chunks(each.max(1)).map(|of_depth| of_depth.iter().sum::<f64>() / each as f64);
    let list: Vec<String> = means.map(|mean| format!("{mean:.1}")).collect();
    Some(format!(
        "The mean log probability of the next token, before the first layer of gpt2-tales and after each: {}.",
        list.join(", ")
    ))
}

/// Logits that are a shuffle of d_vocab different numbers at each position, so that the ranks are known.
#[derive(Clone, Copy)]
struct Shuffled {
    batch: usize,
    n_pos: usize,
    d_vocab: usize,
}

impl Shuffled {
    fn words(self) -> String {
        let Self { batch, n_pos, d_vocab } = self;
        format!("made-up logits, batch {batch}, {n_pos} positions, {d_vocab} tokens")
    }

    fn rank(self, item: usize, pos: usize, id: usize) -> usize {
        (2 * item + 3 * pos + (1 + pos % 3) * id) % self.d_vocab
    }

    fn logits(self) -> Array3<f32> {
        let shape = (self.batch, self.n_pos, self.d_vocab);
        Array3::from_shape_fn(shape, |(item, pos, id)| 2.0 - self.rank(item, pos, id) as f32 / 4.0)
    }

    fn tokens(self) -> Tokens {
        let id = |(item, pos): (usize, usize)| (4 * item + 3 * pos + pos * pos) % self.d_vocab;
        Tokens::from_shape_fn((self.batch, self.n_pos), id)
    }

    fn ranks(self) -> Tensor {
        let tokens = self.tokens();
        let cells = (0..self.batch).flat_map(|item| (0..self.n_pos - 1).map(move |pos| (item, pos)));
        let values = cells.map(|(item, pos)| self.rank(item, pos, tokens[[item, pos + 1]]) as f64).collect();
        Tensor::new(&[self.batch, self.n_pos - 1], values)
    }
}

/// Logits with ties, counted by hand: only a larger logit comes before the right token. It is the first of its equals, so
/// that a stable sort gives the same.
fn with_ties() -> (Array3<f32>, Tokens, Tensor) {
    let logits = array![
        [
            [-2.0, -1.0, -2.0, -0.5, -2.0, -3.0],
            [-1.0, -1.0, -1.0, -1.0, -1.0, -1.0],
            [-4.0, -1.5, -4.0, -1.5, -9.0, -0.25],
            [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
        ],
        [
            [3.0, 3.0, 2.0, 3.0, 3.0, -3.0],
            [-7.0, 5.0, 5.0, 5.0, 5.0, 5.0],
            [1.0, 0.5, 1.0, 0.5, 1.0, 0.5],
            [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
        ]
    ];
    let tokens = array![[4, 0, 0, 1], [1, 0, 0, 1]];
    (logits, tokens, Tensor::new(&[2, 3], vec![2.0, 0.0, 1.0, 0.0, 5.0, 3.0]))
}

/// The rank of the next token among all tokens.
pub fn c14_next_token_ranks(submission: &Submission) -> Cases {
    let ranks = submission.next_token_ranks;
    Cases::of(&C14, |cases| {
        for (batch, n_pos, d_vocab) in [(1, 5, 7), (3, 6, 11), (2, 4, 5)] {
            let made_up = Shuffled { batch, n_pos, d_vocab };
            let want = move || Want::Array { values: made_up.ranks(), axes: RANKS, tolerance: 0.05 };
            cases.case(made_up.words(), want, move || ranks(made_up.logits().view(), &made_up.tokens()));
        }
        let want = || Want::Array { values: with_ties().2, axes: RANKS, tolerance: 0.05 };
        cases.case("made-up logits with ties, batch 2, 4 positions, 6 tokens", want, move || {
            let (logits, tokens, _) = with_ties();
            ranks(logits.view(), &tokens)
        });
        Ok(())
    })
}
