//! Which of the files of a submission are taken: given as a list of paths, whatever it was read from.

use std::collections::BTreeMap;

use super::{MOST_BYTES, MOST_BYTES_OF_ALL, MOST_FILES};
use crate::course::Exercise;

/// A file of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its path from the root of the submission, with `/`.
    pub(super) path: String,
    pub(super) is_link: bool,
    pub(super) bytes: u64,
}

/// A file that is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    /// Its place in the list.
    pub(super) entry: usize,
    pub(super) exercise: String,
    /// Its path from `src`.
    pub(super) file: String,
}

/// The Rust files under `exercises/NN/src`, and what is left out. `exercises` may be below a folder that is the only one
/// with it, as in the archives that GitHub makes; the shortest way to it counts.
pub(super) fn choose(entries: &[Entry], exercises: &[Exercise]) -> (Vec<Chosen>, Vec<String>) {
    let mut found: BTreeMap<(usize, String), Vec<Chosen>> = BTreeMap::new();
    let mut notes = Vec::new();
    for (number, entry) in entries.iter().enumerate() {
        let Some((above, exercise, file)) = split(&entry.path, exercises) else { continue };
        let chosen = Chosen { entry: number, exercise, file };
        found.entry((above.split('/').count(), above.to_string())).or_default().push(chosen);
    }
    let Some((_, inside)) = found.pop_first() else { return (Vec::new(), notes) };
    let mut chosen: Vec<Chosen> = Vec::new();
    for file in inside {
        let entry = &entries[file.entry];
        let others = chosen.iter().filter(|other| other.exercise == file.exercise);
        let (count, bytes) =
            others.fold((0, 0), |(count, bytes), other| (count + 1, bytes + entries[other.entry].bytes));
        let name = format!("exercises/{}/src/{}", file.exercise, file.file);
        if entry.is_link {
            notes.push(format!("{name} is a link: not taken"));
        } else if !is_plain(&file.file) {
            // Only what could have been meant as a source deserves a word.
            if file.file.ends_with(".rs") {
                notes.push(format!("{name} is not a plain file name: not taken"));
            }
        } else if entry.bytes > MOST_BYTES {
            notes.push(format!("{name} has {} bytes, more than {MOST_BYTES}: not taken", entry.bytes));
        } else if bytes + entry.bytes > MOST_BYTES_OF_ALL {
            notes.push(format!(
                "exercises/{}/src has more than {MOST_BYTES_OF_ALL} bytes: the rest is not taken",
                file.exercise
            ));
        } else if count == MOST_FILES {
            notes.push(format!(
                "exercises/{}/src has more than {MOST_FILES} files: the rest is not taken",
                file.exercise
            ));
        } else if count < MOST_FILES {
            chosen.push(file);
        }
    }
    notes.dedup();
    // Names come from the submission: a page or a table of a thousand notes helps no one.
    notes.truncate(10);
    (chosen, notes)
}

/// What is above `exercises`, the exercise, and the path from `src`.
fn split<'p>(path: &'p str, exercises: &[Exercise]) -> Option<(&'p str, String, String)> {
    let is_mac_copy = path.starts_with("__MACOSX/");
    exercises.iter().filter(|_| !is_mac_copy).find_map(|exercise| {
        let inside = format!("exercises/{}/src/", exercise.slug);
        let at = path.find(&inside).filter(|at| *at == 0 || path[..*at].ends_with('/'))?;
        Some((&path[..at], exercise.slug.clone(), path[at + inside.len()..].to_string()))
    })
}

/// Whether a path is made of letters, digits, `_` and `-`, stays inside, and ends like a Rust file.
fn is_plain(path: &str) -> bool {
    let is_word =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let Some(stem) = path.strip_suffix(".rs") else { return false };
    path.len() < 200 && stem.split('/').count() <= 4 && stem.split('/').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exercises() -> Vec<Exercise> {
        ["01-a", "02-b"].map(|slug| Exercise { slug: slug.into() }).to_vec()
    }

    fn entry(path: &str) -> Entry {
        Entry { path: path.into(), is_link: false, bytes: 1 }
    }

    fn chosen(paths: &[&str]) -> Vec<String> {
        let entries: Vec<Entry> = paths.iter().map(|path| entry(path)).collect();
        let (chosen, _) = choose(&entries, &exercises());
        chosen.into_iter().map(|chosen| format!("{}:{}", chosen.exercise, chosen.file)).collect()
    }

    #[test]
    fn nothing_is_taken_but_rust_files_of_exercises() {
        let paths = [
            "exercises/01-a/src/lib.rs",
            "exercises/01-a/src/deep/er/x_1.rs",
            "exercises/01-a/build.rs",
            "exercises/01-a/Cargo.toml",
            "exercises/01-a/tests/checks.rs",
            "exercises/03-c/src/lib.rs",
            "exercises/01-a/src/data.json",
            "exercises/01-a/src/lib.rs.bak-1",
            "reference_data/activations/exercise_01.json",
            "crates/grading/src/lib.rs",
        ];
        assert_eq!(chosen(&paths), ["01-a:lib.rs", "01-a:deep/er/x_1.rs"]);
    }

    #[test]
    fn the_shortest_way_to_the_exercises_counts() {
        let (far, near) = ("course-main/old/exercises/01-a/src/lib.rs", "course-main/exercises/02-b/src/lib.rs");
        assert_eq!(chosen(&[far, near]), ["02-b:lib.rs"]);
        assert_eq!(chosen(&["__MACOSX/exercises/01-a/src/lib.rs", far]), ["01-a:lib.rs"]);
        assert_eq!(chosen(&["myexercises/01-a/src/lib.rs"]), [""; 0]);
    }

    #[test]
    fn no_path_leads_out() {
        for path in
            ["../lib.rs", "a/../../lib.rs", "/lib.rs", "a//b.rs", "./lib.rs", "a\\..\\b.rs", "a/b/c/d/e.rs", ".rs"]
        {
            let entries = [entry(&format!("exercises/01-a/src/{path}"))];
            let (chosen, notes) = choose(&entries, &exercises());
            assert_eq!((chosen.len(), notes.len()), (0, 1), "{path}");
        }
    }

    #[test]
    fn links_and_too_much_are_left_out_with_a_note() {
        let link = Entry { is_link: true, ..entry("exercises/01-a/src/lib.rs") };
        let large = Entry { bytes: MOST_BYTES + 1, ..entry("exercises/01-a/src/large.rs") };
        let (chosen, notes) = choose(&[link, large, entry("exercises/01-a/src/a.rs")], &exercises());
        assert_eq!(chosen.len(), 1);
        assert_eq!(notes[0], "exercises/01-a/src/lib.rs is a link: not taken");
        assert!(notes[1].contains("524289 bytes, more than 524288"), "{notes:?}");
        let long: Vec<Entry> =
            (0..9).map(|n| Entry { bytes: 200_000, ..entry(&format!("exercises/01-a/src/f{n}.rs")) }).collect();
        let (chosen, notes) = choose(&long, &exercises());
        assert_eq!(
            (chosen.len(), notes),
            (5, vec!["exercises/01-a/src has more than 1048576 bytes: the rest is not taken".to_string()])
        );
        let many: Vec<Entry> = (0..1000).map(|n| entry(&format!("exercises/01-a/src/f{n}.rs"))).collect();
        let (chosen, notes) = choose(&many, &exercises());
        assert_eq!((chosen.len(), notes.len()), (MOST_FILES, 1));
    }
}
