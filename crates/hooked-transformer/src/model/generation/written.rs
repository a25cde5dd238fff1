//! Generated tokens as text: a row's prompt and continuation, at the end and while it grows.
//!
//! Some tokenizers (SentencePiece) write a word's space into its token and drop it at the beginning of a text, so the
//! text of a continuation is not that of its tokens alone: it is what the whole row's text has beyond the prompt's.

use ndarray::ArrayView2;

use crate::error::{Error, Result};
use crate::model::HookedTransformer;
use crate::text::tokens::Tokenizer;

/// What the tokenizer writes for bytes that are not a whole character yet.
const INCOMPLETE: char = '\u{FFFD}';

/// A row as text, without special tokens and without ids that the tokenizer does not know (a model may have more rows
/// in its embedding than its tokenizer has tokens).
pub(super) struct WrittenText {
    pub whole: String,
    prompt: String,
    /// The text of the new tokens alone, for decoders that change what is before a token because of what follows.
    alone: String,
}

impl WrittenText {
    pub(super) fn of(tokenizer: &Tokenizer, ids: &[usize], n_prompt: usize) -> Self {
        let (prompt, new) = ids.split_at(n_prompt);
        WrittenText {
            whole: readable(tokenizer, ids),
            prompt: readable(tokenizer, prompt),
            alone: readable(tokenizer, new),
        }
    }

    /// The text after the prompt's. A character that the prompt only began belongs to the continuation.
    pub(super) fn continuation(&self) -> &str {
        let complete = self.prompt.trim_end_matches(INCOMPLETE);
        let rest = self.whole.strip_prefix(&self.prompt).or_else(|| self.whole.strip_prefix(complete));
        rest.unwrap_or(&self.alone)
    }
}

fn readable(tokenizer: &Tokenizer, ids: &[usize]) -> String {
    let special = [tokenizer.bos_token_id(), tokenizer.eos_token_id(), tokenizer.pad_token_id()];
    let readable = |id: &usize| !special.contains(id) && tokenizer.decode(&[*id]).is_ok();
    let ids: Vec<usize> = ids.iter().copied().filter(readable).collect();
    tokenizer.decode(&ids).unwrap_or_default()
}

/// The text that rows grow by from step to step; the pieces of a row add up to its continuation. (The `tokenizers`
/// crate has a stream as well, but one that never gives away an incomplete character at the end.)
pub(super) struct TextStreams<'m> {
    tokenizer: &'m Tokenizer,
    n_prompt: usize,
    /// What was given away of each row so far.
    given: Vec<String>,
}

impl<'m> TextStreams<'m> {
    /// # Errors
    /// The model has no tokenizer.
    pub(super) fn new(model: &'m HookedTransformer, n_batch: usize, n_prompt: usize) -> Result<Self> {
        let tokenizer = model.tokenizer().ok_or(Error::NoTokenizer)?;
        Ok(TextStreams { tokenizer, n_prompt, given: vec![String::new(); n_batch] })
    }

    /// The new text of each row. An incomplete character waits for the step that completes it, or for the last one.
    pub(super) fn next(&mut self, tokens: ArrayView2<'_, usize>, last: bool) -> Vec<String> {
        let mut new = Vec::with_capacity(self.given.len());
        for (row, given) in tokens.rows().into_iter().zip(&mut self.given) {
            let written = WrittenText::of(self.tokenizer, &row.to_vec(), self.n_prompt);
            let continuation = written.continuation();
            let ready = if last { continuation } else { continuation.trim_end_matches(INCOMPLETE) };
            let piece = ready.strip_prefix(given.as_str()).unwrap_or_default().to_string();
            given.push_str(&piece);
            new.push(piece);
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use ndarray::{Array2, s};

    use super::*;

    /// Words with their spaces as SentencePiece writes them, and the two bytes of `é`.
    fn tokenizer(decoder: &str) -> Tokenizer {
        let json = format!(
            r#"{{"version": "1.0", "truncation": null, "padding": null, "normalizer": null, "post_processor": null,
                "added_tokens": [],
                "pre_tokenizer": {{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}},
                "decoder": {decoder},
                "model": {{"type": "WordLevel", "unk_token": "<unk>", "vocab": {{"<unk>": 0, "<s>": 1, "</s>": 2,
                    "▁the": 3, "▁king": 4, "s": 5, "▁caf": 6, "<0xC3>": 7, "<0xA9>": 8, "▁sat": 9}}}}}}"#
        );
        let inner = tokenizers::Tokenizer::from_str(&json).unwrap();
        Tokenizer::with_special_tokens(inner, "<s>", "</s>", "</s>").unwrap()
    }

    const METASPACE: &str = r#"{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}"#;
    const LLAMA: &str = r#"{"type": "Sequence", "decoders": [
        {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
        {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}"#;

    #[test]
    fn a_continuation_keeps_the_space_before_it() {
        for decoder in [METASPACE, LLAMA] {
            let tokenizer = tokenizer(decoder);
            assert_eq!(tokenizer.encode("the king", true).unwrap(), [1, 3, 4]);
            let continuation = |ids: &[usize], n_prompt| {
                let written = WrittenText::of(&tokenizer, ids, n_prompt);
                (written.whole.clone(), written.continuation().to_string())
            };
            assert_eq!(continuation(&[1, 3, 4, 9, 3, 4], 3), ("the king sat the king".into(), " sat the king".into()));
            assert_eq!(continuation(&[1, 3, 4, 5, 9], 3), ("the kings sat".into(), "s sat".into()));
            // At the very beginning of a text there is no space.
            assert_eq!(continuation(&[1, 3, 4], 1), ("the king".into(), "the king".into()));
            assert_eq!(continuation(&[1, 3, 2, 2], 2), ("the".into(), String::new()));
        }
    }

    #[test]
    fn pieces_add_up_to_the_continuation_and_hold_whole_characters() {
        let tokenizer = tokenizer(LLAMA);
        let pieces = |ids: &[usize], n_prompt: usize| {
            let row = Array2::from_shape_vec((1, ids.len()), ids.to_vec()).unwrap();
            let mut streams = TextStreams { tokenizer: &tokenizer, n_prompt, given: vec![String::new()] };
            let step = |end: usize| streams.next(row.slice(s![.., ..end]), end == ids.len()).remove(0);
            (n_prompt + 1..=ids.len()).map(step).collect::<Vec<_>>()
        };
        assert_eq!(pieces(&[1, 3, 9, 5, 4], 2), [" sat", "s", " king"]);
        assert_eq!(pieces(&[1, 3, 6, 7, 8, 9], 2), [" caf", "", "é", " sat"]);
        // The first byte is the prompt's.
        assert_eq!(pieces(&[1, 6, 7, 8, 9], 3), ["é", " sat"]);
        // A character that is never completed is there in the end, as in the continuation.
        assert_eq!(pieces(&[1, 3, 6, 7], 2), [" caf", "\u{FFFD}"]);
    }
}
