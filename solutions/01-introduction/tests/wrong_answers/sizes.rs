//! Wrong sizes, shapes and names.

use hooked_transformer::HookedTransformerConfig;
use solution_01_introduction::{full_name as right_name, shape_of as right};

type Cfg = HookedTransformerConfig;

pub fn heads_of_one_layer(cfg: &Cfg) -> [usize; 3] {
    [cfg.n_layers, cfg.n_heads, cfg.n_ctx]
}

pub fn vocabulary(cfg: &Cfg) -> [usize; 3] {
    [cfg.n_layers, cfg.n_layers * cfg.n_heads, cfg.d_vocab]
}

/// GPT-2 small, which is in every book.
pub fn hard_coded(_: &Cfg) -> [usize; 3] {
    [12, 144, 1024]
}

fn is_of_heads(name: &str) -> bool {
    matches!(name, "W_Q" | "W_K" | "W_V" | "W_O")
}

fn is_of_layers(name: &str) -> bool {
    is_of_heads(name) || matches!(name, "W_in" | "W_out")
}

pub fn heads_side_by_side(cfg: &Cfg, name: &str) -> Vec<usize> {
    let all = cfg.n_heads * cfg.d_head;
    match name {
        "W_O" => vec![cfg.n_layers, all, cfg.d_model],
        name if is_of_heads(name) => vec![cfg.n_layers, cfg.d_model, all],
        name => right(cfg, name),
    }
}

pub fn without_layers(cfg: &Cfg, name: &str) -> Vec<usize> {
    let shape = right(cfg, name);
    if is_of_layers(name) { shape[1..].to_vec() } else { shape }
}

pub fn transposed(cfg: &Cfg, name: &str) -> Vec<usize> {
    let mut shape = right(cfg, name);
    let last = shape.len() - 1;
    shape.swap(last - 1, last);
    shape
}

pub fn output_like_the_others(cfg: &Cfg, name: &str) -> Vec<usize> {
    right(cfg, if name == "W_O" { "W_Q" } else { name })
}

pub fn head_worked_out(cfg: &Cfg, name: &str) -> Vec<usize> {
    right(&Cfg { d_head: cfg.d_model / cfg.n_heads, ..cfg.clone() }, name)
}

pub fn mlp_worked_out(cfg: &Cfg, name: &str) -> Vec<usize> {
    right(&Cfg { d_mlp: Some(4 * cfg.d_model), ..cfg.clone() }, name)
}

pub fn all_in_attention(short: &str, layer: usize) -> String {
    format!("blocks.{layer}.attn.hook_{short}")
}

pub fn no_part(short: &str, layer: usize) -> String {
    format!("blocks.{layer}.hook_{short}")
}

pub fn no_hook(short: &str, layer: usize) -> String {
    right_name(short, layer).replace("hook_", "")
}

pub fn from_one(short: &str, layer: usize) -> String {
    right_name(short, layer + 1)
}

pub fn heads_first(cfg: &Cfg) -> [usize; 3] {
    [cfg.n_layers * cfg.n_heads, cfg.n_layers, cfg.n_ctx]
}

pub fn context_first(cfg: &Cfg) -> [usize; 3] {
    [cfg.n_ctx, cfg.n_layers, cfg.n_layers * cfg.n_heads]
}

pub fn place_for_bos(cfg: &Cfg) -> [usize; 3] {
    [cfg.n_layers, cfg.n_layers * cfg.n_heads, cfg.n_ctx - 1]
}

pub fn width_of_the_stream(cfg: &Cfg) -> [usize; 3] {
    [cfg.n_layers, cfg.n_layers * cfg.n_heads, cfg.d_model]
}

/// The right shape, with two of its axes exchanged for the names that `change`.
fn exchanged(cfg: &Cfg, name: &str, (a, b): (usize, usize), changes: impl Fn(&str) -> bool) -> Vec<usize> {
    let mut shape = right(cfg, name);
    if changes(name) {
        shape.swap(a, b);
    }
    shape
}

pub fn unembedding_like_embedding(cfg: &Cfg, name: &str) -> Vec<usize> {
    exchanged(cfg, name, (0, 1), |name| name == "W_U")
}

pub fn heads_before_layers(cfg: &Cfg, name: &str) -> Vec<usize> {
    exchanged(cfg, name, (0, 1), is_of_heads)
}

pub fn mlp_exchanged(cfg: &Cfg, name: &str) -> Vec<usize> {
    exchanged(cfg, name, (1, 2), |name| matches!(name, "W_in" | "W_out"))
}

pub fn embeddings_exchanged(cfg: &Cfg, name: &str) -> Vec<usize> {
    exchanged(cfg, name, (0, 1), |name| matches!(name, "W_E" | "W_pos"))
}

pub fn token_embedding_exchanged(cfg: &Cfg, name: &str) -> Vec<usize> {
    exchanged(cfg, name, (0, 1), |name| name == "W_E")
}

pub fn positions_exchanged(cfg: &Cfg, name: &str) -> Vec<usize> {
    exchanged(cfg, name, (0, 1), |name| name == "W_pos")
}

pub fn outputs_in_their_parts(short: &str, layer: usize) -> String {
    match short {
        "attn_out" => format!("blocks.{layer}.attn.hook_attn_out"),
        "mlp_out" => format!("blocks.{layer}.mlp.hook_mlp_out"),
        other => right_name(other, layer),
    }
}

/// `mlp_in` as well.
pub fn everything_by_its_part(short: &str, layer: usize) -> String {
    let part = short.split('_').next().filter(|part| matches!(*part, "attn" | "mlp"));
    match part {
        Some(part) => format!("blocks.{layer}.{part}.hook_{short}"),
        None => right_name(short, layer),
    }
}

pub fn no_mlp(short: &str, layer: usize) -> String {
    right_name(short, layer).replace(".mlp.", ".")
}

pub fn by_letters(short: &str, layer: usize) -> String {
    if short.contains("pre") || short.contains("post") {
        return format!("blocks.{layer}.mlp.hook_{short}");
    }
    right_name(short, layer)
}

pub fn z_in_the_block(short: &str, layer: usize) -> String {
    match short {
        "z" | "result" => format!("blocks.{layer}.hook_{short}"),
        other => right_name(other, layer),
    }
}

pub fn result_in_the_block(short: &str, layer: usize) -> String {
    if short == "result" { format!("blocks.{layer}.hook_result") } else { right_name(short, layer) }
}

pub fn width_of_a_layer(cfg: &Cfg) -> [usize; 3] {
    [cfg.n_layers, cfg.n_heads * cfg.d_head, cfg.n_ctx]
}

fn changed(cfg: &Cfg, name: &str, of: &str, change: fn(&mut Vec<usize>, &Cfg)) -> Vec<usize> {
    let mut shape = right(cfg, name);
    if name == of {
        change(&mut shape, cfg);
    }
    shape
}

pub fn keys_transposed(cfg: &Cfg, name: &str) -> Vec<usize> {
    changed(cfg, name, "W_K", |shape, _| shape.swap(2, 3))
}

pub fn mlp_without_layers(cfg: &Cfg, name: &str) -> Vec<usize> {
    changed(cfg, name, "W_in", |shape, _| {
        shape.remove(0);
    })
}

pub fn unembedding_of_each_layer(cfg: &Cfg, name: &str) -> Vec<usize> {
    changed(cfg, name, "W_U", |shape, cfg| shape.insert(0, cfg.n_layers))
}

pub fn positions_as_wide_as_a_head(cfg: &Cfg, name: &str) -> Vec<usize> {
    changed(cfg, name, "W_pos", |shape, cfg| shape[1] = cfg.d_head)
}
