//! A submission in a git repository without a working tree: the last commit of its current branch.
//!
//! A repository can have settings that make git start programs, so git is run in the sandbox, too, and only to read objects.

use std::path::Path;
use std::time::Duration;

use super::Taken;
use super::listing::{Entry, choose};
use crate::course::Exercise;
use crate::sandbox::{Job, Limits, MIB, Sandbox};

pub(super) fn take(root: &Path, exercises: &[Exercise], sandbox: &Sandbox) -> Result<Taken, String> {
    let listed = git(root, root, &["ls-tree", "-r", "-z", "-l", "--full-tree", "HEAD"], sandbox)?;
    let listed: Vec<(Entry, String)> = String::from_utf8_lossy(&listed).split('\0').filter_map(entry).collect();
    let entries: Vec<Entry> = listed.iter().map(|(entry, _)| entry.clone()).collect();
    let (chosen, notes) = choose(&entries, exercises);
    let mut taken = Taken { notes, ..Taken::default() };
    for file in chosen {
        let bytes = git(root, root, &["cat-file", "blob", &listed[file.entry].1], sandbox)?;
        taken.sources.entry(file.exercise).or_default().files.insert(file.file, bytes);
    }
    for (exercise, sources) in &mut taken.sources {
        sources.changed = committed(root, root, exercise, sandbox);
    }
    Ok(taken)
}

/// When the sources of an exercise were committed last.
pub(super) fn committed(root: &Path, store: &Path, exercise: &str, sandbox: &Sandbox) -> Option<i64> {
    let folder = format!(":(top,glob)**/exercises/{exercise}/src/**");
    let time = git(root, store, &["log", "-1", "--format=%ct", "HEAD", "--", &folder], sandbox).ok()?;
    String::from_utf8_lossy(&time).trim().parse().ok()
}

/// A line of `ls-tree -l`: `100644 blob ID      SIZE<tab>PATH`.
fn entry(line: &str) -> Option<(Entry, String)> {
    let (what, path) = line.split_once('\t')?;
    let mut what = what.split_whitespace();
    let (mode, kind, id, size) = (what.next()?, what.next()?, what.next()?, what.next()?);
    let entry = Entry { path: path.into(), is_link: mode == "120000", bytes: size.parse().ok()? };
    (kind == "blob").then(|| (entry, id.to_string()))
}

fn git(root: &Path, store: &Path, arguments: &[&str], sandbox: &Sandbox) -> Result<Vec<u8>, String> {
    let words = [&["-c", "safe.directory=*", "--no-pager"], arguments].concat();
    let variable = |name: &str, value: &str| (name.to_string(), value.into());
    let job = Job {
        program: "git".into(),
        arguments: words.into_iter().map(Into::into).collect(),
        folder: root.into(),
        read: vec![root.into()],
        write: Vec::new(),
        scratch: None,
        variables: vec![
            variable("PATH", "/usr/local/bin:/usr/bin:/bin"),
            ("GIT_DIR".to_string(), store.into()),
            variable("GIT_CONFIG_NOSYSTEM", "1"),
            variable("GIT_NO_LAZY_FETCH", "1"),
            variable("GIT_NO_REPLACE_OBJECTS", "1"),
            variable("GIT_TERMINAL_PROMPT", "0"),
            variable("HOME", "/nonexistent"),
        ],
        needs_programs: true,
        limits: Limits {
            time: Duration::from_secs(30),
            processor_seconds: 30,
            memory: 1024 * MIB,
            tasks: 32,
            file: MIB,
            disk: MIB,
            open_files: 256,
            output: 32 << 20,
        },
    };
    let ran = sandbox.run(&job)?;
    if ran.succeeded() {
        return Ok(ran.stdout);
    }
    let words = String::from_utf8_lossy(&ran.stderr);
    Err(format!("git cannot read it: {}", ran.over.map_or(words.trim(), |over| over.words())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_tree_is_a_file_or_a_link() {
        let (file, id) = entry("100644 blob 0123abc    1844\texercises/01-a/src/lib.rs").unwrap();
        assert_eq!(
            (file.path.as_str(), file.is_link, file.bytes, id.as_str()),
            ("exercises/01-a/src/lib.rs", false, 1844, "0123abc")
        );
        assert!(entry("120000 blob 0123abc      11\ta").unwrap().0.is_link);
        assert!(entry("160000 commit 0123abc       -\tmodule").is_none());
        assert!(entry("").is_none());
    }
}
