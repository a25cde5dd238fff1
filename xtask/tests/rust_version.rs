//! The Rust version that Cargo.toml promises must be enough for every package that a build of the course compiles.
//!
//! Clippy's `incompatible_msrv` compares our own use of the standard library with it, and CI compiles by that version.

use std::process::Command;

use serde_json::Value as Json;

/// `1.89` and `1.89.0` are the same.
fn version(text: &str) -> Vec<u32> {
    let mut parts: Vec<u32> = text.split('.').map(|part| part.parse().unwrap()).collect();
    parts.resize(3, 0);
    parts
}

#[test]
fn no_dependency_needs_a_newer_rust() {
    let said = Command::new("rustc").arg("-vV").output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    let host = said.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    // Of this platform alone: what others need may not be on this machine.
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--format-version", "1", "--filter-platform", host])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Json = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let of = |name: &str| packages.iter().find(|package| package["name"] == name).unwrap()["rust_version"].as_str();
    let promised = version(of("xtask").unwrap());
    assert_eq!(promised, [1, 89, 0], "the README, CONTRIBUTING and the student edition name this version as well");
    let newer = packages
        .iter()
        .filter(|package| package["rust_version"].as_str().is_some_and(|needs| version(needs) > promised));
    let newer: Vec<String> =
        newer.map(|package| format!("{} needs {}", package["id"], package["rust_version"])).collect();
    assert!(newer.is_empty(), "{newer:#?}");
    assert!(packages.len() > 100, "{} packages", packages.len());
}
