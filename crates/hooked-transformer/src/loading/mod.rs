//! From files to a model, and back: `config.json`, `model.safetensors` and `tokenizer.json` in one folder.

pub(crate) mod layout;
mod safetensors_file;

use std::io::Write;
use std::path::Path;

use crate::config::HookedTransformerConfig;
use crate::error::{Error, Result};
use crate::model::HookedTransformer;
use crate::tokens::Tokenizer;
use crate::weights::Weights;

/// The file names inside a model's folder.
pub(crate) const CONFIG_FILE: &str = "config.json";
const WEIGHTS_FILE: &str = "model.safetensors";
const TOKENIZER_FILE: &str = "tokenizer.json";

/// See [`HookedTransformer::load`].
pub(crate) fn load(dir: &Path) -> Result<HookedTransformer> {
    let cfg = HookedTransformerConfig::from_json_file(dir.join(CONFIG_FILE))?;
    let weights = load_weights(&cfg, &dir.join(WEIGHTS_FILE))?;
    let mut model = HookedTransformer::from_weights(cfg, weights);
    let tokenizer = dir.join(TOKENIZER_FILE);
    if tokenizer.exists() {
        model.set_tokenizer(Tokenizer::from_file(&tokenizer)?)?;
    }
    Ok(model)
}

fn load_weights(cfg: &HookedTransformerConfig, path: &Path) -> Result<Weights> {
    let file = safetensors_file::SafetensorsFile::open(path)?;
    let reader = file.reader()?;
    let weights = layout::assemble(cfg, |parameter, out| reader.read(parameter, out))?;
    reader.refuse_leftovers()?;
    Ok(weights)
}

/// See [`HookedTransformer::save`].
pub(crate) fn save(model: &HookedTransformer, dir: &Path) -> Result<()> {
    std::fs::create_dir_all(dir).map_err(|source| Error::Io { path: dir.to_path_buf(), source })?;
    let config = serde_json::to_string_pretty(model.cfg()).expect("a configuration is plain data");
    write_whole(&dir.join(CONFIG_FILE), config.as_bytes())?;
    let bytes = safetensors_file::to_bytes(&model.state_dict())?;
    write_whole(&dir.join(WEIGHTS_FILE), &bytes)?;
    if let Some(tokenizer) = model.tokenizer() {
        write_whole(&dir.join(TOKENIZER_FILE), tokenizer.to_json()?.as_bytes())?;
    }
    Ok(())
}

/// Writes a file in one piece: whoever reads it sees the old content or the new, never half of it.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let fail = |source| Error::Io { path: path.to_path_buf(), source };
    let partial = path.with_extension("partial");
    let mut file = std::fs::File::create(&partial).map_err(fail)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(fail)?;
    std::fs::rename(&partial, path).map_err(fail)
}
