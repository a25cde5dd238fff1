//! Models by name: resolve, fetch what is missing, load, process, attach the tokenizer.
//!
//! ```no_run
//! use hooked_transformer::{HookedTransformer, PretrainedOptions};
//!
//! // As the classic library does: weights processed, so that the residual stream reads more plainly.
//! let model = HookedTransformer::from_pretrained("gpt2-small")?;
//! // The numbers as they are in the files, from a commit, from the cache alone.
//! let raw = PretrainedOptions::new().no_processing().revision("607a30d").offline(true).load("gpt2")?;
//! # Ok::<(), hooked_transformer::Error>(())
//! ```
//!
//! # What processing is forced
//! A **shortformer** model (`attn_only_2L_half`, `attn-only-2l-demo`) adds its positions to queries and keys *after* the
//! norm and outside the residual stream, so folding a norm or centring what is written would change what the model
//! computes: for these models neither is done, whatever the options say, and a [`Progress::Note`] says so. Models with
//! RMS norms are not centred, since an RMS norm does not subtract the mean. A model with a soft cap on its logits is not
//! centred in its unembedding: the cap is not indifferent to a constant. Weights are always f32 in memory, whatever
//! format they have on disk.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::config::HookedTransformerConfig;
use crate::error::{Error, Result};
use crate::hub::Repo;
use crate::loading::{self, Folder, ModelSource};
use crate::model::HookedTransformer;
use crate::processing::ProcessOptions;
use crate::registry;

/// What is going on while a model is fetched and loaded.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Progress<'a> {
    /// Bytes of a file have come in.
    Downloading {
        /// The repository.
        repo: &'a str,
        /// The file.
        file: &'a str,
        /// Bytes on the disk.
        done: u64,
        /// Bytes in all.
        total: u64,
    },
    /// Weights have been read into memory.
    Loading {
        /// Bytes in memory.
        done: u64,
        /// Bytes in all.
        total: u64,
    },
    /// Something that the user should know, such as a step of processing that was left out.
    Note(&'a str),
}

/// Whoever wants to hear about progress.
type Listener = dyn FnMut(Progress<'_>) + Send;

/// Hands progress to whoever wants it.
#[derive(Clone)]
pub(crate) struct Reporter(Arc<Mutex<Listener>>);

impl Reporter {
    fn new(f: impl FnMut(Progress<'_>) + Send + 'static) -> Self {
        Reporter(Arc::new(Mutex::new(f)))
    }

    pub(crate) fn report(&self, progress: Progress<'_>) {
        // A listener that panicked once is not asked again.
        if let Ok(mut f) = self.0.lock() {
            f(progress);
        }
    }
}

/// What a model is loaded with besides its name. Every method returns the options, changed.
#[derive(Clone)]
#[must_use = "options do nothing until `load` is called"]
pub struct PretrainedOptions {
    pub(crate) revision: Option<String>,
    pub(crate) token: Option<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) cache_dir: Option<PathBuf>,
    pub(crate) offline: Option<bool>,
    fold_ln: bool,
    center_writing_weights: bool,
    center_unembed: bool,
    fold_value_biases: bool,
    reporter: Option<Reporter>,
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
            fold_ln: true,
            center_writing_weights: true,
            center_unembed: true,
            fold_value_biases: true,
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
        self.fold_ln = fold_ln;
        self
    }

    /// Whether everything that writes to the residual stream is made to write with mean zero.
    pub fn center_writing_weights(mut self, center: bool) -> Self {
        self.center_writing_weights = center;
        self
    }

    /// Whether the mean over the vocabulary is taken out of the unembedding: probabilities stay, logits do not.
    pub fn center_unembed(mut self, center: bool) -> Self {
        self.center_unembed = center;
        self
    }

    /// Whether value biases are moved into the output bias of attention.
    pub fn fold_value_biases(mut self, fold: bool) -> Self {
        self.fold_value_biases = fold;
        self
    }

    /// The weights as they are in the files.
    pub fn no_processing(self) -> Self {
        self.fold_ln(false).center_writing_weights(false).center_unembed(false).fold_value_biases(false)
    }

    /// Hears about downloads, loading and notes, instead of the bar on the terminal.
    pub fn progress(mut self, f: impl FnMut(Progress<'_>) + Send + 'static) -> Self {
        self.reporter = Some(Reporter::new(f));
        self
    }

    /// Loads a model: a name or alias of the registry (see [`list_models`](crate::list_models)), a folder, or
    /// `owner/name` of any repository whose architecture is supported.
    ///
    /// # Errors
    /// The name means nothing; a file is not to be had ([`Error::Hub`] says which, and why); the architecture is not
    /// supported; a file is damaged, or the files contradict each other.
    pub fn load(&self, name: &str) -> Result<HookedTransformer> {
        let reporter = self.reporter.clone().unwrap_or_else(|| Reporter::new(terminal()));
        let (mut files, preset) = self.find(name, &reporter)?;
        let mut model = loading::load_from(files.as_mut(), preset, &mut |progress| reporter.report(progress))?;
        if model.tokenizer().is_none() {
            self.add_tokenizer(&mut model, &reporter);
        }
        if let Some(entry) = registry::find(name) {
            Arc::make_mut(&mut model.cfg).model_name = entry.name.to_string();
        }
        process(model, self, &reporter)
    }

    /// Where the files of a model are, and its configuration if it has no file for that.
    fn find(&self, name: &str, reporter: &Reporter) -> Result<(Box<dyn ModelSource>, Option<HookedTransformerConfig>)> {
        let entry = registry::find(name);
        let folder = Path::new(name);
        if entry.is_none() && folder.is_dir() {
            return Ok((Box::new(Folder::new(folder)), None));
        }
        let id = entry.map_or(name, |entry| entry.repo);
        if !is_repo_id(id) || (entry.is_none() && !id.contains('/')) {
            return Err(Error::UnknownModel { name: name.to_string(), nearest: registry::nearest_names(name) });
        }
        let files = Repo::new(id, self).open(reporter)?;
        Ok((files, entry.and_then(registry::preset)))
    }

    /// The tokenizer of another repository, for a model that has none and names one. Without it the model is of use
    /// still, with tokens for input; so a failure is a note.
    fn add_tokenizer(&self, model: &mut HookedTransformer, reporter: &Reporter) {
        let Some(name) = model.cfg().tokenizer_name.clone().filter(|name| is_repo_id(name)) else { return };
        let elsewhere = PretrainedOptions { revision: None, ..self.clone() };
        let attached = Repo::new(&name, &elsewhere)
            .open(reporter)
            .and_then(|mut files| loading::tokenizer(files.as_mut()))
            .and_then(|tokenizer| tokenizer.map_or(Ok(()), |tokenizer| model.set_tokenizer(tokenizer)));
        if let Err(e) = attached {
            reporter.report(Progress::Note(&format!("the model takes token ids only, for want of its tokenizer: {e}")));
        }
    }
}

/// `owner/name`, or `name`, of characters that the hub allows.
fn is_repo_id(id: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    id.split('/').count() <= 2 && id.split('/').all(plain)
}

/// Processes the weights as far as the options say and the model allows: see the [module](self).
fn process(model: HookedTransformer, options: &PretrainedOptions, reporter: &Reporter) -> Result<HookedTransformer> {
    let possible = ProcessOptions::applicable(&model);
    let mut left_out = Vec::new();
    let mut step = |name: &'static str, wanted: bool, possible: bool| {
        if wanted && !possible {
            left_out.push(name);
        }
        wanted && possible
    };
    let steps = ProcessOptions {
        fold_ln: step("fold_ln", options.fold_ln, possible.fold_ln),
        center_writing_weights: step(
            "center_writing_weights",
            options.center_writing_weights,
            possible.center_writing_weights,
        ),
        center_unembed: step("center_unembed", options.center_unembed, possible.center_unembed),
        fold_value_biases: step("fold_value_biases", options.fold_value_biases, possible.fold_value_biases),
        refactor_factored_attn_matrices: false,
    };
    if !left_out.is_empty() {
        let steps = left_out.join(", ");
        reporter.report(Progress::Note(&format!("not done, since it would change what this model computes: {steps}")));
    }
    model.process_weights(steps)
}

/// Shows progress on the terminal, if there is one: a line that is written over.
fn terminal() -> impl FnMut(Progress<'_>) + Send {
    let shown = std::io::stderr().is_terminal();
    let mut last = String::new();
    move |progress| {
        let mut err = std::io::stderr().lock();
        let (what, done, total) = match progress {
            Progress::Note(note) => {
                let _ = writeln!(err, "note: {note}");
                return;
            }
            Progress::Downloading { file, done, total, .. } => (file, done, total),
            Progress::Loading { done, total } => ("weights", done, total),
        };
        let line = bar(what, done, total);
        if shown && line != last {
            let end = if done >= total { "\n" } else { "" };
            let _ = write!(err, "\r{line}{end}");
            let _ = err.flush();
            last = line;
        }
    }
}

fn bar(what: &str, done: u64, total: u64) -> String {
    const WIDTH: u64 = 30;
    let share = |of: u64| (done * of).checked_div(total).unwrap_or(of);
    let filled = share(WIDTH).min(WIDTH) as usize;
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let rest = WIDTH as usize - filled;
    format!("{what:<24} [{:#<filled$}{:rest$}] {:>3} % of {:.1} MiB", "", "", share(100), mib(total))
}

/// Models by name.
impl HookedTransformer {
    /// Loads a published model by name, as the classic library does: its weights fetched if they are not in the cache,
    /// converted, processed, its tokenizer attached. Names are those of [`list_models`](crate::list_models); a folder,
    /// or `owner/name` of a repository, does as well. See [`PretrainedOptions`] for everything that can be chosen.
    ///
    /// # Errors
    /// As [`PretrainedOptions::load`].
    pub fn from_pretrained(name: &str) -> Result<Self> {
        PretrainedOptions::new().load(name)
    }

    /// The same with the weights as they are in the files.
    ///
    /// # Errors
    /// As [`PretrainedOptions::load`].
    pub fn from_pretrained_no_processing(name: &str) -> Result<Self> {
        PretrainedOptions::new().no_processing().load(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_has_an_owner_and_a_name() {
        assert!(["gpt2", "EleutherAI/pythia-70m", "a_b/c.d-e"].iter().all(|id| is_repo_id(id)));
        assert!(["", "/", "a/", "a/b/c", "../x", "a b", "./gpt2", "https://x/y"].iter().all(|id| !is_repo_id(id)));
    }

    #[test]
    fn the_bar_is_empty_half_and_full() {
        assert_eq!(bar("x", 0, 1 << 20).matches('#').count(), 0);
        assert_eq!(bar("x", 1 << 19, 1 << 20).matches('#').count(), 15);
        assert!(bar("x", 1 << 20, 1 << 20).ends_with("100 % of 1.0 MiB"));
        assert!(bar("empty", 0, 0).contains("100 %"));
    }
}
