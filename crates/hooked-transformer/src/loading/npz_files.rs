//! `.npz` files by their paths, and the cache and the parameters of a model as such files; the format is in `npz`.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use ndarray::{ArrayD, ArrayViewD};

use super::npz::{read_npz_from, write_npz_to};
use super::whole_file::write_whole;
use crate::architecture::HookedTransformerConfig;
use crate::cache::ActivationCache;
use crate::error::{Error, Result};
use crate::model::HookedTransformer;

impl ActivationCache {
    /// Writes every activation to a `.npz` file, under its full name and in the order in which they were computed:
    /// `numpy.load("cache.npz")["blocks.0.attn.hook_pattern"]`. The file appears whole or not at all.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_npz(&self, path: impl AsRef<Path>) -> Result<()> {
        write_npz(path, self.iter().map(|(name, value)| (name, value.view())))
    }

    /// Reads what [`write_npz`](Self::write_npz) or `numpy.savez` wrote, as a cache of plain arrays with their batch axis
    /// (see [`from_arrays`](Self::from_arrays)).
    ///
    /// # Errors
    /// As [`read_npz`].
    pub fn read_npz(path: impl AsRef<Path>) -> Result<Self> {
        Ok(ActivationCache::from_arrays(read_npz(path)?))
    }
}

impl HookedTransformer {
    /// Writes every parameter to a `.npz` file, under its TransformerLens name. See [`from_npz`](Self::from_npz).
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_npz(&self, path: impl AsRef<Path>) -> Result<()> {
        write_npz(path, self.state_dict())
    }

    /// A model of this configuration with the parameters of a `.npz` file, as [`from_state_dict`](Self::from_state_dict).
    ///
    /// # Errors
    /// As [`read_npz`]; the configuration contradicts itself; an array is missing or has another shape.
    pub fn from_npz(cfg: HookedTransformerConfig, path: impl AsRef<Path>) -> Result<Self> {
        let arrays: HashMap<String, ArrayD<f32>> = read_npz(path)?.into_iter().collect();
        HookedTransformer::from_state_dict(cfg, |name| arrays.get(name).map(|array| array.view()))
    }
}

/// Writes arrays to a `.npz` file, under these names and in this order. The file appears whole or not at all.
///
/// # Errors
/// The file cannot be written, or a name comes twice.
pub fn write_npz<'a, N: AsRef<str>>(
    path: impl AsRef<Path>,
    arrays: impl IntoIterator<Item = (N, ArrayViewD<'a, f32>)>,
) -> Result<()> {
    let path = path.as_ref();
    write_whole(path, |file| write_npz_to(BufWriter::new(file), arrays))
}

/// The arrays of a `.npz` file with their names, in the order of the file. Numbers of 64 bits are narrowed to 32.
///
/// # Errors
/// The file cannot be read, is not a whole archive, or holds something else than arrays of `float32` or `float64`,
/// uncompressed; the message names the array.
pub fn read_npz(path: impl AsRef<Path>) -> Result<Vec<(String, ArrayD<f32>)>> {
    let path = path.as_ref();
    let file = File::open(path).map_err(|source| Error::Io { path: path.to_path_buf(), source })?;
    read_npz_from(BufReader::new(file)).map_err(|problem| Error::Malformed { path: path.to_path_buf(), problem })
}
