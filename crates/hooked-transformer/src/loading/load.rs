//! From files to a model, and back.
//!
//! A model is a `config.json`, one tensor file or several, and perhaps a tokenizer. Tensors are in one of two layouts:
//!
//! - the classic one, TransformerLens's configuration and tensor names, which [`save`] writes; the published toy models
//!   have it, too, with PyTorch files and a configuration of their own;
//! - Hugging Face's, of any [family](super::families) that is known; the tensors are converted while they are read.
//!
//! Which it is, the configuration says. Where the files come from (a folder, the hub's cache, the hub) is a
//! [`ModelSource`], and makes no difference to what follows.

#[cfg(feature = "files")]
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use serde_json::Map;

use super::checkpoint::Checkpoint;
use super::families;
use super::families::hf_config::HfConfig;
use super::families::{Family, Place, neel};
use super::model_file::ModelFile;
use super::safetensors_file;
use super::source::Source;
use super::tokenizer_files::tokenizer;
#[cfg(feature = "files")]
use super::which_files::Folder;
use super::which_files::{self, Given, ModelSource};
#[cfg(feature = "files")]
use super::whole_file::write_whole;
use crate::architecture::config::{HookedTransformerConfig, PositionalEmbeddingType};
use crate::architecture::layout::{self, Parameter, Role, Supply, grouped_name};
use crate::architecture::weight::InFile;
use crate::architecture::xielu;
use crate::error::{Error, Result};
use crate::model::HookedTransformer;
use crate::progress::Progress;

/// The file names inside a folder that [`save`] writes.
pub(crate) const CONFIG_FILE: &str = "config.json";
const WEIGHTS_FILE: &str = "model.safetensors";
const TOKENIZER_FILE: &str = "tokenizer.json";

/// A model from bytes.
impl HookedTransformer {
    /// Like [`load`](Self::load), without a file system: the files of a model's folder by name, with their content.
    /// Names other than those of a model's files are passed over.
    ///
    /// ```
    /// # use hooked_transformer::HookedTransformer;
    /// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../reference_data/models/attn-only-2l-tales");
    /// # let read = |name: &str| std::fs::read(format!("{folder}/{name}")).unwrap();
    /// let files = ["config.json", "model.safetensors", "tokenizer.json"].map(|name| (name, read(name)));
    /// let model = HookedTransformer::from_files(files)?;
    /// assert_eq!(model.cfg().n_layers, 2);
    /// # Ok::<(), hooked_transformer::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn from_files<N: Into<String>>(files: impl IntoIterator<Item = (N, Vec<u8>)>) -> Result<Self> {
        load_from(&mut Given::new(files), None, &mut |_| {})
    }

    /// The files that [`save`](Self::save) writes, in f32, by name: what [`from_files`](Self::from_files) reads.
    ///
    /// # Errors
    /// The tokenizer cannot be written as JSON.
    pub fn to_files(&self) -> Result<Vec<(&'static str, Vec<u8>)>> {
        let config = serde_json::to_string_pretty(self.cfg()).expect("a configuration is plain data");
        let weights = safetensors_file::to_bytes(&self.state_dict())?;
        let mut files = vec![(CONFIG_FILE, config.into_bytes()), (WEIGHTS_FILE, weights)];
        if let Some(tokenizer) = self.tokenizer() {
            files.push((TOKENIZER_FILE, tokenizer.to_json()?.into_bytes()));
        }
        Ok(files)
    }
}

/// Files.
#[cfg(feature = "files")]
impl HookedTransformer {
    /// Loads a model from a folder, with its weights as they are: one that [`save`](Self::save) wrote, or one in Hugging
    /// Face's layout of a supported architecture. It has a `config.json`, tensors in safetensors or PyTorch's `.bin` or
    /// `.pth` (f64, f32, f16 or bf16; one file or several with an index) and, for text, a tokenizer. For models by name,
    /// and for processed weights, see [`from_pretrained`](Self::from_pretrained).
    ///
    /// Tensor files are mapped into memory, and a matrix is read when it is used for the first time; where the file has it
    /// as the model wants it (f32, in this order), it is used where it is, and takes no memory of its own. So no program
    /// should change these files for as long as the model or a clone of it lives: weights would change with them, or this
    /// program would end if a file gets shorter. To replace a file by another, as [`save`](Self::save) and most programs do,
    /// does no harm. [`read_weights`](Self::read_weights) makes a model independent of its files.
    ///
    /// # Errors
    /// A file is missing or damaged, or weights, configuration and tokenizer contradict each other; the message names
    /// the file and tensor, what was expected and what came.
    pub fn load(dir: impl AsRef<Path>) -> Result<Self> {
        load(dir.as_ref())
    }

    /// A model of one's own configuration with weights from one file: safetensors, or what PyTorch's `torch.save` writes
    /// (`.bin`, `.pt`, `.pth`); what it is, its first bytes say. Names and shapes are those of TransformerLens's state
    /// dict, as [`state_dict`](Self::state_dict) lists them.
    ///
    /// ```no_run
    /// use hooked_transformer::{HookedTransformer, HookedTransformerConfig};
    /// let cfg = HookedTransformerConfig { attn_only: true, ..HookedTransformerConfig::new(2, 64, 16, 32, 50) };
    /// let model = HookedTransformer::from_state_dict_file(cfg, "trained.pth")?;
    /// # Ok::<(), hooked_transformer::Error>(())
    /// ```
    ///
    /// # Errors
    /// The configuration contradicts itself; the file is damaged, or holds other tensors than the configuration calls
    /// for.
    pub fn from_state_dict_file(mut cfg: HookedTransformerConfig, path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        cfg.fill_in();
        cfg.validate()?;
        let checkpoint = Checkpoint::open(path, vec![path.to_path_buf().into()])?;
        refuse_absurd_sizes(&cfg, &checkpoint, path)?;
        read_model(cfg, Layout::Classic, &checkpoint, &mut |_| {})
    }

    /// Writes the model to a folder, in f32; [`load`](Self::load) reads it back. Each file appears whole or not at all.
    ///
    /// # Errors
    /// The folder or a file cannot be written.
    pub fn save(&self, dir: impl AsRef<Path>) -> Result<()> {
        save(self, dir.as_ref())
    }
}

/// See [`HookedTransformer::load`].
#[cfg(feature = "files")]
pub(crate) fn load(dir: &Path) -> Result<HookedTransformer> {
    load_from(&mut Folder::new(dir), None, &mut |_| {})
}

/// Loads a model, as its files have it. `preset` is the configuration of a model that has no file for it.
///
/// # Errors
/// A file is missing or damaged, or they contradict each other.
pub(crate) fn load_from(
    files: &mut dyn ModelSource,
    preset: Option<HookedTransformerConfig>,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<HookedTransformer> {
    let (cfg, layout) = match preset {
        Some(cfg) => (cfg, Layout::Classic),
        None => configuration(&files.file(CONFIG_FILE)?)?,
    };
    let weights = which_files::weights(files)?;
    let checkpoint = Checkpoint::open(&files.place(), weights)?;
    refuse_absurd_sizes(&cfg, &checkpoint, &files.place())?;
    let mut model = read_model(cfg, layout, &checkpoint, progress)?;
    drop(checkpoint);
    if let Some(tokenizer) = tokenizer(files)? {
        model.set_tokenizer(tokenizer)?;
    }
    Ok(model)
}

/// How names and shapes of the files relate to ours.
#[derive(Clone, Copy)]
enum Layout {
    /// TransformerLens's names and shapes.
    Classic,
    HuggingFace(&'static Family),
}

/// The configuration, and which layout it announces.
fn configuration(file: &ModelFile) -> Result<(HookedTransformerConfig, Layout)> {
    let (path, json) = (file.path(), file.json()?);
    let empty = Map::new();
    let fields = json.as_object().unwrap_or(&empty);
    let hf = || HfConfig::new(path, fields.clone());
    let (cfg, layout) = if fields.contains_key("architectures") || fields.contains_key("model_type") {
        let family = families::detect(path, fields)?;
        ((family.config)(&hf())?, Layout::HuggingFace(family))
    } else if neel::is_toy_config(fields) {
        (neel::config(&hf())?, Layout::Classic)
    } else {
        return Ok((HookedTransformerConfig::from_json_of(path, json)?, Layout::Classic));
    };
    cfg.validate().map_err(|e| file.malformed(e.to_string()))?;
    Ok((cfg, layout))
}

/// A configuration can ask for more than any computer has. What the files hold says what is meant: a parameter is read
/// from them once, or twice where two of ours share a tensor of theirs.
fn refuse_absurd_sizes(cfg: &HookedTransformerConfig, checkpoint: &Checkpoint, place: &Path) -> Result<()> {
    /// Biases that the files may leave out.
    const SLACK: u128 = 1 << 24;
    let wanted = layout::n_matrix_values(cfg);
    // Two bytes a value are the fewest.
    let held = checkpoint.n_bytes() as u128 / 2;
    if wanted <= 2 * held + SLACK {
        return Ok(());
    }
    let problem = format!(
        "the configuration calls for {wanted} values, but the tensor files have {} bytes; is it the config of another model?",
        checkpoint.n_bytes()
    );
    Err(Error::Malformed { path: place.to_path_buf(), problem })
}

fn read_model(
    mut cfg: HookedTransformerConfig,
    layout: Layout,
    checkpoint: &Checkpoint,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<HookedTransformer> {
    let tied = cfg.tie_word_embeddings;
    if matches!(layout, Layout::Classic) {
        // The classic library stores the unembedding of a tied model as well, and it may have been processed since.
        cfg.tie_word_embeddings &= checkpoint.names().all(|name| name != layout::UNEMBEDDING);
        xielu::refuse_other_constants(&cfg, |name| {
            let mut constant = [0.0];
            Ok(checkpoint.read(&Source::new(name, &[]), &mut constant)?.then_some(constant[0]))
        })?;
    }
    let total = 4 * layout::n_matrix_values(&cfg) as u64;
    let mut weights = layout::assemble_from(&cfg, Files { cfg: &cfg, layout, checkpoint, progress, done: 0, total })?;
    checkpoint.refuse_leftovers(|name| is_superfluous(&cfg, layout, name))?;
    cfg.tie_word_embeddings = tied && (cfg.tie_word_embeddings || weights.tie());
    Ok(HookedTransformer::from_weights(cfg, weights))
}

/// A model's parameters in its files.
struct Files<'f> {
    cfg: &'f HookedTransformerConfig,
    layout: Layout,
    checkpoint: &'f Checkpoint,
    progress: &'f mut dyn FnMut(Progress<'_>),
    /// Bytes of memory that are filled, or need not be.
    done: u64,
    total: u64,
}

impl Files<'_> {
    /// Where a parameter is; `None` if the family has none.
    fn source(&self, parameter: &Parameter<'_>) -> Option<Source> {
        match self.layout {
            Layout::HuggingFace(family) => {
                let source = (family.source)(self.cfg, Place::of(parameter.name))?;
                Some(with_short_names(source, family.prefix))
            }
            Layout::Classic => {
                let source = Source::new(parameter.name, parameter.shape);
                Some(grouped_name(parameter.name).into_iter().fold(source, Source::or))
            }
        }
    }

    fn report(&mut self, values: usize) {
        self.done += (values * size_of::<f32>()) as u64;
        (self.progress)(Progress::Loading { done: self.done.min(self.total), total: self.total });
    }
}

impl Supply for Files<'_> {
    fn fill(&mut self, parameter: &Parameter<'_>, out: &mut [f32]) -> Result<()> {
        let source = self.source(parameter);
        let found = source.as_ref().map_or(Ok(false), |source| self.checkpoint.read(source, out))?;
        if !found && parameter.role != Role::Bias {
            return Err(self.checkpoint.missing(source.as_ref().map_or(parameter.name, |source| &source.names[0])));
        }
        self.report(out.len());
        Ok(())
    }

    fn in_file(&mut self, parameter: &Parameter<'_>) -> Result<Option<Arc<dyn InFile>>> {
        let Some(source) = self.source(parameter) else { return Ok(None) };
        let Some(unread) = self.checkpoint.unread(&source)? else { return Ok(None) };
        self.report(parameter.shape.iter().product());
        Ok(Some(Arc::new(unread)))
    }
}

/// Files saved from a model without its head lack the prefix.
fn with_short_names(source: Source, prefix: &str) -> Source {
    let short: Vec<String> =
        source.names.iter().filter_map(|name| name.strip_prefix(prefix)).map(String::from).collect();
    short.into_iter().fold(source, Source::or)
}

/// Whether a tensor that no parameter was read from may be passed over.
fn is_superfluous(cfg: &HookedTransformerConfig, layout: Layout, name: &str) -> bool {
    /// Buffers that the classic library stores beside the weights, and that are computed here.
    const NOT_PARAMETERS: [&str; 4] = [".attn.mask", ".attn.IGNORE", ".attn.rotary_sin", ".attn.rotary_cos"];
    match layout {
        Layout::HuggingFace(_) => families::is_superfluous(cfg, name),
        // A model with ALiBi has a table of positions there, too, which it never reads.
        Layout::Classic => {
            NOT_PARAMETERS.iter().any(|suffix| name.ends_with(suffix))
                || name == "pos_embed.W_pos" && cfg.positional_embedding_type == PositionalEmbeddingType::Alibi
        }
    }
}

/// See [`HookedTransformer::save`].
#[cfg(feature = "files")]
pub(crate) fn save(model: &HookedTransformer, dir: &Path) -> Result<()> {
    std::fs::create_dir_all(dir).map_err(|source| Error::Io { path: dir.to_path_buf(), source })?;
    for (name, bytes) in model.to_files()? {
        write_whole(&dir.join(name), |out| out.write_all(&bytes))?;
    }
    Ok(())
}
