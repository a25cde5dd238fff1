//! The text that `attn-only-2l-tales` was trained on: 55 books, which are not part of the course, through its tokenizer.
//! As `reference_data/training/prepare.py` does it.

use std::fs;
use std::path::Path;

use hooked_transformer::Tokenizer;
use training::Text;

const LIST: &str = "reference_data/training/books.txt";
const TOKENIZER: &str = "reference_data/models/attn-only-2l-tales/tokenizer.json";

/// Reads the books and tokenizes them.
///
/// # Errors
/// The folder was not given, a book is missing, or the tokenizer cannot be read.
pub(crate) fn text(course: &Path, corpus: Option<&Path>) -> Result<Text, String> {
    let corpus = corpus.ok_or_else(|| {
        format!(
            "This recipe needs the books, which are not part of the course: give their folder with --corpus DIR. {LIST} \
             lists them; each is a file NUMBER-ANYTHING.txt, as reference_data/training/README.md says."
        )
    })?;
    let list = course.join(LIST);
    let list = fs::read_to_string(&list).map_err(|error| format!("{}: {error}", list.display()))?;
    let numbers: Vec<&str> = list
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter_map(|l| l.split('\t').next())
        .collect();
    let files: Vec<String> = fs::read_dir(corpus)
        .map_err(|error| format!("{}: the folder of the books cannot be read: {error}", corpus.display()))?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let books = numbers.iter().map(|number| book(corpus, &files, number)).collect::<Result<Vec<_>, _>>()?;
    let tokenizer = Tokenizer::from_file(course.join(TOKENIZER)).map_err(|error| error.to_string())?;
    let encode = |text: &String| -> Result<Vec<u16>, String> {
        let ids = tokenizer.encode(text, false).map_err(|error| error.to_string())?;
        ids.into_iter().map(|id| u16::try_from(id).map_err(|_| format!("token {id} is too large"))).collect()
    };
    Ok(Text::of_books(books.iter().map(encode).collect::<Result<Vec<_>, _>>()?))
}

fn book(corpus: &Path, files: &[String], number: &str) -> Result<String, String> {
    let prefix = format!("{number}-");
    let found: Vec<&String> = files.iter().filter(|file| file.starts_with(&prefix) && file.ends_with(".txt")).collect();
    let [file] = found[..] else {
        let n = found.len();
        return Err(format!(
            "{}: {n} files are named {number}-*.txt, expected one; {LIST} lists the books",
            corpus.display()
        ));
    };
    let path = corpus.join(file);
    fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_book_is_an_error_that_names_it() {
        let course = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        assert!(text(&course, None).unwrap_err().contains("--corpus DIR"));
        let empty = tempfile::tempdir().unwrap();
        let trouble = text(&course, Some(empty.path())).unwrap_err();
        assert!(trouble.contains("0 files are named 11-*.txt, expected one"), "{trouble}");
        let trouble = text(&course, Some(&empty.path().join("nowhere"))).unwrap_err();
        assert!(trouble.contains("the folder of the books cannot be read"), "{trouble}");
    }
}
