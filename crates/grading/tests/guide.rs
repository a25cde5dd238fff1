//! The pages of the guide that the verdicts link to have an entry for every mistake: they are made from the same words.
//!
//! One page per exercise, and none in the book's search (see `book.toml`): a search for "softmax" should lead to the task.
//! And no row of a table loses a cell.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use grading::general::GENERAL;
use grading::reference::repository;
use grading::{EXERCISES, Exercise, Mistake};

const GUIDE: &str = "exercises/guide/src";

/// When this variable is set, the pages are written before they are compared with.
const WRITE: &str = "COURSE_WRITE_GUIDE";

const BEGINNING: &str = "\
<!-- Made by `cargo xtask guide` from the lists of mistakes in crates/grading: edit those. -->
";

/// The page of one exercise: its mistakes under the check that reports them.
fn page(exercise: &Exercise) -> String {
    let (number, slug) = (exercise.number(), exercise.slug);
    let mut page = format!("{BEGINNING}\n# Mistakes in exercise {number}\n\n");
    let _ =
        writeln!(page, "Spoilers: try [the exercise](../{slug}.md) first. A verdict leads to the entry that you need.");
    let mut seen = BTreeSet::new();
    for check in exercise.mistakes().map(|mistake| mistake.caught_by).filter(|check| seen.insert(*check)) {
        let _ = writeln!(page, "\n## Check `{check}`");
        let reported = exercise.mistakes().filter(|mistake| mistake.caught_by == check);
        reported.for_each(|mistake| page.push_str(&entry(mistake)));
    }
    page
}

/// The page of the mistakes that belong to no exercise.
fn general_page() -> String {
    let mut page = format!("{BEGINNING}\n# Mistakes in any exercise\n\n");
    page.push_str("What goes wrong with arrays and lists everywhere. A verdict leads to the entry that you need.\n");
    GENERAL.mistakes().for_each(|mistake| page.push_str(&entry(mistake)));
    page
}

fn entry(mistake: &Mistake) -> String {
    let Mistake { explanation, question, .. } = mistake;
    let (id, heading) = (mistake.id(), mistake.heading());
    let (explanation, question) = (with_code(explanation), with_code(question));
    format!("\n<a id=\"{id}\"></a>\n\n### {heading}\n\n{explanation}\n\n*{question}*\n")
}

/// Names and lists of axes as code where they are not yet: in a terminal, for which the words are written, marks would be in
/// the way.
fn with_code(text: &str) -> String {
    let mut marked = String::new();
    for (at, piece) in text.split('`').enumerate() {
        if at % 2 == 1 {
            let _ = write!(marked, "`{piece}`");
            continue;
        }
        let mut rest = piece;
        while let Some(start) = rest.find(|c: char| is_of_a_name(c) || c == '[') {
            let (before, from_here) = rest.split_at(start);
            let is_list = from_here.starts_with('[');
            let end = if is_list { from_here.find(']').map(|end| end + 1) } else { None };
            let end = end.or_else(|| from_here.find(|c: char| !is_of_a_name(c))).unwrap_or(from_here.len()).max(1);
            let (token, after) = from_here.split_at(end);
            let word = token.trim_end_matches(['.', ':']);
            let is_code = is_list && word.len() > 1 || word.contains('_') || word.contains("::");
            let mark = if is_code { "`" } else { "" };
            let _ = write!(marked, "{before}{mark}{word}{mark}{}", &token[word.len()..]);
            rest = after;
        }
        marked.push_str(rest);
    }
    marked
}

/// What names and paths of Rust, weights and hook points consist of.
fn is_of_a_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | ':')
}

#[test]
fn names_and_lists_of_axes_become_code() {
    assert_eq!(
        with_code("W_Q is [input, output], as in `W_K`: see blocks.0.attn.hook_q. Not usize::MAX or e.g. a list [."),
        "`W_Q` is `[input, output]`, as in `W_K`: see `blocks.0.attn.hook_q`. Not `usize::MAX` or e.g. a list [."
    );
    assert_eq!(with_code("The row: ... one. `x`"), "The row: ... one. `x`");
}

/// Compares a page with what it should be; with the variable set, writes it first.
fn keep(path: &Path, content: &str) -> Result<(), String> {
    let problem = |error: std::io::Error| format!("{}: {error}; run `cargo xtask guide`", path.display());
    if env::var_os(WRITE).is_some() {
        fs::create_dir_all(path.parent().expect("it is in the guide")).map_err(problem)?;
        fs::write(path, content).map_err(problem)?;
    }
    let present = fs::read_to_string(path).map_err(problem)?;
    if present.replace("\r\n", "\n") == content {
        Ok(())
    } else {
        Err(format!("{} is stale; run `cargo xtask guide`", path.display()))
    }
}

#[test]
fn the_pages_have_an_entry_for_every_mistake() -> Result<(), String> {
    let guide = repository().join(GUIDE);
    let summary = fs::read_to_string(guide.join("SUMMARY.md")).map_err(|error| format!("SUMMARY.md: {error}"))?;
    let pages = EXERCISES.iter().map(|exercise| (exercise.mistakes_page(), page(exercise)));
    for (name, page) in pages.chain([(GENERAL.mistakes_page(), general_page())]) {
        keep(&guide.join(&name), &page)?;
        if !summary.contains(&format!("(./{name})")) {
            return Err(format!("{GUIDE}/SUMMARY.md does not list {name}"));
        }
    }
    Ok(())
}

#[test]
fn codes_and_anchors_are_unique_and_each_exercise_has_its_own() {
    let lists = || EXERCISES.iter().copied().chain([&GENERAL]);
    let mistakes = || lists().flat_map(|exercise| exercise.mistakes().map(move |m| (exercise, m)));
    let mut links: Vec<String> = mistakes().map(|(_, mistake)| mistake.link()).collect();
    links.sort();
    links.dedup();
    assert_eq!(links.len(), mistakes().count());
    for (exercise, mistake) in mistakes() {
        assert!(mistake.code.starts_with(&format!("E{}-", exercise.number())), "{}", mistake.code);
        let entry = format!("{GUIDE}/{}#{}", exercise.mistakes_page(), mistake.id());
        assert_eq!(mistake.link(), entry, "the page that the verdict links to");
    }
}

/// A `|` inside code ends a cell of a table, and what is beyond the last column is dropped silently: `\|` is meant.
#[test]
fn every_row_of_a_table_has_as_many_cells_as_its_head() -> Result<(), String> {
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    for file in fs::read_dir(repository().join(GUIDE)).map_err(|error| error.to_string())?.flatten() {
        let Ok(page) = fs::read_to_string(file.path()) else { continue };
        let (mut head, mut in_code) = (None, false);
        for (number, line) in page.lines().enumerate() {
            in_code ^= line.starts_with("```");
            head = head.filter(|_| line.starts_with('|'));
            if in_code || !line.starts_with('|') {
                continue;
            }
            let wanted = *head.get_or_insert(cells(line));
            if cells(line) != wanted {
                let file = file.path();
                return Err(format!("{}:{}: {} cells for {wanted}: {line}", file.display(), number + 1, cells(line)));
            }
        }
    }
    Ok(())
}
