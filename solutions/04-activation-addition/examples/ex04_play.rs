//! Steers a text and shows what comes: `cargo run -p solution-04-activation-addition --example ex04_play`.
//!
//! With another model: `-- --model FOLDER` at the end; or, for one that is downloaded, `--features hooked-transformer/hub`
//! and, at the end, `-- --model gpt2-small`.

use solution_04_activation_addition as exercise;

// ANCHOR: play
use exercise::{contrastive_vector, effect_table, gain_at_cost, random_direction, steered_generate};
use hooked_transformer::{HookedTransformer, Result};
use ndarray::{Array2, Axis, s};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

fn main() -> Result<()> {
    // cargo says in which folder this crate is. After `--model`: the folder of another model, or a published one's name.
    let embedded = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default() + "/../../reference_data/models/gpt2-tales";
    let model = match std::env::args().skip_while(|word| word != "--model").nth(1) {
        Some(other) => HookedTransformer::from_pretrained(&other)?,
        None => HookedTransformer::load(embedded)?,
    };
    let pairs = [
        ("They spoke of the king.", "They spoke of the farmer."),
        ("He dreamed of a castle.", "He dreamed of a house."),
        ("She often thought about the crown.", "She often thought about the hat."),
        ("It was like the queen.", "It was like the woman."),
        ("We shall never forget that prince.", "We shall never forget that boy."),
    ];
    let prompts = ["He went out early and saw the", "Then he took the", "At last they came to the"];
    let targets =
        ["king", "castle", "crown", "queen", "prince", "palace"].map(|word| model.to_single_token(&format!(" {word}")));
    let targets = targets.into_iter().collect::<Result<Vec<usize>>>()?;
    let coefficients = [0.0, 0.5, 1.0, 1.5];

    // One vector for each layer, [layer, d_model]; and as long ones that mean nothing.
    let (n_layers, d_model) = (model.cfg().n_layers, model.cfg().d_model);
    let mut vectors = Array2::zeros((n_layers, d_model));
    let mut random = vectors.clone();
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    for layer in 0..n_layers {
        let vector = contrastive_vector(&model, &pairs, layer, -2, false);
        random.row_mut(layer).assign(&random_direction(&vector, &mut rng));
        vectors.row_mut(layer).assign(&vector);
    }
    for (name, vectors) in [("contrast", &vectors), ("random", &random)] {
        let table = effect_table(&model, &prompts, vectors, &coefficients, &targets);
        println!("{name}, by layer (down) and coefficient {coefficients:?}");
        println!("gain\n{:.2}\ncost\n{:.2}", table.index_axis(Axis(0), 0), table.index_axis(Axis(0), 1));
        let [gains, costs] = [0, 1].map(|measure| table.slice(s![measure, .., ..]).to_owned());
        println!("gain where the cost is 0.15: {:.2}\n", gain_at_cost(&gains, &costs, 0.15));
    }

    // What it writes: unsteered, with the prompt steered, with everything steered, in the middle of the model.
    let layer = n_layers / 2;
    let prompt = model.to_tokens("One day the old man said that he would go to the", true)?.row(0).to_vec();
    for coefficient in [0.0, 1.0, 2.0] {
        let added = coefficient * &vectors.row(layer);
        for (schedule, positions) in [("prompt only", 1..prompt.len()), ("every step", 1..usize::MAX)] {
            let new = steered_generate(&model, &prompt, &added, layer, &positions, 12, true);
            println!("{coefficient}, {schedule}: {}", model.to_string(new)?);
        }
    }
    Ok(())
}
// ANCHOR_END: play
