//! Wrong tables of effects, and wrong readings of them.

use std::ops::Range;

use hooked_transformer::{HookedTransformer, Tokens, argmax, fwd_hook};
use ndarray::{Array1, Array2, Array3, ArrayView1, Axis, s};
use solution_04_activation_addition::{
    add_at_positions, effect_table as right, gain_at_cost as right_gains, kl_divergence, target_log_prob,
};

/// An `effect_table`: of a model, prompts, vectors, coefficients and targets. Its signature is long, so wrong ones are constants.
type Table = fn(&HookedTransformer, &[&str], &Array2<f32>, &[f32], &[usize]) -> Array3<f32>;

pub const NO_BASELINE: Table = |m, prompts, vectors, cs, targets| {
    let mut table = right(m, prompts, vectors, cs, targets);
    let before =
        prompts.iter().map(|prompt| target_log_prob(&m.run(*prompt).logits_at(-1).unwrap(), targets)).sum::<f32>();
    let mut gains = table.index_axis_mut(Axis(0), 0);
    gains += before / prompts.len() as f32;
    table
};

pub const BOS_TOO: Table = |m, prompts, vectors, cs, targets| {
    let mut table = Array3::zeros((2, vectors.nrows(), cs.len()));
    for prompt in prompts {
        let before = m.run(*prompt).logits_at(-1).unwrap();
        for (layer, vector) in vectors.outer_iter().enumerate() {
            for (i, c) in cs.iter().enumerate() {
                let steer = fwd_hook(("resid_pre", layer), |mut resid, _| resid += &(*c * &vector));
                let after = m.run(*prompt).hook(steer).logits_at(-1).unwrap();
                table[[0, layer, i]] += target_log_prob(&after, targets) - target_log_prob(&before, targets);
                table[[1, layer, i]] += kl_divergence(&after, &before);
            }
        }
    }
    table / prompts.len() as f32
};

pub const FIRST_PROMPT: Table = |m, prompts, vectors, cs, targets| right(m, &prompts[..1], vectors, cs, targets);

pub const SAME_VECTOR: Table = |m, prompts, vectors, cs, targets| {
    let first = vectors.slice(s![..1, ..]);
    right(m, prompts, &first.broadcast(vectors.dim()).unwrap().to_owned(), cs, targets)
};

pub const EXCHANGED: Table =
    |m, prompts, vectors, cs, targets| right(m, prompts, vectors, cs, targets).permuted_axes([0, 2, 1]);

pub fn within_budget(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> Array1<f32> {
    let of_layer = |layer: usize| {
        let affordable = costs.row(layer).iter().take_while(|cost| **cost <= budget).count();
        gains[[layer, affordable - 1]]
    };
    (0..gains.nrows()).map(of_layer).collect()
}

pub fn at_any_cost(gains: &Array2<f32>, _: &Array2<f32>, _: f32) -> Array1<f32> {
    gains.column(gains.ncols() - 1).to_owned()
}

pub fn largest_gain(gains: &Array2<f32>, _: &Array2<f32>, _: f32) -> usize {
    let best = |row: usize| gains.row(row).fold(f32::MIN, |a, b| a.max(*b));
    (0..gains.nrows()).max_by(|a, b| best(*a).total_cmp(&best(*b))).unwrap()
}

pub fn smallest(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> usize {
    let at_cost = right_gains(gains, costs, budget);
    (0..at_cost.len()).min_by(|a, b| at_cost[*a].total_cmp(&at_cost[*b])).unwrap()
}

/// A table whose every entry comes from a prompt's tokens, its logits without steering, a layer and the number of a coefficient,
/// averaged over prompts.
fn table(
    m: &HookedTransformer,
    prompts: &[&str],
    (n_layers, n_coefficients): (usize, usize),
    entry: impl Fn(&Tokens, &Array3<f32>, usize, usize) -> [f32; 2],
) -> Array3<f32> {
    let mut table = Array3::zeros((2, n_layers, n_coefficients));
    for prompt in prompts {
        let tokens = m.to_tokens(*prompt, true).unwrap();
        let before = m.run(&tokens).logits_at(-1).unwrap();
        for layer in 0..n_layers {
            for i in 0..n_coefficients {
                let [gain, cost] = entry(&tokens, &before, layer, i);
                table[[0, layer, i]] += gain;
                table[[1, layer, i]] += cost;
            }
        }
    }
    table / prompts.len() as f32
}

/// Gain and cost of adding a vector at some point and at some positions, from the logits without.
fn effect(
    m: &HookedTransformer,
    (tokens, before): (&Tokens, &Array3<f32>),
    (point, layer): (&str, usize),
    added: &Array1<f32>,
    positions: Range<usize>,
    targets: &[usize],
) -> [f32; 2] {
    let steer = fwd_hook((point, layer), |resid, _| {
        add_at_positions(resid.into_dimensionality().unwrap(), added, 0, &positions);
    });
    let after = m.run(tokens).hook(steer).logits_at(-1).unwrap();
    [target_log_prob(&after, targets) - target_log_prob(before, targets), kl_divergence(&after, before)]
}

/// Tables, each around what makes one of an entry: the tokens, their logits without steering, the layer, the vector times its
/// coefficient.
macro_rules! wrong_tables {
    ($($name:ident: |$m:ident, $tokens:ident, $before:ident, $layer:ident, $added:ident, $targets:ident| $effect:expr;)*) => {$(
        pub const $name: Table = |$m, prompts, vectors, cs, $targets| {
            table($m, prompts, (vectors.nrows(), cs.len()), |$tokens, $before, $layer, i| {
                let $added = &(cs[i] * &vectors.row($layer));
                $effect
            })
        };
    )*};
}

wrong_tables! {
    BEFORE_LAYER_0: |m, tokens, before, layer, added, targets| {
        effect(m, (tokens, before), ("resid_pre", 0), added, 1..usize::MAX, targets)
    };
    NO_BOS: |m, tokens, _before, layer, added, targets| {
        let tokens = &tokens.slice(s![.., 1..]).to_owned();
        effect(m, (tokens, &m.run(tokens).logits_at(-1).unwrap()), ("resid_pre", layer), added, 1..usize::MAX, targets)
    };
    NOT_THE_LAST: |m, tokens, before, layer, added, targets| {
        effect(m, (tokens, before), ("resid_pre", layer), added, 1..tokens.ncols() - 1, targets)
    };
    LAST_ONLY: |m, tokens, before, layer, added, targets| {
        effect(m, (tokens, before), ("resid_pre", layer), added, tokens.ncols() - 1..usize::MAX, targets)
    };
    FROM_2: |m, tokens, before, layer, added, targets| {
        effect(m, (tokens, before), ("resid_pre", layer), added, 2..usize::MAX, targets)
    };
    AFTER_LAYER: |m, tokens, before, layer, added, targets| {
        effect(m, (tokens, before), ("resid_post", layer), added, 1..usize::MAX, targets)
    };
    KL_TURNED: |m, tokens, before, layer, added, targets| {
        let steer = fwd_hook(("resid_pre", layer), |resid, _| {
            add_at_positions(resid.into_dimensionality().unwrap(), added, 0, &(1..usize::MAX));
        });
        let after = m.run(tokens).hook(steer).logits_at(-1).unwrap();
        [target_log_prob(&after, targets) - target_log_prob(before, targets), kl_divergence(before, &after)]
    };
}

pub const MEASURES_EXCHANGED: Table =
    |m, prompts, vectors, cs, targets| right(m, prompts, vectors, cs, targets).slice(s![..; -1, .., ..]).to_owned();

pub const SUM_OVER_PROMPTS: Table =
    |m, prompts, vectors, cs, targets| right(m, prompts, vectors, cs, targets) * prompts.len() as f32;

pub const LAST_PROMPT: Table =
    |m, prompts, vectors, cs, targets| right(m, &prompts[prompts.len() - 1..], vectors, cs, targets);

pub const INDEX_OF_COEFFICIENT: Table = |m, prompts, vectors, cs, targets| {
    let indices: Vec<f32> = (0..cs.len()).map(|i| i as f32).collect();
    right(m, prompts, vectors, &indices, targets)
};

pub const BATCHED: Table = |m, prompts, vectors, cs, targets| {
    let tokens = m.to_tokens(prompts, true).unwrap();
    let before = m.run(&tokens).logits_at(-1).unwrap();
    table(m, &prompts[..1], (vectors.nrows(), cs.len()), |_, _, layer, i| {
        let added = cs[i] * &vectors.row(layer);
        effect(m, (&tokens, &before), ("resid_pre", layer), &added, 1..usize::MAX, targets)
    })
};

pub const COEFFICIENTS_ADD_UP: Table = |m, prompts, vectors, cs, targets| {
    let sums: Vec<f32> = (1..=cs.len()).map(|n| cs[..n].iter().sum()).collect();
    right(m, prompts, vectors, &sums, targets)
};

pub const NORM_ONE: Table = |m, prompts, vectors, cs, targets| {
    let norms = (vectors * vectors).sum_axis(Axis(1)).mapv(f32::sqrt).insert_axis(Axis(1));
    right(m, prompts, &(vectors / &norms), cs, targets)
};

/// Reads a gain off each layer: a function of its gains and costs.
fn each_layer(
    gains: &Array2<f32>,
    costs: &Array2<f32>,
    read: impl Fn(ArrayView1<f32>, ArrayView1<f32>) -> f32,
) -> Array1<f32> {
    gains.rows().into_iter().zip(costs.rows()).map(|(gains, costs)| read(gains, costs)).collect()
}

/// The first column, but for column 0, whose cost is at least the budget.
fn column_over(costs: ArrayView1<f32>, budget: f32) -> Option<usize> {
    (1..costs.len()).find(|i| costs[*i] >= budget)
}

/// On the line that ends at a column.
fn on_line(gains: ArrayView1<f32>, costs: ArrayView1<f32>, i: usize, budget: f32) -> f32 {
    let share = (budget - costs[i - 1]) / (costs[i] - costs[i - 1]);
    gains[i - 1] + share * (gains[i] - gains[i - 1])
}

/// As it should be, but for layers that never cost as much as the budget.
fn otherwise(
    gains: &Array2<f32>,
    costs: &Array2<f32>,
    budget: f32,
    never: impl Fn(ArrayView1<f32>, ArrayView1<f32>) -> f32,
) -> Array1<f32> {
    each_layer(gains, costs, |gains, costs| match column_over(costs, budget) {
        Some(i) => on_line(gains, costs, i, budget),
        None => never(gains, costs),
    })
}

/// As it should be, but for the line.
fn with_line(
    gains: &Array2<f32>,
    costs: &Array2<f32>,
    budget: f32,
    line: impl Fn(ArrayView1<f32>, ArrayView1<f32>, usize) -> f32,
) -> Array1<f32> {
    each_layer(gains, costs, |gains, costs| match column_over(costs, budget) {
        Some(i) => line(gains, costs, i),
        None => gains[gains.len() - 1],
    })
}

fn largest(entries: ArrayView1<f32>) -> f32 {
    entries.fold(f32::MIN, |most, x| most.max(*x))
}

pub fn first_column_over(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> Array1<f32> {
    with_line(gains, costs, budget, |gains, _, i| gains[i])
}

pub fn nearest_column(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> Array1<f32> {
    each_layer(gains, costs, |gains, costs| gains[argmax(costs.mapv(|cost| -(cost - budget).abs()).view())])
}

pub fn continued(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> Array1<f32> {
    otherwise(gains, costs, budget, |gains, costs| on_line(gains, costs, costs.len() - 1, budget))
}

pub fn never_is_zero(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> Array1<f32> {
    otherwise(gains, costs, budget, |_, _| 0.0)
}

pub fn never_is_nan(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> Array1<f32> {
    otherwise(gains, costs, budget, |_, _| f32::NAN)
}

pub fn never_is_largest(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> Array1<f32> {
    otherwise(gains, costs, budget, |gains, _| largest(gains))
}

pub fn never_panics(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> Array1<f32> {
    otherwise(gains, costs, budget, |_, _| panic!("no column costs as much as the budget"))
}

pub fn ends_exchanged(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> Array1<f32> {
    with_line(gains, costs, budget, |gains, costs, i| gains[i - 1] + gains[i] - on_line(gains, costs, i, budget))
}

pub fn middle(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> Array1<f32> {
    with_line(gains, costs, budget, |gains, _, i| (gains[i - 1] + gains[i]) / 2.0)
}

pub fn whole_cost(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> Array1<f32> {
    with_line(gains, costs, budget, |gains, costs, i| {
        gains[i - 1] + (budget - costs[i - 1]) / costs[i] * (gains[i] - gains[i - 1])
    })
}

pub fn largest_within(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> Array1<f32> {
    each_layer(gains, costs, |gains, costs| {
        let affordable = costs.iter().take_while(|cost| **cost <= budget).count();
        largest(gains.slice(s![..affordable]))
    })
}

pub fn per_cost(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> Array1<f32> {
    each_layer(gains, costs, |gains, costs| {
        let i = column_over(costs, budget).unwrap_or(costs.len() - 1);
        gains[i] / costs[i] * budget
    })
}

pub fn column_of_layer_0(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> Array1<f32> {
    let column = column_over(costs.row(0), budget);
    each_layer(gains, costs, |gains, costs| match column {
        Some(i) => on_line(gains, costs, i, budget),
        None => gains[gains.len() - 1],
    })
}

pub fn from_one(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> usize {
    1 + argmax(right_gains(gains, costs, budget).view())
}

pub fn largest_magnitude(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> usize {
    argmax(right_gains(gains, costs, budget).mapv(f32::abs).view())
}

pub fn from_zero(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> usize {
    let (mut best, mut most) = (0, 0.0);
    for (layer, gain) in right_gains(gains, costs, budget).iter().enumerate() {
        if *gain > most {
            (best, most) = (layer, *gain);
        }
    }
    best
}

pub fn best_quotient(gains: &Array2<f32>, costs: &Array2<f32>, _: f32) -> usize {
    let last = gains.ncols() - 1;
    argmax((&gains.column(last) / &costs.column(last)).view())
}

pub fn cheapest(_: &Array2<f32>, costs: &Array2<f32>, _: f32) -> usize {
    argmax((-&costs.column(costs.ncols() - 1)).view())
}

pub fn best_at_column(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> usize {
    argmax(first_column_over(gains, costs, budget).view())
}

pub fn best_before(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> usize {
    argmax(within_budget(gains, costs, budget).view())
}

pub fn best_at_last(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> usize {
    argmax(at_any_cost(gains, costs, budget).view())
}

pub fn never_counts_zero(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> usize {
    argmax(never_is_zero(gains, costs, budget).view())
}

pub fn never_left_out(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> usize {
    argmax(otherwise(gains, costs, budget, |_, _| f32::NEG_INFINITY).view())
}

/// The right costs, with gains of another kind, averaged over the prompts.
fn other_gains(
    m: &HookedTransformer,
    prompts: &[&str],
    (vectors, cs): (&Array2<f32>, &[f32]),
    targets: &[usize],
    gain: fn(f32, f32) -> f32,
) -> Array3<f32> {
    let mut table = Array3::zeros((2, vectors.nrows(), cs.len()));
    for prompt in prompts {
        let before = target_log_prob(&m.run(*prompt).logits_at(-1).unwrap(), targets);
        let mut of_prompt = right(m, &[prompt], vectors, cs, targets);
        of_prompt.index_axis_mut(Axis(0), 0).mapv_inplace(|change| gain(before + change, before));
        table += &of_prompt;
    }
    table / prompts.len() as f32
}

pub const QUOTIENT_OF_LOGS: Table =
    |m, prompts, vectors, cs, targets| other_gains(m, prompts, (vectors, cs), targets, |after, before| after / before);

pub const GAIN_IN_PROBABILITY: Table = |m, prompts, vectors, cs, targets| {
    other_gains(m, prompts, (vectors, cs), targets, |after, before| after.exp() - before.exp())
};

pub const SIGN_OF_GAIN: Table =
    |m, prompts, vectors, cs, targets| other_gains(m, prompts, (vectors, cs), targets, |after, before| before - after);

pub const NO_COEFFICIENT: Table =
    |m, prompts, vectors, cs, targets| right(m, prompts, vectors, &vec![1.0; cs.len()], targets);
