//! The weights before the first step.
//!
//! GPT-2's initialization (0.02 at width 768; what writes into the residual stream starts smaller the deeper the model),
//! with two changes for the sake of induction. Positions start as sinusoids: moving on by one position is then a rotation,
//! the same everywhere, and that is all a previous-token head has to learn. The unembedding starts as a copy of the
//! embedding, so that copying a token, the other half of induction, is close to the identity from the start.
//!
//! The numbers are drawn in the order of `reference_data/training/model.py`, so that a seed gives the weights that PyTorch
//! starts from (to the last bit or two: its logarithm and cosine are approximations).

use std::collections::HashMap;

use hooked_transformer::HookedTransformer;
use ndarray::{Array2, ArrayD, s};

use crate::error::Result;
use crate::random::Mt19937;
use crate::recipe::Recipe;

/// Root mean square of a position's vector.
const POSITION_SCALE: f32 = 0.2;

/// A model with random weights, as the recipe's sizes and seed say.
///
/// # Errors
/// The recipe contradicts itself.
pub fn initial_model(recipe: &Recipe) -> Result<HookedTransformer> {
    recipe.check()?;
    let Recipe { layers, heads, width, context, vocabulary, .. } = *recipe;
    let mut rng = Mt19937::new(recipe.seed);
    // PyTorch initializes each module when it is made, and the recipe's own numbers come after those.
    rng.skip(normal_draws(vocabulary * width) + layers * 4 * width * width + vocabulary * width);
    let deviation = 0.02 * (768.0 / width as f64).sqrt();
    let writing = (deviation / (2.0 * layers as f64).sqrt()) as f32;
    let deviation = deviation as f32;
    // Drawn for the positions, too, before sinusoids replace them.
    rng.skip(normal_draws(context * width));
    let mut matrix = |rows: usize, columns: usize, deviation: f32| {
        let values = normal(&mut rng, rows * columns, deviation);
        Array2::from_shape_vec((rows, columns), values).expect("as many as asked for")
    };
    let mut weights: HashMap<String, ArrayD<f32>> = HashMap::new();
    let embedding = matrix(vocabulary, width, deviation);
    weights.insert("unembed.W_U".into(), embedding.t().to_owned().into_dyn());
    weights.insert("embed.W_E".into(), embedding.into_dyn());
    weights.insert("pos_embed.W_pos".into(), sinusoids(context, width, POSITION_SCALE).into_dyn());
    for layer in 0..layers {
        let mut insert = |part: &str, value: ArrayD<f32>| weights.insert(format!("blocks.{layer}.attn.{part}"), value);
        let query_key = matrix(2 * width, width, deviation);
        insert("W_Q", reading(query_key.slice(s![..width, ..]).to_owned(), heads));
        insert("W_K", reading(query_key.slice(s![width.., ..]).to_owned(), heads));
        insert("W_V", reading(matrix(width, width, deviation), heads));
        let output = matrix(width, width, writing);
        let output = output.t().as_standard_layout().into_owned();
        insert("W_O", output.into_shape_with_order((heads, width / heads, width)).expect("same size").into_dyn());
    }
    Ok(HookedTransformer::from_state_dict(recipe.config(), |name| weights.get(name).map(|value| value.view()))?)
}

/// PyTorch's `nn.Linear` weight, `[head * d_head, d_model]`, as `[head, d_model, d_head]`.
fn reading(linear: Array2<f32>, heads: usize) -> ArrayD<f32> {
    let (rows, width) = linear.dim();
    let by_head = linear.into_shape_with_order((heads, rows / heads, width)).expect("same size");
    by_head.permuted_axes([0, 2, 1]).as_standard_layout().into_owned().into_dyn()
}

/// Values of a normal distribution, as PyTorch draws them; too few for its method are the first of 16.
fn normal(rng: &mut Mt19937, n: usize, deviation: f32) -> Vec<f32> {
    let mut values = rng.normal(n.max(16), deviation);
    values.truncate(n);
    values
}

/// How many random numbers these values take.
fn normal_draws(n: usize) -> usize {
    let n = n.max(16);
    if n.is_multiple_of(16) { n } else { n + 16 }
}

/// Sines and cosines of wavelengths from 2π to 2000π positions; the root mean square of each vector is `scale`.
///
/// # Shapes
/// - output: `[pos, width]`: sines in the first half, cosines in the second
pub fn sinusoids(n_pos: usize, width: usize, scale: f32) -> Array2<f32> {
    let half = width / 2;
    Array2::from_shape_fn((n_pos, width), |(pos, i)| {
        let frequency = 1000.0f32.powf(-((i % half) as f32 / half as f32));
        let angle = f64::from(pos as f32 * frequency);
        let value = if i < half { angle.sin() } else { angle.cos() };
        value as f32 * scale * std::f32::consts::SQRT_2
    })
}
