//! A page on disk: written whole or not at all, and opened in the default browser.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::VisError;

/// Write `html` to a file beside `path` and rename it, so that a browser that reloads never sees half a page.
/// Folders that are missing are made.
pub(crate) fn write(path: &Path, html: &str) -> Result<(), VisError> {
    let fail = |source| VisError::Write { path: path.to_path_buf(), source };
    if path.file_name().is_none() {
        return Err(fail(io::Error::new(io::ErrorKind::InvalidInput, "the path names no file")));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(fail)?;
    let mut builder = tempfile::Builder::new();
    // As readable as a file that is simply written: a temporary file is for its owner alone.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let page = builder.prefix(".page-").suffix(".part").tempfile_in(folder).map_err(fail)?;
    fill(page, html).and_then(|page| Ok(page.persist(path)?)).map(drop).map_err(fail)
}

fn fill(mut page: tempfile::NamedTempFile, html: &str) -> io::Result<tempfile::NamedTempFile> {
    page.write_all(html.as_bytes())?;
    page.as_file().sync_all()?;
    Ok(page)
}

/// Write `html` to a file in the temporary folder, named after `title` (no folder of its own there, which another user might
/// own), and show it in the default browser.
pub(crate) fn open(title: &str, html: &str) -> Result<PathBuf, VisError> {
    let folder = std::env::temp_dir();
    let fail = |source| VisError::Write { path: folder.clone(), source };
    let mut builder = tempfile::Builder::new();
    let prefix = format!("circuit-vis-{}-", slug(title));
    let page = builder.prefix(&prefix).suffix(".html").tempfile_in(&folder).map_err(fail)?;
    // It stays when this program has ended: the browser may not have read it by then.
    let (_, path) = fill(page, html).and_then(|page| Ok(page.keep()?)).map_err(fail)?;
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

    #[cfg(unix)]
    #[test]
    fn a_page_is_as_readable_as_any_other_new_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("page.html"), "one").unwrap();
        fs::write(folder.path().join("other.html"), "two").unwrap();
        let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode("page.html"), mode("other.html"));
    }
}
