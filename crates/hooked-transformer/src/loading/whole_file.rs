//! A file that appears whole or not at all.

use std::fs::File;
use std::io;
use std::path::Path;

use tempfile::Builder;

use crate::error::{Error, Result};

/// Writes a file in one piece. The bytes go to a new file of another name beside it, which takes the place of the old one
/// when it is complete: a reader sees the old content or the new, two writers do not mix, and a failure leaves nothing.
///
/// # Errors
/// `write` failed, or the file cannot be made or renamed.
pub(crate) fn write_whole(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<()> {
    replace(path, write).map_err(|source| Error::Io { path: path.to_path_buf(), source })
}

/// As [`write_whole`], for callers who say themselves what the error is about.
///
/// # Errors
/// As [`write_whole`].
pub(crate) fn replace(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let mut beside = beside();
    // Temporary files are their owner's alone; this one is to become an ordinary file, less what the user's mask forbids.
    #[cfg(unix)]
    beside.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut partial = beside.tempfile_in(folder(path))?;
    write(partial.as_file_mut())?;
    partial.as_file().sync_all()?;
    partial.persist(path).map(drop).map_err(|error| error.error)
}

/// Replaces a link, or whatever `make` makes at the path that it is given, in one step.
///
/// # Errors
/// It cannot be made, or not be moved there.
#[cfg(feature = "hub")]
pub(crate) fn replace_with(path: &Path, make: impl FnMut(&Path) -> io::Result<()>) -> io::Result<()> {
    let made = beside().make_in(folder(path), make)?;
    made.into_temp_path().persist(path).map_err(|error| error.error)
}

/// Files that are not whole yet begin with a dot, and the system's own folder for them may be on another disk.
fn beside() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(".");
    builder
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_failure_leaves_the_old_file_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.json");
        write_whole(&path, |file| file.write_all(b"old")).unwrap();
        let error = write_whole(&path, |file| {
            file.write_all(b"half")?;
            Err(io::Error::other("the disk is full"))
        });
        assert!(error.unwrap_err().to_string().contains("the disk is full"));
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn many_writers_leave_one_of_their_files() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.json");
        std::thread::scope(|scope| {
            for writer in 0..8_u8 {
                let path = &path;
                scope.spawn(move || write_whole(path, |file| file.write_all(&[writer; 4096])).unwrap());
            }
        });
        let bytes = std::fs::read(&path).unwrap();
        assert!(bytes.len() == 4096 && bytes.iter().all(|byte| *byte == bytes[0]));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn others_may_read_it_as_any_new_file() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let (ours, usual) = (dir.path().join("ours"), dir.path().join("usual"));
        write_whole(&ours, |file| file.write_all(b"x")).unwrap();
        std::fs::write(&usual, b"x").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&usual));
    }
}
