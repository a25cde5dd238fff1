//! A checkpoint: one tensor file or several, safetensors or PyTorch, found by tensor name.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};

use memmap2::Mmap;

use super::source::Source;
use super::stored::{Stored, TensorInfo, extent};
use super::{pytorch, safetensors_file};
use crate::error::{Error, Result};
use crate::nearest::nearest;

/// A file of tensors, mapped into memory.
pub(crate) struct TensorFile {
    path: PathBuf,
    bytes: Mmap,
    tensors: BTreeMap<String, TensorInfo>,
}

impl TensorFile {
    /// Reads the table of contents. What the file is, its first bytes say, not its name.
    ///
    /// # Errors
    /// The file is neither safetensors nor a PyTorch checkpoint, or is damaged.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let fail = |source| Error::Io { path: path.to_path_buf(), source };
        let file = File::open(path).map_err(fail)?;
        // SAFETY: nothing in this program writes to the file while it is mapped: the map lives as long as one call of
        // `load`. That no other program does cannot be ensured; `load` asks for it in its documentation. If one changes
        // the file nevertheless, weights are read that are partly old and partly new, any of which is a number; the
        // table of contents is parsed once and checked against the length of the map, so that no read leaves it; and
        // if the file gets shorter, the system ends this program at the first page that is gone.
        #[expect(unsafe_code, reason = "mapping a file is unsafe, since other programs can change it")]
        let bytes = unsafe { Mmap::map(&file) }.map_err(fail)?;
        let tensors = match bytes.get(..4) {
            Some(b"PK\x03\x04") => pytorch::tensors(&bytes),
            Some(b"vers") => {
                Err("this is a Git LFS pointer, not the file itself: run `git lfs pull` in that folder, or \
                                  download the file"
                    .to_string())
            }
            start => safetensors_file::tensors(&bytes).map_err(|problem| match start {
                // What a pickle begins with, but so can the length of a safetensors header.
                Some([0x80, 2..=5, ..]) => pytorch::OLD_FORMAT.to_string(),
                _ => problem,
            }),
        };
        let tensors = tensors.map_err(|problem| Error::Malformed { path: path.to_path_buf(), problem })?;
        Ok(TensorFile { path: path.to_path_buf(), bytes, tensors })
    }

    /// Gives the pages of a tensor back to the operating system, which otherwise counts everything that was read as
    /// memory of this process.
    #[cfg(unix)]
    fn release(&self, info: &TensorInfo) {
        use memmap2::UncheckedAdvice::DontNeed;
        // SAFETY: the map is never written to and is backed by a file, so a dropped page holds nothing that is not there
        // still, and is read again when it is needed.
        #[expect(unsafe_code, reason = "of a map that was written to, this advice would drop what was written")]
        let _ = unsafe { self.bytes.unchecked_advise_range(DontNeed, info.start, info.end - info.start) };
    }

    #[cfg(not(unix))]
    fn release(&self, _info: &TensorInfo) {}
}

/// All files of one model.
pub(crate) struct Checkpoint {
    /// What messages call it.
    source: String,
    files: Vec<TensorFile>,
    unread: RefCell<BTreeSet<String>>,
}

impl Checkpoint {
    /// # Errors
    /// A file cannot be read, or two hold the same tensor.
    pub(crate) fn open(source: &Path, paths: &[PathBuf]) -> Result<Self> {
        let files = paths.iter().map(|path| TensorFile::open(path)).collect::<Result<Vec<_>>>()?;
        let mut unread = BTreeSet::new();
        for file in &files {
            if let Some(name) = file.tensors.keys().find(|name| unread.contains(*name)) {
                let problem = format!("tensor `{name}` is in another file of the same model, too");
                return Err(Error::Malformed { path: file.path.clone(), problem });
            }
            unread.extend(file.tensors.keys().cloned());
        }
        Ok(Checkpoint { source: source.display().to_string(), files, unread: RefCell::new(unread) })
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
        let find =
            |name| self.files.iter().find_map(|file| file.tensors.get_key_value(name).map(|found| (file, found)));
        let Some((file, (name, info))) = source.names.iter().find_map(find) else { return Ok(false) };
        let place = || file.path.display().to_string();
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
        self.unread.borrow_mut().remove(name);
        let bytes = &file.bytes[info.start..info.end];
        debug_assert!(extent(&info.shape, &info.strides).is_some_and(|n| n * format.size() <= bytes.len()));
        source.read(Stored { format, shape: info.shape.clone(), strides: info.strides.clone(), bytes }, out);
        file.release(info);
        Ok(true)
    }

    pub(crate) fn missing(&self, name: &str) -> Error {
        let nearest = nearest(name, self.names(), 3);
        Error::MissingTensor { source: self.source.clone(), name: name.to_string(), nearest }
    }

    /// # Errors
    /// The files hold tensors that were not read and that are not known to be superfluous: they belong to another
    /// configuration.
    pub(crate) fn refuse_leftovers(&self, superfluous: impl Fn(&str) -> bool) -> Result<()> {
        let names: Vec<String> = self.unread.borrow().iter().filter(|name| !superfluous(name)).cloned().collect();
        if names.is_empty() { Ok(()) } else { Err(Error::UnexpectedTensors { source: self.source.clone(), names }) }
    }
}
