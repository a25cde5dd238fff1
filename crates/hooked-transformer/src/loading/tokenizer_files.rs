//! A model's tokenizer: `tokenizer.json`, or the two files of a byte-level one from before there was that format.

use std::fmt::Display;
use std::path::Path;

use serde_json::Value;
use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;

use super::model_file::ModelFile;
use super::which_files::ModelSource;
use crate::error::{Error, Result};
use crate::text::tokens::Tokenizer;

/// Files that name the special tokens.
const SPECIAL: [&str; 2] = ["tokenizer_config.json", "special_tokens_map.json"];

/// The tokenizer, if the model comes with one.
///
/// # Errors
/// A file is damaged, or a special token is not in the vocabulary.
pub(crate) fn tokenizer(files: &mut dyn ModelSource) -> Result<Option<Tokenizer>> {
    let names = files.names()?;
    let has = |name: &str| names.iter().any(|other| other == name);
    let mut special = Vec::new();
    for name in SPECIAL.into_iter().filter(|name| has(name)) {
        special.push(files.file(name)?.json()?);
    }
    if has("tokenizer.json") {
        let file = files.file("tokenizer.json")?;
        return match SpecialTokens::find(&special) {
            None => Tokenizer::from_json_of(file.path(), &file.read()?).map(Some),
            Some(special) => special.complete(from_json(&file)?, file.path()).map(Some),
        };
    }
    if has("vocab.json") && has("merges.txt") {
        let (vocab, merges) = (files.file("vocab.json")?, files.file("merges.txt")?);
        let default = || SpecialTokens { bos: None, eos: Some("<|endoftext|>".into()), pad: None };
        let special = SpecialTokens::find(&special).unwrap_or_else(default);
        return special.complete(byte_level(&vocab, &merges)?, vocab.path()).map(Some);
    }
    Ok(None)
}

fn from_json(file: &ModelFile) -> Result<tokenizers::Tokenizer> {
    tokenizers::Tokenizer::from_bytes(file.read()?).map_err(|e| file.malformed(format!("not a tokenizer.json: {e}")))
}

/// GPT-2's kind of tokenizer from its vocabulary and merges.
fn byte_level(vocab: &ModelFile, merges: &ModelFile) -> Result<tokenizers::Tokenizer> {
    let damaged = |e: &dyn Display| {
        vocab.malformed(format!("together with {} it is not a byte-pair vocabulary: {e}", merges.path().display()))
    };
    let entries: Vocab = serde_json::from_slice(&vocab.read()?).map_err(|e| damaged(&e))?;
    let pairs = merge_pairs(&String::from_utf8_lossy(&merges.read()?)).map_err(|e| damaged(&e))?;
    let model = BPE::builder().vocab_and_merges(entries, pairs).build().map_err(|e| damaged(&e))?;
    let mut tokenizer = tokenizers::Tokenizer::new(model);
    tokenizer.with_pre_tokenizer(Some(ByteLevel::new(false, true, true)));
    tokenizer.with_decoder(Some(ByteLevel::default()));
    Ok(tokenizer)
}

/// The pairs of a `merges.txt`, one per line, below a line that says which version it is.
fn merge_pairs(text: &str) -> std::result::Result<Vec<(String, String)>, String> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with("#version") && !line.is_empty());
    let pair = |(number, line): (usize, &str)| match line.split_once(' ') {
        Some((left, right)) if !right.contains(' ') => Ok((left.to_string(), right.to_string())),
        _ => Err(format!("line {} of the merges is not two tokens: {line:?}", number + 1)),
    };
    lines.map(pair).collect()
}

/// Special tokens by their texts.
struct SpecialTokens {
    bos: Option<String>,
    eos: Option<String>,
    pad: Option<String>,
}

impl SpecialTokens {
    /// What the files say, the first before the second; `None` if they name neither beginning nor end.
    fn find(files: &[Value]) -> Option<Self> {
        let text = |value: &Value| value.as_str().or_else(|| value["content"].as_str()).map(str::to_string);
        let token = |name: &str| files.iter().find_map(|file| text(&file[name]));
        let special = SpecialTokens { bos: token("bos_token"), eos: token("eos_token"), pad: token("pad_token") };
        (special.bos.is_some() || special.eos.is_some()).then_some(special)
    }

    /// As the classic library does: what is missing is the end of text, which is `<|endoftext|>` unless it is named.
    fn complete(self, mut inner: tokenizers::Tokenizer, path: &Path) -> Result<Tokenizer> {
        let eos = self.eos.or_else(|| self.bos.clone()).unwrap_or_else(|| "<|endoftext|>".to_string());
        let bos = self.bos.unwrap_or_else(|| eos.clone());
        let pad = self.pad.filter(|pad| inner.token_to_id(pad).is_some()).unwrap_or_else(|| eos.clone());
        // In an old vocabulary they are ordinary entries, which a text could be cut into otherwise.
        let known = [&bos, &eos, &pad].into_iter().filter(|token| inner.token_to_id(token).is_some());
        let tokens: Vec<_> = known.map(|token| tokenizers::AddedToken::from(token.clone(), true)).collect();
        let damaged = |problem: String| Error::Malformed { path: path.to_path_buf(), problem };
        inner.add_special_tokens(tokens).map_err(|e| damaged(format!("special tokens cannot be added: {e}")))?;
        Tokenizer::with_special_tokens(inner, &bos, &eos, &pad).map_err(|e| damaged(e.to_string()))
    }
}
