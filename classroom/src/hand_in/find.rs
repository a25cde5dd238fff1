//! The submissions that a command line means.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Form, Submission};
use crate::words::shown;

/// The submissions at these places, ordered by name; and what is there but cannot be one.
///
/// A place is a submission itself, or a folder of them.
///
/// # Errors
/// A place does not exist, or two submissions have one name, by which their results could not be told apart.
pub(crate) fn find(places: &[PathBuf]) -> Result<(Vec<Submission>, Vec<String>), String> {
    let (mut found, mut others) = (Vec::new(), Vec::new());
    for place in places {
        let unreadable = |error| format!("{} cannot be read: {error}.", place.display());
        let path = place.canonicalize().map_err(unreadable)?;
        if let Some(form) = form_of(&path) {
            found.push(Submission { name: name_of(&path), form });
            continue;
        }
        if !path.is_dir() {
            return Err(format!("{} is neither a folder nor a zip archive.", place.display()));
        }
        for entry in fs::read_dir(&path).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let name = name_of(&path);
            let is_link = path.is_symlink();
            match form_of(&path).filter(|_| !is_link) {
                Some(form) => found.push(Submission { name, form }),
                None if name.starts_with('.') => {}
                // A folder without exercises is a submission in which nothing can be found, which the results say.
                None if path.is_dir() && !is_link => found.push(Submission { name, form: Form::Folder(path) }),
                None => others.push(name),
            }
        }
    }
    found.sort();
    found.dedup();
    let mut names: BTreeMap<&str, &Submission> = BTreeMap::new();
    for submission in &found {
        if let Some(other) = names.insert(&submission.name, submission) {
            let (one, two) = (other.path().display(), submission.path().display());
            return Err(format!("Two submissions are called `{}`: {one} and {two}. Rename one.", submission.name));
        }
    }
    Ok((found, others))
}

/// The form of a submission, if this is one for certain.
fn form_of(path: &Path) -> Option<Form> {
    let has = |name: &str| path.join(name).symlink_metadata().is_ok();
    if path.is_file() {
        let is_zip = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
        return is_zip.then(|| Form::Archive(path.into()));
    }
    if has("exercises") || has(".git") {
        return Some(Form::Folder(path.into()));
    }
    (has("HEAD") && has("objects") && has("refs")).then(|| Form::Repository(path.into()))
}

/// The name of the file without `.zip` or `.git`.
fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let stem = [".zip", ".ZIP", ".git"].iter().find_map(|end| name.strip_suffix(end)).filter(|stem| !stem.is_empty());
    let name = stem.map_or(name.clone(), str::to_string);
    // The name is shown on terminals and in tables, on one line.
    shown(&name).replace(['\n', '\t'], "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_submission_or_a_folder_of_them() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        for made in ["class/eve/exercises", "class/empty", "class/.hidden", "class/bo.git/objects", "class/bo.git/refs"]
        {
            fs::create_dir_all(at(made)).unwrap();
        }
        for file in ["class/bo.git/HEAD", "class/ann.zip", "class/list.txt", "class/.DS_Store"] {
            fs::write(at(file), "").unwrap();
        }
        let (found, others) = find(&[at("class")]).unwrap();
        let names: Vec<&str> = found.iter().map(|submission| submission.name.as_str()).collect();
        assert_eq!((names, others), (vec!["ann", "bo", "empty", "eve"], vec!["list.txt".to_string()]));
        // The same place twice is one submission.
        let (found, _) = find(&[at("class/eve"), at("class/ann.zip"), at("class/eve")]).unwrap();
        assert_eq!(found.len(), 2);
        fs::write(at("class/eve.zip"), "").unwrap();
        assert!(find(&[at("class")]).unwrap_err().starts_with("Two submissions are called `eve`"));
        assert!(find(&[at("none")]).unwrap_err().contains("cannot be read"));
        assert!(find(&[at("class/list.txt")]).unwrap_err().contains("neither a folder nor a zip"));
    }
}
