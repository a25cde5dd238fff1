//! Reads the stored references: arrays and facts that an independent program computed, under `reference_data/`.
//!
//! They are read when a check runs, not built into it, so a learner's rebuild does not copy them around.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::{env, fmt, fs};

use safetensors::Dtype;
use safetensors::tensor::{Metadata, TensorView};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::exercise::CheckInfo;
use crate::prose::wrap;
use crate::value::Tensor;
use crate::verdict::{Explains, Kind, Verdict};

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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
        Verdict {
            kind: Kind::CourseDamaged,
            check,
            evidence: paragraphs.join("\n"),
            mistake: None,
            explains: Explains::Every,
        }
    }
}

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, trouble } = self;
        write!(f, "{file}: {trouble}.\nYour answer is not at fault. To get the file back:\ngit checkout -- {file}")
    }
}

impl std::error::Error for Damaged {}

/// The arrays of one safetensors file. Only its table of contents is read at first, and each array when it is asked for:
/// a process that asks for inputs alone never holds the expected values.
#[derive(Debug)]
pub struct Arrays {
    file: String,
    contents: Metadata,
    /// Where the arrays begin in the file.
    start: u64,
}

impl Arrays {
    /// Opens a file, given by its path from the root of the repository.
    ///
    /// # Errors
    /// When it is missing, cut short, or not a safetensors file.
    pub fn read(file: &str) -> Result<Self, Damaged> {
        let unreadable = |e: std::io::Error| Damaged::new(file, e.to_string());
        let changed = |what: &str| Damaged::new(file, format!("cut short or changed ({what})"));
        let mut opened = File::open(repository().join(file)).map_err(unreadable)?;
        let total = opened.metadata().map_err(unreadable)?.len();
        let mut length = [0; HEADER as usize];
        opened.read_exact(&mut length).map_err(|e| changed(&e.to_string()))?;
        let start = u64::from_le_bytes(length).checked_add(HEADER).filter(|start| *start <= total);
        let start = start.ok_or_else(|| changed("the header is longer than the file"))?;
        let mut header = Vec::new();
        opened.take(start - HEADER).read_to_end(&mut header).map_err(unreadable)?;
        let contents: Metadata = serde_json::from_slice(&header).map_err(|e| changed(&e.to_string()))?;
        if start + contents.data_len() as u64 != total {
            return Err(changed("it does not have the length that its header says"));
        }
        Ok(Self { file: file.to_string(), contents, start })
    }

    /// The names of all arrays.
    pub(crate) fn names(&self) -> Vec<String> {
        self.contents.offset_keys()
    }

    /// Reads the array of this name.
    ///
    /// # Errors
    /// When the file holds none of that name, or one of a type that the grader does not read.
    pub fn get(&self, name: &str) -> Result<Tensor, Damaged> {
        let damaged = |trouble: String| Damaged::new(&self.file, trouble);
        let Some(info) = self.contents.info(name) else {
            return Err(damaged(format!("holds no array `{name}`")));
        };
        let (from, to) = info.data_offsets;
        let mut bytes = vec![0; to - from];
        let mut read = || -> std::io::Result<()> {
            let mut opened = File::open(repository().join(&self.file))?;
            opened.seek(SeekFrom::Start(self.start + from as u64))?;
            opened.read_exact(&mut bytes)
        };
        read().map_err(|e| damaged(e.to_string()))?;
        let view = TensorView::new(info.dtype, info.shape.clone(), &bytes).map_err(|e| damaged(e.to_string()))?;
        decode(&view).map_err(|e| damaged(format!("`{name}` {e}")))
    }
}

/// A safetensors file begins with the length of its header, in so many bytes.
const HEADER: u64 = 8;

/// Something that is read once for all checks of a process, and can be forgotten.
#[derive(Debug)]
pub struct Kept<T: 'static>(Mutex<Option<Result<Arc<T>, Damaged>>>);

/// How to forget everything that is kept.
static FORGET: Mutex<Vec<Box<dyn Fn() + Send>>> = Mutex::new(Vec::new());

impl<T: Send + Sync> Default for Kept<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Send + Sync> Kept<T> {
    /// Nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// What is kept; it is read first if it is not there.
    ///
    /// # Errors
    /// It could not be read.
    pub fn get(&'static self, read: impl FnOnce() -> Result<T, Damaged>) -> Result<Arc<T>, Damaged> {
        // A poisoned lock only means that another check failed while it read.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.get_or_insert_with(|| {
            let forget = Box::new(|| *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None);
            FORGET.lock().unwrap_or_else(PoisonError::into_inner).push(forget);
            read().map(Arc::new)
        });
        kept.clone()
    }
}

/// Drops everything that is [kept](Kept).
pub(crate) fn forget_all() {
    let forget = std::mem::take(&mut *FORGET.lock().unwrap_or_else(PoisonError::into_inner));
    forget.iter().for_each(|forget| forget());
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
