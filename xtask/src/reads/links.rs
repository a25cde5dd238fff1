//! Do the references in the guide lead somewhere? Links, images, frames, anchors and included pieces of files.
//!
//! Addresses on the network are left out: the guide is checked without one.

use std::fs;

use super::page::{self, Target};
use super::stub;
use super::workspace::Workspace;

/// The folder of the pages, from the root of the repository.
pub(crate) const PAGES: &str = "exercises/guide/src";

/// The playground in the book: a file that is too large to be kept, and that `cargo xtask mdbook` writes for mdBook.
pub(crate) const PLAYGROUND: &str = "live-playground.html";

/// Every reference of every page that leads nowhere: where it is, what was expected, what to do.
///
/// # Errors
/// When the pages cannot be read.
pub(crate) fn troubles(workspace: &Workspace) -> Result<Vec<String>, String> {
    let mut troubles = Vec::new();
    for page in pages_in(PAGES, workspace)? {
        let text = workspace.read(&page)?;
        // A file of any kind, as text: of a picture only its being there counts.
        let read = |file: &str| workspace.read_lossy(file).ok();
        troubles.extend(troubles_of(&page, &text, &read));
        troubles.extend(troubles_of_figures(&page, &text, &read));
    }
    Ok(troubles)
}

/// The pages in a folder and in those below it.
fn pages_in(folder: &str, workspace: &Workspace) -> Result<Vec<String>, String> {
    let unreadable = |error: std::io::Error| format!("{folder} cannot be read: {error}.");
    let mut pages = Vec::new();
    for entry in fs::read_dir(workspace.path(folder)).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if path.ends_with(".md") {
            pages.push(path);
        } else if entry.file_type().map_err(unreadable)?.is_dir() {
            pages.extend(pages_in(&path, workspace)?);
        }
    }
    pages.sort();
    Ok(pages)
}

/// The troubles of the figures that a page includes. Their links are as in the page, from its folder.
fn troubles_of_figures(page: &str, text: &str, read: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let figures =
        page::includes(text).map(|include| resolve(page, include.target)).filter(|file| file.ends_with(".svg"));
    let broken = |figure: String| {
        let content = read(&figure).unwrap_or_default();
        let links = page::references(&content).into_iter().filter_map(|reference| match reference.to {
            Target::Link(target) => link_trouble(page, text, &target, read),
            Target::Include(_) | Target::PastedRust => None,
        });
        links.map(|trouble| format!("{figure}: {trouble}")).collect::<Vec<_>>()
    };
    figures.flat_map(broken).collect()
}

/// The troubles of one page. `read` gives a file by its path from the root, or nothing.
fn troubles_of(page: &str, text: &str, read: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let references = page::references(text).into_iter();
    references
        .filter_map(|reference| {
            let trouble = match &reference.to {
                Target::Link(target) => link_trouble(page, text, target, read),
                Target::Include(target) => include_trouble(page, target, read),
                Target::PastedRust => Some(
                    "no compiler sees this line of Rust: put it into a file that is built, as a function or between \
                     `// ANCHOR: name` and `// ANCHOR_END: name`, and include it from there"
                        .into(),
                ),
            };
            trouble.map(|trouble| format!("{page}:{}: {trouble}", reference.line))
        })
        .collect()
}

fn link_trouble(page: &str, text: &str, target: &str, read: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    if ["http://", "https://", "mailto:"].iter().any(|scheme| target.starts_with(scheme)) {
        return None;
    }
    let (path, anchor) = target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
    let file = if path.is_empty() { page.to_string() } else { resolve(page, path) };
    if !file.starts_with(&format!("{PAGES}/")) {
        return Some(format!(
            "`{target}` leads to {file}, which the book does not carry: name the file in backticks instead"
        ));
    }
    if file == format!("{PAGES}/{PLAYGROUND}") {
        return None;
    }
    let there = if file == page { Some(text.to_string()) } else { read(&file) };
    let Some(content) = there else {
        return Some(format!("`{target}` leads to {file}, which does not exist: correct the link, or add the file"));
    };
    let listed = || read(&format!("{PAGES}/SUMMARY.md")).unwrap_or_default().contains(&file[PAGES.len() + 1..]);
    if file.ends_with(".md") && file != page && !listed() {
        return Some(format!("`{target}` leads to {file}, which is not a page of the book: add it to SUMMARY.md"));
    }
    anchor_trouble(target, &file, &content, anchor?)
}

fn anchor_trouble(target: &str, file: &str, content: &str, anchor: &str) -> Option<String> {
    let ids = page::ids(content);
    if ids.contains(anchor) {
        return None;
    }
    let nearest = ids.iter().max_by_key(|id| common_prefix(id, anchor))?;
    Some(format!(
        "`{target}` asks for the heading `#{anchor}`, which {file} does not have; the most similar one is `#{nearest}`"
    ))
}

fn common_prefix(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count()
}

fn include_trouble(page: &str, target: &str, read: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let (path, piece) = target.split_once(':').map_or((target, None), |(path, piece)| (path, Some(piece)));
    let file = resolve(page, path);
    let Some(content) = read(&file) else {
        return Some(format!("includes {file}, which does not exist: correct the path"));
    };
    let piece = piece?;
    if piece.starts_with(|c: char| c.is_ascii_digit() || c == ':') {
        return Some(format!(
            "includes {file} by the numbers of its lines, which move: write the name of a function instead of the \
             numbers, or of lines between `// ANCHOR: name` and `// ANCHOR_END: name`"
        ));
    }
    if file.ends_with(".rs") && stub::cited(&content, piece).is_some() {
        return None;
    }
    let is_marked =
        |mark: &str| content.lines().any(|line| line.split_once(mark).is_some_and(|(_, rest)| rest.trim() == piece));
    let missing = ["ANCHOR:", "ANCHOR_END:"].into_iter().find(|mark| !is_marked(mark))?;
    Some(format!(
        "includes `{piece}` of {file}, where there is no such function, and no line says `// {missing} {piece}`: \
         correct the name, or add the line"
    ))
}

/// A path relative to the page, as a path from the root of the repository.
pub(crate) fn resolve(page: &str, path: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The troubles of a page of this text, beside a page `other.md`, a view and a file of code.
    fn troubles_in(text: &str) -> Vec<String> {
        troubles_of("exercises/guide/src/page.md", text, &|file| {
            let content = match file {
                "exercises/guide/src/SUMMARY.md" => "- [Other](./other.md)\n",
                "exercises/guide/src/other.md" => "# Other\n## A heading, here\n",
                "exercises/guide/src/unlisted.md" | "exercises/guide/src/views/a.html" | "README.md" => "",
                "solutions/a.rs" => "// ANCHOR: whole\nfn f() {}\n// ANCHOR_END: whole\n// ANCHOR: open\n",
                _ => return None,
            };
            Some(content.to_string())
        })
    }

    #[test]
    fn what_leads_somewhere_is_no_trouble() {
        let page = "# Here\n[a](./other.md) [b](other.md#a-heading-here) [c](#here) [d](https://example.org/none)\n\
                    <iframe src=\"views/a.html\"></iframe>\n```rust\n{{#include ../../../solutions/a.rs:whole}}\n```\n";
        assert_eq!(troubles_in(page), Vec::<String>::new());
    }

    #[test]
    fn a_broken_link_of_a_figure_is_told_with_the_figure() {
        let figure = |link: &str| {
            let svg = format!("<svg>\n  <text><a href=\"{link}\">x</a></text>\n</svg>\n");
            troubles_of_figures("exercises/guide/src/page.md", "# Here\n{{#include figures/f.svg}}", &|file| {
                let content = match file {
                    "exercises/guide/src/SUMMARY.md" => "- [Other](./other.md)\n",
                    "exercises/guide/src/other.md" => "# Other\n<a id=\"word\"></a>\n",
                    "exercises/guide/src/figures/f.svg" => return Some(svg.clone()),
                    _ => return None,
                };
                Some(content.to_string())
            })
        };
        assert_eq!(figure("other.md#word"), Vec::<String>::new());
        let told = figure("other.md#words");
        assert!(
            told.len() == 1 && told[0].starts_with("exercises/guide/src/figures/f.svg: `other.md#words` asks"),
            "{told:?}"
        );
    }

    #[test]
    fn a_broken_link_is_told_with_its_line_and_what_to_do() {
        assert_eq!(
            troubles_in("# Here\n\n[a](./gone.md)"),
            ["exercises/guide/src/page.md:3: `./gone.md` leads to exercises/guide/src/gone.md, which does not exist: \
              correct the link, or add the file"]
        );
        assert!(
            troubles_in("<iframe src=\"views/b.html\"></iframe>")[0].contains("views/b.html, which does not exist")
        );
        assert!(troubles_in("[a](unlisted.md)")[0].ends_with("which is not a page of the book: add it to SUMMARY.md"));
        assert!(troubles_in("[a](../../../README.md)")[0].contains("README.md, which the book does not carry"));
    }

    #[test]
    fn an_anchor_that_is_missing_is_told_with_the_nearest() {
        let trouble = &troubles_in("[a](other.md#a-heading-there)")[0];
        assert!(trouble.ends_with("other.md does not have; the most similar one is `#a-heading-here`"), "{trouble}");
        assert!(troubles_in("# Here\n[a](#there)")[0].starts_with("exercises/guide/src/page.md:2: "));
    }

    #[test]
    fn an_include_must_name_a_file_and_a_function_or_an_anchor_with_an_end() {
        let include = |target: &str| troubles_in(&format!("{{{{#include {target}}}}}")).concat();
        assert!(
            include("../../../solutions/b.rs:x").ends_with("solutions/b.rs, which does not exist: correct the path")
        );
        assert!(include("../../../solutions/a.rs:none").contains("no line says `// ANCHOR: none`"));
        assert!(include("../../../solutions/a.rs:open").contains("no line says `// ANCHOR_END: open`"));
        assert!(include("../../../solutions/a.rs:1:3").contains("by the numbers of its lines"));
        assert_eq!(include("../../../solutions/a.rs"), "");
        assert_eq!(include("../../../solutions/a.rs:f"), "");
    }

    #[test]
    fn everything_in_the_guide_leads_somewhere() {
        assert_eq!(troubles(&Workspace::find().unwrap()), Ok(Vec::new()));
    }
}
