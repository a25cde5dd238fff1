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

/// The first `n` rows and columns of the product of two thin matrices.
///
/// The whole product may not fit into memory, so compute only its corner.
///
/// # Shapes
/// - left: `[rows, inner]`
/// - right: `[inner, columns]`
/// - returns `[n, n]`, or less if the product has fewer rows or columns
pub fn product_corner(left: ArrayView2<f32>, right: ArrayView2<f32>, n: usize) -> Array2<f32> {
    todo!("the first {n} rows and columns of {:?} times {:?}", left.dim(), right.dim())
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
    todo!("the norm of {:?} times {:?}", left.dim(), right.dim())
}

/// What the direct path alone predicts after each of these tokens: embedding times unembedding, with no attention in
/// between.
///
/// # Shapes
/// - `model.W_E()`: `[d_vocab, d_model]`
/// - `model.W_U()`: `[d_model, d_vocab]`
/// - returns `[token, d_vocab]`: the logits, one row for each of the given tokens
pub fn direct_path(model: &HookedTransformer, tokens: &[usize]) -> Array2<f32> {
    todo!("the direct path from {tokens:?} to {} logits", model.cfg().d_vocab)
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
    todo!("how often {} right tokens are among the {k} largest of {:?}", right.len(), logits.dim())
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
    todo!("what head {layer}.{head} adds to {} logits", model.cfg().d_vocab)
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
    todo!("how often the diagonal of {circuit:?} is in the top {k}, {rows_at_once} rows at a time")
}

/// The sum of a circuit's eigenvalues, divided by the sum of their absolute values. It is 1 if all are positive, as in a
/// circuit that copies.
///
/// Eigenvalues are complex, but they come in conjugate pairs, so their sum is real. `circuit.eigenvalues()` returns the
/// nonzero ones.
pub fn copying_score(circuit: &FactoredMatrix) -> f32 {
    todo!("positive against all eigenvalues of {circuit:?}")
}

/// Where a head attends if it reads only positions: the softmax of `W_pos W_Q (W_pos W_K)ᵀ / √d_head`, with the keys after
/// the query masked.
///
/// # Shapes
/// - `model.W_pos()`: `[n_ctx, d_model]`, of which the first `n_pos` rows are used
/// - returns `[query_pos, key_pos]`, each row sums to 1
pub fn positional_pattern(model: &HookedTransformer, layer: usize, head: usize, n_pos: usize) -> Array2<f32> {
    todo!("where head {layer}.{head} of {model:?} attends among {n_pos} positions")
}

/// The mean attention at each distance: entry `d` is the mean over the cells with `key = query - d`.
///
/// # Shapes
/// - pattern: `[query_pos, key_pos]`, with at least `n_distances` positions
/// - returns `[n_distances]`: to the current token, to the previous one, and so on
pub fn attention_by_distance(pattern: ArrayView2<f32>, n_distances: usize) -> Array1<f32> {
    todo!("the mean of each of {n_distances} lines of {:?}", pattern.dim())
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
    todo!("split what layer 1 reads in item {item} among {} components; {cache:?}", 2 + model.cfg().n_heads)
}

/// The attention scores of a head of layer 1, split by the component that wrote the query and the one that wrote the key.
///
/// Summed over both component axes, they are the head's scores before the mask.
///
/// # Shapes
/// - inputs: `[component, pos, d_model]`, the parts of what queries and keys read
/// - returns `[query_component, key_component, query_pos, key_pos]`
pub fn scores_by_pair(model: &HookedTransformer, head: usize, inputs: ArrayView3<f32>) -> Array4<f32> {
    todo!("scores of head 1.{head} of {model:?} for each pair of components of {:?}", inputs.dim())
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
    todo!("query tokens through {query_through:?}, key tokens through {key_through:?}, head 1.{head}; {model:?}")
}

/// How much of what each head of layer 0 writes is read by each head of layer 1, through its queries, keys or values.
///
/// `‖M₀ M₁‖ / (‖M₀‖ ‖M₁‖)`, with `M₀ = W_V W_O` of the first head; `M₁` is `W_Q W_Kᵀ` of the second for Q, its transpose
/// `W_K W_Qᵀ` for K, and `W_V W_O` for V. Norms are Frobenius norms.
///
/// # Shapes
/// - returns `[head of layer 0, head of layer 1]`
pub fn composition_scores(model: &HookedTransformer, kind: Composition) -> Array2<f32> {
    todo!("{kind:?}-composition of {} heads with as many", model.cfg().n_heads)
}

/// The composition scores of `n` pairs of random heads: the baseline for two heads that have nothing to do with each other.
///
/// Each pair is two products `[d_model, d_head] [d_head, d_model]` of matrices with independent entries, normal or uniform
/// around zero. The score is that of [`composition_scores`]. Draw from `rng`, so that the same seed gives the same scores.
///
/// # Shapes
/// - returns `[n]`
pub fn random_composition_scores(d_model: usize, d_head: usize, n: usize, rng: &mut ChaCha8Rng) -> Array1<f32> {
    todo!("{n} scores of random heads, {d_head} of {d_model} wide, from {rng:?}")
}

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
    todo!("cut 0.{from} out of what 1.{to} of {model:?} reads of tokens {:?}", tokens.dim())
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
    todo!("silence 0.{silenced}, freeze 1.{frozen} of {model:?} on tokens {:?}", tokens.dim())
}
