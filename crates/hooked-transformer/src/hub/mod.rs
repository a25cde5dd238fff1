//! Models of the Hugging Face hub: where they are kept, and how they get there.
//!
//! The cache is the one that Python's `huggingface_hub` uses, so a model that was downloaded there is found here and the
//! other way round:
//!
//! ```text
//! models--OWNER--NAME/refs/main                      the commit that the branch pointed to
//! models--OWNER--NAME/snapshots/COMMIT/config.json   -> ../../blobs/CHECKSUM
//! models--OWNER--NAME/blobs/CHECKSUM                 the content; CHECKSUM.incomplete while it is coming in
//! ```
//! Reading from the cache needs no network code and is always there; downloading is the feature `hub`.

mod cache;
#[cfg(feature = "hub")]
mod client;
#[cfg(feature = "hub")]
mod download;

use std::path::PathBuf;

use self::cache::Snapshot;
use crate::error::{Error, HubCause, Result};
use crate::loading::ModelSource;
use crate::pretrained::{PretrainedOptions, Reporter};

/// The branch that is meant when none is named.
pub(crate) const MAIN: &str = "main";

/// Why nothing is downloaded, and what to do about it.
const OFFLINE: &str = "offline mode is on (the option `offline`, HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE); switch it off once, or \
                       give the folder of a model that you have";
#[cfg(not(feature = "hub"))]
const WITHOUT_HUB: &str = "this program was built without the feature `hub`; build it with `--features hub`, or give the folder \
                           of a model that you have";

/// A repository at a revision, with what the options and the environment say about the hub.
#[derive(Clone, Debug)]
pub(crate) struct Repo {
    /// `owner/name`, or `name`.
    pub id: String,
    pub revision: String,
    pub cache: PathBuf,
    #[cfg_attr(not(feature = "hub"), expect(dead_code, reason = "needed for downloads only"))]
    pub token: Option<String>,
    #[cfg_attr(not(feature = "hub"), expect(dead_code, reason = "needed for downloads only"))]
    pub endpoint: Option<String>,
    pub offline: bool,
}

impl Repo {
    pub(crate) fn new(id: &str, options: &PretrainedOptions) -> Self {
        Repo {
            id: id.to_string(),
            revision: options.revision.clone().unwrap_or_else(|| MAIN.to_string()),
            cache: options.cache_dir.clone().unwrap_or_else(cache::default_dir),
            token: options.token.clone(),
            endpoint: options.endpoint.clone(),
            offline: options.offline.unwrap_or_else(cache::offline_by_environment),
        }
    }

    pub(crate) fn error(&self, file: Option<&str>, cause: HubCause) -> Error {
        Error::Hub { repo: self.id.clone(), file: file.map(str::to_string), cause }
    }

    /// The files of the repository: from the hub, or as far as the cache has them.
    ///
    /// # Errors
    /// Offline, the cache has nothing of the repository at this revision; online, the hub cannot be asked, and the cache
    /// has nothing either.
    pub(crate) fn open(&self, reporter: &Reporter) -> Result<Box<dyn ModelSource>> {
        if self.offline {
            return Ok(Box::new(Snapshot::find(self, OFFLINE)?));
        }
        #[cfg(feature = "hub")]
        return download::open(self, reporter);
        #[cfg(not(feature = "hub"))]
        {
            let _ = reporter;
            Ok(Box::new(Snapshot::find(self, WITHOUT_HUB)?))
        }
    }
}
