//! One file of a model: on the disk, or bytes that the caller already has.
//!
//! A program without a file system, such as a page in a browser, gives the bytes. Everything after that is the same.

use std::borrow::Cow;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[cfg(feature = "files")]
use memmap2::Mmap;
use serde_json::Value;

use crate::error::{Error, Result};

/// A file of a model, not read yet.
#[derive(Clone)]
pub(crate) enum ModelFile {
    /// Where it is.
    #[cfg(feature = "files")]
    OnDisk(PathBuf),
    /// What messages call it, and its content.
    Given(PathBuf, Arc<Vec<u8>>),
}

impl ModelFile {
    /// What messages call it.
    pub(crate) fn path(&self) -> &Path {
        match self {
            #[cfg(feature = "files")]
            ModelFile::OnDisk(path) => path,
            ModelFile::Given(path, _) => path,
        }
    }

    /// The whole content.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn read(&self) -> Result<Cow<'_, [u8]>> {
        match self {
            #[cfg(feature = "files")]
            ModelFile::OnDisk(path) => {
                std::fs::read(path).map(Cow::Owned).map_err(|source| Error::Io { path: path.clone(), source })
            }
            ModelFile::Given(_, bytes) => Ok(Cow::Borrowed(bytes.as_slice())),
        }
    }

    /// The content as JSON.
    ///
    /// # Errors
    /// It cannot be read, or is not JSON.
    pub(crate) fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.read()?).map_err(|e| self.malformed(format!("not JSON: {e}")))
    }

    /// The content for as long as tensors are read from it; a file on the disk is mapped, not copied.
    ///
    /// # Errors
    /// It cannot be opened.
    pub(crate) fn mapped(&self) -> Result<Mapped> {
        match self {
            #[cfg(feature = "files")]
            ModelFile::OnDisk(path) => map(path).map_err(|source| Error::Io { path: path.clone(), source }),
            ModelFile::Given(_, bytes) => Ok(Mapped::Given(Arc::clone(bytes))),
        }
    }

    pub(crate) fn malformed(&self, problem: String) -> Error {
        Error::Malformed { path: self.path().to_path_buf(), problem }
    }
}

#[cfg(feature = "files")]
impl From<PathBuf> for ModelFile {
    fn from(path: PathBuf) -> Self {
        ModelFile::OnDisk(path)
    }
}

/// The bytes of a tensor file.
pub(crate) enum Mapped {
    #[cfg(feature = "files")]
    File(Mmap),
    Given(Arc<Vec<u8>>),
}

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            #[cfg(feature = "files")]
            Mapped::File(bytes) => bytes,
            Mapped::Given(bytes) => bytes,
        }
    }
}

impl Mapped {
    /// Whether this is a file of the disk, which takes no memory of its own.
    pub(crate) fn is_mapped(&self) -> bool {
        !matches!(self, Mapped::Given(_))
    }

    /// Gives the pages of a range back to the operating system, which otherwise counts everything that was read as
    /// memory of this process.
    pub(crate) fn release(&self, start: usize, end: usize) {
        #[cfg(all(unix, feature = "files"))]
        if let Mapped::File(bytes) = self {
            use memmap2::UncheckedAdvice::DontNeed;
            // SAFETY: the map is never written to and is backed by a file, so a dropped page holds nothing that is not
            // there still, and is read again when it is needed.
            #[expect(unsafe_code, reason = "of a map that was written to, this advice would drop what was written")]
            let _ = unsafe { bytes.unchecked_advise_range(DontNeed, start, end - start) };
        }
        #[cfg(not(all(unix, feature = "files")))]
        let _ = (start, end);
    }
}

#[cfg(feature = "files")]
fn map(path: &Path) -> std::io::Result<Mapped> {
    let file = std::fs::File::open(path)?;
    // SAFETY: the map lives as long as weights are read from it, perhaps as long as the program. Nothing in this library
    // writes to a file that exists: it puts new ones in their place, and the map keeps the old one. That no other code
    // changes the file cannot be ensured; `load` asks for it in its documentation. If some does, numbers change while they
    // are looked at: any bytes are a number, nothing but numbers is read from the map after the table of contents was
    // parsed and checked against the length of the map, and no address or length depends on them; so products come out
    // wrong, and no read leaves the map. If the file gets shorter, the system ends this program at the first page that is
    // gone.
    #[expect(unsafe_code, reason = "mapping a file is unsafe, since other programs can change it")]
    let bytes = unsafe { Mmap::map(&file) }?;
    Ok(Mapped::File(bytes))
}
