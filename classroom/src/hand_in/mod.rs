//! Submissions: where they are, and what is taken from each.
//!
//! A submission is a folder, a zip archive or a bare git repository. Of whatever it holds, only the Rust files under
//! `exercises/NN/src` are taken: no manifest, no test, no build script, no link. They are read into memory, with bounds on
//! their number and size, and written where they are built.
//!
//! - `find`: the submissions that a command line means;
//! - `listing`: which of the files of a submission are taken;
//! - `folder`, `archive`, `repository`: reads them.

mod archive;
mod find;
mod folder;
mod listing;
mod repository;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::course::Exercise;
use crate::sandbox::Sandbox;

pub(crate) use find::find;

/// A submission, which has not been read yet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Submission {
    /// The name of its folder or file.
    pub(crate) name: String,
    pub(crate) form: Form,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    Folder(PathBuf),
    Archive(PathBuf),
    /// A git repository without a working tree.
    Repository(PathBuf),
}

/// What was taken from a submission.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// The sources of each exercise that was handed in, by its slug.
    pub(crate) sources: BTreeMap<String, Sources>,
    /// What was left out and should not have been there.
    pub(crate) notes: Vec<String>,
}

/// The Rust files of an exercise.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sources {
    /// By their paths from `src`, with `/`.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// When the newest of them was changed or, in a git repository, committed; in seconds since 1970.
    pub(crate) changed: Option<i64>,
}

/// At most so many files of an exercise are taken.
const MOST_FILES: usize = 64;
/// No file is taken that has more bytes. The longest of our solutions has a twentieth.
const MOST_BYTES: u64 = 512 << 10;
/// Nor more of an exercise together.
const MOST_BYTES_OF_ALL: u64 = 1 << 20;

impl Submission {
    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        match &self.form {
            Form::Folder(path) | Form::Archive(path) | Form::Repository(path) => path,
        }
    }

    /// Reads the sources of these exercises.
    ///
    /// # Errors
    /// Why nothing can be read.
    pub(crate) fn take(&self, exercises: &[Exercise], sandbox: &Sandbox) -> Result<Taken, String> {
        match &self.form {
            Form::Folder(path) => folder::take(path, exercises, sandbox),
            Form::Archive(path) => archive::take(path, exercises),
            Form::Repository(path) => repository::take(path, exercises, sandbox),
        }
    }
}
