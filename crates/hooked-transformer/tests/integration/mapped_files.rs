//! Models whose weights stay in their files until they are used.

use std::fs::{OpenOptions, copy};
use std::path::Path;

use hooked_transformer::{HookedTransformer, ProcessOptions, Tokens};
use rayon::prelude::*;

use crate::fixtures::reference;

const MODEL: &str = "models/gpt2-tales";
const NAMES: [&str; 3] = ["config.json", "model.safetensors", "tokenizer.json"];

fn tokens() -> Tokens {
    ndarray::array![[0, 3, 7, 3, 7, 11]]
}

/// The model's files, in f32, in a folder that a test may do anything to, and the same model out of memory.
fn in_folder(dir: &Path) -> (HookedTransformer, HookedTransformer) {
    let read = |name: &str| std::fs::read(reference(MODEL).join(name)).unwrap();
    let in_memory = HookedTransformer::from_files(NAMES.map(|name| (name, read(name)))).unwrap();
    in_memory.save(dir).unwrap();
    (HookedTransformer::load(dir).unwrap(), in_memory)
}

/// Runs, views of one layer and of all, processing: bit by bit, whatever was used first.
#[test]
fn a_mapped_model_is_the_one_in_memory() {
    let dir = tempfile::tempdir().unwrap();
    let (mapped, in_memory) = in_folder(dir.path());
    let load = || HookedTransformer::load(dir.path()).unwrap();
    assert_eq!(mapped.forward(tokens()).unwrap(), in_memory.forward(tokens()).unwrap());
    assert_eq!(mapped.state_dict(), in_memory.state_dict());
    let fresh = load();
    assert_eq!((fresh.W_Q(), fresh.W_U(), fresh.W_out()), (in_memory.W_Q(), in_memory.W_U(), in_memory.W_out()));
    assert_eq!(fresh.forward(tokens()).unwrap(), in_memory.forward(tokens()).unwrap());
    let head = (load(), in_memory.head(2, 1).unwrap());
    assert_eq!(
        (head.0.head(2, 1).unwrap().W_V, head.0.mlp(1).unwrap().W_in),
        (head.1.W_V, in_memory.mlp(1).unwrap().W_in)
    );
    let processed = |model: HookedTransformer| model.process_weights(ProcessOptions::default()).unwrap();
    assert_eq!(processed(load()).state_dict(), processed(in_memory).state_dict());
}

/// Half floats are widened when they are used, by whichever thread is first.
#[test]
fn threads_may_all_use_it_for_the_first_time() {
    let (loaded, want) =
        (HookedTransformer::load(reference(MODEL)).unwrap(), in_folder(tempfile::tempdir().unwrap().path()).1);
    let want = want.forward(tokens()).unwrap();
    let runs: Vec<_> = (0..16).into_par_iter().map(|_| loaded.forward(tokens()).unwrap()).collect();
    assert!(runs.iter().all(|logits| *logits == want));
}

/// A change stays in memory: the file, a clone, and a model that is loaded later have what they had.
#[test]
fn an_update_leaves_the_file_and_the_clones() {
    let dir = tempfile::tempdir().unwrap();
    let (mut mapped, in_memory) = in_folder(dir.path());
    let clone = mapped.clone();
    mapped.update_parameters(|parameters| parameters.into_iter().for_each(|(_, mut values)| values.fill(0.25)));
    assert!(mapped.state_dict().iter().all(|(_, values)| values.iter().all(|&x| x == 0.25)));
    assert_eq!(clone.state_dict(), in_memory.state_dict());
    assert_eq!(HookedTransformer::load(dir.path()).unwrap().state_dict(), in_memory.state_dict());
}

/// Saving over the files puts new ones in their place; the mapped ones live on without a name.
#[cfg(unix)]
#[test]
fn files_may_be_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let (mapped, in_memory) = in_folder(dir.path());
    let mut other = in_memory.clone();
    other.update_parameters(|parameters| parameters.into_iter().for_each(|(_, mut values)| values.fill(0.5)));
    other.save(dir.path()).unwrap();
    assert_eq!(mapped.forward(tokens()).unwrap(), in_memory.forward(tokens()).unwrap());
    assert_eq!(HookedTransformer::load(dir.path()).unwrap().state_dict(), other.state_dict());
}

/// A model that has read its weights needs its files no longer: cut to nothing, they would end the program otherwise.
#[test]
fn a_model_that_read_its_weights_is_independent() {
    let (from, dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (_, in_memory) = in_folder(from.path());
    for name in NAMES {
        copy(from.path().join(name), dir.path().join(name)).unwrap();
    }
    let mut mapped = HookedTransformer::load(dir.path()).unwrap();
    mapped.read_weights();
    OpenOptions::new().write(true).open(dir.path().join("model.safetensors")).unwrap().set_len(0).unwrap();
    assert_eq!(mapped.forward(tokens()).unwrap(), in_memory.forward(tokens()).unwrap());
    assert_eq!(mapped.state_dict(), in_memory.state_dict());
}
