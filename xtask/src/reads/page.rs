//! What a page of the guide refers to, and what can be referred to in it.
//!
//! Markdown is read by the parser that mdBook uses. What mdBook does by itself is done here as it does it:
//! - `{{#include path:piece}}` anywhere, unless a backslash is in front;
//! - the id of a heading: its words in lower case, white space to hyphens, punctuation dropped, `-1` and so on behind one
//!   that was there before; or what `## Words {#id}` says.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// A reference, and the line that it is in, counted from one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) line: usize,
    pub(crate) to: Target,
}

/// Where a reference leads.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// A link, an image or a frame.
    Link(String),
    /// A piece of a file: its path and, behind a colon, which piece.
    Include(String),
    /// Rust that was pasted into the page, where no compiler sees it.
    PastedRust,
}

/// Everything that the page refers to, from top to bottom.
pub(crate) fn references(page: &str) -> Vec<Reference> {
    let mut found: Vec<(usize, Target)> =
        includes(page).map(|include| (include.place.start, Target::Include(include.target.to_string()))).collect();
    let mut is_rust = false;
    for (event, place) in parser(page) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                found.push((place.start, Target::Link(dest_url.to_string())));
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let targets = attributes(&html, "src").chain(attributes(&html, "href"));
                found.extend(targets.map(|target| (place.start, Target::Link(target.to_string()))));
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => is_rust = language.starts_with("rust"),
            Event::End(TagEnd::CodeBlock) => is_rust = false,
            Event::Text(code) if is_rust => {
                found.extend(first_pasted_line(&code).map(|line| (place.start + line, Target::PastedRust)));
            }
            _ => {}
        }
    }
    // Of one block, one line of pasted code is enough to name.
    found.sort();
    let line = |place: usize| page[..place].matches('\n').count() + 1;
    found.into_iter().map(|(place, to)| Reference { line: line(place), to }).collect()
}

/// A piece of another file that mdBook puts in.
pub(crate) struct Include<'p> {
    /// Where the whole of it is: `{{#include …}}`.
    pub(crate) place: Range<usize>,
    /// The path and, behind a colon, which piece.
    pub(crate) target: &'p str,
}

/// What is between `{{#include` and `}}`, unless a backslash in front says that it is meant as words.
pub(crate) fn includes(page: &str) -> impl Iterator<Item = Include<'_>> {
    const BEGIN: &str = "{{#include ";
    page.match_indices(BEGIN).filter(|(at, _)| !page[..*at].ends_with('\\')).filter_map(|(at, _)| {
        let (target, _) = page[at + BEGIN.len()..].split_once("}}")?;
        Some(Include { place: at..at + BEGIN.len() + target.len() + 2, target: target.trim() })
    })
}

/// The ids that a link can lead to.
pub(crate) fn ids(page: &str) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let mut times = BTreeMap::new();
    let mut heading: Option<(Option<String>, String)> = None;
    for (event, _) in parser(page) {
        match event {
            Event::Start(Tag::Heading { id, .. }) => heading = Some((id.map(|id| id.to_string()), String::new())),
            Event::Text(words) | Event::Code(words) => {
                if let Some((_, heading)) = &mut heading {
                    heading.push_str(&words);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let (own, words) = heading.take().unwrap_or_default();
                ids.insert(own.unwrap_or_else(|| unique(id_of(&words), &mut times)));
            }
            Event::Html(html) | Event::InlineHtml(html) => ids.extend(attributes(&html, "id").map(str::to_string)),
            _ => {}
        }
    }
    ids
}

fn parser(page: &str) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    Parser::new_ext(page, Options::ENABLE_HEADING_ATTRIBUTES | Options::ENABLE_TABLES).into_offset_iter()
}

/// mdBook's id for the words of a heading.
fn id_of(words: &str) -> String {
    let letter = |c: char| match c {
        '-' | '_' => Some(c),
        c if c.is_alphanumeric() => Some(c),
        c if c.is_whitespace() => Some('-'),
        _ => None,
    };
    words.trim().to_lowercase().chars().filter_map(letter).collect()
}

fn unique(id: String, times: &mut BTreeMap<String, usize>) -> String {
    let before = times.entry(id.clone()).or_default();
    *before += 1;
    if *before == 1 { id } else { format!("{id}-{}", *before - 1) }
}

/// Where the first line of a block of Rust begins that mdBook does not put there.
fn first_pasted_line(code: &str) -> Option<usize> {
    let mut place = 0;
    for line in code.split_inclusive('\n') {
        if !line.trim().is_empty() && !line.trim_start().starts_with("{{#") {
            return Some(place);
        }
        place += line.len();
    }
    None
}

/// The values of an attribute of HTML.
fn attributes<'t>(html: &'t str, name: &str) -> impl Iterator<Item = &'t str> {
    let begin = format!(" {name}=\"");
    let places: Vec<usize> = html.match_indices(&begin).map(|(at, begin)| at + begin.len()).collect();
    places.into_iter().filter_map(|at| html[at..].split('"').next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets(page: &str) -> Vec<(usize, Target)> {
        references(page).into_iter().map(|reference| (reference.line, reference.to)).collect()
    }

    fn link(target: &str) -> Target {
        Target::Link(target.into())
    }

    #[test]
    fn links_images_frames_and_definitions_are_found_with_their_lines() {
        let page = "# A [b](./c.md)\n![d](e.png \"title\") and [f](#g)\n\n<iframe title=\"h\" src=\"i.html\"></iframe>\n\nSee [j].\n\n[j]: k.md\n";
        let expected = [(1, "./c.md"), (2, "e.png"), (2, "#g"), (4, "i.html"), (6, "k.md")];
        assert_eq!(targets(page), expected.map(|(line, target)| (line, link(target))));
    }

    #[test]
    fn code_holds_no_links_but_includes() {
        let page = "`[a](b)` [c](d)\n```text\n[e](f)\n{{#include g.rs:h}}\n```\n\\{{#include no}}\n{{#include i.md}}\n~~~\n[k](l)\n~~~\n";
        let include = |target: &str| Target::Include(target.into());
        assert_eq!(targets(page), [(1, link("d")), (4, include("g.rs:h")), (7, include("i.md"))]);
    }

    #[test]
    fn rust_that_is_not_included_is_pasted() {
        let page = "```rust,ignore\n{{#include a.rs:b}}\nlet x = 1;\nlet y = 2;\n```\n";
        assert_eq!(targets(page), [(2, Target::Include("a.rs:b".into())), (3, Target::PastedRust)][..]);
    }

    #[test]
    fn ids_follow_mdbook() {
        let page = "# What's `W_Q`, then?\n## Two words\n## Two words\n### Own {#mine}\n```sh\n# no heading\n```\n#none\n\
                    ## See [the page](./x.md) now\n<a id=\"there\"></a>\n";
        let expected = ["mine", "see-the-page-now", "there", "two-words", "two-words-1", "whats-w_q-then"];
        assert_eq!(ids(page).into_iter().collect::<Vec<_>>(), expected);
    }
}
