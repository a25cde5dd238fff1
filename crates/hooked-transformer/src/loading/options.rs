//! What a model is loaded with, apart from its name.

use std::path::PathBuf;

use crate::model::ProcessOptions;
use crate::progress::{Progress, Reporter};

/// What a model is loaded with, apart from its name. Every method returns the options, changed.
#[derive(Clone)]
#[must_use = "options do nothing until `load` is called"]
pub struct PretrainedOptions {
    pub(crate) revision: Option<String>,
    pub(crate) token: Option<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) cache_dir: Option<PathBuf>,
    pub(crate) offline: Option<bool>,
    pub(super) process: ProcessOptions,
    pub(super) reporter: Option<Reporter>,
}

impl Default for PretrainedOptions {
    fn default() -> Self {
        PretrainedOptions::new()
    }
}

impl PretrainedOptions {
    /// The classic library's defaults: every step of processing on; revision `main`; token, cache and endpoint from the
    /// environment (`HF_TOKEN`, `HF_HUB_CACHE`, `HF_HOME`, `HF_ENDPOINT`, `HF_HUB_OFFLINE`, `SSL_CERT_FILE`).
    pub fn new() -> Self {
        PretrainedOptions {
            revision: None,
            token: None,
            endpoint: None,
            cache_dir: None,
            offline: None,
            process: ProcessOptions::default(),
            reporter: None,
        }
    }

    /// A branch, tag or commit of the repository.
    pub fn revision(mut self, revision: impl Into<String>) -> Self {
        self.revision = Some(revision.into());
        self
    }

    /// Who asks, for gated and private models.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// The address of the hub, or of a mirror.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// The cache of downloaded files (what `HF_HUB_CACHE` names).
    pub fn cache_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.cache_dir = Some(dir.into());
        self
    }

    /// Whether the network must not be used.
    pub fn offline(mut self, offline: bool) -> Self {
        self.offline = Some(offline);
        self
    }

    /// Whether gain and bias of each norm are folded into the weights that read its output.
    pub fn fold_ln(mut self, fold_ln: bool) -> Self {
        self.process.fold_ln = fold_ln;
        self
    }

    /// Whether everything that writes to the residual stream is made to write with mean zero.
    pub fn center_writing_weights(mut self, center: bool) -> Self {
        self.process.center_writing_weights = center;
        self
    }

    /// Whether the mean over the vocabulary is taken out of the unembedding: probabilities stay, logits do not.
    pub fn center_unembed(mut self, center: bool) -> Self {
        self.process.center_unembed = center;
        self
    }

    /// Whether value biases are moved into the output bias of attention.
    pub fn fold_value_biases(mut self, fold: bool) -> Self {
        self.process.fold_value_biases = fold;
        self
    }

    /// All steps of processing at once, instead of one by one with the four methods above.
    pub fn process(mut self, steps: ProcessOptions) -> Self {
        self.process = steps;
        self
    }

    /// The weights as they are in the files.
    pub fn no_processing(self) -> Self {
        self.process(ProcessOptions::none())
    }

    /// Hears about downloads, loading and notes, instead of the bar on the terminal.
    pub fn progress(mut self, f: impl FnMut(Progress<'_>) + Send + 'static) -> Self {
        self.reporter = Some(Reporter::new(f));
        self
    }
}
