//! A repository of the hub, and what options and environment say about it.

use std::path::PathBuf;

use super::environment;
use crate::error::{Error, HubCause};
use crate::loading::options::PretrainedOptions;

/// The branch that is meant when none is named.
const MAIN: &str = "main";

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
            cache: options.cache_dir.clone().unwrap_or_else(environment::default_dir),
            token: options.token.clone(),
            endpoint: options.endpoint.clone(),
            offline: options.offline.unwrap_or_else(environment::offline_by_environment),
        }
    }

    pub(crate) fn error(&self, file: Option<&str>, cause: HubCause) -> Error {
        Error::Hub { repo: self.id.clone(), file: file.map(str::to_string), cause }
    }
}
