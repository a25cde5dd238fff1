//! Wrong ways between text and tokens.

use hooked_transformer::{HookedTransformer, Tokens};
use solution_01_introduction::{positions_of as right_positions, texts_of as right_texts};

type Model = HookedTransformer;

fn strings(model: &Model, text: &str, prepend_bos: impl Into<Option<bool>>) -> Vec<String> {
    model.to_str_tokens(text, prepend_bos).expect("a text")
}

pub fn always_bos(model: &Model, text: &str, _: bool) -> Vec<String> {
    strings(model, text, None)
}

pub fn negated(model: &Model, text: &str, prepend_bos: bool) -> Vec<String> {
    strings(model, text, !prepend_bos)
}

/// What BOS looks like in this model.
fn bos_text(model: &Model) -> String {
    text(model, &[bos_of(model)])
}

fn with_bos(model: &Model, prepend_bos: bool, strings: impl Iterator<Item = String>) -> Vec<String> {
    prepend_bos.then(|| bos_text(model)).into_iter().chain(strings).collect()
}

pub fn letters_of(model: &Model, text: &str, prepend_bos: bool) -> Vec<String> {
    with_bos(model, prepend_bos, text.chars().map(String::from))
}

pub fn never_bos(model: &Model, text: &str, _: bool) -> Vec<String> {
    strings(model, text, false)
}

pub fn bos_twice(model: &Model, text: &str, prepend_bos: bool) -> Vec<String> {
    with_bos(model, prepend_bos, strings(model, text, prepend_bos).into_iter())
}

pub fn bos_written_out(model: &Model, text: &str, prepend_bos: bool) -> Vec<String> {
    let strings = strings(model, text, false).into_iter();
    prepend_bos.then(|| "<|endoftext|>".to_string()).into_iter().chain(strings).collect()
}

pub fn trimmed(model: &Model, text: &str, prepend_bos: bool) -> Vec<String> {
    strings(model, text, prepend_bos).iter().map(|string| string.trim().to_string()).collect()
}

pub fn words(model: &Model, text: &str, prepend_bos: bool) -> Vec<String> {
    with_bos(model, prepend_bos, text.split_whitespace().map(ToString::to_string))
}

fn text(model: &Model, ids: &[usize]) -> String {
    model.to_string(ids).expect("ids")
}

fn bos_of(model: &Model) -> usize {
    model.tokenizer().expect("a tokenizer").bos_token_id()
}

fn each_row(tokens: &Tokens, text_of: impl Fn(&[usize]) -> String) -> Vec<String> {
    tokens.rows().into_iter().map(|row| text_of(&row.to_vec())).collect()
}

pub fn bos_left_in(model: &Model, tokens: &Tokens) -> Vec<String> {
    each_row(tokens, |ids| text(model, ids))
}

pub fn first_dropped(model: &Model, tokens: &Tokens) -> Vec<String> {
    each_row(tokens, |ids| text(model, &ids[1..]))
}

pub fn every_bos_dropped(model: &Model, tokens: &Tokens) -> Vec<String> {
    let bos = bos_of(model);
    each_row(tokens, |ids| text(model, &ids.iter().copied().filter(|id| *id != bos).collect::<Vec<_>>()))
}

pub fn trimmed_text(model: &Model, tokens: &Tokens) -> Vec<String> {
    right_texts(model, tokens).iter().map(|text| text.trim().to_string()).collect()
}

pub fn front_dropped(model: &Model, tokens: &Tokens) -> Vec<String> {
    let bos = bos_of(model);
    each_row(tokens, |ids| text(model, &ids[ids.iter().take_while(|id| **id == bos).count()..]))
}

pub fn first_row_decides(model: &Model, tokens: &Tokens) -> Vec<String> {
    let from = usize::from(tokens[[0, 0]] == bos_of(model));
    each_row(tokens, |ids| text(model, &ids[from..]))
}

pub fn run_together(model: &Model, tokens: &Tokens) -> Vec<String> {
    let all: Vec<usize> = tokens.iter().copied().collect();
    let bos = bos_of(model);
    vec![text(model, all.strip_prefix(&[bos]).unwrap_or(&all))]
}

pub fn joined(model: &Model, tokens: &Tokens) -> Vec<String> {
    vec![right_texts(model, tokens).concat()]
}

pub fn token_by_token(model: &Model, tokens: &Tokens) -> Vec<String> {
    let bos = bos_of(model);
    each_row(tokens, |ids| {
        let ids = ids.strip_prefix(&[bos]).unwrap_or(ids);
        ids.iter().map(|id| text(model, &[*id])).collect()
    })
}

pub fn first_row(model: &Model, tokens: &Tokens) -> Vec<String> {
    right_texts(model, tokens).into_iter().take(1).collect()
}

pub fn bos_is_0(model: &Model, tokens: &Tokens) -> Vec<String> {
    each_row(tokens, |ids| text(model, ids.strip_prefix(&[0]).unwrap_or(ids)))
}

pub fn text_of_bos_in_one_model(model: &Model, tokens: &Tokens) -> Vec<String> {
    each_row(tokens, |ids| {
        let text = text(model, ids);
        text.strip_prefix("<|endoftext|>").unwrap_or(&text).to_string()
    })
}

pub fn first_only(model: &Model, text: &str, token: &str) -> Vec<usize> {
    model.get_token_position(token, text, true).into_iter().collect()
}

pub fn without_bos(model: &Model, text: &str, token: &str) -> Vec<usize> {
    right_positions(model, text, token).into_iter().map(|pos| pos - 1).collect()
}

fn where_string(model: &Model, text: &str, is_it: impl Fn(&str) -> bool) -> Vec<usize> {
    let strings = strings(model, text, true);
    (0..strings.len()).filter(|pos| is_it(&strings[*pos])).collect()
}

pub fn spaces_ignored(model: &Model, text: &str, token: &str) -> Vec<usize> {
    where_string(model, text, |string| string.trim() == token.trim())
}

pub fn one_too_far(model: &Model, text: &str, token: &str) -> Vec<usize> {
    right_positions(model, text, token).into_iter().map(|pos| pos + 1).collect()
}

pub fn capitals_ignored(model: &Model, text: &str, token: &str) -> Vec<usize> {
    where_string(model, text, |string| string.eq_ignore_ascii_case(token))
}

pub fn word_numbers(_: &Model, text: &str, token: &str) -> Vec<usize> {
    (1..).zip(text.split_whitespace()).filter(|(_, word)| *word == token.trim()).map(|(number, _)| number).collect()
}

pub fn word_numbers_from_0(_: &Model, text: &str, token: &str) -> Vec<usize> {
    text.split_whitespace().enumerate().filter(|(_, word)| *word == token.trim()).map(|(number, _)| number).collect()
}

pub fn part_of_any_token(model: &Model, text: &str, token: &str) -> Vec<usize> {
    where_string(model, text, |string| string.contains(token))
}

pub fn part_of_a_token(model: &Model, text: &str, token: &str) -> Vec<usize> {
    let bos = bos_text(model);
    where_string(model, text, |string| string.contains(token) && string != bos)
}

pub fn letters(_: &Model, text: &str, token: &str) -> Vec<usize> {
    text.match_indices(token).map(|(at, _)| at).collect()
}

pub fn not_beside_another(model: &Model, text: &str, token: &str) -> Vec<usize> {
    let right = right_positions(model, text, token);
    right.iter().copied().filter(|&pos| pos == 0 || !right.contains(&(pos - 1))).collect()
}

pub fn last_only(model: &Model, text: &str, token: &str) -> Vec<usize> {
    right_positions(model, text, token).pop().into_iter().collect()
}

pub fn beginning_of_a_token(model: &Model, text: &str, token: &str) -> Vec<usize> {
    where_string(model, text, |string| string.starts_with(token))
}

pub fn ids(model: &Model, text: &str, prepend_bos: bool) -> Vec<String> {
    model.to_tokens(text, prepend_bos).expect("a text").iter().map(ToString::to_string).collect()
}
