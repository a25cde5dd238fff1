//! Loads a model, looks at every weight (until then it may be in its file), and prints how long it took and how much memory it needed at most.
//!
//! `cargo run --release -p hooked-transformer --example load_time -- FOLDER [processed]`; for authors, beside
//! `reference_data/oracle/load_time.py`, which makes the folders and measures Python.

use std::time::Instant;

use hooked_transformer::HookedTransformer;

fn main() -> hooked_transformer::Result<()> {
    let folder = std::env::args().nth(1).expect("the folder of a model");
    let processed = std::env::args().nth(2).is_some_and(|word| word == "processed");
    let load =
        if processed { HookedTransformer::from_pretrained } else { HookedTransformer::from_pretrained_no_processing };
    let start = Instant::now();
    let model = load(&folder)?;
    let sum: f32 = model.state_dict().iter().map(|(_, values)| values.sum()).sum();
    assert!(sum.is_finite(), "weights that are not numbers");
    let seconds = start.elapsed().as_secs_f64();
    let in_f32 = model.n_params_total() as f64 * 4.0 / f64::from(1 << 20);
    let peak = peak_memory_mib().unwrap_or(f64::NAN);
    println!("{seconds:.2} s, peak {peak:.0} MiB = {:.2} x the model in f32 ({in_f32:.0} MiB)", peak / in_f32);
    Ok(())
}

/// The largest resident size so far, where the system tells it.
fn peak_memory_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}
