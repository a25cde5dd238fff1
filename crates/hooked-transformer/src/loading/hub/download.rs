//! Downloading into the cache: a file gets its name only when it is whole and its checksum is right.
//!
//! Content goes into `blobs/CHECKSUM.incomplete`. A connection that breaks is taken up where it broke, in this run or in
//! the next. Bytes are only ever written at their own place and files are unlinked rather than shortened, so that two
//! programs which receive the same file at the same time do not harm each other.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::answers::Outcome;
use super::cache::{Snapshot, is_plain, repo_dir};
use super::client::{Client, Failure, Metadata, PAUSE, TRIES};
use super::repo::Repo;
use crate::error::{Error, HubCause, Result};
use crate::loading::model_file::ModelFile;
use crate::loading::which_files::ModelSource;
use crate::loading::whole_file::{replace, replace_with};
use crate::progress::{Progress, Reporter};

/// A repository on the hub, at one commit.
pub(super) struct Remote {
    repo: Repo,
    client: Client,
    commit: String,
    names: Vec<String>,
    reporter: Reporter,
}

impl Remote {
    /// Asks which commit the revision is, and which files it has.
    ///
    /// # Errors
    /// The hub cannot be reached, does not know the repository or the revision, or refuses.
    pub(super) fn open(repo: &Repo, reporter: &Reporter) -> Result<Self> {
        let open = || -> Outcome<Self> {
            let client = Client::new(repo)?;
            let (commit, names) = client.listing()?;
            if !is_plain(&commit) {
                return Err(HubCause::Other(format!("the hub calls the commit {commit:?}")));
            }
            Ok(Remote { repo: repo.clone(), client, commit, names, reporter: reporter.clone() })
        };
        open().map_err(|cause| repo.error(None, cause))
    }

    /// Has the file in the cache when it returns, whole and checked.
    fn fetch(&self, name: &str) -> Outcome<PathBuf> {
        let base = repo_dir(&self.repo);
        let pointer = base.join("snapshots").join(&self.commit).join(name);
        if pointer.exists() {
            // A commit never changes.
            self.remember_revision(&base)?;
            return Ok(pointer);
        }
        let metadata = self.client.metadata(&self.commit, name)?;
        if !is_plain(&metadata.etag) {
            return Err(HubCause::Other(format!("the hub gives it the etag {:?}", metadata.etag)));
        }
        let blob = base.join("blobs").join(&metadata.etag);
        let is_whole = || std::fs::metadata(&blob).is_ok_and(|blob| blob.len() == metadata.size);
        if !is_whole() {
            make_dir(&blob)?;
            let partial = blob.with_file_name(format!("{}.incomplete", metadata.etag));
            let continued = std::fs::metadata(&partial).is_ok_and(|partial| partial.len() > 0);
            match self.receive_right(name, &metadata, &partial) {
                // What was there before may have been wrong, rather than what came.
                Err(HubCause::WrongContent { .. }) if continued => self.receive_right(name, &metadata, &partial)?,
                received => received?,
            }
            match std::fs::rename(&partial, &blob) {
                // Another program received the same file and was the first to finish.
                Err(_) if is_whole() => {}
                renamed => renamed.map_err(|e| io(&blob, e))?,
            }
        }
        point(&pointer, &blob, &metadata.etag)?;
        self.remember_revision(&base)?;
        Ok(pointer)
    }

    /// Writes down which commit a branch is, for the next time without a network.
    fn remember_revision(&self, base: &Path) -> Outcome<()> {
        let revision = &self.repo.revision;
        if *revision == self.commit || !revision.split('/').all(is_plain) {
            return Ok(());
        }
        let path = base.join("refs").join(revision);
        make_dir(&path)?;
        replace(&path, |file| file.write_all(self.commit.as_bytes())).map_err(|e| io(&path, e))
    }

    /// Receives a file, compares it with what the hub said, and removes it if it is wrong.
    fn receive_right(&self, name: &str, metadata: &Metadata, partial: &Path) -> Outcome<()> {
        self.receive(name, metadata, partial)?;
        verify(metadata, partial).or_else(|cause| remove(partial).and(Err(cause)))
    }

    /// Writes what is missing of a file.
    fn receive(&self, name: &str, metadata: &Metadata, partial: &Path) -> Outcome<()> {
        let mut have = std::fs::metadata(partial).map_or(0, |partial| partial.len());
        if have > metadata.size {
            remove(partial)?;
            have = 0;
        }
        let (mut most, mut in_vain) = (have, 0);
        while have < metadata.size || !partial.exists() {
            let last = match self.stream(name, metadata, partial, &mut have) {
                Ok(()) if have == metadata.size => continue,
                Ok(()) => "the answer ended early".to_string(),
                Err(Failure::Final(cause)) => return Err(cause),
                Err(Failure::Broken(last)) => last,
            };
            // Where a server starts again from the beginning, what it sends a second time is no progress.
            in_vain = if have > most { 0 } else { in_vain + 1 };
            most = most.max(have);
            if in_vain == TRIES {
                return Err(HubCause::Interrupted { got: have, expected: metadata.size, last });
            }
            std::thread::sleep(PAUSE * (1 << in_vain));
        }
        Ok(())
    }

    /// One request for the rest of the file. `have` counts what is on the disk, also when the connection breaks.
    fn stream(
        &self,
        name: &str,
        metadata: &Metadata,
        partial: &Path,
        have: &mut u64,
    ) -> std::result::Result<(), Failure> {
        let io = |e| io(partial, e);
        let opened = OpenOptions::new().write(true).create(true).truncate(false).open(partial);
        let mut file = opened.map_err(|e| Failure::Final(io(e)))?;
        self.client.content(&self.commit, name, *have..metadata.size, |at, bytes| {
            let got = at + bytes.len() as u64;
            if got > metadata.size {
                let _ = std::fs::remove_file(partial);
                return Err(HubCause::WrongLength { expected: metadata.size, got });
            }
            file.seek(SeekFrom::Start(at)).map_err(io)?;
            file.write_all(bytes).map_err(io)?;
            *have = got;
            let (repo, total) = (&self.repo.id, metadata.size);
            self.reporter.report(Progress::Downloading { repo, file: name, done: got, total });
            Ok(())
        })
    }
}

impl ModelSource for Remote {
    fn place(&self) -> PathBuf {
        PathBuf::from(&self.repo.id)
    }

    fn names(&mut self) -> Result<Vec<String>> {
        Ok(self.names.clone())
    }

    fn file(&mut self, name: &str) -> Result<ModelFile> {
        let known = is_plain(name) && self.names.iter().any(|other| other == name);
        let fetched =
            if known { self.fetch(name) } else { Err(HubCause::NotFound { revision: self.repo.revision.clone() }) };
        fetched.map(ModelFile::from).map_err(|cause| self.repo.error(Some(name), cause))
    }

    fn no_weights(&mut self, problem: String) -> Error {
        self.repo.error(None, HubCause::Incomplete(problem))
    }
}

/// The repository, or what the cache has of it if the hub cannot be reached.
pub(super) fn open(repo: &Repo, reporter: &Reporter) -> Result<Box<dyn ModelSource>> {
    match Remote::open(repo, reporter) {
        Ok(remote) => Ok(Box::new(remote)),
        Err(error @ Error::Hub { cause: HubCause::NoNetwork(_), .. }) => {
            let Ok(snapshot) = Snapshot::find(repo, "the hub could not be reached") else { return Err(error) };
            reporter.report(Progress::Note(&format!("{error}; going on with what is in the cache")));
            Ok(Box::new(snapshot))
        }
        Err(error) => Err(error),
    }
}

/// Compares what came with what the hub said. Git hashes a file together with its length.
fn verify(metadata: &Metadata, path: &Path) -> Outcome<()> {
    let got = std::fs::metadata(path).map_err(|e| io(path, e))?.len();
    if got != metadata.size {
        return Err(HubCause::WrongLength { expected: metadata.size, got });
    }
    let is_hex = metadata.etag.bytes().all(|byte| byte.is_ascii_hexdigit());
    let got = match metadata.etag.len() {
        64 if is_hex => checksum::<Sha256>(path, "")?,
        40 if is_hex => checksum::<Sha1>(path, &format!("blob {}\0", metadata.size))?,
        // A mirror may name its files otherwise; then the length has to do.
        _ => return Ok(()),
    };
    if got.eq_ignore_ascii_case(&metadata.etag) {
        return Ok(());
    }
    Err(HubCause::WrongContent { expected: metadata.etag.clone(), got })
}

fn checksum<D: Digest>(path: &Path, prefix: &str) -> Outcome<String> {
    let mut file = File::open(path).map_err(|e| io(path, e))?;
    let mut hash = D::new_with_prefix(prefix);
    let mut buffer = vec![0; 1 << 18];
    loop {
        match file.read(&mut buffer).map_err(|e| io(path, e))? {
            0 => break,
            n => hash.update(&buffer[..n]),
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn io(path: &Path, error: std::io::Error) -> HubCause {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    match error.kind() {
        StorageFull | QuotaExceeded => HubCause::DiskFull { path: path.to_path_buf() },
        _ => HubCause::Other(format!("{}: {error}", path.display())),
    }
}

fn remove(path: &Path) -> Outcome<()> {
    std::fs::remove_file(path).map_err(|e| io(path, e))
}

fn make_dir(of: &Path) -> Outcome<()> {
    let dir = of.parent().expect("the path was joined");
    std::fs::create_dir_all(dir).map_err(|e| io(dir, e))
}

/// Makes the snapshot's entry: a link to the blob, or a copy where links need privileges.
fn point(pointer: &Path, blob: &Path, etag: &str) -> Outcome<()> {
    make_dir(pointer)?;
    let make = |new: &Path| {
        #[cfg(unix)]
        {
            let _ = blob;
            std::os::unix::fs::symlink(Path::new("../../blobs").join(etag), new)
        }
        #[cfg(not(unix))]
        {
            let _ = etag;
            std::fs::copy(blob, new).map(drop)
        }
    };
    replace_with(pointer, make).map_err(|e| io(pointer, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `git hash-object` of `hello\n`, and its SHA-256.
    #[test]
    fn checksums_are_those_of_git_and_of_large_files() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("hello");
        std::fs::write(&path, "hello\n").unwrap();
        for etag in [
            "ce013625030ba8dba906f756967f9e9ca394464a",
            "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
        ] {
            verify(&Metadata { size: 6, etag: etag.to_string() }, &path).unwrap();
            let wrong = format!("0{}", &etag[1..]);
            let cause = verify(&Metadata { size: 6, etag: wrong }, &path).unwrap_err();
            assert!(matches!(cause, HubCause::WrongContent { .. }), "{cause}");
        }
    }

    /// Where the system has a device that is always full, it is written to.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_said_so() {
        let path = Path::new("/dev/full");
        let mut device = OpenOptions::new().write(true).open(path).unwrap();
        let cause = io(path, device.write_all(&[0; 16]).unwrap_err());
        assert!(matches!(cause, HubCause::DiskFull { .. }), "{cause}");
        assert!(cause.to_string().contains("disk is full"));
    }
}
