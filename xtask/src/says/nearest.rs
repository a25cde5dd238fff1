//! The word that was most likely meant by a mistyped one.

/// The known word that is nearest to a word, if it is near enough for a slip of the fingers.
pub(crate) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let room = (word.chars().count() / 3).clamp(1, 3);
    let near = known.into_iter().map(|candidate| (strsim::levenshtein(&word.to_lowercase(), candidate), candidate));
    near.filter(|(steps, _)| *steps <= room).min_by_key(|(steps, _)| *steps).map(|(_, candidate)| candidate)
}

/// A question to put after "there is no such thing": empty when nothing is near.
pub(crate) fn did_you_mean<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    nearest(word, known).map(|near| format!(" Did you mean `{near}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_understood_and_another_word_is_not() {
        let known = ["check", "check-all", "watch", "prev_attn_detector"];
        assert_eq!(nearest("chek", known), Some("check"));
        assert_eq!(nearest("chekc-all", known), Some("check-all"));
        assert_eq!(nearest("Watch", known), Some("watch"));
        assert_eq!(nearest("prev_atn_detector", known), Some("prev_attn_detector"));
        assert_eq!(nearest("test", known), None);
        assert_eq!(nearest("", known), None);
    }
}
