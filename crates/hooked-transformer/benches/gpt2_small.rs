//! Speed on a random model of GPT-2 small's shape: 12 layers, 12 heads, d_model 768, vocabulary 50257.
//!
//! ```text
//! RAYON_NUM_THREADS=2 cargo bench -p hooked-transformer
//! ```
//! For figures beside the Python libraries, on the same machine in the same run, see `benches/peers.py`.

use std::sync::LazyLock;

use divan::{Bencher, black_box};
use hooked_transformer::linalg::matmul;
use hooked_transformer::{HookedTransformer, HookedTransformerConfig, Tokens, fwd_hook};
use ndarray::{Array2, s};

fn main() {
    divan::main();
}

static MODEL: LazyLock<HookedTransformer> = LazyLock::new(|| {
    let cfg = HookedTransformerConfig {
        tie_word_embeddings: true,
        seed: Some(0),
        ..HookedTransformerConfig::new(12, 768, 64, 1024, 50257)
    };
    HookedTransformer::from_config(cfg).expect("the configuration is sound")
});

fn tokens(positions: usize) -> Tokens {
    Array2::from_shape_fn((1, positions), |(_, p)| (p * 7919 + 13) % MODEL.cfg().d_vocab)
}

#[divan::bench(args = [128, 1024], sample_count = 5)]
fn forward_with_loss(bencher: Bencher<'_, '_>, positions: usize) {
    let tokens = tokens(positions);
    bencher.bench(|| MODEL.loss(black_box(&tokens)));
}

#[divan::bench(args = [128, 1024], sample_count = 5)]
fn run_with_cache_of_everything(bencher: Bencher<'_, '_>, positions: usize) {
    let tokens = tokens(positions);
    bencher.bench(|| MODEL.run_with_cache(black_box(&tokens)));
}

#[divan::bench(sample_count = 5)]
fn one_head_ablated(bencher: Bencher<'_, '_>) {
    let tokens = tokens(128);
    bencher.bench(|| {
        let silence = fwd_hook(("z", 6), |mut z, _| z.slice_mut(s![.., .., 3, ..]).fill(0.0));
        MODEL.run(black_box(&tokens)).hook(silence).loss()
    });
}

#[divan::bench(sample_count = 3)]
fn greedy_32_tokens_after_32(bencher: Bencher<'_, '_>) {
    let prompt = tokens(32);
    bencher.bench(|| MODEL.generate(black_box(&prompt)).greedy().max_new_tokens(32).run());
}

/// The shapes that matter: a square one, the MLP's, the unembedding's, and one row of it.
#[divan::bench(args = [(1024, 1024, 1024), (128, 768, 3072), (128, 768, 50257), (1, 768, 50257)], sample_count = 10)]
fn matrix_product(bencher: Bencher<'_, '_>, (m, k, n): (usize, usize, usize)) {
    let a = Array2::from_shape_fn((m, k), |(i, j)| (i + 2 * j) as f32 % 7.0);
    let b = Array2::from_shape_fn((k, n), |(i, j)| (3 * i + j) as f32 % 5.0);
    bencher.counter(divan::counter::ItemsCount::new(2 * m * k * n)).bench(|| matmul(a.view(), b.view()));
}
