//! The guide as a book: every page in both themes. It needs the book (`mdbook build exercises`), so it is run by itself:
//! `cargo test -p playground --test browser the_book -- --ignored`.

use std::path::{Path, PathBuf};

use crate::driver::{Page, with_browser};

/// The playground has tests of its own, the table of contents is a part of the other pages, and the page of an address that
/// does not exist works on a server only.
const LEFT_OUT: [&str; 3] = ["live-playground.html", "toc.html", "404.html"];

/// The pages that mdBook wrote, live views left out: these are circuit-vis's, and tested there.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut pages = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap_or_else(|_| panic!("build the book first: mdbook build exercises")) {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && name != "views" {
            pages.extend(pages_below(&path));
        } else if name.ends_with(".html") && !LEFT_OUT.contains(&name.as_str()) {
            pages.push(path);
        }
    }
    pages.sort();
    pages
}

fn pages_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|end| end == "html")).collect()
}

/// Opens a page, folded parts unfolded. The theme is that of the system, as for a reader who has chosen none.
fn visit(page: &Page, path: &Path) {
    page.open("<!doctype html><html data-ready=\"true\"><link rel=\"icon\" href=\"data:,\"><title>before</title>");
    page.run(&format!("location.href = {}", serde_json::json!(format!("file://{}", path.display()))));
    crate::wait_for(page, "document.title !== 'before' && document.readyState === 'complete'");
    page.run("document.querySelectorAll('details').forEach((folded) => { folded.open = true; })");
    page.settle();
}

#[test]
#[ignore = "needs the book"]
fn the_book_is_readable_in_both_themes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../exercises/book");
    let pages = pages(&folder);
    assert!(pages.len() > 20, "{} pages", pages.len());
    with_browser(|page| {
        for (system, theme) in [("light", "light"), ("dark", "navy")] {
            page.prefer(system);
            for path in &pages {
                visit(page, path);
                assert_eq!(page.run(&format!("return document.documentElement.classList.contains('{theme}')")), true);
                assert_eq!(page.faint(), [""; 0], "{}, {theme}", path.display());
            }
        }
    });
}
