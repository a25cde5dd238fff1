//! The forms in which submissions come, and what hides in them. None of these needs a sandbox to be read safely, so the
//! sources here are such that nothing is run.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::attacks::no_sandbox;
use crate::class::{Class, EXERCISE, log, only_state, solution, stub, verdicts};

#[test]
fn zips_repositories_and_links() {
    let class = Class::new();
    let source = format!("exercises/{EXERCISE}/src/lib.rs");
    zip(&class.place().join("zipped.zip"), &[(&format!("course-main/{source}"), &stub())]);
    let slips = ["../../slipped.rs", "/tmp/slipped.rs", &format!("exercises/{EXERCISE}/src/../../../slipped.rs")];
    let slips: Vec<(&str, &str)> =
        slips.iter().map(|name| (*name, "x")).chain([(source.as_str(), "not Rust")]).collect();
    zip(&class.place().join("slip.zip"), &slips);
    // A thousand times as long as the archive.
    zip(&class.place().join("bomb.zip"), &[(&source, &" ".repeat(4 << 20))]);
    fs::write(class.place().join("broken.zip"), "PK\u{3}\u{4} and no more").unwrap();
    repository(&class, "bare.git", &source);
    fs::create_dir_all(class.place().join("nothing/else")).unwrap();
    #[cfg(unix)]
    links(&class, &source);
    let output = class.grade("out", &["--jobs", "2"]);
    if no_sandbox(&output) {
        return;
    }
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    // Some of them could not be read.
    assert_eq!(output.status.code(), Some(1), "{told}");
    let (out, all) = (class.out("out"), verdicts(&class.out("out")));
    assert_eq!(only_state(&all["zipped"]), "not_started");
    assert_eq!(only_state(&all["bare"]), "not_started");
    assert_eq!(only_state(&all["slip"]), "does_not_compile");
    for name in ["bomb", "broken", "nothing"] {
        assert_eq!(only_state(&all[name]), "not_handed_in", "{name}");
    }
    assert!(
        told.contains("broken: the archive cannot be read") && told.contains("nothing: it has no Rust file"),
        "{told}"
    );
    let remarks = |name: &str| {
        let line = log(&out).into_iter().find(|line| line["line"] == "submission" && line["submission"] == name);
        line.unwrap()["notes"].to_string()
    };
    assert!(remarks("bomb").contains("more than 524288: not taken"), "{}", remarks("bomb"));
    assert!(remarks("slip").contains("not a plain file name"), "{}", remarks("slip"));
    #[cfg(unix)]
    for name in ["link", "linked-src"] {
        assert_eq!(only_state(&all[name]), "not_handed_in", "{name}");
        assert!(remarks(name).contains("is a link: not taken"), "{}", remarks(name));
    }
    assert!(!Path::new("/tmp/slipped.rs").exists() && !class.out("slipped.rs").exists());
    let date = log(&out).into_iter().find(|line| line["line"] == "exercise" && line["submission"] == "bare").unwrap();
    assert_eq!(date["submitted"], 1_000_000_000);
}

fn zip(path: &Path, files: &[(&str, &str)]) {
    let mut zip = ZipWriter::new(fs::File::create(path).unwrap());
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, text) in files {
        zip.start_file(*name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
}

/// A repository without a working tree, with a setting that would make git start a program.
fn repository(class: &Class, name: &str, source: &str) {
    let work = class.out("work");
    fs::create_dir_all(work.join(source).parent().unwrap()).unwrap();
    fs::write(work.join(source), stub()).unwrap();
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.current_dir(&work).args(["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]);
        git.env("GIT_AUTHOR_DATE", "1000000000 +0000").env("GIT_COMMITTER_DATE", "1000000000 +0000");
        assert!(git.args(arguments).output().unwrap().status.success(), "git {arguments:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "work"]);
    let bare = class.place().join(name);
    git(&["clone", "--quiet", "--bare", ".", bare.to_str().unwrap()]);
    let setting = format!("touch {}", class.out("started-by-git").display());
    git(&["--git-dir", bare.to_str().unwrap(), "config", "core.fsmonitor", &setting]);
}

#[cfg(unix)]
fn links(class: &Class, source: &str) {
    use std::os::unix::fs::symlink;
    let elsewhere = class.out("solution.rs");
    fs::write(&elsewhere, solution()).unwrap();
    let path = class.place().join("link").join(source);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    symlink(&elsewhere, &path).unwrap();
    let folder = class.out("src");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("lib.rs"), solution()).unwrap();
    let path = class.place().join(format!("linked-src/exercises/{EXERCISE}"));
    fs::create_dir_all(&path).unwrap();
    symlink(&folder, path.join("src")).unwrap();
}
