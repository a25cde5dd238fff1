//! Wrong pictures.

use circuit_vis::{AttentionOptions, View, attention_pattern, attention_patterns, head_names};
use hooked_transformer::HookedTransformer;
use ndarray::{Array3, Axis, Ix4, s};
use solution_01_introduction::show_attention as right;

type Model = HookedTransformer;

/// `[head, query_pos, key_pos]`, and the tokens.
fn pattern(model: &Model, text: &str, layer: usize) -> (Array3<f32>, Vec<String>) {
    let cache = model.run(text).cache().expect("a text");
    let pattern = cache.view::<Ix4>(("pattern", layer)).index_axis_move(Axis(0), 0).to_owned();
    (pattern, model.to_str_tokens(text, None).expect("a text"))
}

fn picture(tokens: &[String], pattern: &Array3<f32>) -> View {
    attention_patterns(tokens, pattern.view(), AttentionOptions::new()).expect("of one length")
}

pub fn layer_0(model: &Model, text: &str, _: usize) -> View {
    right(model, text, 0)
}

pub fn one_head(model: &Model, text: &str, layer: usize) -> View {
    let (pattern, tokens) = pattern(model, text, layer);
    attention_pattern(&tokens, pattern.index_axis(Axis(0), 0), AttentionOptions::new()).expect("of one length")
}

pub fn transposed(model: &Model, text: &str, layer: usize) -> View {
    let (pattern, tokens) = pattern(model, text, layer);
    picture(&tokens, &pattern.permuted_axes([0, 2, 1]))
}

pub fn ids(model: &Model, text: &str, layer: usize) -> View {
    let tokens = model.to_tokens(text, None).expect("a text");
    let ids: Vec<String> = tokens.iter().map(ToString::to_string).collect();
    picture(&ids, &pattern(model, text, layer).0)
}

pub fn without_bos(model: &Model, text: &str, layer: usize) -> View {
    let cache = model.run(text).prepend_bos(false).cache().expect("a text");
    let pattern = cache.view::<Ix4>(("pattern", layer)).index_axis_move(Axis(0), 0).to_owned();
    picture(&model.to_str_tokens(text, false).expect("a text"), &pattern)
}

pub fn scores(model: &Model, text: &str, layer: usize) -> View {
    let cache = model.run(text).cache().expect("a text");
    let scores = cache.view::<Ix4>(("attn_scores", layer)).index_axis_move(Axis(0), 0).to_owned();
    picture(&pattern(model, text, layer).1, &scores)
}

pub fn mean_over_heads(model: &Model, text: &str, layer: usize) -> View {
    let (pattern, tokens) = pattern(model, text, layer);
    picture(&tokens, &pattern.mean_axis(Axis(0)).expect("a head").insert_axis(Axis(0)))
}

pub fn trimmed(model: &Model, text: &str, layer: usize) -> View {
    let (pattern, tokens) = pattern(model, text, layer);
    let trimmed: Vec<String> = tokens.iter().map(|token| token.trim().to_string()).collect();
    picture(&trimmed, &pattern)
}

pub fn head_0(model: &Model, text: &str, layer: usize) -> View {
    let (pattern, tokens) = pattern(model, text, layer);
    picture(&tokens, &pattern.slice(s![..1, .., ..]).to_owned())
}

pub fn next_layer(model: &Model, text: &str, layer: usize) -> View {
    right(model, text, (layer + 1) % model.cfg().n_layers)
}

pub fn names_of_layer_0(model: &Model, text: &str, layer: usize) -> View {
    let (pattern, tokens) = pattern(model, text, layer);
    let options = AttentionOptions::new().head_names(head_names(0, pattern.dim().0));
    attention_patterns(&tokens, pattern.view(), options).expect("of one length")
}
