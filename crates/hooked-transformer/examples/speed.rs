//! Times one task on one model and prints `seconds` (the least of several runs) and the peak memory as JSON; the
//! counterpart of `benches/peers.py`, which runs it beside the Python libraries.
//!
//! ```text
//! cargo run --release --example speed -- MODEL_DIR TASK POSITIONS REPEATS
//! ```
//! Tasks: `load` (a state dict) and `pretrained` (a model as it is published), both with every weight looked at, `loss`, `logits`, `cache`, `ablation` (the
//! loss), `ablation-at-last` (a logit of the last position), `generate`, `weight-gradients` and `activation-gradients` (of
//! the loss), `eigenvalues` (of all OV circuits), `patching` and `attribution` (each head's `z` in a corrupted run, exactly and to first order).
//! `large-vocabulary` and `short-rows` are the loss of small random models of other shapes, whatever MODEL_DIR is. The
//! number of threads is RAYON_NUM_THREADS.

use std::process::ExitCode;
use std::time::Instant;

use hooked_transformer::analysis::{Ablation, Metric, attribution, head_ablation_sweep, patching};
use hooked_transformer::{ActivationFunction, HookedTransformer, HookedTransformerConfig, Result, Scalar, Tokens};
use ndarray::{Array2, ArrayView1};
use rayon::prelude::*;

/// Tokens that greedy generation adds.
const GENERATED: usize = 32;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [dir, task, positions, repeats] = arguments.as_slice() else {
        eprintln!("usage: speed MODEL_DIR TASK POSITIONS REPEATS");
        return ExitCode::FAILURE;
    };
    let (Ok(positions), Ok(repeats)) = (positions.parse(), repeats.parse()) else {
        eprintln!("POSITIONS and REPEATS are integers, got {positions:?} and {repeats:?}");
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
    let model = match task {
        "pretrained" => HookedTransformer::from_pretrained_no_processing(dir)?,
        "large-vocabulary" => other_shape(HookedTransformerConfig::new(1, 8, 4, 128, 200_000))?,
        "short-rows" => other_shape(HookedTransformerConfig::new(2, 32, 8, 16, 100))?,
        _ => HookedTransformer::load(dir)?,
    };
    if matches!(task, "load" | "pretrained") {
        assert!(sum_of_weights(&model).is_finite(), "weights that are not numbers");
        return Ok(started.elapsed().as_secs_f64());
    }
    let rows = if task == "short-rows" { 20_000 } else { 1 };
    let id = |(row, p)| ((row * positions + p) * 7919 + 13) % model.cfg().d_vocab;
    let tokens = Array2::from_shape_fn((rows, positions), id);
    let mut best = f64::INFINITY;
    for _ in 0..repeats {
        let started = Instant::now();
        run(&model, task, &tokens)?;
        best = best.min(started.elapsed().as_secs_f64());
    }
    Ok(best)
}

/// What was only mapped into memory is read now, by all threads.
fn sum_of_weights(model: &HookedTransformer) -> f32 {
    let sum = |values: &[f32]| values.par_chunks(1 << 16).map(|part| ArrayView1::from(part).sum()).sum::<f32>();
    model.state_dict().iter().filter_map(|(_, values)| values.as_slice()).map(sum).sum()
}

fn other_shape(cfg: HookedTransformerConfig) -> Result<HookedTransformer> {
    let act_fn = Some(ActivationFunction::GeluNew);
    HookedTransformer::from_config(HookedTransformerConfig { act_fn, ..cfg })
}

fn run(model: &HookedTransformer, task: &str, tokens: &Tokens) -> Result<()> {
    match task {
        "loss" | "large-vocabulary" | "short-rows" => drop(model.loss(tokens)?),
        "logits" => drop(model.forward(tokens)?),
        "cache" => drop(model.run_with_cache(tokens)?),
        "ablation" => drop(head_ablation_sweep(model, tokens, Ablation::Zero, Metric::loss())?),
        "ablation-at-last" => {
            let logit = Metric::at(-1, |logits| logits[[0, 0, 5]]);
            drop(head_ablation_sweep(model, tokens, Ablation::Zero, logit)?);
        }
        "weight-gradients" => drop(model.run(tokens).backward(Scalar::loss()).all_weights().grads()?),
        "activation-gradients" => drop(model.run(tokens).backward(Scalar::loss()).grads()?),
        "eigenvalues" => drop(model.OV().eigenvalues()),
        "patching" | "attribution" => {
            let mut corrupted = tokens.clone();
            corrupted[[0, tokens.ncols() / 2]] = 17;
            let clean = model.run(tokens).names_filter(|name: &str| name.ends_with("hook_z")).cache()?;
            if task == "patching" {
                let logit = Metric::at(-1, |logits| logits[[0, 0, 5]]);
                drop(patching::get_act_patch_attn_head_out_all_pos(model, &corrupted, &clean, logit)?);
            } else {
                let logit = Scalar::logit(-1, 5);
                drop(attribution::get_attr_patch_attn_head_out_all_pos(model, &corrupted, &clean, logit)?);
            }
        }
        _ => drop(model.generate(tokens).greedy().max_new_tokens(GENERATED).stop_at_eos(false).run()?),
    }
    Ok(())
}
