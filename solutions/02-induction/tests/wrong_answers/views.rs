//! Wrong pictures of the attention of each layer.

use circuit_vis::{AttentionOptions, View, VisError, attention_heads, attention_patterns, head_names};
use hooked_transformer::ActivationCache;
use ndarray::{Array3, ArrayView3, Axis, Ix4, s};

/// `[head, query_pos, key_pos]`
fn pattern(cache: &ActivationCache, layer: usize) -> ArrayView3<'_, f32> {
    cache.view::<Ix4>(("pattern", layer)).index_axis_move(Axis(0), 0)
}

fn draw(tokens: &[String], pattern: ArrayView3<f32>) -> Result<View, VisError> {
    attention_patterns(tokens, pattern, AttentionOptions::new())
}

fn each_layer(
    cache: &ActivationCache,
    tokens: &[String],
    change: impl Fn(usize) -> Array3<f32>,
) -> Result<Vec<View>, VisError> {
    (0..cache.n_layers()).map(|layer| draw(tokens, change(layer).view())).collect()
}

pub fn transposed(cache: &ActivationCache, tokens: &[String]) -> Result<Vec<View>, VisError> {
    each_layer(cache, tokens, |layer| pattern(cache, layer).permuted_axes([0, 2, 1]).to_owned())
}

pub fn first_layer_only(cache: &ActivationCache, tokens: &[String]) -> Result<Vec<View>, VisError> {
    Ok(vec![draw(tokens, pattern(cache, 0))?])
}

pub fn layer_0_each_time(cache: &ActivationCache, tokens: &[String]) -> Result<Vec<View>, VisError> {
    each_layer(cache, tokens, |_| pattern(cache, 0).to_owned())
}

pub fn mean_over_heads(cache: &ActivationCache, tokens: &[String]) -> Result<Vec<View>, VisError> {
    each_layer(cache, tokens, |layer| {
        let mean = pattern(cache, layer).mean_axis(Axis(0)).unwrap_or_default();
        mean.insert_axis(Axis(0))
    })
}

pub fn trimmed_tokens(cache: &ActivationCache, tokens: &[String]) -> Result<Vec<View>, VisError> {
    let trimmed: Vec<String> = tokens.iter().map(|token| token.trim().to_string()).collect();
    each_layer(cache, &trimmed, |layer| pattern(cache, layer).to_owned())
}

pub fn unwrapped(cache: &ActivationCache, tokens: &[String]) -> Result<Vec<View>, VisError> {
    Ok((0..cache.n_layers()).map(|layer| draw(tokens, pattern(cache, layer)).expect("fitting tokens")).collect())
}

pub fn errors_dropped(cache: &ActivationCache, tokens: &[String]) -> Result<Vec<View>, VisError> {
    Ok((0..cache.n_layers()).flat_map(|layer| draw(tokens, pattern(cache, layer))).collect())
}

pub fn cut_to_fit(cache: &ActivationCache, tokens: &[String]) -> Result<Vec<View>, VisError> {
    let n_pos = tokens.len().min(pattern(cache, 0).dim().1);
    let cut = |layer| pattern(cache, layer).slice(s![.., ..n_pos, ..n_pos]).to_owned();
    each_layer(cache, &tokens[..n_pos], cut)
}

pub fn other_kind(cache: &ActivationCache, tokens: &[String]) -> Result<Vec<View>, VisError> {
    let draw = |layer| attention_heads(tokens, pattern(cache, layer), AttentionOptions::new());
    (0..cache.n_layers()).map(draw).collect()
}

pub fn two_layers(cache: &ActivationCache, tokens: &[String]) -> Result<Vec<View>, VisError> {
    [0, 1].map(|layer| draw(tokens, pattern(cache, layer))).into_iter().collect()
}

pub fn without_bos(cache: &ActivationCache, tokens: &[String]) -> Result<Vec<View>, VisError> {
    each_layer(cache, &tokens[1..], |layer| pattern(cache, layer).slice(s![.., 1.., 1..]).to_owned())
}

pub fn head_0(cache: &ActivationCache, tokens: &[String]) -> Result<Vec<View>, VisError> {
    each_layer(cache, tokens, |layer| cache.view::<Ix4>(("pattern", layer)).index_axis(Axis(1), 0).to_owned())
}

pub fn last_layer_missing(cache: &ActivationCache, tokens: &[String]) -> Result<Vec<View>, VisError> {
    (0..cache.n_layers() - 1).map(|layer| draw(tokens, pattern(cache, layer))).collect()
}

pub fn each_head(cache: &ActivationCache, tokens: &[String]) -> Result<Vec<View>, VisError> {
    let n_heads = pattern(cache, 0).dim().0;
    let heads = (0..cache.n_layers()).flat_map(|layer| (0..n_heads).map(move |head| (layer, head)));
    heads.map(|(layer, head)| draw(tokens, pattern(cache, layer).slice(s![head..=head, .., ..]))).collect()
}

pub fn filled_up(cache: &ActivationCache, tokens: &[String]) -> Result<Vec<View>, VisError> {
    let mut tokens = tokens.to_vec();
    tokens.resize(pattern(cache, 0).dim().1, String::new());
    each_layer(cache, &tokens, |layer| pattern(cache, layer).to_owned())
}

pub fn names_of_layer_0(cache: &ActivationCache, tokens: &[String]) -> Result<Vec<View>, VisError> {
    let of_layer = |layer| {
        let pattern = pattern(cache, layer);
        attention_patterns(tokens, pattern, AttentionOptions::new().head_names(head_names(0, pattern.dim().0)))
    };
    (0..cache.n_layers()).map(of_layer).collect()
}
