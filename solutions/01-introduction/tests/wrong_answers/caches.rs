//! Wrong caches: right activations, but too many, too few, or too much work for them.

use hooked_transformer::{ActivationCache, HookedTransformer, Tokens};
use ndarray::s;
use solution_01_introduction::first_patterns as right;

type Model = HookedTransformer;

pub fn everything(model: &Model, tokens: &Tokens, _: usize) -> ActivationCache {
    model.run_with_cache(tokens).expect("tokens").1
}

pub fn all_layers(model: &Model, tokens: &Tokens, _: usize) -> ActivationCache {
    model.run(tokens).names_filter(|name: &str| name.ends_with("pattern")).cache().expect("tokens")
}

pub fn later_blocks(model: &Model, tokens: &Tokens, n_layers: usize) -> ActivationCache {
    let names: Vec<(&str, usize)> = (0..n_layers).map(|layer| ("pattern", layer)).collect();
    model.run(tokens).names_filter(names).logits_and_cache().expect("tokens").1
}

pub fn one_too_few(model: &Model, tokens: &Tokens, n_layers: usize) -> ActivationCache {
    let patterns = |name: &str| name.ends_with("pattern");
    model.run(tokens).names_filter(patterns).stop_at_layer(n_layers as isize - 1).cache().expect("tokens")
}

pub fn one_too_many(model: &Model, tokens: &Tokens, n_layers: usize) -> ActivationCache {
    let patterns = |name: &str| name.ends_with("pattern");
    model.run(tokens).names_filter(patterns).stop_at_layer(n_layers as isize + 1).cache().expect("tokens")
}

pub fn one_run_each(model: &Model, tokens: &Tokens, n_layers: usize) -> ActivationCache {
    let each = (0..n_layers).map(|layer| {
        let cache = right(model, tokens, layer + 1);
        (format!("blocks.{layer}.attn.hook_pattern"), cache[("pattern", layer)].to_owned())
    });
    ActivationCache::from_arrays(each)
}

pub fn scores(model: &Model, tokens: &Tokens, n_layers: usize) -> ActivationCache {
    let scores = |name: &str| name.ends_with("attn_scores");
    model.run(tokens).names_filter(scores).stop_at_layer(n_layers as isize).cache().expect("tokens")
}

pub fn from_one(model: &Model, tokens: &Tokens, n_layers: usize) -> ActivationCache {
    let names: Vec<(&str, usize)> = (1..=n_layers).map(|layer| ("pattern", layer)).collect();
    let stop = n_layers as isize + 1;
    model.run(tokens).names_filter(names).stop_at_layer(stop).cache().expect("tokens")
}

pub fn only_the_last(model: &Model, tokens: &Tokens, n_layers: usize) -> ActivationCache {
    model.run(tokens).names_filter(("pattern", n_layers - 1)).stop_at_layer(n_layers as isize).cache().expect("tokens")
}

pub fn first_row(model: &Model, tokens: &Tokens, n_layers: usize) -> ActivationCache {
    right(model, &tokens.slice(s![..1, ..]).to_owned(), n_layers)
}

pub fn without_batch_axis(model: &Model, tokens: &Tokens, n_layers: usize) -> ActivationCache {
    first_row(model, tokens, n_layers).remove_batch_dim().expect("a batch of one")
}
