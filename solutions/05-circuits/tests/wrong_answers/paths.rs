//! Wrong cuts of a path, and wrong ways to freeze a pattern.

use hooked_transformer::{FwdHook, HookedTransformer, Tokens, fwd_hook};
use ndarray::{Array2, ArrayView2, Axis, Ix4, s};

fn loss<'a>(model: &'a HookedTransformer, tokens: &Tokens, hooks: Vec<FwdHook<'a>>, from: usize) -> f32 {
    let losses = model.run(tokens).hooks(hooks).loss_per_token().expect("tokens of this model");
    losses.slice(s![.., from..]).mean().expect("there are predictions")
}

fn seq_len(tokens: &Tokens) -> usize {
    (tokens.ncols() - 1) / 2
}

fn silence(head: usize) -> FwdHook<'static> {
    fwd_hook(("z", 0), move |mut z, _| z.slice_mut(s![.., .., head, ..]).fill(0.0))
}

pub fn silenced(model: &HookedTransformer, tokens: &Tokens, from: usize, _to: usize) -> [f32; 3] {
    let n = seq_len(tokens);
    let cost = loss(model, tokens, vec![silence(from)], n) - loss(model, tokens, vec![], n);
    [cost; 3]
}

pub fn sign(model: &HookedTransformer, tokens: &Tokens, from: usize, to: usize) -> [f32; 3] {
    solution_05_circuits::cost_of_cutting(model, tokens, from, to).map(|cost| -cost)
}

/// The loss from prediction `first` on, with the path cut out of these heads of layer 1.
fn cut(model: &HookedTransformer, tokens: &Tokens, from: usize, to: &[usize], first: usize) -> [f32; 3] {
    let cache = model.run(tokens).names_filter(("z", 0)).cache().expect("tokens of this model");
    let z = cache.view::<Ix4>(("z", 0));
    let w_o: ArrayView2<f32> = model.W_O().slice_move(s![0, from, .., ..]);
    let written: Vec<Array2<f32>> = z.outer_iter().map(|item| item.index_axis(Axis(1), from).dot(&w_o)).collect();
    [("q", model.W_Q()), ("k", model.W_K()), ("v", model.W_V())].map(|(name, w)| {
        let hook = fwd_hook((name, 1), |mut x, _| {
            for (item, written) in written.iter().enumerate() {
                for &head in to {
                    let w: ArrayView2<f32> = w.slice(s![1, head, .., ..]);
                    let mut of_head = x.slice_mut(s![item, .., head, ..]);
                    of_head -= &written.dot(&w);
                }
            }
        });
        loss(model, tokens, vec![hook], first)
    })
}

pub fn every_head(model: &HookedTransformer, tokens: &Tokens, from: usize, _to: usize) -> [f32; 3] {
    let (n, all) = (seq_len(tokens), (0..model.cfg().n_heads).collect::<Vec<_>>());
    let clean = loss(model, tokens, vec![], n);
    cut(model, tokens, from, &all, n).map(|loss| loss - clean)
}

pub fn all_predictions(model: &HookedTransformer, tokens: &Tokens, from: usize, to: usize) -> [f32; 3] {
    let clean = loss(model, tokens, vec![], 0);
    cut(model, tokens, from, &[to], 0).map(|loss| loss - clean)
}

pub fn loss_itself(model: &HookedTransformer, tokens: &Tokens, from: usize, to: usize) -> [f32; 3] {
    cut(model, tokens, from, &[to], seq_len(tokens))
}

/// The loss with a head silenced, and that with a pattern of layer 1 put back in some heads; `damaged` takes it from a run
/// with the head silenced.
fn freeze(model: &HookedTransformer, tokens: &Tokens, silenced: usize, frozen: &[usize], damaged: bool) -> [f32; 2] {
    let hooks = if damaged { vec![silence(silenced)] } else { vec![] };
    let cache = model.run(tokens).hooks(hooks).names_filter(("pattern", 1)).cache().expect("tokens of this model");
    let stored = cache.view::<Ix4>(("pattern", 1));
    let keep = fwd_hook(("pattern", 1), |mut pattern, _| {
        for &head in frozen {
            pattern.slice_mut(s![.., head, .., ..]).assign(&stored.slice(s![.., head, .., ..]));
        }
    });
    let n = seq_len(tokens);
    [loss(model, tokens, vec![silence(silenced)], n), loss(model, tokens, vec![silence(silenced), keep], n)]
}

pub fn all_patterns(model: &HookedTransformer, tokens: &Tokens, silenced: usize, _frozen: usize) -> [f32; 2] {
    freeze(model, tokens, silenced, &(0..model.cfg().n_heads).collect::<Vec<_>>(), false)
}

pub fn damaged_pattern(model: &HookedTransformer, tokens: &Tokens, silenced: usize, frozen: usize) -> [f32; 2] {
    freeze(model, tokens, silenced, &[frozen], true)
}

pub fn other_order(model: &HookedTransformer, tokens: &Tokens, silenced: usize, frozen: usize) -> [f32; 2] {
    let [first, second] = freeze(model, tokens, silenced, &[frozen], false);
    [second, first]
}

pub fn not_silenced(model: &HookedTransformer, tokens: &Tokens, silenced: usize, frozen: usize) -> [f32; 2] {
    let [first, _] = freeze(model, tokens, silenced, &[frozen], false);
    [first, loss(model, tokens, vec![], seq_len(tokens))]
}

/// The costs over some of the predictions.
fn costs(model: &HookedTransformer, tokens: &Tokens, from: usize, to: usize, first: usize, last: usize) -> [f32; 3] {
    let cache = model.run(tokens).names_filter(("z", 0)).cache().expect("tokens of this model");
    let z = cache.view::<Ix4>(("z", 0));
    let w_o: ArrayView2<f32> = model.W_O().slice_move(s![0, from, .., ..]);
    let written: Vec<Array2<f32>> = z.outer_iter().map(|item| item.index_axis(Axis(1), from).dot(&w_o)).collect();
    let mean = |losses: Array2<f32>| losses.slice(s![.., first..last]).mean().expect("there are predictions");
    let clean = mean(model.run(tokens).loss_per_token().expect("tokens of this model"));
    [("q", model.W_Q()), ("k", model.W_K()), ("v", model.W_V())].map(|(name, w)| {
        let w: ArrayView2<f32> = w.slice_move(s![1, to, .., ..]);
        let hook = fwd_hook((name, 1), |mut x, _| {
            for (item, written) in written.iter().enumerate() {
                let mut of_head = x.slice_mut(s![item, .., to, ..]);
                of_head -= &written.dot(&w);
            }
        });
        mean(model.run(tokens).hook(hook).loss_per_token().expect("tokens of this model")) - clean
    })
}

pub fn first_copy(model: &HookedTransformer, tokens: &Tokens, from: usize, to: usize) -> [f32; 3] {
    costs(model, tokens, from, to, 0, seq_len(tokens))
}

pub fn begins_late(model: &HookedTransformer, tokens: &Tokens, from: usize, to: usize) -> [f32; 3] {
    costs(model, tokens, from, to, seq_len(tokens) + 1, 2 * seq_len(tokens))
}

pub fn exchanged(model: &HookedTransformer, tokens: &Tokens, from: usize, to: usize) -> [f32; 3] {
    solution_05_circuits::cost_of_cutting(model, tokens, to, from)
}

/// The costs of what a hook does to the queries, keys or values of head `to`, given what the first head wrote.
fn costs_of(
    model: &HookedTransformer,
    tokens: &Tokens,
    from: usize,
    to: usize,
    change: impl Fn(&Array2<f32>, ndarray::ArrayViewMut2<f32>) + Copy + Send + Sync,
) -> [f32; 3] {
    let cache = model.run(tokens).names_filter(("z", 0)).cache().expect("tokens of this model");
    let z = cache.view::<Ix4>(("z", 0));
    let w_o: ArrayView2<f32> = model.W_O().slice_move(s![0, from, .., ..]);
    let written: Vec<Array2<f32>> = z.outer_iter().map(|item| item.index_axis(Axis(1), from).dot(&w_o)).collect();
    let (n, clean) = (seq_len(tokens), loss(model, tokens, vec![], seq_len(tokens)));
    [("q", model.W_Q()), ("k", model.W_K()), ("v", model.W_V())].map(|(name, w)| {
        let w: ArrayView2<f32> = w.slice_move(s![1, to, .., ..]);
        let parts: Vec<Array2<f32>> = written.iter().map(|written| written.dot(&w)).collect();
        let hook = fwd_hook((name, 1), |mut x, _| {
            for (item, part) in parts.iter().enumerate() {
                change(part, x.slice_mut(s![item, .., to, ..]));
            }
        });
        loss(model, tokens, vec![hook], n) - clean
    })
}

pub fn added(model: &HookedTransformer, tokens: &Tokens, from: usize, to: usize) -> [f32; 3] {
    costs_of(model, tokens, from, to, |part, mut of_head| of_head += part)
}

pub fn everything_cut(model: &HookedTransformer, tokens: &Tokens, from: usize, to: usize) -> [f32; 3] {
    costs_of(model, tokens, from, to, |_, mut of_head| of_head.fill(0.0))
}

pub fn first_items_part(model: &HookedTransformer, tokens: &Tokens, from: usize, to: usize) -> [f32; 3] {
    let first = tokens.slice(s![..1, ..]);
    let repeated = first.broadcast(tokens.raw_dim()).expect("the same row for all").to_owned();
    let cache = model.run(&repeated).names_filter(("z", 0)).cache().expect("tokens of this model");
    let w_o: ArrayView2<f32> = model.W_O().slice_move(s![0, from, .., ..]);
    let z = cache.view::<Ix4>(("z", 0));
    let z: ArrayView2<f32> = z.slice(s![0, .., from, ..]);
    let written = z.dot(&w_o);
    let clean = loss(model, tokens, vec![], seq_len(tokens));
    [("q", model.W_Q()), ("k", model.W_K()), ("v", model.W_V())].map(|(name, w)| {
        let w: ArrayView2<f32> = w.slice_move(s![1, to, .., ..]);
        let hook = fwd_hook((name, 1), |mut x, _| {
            let mut of_head = x.slice_mut(s![.., .., to, ..]);
            of_head -= &written.dot(&w);
        });
        loss(model, tokens, vec![hook], seq_len(tokens)) - clean
    })
}

pub fn all_predictions_frozen(model: &HookedTransformer, tokens: &Tokens, silenced: usize, frozen: usize) -> [f32; 2] {
    let cache = model.run(tokens).names_filter(("pattern", 1)).cache().expect("tokens of this model");
    let stored = cache.view::<Ix4>(("pattern", 1));
    let keep = fwd_hook(("pattern", 1), |mut pattern, _| {
        pattern.slice_mut(s![.., frozen, .., ..]).assign(&stored.slice(s![.., frozen, .., ..]));
    });
    [loss(model, tokens, vec![silence(silenced)], 0), loss(model, tokens, vec![silence(silenced), keep], 0)]
}

pub fn layers_exchanged(model: &HookedTransformer, tokens: &Tokens, silenced: usize, frozen: usize) -> [f32; 2] {
    let cache = model.run(tokens).names_filter(("pattern", 0)).cache().expect("tokens of this model");
    let stored = cache.view::<Ix4>(("pattern", 0));
    let silence = || fwd_hook(("z", 1), move |mut z, _| z.slice_mut(s![.., .., silenced, ..]).fill(0.0));
    let keep = fwd_hook(("pattern", 0), |mut pattern, _| {
        pattern.slice_mut(s![.., frozen, .., ..]).assign(&stored.slice(s![.., frozen, .., ..]));
    });
    let n = seq_len(tokens);
    [loss(model, tokens, vec![silence()], n), loss(model, tokens, vec![silence(), keep], n)]
}

pub fn increase(model: &HookedTransformer, tokens: &Tokens, silenced: usize, frozen: usize) -> [f32; 2] {
    let clean = loss(model, tokens, vec![], seq_len(tokens));
    freeze(model, tokens, silenced, &[frozen], false).map(|loss| loss - clean)
}

pub fn layer_silenced(model: &HookedTransformer, tokens: &Tokens, _silenced: usize, frozen: usize) -> [f32; 2] {
    let cache = model.run(tokens).names_filter(("pattern", 1)).cache().expect("tokens of this model");
    let stored = cache.view::<Ix4>(("pattern", 1));
    let silence = || fwd_hook(("z", 0), |mut z, _| z.fill(0.0));
    let keep = fwd_hook(("pattern", 1), |mut pattern, _| {
        pattern.slice_mut(s![.., frozen, .., ..]).assign(&stored.slice(s![.., frozen, .., ..]));
    });
    let n = seq_len(tokens);
    [loss(model, tokens, vec![silence()], n), loss(model, tokens, vec![silence(), keep], n)]
}

pub fn heads_exchanged(model: &HookedTransformer, tokens: &Tokens, silenced: usize, frozen: usize) -> [f32; 2] {
    freeze(model, tokens, frozen, &[silenced], false)
}
