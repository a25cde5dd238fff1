//! Right answers, written as differently as can be. Each changes some functions and leaves the others to the solution.

use grading::ex05::Submission;
use hooked_transformer::{Complex32, Composition, FactoredMatrix, HookedTransformer, Tokens, fwd_hook};
use ndarray::{Array1, Array2, Array3, Array4, ArrayView2, Axis, Ix3, Ix4, s};
use rand::RngExt;

use crate::wrong_answers::RIGHT;

/// Loops over cells, in double precision.
pub const LOOPS: Submission = Submission {
    product_corner: |left, right, n| {
        let shape = (n.min(left.nrows()), n.min(right.ncols()));
        Array2::from_shape_fn(shape, |(row, column)| {
            (0..left.ncols()).map(|i| f64::from(left[[row, i]]) * f64::from(right[[i, column]])).sum::<f64>() as f32
        })
    },
    product_norm: |left, right| {
        // ‖A B‖² is the sum over i, j of (column i of A · column j of A) (row i of B · row j of B).
        let n = left.ncols();
        let dot = |a: ndarray::ArrayView1<f32>, b: ndarray::ArrayView1<f32>| -> f64 {
            a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
        };
        let cells = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
        cells.map(|(i, j)| dot(left.column(i), left.column(j)) * dot(right.row(i), right.row(j))).sum::<f64>().sqrt()
            as f32
    },
    direct_path: |model, tokens| {
        let (w_e, w_u) = (model.W_E(), model.W_U());
        let d_vocab = w_u.ncols();
        let mut logits = Array2::zeros((tokens.len(), d_vocab));
        for (mut row, token) in logits.outer_iter_mut().zip(tokens) {
            row.assign(&w_e.row(*token).dot(&w_u));
        }
        logits
    },
    attention_by_distance: |pattern, n_distances| {
        let mut means = Array1::zeros(n_distances);
        for distance in 0..n_distances {
            let cells = (distance..pattern.nrows()).map(|query| f64::from(pattern[[query, query - distance]]));
            means[distance] = (cells.sum::<f64>() / (pattern.nrows() - distance) as f64) as f32;
        }
        means
    },
    ..RIGHT
};

/// The library's own methods wherever there is one.
pub const LIBRARY: Submission = Submission {
    product_corner: |left, right, n| {
        FactoredMatrix::new(left.to_owned(), right.to_owned()).expect("they fit").get_corner(n)
    },
    product_norm: |left, right| FactoredMatrix::new(left.to_owned(), right.to_owned()).expect("they fit").norm(),
    ov_circuit: |model, layer, head| model.OV().get(layer, head).left_matmul(model.W_E()).matmul(model.W_U()),
    composed_qk_circuit: |model, query, key, head| {
        let written = |source: Option<usize>| match source {
            None => model.W_E().to_owned(),
            Some(h) => model.OV().get(0, h).left_matmul(model.W_E()).ab(),
        };
        model.QK().get(1, head).left_matmul(written(query).view()).matmul(written(key).t())
    },
    composition_scores: |model, kind| model.all_composition_scores(kind).slice(s![0, .., 1, ..]).to_owned(),
    layer_1_inputs: |model, cache, item| {
        let n_heads = model.cfg().n_heads;
        let (_, n_pos, d_model) = cache.view::<Ix3>("hook_embed").dim();
        let mut parts = Array3::zeros((2 + n_heads, n_pos, d_model));
        parts.slice_mut(s![0, .., ..]).assign(&cache.view::<Ix3>("hook_embed").index_axis(Axis(0), item));
        parts.slice_mut(s![1, .., ..]).assign(&cache.view::<Ix3>("hook_pos_embed").index_axis(Axis(0), item));
        for head in 0..n_heads {
            for pos in 0..n_pos {
                let z = cache.view::<Ix4>(("z", 0));
                let z = z.slice(s![item, pos, head, ..]);
                let w_o: ArrayView2<f32> = model.W_O().slice_move(s![0, head, .., ..]);
                parts.slice_mut(s![2 + head, pos, ..]).assign(&z.dot(&w_o));
            }
        }
        parts
    },
    ..RIGHT
};

/// By sorting.
pub const SORTED: Submission = Submission {
    top_k_accuracy: |logits, right, k| {
        let hits = logits.outer_iter().zip(right).filter(|(row, right)| {
            let mut sorted: Vec<f32> = row.to_vec();
            sorted.sort_by(|a, b| b.total_cmp(a));
            k > 0 && row[**right] >= sorted[k.min(sorted.len()) - 1]
        });
        hits.count() as f32 / right.len() as f32
    },
    diagonal_accuracy: |circuit, k, rows_at_once| {
        let n = circuit.ldim();
        let mut hits = 0;
        for first in (0..n).step_by(rows_at_once) {
            let block = circuit.rows(first..n.min(first + rows_at_once)).ab();
            for (i, row) in block.outer_iter().enumerate() {
                let mut values = row.to_vec();
                let (_, kth_largest, _) = values.select_nth_unstable_by(k.min(n) - 1, |a, b| b.total_cmp(a));
                hits += usize::from(row[first + i] >= *kth_largest);
            }
        }
        hits as f32 / n as f32
    },
    copying_score: |circuit| {
        let values: Vec<Complex32> = circuit.eigenvalues().to_vec();
        let sum = values.iter().fold(Complex32::new(0.0, 0.0), |a, b| a + b);
        sum.re / values.iter().map(|z| (z.re * z.re + z.im * z.im).sqrt()).sum::<f32>()
    },
    ..RIGHT
};

/// Scores from einsum-like loops, masks by minus infinity, the scale taken into the queries.
pub const SCALED_QUERIES: Submission = Submission {
    positional_pattern: |model, layer, head, n_pos| {
        let positions = model.W_pos().expect("positions").slice_move(s![..n_pos, ..]);
        let scale = 1.0 / (model.cfg().d_head as f32).sqrt();
        let queries = positions.dot(&model.W_Q().slice(s![layer, head, .., ..])) * scale;
        let keys = positions.dot(&model.W_K().slice(s![layer, head, .., ..]));
        let mut pattern = queries.dot(&keys.t());
        for query in 0..n_pos {
            pattern.slice_mut(s![query, query + 1..]).fill(f32::NEG_INFINITY);
            let mut row = pattern.row_mut(query);
            row.mapv_inplace(|score| score.exp());
            let sum = row.sum();
            row.mapv_inplace(|x| x / sum);
        }
        pattern
    },
    scores_by_pair: |model, head, inputs| {
        let (n, n_pos, _) = inputs.dim();
        let (w_q, w_k) = (model.W_Q(), model.W_K());
        let (w_q, w_k): (ArrayView2<f32>, ArrayView2<f32>) =
            (w_q.slice(s![1, head, .., ..]), w_k.slice(s![1, head, .., ..]));
        let qk = w_q.dot(&w_k.t());
        let scale = (model.cfg().d_head as f32).sqrt();
        let mut scores = Array4::zeros((n, n, n_pos, n_pos));
        for i in 0..n {
            let left = inputs.index_axis(Axis(0), i).dot(&qk);
            for j in 0..n {
                for q in 0..n_pos {
                    for k in 0..n_pos {
                        scores[[i, j, q, k]] = left.row(q).dot(&inputs.slice(s![j, k, ..])) / scale;
                    }
                }
            }
        }
        scores
    },
    ..RIGHT
};

/// Normal entries instead of uniform ones, and dense matrices.
pub const NORMAL: Submission = Submission {
    random_composition_scores: |d_model, d_head, n, rng| {
        let mut normal = |shape: (usize, usize)| {
            Array2::from_shape_simple_fn(shape, || {
                let (u, v): (f32, f32) = (1.0 - rng.random_range(0.0..1.0), rng.random_range(0.0..1.0));
                (-2.0 * u.ln()).sqrt() * (std::f32::consts::TAU * v).cos()
            })
        };
        let mut scores = Vec::new();
        for _ in 0..n {
            let first = normal((d_model, d_head)).dot(&normal((d_head, d_model)));
            let second = normal((d_model, d_head)).dot(&normal((d_head, d_model)));
            let norm = |m: &Array2<f32>| (m * m).sum().sqrt();
            scores.push(norm(&first.dot(&second)) / (norm(&first) * norm(&second)));
        }
        scores.into()
    },
    composition_scores: |model, kind| {
        let n = model.cfg().n_heads;
        let dense = |m: FactoredMatrix| m.ab();
        let norm = |m: &Array2<f32>| (m * m).sum().sqrt();
        Array2::from_shape_fn((n, n), |(a, b)| {
            let first = dense(model.OV().get(0, a));
            let second = match kind {
                Composition::Q => dense(model.QK().get(1, b)),
                Composition::K => dense(model.QK().get(1, b)).reversed_axes(),
                Composition::V => dense(model.OV().get(1, b)),
            };
            norm(&first.dot(&second)) / (norm(&first) * norm(&second))
        })
    },
    ..RIGHT
};

/// Paths cut at the inputs of the head instead of at its queries, keys and values; patterns kept in a variable by a hook.
pub const BY_INPUTS: Submission = Submission { cost_of_cutting, loss_with_frozen_pattern, ..RIGHT };

fn cost_of_cutting(model: &HookedTransformer, tokens: &Tokens, from: usize, to: usize) -> [f32; 3] {
    let cache = model.run(tokens).names_filter(("result", 0)).cache().expect("tokens of this model");
    let results = cache.view::<Ix4>(("result", 0));
    let clean = second_copy(model, tokens, vec![]);
    ["q_input", "k_input", "v_input"].map(|input| {
        let cut = fwd_hook((input, 1), |mut x, _| {
            let mut of_head = x.slice_mut(s![.., .., to, ..]);
            of_head -= &results.slice(s![.., .., from, ..]);
        });
        second_copy(model, tokens, vec![cut]) - clean
    })
}

fn loss_with_frozen_pattern(model: &HookedTransformer, tokens: &Tokens, silenced: usize, frozen: usize) -> [f32; 2] {
    let mut kept = Array3::zeros((0, 0, 0));
    let keep = fwd_hook(("pattern", 1), |pattern, _| {
        kept = pattern.slice(s![.., frozen, .., ..]).to_owned();
    });
    model.run(tokens).hook(keep).nothing().expect("tokens of this model");
    let silence = || fwd_hook(("result", 0), move |mut result, _| result.slice_mut(s![.., .., silenced, ..]).fill(0.0));
    let put_back = fwd_hook(("pattern", 1), |mut pattern, _| pattern.slice_mut(s![.., frozen, .., ..]).assign(&kept));
    [second_copy(model, tokens, vec![silence()]), second_copy(model, tokens, vec![silence(), put_back])]
}

fn second_copy<'a>(model: &'a HookedTransformer, tokens: &Tokens, hooks: Vec<hooked_transformer::FwdHook<'a>>) -> f32 {
    let losses = model.run(tokens).hooks(hooks).loss_per_token().expect("tokens of this model");
    let seq_len = losses.ncols() / 2;
    let sum: f64 = losses.slice(s![.., seq_len..]).iter().map(|x| f64::from(*x)).sum();
    (sum / (losses.nrows() * seq_len) as f64) as f32
}
