//! What is built once, of this course alone: a judge for each exercise, and the libraries that submissions are compiled
//! against. cargo builds them, outside the sandbox; a submission is compiled by `rustc` alone, so none of its manifests,
//! build scripts or dependencies could have a say.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::UNIX_EPOCH;

use serde_json::Value as Json;

use crate::course::{Course, Exercise};

/// What is needed to grade one exercise.
#[derive(Debug)]
pub(super) struct Kit {
    pub(super) exercise: Exercise,
    /// The test program of the solution.
    pub(super) judge: PathBuf,
    /// Changes when the judge does.
    pub(super) version: String,
    /// The names of its checks, in order.
    pub(super) checks: Vec<String>,
    /// What the sources may name, as `rustc` wants it: `ndarray=/path/libndarray-1.rlib`.
    pub(super) libraries: Vec<String>,
    /// What the file with the tests may name as well.
    pub(super) test_libraries: Vec<String>,
    /// The two files of its tests.
    pub(super) tests: Vec<(String, Vec<u8>)>,
    /// The stub, if it is known.
    pub(super) stub: String,
}

/// Where the compiler and the libraries are.
#[derive(Debug)]
pub(super) struct Libraries {
    /// Of the compiler.
    pub(super) sysroot: PathBuf,
    /// A folder with nothing but compiled libraries: neither a solution nor anything that is stored.
    pub(super) folder: PathBuf,
}

/// A library that cargo has built.
struct Artifact {
    package: String,
    file: PathBuf,
}

/// Builds everything for these exercises; `folder` will hold the libraries.
pub(super) fn build(
    course: &Course,
    exercises: &[Exercise],
    folder: &Path,
    stubs: Option<&Path>,
) -> Result<(Libraries, Vec<Kit>), String> {
    let packages = exercises.iter().flat_map(|exercise| ["--package".to_string(), exercise.judge_package()]);
    let arguments = ["test", "--no-run", "--message-format=json", "--test", "checks"].map(String::from).into_iter();
    let built = cargo(course, &arguments.chain(packages).collect::<Vec<_>>())?;
    // Of this platform alone: what others need may not be on this machine.
    let host = rustc(course, &["-vV"])?.lines().find_map(|line| line.strip_prefix("host: ").map(str::to_string));
    let host = host.ok_or("rustc does not say which platform this is.")?;
    let metadata = cargo(course, &["metadata", "--format-version", "1", "--filter-platform", &host].map(String::from))?;
    let metadata: Json = serde_json::from_str(&metadata).map_err(|error| format!("cargo metadata: {error}."))?;
    let messages: Vec<Json> = built.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let judges = exercises.iter().map(|exercise| exercise.judge_package());
    let ids: Vec<String> = judges.map(|judge| id_of(&metadata, &judge)).collect::<Result<_, _>>()?;
    let artifacts = collect(&messages, &ids, folder)?;
    let kits = exercises.iter().zip(&ids).map(|(exercise, id)| {
        let judge = judge_in(&messages, id).ok_or(format!("cargo built no test `checks` of {}.", exercise.slug))?;
        let id = id_of(&metadata, &exercise.package())?;
        let stub = stubs.map_or(course.root.join(format!("exercises/{}/src/lib.rs", exercise.slug)), |stubs| {
            stubs.join(format!("{}.rs", exercise.slug))
        });
        Ok(Kit {
            exercise: exercise.clone(),
            version: version(&judge)?,
            checks: checks(&judge)?,
            judge,
            libraries: externs(&metadata, &id, false, &artifacts)?,
            test_libraries: externs(&metadata, &id, true, &artifacts)?,
            tests: tests(course, exercise)?,
            stub: fs::read_to_string(stub).unwrap_or_default(),
        })
    });
    let kits: Result<Vec<Kit>, String> = kits.collect();
    let sysroot = PathBuf::from(rustc(course, &["--print", "sysroot"])?.trim());
    Ok((Libraries { sysroot, folder: folder.into() }, kits?))
}

/// What cargo writes for programs; what it says for people goes to the terminal.
fn cargo(course: &Course, arguments: &[String]) -> Result<String, String> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(&course.root).stdin(Stdio::null()).stderr(Stdio::inherit());
    // Of the cargo that runs this program; they would be about its package.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_PKG_NAME"] {
        command.env_remove(name);
    }
    let output = command.output().map_err(|error| format!("cargo cannot be started: {error}."))?;
    if !output.status.success() {
        return Err("The course itself does not compile, so no submission can be graded.".into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What the compiler of the course says.
fn rustc(course: &Course, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("rustc").args(arguments).current_dir(&course.root).output();
    let output = output.map_err(|error| format!("rustc cannot be started: {error}."))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn id_of(metadata: &Json, package: &str) -> Result<String, String> {
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let found = packages.filter(|known| known["name"] == package).find_map(|known| known["id"].as_str());
    found.map(str::to_string).ok_or_else(|| format!("This workspace has no package {package}."))
}

fn judge_in(messages: &[Json], id: &str) -> Option<PathBuf> {
    let of_judge = |message: &&Json| message["package_id"] == id && message["target"]["name"] == "checks";
    messages.iter().filter(of_judge).find_map(|message| message["executable"].as_str()).map(PathBuf::from)
}

/// Puts everything that was compiled into a folder, apart from the packages of the judges: the solutions.
fn collect(messages: &[Json], judges: &[String], folder: &Path) -> Result<Vec<Artifact>, String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}.", folder.display()))?;
    let mut artifacts = Vec::new();
    for message in messages.iter().filter(|message| message["reason"] == "compiler-artifact") {
        let Some(package) = message["package_id"].as_str() else { continue };
        if judges.iter().any(|judge| judge == package) || message["target"]["kind"][0] == "custom-build" {
            continue;
        }
        for file in message["filenames"].as_array().into_iter().flatten().filter_map(Json::as_str) {
            let from = Path::new(file);
            let Some(name) = from.file_name() else { continue };
            let to = folder.join(name);
            // A second name for the file costs nothing; on another file system it is copied.
            if !to.exists() && fs::hard_link(from, &to).is_err() {
                fs::copy(from, &to).map_err(|error| format!("{file} cannot be copied: {error}."))?;
            }
            if to.extension().is_some_and(|extension| extension == "rlib") {
                artifacts.push(Artifact { package: package.to_string(), file: to });
            }
        }
    }
    Ok(artifacts)
}

/// The direct dependencies of a package, as `rustc` wants them named; those of its tests as well, if asked.
fn externs(metadata: &Json, id: &str, with_tests: bool, artifacts: &[Artifact]) -> Result<Vec<String>, String> {
    let nodes = metadata["resolve"]["nodes"].as_array().into_iter().flatten();
    let dependencies = nodes.filter(|node| node["id"] == id).flat_map(|node| node["deps"].as_array()).flatten();
    let is_wanted = |dependency: &&Json| {
        let kinds = dependency["dep_kinds"].as_array().into_iter().flatten();
        kinds.map(|kind| &kind["kind"]).any(|kind| kind.is_null() || (with_tests && kind == "dev"))
    };
    let named = dependencies.filter(is_wanted).map(|dependency| {
        let (name, package) = (dependency["name"].as_str(), dependency["pkg"].as_str());
        let (name, package) = name.zip(package).ok_or("cargo metadata has a dependency without a name.")?;
        let built = artifacts.iter().find(|artifact| artifact.package == package);
        let built = built.ok_or_else(|| format!("{name} was not built with the solutions, but {id} needs it."))?;
        Ok(format!("{name}={}", built.file.display()))
    });
    named.collect()
}

/// The judge's own list of its tests, with the names as the results have them.
fn checks(judge: &Path) -> Result<Vec<String>, String> {
    let listed = Command::new(judge).args(["--list", "--format", "terse"]).stdin(Stdio::null()).output();
    let listed = listed.map_err(|error| format!("{} cannot be started: {error}.", judge.display()))?;
    let text = String::from_utf8_lossy(&listed.stdout).into_owned();
    let names = text.lines().filter_map(|line| line.strip_suffix(": test"));
    let mut names: Vec<String> = names.filter_map(|name| name.rsplit("::").next()).map(str::to_string).collect();
    // `c2_…` is before `c10_…`.
    names.sort_by_key(|name| {
        let number: String = name.chars().skip(1).take_while(char::is_ascii_digit).collect();
        (number.parse::<usize>().unwrap_or(usize::MAX), name.clone())
    });
    if names.is_empty() { Err(format!("{} has no checks.", judge.display())) } else { Ok(names) }
}

fn version(judge: &Path) -> Result<String, String> {
    let unreadable = |error| format!("{}: {error}.", judge.display());
    let metadata = fs::metadata(judge).map_err(unreadable)?;
    let built = metadata.modified().map_err(unreadable)?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(format!("{} {}", metadata.len(), built.as_nanos()))
}

fn tests(course: &Course, exercise: &Exercise) -> Result<Vec<(String, Vec<u8>)>, String> {
    let read = |name: &str| {
        let file = format!("exercises/{}/tests/{name}", exercise.slug);
        let bytes = fs::read(course.root.join(&file)).map_err(|error| format!("{file} cannot be read: {error}."))?;
        Ok((file, bytes))
    };
    ["main.rs", "checks.rs"].into_iter().map(read).collect()
}
