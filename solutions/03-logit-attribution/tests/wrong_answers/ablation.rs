//! Wrong tables of ablations.

use hooked_transformer::{FwdHook, HookedTransformer, Tokens};
use ndarray::{Array2, Axis, s};

use solution_03_logit_attribution as right;

type HookMaker = fn(usize, usize) -> FwdHook<'static>;

fn losses(model: &HookedTransformer, tokens: &Tokens, hooks: Vec<FwdHook<'static>>) -> Array2<f32> {
    model.run(tokens).hooks(hooks).loss_per_token().expect("tokens of this model")
}

/// The difference of the mean loss over predictions from `from` on, to `to`.
fn table(model: &HookedTransformer, tokens: &Tokens, ablate: HookMaker, from: usize, to: usize) -> Array2<f32> {
    let mean = |hooks| losses(model, tokens, hooks).slice(s![.., from..to]).mean().unwrap_or(0.0);
    let clean = mean(vec![]);
    Array2::from_shape_fn((model.cfg().n_layers, model.cfg().n_heads), |(layer, head)| {
        mean(vec![ablate(layer, head)]) - clean
    })
}

fn seq_len(tokens: &Tokens) -> usize {
    tokens.ncols() / 2
}

pub fn sign(model: &HookedTransformer, tokens: &Tokens, ablate: HookMaker) -> Array2<f32> {
    -right::ablation_table(model, tokens, ablate)
}

pub fn all_positions(model: &HookedTransformer, tokens: &Tokens, ablate: HookMaker) -> Array2<f32> {
    table(model, tokens, ablate, 0, 2 * seq_len(tokens))
}

pub fn first_half(model: &HookedTransformer, tokens: &Tokens, ablate: HookMaker) -> Array2<f32> {
    table(model, tokens, ablate, 0, seq_len(tokens))
}

pub fn loss_itself(model: &HookedTransformer, tokens: &Tokens, ablate: HookMaker) -> Array2<f32> {
    let clean = losses(model, tokens, vec![]).slice(s![.., seq_len(tokens)..]).mean().unwrap_or(0.0);
    right::ablation_table(model, tokens, ablate) + clean
}

pub fn one_missing(model: &HookedTransformer, tokens: &Tokens, ablate: HookMaker) -> Array2<f32> {
    table(model, tokens, ablate, seq_len(tokens) + 1, 2 * seq_len(tokens))
}

pub fn hook_not_used(model: &HookedTransformer, tokens: &Tokens, _: HookMaker) -> Array2<f32> {
    right::ablation_table(model, tokens, right::zero_ablate)
}

pub fn piled_up(model: &HookedTransformer, tokens: &Tokens, ablate: HookMaker) -> Array2<f32> {
    let mean = |hooks| losses(model, tokens, hooks).slice(s![.., seq_len(tokens)..]).mean().unwrap_or(0.0);
    let clean = mean(vec![]);
    Array2::from_shape_fn((model.cfg().n_layers, model.cfg().n_heads), |(layer, head)| {
        mean((0..=head).map(|head| ablate(layer, head)).collect()) - clean
    })
}

pub fn first_row(model: &HookedTransformer, tokens: &Tokens, ablate: HookMaker) -> Array2<f32> {
    let mean = |hooks| losses(model, tokens, hooks).slice(s![0, seq_len(tokens)..]).mean().unwrap_or(0.0);
    let clean = mean(vec![]);
    Array2::from_shape_fn((model.cfg().n_layers, model.cfg().n_heads), |(layer, head)| {
        mean(vec![ablate(layer, head)]) - clean
    })
}

/// The right table, but lasting hooks are used, and the last one stays.
pub fn left_behind(model: &HookedTransformer, tokens: &Tokens, ablate: HookMaker) -> Array2<f32> {
    let table = right::ablation_table(model, tokens, ablate);
    let last = model.cfg().n_heads - 1;
    let silence = move |mut z: ndarray::ArrayViewMutD<'_, f32>, _: &hooked_transformer::HookPoint| {
        z.index_axis_mut(Axis(2), last).fill(0.0);
    };
    model.add_hook(("z", model.cfg().n_layers - 1), silence).expect("the last layer has a z");
    table
}

pub fn others_removed(model: &HookedTransformer, tokens: &Tokens, ablate: HookMaker) -> Array2<f32> {
    model.reset_hooks();
    right::ablation_table(model, tokens, ablate)
}

/// A table whose entries are made of two losses, with the head ablated and without.
fn from_losses(
    model: &HookedTransformer,
    tokens: &Tokens,
    ablate: HookMaker,
    entry: impl Fn(Array2<f32>, &Array2<f32>) -> f32,
) -> Array2<f32> {
    let clean = losses(model, tokens, vec![]);
    Array2::from_shape_fn((model.cfg().n_layers, model.cfg().n_heads), |(layer, head)| {
        entry(losses(model, tokens, vec![ablate(layer, head)]), &clean)
    })
}

/// The mean over the predictions of the second copy.
fn second_copy(losses: &Array2<f32>) -> f32 {
    losses.slice(s![.., losses.ncols() / 2..]).mean().unwrap_or(0.0)
}

pub fn relative(model: &HookedTransformer, tokens: &Tokens, ablate: HookMaker) -> Array2<f32> {
    quotient(model, tokens, ablate) - 1.0
}

pub fn quotient(model: &HookedTransformer, tokens: &Tokens, ablate: HookMaker) -> Array2<f32> {
    from_losses(model, tokens, ablate, |ablated, clean| second_copy(&ablated) / second_copy(clean))
}

pub fn magnitude(model: &HookedTransformer, tokens: &Tokens, ablate: HookMaker) -> Array2<f32> {
    right::ablation_table(model, tokens, ablate).mapv(f32::abs)
}

pub fn summed_over_rows(model: &HookedTransformer, tokens: &Tokens, ablate: HookMaker) -> Array2<f32> {
    right::ablation_table(model, tokens, ablate) * tokens.nrows() as f32
}

pub fn summed_over_predictions(model: &HookedTransformer, tokens: &Tokens, ablate: HookMaker) -> Array2<f32> {
    right::ablation_table(model, tokens, ablate) * seq_len(tokens) as f32
}

pub fn summed_over_both(model: &HookedTransformer, tokens: &Tokens, ablate: HookMaker) -> Array2<f32> {
    right::ablation_table(model, tokens, ablate) * (tokens.nrows() * seq_len(tokens)) as f32
}

pub fn one_too_many(model: &HookedTransformer, tokens: &Tokens, ablate: HookMaker) -> Array2<f32> {
    table(model, tokens, ablate, seq_len(tokens) - 1, 2 * seq_len(tokens))
}

pub fn clean_over_all(model: &HookedTransformer, tokens: &Tokens, ablate: HookMaker) -> Array2<f32> {
    from_losses(model, tokens, ablate, |ablated, clean| second_copy(&ablated) - clean.mean().unwrap_or(0.0))
}

pub fn whole_layer(model: &HookedTransformer, tokens: &Tokens, ablate: HookMaker) -> Array2<f32> {
    let clean = second_copy(&losses(model, tokens, vec![]));
    let n_heads = model.cfg().n_heads;
    Array2::from_shape_fn((model.cfg().n_layers, n_heads), |(layer, _)| {
        second_copy(&losses(model, tokens, (0..n_heads).map(|head| ablate(layer, head)).collect())) - clean
    })
}

pub fn last_prediction(model: &HookedTransformer, tokens: &Tokens, ablate: HookMaker) -> Array2<f32> {
    table(model, tokens, ablate, 2 * seq_len(tokens) - 1, 2 * seq_len(tokens))
}
