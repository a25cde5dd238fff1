//! Wrong ways to tell what the model guesses.

use hooked_transformer::{HookedTransformer, Tokens, argmax};
use ndarray::{Array2, Array3, ArrayView1, s};
use solution_01_introduction::{guessed_right as right, tokens_guessed as right_strings};

fn guess(logits: &Array3<f32>, row: usize, pos: usize) -> usize {
    argmax(logits.slice(s![row, pos, ..]))
}

pub fn not_shifted(logits: &Array3<f32>, tokens: &Tokens) -> Array2<bool> {
    let (batch, n_pos) = tokens.dim();
    Array2::from_shape_fn((batch, n_pos - 1), |(row, pos)| guess(logits, row, pos) == tokens[[row, pos]])
}

pub fn shifted_back(logits: &Array3<f32>, tokens: &Tokens) -> Array2<bool> {
    let (batch, n_pos) = tokens.dim();
    Array2::from_shape_fn((batch, n_pos - 1), |(row, pos)| guess(logits, row, pos + 1) == tokens[[row, pos]])
}

pub fn over_positions(logits: &Array3<f32>, tokens: &Tokens) -> Array2<bool> {
    let (batch, n_pos) = tokens.dim();
    Array2::from_shape_fn((batch, n_pos - 1), |(row, pos)| {
        argmax(logits.slice(s![row, .., tokens[[row, pos + 1]]])) == pos
    })
}

pub fn last_counted(logits: &Array3<f32>, tokens: &Tokens) -> Array2<bool> {
    let (batch, n_pos) = tokens.dim();
    let next = |row: usize, pos: usize| tokens.get([row, pos + 1]).copied();
    Array2::from_shape_fn((batch, n_pos), |(row, pos)| Some(guess(logits, row, pos)) == next(row, pos))
}

pub fn first_row(logits: &Array3<f32>, tokens: &Tokens) -> Array2<bool> {
    right(logits, tokens).slice(s![..1, ..]).to_owned()
}

/// Right where `is_right(logits of one position, next token)`.
fn each(logits: &Array3<f32>, tokens: &Tokens, is_right: impl Fn(ArrayView1<f32>, usize) -> bool) -> Array2<bool> {
    let (batch, n_pos) = tokens.dim();
    Array2::from_shape_fn((batch, n_pos - 1), |(row, pos)| {
        is_right(logits.slice(s![row, pos, ..]), tokens[[row, pos + 1]])
    })
}

pub fn tokens_of_row_0(logits: &Array3<f32>, tokens: &Tokens) -> Array2<bool> {
    let row_0 = tokens.row(0);
    right(logits, &row_0.broadcast(tokens.dim()).expect("a row").to_owned())
}

pub fn largest_absolute(logits: &Array3<f32>, tokens: &Tokens) -> Array2<bool> {
    right(&logits.mapv(f32::abs), tokens)
}

pub fn smallest(logits: &Array3<f32>, tokens: &Tokens) -> Array2<bool> {
    right(&logits.mapv(|logit| -logit), tokens)
}

fn probability(logits: ArrayView1<f32>, token: usize) -> f32 {
    let total: f32 = logits.iter().map(|logit| logit.exp()).sum();
    logits[token].exp() / total
}

pub fn more_likely_than_not(logits: &Array3<f32>, tokens: &Tokens) -> Array2<bool> {
    each(logits, tokens, |logits, token| probability(logits, token) > 0.5)
}

pub fn positive(logits: &Array3<f32>, tokens: &Tokens) -> Array2<bool> {
    each(logits, tokens, |logits, token| logits[token] > 0.0)
}

pub fn maximum_from_zero(logits: &Array3<f32>, tokens: &Tokens) -> Array2<bool> {
    each(logits, tokens, |logits, token| {
        let mut best = (0, 0.0);
        for (id, logit) in logits.iter().enumerate() {
            if *logit > best.1 {
                best = (id, *logit);
            }
        }
        best.0 == token
    })
}

pub fn negated(logits: &Array3<f32>, tokens: &Tokens) -> Array2<bool> {
    right(logits, tokens).mapv(|right| !right)
}

/// A run on a text: its tokens, and what `choose(right, guesses, tokens)` makes of them, as strings.
fn run(
    model: &HookedTransformer,
    text: &str,
    prepend_bos: bool,
    choose: impl Fn(&[bool], &[usize], &[usize]) -> Vec<usize>,
) -> Vec<String> {
    let tokens = model.to_tokens(text, prepend_bos).expect("a text");
    let logits = model.forward(&tokens).expect("tokens");
    let guesses: Vec<usize> = (0..tokens.ncols()).map(|pos| guess(&logits, 0, pos)).collect();
    let right = right(&logits, &tokens).row(0).to_vec();
    model.to_str_tokens(choose(&right, &guesses, &tokens.row(0).to_vec()), None).expect("ids")
}

fn chosen(right: &[bool], from: &[usize]) -> Vec<usize> {
    right.iter().zip(from).filter(|(right, _)| **right).map(|(_, id)| *id).collect()
}

pub fn without_bos(model: &HookedTransformer, text: &str) -> Vec<String> {
    run(model, text, false, |right, guesses, _| chosen(right, guesses))
}

pub fn tokens_before(model: &HookedTransformer, text: &str) -> Vec<String> {
    run(model, text, true, |right, _, tokens| chosen(right, tokens))
}

pub fn every_guess(model: &HookedTransformer, text: &str) -> Vec<String> {
    run(model, text, true, |right, guesses, _| guesses[..right.len()].to_vec())
}

pub fn each_once(model: &HookedTransformer, text: &str) -> Vec<String> {
    run(model, text, true, |right, guesses, _| {
        let mut once = Vec::new();
        for id in chosen(right, guesses) {
            if !once.contains(&id) {
                once.push(id);
            }
        }
        once
    })
}

pub fn next_not_shifted(model: &HookedTransformer, text: &str) -> Vec<String> {
    run(model, text, true, |_, guesses, tokens| {
        let same: Vec<bool> = guesses.iter().zip(tokens).map(|(guess, token)| guess == token).collect();
        chosen(&same, tokens)
    })
}

pub fn missed(model: &HookedTransformer, text: &str) -> Vec<String> {
    run(model, text, true, |right, _, tokens| {
        let missed: Vec<bool> = right.iter().map(|right| !right).collect();
        chosen(&missed, &tokens[1..])
    })
}

pub fn in_one_string(model: &HookedTransformer, text: &str) -> Vec<String> {
    vec![right_strings(model, text).concat()]
}

pub fn logits_of_row_0(logits: &Array3<f32>, tokens: &Tokens) -> Array2<bool> {
    let row_0 = logits.slice(s![0, .., ..]);
    right(&row_0.broadcast(logits.dim()).expect("a row").to_owned(), tokens)
}
