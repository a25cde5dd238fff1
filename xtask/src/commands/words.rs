//! `words`: finds habits of wording that this project has dropped, so that they do not come back.
//!
//! Every text that a person reads is searched: chapters, stubs, comments, error messages, scripts. A habit is a phrase of
//! whole words within one sentence, found across line ends and comment marks, or the beginning of a word in British
//! spelling. `.ci/run` runs this command, and a habit that is found fails it.

use std::fs;
use std::path::{Path, PathBuf};

use super::arguments::{Done, no_arguments};
use crate::reads::course::Course;
use crate::says::screen::{good, say};

/// A phrase, and what to write instead.
const HABITS: &[(&str, &str)] = &[
    ("on the mean", "on average"),
    ("told so", "rejected with its explanation"),
    ("nobody", "the mechanism: `no hook or cache asks for it`"),
    ("somebody", "the mechanism: `a hook edits it`"),
    ("anybody", "the mechanism, or `you`"),
    ("whoever", "the person or the mechanism"),
    ("what is wanted", "`the expected value`"),
    ("what is asked for", "`the requested …`"),
    ("for want of", "`without`"),
    ("in the place of", "`instead of`"),
    ("all the same", "`still`"),
    ("learnt", "`learned`"),
    ("nought", "`zero`"),
    ("whole number", "`integer`"),
    ("whole numbers", "`integers`"),
    ("lies below", "`is below`"),
    ("to be had", "`available`"),
    ("look things up", "`Reference`"),
    ("one number a", "`one number per`"),
    ("one row a", "`one row per`"),
    ("one value a", "`one value per`"),
    ("one line a", "`one line per`"),
    ("a row a", "`one row per`"),
    ("a line a", "`one line per`"),
    ("is no plain", "`is not a plain`"),
    ("is no branch", "`is not a branch`"),
    ("is no file", "`is not a file`"),
    ("is no text", "`is not text`"),
    ("is no name", "`is not a name`"),
    ("is no number", "`is not a number`"),
    ("in silence", "`silently`"),
    ("turned round", "`reversed`"),
    ("turn round", "`reverse`"),
    ("likelier", "`more likely`"),
    ("afterwards", "`afterward`"),
    ("towards", "`toward`"),
    ("anew", "`again`"),
    ("besides", "`in addition`, `also`, or `apart from`"),
    ("wanted is", "`the task asks for`"),
    ("wanted are", "`the task asks for`"),
    ("be it", "`even if`"),
    ("without a word", "`silently`"),
    ("it is so", "`that is right`"),
    ("is to be found", "`is`"),
    ("stands in", "`is in`"),
    ("stands at", "`is at`"),
    ("centre", "`center`"),
    ("grey", "`gray`"),
];

/// How a word begins in British spelling, and in American.
const SPELLINGS: &[(&str, &str)] = &[
    ("behaviour", "behavior"),
    ("centred", "centered"),
    ("centring", "centering"),
    ("colour", "color"),
    ("favour", "favor"),
    ("honour", "honor"),
    ("initialis", "initializ"),
    ("labelled", "labeled"),
    ("licence", "license"),
    ("misspelt", "misspelled"),
    ("modelling", "modeling"),
    ("neighbour", "neighbor"),
    ("normalis", "normaliz"),
    ("optimis", "optimiz"),
    ("organis", "organiz"),
    ("recognis", "recogniz"),
    ("summaris", "summariz"),
];

/// Folders of text that the models read or wrote, of data, and of what cargo makes; and this file, which quotes the habits.
const LEFT_OUT: &[&str] = &[
    "target",
    ".git",
    "exercises/book",
    "reference_data/models",
    "reference_data/activations",
    "xtask/src/commands/words.rs",
];

/// Where a habit stays: in a title, in sentences of stories that models read, and in strings that stored reference data
/// hold as well, so that another spelling would mean computing the data again.
const QUOTED: &[(&str, &str)] = &[
    ("exercises/guide/src/further-reading.md", "towards"),
    ("reference_data/oracle/exercise_01.py", "nobody"),
    ("reference_data/oracle/exercise_04.py", "nobody"),
    ("crates/playground/page/presets.js", "nobody"),
    ("crates/hooked-transformer/tests/integration/published.rs", "somebody"),
    ("reference_data/oracle/exercise_04.py", "towards"), // activations/exercise_04.json
    ("reference_data/oracle/parity.py", "normalisation"), // parity/configs.json
];

/// Not British spelling, although it begins like it: an attribute of HTML.
const AMERICAN: &[&str] = &["labelledby"];

const KINDS: &[&str] = &["rs", "md", "toml", "py", "js", "css", "yml", "svg", "sh"];

/// A phrase that was found: the line, from 1, and what it is about.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    line: usize,
    phrase: String,
    instead: &'static str,
}

/// Lists every habit with its file and line.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    no_arguments("words", arguments)?;
    let root = course.workspace.root();
    let mut count = 0;
    for path in texts_below(root, root) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let is_quoted = |found: &Found| QUOTED.contains(&(name.as_str(), found.phrase.as_str()));
        for Found { line, phrase, instead } in habits_in(&text).into_iter().filter(|found| !is_quoted(found)) {
            say!("{name}:{line}: \"{phrase}\": write {instead}");
            count += 1;
        }
    }
    if count == 0 {
        say!("{}", good("no dropped habit of wording is back"));
    } else {
        say!("\n{count} places. Rephrase the sentence rather than swap the words.");
    }
    Ok(count == 0)
}

fn texts_below(root: &Path, folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        if LEFT_OUT.contains(&name.as_str()) || entry.file_name() == "target" {
            continue;
        }
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files.extend(texts_below(root, &path)),
            _ if path.extension().is_some_and(|kind| KINDS.iter().any(|known| kind == *known)) => files.push(path),
            _ => {}
        }
    }
    files.sort();
    files
}

fn habits_in(text: &str) -> Vec<Found> {
    let words = words_in(text);
    let mut found = Vec::new();
    for (at, (line, word)) in words.iter().enumerate() {
        // "There is no text" is plain English, unlike "this is no text".
        let is_absence = word == "is" && at > 0 && words[at - 1].1 == "there";
        for (phrase, instead) in HABITS.iter().filter(|(phrase, _)| !(is_absence && phrase.starts_with("is no "))) {
            let mut rest = words[at..].iter();
            if phrase.split(' ').all(|part| rest.next().is_some_and(|(_, word)| word == part)) {
                found.push(Found { line: *line, phrase: (*phrase).to_string(), instead });
            }
        }
        for (british, american) in SPELLINGS {
            if word.starts_with(british) && !AMERICAN.contains(&word.as_str()) {
                found.push(Found { line: *line, phrase: word.clone(), instead: american });
            }
        }
    }
    found
}

/// The words of a text in lower case, each with its line. Names are split at underscores, comment marks are not words, and
/// a mark that ends a clause is a word of its own, so that no phrase reaches across it.
fn words_in(text: &str) -> Vec<(usize, String)> {
    let mut words = Vec::new();
    for (line, text) in text.lines().enumerate() {
        for part in text.split_inclusive(['.', ':', ';', '?', '!', ',']) {
            let (clause, mark) = part.split_at(part.trim_end_matches(['.', ':', ';', '?', '!', ',']).len());
            let parts = clause.split(|c: char| !c.is_alphanumeric() && c != '\'').chain([mark]);
            words.extend(parts.filter(|word| !word.is_empty()).map(|word| (line + 1, word.to_lowercase())));
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reads::workspace::Scratch;

    fn phrases(text: &str) -> Vec<(usize, String)> {
        habits_in(text).into_iter().map(|found| (found.line, found.phrase)).collect()
    }

    #[test]
    fn a_phrase_is_found_across_lines_and_comment_marks() {
        assert_eq!(phrases("/// A head looks, on the\n/// mean, to itself.\n"), [(1, "on the mean".to_string())]);
    }

    #[test]
    fn a_phrase_is_made_of_whole_words() {
        assert_eq!(phrases("the largest on the meaning of a toy; retold some"), []);
    }

    #[test]
    fn a_phrase_does_not_reach_across_the_end_of_a_clause() {
        assert_eq!(phrases("the effect in one number. A probability; a row: a a b b"), []);
        assert_eq!(phrases("one number a head"), [(1, "one number a".to_string())]);
    }

    #[test]
    fn absence_is_no_habit() {
        assert_eq!(phrases("There is no text here, and this is no text."), [(1, "is no text".to_string())]);
    }

    #[test]
    fn an_attribute_of_html_is_not_a_spelling() {
        assert_eq!(phrases("<p aria-labelledby=\"title\">labelled</p>"), [(1, "labelled".to_string())]);
    }

    #[test]
    fn british_spelling_is_found_in_names_too() {
        let expected = [(1, "colours".to_string()), (2, "recognised".to_string())];
        assert_eq!(phrases("let has_colours = 1;\n// recognised or unrecognised"), expected);
    }

    #[test]
    fn what_the_models_read_and_what_cargo_makes_is_left_out() {
        let files = [
            ("exercises/course.toml", ""),
            ("crates/a/src/lib.rs", "// nobody"),
            ("crates/a/target/b.rs", "// nobody"),
            ("exercises/book/toc.js", "// nobody"),
            ("reference_data/models/README.md", "nobody"),
        ];
        let scratch = Scratch::with(&files);
        let root = scratch.workspace.root();
        let names = texts_below(root, root).into_iter().map(|path| path.strip_prefix(root).unwrap().to_path_buf());
        let expected = ["crates/a/src/lib.rs", "exercises/course.toml"].map(PathBuf::from);
        assert_eq!(names.collect::<Vec<_>>(), expected);
    }
}
