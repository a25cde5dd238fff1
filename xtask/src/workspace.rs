//! Where the files of the course are.

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the repository. This program is compiled in `xtask/`, one folder below it.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_path_buf()
}

/// Reads a text file, given by its path from the root.
///
/// # Errors
/// Names the file and what is wrong with it.
pub(crate) fn read(file: &str) -> Result<String, String> {
    fs::read_to_string(root().join(file)).map_err(|error| format!("{file} cannot be read: {error}."))
}

/// Writes a text file, given by its path from the root. It appears whole or not at all.
///
/// # Errors
/// Names the file and what is wrong with it.
pub(crate) fn write(file: &str, text: &str) -> Result<(), String> {
    let path = root().join(file);
    let partial = root().join(format!("{file}.partial"));
    let written = fs::write(&partial, text).and_then(|()| fs::rename(&partial, &path));
    written.map_err(|error| {
        let _ = fs::remove_file(&partial);
        format!("{file} cannot be written: {error}.")
    })
}
