//! Wrong ways between text and tokens.

use hooked_transformer::{HookedTransformer, Tokens};
use solution_01_introduction::{positions_of as right_positions, texts_of as right_texts};

type Model = HookedTransformer;

/// The text of BOS, which is the same in all these models.
const BOS: &str = "<|endoftext|>";

fn strings(model: &Model, text: &str, prepend_bos: impl Into<Option<bool>>) -> Vec<String> {
    model.to_str_tokens(text, prepend_bos).expect("a text")
}

pub fn always_bos(model: &Model, text: &str, _: bool) -> Vec<String> {
    strings(model, text, None)
}

pub fn never_bos(model: &Model, text: &str, _: bool) -> Vec<String> {
    strings(model, text, false)
}

pub fn bos_twice(model: &Model, text: &str, prepend_bos: bool) -> Vec<String> {
    if prepend_bos { strings(model, &format!("{BOS}{text}"), None) } else { strings(model, text, false) }
}

pub fn trimmed(model: &Model, text: &str, prepend_bos: bool) -> Vec<String> {
    strings(model, text, prepend_bos).iter().map(|string| string.trim().to_string()).collect()
}

pub fn words(_: &Model, text: &str, prepend_bos: bool) -> Vec<String> {
    let bos = prepend_bos.then_some(BOS);
    bos.into_iter().chain(text.split_whitespace()).map(ToString::to_string).collect()
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
    each_row(tokens, |ids| text(model, ids).replace(BOS, ""))
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

pub fn part_of_a_token(model: &Model, text: &str, token: &str) -> Vec<usize> {
    where_string(model, text, |string| string.contains(token) && string != BOS)
}

pub fn letters(_: &Model, text: &str, token: &str) -> Vec<usize> {
    text.match_indices(token).map(|(at, _)| at).collect()
}
