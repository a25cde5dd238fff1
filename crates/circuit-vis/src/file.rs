//! A page on disk: written whole or not at all, and opened in the default browser.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::VisError;

static COUNTER: AtomicU32 = AtomicU32::new(0);

/// A suffix that no other call of this or another process uses at the same time.
fn unique() -> String {
    format!("{}-{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed))
}

/// Write `html` to a file beside `path` and rename it, so that a browser that reloads never sees half a page.
/// Folders that are missing are made.
pub(crate) fn write(path: &Path, html: &str) -> Result<(), VisError> {
    let fail = |source| VisError::Write { path: path.to_path_buf(), source };
    let Some(name) = path.file_name() else {
        return Err(fail(io::Error::new(io::ErrorKind::InvalidInput, "the path names no file")));
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(fail)?;
    let temporary = folder.join(format!(".{}.{}.part", name.to_string_lossy(), unique()));
    let result = write_new(&temporary, html).and_then(|()| fs::rename(&temporary, path));
    result.map_err(|source| {
        // Best effort: the error that counts is the first one.
        let _ = fs::remove_file(&temporary);
        fail(source)
    })
}

fn write_new(path: &Path, html: &str) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(html.as_bytes())?;
    file.sync_all()
}

/// Write `html` to a file in the temporary folder, named after `title` (no folder of its own there, which another user might
/// own), and show it in the default browser.
pub(crate) fn open(title: &str, html: &str) -> Result<PathBuf, VisError> {
    let path = std::env::temp_dir().join(format!("circuit-vis-{}-{}.html", slug(title), unique()));
    write(&path, html)?;
    match open::that_detached(&path) {
        Ok(()) => Ok(path),
        Err(source) => Err(VisError::Open { path, source }),
    }
}

/// Letters and digits of a title, the rest as dashes: a name for every file system.
fn slug(title: &str) -> String {
    let dashed: String =
        title.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let words: Vec<&str> = dashed.split('-').filter(|word| !word.is_empty()).take(8).collect();
    if words.is_empty() { "view".into() } else { words.join("-") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_page_replaces_the_one_before_and_leaves_nothing_else_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/deep/page.html");
        write(&path, "one").unwrap();
        write(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(names(path.parent().unwrap()), ["page.html"]);
    }

    #[test]
    fn an_error_names_the_path_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        fs::create_dir_all(path.join("full")).unwrap();
        let error = write(&path, "one").unwrap_err();
        assert!(matches!(error, VisError::Write { .. }));
        assert!(error.to_string().contains("taken"), "{error}");
        assert_eq!(names(folder.path()), ["taken"]);
        assert!(write(Path::new("/"), "one").is_err());
    }

    #[test]
    fn a_title_makes_a_safe_name() {
        assert_eq!(slug("Layer 0 / <b>Heads</b>"), "layer-0-b-heads-b");
        assert_eq!(slug("…"), "view");
    }
}
