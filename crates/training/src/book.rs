//! A book as token ids.
//!
//! The committed book is read by the character: 95 characters and a beginning-of-sequence token make a vocabulary so small
//! that an induction head grows in seconds.

use std::sync::Arc;

use crate::error::{Result, TrainingError};

/// *Alice's Adventures in Wonderland*; its terms are in `books/README.md`.
pub const ALICE: &str = include_str!("../books/alice.txt");

/// The token at the start of every row, as TransformerLens prepends it.
pub const BOS: usize = 0;

/// Tokens that are characters: 0 is the beginning of a sequence, 1 a line break, and from 2 on come the printable ASCII
/// characters, from the space to `}`.
#[derive(Clone, Copy, Debug)]
pub struct Characters;

impl Characters {
    /// How many tokens there are.
    pub const VOCABULARY: usize = 96;

    const FIRST: u8 = b' ';
    const FIRST_ID: u16 = 2;

    /// The tokens of a text; characters outside the vocabulary are left out.
    pub fn encode(text: &str) -> Vec<u16> {
        let id = |byte: u8| match byte {
            b'\n' => Some(1),
            b' '..=b'}' => Some(u16::from(byte - Self::FIRST) + Self::FIRST_ID),
            _ => None,
        };
        text.bytes().filter_map(id).collect()
    }

    /// A token as it is shown: `⏎` for a line break, `<bos>` for the beginning of a sequence.
    pub fn show(token: usize) -> String {
        match token {
            BOS => "<bos>".to_string(),
            1 => "⏎".to_string(),
            _ => {
                let byte = u8::try_from(token).ok().and_then(|id| (id - Self::FIRST_ID as u8).checked_add(Self::FIRST));
                byte.filter(|byte| *byte <= b'}')
                    .map_or_else(|| format!("<{token}>"), |byte| char::from(byte).to_string())
            }
        }
    }
}

/// Text and back.
impl Characters {
    /// The characters of a token as they are in a text; nothing for [`BOS`].
    pub fn text(token: usize) -> String {
        match token {
            BOS => String::new(),
            1 => "\n".to_string(),
            _ => Self::show(token),
        }
    }

    /// A `tokenizer.json` of these tokens, so that a model of characters takes text as any other does. Characters outside the
    /// vocabulary are left out, as [`encode`](Self::encode) does. [`BOS`] is spelled `<|endoftext|>`, the usual name.
    pub fn tokenizer_json() -> String {
        const BOS_NAME: &str = "<|endoftext|>";
        let mut vocabulary: serde_json::Map<String, serde_json::Value> =
            (1..Self::VOCABULARY).map(|id| (Self::text(id), id.into())).collect();
        vocabulary.insert(BOS_NAME.to_string(), BOS.into());
        let special = serde_json::json!({
            "id": BOS, "content": BOS_NAME, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
            "special": true
        });
        // Byte pair encoding without a pair: every character stays a token.
        let model = serde_json::json!({
            "type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
            "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "vocab": vocabulary, "merges": []
        });
        let tokenizer = serde_json::json!({
            "version": "1.0", "truncation": null, "padding": null, "added_tokens": [special], "normalizer": null,
            "pre_tokenizer": null, "post_processor": null, "decoder": { "type": "Fuse" }, "model": model
        });
        tokenizer.to_string()
    }
}

/// Text as token ids: what is trained on, and what is held out. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Text {
    /// What a model is trained on.
    pub train: Arc<[u16]>,
    /// What no model is trained on.
    pub held_out: Arc<[u16]>,
}

impl Text {
    /// The share of a book that is trained on; its end is held out.
    const TRAIN_SHARE: f64 = 0.98;

    /// *Alice*, by the character.
    pub fn alice() -> Self {
        Text::of_books([Characters::encode(ALICE)])
    }

    /// Books joined by [`BOS`], the end of each held out.
    pub fn of_books(books: impl IntoIterator<Item = Vec<u16>>) -> Self {
        let (mut train, mut held_out) = (Vec::new(), Vec::new());
        for book in books {
            let cut = (book.len() as f64 * Self::TRAIN_SHARE) as usize;
            for (part, tokens) in [(&mut train, &book[..cut]), (&mut held_out, &book[cut..])] {
                part.push(BOS as u16);
                part.extend_from_slice(tokens);
            }
        }
        Text { train: train.into(), held_out: held_out.into() }
    }

    /// # Errors
    /// A row of this many tokens does not fit, or a token is outside the vocabulary.
    pub(crate) fn check(&self, context: usize, vocabulary: usize) -> Result<()> {
        for (part, tokens) in [("training text", &self.train), ("held-out text", &self.held_out)] {
            if tokens.len() <= context {
                let problem = format!(
                    "the {part} has {} tokens, but a row alone takes {context}, and needs one more; give more text, or a \
                     smaller context",
                    tokens.len()
                );
                return Err(TrainingError::Text { problem });
            }
            if let Some(at) = tokens.iter().position(|&token| usize::from(token) >= vocabulary) {
                let problem =
                    format!("token {} of the {part} is {}, outside the vocabulary of {vocabulary}", at, tokens[at]);
                return Err(TrainingError::Text { problem });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_have_their_ids_and_come_back() {
        assert_eq!(Characters::encode("\n A}é"), [1, 2, 35, 95]);
        let shown: String = Characters::encode("Alice!").iter().map(|&id| Characters::show(id.into())).collect();
        assert_eq!(shown, "Alice!");
        assert_eq!([0, 1, 2, 95, 96, 700].map(Characters::show), ["<bos>", "⏎", " ", "}", "<96>", "<700>"]);
    }

    #[test]
    fn a_model_of_characters_takes_text() {
        let model = crate::initial_model(&crate::Recipe::grow()).unwrap();
        let mut files = model.to_files().unwrap();
        files.push(("tokenizer.json", Characters::tokenizer_json().into_bytes()));
        let model = hooked_transformer::HookedTransformer::from_files(files).unwrap();
        let text = "Off with\n her é{}~ head!";
        let ids = model.to_tokens(text, None).unwrap();
        let want: Vec<usize> = Characters::encode(text).into_iter().map(usize::from).collect();
        assert_eq!(ids.row(0).to_vec(), [vec![BOS], want.clone()].concat());
        let back: String = want.into_iter().map(Characters::text).collect();
        assert_eq!(back, "Off with\n her {} head!");
        assert_eq!(model.to_str_tokens("a\n", None).unwrap(), ["<|endoftext|>", "a", "\n"]);
        // Every token but the first comes back as it was.
        let all: String = (1..Characters::VOCABULARY).map(Characters::text).collect();
        let ids = model.to_tokens(all.as_str(), false).unwrap();
        assert_eq!(ids.row(0).to_vec(), (1..Characters::VOCABULARY).collect::<Vec<_>>());
    }

    #[test]
    fn the_end_of_each_book_is_held_out() {
        let text = Text::of_books([vec![1; 100], vec![2; 50]]);
        assert_eq!((text.train.len(), text.held_out.len()), (1 + 98 + 1 + 49, 1 + 2 + 1 + 1));
        assert_eq!(&text.held_out[..], [0, 1, 1, 0, 2]);
        assert_eq!(Text::alice().train.len() + Text::alice().held_out.len(), ALICE.len() + 2);
    }
}
