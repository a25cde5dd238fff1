//! The chapters of the guide, as far as commands read them: the section about a function, and its hints.
//!
//! Hints are in the guide only, folded:
//!
//! ```text
//! ## Three detectors
//! *... Functions `current_attn_detector`, `prev_attn_detector`, checks `c02` to `c04`.*
//! <details>
//! <summary>Hint 1: the idea</summary>
//! ...
//! </details>
//! ```

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag};

use super::course::Exercise;
use super::workspace::Workspace;

/// The hints about a function, from the gentlest to the plainest.
///
/// # Errors
/// When the chapter is missing, or says nothing about the function.
pub(crate) fn hints(workspace: &Workspace, exercise: &Exercise, function: &str) -> Result<Vec<String>, String> {
    let chapter = workspace.read(&exercise.guide())?;
    let hints = section(&chapter, function).map(|section| hints_in(&chapter[section])).unwrap_or_default();
    if hints.is_empty() {
        return Err(format!("{} has no hints about `{function}`.", exercise.guide()));
    }
    Ok(hints)
}

/// The part of the chapter from the heading above the first mention of the function, in backticks, to the next heading.
fn section(chapter: &str, function: &str) -> Option<Range<usize>> {
    let (mut begin, mut is_mentioned) = (None, false);
    for (event, place) in Parser::new(chapter).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H2, .. }) if is_mentioned => {
                return begin.map(|begin| begin..place.start);
            }
            Event::Start(Tag::Heading { level: HeadingLevel::H2, .. }) => begin = Some(place.start),
            Event::Code(code) if &*code == function && begin.is_some() => is_mentioned = true,
            _ => {}
        }
    }
    begin.filter(|_| is_mentioned).map(|begin| begin..chapter.len())
}

/// What is folded under a summary that begins with `Hint`: the summary, and the text below it.
fn hints_in(section: &str) -> Vec<String> {
    let mut hints = Vec::new();
    let mut open: Option<(String, usize)> = None;
    for (event, place) in Parser::new(section).into_offset_iter() {
        let Event::Html(html) = event else { continue };
        if let Some(title) = between(&html, "<summary>", "</summary>").filter(|title| title.starts_with("Hint ")) {
            open = Some((title.to_string(), place.end));
        } else if html.contains("</details>")
            && let Some((title, begin)) = open.take()
        {
            hints.push(format!("{title}\n\n{}", without_fences(&section[begin..place.start])));
        }
    }
    hints
}

fn between<'t>(text: &'t str, begin: &str, end: &str) -> Option<&'t str> {
    text.split_once(begin)?.1.split_once(end).map(|(inside, _)| inside)
}

/// On a terminal, a block of code needs no fences.
fn without_fences(text: &str) -> String {
    let lines = text.trim().lines().filter(|line| !line.trim_start().starts_with("```"));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reads::course::Course;

    const CHAPTER: &str = "# Title\n\nWith `f` and `g`.\n\n## One\n*Function `f`.*\n<details>\n<summary>Hint 1: idea</summary>\n\nThink.\n\n</details>\n\
                           <details>\n<summary>Solution</summary>\n\nNo.\n\n</details>\n\n## Two\n*Function `g`.*\n\n<details>\n\
                           <summary>Hint 1: other</summary>\n\n```text\nx = y\n</details>\n## Three `h`\n```\n\n</details>\n";

    fn hints_about(function: &str) -> Vec<String> {
        section(CHAPTER, function).map(|section| hints_in(&CHAPTER[section])).unwrap_or_default()
    }

    #[test]
    fn hints_are_those_of_the_functions_own_section() {
        assert_eq!(hints_about("f"), ["Hint 1: idea\n\nThink."]);
    }

    /// A line of code that looks like a heading, a tag or a name is none.
    #[test]
    fn code_is_not_taken_for_markup() {
        assert_eq!(hints_about("g"), ["Hint 1: other\n\nx = y\n</details>\n## Three `h`"]);
        assert_eq!(section(CHAPTER, "h"), None);
    }

    #[test]
    fn every_function_of_the_course_has_hints() {
        let Course { workspace, exercises } = Course::find().unwrap();
        for exercise in &exercises {
            for function in exercise.names(&workspace).unwrap() {
                let hints = hints(&workspace, exercise, &function);
                assert!(hints.is_ok_and(|hints| hints.len() >= 2), "{function} of {}", exercise.slug);
            }
        }
    }
}
