//! What the examples share: which model to look at, as the command line says.

use std::env;
use std::path::{Path, PathBuf};

use hooked_transformer::{HookedTransformer, Result};

/// Loads the model of a name: an embedded one, a folder, or a published model such as `gpt2-small`, which is downloaded
/// if this was built with the feature `hub`.
///
/// # Errors
/// Those of [`HookedTransformer::from_pretrained`], which say what to do.
pub fn load(name: &str) -> Result<HookedTransformer> {
    match embedded(name) {
        Some(folder) => HookedTransformer::load(folder),
        None => HookedTransformer::from_pretrained(name),
    }
}

/// The folder of an embedded model. A path is not the name of one, even where it leads to the same place.
fn embedded(name: &str) -> Option<PathBuf> {
    let is_name = Path::new(name).file_name().is_some_and(|last| last == name);
    Some(reference_data().join("models").join(name)).filter(|folder| is_name && folder.is_dir())
}

/// The reference data of the repository that this is run in, which may have been moved or copied since this was compiled.
/// cargo names the folder of the crate; without cargo, the current folder and those above it count.
pub fn reference_data() -> PathBuf {
    let places = [env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from), env::current_dir().ok()];
    let above = places.iter().flatten().flat_map(|place| place.ancestors());
    let found = above.map(|folder| folder.join("reference_data")).find(|folder| folder.join("models").is_dir());
    found.unwrap_or_else(|| PathBuf::from("reference_data"))
}

/// Takes an option and what follows it out of the words of a command line.
///
/// # Errors
/// Nothing follows it.
pub fn take_option(words: &mut Vec<String>, option: &str) -> std::result::Result<Option<String>, String> {
    let Some(at) = words.iter().position(|word| word == option) else { return Ok(None) };
    if at + 1 == words.len() {
        return Err(format!("{option} needs something after it"));
    }
    Ok(words.drain(at..at + 2).nth(1))
}

/// The words that are left, as one text.
///
/// # Errors
/// One of them looks like an option that there is not.
pub fn text(words: &[String]) -> std::result::Result<String, String> {
    match words.iter().find(|word| word.starts_with("--")) {
        Some(unknown) => Err(format!("there is no option {unknown}")),
        None => Ok(words.join(" ")),
    }
}
