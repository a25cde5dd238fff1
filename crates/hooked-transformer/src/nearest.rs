//! The names that look most like one that is unknown, for the message about it.

/// The `at_most` candidates that look most like `name`, best first.
pub(crate) fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>, at_most: usize) -> Vec<String> {
    let mut scored: Vec<(f64, &str)> =
        candidates.map(|candidate| (strsim::jaro_winkler(name, candidate), candidate)).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().take(at_most).map(|(_, candidate)| candidate.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_comes_first() {
        let names = ["blocks.0.attn.hook_pattern", "blocks.0.attn.hook_z", "hook_embed"];
        assert_eq!(nearest("blocks.0.attn.hook_patern", names.into_iter(), 1), ["blocks.0.attn.hook_pattern"]);
    }
}
