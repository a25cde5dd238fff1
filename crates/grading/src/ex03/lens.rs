//! The checks of the logit lens: predictions read off at every depth, and the ranks of tokens.

use std::sync::Arc;

use hooked_transformer::Tokens;
use ndarray::Array3;

use super::hooks::{LOSS, run};
use super::stored::{GPT2, stored};
use super::{C13, C14, Submission};
use crate::compare::Want;
use crate::grade::Grading;
use crate::reference::Damaged;
use crate::value::Tensor;
use crate::verdict::Check;

/// The log probability of the next token, before the first layer and after each.
pub fn c13_logit_lens(submission: &Submission) -> Check {
    let lens = submission.logit_lens;
    let damaged = |damaged: Damaged| damaged.verdict(&C13);
    let stored = stored(&C13)?;
    let mut grading = Grading::of(&C13);
    let cases = [stored.tiny("attn_1"), stored.tiny("gpt_0"), stored.tiny("gpt_1"), stored.embedded(GPT2, "gpt2_text")];
    for case in cases {
        let case = case.map_err(damaged)?;
        let want = stored.want(&case, "lens", &["depth", "batch", "pos"], LOSS).map_err(damaged)?;
        let (model, tokens) = (Arc::clone(&case.model), case.tokens.clone());
        run(&mut grading, &case, "", want, move || lens(&model, &tokens));
    }
    stored.not_zero("gpt2_text.lens", LOSS).map_err(damaged)?;
    grading.verdict()
}

/// The rank of the next token among all tokens.
pub fn c14_next_token_ranks(submission: &Submission) -> Check {
    let ranks = submission.next_token_ranks;
    let mut grading = Grading::of(&C14);
    for (batch, n_pos, d_vocab) in [(1, 5, 7), (3, 6, 11), (2, 4, 5)] {
        // At each position the logits are a shuffle of d_vocab different numbers, so the ranks are known.
        let place = move |item: usize, pos: usize, id: usize| (2 * item + 3 * pos + (1 + pos % 3) * id) % d_vocab;
        let logits =
            Array3::from_shape_fn((batch, n_pos, d_vocab), |(item, pos, id)| 2.0 - place(item, pos, id) as f32 / 4.0);
        let tokens = Tokens::from_shape_fn((batch, n_pos), |(item, pos)| (4 * item + 3 * pos + pos * pos) % d_vocab);
        let cells = (0..batch).flat_map(|item| (0..n_pos - 1).map(move |pos| (item, pos)));
        let values = cells.map(|(item, pos)| place(item, pos, tokens[[item, pos + 1]]) as f64).collect();
        let values = Tensor::new(&[batch, n_pos - 1], values);
        let want = Want::Array { values, axes: &["batch", "pos"], tolerance: 0.05 };
        let name = format!("made-up logits, batch {batch}, {n_pos} positions, {d_vocab} tokens");
        grading.case(name, want, move || ranks(logits.view(), &tokens));
    }
    grading.verdict()
}
