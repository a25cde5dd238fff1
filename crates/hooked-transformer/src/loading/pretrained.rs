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
//! norm and outside the residual stream, so folding a norm or centering what is written would change what the model
//! computes: for these models neither is done, whatever the options say, and a [`Progress::Note`] says so. Models with
//! RMS norms are not centered, since an RMS norm does not subtract the mean. A model with a soft cap on its logits is not
//! centered in its unembedding: the cap is not indifferent to a constant. Weights are always f32 in memory, whatever
//! format they have on disk.

use std::path::Path;
use std::sync::Arc;

use super::hub::Repo;
use super::load::load_from;
use super::options::PretrainedOptions;
use super::registry;
use super::tokenizer_files::tokenizer;
use super::which_files::{Folder, ModelSource};
use crate::architecture::config::HookedTransformerConfig;
use crate::error::{Error, Result};
use crate::model::HookedTransformer;
use crate::model::ProcessOptions;
use crate::progress::{Progress, Reporter};

impl PretrainedOptions {
    /// Loads a model: a name or alias of the registry (see [`list_models`](crate::list_models)), a folder, or
    /// `owner/name` of any repository whose architecture is supported.
    ///
    /// # Errors
    /// The name means nothing; a file is not available ([`Error::Hub`] says which, and why); the architecture is not
    /// supported; a file is damaged, or the files contradict each other.
    pub fn load(&self, name: &str) -> Result<HookedTransformer> {
        let reporter = self.reporter.clone().unwrap_or_else(Reporter::terminal);
        let (mut files, preset) = self.find(name, &reporter)?;
        let mut model = load_from(files.as_mut(), preset, &mut |progress| reporter.report(progress))?;
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
            .and_then(|mut files| tokenizer(files.as_mut()))
            .and_then(|tokenizer| tokenizer.map_or(Ok(()), |tokenizer| model.set_tokenizer(tokenizer)));
        if let Err(e) = attached {
            reporter.report(Progress::Note(&format!(
                "the model takes only token ids, because its tokenizer is missing: {e}"
            )));
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
    let (steps, left_out) = options.process.limited_to(ProcessOptions::applicable(&model));
    if !left_out.is_empty() {
        let steps = left_out.join(", ");
        reporter.report(Progress::Note(&format!("not done, since it would change what this model computes: {steps}")));
    }
    model.process_weights(steps)
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
}
