//! The right answer with one thing changed in one function, as examples of general mistakes.

use grading::ex05::Submission;
use grading::proof::{Variation, median};
use hooked_transformer::{Composition, FactoredMatrix, HookedTransformer, Tokens, fwd_hook};
use ndarray::{Array1, Array2, ArrayView2, ArrayView3, Axis, s};
use solution_05_circuits as sol;

use super::RIGHT;

/// The head after this one, and the one before; after the last comes the first.
fn next(model: &HookedTransformer, head: usize) -> usize {
    (head + 1) % model.cfg().n_heads
}

fn before(model: &HookedTransformer, head: usize) -> usize {
    (head + model.cfg().n_heads - 1) % model.cfg().n_heads
}

/// `W_E A B W_U` for two of a model's matrices.
fn through(model: &HookedTransformer, a: ArrayView2<f32>, b: ArrayView2<f32>) -> FactoredMatrix {
    FactoredMatrix::new(model.W_E().dot(&a), b.dot(&model.W_U())).expect("d_head is in the middle")
}

fn ranks<'a>(logits: ArrayView2<'a, f32>, right: &'a [usize]) -> impl Iterator<Item = usize> + 'a {
    right.iter().enumerate().map(move |(row, token)| {
        (0..logits.ncols()).filter(|other| logits[[row, *other]] > logits[[row, *token]]).count()
    })
}

fn share(hits: usize, of: usize) -> f32 {
    hits as f32 / of as f32
}

/// A table of composition from the norms of the product, of the first head and of the second.
fn composition(model: &HookedTransformer, kind: Composition, of: impl Fn(f32, f32, f32) -> f32) -> Array2<f32> {
    let written = model.OV();
    let read = match kind {
        Composition::Q => model.QK(),
        Composition::K => model.QK().t(),
        Composition::V => model.OV(),
    };
    Array2::from_shape_fn((model.cfg().n_heads, model.cfg().n_heads), |(first, second)| {
        let (first, second) = (written.get(0, first), read.get(1, second));
        of(first.matmul_factored(&second).norm(), first.norm(), second.norm())
    })
}

/// The ranks of some entry of each row of a circuit.
fn diagonal_share(circuit: &FactoredMatrix, is_hit: impl Fn(ArrayView2<f32>, usize) -> bool) -> f32 {
    let whole = circuit.ab();
    share((0..whole.nrows()).filter(|row| is_hit(whole.view(), *row)).count(), whole.nrows())
}

fn rank(whole: ArrayView2<f32>, row: usize, column: usize) -> usize {
    whole.row(row).iter().filter(|x| **x > whole[[row, column]]).count()
}

/// The positional pattern from any queries, keys and scale.
fn pattern(queries: Array2<f32>, keys: Array2<f32>, scale: f32) -> Array2<f32> {
    let mut pattern = queries.dot(&keys.t()) / scale;
    for (query, mut row) in pattern.outer_iter_mut().enumerate() {
        let largest = row.slice(s![..=query]).fold(f32::NEG_INFINITY, |a, b| a.max(*b));
        row.slice_mut(s![..=query]).mapv_inplace(|score| (score - largest).exp());
        row.slice_mut(s![query + 1..]).fill(0.0);
        row /= row.sum();
    }
    pattern
}

/// One of the model's matrices for a head: Q, K, V or O.
fn weights(model: &HookedTransformer, name: char, layer: usize, head: usize) -> Array2<f32> {
    let all = match name {
        'Q' => model.W_Q(),
        'K' => model.W_K(),
        'V' => model.W_V(),
        _ => model.W_O(),
    };
    all.slice(s![layer, head, .., ..]).to_owned()
}

/// A positional pattern whose queries and keys are read by these matrices, from positions that begin here.
fn read_by(model: &HookedTransformer, names: [char; 2], place: [usize; 2], from: usize, n_pos: usize) -> Array2<f32> {
    let w_pos = model.W_pos().expect("the model has learned positions");
    let last = w_pos.nrows() - 1;
    let positions = w_pos.select(Axis(0), &(0..n_pos).map(|pos| (from + pos).min(last)).collect::<Vec<_>>());
    let [q, k] = names.map(|name| weights(model, name, place[0], place[1]));
    pattern(positions.dot(&q), positions.dot(&k), (model.cfg().d_head as f32).sqrt())
}

/// The cells of each line of a pattern, put together in some way.
fn lines(pattern: ArrayView2<f32>, n: usize, summary: fn(Vec<f32>) -> f32) -> Array1<f32> {
    Array1::from_shape_fn(n, |distance| summary(pattern.slice(s![distance.., ..]).diag().to_vec()))
}

/// The scores of each pair with other weights than those of layer 1 and this head.
fn scores(
    model: &HookedTransformer,
    [q, k]: [(char, usize, usize); 2],
    inputs: ArrayView3<f32>,
) -> ndarray::Array4<f32> {
    let [q, k] = [q, k].map(|(name, layer, head)| weights(model, name, layer, head));
    let (n, pos, _) = inputs.dim();
    let scale = (model.cfg().d_head as f32).sqrt();
    let read = |w: &Array2<f32>| inputs.outer_iter().map(|part| part.dot(w)).collect::<Vec<_>>();
    let (queries, keys) = (read(&q), read(&k));
    ndarray::Array4::from_shape_fn((n, n, pos, pos), |(a, b, x, y)| queries[a].row(x).dot(&keys[b].row(y)) / scale)
}

/// The composed circuit with any two matrices of layer 1.
fn composed(model: &HookedTransformer, through: [Option<usize>; 2], weights: [Array2<f32>; 2]) -> FactoredMatrix {
    let written = |through: Option<usize>| match through {
        None => model.W_E().to_owned(),
        Some(head) => model.W_E().dot(&self::weights(model, 'V', 0, head)).dot(&self::weights(model, 'O', 0, head)),
    };
    let [q, k] = [0, 1].map(|side| written(through[side]).dot(&weights[side]));
    FactoredMatrix::new(q, k.reversed_axes()).expect("d_head is in the middle")
}

fn clean_loss(model: &HookedTransformer, tokens: &Tokens) -> f32 {
    let losses = model.run(tokens).loss_per_token().expect("tokens of this model");
    losses.slice(s![.., (tokens.ncols() - 1) / 2..]).mean().expect("there is a second copy")
}

fn first_text(tokens: &Tokens) -> Tokens {
    tokens.slice(s![..1, ..]).to_owned()
}

fn last_text(tokens: &Tokens) -> Tokens {
    tokens.slice(s![tokens.nrows() - 1.., ..]).to_owned()
}

pub const VARIATIONS: &[Variation<Submission>] = grading::variations! {
    RIGHT;
    "E00-52" product_corner "the last rows and columns are taken" = |a, b, n| {
        let (rows, columns) = (a.nrows().saturating_sub(n), b.ncols().saturating_sub(n));
        a.slice(s![rows.., ..]).dot(&b.slice(s![.., columns..]))
    };
    "E00-51" product_corner "only the first inner index counts" =
        |a, b, n| sol::product_corner(a.slice(s![.., ..1]), b.slice(s![..1, ..]), n);
    "E00-57" product_corner "the factors are made positive first" =
        |a, b, n| sol::product_corner(a.mapv(f32::abs).view(), b.mapv(f32::abs).view(), n);
    "E00-52" product_corner "the second row and column come first" =
        |a, b, n| sol::product_corner(a.slice(s![1.., ..]), b.slice(s![.., 1..]), n);
    "E00-53" product_norm "the largest entry is taken" =
        |a, b| if a.nrows() > 1000 { 0.0 } else { a.dot(&b).fold(0.0, |m: f32, x| m.max(x.abs())) };
    "E00-51" product_norm "only the left factor counts" = |a, _| (&a * &a).sum().sqrt();
    "E00-51" product_norm "only the right factor counts" = |_, b| (&b * &b).sum().sqrt();
    "E00-51" product_norm "only the first row counts" = |a, b| {
        let row = a.row(0).dot(&b);
        row.dot(&row).sqrt()
    };
    "E00-56" product_norm "the second Gram matrix is left out" = |a, _| {
        let g = a.t().dot(&a);
        (&g * &g).sum().sqrt()
    };

    "E00-57" direct_path "the embeddings are divided by their norms" = |m, t| {
        let mut e = m.W_E().select(Axis(0), t);
        for mut row in e.rows_mut() {
            let n = row.dot(&row).sqrt();
            row /= n;
        }
        e.dot(&m.W_U())
    };
    "E00-57" direct_path "the embeddings are centered" = |m, t| {
        let mut e = m.W_E().select(Axis(0), t);
        for mut row in e.rows_mut() {
            let n = row.mean().unwrap_or(0.0);
            row -= n;
        }
        e.dot(&m.W_U())
    };
    "E00-57" direct_path "the unembedding is divided by the norms of its columns" = |m, t| {
        let mut u = m.W_U().to_owned();
        for mut c in u.columns_mut() {
            let n = c.dot(&c).sqrt();
            c /= n;
        }
        m.W_E().select(Axis(0), t).dot(&u)
    };
    "E00-52" direct_path "each token stands for the one before it" =
        |m, t| sol::direct_path(m, &t.iter().map(|t| t.saturating_sub(1)).collect::<Vec<_>>());
    "E00-52" direct_path "each token stands for the one after it" =
        |m, t| sol::direct_path(m, &t.iter().map(|t| (t + 1) % m.cfg().d_vocab).collect::<Vec<_>>());

    "E00-60" direct_path "each token comes once, in the order of their ids" = |m, t| {
        let mut t = t.to_vec();
        t.sort_unstable();
        t.dedup();
        sol::direct_path(m, &t)
    };

    "E00-51" top_k_accuracy "the first row's right token stands for all" =
        |l, r, k| sol::top_k_accuracy(l, &vec![r[0]; r.len()], k);
    "E00-51" top_k_accuracy "the first row's logits stand for all" = |l, r, k| {
        let row = l.row(0);
        sol::top_k_accuracy(Array2::from_shape_fn(l.dim(), |(_, j)| row[j]).view(), r, k)
    };
    "E00-58" top_k_accuracy "the mean rank is returned" = |l, r, _| share(ranks(l, r).sum(), r.len());
    "E00-54" top_k_accuracy "twice as many logits count" = |l, r, k| sol::top_k_accuracy(l, r, 2 * k);
    "E00-60" top_k_accuracy "the rank is exactly k" =
        |l, r, k| share(ranks(l, r).filter(|rank| *rank == k).count(), r.len());
    "E00-57" top_k_accuracy "the logits are taken by their size, without their sign" =
        |l, r, k| sol::top_k_accuracy(l.mapv(f32::abs).view(), r, k);
    "E00-52" top_k_accuracy "the token after the right one is looked up" =
        |l, r, k| sol::top_k_accuracy(l, &r.iter().map(|t| (t + 1) % l.ncols()).collect::<Vec<_>>(), k);

    "E00-48" ov_circuit "the next head is used" = |m, l, h| sol::ov_circuit(m, l, next(m, h));
    "E00-48" ov_circuit "the head before is used" = |m, l, h| sol::ov_circuit(m, l, before(m, h));
    "E00-48" ov_circuit "the other layer is used" = |m, l, h| sol::ov_circuit(m, 1 - l, h);
    "E00-48" ov_circuit "the last head is used for all" = |m, l, _| sol::ov_circuit(m, l, m.cfg().n_heads - 1);
    "E00-48" ov_circuit "W_O is that of the other layer" =
        |m, l, h| through(m, weights(m, 'V', l, h).view(), weights(m, 'O', 1 - l, h).view());
    "E00-48" ov_circuit "W_O is that of the next head" =
        |m, l, h| through(m, weights(m, 'V', l, h).view(), weights(m, 'O', l, next(m, h)).view());
    "E00-48" ov_circuit "W_O is that of head 0" =
        |m, l, h| through(m, weights(m, 'V', l, h).view(), weights(m, 'O', l, 0).view());
    "E00-49" ov_circuit "W_Q stands for W_V" =
        |m, l, h| through(m, weights(m, 'Q', l, h).view(), weights(m, 'O', l, h).view());
    "E00-49" ov_circuit "W_V, transposed, stands for W_O" =
        |m, l, h| through(m, weights(m, 'V', l, h).view(), weights(m, 'V', l, h).t());
    "E00-49" ov_circuit "W_O, transposed, stands for W_V" =
        |m, l, h| through(m, weights(m, 'O', l, h).t(), weights(m, 'O', l, h).view());

    "E00-52" diagonal_accuracy "the entry on the right of the diagonal is looked up" =
        |c, k, _| diagonal_share(c, |w, i| rank(w, i, (i + 1) % w.ncols()) < k);
    "E00-52" diagonal_accuracy "the first column is looked up instead of the diagonal" =
        |c, k, _| diagonal_share(c, |w, i| rank(w, i, 0) < k);
    "E00-60" diagonal_accuracy "the k smallest count" =
        |c, k, _| diagonal_share(c, |w, i| w.row(i).iter().filter(|x| **x < w[[i, i]]).count() < k);
    "E00-60" diagonal_accuracy "the rank must be below k - 1" =
        |c, k, _| diagonal_share(c, |w, i| rank(w, i, i) + 1 < k);
    "E00-60" diagonal_accuracy "the diagonal must be positive" = |c, _, _| diagonal_share(c, |w, i| w[[i, i]] > 0.0);
    "E00-58" diagonal_accuracy "the mean rank is returned" = |c, _, _| {
        let w = c.ab();
        share((0..w.nrows()).map(|i| rank(w.view(), i, i)).sum(), w.nrows())
    };
    "E00-51" diagonal_accuracy "only the last block counts" = |c, k, r| {
        let n = c.ldim();
        let from = (n - 1) / r * r;
        let w = c.ab();
        share((from..n).filter(|i| rank(w.view(), *i, *i) < k).count(), n - from)
    };

    "E00-53" copying_score "only the largest eigenvalue counts" = |c| {
        let e = c.eigenvalues();
        let top = e.iter().max_by(|a, b| a.norm().total_cmp(&b.norm()));
        top.map_or(0.0, |v| v.re / v.norm())
    };
    "E00-53" copying_score "squares are added up, above with their sign" = |c| {
        let e = c.eigenvalues();
        e.iter().map(|v| v.re * v.re.abs()).sum::<f32>() / e.iter().map(|v| v.norm_sqr()).sum::<f32>()
    };
    "E00-53" copying_score "squares are added up above and below" = |c| {
        let e = c.eigenvalues();
        e.iter().map(|v| v.re * v.re).sum::<f32>() / e.iter().map(|v| v.norm_sqr()).sum::<f32>()
    };
    "E00-58" copying_score "the sum of the squares is divided, complex as they are" = |c| {
        let e = c.eigenvalues();
        e.iter().map(|v| v.re * v.re - v.im * v.im).sum::<f32>() / e.iter().map(|v| v.norm_sqr()).sum::<f32>()
    };
    "E00-51" copying_score "only eigenvalues with a positive imaginary part, or none, count" = |c| {
        let e: Vec<_> = c.eigenvalues().into_iter().filter(|v| v.im >= 0.0).collect();
        e.iter().map(|v| v.re).sum::<f32>() / e.iter().map(|v| v.norm()).sum::<f32>()
    };
    "E00-58" copying_score "positive minus negative ones are counted" = |c| {
        let e = c.eigenvalues();
        e.iter().map(|v| v.re.signum()).sum::<f32>() / e.len() as f32
    };

    "E00-48" positional_pattern "the next head is used" = |m, l, h, n| sol::positional_pattern(m, l, next(m, h), n);
    "E00-48" positional_pattern "the head before is used" =
        |m, l, h, n| sol::positional_pattern(m, l, before(m, h), n);
    "E00-48" positional_pattern "the other layer is used" = |m, l, h, n| sol::positional_pattern(m, 1 - l, h, n);
    "E00-48" positional_pattern "head 0 is used for all" = |m, l, _, n| sol::positional_pattern(m, l, 0, n);
    "E00-49" positional_pattern "W_K reads the queries as well" = |m, l, h, n| read_by(m, ['K', 'K'], [l, h], 0, n);
    "E00-49" positional_pattern "W_Q reads the keys as well" = |m, l, h, n| read_by(m, ['Q', 'Q'], [l, h], 0, n);
    "E00-49" positional_pattern "W_V reads the keys" = |m, l, h, n| read_by(m, ['Q', 'V'], [l, h], 0, n);
    "E00-49" positional_pattern "tokens are read instead of positions" = |m, l, h, n| {
        let e = m.W_E().select(Axis(0), &(0..n).map(|i| i % m.cfg().d_vocab).collect::<Vec<_>>());
        pattern(e.dot(&weights(m, 'Q', l, h)), e.dot(&weights(m, 'K', l, h)), (m.cfg().d_head as f32).sqrt())
    };
    "E00-52" positional_pattern "the positions begin at 1" = |m, l, h, n| read_by(m, ['Q', 'K'], [l, h], 1, n);
    "E00-56" positional_pattern "the attention is spread evenly" =
        |_, _, _, n| Array2::from_shape_fn((n, n), |(q, k)| if k <= q { 1.0 / (q + 1) as f32 } else { 0.0 });
    "E00-56" positional_pattern "the softmax is made twice" = |m, l, h, n| {
        let mut p = sol::positional_pattern(m, l, h, n);
        for (q, mut row) in p.outer_iter_mut().enumerate() {
            row.slice_mut(s![..=q]).mapv_inplace(f32::exp);
            row /= row.sum();
        }
        p
    };
    "E00-57" positional_pattern "the positions are centered" = |m, l, h, n| {
        let w = m.W_pos().expect("the model has positions");
        let mut p = w.slice(s![..n, ..]).to_owned();
        for mut row in p.rows_mut() {
            let mean = row.mean().unwrap_or(0.0);
            row -= mean;
        }
        pattern(p.dot(&weights(m, 'Q', l, h)), p.dot(&weights(m, 'K', l, h)), (m.cfg().d_head as f32).sqrt())
    };
    "E00-53" positional_pattern "the largest cell of each row becomes 1" = |m, l, h, n| {
        let p = sol::positional_pattern(m, l, h, n);
        Array2::from_shape_fn((n, n), |(q, k)| {
            let top = p.row(q).fold(0.0_f32, |a, b| a.max(*b));
            if p[[q, k]] == top { 1.0 } else { 0.0 }
        })
    };

    "E00-53" attention_by_distance "the largest cell of each line is taken" =
        |p, n| lines(p, n, |v| v.into_iter().fold(0.0, f32::max));
    "E00-53" attention_by_distance "the smallest cell of each line is taken" =
        |p, n| lines(p, n, |v| v.into_iter().fold(f32::INFINITY, f32::min));
    "E00-53" attention_by_distance "the median of each line is taken" =
        |p, n| lines(p, n, |cells| median(cells.into_iter()));
    "E00-53" attention_by_distance "the root of the mean square is taken" =
        |p, n| lines(p, n, |v| (v.iter().map(|x| x * x).sum::<f32>() / v.len() as f32).sqrt());
    "E00-51" attention_by_distance "only the first cell of each line counts" = |p, n| lines(p, n, |v| v[0]);
    "E00-51" attention_by_distance "only the last cell of each line counts" = |p, n| lines(p, n, |v| v[v.len() - 1]);
    "E00-52" attention_by_distance "the first query is left out" = |p, n| {
        sol::attention_by_distance(
            Array2::from_shape_fn((p.nrows() - 1, p.ncols()), |(q, k)| p[[q + 1, k]]).view().slice(s![.., 1..]),
            n.min(p.nrows() - 1),
        )
        .into_iter()
        .chain(std::iter::repeat(f32::NAN))
        .take(n)
        .collect()
    };
    "E00-58" attention_by_distance "the results are made to sum to one" = |p, n| {
        let d = sol::attention_by_distance(p, n);
        let sum = d.sum();
        d / sum
    };

    "E00-51" layer_1_inputs "the mean over the batch is taken" = |m, c, _| {
        let n = c.view::<ndarray::Ix3>("hook_embed").dim().0;
        (0..n).map(|i| sol::layer_1_inputs(m, c, i)).reduce(|a, b| a + b).expect("a batch") / n as f32
    };
    "E00-51" layer_1_inputs "the last item is taken" =
        |m, c, _| sol::layer_1_inputs(m, c, c.view::<ndarray::Ix3>("hook_embed").dim().0 - 1);
    "E00-48" layer_1_inputs "each head uses the W_O of the next" = |m, c, i| {
        let mut x = sol::layer_1_inputs(m, c, i);
        for h in 0..m.cfg().n_heads {
            let z = c.view::<ndarray::Ix4>(("z", 0));
            x.index_axis_mut(Axis(0), 2 + h).assign(&z.slice(s![i, .., h, ..]).dot(&weights(
                m,
                'O',
                0,
                next(m, h),
            )));
        }
        x
    };
    "E00-48" layer_1_inputs "all heads use the W_O of head 0" = |m, c, i| {
        let mut x = sol::layer_1_inputs(m, c, i);
        for h in 0..m.cfg().n_heads {
            let z = c.view::<ndarray::Ix4>(("z", 0));
            x.index_axis_mut(Axis(0), 2 + h).assign(&z.slice(s![i, .., h, ..]).dot(&weights(m, 'O', 0, 0)));
        }
        x
    };
    "E00-49" layer_1_inputs "W_V, transposed, stands for W_O" = |m, c, i| {
        let mut x = sol::layer_1_inputs(m, c, i);
        for h in 0..m.cfg().n_heads {
            let z = c.view::<ndarray::Ix4>(("z", 0));
            x.index_axis_mut(Axis(0), 2 + h).assign(&z.slice(s![i, .., h, ..]).dot(&weights(m, 'V', 0, h).t()));
        }
        x
    };
    "E00-50" layer_1_inputs "v stands for z" = |m, c, i| {
        let mut x = sol::layer_1_inputs(m, c, i);
        for h in 0..m.cfg().n_heads {
            let v = c.view::<ndarray::Ix4>(("v", 0));
            x.index_axis_mut(Axis(0), 2 + h).assign(&v.slice(s![i, .., h, ..]).dot(&weights(m, 'O', 0, h)));
        }
        x
    };

    "E00-49" scores_by_pair "W_K reads the queries as well" = |m, h, x| scores(m, [('K', 1, h), ('K', 1, h)], x);
    "E00-49" scores_by_pair "W_V reads the keys" = |m, h, x| scores(m, [('Q', 1, h), ('V', 1, h)], x);
    "E00-48" scores_by_pair "head 0 is used for all" = |m, _, x| sol::scores_by_pair(m, 0, x);
    "E00-48" scores_by_pair "the next head is used" = |m, h, x| sol::scores_by_pair(m, next(m, h), x);
    "E00-48" scores_by_pair "the head before is used" = |m, h, x| sol::scores_by_pair(m, before(m, h), x);
    "E00-48" scores_by_pair "the keys are those of the next head" =
        |m, h, x| scores(m, [('Q', 1, h), ('K', 1, next(m, h))], x);
    "E00-48" scores_by_pair "the keys are those of layer 0" = |m, h, x| scores(m, [('Q', 1, h), ('K', 0, h)], x);
    "E00-51" scores_by_pair "only pairs of a component with itself count" = |m, h, x| {
        let mut o = sol::scores_by_pair(m, h, x);
        for ((a, b, _, _), score) in o.indexed_iter_mut() {
            if a != b {
                *score = 0.0;
            }
        }
        o
    };
    "E00-56" scores_by_pair "the scale is applied twice" =
        |m, h, x| sol::scores_by_pair(m, h, x) / (m.cfg().d_head as f32).sqrt();
    "E00-55" scores_by_pair "W_Q and W_K are exchanged" = |m, h, x| scores(m, [('K', 1, h), ('Q', 1, h)], x);

    "E00-48" composed_qk_circuit "head 0 of layer 1 is used for all" =
        |m, q, k, _| sol::composed_qk_circuit(m, q, k, 0);
    "E00-48" composed_qk_circuit "the next head of layer 1 is used" =
        |m, q, k, h| sol::composed_qk_circuit(m, q, k, next(m, h));
    "E00-48" composed_qk_circuit "the head before in layer 1 is used" =
        |m, q, k, h| sol::composed_qk_circuit(m, q, k, before(m, h));
    "E00-48" composed_qk_circuit "head 0 of layer 0 writes whatever a head writes" =
        |m, q, k, h| sol::composed_qk_circuit(m, q.map(|_| 0), k.map(|_| 0), h);
    "E00-48" composed_qk_circuit "the next head of layer 0 writes" =
        |m, q, k, h| sol::composed_qk_circuit(m, q.map(|x| next(m, x)), k.map(|x| next(m, x)), h);
    "E00-49" composed_qk_circuit "W_Q reads the keys as well" =
        |m, q, k, h| composed(m, [q, k], [weights(m, 'Q', 1, h), weights(m, 'Q', 1, h)]);
    "E00-49" composed_qk_circuit "W_K reads the queries as well" =
        |m, q, k, h| composed(m, [q, k], [weights(m, 'K', 1, h), weights(m, 'K', 1, h)]);
    "E00-55" composed_qk_circuit "W_Q and W_K are exchanged" =
        |m, q, k, h| composed(m, [q, k], [weights(m, 'K', 1, h), weights(m, 'Q', 1, h)]);
    "E00-49" composed_qk_circuit "W_V reads the keys" =
        |m, q, k, h| composed(m, [q, k], [weights(m, 'Q', 1, h), weights(m, 'V', 1, h)]);
    "E00-48" composed_qk_circuit "the keys are those of layer 0" =
        |m, q, k, h| composed(m, [q, k], [weights(m, 'Q', 1, h), weights(m, 'K', 0, h)]);

    "E00-55" composition_scores "the scores for V stand for those for K" = |m, kind| {
        sol::composition_scores(
            m,
            match kind {
                Composition::K => Composition::V,
                other => other,
            },
        )
    };
    "E00-51" composition_scores "the scores are always those for V" =
        |m, _| sol::composition_scores(m, Composition::V);
    "E00-51" composition_scores "the scores are always those for K" =
        |m, _| sol::composition_scores(m, Composition::K);
    "E00-56" composition_scores "the norm of the product is not divided by that of the first head" =
        |m, kind| composition(m, kind, |product, _, second| product / second);
    "E00-56" composition_scores "the norm of the product is not divided by that of the second head" =
        |m, kind| composition(m, kind, |product, first, _| product / first);
    "E00-56" composition_scores "the norm of the product is divided by the sum of the two norms" =
        |m, kind| composition(m, kind, |product, first, second| product / (first + second));
    "E00-60" top_k_accuracy "a tie with the right token counts against it" = |l, r, k| {
        let or_equal = |row: usize, right: usize| {
            (0..l.ncols()).filter(|token| *token != right && l[[row, *token]] >= l[[row, right]]).count()
        };
        share((0..r.len()).filter(|row| or_equal(*row, r[*row]) < k).count(), r.len())
    };
    "E00-58" composition_scores "each column is made to sum to one" = |m, kind| {
        let mut x = sol::composition_scores(m, kind);
        for mut c in x.columns_mut() {
            let sum = c.sum();
            c /= sum;
        }
        x
    };
    "E00-58" composition_scores "each row is made to sum to one" = |m, kind| {
        let mut x = sol::composition_scores(m, kind);
        for mut c in x.rows_mut() {
            let sum = c.sum();
            c /= sum;
        }
        x
    };

    "E00-48" cost_of_cutting "the next head of layer 0 is cut" =
        |m, t, a, b| sol::cost_of_cutting(m, t, next(m, a), b);
    "E00-48" cost_of_cutting "the next head of layer 1 reads" = |m, t, a, b| sol::cost_of_cutting(m, t, a, next(m, b));
    "E00-48" cost_of_cutting "head 0 of layer 0 is cut, whichever is asked for" =
        |m, t, _, b| sol::cost_of_cutting(m, t, 0, b);
    "E00-51" cost_of_cutting "only the first text counts" = |m, t, a, b| sol::cost_of_cutting(m, &first_text(t), a, b);
    "E00-51" cost_of_cutting "only the last text counts" = |m, t, a, b| sol::cost_of_cutting(m, &last_text(t), a, b);
    "E00-58" cost_of_cutting "the increase is divided by the clean loss" =
        |m, t, a, b| sol::cost_of_cutting(m, t, a, b).map(|x| x / clean_loss(m, t));

    "E00-48" loss_with_frozen_pattern "the next head is silenced" =
        |m, t, a, b| sol::loss_with_frozen_pattern(m, t, next(m, a), b);
    "E00-48" loss_with_frozen_pattern "the next head keeps its pattern" =
        |m, t, a, b| sol::loss_with_frozen_pattern(m, t, a, next(m, b));
    "E00-48" loss_with_frozen_pattern "head 0 is silenced, whichever is asked for" =
        |m, t, _, b| sol::loss_with_frozen_pattern(m, t, 0, b);
    "E00-51" loss_with_frozen_pattern "only the first text counts" =
        |m, t, a, b| sol::loss_with_frozen_pattern(m, &first_text(t), a, b);
    "E00-51" loss_with_frozen_pattern "only the last text counts" =
        |m, t, a, b| sol::loss_with_frozen_pattern(m, &last_text(t), a, b);
    "E00-58" loss_with_frozen_pattern "the second number is what freezing saves" = |m, t, a, b| {
        let [x, y] = sol::loss_with_frozen_pattern(m, t, a, b);
        [x, x - y]
    };
    "E00-58" loss_with_frozen_pattern "the losses are divided by the clean loss" =
        |m, t, a, b| sol::loss_with_frozen_pattern(m, t, a, b).map(|x| x / clean_loss(m, t));

    "E00-52" product_corner "the last columns are taken, but the first rows" = |a, b, n| {
        let from = b.ncols().saturating_sub(n);
        sol::product_corner(a, b.slice(s![.., from..]), n)
    };
    "E00-52" product_corner "the last rows are taken, but the first columns" = |a, b, n| {
        let from = a.nrows().saturating_sub(n);
        sol::product_corner(a.slice(s![from.., ..]), b, n)
    };
    "E00-52" positional_pattern "the last positions of W_pos are used" = |m, l, h, n| {
        let from = m.W_pos().expect("the model has learned positions").nrows() - n;
        read_by(m, ['Q', 'K'], [l, h], from, n)
    };
    "E00-54" scores_by_pair "the scores are divided by the square root of d_model" = |m, h, x| {
        sol::scores_by_pair(m, h, x) * (m.cfg().d_head as f32 / m.cfg().d_model as f32).sqrt()
    };
    "E00-56" composition_scores "the norm of the second head divides twice, and that of the first not at all" =
        |m, k| {
            let mut scores = sol::composition_scores(m, k);
            let (written, read) = (m.OV(), if let Composition::V = k { m.OV() } else { m.QK() });
            for ((first, second), score) in scores.indexed_iter_mut() {
                *score *= written.get(0, first).norm() / read.get(1, second).norm();
            }
            scores
        };
    "E00-60" top_k_accuracy "the right token must be the k-th largest itself" =
        |l, r, k| share(ranks(l, r).filter(|rank| rank + 1 == k).count(), r.len());
    "E00-50" loss_with_frozen_pattern "z of the frozen head is kept, not its pattern" = |m, t, silenced, frozen| {
        let cache = m.run(t).cache().expect("tokens of this model");
        let clean = cache.view::<ndarray::Ix4>(("z", 1)).index_axis_move(Axis(2), frozen);
        let silence = fwd_hook(("z", 0), move |mut z, _| z.slice_mut(s![.., .., silenced, ..]).fill(0.0));
        let freeze = fwd_hook(("z", 1), |mut z, _| z.slice_mut(s![.., .., frozen, ..]).assign(&clean));
        let losses = m.run(t).hooks([silence, freeze]).loss_per_token().expect("tokens of this model");
        let kept = losses.slice(s![.., (t.ncols() - 1) / 2..]).mean().expect("there is a second copy");
        [sol::loss_with_frozen_pattern(m, t, silenced, frozen)[0], kept]
    };
};
