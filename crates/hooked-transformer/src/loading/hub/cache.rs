//! The cache directory: what it holds of a repository.

use std::path::{Path, PathBuf};

use super::repo::Repo;
use crate::error::{Error, HubCause, Result};
use crate::loading::model_file::ModelFile;
use crate::loading::which_files::{Folder, ModelSource};

/// The folder of a repository.
pub(super) fn repo_dir(repo: &Repo) -> PathBuf {
    repo.cache.join(format!("models--{}", repo.id.replace('/', "--")))
}

/// Whether a text can be part of a path without leading elsewhere.
pub(super) fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 128
        && !text.starts_with('.')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// What the cache holds of a repository at one commit.
pub(crate) struct Snapshot {
    repo: Repo,
    because: &'static str,
    folder: Folder,
    dir: PathBuf,
}

impl Snapshot {
    /// # Errors
    /// [`HubCause::NotCached`]. `because` says why nothing is downloaded.
    pub(crate) fn find(repo: &Repo, because: &'static str) -> Result<Self> {
        let missing = || repo.error(None, HubCause::NotCached { cache: repo.cache.clone(), because });
        let base = repo_dir(repo);
        let commit = match commit_of(&base, &repo.revision) {
            Some(commit) => commit,
            // A revision that is not a branch may be the commit itself.
            None if is_plain(&repo.revision) => repo.revision.clone(),
            None => return Err(missing()),
        };
        let dir = base.join("snapshots").join(commit);
        if !dir.is_dir() {
            return Err(missing());
        }
        Ok(Snapshot { repo: repo.clone(), because, folder: Folder::new(&dir), dir })
    }
}

/// What a branch pointed to when it was last asked for.
fn commit_of(base: &Path, revision: &str) -> Option<String> {
    let plain = revision.split('/').all(is_plain);
    let commit = plain.then(|| std::fs::read_to_string(base.join("refs").join(revision)).ok()).flatten()?;
    Some(commit.trim().to_string()).filter(|commit| is_plain(commit))
}

impl ModelSource for Snapshot {
    fn place(&self) -> PathBuf {
        self.dir.clone()
    }

    fn names(&mut self) -> Result<Vec<String>> {
        self.folder.names()
    }

    fn file(&mut self, name: &str) -> Result<ModelFile> {
        let path = self.dir.join(name);
        // `exists` follows the link: one that points to a blob that was deleted does not count.
        if path.exists() {
            return Ok(path.into());
        }
        let cause = HubCause::NotCached { cache: self.repo.cache.clone(), because: self.because };
        Err(self.repo.error(Some(name), cause))
    }

    fn no_weights(&mut self, problem: String) -> Error {
        self.repo.error(
            None,
            HubCause::Incomplete(format!(
                "the cache {} has no weights of it ({problem}), and nothing is downloaded: {}",
                self.repo.cache.display(),
                self.because
            )),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_leads_elsewhere_is_plain() {
        assert!(["main", "v1.0", "0123abc", "step_3"].iter().all(|text| is_plain(text)));
        assert!(["", "..", ".", "a/b", "a\\b", "/etc", "a b"].iter().all(|text| !is_plain(text)));
    }
}
