//! Which files a model consists of, wherever they are.

use std::path::PathBuf;
use std::sync::Arc;

use super::model_file::ModelFile;
use crate::error::{Error, Result};

/// Where a model's files come from.
pub(crate) trait ModelSource {
    /// The folder or repository, for messages.
    fn place(&self) -> PathBuf;

    /// The names of all files.
    ///
    /// # Errors
    /// They cannot be listed.
    fn names(&mut self) -> Result<Vec<String>>;

    /// A file; it is fetched if need be.
    ///
    /// # Errors
    /// It does not exist, or cannot be had.
    fn file(&mut self, name: &str) -> Result<ModelFile>;

    /// What it means that no weights are among the names.
    fn no_weights(&mut self, problem: String) -> Error {
        Error::Malformed { path: self.place(), problem }
    }
}

/// A folder.
#[cfg(feature = "files")]
pub(crate) struct Folder {
    dir: PathBuf,
}

#[cfg(feature = "files")]
impl Folder {
    pub(crate) fn new(dir: &std::path::Path) -> Self {
        Folder { dir: dir.to_path_buf() }
    }
}

#[cfg(feature = "files")]
impl ModelSource for Folder {
    fn place(&self) -> PathBuf {
        self.dir.clone()
    }

    fn names(&mut self) -> Result<Vec<String>> {
        let fail = |source| Error::Io { path: self.dir.clone(), source };
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.dir).map_err(fail)? {
            names.extend(entry.map_err(fail)?.file_name().into_string().ok());
        }
        names.sort();
        Ok(names)
    }

    fn file(&mut self, name: &str) -> Result<ModelFile> {
        Ok(self.dir.join(name).into())
    }
}

/// Files whose bytes the caller has, by their names.
pub(crate) struct Given(Vec<(String, Arc<Vec<u8>>)>);

impl Given {
    pub(crate) fn new<N: Into<String>>(files: impl IntoIterator<Item = (N, Vec<u8>)>) -> Self {
        Given(files.into_iter().map(|(name, bytes)| (name.into(), Arc::new(bytes))).collect())
    }
}

impl ModelSource for Given {
    fn place(&self) -> PathBuf {
        PathBuf::from("the given files")
    }

    fn names(&mut self) -> Result<Vec<String>> {
        Ok(self.0.iter().map(|(name, _)| name.clone()).collect())
    }

    fn file(&mut self, name: &str) -> Result<ModelFile> {
        match self.0.iter().find(|(other, _)| other == name) {
            Some((_, bytes)) => Ok(ModelFile::Given(PathBuf::from(name), Arc::clone(bytes))),
            None => {
                let names = self.0.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                let names = if names.is_empty() { "none at all".to_string() } else { names };
                Err(Error::Malformed { path: self.place(), problem: format!("`{name}` is missing; there are {names}") })
            }
        }
    }
}

/// The tensor files. Like `transformers`: safetensors before PyTorch, one file before several.
///
/// # Errors
/// There are none, or the index of several is damaged.
pub(crate) fn weights(files: &mut dyn ModelSource) -> Result<Vec<ModelFile>> {
    let names = files.names()?;
    let has = |name: &str| names.iter().any(|other| other == name);
    for (single, index) in
        [("model.safetensors", "model.safetensors.index.json"), ("pytorch_model.bin", "pytorch_model.bin.index.json")]
    {
        if has(single) {
            return Ok(vec![files.file(single)?]);
        }
        if has(index) {
            let index = files.file(index)?;
            return shards(&index)?.iter().map(|name| files.file(name)).collect();
        }
    }
    let is_checkpoint = |name: &&String| (name.ends_with(".pth") || name.ends_with(".pt")) && !name.contains('/');
    let checkpoints: Vec<&String> = names.iter().filter(is_checkpoint).collect();
    // Repositories of toy models keep the steps of the training, too.
    match (checkpoints.iter().find(|name| name.ends_with("final.pth")), checkpoints.as_slice()) {
        (Some(name), _) | (None, [name]) => Ok(vec![files.file(name)?]),
        (None, []) => {
            let found = names.iter().take(8).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            Err(files.no_weights(format!(
                "there is neither model.safetensors nor pytorch_model.bin (nor an index of several, nor a .pth or .pt file); \
                 it holds {}",
                if found.is_empty() { "nothing".to_string() } else { found }
            )))
        }
        (None, several) => Err(files.no_weights(format!(
            "{} .pth or .pt files and none of them ends in `final.pth`; load a folder that holds only the one that is meant",
            several.len()
        ))),
    }
}

/// The files that an index names, each once.
fn shards(index: &ModelFile) -> Result<Vec<String>> {
    let malformed = |problem: String| index.malformed(problem);
    let json = index.json()?;
    let map = json["weight_map"].as_object().ok_or_else(|| malformed("it has no `weight_map`".to_string()))?;
    let mut names = Vec::new();
    for (tensor, file) in map {
        // A plain name: nothing outside the folder is ever read.
        let plain = |name: &&str| !name.is_empty() && !name.contains(['/', '\\']) && *name != "..";
        let name = file.as_str().filter(plain).ok_or_else(|| {
            malformed(format!("tensor `{tensor}` is said to be in {file}, which is not a plain file name"))
        })?;
        names.push(name.to_string());
    }
    names.sort();
    names.dedup();
    if names.is_empty() { Err(malformed("its `weight_map` is empty".to_string())) } else { Ok(names) }
}
