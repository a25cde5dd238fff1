//! The right answer with one thing changed in one function, as examples of general mistakes.

use grading::ex01::Submission;
use grading::proof::Variation;
use hooked_transformer::{ActivationCache, HookedTransformer, Tokens, argmax};
use ndarray::{Array2, Array3, Array4, ArrayView1, Ix4, s};
use solution_01_introduction as sol;

use super::RIGHT;

/// Whether each guess counts as right, from the logits of a position and the token that follows.
fn guesses(logits: &Array3<f32>, tokens: &Tokens, is_right: impl Fn(ArrayView1<f32>, usize) -> bool) -> Array2<bool> {
    Array2::from_shape_fn((tokens.nrows(), tokens.ncols() - 1), |(row, pos)| {
        is_right(logits.slice(s![row, pos, ..]), tokens[[row, pos + 1]])
    })
}

fn rank(logits: ArrayView1<f32>, token: usize) -> usize {
    logits.iter().filter(|logit| **logit > logits[token]).count()
}

/// The pattern from other scores, of which some are visible.
fn pattern(
    q: &Array4<f32>,
    k: &Array4<f32>,
    score: impl Fn(f32) -> f32,
    is_visible: impl Fn(usize, usize) -> bool,
) -> Array4<f32> {
    let (batch, n_pos, n_heads, d_head) = q.dim();
    let mut pattern = Array4::zeros((batch, n_heads, n_pos, n_pos));
    for ((item, head, query, key), cell) in pattern.indexed_iter_mut() {
        let dot = q.slice(s![item, query, head, ..]).dot(&k.slice(s![item, key, head, ..]));
        *cell = if is_visible(query, key) { score(dot / (d_head as f32).sqrt()) } else { f32::NEG_INFINITY };
    }
    for mut row in pattern.rows_mut() {
        let most = row.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
        row.mapv_inplace(|score| (score - most).exp());
        let sum = row.sum();
        row /= sum;
    }
    pattern
}

fn causal(query: usize, key: usize) -> bool {
    key <= query
}

/// The difference of the cached pattern from that of queries and keys.
fn difference(cache: &ActivationCache, layer: usize) -> Array4<f32> {
    let [q, k, cached] = ["q", "k", "pattern"].map(|name| cache.view::<Ix4>((name, layer)).to_owned());
    sol::pattern_from_q_and_k(&q, &k) - cached
}

fn largest<'a>(values: impl IntoIterator<Item = &'a f32>) -> f32 {
    values.into_iter().fold(0.0, |most, x| most.max(x.abs()))
}

fn strings(model: &HookedTransformer, text: &str) -> Vec<String> {
    model.to_str_tokens(text, true).expect("a text")
}

/// The strings of a text's tokens, of which some are chosen by whether the model guesses them.
fn chosen(model: &HookedTransformer, text: &str, back: usize, choose: impl Fn(bool, usize) -> bool) -> Vec<String> {
    let tokens = model.to_tokens(text, true).expect("a text");
    let right = sol::guessed_right(&model.forward(&tokens).expect("tokens of this model"), &tokens);
    let strings = strings(model, text);
    (0..right.ncols()).filter(|pos| choose(right[[0, *pos]], *pos)).map(|pos| strings[pos + 1 - back].clone()).collect()
}

pub const VARIATIONS: &[Variation<Submission>] = grading::variations! {
    RIGHT;
    "E00-60" guessed_right "the second guess counts as well" = |l, t| guesses(l, t, |l, id| rank(l, id) < 2);
    "E00-60" guessed_right "the first three guesses count" = |l, t| guesses(l, t, |l, id| rank(l, id) < 3);
    "E00-60" guessed_right "only the second guess counts" = |l, t| guesses(l, t, |l, id| rank(l, id) == 1);
    "E00-60" guessed_right "the logit must be above the mean" =
        |l, t| guesses(l, t, |l, id| l[id] > l.mean().unwrap_or(0.0));
    "E00-52" guessed_right "the logits of position 0 are read everywhere" = |l, t| {
        Array2::from_shape_fn((t.nrows(), t.ncols() - 1), |(r, p)| argmax(l.slice(s![r, 0, ..])) == t[[r, p + 1]])
    };
    "E00-52" guessed_right "the logits at the token itself are read" = |l, t| {
        Array2::from_shape_fn((t.nrows(), t.ncols() - 1), |(r, p)| {
            argmax(l.slice(s![r, p + 1, ..])) == t[[r, p + 1]]
        })
    };
    "E00-52" guessed_right "the token two places on is looked up" = |l, t| {
        Array2::from_shape_fn((t.nrows(), t.ncols() - 1), |(r, p)| {
            argmax(l.slice(s![r, p, ..])) == t[[r, (p + 2).min(t.ncols() - 1)]]
        })
    };

    "E00-60" texts_of "whatever the first row begins with stands for BOS" = |m, t| {
        let of = |row: Vec<usize>| m.to_string(row[usize::from(row[0] == t[[0, 0]])..].to_vec()).expect("ids");
        t.rows().into_iter().map(|row| of(row.to_vec())).collect()
    };
    "E00-51" texts_of "only the last row is decoded" = |m, t| {
        sol::texts_of(m, t).pop().into_iter().collect()
    };
    "E00-57" positions_of "the text is trimmed first" = |m, t, token| sol::positions_of(m, t.trim(), token);

    "E00-56" full_name "the layer is left out of the names that belong to the block" = |short, layer| {
        let name = sol::full_name(short, layer);
        if name.contains("attn.hook") || name.contains("mlp.hook") { name } else { format!("blocks.hook_{short}") }
    };

    "E00-53" tokens_guessed "each token is listed once, in alphabetical order" = |m, t| {
        let mut tokens = sol::tokens_guessed(m, t);
        tokens.sort_unstable();
        tokens.dedup();
        tokens
    };
    "E00-60" tokens_guessed "all tokens are listed" = |m, t| chosen(m, t, 0, |_, _| true);

    "E00-54" pattern_from_q_and_k "the scores have the wrong sign" = |q, k| pattern(q, k, |x| -x, causal);
    "E00-54" pattern_from_q_and_k "the sizes of the scores count, not their signs" =
        |q, k| pattern(q, k, f32::abs, causal);
    "E00-54" pattern_from_q_and_k "negative scores become zero" = |q, k| pattern(q, k, |x| x.max(0.0), causal);
    "E00-52" pattern_from_q_and_k "only the last three tokens are visible" =
        |q, k| pattern(q, k, |x| x, |query, key| key <= query && query < key + 3);
    "E00-52" pattern_from_q_and_k "only the last two tokens are visible" =
        |q, k| pattern(q, k, |x| x, |query, key| key <= query && query < key + 2);
    "E00-56" pattern_from_q_and_k "the attention is spread evenly" = |q, k| pattern(q, k, |_| 0.0, causal);
    "E00-55" pattern_from_q_and_k "queries stand for keys as well" = |q, _| sol::pattern_from_q_and_k(q, q);
    "E00-57" pattern_from_q_and_k "queries and keys are divided by their norms" = |q, k| {
        let unit = |x: &Array4<f32>| {
            let mut x = x.clone();
            for mut row in x.rows_mut() {
                let n = row.dot(&row).sqrt();
                row /= n;
            }
            x
        };
        sol::pattern_from_q_and_k(&unit(q), &unit(k))
    };
    "E00-53" pattern_from_q_and_k "the largest cell of each row becomes 1" = |q, k| {
        let mut p = sol::pattern_from_q_and_k(q, k);
        for mut row in p.rows_mut() {
            let top = largest(row.iter());
            row.mapv_inplace(|x| f32::from(u8::from(x == top)));
        }
        p
    };

    "E00-52" largest_error "only the first cell is compared" = |c, l| difference(c, l)[[0, 0, 0, 0]].abs();
    "E00-52" largest_error "only the last query is compared" = |c, l| {
        let d = difference(c, l);
        largest(d.slice(s![.., .., -1, ..]).iter())
    };
    "E00-52" largest_error "only the diagonal is compared" = |c, l| {
        let d = difference(c, l);
        d.indexed_iter().filter(|((_, _, q, k), _)| q == k).fold(0.0, |most, (_, x)| most.max(x.abs()))
    };
    "E00-51" largest_error "only the last item of the batch is compared" = |c, l| {
        let d = difference(c, l);
        largest(d.slice(s![-1.., .., .., ..]).iter())
    };
    "E00-51" largest_error "only the last head is compared" = |c, l| {
        let d = difference(c, l);
        largest(d.slice(s![.., -1.., .., ..]).iter())
    };
    "E00-53" largest_error "the root of the sum of squares is taken" =
        |c, l| difference(c, l).iter().map(|x| x * x).sum::<f32>().sqrt();
    "E00-58" largest_error "the entries that differ are counted" =
        |c, l| difference(c, l).iter().filter(|x| x.abs() > 1e-3).count() as f32;
    "E00-58" largest_error "the difference is divided by the cached cell" = |c, l| {
        let d = difference(c, l);
        let p = c.view::<Ix4>(("pattern", l));
        d.iter().zip(p).filter(|(d, _)| d.abs() > 1e-3).fold(0.0, |most: f32, (d, p)| most.max((d / p).abs()))
    };
    "E00-58" largest_error "the span from the smallest to the largest difference is returned" = |c, l| {
        let d = difference(c, l);
        d.fold(0.0_f32, |a, b| a.max(*b)) - d.fold(0.0_f32, |a, b| a.min(*b))
    };
    "E00-48" largest_error "the other layer is compared" = |c, l| largest(difference(c, usize::from(l == 0)).iter());

    "E00-58" sizes "the heads of a layer are d_model / d_head" =
        |c| [c.n_layers, c.n_layers * (c.d_model / c.d_head), c.n_ctx];
    "E00-52" tokens_guessed "the token after the one that is guessed is listed" = |m, t| {
        let tokens = m.to_tokens(t, true).expect("a text");
        let right = sol::guessed_right(&m.forward(&tokens).expect("tokens of this model"), &tokens);
        let strings = strings(m, t);
        let guessed = (0..right.ncols()).filter(|pos| right[[0, *pos]]);
        guessed.filter_map(|pos| strings.get(pos + 2).cloned()).collect()
    };
    "E00-51" pattern_from_q_and_k "the keys of item 0 stand for those of every item" = |q, k| {
        sol::pattern_from_q_and_k(q, &Array4::from_shape_fn(k.dim(), |(_, pos, head, d)| k[[0, pos, head, d]]))
    };
    "E00-51" pattern_from_q_and_k "the queries of item 0 stand for those of every item" = |q, k| {
        sol::pattern_from_q_and_k(&Array4::from_shape_fn(q.dim(), |(_, pos, head, d)| q[[0, pos, head, d]]), k)
    };
};
