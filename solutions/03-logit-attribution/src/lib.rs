//! Exercise 03: logit attribution.
//!
//! With hooks you read and edit the activations of a running model. With linear algebra you split its predictions into parts.
//! Both answer the same question: which part of the model did that?
//!
//! A hook is made by `fwd_hook(at, |mut activation, hook| ...)`. `at` is a name, such as `("z", 0)`, or a predicate on full
//! names, such as `|name: &str| name.ends_with("pattern")`. The closure gets the activation as an `ArrayViewMutD<f32>`, a view
//! that it may read or edit. Its rank is not in its type; `slice` and `slice_mut` with a range or an index for each axis
//! return a view whose rank is. `hook.layer()` is the layer of the point, an `Option<usize>`: `None` outside the layers. A run
//! takes hooks, `model.run(tokens).hook(my_hook).loss()`, and removes them when it ends.
//!
//! `cache[("z", layer)]` has no rank in its type either; `cache.view::<Ix4>(("z", layer))` is an `ArrayView4`. Where the
//! library returns a `Result`, `.unwrap()` is fine here: the verdict shows the error and your line.
//!
//! Layers and heads are counted from zero. There is always a batch axis, even for a single text. *Repeated tokens* are those of
//! exercise 02: each row is BOS, a segment of `seq_len` random tokens, and the same segment again.
//!
//! The solutions need no other imports than those below.

use hooked_transformer::linalg::matmul;
use hooked_transformer::{
    ActivationCache, FwdHook, HookedTransformer, PositionalEmbeddingType, Tokens, fwd_hook, next_token_log_probs,
};
use ndarray::{Array2, Array3, Array4, ArrayView1, ArrayView2, ArrayView3, Axis, Ix3, Ix4, s, stack};

/// The induction score of every head, measured by a hook while the model runs on repeated tokens.
///
/// The score of a head is its mean attention, over the batch and over all cells with `key = query - (seq_len - 1)`, as in
/// exercise 02. You need no cache: the hook gets each pattern and keeps only a number per head. You need no logits either;
/// `Run::nothing` runs the model only for its hooks. The hook reads and does not edit.
///
/// # Shapes
/// - tokens: `[batch, pos]`, with `1 + 2 * seq_len` positions
/// - the pattern that a hook sees: `[batch, head, query_pos, key_pos]`
/// - returns `[layer, head]`
pub fn induction_scores(model: &HookedTransformer, tokens: &Tokens) -> Array2<f32> {
    // STUB todo!("score {} layers on tokens {:?} with a hook on every pattern", model.cfg().n_layers, tokens.dim())
    let seq_len = (tokens.ncols() - 1) / 2;
    let mut scores = Array2::zeros((model.cfg().n_layers, model.cfg().n_heads));
    let look = fwd_hook(
        |name: &str| name.ends_with("pattern"),
        |pattern, hook| {
            let layer = hook.layer().expect("a pattern belongs to a layer");
            // Without the first seq_len - 1 queries, the stripe is the main diagonal.
            let below = pattern.slice(s![.., .., seq_len - 1.., ..]);
            for (head, of_head) in below.axis_iter(Axis(1)).enumerate() {
                let stripes: Vec<f32> = of_head.outer_iter().flat_map(|item| item.diag().to_vec()).collect();
                scores[[layer, head]] = stripes.iter().sum::<f32>() / stripes.len() as f32;
            }
        },
    );
    model.run(tokens).hook(look).nothing().expect("tokens of this model");
    scores
}

/// A hook that silences one head of one layer: its `z` becomes zero, for every item of the batch and at every position.
///
/// The checks compare the stream after each layer, so a hook at another point with the same effect passes too.
///
/// # Shapes
/// - the `z` that the hook sees: `[batch, pos, head, d_head]`
pub fn zero_ablate(layer: usize, head: usize) -> FwdHook<'static> {
    // STUB todo!("a hook by name, which silences head {head} of layer {layer}")
    fwd_hook(("z", layer), move |mut z, _| z.slice_mut(s![.., .., head, ..]).fill(0.0))
}

/// One hook that silences the head with this number in every layer, for any model, and changes nothing else: models with
/// norms and MLPs have more hook points than an attention-only one.
///
/// # Shapes
/// - the `z` that the hook sees: `[batch, pos, head, d_head]`
pub fn zero_ablate_everywhere(head: usize) -> FwdHook<'static> {
    // STUB todo!("a hook by predicate, which silences head {head} of every layer")
    fwd_hook(|name: &str| name.ends_with("hook_z"), move |mut z, _| z.slice_mut(s![.., .., head, ..]).fill(0.0))
}

/// A hook that replaces the `z` of one head by its mean over the batch, separately at each position.
///
/// The head then writes the same for every item: what depended on the particular text is gone.
///
/// # Shapes
/// - the `z` that the hook sees: `[batch, pos, head, d_head]`
pub fn mean_ablate(layer: usize, head: usize) -> FwdHook<'static> {
    // STUB todo!("a hook that replaces z of head {head} in layer {layer} by its mean over the batch")
    fwd_hook(("z", layer), move |mut z, _| {
        let mut of_head = z.slice_mut(s![.., .., head, ..]);
        let mean = of_head.mean_axis(Axis(0)).expect("a batch has at least one item");
        of_head.assign(&mean);
    })
}

/// How much worse the model predicts the second copy of repeated tokens without each head.
///
/// An entry is the mean loss of the predictions of the second copy with the hook `ablate(layer, head)`, minus the same without
/// a hook. `ablate` makes the hook: [`zero_ablate`], [`mean_ablate`], or any other. As in exercise 02, the second copy is the
/// last `seq_len` predictions. Afterward the model has the same lasting hooks as before.
///
/// # Shapes
/// - tokens: `[batch, pos]`, with `1 + 2 * seq_len` positions
/// - returns `[layer, head]`
pub fn ablation_table(
    model: &HookedTransformer,
    tokens: &Tokens,
    ablate: fn(usize, usize) -> FwdHook<'static>,
) -> Array2<f32> {
    // STUB let _ = ablate;
    // STUB todo!("the loss that each head of {} layers saves on tokens {:?}", model.cfg().n_layers, tokens.dim())
    let seq_len = (tokens.ncols() - 1) / 2;
    let second_copy = |hook: Option<FwdHook<'static>>| {
        let losses = model.run(tokens).hooks(hook).loss_per_token().expect("tokens of this model");
        losses.slice(s![.., seq_len..]).mean().expect("there is a second copy")
    };
    let clean = second_copy(None);
    Array2::from_shape_fn((model.cfg().n_layers, model.cfg().n_heads), |(layer, head)| {
        second_copy(Some(ablate(layer, head))) - clean
    })
}

/// What each head of a layer writes to the residual stream: its `z` times its own slice of `W_O`.
///
/// The bias `b_O` belongs to the layer, not to a head, and is left out.
///
/// # Shapes
/// - `z` in the cache: `[batch, pos, head, d_head]`
/// - `model.W_O()`: `[layer, head, d_head, d_model]`
/// - returns `[batch, pos, head, d_model]`
pub fn head_results(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    // STUB todo!("z times W_O in layer {layer}, for {} heads; {cache:?}", model.cfg().n_heads)
    let z = cache.view::<Ix4>(("z", layer));
    let (batch, n_pos, n_heads, _) = z.dim();
    let mut results = Array4::zeros((batch, n_pos, n_heads, model.cfg().d_model));
    for item in 0..batch {
        for head in 0..n_heads {
            let written = matmul(z.slice(s![item, .., head, ..]), model.W_O().slice(s![layer, head, .., ..]));
            results.slice_mut(s![item, .., head, ..]).assign(&written);
        }
    }
    results
}

/// How much each component adds to the logit of the next token, in a model of two attention layers.
///
/// Row `p` is the prediction at position `p`, of the token at `p + 1`. The components, in order: the direct path from the
/// embedding, the heads of the first layer, the heads of the second.
///
/// # Shapes
/// - embed: `[pos, d_model]`
/// - l1_results, l2_results: `[pos, head, d_model]`
/// - w_u: `[d_model, d_vocab]`
/// - tokens: `[pos]`
/// - returns `[pos - 1, component]`, with `1 + 2 * n_heads` components
pub fn logit_attribution(
    embed: ArrayView2<f32>,
    l1_results: ArrayView3<f32>,
    l2_results: ArrayView3<f32>,
    w_u: ArrayView2<f32>,
    tokens: ArrayView1<usize>,
) -> Array2<f32> {
    // STUB todo!(
    // STUB     "the share of each component; embed {:?}, results {:?} and {:?}, w_u {:?}, {} tokens",
    // STUB     embed.dim(),
    // STUB     l1_results.dim(),
    // STUB     l2_results.dim(),
    // STUB     w_u.dim(),
    // STUB     tokens.len()
    // STUB )
    let (n_pos, n_heads, _) = l1_results.dim();
    let mut shares = Array2::zeros((n_pos - 1, 1 + 2 * n_heads));
    for (pos, mut row) in shares.outer_iter_mut().enumerate() {
        let direction = w_u.column(tokens[pos + 1]);
        row[0] = embed.row(pos).dot(&direction);
        row.slice_mut(s![1..=n_heads]).assign(&l1_results.index_axis(Axis(0), pos).dot(&direction));
        row.slice_mut(s![n_heads + 1..]).assign(&l2_results.index_axis(Axis(0), pos).dot(&direction));
    }
    shares
}

/// The mean attribution to each component on the first copy of repeated tokens, and on the second.
///
/// # Shapes
/// - attribution: `[pos - 1, component]`, of `1 + 2 * seq_len` tokens and so with `2 * seq_len` rows
/// - returns `[half, component]`
pub fn attribution_by_half(attribution: ArrayView2<f32>) -> Array2<f32> {
    // STUB todo!("average {:?} over each half of the rows", attribution.dim())
    let (first, second) = attribution.split_at(Axis(0), attribution.nrows() / 2);
    let mean = |half: ArrayView2<f32>| half.mean_axis(Axis(0)).expect("a half has rows");
    stack![Axis(0), mean(first), mean(second)]
}

/// All the parts whose sum is the final residual stream.
///
/// In order: the embedding; the positions, if the model adds them to the stream (`PositionalEmbeddingType::Standard`; a
/// shortformer model adds them only to the input of queries and keys); then for each layer what attention wrote and, if there
/// is an MLP, what the MLP wrote. The sum of the parts is the last layer's `resid_post`.
///
/// # Shapes
/// - each part in the cache: `[batch, pos, d_model]`
/// - returns `[part, batch, pos, d_model]`
pub fn layer_parts(model: &HookedTransformer, cache: &ActivationCache) -> Array4<f32> {
    // STUB todo!("stack what {} layers wrote, and what was there before; {cache:?}", model.cfg().n_layers)
    let cfg = model.cfg();
    let mut names = vec!["hook_embed".to_string()];
    if cfg.positional_embedding_type == PositionalEmbeddingType::Standard {
        names.push("hook_pos_embed".to_string());
    }
    for layer in 0..cfg.n_layers {
        names.push(format!("blocks.{layer}.hook_attn_out"));
        if !cfg.attn_only {
            names.push(format!("blocks.{layer}.hook_mlp_out"));
        }
    }
    let parts: Vec<ArrayView3<f32>> = names.iter().map(|name| cache.view::<Ix3>(name)).collect();
    stack(Axis(0), &parts).expect("all parts have the shape of the stream")
}

/// What each neuron of a layer's MLP writes to the residual stream: its activation times its own row of `W_out`.
///
/// The bias `b_out` belongs to the layer, not to a neuron, and is left out.
///
/// # Shapes
/// - `post` in the cache: `[batch, pos, d_mlp]`
/// - `model.W_out()`: `Some` of `[layer, d_mlp, d_model]` for models that have MLPs, such as those of this check
/// - returns `[batch, pos, neuron, d_model]`
pub fn neuron_results(model: &HookedTransformer, cache: &ActivationCache, layer: usize) -> Array4<f32> {
    // STUB todo!("what each of {} neurons of layer {layer} writes; {cache:?}", model.cfg().d_mlp())
    let post = cache.view::<Ix3>(("post", layer));
    let w_out = model.W_out().expect("the model has MLPs");
    // [batch, pos, neuron, 1] times [neuron, d_model]
    &post.insert_axis(Axis(3)) * &w_out.index_axis(Axis(0), layer)
}

/// The unembedding, with the mean over the vocabulary subtracted from each of its rows.
///
/// This changes all logits of a position by the same amount, and so no probability. An attribution then says how much a
/// component raises a token *above the average token*.
///
/// # Shapes
/// - w_u: `[d_model, d_vocab]`
/// - returns the same
pub fn center_unembed(w_u: ArrayView2<f32>) -> Array2<f32> {
    // STUB todo!("center {:?} over the vocabulary", w_u.dim())
    let mean = w_u.mean_axis(Axis(1)).expect("there is a vocabulary");
    &w_u - &mean.insert_axis(Axis(1))
}

/// What the model would predict if it stopped early: the log probability of the next token, computed from the residual
/// stream before the first layer and after each layer.
///
/// A stream becomes logits as at the end of the model: the final norm, if there is one, then the unembedding. A run that starts
/// after the last layer does just that: `model.run(stream).start_at_layer(n_layers as isize)`, where `stream` is an
/// `Array3<f32>` (`.to_owned()` of a view).
///
/// # Shapes
/// - tokens: `[batch, pos]`
/// - returns `[depth, batch, pos - 1]`, with `n_layers + 1` depths
pub fn logit_lens(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    // STUB todo!("predictions of {:?} tokens at {} depths", tokens.dim(), model.cfg().n_layers + 1)
    let n_layers = model.cfg().n_layers;
    let cache = model.run(tokens).names_filter(|name: &str| name.contains("hook_resid_p")).cache();
    let cache = cache.expect("tokens of this model");
    let at_depth = |depth: usize| {
        let stream = if depth < n_layers {
            cache.view::<Ix3>(("resid_pre", depth))
        } else {
            cache.view(("resid_post", depth - 1))
        };
        let logits = model.run(stream.to_owned()).start_at_layer(n_layers as isize).logits().expect("a stream");
        next_token_log_probs(logits.view(), tokens.view()).expect("logits for these tokens")
    };
    let depths: Vec<Array2<f32>> = (0..=n_layers).map(at_depth).collect();
    let views: Vec<ArrayView2<f32>> = depths.iter().map(|array| array.view()).collect();
    stack(Axis(0), &views).expect("all depths have one shape")
}

/// The rank of each next token among all tokens: how many have a larger logit. The most probable token has rank 0.
///
/// # Shapes
/// - logits: `[batch, pos, d_vocab]`
/// - tokens: `[batch, pos]`
/// - returns `[batch, pos - 1]`
pub fn next_token_ranks(logits: ArrayView3<f32>, tokens: &Tokens) -> Array2<usize> {
    // STUB todo!("count the larger logits; logits {:?}, tokens {:?}", logits.dim(), tokens.dim())
    let (batch, n_pos) = tokens.dim();
    Array2::from_shape_fn((batch, n_pos - 1), |(item, pos)| {
        let logits = logits.slice(s![item, pos, ..]);
        let right = logits[tokens[[item, pos + 1]]];
        logits.iter().filter(|logit| **logit > right).count()
    })
}
