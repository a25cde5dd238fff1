//! Reads the stored references: arrays and facts that an independent program computed, under `reference_data/`.
//!
//! They are read when a check runs, not built into it, so a learner's rebuild does not copy them around.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::{env, fmt, fs};

use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde_json::Value as Json;

use crate::exercise::CheckInfo;
use crate::prose::wrap;
use crate::value::Tensor;
use crate::verdict::{Kind, Verdict};

/// The root of the repository that this is run in, which may have been moved or copied since this crate was compiled.
///
/// cargo names the folder of the crate whose tests it runs; without cargo, the current folder and those above it count.
#[must_use]
pub fn repository() -> PathBuf {
    let here = env::current_dir().unwrap_or_default();
    let places = [env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from), Some(here.clone())];
    let mut above = places.iter().flatten().flat_map(|place| place.ancestors());
    above.find(|folder| folder.join("reference_data/models").is_dir()).map_or(here, Path::to_path_buf)
}

/// A file of reference data that is missing, cut short, or not what it should be.
#[derive(Clone, Debug, PartialEq)]
pub struct Damaged {
    file: String,
    trouble: String,
}

impl Damaged {
    fn new(file: &str, trouble: impl Into<String>) -> Self {
        Self { file: file.into(), trouble: trouble.into() }
    }

    /// The verdict that says so.
    #[must_use]
    pub fn verdict(&self, check: &'static CheckInfo) -> Verdict {
        let paragraphs = self.to_string().lines().map(|line| wrap(line, "  ")).collect::<Vec<_>>();
        Verdict { kind: Kind::CourseDamaged, check, evidence: paragraphs.join("\n"), mistake: None }
    }
}

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, trouble } = self;
        write!(f, "{file}: {trouble}.\nYour answer is not at fault. To get the file back:\ngit checkout -- {file}")
    }
}

impl std::error::Error for Damaged {}

/// The arrays of one safetensors file.
#[derive(Debug)]
pub struct Arrays {
    file: String,
    tensors: HashMap<String, Tensor>,
}

impl Arrays {
    /// Reads a file, given by its path from the root of the repository.
    ///
    /// # Errors
    /// When it is missing, cut short, or holds a type that the grader does not read.
    pub fn read(file: &str) -> Result<Self, Damaged> {
        let bytes = fs::read(repository().join(file)).map_err(|e| Damaged::new(file, e.to_string()))?;
        let stored =
            SafeTensors::deserialize(&bytes).map_err(|e| Damaged::new(file, format!("cut short or changed ({e})")))?;
        let mut tensors = HashMap::new();
        for (name, view) in stored.tensors() {
            let tensor = decode(&view).map_err(|e| Damaged::new(file, format!("`{name}` {e}")))?;
            tensors.insert(name, tensor);
        }
        let file = file.to_string();
        Ok(Self { file, tensors })
    }

    /// The arrays whose names begin like this, each with the rest of its name.
    pub(crate) fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a Tensor)> {
        self.tensors.iter().filter_map(move |(name, tensor)| Some((name.strip_prefix(prefix)?, tensor)))
    }

    /// The array of this name.
    ///
    /// # Errors
    /// When the file holds none of that name.
    pub fn get(&self, name: &str) -> Result<&Tensor, Damaged> {
        self.tensors.get(name).ok_or_else(|| Damaged::new(&self.file, format!("holds no array `{name}`")))
    }
}

/// Turns the little-endian bytes of a stored tensor into numbers.
fn decode(view: &TensorView<'_>) -> Result<Tensor, String> {
    fn words<const N: usize>(bytes: &[u8], read: impl Fn([u8; N]) -> f64) -> Vec<f64> {
        bytes.as_chunks::<N>().0.iter().map(|word| read(*word)).collect()
    }
    let bytes = view.data();
    let data = match view.dtype() {
        Dtype::F32 => words(bytes, |w| f64::from(f32::from_le_bytes(w))),
        Dtype::F64 => words(bytes, f64::from_le_bytes),
        Dtype::I32 => words(bytes, |w| f64::from(i32::from_le_bytes(w))),
        Dtype::I64 => words(bytes, |w| i64::from_le_bytes(w) as f64),
        Dtype::U8 | Dtype::BOOL => bytes.iter().map(|b| f64::from(*b)).collect(),
        other => return Err(format!("has type {other:?}, which the grader does not read")),
    };
    Ok(Tensor::new(view.shape(), data))
}

/// Reads a JSON file, given by its path from the root of the repository.
///
/// # Errors
/// When it is missing or is not JSON.
pub fn json(file: &str) -> Result<Json, Damaged> {
    let text = fs::read_to_string(repository().join(file)).map_err(|e| Damaged::new(file, e.to_string()))?;
    serde_json::from_str(&text).map_err(|e| Damaged::new(file, format!("is not valid JSON ({e})")))
}

/// The trouble with a JSON file that lacks something.
#[must_use]
pub fn lacks(file: &str, what: &str) -> Damaged {
    Damaged::new(file, format!("does not hold {what}"))
}

/// The trouble with a file, or a folder of files, that something else could not use.
#[must_use]
pub fn unusable(file: &str, trouble: &str) -> Damaged {
    let root = format!("{}/", repository().display());
    let trouble = trouble.trim_end_matches('.').replace(&root, "");
    // The trouble often begins with the same path, which is enough to read once.
    let trouble = trouble.strip_prefix(file).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(&trouble);
    Damaged::new(file, trouble)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_is_named_with_the_way_to_get_it_back() {
        let error = Arrays::read("reference_data/none.safetensors").unwrap_err().to_string();
        assert!(error.starts_with("reference_data/none.safetensors: "), "{error}");
        assert!(error.contains("Your answer is not at fault"), "{error}");
        assert!(error.ends_with("git checkout -- reference_data/none.safetensors"), "{error}");
    }

    #[test]
    fn a_truncated_file_is_named() {
        // Any file that is not safetensors reads as one that was cut short.
        let error = Arrays::read("Cargo.toml").unwrap_err().to_string();
        assert!(error.starts_with("Cargo.toml: cut short or changed"), "{error}");
        let error = json("Cargo.toml").unwrap_err().to_string();
        assert!(error.contains("is not valid JSON"), "{error}");
    }

    #[test]
    fn the_folder_of_the_repository_is_left_out() {
        let inside = repository().join("a/config.json");
        let error = unusable("a", &format!("{}: not there.", inside.display())).to_string();
        assert!(error.starts_with("a: a/config.json: not there.\n"), "{error}");
        let itself = repository().join("a");
        let error = unusable("a", &format!("{}: not there.", itself.display())).to_string();
        assert!(error.starts_with("a: not there.\n"), "{error}");
    }

    #[test]
    fn bytes_become_numbers() {
        let bytes: Vec<u8> = [1.5_f32, -2.0].iter().flat_map(|x| x.to_le_bytes()).collect();
        let view = TensorView::new(Dtype::F32, vec![2, 1], &bytes).unwrap();
        assert_eq!(decode(&view).unwrap(), Tensor::new(&[2, 1], vec![1.5, -2.0]));
        let view = TensorView::new(Dtype::BF16, vec![4], &bytes).unwrap();
        assert!(decode(&view).unwrap_err().contains("BF16"));
    }
}
