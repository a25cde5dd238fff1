//! A submission in a folder. Links are not followed, wherever they are.

use std::fs::{self, File, Metadata};
use std::io::Read as _;
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::listing::{Entry, choose};
use super::{MOST_BYTES, Sources, Taken, repository};
use crate::course::Exercise;
use crate::sandbox::Sandbox;

/// `exercises` is looked for in so many folders below that of the submission.
const DEEPEST: usize = 3;
/// So many files are looked at, apart from those in folders that are built.
const MOST_ENTRIES: usize = 20_000;

pub(super) fn take(root: &Path, exercises: &[Exercise], sandbox: &Sandbox) -> Result<Taken, String> {
    let mut entries = Vec::new();
    list(root, "", 0, &mut entries).map_err(|error| format!("it cannot be read: {error}"))?;
    let (chosen, notes) = choose(&entries, exercises);
    let mut taken = Taken { notes, ..Taken::default() };
    for file in chosen {
        let path = root.join(&entries[file.entry].path);
        let sources = taken.sources.entry(file.exercise).or_default();
        let (bytes, changed) = read(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        sources.files.insert(file.file, bytes);
        sources.changed = sources.changed.max(changed);
    }
    if root.join(".git").symlink_metadata().is_ok_and(|git| git.is_dir()) {
        date_by_commits(root, &mut taken, sandbox);
    }
    Ok(taken)
}

fn list(folder: &Path, path: &str, depth: usize, entries: &mut Vec<Entry>) -> std::io::Result<()> {
    let is_inside = path.split('/').any(|part| part == "exercises");
    let mut inside: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    inside.sort_by_key(fs::DirEntry::file_name);
    for entry in inside {
        let name = entry.file_name().to_string_lossy().into_owned();
        // What is below is built or git's own, and may be large.
        if entries.len() >= MOST_ENTRIES || ["target", ".git", "node_modules"].contains(&name.as_str()) {
            continue;
        }
        let path = if path.is_empty() { name } else { format!("{path}/{name}") };
        let metadata = entry.path().symlink_metadata()?;
        if metadata.is_dir() {
            if is_inside || depth < DEEPEST {
                list(&entry.path(), &path, depth + 1, entries)?;
            }
        } else if metadata.is_file() || metadata.is_symlink() {
            entries.push(Entry { path: path.clone(), is_link: metadata.is_symlink(), bytes: metadata.len() });
            // A folder that is a link would hide the file that everyone looks for.
            if metadata.is_symlink() && path.ends_with("/src") {
                entries.push(Entry { path: format!("{path}/lib.rs"), is_link: true, bytes: 0 });
            }
        }
    }
    Ok(())
}

fn read(path: &Path) -> std::io::Result<(Vec<u8>, Option<i64>)> {
    let mut bytes = Vec::new();
    let file = File::open(path)?;
    let changed = changed(&file.metadata()?);
    file.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok((bytes, changed))
}

fn changed(metadata: &Metadata) -> Option<i64> {
    let since = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

/// The files of a clone are as old as the clone; what counts is when they were committed.
fn date_by_commits(root: &Path, taken: &mut Taken, sandbox: &Sandbox) {
    for (exercise, Sources { changed, .. }) in &mut taken.sources {
        if let Some(committed) = repository::committed(root, &root.join(".git"), exercise, sandbox) {
            *changed = Some(committed);
        }
    }
}
