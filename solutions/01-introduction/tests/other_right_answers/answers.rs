//! Right answers, written differently: the library's own functions, single numbers in double precision and another order
//! of summation, whole arrays; other masks, other filters, another picture.

use circuit_vis::{AttentionOptions, View, attention_heads, attention_patterns};
use grading::ex01::Submission;
use hooked_transformer::{
    ActivationCache, HookedTransformer, HookedTransformerConfig, NameFilter, Tokens, get_act_name, next_token_correct,
};
use ndarray::{Array2, Array3, Array4, Axis, Ix4, Zip, s};

/// Whatever the library has.
pub const LIBRARY: Submission = Submission {
    sizes: sizes_of_a_model,
    shape_of: shape_in_a_model,
    token_strings: strings_of_ids,
    texts_of: texts_without_the_mark,
    positions_of: positions_by_comparing_ids,
    guessed_right: |logits, tokens| next_token_correct(logits.view(), tokens.view()).expect("of one shape"),
    tokens_guessed: guessed_from_text,
    full_name: |short, layer| get_act_name(short, layer, None),
    first_patterns: patterns_by_predicate,
    pattern_from_q_and_k: pattern_of_the_library,
    largest_error: |cache, layer| largest_in(cache, layer, pattern_of_the_library),
    show_attention: heads_of_a_full_cache,
};

/// One number at a time.
pub const LOOPS: Submission = Submission {
    sizes: |cfg| [cfg.n_layers, (0..cfg.n_layers).map(|_| cfg.n_heads).sum(), cfg.n_ctx],
    shape_of: shape_piece_by_piece,
    token_strings: strings_one_by_one,
    texts_of: texts_from_pieces_of_ids,
    positions_of: positions_in_a_loop,
    guessed_right: guessed_in_loops,
    tokens_guessed: guessed_one_by_one,
    full_name: name_from_parts,
    first_patterns: patterns_by_shorthand,
    pattern_from_q_and_k: pattern_in_loops,
    largest_error: |cache, layer| largest_in(cache, layer, pattern_in_loops),
    show_attention: heads_from_first_patterns,
};

/// Whole arrays.
pub const ARRAYS: Submission = Submission {
    sizes: |cfg| [cfg.n_layers, cfg.n_heads * cfg.n_layers, cfg.n_ctx],
    shape_of: shape_from_the_library_in_words,
    token_strings: strings_of_ids,
    texts_of: texts_without_the_mark,
    positions_of: positions_by_comparing_ids,
    guessed_right: guessed_with_map_axis,
    tokens_guessed: guessed_from_text,
    full_name: name_from_parts,
    first_patterns: patterns_through_hooks,
    pattern_from_q_and_k: pattern_of_whole_arrays,
    largest_error: |cache, layer| largest_in(cache, layer, pattern_of_whole_arrays),
    show_attention: heads_from_first_patterns,
};

fn model_of(cfg: &HookedTransformerConfig) -> HookedTransformer {
    HookedTransformer::from_config(cfg.clone()).expect("the configuration of a model")
}

fn sizes_of_a_model(cfg: &HookedTransformerConfig) -> [usize; 3] {
    // A small vocabulary, for random numbers take time.
    let model = model_of(&HookedTransformerConfig { d_vocab: 1, d_vocab_out: None, ..cfg.clone() });
    let &[layers, heads, ..] = model.W_Q().shape() else { panic!("four axes") };
    [layers, layers * heads, model.W_pos().map_or(cfg.n_ctx, |positions| positions.nrows())]
}

fn shape_in_a_model(cfg: &HookedTransformerConfig, name: &str) -> Vec<usize> {
    let model = model_of(cfg);
    let tensors = model.state_dict();
    let last = |wanted: &str| tensors.iter().find(|(name, _)| name.ends_with(wanted)).map(|(_, t)| t.shape().to_vec());
    let shape = match name {
        // A tied unembedding is no parameter of its own.
        "W_U" => return model.W_U().shape().to_vec(),
        name => last(&format!(".{name}")).expect("a parameter"),
    };
    if matches!(name, "W_E" | "W_pos") { shape } else { [vec![cfg.n_layers], shape].concat() }
}

fn strings_of_ids(model: &HookedTransformer, text: &str, prepend_bos: bool) -> Vec<String> {
    let tokens = model.to_tokens(text, prepend_bos).expect("a text");
    model.to_str_tokens(tokens.row(0), None).expect("ids")
}

fn texts_without_the_mark(model: &HookedTransformer, tokens: &Tokens) -> Vec<String> {
    let bos = model.tokenizer().expect("a tokenizer").bos_token_id();
    let mark = model.to_single_str_token(bos).expect("a token");
    let texts = tokens.outer_iter().map(|row| model.to_string(row).expect("ids"));
    texts.map(|text| text.strip_prefix(&mark).unwrap_or(&text).to_string()).collect()
}

fn positions_by_comparing_ids(model: &HookedTransformer, text: &str, token: &str) -> Vec<usize> {
    let strings = model.to_str_tokens(text, true).expect("a text");
    (0..strings.len()).filter(|pos| strings[*pos] == token).collect()
}

fn guessed_from_text(model: &HookedTransformer, text: &str) -> Vec<String> {
    let logits = model.forward(text).expect("a text");
    let tokens = model.to_tokens(text, None).expect("a text");
    let right = next_token_correct(logits.view(), tokens.view()).expect("of one shape");
    let strings = model.to_str_tokens(text, None).expect("a text");
    strings.into_iter().skip(1).zip(right.row(0)).filter(|(_, right)| **right).map(|(string, _)| string).collect()
}

fn patterns_by_predicate(model: &HookedTransformer, tokens: &Tokens, n_layers: usize) -> ActivationCache {
    let patterns = |name: &str| name.ends_with("hook_pattern");
    model.run(tokens).stop_at_layer(n_layers as isize).names_filter(patterns).cache().expect("tokens that fit")
}

/// The softmax is the library's, over the keys that there are.
fn pattern_of_the_library(q: &Array4<f32>, k: &Array4<f32>) -> Array4<f32> {
    let (batch, n_pos, n_heads, d_head) = q.dim();
    let mut pattern = Array4::zeros((batch, n_heads, n_pos, n_pos));
    for item in 0..batch {
        for head in 0..n_heads {
            for query in 0..n_pos {
                let q = q.slice(s![item, query, head, ..]).mapv(|x| x / (d_head as f32).sqrt());
                let seen = k.slice(s![item, ..=query, head, ..]).dot(&q);
                let shares = hooked_transformer::log_softmax(seen.view().insert_axis(Axis(0)).insert_axis(Axis(0)));
                pattern.slice_mut(s![item, head, query, ..=query]).assign(&shares.slice(s![0, 0, ..]).mapv(f32::exp));
            }
        }
    }
    pattern
}

fn largest_in(cache: &ActivationCache, layer: usize, pattern: fn(&Array4<f32>, &Array4<f32>) -> Array4<f32>) -> f32 {
    let view = |site: &str| cache.view::<Ix4>((site, layer)).to_owned();
    let mut largest = 0.0_f32;
    Zip::from(&pattern(&view("q"), &view("k"))).and(&view("pattern")).for_each(|a, b| {
        if (a - b).abs() > largest {
            largest = (a - b).abs();
        }
    });
    largest
}

fn heads_of_a_full_cache(model: &HookedTransformer, text: &str, layer: usize) -> View {
    let (_, cache) = model.run_with_cache(text).expect("a text");
    let pattern = cache.view::<Ix4>(("pattern", layer));
    let tokens = model.to_str_tokens(text, None).expect("a text");
    attention_heads(&tokens, pattern.slice(s![0, .., .., ..]), AttentionOptions::new()).expect("of one length")
}

fn shape_piece_by_piece(cfg: &HookedTransformerConfig, name: &str) -> Vec<usize> {
    let mut shape = Vec::new();
    if !matches!(name, "W_E" | "W_pos" | "W_U") {
        shape.push(cfg.n_layers);
    }
    if matches!(name, "W_Q" | "W_K" | "W_V" | "W_O") {
        shape.push(cfg.n_heads);
    }
    let (input, output) = match name {
        "W_E" => (cfg.d_vocab, cfg.d_model),
        "W_pos" => (cfg.n_ctx, cfg.d_model),
        "W_O" => (cfg.d_head, cfg.d_model),
        "W_in" => (cfg.d_model, cfg.d_mlp()),
        "W_out" => (cfg.d_mlp(), cfg.d_model),
        "W_U" => (cfg.d_model, cfg.d_vocab_out()),
        _ => (cfg.d_model, cfg.d_head),
    };
    shape.extend([input, output]);
    shape
}

fn shape_from_the_library_in_words(cfg: &HookedTransformerConfig, name: &str) -> Vec<usize> {
    let axes = match name {
        "W_E" => "d_vocab d_model",
        "W_pos" => "n_ctx d_model",
        "W_O" => "layer head d_head d_model",
        "W_in" => "layer d_model d_mlp",
        "W_out" => "layer d_mlp d_model",
        "W_U" => "d_model d_vocab",
        _ => "layer head d_model d_head",
    };
    let length = |axis: &str| match axis {
        "layer" => cfg.n_layers,
        "head" => cfg.n_heads,
        "d_model" => cfg.d_model,
        "d_head" => cfg.d_head,
        "d_mlp" => cfg.d_mlp(),
        "n_ctx" => cfg.n_ctx,
        _ => cfg.d_vocab,
    };
    axes.split(' ').map(length).collect()
}

fn strings_one_by_one(model: &HookedTransformer, text: &str, prepend_bos: bool) -> Vec<String> {
    let tokenizer = model.tokenizer().expect("a tokenizer");
    let mut ids = tokenizer.encode(text, false).expect("a text");
    if prepend_bos {
        ids.insert(0, tokenizer.bos_token_id());
    }
    ids.into_iter().map(|id| model.to_single_str_token(id).expect("an id")).collect()
}

fn texts_from_pieces_of_ids(model: &HookedTransformer, tokens: &Tokens) -> Vec<String> {
    let tokenizer = model.tokenizer().expect("a tokenizer");
    let mut texts = Vec::new();
    for row in 0..tokens.nrows() {
        let mut ids = tokens.row(row).to_vec();
        if ids[0] == tokenizer.bos_token_id() {
            ids.remove(0);
        }
        texts.push(tokenizer.decode(&ids).expect("ids"));
    }
    texts
}

fn positions_in_a_loop(model: &HookedTransformer, text: &str, token: &str) -> Vec<usize> {
    let mut positions = Vec::new();
    for (pos, string) in model.to_str_tokens(text, false).expect("a text").iter().enumerate() {
        if string == token {
            positions.push(pos + 1);
        }
    }
    positions
}

fn guessed_in_loops(logits: &Array3<f32>, tokens: &Tokens) -> Array2<bool> {
    let (batch, n_pos, d_vocab) = logits.dim();
    let mut right = Array2::from_elem((batch, n_pos - 1), false);
    for row in 0..batch {
        for pos in 1..n_pos {
            let next = logits[[row, pos - 1, tokens[[row, pos]]]];
            right[[row, pos - 1]] = (0..d_vocab).all(|id| logits[[row, pos - 1, id]] <= next);
        }
    }
    right
}

fn guessed_one_by_one(model: &HookedTransformer, text: &str) -> Vec<String> {
    let tokens = model.to_tokens(text, true).expect("a text");
    let right = guessed_in_loops(&model.forward(&tokens).expect("tokens"), &tokens);
    let mut guessed = Vec::new();
    for pos in 1..tokens.ncols() {
        if right[[0, pos - 1]] {
            guessed.push(model.to_single_str_token(tokens[[0, pos]]).expect("an id"));
        }
    }
    guessed
}

fn name_from_parts(short: &str, layer: usize) -> String {
    let mut parts = vec!["blocks".to_string(), layer.to_string()];
    if ["q", "k", "v", "z", "attn_scores", "pattern", "result"].contains(&short) {
        parts.push("attn".into());
    } else if ["pre", "post"].contains(&short) {
        parts.push("mlp".into());
    }
    parts.push(format!("hook_{short}"));
    parts.join(".")
}

fn patterns_by_shorthand(model: &HookedTransformer, tokens: &Tokens, n_layers: usize) -> ActivationCache {
    let names: Vec<(&str, usize)> = (0..n_layers).map(|layer| ("pattern", layer)).collect();
    let filter = NameFilter::Names(names.into_iter().map(Into::into).collect());
    model.run(tokens).names_filter(filter).stop_at_layer(n_layers as isize).cache().expect("tokens that fit")
}

fn patterns_through_hooks(model: &HookedTransformer, tokens: &Tokens, n_layers: usize) -> ActivationCache {
    let mut seen = Vec::new();
    let look = hooked_transformer::fwd_hook(
        |name: &str| name.ends_with("hook_pattern"),
        |pattern, point| seen.push((point.name().to_string(), pattern.to_owned())),
    );
    model.run(tokens).hook(look).stop_at_layer(n_layers as isize).nothing().expect("tokens that fit");
    ActivationCache::from_arrays(seen)
}

fn heads_from_first_patterns(model: &HookedTransformer, text: &str, layer: usize) -> View {
    let tokens = model.to_tokens(text, true).expect("a text");
    let cache = patterns_by_shorthand(model, &tokens, layer + 1);
    let strings = model.to_str_tokens(tokens.row(0), None).expect("ids");
    let pattern = cache.view::<Ix4>(("pattern", layer));
    attention_patterns(&strings, pattern.index_axis(Axis(0), 0), AttentionOptions::new()).expect("of one length")
}

fn pattern_in_loops(q: &Array4<f32>, k: &Array4<f32>) -> Array4<f32> {
    let (batch, n_pos, n_heads, d_head) = q.dim();
    let score = |b: usize, h: usize, query: usize, key: usize| {
        let products = (0..d_head).rev().map(|i| f64::from(q[[b, query, h, i]]) * f64::from(k[[b, key, h, i]]));
        products.sum::<f64>() / (d_head as f64).sqrt()
    };
    Array4::from_shape_fn((batch, n_heads, n_pos, n_pos), |(b, h, query, key)| {
        if key > query {
            return 0.0;
        }
        // One over the sum of exp(score - this score): no exponential can do harm that way.
        let here = score(b, h, query, key);
        let total: f64 = (0..=query).rev().map(|other| (score(b, h, query, other) - here).exp()).sum();
        (1.0 / total) as f32
    })
}

fn guessed_with_map_axis(logits: &Array3<f32>, tokens: &Tokens) -> Array2<bool> {
    let last = |row: ndarray::ArrayView1<f32>| {
        let best = row.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
        best.map_or(0, |(id, _)| id)
    };
    let guesses = logits.slice(s![.., ..-1, ..]).map_axis(Axis(2), last);
    Zip::from(&guesses).and(tokens.slice(s![.., 1..])).map_collect(|guess, next| guess == next)
}

fn pattern_of_whole_arrays(q: &Array4<f32>, k: &Array4<f32>) -> Array4<f32> {
    let (batch, n_pos, n_heads, d_head) = q.dim();
    // [batch, head, pos, d_head], scaled before the product, half on either side.
    let heads_first = |x: &Array4<f32>| x.view().permuted_axes([0, 2, 1, 3]).to_owned() / (d_head as f32).powf(0.25);
    let (q, k) = (heads_first(q), heads_first(k));
    let mut scores = Array4::zeros((batch, n_heads, n_pos, n_pos));
    for ((mut out, q), k) in scores.outer_iter_mut().zip(q.outer_iter()).zip(k.outer_iter()) {
        for ((mut out, q), k) in out.outer_iter_mut().zip(q.outer_iter()).zip(k.outer_iter()) {
            out.assign(&q.dot(&k.t()));
        }
    }
    let mask = Array2::from_shape_fn((n_pos, n_pos), |(query, key)| if key > query { -1e9 } else { 0.0 });
    scores += &mask;
    let largest = scores.map_axis(Axis(3), |row| row.fold(f32::MIN, |a, b| a.max(*b))).insert_axis(Axis(3));
    let weights = (scores - &largest).mapv(f32::exp);
    let totals = weights.sum_axis(Axis(3)).insert_axis(Axis(3));
    weights / &totals
}
