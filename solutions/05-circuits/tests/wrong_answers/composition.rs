//! Wrong circuits through two heads, and wrong composition scores.

use hooked_transformer::{Composition, FactoredMatrix, HookedTransformer};
use ndarray::{Array1, Array2, ArrayView2, s};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use solution_05_circuits::{composed_qk_circuit, composition_scores};

type Source = Option<usize>;

pub fn exchanged(model: &HookedTransformer, query: Source, key: Source, head: usize) -> FactoredMatrix {
    composed_qk_circuit(model, query, key, head).t()
}

pub fn heads_of_layer_1(model: &HookedTransformer, query: Source, key: Source, head: usize) -> FactoredMatrix {
    circuit(model, query, key, head, |h| model.OV().get(1, h).ab())
}

pub fn with_embedding(model: &HookedTransformer, query: Source, key: Source, head: usize) -> FactoredMatrix {
    circuit(model, query, key, head, |h| model.OV().get(0, h).ab() + Array2::<f32>::eye(model.cfg().d_model))
}

pub fn one_source(model: &HookedTransformer, _query: Source, key: Source, head: usize) -> FactoredMatrix {
    composed_qk_circuit(model, key, key, head)
}

fn circuit(
    model: &HookedTransformer,
    query: Source,
    key: Source,
    head: usize,
    through: impl Fn(usize) -> Array2<f32>,
) -> FactoredMatrix {
    let written = |source: Source| source.map_or(model.W_E().to_owned(), |h| model.W_E().dot(&through(h)));
    let project = |x: Array2<f32>, w: ArrayView2<f32>| x.dot(&w);
    let queries = project(written(query), model.W_Q().slice_move(s![1, head, .., ..]));
    let keys = project(written(key), model.W_K().slice_move(s![1, head, .., ..]));
    FactoredMatrix::new(queries, keys.reversed_axes()).expect("they fit")
}

/// A table from the matrix that writes, the one that reads, and what is made of both.
fn table(
    model: &HookedTransformer,
    kind: Composition,
    score: impl Fn(FactoredMatrix, FactoredMatrix) -> f32,
) -> Array2<f32> {
    let (written, read) = (model.OV(), read(model, kind));
    let n = model.cfg().n_heads;
    Array2::from_shape_fn((n, n), |(first, second)| score(written.get(0, first), read.get(1, second)))
}

fn read(model: &HookedTransformer, kind: Composition) -> FactoredMatrix<ndarray::Ix4> {
    match kind {
        Composition::Q => model.QK(),
        Composition::K => model.QK().t(),
        Composition::V => model.OV(),
    }
}

pub fn not_normalized(model: &HookedTransformer, kind: Composition) -> Array2<f32> {
    table(model, kind, |first, second| first.matmul_factored(&second).norm())
}

pub fn by_squared_norms(model: &HookedTransformer, kind: Composition) -> Array2<f32> {
    table(model, kind, |first, second| first.matmul_factored(&second).norm() / (first.norm() * second.norm()).powi(2))
}

pub fn k_like_q(model: &HookedTransformer, kind: Composition) -> Array2<f32> {
    composition_scores(model, if kind == Composition::K { Composition::Q } else { kind })
}

pub fn later_first(model: &HookedTransformer, kind: Composition) -> Array2<f32> {
    table(model, kind, |first, second| second.matmul_factored(&first).norm() / (first.norm() * second.norm()))
}

pub fn axes_exchanged(model: &HookedTransformer, kind: Composition) -> Array2<f32> {
    composition_scores(model, kind).reversed_axes()
}

pub fn both_in_layer_0(model: &HookedTransformer, kind: Composition) -> Array2<f32> {
    let (written, read) = (model.OV(), read(model, kind));
    let n = model.cfg().n_heads;
    Array2::from_shape_fn((n, n), |(first, second)| {
        let (first, second) = (written.get(0, first), read.get(0, second));
        first.matmul_factored(&second).norm() / (first.norm() * second.norm())
    })
}

/// Scores of pairs of matrices that `matrix` draws.
fn pairs(n: usize, mut matrix: impl FnMut() -> Array2<f32>) -> Array1<f32> {
    let norm = |m: &Array2<f32>| m.iter().map(|x| x * x).sum::<f32>().sqrt();
    Array1::from_shape_simple_fn(n, || {
        let (first, second) = (matrix(), matrix());
        norm(&first.dot(&second)) / (norm(&first) * norm(&second))
    })
}

fn random(rng: &mut ChaCha8Rng, shape: (usize, usize), low: f32) -> Array2<f32> {
    Array2::from_shape_simple_fn(shape, || rng.random_range(low..1.0))
}

pub fn full_rank(d_model: usize, _d_head: usize, n: usize, rng: &mut ChaCha8Rng) -> Array1<f32> {
    pairs(n, || random(rng, (d_model, d_model), -1.0))
}

pub fn one_pair(d_model: usize, d_head: usize, n: usize, rng: &mut ChaCha8Rng) -> Array1<f32> {
    let score = pairs(1, || random(rng, (d_model, d_head), -1.0).dot(&random(rng, (d_head, d_model), -1.0)))[0];
    Array1::from_elem(n, score)
}

pub fn positive(d_model: usize, d_head: usize, n: usize, rng: &mut ChaCha8Rng) -> Array1<f32> {
    pairs(n, || random(rng, (d_model, d_head), 0.0).dot(&random(rng, (d_head, d_model), 0.0)))
}

pub fn own_generator(d_model: usize, d_head: usize, n: usize, _rng: &mut ChaCha8Rng) -> Array1<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    pairs(n, || random(&mut rng, (d_model, d_head), -1.0).dot(&random(&mut rng, (d_head, d_model), -1.0)))
}

fn head(rng: &mut ChaCha8Rng, d_model: usize, d_head: usize) -> Array2<f32> {
    random(rng, (d_model, d_head), -1.0).dot(&random(rng, (d_head, d_model), -1.0))
}

pub fn with_itself(d_model: usize, d_head: usize, n: usize, rng: &mut ChaCha8Rng) -> Array1<f32> {
    let mut other: Option<Array2<f32>> = None;
    pairs(n, || match other.take() {
        Some(same) => same,
        None => other.insert(head(rng, d_model, d_head)).clone(),
    })
}

pub fn one_first_head(d_model: usize, d_head: usize, n: usize, rng: &mut ChaCha8Rng) -> Array1<f32> {
    let (first, mut is_first) = (head(rng, d_model, d_head), false);
    pairs(n, || {
        is_first = !is_first;
        if is_first { first.clone() } else { head(rng, d_model, d_head) }
    })
}

pub fn sources_exchanged(model: &HookedTransformer, query: Source, key: Source, head: usize) -> FactoredMatrix {
    composed_qk_circuit(model, key, query, head)
}

pub fn query_ignored(model: &HookedTransformer, _query: Source, key: Source, head: usize) -> FactoredMatrix {
    composed_qk_circuit(model, None, key, head)
}

pub fn key_ignored(model: &HookedTransformer, query: Source, _key: Source, head: usize) -> FactoredMatrix {
    composed_qk_circuit(model, query, None, head)
}

pub fn reads_in_layer_0(model: &HookedTransformer, query: Source, key: Source, head: usize) -> FactoredMatrix {
    let written =
        |source: Source| source.map_or(model.W_E().to_owned(), |h| model.W_E().dot(&model.OV().get(0, h).ab()));
    let project = |x: Array2<f32>, w: ArrayView2<f32>| x.dot(&w);
    let queries = project(written(query), model.W_Q().slice_move(s![0, head, .., ..]));
    let keys = project(written(key), model.W_K().slice_move(s![0, head, .., ..]));
    FactoredMatrix::new(queries, keys.reversed_axes()).expect("they fit")
}

pub fn writes_transposed(model: &HookedTransformer, kind: Composition) -> Array2<f32> {
    table(model, kind, |first, second| first.t().matmul_factored(&second).norm() / (first.norm() * second.norm()))
}

pub fn q_and_k(model: &HookedTransformer, kind: Composition) -> Array2<f32> {
    let kind = match kind {
        Composition::Q => Composition::K,
        Composition::K => Composition::Q,
        Composition::V => Composition::V,
    };
    composition_scores(model, kind)
}

pub fn kind_not_used(model: &HookedTransformer, _kind: Composition) -> Array2<f32> {
    composition_scores(model, Composition::Q)
}

pub fn first_head_reads(model: &HookedTransformer, kind: Composition) -> Array2<f32> {
    let (reads, read) = (model.QK(), read(model, kind));
    let n = model.cfg().n_heads;
    Array2::from_shape_fn((n, n), |(first, second)| {
        let (first, second) = (reads.get(0, first), read.get(1, second));
        first.matmul_factored(&second).norm() / (first.norm() * second.norm())
    })
}
