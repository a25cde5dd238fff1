//! A checkpoint: one tensor file or several, safetensors or PyTorch, found by tensor name.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::in_file::Unread;
use super::model_file::{Mapped, ModelFile};
#[cfg(feature = "pickles")]
use super::pytorch;
use super::safetensors_file;
use super::source::Source;
use super::stored::{Stored, TensorInfo, extent};
use crate::error::{Error, Result};
use crate::nearest::nearest;

/// What is said about a checkpoint of PyTorch by a program that was built without reading them.
#[cfg(not(feature = "pickles"))]
const WITHOUT_PICKLES: &str = "this is a PyTorch checkpoint, and this program reads safetensors only (it was built without \
                               the feature `pickles`); in Python, `safetensors.torch.save_file` converts it";

/// A file of tensors: its bytes, and where each tensor is among them.
pub(crate) struct TensorFile {
    file: ModelFile,
    bytes: Arc<Mapped>,
    tensors: BTreeMap<String, TensorInfo>,
}

impl TensorFile {
    /// Reads the table of contents. What the file is, its first bytes say, not its name.
    ///
    /// # Errors
    /// The file is neither safetensors nor a PyTorch checkpoint, or is damaged.
    pub(crate) fn open(file: ModelFile) -> Result<Self> {
        let bytes = Arc::new(file.mapped()?);
        let tensors = match bytes.get(..4) {
            #[cfg(feature = "pickles")]
            Some(b"PK\x03\x04") => pytorch::tensors(&bytes),
            #[cfg(not(feature = "pickles"))]
            Some(b"PK\x03\x04") => Err(WITHOUT_PICKLES.to_string()),
            Some(b"vers") => {
                Err("this is a Git LFS pointer, not the file itself: run `git lfs pull` in that folder, or \
                                  download the file"
                    .to_string())
            }
            start => safetensors_file::tensors(&bytes).map_err(|problem| match start {
                // What a pickle begins with, but so can the length of a safetensors header.
                #[cfg(feature = "pickles")]
                Some([0x80, 2..=5, ..]) => pytorch::OLD_FORMAT.to_string(),
                #[cfg(not(feature = "pickles"))]
                Some([0x80, 2..=5, ..]) => WITHOUT_PICKLES.to_string(),
                _ => problem,
            }),
        };
        let tensors = tensors.map_err(|problem| file.malformed(problem))?;
        Ok(TensorFile { file, bytes, tensors })
    }
}

/// All files of one model.
pub(crate) struct Checkpoint {
    /// What messages call it.
    source: String,
    files: Vec<TensorFile>,
    unused: RefCell<BTreeSet<String>>,
}

impl Checkpoint {
    /// # Errors
    /// A file cannot be read, or two hold the same tensor.
    pub(crate) fn open(source: &Path, files: Vec<ModelFile>) -> Result<Self> {
        let files = files.into_iter().map(TensorFile::open).collect::<Result<Vec<_>>>()?;
        let mut unused = BTreeSet::new();
        for file in &files {
            if let Some(name) = file.tensors.keys().find(|name| unused.contains(*name)) {
                let problem = format!("tensor `{name}` is in another file of the same model, too");
                return Err(file.file.malformed(problem));
            }
            unused.extend(file.tensors.keys().cloned());
        }
        Ok(Checkpoint { source: source.display().to_string(), files, unused: RefCell::new(unused) })
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().flat_map(|file| file.tensors.keys().map(String::as_str))
    }

    /// Number of bytes that the tensors take.
    pub(crate) fn n_bytes(&self) -> usize {
        self.files.iter().flat_map(|file| file.tensors.values()).map(|info| info.end - info.start).sum()
    }

    /// Writes a parameter's values into `out`; false if no file has the tensor.
    ///
    /// # Errors
    /// The tensor has another shape, or is no floating-point one.
    pub(crate) fn read(&self, source: &Source, out: &mut [f32]) -> Result<bool> {
        let Some((file, info, stored)) = self.find(source)? else { return Ok(false) };
        stored.read(out);
        file.bytes.release(info.start, info.end);
        Ok(true)
    }

    /// A parameter to be read when it is used, with the same errors as [`read`](Self::read), now; `None` if no file has the
    /// tensor, or the file is not mapped but given, so that it would take memory for as long.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) fn unread(&self, source: &Source) -> Result<Option<Unread>> {
        let Some((file, info, stored)) = self.find(source)? else { return Ok(None) };
        Ok(file.bytes.is_mapped().then(|| Unread::new(&file.bytes, info.start..info.end, stored)))
    }

    /// The part of a tensor that is a parameter; `None` if no file has the tensor.
    fn find(&self, source: &Source) -> Result<Option<(&TensorFile, &TensorInfo, Stored<'_>)>> {
        let find =
            |name| self.files.iter().find_map(|file| file.tensors.get_key_value(name).map(|found| (file, found)));
        let Some((file, (name, info))) = source.names.iter().find_map(find) else { return Ok(None) };
        let place = || file.file.path().display().to_string();
        if info.shape != source.shape {
            return Err(Error::TensorShape {
                source: place(),
                name: name.clone(),
                expected: source.shape.clone(),
                got: info.shape.clone(),
            });
        }
        let format =
            info.format.clone().map_err(|got| Error::TensorDtype { source: place(), name: name.clone(), got })?;
        self.unused.borrow_mut().remove(name);
        let bytes = &file.bytes[info.start..info.end];
        debug_assert!(extent(&info.shape, &info.strides).is_some_and(|n| n * format.size() <= bytes.len()));
        let stored = Stored::new(format, info.shape.clone(), info.strides.clone(), bytes);
        Ok(Some((file, info, source.part_of(stored))))
    }

    pub(crate) fn missing(&self, name: &str) -> Error {
        let nearest = nearest(name, self.names(), 3);
        Error::MissingTensor { source: self.source.clone(), name: name.to_string(), nearest }
    }

    /// # Errors
    /// The files hold tensors that no parameter came from and that are not known to be superfluous: they belong to another
    /// configuration.
    pub(crate) fn refuse_leftovers(&self, superfluous: impl Fn(&str) -> bool) -> Result<()> {
        let names: Vec<String> = self.unused.borrow().iter().filter(|name| !superfluous(name)).cloned().collect();
        if names.is_empty() { Ok(()) } else { Err(Error::UnexpectedTensors { source: self.source.clone(), names }) }
    }
}
