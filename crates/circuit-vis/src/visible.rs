//! Tokens as people can read them: spaces, newlines, control characters and empty strings get a visible mark.
//!
//! The data block carries both forms, so that this is decided here and nowhere else: `raw` is what the model saw, `shown`
//! is what the page and the terminal print.

use serde_json::{Value, json};

/// The visible form of a token.
///
/// A space becomes `·`, a newline `⏎`, a tab `⇥`, other control characters their Unicode picture (`␍`), the empty string
/// `∅`, and what would reorder or hide its neighbors (a bidirectional override, a zero-width space) its code point.
pub(crate) fn visible(token: &str) -> String {
    if token.is_empty() {
        return "∅".into();
    }
    let joins = token.chars().count() > 1; // a joiner in the middle of an emoji is part of it
    token.chars().map(|c| mark(c, joins)).collect()
}

fn mark(c: char, joins: bool) -> String {
    match c {
        ' ' => "·".into(),
        '\n' => "⏎".into(),
        '\t' => "⇥".into(),
        '\u{a0}' => "⍽".into(),
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + c as u32).unwrap_or(c).into(),
        '\u{7f}' => "␡".into(),
        '\u{200c}' | '\u{200d}' if joins => c.into(),
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => {
            format!("‹{:04X}›", c as u32)
        }
        _ => c.into(),
    }
}

/// The visible form of a label: as of a token, but spaces between words stay what they are.
pub(crate) fn label(text: &str) -> String {
    let words = text.trim_matches(' ');
    if words.is_empty() {
        return visible(text);
    }
    let start = text.len() - text.trim_start_matches(' ').len();
    let end = text.len() - start - words.len();
    let inner: Vec<String> =
        words.split(' ').map(|word| if word.is_empty() { String::new() } else { visible(word) }).collect();
    format!("{}{}{}", "·".repeat(start), inner.join(" "), "·".repeat(end))
}

/// The `{"raw": [...], "shown": [...]}` of the data block.
pub(crate) fn block<S: AsRef<str>>(tokens: &[S]) -> Value {
    let raw: Vec<&str> = tokens.iter().map(AsRef::as_ref).collect();
    let shown: Vec<String> = raw.iter().map(|token| visible(token)).collect();
    json!({ "raw": raw, "shown": shown })
}

/// `3 ·cat`: position and visible token, as the terminal prints them.
pub(crate) fn numbered<S: AsRef<str>>(tokens: &[S]) -> Vec<String> {
    tokens.iter().enumerate().map(|(pos, token)| format!("{pos} {}", visible(token.as_ref()))).collect()
}

#[cfg(test)]
mod tests {
    use super::{label, visible};

    #[test]
    fn a_label_keeps_the_spaces_between_words() {
        assert_eq!(label("  head 3  of\n 4 "), "··head 3  of⏎ 4·");
        assert_eq!((label(""), label(" ")), ("∅".into(), "·".into()));
    }

    #[test]
    fn whitespace_is_visible_each_time_it_occurs() {
        assert_eq!(visible("  a b\n\n\t"), "··a·b⏎⏎⇥");
        assert_eq!(visible(""), "∅");
        assert_eq!(visible("\r\u{0}\u{a0}"), "␍␀⍽");
    }

    #[test]
    fn what_hides_or_reorders_is_spelt_out() {
        assert_eq!(visible("a\u{202e}b\u{200b}"), "a‹202E›b‹200B›");
        assert_eq!(visible("\u{200d}"), "‹200D›");
    }

    #[test]
    fn letters_and_emoji_of_all_scripts_stay() {
        for token in ["שלום", "مرحبا", "👩\u{200d}👩\u{200d}👧", "日本", "<img>"] {
            assert_eq!(visible(token), token);
        }
    }
}
