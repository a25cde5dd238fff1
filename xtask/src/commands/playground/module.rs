//! The WebAssembly module: building it, and whether it is that of the sources as they are.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::commands::arguments::Done;
use crate::knows::standing::{hash, rust_files_below};
use crate::reads::workspace::Workspace;
use crate::runs::cargo;
use crate::says::screen::say;

/// The module as the repository and the page hold it.
pub(super) const MODULE: &str = "playground.wasm.gz";
/// As cargo makes it.
const UNPACKED: &str = "playground.wasm";
const FOLDER: &str = "crates/playground/module";
const TARGET: &str = "wasm32-unknown-unknown";

/// The largest module that the repository takes, in bytes.
const LARGEST: usize = 2 << 20;

/// What the module is made of, apart from the crates of the registry.
const SOURCES: [&str; 3] = ["crates/hooked-transformer", "crates/playground", "crates/training"];

/// What wasm-opt is told: what the module uses, and to make it fast.
const OPTIMIZE: [&str; 9] = [
    "-O3",
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
    "--strip-debug",
];

/// Says whether the module is that of the sources as they are.
///
/// # Errors
/// The manifest cannot be read, or the module is not the one that it describes.
pub(super) fn check(workspace: &Workspace) -> Done {
    let manifest: Value = serde_json::from_str(&workspace.read(&format!("{FOLDER}/manifest.json"))?)
        .map_err(|error| format!("{FOLDER}/manifest.json: {error}"))?;
    let bytes =
        fs::read(workspace.path(&format!("{FOLDER}/{MODULE}"))).map_err(|error| format!("{MODULE}: {error}"))?;
    if manifest["hash"] != hash(&bytes) || bytes.len() > LARGEST {
        return Err(format!(
            "{FOLDER}/{MODULE} is not the module that its manifest describes; `cargo xtask playground --build` makes both."
        ));
    }
    let now = sources(workspace)?;
    let then = manifest["sources"].as_object().cloned().unwrap_or_default();
    let mut changed: Vec<&String> =
        now.iter().filter(|(file, hash)| then.get(*file) != Some(&json!(hash))).map(|(file, _)| file).collect();
    changed.extend(then.keys().filter(|file| !now.contains_key(*file)));
    if changed.is_empty() {
        say!("The playground's module is that of the sources: {} bytes.", bytes.len());
        return Ok(true);
    }
    say!("The playground's module is older than {} of its sources:", changed.len());
    changed.iter().take(8).for_each(|file| say!("  {file}"));
    say!("`cargo xtask playground --build` makes it again.");
    Ok(false)
}

/// Builds the module, makes it small, and writes it with its manifest.
///
/// # Errors
/// A tool is missing or fails, or the module is too large.
pub(super) fn build(workspace: &Workspace) -> Done {
    let mut compile = cargo::command(workspace);
    compile.args(["build", "--package", "playground", "--lib", "--profile", "playground", "--target", TARGET]);
    run(&mut compile, &format!("Is the target there? `rustup target add {TARGET}`"))?;
    let made = target_folder(workspace).join(TARGET).join("playground").join(UNPACKED);
    let folder = workspace.path(FOLDER);
    fs::create_dir_all(&folder).map_err(|error| format!("{FOLDER}: {error}"))?;
    let optimized = folder.join(UNPACKED);
    let out = folder.join(MODULE);
    let mut optimize = Command::new("wasm-opt");
    optimize.args(OPTIMIZE).arg(&made).arg("-o").arg(&optimized);
    run(&mut optimize, "wasm-opt is part of binaryen: `apt-get install binaryen`, or from its releases")?;
    // Without a time stamp, so that the same module is packed into the same bytes.
    run(Command::new("gzip").args(["-9", "--no-name", "--force"]).arg(&optimized), "gzip packs the module")?;
    let bytes = fs::read(&out).map_err(|error| format!("{MODULE}: {error}"))?;
    if bytes.len() > LARGEST {
        return Err(format!("The module has {} bytes; {LARGEST} is the most that the repository takes.", bytes.len()));
    }
    let manifest = json!({ "hash": hash(&bytes), "bytes": bytes.len(), "sources": sources(workspace)? });
    let text = serde_json::to_string_pretty(&manifest).map_err(|error| error.to_string())?;
    workspace.write(&format!("{FOLDER}/manifest.json"), &(text + "\n"))?;
    say!("{FOLDER}/{MODULE}: {} bytes.", bytes.len());
    Ok(true)
}

/// Every source with its hash.
fn sources(workspace: &Workspace) -> Result<BTreeMap<String, String>, String> {
    let mut hashes = BTreeMap::new();
    for folder in SOURCES {
        let mut files = rust_files_below(&workspace.path(&format!("{folder}/src")));
        files.push(workspace.path(&format!("{folder}/Cargo.toml")));
        for file in files {
            let name = file.strip_prefix(workspace.root()).unwrap_or(&file).to_string_lossy().replace('\\', "/");
            let bytes = fs::read(&file).map_err(|error| format!("{name}: {error}"))?;
            hashes.insert(name, hash(&bytes));
        }
    }
    Ok(hashes)
}

fn target_folder(workspace: &Workspace) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| workspace.path("target"), |folder| workspace.root().join(folder))
}

fn run(command: &mut Command, advice: &str) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{program} failed ({status}). {advice}.")),
        Err(error) => Err(format!("{program} could not be started ({error}). {advice}.")),
    }
}
