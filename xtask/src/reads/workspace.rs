//! Where the files of the course are, and how they are read and written.
//!
//! The folder is the one that the command is run in, found while it runs. A folder compiled into the program would be the
//! one that it was built in: a course that was moved or copied would read, grade and reset the other.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// What only the root of the course has.
const MARK: &str = "exercises/course.toml";

/// A checkout of the course. Files are named by their paths from its root.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The course that the command is run in: cargo says in which folder this crate is; without cargo, the current folder
    /// and those above it count.
    ///
    /// # Errors
    /// None of them is a course.
    pub(crate) fn find() -> Result<Self, String> {
        let here = env::current_dir().unwrap_or_default();
        let places = [env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from), Some(here.clone())];
        Self::above(places.into_iter().flatten()).ok_or_else(|| {
            format!(
                "{} is not inside the course: no folder above it has {MARK}. Go to the folder of the course first.",
                here.display()
            )
        })
    }

    fn above(places: impl IntoIterator<Item = PathBuf>) -> Option<Self> {
        let folders = places.into_iter().flat_map(|place| place.ancestors().map(Path::to_path_buf).collect::<Vec<_>>());
        folders.into_iter().find(|folder| folder.join(MARK).is_file()).map(|root| Self { root })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.root.join(file)
    }

    /// Reads a text file. Lines end with `\n`, also where git put `\r\n` into the file, as it does on Windows.
    ///
    /// # Errors
    /// Names the file and what is wrong with it.
    pub(crate) fn read(&self, file: &str) -> Result<String, String> {
        let text = fs::read_to_string(self.path(file)).map_err(|error| format!("{file} cannot be read: {error}."))?;
        Ok(text.replace("\r\n", "\n"))
    }

    /// Reads a file that may be in the middle of an edit: what is not UTF-8 becomes a replacement character.
    ///
    /// # Errors
    /// Names the file and what is wrong with it.
    pub(crate) fn read_lossy(&self, file: &str) -> Result<String, String> {
        let bytes = fs::read(self.path(file)).map_err(|error| format!("{file} cannot be read: {error}."))?;
        Ok(String::from_utf8_lossy(&bytes).replace("\r\n", "\n"))
    }

    /// Writes a text file. It appears whole or not at all, and keeps the permissions that it had.
    ///
    /// # Errors
    /// Names the file and what is wrong with it.
    pub(crate) fn write(&self, file: &str, text: &str) -> Result<(), String> {
        // A file that is a link stays one: what it leads to is replaced.
        let path = fs::canonicalize(self.path(file)).unwrap_or_else(|_| self.path(file));
        replace(&path, text).map_err(|error| format!("{file} cannot be written: {error}."))
    }
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut new = new_file(folder)?;
    new.write_all(text.as_bytes())?;
    if let Ok(present) = fs::metadata(path) {
        new.as_file().set_permissions(present.permissions())?;
    }
    new.as_file().sync_all()?;
    new.persist(path)?;
    Ok(())
}

/// A file that is gone if the program ends before it gets its name; readable to whom the user's other files are.
fn new_file(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.prefix(".xtask-").tempfile_in(folder)
}

/// A course in a folder of its own, for tests.
#[cfg(test)]
pub(crate) struct Scratch {
    pub(crate) workspace: Workspace,
    _folder: tempfile::TempDir,
}

#[cfg(test)]
impl Scratch {
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace { root: folder.path().to_path_buf() };
        for (file, text) in files {
            fs::create_dir_all(workspace.path(file).parent().unwrap()).unwrap();
            fs::write(workspace.path(file), text).unwrap();
        }
        Scratch { workspace, _folder: folder }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_course_is_the_one_that_the_command_is_run_in() {
        let (one, other) = (Scratch::with(&[(MARK, "")]), Scratch::with(&[(MARK, ""), ("a/b/c", "")]));
        let found = |places: &[PathBuf]| Workspace::above(places.to_vec()).map(|found| found.root);
        assert_eq!(found(&[other.workspace.path("a/b")]).as_deref(), Some(other.workspace.root()));
        // What cargo says counts before the current folder: `cargo --manifest-path` is run from anywhere.
        assert_eq!(
            found(&[one.workspace.path("xtask"), other.workspace.path("a")]).as_deref(),
            Some(one.workspace.root())
        );
        assert_eq!(found(&[env::temp_dir()]), None);
    }

    #[test]
    fn lines_end_alike_however_git_checked_them_out() {
        let scratch = Scratch::with(&[("a.rs", "fn f() {\r\n}\r\n")]);
        let course = &scratch.workspace;
        assert_eq!(course.read("a.rs").as_deref(), Ok("fn f() {\n}\n"));
        assert_eq!(course.read_lossy("a.rs").as_deref(), Ok("fn f() {\n}\n"));
    }

    #[test]
    fn a_write_leaves_nothing_but_the_file() {
        let course = Scratch::with(&[("a/b.txt", "old")]);
        course.workspace.write("a/b.txt", "new").unwrap();
        assert_eq!(course.workspace.read("a/b.txt").as_deref(), Ok("new"));
        assert_eq!(fs::read_dir(course.workspace.path("a")).unwrap().count(), 1);
        let trouble = course.workspace.write("none/b.txt", "").unwrap_err();
        assert!(trouble.starts_with("none/b.txt cannot be written: "), "{trouble}");
    }

    #[cfg(unix)]
    #[test]
    fn a_written_file_keeps_its_permissions_and_a_link_stays_one() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let scratch = Scratch::with(&[("real.txt", "old")]);
        let course = &scratch.workspace;
        fs::set_permissions(course.path("real.txt"), fs::Permissions::from_mode(0o640)).unwrap();
        symlink(course.path("real.txt"), course.path("link.txt")).unwrap();
        course.write("link.txt", "new").unwrap();
        assert!(fs::symlink_metadata(course.path("link.txt")).unwrap().is_symlink());
        assert_eq!(course.read("real.txt").as_deref(), Ok("new"));
        assert_eq!(fs::metadata(course.path("real.txt")).unwrap().permissions().mode() & 0o777, 0o640);
        // A new file is not hidden from the user's group, as temporary files are.
        course.write("fresh.txt", "").unwrap();
        assert_ne!(fs::metadata(course.path("fresh.txt")).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
