//! What a child gives up before the learner's code runs: reading the reference data, writing anywhere but in a folder of
//! its own, and more memory than any answer needs. Each as far as the system can do it; where it cannot, grading goes on
//! without.

use std::path::Path;

/// Where a child may write, in the folder that it shares with its parent.
pub(super) const SCRATCH: &str = "scratch";

/// So much memory an answer may use: a hundred times what a right one needs, and less than any computer has.
#[cfg(unix)]
const MEMORY: u64 = 4 << 30;

/// Confines this thread and those that it will start.
pub(super) fn confine(folder: &Path) {
    limit_memory();
    #[cfg(target_os = "linux")]
    linux::shut_off(&folder.join(SCRATCH));
    #[cfg(not(target_os = "linux"))]
    let _ = folder;
}

#[cfg(unix)]
fn limit_memory() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Data);
    let lower = |old: Option<u64>| Some(old.map_or(MEMORY, |old| old.min(MEMORY)));
    let _ = setrlimit(Resource::Data, Rlimit { current: lower(current), maximum: lower(maximum) });
}

#[cfg(not(unix))]
fn limit_memory() {}

#[cfg(target_os = "linux")]
mod linux {
    //! Landlock: a process may forbid itself files, and never take that back.

    use std::fs;
    use std::path::{Path, PathBuf};

    use landlock::{
        ABI, Access as _, AccessFs, Ruleset, RulesetAttr as _, RulesetCreatedAttr as _, path_beneath_rules,
    };

    use crate::reference::repository;

    /// The kernel's version of Landlock that this is written for; an older one does what it can.
    const VERSION: ABI = ABI::V3;

    /// Leaves out the reference data, apart from the models, and git's store, which holds them as well.
    pub(super) fn shut_off(scratch: &Path) {
        let rules = || -> Result<_, landlock::RulesetError> {
            Ruleset::default()
                .handle_access(AccessFs::from_all(VERSION))?
                .create()?
                .add_rules(path_beneath_rules(readable(&repository()), AccessFs::from_read(VERSION)))?
                .add_rules(path_beneath_rules(["/dev/null"], AccessFs::from_all(VERSION)))?
                .add_rules(path_beneath_rules([scratch], AccessFs::from_all(VERSION)))?
                .restrict_self()
        };
        // Best effort: a kernel without Landlock is no reason not to grade.
        let _ = rules();
    }

    /// Everything but what is hidden. Only what is allowed can be listed, so these are the neighbors of the way from the
    /// root of the file system to what is hidden.
    pub(super) fn readable(repository: &Path) -> Vec<PathBuf> {
        let Ok(root) = repository.canonicalize() else { return Vec::new() };
        let mut readable = vec![root.join("reference_data/models")];
        for folder in root.ancestors() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let is_hidden =
                    folder == root && [".git", "reference_data"].iter().any(|name| entry.file_name() == *name);
                // A link may lead back to the repository.
                let Ok(path) = entry.path().canonicalize() else { continue };
                let leads_inside = root.starts_with(&path) || (folder != root && path.starts_with(&root));
                if !is_hidden && !leads_inside {
                    readable.push(path);
                }
            }
        }
        readable
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_models_can_be_read_and_nothing_else_that_is_stored() {
            let root = repository().canonicalize().unwrap();
            let readable = readable(&root);
            let can_read = |path: &Path| readable.iter().any(|allowed| path.starts_with(allowed));
            assert!(can_read(&root.join("reference_data/models/gpt2-tales/config.json")));
            assert!(can_read(&root.join("Cargo.toml")) && can_read(Path::new("/etc/hosts")));
            for hidden in ["reference_data/activations", "reference_data/fingerprints", ".git/HEAD"] {
                assert!(!can_read(&root.join(hidden)), "{hidden}");
            }
        }
    }
}
