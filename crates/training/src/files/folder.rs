//! The folder of a run.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::checkpoint::Checkpoint;
use crate::error::{Result, TrainingError};
use crate::record::Record;

const LOG: &str = "log.jsonl";
const CHECKPOINT: &str = "checkpoint.safetensors";
const MODEL: &str = "model";

/// A folder that a run writes to.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder; it is made if it is missing.
    ///
    /// # Errors
    /// It cannot be made, or nothing can be written to it: found out now, not after the first hundred steps.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self> {
        let folder = Folder { path: path.into() };
        let cannot =
            |source| folder.error(&folder.path, "the folder cannot be written to; choose another with --out", source);
        fs::create_dir_all(&folder.path).map_err(cannot)?;
        tempfile::tempfile_in(&folder.path).and_then(|mut file| file.write_all(b"a byte")).map_err(cannot)?;
        Ok(folder)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The latest checkpoint, if there is one.
    ///
    /// # Errors
    /// It cannot be read, or is damaged.
    pub fn checkpoint(&self) -> Result<Option<Checkpoint>> {
        let path = self.path.join(CHECKPOINT);
        match fs::read(&path) {
            Ok(bytes) => Checkpoint::from_bytes(&bytes).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(self.error(&path, "the checkpoint cannot be read", source)),
        }
    }

    /// Replaces the checkpoint: after it the file is the old one or the new one, complete in either case.
    ///
    /// # Errors
    /// It cannot be written; the old one is as it was.
    pub fn write_checkpoint(&self, checkpoint: &Checkpoint) -> Result<()> {
        self.replace(
            CHECKPOINT,
            &checkpoint.to_bytes(),
            "the checkpoint cannot be written, so the one before it was kept",
        )
    }

    /// The records of the log; a last line that was cut off is left out.
    ///
    /// # Errors
    /// The log cannot be read, or a whole line of it is damaged.
    pub fn log(&self) -> Result<Vec<Record>> {
        let path = self.path.join(LOG);
        match fs::read_to_string(&path) {
            Ok(text) => Record::parse_log(&text),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            Err(source) => Err(self.error(&path, "the log cannot be read", source)),
        }
    }

    /// Writes a log again.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn start_log(&self, records: &[Record]) -> Result<()> {
        let lines: String = records.iter().map(|record| record.to_line() + "\n").collect();
        self.replace(LOG, lines.as_bytes(), "the log cannot be written")
    }

    /// Adds a line to the log.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn append_to_log(&self, record: &Record) -> Result<()> {
        let path = self.path.join(LOG);
        let append = |line: &str| -> io::Result<()> {
            OpenOptions::new().create(true).append(true).open(&path)?.write_all(line.as_bytes())
        };
        append(&(record.to_line() + "\n")).map_err(|source| self.error(&path, "the log cannot be written", source))
    }

    /// Writes the model, to be loaded by its folder; returns the folder.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_model(&self, model: &hooked_transformer::HookedTransformer) -> Result<PathBuf> {
        let path = self.path.join(MODEL);
        model.save(&path)?;
        Ok(path)
    }

    fn replace(&self, name: &str, bytes: &[u8], doing: &'static str) -> Result<()> {
        let path = self.path.join(name);
        let write = || -> io::Result<()> {
            let mut beside = new_file(&self.path)?;
            beside.write_all(bytes)?;
            beside.as_file().sync_all()?;
            beside.persist(&path)?;
            // So that the new name, too, outlives a power cut.
            #[cfg(unix)]
            File::open(&self.path)?.sync_all()?;
            Ok(())
        };
        write().map_err(|source| self.error(&path, doing, source))
    }

    fn error(&self, path: &Path, doing: &'static str, source: io::Error) -> TrainingError {
        TrainingError::File { path: path.to_path_buf(), doing, source }
    }
}

/// A file that is gone if the program ends before it gets its name, with the permissions of any other file.
fn new_file(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.prefix(".writing-").tempfile_in(folder)
}
