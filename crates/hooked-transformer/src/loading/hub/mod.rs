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

#[cfg(feature = "hub")]
mod answers;
mod cache;
#[cfg(feature = "hub")]
mod client;
#[cfg(feature = "hub")]
mod connections;
#[cfg(feature = "hub")]
mod download;
mod environment;
mod repo;

use self::cache::Snapshot;
pub(crate) use self::repo::Repo;
use super::which_files::ModelSource;
use crate::error::Result;
use crate::progress::Reporter;

/// Why nothing is downloaded, and what to do about it.
const OFFLINE: &str = "offline mode is on (the option `offline`, HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE); switch it off once, or \
                       give the folder of a model that you have";
#[cfg(not(feature = "hub"))]
const WITHOUT_HUB: &str = "this program was built without the feature `hub`; build it with `--features hub`, or give the folder \
                           of a model that you have";

impl Repo {
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
