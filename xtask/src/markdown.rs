//! What a page of the guide refers to, and what can be referred to in it: as much of Markdown as these pages use.
//!
//! - a link or an image: `[words](target)`, `![words](target)`, `[name]: target`, and `src="…"` or `href="…"` in HTML;
//! - a piece of a file: `{{#include path:anchor}}`, also inside a block of code;
//! - a heading, whose id mdBook makes of its words: lower case, white space to hyphens, punctuation dropped, `-1` and so on
//!   behind one that was there before; or says outright, `## Words {#id}`.

use std::collections::{BTreeMap, BTreeSet};

/// A reference, and the line that it stands in, counted from one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) line: usize,
    pub(crate) to: Target,
}

/// Where a reference leads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A link, an image or a frame.
    Link(String),
    /// A piece of a file: its path and, behind a colon, which piece.
    Include(String),
    /// Rust that was pasted into the page, where no compiler sees it; the first line of it.
    PastedRust,
}

/// Everything that the page refers to, from top to bottom.
pub(crate) fn references(page: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    for Line { number, text, fence } in lines(page) {
        let targets = includes(text).map(Target::Include);
        let here: Vec<Target> = match fence {
            Some(language) if language.starts_with("rust") && !text.trim_start().starts_with("{{#") => {
                vec![Target::PastedRust]
            }
            Some(_) => targets.collect(),
            None => targets.chain(links(&without_code(text)).into_iter().map(Target::Link)).collect(),
        };
        found.extend(here.into_iter().map(|to| Reference { line: number, to }));
    }
    found.dedup_by(|later, earlier| (&later.to, &earlier.to) == (&Target::PastedRust, &Target::PastedRust));
    found
}

/// The ids that a link can lead to.
pub(crate) fn ids(page: &str) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let mut times = BTreeMap::new();
    for Line { text, .. } in lines(page).filter(|line| line.fence.is_none()) {
        ids.extend(attributes(text, " id=\"").map(str::to_string));
        let words = text.trim_start_matches('#');
        if !text.starts_with('#') || !words.starts_with(' ') {
            continue;
        }
        if let Some((_, id)) = words.trim_end().strip_suffix('}').and_then(|words| words.rsplit_once("{#")) {
            ids.insert(id.to_string());
            continue;
        }
        let id = id_of(words);
        let before: &mut usize = times.entry(id.clone()).or_default();
        ids.insert(if *before == 0 { id } else { format!("{id}-{before}") });
        *before += 1;
    }
    ids
}

/// A line of a page; inside a block of code, with the language of the block.
struct Line<'p> {
    number: usize,
    text: &'p str,
    fence: Option<&'p str>,
}

/// The lines of a page but for those that begin and end a block of code.
fn lines(page: &str) -> impl Iterator<Item = Line<'_>> {
    let mut fence = None;
    page.lines().enumerate().filter_map(move |(index, text)| {
        if let Some(language) = text.trim_start().strip_prefix("```") {
            fence = if fence.is_none() { Some(language) } else { None };
            return None;
        }
        Some(Line { number: index + 1, text, fence })
    })
}

/// What stands between `{{#include` and `}}`, unless a backslash in front says that it is meant as words.
fn includes(text: &str) -> impl Iterator<Item = String> + '_ {
    text.match_indices("{{#include ").filter(|(at, _)| !text[..*at].ends_with('\\')).filter_map(|(at, begin)| {
        let (target, _) = text[at + begin.len()..].split_once("}}")?;
        Some(target.trim().to_string())
    })
}

/// The line without what stands between backticks: a link in there is none.
fn without_code(text: &str) -> String {
    text.split('`').step_by(2).collect::<Vec<_>>().join("` `")
}

fn links(text: &str) -> Vec<String> {
    let inline = text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    let defined = text.strip_prefix('[').and_then(|rest| rest.split_once("]: ")).map(|(_, target)| target.trim());
    let html = attributes(text, " src=\"").chain(attributes(text, " href=\""));
    inline.chain(defined).chain(html).map(str::to_string).collect()
}

/// The values of an attribute of HTML, given as it begins: ` src="`.
fn attributes<'t>(text: &'t str, begin: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(begin).skip(1).filter_map(|rest| rest.split('"').next())
}

/// mdBook's id for the words of a heading. Of a link in them only the words count.
fn id_of(words: &str) -> String {
    let words: Vec<&str> = words.split("](").enumerate().map(|(i, w)| if i == 0 { w } else { after_link(w) }).collect();
    let letter = |c: char| match c {
        '-' | '_' => Some(c),
        c if c.is_alphanumeric() => Some(c),
        c if c.is_whitespace() => Some('-'),
        _ => None,
    };
    words.concat().trim().to_lowercase().chars().filter_map(letter).collect()
}

fn after_link(rest: &str) -> &str {
    rest.split_once(')').map_or(rest, |(_, after)| after)
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
        let page = "# A [b](./c.md)\n![d](e.png \"title\") and [f](#g)\n\n<iframe title=\"h\" src=\"i.html\"></iframe>\n[j]: k.md\n";
        let expected = [(1, "./c.md"), (2, "e.png"), (2, "#g"), (4, "i.html"), (5, "k.md")];
        assert_eq!(targets(page), expected.map(|(line, target)| (line, link(target))));
    }

    #[test]
    fn code_holds_no_links_but_includes() {
        let page = "`[a](b)` [c](d)\n```text\n[e](f)\n{{#include g.rs:h}}\n```\n\\{{#include no}}\n{{#include i.md}}\n";
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
