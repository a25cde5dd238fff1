//! Exercise 05: circuits from weights.
//!
//! So far you watched the model run. Here you read its weights. Without any text, they say which token makes a head attend
//! to which, and what the head then writes. Vectors are rows, as everywhere in this course, and the weight is on their right:
//! `x W_Q`. So a circuit reads in the order in which things happen: `W_E W_V W_O W_U`.
//!
//! The model has two layers of attention, no MLP, no LayerNorm and no biases. Its positions are of the *shortformer* kind:
//! queries and keys read the stream plus the positions, and values read the stream alone. So everything between the
//! softmaxes is a product of matrices, and a circuit is one of these products.
//!
//! Layers and heads are counted from zero. *Repeated tokens* are those of exercise 02: each row is BOS, a segment of
//! `seq_len` random tokens, and the same segment again; the second copy is the last `seq_len` predictions.

use hooked_transformer::{ActivationCache, Composition, FactoredMatrix, HookedTransformer, Tokens};
use ndarray::{Array1, Array2, Array3, Array4, ArrayView2, ArrayView3};
use rand_chacha::ChaCha8Rng;

// BEGIN SOLUTION
use hooked_transformer::linalg::matmul;
use hooked_transformer::{FwdHook, fwd_hook};
use ndarray::{Axis, Ix3, Ix4, s, stack};
use rand::RngExt;

// END SOLUTION
/// The first `n` rows and columns of the product of two thin matrices.
///
/// The whole product may not fit into memory, so compute only its corner.
///
/// # Shapes
/// - left: `[rows, inner]`
/// - right: `[inner, columns]`
/// - returns `[n, n]`, or less if the product has fewer rows or columns
pub fn product_corner(left: ArrayView2<f32>, right: ArrayView2<f32>, n: usize) -> Array2<f32> {
    // STUB todo!("the first {n} rows and columns of {:?} times {:?}", left.dim(), right.dim())
    let (rows, columns) = (n.min(left.nrows()), n.min(right.ncols()));
    matmul(left.slice(s![..rows, ..]), right.slice(s![.., ..columns]))
}

/// The Frobenius norm of the product of two thin matrices: the square root of the sum of its squared entries.
///
/// Compute it without the product itself, which may be too large to store, and its entries too many to compute one after
/// another: `‖A B‖² = tr((Aᵀ A) (B Bᵀ))`.
///
/// # Shapes
/// - left: `[rows, inner]`
/// - right: `[inner, columns]`
pub fn product_norm(left: ArrayView2<f32>, right: ArrayView2<f32>) -> f32 {
    // STUB todo!("the norm of {:?} times {:?}", left.dim(), right.dim())
    let left_gram = matmul(left.t(), left);
    let right_gram = matmul(right, right.t());
    // The trace of a product of symmetric matrices is the sum of their entries' products.
    (&left_gram * &right_gram).sum().sqrt()
}

/// What the direct path alone predicts after each of these tokens: embedding times unembedding, with no attention in
/// between.
///
/// # Shapes
/// - `model.W_E()`: `[d_vocab, d_model]`
/// - `model.W_U()`: `[d_model, d_vocab]`
/// - returns `[token, d_vocab]`: the logits, one row for each of the given tokens
pub fn direct_path(model: &HookedTransformer, tokens: &[usize]) -> Array2<f32> {
    // STUB todo!("the direct path from {tokens:?} to {} logits", model.cfg().d_vocab)
    matmul(model.W_E().select(Axis(0), tokens).view(), model.W_U())
}

/// The fraction of rows in which the right token is among the `k` largest logits.
///
/// A row counts if fewer than `k` other tokens have a larger logit than the right one.
///
/// # Shapes
/// - logits: `[row, d_vocab]`
/// - right: the right token of each row
/// - returns a fraction between 0 and 1
pub fn top_k_accuracy(logits: ArrayView2<f32>, right: &[usize], k: usize) -> f32 {
    // STUB todo!("how often {} right tokens are among the {k} largest of {:?}", right.len(), logits.dim())
    let is_hit =
        |(row, &right): (ndarray::ArrayView1<f32>, &usize)| row.iter().filter(|logit| **logit > row[right]).count() < k;
    let hits = logits.outer_iter().zip(right).filter(|&pair| is_hit(pair)).count();
    hits as f32 / right.len() as f32
}

/// The full OV circuit of a head, `W_E W_V W_O W_U`. Row `s` is what the head adds to the logits if all its attention is on
/// token `s`.
///
/// Its shape is `[d_vocab, d_vocab]`, but its rank is at most `d_head`: keep it as the product of two thin matrices.
///
/// # Shapes
/// - `model.W_V()`: `[layer, head, d_model, d_head]`
/// - `model.W_O()`: `[layer, head, d_head, d_model]`
/// - returns a product of shape `[d_vocab, d_vocab]`: a row is the token attended to, a column the token predicted
pub fn ov_circuit(model: &HookedTransformer, layer: usize, head: usize) -> FactoredMatrix {
    // STUB todo!("what head {layer}.{head} adds to {} logits", model.cfg().d_vocab)
    let left = matmul(model.W_E(), model.W_V().slice(s![layer, head, .., ..]));
    let right = matmul(model.W_O().slice(s![layer, head, .., ..]), model.W_U());
    FactoredMatrix::new(left, right).expect("both have d_head in the middle")
}

/// The fraction of rows of a square circuit in which the diagonal entry is among the `k` largest of the row.
///
/// For an OV circuit, this is how often attending to a token raises that same token. Compute at most `rows_at_once` rows of
/// the product at a time: `circuit.rows(0..100).ab()` is the first hundred rows.
///
/// # Shapes
/// - circuit: `[d_vocab, d_vocab]`
/// - returns a fraction between 0 and 1
pub fn diagonal_accuracy(circuit: &FactoredMatrix, k: usize, rows_at_once: usize) -> f32 {
    // STUB todo!("how often the diagonal of {circuit:?} is in the top {k}, {rows_at_once} rows at a time")
    let n = circuit.ldim();
    let mut hits = 0;
    for first in (0..n).step_by(rows_at_once) {
        let rows = first..n.min(first + rows_at_once);
        let block = circuit.rows(rows.clone()).ab();
        for (row, token) in block.outer_iter().zip(rows) {
            hits += usize::from(row.iter().filter(|logit| **logit > row[token]).count() < k);
        }
    }
    hits as f32 / n as f32
}

/// The sum of a circuit's eigenvalues, divided by the sum of their absolute values. It is 1 if all are positive, as in a
/// circuit that copies.
///
/// Eigenvalues are complex, but they come in conjugate pairs, so their sum is real. `circuit.eigenvalues()` returns the
/// nonzero ones.
pub fn copying_score(circuit: &FactoredMatrix) -> f32 {
    // STUB todo!("positive against all eigenvalues of {circuit:?}")
    let eigenvalues = circuit.eigenvalues();
    let sum: f32 = eigenvalues.iter().map(|value| value.re).sum();
    let size: f32 = eigenvalues.iter().map(|value| value.norm()).sum();
    sum / size
}

/// Where a head attends if it reads only positions: the softmax of `W_pos W_Q (W_pos W_K)ᵀ / √d_head`, with the keys after
/// the query masked.
///
/// # Shapes
/// - `model.W_pos()`: `[n_ctx, d_model]`, of which the first `n_pos` rows are used
/// - returns `[query_pos, key_pos]`, each row sums to 1
pub fn positional_pattern(model: &HookedTransformer, layer: usize, head: usize, n_pos: usize) -> Array2<f32> {
    // STUB todo!("where head {layer}.{head} of {model:?} attends among {n_pos} positions")
    let w_pos = model.W_pos().expect("the model has learned positions");
    let positions = w_pos.slice(s![..n_pos, ..]);
    let queries = matmul(positions, model.W_Q().slice(s![layer, head, .., ..]));
    let keys = matmul(positions, model.W_K().slice(s![layer, head, .., ..]));
    let mut pattern = matmul(queries.view(), keys.t()) / (model.cfg().d_head as f32).sqrt();
    for (query, mut row) in pattern.outer_iter_mut().enumerate() {
        let largest = row.slice(s![..=query]).fold(f32::NEG_INFINITY, |a, b| a.max(*b));
        for (key, score) in row.iter_mut().enumerate() {
            *score = if key <= query { (*score - largest).exp() } else { 0.0 };
        }
        row /= row.sum();
    }
    pattern
}

/// The mean attention at each distance: entry `d` is the mean over the cells with `key = query - d`.
///
/// # Shapes
/// - pattern: `[query_pos, key_pos]`, with at least `n_distances` positions
/// - returns `[n_distances]`: to the current token, to the previous one, and so on
pub fn attention_by_distance(pattern: ArrayView2<f32>, n_distances: usize) -> Array1<f32> {
    // STUB todo!("the mean of each of {n_distances} lines of {:?}", pattern.dim())
    Array1::from_shape_fn(n_distances, |distance| {
        pattern.slice(s![distance.., ..]).diag().mean().expect("there are so many positions")
    })
}

/// What the queries and keys of layer 1 read, split into the parts that wrote it: the embedding, the positions, and each
/// head of layer 0.
///
/// The parts sum to `resid_pre` of layer 1 plus the positions. What a head wrote is its `z` times its own slice of `W_O`.
///
/// # Shapes
/// - `embed` and `pos_embed` in the cache: `[batch, pos, d_model]`
/// - `z` in the cache: `[batch, pos, head, d_head]`
/// - returns `[component, pos, d_model]` for item `item` of the batch, with `2 + n_heads` components in the order above
pub fn layer_1_inputs(model: &HookedTransformer, cache: &ActivationCache, item: usize) -> Array3<f32> {
    // STUB todo!("split what layer 1 reads in item {item} among {} components; {cache:?}", 2 + model.cfg().n_heads)
    let of_item = |name: &str| cache.view::<Ix3>(name).index_axis_move(Axis(0), item).to_owned();
    let mut parts = vec![of_item("hook_embed"), of_item("hook_pos_embed")];
    let z = cache.view::<Ix4>(("z", 0));
    for head in 0..model.cfg().n_heads {
        parts.push(matmul(z.slice(s![item, .., head, ..]), model.W_O().slice(s![0, head, .., ..])));
    }
    let views: Vec<ArrayView2<f32>> = parts.iter().map(|part| part.view()).collect();
    stack(Axis(0), &views).expect("all parts have the shape of the stream")
}

/// The attention scores of a head of layer 1, split by the component that wrote the query and the one that wrote the key.
///
/// Summed over both component axes, they are the head's scores before the mask.
///
/// # Shapes
/// - inputs: `[component, pos, d_model]`, the parts of what queries and keys read
/// - returns `[query_component, key_component, query_pos, key_pos]`
pub fn scores_by_pair(model: &HookedTransformer, head: usize, inputs: ArrayView3<f32>) -> Array4<f32> {
    // STUB todo!("scores of head 1.{head} of {model:?} for each pair of components of {:?}", inputs.dim())
    let (n_components, n_pos, _) = inputs.dim();
    let project = |w: ArrayView2<f32>| inputs.outer_iter().map(|part| matmul(part, w)).collect::<Vec<_>>();
    let queries = project(model.W_Q().slice(s![1, head, .., ..]));
    let keys = project(model.W_K().slice(s![1, head, .., ..]));
    let scale = (model.cfg().d_head as f32).sqrt();
    let mut scores = Array4::zeros((n_components, n_components, n_pos, n_pos));
    for (q_component, query) in queries.iter().enumerate() {
        for (k_component, key) in keys.iter().enumerate() {
            let pair = matmul(query.view(), key.t()) / scale;
            scores.slice_mut(s![q_component, k_component, .., ..]).assign(&pair);
        }
    }
    scores
}

/// The QK circuit of a head of layer 1 between tokens, through the components that wrote its inputs: the score of each token
/// as a query for each token as a key.
///
/// `None` means the embedding itself, `Some(h)` what head `0.h` writes when it attends to the token, `W_E W_V W_O`. Leave out
/// the factor `1 / √d_head` of the scores: it does not change their order.
///
/// # Shapes
/// - returns a product of shape `[d_vocab, d_vocab]`: a row is the query's token, a column the key's token
pub fn composed_qk_circuit(
    model: &HookedTransformer,
    query_through: Option<usize>,
    key_through: Option<usize>,
    head: usize,
) -> FactoredMatrix {
    // STUB todo!("query tokens through {query_through:?}, key tokens through {key_through:?}, head 1.{head}; {model:?}")
    let written = |through: Option<usize>| match through {
        None => model.W_E().to_owned(),
        Some(h) => {
            let values = matmul(model.W_E(), model.W_V().slice(s![0, h, .., ..]));
            matmul(values.view(), model.W_O().slice(s![0, h, .., ..]))
        }
    };
    let queries = matmul(written(query_through).view(), model.W_Q().slice(s![1, head, .., ..]));
    let keys = matmul(written(key_through).view(), model.W_K().slice(s![1, head, .., ..]));
    FactoredMatrix::new(queries, keys.reversed_axes()).expect("both have d_head in the middle")
}

/// How much of what each head of layer 0 writes is read by each head of layer 1, through its queries, keys or values.
///
/// `‖M₀ M₁‖ / (‖M₀‖ ‖M₁‖)`, with `M₀ = W_V W_O` of the first head; `M₁` is `W_Q W_Kᵀ` of the second for Q, its transpose
/// `W_K W_Qᵀ` for K, and `W_V W_O` for V. Norms are Frobenius norms.
///
/// # Shapes
/// - returns `[head of layer 0, head of layer 1]`
pub fn composition_scores(model: &HookedTransformer, kind: Composition) -> Array2<f32> {
    // STUB todo!("{kind:?}-composition of {} heads with as many", model.cfg().n_heads)
    let n_heads = model.cfg().n_heads;
    let written = model.OV();
    let read = match kind {
        Composition::Q => model.QK(),
        Composition::K => model.QK().t(),
        Composition::V => model.OV(),
    };
    Array2::from_shape_fn((n_heads, n_heads), |(first, second)| {
        let (first, second) = (written.get(0, first), read.get(1, second));
        first.matmul_factored(&second).norm() / (first.norm() * second.norm())
    })
}

/// The composition scores of `n` pairs of random heads: the baseline for two heads that have nothing to do with each other.
///
/// Each pair is two products `[d_model, d_head] [d_head, d_model]` of matrices with independent entries, normal or uniform
/// around zero. The score is that of [`composition_scores`]. Draw from `rng`, so that the same seed gives the same scores.
///
/// # Shapes
/// - returns `[n]`
pub fn random_composition_scores(d_model: usize, d_head: usize, n: usize, rng: &mut ChaCha8Rng) -> Array1<f32> {
    // STUB todo!("{n} scores of random heads, {d_head} of {d_model} wide, from {rng:?}")
    let mut head = || {
        let mut random = |shape| Array2::from_shape_simple_fn(shape, || rng.random_range(-1.0..1.0));
        FactoredMatrix::new(random((d_model, d_head)), random((d_head, d_model))).expect("d_head is in the middle")
    };
    Array1::from_shape_simple_fn(n, || {
        let (first, second) = (head(), head());
        first.matmul_factored(&second).norm() / (first.norm() * second.norm())
    })
}

// BEGIN SOLUTION
/// The mean loss of the last `seq_len` predictions of a run with these hooks.
fn second_copy_loss<'a, const N: usize>(model: &'a HookedTransformer, tokens: &Tokens, hooks: [FwdHook<'a>; N]) -> f32 {
    let seq_len = (tokens.ncols() - 1) / 2;
    let losses = model.run(tokens).hooks(hooks).loss_per_token().expect("tokens of this model");
    losses.slice(s![.., seq_len..]).mean().expect("there is a second copy")
}

// END SOLUTION
/// How much the loss rises if the queries, the keys or the values of a head of layer 1 are computed without what a head of
/// layer 0 wrote.
///
/// Cut only that path: every other head, and the stream itself, still contain everything. An entry is the mean loss on the
/// second copy of repeated tokens with the path cut, minus the mean loss without a cut.
///
/// # Shapes
/// - tokens: `[batch, pos]`, with `1 + 2 * seq_len` positions
/// - returns `[q, k, v]`, in nats
pub fn cost_of_cutting(model: &HookedTransformer, tokens: &Tokens, from: usize, to: usize) -> [f32; 3] {
    // STUB todo!("cut 0.{from} out of what 1.{to} of {model:?} reads of tokens {:?}", tokens.dim())
    let cache = model.run(tokens).names_filter(("z", 0)).cache().expect("tokens of this model");
    let z = cache.view::<Ix4>(("z", 0));
    let written: Vec<Array2<f32>> = z
        .outer_iter()
        .map(|item| matmul(item.slice(s![.., from, ..]), model.W_O().slice(s![0, from, .., ..])))
        .collect();
    let clean = second_copy_loss(model, tokens, []);
    [("q", model.W_Q()), ("k", model.W_K()), ("v", model.W_V())].map(|(name, w)| {
        let w = w.slice_move(s![1, to, .., ..]);
        let cut = fwd_hook((name, 1), |mut x, _| {
            for (item, written) in written.iter().enumerate() {
                let mut of_head = x.slice_mut(s![item, .., to, ..]);
                of_head -= &matmul(written.view(), w);
            }
        });
        second_copy_loss(model, tokens, [cut]) - clean
    })
}

/// The loss with a head of layer 0 silenced, and the loss with the same head silenced while a head of layer 1 keeps the
/// pattern of the clean run.
///
/// A silenced head has a `z` of zero. If the second loss equals that of the clean run, the first head only determined where
/// the second attends. Both are mean losses on the second copy of repeated tokens.
///
/// # Shapes
/// - tokens: `[batch, pos]`, with `1 + 2 * seq_len` positions
/// - returns `[silenced, silenced with the pattern frozen]`, in nats
pub fn loss_with_frozen_pattern(
    model: &HookedTransformer,
    tokens: &Tokens,
    silenced: usize,
    frozen: usize,
) -> [f32; 2] {
    // STUB todo!("silence 0.{silenced}, freeze 1.{frozen} of {model:?} on tokens {:?}", tokens.dim())
    let cache = model.run(tokens).names_filter(("pattern", 1)).cache().expect("tokens of this model");
    let clean = cache.view::<Ix4>(("pattern", 1)).index_axis_move(Axis(1), frozen);
    let silence = || fwd_hook(("z", 0), move |mut z, _| z.slice_mut(s![.., .., silenced, ..]).fill(0.0));
    let freeze = fwd_hook(("pattern", 1), |mut pattern, _| pattern.slice_mut(s![.., frozen, .., ..]).assign(&clean));
    [second_copy_loss(model, tokens, [silence()]), second_copy_loss(model, tokens, [silence(), freeze])]
}
