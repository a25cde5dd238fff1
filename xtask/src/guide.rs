//! The chapters of the guide, as far as commands read them: the section about a function, and its hints.
//!
//! Hints stand in the guide only, folded:
//!
//! ```text
//! ## Three detectors
//! *... Functions `current_attn_detector`, `prev_attn_detector`, checks `c1` to `c3`.*
//! <details>
//! <summary>Hint 1: the idea</summary>
//! ...
//! </details>
//! ```

use crate::course::Exercise;
use crate::workspace;

/// The hints about a function, from the gentlest to the plainest.
///
/// # Errors
/// When the chapter is missing, or says nothing about the function.
pub(crate) fn hints(exercise: &Exercise, function: &str) -> Result<Vec<String>, String> {
    let chapter = workspace::read(&exercise.guide())?;
    let hints = hints_in(section(&chapter, function).unwrap_or_default());
    if hints.is_empty() {
        return Err(format!("{} has no hints about `{function}`.", exercise.guide()));
    }
    Ok(hints)
}

/// The part of the chapter from the heading above the first mention of the function to the next heading.
fn section<'c>(chapter: &'c str, function: &str) -> Option<&'c str> {
    let mention = chapter.find(&format!("`{function}`"))?;
    let start = chapter[..mention].rfind("\n## ")?;
    let end = chapter[start + 1..].find("\n## ").map_or(chapter.len(), |end| start + 1 + end);
    Some(&chapter[start..end])
}

fn hints_in(section: &str) -> Vec<String> {
    let folded = section.split("<details>").skip(1).filter_map(|part| part.split("</details>").next());
    folded
        .filter_map(|part| {
            let (title, body) = part.trim().strip_prefix("<summary>")?.split_once("</summary>")?;
            title
                .starts_with("Hint ")
                .then(|| format!("{title}\n\n{}", body.trim().replace("```text\n", "").replace("```", "")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHAPTER: &str = "# Title\n\n## One\n*Function `f`.*\n<details>\n<summary>Hint 1: idea</summary>\n\nThink.\n\n</details>\n\
                           <details>\n<summary>Solution</summary>\n\nNo.\n\n</details>\n\n## Two\n*Function `g`.*\n<details>\n\
                           <summary>Hint 1: other</summary>\n\n```text\nx = y\n```\n\n</details>\n";

    #[test]
    fn hints_are_those_of_the_functions_own_section() {
        assert_eq!(hints_in(section(CHAPTER, "f").unwrap()), ["Hint 1: idea\n\nThink."]);
        assert_eq!(hints_in(section(CHAPTER, "g").unwrap()), ["Hint 1: other\n\nx = y\n"]);
        assert_eq!(section(CHAPTER, "h"), None);
    }
}
