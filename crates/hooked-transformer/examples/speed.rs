//! Times one task on one model and prints `seconds` (the least of several runs) and the peak memory as JSON; the
//! counterpart of `benches/peers.py`, which runs it beside the Python libraries.
//!
//! ```text
//! cargo run --release --example speed -- MODEL_DIR TASK POSITIONS REPEATS
//! ```
//! Tasks: `load`, `loss`, `logits`, `cache`, `ablation`, `generate`. The number of threads is RAYON_NUM_THREADS.

use std::process::ExitCode;
use std::time::Instant;

use hooked_transformer::{HookedTransformer, KeyValueCache, Result, Tokens, argmax, fwd_hook};
use ndarray::{Array2, s};

/// Tokens that greedy generation adds.
const GENERATED: usize = 32;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [dir, task, positions, repeats] = arguments.as_slice() else {
        eprintln!("usage: speed MODEL_DIR TASK POSITIONS REPEATS");
        return ExitCode::FAILURE;
    };
    let (Ok(positions), Ok(repeats)) = (positions.parse(), repeats.parse()) else {
        eprintln!("POSITIONS and REPEATS are whole numbers, got {positions:?} and {repeats:?}");
        return ExitCode::FAILURE;
    };
    match time(dir, task, positions, repeats) {
        Ok(seconds) => {
            println!("{{\"seconds\": {seconds}}}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn time(dir: &str, task: &str, positions: usize, repeats: usize) -> Result<f64> {
    let started = Instant::now();
    let model = HookedTransformer::load(dir)?;
    if task == "load" {
        return Ok(started.elapsed().as_secs_f64());
    }
    let tokens = Array2::from_shape_fn((1, positions), |(_, p)| (p * 7919 + 13) % model.cfg().d_vocab);
    let mut best = f64::INFINITY;
    for _ in 0..repeats {
        let started = Instant::now();
        run(&model, task, &tokens)?;
        best = best.min(started.elapsed().as_secs_f64());
    }
    Ok(best)
}

fn run(model: &HookedTransformer, task: &str, tokens: &Tokens) -> Result<()> {
    match task {
        "loss" => drop(model.loss(tokens)?),
        "logits" => drop(model.forward(tokens)?),
        "cache" => drop(model.run_with_cache(tokens)?),
        "ablation" => ablate_every_head(model, tokens)?,
        _ => generate(model, tokens)?,
    }
    Ok(())
}

fn ablate_every_head(model: &HookedTransformer, tokens: &Tokens) -> Result<()> {
    for layer in 0..model.cfg().n_layers {
        for head in 0..model.cfg().n_heads {
            let hook = fwd_hook(("z", layer), move |mut z, _| z.slice_mut(s![.., .., head, ..]).fill(0.0));
            model.run(tokens).hook(hook).loss()?;
        }
    }
    Ok(())
}

fn generate(model: &HookedTransformer, tokens: &Tokens) -> Result<()> {
    let mut past = KeyValueCache::new(model.cfg(), 1);
    let mut next = tokens.clone();
    for _ in 0..GENERATED {
        let logits = model.run(&next).past(&mut past).logits()?;
        let last = logits.slice(s![0, -1, ..]);
        next = Array2::from_elem((1, 1), argmax(last));
    }
    Ok(())
}
